"""Every kind of exercise solved a second time, by counting: windows placed one by one, arrays made and measured, chains
of fields walked cell by cell. Nothing here calls what the exercises call."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import count, pairwise, product, takewhile
from math import prod
from typing import Any

import numpy as np
import torch

from convnotes.architectures import find
from convnotes.shapes import output_shape

Given = dict[str, Any]


def places(size: int, span: int, stride: int = 1, padding: int = 0) -> int:
    """How many windows fit, by placing them."""
    return sum(1 for start in range(-padding, size + padding, stride) if start + span <= size + padding)


def taps(kernel_size: int, dilation: int = 1) -> list[int]:
    """Where the taps of a kernel stand."""
    return list(range(0, kernel_size * dilation, dilation))


def span(kernel_size: int, dilation: int = 1) -> int:
    return len(range(taps(kernel_size, dilation)[-1] + 1))


@cache
def size(*shape: int) -> int:
    """The numbers of an array of this shape."""
    return int(np.broadcast_to(np.int8(0), shape).size)


def _matrix(size: int, kernel_size: int, stride: int = 1) -> torch.Tensor:
    """The matrix of a convolution by a kernel of ones, from its answers to single pixels."""
    pixels = torch.eye(size * size).reshape(-1, 1, size, size)
    return torch.nn.functional.conv2d(pixels, torch.ones(1, 1, kernel_size, kernel_size), stride=stride).flatten(1).T


@cache
def unfolded(channels: int, size: int, kernel_size: int, stride: int, padding: int) -> tuple[int, ...]:
    image = torch.zeros(1, channels, size, size)
    return tuple(torch.nn.functional.unfold(image, kernel_size, stride=stride, padding=padding)[0].shape)


def one_output(window: list[list[int]], weights: list[list[int]], bias: int) -> int:
    x, w = (torch.tensor(part).reshape(1, -1, 2, 2).float() for part in (window, weights))
    return int(torch.nn.functional.conv2d(x, w, torch.tensor([float(bias)])).item())


def named_padding(size: int, kernel_size: int, name: str) -> int:
    mode = {"none": "valid"}.get(name, name)
    return len(np.convolve(np.ones(size), np.ones(kernel_size), mode))  # type: ignore[call-overload]


def work(in_channels: int, out_channels: int, kernel_size: int, side: int, stride: int, padding: int) -> int:
    """Multiplications, summed over the places of the output."""
    wide = places(side, kernel_size, stride, padding)
    return sum(size(out_channels, in_channels, kernel_size, kernel_size) * wide for _ in range(wide))


def cells(layers: list[tuple[int, int, int, int]], unit: int) -> set[int]:
    """The input cells that a unit reads, following every tap."""
    seen = {unit}
    for k, s, p, d in reversed(layers):
        seen = {s * at - p + tap for at in seen for tap in taps(k, d)}
    return seen


def field(layers: list[tuple[int, int, int, int]]) -> int:
    return max(seen := cells(layers, 0)) - min(seen) + 1


def most(fits: Callable[[int], bool]) -> int:
    """The largest number up to which everything fits; it fits for a while and then no longer."""
    low, high = 0, 1
    while fits(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def grown(factor: int, what: str, count: str) -> int:
    """Measured on a small layer and on a larger one."""

    def counted(a: int, b: int, k: int, side: int) -> int:
        return {"weights": size(b, a, k, k), "MACs": size(b, a, k, k, side, side), "activations": size(b, side, side)}[
            count
        ]

    f = factor
    larger = {
        "the side of its map": (2, 3, 3, 5 * f),
        "its kernel size": (2, 3, 3 * f, 5),
        "the number of its input channels": (2 * f, 3, 3, 5),
        "the number of its output channels": (2, 3 * f, 3, 5),
        "both the number of its input channels and that of its output channels": (2 * f, 3 * f, 3, 5),
    }
    return counted(*larger[what]) // counted(2, 3, 3, 5)


def least_padding(size: int, kernel_size: int, stride: int, output: int) -> int:
    return next(p for p in count() if places(size, kernel_size, stride, p) == output)


def ceil_size(size: int, kernel_size: int, stride: int, padding: int) -> int:
    """Windows from the left until one has the end in it, but none that starts after the last cell."""
    starts = takewhile(lambda start: start < size, range(-padding, 10**6, stride))
    found = 0
    for start in starts:
        found += 1
        if start + kernel_size >= size + padding:
            break
    return found


def pooled(grid: list[list[int]], kernel_size: int, stride: int) -> tuple[int, ...]:
    windows = np.lib.stride_tricks.sliding_window_view(np.array(grid), (kernel_size, kernel_size))
    return tuple(int(v) for v in windows[::stride, ::stride].max(axis=(2, 3)).ravel())


def gradient(grid: list[list[int]], kernel_size: int, sent: list[int], cell: tuple[int, int]) -> int:
    """By the slope of the weighted sum of the outputs when the cell is raised a little."""
    weights, raised = np.array(sent), [[10 * v for v in row] for row in grid]
    before = np.array(pooled(raised, kernel_size, 1)) @ weights
    raised[cell[0]][cell[1]] += 1
    return int(np.array(pooled(raised, kernel_size, 1)) @ weights - before)


def halvings(side: int, most: int) -> int:
    found = 0
    while side > most:
        side, found = len(range(0, side - 1, 2)), found + 1
    return found


def region(layers: list[tuple[int, int, int, int]], unit: int) -> tuple[int, int]:
    return min(seen := cells(layers, unit)), max(seen)


def depth(stem: tuple[int, int], kernel_size: int, dilation: int, field: int) -> int:
    """Layers added one by one; the outermost taps alone decide how far they reach."""
    first, last, layers = 0, 0, 0
    while stem[1] * (last - first) + stem[0] < field:
        first, last, layers = first, last + taps(kernel_size, dilation)[-1], layers + 1
    return layers


def mixed(pixel: list[int], weights: list[list[int]], bias: list[int]) -> tuple[int, ...]:
    return tuple((np.array(weights) @ np.array(pixel) + np.array(bias)).tolist())


def bottleneck(channels: int, width: int, kernel_size: int) -> int:
    k = kernel_size
    return size(width, channels, 1, 1) + size(width, width, k, k) + size(channels, width, 1, 1)


def separable(in_channels: int, out_channels: int, kernel_size: int) -> int:
    return size(in_channels, 1, kernel_size, kernel_size) + size(out_channels, in_channels, 1, 1)


def grouped(in_channels: int, out_channels: int, kernel_size: int, groups: int) -> int:
    """The cells of a full weight that lie inside the groups."""
    ins, outs = in_channels // groups, out_channels // groups
    return sum(size(outs, ins, kernel_size, kernel_size) for _ in range(groups))


def learned(*modules: torch.nn.Module) -> int:
    return sum(tensor.numel() for module in modules for tensor in module.parameters())


def residual(convolutions: list[tuple[int, int, int]]) -> int:
    return sum(size(o, i, k, k) + size(o) + size(o) for k, i, o in convolutions)


def smallest_input(halvings: int, output: int, rounds: str) -> int:
    def last(side: int) -> int:
        for _ in range(halvings):
            side = places(side, 2, 2) if rounds == "down" else places(side, 3, 2, 1)
        return side

    return most(lambda side: last(side) < output) + 1 if last(1) < output else 1


def smallest_side(layers: list[tuple[int, int, int]], output: int) -> int:
    """Sides tried one after the other."""

    def last(side: int) -> int:
        for k, s, p in layers:
            side = places(side, k, s, p)
        return side

    return next(side for side in count(1) if last(side) >= output)


def overlap(first: int, second: int, common: int, measure: str) -> Fraction:
    """Of masks made of numbered pixels; Dice counts each pixel once for every mask that has it."""
    found, true = set(range(first)), set(range(first - common, first - common + second))
    if measure == "IoU":
        return Fraction(len(found & true), len(found | true))
    in_both = [pixel for pixel in [*found, *true] if pixel in found and pixel in true]
    return Fraction(len(in_both), len([*found, *true]))


def shifts(strides: list[int], shift: int) -> Fraction:
    for stride in strides:
        shift = Fraction(shift) / stride  # type: ignore[assignment]
    return Fraction(shift)


def exact_shift(strides: list[int]) -> int:
    return next(shift for shift in count(1) if shifts(strides, shift).denominator == 1)


def stride_twos(shift: int) -> int:
    return most(lambda layers: shifts([2] * layers, shift).denominator == 1)


def block_parameters(widths: list[int]) -> int:
    return sum(size(b, a, 3, 3) + 2 * size(b) for a, b in pairwise(widths))


def folded(weight: int, bias: int, mean: int, std: int, scale: int, shift: int) -> tuple[int, int]:
    """From what comes out at 0 and at 1."""
    at = [Fraction(weight * x + bias - mean, std) * scale + shift for x in (0, 1)]
    return int(at[1] - at[0]), int(at[0])


def normalised(batch: list[int], which: int, scale: int, shift: int) -> Fraction:
    """As PyTorch's batch norm has it, without its epsilon."""
    x = torch.tensor(batch, dtype=torch.float64).reshape(-1, 1, 1, 1)
    norm = torch.nn.BatchNorm2d(1, eps=1e-15, dtype=torch.float64)
    torch.nn.init.constant_(norm.weight, scale)
    torch.nn.init.constant_(norm.bias, shift)
    return Fraction(float(norm(x)[which].detach())).limit_denominator(100)


def running(start: int, batches: list[int], momentum: Fraction) -> Fraction:
    """The mean that PyTorch stores."""
    norm = torch.nn.BatchNorm2d(1, momentum=float(momentum), dtype=torch.float64)
    assert norm.running_mean is not None
    norm.running_mean.fill_(start)
    for mean in batches:
        norm(torch.tensor([mean - 1, mean + 1], dtype=torch.float64).reshape(-1, 1, 1, 1))
    return Fraction(float(norm.running_mean)).limit_denominator(1000)


def means(norm: str, shape: tuple[int, ...], groups: int) -> int:
    """The sets of maps that are normalised together."""
    wide = shape[1] // groups
    keys = {"batch": lambda n, c: c, "layer": lambda n, c: n, "instance": lambda n, c: (n, c),
            "group": lambda n, c: (n, c // wide)}  # fmt: skip
    return len({keys[norm](n, c) for n, c in product(range(shape[0]), range(shape[1]))})


def after_block(field: int, jump: int, kernel_size: int, stride: int, stride_on_first: bool) -> int:
    """Walked by `cells` over a made-up past: a kernel of `field` cells with a stride of `jump`."""
    one, three = (stride, 1) if stride_on_first else (1, stride)
    return globals()["field"]([(field, jump, 0, 1), (1, one, 0, 1), (kernel_size, three, 0, 1), (1, 1, 0, 1)])


@cache
def spread(layers: int, kernel_size: int, dilation: int) -> Fraction:
    """The variance of the counts themselves, convolved layer by layer; large counts need Python's integers."""
    kernel = [1 if place % dilation == 0 else 0 for place in range(span(kernel_size, dilation))]
    one = list(enumerate(kernel))
    mean = Fraction(sum(at * w for at, w in one), sum(kernel))
    several = min(layers, 3)  # convolved for real; all further layers add what the third added
    counts, found = [1], []
    for _ in range(several):
        counts = [int(v) for v in np.convolve(np.array(counts, dtype=object), np.array(kernel, dtype=object))]
        total = sum(counts)
        centre = Fraction(sum(at * w for at, w in enumerate(counts)), total)
        found.append(sum((at - centre) ** 2 * w for at, w in enumerate(counts)) / total)
    assert mean == Fraction(len(kernel) - 1, 2)
    return found[-1] + (layers - several) * (found[-1] - found[-2] if several > 1 else found[-1])


def paths(layers: int, kernel_size: int, offset: int) -> int:
    """Every path, one by one."""
    taps = range(-(kernel_size // 2), kernel_size // 2 + 1)
    return sum(sum(path) == offset for path in product(taps, repeat=layers))


def patch_rows(field: int, jump: int, padding: int, unit: int, side: int) -> tuple[int, int]:
    seen = [row for row in range(side) if 0 <= row - (jump * unit - padding) < field]
    return seen[0], seen[-1]


@cache
def weight_shape(in_channels: int, out_channels: int, kernel_size: int) -> tuple[int, ...]:
    return tuple(torch.nn.Conv2d(in_channels, out_channels, kernel_size, device="meta").weight.shape)


def word(before: list[int], after: list[int], move: int) -> str:
    """What an output did, by numpy's own roll."""
    if after == before:
        return "It stayed as it was: invariant to this move."
    along = np.roll(before, move).tolist() == after
    return "It moved along with the input: equivariant to this move." if along else "Neither: it became another row."


def convolved(row: list[int], kernel: list[int], stride: int, move: int) -> tuple[int, ...]:
    """The output of torch's convolution for the row, moved."""
    line = torch.tensor([0] * move + row[: len(row) - move], dtype=torch.float64)[None, None]
    out = torch.nn.functional.conv1d(line, torch.tensor(kernel, dtype=torch.float64)[None, None], stride=stride)
    return tuple(int(value) for value in out[0, 0])


def blurred(row: list[int]) -> tuple[int, ...]:
    out = np.convolve(row, [0.25, 0.5, 0.25], mode="valid")[::2]
    return tuple(int(value) for value in out)


@cache
def repeats(strides: tuple[int, ...]) -> int:
    """The smallest move that keeps the sum of what strided identities make of a wide row of random numbers."""
    row = np.zeros(1024)
    row[512:544] = np.random.RandomState(0).random_sample(32)

    def answer(move: int) -> float:
        line = np.roll(row, move)
        for stride in strides:
            line = np.convolve(line, [1.0, 0.3, 0.7], mode="same")[::stride]
        return float(line.sum())

    return next(move for move in count(1) if abs(answer(move) - answer(0)) < 1e-9)


@cache
def swallowed(move: int) -> int:
    """How many poolings leave the answer as it was, tried on maxima of smooth random rows."""
    rows = np.random.RandomState(0).random_sample((8, 64))

    def answer(line: np.ndarray, poolings: int) -> float:
        for number in range(poolings):
            line = line[: len(line) // 2 * 2].reshape(-1, 2).max(1)
            if number + 1 < poolings:
                line = np.convolve(line, [0.2, 1.0, -0.7], mode="same")
        return float(line.max())

    def same(poolings: int) -> bool:
        moves = [(np.pad(row, (512, 512 + move)), np.pad(row, (512 + move, 512))) for row in rows]
        return all(abs(answer(a, poolings) - answer(b, poolings)) < 1e-9 for a, b in moves)

    return next(n for n in count(1) if not same(n + 1))


def matrix(kernel: list[int], size: int, stride: int) -> np.ndarray[Any, Any]:
    """A layer on a row as a matrix: one row for each place."""
    starts = range(0, size - len(kernel) + 1, stride)
    return np.array([[0] * at + kernel + [0] * (size - at - len(kernel)) for at in starts])


def kernel_slopes(row: list[int], sent: list[int], kernel_size: int, stride: int) -> tuple[int, ...]:
    """By what the weighted sum of the outputs gains when each weight in turn is 1."""
    kernels = np.eye(kernel_size, dtype=int).tolist()
    return tuple(int(np.array(sent) @ matrix(kernel, len(row), stride) @ row) for kernel in kernels)


def numbers_held(parameters: int, optimizer: str) -> int:
    """Numbers that torch's optimiser holds for a parameter of this many numbers, with it and its gradient."""
    made = {"SGD": lambda p: torch.optim.SGD([p], 0.1), "Adam": lambda p: torch.optim.Adam([p]),
            "SGD with momentum": lambda p: torch.optim.SGD([p], 0.1, momentum=0.9)}  # fmt: skip
    weight = torch.nn.Parameter(torch.ones(2))
    weight.grad = torch.ones(2)
    optimiser = made[optimizer](weight)
    optimiser.step()
    kept = [v for v in optimiser.state[weight].values() if v is not None and v.numel() == 2]
    return parameters * (2 + len(kept))


def residual_slope(slopes: list[str], sent: int) -> Fraction:
    """All ways through the blocks, one by one: in each block through f or past it."""
    return sum((sent * prod(way, start=Fraction(1)) for way in product(*((Fraction(s), 1) for s in slopes))),
               Fraction(0))  # fmt: skip


held = cache(numbers_held)


def stamped(row: list[int], kernel: list[int], stride: int) -> tuple[int, ...]:
    """By the transposed matrix of the convolution that leads the other way."""
    size = next(n for n in count(len(kernel)) if len(matrix(kernel, n, stride)) == len(row))
    return tuple((matrix(kernel, size, stride).T @ row).tolist())


def stamped_cells(size: int, kernel_size: int, stride: int, padding: int, output_padding: int = 0) -> int:
    """From the last tap of the last of all stamps."""
    covered = {stride * n + tap for n in range(size) for tap in taps(kernel_size)}
    return len(range(padding, max(covered) + 1 - padding)) + output_padding


def read_window(cells: int, dashed: int, windows: list[list[int]]) -> tuple[int, ...]:
    """The one convolution of all small ones whose first two windows have these taps."""
    (found,) = [
        (k, s, dashed, d)
        for k, s, d in product(range(2, 6), range(1, 6), range(1, 4))
        if windows == [[s * place + tap + 1 for tap in taps(k, d)] for place in (0, 1)]
    ]
    assert windows[1][-1] <= cells
    return found


def read_field(reads: list[list[list[int]]]) -> int:
    """Down from the first cell of layer 2, by windows that go on as the first two do."""
    below, above = reads

    def window(of: list[list[int]], cell: int) -> list[int]:
        return [first + (cell - 1) * (second - first) for first, second in zip(*of, strict=True)]

    seen = {cell for unit in window(above, 1) for cell in window(below, unit)}
    return max(seen) - min(seen) + 1


def stamps_on_a_cell(kernel_size: int, stride: int) -> tuple[int, int]:
    """Counted over a whole output in two dimensions, its borders left out."""
    ones, weight = torch.ones(1, 1, 24, 24), torch.ones(1, 1, kernel_size, kernel_size)
    inside = slice(kernel_size, -kernel_size)
    inner = torch.nn.functional.conv_transpose2d(ones, weight, stride=stride)[0, 0, inside, inside]
    return int(inner.min()), int(inner.max())


def missing_weight(kernel: list[list[int | None]]) -> int:
    """The number with which the kernel has rank one, tried."""
    flat = [0 if weight is None else weight for row in kernel for weight in row]
    hole = next(at for at, weight in enumerate(w for row in kernel for w in row) if weight is None)

    def rank(number: int) -> int:
        return int(np.linalg.matrix_rank(np.array([*flat[:hole], number, *flat[hole + 1 :]]).reshape(3, 3)))

    return next(number for number in range(-9, 10) if rank(number) == 1)


def norm_slope(batch: list[int], sent: list[int], which: int) -> Fraction:
    """By autograd, as the fraction nearest to it."""
    x = torch.tensor(batch, dtype=torch.float64, requires_grad=True)
    (x - x.mean()).div(x.var(unbiased=False).sqrt()).backward(torch.tensor(sent, dtype=torch.float64))
    assert x.grad is not None
    return Fraction(x.grad[which].item()).limit_denominator(1000)


def through_layers(row: list[int], kernel: list[int], sent: list[int]) -> tuple[int, ...]:
    """By autograd."""
    x, w = (torch.tensor(numbers, dtype=torch.float64).reshape(1, 1, -1) for numbers in (row, kernel))
    w.requires_grad = True
    out = torch.nn.functional.max_pool1d(torch.nn.functional.conv1d(x, w), 2).relu()
    out.backward(torch.tensor(sent, dtype=torch.float64).reshape(out.shape))
    assert w.grad is not None
    return tuple(w.grad.ravel().int().tolist())


def head_numbers(features: int, classes: int, old: int) -> int:
    net = torch.nn.Sequential(torch.nn.Identity(), torch.nn.Linear(features, old, device="meta")).requires_grad_(False)
    net[1] = torch.nn.Linear(features, classes, device="meta")
    return sum(weight.numel() for weight in net.parameters() if weight.requires_grad)


@cache
def read_images(images: int, tested: int, rounds: int, kept: bool) -> int:
    seen, read = set[int](), 0
    for image in [*[*range(images)] * rounds, *range(images, images + tested)]:
        read += not kept or image not in seen
        seen.add(image)
    return read


@cache
def enough_tests(share: Fraction, points: int) -> int:
    """The first number of images with which two standard errors are small enough."""
    spread = float(share * (1 - share))
    return next(n for n in count(1) if 200 * (spread / n) ** 0.5 <= points * (1 + 1e-12))


@cache
def as_good(images: int, factor: int, points: int) -> int:
    """The first number of images whose standard error is so much smaller."""
    return next(n for n in count(images) if factor * n**-0.5 <= images**-0.5 * (1 + 1e-12))


@cache
def steps_taken(images: int, batch: int, epochs: int) -> int:
    """By cutting the images of an epoch into batches, as PyTorch does."""
    return epochs * len(list(torch.utils.data.BatchSampler(range(images), batch, drop_last=False)))


def with_momentum(momentum: Fraction, rate: Fraction, v: int, w: int, gradient: int) -> tuple[int, int]:
    """By torch's optimiser, which has taken a step with the gradient v before."""
    weight = torch.tensor([float(w + rate * v)], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=float(rate), momentum=float(momentum))
    for number in (v, gradient):
        weight.grad = torch.tensor([float(number)], dtype=torch.float64)
        optimizer.step()
    return round(optimizer.state[weight]["momentum_buffer"].item(), 9), round(weight.item(), 9)


@cache
def steepest(halved: bool, x: int, y: int) -> Fraction:
    """By trying fractions with two slopes: the smallest rate after which one of them is no nearer."""
    curvatures = [2 * c * Fraction(1, 1 + halved) for c in (x, y)]
    rates = sorted({Fraction(above, below) for below in range(1, 25) for above in (1, 2)})
    return next(rate for rate in rates if any(abs(1 - rate * a) >= 1 for a in curvatures))


@cache
def times_the_work(depth: Fraction, width: Fraction, resolution: Fraction) -> Fraction:
    """By counting the MACs of twelve equal layers before and after."""

    def stack(layers: int, channels: int, side: int) -> int:
        return sum(work(channels, channels, 3, side, 1, 1) for _ in range(layers))

    after = [int(number * by) for number, by in ((12, depth), (16, width), (8, resolution))]
    return Fraction(stack(*after), stack(12, 16, 8))


SOLVERS: dict[str, Callable[..., object]] = {
    "epoch-steps": steps_taken,
    "momentum-step": with_momentum,
    "rate-limit": steepest,
    "smaller-error": as_good,
    "new-head": head_numbers,
    "images-read": read_images,
    "test-images": enough_tests,
    "ring-outputs": lambda ring, kernel: tuple(
        (np.array([np.roll(kernel + [0] * (len(ring) - len(kernel)), at) for at in range(len(ring))]) @ ring).tolist()
    ),
    "missing-weight": missing_weight,
    "axes-parameters": lambda axes, in_channels, out_channels, kernel_size: learned(
        getattr(torch.nn, f"Conv{axes}d")(in_channels, out_channels, kernel_size)
    ),
    "norm-gradient": norm_slope,
    "dropped-numbers": lambda numbers, kept, share: tuple(
        int(n * keep * share.denominator / (share.denominator - share.numerator))
        for n, keep in zip(numbers, kept, strict=True)
    ),
    "start-variance": lambda in_channels, kernel_size: Fraction(2, size(in_channels, kernel_size, kernel_size)),
    "network-gradient": through_layers,
    "transposed-weights": lambda in_channels, out_channels, kernel_size: (
        size(in_channels, out_channels, kernel_size, kernel_size) + size(out_channels)
    ),
    "transposed-size": stamped_cells,
    "stamped-values": stamped,
    "transposed-macs": lambda in_channels, out_channels, kernel_size, side: sum(
        size(in_channels, out_channels, kernel_size, kernel_size) * side for _ in range(side)
    ),
    "stamp-cover": cache(stamps_on_a_cell),
    "output-padding-for": lambda size, kernel_size, stride, padding: (
        size
        - min(
            n
            for n in range(1, size + 1)
            if places(n, kernel_size, stride, padding) == places(size, kernel_size, stride, padding)
        )
    ),
    "gradient-shape": weight_shape,
    "input-gradient": lambda kernel, sent, size, stride: tuple(
        (np.array(sent) @ matrix(kernel, size, stride)).tolist()
    ),
    "kernel-gradient": kernel_slopes,
    "average-gradient": lambda kernel_size, sent: sum(
        Fraction(number, size(kernel_size, kernel_size)) for number in sent
    ),
    "shortcut-slope": residual_slope,
    "training-bytes": lambda in_channels, out_channels, kernel_size, optimizer: (
        np.dtype("f4").itemsize
        * (size(out_channels, in_channels, kernel_size, kernel_size) + size(out_channels))
        * held(1, optimizer)
    ),
    "batch-for-training": lambda million, optimizer, maps, gigabytes: most(
        lambda n: 4 * 10**6 * (million * held(1, optimizer) + n * maps) <= gigabytes * 10**9
    ),
    "filter-shape": lambda in_channels, out_channels, kernel_size: tuple(
        torch.nn.Conv2d(in_channels, out_channels, kernel_size).weight[0].shape
    ),
    "channel-sum": one_output,
    "named-padding": named_padding,
    "matrix-shape": lambda size, kernel_size: tuple(_matrix(size, kernel_size).shape),
    "matrix-entries": lambda size, kernel_size, stride: int(_matrix(size, kernel_size, stride).count_nonzero()),
    "im2col-shape": unfolded,
    "larger-input": lambda step, kernel_size, size: sum(
        1 for _ in product(range(0, size - step * kernel_size + 1, step), repeat=2)
    ),
    "input-for-answers": lambda step, kernel_size, output: next(
        size for size in count(step, step) if places(size // step, kernel_size) == output
    ),
    "kernel-span": span,
    "output-size": lambda size, kernel_size, stride, padding, dilation: places(
        size, span(kernel_size, dilation), stride, padding
    ),
    "same-padding": lambda kernel_size, dilation: next(
        p for p in count() if places(100, span(kernel_size, dilation), 1, p) == 100
    ),
    "same-even": lambda kernel_size, dilation: (
        next((p, p + 1) for p in count() if 100 + 2 * p + 1 - span(kernel_size, dilation) + 1 == 100)
        if span(kernel_size, dilation) % 2 == 0
        else (taps(kernel_size, dilation)[-1] // 2,) * 2
    ),
    "padding-for-size": least_padding,
    "growth": grown,
    "conv-parameters": lambda in_channels, out_channels, kernel_size, bias, side: (
        size(out_channels, in_channels, kernel_size, kernel_size) + len(range(out_channels if bias else 0))
    ),
    "conv-macs": work,
    "map-memory": lambda in_channels, out_channels, side, batch, bytes: (
        np.broadcast_to(np.zeros((), f"f{bytes}"), (batch, out_channels, side, side)).size
        * np.dtype(f"f{bytes}").itemsize
    ),
    "kernel-stack": lambda layers, channels: (
        size(channels, channels, 2 * layers + 1, 2 * layers + 1)
        - sum(size(channels, channels, 3, 3) for _ in range(layers))
    ),
    "width-for-budget": lambda kernel_size, budget: most(lambda c: size(c, c, kernel_size, kernel_size) <= budget),
    "pool-shape": lambda kernel_size, shape: (
        shape[0],
        places(shape[1], kernel_size, kernel_size),
        places(shape[2], kernel_size, kernel_size),
    ),
    "max-pool": pooled,
    "ceil-mode": ceil_size,
    "pool-gradient": gradient,
    "average-pool": lambda grid: tuple(int(v) for v in np.array(grid).reshape(2, 2, 2, 2).mean((1, 3)).ravel()),
    "poolings-to-size": halvings,
    "which-word": word,
    "moved-output": convolved,
    "blurred-row": blurred,
    "period": lambda strides: repeats(tuple(strides)),
    "poolings-allowed": swallowed,
    "jump": lambda layers: min(cells(layers, 1)) - min(cells(layers, 0)),
    "field-size": field,
    "field-region": region,
    "depth-for-field": depth,
    "width-growth": lambda factor, theoretical: (
        len(range(factor**2)) if theoretical else next(n for n in count() if n * n == factor**2)
    ),
    "path-variance": spread,
    "path-count": paths,
    "depth-for-spread": lambda kernel_size, width: most(lambda n: spread(1, kernel_size, 1) * n < width**2) + 1,
    "kernel-shape": weight_shape,
    "top-patch": patch_rows,
    "occlusion-passes": lambda side, patch, step: sum(
        places(side, patch, step) for _ in range(places(side, patch, step))
    ),
    "occlusion-places": lambda side, patch, step, first, last: sum(
        any(first <= cell <= last for cell in range(at, at + patch)) for at in range(0, side - patch + 1, step)
    ),
    "step-for-passes": lambda side, patch, most: next(s for s in count(1) if places(side, patch, s) ** 2 <= most),
    "pointwise-weights": lambda in_channels, out_channels, side: size(out_channels, in_channels, 1, 1),
    "mixed-pixel": mixed,
    "separable-weights": separable,
    "separable-share": lambda in_channels, out_channels, kernel_size: Fraction(
        separable(in_channels, out_channels, kernel_size), size(out_channels, in_channels, kernel_size, kernel_size)
    ),
    "grouped-weights": grouped,
    "bottleneck-weights": bottleneck,
    "bottleneck-width": lambda channels, kernel_size, budget: most(
        lambda width: bottleneck(channels, width, kernel_size) <= budget
    ),
    "published-first": lambda networks: find(min(networks, key=lambda name: find(name).year)).title,
    "last-map": lambda network, side: output_shape(find(network).features, (3, side, side)),
    "connection-table": lambda table, kernel_size: sum(
        sum(size(kernel_size, kernel_size) for _ in row) + 1 for row in table
    ),
    "residual-block": residual,
    "gate-weights": lambda channels, reduction: learned(
        torch.nn.Linear(channels, channels // reduction), torch.nn.Linear(channels // reduction, channels)
    ),
    "dense-block": lambda channels, growth, layer: learned(
        torch.nn.Conv2d(len([0] * channels + [0] * growth * (layer - 1)), 4 * growth, 1, bias=False),
        torch.nn.Conv2d(4 * growth, growth, 3, bias=False),
    ),
    "inverted-block": lambda channels, expansion, kernel_size: learned(
        torch.nn.Conv2d(channels, channels * expansion, 1, bias=False),
        torch.nn.Conv2d(*[channels * expansion] * 2, kernel_size, groups=channels * expansion, bias=False),
        torch.nn.Conv2d(channels * expansion, channels, 1, bias=False),
    ),
    "fire-module": lambda channels, squeezed, expanded: learned(
        torch.nn.Conv2d(channels, squeezed, 1),
        torch.nn.Conv2d(squeezed, expanded, 1),
        torch.nn.Conv2d(squeezed, expanded, 3),
    ),
    "scaled-work": times_the_work,
    "convnext-block": lambda channels, kernel_size: learned(
        torch.nn.Conv2d(channels, channels, kernel_size, groups=channels, bias=False),
        torch.nn.Linear(channels, 4 * channels, bias=False),
        torch.nn.Linear(4 * channels, channels, bias=False),
    ),
    "pooled-head": lambda channels, side, classes: size(classes, channels, side, side) - size(classes, channels),
    "input-for-map": smallest_input,
    "top-errors": lambda ranks: tuple(sum(rank not in range(1, guesses + 1) for rank in ranks) for guesses in (1, 5)),
    "learned-pooling": lambda channels, kernel_size, side: (
        size(channels, 2),
        sum(
            size(kernel_size, kernel_size) + size(1)
            for _ in range(size(channels, *[places(side, kernel_size, kernel_size)] * 2))
        ),
    ),
    "weight-uses": lambda in_channels, out_channels, kernel_size, stride, side, batch: (
        batch
        * work(in_channels, out_channels, kernel_size, side, stride, kernel_size // 2)
        // size(out_channels, in_channels, kernel_size, kernel_size)
    ),
    "crop-versions": lambda side, crop: len(
        set(product([False, True], *[[at for at in range(side) if at + crop <= side]] * 2))
    ),
    "smoothed-target": lambda share, classes: 1 - sum([share / classes] * (classes - 1)),
    "mask-overlap": overlap,
    "branch-weights": lambda channels, branches, width: learned(
        torch.nn.Conv2d(channels, branches * width, 1, bias=False),
        torch.nn.Conv2d(*[branches * width] * 2, 3, groups=branches, bias=False),
        torch.nn.Conv2d(branches * width, channels, 1, bias=False),
    ),
    "branch-field": lambda paths, unit: (
        min(seen := {row for path in paths for row in cells([(*layer, 1) for layer in path], unit)}),
        max(seen),
    ),
    "smallest-side": smallest_side,
    "exact-shift": exact_shift,
    "moved-by": lambda strides, shift: int(shifts(strides, shift)),
    "dense-weights": lambda in_channels, out_channels, side, kernel_size: size(
        out_channels, side, side, in_channels, side, side
    ),
    "locality": lambda side, kernel_size, in_channels: Fraction(
        size(in_channels, side, side), size(in_channels, kernel_size, kernel_size)
    ),
    "strides-for-shift": stride_twos,
    "norm-numbers": lambda channels, learned: size(2, channels) if learned else size(2, channels) + 1,
    "block-parameters": block_parameters,
    "folded-norm": folded,
    "merged-layers": lambda layers, kernel_size: field([(kernel_size, 1, 0, 1)] * layers),
    "rectified-units": lambda x, shifts, weights: sum(
        weight * (x + shift) for weight, shift in zip(weights, shifts, strict=True) if x + shift > 0
    ),
    "norm-means": means,
    "normalised-number": normalised,
    "running-mean": running,
    "steps-to-forget": lambda momentum, share: next(t for t in count() if (1 - momentum) ** t < share),
    "blocks-for-budget": lambda channels, budget: most(
        lambda n: sum(block_parameters([channels, channels]) for _ in range(min(n, 1))) * n <= budget
    ),
    "flops-of-macs": lambda macs: sum((macs, macs)),
    "tool-flops": lambda in_channels, out_channels, kernel_size, stride, side: (
        2 * work(in_channels, out_channels, kernel_size, side, stride, kernel_size // 2)
        + size(out_channels, *[places(side, kernel_size, stride, kernel_size // 2)] * 2)
    ),
    "stride-place": after_block,
    "read-window": read_window,
    "read-field": read_field,
    "batch-for-memory": lambda mib, channels, side: most(lambda n: n * size(channels, side, side, 4) <= mib * 1024**2),
}
