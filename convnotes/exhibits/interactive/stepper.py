"""The stepper: one window after the other over a small grid, with every product or comparison written out."""

import re
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from convnotes.conv import output_size
from convnotes.correlate import correlate2d, max_pool2d
from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive.signed import SHADES, decimal, exact, shade, short
from convnotes.exhibits.interactive.state import as_given, clamp
from convnotes.words.numbers import minus

GRAMMAR = (
    "(?:conv(?:_w([a-z]+|[0-9.-]+))?(?:_d([0-9]{1,2}))?|(pool|avg)(?:_k([0-9]{1,2}))?)"
    "(?:_g([0-9.-]+))?(?:_s([0-9]{1,2}))?(?:_p([0-9]{1,2}))?(?:_t([0-9]{1,3}))?"
)
NUMBER = "-?[0-9]"
KERNELS = {  # weights, and what their sum is divided by
    "edge": ("-101.-101.-101", 1),
    "blur": ("121.242.121", 16),
    "sharpen": ("0-10.-15-1.0-10", 1),
    "identity": ("000.010.000", 1),
}
POOLED = "1283.4651.9723.5310"
GRIDS = {"conv": "10189.01298.11799.02889.18998", "pool": POOLED, "avg": POOLED}

Cells = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Step:
    """A state: the layer, the grid it slides over and how many windows it has answered.

    `kernel` are a convolution's weights, whose sums are divided by `divisor`; a pooling has none.
    """

    mode: str
    grid: Cells
    kernel: Cells | None
    divisor: int
    size: int
    stride: int
    padding: int
    step: int

    @property
    def side(self) -> int:
        """Cells along one side of the output."""
        return output_size(len(self.grid), self.size, self.stride, self.padding)


def parse(text: str) -> tuple[Step, list[str]] | None:
    """The state that `text` stands for and what had to be said about it; None if it stands for none.

    >>> state, words = parse("pool_k2_s2_t3")
    >>> state.grid[0], state.side, state.step, words
    ((1, 2, 8, 3), 2, 3, [])
    >>> parse("conv_s9")[1]
    ['stride 9 is outside 1 to 3: shown is 3.']
    >>> parse("conv_k2") is parse("pool_g12.3") is parse("pool_t３") is None
    True
    """
    found = re.fullmatch(GRAMMAR, text)
    if not found:
        return None
    mode, words = found[3] or "conv", list[str]()
    name = found[1] or "edge"
    rows, divisor = KERNELS.get(name, (name, 1))
    grid, kernel = _cells(found[5] or GRIDS[mode]), None if found[3] else _cells(rows)
    if grid is None or (kernel is None and not found[3]):
        return None
    grid = _fit("grid", grid, 4, 7, words)
    if kernel:
        kernel = _fit("kernel", kernel, 1, 3, words)
        divisor = clamp("divisor", int(found[2] or divisor), 1, 99, words)
    size = len(kernel) if kernel else clamp("kernel", int(found[4] or 2), 1, 3, words)
    stride = clamp("stride", int(found[6] or (1 if kernel else size)), 1, 3, words)
    padding = clamp("padding", int(found[7] or 0), 0, size // 2, words)
    state = Step(mode, grid, kernel, divisor if kernel else 1, size, stride, padding, 1)
    return replace(state, step=clamp("step", int(found[8] or 1), 1, state.side**2, words)), words


def _cells(text: str) -> Cells | None:
    """The rows of a square of numbers, or None."""
    rows = text.split(".")
    if not all(re.fullmatch(f"(?:{NUMBER})+", row) for row in rows):
        return None
    cells = tuple(tuple(map(int, re.findall(NUMBER, row))) for row in rows)
    return cells if all(len(row) == len(cells) for row in cells) else None


def _fit(what: str, cells: Cells, least: int, most: int, words: list[str]) -> Cells:
    """The cells cut, or filled with zeros, to a side in range."""
    side = clamp(what, len(cells), least, most, words)
    spare = (0,) * side
    return tuple((*row, *spare)[:side] for row in (*cells, *[()] * side)[:side])


def form(state: Step) -> str:
    """The shortest text that parses to `state`.

    >>> form(parse("pool_k2_s2_t1")[0]), form(parse("conv_w121.242.121_d16_s1_p01")[0])
    ('pool', 'conv_wblur_p1')
    """
    if state.kernel:
        rows = _text(state.kernel)
        names = [name for name, kernel in KERNELS.items() if kernel == (rows, state.divisor)]
        loose = f"_w{rows}" + f"_d{state.divisor}" * (state.divisor > 1)
        layer = "" if names == ["edge"] else f"_w{names[0]}" if names else loose
    else:
        layer = f"_k{state.size}" if state.size != 2 else ""
    grid = _text(state.grid)
    own = f"_g{grid}" if grid != GRIDS[state.mode] else ""
    stride = f"_s{state.stride}" if state.stride != (1 if state.kernel else state.size) else ""
    padding = f"_p{state.padding}" if state.padding else ""
    return state.mode + layer + own + stride + padding + (f"_t{state.step}" if state.step > 1 else "")


def _text(cells: Cells) -> str:
    return ".".join("".join(map(str, row)) for row in cells)


def sums(state: Step) -> tuple[list[int], int]:
    """The numerators of all outputs, row by row, and the denominator that they have in common.

    >>> sums(parse("pool")[0]), sums(parse("avg")[0])
    (([6, 8, 9, 3], 1), ([13, 17, 24, 6], 4))
    """
    if state.mode == "pool":
        return max_pool2d(state.grid, state.size, state.stride, state.padding).ravel().tolist(), 1
    kernel = state.kernel or np.ones((state.size, state.size), int)  # an average is a kernel of ones, divided
    below = state.divisor if state.kernel else state.size**2
    return correlate2d(state.grid, kernel, state.stride, state.padding).ravel().tolist(), below


def written(state: Step, step: int) -> str:
    """The sum or the maximum of one window, written out; padding is 0 in a sum and −∞ in a maximum.

    >>> written(parse("pool")[0], 1), written(parse("avg")[0], 4)
    ('max(1, 2, 4, 6) = 6', '(2 + 3 + 1 + 0) / 4 = 1.5')
    >>> written(parse("conv_w-12.30_g1000.0100.0010.0001")[0], 1), written(parse("pool_p1")[0], 1)
    ('1·(−1) + 0·2 + 0·3 + 1·0 = −1', 'max(−∞, −∞, −∞, 1) = 1')
    """
    numerators, below = sums(state)
    value = numerators[step - 1]
    cells = window(state, step)
    if state.mode == "pool":
        return f"max({', '.join('−∞' if cell is None else minus(cell) for cell in cells)}) = {minus(value)}"
    terms = [_factor(cell or 0) for cell in cells]
    if state.kernel:
        weights = [weight for row in state.kernel for weight in row]
        terms = [f"{term}·{_factor(weight)}" for term, weight in zip(terms, weights, strict=True)]
    whole = " + ".join(terms)
    divided = f"({whole}) / {below}" if below > 1 else whole
    return f"{divided} {'=' if exact(value, below) else '≈'} {decimal(value, below)}"


def _factor(number: int) -> str:
    return f"({minus(number)})" if number < 0 else str(number)


def corner(state: Step, step: int) -> tuple[int, int]:
    """Row and column of the window's first cell, which may lie in the padding."""
    i, j = divmod(step - 1, state.side)
    return i * state.stride - state.padding, j * state.stride - state.padding


def window(state: Step, step: int) -> list[int | None]:
    """The cells under the window, row by row; None is padding."""
    top, left = corner(state, step)
    places = product(range(top, top + state.size), range(left, left + state.size))
    inside = range(len(state.grid))
    return [state.grid[i][j] if i in inside and j in inside else None for i, j in places]


def reading(state: Step) -> dict[str, object]:
    """What the stepper must show of `state`.

    >>> reading(parse("pool_t3")[0])["outputs"]
    ['6', '8', '9', '']
    """
    numerators, below = sums(state)
    count, taps = len(numerators), state.size**2
    shown = [short(value, below) if place < state.step else "" for place, value in enumerate(numerators)]
    return {
        "mode": state.mode,
        "grid": [cell for row in state.grid for cell in row],
        "kernel": state.kernel and [weight for row in state.kernel for weight in row],
        "step": state.step,
        "steps": count,
        "corner": list(corner(state, state.step)),
        "size": state.size,
        "padded": sum(cell is None for cell in window(state, state.step)),
        "sum": written(state, state.step),
        "outputs": shown,
        "sums": [written(state, step) for step in range(1, state.step + 1)],
        "multiplications": [taps, taps * count] if state.kernel else None,
    }


def stepper(state: str, presets: dict[str, str]) -> Widget:
    """The interactive, which starts with `state`, and the worked window that stands for it in print."""
    chosen = as_given(parse, state, "conv_s2")
    data = {"kernels": KERNELS, "grids": GRIDS, "presets": presets}
    return Widget("stepper", "st", "Window stepper", state, Figure(_picture(chosen), _numbers(chosen)), data)


def _numbers(state: Step) -> Table:
    numerators, below = sums(state)
    rows: Rows = []
    for step, value in enumerate(numerators, 1):
        rows.append([step, written(state, step).rpartition(" ")[0][:-2], decimal(value, below)])
    return Table(["step", "computation", "output"], rows)


def _picture(state: Step) -> Drawing:
    """Output and kernel at the left, the grid with its window at the right; every output is filled in."""
    side, numerators, below = 36, *sums(state)
    cells = len(state.grid) + 2 * state.padding
    left = max(state.side, state.size) * side + 40
    high = 34 + state.side * side + (48 + state.size * side if state.kernel else 0)
    drawing = Drawing(left + cells * side + 6, max(high, 34 + cells * side) + 6)
    most = max(map(abs, numerators))
    outputs = [numerators[row * state.side : (row + 1) * state.side] for row in range(state.side)]
    _board(drawing, 4, "output", outputs, most, below)
    i, j = divmod(state.step - 1, state.side)
    drawing.rect(4 + j * side, 34 + i * side, side, side, None, "out", 2.5)
    if state.kernel:
        with drawing.moved(0, 48 + state.side * side):
            _board(drawing, 4, "kernel" + f" ÷ {state.divisor}" * (state.divisor > 1), state.kernel, 9, 1)
    with drawing.moved(left, 0):
        _padded(drawing, state, side, cells)
    return drawing


def _padded(drawing: Drawing, state: Step, side: float, cells: int) -> None:
    """The grid, the dashed cells round it, and the window of the step."""
    edge = state.padding * side
    drawing.text(0, 20, "input", "mute", 14)
    with drawing.moved(edge, edge):
        _board(drawing, 0, "", state.grid, 9, 1)
    for i, j in product(range(cells), range(cells)):
        if not all(state.padding <= at < cells - state.padding for at in (i, j)):
            x, y = j * side + 3, 37 + i * side
            corners = [(x, y), (x + side - 6, y), (x + side - 6, y + side - 6), (x, y + side - 6)]
            drawing.path(corners, stroke="edge", closed=True, dash="3 3")
            label = "−∞" if state.mode == "pool" else "0"
            drawing.text(x + side / 2 - 3, y + side / 2 - 3, label, "mute", 13, middle=True)
    top, left = corner(state, state.step)
    drawing.rect(edge + left * side, 34 + edge + top * side, state.size * side, state.size * side, None, "win", 3)


def _board(drawing: Drawing, x: float, name: str, rows: Cells | list[list[int]], most: int, below: int) -> None:
    drawing.text(x, 20, name, "mute", 14)
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            drawing.rect(x + j * 36 + 1, 35 + i * 36, 34, 34)
            if level := shade(value, most):
                role = "neg" if level < 0 else "pos"
                drawing.rect(x + j * 36 + 1, 35 + i * 36, 34, 34, role, opacity=0.5 * abs(level) / SHADES)
            drawing.text(x + j * 36 + 18, 52 + i * 36, short(value, below), "ink", 13, middle=True)
