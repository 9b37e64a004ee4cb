"""The receptive-field grower: a stack of windows along one axis, and what one unit at its top depends on."""

import re
from dataclasses import dataclass, replace
from itertools import product
from math import hypot, prod

from convnotes.drawing.kinds import Figure, Table, Widget
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive.state import as_given, clamp
from convnotes.layers import Conv2d, MaxPool2d, Sequential
from convnotes.layers.base import Window
from convnotes.receptive_field import growth

GRAMMAR = "([a-z0-9.-]+?)(?:_i([0-9]{1,5}))?(?:_u([0-9]{1,5}))?(_e)?"
LAYER = "(p?)([0-9]{1,2})(?:s([0-9]{1,2}))?(?:d([0-9]{1,2}))?"
WIDE = 336.0  # of the drawing that is printed: a phone's screen
PHOTO = 112  # side of the photograph in it
LIMITS = {"kernel": 11, "stride": 4, "dilation": 8, "layers": 64, "input": 1024, "reduction": 65536}


def _resnet50(first: str, second: str) -> str:
    later = ["-".join([f"1{first}-3{second}-1", *["1-3-1"] * (blocks - 1)]) for blocks in (4, 6, 3)]
    return "-".join(["7s2-p3s2", *["1-3-1"] * 3, *later])


NETWORKS = {
    "vgg16": "-".join("-".join(["3"] * depth + ["p2s2"]) for depth in (2, 2, 3, 3, 3)),
    "resnet50v1": _resnet50("s2", ""),
    "resnet50v1.5": _resnet50("", "s2"),
}

INPUTS = (16, 28, 32, 64, 96, 128, 192, 224, 256, 299, 384, 512, 1024)
PRESETS = {
    "three 3×3": "3-3-3",
    "stride 2": "3s2-3s2-3s2",
    "dilation 1, 2, 4": "3-3d2-3d4",
    "ResNet stem": "7s2-p3s2-3-3",
    "VGG-16": "vgg16",
    "ResNet-50 v1": "resnet50v1",
    "ResNet-50 v1.5": "resnet50v1.5",
}


@dataclass(frozen=True)
class Stack:
    """A state: the layers from the input up, whether each pools, the input's width, the unit, path weights."""

    layers: tuple[Window, ...]
    pools: tuple[bool, ...]
    input: int = 28
    unit: int = 0
    weigh: bool = False

    @property
    def spec(self) -> str:
        """The layers as text, or the name of the network that they are."""
        parts = []
        for layer, pool in zip(self.layers, self.pools, strict=True):
            stride = f"s{layer.stride}" if layer.stride > 1 or pool else ""
            parts.append(f"{'p' * pool}{layer.kernel_size}{stride}{f'd{layer.dilation}' * (layer.dilation > 1)}")
        text = "-".join(parts)
        return next((name for name, spec in NETWORKS.items() if spec == text), text)

    @property
    def widths(self) -> list[int]:
        """Cells of every level, the input first."""
        sizes = [self.input]
        for layer in self.layers:
            sizes.append((sizes[-1] + 2 * layer.padding[0] - layer.span) // layer.stride + 1)
        return sizes


def parse(text: str) -> tuple[Stack, list[str]] | None:
    """The stack that `text` stands for and what had to be said about it; None if it stands for none.

    >>> stack, words = parse("3-3-3")
    >>> stack.input, stack.unit, stack.widths, words
    (28, 14, [28, 28, 28, 28], [])
    >>> parse("99s2_u40")[1]
    ['kernel 99 is outside 1 to 11: showing 11.', 'unit 40 is outside 0 to 13: showing 13.']
    >>> parse("3--3") is parse("３") is parse("3\\n") is None
    True
    """
    found = re.fullmatch(GRAMMAR, text)
    parts = found and [re.fullmatch(LAYER, part) for part in NETWORKS.get(found[1], found[1]).split("-")]
    if not found or not parts or not all(parts):
        return None
    words: list[str] = []
    parts = parts[: clamp("depth", len(parts), 1, LIMITS["layers"], words)]
    layers: list[Window] = []
    for part in filter(None, parts):
        layers.append(_window(part, LIMITS["reduction"] // prod(layer.stride for layer in layers), words))
    least = _least(layers)
    width = int(found[2] or (224 if found[1] in NETWORKS else 28))
    width = clamp("input", width, 1, max(LIMITS["input"], least), words)
    if least > width:
        words.append(f"input {width} is too small for these windows: showing {least}, the smallest that fits.")
        width = least
    stack = Stack(tuple(layers), tuple(bool(part and part[1]) for part in parts), width, 0, bool(found[4]))
    top = stack.widths[-1]
    unit = clamp("unit", int(found[3]), 0, top - 1, words) if found[3] else top // 2
    return replace(stack, unit=unit), words


def _window(part: re.Match[str], most: int, words: list[str]) -> Window:
    kernel = clamp("kernel", int(part[2]), 1, LIMITS["kernel"], words)
    stride = int(part[3] or (kernel if part[1] else 1))  # pooling steps by its kernel unless told, as in PyTorch
    stride = clamp("stride", stride, 1, min(LIMITS["stride"], most), words)
    dilation = clamp("dilation", int(part[4] or 1), 1, LIMITS["dilation"], words)
    side = dilation * (kernel - 1) // 2
    if part[1]:
        side = min(side, kernel // 2)  # all that pooling allows
    return Window(kernel, stride, (side, side), dilation)


def _least(layers: list[Window]) -> int:
    """The smallest input on which every map has a cell."""
    size = 1
    for layer in reversed(layers):
        size = max(1, (size - 1) * layer.stride + layer.span - 2 * layer.padding[0])
    return size


def form(stack: Stack) -> str:
    """The shortest text that parses to `stack`.

    >>> form(parse("3-3s1_i28_u3")[0]), form(parse(NETWORKS["vgg16"] + "_i224")[0])
    ('3-3_u3', 'vgg16')
    """
    spec = stack.spec
    usual = 224 if spec in NETWORKS else 28
    width = f"_i{stack.input}" if stack.input != usual else ""
    unit = f"_u{stack.unit}" if stack.unit != stack.widths[-1] // 2 else ""
    return f"{spec}{width}{unit}{'_e' if stack.weigh else ''}"


def reach(stack: Stack) -> list[dict[int, int]]:
    """For every level, the input first: the cells that the unit depends on, and along how many paths.

    Indices outside a map are padding: touched, and leading nowhere, because a zero depends on nothing.

    >>> reach(parse("3-3-3")[0])[0]
    {11: 1, 12: 3, 13: 6, 14: 7, 15: 6, 16: 3, 17: 1}
    """
    levels: list[dict[int, int]] = [{stack.unit: 1}]
    for layer, width in zip(reversed(stack.layers), reversed(stack.widths), strict=False):
        below: dict[int, int] = {}
        for cell, paths in levels[-1].items():
            for tap in range(layer.kernel_size) if 0 <= cell < width else ():
                place = cell * layer.stride - layer.padding[0] + tap * layer.dilation
                below[place] = below.get(place, 0) + paths
        levels.append(dict(sorted(below.items())))
    return levels[::-1]


def network(stack: Stack) -> Sequential:
    """The stack as layers of the package, one channel wide."""
    layers = [
        MaxPool2d(layer.kernel_size, layer.stride, layer.padding[0], layer.dilation)
        if pool
        else Conv2d(1, 1, layer.kernel_size, layer.stride, layer.padding[0], layer.dilation)
        for layer, pool in zip(stack.layers, stack.pools, strict=True)
    ]
    return Sequential(*layers)


def reading(stack: Stack) -> dict[str, object]:
    """What the grower must show of `stack`, by the package's own receptive field.

    >>> reading(parse("resnet50v1")[0])["size"], reading(parse("resnet50v1.5")[0])["size"]
    (483, 427)
    """
    fields = [field for _, _, field in growth(network(stack))]
    rows, _ = fields[-1].region(stack.unit, stack.unit)
    assert rows is not None
    lit = [sum(0 <= cell < width for cell in level) for level, width in zip(reach(stack), stack.widths, strict=True)]
    plain = not any(stack.pools) and all(layer.stride == layer.dilation == 1 for layer in stack.layers)
    several = plain and len(stack.layers) > 1 and len(rows) > 1
    return {
        "size": len(rows),
        "stride": fields[-1].stride[1],
        "input": stack.input,
        "unit": stack.unit,
        "region": [rows.start, rows.stop - 1],
        "lit": lit,
        "layers": [{"size": f.size[1], "stride": f.stride[1], "start": -(f.padding[1] or 0)} for f in fields],
        "weights": [sum(layer.kernel_size**2 for layer in stack.layers), len(rows) ** 2] if several else None,
    }


def grower(state: str) -> Widget:
    """The interactive, which starts with `state`, and the cone that stands for it in print."""
    chosen = as_given(parse, state, "3-3-3")
    still = Figure(_cone(chosen), _numbers(chosen))
    data = {"networks": NETWORKS, "presets": PRESETS, "picture": _six(), "inputs": INPUTS}
    return Widget("rf-grower", "rf", "Receptive-field grower", state, still, data, pictures={"1.webp": photo()})


def photo(wide: int = 224) -> str:
    """A photograph of 224×224 pixels, or of fewer, a WebP file in base64."""
    from convnotes.drawing.raster import encoded
    from convnotes.experiments.photographs import middle_square, photograph

    return encoded(middle_square(photograph("chelsea"), wide).permute(1, 2, 0).numpy(), "webp")


def _six() -> str:
    """The path of a handwritten 6 of 28×28 pixels, made of a ring and a tail."""
    cells = []
    for y, x in product(range(28), repeat=2):
        ring = abs(hypot(x - 13.7, y - 18) - 4.6)
        bend = max(0.0, min(1.0, (17.5 - y) / 13.5))
        tail = abs(x - 9.3 - 7.6 * bend * bend) if 3.5 < y < 18.5 else 9.0
        if min(ring, tail) < 1.15:
            cells.append(f"M{x} {y}h1v1h-1z")
    return "".join(cells)


def _numbers(stack: Stack) -> Table:
    rows: list[list[str | int]] = []
    size, stride, start = 1, 1, 0
    for number, layer in enumerate(stack.layers, 1):
        adds, start = (layer.span - 1) * stride, start - layer.padding[0] * stride
        size, before, stride = size + adds, stride, stride * layer.stride
        window = f"{layer.kernel_size}×{layer.kernel_size}"
        rows.append([number, window, f"({layer.span} − 1) · {before} = {adds}", stride, size, start])
    from convnotes.experiments.photographs import credit

    note = f"The digit is drawn by a formula. Photograph: {credit('chelsea')}, 224 pixels."
    return Table(["layer", "window", "adds", "stride", "field", "start"], rows, note=note)


def _cone(stack: Stack) -> Drawing:
    """The levels as rows of cells, the output above, and the beam between those that the unit depends on.

    Of a photograph's row, whose cells are too small to be told apart, only those are drawn; below it is the photograph.
    """
    high, left, pitch, end = 14.0, 54.0, 64.0, 70.0
    side = min(high, (WIDE - left - end) / (stack.input + 1))
    top = len(stack.layers)
    small, under = side < 3, pitch * top + high + 6
    drawing = Drawing(left + (stack.input + 1) * side + end, under + (PHOTO + 12) * small)
    levels, strides, gap = reach(stack), [1], side / 7
    for layer in stack.layers:
        strides.append(strides[-1] * layer.stride)
    for level in range(top, -1, -1):
        y, size, lit = 3 + (top - level) * pitch, strides[level] * side, levels[level]
        if level:
            below = levels[level - 1]
            beam = [(min(lit), y + high), (max(lit) + 1, y + high)]
            foot = [(max(below) + 1, y + pitch), (min(below), y + pitch)]
            sides = [(strides[level], beam), (strides[level - 1], foot)]
            points = [(left + cell * stride * side, at) for stride, ends in sides for cell, at in ends]
            drawing.path(points, fill="see", closed=True, opacity=0.13)
        if small:
            drawing.rect(left, y, size * stack.widths[level], high, radius=0)
        for cell in lit if small else range(stack.widths[level]):
            role = "cell" if cell not in lit else "win" if level == top else "see"
            drawing.rect(left + cell * size + gap / 2, y, size - gap, high, role, radius=0 if small else 1.5)
        drawing.text(left - 6, y + 11, f"layer {level}" if level else "input", "mute", 12, "end")
        drawing.text(
            left + stack.input * side + 6, y + 11, f"{len(lit)} of {stack.widths[level]}", "see", 12, bold=True
        )
    if small:
        _seen(drawing, stack, left + stack.input * side / 2 - PHOTO / 2, under + 6)
    return drawing


def _seen(drawing: Drawing, stack: Stack, x: float, y: float) -> None:
    """The photograph, the field of the unit framed in it."""
    (rows, columns), scale = growth(network(stack))[-1][2].region(stack.unit, stack.unit), PHOTO / stack.input
    assert rows is not None and columns is not None
    drawing.picture(x, y, PHOTO, PHOTO, webp=photo(PHOTO))
    drawing.rect(
        x + scale * columns.start, y + scale * rows.start, scale * len(columns), scale * len(rows), None, "win", 2
    )
    drawing.text(x + PHOTO + 8, y + PHOTO / 2 + 4, f"{len(rows)}×{len(columns)} pixels", "win", 12, bold=True)
