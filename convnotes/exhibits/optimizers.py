"""Exhibits of the chapter on optimisers: three ways down one valley."""

from collections.abc import Callable, Iterator
from functools import partial
from math import acos, cos, pi, sin, sqrt

from convnotes.drawing.kinds import Figure, Rows, Table
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.svg import Drawing, Point

ALONG, ACROSS = 1.0, 20.0  # curvatures: the loss is half of ALONG·x² + ACROSS·y²
START, STEPS, RIGHT = (-9.0, 1.5), 24, 2.0
RATE, MOMENTUM, BETAS, ADAM_RATE = 0.09, 0.7, (0.9, 0.999), 0.5
USUAL, BETTER = 0.9, 0.45  # another momentum, another rate for Adam: they change which of the three ends lowest

Rule = Callable[[], Callable[[float], float]]  # makes, for one weight, what turns its gradients into steps


def _plain() -> Callable[[float], float]:
    return lambda gradient: RATE * gradient


def _momentum(kept: float = MOMENTUM) -> Callable[[float], float]:
    velocity = 0.0

    def step(gradient: float) -> float:
        nonlocal velocity
        velocity = kept * velocity + gradient
        return RATE * velocity

    return step


def _adam(rate: float = ADAM_RATE) -> Callable[[float], float]:
    mean, square, time = 0.0, 0.0, 0

    def step(gradient: float) -> float:
        nonlocal mean, square, time
        time += 1
        mean = BETAS[0] * mean + (1 - BETAS[0]) * gradient
        square = BETAS[1] * square + (1 - BETAS[1]) * gradient**2
        size = sqrt(square / (1 - BETAS[1] ** time))
        return rate * mean / (1 - BETAS[0] ** time) / (size + 1e-8)

    return step


def _path(rule: Rule) -> Iterator[Point]:
    """Where a walk down the valley is, at the start and after each step.

    >>> [(round(x, 2), round(y, 2)) for x, y in _path(_plain)][:3]
    [(-9.0, 1.5), (-8.19, -1.2), (-7.45, 0.96)]
    """
    (x, y), along, across = START, rule(), rule()
    yield x, y
    for _ in range(STEPS):
        x, y = x - along(ALONG * x), y - across(ACROSS * y)
        yield x, y


WAYS: tuple[tuple[str, Rule, str], ...] = (
    ("plain descent", _plain, "win"), ("with momentum", _momentum, "see"), ("Adam", _adam, "out"),
)  # fmt: skip


def _loss(point: Point) -> float:
    return (ALONG * point[0] ** 2 + ACROSS * point[1] ** 2) / 2


def _end(rule: Rule) -> str:
    return f"{_loss(list(_path(rule))[-1]):.3f}"


def valley() -> Figure:
    """Three walks of 24 steps down one valley: plain descent zigzags, momentum carries on, Adam sets off slantwise.

    Three panels with the same ellipses, a valley that is steep across and gentle along; the minimum is a cross at the
    right. Plain descent jumps from side to side, less and less, and after 24 steps is still short of the minimum. With
    momentum the walk swings in wider waves, passes the minimum and comes back to it. Adam begins with equal steps in
    both directions, and follows one long wave to the minimum and a little past it.
    """
    drawing = Drawing(344, 320)
    rows: Rows = []
    for number, (name, rule, role) in enumerate(WAYS):
        y = 22 + 104 * number
        plot = Plot(drawing, 4, y, 336, 78, Axis(-10, RIGHT, (), ""), Axis(-1.9, 1.9, (), ""))
        drawing.text(4, y - 8, name, role, 13, bold=True)
        for level in (0.6, 4.0, 14.0, 38.0):
            a, b = (2 * level / ALONG) ** 0.5, (2 * level / ACROSS) ** 0.5
            cut = acos(min(1.0, RIGHT / a))  # where the ellipse leaves the panel
            turn = [cut + (2 * pi - 2 * cut) * k / 72 for k in range(73)]
            drawing.path([plot.at((a * cos(t), b * sin(t))) for t in turn], stroke="edge", line=1)
        path = list(_path(rule))
        plot.curve(path, role)
        plot.dots(path, role)
        x, floor = plot.at((0, 0))
        drawing.line(x - 5, floor, x + 5, floor, "ink", 2)
        drawing.line(x, floor - 5, x, floor + 5, "ink", 2)
        for step in (0, 6, 12, 18, 24):
            rows.append([name, step, *(round(at, 3) for at in path[step]), round(_loss(path[step]), 3)])
    note = (
        f"Loss ½(x² + 20y²) from (−9, 1.5). Learning rate {RATE}, with momentum {MOMENTUM}; Adam with {ADAM_RATE} and "
        "the usual 0.9 and 0.999. "
        f"Adam with {BETTER} would end at a loss of {_end(partial(_adam, BETTER))}, momentum {USUAL} at "
        f"{_end(partial(_momentum, USUAL))}."
    )
    return Figure(drawing, Table(["way", "steps", "x", "y", "loss"], rows, note=note))
