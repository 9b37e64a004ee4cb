"""Rules of views: reshape, permute, expand. Each is a lens, so that a write into a view reaches its
base."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from convnotes.tracing.rules.registry import Call, Lens, Unruled, rule
from convnotes.tracing.spans import COMPONENTS, LIMIT, Array, Span, closed, lift, reduce, spread, whole


def groups(old: Sequence[int], new: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Shortest runs of dimensions of two shapes with equal products, paired in order.

    >>> groups((2, 3, 4), (6, 4))
    [([0, 1], [0]), ([2], [1])]
    """
    out, i, j = [], 0, 0
    while i < len(old) or j < len(new):
        left, right, a, b = [], [], 1, 1
        if i < len(old):
            a, left, i = old[i], [i], i + 1
        if j < len(new):
            b, right, j = new[j], [j], j + 1
        while a != b:
            if a < b:
                a, i = a * old[i], i + 1
                left.append(i - 1)
            else:
                b, j = b * new[j], j + 1
                right.append(j - 1)
        out.append((left, right))
    return out


def reshape_array(v: Array, old: Sequence[int], new: Sequence[int]) -> tuple[Array, bool]:
    """The array for a reshaped tensor, and whether it stayed exact; only runs in which it varies are written out."""
    full, target, exact = [v.shape[0], *v.shape[1:]], [v.shape[0]], True
    runs = groups(old, new)
    for left, right in runs:
        if all(v.shape[k + 1] == 1 for k in left):
            target += [1] * len(right)
            continue
        for k in left:
            full[k + 1] = old[k]
        target += [new[k] for k in right]
    if int(np.prod(full[1:])) > max(LIMIT, v[0].size):  # what is written out stays as large
        merged = tuple(k + 1 for left, right in runs if len(left) > 1 for k in left)
        return reshape_array(v.min(merged, keepdims=True), old, new)[0], False
    split = any(sum(new[k] > 1 for k in right) > 1 for _, right in runs)
    out = np.broadcast_to(v, full).reshape(target)
    return (closed(out) if split else out), exact


def reshape(span: Span, old: Sequence[int], new: Sequence[int], name: str) -> Span:
    """Span of a reshaped tensor."""
    if tuple(old) == tuple(new):
        return span
    if 0 in old or 0 in new:
        raise Unruled
    if any(len(left) > 1 for left, _ in groups(old, new)):
        span = spread(span)  # what one array alone knows to read nothing may come to stand beside what reads
    pairs = [reshape_array(v, old, new) for v in span.arrays]
    out = Span(tuple(v for v, _ in pairs), span.layout, span.bounds, span.shift).at(_carried(span, old, new))
    out = out.at(seen(out, new)) if out.layout is None else out
    return out if all(exact for _, exact in pairs) else out.flag(name)


def _carried(span: Span, old: Sequence[int], new: Sequence[int]) -> tuple[int, ...] | None:
    """The layout where each spatial dimension is left alone, dimensions of length one beside it aside."""
    if span.layout is None:
        return None
    target = {}
    for left, right in groups(old, new):
        wide_left = [k for k in left if old[k] != 1] or left
        wide_right = [k for k in right if new[k] != 1] or right
        if len(wide_left) == 1 == len(wide_right):
            target[wide_left[0]] = wide_right[0]
    if not all(d in target for d in span.layout):
        return None
    return tuple(target[d] for d in span.layout)


def seen(span: Span, shape: Sequence[int]) -> tuple[int, ...] | None:
    """A layout read off the arrays: input axis q runs along the one dimension in which its array varies."""
    axes = len(span.shift)
    varying = [[d for d, n in enumerate(v.shape[1:]) if n > 1] for v in span.arrays[:axes]]
    if len(shape) < axes or any(len(d) != 1 for d in varying) or len({d[0] for d in varying}) != axes:
        return None
    return tuple(d[0] for d in varying)


def reshape_lens(call: Call) -> Lens:
    """View under another shape."""
    old, new, name = tuple(call.x.shape), call.shape, call.name
    return Lens(lambda s: reshape(s, old, new, name), lambda _, s: reshape(s, new, old, name))


rule("view", "_unsafe_view", "reshape", "_reshape_alias", "view_copy", "unsqueeze", "squeeze", "flatten", "unflatten")(
    reshape_lens
)


def permuted(span: Span, order: Sequence[int]) -> Span:
    """Span of a tensor with its dimensions in another order."""
    layout = span.layout and tuple(list(order).index(d) for d in span.layout)
    return span.map(lambda v: v.transpose(0, *(d + 1 for d in order))).at(layout)


@rule("permute", "transpose", "t", "numpy_T", "movedim", "swapaxes")
def permute(call: Call) -> Lens:
    """Dimensions in another order."""
    ndim = call.x.dim()
    order = list(range(ndim))
    if call.name == "permute":
        order = [d % ndim for d in call.args["dims"]]
    elif call.name == "transpose":
        a, b = call.args["dim0"] % ndim, call.args["dim1"] % ndim
        order[a], order[b] = b, a
    elif call.name in ("t", "numpy_T"):
        order.reverse()
    else:
        raise Unruled
    back = [order.index(d) for d in range(ndim)]
    return Lens(lambda s: permuted(s, order), lambda _, s: permuted(s, back))


def empty(like: Span, ndim: int) -> Span:
    """Span of a constant of `ndim` dimensions."""

    def one(v: Array) -> Array:
        out = np.full((len(v), *(1,) * ndim), 0 if v.dtype == np.int8 else 1 << 30, v.dtype)
        if len(v) == COMPONENTS and v.dtype != np.int8:
            out[-1] = 0
        return out

    return Span(tuple(one(v) for v in like.arrays), None, frozenset(), (0.0,) * len(like.shift))


@rule("expand", "expand_copy", "broadcast_to", "expand_as")
def expand(call: Call) -> Lens:
    """Broadcasting, which changes nothing but leading dimensions."""
    ndim, old = len(call.shape), tuple(call.x.shape)

    def get(s: Span) -> Span:
        layout = s.layout and tuple(d + ndim - len(old) for d in s.layout)
        return s.map(lambda v: lift(v, ndim)).at(layout)

    return Lens(get, one_way)


SAME = Lens(lambda s: s, lambda _, s: s, packed=True)


@rule("alias", "detach", "view_as", "lift_fresh", "alias_copy", "detach_copy", "_conj", "conj", "real")
def alias(call: Call) -> Lens:
    """The same tensor under another name."""
    return SAME


def _paired(s: Span) -> Span:
    return s.map(lambda v: v[..., None])


def _together(s: Span) -> Span:
    one = reduce(s, [-1], s.arrays[0].ndim - 1, keep=False)
    return (
        one if all(v.shape[-1] == 1 for v in s.arrays) else one.flag("view_as_complex")
    )  # either part may be asked for


@rule("view_as_real", "view_as_real_copy")
def view_as_real(call: Call) -> Lens:
    """Real and imaginary part in a new last dimension."""
    return Lens(_paired, lambda _, s: _together(s))


@rule("view_as_complex", "view_as_complex_copy")
def view_as_complex(call: Call) -> Lens:
    """The two numbers of the last dimension as one."""
    return Lens(_together, lambda _, s: _paired(s))


@rule("as_strided")
def as_strided(call: Call) -> Lens:
    """Elements by their place in memory, of a tensor that lies there in order, as the frames of `torch.stft` do.

    A pooling to 1×1 asks for the same elements in the same places. Of a tensor that does not lie in order, it may read
    any of the memory around it.
    """
    size, strides, x = list(call.args["size"]), list(call.args["stride"]), call.x
    given = call.args["storage_offset"]
    start = 0 if given is None else given - x.storage_offset()
    same = size == list(x.shape) and not start
    if same and all(n == 1 or s == old for n, s, old in zip(size, strides, x.stride(), strict=True)):
        return SAME
    at = np.full(size, start)
    for d, (n, step) in enumerate(zip(size, strides, strict=True)):
        at += (np.arange(n) * step).reshape([n if k == d else 1 for k in range(len(size))])
    if not at.size:
        raise Unruled
    if not x.is_contiguous() or max(at.size, x.numel()) > LIMIT or at.min() < 0 or at.max() >= x.numel():
        return Lens(lambda s: whole([s, call.memory.around(x)], len(size), call.name), one_way)

    def get(s: Span) -> Span:
        wide = spread(s).map(lambda v: np.broadcast_to(v, (len(v), *x.shape)).reshape(len(v), -1)[:, at])
        return wide.map(closed).at(None)

    return Lens(get, one_way)


def one_way(base: Span, part: Span) -> Span:
    """For a view whose place in its base is not known: a write into it makes a bound of all of the base."""
    raise Unruled


@rule("unfold", "unfold_copy")
def unfold(call: Call) -> Lens:
    """`Tensor.unfold`: windows of one dimension, laid out in a new last one."""
    dim, size, step = call.args["dimension"] % call.x.dim(), call.args["size"], call.args["step"]
    windows = call.shape[dim]
    at = np.arange(windows)[:, None] * step + np.arange(size)[None]

    def one(v: Array) -> Array:
        if v.shape[dim + 1] == 1:
            return v[..., None]
        return np.moveaxis(np.take(v, at, dim + 1), dim + 2, -1)

    return Lens(lambda s: s.map(one), one_way)
