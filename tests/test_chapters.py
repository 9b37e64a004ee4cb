"""The notes keep their promises: sessions print what they show, numbers have a ground, addresses stand."""

import ast
import doctest
import pkgutil
import posixpath
import re
from collections import Counter
from importlib import import_module
from pydoc import locate

import pytest

import convnotes.exhibits
from convnotes.citing import record
from convnotes.drawing.kinds import NOTES
from convnotes.exercises.catalogue import KINDS
from convnotes.exercises.exercise import exercise
from convnotes.notes import course
from convnotes.notes.addresses import PUBLISHED, addresses
from convnotes.notes.exhibit import find
from convnotes.notes.mistakes import mistakes
from convnotes.notes.navigation import moved
from convnotes.notes.page import DOCS, ROOT, Page, exhibit_anchor, pages
from convnotes.notes.record import made
from convnotes.site.exhibits import files
from tests.prose import unfounded

pytestmark = pytest.mark.usefixtures("drawn")
PAGES = {page.name: page for page in pages()}
STEMS = {page.stem for page in PAGES.values()}
CHAPTERS = list(course.chapters())
# Whole numbers of a bibliography, volumes and years of print, are facts about the source itself.
PROSE = [page for page in PAGES.values() if page.name != "references.md"]
KEY = re.compile(r"\[([a-z]+\d{4}[a-z]?)\]")


def each(chosen):
    return pytest.mark.parametrize("page", list(chosen), ids=lambda page: page.name)


def shown(page: Page) -> str:
    """The text of what the exhibits of a page show."""
    all_files = [files(name) for name in page.exhibits]
    return " ".join(re.sub(r"<[^>]*>", " ", made["html"] + " " + made["folded"]) for made in all_files)


SHARED = {"architectures": ("units",)}  # modules whose exhibits a chapter shows besides those of its own


def exhibits() -> list[str]:
    """Every exhibit of a module that has a page."""
    own = STEMS.union(*SHARED.values())
    modules = [m.name for m in pkgutil.iter_modules(convnotes.exhibits.__path__) if m.name in own]
    paths = {module: ROOT / f"convnotes/exhibits/{module}.py" for module in modules}
    bodies = {module: ast.parse(path.read_text("utf-8")).body for module, path in paths.items()}
    functions = [(m, node.name) for m, body in bodies.items() for node in body if isinstance(node, ast.FunctionDef)]
    return [f"{module}.{name}" for module, name in functions if not name.startswith("_")]


@each(page for page in PAGES.values() if page.sessions.strip())
def test_sessions_print_what_the_page_shows(page):
    """One namespace a page; a failure names the file and the line."""
    path = DOCS / page.name
    test = doctest.DocTestParser().get_doctest(page.sessions, {"__name__": "__main__"}, page.name, str(path), 0)
    assert test.examples, "a pycon fence holds no >>>"
    report: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert not report, "".join(report)


@each(PAGES.values())
def test_markdown_passes_over_no_mistake(page):
    """What is opened is closed, front matter is as expected: a strict build tells it too, but later."""
    assert mistakes(page) == []


@each(PAGES.values())
def test_every_pycon_fence_holds_a_session(page):
    for fence in page.fences:
        assert fence.kind != "pycon" or fence.text.startswith(">>> "), f"docs/{page.name}:{fence.line}: no >>>"
        assert fence.kind == "pycon" or ">>> " not in fence.text, f"docs/{page.name}:{fence.line}: not pycon: not run"


@each(PROSE)
def test_numbers_in_prose_are_printed_or_sourced(page):
    found = [find(name) for name in page.exhibits]
    captions = [text for exhibit in found for text in (exhibit.caption, exhibit.alternative)]
    if chapter := course.read(page.name):
        captions += [chapter.description, *chapter.able]
    others = [other for other in PROSE if other is not page]
    bare = unfounded(page, shown(page), captions, others)
    assert not bare, "\n".join(bare)


@each(PAGES.values())
def test_an_exhibit_is_shown_by_its_own_chapter(page):
    for name in page.exhibits:
        find(name)
        practice = f"exercises.here {page.name.removesuffix('.md').removesuffix('/index').rpartition('/')[2]}"
        assert name == practice or name.partition(".")[0] in (page.stem, *SHARED.get(page.stem, ())), (
            f"docs/{page.name} shows {name}; exhibits of this page are functions of convnotes/exhibits/{page.stem}.py"
        )


def test_every_exhibit_is_shown_once():
    """With the same arguments, that is; one that takes arguments is shown with some."""
    counts = Counter(" ".join(name.split()) for page in PAGES.values() for name in page.exhibits)
    assert [name for name, count in counts.items() if count > 1] == []
    assert {name.split()[0] for name in counts} == set(exhibits())


def test_examples_have_addresses_of_their_own():
    counts = Counter(anchor for page in PAGES.values() for anchor in page.ids if anchor.startswith("ex-"))
    assert [anchor for anchor, count in counts.items() if count > 1] == []


def test_published_addresses_stay():
    """Add new ones with `python -m convnotes.notes`; what is published never goes, at most a page moves."""
    published = PUBLISHED.read_text("utf-8").splitlines()
    assert published == sorted(set(published)), f"{PUBLISHED.name} must be sorted, each address once"
    new = moved()
    now = {redirected(line, new) for line in published}
    assert now - set(addresses()) == set(), "published addresses vanished; move them with `redirects` in mkdocs.yml"
    assert set(addresses()) - set(published) == set(), (
        "new addresses; add them with: .venv/bin/python -m convnotes.notes"
    )


def redirected(address: str, moved: dict[str, str]) -> str:
    """Where a published address leads now: a section goes its own way, or with its page."""
    page, mark, anchor = address.partition("#")
    return moved.get(address) or moved.get(page, page) + mark + anchor


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a.md", "b.md"),
        ("a.md#ex-one", "b.md#ex-one"),
        ("a.md#ex-two", "c.md#ex-2"),
        ("d.md#ex-three", "c.md#ex-three"),
        ("d.md#ex-four", "d.md#ex-four"),
    ],
)
def test_a_section_leads_on_by_itself_or_with_its_page(old, new):
    moved = {"a.md": "b.md", "a.md#ex-two": "c.md#ex-2", "d.md#ex-three": "c.md#ex-three"}
    assert redirected(old, moved) == new


def test_the_record_of_examples_is_that_of_the_pages():
    assert record.PATH.read_text("utf-8") == made(), "write it with: .venv/bin/python -m convnotes.notes"


@each(PAGES.values())
def test_no_address_twice_on_a_page(page):
    assert [anchor for anchor, count in Counter(page.ids).items() if count > 1] == []


@each(page for page in PAGES.values() if any(anchor.startswith("ex-") for anchor in page.ids))
def test_every_worked_example_has_a_session(page):
    lines = page.sessions.splitlines()
    for heading in page.headings:
        if heading.anchor.startswith("ex-"):
            assert any(lines[heading.line : heading.end]), f"docs/{page.name}:{heading.line}: no session"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_an_exercise_asks_is_taught_by_a_section_that_comes_before_it(kind):
    name, _, anchor = kind.taught.partition("#")
    assert name in CHAPTERS and anchor in PAGES[name].anchors, f"{kind.taught} is no section of a chapter"
    own = [at for at, chapter in enumerate(CHAPTERS) if PAGES[chapter].stem == kind.chapter.replace("-", "_")]
    assert CHAPTERS.index(name) <= max(own), f"{kind.taught} comes after the chapter {kind.chapter}"


def section(place: str) -> tuple[str, str]:
    """The text of the section at `place`, and all that one has read at its end: earlier chapters, its page so far."""
    name, _, anchor = place.partition("#")
    lines = PAGES[name].text.splitlines()
    found = [(heading.line - 1, heading.end) for heading in PAGES[name].headings if heading.anchor == anchor]
    start, end = (*found, (0, None))[0]
    before = [PAGES[chapter].text for chapter in CHAPTERS[: CHAPTERS.index(name)]]
    return "\n".join(lines[start:end]), "\n".join([*before, *lines[:end]])


def speaks(text: str, term: str) -> bool:
    """Whether a term of the glossary, or a name in code, occurs; its last letters may be others, as in a plural."""
    stems = [re.escape(word[: max(4, len(word) - 3)]) for word in term.split()]
    return all(re.search(rf"(?i)\b{stem}", text) for stem in stems)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_exercise_uses_no_term_and_no_layer_before_it_is_read(kind):
    """And what its title names, the section itself speaks of."""
    terms = [re.split(r" \(|, ", heading.text)[0] for heading in PAGES["glossary.md"].headings if heading.level == 3]
    asked = "\n".join(exercise(kind, seed).problem.prompt for seed in range(4))
    code = " ".join(re.findall(r"`([^`]*)`", asked))
    used = {term for term in terms if speaks(asked, term)} | set(re.findall(r"\w{4,}(?=[(=])", code))
    own, read = section(kind.taught)
    assert [term for term in sorted(used) if not speaks(read, term)] == []
    assert [term for term in terms if speaks(kind.title, term) and not speaks(own, term)] == []


@each(PAGES.values())
def test_links_lead_somewhere(page):
    for line, target in page.links:
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        assert reachable(page, path, anchor), f"docs/{page.name}:{line}: {target} leads nowhere"


def reachable(page: Page, path: str, anchor: str) -> bool:
    """Whether a file of docs is there, and the anchor in it; or an interactive of the page, in the state named."""
    if path.startswith("?"):
        return settable(page, *path.removeprefix("?").split("="), anchor)
    if not path:
        return anchor in page.anchors
    name = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), path))
    if name.startswith("..") or not (DOCS / name).is_file():
        return False
    if not anchor or name not in PAGES:
        return not anchor
    return anchor in PAGES[name].anchors or (anchor.startswith("convnotes.") and locate(anchor) is not None)


def settable(page: Page, key: str, state: str, name: str) -> bool:
    """Whether the page holds the interactive with that name and key, and takes the state as it is written."""
    drawn = "".join(files(exhibit)["html"] for exhibit in page.exhibits)
    if f'id="{name}" data-widget="{name}" key="{key}"' not in drawn:
        return False
    parsed = import_module(f"convnotes.exhibits.interactive.{name.replace('-', '_')}").parse(state)
    return parsed is not None and not parsed[1]  # nothing had to be clamped


def test_a_teacher_is_led_to_the_interactives_of_each_chapter():
    """Of what to show, at least one link of each chapter that has an interactive leads to it or to its section."""
    bullets = re.split(r"\n- \*\*", PAGES["teach.md"].text.partition("{ #by-chapter }")[2].partition("\n## ")[0])
    led = {name for bullet in bullets[1:] if shows(bullet) for name in re.findall(r"\]\((\S+?\.md)\)", bullet)}
    interactive = {name for name in CHAPTERS if any(find(one).interactive for one in PAGES[name].exhibits)}
    assert not interactive - led


def shows(bullet: str) -> bool:
    """Whether a link leads to a section of a chapter with an interactive, or to one itself."""
    for name, anchor in re.findall(r"\]\((\S+?\.md)#(\S+?)\)", bullet):
        own = [one for one in PAGES[name].exhibits if exhibit_anchor(one) == anchor]
        if name in CHAPTERS and not own:
            own = Page(name, section(f"{name}#{anchor}")[0]).exhibits
        if any(find(one).interactive for one in own):
            return True
    return False


def exhibit_links(page: Page) -> list[str]:
    """The places in the notes that the exhibits of a page lead to."""
    made = [files(name) for name in page.exhibits]
    return [place for shown in made for place in re.findall(rf'href="{NOTES}(.*?)"', shown["html"] + shown["folded"])]


@each(page for page in PAGES.values() if page.exhibits)
def test_links_of_exhibits_lead_somewhere(page):
    for place in exhibit_links(page):
        path, _, anchor = place.partition("#")
        wanted = f"an exhibit of docs/{page.name} links {place}:"
        assert path in PAGES, f"{wanted} write docs/{path}"
        assert not anchor or anchor in PAGES[path].anchors, f"{wanted} give a heading of docs/{path} {{ #{anchor} }}"


def docstring_keys() -> set[str]:
    """The source keys that the docstrings of the package name."""
    found = set()
    for path in sorted((ROOT / "convnotes").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                found.update(KEY.findall(ast.get_docstring(node) or ""))
    return found


def test_sources_are_listed_and_used():
    links = [
        target for page in PAGES.values() for target in (*(target for _, target in page.links), *exhibit_links(page))
    ]
    cited = {target.partition("#")[2] for target in links if "references.md#" in target} | docstring_keys()
    listed = set(PAGES["references.md"].ids)
    assert cited - listed == set(), "cited, but not an entry of docs/references.md: `key` { #key }"
    assert listed - cited == set(), "in docs/references.md, but cited nowhere"
