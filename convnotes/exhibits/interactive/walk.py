"""The walk: a small network for digits that runs in the page, forward and backward, on a picture of the reader's."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from convnotes.correlate import Array, correlate2d, max_pool2d
from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive.signed import SHADES, look
from convnotes.exhibits.interactive.state import as_given, clamp
from convnotes.experiments.networks import walk_network
from convnotes.gradients import input_gradient, max_pool2d_gradient
from convnotes.layers import Flatten, Layer, MaxPool2d, ReLU, Sequential
from convnotes.receptive_field import receptive_field
from convnotes.shapes import layer_shapes

GRAMMAR = (
    r"(?:s([0-9]{1,2})|d([0-9A-Za-z]{1,784}))(?:_c([0-9]{1,2})\.([0-9]{1,2}))?"
    r"(?:_u([a-z]+[0-9]?)\.([0-9]{1,3})(?:\.([0-9]{1,2})\.([0-9]{1,2}))?(?:\.t([0-9]{1,3}))?)?(?:_g([0-9])(?:v([0-9]))?)?"
)
CREDIT = "Digits: MNIST, by Y. LeCun, C. Cortes and C. J. C. Burges, CC BY-SA 3.0."
SIDE, PATCH, INK = 28, 7, 15  # of the picture; of what covers it; the last level of a drawing


class Unit(NamedTuple):
    """A unit: the number of its layer, its place there, and which of its products is looked at; None is the largest."""

    layer: int
    channel: int
    row: int
    column: int
    tap: int | None


@dataclass(frozen=True)
class Walk:
    """A state: a sample or a drawing, what is covered of it, the unit, and the answer whose gradient is shown."""

    sample: int | None
    drawing: tuple[int, ...] | None
    cover: tuple[int, int] | None
    unit: Unit | None
    of: int | None
    against: int | None

    @property
    def text(self) -> str:
        """The picture as text: what stands for it in a state."""
        return f"s{self.sample}" if self.drawing is None else f"d{packed(self.drawing)}"


@cache
def layers() -> dict[str, Layer]:
    """The layers that have maps, by name; flattening changes none."""
    return {name: layer for name, layer in walk_network().children if not isinstance(layer, Flatten)}


@cache
def shapes() -> dict[str, tuple[int, int, int]]:
    """The shape that each layer writes; scores count as maps of one cell.

    >>> shapes()["conv2"], shapes()["fc"]
    ((16, 8, 8), (10, 1, 1))
    """
    rows = {row.name: row.output for row in layer_shapes(walk_network(), (1, SIDE, SIDE))}
    return {name: (rows[name][0], *rows[name][1:], *(1, 1)[len(rows[name]) - 1 :]) for name in layers()}  # type: ignore[misc]


@cache
def weights() -> dict[str, tuple[Array, Array]]:
    """Kernels (out_channels, in_channels, k_h, k_w) and biases by layer; the dense layer's read whole maps."""
    from convnotes.experiments.weights import load

    kept = {name: np.asarray(tensor.numpy(), dtype=float) for name, tensor in load("walk").items()}
    names, before = list(layers()), dict(zip(list(layers())[1:], shapes().values(), strict=False))
    return {
        name: (kept[f"{name}.weight"].reshape(-1, *before[name]) if name == names[-1] else kept[f"{name}.weight"],
               kept[f"{name}.bias"])
        for name in names if f"{name}.weight" in kept
    }  # fmt: skip


@cache
def samples() -> tuple[Array, list[int]]:
    """The digits that the reader can choose, (20, 28, 28) in levels from 0 to 255, and what each one is."""
    from convnotes.experiments.weights import load

    kept = load("walk-samples")
    return kept["images"].numpy().reshape(-1, SIDE, SIDE), kept["labels"].tolist()


def parse(text: str) -> tuple[Walk, list[str]] | None:
    """The state that `text` stands for and what had to be said about it; None if it stands for none.

    >>> parse("s7_c3.9_g7v1")[0]
    Walk(sample=7, drawing=None, cover=(3, 9), unit=None, of=7, against=1)
    >>> parse("s7_uconv2.99.1.2")[1], parse("s0_uconv9.0")[1]
    (['channel 99 is outside 0 to 15: showing 15.'], ['no layer is called conv9: showing conv1.'])
    >>> parse("dA") is parse("s1_u") is parse("7") is None
    True
    """
    found = re.fullmatch(GRAMMAR, text)
    drawing = levels(found[2]) if found and found[2] else None
    if not found or (found[2] and drawing is None):
        return None
    words: list[str] = []

    def number(what: str, group: int, most: int) -> int:
        return clamp(what, int(found[group] or 0), 0, most, words)

    sample = None if drawing else number("sample", 1, len(samples()[1]) - 1)
    cover = (number("row", 3, SIDE - PATCH), number("column", 4, SIDE - PATCH)) if found[3] else None
    unit = None
    if name := found[5]:
        if name not in layers():
            words.append(f"no layer is called {name}: showing {next(iter(layers()))}.")
            name = next(iter(layers()))
        maps, height, width = shapes()[name]
        layer = list(layers()).index(name)
        place = number("channel", 6, maps - 1), number("row", 7, height - 1), number("column", 8, width - 1)
        unit = Unit(layer, *place, number("product", 9, taps(name) - 1) if found[9] else None)
    of = int(found[10]) if found[10] else None
    against = int(found[11]) if found[11] and found[11] != found[10] else None
    return Walk(sample, drawing, cover, unit, of, against), words


def form(state: Walk) -> str:
    """The shortest text that parses to `state`.

    >>> form(parse("s03_uconv1.2.0.0_g7v7")[0])
    's3_uconv1.2_g7'
    """
    text = state.text
    if state.cover:
        text += f"_c{state.cover[0]}.{state.cover[1]}"
    if state.unit:
        layer, channel, row, column, tap = state.unit
        place = f".{row}.{column}" * bool(row or column)
        text += f"_u{list(layers())[layer]}.{channel}{place}" + ("" if tap is None else f".t{tap}")
    if state.of is not None:
        text += f"_g{state.of}" + ("" if state.against is None else f"v{state.against}")
    return text


def taps(name: str) -> int:
    """How many numbers one unit of a layer reads.

    >>> taps("conv2"), taps("relu1"), taps("pool1"), taps("fc")
    (150, 1, 4, 256)
    """
    if name in weights():
        return int(weights()[name][0][0].size)
    layer = layers()[name]
    return int(np.prod([axis.kernel_size for axis in layer.windows])) if isinstance(layer, MaxPool2d) else 1


def levels(text: str) -> tuple[int, ...] | None:
    """The levels of a drawing, row by row; None if they are not as many as a picture has.

    A digit of 0-9a-f is a pixel of that level; A to Z are 1 to 26 pixels without ink, g to z 2 to 21 pixels full of it.
    """
    out: list[int] = []
    for letter in text:
        code = ord(letter)
        if letter.isupper():
            out += [0] * (code - 64)
        elif letter > "f":
            out += [INK] * (code - 101)
        else:
            out.append(int(letter, 16))
    return tuple(out) if len(out) == SIDE**2 else None


def packed(cells: Sequence[int]) -> str:
    """The shortest text of a drawing.

    >>> packed([0] * 27 + [15, 15, 15, 4, 15])
    'ZAh4f'
    """
    text = ""
    for level, run in groupby(cells):
        count = len(list(run))
        most, first = {0: (26, 64), INK: (21, 101)}.get(level, (1, 0))
        while count:
            taken = min(count, most)
            text += f"{level:x}" if level and taken == 1 else chr(first + taken)
            count -= taken
    return text


def pixels(state: Walk) -> Array:
    """The picture (28, 28) from 0 to 1; what is covered has no ink."""
    whole = samples()[0][state.sample] / 255 if state.drawing is None else np.array(state.drawing) / INK
    picture = np.array(whole, dtype=float).reshape(SIDE, SIDE)
    if state.cover:
        top, left = state.cover
        picture[top : top + PATCH, left : left + PATCH] = 0
    return picture


def forward(picture: Array) -> list[Array]:
    """The picture (1, 28, 28) and the maps of every layer."""
    maps = [picture[None]]
    for name, layer in layers().items():
        maps.append(_step(name, layer, maps[-1]))
    return maps


def _step(name: str, layer: Layer, maps: Array) -> Array:
    if name in weights():
        kernel, bias = weights()[name]
        return correlate2d(maps, kernel) + bias[:, None, None]
    return max_pool2d(maps, layer.kernel_size) if isinstance(layer, MaxPool2d) else np.maximum(maps, 0)


def backward(maps: Sequence[Array], of: int, against: int | None) -> list[Array]:
    """The gradient of a score, or of one minus another, at the picture and at the maps of every layer."""
    sent = [np.zeros_like(maps[-1])]
    sent[0][of] = 1
    if against is not None:
        sent[0][against] = -1
    for (name, layer), below in zip(reversed(layers().items()), reversed(maps[:-1]), strict=True):
        if name in weights():
            sent.insert(0, input_gradient(sent[0], weights()[name][0], (below.shape[1], below.shape[2])))
        elif isinstance(layer, MaxPool2d):
            sent.insert(0, max_pool2d_gradient(sent[0], below, layer.kernel_size))
        else:
            sent.insert(0, np.where(below > 0, sent[0], 0))
    return sent


def probabilities(scores: Array) -> list[float]:
    """The softmax of the scores."""
    parts = np.exp(scores.ravel() - scores.max())
    shares: list[float] = (parts / parts.sum()).tolist()
    return shares


@cache
def found(text: str, cover: tuple[int, int] | None) -> list[Array]:
    """All maps of the picture of a state."""
    read = parse(text)
    assert read is not None
    return forward(pixels(Walk(read[0].sample, read[0].drawing, cover, None, None, None)))


def field(name: str, row: int, column: int) -> list[list[int]]:
    """First and last row, first and last column of the picture that a unit of layer `name` depends on.

    >>> field("pool2", 3, 0), field("fc", 0, 0)
    ([[12, 27], [0, 15]], [[0, 27], [0, 27]])
    """
    until = list(layers()).index(name) + 1
    rows = receptive_field(Sequential(*_tree(until))).region(row, column)
    whole = range(SIDE)
    return [[max(0, (part or whole)[0]), min(SIDE - 1, (part or whole)[-1])] for part in rows]


def _tree(until: int) -> list[Layer]:
    """The layers of the network up to the one with number `until` of those that have maps."""
    names = list(layers())[:until]
    return [
        layer for name, layer in walk_network().children if name in names or (names[-1] == "fc" and name == "flatten")
    ]


def reading(state: Walk) -> dict[str, object]:
    """What the walk must show of `state`."""
    maps = found(state.text, state.cover)
    sent = None if state.of is None else backward(maps, state.of, state.against)
    return {
        "probabilities": probabilities(maps[-1]),
        "layers": [{"name": name, "shape": list(shape)} for name, shape in shapes().items()],
        "unit": state.unit and unit(state.unit, maps),
        "gradient": sent and [cells for row in sent[0][0].tolist() for cells in row],
    }


def unit(chosen: Unit, maps: Sequence[Array]) -> dict[str, object]:
    """What is told of a unit: its value, what it was made of, and its field on the picture.

    A ReLU's products and bias are those of the sum that it cuts; a pooling unit, which chooses, has none.
    """
    at, channel, row, column, _ = chosen
    name = list(layers())[at]
    summed = at - 1 if isinstance(layers()[name], ReLU) else at
    products: list[float] = []
    bias = 0.0
    if (source := list(layers())[summed]) in weights():
        kernel, biases = weights()[source]
        _, height, width = kernel[channel].shape
        window = maps[summed][:, row : row + height, column : column + width]
        products, bias = (kernel[channel] * window).ravel().tolist(), float(biases[channel])
    place = {"layer": name, "channel": channel, "row": row, "column": column}
    value = float(maps[at + 1][channel, row, column])
    return {**place, "value": value, "bias": bias, "products": products, "field": field(name, row, column)}


def walk(state: str, tour: bool = True, alone: bool = False) -> Widget:
    """The interactive, which starts with `state`; with the tour, or without it where it is one exhibit among others.

    `alone`: only the first layer is in view until the reader goes on, and the figure is of that layer.
    """
    chosen = as_given(parse, state, "s7")
    described = [
        {"name": name, "shape": list(shape), **_windows(name)} for name, shape in shapes().items()
    ]  # as the script reads them
    images, labels = samples()
    taken = [int(found(f"s{number}", None)[-1].argmax()) for number in range(len(labels))]
    pictures = [{"label": label, "taken": answer} for label, answer in zip(labels, taken, strict=True)]
    steps = [{"state": place, "text": text} for place, text in _tour()] if tour else []
    data = {"layers": described, "samples": pictures, "classes": list(range(10)), "tour": steps, "shown": int(alone)}
    still = Figure(_first(chosen), _sum(chosen)) if alone else Figure(_picture(chosen), _numbers(chosen))
    made = {"walk-network.js": _file(images)}
    return Widget("walk", "walk", "Walk through a network", state, still, data, made=made, lazy=not tour)


def _windows(name: str) -> dict[str, object]:
    layer = layers()[name]
    if name in weights():
        return {"kind": "conv", "kernel": weights()[name][0].shape[-1], "stride": 1, "padding": 0}
    if isinstance(layer, MaxPool2d):
        axis = layer.windows[0]
        return {"kind": "pool", "kernel": axis.kernel_size, "stride": axis.stride, "padding": axis.padding[0]}
    return {"kind": "relu"}


def _file(images: Array) -> str:
    """The script that holds the weights, as 16-bit floats, and the samples, both in base64."""
    kept = np.concatenate([part.ravel() for pair in weights().values() for part in pair])
    halves = kept.astype("<f2")
    if (halves != kept).any():
        raise ValueError("the page's weights are sent as 16-bit floats, and these are none")
    texts = {"WEIGHTS": halves.tobytes(), "SAMPLES": images.astype(np.uint8).tobytes()}
    return "".join(f'export const {name} = "{b64encode(content).decode()}";\n' for name, content in texts.items())


SEVEN, GAP = 17, ((5, 12, 15), (6, 12, 19), (7, 13, 19))  # a 7 whose bar is broken; rows and columns where it is


def _tour() -> list[tuple[str, str]]:
    """Where each step of the tour goes, and what it says; the first is a question."""
    maps, names = found(f"s{SEVEN}", None), list(shapes())
    shares, scores = probabilities(maps[-1]), [_short(score) for score in maps[-1].ravel()]

    def at(name: str, least: bool = False) -> tuple[str, dict[str, Any]]:
        """The state that shows the unit with the largest value after a layer, or the least, and what is told of it."""
        values = maps[names.index(name) + 1]
        channel, row, column = np.unravel_index(values.argmin() if least else values.argmax(), values.shape)
        chosen = Unit(names.index(name), int(channel), int(row), int(column), None)
        return form(Walk(SEVEN, None, None, chosen, None, None)), unit(chosen, maps)

    (first, one), (low, below), (pool, most), (second, deep) = at("conv1"), at("conv1", True), at("pool1"), at("conv2")
    tap = int(np.argmax(one["products"]))
    pixel = maps[0][0, one["field"][0][0] + tap // 5, one["field"][1][0] + tap % 5]
    times = f"{_short(pixel)} × {_short(one['products'][tap] / pixel)} = {_short(one['products'][tap])}"
    wide = deep["field"][0][1] - deep["field"][0][0] + 1
    closed = np.round(samples()[0][SEVEN] / 255 * INK).astype(int)
    for row, start, end in GAP:
        closed[row, start:end] = INK
    drawn = f"d{packed(closed.ravel().tolist())}"
    after = _percent(probabilities(found(drawn, None)[-1])[7])
    return [
        (at("pool2")[0], f"This is a 7. The network answers 1, with {_percent(shares[1])}. Why?"),
        (
            drawn,
            f"Its bar, the stroke at the top, has a gap. Here the gap is filled: the answer is 7, with {after}. "
            "That is why: with a broken bar it looks like a 1 to the network.",
        ),
        (
            f"s{SEVEN}_g7v1",
            "The network itself shows where to look. More ink on an amber pixel would raise its score of 7 over that "
            "of 1; on a violet one it would lower it. Some of the strongest amber lies in the gap.",
        ),
        (
            first,
            "Now from the pixels to the answer. One unit of the first layer reads the 5×5 pixels outlined in the "
            "picture, and no others.",
        ),
        (
            f"{first}.t{tap}",  # the largest
            f"It multiplies each pixel by a weight: here {times}. "
            f"Its 25 products and a bias add up to {_short(one['value'])}.",
        ),
        (
            low.replace("conv1", "relu1"),
            f"ReLU writes 0 in place of every sum below 0. For this other unit the sum was {_short(below['value'])}.",
        ),
        (
            pool,
            f"Pooling keeps the largest of 2×2 numbers, here {_short(most['value'])}. "
            "The maps are half as wide and half as high.",
        ),
        (
            second,
            f"The second convolution reads windows in all six maps: {len(deep['products'])} products for one number. "
            f"Those maps read the picture, so this unit depends on {wide}×{wide} pixels of it.",
        ),
        (
            f"s{SEVEN}_ufc.1",
            f"Each answer has a score, {taps('fc')} products and a bias added up: {scores[1]} for 1, "
            f"{scores[7]} for 7. The softmax turns the ten scores into shares of 100 %: {_percent(shares[1])} and "
            f"{_percent(shares[7])}. "
            "Now draw a digit of your own.",
        ),
    ]


def opening() -> str:
    """The state with which the tour begins."""
    return _tour()[0][0]


def _short(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _percent(share: float) -> str:
    """A share in percent, with a decimal where that tells it from 0 or 100.

    >>> [_percent(share) for share in (0.988, 0.5, 0.011, 0.99999)]
    ['98.8\xa0%', '50\xa0%', '1.1\xa0%', '>99.9\xa0%']
    """
    if share >= 0.9995:
        return ">99.9\N{NO-BREAK SPACE}%"
    return f"{100 * share:.{0 if 0.0995 <= share < 0.9 else 1}f}\N{NO-BREAK SPACE}%"


def _numbers(state: Walk) -> Table:
    scores = found(state.text, state.cover)[-1]
    rows: Rows = [
        [digit, float(f"{score:.2f}"), float(f"{100 * share:.1f}")]
        for digit, (score, share) in enumerate(zip(scores.ravel(), probabilities(scores), strict=True))
    ]
    return Table(["answer", "score", "probability"], rows, {"probability": "%"}, note=_note())


def _note() -> str:
    from convnotes.experiments.weights import made

    return f"{CREDIT} {made('walk')}"


def _sum(state: Walk) -> Table:
    """What the unit of a state is the sum of."""
    assert state.unit
    told: dict[str, Any] = unit(state.unit, found(state.text, state.cover))
    parts = {
        f"{len(told['products'])} products": sum(told["products"]),
        "bias": told["bias"],
        "the unit": told["value"],
    }
    return Table(["part", "value"], [[name, float(f"{value:.2f}")] for name, value in parts.items()], note=_note())


def _picture(state: Walk) -> Drawing:
    """The picture, two stages of maps, the answers, and the gradient of what it is taken for at the picture."""
    maps = found(state.text, state.cover)
    shares, names = probabilities(maps[-1]), list(shapes())
    best, second = (int(digit) for digit in np.argsort(shares)[::-1][:2])
    drawing = Drawing(336, 316)
    drawing.text(0, 12, "picture", "mute", 12)
    _cells(drawing, 0, 20, 4, maps[0][0], plain=True)
    if state.unit and state.unit.layer < len(names) - 1:
        (top, bottom), (left, right) = field(names[state.unit.layer], state.unit.row, state.unit.column)
        drawing.rect(4 * left, 20 + 4 * top, 4 * (right - left + 1), 4 * (bottom - top + 1), None, "see", 2)
    drawing.text(120, 12, f"gradient, {second} over {best}", "mute", 12)
    _cells(drawing, 120, 20, 4, backward(maps, second, best)[0][0])
    drawing.text(246, 12, "answers", "mute", 12)
    for digit, share in enumerate(shares):
        y = 20 + 11.2 * digit
        drawing.text(246, y + 9.6, digit, "ink", 11)
        drawing.rect(258, y + 1.5, max(1, 76 * share), 8, "out" if digit == best else "see")
    for top, name, side, columns in ((146, "pool1", 4, 6), (226, "pool2", 7.5, 8)):
        shape = "×".join(map(str, shapes()[name]))
        drawing.text(0, top + 12, f"after {name}: {shape}", "mute", 12)
        peak = maps[names.index(name) + 1]
        for number, values in enumerate(peak):
            x, y = number % columns * (336 / columns), number // columns * (side * len(values) + 6)
            _cells(drawing, x, top + 20 + y, side, values, float(peak.max()))
    return drawing


def _first(state: Walk) -> Drawing:
    """The picture and the maps of the first layer; the unit in its map, what it reads and its weights."""
    assert state.unit
    maps, name = found(state.text, state.cover), next(iter(layers()))
    _, channel, row, column, _ = state.unit
    (top, bottom), (left, right) = field(name, row, column)
    drawing = Drawing(336, 366)
    for x, said in ((0, "picture"), (130, "reads"), (234, "× weights")):
        drawing.text(x, 12, said, "mute", 12)
    _cells(drawing, 0, 20, 4, maps[0][0], plain=True)
    drawing.rect(4 * left, 20 + 4 * top, 4 * (right - left + 1), 4 * (bottom - top + 1), None, "see", 2)
    _cells(drawing, 130, 20, 18, maps[0][0, top : bottom + 1, left : right + 1])
    _cells(drawing, 234, 20, 18, weights()[name][0][channel, 0])
    drawing.text(0, 158, f"after {name}: {'×'.join(map(str, shapes()[name]))}", "mute", 12)
    peak, side = float(np.abs(maps[1]).max()), 4
    for number, values in enumerate(maps[1]):
        x, y = number % 3 * 114, 166 + number // 3 * 102
        _cells(drawing, x, y, side, values, peak)
        if number == channel:
            drawing.rect(x + side * column, y + side * row, side, side, None, "win", 2)
    return drawing


def _cells(
    drawing: Drawing, x: float, y: float, side: float, values: Array, most: float = 0, plain: bool = False
) -> None:
    """A map as squares: ink of a picture, or signed shades."""
    height, width = values.shape
    most = most or float(np.abs(values).max()) or 1
    drawing.rect(x, y, side * width, side * height, "cell" if not plain else "line", radius=0)
    levels = np.round(SHADES * values / most).astype(int).tolist()
    drawing.pixels(x, y, side, [[look(level, plain) for level in row] for row in levels])
