"""Exhibits of the chapter on convolution."""

from itertools import product

from convnotes.conv import effective_kernel_size, output_size, same_padding, unused
from convnotes.drawing.cell_rows import Row, signed
from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive import size_ruler
from convnotes.exhibits.interactive import stepper as windows


def sliding_window() -> Figure:
    """Ten pixels, padding 1 at each end, a kernel of 3 moved by 2: five windows, and one padded cell left over.

    Below, the input: pixels 0 to 9 in a row between two dashed cells of padding. Above it, one bar for each of the five
    windows, three cells wide, each two cells to the right of the one before: they read −1 to 1, 1 to 3, 3 to 5, 5 to 7
    and 7 to 9. At the top stand the outputs 0 to 4, each over the middle of its window. The padded cell on the right is
    hatched: no window reaches it.
    """
    size, kernel_size, stride, padding = 10, 3, 2, 1
    count, left_over = output_size(size, kernel_size, stride, padding), unused(size, kernel_size, stride, padding)
    drawing = Drawing(388, 252)
    source = Row(drawing, x=59, y=186, side=30, pitch=30)
    windows = [(w, stride * w - padding, stride * w - padding + kernel_size - 1) for w in range(count)]
    result = Row(drawing, source.middle(windows[0][1] + kernel_size // 2), 32, 30, stride * 30)
    drawing.text(14, 20, f"{count} outputs", "mute")
    result.fill(range(count), "out", str)
    for w, first, last in windows:
        y = 76 + 21 * w
        drawing.line(result.middle(w), result.bottom + 3, result.middle(w), y, "win")
        drawing.rect(source.left(first) + 1, y, source.right(last) - source.left(first) - 2, 12, "win", radius=2)
    source.fill(range(size), "see", str)
    source.pad([-padding, size])
    source.hatch(size + padding - left_over)
    source.span((-1, -1), "padding")
    source.span((0, size - 1), f"{size} pixels")
    source.span((size, size), "unread")
    note = f"Pixels count from 0; −1 and {size} are padding. No window reads {size}."
    return Figure(drawing, Table(["output", "first cell read", "last cell read"], windows, note=note))


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
    """One end of the stem's row, eleven columns from `first`, under the outputs that stand above them."""
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
    source.pad([c for c in columns if not 0 <= c < 224], label=lambda c: signed(c) if c < 226 else "")
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


def same_padding_table() -> Table:
    """The padding that keeps 224 pixels at stride 1: equal sides only if the kernel spans an odd number of cells.

    One row for each kernel size from 2 to 7 at dilation 1 and 2, with the cells that the kernel spans, the padding
    before and after, and the size that results, always 224. Before and after differ where the span is even.
    """
    rows: Rows = []
    for dilation, kernel_size in product((1, 2), range(2, 8)):
        padding = same_padding(kernel_size, dilation)
        size = output_size(224, kernel_size, padding=padding, dilation=dilation)
        rows.append([kernel_size, dilation, effective_kernel_size(kernel_size, dilation), *padding, size])
    note = "Before and after: cells of padding. Size: what 224 pixels become at stride 1."
    return Table(["kernel size", "dilation", "span", "before", "after", "size"], rows, note=note)


def stepper() -> Widget:
    """One window after the other: each weight times the value under it, added up, written down.

    A grid of five by five numbers, small at the left and large at the right. A window of three by three stands on its
    top left corner. Under a kernel with a column of −1, one of 0 and one of 1 each window gives one number of a three
    by three output, which is large where the values rise from left to right.
    """
    presets = {
        "edge": "conv",
        "blur": "conv_wblur",
        "sharpen": "conv_wsharpen",
        "identity": "conv_widentity",
        "stride 2, padding 1": "conv_s2_p1",
    }
    return windows.stepper("conv", presets)


def ruler() -> Widget:
    """The windows of one axis under its cells, at both ends of it; cells that no window reads are hatched.

    The first and the last cells of a padded row of 224 pixels, three cells of padding at each end. Below them the
    windows of seven cells, two cells apart, number 1 to 112. The last cell of the padding is hatched: none reaches it.
    """
    return size_ruler.ruler("i224_k7_s2_p3")
