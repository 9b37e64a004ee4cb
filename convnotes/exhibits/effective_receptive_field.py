"""Exhibits of the chapter on the effective receptive field: everything here is measured when the notes are built."""

from typing import Any

import numpy as np

from convnotes.drawing.kinds import Cell, Figure, Rows, Table, Widget
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.raster import Gallery, Panel, Pixels, exact, heat, lighted, mosaic
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive import sees as seen
from convnotes.experiments import colour_fields, lite0, results, weights
from convnotes.experiments.effective_receptive_field import Effective, Map
from convnotes.experiments.photographs import credit
from convnotes.experiments.random_stacks import RUNS, Stack, covered, ding, luo

DEPTHS = (5, 10, 20, 40)
FRAME = (1.0, 0.62, 0.1)  # the frame of a field on a photograph


def covered_half() -> Figure:
    """Cover the outer half of the field, then the inner half: how far a unit after 40 random layers moves each time.

    Two squares of 81 pixels: in the first all but the middle 41×41 pixels are grey, in the second those 41×41. Beside
    each, two bars, as shares of how much the unit varies from image to image, and a tick at 1. Outer half
    covered: a linear stack moves by about one hundredth, one with ReLU by about a quarter. Inner half covered: by once
    and by about twice as much as the unit varies.
    """
    drawing, keep, rows = Drawing(344, 276), 41, list[list[Cell]]()
    found = [covered(Stack(40, relu=relu), keep) for relu in (False, True)]
    side, inner = 88.0, 88.0 * keep / 81
    for number, part in enumerate(("outer half", "inner half")):
        y, edge = 26 + 118 * number, (side - inner) / 2
        drawing.text(4, y - 8, f"{part} covered", "ink", 13, bold=True)
        drawing.rect(4, y, side, side, "see" if number else "cell", "edge", radius=0)
        drawing.rect(4 + edge, y + edge, inner, inner, "cell" if number else "see", "edge", radius=0)
        for line, (name, moved) in enumerate(zip(("linear", "with ReLU"), found, strict=True)):
            at, interval = y + 12 + 40 * line, moved[number]
            drawing.text(108, at + 5, name, "mute", 13)
            drawing.rect(176, at - 7, max(1.0, 44 * interval.mean), 16, "win")
            drawing.text(176, at + 27, f"{interval:{'.2f' if interval.mean > 0.1 else '.3f'}}", "ink", 13)
            drawing.line(220, at - 10, 220, at + 12, "ink", 2)
            rows.append([part, name, interval.mean, interval.low, interval.high])
    drawing.text(4, 252, "blue: still seen", "mute", 12)
    drawing.text(4, 270, "tick, at 1: what the unit varies from image to image", "mute", 12)
    header = ["covered", "stack", "moves", "low", "high"]
    note = (
        "Root mean square over 32 random images, as a share of the unit's standard deviation over them. 20 random "
        "networks of forty 3×3 layers, seed 0; ± the 95 % interval."
    )
    return Figure(drawing, Table(header, rows, formats=dict.fromkeys(header[2:], ".3f"), note=note))


def paths_become_a_bell() -> Figure:
    """The share of the paths that each pixel has, after 1, 2, 5 and 20 layers: flat, a tent, a bell in a wide field.

    Four rows of bars over one axis of pixels from −20 to 20. After one layer three equal bars; after two five,
    in the shape of a tent; after five a bell of eleven; after twenty a wider bell of which the outermost of its 41 bars
    are too small to see. Under each a line as long as the field, and another of four standard deviations.
    """
    drawing, pitch = Drawing(344, 372), 7.6
    rows: Rows = []
    for number, depth in enumerate((1, 2, 5, 20)):
        shares = _paths(depth)
        foot, sigma = 66 + 92 * number, float((2 * depth / 3) ** 0.5)
        for place, share in zip(range(-depth, depth + 1), shares, strict=True):
            height = 52 * share / max(shares)
            drawing.rect(172 + (place - 0.42) * pitch, foot - height, 0.84 * pitch, height, "see", radius=0)
            rows.append([depth, place, share])
        drawing.text(2, foot - 36, f"{depth} layer{'s' * (depth > 1)}", "ink", 13, bold=True)
        half = (depth + 0.5) * pitch
        drawing.line(172 - half, foot + 6, 172 + half, foot + 6, "mute", 3)
        drawing.line(172 - 2 * sigma * pitch, foot + 13, 172 + 2 * sigma * pitch, foot + 13, "win", 3)
        drawing.text(342, foot - 36, f"field {2 * depth + 1}", "mute", 13, "end")
        drawing.text(342, foot - 20, f"4σ = {4 * sigma:.1f}", "win", 13, "end")
    return Figure(drawing, Table(["layers", "pixel", "share of the paths"], rows, note="Each row at its own height."))


def _paths(depth: int) -> list[float]:
    shares = np.ones(1)
    for _ in range(depth):
        shares = np.convolve(shares, np.ones(3) / 3)
    return [float(share) for share in shares]


def stack_maps() -> Figure:
    """Four stacks of 3×3 layers with random weights, at one scale: the theoretical field, and what counts in it.

    Four squares side by side, for 5, 10, 20 and 40 layers, with sides of 11, 21, 41 and 81 pixels. In the middle of
    each glows a round spot, the squared derivative, that fades to black long before the frame. A ring marks twice the
    standard deviation. The frame grows by a factor of more than seven from first to last, the ring by less than three.
    """
    scale, gap = 1.9, 14.0
    drawing = Drawing(sum(2 * depth + 1 for depth in DEPTHS) * scale + 3 * gap + 8, 81 * scale + 104)
    x, rows = 4.0, []
    for depth in DEPTHS:
        found, side = luo(Stack(depth)), (2 * depth + 1) * scale
        assert found.sigma is not None  # Luo's protocol always has it
        _spot(drawing, x, 30, side, found.map, 2 * found.sigma.mean * scale)
        drawing.text(x, 20, f"{depth} layers" if depth == DEPTHS[-1] else depth, "ink", 13, bold=True)
        drawing.text(x, 30 + side + 17, f"{2 * depth + 1} px" if depth == DEPTHS[-1] else 2 * depth + 1, "mute", 12)
        rows.append([depth, 2 * depth + 1, *found.sigma, found.size])
        x += side + gap
    drawing.text(4, 81 * scale + 72, "frame: the field · ring: two standard deviations", "mute", 12)
    _scale(drawing, 4, 81 * scale + 84)
    header = ["layers", "field", "σ", "σ low", "σ high", "size (Luo)"]
    return Figure(drawing, Table(header, rows, note=_PROTOCOL))


def growth_with_depth() -> Figure:
    """The theoretical field grows with the depth, the effective one with its root: measured dots on its curve.

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
    plot.curve([(depth, 2 * depth + 1) for depth in DEPTHS], "see", "field")
    plot.curve([(depth, 4 * (2 * depth / 3) ** 0.5) for depth in DEPTHS], "win", "predicted 4σ")
    rows: Rows = []
    for depth in DEPTHS:
        linear, rectified = (luo(Stack(depth, relu=relu)).sigma for relu in (False, True))
        assert linear and rectified  # Luo's protocol always has them
        plot.dots([(depth, 4 * rectified.mean)], "ink")
        rows.append([depth, 2 * depth + 1, (2 * depth / 3) ** 0.5, f"{linear:.2f}", f"{rectified:.2f}",
                     4 * rectified.mean / (2 * depth + 1)])  # fmt: skip
    header = ["layers", "field", "√(2L/3)", "σ, linear", "σ, ReLU", "4σ of the field"]
    formats = {"√(2L/3)": ".2f", "4σ of the field": ".0%"}
    return Figure(drawing, Table(header, rows, formats=formats, note=_PROTOCOL))


def designs() -> Figure:
    """Five ways to a field of about 41 pixels, and the standard deviation of what counts in it: predicted and measured.

    Five rows with a bar each, the measured deviation in pixels, and a dark tick where the formula puts it. Twenty 3×3:
    3.6. Ten 5×5: 4.5. Ten 3×3 with dilation 2, and ten with a first stride of 2: about 5. Twenty 3×3 with skips: 2.2,
    the shortest bar, without a tick, since the formula does not cover skips.
    """
    kinds = {
        "twenty 3×3": Stack(20),
        "ten 5×5": Stack(10, kernel_size=5),
        "ten 3×3, dilation 2": Stack(10, dilation=2),
        "ten 3×3, first stride 2": Stack(10, first_stride=2),
        "twenty 3×3, with skips": Stack(20, skip=True),
    }
    drawing, rows, unit = Drawing(344, 268), list[list[Cell]](), 44.0
    for number, (name, stack) in enumerate(kinds.items()):
        y, sigma = 16 + 48 * number, luo(stack).sigma
        assert sigma is not None  # Luo's protocol always has it
        drawing.text(4, y, name, "ink", 13)
        drawing.rect(4, y + 7, unit * sigma.mean, 16, "see", radius=0)
        low, high = 4 + unit * sigma.low, 4 + unit * sigma.high
        drawing.line(low, y + 15, high, y + 15, "win", 3)
        if stack.sigma:
            drawing.line(4 + unit * stack.sigma, y + 3, 4 + unit * stack.sigma, y + 27, "ink", 2)
        drawing.text(high + 10, y + 20, f"{sigma:.2f}", "mute", 13)
        rows.append([name, stack.field, stack.sigma, sigma.mean, sigma.low, sigma.high])
    drawing.text(4, 256, "bar: measured, with its interval · tick: predicted", "mute", 12)
    header = ["design", "field", "σ predicted", "σ measured", "low", "high"]
    return Figure(drawing, Table(header, rows, formats=dict.fromkeys(header[2:], ".2f"), note=_PROTOCOL))


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
    drawing, rows = Drawing(2 * side + 18, side + 82), list[list[Cell]]()
    for x, title, trained in ((3.0, "before training", False), (side + 15, "after training", True)):
        found = colour_fields.effective("conv5", trained)
        assert found.sigma is not None  # Luo's protocol always has it
        _spot(drawing, x, 30, side, found.map, 2 * found.sigma.mean * scale)
        drawing.text(x, 20, title, "ink", 13, bold=True)
        drawing.text(x, side + 50, f"σ = {found.sigma:.2f} px", "mute", 12)
        rows.append([title, colour_fields.theoretical("conv5").size, *found.sigma])
    _scale(drawing, 3, side + 62)
    return Figure(drawing, Table(["conv5", "field", "σ", "σ low", "σ high"], rows, formats=_TWO, note=_TRAINED))


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
        note=_TRAINED,
    )


def sees() -> Widget:
    """What one unit of a real network can read of a photograph, and how much each of those pixels counts.

    Six pictures of one place of a photograph of a cat, the eye on the left: the fields of units of blocks 5, 8 and 11
    of EfficientNet-Lite0, each pixel as bright as it counts, above with the weights of ImageNet, below with random
    ones. The field of block 5 holds the eye, that of block 8 half the face; that of block 11 is larger than the
    photograph. In each, the middle is brightest; with random weights the bright part is larger and rounder.
    """
    return seen.sees("block5_y96")


def covered_units() -> Gallery:
    """A small grey square on each place of a photograph: which places change a unit, in its frame and outside it.

    Two panels of three pictures of a cat, dim but for the places where a square changes the unit. With the weights
    of ImageNet: a corner of the eye in a small frame; most of the eye in a larger one; and in a frame of two thirds of
    the picture's side one bright spot on the nose. With random weights the same frames, but the bright part fills
    most of the second, and spreads over nose and brow in the third. All that is outside a frame is dark.
    """
    kept = results.load("lite0_covers")
    cover, step = kept["recipe"]["cover"], kept["recipe"]["step"]
    middles = np.arange(cover // 2, lite0.SIDE - cover // 2, step)
    lit, rows = dict[int | None, list[Pixels]](), list[list[Cell]]()
    for row in kept["rows"]:
        found, field = np.array(row["changes"]), row["field"]
        off = [np.abs(middles - row[along]) > field // 2 + cover // 2 for along in ("row", "column")]
        outside = found[off[0][:, None] | off[1]]
        shown = _framed(kept["recipe"]["photograph"], row, found / found.max(), middles)
        lit.setdefault(row["seed"], []).append(shown)
        drawn = "ImageNet" if row["seed"] is None else f"random {row['seed'] + 1}"
        change = [found.max(), float(np.median(found[found > 0])), outside.max(), len(outside)]
        rows.append([row["layer"].removeprefix("block"), drawn, field, *change])
    header = ["block", "weights", "field", "most", "median", "outside", "places"]
    note = (
        f"A grey square of {cover} pixels at {len(middles)}×{len(middles)} places of {credit('chelsea')}. A unit is "
        "all channels at one place, its change a share of the length of that vector: the most, the median of those "
        "in the field, the most at the places outside it. Each picture is scaled by its own "
        "largest change, and the light changes evenly from place to place; the photograph is lightened. Of random "
        f"weights the first of three draws is shown. EfficientNet-Lite0. {results.made('lite0_covers')}"
    )
    titles = {None: "ImageNet’s weights: a unit of block 3, 5, 8", 0: "the same, random weights"}
    panels = [Panel(title, mosaic(lit[seed], 3, gap=4), 1, "webp") for seed, title in titles.items()]
    return Gallery(panels, Table(header, rows, formats=dict.fromkeys(header[3:6], ".3f"), note=note))


def _framed(name: str, unit: dict[str, Any], shares: Pixels, middles: Pixels) -> Pixels:
    """A photograph as bright as `shares` are at the places `middles`, and the frame of the unit's field."""
    lighter = lite0.square(name).permute(1, 2, 0).numpy() ** 0.6
    lit = lighted(lighter, shares, middles, dark=0.25)
    low, high = ([unit[along] + turn * (unit["field"] // 2) for along in ("row", "column")] for turn in (-1, 1))
    top, left, bottom, right = (min(max(edge, 0), lite0.SIDE - 1) for edge in (*low, *high))
    for line in (np.s_[top, left : right + 1], np.s_[bottom, left : right + 1]):
        lit[line] = FRAME
    for line in (np.s_[top : bottom + 1, left], np.s_[top : bottom + 1, right]):
        lit[line] = FRAME
    return lit


def real_network() -> Figure:
    """A real network, block by block: what its units can see, and the square that holds nine tenths of what counts.

    Blocks 1 to 16 of EfficientNet-Lite0 across, pixels upward, on a logarithmic axis. The theoretical field climbs from
    7 to 851 and crosses a dashed line, the photograph's 449 pixels, after block 11. Up to there are drawn the squares
    that hold 90 % of the squared derivative: with the published weights always below those with random weights, which
    are below the field.
    """
    kept = results.load("lite0_fields")
    picture, known, drawn = kept["recipe"]["side"], *_both(kept["rows"])
    drawing, rows = Drawing(388, 330), list[list[Cell]]()
    plot = Plot(
        drawing, 50, 36, 240, 240, Axis(1, 16, [1, 4, 8, 12, 16], "block"),
        Axis(2, 1024, [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024], "pixels along an axis", log=True),
    )  # fmt: skip
    plot.axes()
    drawing.line(*plot.at((1, picture)), *plot.at((16, picture)), "mute", dash="5 4")
    drawing.text(plot.at((1, picture))[0] + 6, plot.at((1, picture))[1] - 6, f"the photograph: {picture}", "mute", 13)
    plot.curve([(_block(row), row["field"]) for row in known], "see", "can see")
    for role, name, own in (("win", "ImageNet", known), ("mute", "random", drawn)):
        own = [row for row in own if row["field"] <= picture]
        for row in own:
            _, low, high = row["side"]
            drawing.line(*plot.at((_block(row), max(2.0, low))), *plot.at((_block(row), high)), role)
        points = [(_block(row), row["side"][0]) for row in own]
        plot.curve(points, role, name)
        plot.dots(points, role)
    for pair in zip(known, drawn, strict=True):
        field, side = pair[0]["field"], pair[0]["side"][0]
        shown = min(1.0, picture / field) ** 2
        share = side / field if shown == 1 else None
        measured = [_within(*one[which]) for which in ("side", "size") for one in pair]
        rows.append([_block(pair[0]), field, shown, *measured[:2], share, *measured[2:]])
    header = [
        "block",
        "field",
        "on the photo",
        "holds 90 %",
        "random: 90 %",
        "share of the field",
        "Luo’s size",
        "random: Luo",
    ]
    note = (
        f"EfficientNet-Lite0, middle unit, seven photographs of {picture} pixels; mean and 95 % interval over them. "
        "Random: another draw of weights for each. Holds 90 %: side of the smallest centred square with nine tenths of "
        "the squared derivative. The fields of blocks 13 and 16 are larger than the photographs, whose border makes "
        f"these sizes smaller; they are not drawn. {results.made('lite0_fields')}"
    )
    formats = dict.fromkeys(("on the photo", "share of the field"), ".0%")
    return Figure(drawing, Table(header, rows, formats=formats, note=note))


def _both(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of the trained network and those of random ones."""
    return [row for row in rows if row["trained"]], [row for row in rows if not row["trained"]]


def _block(row: dict[str, Any]) -> int:
    return int(row["layer"].removeprefix("block"))


def _within(mean: float, low: float, high: float) -> str:
    digits = 0 if mean >= 10 else 1
    return f"{mean:.{digits}f} ± {(high - low) / 2:.{digits}f}"


_PROTOCOL = (
    f"Luo 2016: {RUNS} random networks, Gaussian weights, random images, seed 0; σ from squared gradients, ± the 95 % "
    "interval of the mean."
)
_TRAINED = (
    "Luo 2016, 20 random crops of seven bundled photographs; one trained network (seed 0), 20 untrained ones. ± is the "
    f"95 % interval of the mean over crops. {weights.made('colour')}"
)
_TWO = dict.fromkeys(("σ", "σ low", "σ high"), ".2f")


def _spot(drawing: Drawing, x: float, y: float, side: float, map: Map, radius: float) -> None:
    """The square of a map of derivatives in its frame, with a ring: what σ is the spread of."""
    drawing.picture(x, y, side, side, exact(heat(map**2)))
    drawing.rect(x, y, side, side, None, "edge")
    drawing.ring(x + side / 2, y + side / 2, radius, "win")


def _scale(drawing: Drawing, x: float, y: float) -> None:
    """What the colours of the maps stand for."""
    drawing.picture(x, y, 120, 10, exact(heat(np.linspace(0, 1, 60)[None])))
    drawing.text(x + 126, y + 10, "squared derivative, 0 to its largest", "mute", 12)


def _sigma(found: Effective) -> str:
    assert found.sigma is not None  # Luo's protocol always has it
    return f"{found.sigma:.2f}"
