"""Exhibits of the chapter on cost. Weights are counted without biases, MACs with the taps that fall on padding."""

from math import prod

from convnotes.cost import activations, macs, parameters
from convnotes.drawing.kinds import Figure, Rows, Table
from convnotes.drawing.svg import Drawing
from convnotes.layers import Conv2d, Linear
from convnotes.shapes import output_shape

BACK = 9  # pixels by which each map of a stack is behind the one before it


def counted_by_hand() -> Figure:
    """Each output number is written by a filter that reads through all input channels: here 3 · 3 · 3 = 27 weights.

    Left, three maps of six by six, one behind the other, each with the same three by three window filled. In the middle
    two filters, each a stack of three kernels of three by three. Right two output maps of four by four, in each of
    which one cell is filled. Lines lead from the windows to the filters, and from each filter to its own map.
    """
    layer, shape = Conv2d(3, 2, 3, bias=False), (3, 6, 6)
    drawing = Drawing(340, 244)
    for x, name in ((60, "3 maps, 6×6"), (192, "2 filters"), (292, "2 maps, 4×4")):
        drawing.text(x, 16, name, "ink", 13, "middle", bold=True)
    _stack(drawing, 6, 88, 3, 6, 15, "see")
    for top in (44, 150):
        drawing.path([(110, 118), (158, top + 20)], stroke="edge", line=1)
        drawing.path([(226, top + 20), (256, top + 20)], stroke="edge", line=1)
        _stack(drawing, 162, top + BACK * 2, 3, 3, 15, "win")
        drawing.text(193, top + 84, "3·3·3 = 27", "win", 13, "middle", bold=True)
        drawing.grid(260, top - 4, 4, 4, 16, lambda i, j: "out" if (i, j) == (1, 1) else "cell")
        drawing.text(292, top + 84, "16 numbers", "out", 13, "middle", bold=True)
    weights, work, wrote = parameters(layer), macs(layer, shape), activations(layer, shape)
    rows: Rows = [["one filter", 27, 27 * 16, 16], ["the layer: two of them", weights, work, wrote]]
    return Figure(drawing, Table(["part", "weights", "MACs", "activations"], rows, note="No biases."))


def _stack(drawing: Drawing, x: float, y: float, count: int, cells: int, side: float, role: str) -> None:
    """Maps of `cells` by `cells`, one behind the other, with a 3×3 window of `role` at the same place in each."""
    first = (cells - 3) // 2
    for depth in reversed(range(count)):
        left, top = x + BACK * depth, y - BACK * depth
        drawing.rect(left - 1, top - 1, cells * side + 2, cells * side + 2, "bench", "edge", 1, radius=1)
        for i in range(cells):
            for j in range(cells):
                inside = first <= i < first + 3 and first <= j < first + 3
                look, shade = (role, 0.75) if inside else ("cell", 1)
                drawing.rect(left + j * side + 1, top + i * side + 1, side - 2, side - 2, look, opacity=shade)


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
