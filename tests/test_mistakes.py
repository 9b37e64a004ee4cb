"""Mistakes that Markdown passes over: each is told with page and line, and a strict build fails."""

import importlib.util
import subprocess

import pytest

from convnotes import store
from convnotes.notes.mistakes import mistakes
from convnotes.notes.page import Page
from convnotes.site.mathml import mathml
from tests import small
from tests.test_site import build

CHAPTER = "---\ndescription: Why?\nable:\n  - see\nneeds:\n  - {}\n---\n# A\n"
CASES = {
    "a fence not closed before the next": (
        "# A\n\n```pycon\n>>> 1\n1\n\n```exhibit\ncost.price\n```\n",
        [(3, "the fence '```pycon' is not closed before '```exhibit' on line 7")],
    ),
    "a fence not closed at the end": (
        "# A\n\n!!! note\n\n    ~~~text\n    b\n", [(5, "the fence '~~~text' is not closed")]),
    "a mark with another indent closes nothing": (
        "!!! note\n\n    ```text\n    b\n```\n", [(3, "the fence '```text' is not closed")]),
    "a dollar": (
        "# A\n\nOne $k$ and\ntwo $s here.\n\nAnother.\n",
        [(4, "a $ without a partner, before 's here.'; write \\$ for the sign")],
    ),
    "two dollars": (
        "# A\n\n$$\na = b\n\nText.\n", [(3, "a $ without a partner, before '$ a = b'; write \\$ for the sign")]),
    "a div": ('# A\n\n<div class="wide">\n\n$a<b$\n\n</div>\n\n<div>\n', [(9, "<div> is not closed")]),
    "a span in a div": ("<div><span>\n</div>\n", [(1, "<span> is not closed")]),
    "an end without a start": ("One.\n\n</details>\n", [(3, "</details> closes nothing")]),
    "a number for a description": ("---\ndescription: 5\n---\n# A\n", [(2, "description must be text, got 5")]),
    "one text for a list": (
        "---\ndescription: Why?\nable: see\n---\n# A\n", [(3, "able must be a list of texts, got 'see'")]),
    "no question": (
        "---\nable: [see]\n---\n# A\n",
        [(2, "a chapter that says able must say description too: the question that it answers")],
    ),
    "a page that is not there": (
        CHAPTER.format("nothing.md"), [(6, "needs names 'nothing.md', and there is no such page beside a.md")]),
    "a list": (
        "---\n- one\n---\n# A\n", [(1, "front matter must name what it says, such as description: …, got ['one']")]),
}  # fmt: skip
RIGHT = [
    "# A\n\n````text\n```exhibit\n````\n\n```\n$ {\n<div>\n```\n",
    "It costs \\$5, and `$x` in code, and $a_{1}$ or\n$b$.\n\n$$\nc\n$$\n\n\\(d\\)\n",
    "<div><br><img src='a.png'/><p>One.<p>Two.</div>\n\n<https://example.org> a < b\n",
    "<!-- <div> $ -->\n",
    CHAPTER.format("cost.md"),
    "",
]


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_told_with_its_line(case):
    text, expected = CASES[case]
    assert mistakes(Page("a.md", text)) == expected


def test_front_matter_that_is_not_yaml_is_told():
    [(line, cause)] = mistakes(Page("a.md", "---\ndescription: [\n---\n# A\n"))
    assert line == 1 and cause.startswith("front matter cannot be read: while parsing")


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_not_told(text):
    assert mistakes(Page("a.md", text)) == []


@pytest.mark.parametrize("tex", [r"\frac{1}{2", r"a_{1", r"a}", r"\{ {"])
def test_braces_that_do_not_pair_are_an_error(tex):
    with pytest.raises(ValueError, match=r"braces open and \d close"):
        mathml(tex)


def test_braces_that_are_shown_need_no_partner():
    assert "{" in mathml(r"\{ x")


def test_a_strict_build_fails_and_names_every_page_and_line(tmp_path):
    written = {f"{at}.md": text for at, (text, _) in enumerate(CASES.values())}
    done = build(tmp_path, {**written, "z.md": "# Z\n\nWhere $a_{1$ is.\n"})
    assert done.returncode == 1 and "Traceback" not in done.stderr
    for at, (_, found) in enumerate(CASES.values()):
        for line, cause in found:
            cause = cause.replace("beside a.md", f"beside {at}.md")
            assert f"docs/{at}.md:{line}: {cause}" in done.stderr
    assert "docs/z.md:3: formula a_{1: 1 braces open and 0 close" in done.stderr


def test_a_cache_that_cannot_be_written_is_said_once_and_costs_no_result(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("CONVNOTES_CACHE", str(tmp_path / "file" / "below"))
    assert [store.remember(entry, lambda: {"a": "b"}) for entry in "xy"] == [{"a": "b"}] * 2
    assert capsys.readouterr().err == (
        f"the cache {tmp_path}/file/below cannot be written (Not a directory): nothing is kept for the next build\n"
    )


def test_a_half_written_entry_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("CONVNOTES_CACHE", str(tmp_path))
    monkeypatch.setattr(store.Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    assert store.remember("entry", lambda: {"a": "b"}) == {"a": "b"}
    assert list(tmp_path.iterdir()) == []


def test_the_cache_is_that_of_the_repository_wherever_the_build_starts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CONVNOTES_CACHE", raising=False)
    assert store.cache_folder() == small.ROOT / ".cache" / "convnotes"
    monkeypatch.setattr(store, "PACKAGE", tmp_path / "site-packages" / "convnotes")
    assert store.cache_folder().resolve() == tmp_path / ".cache" / "convnotes"


@pytest.fixture
def hooks(monkeypatch):
    monkeypatch.syspath_prepend(small.ROOT / "scripts")
    spec = importlib.util.spec_from_file_location("hooks", small.ROOT / "convnotes/site/hooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("damage", ["", '{"content": "another word"}', None])
def test_what_is_kept_of_a_lab_is_used_whole_or_not_at_all(tmp_path, monkeypatch, caplog, hooks, damage):
    """None: written, and not sealed, as by a build that was cut off."""
    monkeypatch.setattr(hooks, "LABS", tmp_path)
    hooks._key_labs()
    lab, folder = next(iter(hooks.state["labs"].items()))
    folder.mkdir()
    (folder / "kept.json").write_text('{"content": "a word"}')
    if damage is not None:
        hooks._seal(folder)
        hooks._key_labs()
        assert folder.is_dir()
        (folder / "kept.json").write_text(damage)
    with caplog.at_level("INFO"):
        hooks._key_labs()
    assert not folder.exists() and f"What was kept of {lab.rpartition('/')[2]} is damaged" in caplog.text


def test_line_ends_are_those_of_unix_in_every_checkout(tmp_path):
    done = subprocess.run(
        ["git", "check-attr", "eol", "text", "scripts/setup.sh"], cwd=small.ROOT, capture_output=True, text=True
    )
    assert "eol: lf" in done.stdout, done.stderr
