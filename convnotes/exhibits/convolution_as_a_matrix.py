"""Exhibits of the chapter on convolution as a matrix."""

from collections.abc import Callable

import numpy as np

from convnotes.conv import output_size
from convnotes.correlate import Array, correlate2d
from convnotes.drawing.kinds import Figure, Rows, Table
from convnotes.drawing.number_grids import number_grid
from convnotes.drawing.svg import Drawing
from convnotes.words.numbers import minus

TINTS = ("win", "see", "out", "pos")  # one for each weight of the kernel
ROW, WEIGHTS = np.arange(1, 6), np.array([2, -1, 3])  # the worked examples
SQUARE, KERNEL = np.arange(1, 10).reshape(3, 3), np.array([[1, 2], [3, 4]])

Tint = Callable[[int, int], int | None]  # which weight is at a row and a column, if any


def banded() -> Figure:
    """A kernel of three weights on five cells is a matrix of three rows and five columns: a band of equal diagonals.

    At the left the matrix. Its first row holds the weights 2, −1, 3 and then two zeros; in each row below, the three
    weights are one column further to the right. Equal weights have equal colours, which run down the diagonals.
    Multiplied by the column of the inputs 1 to 5 it gives the column of the outputs 9, 13, 17.
    """
    return _on_the_ring(3)


def ring() -> Figure:
    """The same kernel on a ring of five cells: weights that leave a row on the right come in on the left.

    At the left a matrix of five rows and five columns. The first three rows are those of the matrix before: the weights
    2, −1, 3, one column further to the right each time. In the fourth row the 3 has wrapped around to the first
    column; in the fifth, −1 and 3 are in the first two. Multiplied by the column of the inputs 1 to 5 it gives 9, 13,
    17, 6, 15.
    """
    return _on_the_ring(5)


def _on_the_ring(outputs: int) -> Figure:
    """The first rows of the ring's matrix, times the row of inputs; of three outputs no window goes over the end."""
    drawing, side = Drawing(356, 212), 34
    matrix = np.array([np.roll([*WEIGHTS, 0, 0], row) for row in range(outputs)])
    top, middle = 30 + (5 - outputs) * side / 2, 30 + 2.5 * side
    drawing.text(6, 18, "matrix: a row for each output", "mute", 13)
    _tinted(drawing, 6, top, side, matrix, lambda i, j: (j - i) % 5 if (j - i) % 5 < 3 else None)
    drawing.text(194, middle, "·", "ink", 18, middle=True)
    drawing.text(212, 18, "input", "mute", 13)
    number_grid(drawing, 212, 30, ROW[:, None], side)
    drawing.text(272, middle, "=", "ink", 18, middle=True)
    drawing.text(298, 18, "output", "mute", 13)
    number_grid(drawing, 298, top, (matrix @ ROW)[:, None], side)
    rows: Rows = [[o, *map(int, matrix[o]), int(matrix[o] @ ROW)] for o in range(outputs)]
    return Figure(drawing, Table(["output", *(f"input {i}" for i in range(5)), "value"], rows))


def two_axes() -> Figure:
    """A 2×2 kernel on a 3×3 image as a matrix: four rows, one for each output; nine columns, one for each pixel.

    Above the matrix its nine columns are grouped by the rows of the image. Each row of the matrix holds the weights
    1 2 in one group and 3 4 in the next; all else is zero. Of 36 entries 16 are not zero, and these are only four
    different numbers, each in a colour of its own.
    """
    drawing, side = Drawing(352, 196), 34
    matrix = _as_matrix(KERNEL, 3)
    for row in range(3):
        drawing.span(40 + row * 3 * side, 40 + (row + 1) * 3 * side - 6, 28, f"image row {row}", above=True)
    for o, (i, j) in enumerate(np.ndindex(2, 2)):
        drawing.text(30, 44 + side * (o + 0.5) + 5, f"y{i}{j}", "out", 13, "end", bold=True)
    _tinted(drawing, 38, 42, side, matrix, lambda i, j: int(matrix[i, j]) - 1 if matrix[i, j] else None)
    rows: Rows = [[f"y{o // 2}{o % 2}", *map(int, matrix[o])] for o in range(4)]
    return Figure(drawing, Table(["output", *(f"pixel {p}" for p in range(9))], rows))


def _as_matrix(kernel: Array, side: int) -> Array:
    """The matrix of `kernel` on square images of `side` cells: each column is the answer to one pixel alone."""
    units = np.eye(side * side, dtype=int).reshape(-1, side, side)
    return np.array([correlate2d(unit, kernel).ravel() for unit in units]).T


def _tinted(drawing: Drawing, x: float, y: float, side: float, matrix: Array, tint: Tint) -> None:
    """A matrix whose entries with equal weights have equal colours, and whose other entries are zeros in pale print."""
    for (i, j), value in np.ndenumerate(matrix):
        left, top, which = x + j * side, y + i * side, tint(i, j)
        drawing.rect(left + 0.75, top + 0.75, side - 1.5, side - 1.5, "cell" if which is None else None)
        if which is not None:
            drawing.rect(left + 0.75, top + 0.75, side - 1.5, side - 1.5, TINTS[which], opacity=0.45)
        drawing.text(left + side / 2, top + side / 2, minus(value), "mute" if which is None else "ink", 14, middle=True)


def windows_as_columns() -> Figure:
    """im2col: each window of the image becomes a column, the kernel becomes a row, and one product does it all.

    At the top the image, the numbers 1 to 9, with its top left window 1 2, 4 5 framed. Below, the kernel as the row
    1 2 3 4, then a matrix of four columns, one for each window; its first column, framed, is 1 2 4 5. Their product is
    the row of outputs 37 47 67 77.
    """
    drawing, side = Drawing(356, 306), 30
    columns = _patches(SQUARE, 2)
    drawing.text(6, 18, "image", "mute", 13)
    number_grid(drawing, 6, 26, SQUARE, side)
    drawing.rect(5, 25, 2 * side + 1, 2 * side + 1, None, "win", 2.5, radius=3)
    drawing.arrow(104, 72, 176, 122, "win")
    drawing.text(6, 152, "kernel as a row", "mute", 13)
    number_grid(drawing, 6, 160, KERNEL.reshape(1, 4), side)
    drawing.text(142, 175, "·", "ink", 18, middle=True)
    drawing.text(186, 108, "windows as columns", "mute", 13)
    number_grid(drawing, 164, 128, columns, side)
    drawing.rect(163, 127, side + 1, 4 * side + 1, None, "win", 2.5, radius=3)
    drawing.text(142, 278, "=", "ink", 18, middle=True)
    number_grid(drawing, 164, 264, KERNEL.reshape(1, 4) @ columns, side)
    drawing.rect(163, 263, side + 1, side + 1, None, "out", 2.5, radius=3)
    drawing.text(292, 283, "outputs", "mute", 13)
    rows: Rows = [[w, *map(int, columns[:, w]), int(KERNEL.ravel() @ columns[:, w])] for w in range(4)]
    return Figure(drawing, Table(["window", "cell 0", "cell 1", "cell 2", "cell 3", "output"], rows))


def _patches(image: Array, kernel_size: int) -> Array:
    """The windows of an image, one a column."""
    views = np.lib.stride_tricks.sliding_window_view(image, (kernel_size, kernel_size))
    columns: Array = views.reshape(-1, kernel_size**2).T
    return columns


def dense_head_slides() -> Figure:
    """A dense layer on a 7×7 map is a 7×7 kernel with one place to be. On a 10×10 map it has sixteen.

    At the left a map of seven by seven cells, wholly covered by a framed window of seven by seven: one output. At the
    right a map of ten by ten cells with the same window in its top left corner: it finds four places along each side,
    so the output is a map of four by four.
    """
    drawing, side = Drawing(356, 214), 12
    rows: Rows = []
    for left, wide, pixels in ((6, 7, 224), (156, 10, 320)):
        places = output_size(wide, 7)
        drawing.text(left, 18, f"{pixels} pixels:", "ink", 14, bold=True)
        drawing.text(left, 36, f"map of {wide} × {wide}", "mute", 13)
        drawing.grid(left, 48, wide, wide, side, "see")
        drawing.rect(left - 1, 47, 7 * side + 2, 7 * side + 2, None, "win", 3, radius=3)
        x = left + wide * side + 24
        drawing.arrow(x - 18, 48 + 3.5 * side, x - 4, 48 + 3.5 * side)
        drawing.grid(x, 48 + 3.5 * side - places * 6, places, places, side, "out")
        drawing.text(left, 198, f"{places} × {places} = {places**2} answer{'s' * (places > 1)}", "out", 14, bold=True)
        rows.append([pixels, wide, 7, places, places**2])
    return Figure(drawing, Table(["input", "last map", "kernel", "side of the answers", "answers"], rows))
