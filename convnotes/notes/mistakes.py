"""Mistakes of an author that Markdown passes over in silence: what is opened and never closed, front matter amiss."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import yaml

from convnotes.notes.page import DOCS, Page

_MARK = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*(.*?)[ \t]*")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)|<!--.*?-->|\\[\\$`]", re.S)
_FORMULA = re.compile(r"\$\$.*?\$\$|\$(?!\s)[^$]+?\$", re.S)
_CLOSED = {"abbr", "details", "div", "dl", "figcaption", "figure", "kbd", "ol", "pre", "section", "span", "sub",
           "summary", "sup", "table", "ul"}  # fmt: skip  # HTML that has to be closed

Mistake = tuple[int, str]


def mistakes(page: Page, docs: Path = DOCS) -> list[Mistake]:
    r"""Line and cause of every mistake on a page.

    >>> mistakes(Page("a.md", "# A\n\n```exhibit\ncost.price\n"))
    [(3, "the fence '```exhibit' is not closed")]
    """
    unclosed = [*_fences(page.text.splitlines())]
    if unclosed:  # until it is mended, code and text cannot be told apart
        return unclosed
    return sorted([*_front(page, docs), *_formulas(page.prose), *_html(page.prose)])


def _fences(lines: list[str]) -> Iterator[Mistake]:
    """Fences that are not closed: at the end, or where another begins, for it is swallowed."""
    opened: tuple[int, str, str] | None = None
    for number, line in enumerate(lines, 1):
        found = _MARK.fullmatch(line)
        if not found:
            continue
        indent, mark, info = found.groups()
        if opened is None:
            opened = number, indent + mark, line.strip()
        elif indent + mark == opened[1] and not info:
            opened = None
        elif info and mark == opened[1].strip():
            yield opened[0], f"the fence {opened[2]!r} is not closed before {line.strip()!r} on line {number}"
            opened = number, indent + mark, line.strip()
    if opened:
        yield opened[0], f"the fence {opened[2]!r} is not closed"


def _formulas(prose: str) -> Iterator[Mistake]:
    """Dollar signs without a partner in their paragraph."""
    text = _CODE.sub(_blank, prose)
    for paragraph in re.finditer(r"[^\n]+(?:\n[^\n]*\S[^\n]*)*", text):
        line = text.count("\n", 0, paragraph.start()) + 1
        left = _FORMULA.sub(_blank, paragraph[0])
        if "$" in left:
            at = left.index("$")
            after = " ".join(paragraph[0][at + 1 :].split())[:30]
            yield line + left.count("\n", 0, at), f"a $ without a partner, before {after!r}; write \\$ for the sign"


def _html(prose: str) -> Iterator[Mistake]:
    reader = _Reader()
    reader.feed(_FORMULA.sub(_blank, _CODE.sub(_blank, prose)))
    reader.close()
    yield from reader.found
    yield from ((line, f"<{tag}> is not closed") for line, tag in reader.opened)


class _Reader(HTMLParser):
    """Which elements are opened and not closed, closed and not opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[tuple[int, str]] = []
        self.found: list[Mistake] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _CLOSED:
            self.opened.append((self.getpos()[0], tag))

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag not in _CLOSED:
            return
        if tag not in [name for _, name in self.opened]:
            self.found.append((self.getpos()[0], f"</{tag}> closes nothing"))
            return
        while (last := self.opened.pop())[1] != tag:
            self.found.append((last[0], f"<{last[1]}> is not closed"))


def _front(page: Page, docs: Path) -> Iterator[Mistake]:
    """Front matter of another type than is expected, and pages that are not there."""
    try:
        said = page.front
    except yaml.YAMLError as error:
        yield 1, f"front matter cannot be read: {' '.join(str(error).split())}"
        return
    if not isinstance(said, dict):
        yield 1, f"front matter must name what it says, such as description: …, got {said!r}"
        return
    for name, value in said.items():
        if name in ("description", "title") and not isinstance(value, str):
            yield _line(page, name), f"{name} must be text, got {value!r}"
        if name in ("able", "needs") and not _texts(value):
            yield _line(page, name), f"{name} must be a list of texts, got {value!r}"
    for needed in said["needs"] if _texts(said.get("needs")) else []:
        target = (docs / page.name).parent / needed
        if not (needed.endswith(".md") and target.is_file()):
            yield _line(page, needed), f"needs names {needed!r}, and there is no such page beside {page.name}"
    if "able" in said and "description" not in said:
        yield _line(page, "able"), "a chapter that says able must say description too: the question that it answers"


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _line(page: Page, word: str) -> int:
    return next((number for number, line in enumerate(page.text.splitlines(), 1) if word in line), 1)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])
