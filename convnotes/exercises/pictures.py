"""Questions that are a picture: windows and fields to be read off a drawing, and which kernel wrote a map.

The words of a picture say all that it shows and nothing that it means, so that it can be answered without being seen.
"""

from __future__ import annotations

from fractions import Fraction

from convnotes.correlate import correlate2d
from convnotes.drawing.cell_rows import Row
from convnotes.drawing.svg import Drawing
from convnotes.exercises import rows
from convnotes.exercises.choice import Option, choice
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Picture, Problem
from convnotes.words.numbers import minus

SIDE = 19
LEFT = 10  # before the first cell
CELLS = 12  # in a row: as many as fit on the narrowest screen


def window_of_row(draws: Draws) -> Problem:
    """Kernel size, stride, padding and dilation, read off two windows."""
    k, d = draws.pick(((2, 1), (3, 1), (3, 1), (5, 1), (2, 2), (3, 2), (3, 3)))
    span = d * (k - 1) + 1
    s, p = draws.whole(1, min(3, span)), draws.whole(0, span // 2)
    i = draws.whole(max(5, span + s - 2 * p), CELLS - 2 * p)
    taps = [[start + d * tap + 1 for tap in range(k)] for start in (0, s)]
    dashed = f", with {_counted(p, 'dashed cell')} more at each end" if p else ", without dashed cells at its ends"
    words = (
        f"A row of {i} cells{dashed}. Below it two windows, whose taps are filled squares. Counted from the left end, "
        f"dashed cells included, the taps of the first window are below cells {rows.told(taps[0])}, those of the "
        f"second below cells {rows.told(taps[1])}."
    )
    return Problem(
        {"cells": i + 2 * p, "dashed": p, "windows": taps},
        "The picture shows a row of cells and below it the first two windows of a convolution, their taps filled. "
        "Dashed cells are padding. Read off the kernel size, the stride, the padding and the dilation. Answer as "
        "(kernel size, stride, padding, dilation).",
        (k, s, p, d),
        [
            f"A window has {k} taps, {_apart(d)}: `kernel_size={k}`, `dilation={d}`.",
            f"The second window starts {_counted(s, 'cell')} after the first: `stride={s}`.",
            f"There {'is' if p == 1 else 'are'} {_counted(p, 'dashed cell')} on each side: `padding={p}`. So "
            f"({k}, {s}, {p}, {d})",
        ],
        [
            Mistake((span, s, p, d), "took the span for the kernel size", f"The kernel has {k} taps."),
            Mistake((k, s, p, d - 1), "counted the cells between two taps", "Taps side by side have dilation 1."),
            Mistake((k, s, 2 * p, d), "counted the padding of both sides", "`padding` is cells per side."),
            Mistake((k, span, p, d), "took the width of a window for the stride", "Look where each window starts."),
            Mistake((k, s + 1, p, d), "counted both ends of the step", f"From start to start it is {s}."),
        ],
        picture=Picture(_two_windows(i, p, taps), words),
    )


def _two_windows(i: int, p: int, taps: list[list[int]]) -> Drawing:
    """A row of `i` cells with `p` of padding at each end, and below it the windows, their taps counted from 1."""
    drawing = Drawing(2 * LEFT + SIDE * (i + 2 * p), 112)
    row = Row(drawing, LEFT + SIDE / 2 + p * SIDE, 10, SIDE, SIDE)
    row.fill(range(i))
    row.pad([*range(-p, 0), *range(i, i + p)])
    for number, (cells, role) in enumerate(zip(taps, ("win", "see"), strict=True)):
        below = Row(drawing, row.x, 48 + 32 * number, SIDE, SIDE)
        inside = [cell - p - 1 for cell in cells]
        below.fill(inside, role)
        below.frame((inside[0], inside[-1]), role)
    return drawing


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _apart(dilation: int) -> str:
    return "side by side" if dilation == 1 else f"{dilation} cells apart"


def field_of_drawing(draws: Draws) -> Problem:
    """A receptive field, read off the windows of two layers."""
    k1, k2 = draws.pick((2, 3, 3, 4)), draws.pick((2, 3, 3))
    s1, s2 = draws.whole(1, min(3, k1)), draws.whole(1, 2)
    middle = s2 + k2
    bottom = s1 * (middle - 1) + k1
    if bottom > CELLS:
        raise Redraw
    reads = [[[s * unit + tap + 1 for tap in range(k)] for unit in (0, 1)] for k, s in ((k1, s1), (k2, s2))]
    words = (
        "Three rows of cells, the input at the bottom, above it layer 1, at the top layer 2. Lines lead from the first "
        "two cells of each layer down to the cells that they read. Of layer 1, cell 1 reads the input cells "
        f"{rows.told(reads[0][0])}, cell 2 the input cells {rows.told(reads[0][1])}. Of layer 2, cell 1 reads cells "
        f"{rows.told(reads[1][0])} of layer 1, cell 2 its cells {rows.told(reads[1][1])}."
    )
    size = k1 + (k2 - 1) * s1
    return Problem(
        {"reads": reads},
        "The picture shows the input and two layers, and for the first two cells of each layer which cells they read. "
        "The windows of the other cells go on in the same way. How many input cells does one cell of layer 2 depend "
        "on, from the first to the last?",
        size,
        [
            f"A cell of layer 1 reads {k1} cells, and the next one starts {_counted(s1, 'cell')} further on.",
            f"A cell of layer 2 reads {k2} cells of layer 1, so ${k1} + ({k2} − 1)·{s1} = {size}$",
        ],
        [
            Mistake(k1 + k2 - 1, "left out the stride of layer 1", f"Its cells start {s1} input cells apart."),
            Mistake(k1 + k2, "added the windows", "The windows of neighbours overlap, or lie a stride apart."),
            Mistake(k1 * k2, "multiplied the windows", "Neighbours in layer 1 share cells of the input."),
            Mistake(k1 + (k2 - 1) * s1 * s2, "counted the stride of layer 2", "It moves the next field, not this one."),
            Mistake(size + s1 * s2, "counted both cells of layer 2", "One of them was asked for."),
            Mistake(k2, "gave the cells of layer 1", "Follow the lines down to the input."),
        ],
        "cells",
        picture=Picture(_two_layers((bottom, middle, 2), (k1, k2), (s1, s2)), words),
    )


def _two_layers(counts: tuple[int, int, int], kernels: tuple[int, int], strides: tuple[int, int]) -> Drawing:
    """The cells of the input and of two layers, from the bottom, and what the first two of each layer read."""
    names = 48  # wide
    drawing = Drawing(2 * LEFT + names + SIDE * counts[0], 216)
    base = Row(drawing, LEFT + names + SIDE / 2, 178, SIDE, SIDE)
    maps = [base]
    for k, s, y in zip(kernels, strides, (96, 14), strict=True):
        below = maps[-1]
        maps.append(Row(drawing, below.x + (k - 1) / 2 * below.pitch, y, SIDE, s * below.pitch))
    for upper, lower, k, s in zip(maps[1:], maps[:-1], kernels, strides, strict=True):
        for unit, role in ((0, "win"), (1, "see")):
            upper.cone((unit, unit), lower, (s * unit, s * unit + k - 1), role)
    for one, count, name in zip(maps, counts, ("input", "layer 1", "layer 2"), strict=True):
        one.fill(range(count))
        drawing.text(LEFT, one.y + 15, name, "mute", 13)
        if one is not base:
            one.frame((0, 0), "win")
            one.frame((1, 1), "see")
    return drawing


Kernel = tuple[tuple[int, int, int], ...]
KERNELS: dict[str, tuple[str, Kernel, int]] = {  # its rows, its weights, and what divides them
    "columns": ("`−1 0 1`, three times", ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)), 1),
    "rows": ("`−1 −1 −1`, `0 0 0`, `1 1 1`", ((-1, -1, -1), (0, 0, 0), (1, 1, 1)), 1),
    "blur": ("`1/9 1/9 1/9`, three times", ((1, 1, 1), (1, 1, 1), (1, 1, 1)), 9),
    "laplace": ("`0 1 0`, `1 −4 1`, `0 1 0`", ((0, 1, 0), (1, -4, 1), (0, 1, 0)), 1),
}
WHY = {
    "columns": "It is positive where the right column of the window has more ones than the left one, negative where it "
    "has fewer: at the left and right edges of the block.",
    "rows": "It is positive where the lower row of the window has more ones than the upper one, negative where it has "
    "fewer: at the upper and lower edges of the block.",
    "blur": "All its weights are positive: it writes a positive number wherever the window has a one, and never a "
    "negative one.",
    "laplace": "Its middle weight is negative: it is negative on ones at an edge of the block, positive on zeros "
    "beside them, and 0 inside.",
}
SAID = {1: "positive", -1: "negative", 0: "zero"}
SIGNS = {1: "+", -1: "−", 0: "0"}
IMAGE = 8  # cells a side
MAP = IMAGE - 2  # of a 3×3 kernel without padding


def kernel_of_picture(draws: Draws) -> Problem:
    """Which kernel wrote a map of signs, of an image with a block of ones."""
    high, wide = draws.whole(2, 5), draws.whole(2, 5)
    top, left = draws.whole(0, IMAGE - high), draws.whole(0, IMAGE - wide)
    image = [[int(top <= y < top + high and left <= x < left + wide) for x in range(IMAGE)] for y in range(IMAGE)]
    maps: dict[str, rows.Grid] = {name: correlate2d(image, kernel).tolist() for name, (_, kernel, _) in KERNELS.items()}
    signs = {name: [[(value > 0) - (value < 0) for value in row] for row in found] for name, found in maps.items()}
    right = draws.pick(tuple(KERNELS))
    if sum(found == signs[right] for found in signs.values()) > 1 or not any(map(any, signs[right])):
        raise Redraw
    options: dict[str, Option] = {}
    for name, (said, _, below) in KERNELS.items():
        why = WHY[name]
        if name != right:
            y, x = next((y, x) for y in range(MAP) for x in range(MAP) if signs[name][y][x] != signs[right][y][x])
            value = minus(Fraction(maps[name][y][x], below))
            sign = SAID[signs[right][y][x]]
            why = f"In row {y + 1}, column {x + 1} of the map it writes {value}, and the number there is {sign}."
        options[name] = (said, why)
    return choice(
        {"image": image, "signs": signs[right]},
        "A 3×3 kernel was laid on the image at the left, without padding and with stride 1. At the right are the signs "
        "of the numbers in its map. Empty cells are 0. Which kernel was it, row by row from the top?",
        options,
        right,
        picture=Picture(_side_by_side(image, signs[right]), _told(image, signs[right])),
    )


def _side_by_side(image: rows.Grid, signs: rows.Grid) -> Drawing:
    drawing = Drawing(2 * LEFT + (IMAGE + 1 + MAP) * SIDE, IMAGE * SIDE + 34)
    _grid(drawing, "image", LEFT, 24, [["1" * value for value in row] for row in image])
    right = LEFT + (IMAGE + 1) * SIDE
    _grid(drawing, "map", right, 24 + SIDE, [[SIGNS[sign].strip("0") for sign in row] for row in signs])
    return drawing


TINTS = {"1": "see", "+": "pos", "−": "neg"}


def _grid(drawing: Drawing, name: str, left: float, top: float, cells: list[list[str]]) -> None:
    """Square cells with what is in them, tinted by it; in few shapes, since a page holds many such pictures."""
    side = len(cells) * SIDE
    drawing.text(left, top - 8, name, "mute", 13)
    drawing.rect(left, top, side, side)
    drawing.pixels(left, top, SIDE, [[(TINTS[said], 0.4) if said else None for said in row] for row in cells])
    for n in range(1, len(cells)):
        drawing.line(left + n * SIDE, top, left + n * SIDE, top + side, "bench")
        drawing.line(left, top + n * SIDE, left + side, top + n * SIDE, "bench")
    for y, row in enumerate(cells):
        for x, said in enumerate(row):
            if said:
                drawing.text(left + (x + 0.5) * SIDE, top + (y + 0.5) * SIDE, said, "ink", 13, middle=True)


def _told(image: rows.Grid, signs: rows.Grid) -> str:
    lines = "; ".join(" ".join(map(str, row)) for row in image)
    written = "; ".join(" ".join(SIGNS[sign] for sign in row) for row in signs)
    return f"The image, row by row: {lines}. The signs of the map, row by row: {written}."


KINDS = (
    Kind("read-window", "convolution", "compute", "Windows in a picture", window_of_row,
         "convolution.md#ex-dilated-kernel"),
    Kind("picture-to-kernel", "convolution", "why", "Which kernel wrote these signs", kernel_of_picture,
         "convolution.md#kernel"),
    Kind("read-field", "receptive-field", "compute", "A field in a picture", field_of_drawing,
         "receptive-field.md#ex-stride-multiplies"),
)  # fmt: skip
