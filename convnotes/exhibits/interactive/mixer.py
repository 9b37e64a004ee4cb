"""The mixer: a 1×1 convolution from three channels to two, and the product of its matrix with one pixel written out."""

import re
from dataclasses import dataclass
from functools import cache
from math import hypot

import numpy as np

from convnotes.correlate import Array, correlate2d
from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive.signed import decimal, letter, look, shade
from convnotes.exhibits.interactive.state import as_given, clamp

GRAMMAR = (
    "(-?[0-9]{1,3}(?:\\.-?[0-9]{1,3}){5})(?:_b(-?[0-9]{1,3})\\.(-?[0-9]{1,3}))?"
    "(?:_x([0-9]{1,2}))?(?:_y([0-9]{1,2}))?(_r)?(_n)?"
)
SIDE, BRIGHTEST = 8, 255
CHANNELS = ("red", "green", "blue")
START = (3, 4)  # column and row of the pixel that is looked at first: (255, 100, 50)
PRESETS = {
    "grey, red − green": "30.59.11.50.-50.0",
    "copies": "100.0.0.0.100.0",
    "opposites": "50.-50.0.-25.-25.50",
    "grey and its negative": "30.59.11.-30.-59.-11_b0.255",
    "blue sky": "-50.-50.100.30.59.11_r",
}

Row = tuple[int, int, int]


@dataclass(frozen=True)
class Mix:
    """A state: weights in hundredths and a bias for each of two outputs, the pixel, whether a ReLU follows.

    With `others` every pixel but the one that is looked at is inverted.
    """

    weights: tuple[Row, Row]
    bias: tuple[int, int]
    x: int
    y: int
    relu: bool
    others: bool


def parse(text: str) -> tuple[Mix, list[str]] | None:
    """The state that `text` stands for and what had to be said about it; None if it stands for none.

    >>> mix, words = parse("30.59.11.50.-50.0")
    >>> mix.weights, mix.bias, (mix.x, mix.y), words
    (((30, 59, 11), (50, -50, 0)), (0, 0), (3, 4), [])
    >>> parse("30.59.11.50.-500.0_x9")[1]
    ['weight -500 is outside -100 to 100: showing -100.', 'x 9 is outside 0 to 7: showing 7.']
    >>> parse("30.59.11") is parse("30.59.11.50.-50.") is parse("1.2.3.4.5.6_b1") is None
    True
    """
    found = re.fullmatch(GRAMMAR, text)
    if not found:
        return None
    words: list[str] = []
    w = [clamp("weight", int(number), -100, 100, words) for number in found[1].split(".")]
    first, second = (clamp("bias", int(found[n] or 0), -255, 255, words) for n in (2, 3))
    x, y = (
        clamp(name, int(found[n]), 0, SIDE - 1, words) if found[n] else start
        for name, n, start in (("x", 4, START[0]), ("y", 5, START[1]))
    )
    weights = (w[0], w[1], w[2]), (w[3], w[4], w[5])
    return Mix(weights, (first, second), x, y, bool(found[6]), bool(found[7])), words


def form(state: Mix) -> str:
    """The shortest text that parses to `state`.

    >>> form(parse("030.59.11.50.-50.-0_b0.0_x3_y5")[0])
    '30.59.11.50.-50.0_y5'
    """
    text = ".".join(str(weight) for row in state.weights for weight in row)
    bias = f"_b{state.bias[0]}.{state.bias[1]}" if any(state.bias) else ""
    x, y = (f"_{name}{at}" * (at != start) for name, at, start in zip("xy", (state.x, state.y), START, strict=True))
    return text + bias + x + y + "_r" * state.relu + "_n" * state.others


@cache
def sunset() -> tuple[tuple[Row, ...], ...]:
    """The picture: eight rows of eight pixels, red, green and blue from 0 to 255; a sun going down into the sea.

    >>> sunset()[START[1]][START[0]]
    (255, 100, 50)
    """
    return tuple(tuple(_colour(x, y) for x in range(SIDE)) for y in range(SIDE))


def _colour(x: int, y: int) -> Row:
    if hypot(x - 4.5, y - 3.5) < 1.3:
        return (255, 215, 90)  # the sun
    if y < 5:
        return (55 + 50 * y, 60 + 10 * y, 150 - 25 * y)  # the sky, redder towards the horizon
    glow = max(0, 3 - abs(x - 4)) * (20 if y % 2 else 45)
    return (20 + glow, 50 + glow // 2 + 5 * (7 - y), 110 - 10 * (y - 5))  # the sea, with a path of light


def picture(state: Mix) -> Array:
    """The three channels, (3, 8, 8), with every pixel but the one that is looked at inverted if the state says so."""
    maps = np.moveaxis(np.array(sunset()), 2, 0)
    if not state.others:
        return maps
    inverted = BRIGHTEST - maps
    inverted[:, state.y, state.x] = maps[:, state.y, state.x]
    return inverted


def mixed(state: Mix) -> Array:
    """The two outputs, (2, 8, 8), in hundredths.

    >>> mixed(parse("30.59.11.50.-50.0")[0])[:, 4, 3].tolist()
    [14100, 7750]
    """
    return _through(state, picture(state))


def _through(state: Mix, maps: Array) -> Array:
    out: Array = correlate2d(maps, np.reshape(state.weights, (2, 3, 1, 1))) + 100 * np.reshape(state.bias, (2, 1, 1))
    return np.maximum(out, 0) if state.relu else out


def written(state: Mix) -> list[str]:
    """For each output the product of its weights with the pixel, written out.

    >>> written(parse("30.59.11.50.-50.0")[0])
    ['0.3·255 + 0.59·100 + 0.11·50 = 141', '0.5·255 − 0.5·100 + 0·50 = 77.5']
    >>> written(parse("-100.0.0.0.0.0_b20.0_r")[0])[0]
    '−1·255 + 0·100 + 0·50 + 20 = −235, and after the ReLU 0'
    """
    pixel = picture(state)[:, state.y, state.x].tolist()
    lines = []
    for weights, bias in zip(state.weights, state.bias, strict=True):
        terms = [f"{decimal(weight, 100)}·{value}" for weight, value in zip(weights, pixel, strict=True)]
        terms += [decimal(bias)] * bool(bias)
        total = sum(weight * value for weight, value in zip(weights, pixel, strict=True)) + 100 * bias
        rectified = f", and after the ReLU {decimal(max(0, total), 100)}" if state.relu else ""
        lines.append(" + ".join(terms).replace("+ −", "− ") + f" = {decimal(total, 100)}{rectified}")
    return lines


def shades(state: Mix) -> list[list[list[int]]]:
    """The two outputs as they are drawn; the last shade is what a weight of 1 makes of the brightest."""
    return [[[shade(int(value), 100 * BRIGHTEST) for value in row] for row in rows] for rows in mixed(state)]


def reading(state: Mix) -> dict[str, object]:
    """What the mixer must show of `state`."""
    now, usual = mixed(state), _through(state, np.moveaxis(np.array(sunset()), 2, 0))
    touched = int(((now != usual).any(axis=0)).sum())
    maps = ["".join(letter(level) for row in rows for level in row) for rows in shades(state)]
    return {
        "weights": [list(row) for row in state.weights],
        "bias": list(state.bias),
        "pixel": picture(state)[:, state.y, state.x].tolist(),
        "at": [state.x, state.y],
        "lines": written(state),
        "products": _products(state),
        "maps": maps,
        "touched": touched if state.others else None,
    }


def _products(state: Mix) -> list[list[str]]:
    """For each output its three products, its bias and what comes out."""
    pixel, out = picture(state)[:, state.y, state.x], mixed(state)[:, state.y, state.x]
    rows = [np.multiply(weights, pixel).tolist() for weights in state.weights]
    ends = zip(rows, state.bias, out, strict=True)
    return [
        [*(decimal(part, 100) for part in row), decimal(bias), decimal(int(value), 100)] for row, bias, value in ends
    ]


def mixer(state: str) -> Widget:
    """The interactive, which starts with `state`, and the pixel and the maps that stand for it in print."""
    chosen = as_given(parse, state, "30.59.11.50.-50.0")
    data = {"presets": PRESETS, "start": START, "picture": [list(pixel) for row in sunset() for pixel in row]}
    return Widget("mixer", "mx", "Channel mixer", state, Figure(_drawn(chosen), _numbers(chosen)), data)


def _numbers(state: Mix) -> Table:
    rows: Rows = [["pixel", *map(str, picture(state)[:, state.y, state.x]), "", ""]]
    for number, (weights, products) in enumerate(zip(state.weights, _products(state), strict=True), 1):
        rows.append([f"weights {number}", *(decimal(weight, 100) for weight in weights), "", ""])
        rows.append([f"products {number}", *products])
    return Table(["values", *CHANNELS, "bias", "output"], rows)


def _drawn(state: Mix) -> Drawing:
    """The three channels in a column, the two outputs in another, the pixel outlined in all of them."""
    drawing, side = Drawing(388, 344), 12
    for name, values, y in zip(CHANNELS, picture(state), (0, 116, 232), strict=True):
        _map(drawing, 8, y, side, name, [[look(shade(int(v), BRIGHTEST), True) for v in row] for row in values], state)
    for number, (rows, y) in enumerate(zip(shades(state), (58, 174), strict=True), 1):
        paint = [[look(level, False) for level in row] for row in rows]
        _map(drawing, 268, y, side, f"output {number}", paint, state)
        for source in (0, 116, 232):
            drawing.arrow(116, source + 58, 258, y + 58, "edge")
    return drawing


def _map(
    drawing: Drawing,
    x: float,
    y: float,
    side: float,
    name: str,
    paint: list[list[tuple[str, float] | None]],
    state: Mix,
) -> None:
    drawing.text(x + SIDE * side / 2, y + 11, name, "mute", 12.75, "middle")
    drawing.rect(x, y + 15, SIDE * side, SIDE * side, "cell", radius=0)
    drawing.pixels(x, y + 15, side, paint)
    drawing.rect(x + state.x * side, y + 15 + state.y * side, side, side, None, "win", 2.5)
