"""What the page for teachers shows: each chapter with its time and its sheet."""

from convnotes.drawing.kinds import Link, Rows, Table
from convnotes.exercises.catalogue import CHAPTERS, KINDS
from convnotes.notes.course import chapters


def sheets() -> Table:
    """Each chapter that has exercises, the minutes that it takes to study, its kinds of exercise and a sheet on it.

    A table in the order of the chapters. The last column is what to write after `convnotes exercises --seed 1`; any
    other whole number gives another sheet.
    """
    found = chapters()
    rows: Rows = []
    for name in CHAPTERS:
        page = f"{name}/index.md" if f"{name}/index.md" in found else f"{name}.md"
        kinds = [kind for kind in KINDS if kind.chapter == name]
        why = sum(kind.level == "why" for kind in kinds)
        rows.append([Link(found[page].title, page), found[page].minutes, len(kinds), why, f"--chapter {name}"])
    return Table(["chapter", "time", "kinds", "of which ask why", "sheet"], rows, {"time": "min"})
