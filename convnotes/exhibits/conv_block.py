"""Exhibits of the chapter on the convolution block: what its three layers do to one channel, and what ReLU is for."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from convnotes.correlate import correlate2d
from convnotes.drawing.kinds import Figure, Rows, Table
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.raster import exact
from convnotes.drawing.svg import Drawing
from convnotes.experiments.photographs import credit, photograph, scaled
from convnotes.words.numbers import minus

Map = NDArray[np.float64]
KERNEL = np.array([[-1.0, 0.0, 2.0], [-2.0, 0.0, 3.0], [-1.0, 0.0, 2.0]]) / 8
BINS = np.linspace(-3, 3, 25)
SIDE = 74.0  # of a picture in the drawing


def one_channel() -> Figure:
    """One channel on its way through the block: convolution finds edges, batch norm rescales, ReLU drops the negative.

    Four small pictures side by side, with a histogram of their numbers below each. The photograph of a cat, all between
    0 and 1; after the convolution, edges in a narrow range above and below zero, whose mean is not zero; after batch
    norm the same edges with more contrast, mean 0 and standard deviation 1; after ReLU the bright half of them, and a
    tall bar at zero, where all the negative numbers went.
    """
    drawing = Drawing(344, 208)
    rows: Rows = []
    for number, (name, values, low, high) in enumerate(_stages()):
        x = 4 + number * (SIDE + 12)
        drawing.text(x, 14, name, "ink", 11.5, bold=True)
        drawing.picture(x, 22, SIDE, SIDE, exact((values - low) / (high - low)))
        _histogram(drawing, x, values)
        mean, sd = float(values.mean()), float(values.std())
        drawing.text(x, 184, f"mean {_short(mean)}", "mute", 12)
        drawing.text(x, 200, f"sd {_short(sd)}", "mute", 12)
        rows.append([name, mean, sd, float((values < 0).mean())])
        if number:
            drawing.arrow(x - 11, 22 + SIDE / 2, x - 1, 22 + SIDE / 2)
    formats = {"mean": ".2f", "sd": ".2f", "negative": ".0%"}
    note = f"Green channel of {credit('chelsea')} at 80×80 pixels. The histograms reach from −3 to 3; zero is marked."
    return Figure(drawing, Table(["after", "mean", "sd", "negative"], rows, formats=formats, note=note))


def _stages() -> list[tuple[str, Map, float, float]]:
    """Name, numbers, and those drawn black and white."""
    whole = scaled(photograph("chelsea")[:, :, 60:360], 80 / 300)[1].numpy().astype(np.float64)
    found = correlate2d(whole, KERNEL)
    normal = (found - found.mean()) / found.std()
    return [
        ("input", whole, 0, 1),
        ("convolution", found, -3, 3),
        ("batch norm", normal, -3, 3),
        ("ReLU", np.maximum(normal, 0), -3, 3),
    ]


def _histogram(drawing: Drawing, x: float, values: Map) -> None:
    """Shares of the numbers in bins from −3 to 3; what is larger counts in the last bin."""
    counts, _ = np.histogram(np.clip(values, BINS[0], BINS[-1]), BINS)
    width, foot = SIDE / (len(BINS) - 1), 164.0
    for number, share in enumerate((counts / counts.max()).tolist()):
        if share > 0.004:
            drawing.rect(x + number * width, foot - 56 * share, width, 56 * share, "see", radius=0)
    drawing.line(x, foot, x + SIDE, foot)
    drawing.line(x + SIDE / 2, foot, x + SIDE / 2, foot + 5, "ink")


def _short(value: float) -> str:
    return minus(f"{0.0 if abs(value) < 0.005 else value:.2f}")


def why_relu() -> Figure:
    """Two linear layers can only draw a straight line; with a ReLU between them, the same two layers draw a hat.

    Two plots of an output against one input from −2 to 2. Left, without an activation: a straight line, whatever the
    weights. Right, with ReLU after the first layer: the output is zero up to −1, climbs to 1 at 0, falls to zero at 1
    and stays there. Three grey lines are the three rectified units that add up to it.
    """
    drawing = Drawing(344, 200)
    across = np.linspace(-2, 2, 81)
    plots = [
        Plot(drawing, x, 40, 132, 112, Axis(-2, 2, TICKS, label, names=NAMES), Axis(-2, 2, TICKS, "", names=NAMES))
        for x, label in ((28, ""), (200, "input"))
    ]
    for plot, title in zip(plots, ("without ReLU", "with ReLU between"), strict=True):
        plot.axes()
        drawing.text(plot.x, 22, title, "ink", 13, bold=True)
    for weight, shift in UNITS:
        bent = [(x, weight * max(x + shift, 0.0)) for x in across.tolist()]
        plots[1].curve([(x, y) for x, y in bent if -2 <= y <= 2], "edge")
    for plot, function, role in zip(plots, (_straight, _hat), ("win", "see"), strict=True):
        plot.curve([(x, function(x)) for x in across.tolist()], role)
    rows: Rows = [[x, _straight(x), _hat(x)] for x in (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)]
    note = "First layer: three units x + 1, x, x − 1. Second layer: weights 1, −2, 1; on the left the line 0.5x + 0.5."
    return Figure(drawing, Table(["input", "without ReLU", "with ReLU"], rows, note=note))


TICKS, NAMES = (-2, -1, 0, 1, 2), ("−2", "−1", "0", "1", "2")
UNITS = ((1.0, 1.0), (-2.0, 0.0), (1.0, -1.0))  # weight in the second layer, bias in the first


def _layers(activation: Callable[[float], float], weights: tuple[float, ...], x: float) -> float:
    """Two layers of one input, three hidden units and one output."""
    return sum(weight * activation(x + shift) for weight, (_, shift) in zip(weights, UNITS, strict=True))


def _straight(x: float) -> float:
    """The two layers with no activation between them."""
    return _layers(lambda unit: unit, (0.5, 0.0, 0.0), x)


def _hat(x: float) -> float:
    """The two layers with a ReLU between them."""
    return _layers(lambda unit: max(unit, 0.0), tuple(weight for weight, _ in UNITS), x)
