"""The chapters as a course: each says what one learns and checks it; the way through them has no circle."""

import re
from itertools import combinations, pairwise
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convnotes.drawing.dependency_chart import BOX, GAP, HIGH, WIDTH, chart, direct
from convnotes.notes.course import Chapter, chapters, minutes
from convnotes.notes.navigation import navigation, parts
from convnotes.notes.page import DOCS, Page
from tests.test_site import build

CHAPTERS = chapters()
LOOKED_UP = ("index.md", "notation.md", "glossary.md", "references.md", "corrections.md", "changes.md")
LOOKED_UP += ("examples.md", "exercises.md", "code-tasks.md", "how-these-notes-are-made.md", "teach.md")
each = pytest.mark.parametrize("chapter", CHAPTERS.values(), ids=lambda chapter: chapter.name)


def test_every_page_that_is_read_rather_than_looked_up_is_a_chapter() -> None:
    read = [name for name in navigation() if name not in LOOKED_UP and not name.startswith(("api/", "labs/"))]
    assert read == list(CHAPTERS)


def test_a_chapter_needs_only_chapters_before_it() -> None:
    """In the order of the navigation, in which the start page says they are best read; so there is no circle."""
    order = list(CHAPTERS)
    for name, chapter in CHAPTERS.items():
        for needed in chapter.needs:
            assert needed in order[: order.index(name)], f"docs/{name} needs {needed}, which does not come before it"


@each
def test_a_chapter_says_what_one_learns_in_few_words(chapter: Chapter) -> None:
    assert 2 <= len(chapter.able) <= 4, f"`able` of docs/{chapter.page.name} lists {len(chapter.able)}, not 2 to 4"
    assert all(len(able) <= 110 and not able.endswith(".") for able in chapter.able)
    assert 20 <= len(chapter.description) <= 155, "a search engine cuts it off"
    assert not set(chapter.description) & set('"<>&`*$'), "it stands as it is in an attribute of the page's head"


@each
def test_a_chapter_ends_with_two_to_four_questions_and_folded_answers(chapter: Chapter) -> None:
    check = next(heading for heading in chapter.page.headings if heading.anchor == "check-yourself")
    section = "\n".join(chapter.page.text.splitlines()[check.line : check.end])
    part = section.partition("\n*")[0].splitlines()  # without what stands at the foot of the page
    questions = [line for line in part if line.startswith("???")]
    assert 2 <= len(questions) <= 4, f"{len(questions)} questions to check oneself, not 2 to 4"
    assert all(re.fullmatch(r'\?\?\? question ".+[?.]"', line) for line in questions)
    assert all(line == "" or line.startswith(("    ", "???")) for line in part), "an answer is not folded"


@pytest.mark.parametrize("name", [name for name, part in parts().items() if part in ("Learn", "Networks")])
def test_every_chapter_that_teaches_ends_with_its_practice(name: str) -> None:
    """After the questions, and before nothing but what others wrote: exercises on this page, not a link to them."""
    page, path = CHAPTERS[name].page, PurePosixPath(name)
    anchors = [heading.anchor for heading in page.headings if heading.level == 2]
    assert anchors[anchors.index("check-yourself") + 1 :] in (["practise"], ["practise", "elsewhere"])
    assert f"exercises.here {path.parent.name if path.stem == 'index' else path.stem}" in page.exhibits


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("word " * 10, 5),
        ("word " * 750, 5),
        ("word " * 751, 10),
        ("```pycon\n>>> 1\n1\n```\n" * 6, 10),
        ("```exhibit\nreceptive_field.five_3x3\n```\n" * 5, 5),
        ("```exhibit\nreceptive_field.grower\n```\n" * 2, 10),
        ("```python\n" + "word " * 2000 + "\n```\n", 0),
    ],
)
def test_minutes_are_counted(text: str, taken: int) -> None:
    assert minutes(Page("a.md", text)) == taken


def test_the_first_six_chapters_stay_short() -> None:
    """What is added there replaces something: the first six took 210 minutes when they taught less."""
    assert sum(chapter.minutes for chapter in list(chapters().values())[:6]) <= 185


@st.composite
def needs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """A graph without circles, as chapters make one."""
    found: dict[str, tuple[str, ...]] = {}
    for name in "abcdefghijkl"[: draw(st.integers(1, 12))]:
        wanted = draw(st.sets(st.sampled_from(sorted(found)), max_size=3)) if found else set()
        found[name] = tuple(sorted(wanted))
    return found


@given(needs())
def test_lines_pass_between_the_boxes(graph: dict[str, tuple[str, ...]]) -> None:
    svg = chart(direct(graph), {name: name for name in graph}).inline("")
    numbers = r'x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"'
    boxes = [tuple(map(float, found)) for found in re.findall(f"<rect {numbers}", svg)]
    assert len(boxes) == len(graph), svg
    for (x, y, wide), (other, level, _) in combinations(boxes, 2):
        assert y != level or abs(x - other) >= wide + GAP - 0.1
    assert all(x >= 0 and x + wide <= WIDTH and wide <= BOX for x, _, wide in boxes)
    for d in re.findall(r'<path d="M([^Z"]+)" class="s-mute"', svg):
        points = [tuple(map(float, point.split())) for point in d.split("L")]
        for (x1, y1), (x2, y2) in pairwise(points):
            for x, y, wide in boxes:
                if y1 <= y + 0.1 and y2 >= y + HIGH - 0.1:  # beside this row of boxes
                    assert x1 == x2 and not x <= x1 <= x + wide


@given(needs())
def test_what_follows_is_left_out_and_nothing_else(graph: dict[str, tuple[str, ...]]) -> None:
    def behind(of: dict[str, tuple[str, ...]], name: str) -> set[str]:
        return {far for before in of[name] for far in {before, *behind(of, before)}}

    short = direct(graph)
    for name, has in short.items():
        assert behind(short, name) == behind(graph, name)
        assert all(behind({**short, name: tuple(set(has) - {b})}, name) != behind(graph, name) for b in has)


FRONT = '---\ndescription: Why?\nable:\n  - read `a` and $x$\n  - "say: yes"\nneeds: [../first.md]\n---\n\n'


def test_a_chapter_opens_with_it(tmp_path: Path) -> None:
    pages = {"first.md": "# The first\n", "deep/b.md": f"{FRONT}# Title\n\nText.\n\n## Check {{ #check-yourself }}\n"}
    done = build(tmp_path, pages)
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "site/deep/b/index.html").read_text()
    opening = html[html.index('<div class="cn-opening">') : html.index("<p>Text.</p>")]
    assert "<li>read <code>a</code> and <span" in opening and "<li>say: yes</li>" in opening
    assert '<a href="../../first/">The first</a>' in opening
    assert "about 5 minutes" in opening and '<a href="#check-yourself">a self-check</a>' in opening


def test_front_matter_that_cannot_be_read_fails_the_build(tmp_path: Path) -> None:
    for front in ("able: [a]", "description: Why?\nable: [a]\nneeds: [nowhere.md]"):
        done = build(tmp_path, {"b.md": f"---\n{front}\n---\n\n# Title\n"})
        assert done.returncode != 0
        assert "docs/b.md:" in done.stderr and "front matter" in done.stderr, done.stderr


def test_the_table_of_the_start_page_lists_them() -> None:
    text = (DOCS / "index.md").read_text(encoding="utf-8")
    assert "index.chapter_table" in text and "index.learning_path" in text
