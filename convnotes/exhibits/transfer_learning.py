"""Exhibits of the chapter on transfer learning: what the features of a trained network are worth on another task."""

from convnotes.drawing.kinds import Cell, Figure, Rows, Table
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.raster import Gallery, Panel, mosaic
from convnotes.drawing.svg import Drawing
from convnotes.experiments import results, transfer_samples
from convnotes.experiments.intervals import Interval, interval

METHODS = {
    "frozen": ("frozen, new head", "win"),
    "scratch": ("small, from scratch", "see"),
    "pixels": ("head on pixels", "out"),
}
TASKS = {"plain": "as they come", "scenes": "on photographs"}


def _found() -> dict[tuple[str, str], dict[int, Interval]]:
    """Share of right answers by task and method, and within by images a class."""
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
    note = "Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf; MIT). The photographs are those of the notes, in colour."
    return Gallery(panels, Table(["number", "garment"], names, note=note))


def curves() -> Figure:
    """Share of right answers against images a class: three ways to learn, on both tasks, three seeds.

    Two plots, one above the other. On the garments as they come the three lines rise together, from about two thirds
    at 5 images a class to above 0.8 at 100, within each other's intervals. On photographs they part: the head on pixels
    stays at 0.15, the frozen features lead at 5 and at 20 images a class, with 0.30 and 0.45 against 0.15 and 0.30, and
    at 100 the small network is level with them at 0.57.
    """
    drawing, rows, found = Drawing(388, 640), list[list[Cell]](), _found()
    for number, (task, title) in enumerate(TASKS.items()):
        across = Axis(4, 130, [5, 20, 100], "images a class", log=True)
        plot = Plot(drawing, 44, 56 + 316 * number, 192, 210, across, Axis(0, 1, [0, 0.25, 0.5, 0.75, 1], "right"))
        drawing.text(0, 18 + 316 * number, title, "ink", 14, bold=True)
        plot.axes()
        down = _apart({method: found[task, method][100].mean for method in METHODS}, plot)
        for method, (name, role) in METHODS.items():
            own = found[task, method]
            points = [(float(each), one.mean) for each, one in own.items()]
            for each, one in own.items():
                drawing.line(*plot.at((each, max(0.0, one.low))), *plot.at((each, min(1.0, one.high))), role)
            plot.curve(points, role, name, down[method])
            plot.dots(points, role)
            rows += [[title, name, each, one.mean, one.low, one.high] for each, one in own.items()]
    header = ["garments", "method", "images a class", "right", "low", "high"]
    note = (
        "500 test images, 50 a class; mean and Student's 95 % interval over three draws of all images, heads and "
        "weights. EfficientNet-Lite0 reads 97 pixels, the small network 28, or 48 on photographs. Guessing gives 0.1. "
        "Made by scripts/train transfer."
    )
    return Figure(drawing, Table(header, rows, formats=dict.fromkeys(header[3:], ".2f"), note=note))


def _apart(ends: dict[str, float], plot: Plot) -> dict[str, float]:
    """How far each label moves down so that no two are nearer than a line."""
    moved: dict[str, float] = {}
    last = float("-inf")
    for y, name in sorted((plot.at((5, end))[1], name) for name, end in ends.items()):
        last = max(y, last + 16)
        moved[name] = last - y
    return moved
