"""What the page for teachers shows: each chapter with its time and its sheet, and a plan of four weeks."""

from convnotes.drawing.kinds import Link, Rows, Table
from convnotes.exercises.catalogue import CHAPTERS, KINDS
from convnotes.notes.course import chapters

WEEKS = (
    ("convolution", "convolution-as-a-matrix", "cost"),
    ("conv-block", "normalization", "pooling", "equivariance", "aliasing"),
    ("receptive-field", "effective-receptive-field", "backward"),
    ("pointwise-convolution", "architectures/index", "architectures/resnet", "inductive-bias"),
)


def weeks() -> Table:
    """Four weeks: what to read in each, how long it takes to study, and which chapters to name on the sheet.

    A table of chapters in the order of the weeks; the last column is what to give the option `--chapter`. It has
    a dash where a chapter has no exercises of its own, or some on pages that are not read by then.
    """
    found, read, totals = chapters(), set[str](), []
    rows: Rows = []
    for week, names in enumerate(WEEKS, 1):
        pages = [f"{name}.md" for name in names]
        read.update(pages)
        totals.append(sum(found[page].minutes for page in pages))
        for page, name in zip(pages, names, strict=True):
            asked = {kind.taught.partition("#")[0] for kind in KINDS if kind.chapter == name.removesuffix("/index")}
            sheet = name if asked and asked <= read else None
            rows.append([Link(found[page].title, page), week, found[page].minutes, sheet])
    note = f"Minutes of study by week: {', '.join(map(str, totals))}."
    return Table(["chapter", "week", "time", "--chapter"], rows, {"time": "min"}, note=note)


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
