"""Grids of numbers, as worked examples show them."""

from convnotes.correlate import Array
from convnotes.drawing.svg import Drawing
from convnotes.words.numbers import minus


def number_grid(drawing: Drawing, x: float, y: float, grid: Array, side: float, signs: bool = False) -> None:
    """The numbers of `grid` in squares of `side` from (x, y) on; with `signs`, tinted by being above or below zero."""
    for i, row in enumerate(grid.tolist()):
        for j, value in enumerate(row):
            left, top = x + j * side, y + i * side
            drawing.rect(left + 0.75, top + 0.75, side - 1.5, side - 1.5)
            if signs and value:
                drawing.rect(
                    left + 0.75, top + 0.75, side - 1.5, side - 1.5, "neg" if value < 0 else "pos", opacity=0.4
                )
            drawing.text(left + side / 2, top + side / 2, minus(value), "ink", min(14, 13), middle=True)
