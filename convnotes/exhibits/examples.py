"""Exhibits of the index of worked examples."""

from convnotes.citing import record
from convnotes.drawing.kinds import Link, Rows, Table


def examples() -> Table:
    """The worked examples of these notes, with the anchor and the chapter of each.

    A table of the worked examples with one row for each: its title, which leads to it, its anchor, and the
    chapter that it is in.
    """
    rows: Rows = []
    for one in record.examples().values():
        rows.append([Link(one.title, f"{one.page}#{one.anchor}"), one.anchor, one.chapter])
    return Table(["example", "anchor", "chapter"], rows, filtered="chapter")
