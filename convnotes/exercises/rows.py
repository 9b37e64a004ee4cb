"""Rows and grids of numbers: how exercises draw, add and write them."""

from __future__ import annotations

from collections.abc import Iterable

from convnotes.exercises.draws import Draws
from convnotes.words.numbers import minus

Row = list[int]
Grid = list[Row]


def grid(draws: Draws, side: int) -> Grid:
    """A square of different numbers from 1 to 39."""
    values = draws.shuffled(range(1, 40))
    return [values[side * row : side * (row + 1)] for row in range(side)]


def shown(rows: Grid) -> str:
    """The rows below each other, as text to be set as it is."""
    return "\n".join("    " + " ".join(f"{value:3}" for value in row) for row in rows)


def stamps(row: Row, kernel: Row, stride: int, size: int = 0) -> list[Row]:
    """For each number of the row, the kernel times it, laid on `size` cells, by default as many as all stamps take.

    >>> stamps([1, 10], [2, 3], 1)
    [[2, 3, 0], [0, 20, 30]]
    """
    size = size or stride * (len(row) - 1) + len(kernel)
    found = [[0] * size for _ in row]
    for n, number in enumerate(row):
        found[n][stride * n : stride * n + len(kernel)] = [number * weight for weight in kernel]
    return found


def added(rows: Iterable[Row]) -> Row:
    """The sum, cell by cell."""
    return [sum(column) for column in zip(*rows, strict=True)]


def listed(row: Row) -> str:
    """The numbers, commas between them."""
    return ", ".join(map(minus, row))


def told(row: Row) -> str:
    """The numbers in a sentence.

    >>> told([1, -2, 3])
    '1, −2 and 3'
    """
    return f"{listed(row[:-1])} and {minus(row[-1])}"
