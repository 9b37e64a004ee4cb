"""Exhibits of the chapter on equivariance and invariance."""

from collections.abc import Sequence

import numpy as np

from convnotes.correlate import Array, correlate2d, translate
from convnotes.drawing.cell_rows import Row
from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive import shifter as cat

MOVE = 5  # pixels, in the square
OBJECT = (3, 1, 4)


def commuting_square() -> Figure:
    """Move, then convolve; or convolve, then move. Both ways lead to the same picture.

    Four pictures in a square. Top left x, a small cat. An arrow T leads right to the same cat five pixels further to
    the right. From both, an arrow f leads down to the outline that an edge kernel finds, f(x) at the left and f(Tx) at
    the right. A second arrow T leads from f(x) to f(Tx), since the outline at the right is the outline at the left,
    moved by five pixels.
    """
    state = cat.Shift("edge", 2, 2, 0, 0, False, False)
    image = np.array(cat.cat())
    moved = translate(image, (0, MOVE))
    before, after = cat.features(image, state), cat.features(moved, state)
    drawing = Drawing(340, 356)
    places = (
        (6, 24, "x", image),
        (206, 24, "Tx", moved),
        (6, 200, "f(x)", before),
        (206, 200, "f(Tx) = T f(x)", after),
    )
    for x, y, name, values in places:
        drawing.text(x + 64, y - 8 if y < 100 else y + 146, name, "ink", 14, "middle", bold=True)
        drawing.rect(x, y, 128, 128, "cell", radius=0)
        drawing.pixels(x, y, 4, _paint(values, "f" not in name))
    for y in (88, 264):
        drawing.arrow(140, y, 200, y)
        drawing.text(170, y - 8, "T", "ink", 14, "middle", bold=True)
    for x in (70, 270):
        drawing.arrow(x, 156, x, 196)
        drawing.text(x + 10, 180, "f", "ink", 14, bold=True)
    rows: Rows = [["f(Tx)", int(np.abs(after).sum()), int(np.abs(after - translate(before, (0, MOVE))).sum())]]
    header = ["map", "sum of its absolute values", "difference from T f(x)"]
    return Figure(drawing, Table(header, rows, note=f"A picture of 32 × 32 pixels, moved right by {MOVE}."))


def _paint(values: Array, plain: bool) -> list[list[tuple[str, float] | None]]:
    most = int(np.abs(values).max())
    roles = ("ink", "ink") if plain else ("neg", "pos")
    return [[(roles[int(v > 0)], round(abs(int(v)) / most, 2)) if v else None for v in row] for row in values]


def at_the_border() -> Figure:
    """Over the edge: the last window finds padding where the 4 would be, so the outputs differ there.

    Five rows of eight cells. x holds 3, 1, 4 from the third cell on; f(x), the sums of three neighbours, is 0 3 4 8 5 4
    0 0. Moved right by four, Tx holds 3 and 1 in its last two cells and the 4 has left; beyond the edge is a dashed
    cell of padding with a zero. T f(x) ends in 3 4 8, and f(Tx) in 3 4 4: the last cell, framed, differs.
    """
    row, move = np.array([[0, 0, *OBJECT, 0, 0, 0]]), (0, 4)
    moved = translate(row, move)
    rows = {"x": row, "f(x)": _sums(row), "Tx": moved, "T f(x)": translate(_sums(row), move), "f(Tx)": _sums(moved)}
    drawing = Drawing(340, 220)
    for (name, values), y in zip(rows.items(), (10, 46, 98, 134, 178), strict=True):
        drawing.text(4, y + 18, name, "ink", 14, bold=True)
        strip = _strip(drawing, y, 30, values[0], name)
        if name == "Tx":
            strip.pad([8], label=lambda _: 0)
        if name in ("T f(x)", "f(Tx)"):
            strip.frame((7, 7))
    table: Rows = [[name, *map(int, values[0])] for name, values in rows.items()]
    return Figure(drawing, Table(["row", *(f"cell {n}" for n in range(8))], table, note="f: sums of three neighbours."))


def at_stride_two() -> Figure:
    """Stride 2: a move by two moves the output by one cell; a move by one gives other numbers.

    Three pairs of rows. Each input of ten cells holds 3, 1, 4: from the third cell on, then one cell further, then two.
    Below each, five outputs, the sums of three neighbours around every second cell: 0 4 5 0 0 at the start; 0 3 8 4 0
    after the move by one, other numbers; and 0 0 4 5 0 after the move by two, the first output moved by one cell.
    """
    drawing = Drawing(350, 288)
    table: Rows = []
    words = ("start", "moved by 1:", "moved by 2:"), ("", "other numbers", "output moved by one cell")
    for move, (title, verdict) in enumerate(zip(*words, strict=True)):
        row = translate(np.array([[0, 0, *OBJECT, 0, 0, 0, 0, 0]]), (0, move))
        sums, y = _sums(row, stride=2), 22 + 92 * move
        drawing.text(4, y - 6, f"{title} {verdict}", "win" if move == 1 else "ink", 13.5, bold=True)
        upper = _strip(drawing, y, 28, row[0], "x")
        lower = _strip(drawing, y + 36, 28, sums[0], "f", pitch=56)
        for cell in range(5):
            drawing.line(lower.middle(cell), y + 29, lower.middle(cell), y + 35, "edge", 1)
        drawing.text(4, upper.y + 19, "input", "mute", 13)
        drawing.text(4, lower.y + 19, "output", "mute", 13)
        table.append([f"moved by {move}", " ".join(map(str, row[0])), " ".join(map(str, sums[0]))])
    return Figure(
        drawing, Table(["input", "its cells", "output"], table, note="f: sums of three neighbours, stride 2.")
    )


def _sums(row: Array, stride: int = 1) -> Array:
    """The sums of three neighbours, zeros beyond the edge."""
    return correlate2d(row, np.ones((1, 3), dtype=int), (1, stride), (0, 1))


def _strip(drawing: Drawing, y: float, side: float, values: Sequence[int] | Array, name: str, pitch: float = 0) -> Row:
    """A row of numbers; what is not zero is filled, blue for an input and green for an output."""
    strip = Row(drawing, 54 + side / 2, y, side, pitch or side)
    for cell, value in enumerate(values):
        strip.fill([cell], ("out" if "f" in name else "see") if value else "cell", values.__getitem__)
    return strip


def shifter() -> Widget:
    """A cat that moves, its feature map and its pooled map, and how far each is from simply moving along.

    Three rows of four maps, for moves by none, one and two pixels to the right: the cat, its outline as a feature map,
    the map after two by two max-pooling with stride 2, and the difference between that and the old one moved along. The
    feature map moves along each time. The pooled map does for the move by two, and is far off for the move by one.
    """
    return cat.shifter("edge")
