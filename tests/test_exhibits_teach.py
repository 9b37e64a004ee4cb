"""The plan of four weeks: read in an order that can be followed, and no sheet asks what was not read."""

from convnotes.exercises.catalogue import KINDS
from convnotes.exhibits import teach
from convnotes.notes.course import chapters
from convnotes.notes.navigation import parts
from convnotes.notes.page import page

PLAN = [(week, f"{name}.md") for week, names in enumerate(teach.WEEKS, 1) for name in names]


def test_what_a_chapter_needs_is_read_before_it() -> None:
    read: list[str] = []
    for _, name in PLAN:
        assert set(chapters()[name].needs) <= set(read), name
        read.append(name)


def test_no_sheet_asks_what_is_not_read_by_then() -> None:
    """And every chapter of the plan whose exercises are on what was read has its sheet."""
    sheets = [(row[1], row[3]) for row in teach.weeks().rows if row[3]]
    assert [name for _, name in sheets] == [
        "convolution", "convolution-as-a-matrix", "cost", "conv-block", "normalization", "pooling", "aliasing",
        "receptive-field", "effective-receptive-field", "backward", "pointwise-convolution", "inductive-bias",
    ]  # fmt: skip
    for week, name in sheets:
        read = {page for when, page in PLAN if when <= week}
        late = [kind.name for kind in KINDS if kind.chapter == name and kind.taught.partition("#")[0] not in read]
        assert late == [], f"week {week}, {name}"


def test_the_minutes_of_a_week_add_up() -> None:
    table = teach.weeks()
    sums = [sum(row[2] for row in table.rows if row[1] == week) for week in (1, 2, 3, 4)]
    assert table.note == f"Minutes of study by week: {', '.join(map(str, sums))}."


def test_what_the_plan_leaves_out_is_named() -> None:
    section = page("teach.md").text.partition("{ #four-weeks }")[2].partition("\n## ")[0]
    planned = {name for _, name in PLAN}
    learn = [name for name, part in parts().items() if part == "Learn" and name != "your-model.md"]
    assert [name for name in learn if name not in planned and f"({name})" not in section] == []
