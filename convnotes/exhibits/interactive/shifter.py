"""The shifter: a cat that moves, what a convolution and a pooling make of it, and how far that is from moving along."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import hypot

import numpy as np

from convnotes.correlate import Array, correlate2d, max_pool2d, translate
from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive.signed import decimal, letter, look, shade
from convnotes.exhibits.interactive.state import as_given, clamp

GRAMMAR = (
    "(edge|rise|blur|same)(?:_k([0-9]{1,2}))?(?:_s([0-9]{1,2}))?(?:_x(-?[0-9]{1,3}))?(?:_y(-?[0-9]{1,3}))?(_a)?(_o)?"
)
SIDE, MOST = 32, 12  # of the picture; the farthest move
KERNELS = {
    "edge": ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    "rise": ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
    "blur": ((1, 2, 1), (2, 4, 2), (1, 2, 1)),
    "same": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
}
NOTE = (
    "Equivariance error: the differences between the map now and the old map moved along, added up without signs, as a "
    "share of the old map's values, added up without signs. Unchanged: of the cells that are not zero before or after, "
    "the share that hold the same value."
)
BINOMIAL = np.array(KERNELS["blur"])  # the smoothing before a subsampling; its sum is 16
PRESETS = {
    "one to the right": "edge_x1",
    "two to the right": "edge_x2",
    "no pooling": "edge_k1_s1_x1",
    "smoothed pooling": "edge_x1_a",
    "over the edge": "edge_k1_s1_x-10",
}


@dataclass(frozen=True)
class Shift:
    """A state: the kernel, the pooling window and its stride, the move, and whether it smooths and wraps around."""

    kernel: str
    size: int
    stride: int
    right: int
    down: int
    smooth: bool
    wrap: bool


def parse(text: str) -> tuple[Shift, list[str]] | None:
    """The state that `text` stands for and what had to be said about it; None if it stands for none.

    >>> parse("edge_x1")[0]
    Shift(kernel='edge', size=2, stride=2, right=1, down=0, smooth=False, wrap=False)
    >>> parse("blur_s3_x-40")[1]
    ['stride 3 does not divide the picture: showing 2.', 'right -40 is outside -12 to 12: showing -12.']
    >>> parse("cat") is parse("edge_x") is parse("edge_a_x1") is None
    True
    """
    found = re.fullmatch(GRAMMAR, text)
    if not found:
        return None
    words: list[str] = []
    size = clamp("window", int(found[2] or 2), 1, 4, words)
    stride = clamp("stride", int(found[3] or 2), 1, 4, words)
    if stride == 3:
        words.append("stride 3 does not divide the picture: showing 2.")
        stride = 2
    right, down = (clamp(name, int(found[n] or 0), -MOST, MOST, words) for name, n in (("right", 4), ("down", 5)))
    return Shift(found[1], size, stride, right, down, bool(found[6]), bool(found[7])), words


def form(state: Shift) -> str:
    """The shortest text that parses to `state`.

    >>> form(parse("edge_k2_s2_x1_y0_o")[0])
    'edge_x1_o'
    """
    window = f"_k{state.size}" * (state.size != 2) + f"_s{state.stride}" * (state.stride != 2)
    move = f"_x{state.right}" * bool(state.right) + f"_y{state.down}" * bool(state.down)
    return state.kernel + window + move + "_a" * state.smooth + "_o" * state.wrap


@cache
def cat() -> tuple[tuple[int, ...], ...]:
    """The picture: 32 rows of 32 levels from 0, blank, to 15."""
    return tuple(tuple(_level(x - 15.5, y - 17.5) for x in range(SIDE)) for y in range(SIDE))


def _level(x: float, y: float) -> int:
    aside = abs(x)
    if hypot((aside - 3.5) / 1.6, (y + 0.8) / 2.1) <= 1:
        return 2 if aside == 3.5 else 15  # eyes and their pupils
    if aside < 1.2 and 1.8 < y < 3.2:
        return 14  # nose
    if 3 < aside < 9.5 and abs(abs(y - 3.4) - (aside - 3) * 0.22) < 0.36 and y > 2:
        return 13  # whiskers
    if hypot(x / 8.6, y / 7.4) <= 1:
        return 11 if y < -3.6 and aside < 4 and int(aside + 0.5) % 2 == 0 else 7  # stripes on fur
    inside = -11 < y < -3 and abs(aside - 5.6 - (y + 11) * -0.12) < (y + 11) * 0.42
    return 9 if inside else 0  # ears


def padded(maps: Array, before: int, after: int, wrap: bool, fill: int) -> Array:
    """The map with a border: its own other side, or `fill`."""
    width = (before, after)
    return np.pad(maps, width, mode="wrap") if wrap else np.pad(maps, width, constant_values=fill)


def features(image: Array, state: Shift) -> Array:
    """The feature map, as large as the picture."""
    return correlate2d(padded(image, 1, 1, state.wrap, 0), KERNELS[state.kernel])


def pool(maps: Array, state: Shift) -> Array:
    """The pooled map, a cell for every `stride` of the feature map's; smoothed, in sixteenths.

    >>> state = parse("same")[0]
    >>> pool(np.arange(32 * 32).reshape(32, 32), state)[0, :3]
    array([33, 35, 37])
    """
    before = (state.size - 1) // 2
    wide = padded(maps, before, state.size - 1 - before, state.wrap, int(maps.min()))  # which never wins alone
    if not state.smooth:
        return max_pool2d(wide, state.size, state.stride)
    largest = max_pool2d(wide, state.size, 1)
    return correlate2d(padded(largest, 1, 1, state.wrap, 0), BINOMIAL, state.stride)


def moved(maps: Array, right: int, down: int, wrap: bool) -> Array:
    """A map moved by whole cells."""
    return translate(maps, (down, right), "circular" if wrap else "zeros")


def farness(now: Array, before: Array, state: Shift, stride: int) -> tuple[int, Array]:
    """How far `now` is from `before` moved along, summed over cells; and that, at the whole move that comes nearest.

    >>> now, state = np.array([[0, 5, 0, 0]] * 4), parse("same_x1")[0]
    >>> int(farness(now, np.array([[5, 0, 0, 0]] * 4), state, 1)[0])
    0
    """
    near = [sorted({step // stride, -(-step // stride)}) for step in (state.right, state.down)]
    copies = [moved(before, right, down, state.wrap) for down, right in product(near[1], near[0])]
    errors = [int(np.abs(now - copy).sum()) for copy in copies]
    best = errors.index(min(errors))
    return errors[best], copies[best]


@cache
def measure(state: Shift) -> dict[str, tuple[Array, Array, Array]]:
    """For the feature map and the pooled one: as it is, as it was, and what was, moved along."""
    image = np.array(cat())
    was = features(image, state)
    now = features(moved(image, state.right, state.down, state.wrap), state)
    pairs = {"feature map": (now, was, 1), "pooled map": (pool(now, state), pool(was, state), state.stride)}
    return {name: (a, b, farness(a, b, state, stride)[1]) for name, (a, b, stride) in pairs.items()}


def row(state: Shift, name: str) -> list[str]:
    r"""What the table says of a map: error, cells that stayed, the largest value and the mean, before and after.

    >>> row(parse("edge_x2")[0], "pooled map")[0]
    '0\xa0%'
    """
    now, was, along = measure(state)[name]
    below = 16 if state.smooth and name == "pooled map" else 1
    alive = (now != 0) | (was != 0)
    error = decimal(100 * int(np.abs(now - along).sum()), int(np.abs(was).sum()), 1)
    stayed = decimal(100 * int((alive & (now == was)).sum()), int(alive.sum()), 1)
    largest, mean = (
        f"{decimal(int(before), below * n)} → {decimal(int(after), below * n)}"
        for before, after, n in ((was.max(), now.max(), 1), (was.sum(), now.sum(), was.size))
    )
    return [f"{error}\N{NO-BREAK SPACE}%", f"{stayed}\N{NO-BREAK SPACE}%", largest, mean]


def shades(state: Shift) -> dict[str, list[list[int]]]:
    """The four maps as they are drawn: picture, feature map, pooled map, and what is left over of it."""
    (now, was, _), (pooled, pooled_was, along) = measure(state).values()
    image = moved(np.array(cat()), state.right, state.down, state.wrap)
    most, peak = int(np.abs(was).max()), int(np.abs(pooled_was).max())
    pictures = ((image, 15), (now, most), (pooled, peak), (pooled - along, peak))
    return {
        name: [[shade(int(value), top) for value in line] for line in values]
        for name, (values, top) in zip(("image", "features", "pooled", "missing"), pictures, strict=True)
    }


def reading(state: Shift) -> dict[str, object]:
    """What the shifter must show of `state`."""
    feature, pooled = (row(state, name) for name in ("feature map", "pooled map"))
    now, was, _ = measure(state)["pooled map"]
    change = decimal(100 * abs(int(now.max()) - int(was.max())), abs(int(was.max())), 1)
    return {
        "right": state.right,
        "down": state.down,
        "meters": [pooled[0], pooled[1], f"{change}\N{NO-BREAK SPACE}%"],
        "rows": [feature, pooled],
        "maps": {
            name: "".join(letter(cell) for line in lines for cell in line) for name, lines in shades(state).items()
        },
    }


def shifter(state: str) -> Widget:
    """The interactive, which starts with `state`, and the moves that stand for it in print."""
    chosen = as_given(parse, state, "edge_x1")
    data = {"kernels": KERNELS, "presets": PRESETS, "picture": "".join(f"{level:x}" for row in cat() for level in row)}
    return Widget("shifter", "sh", "Shifting cat", state, Figure(_picture(chosen), _numbers(chosen)), data)


def _moves(state: Shift) -> list[Shift]:
    return [Shift(state.kernel, state.size, state.stride, right, 0, state.smooth, state.wrap) for right in (0, 1, 2)]


def _numbers(state: Shift) -> Table:
    rows: Rows = [[f"{move.right} right", name, *row(move, name)] for move in _moves(state) for name in measure(move)]
    return Table(["moved", "map", "equivariance error", "unchanged", "largest value", "mean"], rows, note=NOTE)


def _picture(state: Shift) -> Drawing:
    """Three rows, for moves by 0, 1 and 2: the picture, its feature map, the pooled map, what misses."""
    drawing, side, pitch = Drawing(336, 272), 72, 78
    for column, name in enumerate(("image", "feature map", "pooled map", "left over")):
        drawing.text(26 + side / 2 + pitch * column, 14, name, "mute", 11, "middle")
    for line, move in enumerate(_moves(state)):
        y = 24 + 84 * line
        drawing.text(0, y + side / 2, f"+{move.right}", "ink", 13)
        for column, cells in enumerate(shades(move).values()):
            drawing.rect(26 + pitch * column, y, side, side, "cell", radius=0)
            paint = [[look(level, column == 0) for level in row] for row in cells]
            drawing.pixels(26 + pitch * column, y, side / len(cells), paint)
    return drawing
