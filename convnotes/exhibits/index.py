"""Exhibits of the start page: the chapters, and the way through them."""

import re

from convnotes.drawing.dependency_chart import chart, direct
from convnotes.drawing.kinds import Card, Cards, Figure, Link, Rows, Table, Widget
from convnotes.exhibits.cards import picture
from convnotes.exhibits.interactive.walk import opening
from convnotes.exhibits.interactive.walk import walk as interactive
from convnotes.notes.course import RULE, Chapter, chapters


def walk() -> Widget:
    """A small network reads a digit: every map, one unit down to a single product, and the way back.

    A handwritten 7 whose upper bar is broken, and beside it the answers of the network, of which 1 has nearly all.
    Below them the six maps after the first pooling and the sixteen after the second. A third picture shows the gradient
    of the score of 7 minus that of 1: among its strongest pixels are those in the gap of the bar.
    """
    return interactive(opening())


def chapter_table() -> Cards:
    """Each chapter with the question that it answers and the time that it takes.

    A card for each chapter, in the order of the notes: a small picture, a link to the chapter, the question that it
    answers and the minutes of study. The table below says the same, and which section of the lecture each follows.
    """
    found = _main()
    cards = [
        Card(Link(chapter.title, name), chapter.description, f"{chapter.minutes} min", picture(name))
        for name, chapter in found.items()
    ]
    rows: Rows = [
        [Link(chapter.title, name), chapter.description, _section(chapter), chapter.minutes]
        for name, chapter in found.items()
    ]
    hours = sum(chapter.minutes for chapter in found.values()) / 60
    note = f"–: not in the lecture. {RULE} Together {hours:.0f} hours."
    return Cards(cards, Table(["chapter", "its question", "section", "time"], rows, {"time": "min"}, note=note))


def _section(chapter: Chapter) -> int | None:
    found = re.search(r"follows section (\d+)", chapter.page.text)
    return int(found[1]) if found else None


def learning_path() -> Figure:
    """The chapters, each below those that it builds on.

    A chart in rows. At the top is the chapter that needs no other; lines lead from each chapter down to those that
    build on it. The table below says the same in words.
    """
    found = _main()
    titles = {name: chapter.title for name, chapter in found.items()}
    needs = direct({name: chapter.needs for name, chapter in found.items()})
    rows: Rows = [[titles[name], ", ".join(titles[other] for other in has) or None] for name, has in needs.items()]
    return Figure(chart(needs, titles), Table(["chapter", "builds directly on"], rows))


def _main() -> dict[str, Chapter]:
    """The chapters without the pages of single families."""
    return {name: found for name, found in chapters().items() if "/" not in name or name.endswith("/index.md")}
