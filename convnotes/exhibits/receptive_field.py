"""Exhibits of the chapter on receptive fields. Maps are drawn along one axis, output above and input below."""

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np

from convnotes.correlate import correlate2d
from convnotes.cost import parameters
from convnotes.drawing.cell_rows import Ends, Row
from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.raster import Pixels, exact
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive import rf_grower
from convnotes.exhibits.interactive.rf_grower import photo
from convnotes.exhibits.interactive.walk import CREDIT, samples
from convnotes.experiments.photographs import credit
from convnotes.experiments.weights import card
from convnotes.layers import AvgPool2d, Conv2d, Layer, MaxPool2d, ReLU, Residual, Sequential
from convnotes.receptive_field import growth, receptive_field
from convnotes.tree import leaves
from convnotes.words.numbers import minus


def cone_three_3x3_against_7x7() -> Figure:
    """Three 3×3 layers reach seven pixels, and so does one 7×7 layer; the three have fewer weights and three ReLUs.

    Two cones that open downwards, side by side, over seven input cells each. Left, three 3×3 layers: one output cell
    reads 3 cells of the map below it, those read 5, and those all 7 input cells; 27 C² weights for C channels, 3 ReLUs.
    Right, one 7×7 layer: the output cell reads all 7 input cells at once; 49 C² weights, 1 ReLU.
    """
    drawing, channels = Drawing(388, 300), 8
    rows: Rows = []
    for x, name, kernels in ((99, "three 3×3", (3, 3, 3)), (289, "one 7×7", (7,))):
        layers = [part for k in kernels for part in (Conv2d(channels, channels, k, padding=k // 2, bias=False), ReLU())]
        network = Sequential(*layers)
        relus = sum(isinstance(leaf, ReLU) for leaf in leaves(network))
        per_square = parameters(network) // channels**2
        drawing.text(x, 20, name, "ink", 14, "middle", bold=True)
        sizes = _cone(drawing, x, layers[::2])
        drawing.span(x - 87, x + 87, 240, f"{sizes[-1]} cells", "see")
        drawing.text(x, 282, f"{per_square} C² weights, {relus} ReLU{'s' * (relus > 1)}", "ink", 14, "middle")
        rows.append([name, " ← ".join(map(str, sizes)), per_square, relus])
    header = ["design", "cells read, output first", "weights / C²", "ReLUs"]
    return Figure(drawing, Table(header, rows, note="C channels in and out, no biases, stride 1."))


def _cone(drawing: Drawing, x: float, layers: Sequence[Layer]) -> list[int]:
    """The cone of one unit after `layers`, and how many cells it reads of each map, the output first."""
    rows = [Row(drawing, x, 36 + 168 * depth / len(layers), 25, 25) for depth in range(len(layers) + 1)]
    ends = [(0, 0), *(_reads(layers[depth:], 0) for depth in reversed(range(len(layers))))]
    for row, (first, last) in zip(rows, ends, strict=True):
        row.fill([cell for cell in range(-3, 4) if not first <= cell <= last])
        row.fill(range(first, last + 1), "see" if row is not rows[0] else "win")
    for upper, cells, lower, reads in zip(rows, ends, rows[1:], ends[1:], strict=False):
        upper.cone(cells, lower, reads)
    return [last - first + 1 for first, last in ends]


def _reads(layers: Sequence[Layer], unit: int) -> Ends:
    """The first and the last cell, along one axis, that a unit after `layers` reads; itself if there are none."""
    cells = receptive_field(Sequential(*layers)).region(unit, unit)[0] if layers else [unit]
    if cells is None:
        raise ValueError("the unit reads the whole axis")
    return cells[0], cells[-1]


def five_3x3() -> Table:
    """Five 3×3 layers at stride 1: each adds two pixels to the side of the receptive field.

    One row for the input, whose field is 1, and one for each layer: 1 + 2 = 3, 3 + 2 = 5, 5 + 2 = 7, 7 + 2 = 9 and
    9 + 2 = 11.
    """
    rows: Rows = [["input", None, 1]]
    before = 1
    for number, (_, _, field) in enumerate(growth(Sequential(*[Conv2d(1, 1, 3, padding=1)] * 5)), 1):
        after = field.size[0] or 0
        rows.append([f"layer {number}", f"{before} + {after - before}", after])
        before = after
    return Table(["after", "computation", "receptive field"], rows, units={"receptive field": "pixels"})


DEPTH = 8


def stride_growth() -> Figure:
    """Reach against depth for 3×3 layers: linear at stride 1, exponential when stride or dilation keeps doubling.

    A plot of depth, 0 to 8 layers, across and of receptive field upwards, logarithmic. At stride 1 the field grows by 2
    a layer to 17. With stride 2 in every second layer it reaches 61. With stride 2 in every layer it doubles, plus one,
    each time and reaches 511, and dilation 1, 2, 4 and so on at stride 1 gives the very same sizes, drawn as
    dots on that line.
    """
    stacks = {
        "stride 1": [Conv2d(1, 1, 3)] * DEPTH,
        "stride 2, every second layer": [Conv2d(1, 1, 3, stride=1 + n % 2) for n in range(DEPTH)],
        "stride 2, every layer": [Conv2d(1, 1, 3, stride=2)] * DEPTH,
        "dilation 1, 2, 4, …": [Conv2d(1, 1, 3, dilation=2**n) for n in range(DEPTH)],
    }
    sizes = {name: _sizes(stack) for name, stack in stacks.items()}
    drawing = Drawing(388, 338)
    up = Axis(1, 512, [2**n for n in range(10)], "receptive field, pixels", log=True)
    plot = Plot(drawing, 40, 36, 232, 254, Axis(0, DEPTH, range(DEPTH + 1), "layers"), up)
    plot.axes()
    labels = ("stride 1", "stride 2,\nevery second\nlayer", "stride 2,\nevery layer;\ndilation\n1, 2, 4, …")
    for points, role, label in zip(sizes.values(), ("mute", "see", "win"), labels, strict=False):
        plot.curve(list(enumerate(points)), role, label)
    plot.dots(list(enumerate(sizes["dilation 1, 2, 4, …"])), "win")
    rows: Rows = [list(row) for row in zip(range(DEPTH + 1), *sizes.values(), strict=True)]
    return Figure(drawing, Table(["layers", *sizes], rows, note="3×3 layers; sizes in pixels along one axis."))


def _sizes(stack: Sequence[Layer]) -> list[int]:
    """The receptive field along one axis with the first 0, 1, 2 … layers of `stack`."""
    return [1, *(field.size[0] or 0 for _, _, field in growth(Sequential(*stack)))]


def what_one_unit_reads() -> Figure:
    """Two neighbouring units after a 3×3 layer, a 2×2 pooling with stride 2 and a 3×3 layer: 8 wide, 2 apart.

    Four rows of cells. At the bottom the input, 12 cells with a dashed cell of padding at each end; above it the first
    map, 12 cells; the pooled map, 6 cells twice as far apart, padded too; and the output, 6 cells. Unit 1 of the output
    reads pooled cells 0 to 2, cells 0 to 5 of the first map and input cells −1 to 6, the first of them padding. Unit 2
    reads input cells 1 to 8. Both fields are 8 wide, and 2 apart.
    """
    layers = [Conv2d(1, 1, 3, padding=1), MaxPool2d(2), Conv2d(1, 1, 3, padding=1)]
    names = ("input", "after the 3×3", "after the pooling", "output")
    drawing = Drawing(388, 372)
    data: Rows = []
    rows = [_map(drawing, layers[:depth], 272 - 82 * depth) for depth in range(4)]
    for row, name, count in zip(rows, names, (12, 12, 6, 6), strict=True):
        drawing.text(386, row.y - 8, name, "mute", 13, "end")
        row.fill([cell for cell in range(count) if name != "output" or cell not in (1, 2)], label=str)
        if name in ("input", "after the pooling"):
            row.pad([-1, count])
    for unit, role in ((1, "see"), (2, "win")):
        ends = [_reads(layers[depth:], unit) for depth in range(4)]
        for upper, cells, lower, reads in zip(rows[1:], ends[1:], rows, ends, strict=False):
            upper.cone(cells, lower, reads, role)
        rows[3].fill([unit], role, str)
        size = ends[0][1] - ends[0][0] + 1
        rows[0].span(ends[0], f"unit {unit}: {size} cells", role, y=310 + 32 * (unit - 1))
        for name, (first, last) in zip(names, ends, strict=True):
            data.append([unit, name, first, last, last - first + 1])
    apart = receptive_field(Sequential(*layers)).stride[0]
    rows[0].span((-1, 0), f"{apart} apart", y=342)
    return Figure(drawing, Table(["unit", "map", "first cell", "last cell", "cells"], data))


def _map(drawing: Drawing, layers: Sequence[Layer], y: float) -> Row:
    """The map after `layers`, each cell above the middle of its field."""
    axis = receptive_field(Sequential(*layers)).axes[0] if layers else None
    centre, stride = (axis.centre, axis.stride) if axis else (0, 1)
    return Row(drawing, 62 + 24 * centre, y, 24, 24 * stride)


def three_recursions() -> Table:
    """Size, step and start of the field after each layer of VGG's first block, each from the line above.

    One row for the input, with size 1, step 1 and start 0, and one for each of the three layers. A 3×3 with padding 1:
    1 + 2·1 = 3, 1·1 = 1, 0 − 1·1 = −1. Another: 5, 1, −2. The 2×2 pooling with stride 2: 5 + 1·1 = 6, 1·2 = 2, −2.
    """
    layers = {"3×3, padding 1": Conv2d(1, 1, 3, padding=1), "3×3, padding 1 again": Conv2d(1, 1, 3, padding=1),
              "2×2 pooling, stride 2": MaxPool2d(2)}  # fmt: skip
    rows: Rows = [["input", "1", "1", "0"]]
    r, j, a = 1, 1, 0
    for name, layer in layers.items():
        window = layer.windows[0]
        grown, step, moved = r + (window.span - 1) * j, j * window.stride, a - window.padding[0] * j
        rows.append(
            [
                name,
                f"{r} + {window.span - 1}·{j} = {grown}",
                f"{j}·{window.stride} = {step}",
                f"{minus(a)} − {window.padding[0]}·{j} = {minus(moved)}",
            ]
        )
        r, j, a = grown, step, moved
    return Table(["after", "size r", "step j", "start a"], rows, short=24)


def half_a_pixel() -> Figure:
    """Two ways to halve a row look at places half a pixel apart: averaging pairs, and taking every second pixel.

    Three rows of cells. In the middle the input, pixels 0 to 5. Above it the averages of two pixels each, which are
    over the gaps at 0.5, 2.5 and 4.5. Below it every second pixel, under 0, 2 and 4. Dashed lines from the
    first cell of each pass the input half a pixel apart.
    """
    drawing = Drawing(340, 208)
    average, subsample = AvgPool2d(2), Conv2d(1, 1, 1, stride=2)
    source = Row(drawing, 60, 88, 36, 40)
    above, below = (
        Row(drawing, source.middle(0) + source.pitch * _centre(layer), y, 36, 80)
        for layer, y in ((average, 20), (subsample, 156))
    )
    for unit in range(3):
        first, last = _reads([average], unit)
        above.cone((unit, unit), source, (first, last), "see")
        drawing.line(source.middle(2 * unit), source.bottom, below.middle(unit), below.y, "out")
    source.fill(range(6), "cell", str)
    above.fill(range(3), "see", str)
    below.fill(range(3), "out", str)
    drawing.line(above.middle(0), 76, above.middle(0), 136, "see", dash="4 3")
    drawing.line(below.middle(0), 76, below.middle(0), source.y, "out", dash="4 3")  # not across the cell's number
    drawing.text(above.middle(0) + 5, 144, "½ apart", "ink", 12)
    drawing.text(4, 14, "average of two pixels", "see", 13, bold=True)
    drawing.text(4, 205, "every second pixel", "out", 13, bold=True)
    drawing.text(4, 111, "input", "mute", 13)
    rows: Rows = [["average of two", _centre(average)], ["every second pixel", _centre(subsample)]]
    return Figure(drawing, Table(["path", "centre of unit 0"], rows, note="Along one axis, in pixels."))


def _centre(layer: Layer) -> float:
    """Where unit 0 after `layer` looks."""
    centre = receptive_field(layer).centre[0]
    assert centre is not None  # no layer here reads the whole axis
    return centre


EYE = (88, 72)  # row and column of the photograph that the fields are centred on
FRAMES = {3: "3", 11: "11", 49: "49", 212: "212: VGG-16", 427: "427: ResNet-50 v1.5"}


def what_fits() -> Figure:
    """What fits in a field: fields of 3, 11, 49, 212 and 427 pixels around one eye in a photograph of 224.

    A photograph of a cat's face, 224 pixels wide, with five square frames, one inside the other, all centred on one
    eye. 3 and 11 pixels lie inside the pupil, 49 hold the eye, 212 reach from the forehead to the mouth and over the
    left edge of the photograph, and 427 are nearly twice as wide as the photograph, with nothing to see outside.
    """
    drawing, scale, low = Drawing(340, 340), 0.775, (-126, -143)
    x, y = -low[1] * scale, -low[0] * scale
    drawing.picture(x, y, 224 * scale, 224 * scale, webp=photo())
    drawing.rect(x, y, 224 * scale, 224 * scale, None, "edge")
    rows: Rows = []
    for size, name in FRAMES.items():
        top, left = (place - size // 2 for place in EYE)
        box = (left - low[1]) * scale, (top - low[0]) * scale
        drawing.rect(*box, size * scale, size * scale, None, "win", 2, radius=0)
        inside = _overlap(top, size) * _overlap(left, size)
        rows.append([size, inside, inside / size**2])
        if size > 20:
            drawing.rect(box[0], box[1] - 18 * (size < 400), 8.2 * len(name) + 6, 18, "bench", radius=0)
            drawing.text(box[0] + 4, box[1] + 14 - 18 * (size < 400), name, "win", 13, bold=True)
    note = f"{credit('chelsea')}, cut to a square and scaled to 224 pixels."
    header = ["field", "pixels on the photograph", "share of the field"]
    return Figure(drawing, Table(header, rows, formats={"share of the field": ".0%"}, note=note))


WINDOWS = {
    3: "a corner, a piece of an edge",
    5: "a longer edge, a junction",
    11: "the loop of a 6, the crossing of a 4",
}
LARGER = {49: "an eye, a nose, a small object", 500: "the whole picture"}
LOOP, CROSSING = (16, 17), (17, 16)  # row and column of the middles of the windows, in the 6 and the 4 that are kept


def lecture_windows() -> Figure:
    """The lecture's windows of 3, 5 and 11 pixels, on two handwritten digits of 28 pixels: loop and crossing.

    Left a handwritten 6 with a square of 11 pixels around its loop. Right a 4, with squares of 11, 5 and 3 pixels, one
    inside the other, around the place where its bar meets its stroke: the largest holds this crossing, that of 5 a
    corner, that of 3 hardly more than the end of the bar.
    """
    drawing, pitch = Drawing(360, 200), 6.0
    for left, digit, middle, sizes in ((4.0, 6, LOOP, (11,)), (188.0, 4, CROSSING, (11, 5, 3))):
        drawing.picture(left, 26, 28 * pitch, 28 * pitch, exact(np.repeat(_digit(digit)[..., None], 3, 2)))
        drawing.text(left, 18, f"a {digit}: " + ", ".join(map(str, sizes)), "win", 13, bold=True)
        for size in sizes:
            top, start = (at - size // 2 for at in middle)
            drawing.rect(left + start * pitch, 26 + top * pitch, size * pitch, size * pitch, None, "win", 2, radius=0)
    rows: Rows = [[size, what, "digit, 28", size / 28] for size, what in WINDOWS.items()]
    rows += [[size, what, "photograph, 224", size / 224] for size, what in LARGER.items()]
    note = f"What fits is the lecture’s list. {CREDIT} Kept by {card('walk-samples')['command']}."
    header = ["window", "what fits", "in a picture of", "of its side"]
    return Figure(drawing, Table(header, rows, formats={"of its side": ".0%"}, note=note))


def _digit(which: int) -> Pixels:
    """A test digit, (28, 28), from 0 to 1."""
    images, labels = samples()
    assert labels[which] == which
    digit: Pixels = images[which] / 255
    return digit


def _overlap(first: int, size: int) -> int:
    """How many of `size` cells from `first` on lie on the photograph."""
    return min(224, first + size) - max(0, first)


VARIANTS = {  # stride of the 1×1 and of the 3×3 of a block that is the first, or the last, of a stage that halves
    "v1": ("first", 2, 1),
    "TF-Slim": ("last", 1, 2),
    "v1.5": ("first", 1, 2),
}


def vgg16_by_hand() -> Table:
    """The field of VGG-16, block by block: what its convolutions and its pooling add.

    One row for each of the five blocks: the step between units when the block begins, what its convolutions of 3×3 add,
    each of them twice the step, what its pooling adds, once the step, and the sum with the field before it: 6, 16, 44,
    100 and at the end 212 pixels.
    """
    rows: Rows = []
    field, step = 1, 1
    for block, depth in enumerate((2, 2, 3, 3, 3), 1):
        convolutions = depth * 2 * step
        after = field + convolutions + step
        sums = f"{field} + {convolutions} + {step} = {after}"
        rows.append([block, step, f"{depth} · {2 * step}", step, sums])
        field, step = after, 2 * step
    return Table(["block", "step", "3×3 add", "pooling adds", "field after it"], rows, short=20)


def resnet50_variants() -> Table:
    """Three networks called ResNet-50: where each has its stride of 2, and what its units see at the end of each stage.

    Rows for the ends of stages conv2 to conv5, with the side of a unit's receptive field in pixels. Version 1, with the
    stride on the first 1×1 of a stage: 35, 99, 291, 483. TF-Slim, with the stride on the last 3×3 of the stage before:
    the same. Version 1.5, with the stride on the first 3×3 of a stage: 35, 91, 267, 427.
    """
    ends = [_stage_ends(variant) for variant in VARIANTS]
    rows: Rows = [[f"conv{number}", *sizes] for number, *sizes in zip(range(2, 6), *ends, strict=True)]
    header = ["end of stage", "v1: first 1×1", "TF-Slim: last 3×3 before", "v1.5: first 3×3"]
    note = "Pixels along one axis. No shortcut sees further than the branch beside it."
    return Table(header, rows, note=note)


def _stage_ends(variant: str) -> list[int | None]:
    """The receptive fields at the ends of ResNet-50's four stages of bottleneck blocks."""
    where, one, three = VARIANTS[variant]
    parts: list[Layer] = [Conv2d(3, 8, 7, stride=2, padding=3), MaxPool2d(3, stride=2, padding=1)]
    ends = []
    for stage, blocks in enumerate((3, 4, 6, 3)):
        for number in range(blocks):
            halves = stage > 0 and number == 0 if where == "first" else stage < 3 and number == blocks - 1
            a, b = (one, three) if halves else (1, 1)
            body = Sequential(Conv2d(8, 8, 1, a), Conv2d(8, 8, 3, b, padding=1), Conv2d(8, 8, 1))
            parts.append(Residual(body, Conv2d(8, 8, 1, a * b)))
        ends.append(receptive_field(Sequential(*parts)).size[0])
    return ends


def paths_through_three_3x3() -> Figure:
    """Paths from one output to the input through three 3×3 layers, along one axis: the middle pixel has seven of 27.

    Four rows of cells in a triangle that opens downwards: 1, then 1 1 1, then 1 2 3 2 1, then the input cells with
    1, 3, 6, 7, 6, 3 and 1. Each number is the sum of those above it that the layer joins to it. Bars below give the
    shares of the 27 paths: 3.7, 11.1, 22.2, 25.9, 22.2, 11.1 and 3.7 per cent.
    """
    drawing, top, pitch = Drawing(388, 426), 14, 66
    levels = [np.ones((1, 1), dtype=int)]
    for _ in range(3):
        levels.append(correlate2d(levels[-1], np.ones((1, 3), dtype=int), padding=(0, 2)))
    counts = [level[0].tolist() for level in levels]
    rows = [Row(drawing, 194, top + pitch * depth, 36, 50) for depth in range(4)]
    for depth, (row, lower) in enumerate(pairwise(rows)):
        for cell, tap in product(range(-depth, depth + 1), (-1, 0, 1)):
            drawing.line(row.middle(cell), row.bottom, lower.middle(cell + tap), lower.y)
    for depth, row in enumerate(rows):
        for cell, count in zip(range(-depth, depth + 1), counts[depth], strict=True):
            row.fill([cell], "see" if depth else "win")
            row.print(cell, count, "bench")
    total = sum(counts[3])
    data: Rows = [
        [cell, *(level[cell + n] if abs(cell) <= n else None for n, level in enumerate(counts) if n), share / total]
        for cell, share in zip(range(-3, 4), counts[3], strict=True)
    ]
    for cell, share in zip(range(-3, 4), (count / total for count in counts[3]), strict=True):
        height = 320 * share
        drawing.rect(rows[3].left(cell), 382 - height, 36, height, "see")
        drawing.text(rows[3].middle(cell), 376 - height, f"{share:.1%}", "ink", 13, "middle")
    drawing.line(26, 382, 362, 382)
    drawing.text(194, 410, f"share of the {total} paths that ends at each input cell", "mute", 13, "middle")
    header = ["cell", "paths, 1 layer", "2 layers", "3 layers", "share"]
    return Figure(drawing, Table(header, data, formats={"share": ".1%"}, note="Cells count from the middle."))


def grower() -> Widget:
    """One unit at the top, and every unit and pixel that it can depend on. Drag across the figure to move the unit.

    Five bars, the output above and the input of 224 pixels below. One cell of layer 4 is marked; below it 3 cells of
    layer 3, 5 of layer 2, 11 of layer 1 and 27 pixels of the input form a cone that opens downwards. At the foot, a
    photograph of a cat's face with a frame of 27×27 pixels between its eyes.
    """
    return rf_grower.grower("7s2-p3s2-3-3_i224")
