"""Exhibits of the chapter on transposed convolution."""

import numpy as np

from convnotes.correlate import Array, correlate2d
from convnotes.drawing.cell_rows import Row
from convnotes.drawing.kinds import Figure, Rows, Table
from convnotes.drawing.stamps import frame, label, numbers, titled
from convnotes.drawing.svg import Drawing
from convnotes.gradients import conv_transpose2d

INPUT, KERNEL = (1, 2, 3), (1, 2, 1)
TENT = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]])


def stamps() -> Figure:
    """Every input cell stamps the kernel, times itself; overlaps add. At stride 2 stamps lie two cells apart.

    Two drawings, each with three rows of stamps and their sum below a line. Stride 1: the stamps 1 2 1, 2 4 2 and 3
    6 3, each one cell further right than the one before, add up to 1 4 8 8 3. Stride 2: the same stamps, each two
    cells further right, add up to 1 2 3 4 5 6 3.
    """
    drawing = Drawing(340, 420)
    rows: Rows = []
    for top, stride in ((0, 1), (216, 2)):
        drawing.text(8, top + 18, f"stride {stride}", "ink", 14, bold=True)
        for n, value in enumerate(INPUT):
            y = top + 30 + 36 * n
            drawing.text(8, y + 21, f"{value} × (1 2 1)", "mute", 13)
            stamp = np.array([[value * weight for weight in KERNEL]])
            numbers(drawing, 96 + 34 * stride * n, y, stamp, 34, "see")
            rows.append([f"stride {stride}, cell {n}", stride * n, *map(int, stamp[0])])
        out = conv_transpose2d([INPUT], [KERNEL], stride=(1, stride))
        drawing.line(92, top + 143, 100 + 34 * out.shape[1], top + 143, "ink")
        drawing.text(8, top + 170, "output", "ink", 13, bold=True)
        numbers(drawing, 96, top + 149, out, 34, "out", {(0, n) for n in range(out.shape[1])})
    return Figure(drawing, Table(["stamp", "starts at cell", "first", "second", "third"], rows))


def two_dimensions() -> Figure:
    """Two dimensions, stride 2: a 2×2 kernel tiles the output; stamps of a 3×3 kernel overlap.

    At the top the input 1 2 over 3 4. Below left, a kernel of four ones gives a 4 × 4 output in which each input
    cell fills a block of two by two. Below right, the kernel 1 2 1, 2 4 2, 1 2 1 gives a 5 × 5 output; the middle
    row and the middle column, where stamps overlap, are marked. Its middle cell is 1 + 2 + 3 + 4 = 10.
    """
    drawing, image = Drawing(340, 300), np.array([[1, 2], [3, 4]])
    titled(drawing, 134, 16, "input", image, 34, "see")
    left, right = conv_transpose2d(image, np.ones((2, 2), int), 2), conv_transpose2d(image, TENT, 2)
    titled(drawing, 6, 124, "2×2 kernel of ones", left, 32, "out")
    for i, j in ((0, 0), (0, 2), (2, 0), (2, 2)):
        frame(drawing, 6, 132, 32, (i, j, 2, 2), "edge")
    middle = {(i, j) for i in range(5) for j in range(5) if 2 in (i, j)}
    titled(drawing, 160, 124, "3×3 kernel", right, 33, "out", middle)
    rows: Rows = [[name, " ".join(map(label, line))] for name, grid in (("2×2", left), ("3×3", right)) for line in grid]
    return Figure(drawing, Table(["kernel", "a row of the output"], rows))


def zeros_between() -> Figure:
    """The same output by an ordinary convolution: zeros between the cells, a border of zeros, the kernel flipped.

    Three rows. The input 1 2 3. The same with a zero between neighbours and two zeros at each end: 0 0 1 0 2 0 3 0
    0, with a window of three framed on the cells 1 0 2. The output 1 2 3 4 5 6 3, whose middle window's cell, 3, is
    framed.
    """
    drawing = Drawing(340, 222)
    spread = np.zeros((1, 9), int)
    spread[0, 2:7:2] = INPUT
    out = correlate2d(spread, [KERNEL[::-1]])
    lines = (("input", np.array([INPUT]), 3, "see", 70),
             ("s − 1 = 1 zero between, k − 1 = 2 around", spread, 0, "see", 34),
             ("output: the flipped kernel slid over it", out, 1, "out", 34))  # fmt: skip
    rows: Rows = []
    for number, (title, values, first, role, pitch) in enumerate(lines):
        y = 16 + 72 * number
        drawing.text(8, y, title, "mute", 13)
        row = Row(drawing, 34 + 34 * first if number else 102, y + 8, 34, pitch)
        for cell, value in enumerate(values[0].tolist()):
            numbers(drawing, row.left(cell), row.y, np.array([[value]]), 34, role)
        if number == 1:
            row.frame((2, 4))
        elif number == 2:
            row.frame((2, 2))
        rows.append([title, " ".join(map(label, values[0]))])
    return Figure(drawing, Table(["row", "cells"], rows))


def overlap_counts() -> Figure:
    """How many stamps cover each output cell at stride 2: unevenly with a kernel of 3, evenly with 4.

    Two grids of 8 × 8 cells from the middle of a larger output, darker where more stamps lie. Left, kernel 3: rows
    1 2 1 2 … and 2 4 2 4 … in turn, a checkerboard. Right, kernel 4: every cell is covered by 4 stamps.
    """
    drawing = Drawing(340, 200)
    rows: Rows = []
    for x, kernel_size in ((6, 3), (178, 4)):
        counts = _covered(kernel_size)
        drawing.text(x, 16, f"kernel {kernel_size}, stride 2", "ink", 13, bold=True)
        drawing.pixels(x, 26, 19.5, [[("see", int(value) / 6) for value in line] for line in counts])
        for i, line in enumerate(counts):
            for j, value in enumerate(line):
                drawing.text(x + 19.5 * j + 9.75, 26 + 19.5 * i + 9.75, value, "ink", 12, middle=True)
            rows.append([f"kernel {kernel_size}", " ".join(map(label, line))])
    return Figure(drawing, Table(["kernel", "stamps over a row of cells"], rows))


def _covered(kernel_size: int) -> Array:
    """Stamps over each of 8 × 8 cells in the middle of an output at stride 2."""
    counts = conv_transpose2d(np.ones((8, 8), int), np.ones((kernel_size, kernel_size), int), stride=2)
    return counts[5:13, 5:13]
