"""Exhibits of the chapter on normalisation: which numbers share a mean, and what the running mean does with noise."""

from collections.abc import Callable
from itertools import product

import numpy as np

from convnotes.drawing.kinds import Figure, Rows, Table
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.svg import Drawing

IMAGES, CHANNELS, GROUPS = 3, 6, 2
CELL, PITCH, MAP = 22.0, 27.0, 2  # a cell is a map, drawn as 2×2 numbers
KINDS = ("batch", "layer", "instance", "group")


def _shared(kind: str) -> list[set[tuple[int, int]]]:
    """Which maps (image, channel) are normalised together: a set for each mean.

    >>> [len(_shared(kind)) for kind in KINDS]
    [6, 3, 18, 6]
    """
    wide = CHANNELS // GROUPS
    keys: dict[str, Callable[[int, int], object]] = {
        "batch": lambda image, channel: channel,
        "layer": lambda image, channel: image,
        "instance": lambda image, channel: (image, channel),
        "group": lambda image, channel: (image, channel // wide),
    }
    sets: dict[object, set[tuple[int, int]]] = {}
    for place in product(range(IMAGES), range(CHANNELS)):
        sets.setdefault(keys[kind](*place), set()).add(place)
    return list(sets.values())


def axes() -> Figure:
    """Four ways to normalise three images of six channels: the numbers marked in one panel share a mean and a variance.

    Four panels, each a grid of three rows, the images, and six columns, the channels; every cell is a map of 2×2
    numbers. Batch norm: one column is marked, one channel of all images, so there are 6 means. Layer norm: one row, all
    channels of one image, 3 means. Instance norm: a single map, 18 means. Group norm with two groups: half a row,
    three channels of one image, 6 means.
    """
    drawing = Drawing(344, 250)
    rows: Rows = []
    for number, kind in enumerate(KINDS):
        x, y = 6 + number % 2 * 178, 28 + number // 2 * 112
        sets = _shared(kind)
        marked = next(group for group in sets if (1, 1) in group)
        drawing.text(x, y - 8, kind, "ink", 13, bold=True)
        drawing.text(x + CHANNELS * PITCH - 4, y - 8, f"{len(sets)} means", "see", 12, "end")
        for image, channel in product(range(IMAGES), range(CHANNELS)):
            role = "see" if (image, channel) in marked else "cell"
            drawing.grid(x + channel * PITCH, y + image * PITCH, MAP, MAP, CELL / MAP, role, gap=1)
        rows.append([kind, len(sets), len(marked), len(marked) * MAP**2])
    drawing.text(6, 240, "row: an image · column: a channel · cell: a map", "mute", 12)
    header = ["norm", "means", "maps for each", "numbers for each"]
    note = f"{IMAGES} images, {CHANNELS} channels, maps of {MAP}×{MAP}; group norm with {GROUPS} groups."
    return Figure(drawing, Table(header, rows, note=note))


STEPS, BATCH, MEAN, SD, MOMENTUM = 60, 8, 5.0, 4.0, 0.1


def _means() -> list[tuple[int, float, float]]:
    """Step, mean of its batch, running mean after it."""
    draws, running, found = np.random.default_rng(0), 0.0, []
    for step in range(1, STEPS + 1):
        mean = float(draws.normal(MEAN, SD, BATCH).mean())
        running = (1 - MOMENTUM) * running + MOMENTUM * mean
        found.append((step, mean, running))
    return found


def running_mean() -> Figure:
    """Batch means jump about; the running mean moves a tenth of the way towards each, and settles near the true mean.

    A plot of 60 training steps. Dots, the means of batches of 8 numbers, scatter between about 1 and 8 around a dashed
    line at 5, the mean that they are drawn from. A curve, the running mean, starts at 0, passes half of the way at
    step six, and then stays near the line with small waves.
    """
    drawing = Drawing(344, 232)
    up = Axis(0, 10, (0, 2, 4, 6, 8, 10), "mean of one channel")
    plot = Plot(drawing, 30, 40, 226, 140, Axis(0, STEPS, (0, 20, 40, 60), "training steps"), up)
    plot.axes()
    found = _means()
    drawing.line(*plot.at((0, MEAN)), *plot.at((STEPS, MEAN)), "ink", dash="4 4")
    plot.dots([(step, mean) for step, mean, _ in found], "edge")
    plot.curve([(0, 0.0), *((step, running) for step, _, running in found)], "win", "running\nmean", dy=-14)
    drawing.text(plot.x + plot.width + 7, plot.at((0, 8.6))[1], "of a batch", "mute", 13)
    rows: Rows = [list(row) for row in found]
    note = (
        f"Batches of {BATCH} numbers drawn around {MEAN:g} with standard deviation {SD:g}; momentum {MOMENTUM}, seed 0."
    )
    table = Table(["step", "batch mean", "running mean"], rows, note=note)
    return Figure(drawing, table)
