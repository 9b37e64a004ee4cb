"""Exhibits of the chapter on inductive bias."""

from math import prod
from typing import Any

from convnotes.cost import macs, parameters
from convnotes.drawing.kinds import Figure, Link, Rows, Table, source
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.svg import Drawing
from convnotes.experiments import results
from convnotes.experiments.intervals import Interval, interval
from convnotes.layers import Conv2d, Linear
from convnotes.shapes import output_shape


def counted_steps() -> Table:
    """From dense to convolutional in two steps, the output staying the same: locality saves work, sharing does not.

    Three layers from (3, 224, 224) to (64, 224, 224). The dense layer has 483,385,147,392 weights and takes as many
    MACs. Locality, 3×3 windows, leaves 86,704,128 of both; the dense layer has 5,575.1 times as many. Sharing
    leaves 1,728 weights, a 50,176th of those, and the same 86,704,128 MACs.
    """
    photo = (3, 224, 224)
    convolution = Conv2d(3, 64, kernel_size=3, padding=1, bias=False)
    dense = parameters(Linear(prod(photo), prod(output_shape(convolution, photo)), bias=False))
    local, shared = macs(convolution, photo), parameters(convolution)  # local: a weight for each multiplication
    rows: Rows = [
        ["dense", None, dense, None, dense],
        ["locally connected", "locality", local, dense / local, local],
        ["convolution", "sharing", shared, local / shared, local],
    ]
    header = ["layer", "step", "weights", "divided by", "MACs"]
    both = f"Both steps together: {dense / shared:,.1f} times as many weights in the dense layer as in the convolution."
    note = f"All three turn (3, 224, 224) into (64, 224, 224). No biases. {both}"
    return Table(header, rows, formats={"divided by": ",.1f"}, note=note)


PUBLISHED = (
    ("ViT-B/16", "ImageNet-1k", 77.9, 384, "table 5; fine-tuned on ImageNet-1k", "dosovitskiy2021"),
    ("ViT-B/16", "JFT-300M", 84.15, 384, "table 5; fine-tuned on ImageNet-1k", "dosovitskiy2021"),
    ("DeiT-B", "ImageNet-1k", 81.8, 224, "table 7; no distillation", "touvron2021"),
    ("DeiT-B", "ImageNet-1k", 83.1, 384, "abstract; fine-tuned at 384, no distillation", "touvron2021"),
)


def published_accuracy() -> Table:
    """One architecture, other data, another recipe: ImageNet-1k top-1 accuracy as published, one crop.

    Four rows, all of the same transformer, in per cent. ViT-B/16 trained on ImageNet-1k alone: 77.9; after JFT-300M:
    84.15. DeiT-B, which is ViT-B/16 with another training recipe, on ImageNet-1k alone: 81.8 at 224 pixels and 83.1 at
    384.
    """
    rows: Rows = [
        [*row[:3], f"{row[3]} × {row[3]}", Link(f"{row[4]} ({row[5]})", source(row[5]).place)] for row in PUBLISHED
    ]
    header = ["model", "trained on", "top-1", "tested at", "where"]
    note = "ImageNet validation set, one crop. The weights that DeiT's authors publish for 384 reach 82.9."
    return Table(header, rows, units={"top-1": "%"}, formats={"top-1": ".4g"}, note=note)


KINDS = {"convolutional": "win", "dense, equal weights": "see", "dense, equal MACs": "out"}


def few_digits_in_place() -> Figure:
    """Measured: test accuracy after training on few digits, in place; a convolutional and two dense networks.

    Across, the number of training images on a logarithmic scale; upward, accuracy with a bar for the interval over five
    seeds. At 50 images the dense network with equal MACs is highest, at 200 it is level with the convolutional one,
    from 1,000 on the convolutional one is ahead. The dense network with equal weights is lower, with very long bars.
    """
    return _against_size("moved 0", [row["moved"][0] for row in _rows()])


def few_digits_moved() -> Figure:
    """Measured: the same networks, asked about digits that are four pixels away from where they were in training.

    The same axes. The convolutional network's line is nearly where it was; the lines of both dense networks stay below
    a quarter, however many images they were given.
    """
    return _against_size("moved 4", [row["moved"][4] for row in _rows()])


def few_digits_shuffled() -> Figure:
    """Measured, the counter-test: all pixels in one fixed random order, in training and test alike.

    The same axes. Neighbourhood means nothing now. The convolutional network, ahead of the dense network with equal
    MACs before, is below it at every number of images; the dense networks do not notice the order.
    """
    return _against_size("shuffled", [row["shuffled"] for row in _rows()])


def accuracy_under_moves() -> Table:
    """Measured: accuracy of the three networks, trained on the most images, when the test digits move by 0 to 4 pixels.

    A row for each network; a column for each move, the mean over four directions. The dense networks fall at each
    further pixel, the convolutional one loses about two points in all.
    """
    kept = results.load("sample_efficiency")
    largest = max(kept["recipe"]["sizes"])
    rows: Rows = []
    for kind in KINDS:
        runs = [row["moved"] for row in kept["rows"] if row["kind"] == kind and row["size"] == largest]
        columns = ([100 * share for share in shares] for shares in zip(*runs, strict=True))
        rows.append([kind, *(f"{interval(shares):.1f}" for shares in columns)])
    moves = [f"moved {by}" for by in range(5)]
    return Table(["network", *moves], rows, units=dict.fromkeys(moves, "%"), note=_note(kept))


def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = results.load("sample_efficiency")["rows"]
    return rows


def _against_size(test: str, values: list[float]) -> Figure:
    kept = results.load("sample_efficiency")
    sizes = kept["recipe"]["sizes"]
    drawing = Drawing(396, 320)
    across = Axis(40, 6500, sizes, "training images", log=True)
    plot = Plot(drawing, 44, 40, 196, 220, across, Axis(0, 1, [0, 0.25, 0.5, 0.75, 1], "accuracy", spec=".0%"))
    plot.axes()
    rows: Rows = []
    ends: list[float] = []
    for kind, found in sorted(_found(kept, values).items(), key=lambda item: -item[1][-1].mean):
        role, points = KINDS[kind], [(size, part.mean) for size, part in zip(sizes, found, strict=True)]
        for size, part in zip(sizes, found, strict=True):
            drawing.line(*plot.at((size, max(0, part.low))), *plot.at((size, min(1, part.high))), role)
            rows.append([kind, size, *part])
        plot.curve(points, role, kind, _apart(points[-1][1], ends))
        plot.dots(points, role)
    return Figure(drawing, Table(["network", "images", f"accuracy, {test}", "low", "high"], rows, note=_note(kept)))


def _found(kept: dict[str, Any], values: list[float]) -> dict[str, list[Interval]]:
    """The interval of each network at each size; `values` go with the rows of the result."""
    runs: dict[tuple[str, int], list[float]] = {}
    for value, row in zip(values, kept["rows"], strict=True):
        runs.setdefault((row["kind"], row["size"]), []).append(value)
    return {kind: [interval(runs[kind, size]) for size in kept["recipe"]["sizes"]] for kind in KINDS}


def _apart(value: float, ends: list[float]) -> float:
    """How far down a label moves, so that it does not cover the labels at `ends`; 16 pixels are 0.07 of the axis."""
    place = value
    while any(abs(place - end) < 0.07 for end in ends):
        place -= 0.01
    ends.append(place)
    return (value - place) * 220


def _note(kept: dict[str, Any]) -> str:
    recipe = kept["recipe"]
    return (
        "Digits of MNIST on a canvas of 32 pixels, 2,000 for testing. Weights: 6,274 convolutional, "
        f"6,262 and 664,842 dense; {recipe['steps']} steps each; learning rate chosen for each network among three. "
        f"Mean, 95 % interval over {len(recipe['seeds'])} seeds. {kept['command']}, torch {kept['versions']['torch']}."
    )
