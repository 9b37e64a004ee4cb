"""A page of the notes taken apart: front matter, headings, fences, sessions, prose, anchors, links.

The one parser of Markdown here: site, tests and tools ask it.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from markdown.extensions.toc import slugify, unique  # so that anchors are those of the built pages

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FRONT = re.compile(r"\A---\n(.*?)^---$", re.M | re.S)
_FENCE = re.compile(
    r"^(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=indent)(?P=mark)[ \t]*$",
    re.M | re.S,
)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*(?:\{\s*([^}]*)\})?\s*#*\s*$")
_ID = re.compile(r"\{:?[^}\n]*?#([\w.-]+)[^}\n]*\}|<[a-z]+\s[^>]*\bid=\"([^\"]+)\"")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s*(\S+)", re.M)
_WORD = re.compile(r"\w[\w’'.,-]*")


@dataclass(frozen=True)
class Fence:
    """A fenced block: what stands after its mark, its text without the indent, the line on which the text starts."""

    info: str
    text: str
    line: int

    @property
    def kind(self) -> str:
        """The language, or `exhibit`; "" if the mark is followed by none.

        >>> Fence("pycon", ">>> 1", 2).kind, Fence("{.pycon}", "", 2).kind
        ('pycon', '')
        """
        return re.match(r"\w*", self.info)[0]  # type: ignore[index]  # matches everything

    @property
    def lines(self) -> range:
        """The lines of the page that it takes, with its marks."""
        return range(self.line - 1, self.line + self.text.count("\n") + 1)


def fences(text: str) -> list[Fence]:
    r"""Every fenced block of a Markdown text, those inside admonitions too; one that is not closed is none.

    >>> fences("Text.\n\n```exhibit\ncost.price\n```\n")
    [Fence(info='exhibit', text='cost.price\n', line=4)]
    """
    return [
        Fence(m["info"].strip(), _dedent(m["body"], m["indent"]), text.count("\n", 0, m.start("body")) + 1)
        for m in _FENCE.finditer(text)
    ]


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
    def front(self) -> dict[str, Any]:
        """What its front matter says, nothing if it has none."""
        found = _FRONT.match(self.text)
        said: dict[str, Any] = yaml.safe_load(found[1]) if found else {}
        return said

    @cached_property
    def fences(self) -> list[Fence]:
        """Every fenced block."""
        return fences(self.text)

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
        for pattern in (_FENCE, _FRONT, _COMMENT):
            text = pattern.sub(lambda m: "\n" * m[0].count("\n"), text)
        return text

    @property
    def words(self) -> int:
        """How many words there are to read."""
        return len(_WORD.findall(self.prose))

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
            Heading(
                level, anchor, text, line, next((n - 1 for deep, *_, n in found if n > line and deep <= level), last)
            )
            for level, anchor, text, line in found
        ]

    @property
    def ids(self) -> list[str]:
        """The anchors that the page itself names, in order; these are published and never change."""
        return [match[1] or match[2] for match in _ID.finditer(_without_code(self.prose))]

    @property
    def anchors(self) -> set[str]:
        """All anchors of the page; an exhibit has one too."""
        return {*self.ids, *(heading.anchor for heading in self.headings), *map(exhibit_anchor, self.exhibits)}

    @property
    def links(self) -> list[tuple[int, str]]:
        """Line and target of every link."""
        text = _without_code(self.prose)
        return [(text.count("\n", 0, m.start()) + 1, m[1] or m[2]) for m in _LINK.finditer(text)]


def exhibit_anchor(name: str) -> str:
    """The address on its page of the exhibit that a fence names.

    >>> exhibit_anchor("architectures.ledger resnet50")
    'fig-ledger-resnet50'
    """
    function, *words = name.partition(".")[2].split()
    return "-".join(["fig", function.replace("_", "-"), *words])


def page(name: str, docs: Path = DOCS) -> Page:
    """The page `name`, its path under `docs`."""
    return Page(name, (docs / name).read_text(encoding="utf-8"))


def pages(docs: Path = DOCS) -> list[Page]:
    """Every page under `docs`."""
    return [page(path.relative_to(docs).as_posix(), docs) for path in sorted(docs.rglob("*.md"))]


def without(kind: str, text: str) -> str:
    r"""A Markdown text without its fences of one kind.

    >>> without("exhibit", "One.\n```exhibit\na.b\n```\nTwo.")
    'One.\nTwo.'
    """
    gone = {line for fence in fences(text) if fence.kind == kind for line in fence.lines}
    return "\n".join(line for number, line in enumerate(text.split("\n"), 1) if number not in gone)


def _dedent(text: str, indent: str) -> str:
    return "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))


def _plain(heading: str) -> str:
    """The text of a heading without its Markdown."""
    return re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "")


def _without_code(text: str) -> str:
    return re.sub(r"(`+)(?!`)[^\n]*?(?<!`)\1(?!`)", lambda m: " " * len(m[0]), text)
