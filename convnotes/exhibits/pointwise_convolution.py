"""Exhibits of the chapter on pointwise convolution."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from convnotes.correlate import correlate2d
from convnotes.cost import macs, parameters
from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive import mixer as channels
from convnotes.exhibits.interactive import params
from convnotes.layers import Conv2d, Sequential
from convnotes.words.numbers import minus

Grid = Sequence[Sequence[object]]
SIDE = 14  # of the maps, in pixels
COLOURS, PIXEL = ("red", "green", "blue"), (255, 100, 50)
KERNELS = (
    ("0.30", "0.59", "0.11"),
    ("0.5", "−0.5", "0.0"),
)  # as printed; computed in whole hundredths, which are exact


def column() -> Figure:
    """A 1×1 convolution reads one column of numbers, a number from each map, and writes a column of new ones.

    Left, six maps of five by five, one behind the other; the same pixel is filled in each, so that the six form a
    column through the stack. An arrow marked W, three by six, leads to three maps of the same size at the right, in
    which the same pixel is filled. Below: six numbers in, three numbers out, the same W at every pixel.
    """
    drawing = Drawing(340, 206)
    _sheets(drawing, 8, 88, 6, "see")
    drawing.arrow(150, 108, 206, 108)
    drawing.text(178, 98, "W, 3×6", "win", 14, "middle", bold=True)
    _sheets(drawing, 222, 74, 3, "out")
    drawing.text(72, 178, "6 numbers", "see", 14, "middle", bold=True)
    drawing.text(268, 178, "3 numbers", "out", 14, "middle", bold=True)
    drawing.text(170, 200, "the same W at every pixel", "mute", 13, "middle")
    rows: Rows = [["input", 6, "5 × 5"], ["output", 3, "5 × 5"]]
    return Figure(drawing, Table(["stack", "maps, so numbers at a pixel", "map"], rows))


def _sheets(drawing: Drawing, x: float, y: float, count: int, role: str) -> None:
    """Maps of 5×5 seen at an angle, one behind the other, with one pixel of each filled."""
    side, step = 13, 13
    for depth in reversed(range(count)):
        left, top = x + step * depth, y - step * depth
        drawing.rect(left, top, 5 * side, 5 * side, "bench", "edge", 1, radius=1)
        for line in range(1, 5):
            drawing.line(left + line * side, top, left + line * side, top + 5 * side, "line", 1)
            drawing.line(left, top + line * side, left + 5 * side, top + line * side, "line", 1)
    for depth in reversed(range(count)):
        left, top = x + step * depth + 2 * side, y - step * depth + 2 * side
        drawing.rect(left, top, side, side, role, "bench", 1, radius=0)


PATTERNS = {  # kernel size and groups, from four channels to four
    "standard": (3, 1),
    "grouped, g = 2": (3, 2),
    "depthwise, g = 4": (3, 4),
    "pointwise": (1, 1),
}


def connections() -> Figure:
    """Which input channel reaches which output channel: a thick line is a 3×3 kernel, a thin line a single weight.

    Four panels, each with four dots for input channels above and four for output channels below. Standard: sixteen
    thick lines, every input to every output, 144 weights. Grouped with g = 2: eight thick lines, the first two inputs
    to the first two outputs and the last two to the last two, 72 weights. Depthwise: four thick lines straight down, 36
    weights. Pointwise: sixteen thin lines, 16 weights.
    """
    drawing = Drawing(340, 300)
    rows: Rows = []
    for number, (name, (k, groups)) in enumerate(PATTERNS.items()):
        x, y = 8 + 172 * (number % 2), 18 + 150 * (number // 2)
        group, lines = 4 // groups, 0
        drawing.text(x + 76, y, name, "ink", 13.5, "middle", bold=True)
        for i in range(4):
            for o in range(4):
                if i // group == o // group:
                    thick = k > 1
                    ends = (x + 16 + 40 * i, y + 22), (x + 16 + 40 * o, y + 88)
                    drawing.path(ends, stroke="see" if thick else "win", line=3.5 if thick else 1.2)
                    lines += 1
        for dot in range(4):
            drawing.dot(x + 16 + 40 * dot, y + 20, 6, "ink", "bench")
            drawing.dot(x + 16 + 40 * dot, y + 90, 6, "out", "bench")
        each, weights = k * k, parameters(Conv2d(4, 4, k, groups=groups, bias=False))
        drawing.text(x + 76, y + 116, f"{lines} · {each} = {weights}", "mute", 13.5, "middle")
        rows.append([name, lines, each, weights])
    return Figure(
        drawing, Table(["layer", "kernels", "weights in each", "weights"], rows, note="Four channels in, four out.")
    )


def one_pixel_rgb() -> Figure:
    """A 1×1 convolution at one pixel is a matrix times a column: two kernels turn three channels into two.

    A matrix of two rows, 0.30 0.59 0.11 and 0.5 −0.5 0.0, times the column of red 255, green 100 and blue 50, gives the
    column 141 and 77.5. Written out below: 0.30 · 255 + 0.59 · 100 + 0.11 · 50 = 76.5 + 59 + 5.5 = 141, and 0.5 · 255 −
    0.5 · 100 + 0.0 · 50 = 127.5 − 50 + 0 = 77.5.
    """
    hundredths = [[int(100 * Fraction(number.replace("−", "-"))) for number in kernel] for kernel in KERNELS]
    products = [[_decimal(w * value) for w, value in zip(kernel, PIXEL, strict=True)] for kernel in hundredths]
    mixed = correlate2d(np.reshape(PIXEL, (3, 1, 1)), np.reshape(hundredths, (2, 3, 1, 1)))
    outputs = [_decimal(int(value)) for value in mixed.ravel()]
    drawing = Drawing(388, 308)
    _matrix(drawing, 10, 57, KERNELS, "win", "weights")
    drawing.text(190, 109, "·", "ink", 24, bold=True, middle=True)
    _matrix(drawing, 216, 31, [[value] for value in PIXEL], "see", "pixel", COLOURS)
    drawing.text(295, 109, "=", "ink", 18, middle=True)
    _matrix(drawing, 322, 57, [[value] for value in outputs], "out", "output")
    rows: Rows = []
    for number, (kernel, terms, value) in enumerate(zip(KERNELS, products, outputs, strict=True)):
        written = _sum([f"{w} · {v}" for w, v in zip(kernel, PIXEL, strict=True)])
        drawing.text(6, 224 + 52 * number, written, "ink", 14)
        drawing.text(24, 244 + 52 * number, f"= {_sum(terms)} = {value}", "ink", 14)
        rows.append([number + 1, *kernel, *terms, value])
    header = ["kernel", *COLOURS, *(f"{name} · {v}" for name, v in zip(COLOURS, PIXEL, strict=True)), "output"]
    return Figure(drawing, Table(header, rows, note="Weights, then their products with the pixel, and the sum."))


def _matrix(
    drawing: Drawing, x: float, y: float, values: Grid, role: str, name: str, names: Sequence[str] = ()
) -> None:
    """Cells in the tint of their role under the name of the whole; `names` are the rows' own."""
    width, columns = 52, len(values[0])
    drawing.text(x + width * columns / 2, 20, name, "mute", 14, "middle")
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            middle = x + j * width + width / 2 - 1
            drawing.rect(x + j * width, y + i * 52, width - 2, 50, role, opacity=0.18)
            drawing.text(middle, y + i * 52 + (18 if names else 25), value, "ink", 16, middle=True)
            if names:
                drawing.text(middle, y + i * 52 + 38, names[i], "ink", 13, middle=True)


def _decimal(hundredths: int) -> str:
    """The decimal without zeros at its end, and with a real minus sign."""
    return minus(f"{hundredths / 100:g}")


def _sum(terms: Sequence[str]) -> str:
    """Terms joined by plus signs, or by their own minus."""
    return " + ".join(terms).replace("+ −", "− ")


def bottleneck() -> Figure:
    """A bottleneck block beside the single 3×3 that it replaces: each box has the area of its weights.

    Left, three boxes from the bottom up: a 1×1 convolution from 256 to 64 channels with 16,384 weights and 3,211,264
    MACs on maps of 14 × 14, a 3×3 from 64 to 64 with 36,864 and 7,225,344, and a 1×1 from 64 to 256 with 16,384 and
    3,211,264; together 69,632 weights and 13,647,872 MACs. Right, one box with 8.47 times their area: a 3×3 convolution
    from 256 to 256 channels with 589,824 weights and 115,605,504 MACs.
    """
    layers, single = [_conv(256, 64, 1), _conv(64, 64, 3), _conv(64, 256, 1)], _conv(256, 256, 3)
    scale = 168 / parameters(single) ** 0.5  # pixels a side, so that area is weights
    drawing = Drawing(388, 384)
    drawing.text(108, 20, "bottleneck", "ink", 14, "middle", bold=True)
    drawing.text(304, 20, "one 3×3", "ink", 14, "middle", bold=True)
    _chain(drawing, 50, list(reversed(layers)), scale, 92)
    _chain(drawing, 304, [single], scale, 276)
    rows: Rows = []
    for layer in (*layers, single):
        k, ins = layer.kernel_size, layer.in_channels
        rows.append([f"{k}×{k}, {ins} → {layer.out_channels}", parameters(layer), macs(layer, (ins, SIDE, SIDE))])
    block = Sequential(*layers)
    rows.insert(3, ["bottleneck, all three", parameters(block), macs(block, (256, SIDE, SIDE))])
    for x, (_, weights, work) in ((108, rows[3]), (304, rows[4])):
        drawing.text(x, 352, f"{weights:,} weights", "ink", 14, "middle", bold=True)
        drawing.text(x, 371, f"{work:,} MACs", "mute", 13, "middle")
    note = "No biases. The areas of the boxes are to each other as the weights are."
    return Figure(drawing, Table(["layer", "weights", "MACs at 14 × 14"], rows, note=note))


def _chain(drawing: Drawing, x: float, layers: list[Conv2d], scale: float, step: float) -> None:
    """Boxes from the output, at the top, down to the input, with the channels between them."""
    for number, layer in enumerate(layers):
        middle = 42 + step * (number + 0.5)
        half = scale * parameters(layer) ** 0.5 / 2
        drawing.text(x, 42 + step * number + 4, f"{layer.out_channels} channels", "mute", 13, "middle")
        drawing.rect(x - half, middle - half, 2 * half, 2 * half, "see", radius=0)
        drawing.arrow(x, 42 + step * (number + 1) - 12, x, middle + half + 2)
        drawing.arrow(x, middle - half, x, 42 + step * number + 10)
        if len(layers) > 1:
            drawing.text(x + 32, middle - 12, f"{layer.kernel_size}×{layer.kernel_size}", "ink", 13, bold=True)
            drawing.text(x + 32, middle + 5, f"{parameters(layer):,} weights", "ink", 13)
            drawing.text(x + 32, middle + 22, f"{macs(layer, (layer.in_channels, SIDE, SIDE)):,} MACs", "mute", 13)
    drawing.text(x, 42 + step * len(layers) + 4, f"{layers[-1].in_channels} channels", "mute", 13, "middle")


def reductions() -> Table:
    """What a 1×1 reduction saves in the 3×3 after it: 4 times if only its input is narrow, 16 if its output is too.

    Three 3×3 convolutions on maps of 14 × 14: from 256 to 256 channels with 589,824 weights and 115,605,504 MACs; from
    64 to 256 with 147,456 and 28,901,376, 4 times cheaper; from 64 to 64 with 36,864 and 7,225,344, 16 times cheaper.
    """
    full = parameters(_conv(256, 256, 3))
    rows: Rows = []
    for ins, outs in ((256, 256), (64, 256), (64, 64)):
        layer = _conv(ins, outs, 3)
        rows.append([f"{ins} → {outs}", parameters(layer), macs(layer, (ins, SIDE, SIDE)), full // parameters(layer)])
    note = "No biases. The 1×1 that makes the 64 channels costs another 16,384 weights."
    return Table(["3×3", "weights", "MACs at 14 × 14", "times cheaper"], rows, note=note)


def _conv(in_channels: int, out_channels: int, kernel_size: int) -> Conv2d:
    return Conv2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2, bias=False)


def mixer() -> Widget:
    """Three channels mixed into two by six weights: the same product at every pixel, written out for one of them.

    At the left the red, the green and the blue channel of a sunset over the sea, eight by eight pixels. At the right
    two outputs, grey and red minus green. Outlined in all five is the pixel with red 255, green 100 and blue 50, whose
    outputs are 141 and 77.5.
    """
    return channels.mixer("30.59.11.50.-50.0")


def explorer() -> Widget:
    """Five designs from C channels to C that see equally far, as squares whose areas are their parameters.

    Five squares for 256 channels and a field of 7×7: one 7×7 layer the largest, three 3×3 layers a little over half its
    area, then the bottleneck, the grouped and the depthwise separable design, each much smaller.
    """
    return params.explorer("c256_k7_n14")
