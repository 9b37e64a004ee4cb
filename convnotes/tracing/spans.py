"""What each element of a tensor reads of the input: intervals kept in arrays that broadcast to the tensor's shape.

One array per input axis. Its leading dimension holds what is tracked (`LOW` … `BORDER`), its other dimensions broadcast
to the tensor: a feature map of a 224×224 image needs (7, 1, 1, 224, 1) integers for its rows, whatever its channels.
Upper ends are stored negated, so that every union is a minimum. A second family of arrays, of `int8`, holds one bit per
input row (−1 where the row is read): the rows themselves rather than their hull.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

EMPTY = 1 << 30
"""Both ends of an element that reads nothing: larger than any lower end, and than any negated upper end."""

LOW, HIGH = 0, 1
"""Hull of what is read: first row, and last row negated."""
NARROW, WIDE = slice(2, 4), slice(4, 6)
"""The same two numbers along the narrowest and along the widest path through the graph."""
BORDER = 6
"""0 for an interior element, −1 where a border cut or padded its window, −2 where an operation read a whole extent."""
CUT, GLOBAL = -1, -2
COMPONENTS = 7
LIMIT = 1 << 20
"""Most elements that one array may hold before a coarser, flagged interval takes its place."""
PAIRS = 1 << 22
"""The same for a union of two that vary in different dimensions, as the scores of attention do."""


@dataclass(frozen=True, slots=True)
class Span:
    """Intervals of one tensor.

    arrays: per input axis, then (when rows are tracked) per input axis again as bits. layout: for each input axis, the
    dimension of the tensor that runs along it, or None when there is none. bounds: operations that made this an upper
    bound. shift: per input axis, the largest distance between the centres of two merged branches. runs: lengths of the
    runs of channels (dimension 1) that elements of the arrays stand for, None where each stands for itself or for all.
    """

    arrays: tuple[Array, ...]
    layout: tuple[int, ...] | None
    bounds: frozenset[str] = field(default=frozenset())
    shift: tuple[float, ...] = ()
    runs: tuple[int, ...] | None = None

    def map(self, change: Callable[[Array], Array]) -> Span:
        """The span with every array changed."""
        return replace(self, arrays=tuple(change(v) for v in self.arrays))

    def flag(self, *names: str) -> Span:
        """The span marked as a bound made by the operations `names`."""
        return replace(self, bounds=self.bounds | frozenset(names))

    def at(self, layout: tuple[int, ...] | None) -> Span:
        """The span with another layout."""
        return replace(self, layout=layout)


def identity(dtype: np.dtype[np.integer]) -> int:
    """The value of an element that reads nothing, for either family of arrays."""
    return 0 if dtype == np.int8 else EMPTY


def nothing(shape: tuple[int, ...], like: Array) -> Array:
    """An array of elements that read nothing, with the components of `like`."""
    out = np.full((like.shape[0], *shape), identity(like.dtype), like.dtype)
    if like.dtype != np.int8:
        out[BORDER] = 0
    return out


def extent(size: tuple[int, ...]) -> tuple[int, ...]:
    """Lengths along the axes: what follows the channels, or all of a flat input.

    >>> extent((3, 224, 224)), extent((784,))
    ((224, 224), (784,))
    """
    return size[1:] if len(size) > 1 else size


def first_axis(size: tuple[int, ...]) -> int:
    """The dimension, counted with the batch, that the first axis is."""
    return 2 if len(size) > 1 else 1


def of_input(shape: tuple[int, ...], rows: bool = False) -> Span:
    """The span of the input itself, of batch, channels and axes, or of batch and one axis: element i reads row i.

    >>> span = of_input((1, 3, 4, 5))
    >>> [v.shape for v in span.arrays], span.arrays[0][LOW].ravel().tolist()
    ([(7, 1, 1, 4, 1), (7, 1, 1, 1, 5)], [0, 1, 2, 3])
    """
    arrays: list[Array] = []
    axes = range(first_axis(shape[1:]), len(shape))
    for axis in axes:
        own = [n if d == axis else 1 for d, n in enumerate(shape)]
        i = np.arange(shape[axis], dtype=np.int32).reshape(own)
        arrays.append(np.stack([i, -i, i, -i, i, -i, np.zeros_like(i)]))
    if rows:
        for axis in axes:
            own = [n if d == axis else 1 for d, n in enumerate(shape)]
            arrays.append(-np.eye(shape[axis], dtype=np.int8).reshape(shape[axis], *own))
    return Span(tuple(arrays), tuple(axes), shift=(0.0,) * len(axes))


def width(pair: Array) -> Array:
    """Rows from the first to the last, of an array whose two components are a low and a negated high end.

    >>> width(np.array([[2], [-5]]))
    array([4])
    """
    rows: Array = 1 - pair[0] - pair[1]
    return rows


def merge(a: Array, b: Array) -> Array:
    """Union of two arrays; the path components keep the narrower and the wider path instead."""
    if a is b:
        return a
    out = np.minimum(a, b)
    if out.dtype == np.int8:
        return out
    wa, wb = width(a[NARROW]), width(b[NARROW])
    first = ((wa <= wb) & (wa > 0)) | (wb <= 0)
    out[NARROW] = np.where(first, a[NARROW], b[NARROW])
    out[WIDE] = np.where(width(a[WIDE]) >= width(b[WIDE]), a[WIDE], b[WIDE])
    return out


def mix(v: Array, axis: int) -> Array:
    """Union along a channel axis, kept with length one: a path takes one of the channels."""
    if v.shape[axis] == 1:
        return v
    out: Array = v.min(axis, keepdims=True)
    if v.dtype == np.int8:
        return out
    narrow = width(v[NARROW])
    pick = np.where(narrow > 0, narrow, EMPTY).argmin(axis - 1, keepdims=True)
    out[NARROW] = np.take_along_axis(v[NARROW], pick[None], axis)
    out[WIDE] = np.take_along_axis(v[WIDE], width(v[WIDE]).argmax(axis - 1, keepdims=True)[None], axis)
    return out


def _twice_centre(v: Array) -> tuple[Array, Array]:
    """Twice the centre of each element's hull, and whether the element is interior and reads anything."""
    return v[LOW] - v[HIGH], (v[BORDER] == 0) & (v[LOW] < EMPTY)


def centre_distance(a: Array, b: Array) -> float:
    """Largest distance between the centres of two arrays' hulls, over elements that are interior in both."""
    if a is b:
        return 0.0
    (first, inner_a), (second, inner_b) = _twice_centre(a), _twice_centre(b)
    return float(np.where(inner_a & inner_b, np.abs(first - second), 0).max(initial=0)) / 2


def centre_spread(v: Array, dim: int) -> float:
    """Largest distance between the centres of hulls along a dimension of one array, over interior elements."""
    if v.shape[dim + 1] == 1:
        return 0.0
    twice, inner = _twice_centre(v)
    apart = np.where(inner, twice, -EMPTY).max(dim) - np.where(inner, twice, EMPTY).min(dim)
    return float(apart.max(initial=0)) / 2


def lift(v: Array, ndim: int) -> Array:
    """The array with dimensions of length one put in front, to broadcast with tensors of `ndim` dimensions."""
    return v.reshape(v.shape[0], *(1,) * (ndim + 1 - v.ndim), *v.shape[1:])


def union(spans: Iterable[Span | None], ndim: int) -> Span:
    """Union of spans that broadcast against each other, as an elementwise operation makes it."""
    given = together([s for s in spans if s is not None], ndim)
    known = [s.map(lambda v: lift(v, ndim)).at(_lifted(s, ndim)) for s in given]
    out = known[0]
    for other in known[1:]:
        out = _pair(out, other)
    return out


def together(spans: Sequence[Span], ndim: int) -> Sequence[Span]:
    """The spans with the same runs of channels; none where their arrays have length one in that dimension."""
    runs = {s.runs for s in spans}
    if runs == {None}:
        return spans
    if any(s.arrays[0].ndim != ndim + 1 or (s.runs is None and _varies(s)) for s in spans):
        return [unpacked(s) for s in spans]
    ends = sorted(set().union(*(np.cumsum(r).tolist() for r in runs if r is not None)))
    return [s if s.runs is None else _refined(s, s.runs, ends) for s in spans]


def _varies(s: Span) -> bool:
    return any(v.shape[2] > 1 for v in s.arrays)


def _refined(s: Span, runs: tuple[int, ...], ends: list[int]) -> Span:
    which = np.searchsorted(np.cumsum(runs), ends)
    finer = tuple(np.diff([0, *ends]).tolist())
    return replace(s.map(lambda v: v[:, :, which] if v.shape[2] > 1 else v), runs=finer)


def unpacked(span: Span) -> Span:
    """The span with every channel written out, where they stood in runs."""
    if span.runs is None:
        return span
    lengths = span.runs
    return replace(span.map(lambda v: np.repeat(v, lengths, 2) if v.shape[2] > 1 else v), runs=None)


def _lifted(s: Span, ndim: int) -> tuple[int, ...] | None:
    had = s.arrays[0].ndim - 1
    return None if s.layout is None else tuple(d + ndim - had for d in s.layout)


def closed(v: Array) -> Array:
    """The array with dimensions in which it is constant brought to length one."""
    for axis in range(1, v.ndim):
        first = v.take([0], axis)
        if v.shape[axis] > 1 and (v == first).all():
            v = first
    return v


def spread(span: Span) -> Span:
    """The span with an element that reads nothing along one axis reading nothing along the others either.

    Windows that lie in the padding altogether make such elements, and transposed convolutions with a stride larger than
    the kernel. Each axis's array knows its own; a union with another tensor must know all.
    """
    axes = len(span.shift)
    none = [closed(v[LOW : LOW + 1] == EMPTY)[0] for v in span.arrays[:axes]]
    if axes == 1 or not any(mask.any() for mask in none):
        return span
    mask = np.logical_or.reduce(np.broadcast_arrays(*none))
    return span.map(lambda v: np.where(mask, nothing((1,) * (v.ndim - 1), v), v))


def _pair(a: Span, b: Span) -> Span:
    if a is b:
        return a
    a, b = spread(a), spread(b)
    if any(_written_out(x, y) > PAIRS for x, y in zip(a.arrays, b.arrays, strict=True)):
        b = whole([b], b.arrays[0].ndim - 1, "a union of too many pairs")
    apart = tuple(centre_distance(x, y) for x, y in zip(a.arrays[: len(a.shift)], b.arrays, strict=False))
    shift = tuple(max(t) for t in zip(apart, a.shift, b.shift, strict=True))
    arrays = tuple(merge(x, y) for x, y in zip(a.arrays, b.arrays, strict=True))
    return Span(arrays, a.layout or b.layout, a.bounds | b.bounds, shift, a.runs or b.runs)


def _written_out(a: Array, b: Array) -> int:
    """Elements of the union of two arrays, where it is larger than both."""
    size = prod(np.broadcast_shapes(a.shape, b.shape)[1:])
    return size if size * a.shape[0] > max(a.size, b.size) else 0


def reduce(span: Span, dims: Iterable[int], ndim: int, keep: bool = True) -> Span:
    """Union over whole dimensions, as a mean over them makes it."""
    dims = tuple(sorted({d % ndim for d in dims}))
    spatial = set(range(ndim)) if span.layout is None else set(span.layout)

    def one(v: Array) -> Array:
        varying = tuple(d + 1 for d in dims if v.shape[d + 1] > 1)
        out = v.min(varying, keepdims=True) if varying else v
        if v.dtype != np.int8 and any(d - 1 in spatial for d in varying):
            out[BORDER] = GLOBAL if span.layout is not None else np.where(_reads_all(out, v), GLOBAL, out[BORDER])
        return out if keep else out.squeeze(tuple(d + 1 for d in dims))

    if keep:
        return span.map(one)
    layout = span.layout
    if layout is not None:
        left = [d for d in range(ndim) if d not in dims]
        layout = tuple(left.index(d) for d in layout) if set(layout) <= set(left) else None
    return span.map(one).at(layout)


def _reads_all(out: Array, v: Array) -> npt.NDArray[np.bool_]:
    """Which elements read all that any element of `v` does."""
    every: npt.NDArray[np.bool_] = (out[LOW] == v[LOW].min()) & (out[HIGH] == v[HIGH].min())
    return every


def whole(spans: Iterable[Span | None], ndim: int, *names: str) -> Span:
    """A sound bound: every element reads all that any element of `spans` reads; flagged with the operations' names."""
    flat = [s.map(lambda v: _hull(v, ndim)) for s in spans if s is not None]
    out = union([replace(s, layout=None, runs=None) for s in flat], ndim).flag(*names)
    for v in out.arrays:
        if v.dtype != np.int8:
            v[BORDER] = GLOBAL
    return out


def _hull(v: Array, ndim: int) -> Array:
    """All that any element reads, for every element of a tensor of `ndim` dimensions; of no element, nothing."""
    ones = (1,) * ndim
    return v.reshape(len(v), -1).min(1).reshape(len(v), *ones) if v.size else nothing(ones, v)
