"""Small drawings of grids that are pooled, for the chapter on pooling."""

from itertools import product

from convnotes.correlate import Array
from convnotes.drawing.cell_rows import Row
from convnotes.drawing.svg import Drawing

TINTS = [["win", "see"], ["out", "mute"]]  # one for each window


def pooled_grid(drawing: Drawing, x: float, y: float, pooled: Array, changed: Array | None = None) -> None:
    """The 2 × 2 output with the tints of its windows, its corner at (x, y); `changed` cells are framed."""
    for i, j in product(range(2), range(2)):
        left, top = x + 44 * j, y + 44 * i
        drawing.rect(left, top, 42, 42, TINTS[i][j], opacity=0.3)
        drawing.text(left + 21, top + 21, pooled[i, j], "ink", 18, bold=True, middle=True)
        if changed is not None and changed[i, j]:
            drawing.rect(left + 1.5, top + 1.5, 39, 39, None, "ink", 2.5)


def window_grid(drawing: Drawing, x: float, y: float, grid: Array, entered: int = 0, size: float = 42) -> None:
    """A 4 × 4 grid cut into its four windows, winners ringed; the first `entered` columns came in as zeros."""
    half = (size - 1.5) / 2
    for i, j in product(range(4), range(4)):
        left, top = x + size * j + 8 * (j // 2), y + size * i + 8 * (i // 2)
        window = grid[i // 2 * 2 : i // 2 * 2 + 2, j // 2 * 2 : j // 2 * 2 + 2]
        drawing.rect(left, top, 2 * half, 2 * half, TINTS[i // 2][j // 2], opacity=0.2)
        wins = grid[i, j] == window.max()
        if wins:
            drawing.ring(left + half, top + half, half - 4)
        ink = "mute" if j < entered else "ink"
        drawing.text(left + half, top + half, grid[i, j], ink, 16, bold=bool(wins), middle=True)


def peak_strip(drawing: Drawing, y: float, row: Array, pooled: Array, left: str, right: str) -> None:
    """A row of ten cells in pairs, and below each pair its largest value; what is not zero is filled."""
    drawing.text(6, y + 18, left, "ink", 13, bold=True)
    drawing.text(312, y + 52, right, "win" if right == "jumps" else "mute", 13, bold=True)
    output = Row(drawing, 70, y + 36, 24, 50)
    for cell, value in enumerate(row):
        at = Row(drawing, output.middle(cell // 2) + (-12, 12)[cell % 2], y, 24, 24)
        at.fill([0], "see" if value else "cell", [value].__getitem__)
    for cell, value in enumerate(pooled):
        output.fill([cell], "out" if value else "cell", [*pooled].__getitem__)
        for side in (-1, 1):
            x = output.middle(cell)
            drawing.line(x + side * 23, y + 25, x + side * 11, output.y - 1, "edge", 1)
