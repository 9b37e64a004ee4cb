"""Charts of networks as published: made larger along one axis or three, changed step by step, counted by part."""

from collections.abc import Sequence

from convnotes.architectures import find
from convnotes.architectures.efficientnet import efficientnet
from convnotes.cost import macs, parameters
from convnotes.drawing.kinds import Cell, Figure, Rows, Table
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.svg import Drawing
from convnotes.ledger import ledger

# Tan & Le, table 7: what was made larger, factors of depth, width and resolution, FLOPS as printed (billions of MACs),
# top-1 accuracy on ImageNet in per cent.
SCALED: tuple[tuple[str, float, float, float, float, float], ...] = (
    ("B0", 1, 1, 1, 0.4, 77.3),
    ("depth × 4", 4, 1, 1, 1.8, 79.0),
    ("width × 2", 1, 2, 1, 1.8, 78.9),
    ("resolution × 2", 1, 1, 2, 1.9, 79.1),
    ("all three", 1.4, 1.2, 1.3, 1.8, 81.1),
)

# Liu et al., 2022, table 10: the step in our words, top-1 accuracy on ImageNet in per cent (mean of three seeds), its
# standard deviation, billions of MACs. Kernels that were tried and not taken are left out.
STEPS: tuple[tuple[str, float, float | None, float], ...] = (
    ("ResNet-50", 76.13, None, 4.09),
    ("new training", 78.82, 0.07, 4.09),
    ("3, 3, 9, 3 blocks", 79.36, 0.07, 4.53),
    ("4×4 patches", 79.51, 0.18, 4.42),
    ("depthwise 3×3", 78.28, 0.08, 2.35),
    ("96 channels", 80.50, 0.02, 5.27),
    ("wide middle", 80.64, 0.03, 4.64),
    ("depthwise first", 79.92, 0.08, 4.07),
    ("7×7", 80.57, 0.14, 4.15),
    ("GELU", 80.62, 0.14, 4.15),
    ("one activation", 81.27, 0.06, 4.15),
    ("one norm", 81.41, 0.09, 4.15),
    ("layer norm", 81.47, 0.09, 4.46),
    ("halving layers", 81.97, 0.06, 4.49),
)
SWIN_T = 81.30


def scaled() -> Figure:
    """Top-1 accuracy of B0 and of four larger networks made of it, a row for each."""
    drawing = Drawing(348, 218)
    across = Axis(76.5, 82, [77, 78, 79, 80, 81, 82], "top-1 accuracy, %", spec="g")
    plot = _in_rows(drawing, (108, 24, 230, 150), [row[0] for row in SCALED], across)
    start, top = plot.at((SCALED[0][-1], plot.up.high))
    drawing.line(start, top, start, plot.y + plot.height, "mute", dash="4 3")
    for row, (name, *_, accuracy) in enumerate(SCALED):
        role = "mute" if name == "B0" else "win" if name == "all three" else "see"
        x, y = plot.at((accuracy, -row))
        drawing.line(start, y, x, y, role, 2)
        drawing.dot(x, y, fill=role)
        drawing.text(x + 9, y + 4.5, f"{accuracy:.1f}", "ink", 13)
    rows: Rows = []
    for name, depth, width, resolution, printed, accuracy in SCALED:
        side = round(224 * resolution)
        counted = macs(efficientnet(width, depth, 0.2), (3, side, side)) / 1e9
        rows.append([name, depth, width, resolution, printed, counted, accuracy])
    header = ["made larger", "depth", "width", "resolution", "printed", "computed", "top-1"]
    note = (
        "Tan & Le, table 7: ImageNet validation set. Printed: what the paper calls FLOPS. Computed: MACs of B0's "
        "layers with these factors, blocks rounded up; for one axis they are fewer than printed, and the paper does "
        "not say how it counted."
    )
    units = {"printed": "G MACs", "computed": "G MACs", "top-1": "%"}
    formats = {"depth": "g", "width": "g", "resolution": "g", "printed": ".1f", "computed": ".2f", "top-1": ".1f"}
    return Figure(drawing, Table(header, rows, units, formats, note=note))


def roadmap() -> Figure:
    """Top-1 accuracy after each step from a ResNet-50 to ConvNeXt-T, downwards, with Swin-T's as a line."""
    drawing = Drawing(348, 386)
    across = Axis(75.5, 82.4, [76, 78, 80, 82], "top-1 accuracy, %", spec="g")
    plot = _in_rows(drawing, (124, 30, 180, 312), [step[0] for step in STEPS], across)
    swin, top = plot.at((SWIN_T, plot.up.high))
    drawing.line(swin, top, swin, plot.y + plot.height, "neg", dash="4 3")
    drawing.text(swin, top - 8, f"Swin-T: {SWIN_T:.1f}", "neg", 13, "middle", bold=True)
    points = [(accuracy, -float(row)) for row, (_, accuracy, *_) in enumerate(STEPS)]
    plot.curve(points, "edge")
    for point, before in zip(points, [points[0], *points], strict=False):
        plot.dots([point], "neg" if point[0] < before[0] else "see")
        drawing.text(drawing.width - 4, plot.at(point)[1] + 4.5, f"{point[0]:.1f}", "ink", 13, "end")
    rows: Rows = [[name, accuracy, spread, work] for name, accuracy, spread, work in STEPS]
    note = (
        "Liu et al., 2022, table 10: ImageNet validation set, mean and standard deviation of three seeds; the first "
        "row is quoted there from PyTorch. Swin-T has 81.30 % and 4.50 G MACs. Each row keeps the steps above it."
    )
    header, units = ["step", "top-1", "deviation", "work"], {"top-1": "%", "work": "G MACs"}
    formats = dict.fromkeys(header[1:], ".2f")
    return Figure(drawing, Table(header, rows, units, formats, note=note))


def _in_rows(drawing: Drawing, frame: tuple[float, float, float, float], names: Sequence[str], across: Axis) -> Plot:
    """A plot in `frame` (x, y, width, height) with a row for each name, the first on top; row n is at -n."""
    levels = [-row for row in range(len(names))]
    plot = Plot(drawing, *frame, across, Axis(0.6 - len(names), 0.6, levels, "", names=names))
    plot.axes()
    return plot


def parameters_of_squeezenet() -> Figure:
    """Bars: AlexNet and SqueezeNet, head and rest; below, enlarged, SqueezeNet by kind of layer."""
    drawing, rows = Drawing(348, 302), list[list[Cell]]()
    drawing.text(0, 14, "head and rest, on one scale", "ink", 13, bold=True)
    for number, (title, name) in enumerate((("AlexNet", "alexnet"), ("SqueezeNet", "squeezenet-1.0"))):
        head, whole = parameters(find(name).part("head")[0]), parameters(find(name).network)
        for lower, (part, count) in enumerate((("head", head), ("rest", whole - head))):
            y = 24 + 26 * (2 * number + lower)
            _bar(drawing, y, f"{title}, {part}", count, 140 / 58.7e6, "neg" if part == "head" else "see")
            rows.append([title, part, count, count / whole])
    drawing.text(0, 156, "SqueezeNet by kind of layer, enlarged", "ink", 13, bold=True)
    for number, (kind, count) in enumerate(by_kind("squeezenet-1.0").items()):
        _bar(drawing, 166 + 26 * number, kind, count, 140 / 0.56e6, "neg" if kind == "last 1×1" else "see")
        rows.append(["SqueezeNet", kind, count, count / whole])
    header, note = ["network", "part", "parameters", "share"], "Counted from the layers, with biases. SqueezeNet 1.0."
    return Figure(drawing, Table(header, rows, formats={"share": ".0%"}, note=note))


def _bar(drawing: Drawing, y: float, name: str, count: int, scale: float, paint: str) -> None:
    drawing.text(0, y + 14, name, "ink", 13)
    drawing.rect(130, y, max(1, scale * count), 18, paint)
    drawing.text(130 + scale * count + 6, y + 14, f"{count / 1e6:.2f} M", "ink", 13)


def by_kind(name: str) -> dict[str, int]:
    """Parameters of a SqueezeNet by the kind of layer that holds them, most first."""
    kinds = {"three": "3×3", "head": "last 1×1", "squeeze": "squeezing 1×1", "one": "expanding 1×1", "conv1": "stem"}
    found = dict.fromkeys(kinds.values(), 0)
    for entry in ledger(name).entries:
        if entry.parameters:
            found[next(kind for part, kind in kinds.items() if part in entry.name.split("."))] += entry.parameters
    return found
