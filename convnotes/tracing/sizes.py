"""Shapes of the results of torch's operations, from the arguments of a call; None where the arguments do not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from convnotes.conv import output_size, transposed_output_size

Shape = Sequence[int]
Given = dict[str, Any]
"""Arguments of a call by the names of the operation's schema."""
Size = Callable[[Given], list[Shape] | None]

SIZES: dict[str, Size] = {}


def named(names: str) -> frozenset[str]:
    """The names in a text."""
    return frozenset(names.split())


ANY_ORDER = named("mm bmm addmm baddbmm native_layer_norm")
"""Operations whose result lies in order in memory whatever their tensors do; of the others, where their tensors do."""
INDEXED = named("max_pool2d_with_indices max_pool3d_with_indices adaptive_max_pool2d adaptive_max_pool3d")
"""Operations whose second result holds indices."""


def size_of(*names: str) -> Callable[[Size], Size]:
    """Decorator that enters a function as what tells the shapes of the results of the operations `names`."""

    def enter(function: Size) -> Size:
        SIZES.update(dict.fromkeys(names, function))
        return function

    return enter


def per_axis(value: Any, axes: int) -> list[Any]:
    """A value per axis, from one value for all or a list.

    >>> per_axis(2, 3), per_axis([1, 2], 2), per_axis([3], 2)
    ([2, 2, 2], [1, 2], [3, 3])
    """
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    return values * axes if len(values) == 1 else values


def distinct(dims: Any, ndim: int) -> set[int] | None:
    """One or several dimensions counted from the front; None where one is out of range or stands there twice.

    >>> distinct([-1, 0], 3), distinct(3, 3), distinct([1, -2], 3)
    ({0, 2}, None, None)
    """
    given = per_axis(dims, 1)
    found = {d % ndim for d in given if -ndim <= d < ndim}
    return found if len(found) == len(given) else None


def matched(first: Sequence[Any], *more: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The numbers of each axis side by side; ValueError where some are more or fewer than the axes.

    >>> matched([8, 9], [3, 4])
    [(8, 3), (9, 4)]
    >>> matched([8, 9], [1, 2, 3])
    Traceback (most recent call last):
        ...
    ValueError: got (1, 2, 3), expected one number or 2, one per axis
    """
    for numbers in more:
        if len(numbers) != len(first):
            raise ValueError(f"got {tuple(numbers)}, expected one number or {len(first)}, one per axis")
    return list(zip(first, *more, strict=True))


def along(rule: Callable[..., int], *each: Sequence[Any]) -> list[int]:
    """A rule for one axis applied to each; 0 where the window does not fit."""
    out = []
    for numbers in matched(*each):
        try:
            out.append(rule(*numbers))
        except (TypeError, ValueError):
            out.append(0)
    return out


@size_of("convolution")
def convolution(a: Given) -> list[Shape] | None:
    """Batched, plain or transposed."""
    x, weight, groups = a["input"].shape, a["weight"].shape, a["groups"]
    axes, transposed = len(weight) - 2, a["transposed"]
    if len(x) != len(weight) or x[1] != (weight[0] if transposed else weight[1] * groups):
        return None
    stride, padding, dilation = (per_axis(a[k], axes) for k in ("stride", "padding", "dilation"))
    if not transposed:
        return [(x[0], weight[0], *along(output_size, x[2:], weight[2:], stride, padding, dilation))]
    more = per_axis(a["output_padding"], axes)
    each = matched(x[2:], weight[2:], stride, padding, more, dilation)
    spatial = [transposed_output_size(*numbers) for numbers in each]  # raises where torch does, on the CPU alone
    return [(x[0], weight[1] * groups, *spatial)]


def _pool(axes: int, results: int) -> Size:
    def one(a: Given) -> list[Shape] | None:
        x = a["self"].shape
        kernel = per_axis(a["kernel_size"], axes)
        stride, padding = per_axis(a["stride"] or kernel, axes), per_axis(a["padding"], axes)
        dilation, ceil = per_axis(a.get("dilation", 1), axes), per_axis(a["ceil_mode"], axes)
        spatial = along(output_size, x[-axes:], kernel, stride, padding, dilation, ceil)
        fits = all(2 * p <= k for p, k in zip(padding, kernel, strict=True))
        return [(*x[:-axes], *spatial)] * results if fits else None

    return one


def _given_size(axes: int, results: int = 1) -> Size:
    """Resizing and adaptive pooling: the size stands among the arguments."""
    return lambda a: [(*a["self"].shape[:-axes], *a["output_size"])] * results


for _axes in (2, 3):  # torch runs pooling along one axis as along two
    size_of(f"avg_pool{_axes}d")(_pool(_axes, 1))
    size_of(f"max_pool{_axes}d_with_indices")(_pool(_axes, 2))
    size_of(f"_adaptive_avg_pool{_axes}d")(_given_size(_axes))
    size_of(f"adaptive_max_pool{_axes}d")(_given_size(_axes, 2))
for _axes, _linear in ((1, "linear1d"), (2, "bilinear2d"), (3, "trilinear3d")):
    size_of(f"upsample_nearest{_axes}d", f"_upsample_nearest_exact{_axes}d", f"upsample_{_linear}")(_given_size(_axes))
size_of("upsample_bicubic2d", "_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa")(_given_size(2))


def _pads(axes: int) -> Size:
    def one(a: Given) -> list[Shape] | None:
        x, pads = list(a["self"].shape), a["padding"]
        for i in range(axes):
            x[-1 - i] += pads[2 * i] + pads[2 * i + 1]
        fits = all(max(pads[2 * i : 2 * i + 2]) < a["self"].shape[-1 - i] for i in range(axes))
        return [x] if fits else None

    return one


for _axes in (1, 2, 3):
    size_of(f"reflection_pad{_axes}d", f"replication_pad{_axes}d")(_pads(_axes))


@size_of("native_batch_norm", "native_group_norm")
def normalised(a: Given) -> list[Shape]:
    """The input's shape, and two of statistics that a forward does not use."""
    return [a["input"].shape, (1,), (1,)]


@size_of("native_layer_norm")
def layer_normalised(a: Given) -> list[Shape] | None:
    """The same, where the last dimensions, weight and bias have the shape that is normalised."""
    shape, x = list(a["normalized_shape"]), list(a["input"].shape)
    given = [list(a[k].shape) for k in ("weight", "bias") if a[k] is not None]
    return (
        normalised(a) if len(shape) <= len(x) and all(s == shape for s in [x[len(x) - len(shape) :], *given]) else None
    )


@size_of("_softmax", "_log_softmax", "cumsum", "roll", "flip")
def unchanged(a: Given) -> list[Shape] | None:
    """The input's shape."""
    x, dims = a["self"].shape, per_axis(a.get("dim", a.get("dims")), 1)
    fits = distinct(dims, len(x)) is not None and len(a.get("shifts", dims)) == len(dims)
    return [x] if fits and not a.get("half_to_float") else None


@size_of("mean", "sum", "amax", "amin", "var", "std", "linalg_vector_norm")
def reduction(a: Given) -> list[Shape] | None:
    """Without the dimensions reduced, or with length one in their place."""
    x, dims = a["self"].shape, a.get("dim")
    gone = set(range(len(x))) if dims is None or dims == [] else distinct(dims, len(x))
    if gone is None:
        return None
    if a.get("keepdim"):
        return [[1 if d in gone else n for d, n in enumerate(x)]]
    return [[n for d, n in enumerate(x) if d not in gone]]


@size_of("cat")
def cat(a: Given) -> list[Shape] | None:
    """Lengths added along one dimension, equal along the others."""
    shapes = [list(t.shape) for t in a["tensors"]]
    if distinct(a["dim"], len(shapes[0])) is None:
        return None
    dim = a["dim"] % len(shapes[0])
    total = sum(s[dim] for s in shapes if dim < len(s))
    for s in shapes:
        s[dim : dim + 1] = [total]
    return [shapes[0]] if all(s == shapes[0] for s in shapes) else None


@size_of("stack")
def stack(a: Given) -> list[Shape] | None:
    """A new dimension, as long as there are tensors."""
    shapes = [list(t.shape) for t in a["tensors"]]
    if distinct(a["dim"], len(shapes[0]) + 1) is None or any(s != shapes[0] for s in shapes):
        return None
    shapes[0].insert(a["dim"] % (len(shapes[0]) + 1), len(shapes))
    return [shapes[0]]


def _product(ndim: int) -> Size:
    def one(a: Given) -> list[Shape] | None:
        pairs = (("mat1", "mat2"), ("batch1", "batch2"), ("self", "mat2"))
        left, right = next((a[i].shape, a[j].shape) for i, j in pairs if i in a and j in a)
        fits = len(left) == len(right) == ndim and left[:-2] == right[:-2] and left[-1] == right[-2]
        out = (*left[:-1], right[-1])
        added = a["self"].shape if "mat1" in a or "batch1" in a else out
        broadcasts = all(n in (1, m) for n, m in zip(added[::-1], out[::-1], strict=False)) and len(added) <= len(out)
        return [out] if fits and broadcasts else None

    return one


size_of("mm", "addmm")(_product(2))
size_of("bmm", "baddbmm")(_product(3))


@size_of("im2col")
def im2col(a: Given) -> list[Shape] | None:
    """A column of taps for each window."""
    *lead, c, h, w = a["self"].shape
    each = ((h, w), a["kernel_size"], a["stride"], a["padding"], a["dilation"])
    windows = along(output_size, *each)
    taps = a["kernel_size"][0] * a["kernel_size"][1]
    return [(*lead, c * taps, windows[0] * windows[1])] if len(lead) == 1 else None


@size_of("glu")
def glu(a: Given) -> list[Shape] | None:
    """Half the length of one dimension."""
    x = list(a["self"].shape)
    if distinct(a["dim"], len(x)) is None:
        return None
    x[a["dim"]], odd = divmod(x[a["dim"]], 2)
    return None if odd else [x]


@size_of("repeat")
def repeat(a: Given) -> list[Shape] | None:
    """Lengths multiplied."""
    times = a["repeats"]
    if len(times) < len(a["self"].shape):
        return None
    x = [1] * (len(times) - len(a["self"].shape)) + list(a["self"].shape)
    return [[n * m for n, m in zip(x, times, strict=True)]]


@size_of("pixel_shuffle", "pixel_unshuffle", "channel_shuffle")
def shuffle(a: Given) -> list[Shape] | None:
    """Channels into space, or back."""
    *lead, c, h, w = a["self"].shape
    if "upscale_factor" in a:
        r = a["upscale_factor"]
        return [(*lead, c // r**2, h * r, w * r)] if c % r**2 == 0 else None
    if "downscale_factor" in a:
        r = a["downscale_factor"]
        return [(*lead, c * r**2, h // r, w // r)] if h % r == w % r == 0 else None
    return [a["self"].shape] if c % a["groups"] == 0 else None
