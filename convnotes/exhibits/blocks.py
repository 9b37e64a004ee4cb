"""Diagrams of the units that networks repeat, drawn from their layers: input below, output above."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from convnotes.cost import parameters
from convnotes.drawing.kinds import Figure, Rows, Table
from convnotes.drawing.svg import Drawing
from convnotes.layers import Combinator, Conv2d, Gate, Layer, MaxPool2d, Parallel, Residual, Sequential
from convnotes.shapes import output_shape
from convnotes.stages import kernels
from convnotes.tree import leaves

WIDTH, HIGH, GAP, FOOT = 388, 40, 24, 48  # of the drawing, of a box, between boxes, below them


@dataclass(frozen=True)
class Box:
    """A layer on a path: its kernel, its channels, its weights."""

    kernel: str
    channels: str
    weights: int


@dataclass(frozen=True)
class Column:
    """Boxes from the input up; `shortcut` says what lies on the path beside them, None that there is no such path."""

    title: str
    boxes: tuple[Box, ...]
    shortcut: str | None = None


def _column_of(title: str, layer: Layer) -> Column:
    """The main path through a block and its shortcut."""
    residual = next((part for part in _inside(layer) if isinstance(part, Residual)), None)
    if residual is None:
        return Column(title, tuple(_boxes(layer)))
    (_, body), (_, shortcut) = residual.children
    return Column(title, tuple(_boxes(body)), ", ".join(kernels(shortcut)) or "identity")


def _inside(layer: Layer) -> Iterator[Layer]:
    yield layer
    if isinstance(layer, Sequential):
        for _, part in layer.children:
            yield from _inside(part)


def _boxes(layer: Layer) -> Iterator[Box]:
    match layer:
        case Gate():
            convs = [leaf for leaf in leaves(layer) if isinstance(leaf, Conv2d)]
            narrow = f"{convs[0].in_channels} → {convs[0].out_channels} → {convs[-1].out_channels}"
            yield Box("gate", narrow, parameters(layer))
        case Combinator():
            for _, part in layer.children:
                yield from _boxes(part)
        case Conv2d():
            yield Box(", ".join(kernels(layer)), f"{layer.in_channels} → {layer.out_channels}", parameters(layer))
        case MaxPool2d():
            yield Box(", ".join(kernels(layer)).replace("max-pooling", "max"), "", 0)


def side_by_side(layers: Mapping[str, Layer]) -> Figure:
    """Units to compare, each under its title."""
    return _drawn([_column_of(title, layer) for title, layer in layers.items()])


def _drawn(columns: Sequence[Column], join: str = "") -> Figure:
    """Columns beside each other; with `join` they are branches of one unit, from one input to one output."""
    tall = max(len(column.boxes) for column in columns)
    top = 52 if join or any(column.shortcut is not None for column in columns) else 30
    height = top + tall * (HIGH + GAP) + FOOT
    drawing = Drawing(WIDTH, height)
    step = WIDTH / len(columns)
    for number, column in enumerate(columns):
        _column(drawing, step * (number + 0.5), min(150, step - 10), column, height - FOOT, top, bool(join))
    if join:
        left, right = step / 2, WIDTH - step / 2
        for y in (top - 14, height - 30):
            drawing.line(left, y, right, y)
        drawing.text(WIDTH / 2, top - 24, join, "ink", 13, "middle")
        drawing.text(WIDTH / 2, height - 6, "input", "mute", 13, "middle")
    rows: Rows = [[c.title, box.kernel, box.channels, box.weights] for c in columns for box in c.boxes]
    said = "; ".join(f"{c.title}: " + ", then ".join(_said(box) for box in c.boxes) + _beside(c) for c in columns)
    note = "Normalisation and activation functions are not drawn. Parameters with biases where the layer has them."
    return Figure(drawing, Table(["path", "layer", "channels", "parameters"], rows, note=note), f"{said}.")


def _column(drawing: Drawing, x: float, wide: float, column: Column, floor: float, top: float, branch: bool) -> None:
    """One path from `floor` up to `top`."""
    if not branch:
        drawing.text(x, 16, column.title, "ink", 13, "middle", bold=True)
        drawing.text(x, floor + 38, "input", "mute", 13, "middle")
    below = floor + 18.0 if branch else floor + 24.0
    for number, box in enumerate(column.boxes):
        y = floor - (number + 1) * (HIGH + GAP) + GAP
        drawing.arrow(x, below, x, y + HIGH + 2)
        drawing.rect(x - wide / 2, y, wide, HIGH, "bench", "see", radius=3)
        drawing.text(x, y + (16 if box.channels else 24), box.kernel, "ink", 13, "middle", bold=True)
        drawing.text(x, y + 33, box.channels, "ink", 12.75, "middle")
        below = y
    drawing.arrow(x, below, x, top - (12 if branch else -2 if column.shortcut is not None else 8))
    if column.shortcut is not None:
        _shortcut(drawing, x, x + wide / 2 + 12, floor, top, column.shortcut)


def _shortcut(drawing: Drawing, x: float, beside: float, floor: float, top: float, label: str) -> None:
    """The path around the boxes, and the sum at its end."""
    drawing.path([(x, floor + 15), (beside, floor + 15), (beside, top - 8), (x + 11, top - 8)], stroke="out", line=2)
    drawing.ring(x, top - 8, 9, "out")
    drawing.text(x, top - 8, "+", "ink", 14, bold=True, middle=True)
    drawing.text(beside + 4, top - 16, label, "out", 12.75, "end" if beside > WIDTH - 60 else "start")
    drawing.line(x, top - 17, x, top - 28, "mute")


def _said(box: Box) -> str:
    return f"{box.kernel} {box.channels}".strip()


def _beside(column: Column) -> str:
    return "" if column.shortcut is None else f", beside a shortcut ({column.shortcut})"


def joined(module: Parallel) -> Figure:
    """The branches of a unit as columns, and how many channels they give together."""
    (first, *_) = (leaf.in_channels for leaf in leaves(module) if isinstance(leaf, Conv2d))
    given = [output_shape(branch, (first, 28, 28))[0] for _, branch in module.children]
    columns = [_column_of(name, branch) for name, branch in module.children]
    return _drawn(columns, f"concatenate: {' + '.join(map(str, given))} = {sum(given)} channels")
