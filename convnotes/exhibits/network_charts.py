"""Charts of networks as published: made larger along one axis or three, changed step by step, counted by part."""

from collections.abc import Sequence

from convnotes.architectures.efficientnet import efficientnet
from convnotes.cost import macs
from convnotes.drawing.kinds import Figure, Rows, Table
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.svg import Drawing

# Tan & Le, table 7: what was made larger, factors of depth, width and resolution, FLOPS as printed (billions of MACs),
# top-1 accuracy on ImageNet in per cent.
SCALED: tuple[tuple[str, float, float, float, float, float], ...] = (
    ("B0", 1, 1, 1, 0.4, 77.3),
    ("depth × 4", 4, 1, 1, 1.8, 79.0),
    ("width × 2", 1, 2, 1, 1.8, 78.9),
    ("resolution × 2", 1, 1, 2, 1.9, 79.1),
    ("all three", 1.4, 1.2, 1.3, 1.8, 81.1),
)


def scaled() -> Figure:
    """Top-1 accuracy of B0 and of four larger networks made of it, a row for each."""
    drawing = Drawing(348, 224)
    across = Axis(76.5, 82, [77, 78, 79, 80, 81, 82], "top-1 accuracy, %", spec="g")
    plot = _in_rows(drawing, 108, 150, [row[0] for row in SCALED], across)
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


def _in_rows(drawing: Drawing, x: float, height: float, names: Sequence[str], across: Axis) -> Plot:
    """A plot with a row for each name, the first on top; row n is at -n."""
    levels = [-row for row in range(len(names))]
    up = Axis(0.6 - len(names), 0.6, levels, "", names=names)
    plot = Plot(drawing, x, 30, drawing.width - x - 10, height, across, up)
    plot.axes()
    return plot
