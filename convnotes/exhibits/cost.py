"""Exhibits of the chapter on cost. Weights are counted without biases, MACs with the taps that fall on padding."""

from math import prod

from convnotes.cost import activations, macs, parameters
from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive import params
from convnotes.layers import Conv2d, Linear, Sequential
from convnotes.receptive_field import receptive_field
from convnotes.shapes import output_shape
from convnotes.window import Layer


def conv_against_dense() -> Table:
    """The ImageNet stem and two layers that compute maps of the same shape without sharing, and without locality.

    Three layers from (3, 224, 224) to (64, 112, 112). The convolution has 9,408 weights and takes 118,013,952 MACs. The
    locally connected layer takes as many MACs and has a weight for each, 12,544 times as many. The dense layer has
    120,846,286,848 weights and as many MACs, 1,024 times the convolution's.
    """
    source = (3, 224, 224)
    stem = Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)
    dense = Linear(prod(source), prod(output_shape(stem, source)), bias=False)
    work, shared = macs(stem, source), parameters(stem)
    counts = {
        "convolution": (shared, work),
        "locally connected": (work, work),  # every multiplication with a weight of its own
        "dense": (parameters(dense), macs(dense, (prod(source),))),
    }
    rows: Rows = [[name, held, held // shared, used, used // work] for name, (held, used) in counts.items()]
    note = (
        "All three turn (3, 224, 224) into (64, 112, 112). The locally connected layer looks through the same windows, "
        "but has other weights at every place; the dense layer joins every input to every output. No biases."
    )
    return Table(["layer", "weights", "weights, ratio", "MACs", "MACs, ratio"], rows, note=note)


def doubling_channels() -> Table:
    """Twice the channels on half the side: MACs stay, weights quadruple, activations halve.

    Four 3×3 convolutions from C to C channels: 64 channels at 56 × 56, 128 at 28 × 28, 256 at 14 × 14, 512 at 7 × 7.
    The weights grow from 36,864 by a factor of 4 at each step, the MACs are 115,605,504 in every row, and the
    activations fall from 200,704 to half at each step.
    """
    rows: Rows = []
    for channels, side in ((64, 56), (128, 28), (256, 14), (512, 7)):
        layer, shape = _conv(channels, channels, 3), (channels, side, side)
        rows.append([channels, f"{side} × {side}", parameters(layer), macs(layer, shape), activations(layer, shape)])
    note = "3×3 convolutions from C to C channels, padding 1, no bias. Activations: the numbers in the output."
    return Table(["C", "map", "weights", "MACs", "activations"], rows, note=note)


CHANNELS = [16, 32, 64, 128, 256, 512, 1024]


def competing_designs() -> Figure:
    """Weights of five designs from C to C channels. Compare like with like: the first two reach 7 pixels, the rest 3.

    A plot with logarithmic axes: channels C from 16 to 1,024 across, weights upwards. Five rising lines. From the top
    at C = 1,024: one 7×7 with 51,380,224 weights, three 3×3 with 28,311,552, both of reach 7; one 3×3 with 9,437,184, a
    bottleneck at a quarter of the width with 1,114,112 and a depthwise separable 3×3 with 1,057,792, all of reach 3.
    Four lines are parallel; the depthwise separable one starts above the bottleneck, at 400 weights against 272 for
    C = 16, and ends below it.
    """
    drawing = Drawing(388, 362)
    names = ["100", "1 k", "10 k", "100 k", "1 M", "10 M", "100 M"]
    across = Axis(16, 1024, CHANNELS[::2], "channels C", log=True)
    up = Axis(1e2, 1e8, [10**n for n in range(2, 9)], "weights", log=True, names=names)
    plot = Plot(drawing, 48, 36, 184, 278, across, up)
    plot.axes()
    look = {"one 7×7": ("win", -6), "three 3×3": ("see", 1), "one 3×3": ("mute", 2)}
    look |= {"bottleneck": ("out", -9), "separable": ("ink", 8)}
    rows: Rows = [[channels] for channels in CHANNELS]
    for name, (role, dy) in look.items():
        counts = [parameters(_design(name, channels), bias=False) for channels in CHANNELS]
        for row, count in zip(rows, counts, strict=True):
            row.append(count)
        reach = receptive_field(_design(name, 16)).size[0]
        plot.curve(list(zip(CHANNELS, counts, strict=True)), role, f"{name}, reach {reach}", dy)
    note = "Reach in pixels along one axis. Bottleneck: 1×1 to C/4, 3×3, 1×1 to C. Separable: depthwise 3×3, then 1×1."
    return Figure(drawing, Table(["C", *look], rows, note=note + " No biases."))


def _design(name: str, c: int) -> Layer:
    """The design called `name`, from `c` to `c` channels."""
    match name:
        case "one 7×7":
            return _conv(c, c, 7)
        case "three 3×3":
            return Sequential(*[_conv(c, c, 3)] * 3)
        case "one 3×3":
            return _conv(c, c, 3)
        case "bottleneck":
            return Sequential(_conv(c, c // 4, 1), _conv(c // 4, c // 4, 3), _conv(c // 4, c, 1))
        case "separable":
            return Sequential(Conv2d(c, c, 3, padding=1, groups=c, bias=False), _conv(c, c, 1))
    raise ValueError(f"no design {name!r}")


def three_3x3_saving() -> Table:
    """Three 3×3 layers against one 7×7 of the same reach: 27 C² weights against 49 C², at any width 44.9 % fewer.

    Rows for C = 64, 128, 256 and 512 channels, with the weights of one 7×7, of three 3×3, and what is saved: 90,112,
    360,448, 1,441,792 and 5,767,168 weights, 44.9 per cent each time.
    """
    rows: Rows = []
    for c in (64, 128, 256, 512):
        one, three = (parameters(_design(name, c)) for name in ("one 7×7", "three 3×3"))
        rows.append([c, one, three, one - three, (one - three) / one])
    header = ["C", "one 7×7: 49 C²", "three 3×3: 27 C²", "saved: 22 C²", "saved"]
    return Table(header, rows, formats={"saved": ".1%"}, note="Weights without biases, C → C channels.")


def _conv(in_channels: int, out_channels: int, kernel_size: int) -> Conv2d:
    return Conv2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2, bias=False)


def explorer() -> Widget:
    """Five designs from C channels to C that see equally far, as squares whose areas are their parameters.

    Five squares for 256 channels and a field of 7×7: one 7×7 layer the largest, three 3×3 layers a little over half its
    area, then the bottleneck, the grouped and the depthwise separable design, each much smaller.
    """
    return params.explorer("c256_k7_n14")
