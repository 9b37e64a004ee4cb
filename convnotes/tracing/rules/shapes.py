"""Rules of views: reshape, permute, slice, select, expand. Each is a lens, so that a write into a view reaches its
base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from convnotes.tracing.rules.registry import Call, Lens, Unruled, rule
from convnotes.tracing.spans import COMPONENTS, LIMIT, Array, Span, closed, lift


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
    pairs = [reshape_array(v, old, new) for v in span.arrays]
    out = Span(tuple(v for v, _ in pairs), span.layout, span.bounds, span.shift).at(_carried(span, old, new))
    out = out.at(_seen(out, new)) if out.layout is None else out
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


def _seen(span: Span, shape: Sequence[int]) -> tuple[int, ...] | None:
    """A layout read off the arrays: input axis q runs along the one dimension in which its array varies."""
    axes = len(span.shift)
    varying = [[d for d, n in enumerate(v.shape[1:]) if n > 1] for v in span.arrays[:axes]]
    if len(shape) != axes + 2 or any(len(d) != 1 for d in varying) or len({d[0] for d in varying}) != axes:
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


def _opened(v: Array, dim: int, n: int) -> Array:
    shape = list(v.shape)
    shape[dim + 1] = n
    return np.array(np.broadcast_to(v, shape))


def _write(base: Array, part: Array, dim: int, n: int, where: slice) -> Array:
    """The base's array with the positions `where` of one dimension replaced; constant dimensions closed again."""
    part = lift(part, base.ndim - 1)
    shape = list(np.broadcast_shapes(base.shape, (*part.shape[: dim + 1], 1, *part.shape[dim + 2 :])))
    out = _opened(np.broadcast_to(base, [*shape[: dim + 1], base.shape[dim + 1], *shape[dim + 2 :]]), dim, n)
    out[(slice(None),) * (dim + 1) + (where,)] = part
    return closed(out)


def sliced(dim: int, n: int, where: slice) -> Lens:
    """Positions `where` of one dimension of length `n`."""
    at = (slice(None),) * (dim + 1) + (where,)

    def put(base: Span, part: Span) -> Span:
        arrays = (_write(b, p, dim, n, where) for b, p in zip(base.arrays, part.arrays, strict=True))
        apart = tuple(max(t) for t in zip(base.shift, part.shift, strict=True))
        return Span(tuple(arrays), base.layout or part.layout, base.bounds | part.bounds, apart)

    def get(span: Span) -> Span:
        if span.runs is not None and dim == 1:
            return _sliced_runs(span, span.runs, where)
        return span.map(lambda v: v[at] if v.shape[dim + 1] > 1 else v)

    return Lens(get, put, packed=dim != 1 or (where.step in (1, None) and where.start < where.stop))


def _sliced_runs(span: Span, runs: tuple[int, ...], where: slice) -> Span:
    """Consecutive channels of a span that has them in runs."""
    ends = np.clip(np.cumsum([0, *runs]), where.start, where.stop)
    kept = [i for i in range(len(runs)) if ends[i + 1] > ends[i]]
    left = tuple(int(ends[i + 1] - ends[i]) for i in kept)
    arrays = span.map(lambda v: v[:, :, kept[0] : kept[-1] + 1] if v.shape[2] > 1 else v)
    return replace(arrays, runs=left if len(left) > 1 else None)


@rule("slice", "slice_copy", "narrow")
def slice_(call: Call) -> Lens:
    """`x[start:end:step]` along one dimension."""
    if call.name == "narrow":
        where = slice(call.args["start"], call.args["start"] + call.args["length"])
    else:
        where = slice(call.args["start"], call.args["end"], call.args["step"])
    n = call.x.shape[call.dim()]
    return sliced(call.dim(), n, slice(*where.indices(n)))


def selected(dim: int, n: int, i: int) -> Lens:
    """Position `i` of one dimension, which goes away."""
    part = sliced(dim, n, slice(i, i + 1))

    def drop(s: Span) -> Span:
        layout = s.layout
        if layout is not None:
            layout = None if dim in layout else tuple(d - (d > dim) for d in layout)
        return part.get(s).map(lambda v: v.squeeze(dim + 1)).at(layout)

    def back(base: Span, s: Span) -> Span:
        layout = s.layout and tuple(d + (d >= dim) for d in s.layout)
        return part.put(base, s.map(lambda v: np.expand_dims(v, dim + 1)).at(layout))

    return Lens(drop, back)


@rule("select", "select_copy")
def select(call: Call) -> Lens:
    """`x[i]` along one dimension."""
    n = call.x.shape[call.dim()]
    return selected(call.dim(), n, call.args["index"] % n)


@rule("unbind", "unbind_copy")
def unbind(call: Call) -> list[Lens]:
    """All positions of one dimension."""
    n = call.x.shape[call.dim()]
    return [selected(call.dim(), n, i) for i in range(n)]


@rule("split", "split_with_sizes", "split_copy", "split_with_sizes_copy", "chunk", "unsafe_split", "unsafe_chunk",
      "unsafe_split_with_sizes", "tensor_split", "hsplit", "vsplit")  # fmt: skip
def split(call: Call) -> list[Lens]:
    """Consecutive pieces of one dimension."""
    dim, n, at, out = call.dim(), call.x.shape[call.dim()], 0, []
    for piece in call.out:
        out.append(sliced(dim, n, slice(at, at + piece.shape[dim])))
        at += piece.shape[dim]
    return out


@rule("slice_scatter", "select_scatter")
def scatter_view(call: Call) -> Span:
    """A copy of the base with a slice of it replaced."""
    result = slice_(call) if call.name == "slice_scatter" else select(call)
    assert isinstance(result, Lens)
    lens = result
    base, part = call.memory.span(call.args["self"]), call.memory.span(call.args["src"])
    like = base or part
    if like is None:
        raise Unruled
    return lens.put(base or empty(like, call.x.dim()), part or empty(like, call.args["src"].dim()))


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

    def back(base: Span, part: Span) -> Span:
        raise Unruled

    def get(s: Span) -> Span:
        layout = s.layout and tuple(d + ndim - len(old) for d in s.layout)
        return s.map(lambda v: lift(v, ndim)).at(layout)

    return Lens(get, back)


SAME = Lens(lambda s: s, lambda _, s: s, packed=True)


@rule("alias", "detach", "view_as", "lift_fresh", "alias_copy", "detach_copy", "_conj", "conj", "real")
def alias(call: Call) -> Lens:
    """The same tensor under another name."""
    return SAME


@rule("as_strided")
def as_strided(call: Call) -> Lens:
    """The same elements in the same places, as torch asks for after a pooling to 1×1; anything else is not followed."""
    size, strides = call.args["size"], call.args["stride"]
    if list(size) != list(call.x.shape) or any(
        n > 1 and s != old for n, s, old in zip(size, strides, call.x.stride(), strict=True)
    ):
        raise Unruled
    return SAME


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

    def back(base: Span, part: Span) -> Span:
        raise Unruled

    return Lens(lambda s: s.map(one), back)
