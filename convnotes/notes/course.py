"""The chapters as a course: what each says of itself, how long it takes, which ones it builds on.

A chapter says it in its front matter: `description` is the question that it answers, `able` lists what its reader will
be able to do, `needs` the chapters to read before it, as links from where it stands. Their order and short titles are
those of the navigation.
"""

import posixpath
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from convnotes.notes.exhibit import find
from convnotes.notes.navigation import navigation
from convnotes.notes.page import DOCS, Page, page

READS = ("docs/**/*.md", "mkdocs.yml")
WORDS, STEP = 150, 5  # words that a reader takes in a minute; minutes to which a time is rounded up
SESSION, EXHIBIT, INTERACTIVE = 1, 1, 3  # minutes for each
RULE = (
    f"Minutes are counted: one for every {WORDS} words, {SESSION} for a session, {EXHIBIT} for a figure "
    f"or table, {INTERACTIVE} for an interactive, rounded up to a multiple of {STEP}."
)


@dataclass(frozen=True)
class Chapter:
    """A chapter: its page and short title, and what its front matter says; `needs` are names of pages."""

    page: Page
    title: str
    description: str
    able: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its path under docs."""
        return self.page.name

    @property
    def minutes(self) -> int:
        """The time it takes, by `RULE`."""
        return minutes(self.page)


def minutes(page: Page) -> int:
    """The time that a page takes, by `RULE`.

    >>> minutes(Page("a.md", "word " * 400))
    5
    """
    sessions = [fence.kind for fence in page.fences].count("pycon")
    exhibits = [INTERACTIVE if find(name).interactive else EXHIBIT for name in page.exhibits]
    return STEP * ceil((page.words / WORDS + SESSION * sessions + sum(exhibits)) / STEP)


def read(name: str, docs: Path = DOCS) -> Chapter | None:
    """The chapter `name`, or None if that page does not say what one learns from it."""
    found = page(name, docs)
    said = found.front
    if "able" not in said:
        return None
    folder = posixpath.dirname(name)
    needs = (posixpath.normpath(posixpath.join(folder, needed)) for needed in said.get("needs", []))
    return Chapter(found, title(name, docs), said["description"], tuple(said["able"]), tuple(needs))


def title(name: str, docs: Path = DOCS) -> str:
    """The title of a page in the navigation, or else its heading."""
    listed = navigation(docs).get(name)
    return listed or next((heading.text for heading in page(name, docs).headings), name)


def chapters(docs: Path = DOCS) -> dict[str, Chapter]:
    """Every chapter by its name, in the order of the navigation."""
    pages = [name for name in navigation(docs) if name.endswith(".md")]
    return {name: found for name in pages if (found := read(name, docs))}
