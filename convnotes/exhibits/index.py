"""Exhibits of the start page: the chapters, and the way through them."""

import re

from convnotes.drawing.dependency_chart import chart, direct
from convnotes.drawing.kinds import Figure, Link, Rows, Table
from convnotes.notes.course import RULE, Chapter, chapters


def chapter_table() -> Table:
    """Each chapter with its question, the section of the lecture that it follows, and the time it takes.

    A table with a row for each chapter, in the order of the notes: a link to it, the question that it answers, the
    number of the lecture's section that it follows, if there is one, and the minutes of study.
    """
    rows: Rows = [
        [Link(found.title, name), found.description, _section(found), found.minutes] for name, found in _main().items()
    ]
    hours = sum(found.minutes for found in _main().values()) / 60
    note = f"–: not in the lecture. {RULE} Together {hours:.0f} hours."
    return Table(["chapter", "its question", "section", "time"], rows, {"time": "min"}, note=note)


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
