"""The Markdown of the notes, taken apart: sessions, exhibits, prose, anchors, links.

`python -m tests.chapters` adds new pages and anchors to tests/data/anchors.txt, and never takes one away; and it makes
the record of what can be cited.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown.extensions.toc import slugify, unique

from convnotes.exhibits.course import FENCE, FRONT

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PUBLISHED = ROOT / "tests/data/anchors.txt"

_COMMENT = re.compile(r"<!--.*?-->", re.S)
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*(?:\{\s*([^}]*)\})?\s*#*\s*$")
_ID = re.compile(r"\{:?[^}\n]*?#([\w.-]+)[^}\n]*\}|<[a-z]+\s[^>]*\bid=\"([^\"]+)\"")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s*(\S+)", re.M)


@dataclass(frozen=True)
class Fence:
    """A fenced block: its kind, its text without the indent, the line of the page on which the text starts."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Heading:
    """A heading: its level, anchor, text and line, and the last line of its section (up to the next of its level)."""

    level: int
    anchor: str
    text: str
    line: int
    end: int


@dataclass(frozen=True)
class Page:
    """One page; `name` is its path under docs."""

    name: str
    text: str

    @property
    def stem(self) -> str:
        """The name of its module in Python; the pages of a folder share one."""
        return self.name.removesuffix(".md").partition("/")[0].replace("-", "_")

    @cached_property
    def fences(self) -> list[Fence]:
        """Every fenced block, those inside admonitions too."""
        return [
            Fence(m["kind"], _dedent(m["body"], m["indent"]), self.text.count("\n", 0, m.start("body")) + 1)
            for m in FENCE.finditer(self.text)
        ]

    @property
    def exhibits(self) -> list[str]:
        """The exhibits named on the page, in order."""
        return [fence.text.strip() for fence in self.fences if fence.kind == "exhibit"]

    @cached_property
    def sessions(self) -> str:
        """The page with everything but its pycon fences blanked, so that line numbers stay."""
        lines = [""] * (self.text.count("\n") + 1)
        for fence in self.fences:
            if fence.kind == "pycon":
                for offset, line in enumerate(fence.text.splitlines()):
                    lines[fence.line - 1 + offset] = line
        return "\n".join(lines)

    @cached_property
    def prose(self) -> str:
        """The page with its fences, front matter and comments blanked."""
        text = self.text
        for pattern in (FENCE, FRONT, _COMMENT):
            text = pattern.sub(lambda m: "\n" * m[0].count("\n"), text)
        return text

    @cached_property
    def headings(self) -> list[Heading]:
        """The headings with the anchors that the site gives them."""
        found: list[tuple[int, str, str, int]] = []
        taken = set(self.ids)
        for number, line in enumerate(self.prose.splitlines(), 1):
            if match := _HEADING.match(line):
                given, text = re.search(r"#([\w.-]+)", match[3] or ""), _plain(match[2])
                anchor = given[1] if given else unique(slugify(text, "-"), taken)
                found.append((len(match[1]), anchor, text, number))
        last = self.text.count("\n") + 1
        return [
            Heading(level, *rest, line, next((n - 1 for deep, *_, n in found if n > line and deep <= level), last))
            for level, *rest, line in found
        ]

    @property
    def ids(self) -> list[str]:
        """The anchors that the page itself names, in order; these are published and never change."""
        return [match[1] or match[2] for match in _ID.finditer(_without_code(self.prose))]

    @property
    def anchors(self) -> set[str]:
        """All anchors of the page; an exhibit has one too."""
        figures = ("fig-" + name.partition(".")[2].replace("_", "-").replace(" ", "-") for name in self.exhibits)
        return {*self.ids, *(heading.anchor for heading in self.headings), *figures}

    @property
    def links(self) -> list[tuple[int, str]]:
        """Line and target of every link."""
        text = _without_code(self.prose)
        return [(text.count("\n", 0, m.start()) + 1, m[1] or m[2]) for m in _LINK.finditer(text)]


def pages() -> list[Page]:
    """Every page under docs."""
    return [Page(path.relative_to(DOCS).as_posix(), path.read_text("utf-8")) for path in sorted(DOCS.rglob("*.md"))]


def addresses() -> list[str]:
    """Every page, and `page#anchor` for every anchor that a page names, sorted."""
    labs = [path.relative_to(DOCS).as_posix() for path in DOCS.glob("labs/*.py")]
    anchors = [f"{page.name}#{anchor}" for page in pages() for anchor in page.ids]
    return sorted([*labs, *(page.name for page in pages()), *anchors])


def _dedent(text: str, indent: str) -> str:
    return "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))


def _plain(heading: str) -> str:
    """The text of a heading without its Markdown."""
    return re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "")


def _without_code(text: str) -> str:
    return re.sub(r"(`+)(?!`)[^\n]*?(?<!`)\1(?!`)", lambda m: " " * len(m[0]), text)


if __name__ == "__main__":
    from tests.record import write

    known = set(PUBLISHED.read_text("utf-8").splitlines()) if PUBLISHED.exists() else set()
    PUBLISHED.write_text("".join(f"{address}\n" for address in sorted(known | set(addresses()))), "utf-8")
    write()
