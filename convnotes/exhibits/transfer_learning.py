"""Exhibits of the chapter on transfer learning: what the features of a trained network are worth on another task."""

from itertools import product
from typing import TypeVar

from convnotes.drawing.kinds import Cell, Figure, Rows, Table
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.raster import Gallery, Panel, mosaic
from convnotes.drawing.svg import Drawing
from convnotes.experiments import fashion, results, transfer_runs, transfer_samples
from convnotes.experiments.intervals import Interval, interval
from convnotes.experiments.photographs import credit

Name = TypeVar("Name")
METHODS = {
    "tuned": ("fine-tuned", "neg"),
    "frozen": ("frozen, new head", "win"),
    "scratch": ("small, from scratch", "see"),
    "pixels": ("head on pixels", "out"),
    "random": ("frozen, random", "mute"),
}
TASKS = {"plain": "as they come", "scenes": "on photographs"}


def _found() -> dict[tuple[str, str], dict[int, Interval]]:
    """Share of right answers by task and method, and within by images per class."""
    runs: dict[tuple[str, str], dict[int, list[float]]] = {}
    for row in results.load("transfer")["rows"]:
        runs.setdefault((row["task"], row["method"]), {}).setdefault(row["each"], []).append(row["right"])
    return {which: {each: interval(values) for each, values in found.items()} for which, found in runs.items()}


def both_tasks() -> Gallery:
    """The same ten garments twice: in the middle of an empty square, and in colour on a piece of a photograph.

    Two sheets of ten small pictures. In the first a T-shirt, trousers, a pullover, a dress, a coat, a sandal, a shirt,
    a sneaker, a bag and a boot, in grey on black, each in the middle. In the second the same ten, tinted, turned and
    moved, on pieces of photographs of a cat, a cup, a palace and others; some are hard to make out.
    """
    kept = results.load("transfer_samples")["rows"]
    panels = [Panel(TASKS[row["task"]], mosaic(transfer_samples.pictures(row), 5, gap=2), 1, "webp") for row in kept]
    names: Rows = [[number, name] for number, name in enumerate(kept[0]["names"], 1)]
    photographs = ", ".join(map(credit, fashion.GROUNDS))
    note = (
        f"Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf; MIT). Photographs: {photographs}. "
        f"{results.made('transfer_samples')}"
    )
    return Gallery(panels, Table(["number", "garment"], names, note=note))


def curves() -> Figure:
    """Share of right answers against images per class: four ways to learn, on both tasks, and a control.

    Two plots, one above the other. On the garments as they come the lines of the four ways rise together, from 0.60
    to 0.66 at 5 images per class. The small network ends highest: at 5,000 it is at 0.92, fine-tuned and frozen
    features at 0.89, the head on pixels at 0.85. Frozen random weights are far below, at 0.26 and 0.38 with 20 and
    100. On photographs the lines part. Fine-tuned and frozen features begin at 0.3, the small network at 0.14. At
    100 images per class the small network, at 0.56, has nearly met the frozen features, at 0.58; the fine-tuned ones
    are at 0.68. At 500 they are at 0.78, the small network at 0.71 and the frozen features at 0.68; at 5,000 they are
    at 0.82, 0.79 and 0.73, in the same order. The head on pixels rises from 0.13 to 0.26. Frozen random weights are at
    0.10, which is guessing.
    """
    kept, drawing, rows, found = results.load("transfer"), Drawing(388, 640), list[list[Cell]](), _found()
    sizes = sorted({each for own in found.values() for each in own})
    for number, (task, title) in enumerate(TASKS.items()):
        across = Axis(0.8 * sizes[0], 1.3 * sizes[-1], sizes, "images per class", log=True, spec=",")
        plot = Plot(drawing, 44, 56 + 316 * number, 192, 210, across, Axis(0, 1, [0, 0.25, 0.5, 0.75, 1], "right"))
        drawing.text(0, 18 + 316 * number, title, "ink", 14, bold=True)
        plot.axes()
        shown = {method: found[task, method] for method in METHODS if (task, method) in found}
        down = _apart({method: own[max(own)].mean for method, own in shown.items()}, plot)
        for method, own in shown.items():
            name, role = METHODS[method]
            points = [(float(each), one.mean) for each, one in own.items()]
            for each, one in own.items():
                drawing.line(*plot.at((each, max(0.0, one.low))), *plot.at((each, min(1.0, one.high))), role)
            plot.curve(points, role)
            plot.dots(points, role)
            right, y = plot.at((plot.across.high, points[-1][1]))
            drawing.text(right + 7, y + 4.5 + down[method], name, role, 13, bold=True)
            rows += [[title, name, each, one.mean, one.low, one.high] for each, one in own.items()]
    header = ["garments", "method", "images per class", "right", "low", "high"]
    note = (
        "1,000 test images, 100 per class; mean and Student's 95 % interval over three seeds, each with its own test "
        "images, weights and batches, and up to 500 per class its own training images; 5,000 are the same for all, so "
        "there the intervals are too narrow for other images. "
        "EfficientNet-Lite0 reads 97 pixels, the small network 28, or 32 on photographs, the head on pixels 28, or "
        f"16. {_plans()} Guessing gives 0.1. "
        f"{kept['command']}, torch {kept['versions']['torch']}, {kept['cpu_seconds']} s."
    )
    return Figure(drawing, Table(header, rows, formats=dict.fromkeys(header[3:], ".2f"), note=note))


def _plans() -> str:
    """How fine-tuning and the small network learn, with more images per class in longer plans."""
    tuned, small = transfer_runs.TUNED.values(), transfer_runs.SCRATCH.values()
    *steps, most = [str(plan.steps) for plan in tuned]
    ((batch, lr),) = {(plan.batch, plan.lr) for plan in tuned}
    ends, batches = (f"{end(plan.steps for plan in small):,}" for end in (min, max)), {plan.batch for plan in small}
    return (
        f"Fine-tuned from the frozen head on, {', '.join(steps)} and {most} steps of {batch} images at a rate of {lr}; "
        f"small network: {' to '.join(ends)} steps of {' or '.join(map(str, sorted(batches)))}."
    )


COMPARED = {  # one way minus another: what is printed of it, and the colour of the first in `curves`, or none
    ("tuned", "frozen"): ("fine-tuned − frozen", "neg"),
    ("scratch", "frozen"): ("small − frozen", "see"),
    ("tuned", "scratch"): ("fine-tuned − small", "ink"),
}


def _ahead() -> dict[tuple[str, str, str], dict[int, Interval]]:
    """By task and two ways, and within by images per class: by how many points one is ahead, from seed to seed."""
    right: dict[tuple[str, str, int], list[float]] = {}
    for row in results.load("transfer")["rows"]:
        right.setdefault((row["task"], row["method"], row["each"]), []).append(100 * row["right"])
    found: dict[tuple[str, str, str], dict[int, Interval]] = {}
    for task, (one, other) in product(TASKS, COMPARED):
        for each in sorted({each for _, method, each in right if method == "tuned"}):
            pairs = zip(right[task, one, each], right[task, other, each], strict=True)
            found.setdefault((task, one, other), {})[each] = interval([first - second for first, second in pairs])
    return found


def differences() -> Figure:
    """By how many points one way is ahead of another, seed by seed.
    Bars are 95 % intervals; where one crosses 0 we cannot tell.

    Two plots, one above the other; across, 5 to 5,000 images per class; upward, from -25 to 35 points, with bars for
    the intervals. On the garments as they come nearly all bars cross 0. Fine-tuned features are behind frozen ones at
    5, and behind the small network at 500 and 5,000. On photographs fine-tuned minus frozen rises from 1 to about 10
    from 100 on, clear of 0. The small network is 15 and 20 points behind frozen features at 5 and 20, crosses 0 at 100
    and 500, and is 6 ahead at 5,000. Fine-tuned minus small is above 0 everywhere: 15, 23, 12, 7 and 2.
    """
    drawing, rows = Drawing(388, 600), list[list[Cell]]()
    for number, (task, title) in enumerate(TASKS.items()):
        shown = {(one, other): own for (which, one, other), own in _ahead().items() if which == task}
        sizes = list(next(iter(shown.values())))
        across = Axis(0.7 * sizes[0], 1.5 * sizes[-1], sizes, "images per class", log=True, spec=",")
        plot = Plot(drawing, 44, 56 + 296 * number, 192, 190, across, Axis(-25, 35, [-20, 0, 20], "points ahead"))
        drawing.text(0, 18 + 296 * number, title, "ink", 14, bold=True)
        plot.axes()
        drawing.line(*plot.at((across.low, 0)), *plot.at((across.high, 0)), "mute")
        down = _apart({name: own[sizes[-1]].mean for name, own in shown.items()}, plot)
        for beside, (pair, own) in zip((0.84, 1, 1.19), shown.items(), strict=True):
            name, role = COMPARED[pair]
            points = [(each * beside, one.mean) for each, one in own.items()]
            for (x, _), one in zip(points, own.values(), strict=True):
                drawing.line(*plot.at((x, one.low)), *plot.at((x, one.high)), role)
            plot.dots(points, role)
            right, y = plot.at((across.high, points[-1][1]))
            drawing.text(right + 7, y + 4.5 + down[pair], name, role, 13, bold=True)
            rows += [[title, name, each, *one] for each, one in own.items()]
    header = ["garments", "difference", "images per class", "points", "low", "high"]
    note = (
        "Percentage points of right answers. With one seed all ways have the same test images, so one is taken from "
        f"the other for each; mean and Student's 95 % interval over three seeds. {results.made('transfer')}"
    )
    return Figure(drawing, Table(header, rows, formats=dict.fromkeys(header[3:], ".1f"), note=note))


def _apart(ends: dict[Name, float], plot: Plot) -> dict[Name, float]:
    """How far each label moves down so that no two are nearer than a line."""
    moved: dict[Name, float] = {}
    last = float("-inf")
    for y, name in sorted((plot.at((plot.across.low, end))[1], name) for name, end in ends.items()):
        last = max(y, last + 16)
        moved[name] = last - y
    return moved
