"""Exhibits of the chapter on the effective receptive field: everything here is measured when the notes are built."""

from convnotes.drawing.kinds import Figure, Rows, Table
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.raster import encoded, heat
from convnotes.drawing.svg import Drawing
from convnotes.experiments import colour_fields
from convnotes.experiments.effective_receptive_field import Effective, Map
from convnotes.experiments.random_stacks import RUNS, Stack, ding, luo

DEPTHS = (5, 10, 20, 40)


def stack_maps() -> Figure:
    """Four stacks of 3×3 layers with random weights, at one scale: the theoretical field, and what counts in it.

    Four squares side by side, for 5, 10, 20 and 40 layers, with sides of 11, 21, 41 and 81 pixels. In the middle of
    each glows a round spot that fades to black long before the frame. A ring marks twice the standard deviation. The
    frame grows by a factor of more than seven from first to last, the ring by less than three.
    """
    scale, gap = 1.9, 14.0
    drawing = Drawing(sum(2 * depth + 1 for depth in DEPTHS) * scale + 3 * gap + 8, 81 * scale + 80)
    x, rows = 4.0, []
    for depth in DEPTHS:
        found, side = luo(Stack(depth)), (2 * depth + 1) * scale
        assert found.sigma is not None  # Luo's protocol always has it
        _spot(drawing, x, 30, side, found.map, 2 * found.sigma.mean * scale)
        drawing.text(x, 20, f"{depth} layers" if depth == DEPTHS[-1] else depth, "ink", 13, bold=True)
        drawing.text(x, 30 + side + 17, f"{2 * depth + 1} px" if depth == DEPTHS[-1] else 2 * depth + 1, "mute", 12)
        rows.append([depth, 2 * depth + 1, *found.sigma, found.size])
        x += side + gap
    drawing.text(x - gap, 81 * scale + 72, "frame: theoretical field · ring: 2 standard deviations", "mute", 12, "end")
    header = ["layers", "field", "σ", "σ low", "σ high", "size (Luo)"]
    return Figure(drawing, Table(header, rows, note=_PROTOCOL))


def depth_table() -> Table:
    """Theory and measurement: the spread of the effective field of a stack of 3×3 layers follows √(2L/3).

    Rows: 5, 10, 20 and 40 layers. Columns: side of the theoretical field, the predicted standard deviation, the
    measured one without and with ReLU, and the share of the field that four standard deviations span. Prediction and
    measurement agree within the intervals or nearly so; the share falls from about two thirds to a quarter.
    """
    rows: Rows = []
    for depth in DEPTHS:
        stack = Stack(depth)
        linear, rectified = (luo(Stack(depth, relu=relu)).sigma for relu in (False, True))
        assert stack.sigma and linear and rectified  # neither skips nor the other protocol
        share = 4 * rectified.mean / stack.field
        rows.append([depth, stack.field, stack.sigma, f"{linear:.2f}", f"{rectified:.2f}", share])
    return Table(
        ["layers", "field", "√(2L/3)", "σ, linear", "σ, ReLU", "4σ of the field"],
        rows,
        formats={"√(2L/3)": ".2f", "4σ of the field": ".0%"},
        note=_PROTOCOL,
    )


def growth_with_depth() -> Figure:
    """The theoretical field grows with the depth, the effective one with its root: measured dots on the curve 4√(2L/3).

    Both axes are logarithmic: depth from 4 to 48 layers, pixels from 5 to 100. A straight line, the theoretical field,
    climbs from 11 to 81. A line half as steep, four predicted standard deviations, climbs from 7 to 21. The measured
    dots lie on it.
    """
    drawing = Drawing(380, 320)
    axes = (
        Axis(4, 48, [5, 10, 20, 40], "layers of 3×3", log=True),
        Axis(5, 100, [5, 10, 20, 50, 100], "pixels", log=True),
    )
    plot = Plot(drawing, 36, 40, 246, 220, *axes)
    plot.axes()
    plot.curve([(depth, 2 * depth + 1) for depth in DEPTHS], "see", "theoretical")
    plot.curve([(depth, 4 * (2 * depth / 3) ** 0.5) for depth in DEPTHS], "win", "4√(2L/3)")
    sigmas = [luo(Stack(depth)).sigma for depth in DEPTHS]
    measured = [(depth, 4 * sigma.mean) for depth, sigma in zip(DEPTHS, sigmas, strict=True) if sigma]
    plot.dots(measured, "ink")
    rows: Rows = [[d, 2 * d + 1, 4 * (2 * d / 3) ** 0.5, value] for d, value in measured]
    return Figure(drawing, Table(["layers", "theoretical", "4√(2L/3)", "4σ measured"], rows, note=_PROTOCOL))


def designs() -> Table:
    """Five ways to a theoretical field of about 41 pixels, and how much of it counts.

    Rows: twenty 3×3 layers; ten of 5×5; ten of 3×3 with dilation 2; ten of 3×3 of which the first has stride 2; twenty
    3×3 with skips. Columns: theoretical field, predicted and measured standard deviation. Fewer, larger or dilated
    kernels and an early stride spread the effective field; skips shrink it to little more than half.
    """
    kinds = {
        "twenty 3×3": Stack(20),
        "ten 5×5": Stack(10, kernel_size=5),
        "ten 3×3, dilation 2": Stack(10, dilation=2),
        "ten 3×3, the first with stride 2": Stack(10, first_stride=2),
        "twenty 3×3, with skips": Stack(20, skip=True),
    }
    found = {name: (stack, luo(stack).sigma) for name, stack in kinds.items()}
    rows: Rows = [[name, stack.field, stack.sigma, f"{sigma:.2f}"] for name, (stack, sigma) in found.items() if sigma]
    return Table(["design", "field", "σ predicted", "σ measured"], rows, formats={"σ predicted": ".2f"}, note=_PROTOCOL)


def two_protocols() -> Table:
    """The same random stacks under both protocols; RepLKNet's number depends on the scale of the gradients as well.

    Rows: 5, 10, 20 and 40 layers with ReLU. Columns: theoretical field, Luo's size, the side of RepLKNet's square that
    holds 99 %, and the same with every gradient multiplied by ten thousand. From 20 layers on, no two of the
    numbers agree.
    """
    rows: Rows = [
        [d, 2 * d + 1, luo(Stack(d)).size, int(ding(Stack(d)).size), int(ding(Stack(d), scale=1e4).size)]
        for d in DEPTHS
    ]
    return Table(
        ["layers", "field", "Luo 2016, size", "RepLKNet 2022, 99 %", "RepLKNet, gradients × 10⁴"],
        rows,
        formats={"Luo 2016, size": ".1f"},
        note=f"{RUNS} random networks each, seed 0. Luo: root of the number of pixels whose mean |gradient| exceeds "
        "1 − 0.9545 of the middle's. RepLKNet: clipped, summed over channels, mean over images, log₁₀(x + 1), smallest "
        "centred square.",
    )


def before_and_after_training() -> Figure:
    """A unit of the fifth layer of the colour network, before and after training: what counts of its 87 pixels.

    Two squares with a frame of 87 pixels each. Left, before training, a compact bright spot; right, after training, a
    spot of another width with structure. Rings mark twice the standard deviation.
    """
    scale = 1.85
    side = colour_fields.theoretical("conv5").size * scale
    drawing = Drawing(2 * side + 18, side + 58)
    for x, title, trained in ((3.0, "before training", False), (side + 15, "after training", True)):
        found = colour_fields.effective("conv5", trained)
        assert found.sigma is not None  # Luo's protocol always has it
        _spot(drawing, x, 30, side, found.map, 2 * found.sigma.mean * scale)
        drawing.text(x, 20, title, "ink", 13, bold=True)
        drawing.text(x, side + 50, f"σ = {found.sigma:.2f} px", "mute", 12)
    return Figure(drawing, layers_before_and_after())


def layers_before_and_after() -> Table:
    """The standard deviation of the effective field, layer by layer, before and after training.

    Rows: the five convolutions of the colour network. Columns: theoretical field, then σ before and after training with
    intervals, and Luo's size before and after.
    """
    rows: Rows = []
    for layer in colour_fields.LAYERS:
        before, after = (colour_fields.effective(layer, trained) for trained in (False, True))
        field = colour_fields.theoretical(layer).size
        rows.append([layer, field, _sigma(before), _sigma(after), before.size, after.size])
    return Table(
        ["layer", "field", "σ before", "σ after", "size before", "size after"],
        rows,
        formats={"size before": ".1f", "size after": ".1f"},
        note="Luo 2016, 20 random crops of seven bundled photographs; one trained network (seed 0), 20 untrained ones. "
        "± is the 95 % interval of the mean over crops.",
    )


_PROTOCOL = (
    f"Luo 2016: {RUNS} random networks, Gaussian weights, random images, seed 0; σ from squared gradients, ± the 95 % "
    "interval of the mean."
)


def _spot(drawing: Drawing, x: float, y: float, side: float, map: Map, radius: float) -> None:
    """A heat map in its frame, with a ring."""
    drawing.picture(x, y, side, side, encoded(heat(map)))
    drawing.rect(x, y, side, side, None, "edge")
    drawing.ring(x + side / 2, y + side / 2, radius, "win")


def _sigma(found: Effective) -> str:
    assert found.sigma is not None  # Luo's protocol always has it
    return f"{found.sigma:.2f}"
