"""Small grids of numbers with a title, and what is added to what: the pictures of the way back."""

from collections.abc import Collection, Sequence

from convnotes.correlate import Array
from convnotes.drawing.svg import Drawing
from convnotes.words.numbers import minus

Place = tuple[int, int]


def numbers(
    drawing: Drawing, x: float, y: float, values: Array, side: float, role: str = "cell", strong: Collection[Place] = ()
) -> None:
    """The numbers of a grid in squares of `side`; zeros are muted, and the cells in `strong` filled in full."""
    for i, row in enumerate(values.tolist()):
        for j, value in enumerate(row):
            left, top, full = x + j * side, y + i * side, (i, j) in strong
            drawing.rect(left + 0.75, top + 0.75, side - 1.5, side - 1.5, role, opacity=1 if full else 0.3)
            ink = "bench" if full else "ink" if value else "mute"
            size = 13 if len(f"{value:g}") < 3 or side > 30 else 11.5
            drawing.text(left + side / 2, top + side / 2, label(value), ink, size, middle=True)


def titled(
    drawing: Drawing, x: float, y: float, title: str, values: Array, side: float, role: str = "cell",
    strong: Collection[Place] = (),
) -> None:  # fmt: skip
    """A grid under its title, whose baseline is `y`."""
    drawing.text(x, y, title, "mute", 13)
    numbers(drawing, x, y + 8, values, side, role, strong)


def frame(drawing: Drawing, x: float, y: float, side: float, cells: tuple[int, int, int, int], role: str) -> None:
    """An outline around cells of a grid: first row, first column, rows, columns."""
    i, j, rows, columns = cells
    drawing.rect(x + j * side, y + i * side, columns * side, rows * side, None, role, 2.5, radius=3)


def label(value: float) -> str:
    """A number as short as it can be written, with a real minus sign.

    >>> label(-3), label(0.25)
    ('−3', '0.25')
    """
    return minus(int(value) if value == int(value) else f"{value:g}")


def total(terms: Sequence[float]) -> str:
    """A sum written out.

    >>> total([4, 0, -1])
    '4 + 0 − 1'
    """
    first, *rest = terms
    return label(first) + "".join(f" {'−' if term < 0 else '+'} {label(abs(term))}" for term in rest)
