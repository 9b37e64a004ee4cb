"""Exhibits of the chapter on pooling."""

from itertools import product

import numpy as np

from convnotes.correlate import max_pool2d, translate
from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.pooling_grids import TINTS, peak_strip, pooled_grid, window_grid
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive import stepper as windows
from convnotes.exhibits.interactive import walk as network

GRID = np.array([[1, 2, 8, 3], [4, 6, 5, 1], [9, 7, 2, 3], [5, 3, 1, 0]])
CHANNELS = (GRID, np.array([[0, 0, 7, 0], [0, 8, 9, 0], [0, 0, 8, 0], [0, 0, 0, 0]]), np.eye(4, dtype=int))


def max_pool_4x4() -> Figure:
    """Max-pooling with a 2×2 window and stride 2: each window keeps its largest value and forgets the rest.

    Left, a 4 × 4 grid with rows 1 2 8 3, 4 6 5 1, 9 7 2 3 and 5 3 1 0, cut into four tinted windows of 2 × 2 with gaps
    between them. Ringed are the largest values: 6 at the top left, 8 at the top right, 9 at the bottom left, 3 at the
    bottom right. An arrow leads to the 2 × 2 output in the same tints: 6 8 over 9 3. Below, the four maxima in full.
    """
    drawing, pooled = Drawing(340, 280), max_pool2d(GRID, 2)
    drawing.text(10, 20, "input", "mute")
    window_grid(drawing, 10, 30, GRID)
    drawing.arrow(196, 117, 230, 117)
    drawing.text(244, 62, "output", "mute")
    pooled_grid(drawing, 244, 72, pooled)
    rows: Rows = []
    for i, j in product(range(2), range(2)):
        window = GRID[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        values = ", ".join(map(str, window.ravel()))
        x, y = 10 + 166 * j, 226 + 28 * i
        drawing.rect(x, y, 14, 14, TINTS[i][j], opacity=0.45)
        drawing.text(x + 20, y + 12, f"max({values}) = {pooled[i, j]}", "ink", 13)
        rows.append([("top", "bottom")[i] + (" left", " right")[j], *map(int, window.ravel()), int(pooled[i, j])])
    return Figure(drawing, Table(["window", "first", "second", "third", "fourth", "maximum"], rows))


def global_average() -> Figure:
    """Global average pooling: each map becomes one number, its mean, so C maps become C numbers.

    Three maps of 4 × 4 cells side by side, drawn with the darker cells for larger values: the grid of the example, a
    small bright patch, and a diagonal line of ones. An arrow leads from each down to a single cell: 3.75, 2 and 0.25.
    """
    drawing = Drawing(340, 196)
    rows: Rows = []
    for number, channel in enumerate(CHANNELS):
        x, mean = 8 + 112 * number, float(channel.mean())
        drawing.text(x + 50, 14, f"channel {number + 1}", "mute", 13, "middle")
        drawing.rect(x, 22, 100, 100, "cell", radius=0)
        drawing.pixels(x, 22, 25, [[("see", value / 18) if value else None for value in row] for row in channel])
        for i, j in product(range(4), range(4)):
            drawing.text(x + 25 * j + 12.5, 34.5 + 25 * i, channel[i, j], "ink", 13, middle=True)
        drawing.arrow(x + 50, 126, x + 50, 146)
        drawing.rect(x + 22, 150, 56, 30, "out", opacity=0.3)
        drawing.text(x + 50, 165, f"{mean:g}", "ink", 16, bold=True, middle=True)
        rows.append([f"channel {number + 1}", int(channel.sum()), channel.size, mean])
    return Figure(drawing, Table(["map", "sum", "cells", "mean"], rows))


def shift_the_4x4() -> Figure:
    """The same grid moved right by one: the pooled output neither stays as it was nor moves along.

    Two columns. Left, the grid 1 2 8 3, 4 6 5 1, 9 7 2 3, 5 3 1 0 with its pooled output 6 8 over 9 3 below it. Right,
    the grid moved right by one cell, with zeros entering at the left edge: 0 1 2 8, 0 4 6 5, 0 9 7 2, 0 5 3 1. Its
    output is 4 8 over 9 7. The top left and the bottom right value, framed, have changed from 6 to 4 and from 3 to 7.
    """
    drawing, moved = Drawing(340, 308), translate(GRID, (0, 1))
    before, after = max_pool2d(GRID, 2), max_pool2d(moved, 2)
    rows: Rows = []
    for x, title, grid, pooled in ((2, "as it was", GRID, before), (178, "moved right by one", moved, after)):
        drawing.text(x + 80, 16, title, "ink", 13, "middle", bold=True)
        window_grid(drawing, x, 28, grid, entered=int(grid is moved), size=38)
        drawing.arrow(x + 80, 192, x + 80, 210)
        pooled_grid(drawing, x + 36, 216, pooled, changed=pooled != before)
        maps = (("input", grid), ("output", pooled))
        rows += [[title, name, " ".join(map(str, row))] for name, values in maps for row in values]
    return Figure(drawing, Table(["grid", "map", "values of a row"], rows))


def peak_positions() -> Figure:
    """A peak of 9 moves one cell at a time under max-pooling with window and stride 2: the output waits, then jumps.

    Five strips, one below the other. In each, a row of ten cells in pairs is zero but for a 9, at cell 2, 3, 4, 5 and 6
    in turn; below every pair is its largest value. The 9 below is at cell 1, 1, 2, 2 and 3: it stays when the peak
    moves within a pair and jumps by one when it crosses into the next, so only a move by 2 moves the output by 1.
    """
    drawing, where = Drawing(364, 376), -1
    for cell in range(10):
        drawing.text(70 + 50 * (cell // 2) + (-12, 12)[cell % 2], 14, cell, "mute", 12.5, "middle")
    rows: Rows = []
    for strip, peak in enumerate(range(2, 7)):
        row = np.zeros(10, dtype=int)
        row[peak] = 9
        pooled = max_pool2d(row[None], (1, 2))[0]
        now = int(pooled.argmax())
        verdict = "" if strip == 0 else "stays" if now == where else "jumps"
        peak_strip(drawing, 22 + 72 * strip, row, pooled, f"+{strip}" if strip else "start", verdict)
        rows.append([strip, peak, now, verdict or "–"])
        where = now
    return Figure(drawing, Table(["moved by", "peak at", "pooled peak at", "output"], rows))


def stepper() -> Widget:
    """One window after the other: the largest value under each is kept. Change a number, the window or the padding.

    The grid 1 2 8 3, 4 6 5 1, 9 7 2 3, 5 3 1 0 with a window of two by two on its top left corner. The four windows,
    two cells apart, give the output 6 8 over 9 3; the table below it writes out the four maxima.
    """
    presets = {
        "max 2×2": "pool",
        "average 2×2": "avg",
        "overlapping 3×3": "pool_k3_s1",
        "moved right by one": "pool_g0128.0465.0972.0531",
        "below zero, padded": "pool_g-5-7-9-6.-6-8-7-5.-4-9-8-7.-8-6-5-9_p1",
    }
    return windows.stepper("pool", presets)


def walk() -> Widget:
    """A trained network that pools twice: each unit after a pooling keeps the largest of four numbers.

    A handwritten 4 and the answers of a small network, which reads it as a 4. Below them its six maps of 12 by 12 after
    the first pooling, and its sixteen of 4 by 4 after the second. The part of the picture that the chosen unit depends
    on is outlined.
    """
    return network.walk("s4_upool1.0.6.3", tour=False)
