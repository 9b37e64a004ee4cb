"""The stepper: one window after the other over a small grid, with every product or comparison written out.

A convolution reads one channel or three and goes forward (`conv`) or back (`back`: each output sends its gradient to
its window and to the kernel); poolings (`pool`, `avg`) read one channel.
"""

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
from convnotes.words.numbers import bracketed, minus

GRAMMAR = (
    "(?:(conv|back)(?:_c(3))?(?:_w([a-z]+|[0-9.-]+))?(?:_d([0-9]{1,2}))?(?:_b(-?[0-9]{1,2}))?|"
    "(pool|avg)(?:_k([0-9]{1,2}))?)"
    "(?:_g([0-9.-]+))?(?:_y([0-9.-]+))?(?:_s([0-9]{1,2}))?(?:_p([0-9]{1,2}))?(?:_t([0-9]{1,3}))?"
)
NUMBER = "-?[0-9]"
KERNELS = {  # a slice for all channels or one for each, and what their sum is divided by
    "edge": ("-101.-101.-101", 1),
    "blur": ("121.242.121", 16),
    "sharpen": ("0-10.-15-1.0-10", 1),
    "identity": ("000.010.000", 1),
    "mixed": ("-101.-101.-101..-101.-101.-101..000.010.000", 1),
    "redness": ("111.111.111..-1-1-1.-1-1-1.-1-1-1..000.000.000", 9),
}
POOLED = "1283.4651.9723.5310"
GRIDS = {
    "conv": "10189.01298.11799.02889.18998", "pool": POOLED, "avg": POOLED, "back": "120.312.014",
    "conv3": "1289.0298.1189.0199..9821.8710.9611.8720..1021.0110.2101.1012",
}  # fmt: skip
FIRST = {"conv": "edge", "conv3": "mixed", "back": "12.34"}  # weights, where none are named
SENT = "102-11.2-1011.01-120.1101-1.-10211"  # gradients sent back, as many of them as there are outputs
SIDES = {"conv": (4, 7), "conv3": (4, 5), "back": (3, 5), "pool": (4, 7), "avg": (4, 7)}
COLOURS = ("red", "green", "blue")

Cells = tuple[tuple[int, ...], ...]
Stack = tuple[Cells, ...]  # one square of cells for each channel


@dataclass(frozen=True)
class Step:
    """A state: the layer, what it slides over and how many windows it has answered.

    `kernel` are a convolution's weights, a slice for each channel of `grid`; their sums are divided by `divisor` and
    `bias` is added. A pooling has none. `sent` are the gradients that the outputs are sent, where the layer goes back.
    """

    mode: str
    grid: Stack
    kernel: Stack | None
    divisor: int
    bias: int
    sent: Cells | None
    size: int
    stride: int
    padding: int
    step: int

    @property
    def side(self) -> int:
        """Cells along one side of the output."""
        return output_size(len(self.grid[0]), self.size, self.stride, self.padding)

    @property
    def kind(self) -> str:
        """The mode, and the number of channels where that is not one."""
        return kind(self.mode, len(self.grid))


def kind(mode: str, channels: int) -> str:
    """The key of `GRIDS`, `FIRST` and `SIDES`."""
    return mode if channels == 1 else f"{mode}{channels}"


def parse(text: str) -> tuple[Step, list[str]] | None:
    """The state that `text` stands for and what had to be said about it; None if it stands for none.

    >>> state, words = parse("pool_k2_s2_t3")
    >>> state.grid[0][0], state.side, state.step, words
    ((1, 2, 8, 3), 2, 3, [])
    >>> parse("conv_s9")[1]
    ['stride 9 is outside 1 to 3: showing 3.']
    >>> parse("conv_k2") is parse("pool_g12.3") is parse("pool_t３") is parse("back_c3") is parse("conv_y1") is None
    True
    """
    found = re.fullmatch(GRAMMAR, text)
    if not found:
        return None
    channels = int(found[2] or 1)
    mode = found[6] or found[1]
    if (mode == "back" and (found[2] or found[4] or found[5])) or (mode != "back" and found[9]):
        return None
    called = kind(mode, channels)
    rows, below = KERNELS.get(found[3] or FIRST.get(called, ""), (found[3] or FIRST.get(called, ""), 1))
    grid = _stack(found[8] or GRIDS[called], channels)
    kernel = None if found[6] else _stack(rows, channels)
    sent = _stack(found[9] or SENT, 1) if mode == "back" else None
    if grid is None or (kernel is None and not found[6]) or (sent is None and mode == "back"):
        return None
    return _clamped(Step(mode, grid, kernel, below, 0, sent[0] if sent else None, 0, 0, 0, 1), found)


def _clamped(state: Step, found: re.Match[str]) -> tuple[Step, list[str]]:
    """The state with its numbers in range, and words for those that were not."""
    words = list[str]()
    state = replace(state, grid=_fit("grid", state.grid, *SIDES[state.kind], words))
    if state.kernel:
        kernel = _fit("kernel", state.kernel, 1, 3, words)
        divisor = 1 if state.mode == "back" else clamp("divisor", int(found[4] or state.divisor), 1, 99, words)
        bias = clamp("bias", int(found[5] or 0), -9, 9, words)
        state = replace(state, kernel=kernel, divisor=divisor, bias=bias, size=len(kernel[0]))
    else:
        state = replace(state, divisor=1, size=clamp("kernel", int(found[7] or 2), 1, 3, words))
    stride = clamp("stride", int(found[10] or (1 if state.kernel else state.size)), 1, 3, words)
    state = replace(state, stride=stride, padding=clamp("padding", int(found[11] or 0), 0, state.size // 2, words))
    if state.sent:
        state = replace(
            state, sent=_fit("gradient", (state.sent,), state.side, state.side, words if found[9] else [])[0]
        )
    return replace(state, step=clamp("step", int(found[12] or 1), 1, state.side**2, words)), words


def _stack(text: str, channels: int) -> Stack | None:
    """A square of numbers for each channel, or None; one square stands for all."""
    squares = [_cells(part) for part in text.split("..")]
    cells = tuple(square for square in squares if square and len(square) == len(squares[0] or ()))
    if len(cells) != len(squares) or len(cells) not in (1, channels):
        return None
    return cells * channels if len(cells) == 1 else cells


def _cells(text: str) -> Cells | None:
    """The rows of a square of numbers, or None."""
    rows = text.split(".")
    if not all(re.fullmatch(f"(?:{NUMBER})+", row) for row in rows):
        return None
    cells = tuple(tuple(map(int, re.findall(NUMBER, row))) for row in rows)
    return cells if all(len(row) == len(cells) for row in cells) else None


def _fit(what: str, stack: Stack, least: int, most: int, words: list[str]) -> Stack:
    """The cells cut, or filled with zeros, to a side in range."""
    side = clamp(what, len(stack[0]), least, most, words)
    return tuple(_sized(cells, side) for cells in stack)


def _sized(cells: Cells, side: int) -> Cells:
    spare = (0,) * side
    return tuple((*row, *spare)[:side] for row in (*cells, *[()] * side)[:side])


def form(state: Step) -> str:
    """The shortest text that parses to `state`.

    >>> form(parse("pool_k2_s2_t1")[0]), form(parse("conv_w121.242.121_d16_s1_p01")[0])
    ('pool', 'conv_wblur_p1')
    >>> form(parse("conv_c3_wmixed_b1_t2")[0]), form(parse("back_w12.34_y10.2-1")[0])
    ('conv_c3_b1_t2', 'back')
    """
    text = state.mode + ("_c3" if len(state.grid) == 3 else "") + _layer(state)
    if (grid := _text(state.grid)) != GRIDS[state.kind]:
        text += f"_g{grid}"
    if state.sent and state.sent != _sized(_cells(SENT) or (), state.side):
        text += f"_y{_text((state.sent,))}"
    if state.stride != (1 if state.kernel else state.size):
        text += f"_s{state.stride}"
    return text + (f"_p{state.padding}" if state.padding else "") + (f"_t{state.step}" if state.step > 1 else "")


def _layer(state: Step) -> str:
    """What the text says of the weights."""
    if not state.kernel:
        return f"_k{state.size}" if state.size != 2 else ""
    own, first = (_text(state.kernel), state.divisor), FIRST[state.kind]
    named = [name for name, kernel in KERNELS.items() if kernel == own]
    text = f"_w{named[0]}" if named else f"_w{own[0]}" + f"_d{state.divisor}" * (state.divisor > 1)
    return ("" if own == KERNELS.get(first, (first, 1)) else text) + (f"_b{state.bias}" if state.bias else "")


def _text(stack: Stack) -> str:
    """The squares, or one of them where all are the same."""
    squares = [".".join("".join(map(str, row)) for row in cells) for cells in stack]
    return squares[0] if len(set(squares)) == 1 else "..".join(squares)


def sums(state: Step) -> tuple[list[int], int]:
    """The numerators of all outputs, row by row, and the denominator that they have in common.

    >>> sums(parse("pool")[0]), sums(parse("avg")[0])
    (([6, 8, 9, 3], 1), ([13, 17, 24, 6], 4))
    >>> sums(parse("conv_c3_b1")[0])[0]
    [3, 4, 6, 4]
    """
    if state.mode == "pool":
        return max_pool2d(state.grid[0], state.size, state.stride, state.padding).ravel().tolist(), 1
    kernel = state.kernel or np.ones((1, state.size, state.size), int)  # an average is a kernel of ones, divided
    below = state.divisor if state.kernel else state.size**2
    maps = correlate2d(np.array(state.grid), np.array(kernel)[None], state.stride, state.padding)
    return (maps + state.bias * below).ravel().tolist(), below


def gradients(state: Step) -> tuple[list[list[int]], list[list[int]]]:
    """What the first `step` outputs have sent to the cells of the input and to the weights.

    >>> gradients(parse("back_t4")[0])
    ([[1, 2, 0], [5, 7, -2], [6, 5, -4]], [[6, 2], [2, -1]])
    """
    assert state.sent and state.kernel
    (grid,), (kernel,) = state.grid, state.kernel
    to_input, to_kernel = ([[0] * len(square) for _ in square] for square in (grid, kernel))
    for step, sent in enumerate([g for row in state.sent for g in row][: state.step], 1):
        top, left = corner(state, step)
        for a, b in product(range(state.size), repeat=2):
            i, j = top + a, left + b
            if i in range(len(grid)) and j in range(len(grid)):
                to_input[i][j] += sent * kernel[a][b]
                to_kernel[a][b] += sent * grid[i][j]
    return to_input, to_kernel


def written(state: Step, step: int) -> str:
    """The sum or the maximum of one window, written out; padding is 0 in a sum and −∞ in a maximum.

    Over three channels, the sum of their sums; backward, what the first weight has got by this step.

    >>> written(parse("pool")[0], 1), written(parse("avg")[0], 4)
    ('max(1, 2, 4, 6) = 6', '(2 + 3 + 1 + 0) / 4 = 1.5')
    >>> written(parse("conv_w-12.30_g1000.0100.0010.0001")[0], 1), written(parse("pool_p1")[0], 1)
    ('1·(−1) + 0·2 + 0·3 + 1·0 = −1', 'max(−∞, −∞, −∞, 1) = 1')
    >>> written(parse("conv_c3_b1")[0], 1), written(parse("back")[0], 3)
    ('23 + (−22) + 1 + 1 = 3', 'first weight: 1·1 + 0·2 + 2·3 = 7')
    """
    if state.mode == "back":
        return _first_weight(state, step)
    numerators, below = sums(state)
    value = numerators[step - 1]
    if state.mode == "pool":
        cells = ["−∞" if cell is None else minus(cell) for cell in window(state, step)]
        return f"max({', '.join(cells)}) = {minus(value)}"
    several = len(state.grid) > 1
    terms = [bracketed(part) for _, part in _parts(state, step)] if several else [_parts(state, step)[0][0]]
    whole = " + ".join(terms)
    divided = f"({whole}) / {below}" if below > 1 else whole
    biased = f"{divided} + {bracketed(state.bias)}" if several or state.bias else divided
    return f"{biased} {'=' if exact(value, below) else '≈'} {decimal(value, below)}"


def _first_weight(state: Step, step: int) -> str:
    """What the first weight has got by a step."""
    terms = [(g, window(state, at)[0] or 0) for at, g in enumerate(np.ravel(state.sent or ()).tolist()[:step], 1)]
    whole = " + ".join(f"{bracketed(g)}·{bracketed(cell)}" for g, cell in terms)
    return f"first weight: {whole} = {minus(sum(g * cell for g, cell in terms))}"


def parts(state: Step, step: int) -> list[str]:
    """The sum of each of three channels, written out; of one channel `written` says all.

    >>> parts(parse("conv_c3_w1.-2.3".replace(".", ".."))[0], 1)
    ['red: 1·1 = 1', 'green: 9·(−2) = −18', 'blue: 1·3 = 3']
    """
    if len(state.grid) == 1:
        return []
    told = zip(COLOURS, _parts(state, step), strict=True)
    return [f"{colour}: {terms} = {minus(part)}" for colour, (terms, part) in told]


def _parts(state: Step, step: int) -> list[tuple[str, int]]:
    """For each channel the products of a window, and their sum."""
    found = []
    for channel in range(len(state.grid)):
        cells = [cell or 0 for cell in window(state, step, channel)]
        if state.kernel is None:
            found.append((" + ".join(map(bracketed, cells)), sum(cells)))
            continue
        pairs = list(zip(cells, [weight for row in state.kernel[channel] for weight in row], strict=True))
        found.append((" + ".join(f"{bracketed(x)}·{bracketed(w)}" for x, w in pairs), sum(x * w for x, w in pairs)))
    return found


def corner(state: Step, step: int) -> tuple[int, int]:
    """Row and column of the window's first cell, which may lie in the padding."""
    i, j = divmod(step - 1, state.side)
    return i * state.stride - state.padding, j * state.stride - state.padding


def window(state: Step, step: int, channel: int = 0) -> list[int | None]:
    """The cells of a channel under the window, row by row; None is padding."""
    top, left = corner(state, step)
    places = product(range(top, top + state.size), range(left, left + state.size))
    grid = state.grid[channel]
    inside = range(len(grid))
    return [grid[i][j] if i in inside and j in inside else None for i, j in places]


def reading(state: Step) -> dict[str, object]:
    """What the stepper must show of `state`.

    >>> reading(parse("pool_t3")[0])["outputs"]
    ['6', '8', '9', '']
    """
    numerators, below = sums(state)
    count, taps = len(numerators), state.size**2 * len(state.grid)
    shown = [short(value, below) if place < state.step else "" for place, value in enumerate(numerators)]
    back = gradients(state) if state.sent else None
    return {
        "mode": state.mode,
        "grid": [cell for channel in state.grid for row in channel for cell in row],
        "kernel": state.kernel and [weight for channel in state.kernel for row in channel for weight in row],
        "bias": state.bias,
        "step": state.step,
        "steps": count,
        "corner": list(corner(state, state.step)),
        "size": state.size,
        "padded": sum(cell is None for cell in window(state, state.step)),
        "sum": written(state, state.step),
        "parts": parts(state, state.step),
        "outputs": [minus(g) for row in state.sent for g in row] if state.sent else shown,
        "back": back and [[cell for row in square for cell in row] for square in back],
        "sums": [written(state, step) for step in range(1, state.step + 1)],
        "multiplications": [taps, taps * count] if state.kernel and not state.sent else None,
    }


def stepper(state: str, presets: dict[str, str]) -> Widget:
    """The interactive, which starts with `state`, and the worked window that stands for it in print."""
    chosen = as_given(parse, state, "conv_s2")
    data = {"kernels": KERNELS, "grids": GRIDS, "first": FIRST, "sent": SENT, "sides": SIDES, "presets": presets}
    still = Figure(_picture(chosen), _numbers(chosen))
    return Widget("stepper", "st", "Window stepper", state, still, data)


def _numbers(state: Step) -> Table:
    rows: Rows = []
    for step in range(1, state.side**2 + 1):
        computation, _, value = written(state, step).rpartition(" ")
        rows.append([step, computation[:-2], value])
    return Table(["step", "computation", "gradient so far" if state.sent else "output"], rows)


def _picture(state: Step) -> Drawing:
    """The grid with its window at the left, kernel and output at the right; every output is filled in."""
    if state.sent:
        return _picture_back(state)
    side, numerators, below = 36, *sums(state)
    cells, channels = len(state.grid[0]) + 2 * state.padding, len(state.grid)
    left, tall = cells * side + 36, cells * side + 40
    high = 34 + state.side * side + (48 + state.size * side if state.kernel else 0)
    drawing = Drawing(left + max(state.side, state.size) * side + 6, max(high + (channels - 1) * tall, channels * tall))
    for channel in range(channels):
        with drawing.moved(4, channel * tall):
            _padded(drawing, state, side, cells, channel)
    if state.kernel:
        for channel, slice in enumerate(state.kernel):
            with drawing.moved(left, channel * tall):
                _board(drawing, 0, "kernel" + f" ÷ {state.divisor}" * (state.divisor > 1), slice, 9, 1)
    most = max(map(abs, numerators))
    outputs = [numerators[row * state.side : (row + 1) * state.side] for row in range(state.side)]
    with drawing.moved(left, (channels - 1) * tall + (48 + state.size * side if state.kernel else 0)):
        _board(drawing, 0, "output", outputs, most, below)
        i, j = divmod(state.step - 1, state.side)
        drawing.rect(j * side, 34 + i * side, side, side, None, "out", 2.5)
    return drawing


def _picture_back(state: Step) -> Drawing:
    """Above, the input, the kernel and the gradients sent back; below, what has come to the input and the kernel."""
    assert state.sent and state.kernel
    to_input, to_kernel = gradients(replace(state, step=state.side**2))
    wide, cells = 36 * (len(state.grid[0]) + 2 * state.padding), len(state.grid[0]) + 2 * state.padding
    second, third = wide + 36, wide + 72 + max(36 * state.size, 90)
    drawing = Drawing(third + max(36 * state.side, 60) + 6, 2 * wide + 100)
    with drawing.moved(4, 0):
        _padded(drawing, state, 36, cells, 0)
    _board(drawing, second, "kernel", state.kernel[0], 9, 1)
    _board(drawing, third, "sent back", state.sent, 9, 1)
    most = max(abs(cell) for square in (to_input, to_kernel) for row in square for cell in row)
    with drawing.moved(0, wide + 54):
        _board(drawing, 4 + 36 * state.padding, "to the input", to_input, most, 1)
        _board(drawing, second, "to the kernel", to_kernel, most, 1)
    return drawing


def _padded(drawing: Drawing, state: Step, side: float, cells: int, channel: int) -> None:
    """A channel of the grid, the dashed cells round it, and the window of the step."""
    edge = state.padding * side
    drawing.text(0, 20, "input" if len(state.grid) == 1 else f"input, {COLOURS[channel]}", "mute", 14)
    with drawing.moved(edge, edge):
        _board(drawing, 0, "", state.grid[channel], 9, 1)
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
