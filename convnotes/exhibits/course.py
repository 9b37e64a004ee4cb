"""The chapters as a course: what each says of itself, how long it takes, which ones it builds on.

A chapter says it in its front matter: `description` is the question that it answers, `able` lists what its reader will
be able to do, `needs` the chapters to read before it, as links from where it stands. Their order and short titles are
those of the navigation.
"""

import ast
import posixpath
import re
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import yaml

from convnotes.exhibits.catalogue import find

READS = ("docs/**/*.md", "mkdocs.yml")
DOCS = Path(__file__).parents[2] / "docs"
FRONT = re.compile(r"\A---\n(.*?)^---$", re.M | re.S)
FENCE = re.compile(
    r"^(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<kind>\w*)[^\n]*\n(?P<body>.*?)^(?P=indent)(?P=mark)[ \t]*$",
    re.M | re.S,
)
WORDS, STEP = 150, 5  # words that a reader takes in a minute; minutes to which a time is rounded up
SESSION, EXHIBIT, INTERACTIVE = 1, 1, 3  # minutes for each
RULE = (
    f"Minutes are counted, not guessed: one for every {WORDS} words, {SESSION} for a session, {EXHIBIT} for a figure "
    f"or table, {INTERACTIVE} for an interactive, rounded up to a multiple of {STEP}."
)


@dataclass(frozen=True)
class Chapter:
    """A chapter by its `name`, its path under docs; `needs` are names too."""

    name: str
    title: str
    description: str
    able: tuple[str, ...]
    needs: tuple[str, ...]
    text: str

    @property
    def minutes(self) -> int:
        """The time it takes, by `RULE`.

        >>> Chapter("a.md", "A", "", (), (), "word " * 400).minutes
        5
        """
        fences = [(found["kind"], found["body"].strip()) for found in FENCE.finditer(self.text)]
        sessions = [kind for kind, _ in fences].count("pycon")
        exhibits = [_minutes(body) for kind, body in fences if kind == "exhibit"]
        words: int = len(re.findall(r"\w[\w’'.,-]*", FENCE.sub("", self.text)))
        return STEP * ceil((words / WORDS + SESSION * sessions + sum(exhibits)) / STEP)


def _minutes(exhibit: str) -> int:
    returns = find(exhibit).node.returns
    return INTERACTIVE if isinstance(returns, ast.Name) and returns.id == "Widget" else EXHIBIT


def read(name: str, docs: Path = DOCS) -> Chapter | None:
    """The chapter `name`, or None if that page does not say what one learns from it."""
    source = (docs / name).read_text(encoding="utf-8")
    front = FRONT.match(source)
    said = yaml.safe_load(front[1]) if front else {}
    if "able" not in said:
        return None
    folder = posixpath.dirname(name)
    needs = (posixpath.normpath(posixpath.join(folder, needed)) for needed in said.get("needs", []))
    text = FRONT.sub("", source)
    return Chapter(name, title(name, docs), said["description"], tuple(said["able"]), tuple(needs), text)


def navigation(docs: Path = DOCS) -> dict[str, str]:
    """Names and short titles of the pages, in the order of the navigation."""
    config = docs.parent / "mkdocs.yml"
    entries = re.findall(r"^ *- (.+): ([\w/-]+\.md)$", config.read_text(encoding="utf-8"), re.M)
    return {name: short for short, name in entries}


def title(name: str, docs: Path = DOCS) -> str:
    """The title of a page in the navigation, or else its heading."""
    heading = re.search(r"^# (.+)$", (docs / name).read_text(encoding="utf-8"), re.M)
    return navigation(docs).get(name) or (heading[1] if heading else name)


def chapters(docs: Path = DOCS) -> dict[str, Chapter]:
    """Every chapter by its name, in the order of the navigation."""
    return {name: found for name in navigation(docs) if (found := read(name, docs))}
