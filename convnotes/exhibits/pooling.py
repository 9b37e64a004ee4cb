"""Exhibits of the chapter on pooling."""

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from convnotes.correlate import max_pool2d, translate
from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.pooling_grids import TINTS, peak_strip, pooled_grid, window_grid
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive import shifter as cat
from convnotes.exhibits.interactive import stepper as windows

LAYERS = {
    "conv1": "convolution 1",
    "pool1": "pooling 1",
    "conv2": "convolution 2",
    "pool2": "pooling 2",
    "conv3": "convolution 3",
    "pool3": "pooling 3",
}
GRID = np.array([[1, 2, 8, 3], [4, 6, 5, 1], [9, 7, 2, 3], [5, 3, 1, 0]])


def max_pool_4x4() -> Figure:
    """Max-pooling with a 2×2 window and stride 2: each window keeps its largest value, ringed, and forgets the rest.

    Below, a 4 × 4 grid with rows 1 2 8 3, 4 6 5 1, 9 7 2 3 and 5 3 1 0, cut into four tinted windows of 2 × 2 with gaps
    between them. Ringed are the largest values: 6 at the top left, 8 at the top right, 9 at the bottom left, 3 at the
    bottom right. Above, the 2 × 2 output in the same tints: 6 8 over 9 3.
    """
    drawing = Drawing(388, 328)
    pooled = max_pool2d(GRID, 2)
    pooled_grid(drawing, 57, 28, pooled)
    window_grid(drawing, 10, 142, GRID)
    drawing.arrow(101, 136, 101, 116)
    drawing.text(10, 20, "output", "mute")
    drawing.text(10, 130, "input", "mute")
    rows: Rows = []
    for number, (i, j) in enumerate(product(range(2), range(2))):
        window = GRID[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        values = ", ".join(map(str, window.ravel()))
        y = 164 + 42 * number + (8 if number > 1 else 0)
        drawing.rect(216, y, 14, 14, TINTS[i][j], opacity=0.45)
        drawing.text(238, y + 12, f"max({values}) = {pooled[i, j]}", "ink", 14)
        rows.append([("top", "bottom")[i] + (" left", " right")[j], *map(int, window.ravel()), int(pooled[i, j])])
    return Figure(drawing, Table(["window", "first", "second", "third", "fourth", "maximum"], rows))


def shift_the_4x4() -> Figure:
    """The same grid moved right by one: the pooled output neither stays as it was nor moves along.

    Two columns. Left, the grid 1 2 8 3, 4 6 5 1, 9 7 2 3, 5 3 1 0 with its pooled output 6 8 over 9 3 above it. Right,
    the grid moved right by one cell, with zeros entering at the left edge: 0 1 2 8, 0 4 6 5, 0 9 7 2, 0 5 3 1. Its
    output is 4 8 over 9 7. The top left and the bottom right value, framed, have changed from 6 to 4 and from 3 to 7.
    """
    drawing = Drawing(388, 328)
    moved = translate(GRID, (0, 1))
    before, after = max_pool2d(GRID, 2), max_pool2d(moved, 2)
    rows: Rows = []
    for x, title, grid, pooled in ((4, "as it was", GRID, before), (202, "moved right by one", moved, after)):
        drawing.text(x + 91, 18, title, "ink", 14, "middle", bold=True)
        pooled_grid(drawing, x + 47, 32, pooled, changed=pooled != before)
        window_grid(drawing, x, 150, grid, entered=int(grid is moved))
        drawing.arrow(x + 91, 144, x + 91, 122)
        maps = (("input", grid), ("output", pooled))
        rows += [[title, name, " ".join(map(str, row))] for name, values in maps for row in values]
    return Figure(drawing, Table(["grid", "map", "values of a row"], rows))


def peak_positions() -> Figure:
    """A single peak moved one cell at a time under 2-wide max-pooling with stride 2: its output waits, then jumps.

    Five strips, one below the other. In each, a row of ten cells in pairs holds one peak, at cell 2, 3, 4, 5 and 6 in
    turn; above every pair stands its pooled cell. The pooled peak is at 1, 1, 2, 2 and 3: it stays when the peak moves
    within a pair and jumps by one when it crosses into the next, so only a move by 2 moves the output by 1.
    """
    drawing, where = Drawing(388, 390), -1
    rows: Rows = []
    for strip, peak in enumerate(range(2, 7)):
        signal = np.zeros((1, 10), dtype=int)
        signal[0, peak] = 1
        pooled = int(max_pool2d(signal, (1, 2)).argmax())
        verdict = "" if strip == 0 else "stays" if pooled == where else "jumps"
        peak_strip(drawing, 6 + 77 * strip, peak, pooled, f"+{strip}" if strip else "start", verdict)
        rows.append([strip, peak, pooled, verdict or "–"])
        where = pooled
    return Figure(drawing, Table(["moved by", "peak at", "pooled peak at", "output"], rows))


SEED, MAPS, SIDE = 0, 1024, 32


def unchanged_cells() -> Table:
    """Random maps under 2×2 max-pooling with stride 2: how many pooled cells are the same after the input has moved.

    One row for each move: 1 pixel to the right, 1 diagonally, 2, 3 and 4 pixels to the right, with the exact share
    of pooled cells that keep their value (1/3, 1/7, 0, 0, 0), the measured share beside it, and the measured share that
    equals the old output moved along by half as many cells: 100 per cent for moves by 2 and 4.
    """
    maps = np.random.RandomState(SEED).random_sample((MAPS, SIDE, SIDE))  # a stream that numpy has frozen
    before = max_pool2d(maps, 2)
    moves = {"1 right": (0, 1), "1 diagonally": (1, 1), "2 right": (0, 2), "3 right": (0, 3), "4 right": (0, 4)}
    rows: Rows = []
    for name, move in moves.items():
        after = max_pool2d(translate(maps, move, border="circular"), 2)
        half = None if move[1] % 2 else float((after == translate(before, (0, move[1] // 2), "circular")).mean())
        rows.append([name, str(_kept(move)), float((after == before).mean()), half])
    note = (
        f"{before.size:,} pooled cells of {MAPS:,} maps, {SIDE} × {SIDE} independent uniform values each (RandomState, "
        f"seed {SEED}), moved round the border. Exact: if the old and the new window share a of their 4 cells, the two "
        "together hold 8 − a; each is equally likely to be the largest, and the output stays if the largest is shared: "
        "a / (8 − a). Moved along: equal to the old output moved by half as many cells, which an odd move lacks."
    )
    header = ["moved by", "unchanged, exact", "measured", "moved along"]
    return Table(header, rows, formats={"measured": ".1%", "moved along": ".1%"}, note=note)


def _kept(move: tuple[int, int]) -> Fraction:
    """The chance that a 2×2 maximum of independent values is the same after `move`."""
    shared = max(0, 2 - move[0]) * max(0, 2 - move[1])
    return Fraction(shared, 8 - shared)


def layers_under_moves() -> Table:
    """Measured: how far each layer's output is from its old output moved along, when digits move right by 1, 2, 4, 8.

    Columns: the layer, its stride so far, then the relative difference left after moving the output back, for moves of
    1, 2, 4 and 8 pixels, and for a move of 1 in the untrained network. It is exactly zero wherever the move is a
    multiple of the stride so far, and between 0.1 and 0.7 everywhere else, trained or not.
    """
    from convnotes.experiments.digit_shifts import changes

    by = {f"moved {move}": {row.name: row for row in changes(move)} for move in (1, 2, 4, 8)}
    by["moved 1, untrained"] = {row.name: row for row in changes(1, trained=False)}
    rows = [
        [title, by["moved 1"][name].stride, *(moved[name].left for moved in by.values())]
        for name, title in LAYERS.items()
    ]
    return Table(
        ["layer", "stride so far", *by],
        rows,
        formats=dict.fromkeys(by, ".2f"),
        note="‖f(Tx) − T f(x)‖ / ‖T f(x)‖ over units that see no border, T f(x) moved by the whole number of cells "
        "that fits best; mean of 100 test digits of 16 pixels on a canvas of 64. Kept weights digits-max, seed 0.",
    )


def borders_under_moves() -> Table:
    """Measured: what the border does to equivariance. Digits move right by 8 pixels, a multiple of every stride here.

    A row for each layer of the trained digit network. Columns: the relative difference left after moving the output
    back, over the whole map with zeros at the border, over units that see no border, and over the whole map with a
    border that wraps around; last, with zeros, untrained. With zeros it is up to 0.5 from the second convolution on,
    otherwise exactly zero everywhere.
    """
    from convnotes.experiments.digit_shifts import changes

    by = {
        "zeros": changes(8, "zeros"),
        "away from it": changes(8, "inside"),
        "wrapped": changes(8, "circular"),
        "zeros, untrained": changes(8, "zeros", trained=False),
    }
    found = {rule: {row.name: row.left for row in rows} for rule, rows in by.items()}
    rows: Rows = [[title, *(left[name] for left in found.values())] for name, title in LAYERS.items()]
    note = "‖f(Tx) − T f(x)‖ / ‖T f(x)‖, mean of 100 test digits on a canvas of 64. Kept weights digits-max, seed 0."
    return Table(["layer", *by], rows, formats=dict.fromkeys(by, ".2f"), note=note)


def halvings_under_moves() -> Table:
    """Measured: what a move by one pixel leaves unexplained behind each halving of the map, for three ways to halve it.

    A row for each kind: maximum of 2×2; the same at stride 1, then a blur of stride 2; convolution of stride 2.
    Columns: behind the first, second and third halving, the relative difference left after moving the output back as
    well as whole cells allow. The blurred network's is the smallest behind the last, and not zero.
    """
    from convnotes.experiments.intervals import interval

    kinds, made = _subsampling()
    rows: Rows = []
    for title, runs in kinds.items():
        behind = zip(*(run["left"] for run in runs), strict=True)
        rows.append([title, *(f"{interval(values):.2f}" for values in behind)])
    note = "‖f(Tx) − T f(x)‖ / ‖T f(x)‖ over units that see no border; 40 test digits on a canvas of 64. "
    return Table(["subsampling", "halved once", "twice", "three times"], rows, note=note + made)


def subsampling_measured() -> Table:
    """Measured: three ways to halve a map, in the same network trained alike; test digits moved right by 1 to 4 pixels.

    A row for each kind: maximum of 2×2; the same at stride 1, then a blur of stride 2; convolution of stride 2.
    Columns: test accuracy in place, then the share of test digits whose predicted class stays after a move by 1, 2, 3
    and 4 pixels. The blurred network keeps the class nearly always; the strided one loses it with every pixel.
    """
    from convnotes.experiments.intervals import interval

    kinds, made = _subsampling()
    rows: Rows = []
    for title, runs in kinds.items():
        columns = zip(*([run["accuracy"], *run["same"]] for run in runs), strict=True)
        rows.append([title, *(f"{interval([100 * share for share in shares]):.1f}" for shares in columns)])
    header = ["accuracy", *(f"moved {move}" for move in (1, 2, 3, 4))]
    note = "397 test digits of 16 pixels on a canvas of 24, zeros entering. "
    return Table(["subsampling", *header], rows, units=dict.fromkeys(header, "%"), note=note + made)


def _subsampling() -> tuple[dict[str, list[dict[str, Any]]], str]:
    """The runs of each kind of subsampling, and how they came about."""
    from convnotes.experiments import results

    measured = results.load("subsampling")
    kinds = {"maximum of 2×2": "max", "maximum, then blur": "blur", "strided convolution": "stride"}
    runs = {title: [run for run in measured["rows"] if run["pooling"] == kind] for title, kind in kinds.items()}
    made = (
        "Trained for 400 steps on 1,400 digits, none of them moved. Mean and 95 % interval over five seeds. "
        f"{measured['command']}, torch {measured['versions']['torch']}, {measured['cpu_seconds']} s."
    )
    return runs, made


def unchanged_in_real_maps() -> Table:
    """Measured: how many 2×2 max-pooled cells keep their value when the map moves by one cell.

    A row for each kind of map: independent random numbers (one third, as computed), grey photographs, and the 40 maps
    that the colour network's first layer writes, before and after training. Columns: the share of all cells, and of
    those that are not zero both times. Among the latter the share is smaller in feature maps than for random numbers.
    """
    from convnotes.experiments.digit_shifts import pooled_cells

    rows: Rows = [[name, of_all, of_lit] for name, (of_all, of_lit) in pooled_cells().items()]
    return Table(
        ["map", "cells unchanged", "of cells not zero"],
        rows,
        formats={"cells unchanged": ".1%", "of cells not zero": ".1%"},
        note="Seven photographs bundled with scikit-image and scikit-learn; grey values have 256 steps per channel, so "
        "neighbours are often equal. A cell that is zero before and after, behind a ReLU, counts as unchanged.",
    )


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


def shifter() -> Widget:
    """A cat that moves, its feature map and its pooled map, and how far each is from simply moving along.

    Three rows of four maps, for moves by none, one and two pixels to the right: the cat, its outline as a feature map,
    the map after two by two max-pooling with stride 2, and the difference between that and the old one moved along. The
    feature map moves along each time. The pooled map does for the move by two, and is far off for the move by one.
    """
    return cat.shifter("edge")
