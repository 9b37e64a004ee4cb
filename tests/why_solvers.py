"""The questions that ask why, decided a second time: by running the layers, or by trying cell after cell.

Each function gets what the question gives and returns the code of the right option; how the options are worded is of no
concern here.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from convnotes.architectures import find
from convnotes.exercises.why.steps import GRADIENTS
from tests.solvers import Given, field, learned, paths, places, size, span, spread, work


def from_map(image: list[list[int]], map: list[list[int]]) -> str:
    """By solving for the kernel: nine windows, four unknown weights."""
    windows = np.lib.stride_tricks.sliding_window_view(np.array(image), (2, 2)).reshape(9, 4)
    every = np.array(list(np.ndindex(3, 3, 3, 3))) - 1
    found = every[(windows @ every.T == np.ravel(map)[:, None]).all(0)].tolist()
    names = {(-1, 1, -1, 1): "right", (-1, -1, 1, 1): "down", (1, 1, 1, 1): "sum", (1, -1, -1, 1): "crossed"}
    (right,) = {names[kernel] for kernel in [tuple(weights) for weights in found] if kernel in names}
    return right


EDGE = np.outer([1, 1, 1], [-1, 0, 1])
SECOND = [[0, 0, 0], [1, -2, 1], [0, 0, 0]]
PICTURED = {
    "columns": EDGE,
    "rows": EDGE.T,
    "blur": np.full((3, 3), 1 / 9),
    "laplace": np.add(SECOND, np.transpose(SECOND)),
}


def from_signs(image: list[list[int]], signs: list[list[int]]) -> str:
    """By laying each kernel on the image, with PyTorch."""
    x = torch.tensor(image, dtype=torch.float64)[None, None]
    (right,) = [
        name
        for name, kernel in PICTURED.items()
        if F.conv2d(x, torch.tensor(kernel, dtype=torch.float64)[None, None]).sign()[0, 0].int().tolist() == signs
    ]
    return right


def first_wrong(values: tuple[int, ...], expected: list[int]) -> str:
    return next((str(at) for at, (got, want) in enumerate(zip(values, expected, strict=True)) if got != want), "none")


def size_line(size: int, kernel_size: int, stride: int, padding: int, dilation: int, values: tuple[int, ...]) -> str:
    room = places(size, values[0], 1, padding) - 1
    steps = len(range(0, values[1] + 1, stride)) - 1
    return first_wrong(values, [span(kernel_size, dilation), room, steps, len(range(values[2] + 1))])


def entries(size: int, kernel_size: int, stride: int, padding: int, columns: bool) -> str:
    pixels = torch.eye(size).reshape(size, 1, size)
    matrix = F.conv1d(pixels, torch.ones(1, 1, kernel_size), stride=stride, padding=padding).reshape(size, -1).T
    return str(len(set(matrix.count_nonzero(0 if columns else 1).tolist())) == 1)


@cache
def twin(channels: int, outputs: int, side: int, layers: tuple[tuple[str, tuple[int, ...]], ...]) -> str:
    fitting = []
    for name, (a, b, k, p) in layers:
        if a == channels:
            made = places(side, k, 1, p)
            if (made, size(b, a, k, k)) == (1, size(outputs, channels, side, side)) and b == outputs:
                fitting.append(name)
    (right,) = fitting
    return right


def compared(first: Any, second: Any) -> str:
    return "same" if first == second else "first" if first > second else "second"


def cost_line(
    in_channels: int, out_channels: int, kernel_size: int, stride: int, side: int, values: tuple[int, ...]
) -> str:
    a, b, k = in_channels, out_channels, kernel_size
    per_place = places(side, k, stride, k // 2)
    return first_wrong(
        values,
        [
            size(k, k, a),
            sum([values[0]] * b),
            values[1] + size(b),
            sum(values[1] * per_place for _ in range(per_place)),
        ],
    )


BETWEEN = {
    "nothing": lambda x: x,
    "double": lambda x: 2 * x,
    "add": lambda x: x + 3,
    "relu": torch.relu,
    "square": torch.square,
    "absolute": torch.abs,
}


@cache
def merged(sizes: tuple[int, int], between: str) -> str:
    """By whether what the three do to a sum is what they do to its parts."""
    torch.manual_seed(0)
    one, two = (torch.randn(1, 1, k, dtype=torch.float64) for k in sizes)

    def whole(x: torch.Tensor) -> torch.Tensor:
        return F.conv1d(BETWEEN[between](F.conv1d(x, one)), two)

    x, y = torch.randn(2, 1, 1, 40, dtype=torch.float64)
    return "yes" if torch.allclose(whole(x + y) + whole(0 * x), whole(x) + whole(y)) else "no"


def block_line(in_channels: int, layers: list[tuple[Any, ...]], padding: int, bias: bool) -> str:
    """With few channels, of which as many are alike."""
    few = {count: at for at, count in enumerate(sorted({in_channels, *(n for _, *ns in layers for n in ns)}), 1)}
    return _fails(few[in_channels], tuple((name, *map(few.get, numbers)) for name, *numbers in layers), padding, bias)


@cache
def _fails(in_channels: int, layers: tuple[tuple[Any, ...], ...], padding: int, bias: bool) -> str:
    x = torch.zeros(1, in_channels, 6, 6)
    for at, (name, *numbers) in enumerate(layers):
        more = {"kernel_size": 3, "padding": padding, "bias": bias} if name == "Conv2d" else {}
        try:
            x = getattr(nn, name)(*numbers, **more)(x)
        except (RuntimeError, ValueError):
            return str(at)
    return "none"


@cache
def modes(norm: str, dropout: bool, training: bool) -> str:
    """By running such a network, twice and with other pictures."""
    torch.manual_seed(0)
    norms = {"batch norm": nn.BatchNorm2d(8), "layer norm": nn.GroupNorm(1, 8), "": nn.Identity()}
    net = nn.Sequential(nn.Conv2d(3, 8, 3), norms[norm], nn.ReLU(), nn.Dropout(0.5 * dropout), nn.Flatten())
    net.append(nn.Linear(8 * 16, 5)).train(training)
    batch, other = torch.randn(2, 4, 3, 6, 6)
    other[0] = batch[0]

    def answer(pictures: torch.Tensor, seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        return net(pictures)[0].detach()

    others = not torch.allclose(answer(batch, 1), answer(other, 1), atol=1e-5)
    call = not torch.allclose(answer(batch, 1), answer(batch, 2), atol=1e-5)
    return {(False, False): "neither", (True, False): "others", (False, True): "call", (True, True): "both"}[
        others, call
    ]


@cache
def undone(norm: str, part: str, add: bool, by: int) -> str:
    torch.manual_seed(0)
    x = torch.randn(3, 4, 5, 5, dtype=torch.float64)
    changed = x.clone()
    where = {"channel": np.s_[:, 1], "picture": np.s_[1], "map": np.s_[1, 1]}[part]
    changed[where] = x[where] + by if add else x[where] * by

    def through(x: torch.Tensor) -> torch.Tensor:
        if norm == "batch norm":
            return F.batch_norm(x, None, None, training=True, eps=1e-12)
        groups = {"layer norm": 1, "instance norm": 4, "group norm with two groups": 2}[norm]
        return F.group_norm(x, groups, eps=1e-12)

    return str(torch.allclose(through(x), through(changed)))


def pooling(grid: list[list[int]], map: list[list[int]]) -> str:
    x = torch.tensor(grid, dtype=torch.float64).reshape(1, 1, 4, 4)
    made = {"max": F.max_pool2d(x, 2), "average": F.avg_pool2d(x, 2), "corner": x[..., ::2, ::2]}
    made["sum"] = F.conv2d(x, torch.ones(1, 1, 2, 2, dtype=torch.float64), stride=2)
    (right,) = [name for name, found in made.items() if found[0, 0].tolist() == map]
    return right


def peak(kernel_size: int, windows: int, cell: int, move: int) -> str:
    before, after = torch.zeros(2, 1, kernel_size * windows)
    before[0, cell] = after[0, cell + move] = 1
    return "stays" if torch.equal(*(F.max_pool1d(row, kernel_size) for row in (before, after))) else "moves"


@cache
def along(strides: tuple[int, ...], move: int) -> str:
    """By taking cells of a ring on which all strides come out even."""
    ring = np.random.default_rng(0).permutation(6**4 * 4)

    def last(row: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        for stride in strides:
            row = row[::stride]
        return row

    first, then = last(ring), last(np.roll(ring, move))
    return "exact" if any(np.array_equal(np.roll(first, at), then) for at in range(move + 1)) else "between"


def blurs(row: list[int]) -> str:
    kernel = [1, 2, 1]
    one, two = np.convolve(row, kernel, "valid")[1::2], np.convolve(row[::2], kernel, "valid")
    return str(np.array_equal(one[: len(two)], two))


def stack(layers: list[tuple[int, int]]) -> int:
    return field([(k, s, 0, 1) for k, s in layers])


def field_line(layers: list[tuple[int, int]], values: list[int]) -> str:
    """Each line against the one above it: the layer grows every field by the same."""
    grown = [stack(layers[: at + 1]) for at in range(len(layers))]
    steps = [later - earlier for earlier, later in pairwise([1, *grown])]
    return first_wrong(tuple(values), [before + step for before, step in zip([1, *values], steps, strict=False)])


def group(in_channels: int, out_channels: int, groups: int, input: int, output: int) -> str:
    """By raising one input channel of a layer of ones."""
    x = torch.zeros(1, in_channels, 1, 1)
    x[0, input] = 1
    return str(bool(F.conv2d(x, torch.ones(out_channels, in_channels // groups, 1, 1), groups=groups)[0, output] > 0))


@cache
def separable(in_channels: int, layers: tuple[tuple[int, ...], tuple[int, ...]]) -> str:
    def made(x: torch.Tensor, i: int, o: int, k: int, p: int, groups: int) -> torch.Tensor:
        return F.conv2d(x, torch.ones(o, i // groups, k, k), padding=p, groups=groups)

    x = torch.zeros(1, in_channels, 9, 9)
    x[0, 0, 4, 4] = 1
    first = made(x, *layers[0])
    if first.shape[-1] != 9:
        return "shrinks"
    if first[0].amax((1, 2)).count_nonzero() > 1:
        return "mixes"
    try:
        second = made(x, *layers[1])
    except RuntimeError:
        return "channels"
    return "neighbours" if second[0, 0].count_nonzero() > 1 else "none"


def way_back(layers: list[str]) -> str:
    """By hooks on the weights of such a network; the options are orders, and one code is theirs."""
    net, channels = nn.Sequential(), 2
    for name in layers:
        if name.startswith("convolution"):
            net.append(nn.Conv2d(channels, channels, int(name[-1]), padding=int(name[-1]) // 2))
        elif name == "dense layer":
            net.extend([nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 3)])
        else:
            net.append(nn.ReLU() if name == "ReLU" else nn.MaxPool2d(1))
    seen: list[nn.Parameter] = []
    weights = [layer.weight for layer in net if isinstance(layer, (nn.Conv2d, nn.Linear))]
    for weight in weights:
        weight.register_post_accumulate_grad_hook(seen.append)
    net(torch.ones(1, channels, 8, 8)).sum().backward()
    order = [next(at for at, weight in enumerate(weights) if weight is found) for found in seen]
    return "back" if order == sorted(order, reverse=True) else "forward"


@cache
def _order(layers: tuple[str, ...]) -> str:
    return way_back(list(layers))


def kernel_line(row: list[int], sent: list[int], kernel_size: int, stride: int, values: list[int]) -> str:
    x = torch.tensor(row, dtype=torch.float64).reshape(1, 1, -1)
    w = torch.zeros(1, 1, kernel_size, dtype=torch.float64, requires_grad=True)
    (slopes,) = torch.autograd.grad(
        F.conv1d(x, w, stride=stride), w, torch.tensor(sent, dtype=torch.float64).reshape(1, 1, -1)
    )
    return first_wrong(tuple(values), slopes.ravel().int().tolist())


def size_back(size: int, kernel_size: int, stride: int, padding: int) -> str:
    one = torch.ones(1, 1, kernel_size)
    there = F.conv1d(torch.ones(1, 1, size), one, stride=stride, padding=padding)
    back = F.conv_transpose1d(there, one, stride=stride, padding=padding)
    return "size" if back.shape[-1] == size else "short"


def cover(size: int, kernel_size: int, stride: int) -> str:
    stamps = Counter(stride * at + tap for at in range(size) for tap in range(kernel_size))
    middle = [stamps[cell] for cell in range(kernel_size, stride * (size - 1))]
    return str(len(set(middle)) == 1)


def shortcut(
    in_channels: int, out_channels: int, stride: int, side: int, shortcuts: dict[str, tuple[int, int, int] | None]
) -> str:
    want = (out_channels, places(side, 1, stride), places(side, 1, stride))
    fitting = {}
    for name, layer in shortcuts.items():
        made = (in_channels, side, side) if layer is None else (layer[1], *[places(side, 1, layer[2])] * 2)
        if made == want:
            fitting[name] = 0 if layer is None else size(layer[0], layer[1])
    return min(fitting, key=lambda name: fitting[name])


@cache
def relearned(dense: bool, change: str) -> str:
    """By least squares: can weights give, on changed pictures, what others gave on the old ones?"""
    rng = np.random.default_rng(0)
    side, count = 4, 120
    x = rng.normal(size=(count, 2, side, side))
    flat = x.reshape(count, 2, -1)
    shuffles = [rng.permutation(side * side) for _ in range(count)]
    if change == "all":
        shuffles = [shuffles[0]] * count
    changed = (
        flat[:, ::-1] if change == "channels" else np.array([p[:, s] for p, s in zip(flat, shuffles, strict=True)])
    )

    def read(pictures: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        if dense:
            return pictures.reshape(count, -1)
        windows = np.lib.stride_tricks.sliding_window_view(pictures.reshape(count, 2, side, side), (3, 3), (2, 3))
        return windows.transpose(0, 2, 3, 1, 4, 5).reshape(count * 4, -1)

    wanted = read(flat) @ rng.normal(size=read(flat).shape[1])
    weights = np.linalg.lstsq(read(changed), wanted, rcond=None)[0]
    if np.allclose(read(changed) @ weights, wanted):
        return "True"
    return "own" if change == "each" else "near"


def layer_of(channels: int, outputs: int, kernel_size: int, side: int, weights: int) -> str:
    window = size(kernel_size, kernel_size, channels)
    counts = {
        "dense": size(channels, side, side) * size(outputs, side, side),
        "local": window * size(outputs, side, side),
        "shared": size(outputs, window),
    }
    (right,) = [name for name, count in counts.items() if count == weights]
    return right


def counts_square(at: int, patch: int, first: int, last: int) -> str:
    return "may" if set(range(at, at + patch)) & set(range(first, last + 1)) else "no"


def shown(colour: bool, layer: int, widths: list[int]) -> str:
    reads = ["colour" if colour else "grey", *["no"] * (len(widths) - 1)]
    return reads[layer - 1]


def tool(in_channels: int, out_channels: int, side: int, told: int) -> str:
    mine = work(in_channels, out_channels, 3, side, 1, 1)
    found = {
        "flops": mine + mine,
        "biases": mine + size(out_channels, side, side),
        "input": work(in_channels, out_channels, 3, 2 * side, 1, 1),
        "unpadded": work(in_channels, out_channels, 3, side, 1, 0),
    }
    (right,) = [name for name, count in found.items() if count == told]
    return right


@cache
def learns(freezes: str, training: bool, given: str) -> str:
    """By preparing a small network so, taking a step, and comparing everything before and after."""
    torch.manual_seed(0)
    net = nn.Module()
    net.body, net.fc = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.Flatten()), nn.Linear(8, 5)
    if freezes == "first":
        net.requires_grad_(False)
    net.fc = nn.Linear(8, 3)
    if freezes == "last":
        net.requires_grad_(False)
    optimizer = torch.optim.SGD(net.parameters() if given == "all" else net.fc.parameters(), lr=0.01)
    net.train(training)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    try:
        F.cross_entropy(net.fc(net.body(torch.rand(4, 1, 2, 2))), torch.tensor([0, 1, 2, 0])).backward()
    except RuntimeError:
        return "error"
    optimizer.step()
    moved = {name for name, value in net.state_dict().items() if not torch.equal(value, before[name])}
    assert "fc.weight" in moved
    return ("all" if "body.0.weight" in moved else "head") + ", norms" * ("body.1.running_mean" in moved)


@cache
def changed(channels: int, side: int, move: str) -> str:
    """By building the block before and after."""

    def numbers(strides: tuple[int, int], padding: int = 1, dilation: int = 1, bias: bool = False) -> tuple[int, ...]:
        c, w = channels, channels // 4
        one, two = strides
        layers = [(c, w, 1, one, 0, 1), (w, w, 3, two, padding, dilation), (w, c, 1, 1, 0, 1)]
        held = learned(*[nn.Conv2d(a, b, k, bias=bias, device="meta") for a, b, k, *_ in layers])
        macs, now = 0, side
        for a, b, k, s, p, d in layers:
            now = places(now, span(k, d), s, p)
            macs += size(a, b, k, k) * now * now
        return held, macs, field([(k, s, p, d) for _, _, k, s, p, d in layers])

    strided = {"later": (2, 1), "earlier": (1, 2)}.get(move, (1, 1))
    after = {
        "later": lambda: numbers((1, 2)),
        "earlier": lambda: numbers((2, 1)),
        "bias": lambda: numbers((1, 1), bias=True),
        "dilation": lambda: numbers((1, 1), 2, 2),
        "padding": lambda: numbers((1, 1), 0),
    }[move]()
    differ = tuple(a != b for a, b in zip(numbers(strided), after, strict=True))
    return {
        (False, True, True): "both",
        (False, True, False): "macs",
        (False, False, True): "field",
        (True, False, False): "parameters",
    }[differ]


@cache
def path(before: int, rate: Fraction, w: int) -> str:
    """By walking, the slope taken from the loss on both sides."""

    def loss(at: Fraction) -> Fraction:
        return before * at * at

    at = [Fraction(w)]
    for _ in range(3):
        at.append(at[-1] - rate * (loss(at[-1] + 1) - loss(at[-1] - 1)) / 2)
    turned, sizes = at[1] * at[0] < 0, [abs(place) for place in at]
    if sizes == sorted(sizes) and sizes[0] < sizes[-1]:
        return "leaves"
    return "swings" if sizes[0] == sizes[-1] else "jumps" if turned else "straight"


@cache
def carried(momentum: Fraction, turns: bool, mean: bool) -> str:
    """By adding up what each of 2,000 gradients still counts."""
    kept = [float(momentum) ** ago * (-1 if turns and ago % 2 else 1) for ago in range(2000)]
    length = abs(sum(kept)) * (float(1 - momentum) if mean else 1)
    return "mean" if abs(length - 1) < 1e-6 else "add" if length > 1 else "cancel"


OPTIMIZERS: dict[str, Any] = {
    "SGD": torch.optim.SGD, "AdaGrad": torch.optim.Adagrad, "RMSProp": torch.optim.RMSprop, "Adam": torch.optim.Adam,
}  # fmt: skip


@cache
def lengths_of_steps(optimizer: str, rate: Fraction) -> dict[tuple[Fraction, bool], list[float]]:
    """Of 900 steps of torch's optimiser, in units of the rate; a weight for each gradient, its sign turning or not."""
    given = list(product(GRADIENTS, (False, True)))
    weights = torch.zeros(len(given), dtype=torch.float64, requires_grad=True)
    takes, found = OPTIMIZERS[optimizer]([weights], lr=float(rate)), []
    for number in range(900):
        slopes = [float(gradient) * (-1 if turns and number % 2 else 1) for gradient, turns in given]
        weights.grad = torch.tensor(slopes, dtype=torch.float64)
        before = weights.detach().clone()
        takes.step()
        found.append((weights.detach() - before).abs() / float(rate))
    return dict(zip(given, torch.stack(found, 1).tolist(), strict=True))


def last_step(optimizer: str, rate: Fraction, gradient: Fraction, turns: bool) -> str:
    """By 900 steps of torch's optimiser; all gradients at once, since a vector takes no longer than a number."""
    lengths = lengths_of_steps(optimizer, rate)[gradient, turns]
    found = {
        "gradient": abs(lengths[-1] / float(gradient) - 1) < 1e-9,
        "size": abs(lengths[-1] - 1) < 0.01,
        "sum": abs(lengths[-1] * 30 - 1) < 0.01,
        "cancel": 0.04 < lengths[-1] < 0.06 and abs(lengths[-1] / lengths[300] - 1) < 0.3,
    }
    (right,) = [code for code, holds in found.items() if holds]
    return right


WHY = {
    "rate-path": path,
    "momentum-length": lambda momentum, gradient, turns, mean: carried(momentum, turns, mean),
    "usual-size": last_step,
    "map-to-kernel": from_map,
    "picture-to-kernel": from_signs,
    "size-lines": size_line,
    "matrix-rows": entries,
    "dense-twin": lambda channels, outputs, side, layers: twin(channels, outputs, side, tuple(layers.items())),
    "more-macs": lambda first, second: compared(*(work(a, b, k, side, 1, k // 2) for a, b, k, side in (first, second))),
    "cost-lines": cost_line,
    "merge": lambda sizes, between: merged(sizes, between),
    "block-lines": block_line,
    "norm-modes": lambda norm, dropout, training, width: modes(norm, dropout, training),
    "norm-undoes": undone,
    "map-to-pooling": pooling,
    "moved-peak": peak,
    "moves-along": lambda strides, move: along(tuple(strides), move),
    "blur-order": blurs,
    "sees-more": lambda first, second: compared(stack(first), stack(second)),
    "field-lines": field_line,
    "spreads-more": lambda first, second: compared(spread(*first, 1), spread(*second, 1)),
    "counts-more": lambda layers, kernel_size, offsets: compared(*(paths(layers, kernel_size, at) for at in offsets)),
    "group-reads": group,
    "separable-lines": separable,
    "gradient-order": lambda layers: _order(tuple(layers)),
    "kernel-lines": kernel_line,
    "size-back": size_back,
    "even-cover": cover,
    "other-size": lambda network, side: str("AdaptiveAvgPool2d" in repr(find(network).part("head")[0])),
    "which-shortcut": shortcut,
    "still-learned": lambda dense, change, side, outputs: relearned(dense, change),
    "which-layer": layer_of,
    "square-counts": counts_square,
    "kernel-picture": shown,
    "what-learns": lambda features, classes, freezes, training, given: learns(freezes, training, given),
    "two-tools": tool,
    "what-changes": changed,
}


def solver(name: str) -> Any:
    """A solver that names the option, as those of other kinds give the number."""

    def solve(options: dict[str, str], **given: Given) -> str:
        return options[WHY[name](**given)]

    return solve


WHY_SOLVERS = {name: solver(name) for name in WHY}
