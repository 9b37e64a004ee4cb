"""Exhibits of the chapter on convolution."""

import numpy as np

from convnotes.conv import effective_kernel_size, output_size
from convnotes.correlate import Array, correlate2d
from convnotes.drawing import raster
from convnotes.drawing.cell_rows import Row
from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.number_grids import number_grid
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive import size_ruler
from convnotes.exhibits.interactive import stepper as windows
from convnotes.exhibits.interactive import walk as network
from convnotes.experiments.photographs import credit, photograph, scaled
from convnotes.words.numbers import minus

RISE, FLAT = np.array([[-1, 0, 1]] * 3), np.ones((3, 3), int)
FILTERS = {  # a 3×3 slice for red, for green and for blue
    "vertical edges": np.stack([RISE] * 3),
    "horizontal edges": np.stack([RISE.T] * 3),
    "red, not green": np.stack([FLAT, -FLAT, 0 * FLAT]),
}
CHANNELS = np.array(  # the worked example: three channels, then two filters of three slices, then their biases
    [[[1, 2, 0], [0, 1, 3], [2, 0, 1]], [[0, 1, 1], [2, 0, 1], [1, 1, 0]], [[2, 0, 1], [1, 1, 0], [0, 2, 1]]]
)
WEIGHTS = np.array(
    [[[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[-1, 0], [0, 1]]], [[[0, 1], [0, 0]], [[-1, 0], [0, 2]], [[0, 0], [1, 1]]]]
)
BIASES = np.array([1, -2])
SUB = "₀₁₂"


def photograph_and_maps() -> Figure:
    """A photograph, three kernels, and the map that each of them makes of it.

    At the top a photograph of a smiling astronaut in an orange suit, between a striped flag and a model of the space
    shuttle. Below it three kernels of three by three weights. The first has columns of −1, 0 and 1, and its map shows
    upright contours: the sides of the shuttle, the edges of the helmet. The second has rows of −1, 0 and 1, and its map
    shows level contours. The third has weights of 1 on red and −1 on green: in its map the suit shines.
    """
    picture = np.asarray(scaled(photograph("astronaut"), 128 / 512), float)
    drawing = Drawing(388, 382)
    drawing.picture(129, 4, 130, 130, webp=raster.encoded(picture.transpose(1, 2, 0), "webp"))
    drawing.text(120, 62, "photograph", "mute", 13, "end")
    drawing.text(120, 79, "128 × 128 × 3", "mute", 13, "end")
    rows: Rows = []
    for column, (title, slices) in enumerate(FILTERS.items()):
        left, answers = 4 + 130 * column, correlate2d(picture, slices[None])[0] / 9
        drawing.text(left + 60, 162, title, "ink", 14, "middle", bold=True)
        _slices(drawing, left, slices)
        shown = raster.signed(answers, float(np.quantile(np.abs(answers), 0.99)))
        drawing.picture(left, 252, 120, 120, webp=raster.encoded(shown, "webp"))
        rows.append([title, float(answers.min()), float(answers.max()), float(answers.mean())])
    note = (
        "Sums are divided by 9. In the maps grey is 0, white a large answer, black a negative one. "
        f"Photograph: {credit('astronaut')}."
    )
    return Figure(drawing, Table(["kernel", "least", "largest", "mean"], rows, note=note))


def _slices(drawing: Drawing, left: float, slices: Array) -> None:
    """The weights of a filter in a column of 120: once where all colours have the same, else those that are not 0."""
    if (slices == slices[0]).all():
        shown = {"each colour": (left + 31, slices[0])}
    else:
        shown = {"red": (left + 1, slices[0]), "green": (left + 62, slices[1])}
    for name, (x, weights) in shown.items():
        number_grid(drawing, x, 170, weights, 19, signs=True)
        drawing.text(x + 28, 243, name, "mute", 13, "middle")


def channels() -> Figure:
    """Three channels in, two filters, two maps out. The framed windows give the framed outputs.

    In the top row the three channels of the input, x₀, x₁ and x₂, three by three numbers each, with the top left window
    of two by two framed in all of them. Below, a row for each filter: one slice of two by two under each channel, under
    each slice the sum of its four products, then the bias, and at the right the map that the filter writes. Filter 0
    gives 2 + 3 − 1 + 1 = 5 for this window, filter 1 gives 2 + 0 + 2 − 2 = 2.
    """
    drawing, side = Drawing(388, 366), 26
    for c, name in enumerate(("red", "green", "blue")):
        x = 6 + 98 * c
        drawing.text(x, 18, f"x{SUB[c]}", "see", 14, bold=True)
        drawing.text(x + 78, 18, name, "mute", 13, "end")
        number_grid(drawing, x, 26, CHANNELS[c], side)
        drawing.rect(x - 1, 25, 2 * side + 1, 2 * side + 1, None, "win", 2.5, radius=3)
    rows: Rows = []
    for o in range(2):
        with drawing.moved(0, 142 + 116 * o):
            rows.append([o, *_filter(drawing, o, side)])
    return Figure(drawing, Table(["filter", "channel 0", "channel 1", "channel 2", "bias", "output"], rows))


def _filter(drawing: Drawing, o: int, side: int) -> list[int]:
    """The row of filter `o`, and the terms of its first output, which comes last."""
    terms = [int((CHANNELS[c, :2, :2] * WEIGHTS[o, c]).sum()) for c in range(3)]
    for c, term in enumerate(terms):
        x = 6 + 98 * c
        drawing.text(x, -8, f"w{SUB[o]}{SUB[c]}", "win", 14, bold=True)
        number_grid(drawing, x, 0, WEIGHTS[o, c], side, signs=True)
        drawing.text(x + side, 73, _term(term) if c else minus(term), "ink", 14, "middle", bold=True)
    answers = correlate2d(CHANNELS, WEIGHTS[o : o + 1])[0] + BIASES[o]
    drawing.text(318, -8, f"map y{SUB[o]}", "out", 14, bold=True)
    number_grid(drawing, 318, 0, answers, side)
    drawing.rect(317, -1, side + 1, side + 1, None, "out", 2.5, radius=3)
    drawing.text(290, 73, f"{_term(int(BIASES[o]))} (b{SUB[o]}) = {answers[0, 0]}", "ink", 14, bold=True)
    return [*terms, int(BIASES[o]), int(answers[0, 0])]


def _term(number: int) -> str:
    """A number as the next term of a sum."""
    return f"{'−' if number < 0 else '+'} {abs(number)}"


def flip() -> Figure:
    """A single 1 among zeros shows the difference: cross-correlation turns the kernel round, convolution does not.

    Two rows, each an input of five by five cells with a single 1 in the middle, then a kernel, then the output. Above,
    the kernel 1 to 9 is laid on as it is, and the output reads 9 to 1. Below, the kernel is turned by half a turn
    first, so that it reads 9 to 1, and the output reads 1 to 9.
    """
    spot, kernel = np.zeros((5, 5), int), np.arange(1, 10).reshape(3, 3)
    spot[2, 2] = 1
    drawing, rows = Drawing(372, 372), Rows()
    ways = {
        "Cross-correlation: the kernel as it is": kernel,
        "Convolution: the kernel flipped in both axes": kernel[::-1, ::-1],
    }
    for row, (title, laid) in enumerate(ways.items()):
        y, answers = 32 + 188 * row, correlate2d(spot, laid)
        drawing.text(4, y - 14, title, "ink", 14, bold=True)
        for x, top, name, grid in (
            (4, y, "input", spot),
            (164, y + 26, "laid on", laid),
            (284, y + 26, "output", answers),
        ):
            number_grid(drawing, x, top, grid, 26)
            drawing.text(x, top + 26 * len(grid) + 16, name, "mute", 13)
        drawing.rect(163, y + 25, 79, 79, None, "win", 2.5, radius=3)
        drawing.rect(283, y + 25, 79, 79, None, "out", 2.5, radius=3)
        drawing.arrow(248, y + 65, 276, y + 65)
        rows.append([title.partition(":")[0], *map(int, answers.ravel())])
    return Figure(drawing, Table(["operation", *(f"output {n}" for n in range(1, 10))], rows))


def where_each_term_comes_from() -> Figure:
    """The size formula measured off its own picture: the first window, then whole steps, and the floor's leftover cell.

    A row of twelve cells: padding p = 1, input i = 10, padding p = 1, together i + 2p = 12. Below it the first window
    takes k = 3 cells and gives one output, the + 1 of the formula. The other i + 2p − k = 9 cells are room to move.
    Four steps of s = 2 fit into them, an output each; the ninth cell is hatched, since no whole step is left: the
    floor. So the output has ⌊9 / 2⌋ + 1 = 5 cells.
    """
    i, k, s, p = 10, 3, 2, 1
    room, count = i + 2 * p - k, output_size(i, k, s, p)
    drawing = Drawing(388, 284)
    row = Row(drawing, x=29, y=76, side=30, pitch=30)
    row.span((0, i + 2 * p - 1), f"i + 2p = {i + 2 * p} cells", y=24, above=True)
    for first, last, label in ((0, p - 1, f"p = {p}"), (p, p + i - 1, f"i = {i}"), (p + i, 2 * p + i - 1, f"p = {p}")):
        row.span((first, last), label, y=64, above=True)
    row.fill(range(p, p + i), "see")
    row.pad([*range(p), *range(p + i, 2 * p + i)])
    row.hatch(i + 2 * p - 1)
    row.frame((0, k - 1))
    row.span((0, k - 1), f"k = {k}", "win", y=120)
    row.span((k, i + 2 * p - 1), f"i + 2p − k = {room} cells of room", y=120)
    steps = [(k + s * n, k + s * n + s - 1) for n in range(room // s)]
    for first, last in steps:
        row.span((first, last), f"s = {s}", "win", y=162)
    row.span((i + 2 * p - room % s, i + 2 * p - 1), f"{room % s} left", y=162)
    for number, (first, last) in enumerate([(0, k - 1), *steps]):
        x = (row.left(first) + row.right(last)) / 2
        drawing.rect(x - 14.25, 200, 28.5, 28.5, "out")
        drawing.text(x, 214.25, "1" if number == 0 else "+1", "bench", 13, middle=True)
    drawing.text(194, 268, f"o  =  ⌊(i + 2p − k) / s⌋ + 1  =  ⌊{room} / {s}⌋ + 1  =  {count}", "ink", 15, "middle")
    rows: Rows = [["input", "i", i], ["padding per side", "p", p], ["kernel", "k", k], ["stride", "s", s],
            ["padded input", "i + 2p", i + 2 * p], ["room after the first window", "i + 2p − k", room],
            ["whole steps", "⌊(i + 2p − k) / s⌋", room // s], ["cells left over", "(i + 2p − k) mod s", room % s],
            ["output", "⌊(i + 2p − k) / s⌋ + 1", count]]  # fmt: skip
    return Figure(drawing, Table(["quantity", "formula", "cells"], rows))


def imagenet_stem() -> Figure:
    """Both ends of a row in the ImageNet stem: kernel 7, stride 2, padding 3. The last padded column is never read.

    Two enlarged pieces of one row. Left end: three dashed cells of padding, −3 to −1, then pixels 0 to 7 and a break.
    Output 0 reads cells −3 to 3, all three padded columns among them. Right end: a break, then pixels 216 to 223 and
    the padding 224 to 226. The last output, 111, reads cells 219 to 225, two padded columns among them. Column 226 is
    hatched: no window reads it.
    """
    size, kernel_size, stride, padding = 224, 7, 2, 3
    last = output_size(size, kernel_size, stride, padding) - 1
    drawing = Drawing(388, 370)
    _end(drawing, 0, -padding, 0, f"Left end: output 0 reads all {padding} padded columns")
    read = stride * last - padding + kernel_size - size
    _end(drawing, 190, size - 8, last, f"Right end: output {last} reads {read} of {padding}")
    starts = {w: stride * w - padding for w in (0, last)}
    rows: Rows = [[w, start, start + kernel_size - 1, padding if w == 0 else read] for w, start in starts.items()]
    note = f"Pixels are columns 0 to {size - 1}. Of the padding, column {size + padding - 1} is read by no window."
    return Figure(drawing, Table(["output", "first column", "last column", "padded columns read"], rows, note=note))


def _end(drawing: Drawing, top: float, first: int, output: int, title: str) -> None:
    """One end of the stem's row, eleven columns from `first`, under the outputs that are above them."""
    columns = range(first, first + 11)
    source = Row(drawing, 14 + 16.5 - first * 33, top + 116, 33, 33)
    result = Row(drawing, source.x, top + 38, 33, 66)
    drawing.text(14, top + 20, title, "ink", 14, bold=True)
    outputs = range(-(-max(first, 0) // 2), min(columns[-1], 222) // 2 + 1)
    result.fill([w for w in outputs if w != output], "cell", str)
    result.fill([output], "out", str)
    reads = 2 * output - 3, 2 * output + 3
    result.cone((output, output), source, reads, "win")
    source.fill([c for c in columns if 0 <= c < 224], "see", str)
    source.pad([c for c in columns if not 0 <= c < 224], label=lambda c: minus(c) if c < 226 else "")
    if first < 0:
        source.span((-3, -1), "padding")
    else:
        source.hatch(226)
        drawing.text(source.right(226), source.bottom + 20, "226 is unread", "mute", 13, "end")
    source.frame(reads)


def dilated_kernel() -> Figure:
    """The same three taps at dilation 1, 2 and 4: they span 3, 5 and 9 cells, and still read three.

    Three rows of nine cells, each under one output. At dilation 1 the output reads three neighbouring cells, a span of
    3. At dilation 2 it reads every second of five cells, a span of 5. At dilation 4 it reads the first, the middle and
    the last of all nine cells, a span of 9.
    """
    drawing = Drawing(340, 366)
    rows: Rows = []
    for panel, dilation in enumerate((1, 2, 4)):
        span, taps = effective_kernel_size(3, dilation), [dilation * tap for tap in (-1, 0, 1)]
        top = 128 * panel
        drawing.text(8, top + 20, f"dilation {dilation}", "ink", 14, bold=True)
        result, source = Row(drawing, 170, top + 12, 30, 36), Row(drawing, 170, top + 64, 36, 36)
        result.fill([0], "out")
        source.fill(range(-4, 5))
        source.fill(taps, "see")
        for tap in taps:
            drawing.line(170, result.bottom, source.middle(tap), source.y, "see")
        source.frame((taps[0], taps[-1]))
        drawing.text(332, top + 20, f"span {span}", "win", 14, "end", bold=True)
        rows.append([dilation, 3, span, span - 3])
    return Figure(drawing, Table(["dilation", "taps", "span", "cells skipped"], rows))


def padding_three_ways() -> Figure:
    """A 3×3 kernel on 4×4 cells, padded by none, by 1 (same) and by 2 (full): the map shrinks, stays or grows.

    Three columns. Without padding the kernel finds two places along each side of the four by four input, so the map is
    two by two. With one dashed ring of padding round the input it finds four, and the map is as large as the input.
    With two rings, called full, the first window overlaps the input in a single corner cell, and the map is six by six.
    """
    drawing, side, rows = Drawing(388, 346), 18, Rows()
    for left, p, name in ((4, 0, "none"), (100, 1, "same"), (232, 2, "full")):
        places, wide = output_size(4, 3, padding=p), 4 + 2 * p
        drawing.text(left, 18, name, "ink", 14, bold=True)
        drawing.text(left, 36, f"p = {p}", "mute", 13)
        for i in range(wide):
            row = Row(drawing, left + side / 2, 46 + i * side, side, side)
            inside = range(p, p + 4) if p <= i < p + 4 else range(0)
            row.fill(inside, "see")
            row.pad([j for j in range(wide) if j not in inside])
        drawing.rect(left, 46, 3 * side, 3 * side, None, "win", 2.5, radius=3)
        drawing.text(left, 216, f"{places} × {places}", "out", 14, bold=True)
        drawing.grid(left, 226, places, places, side)
        drawing.rect(left, 226, side, side, None, "out", 2.5, radius=3)
        rows.append([name, p, wide, places])
    return Figure(drawing, Table(["padding", "p", "padded side", "side of the map"], rows))


def stepper() -> Widget:
    """One window after the other: each weight times the value under it, added up, written down.

    A grid of five by five numbers, small at the left and large at the right. A window of three by three is on its
    top left corner. Under a kernel with a column of −1, one of 0 and one of 1 each window gives one number of a three
    by three output, which is large where the values rise from left to right.
    """
    presets = {
        "edge": "conv",
        "blur": "conv_wblur",
        "identity": "conv_widentity",
        "stride 2, padding 1": "conv_s2_p1",
        "three channels": "conv_c3_b1",
    }
    return windows.stepper("conv", presets)


def ruler() -> Widget:
    """The windows of one axis under its cells, at both ends of it; cells that no window reads are hatched.

    The first and the last cells of a padded row of 224 pixels, three cells of padding at each end. Below them the
    windows of seven cells, two cells apart, number 1 to 112. The last cell of the padding is hatched: none reaches it.
    """
    return size_ruler.ruler("i224_k7_s2_p3")


def walk() -> Widget:
    """One unit of a trained layer: what it reads of the picture, times its weights, added up with a bias.

    A handwritten 4 with five by five pixels outlined. Beside it these pixels, and the twenty-five weights of the kernel
    that is laid on them. Below, the six maps that the first convolution of a small network writes; the unit in question
    is marked in the first of them.
    """
    return network.walk("s4_uconv1.0.13.7", tour=False, alone=True)
