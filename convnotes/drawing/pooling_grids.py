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


def window_grid(drawing: Drawing, x: float, y: float, grid: Array, entered: int = 0) -> None:
    """A 4 × 4 grid cut into its four windows, winners ringed; the first `entered` columns came in as zeros."""
    for i, j in product(range(4), range(4)):
        left, top = x + 42 * j + 8 * (j // 2), y + 42 * i + 8 * (i // 2)
        window = grid[i // 2 * 2 : i // 2 * 2 + 2, j // 2 * 2 : j // 2 * 2 + 2]
        drawing.rect(left, top, 40.5, 40.5, TINTS[i // 2][j // 2], opacity=0.2)
        wins = grid[i, j] == window.max()
        if wins:
            drawing.ring(left + 20.25, top + 20.25, 15)
        ink = "mute" if j < entered else "ink"
        drawing.text(left + 20.25, top + 20.25, grid[i, j], ink, 16, bold=bool(wins), middle=True)


def peak_strip(drawing: Drawing, y: float, peak: int, pooled: int, left: str, right: str) -> None:
    """Ten cells in pairs with a `peak`, and above each pair its pooled cell."""
    drawing.text(6, y + 57, left, "ink", 14, bold=True)
    drawing.text(334, y + 19, right or "output", "win" if right == "jumps" else "mute", 14, bold=bool(right))
    if not right:
        drawing.text(334, y + 57, "input", "mute", 14)
    output = Row(drawing, 82, y, 26, 54)
    output.fill([cell for cell in range(5) if cell != pooled])
    output.fill([pooled], "out", str)
    for cell in range(10):
        at = Row(drawing, output.middle(cell // 2) + (-13, 13)[cell % 2], y + 38, 26, 26)
        at.fill([0], "see" if cell == peak else "cell")
        if cell == peak:
            at.print(0, cell, "bench")
    for cell in range(5):
        for side in (-1, 1):
            x = output.middle(cell)
            drawing.line(x + side * 12, output.bottom + 1, x + side * 25, y + 38, "edge", 1)
