"""Which positions along one axis each output position reads, as tables: a convolution, a pad, a crop, a resize."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from convnotes.tracing.spans import BORDER, CUT, Array, nothing

Index = npt.NDArray[np.intp]
FEW = 32
"""Taps up to which their minimum is taken tap by tap, which is faster than over a short axis."""


@dataclass(frozen=True, slots=True)
class Table:
    """index[o]: positions that output position o reads, `n` standing for none. edge[o]: whether a border cut it.

    gaps: whether there is any `n`. empties: whether an output position reads none at all.
    """

    n: int
    index: Index
    edge: npt.NDArray[np.bool_]
    gaps: bool
    empties: bool
    same: bool


def table(n: int, reads: Sequence[Sequence[int]] | Index, edge: npt.NDArray[np.bool_] | None = None) -> Table:
    """The table of an axis of length `n`; positions outside 0 … n−1 read nothing and mark the output as cut.

    >>> table(3, [[-1, 0], [0, 1], [2, 3]]).index.tolist()
    [[3, 0], [0, 1], [2, 3]]
    """
    if not isinstance(reads, np.ndarray):
        taps = max((len(r) for r in reads), default=1) or 1
        reads = np.array([[*r, *[n] * (taps - len(r))] for r in reads], np.intp).reshape(len(reads), taps)
        cut = np.any(reads < 0, axis=1)
    else:
        cut = np.any((reads < 0) | (reads >= n), axis=1)
    edge = cut if edge is None else edge
    index = np.where((reads < 0) | (reads >= n), n, reads)
    same = index.shape == (n, 1) and not edge.any() and bool((index[:, 0] == np.arange(n)).all())
    none = index == n
    return Table(n, index, edge, bool(none.any()), bool(none.all(1).any()), same)


def inner(t: Table) -> Table:
    """The table with no output position marked as cut by a border."""
    return replace(t, edge=np.zeros_like(t.edge))


def gather(v: Array, axis: int, t: Table) -> Array:
    """Union over the positions that each output position reads; `axis` counts the tensor's dimensions from the end."""
    if t.same or (v.shape[axis] == 1 and t.n > 1):
        return v
    v = np.moveaxis(v, axis, -1)
    if t.gaps:
        v = np.concatenate([v, nothing((*v.shape[1:-1], 1), v)], -1)
    out = _least(v, t.index)
    if t.edge.any() and v.dtype != np.int8:
        out[BORDER] = np.where(t.edge & (out[BORDER] == 0), CUT, out[BORDER])
        if (out[BORDER] < 0).all() and (out == out[..., :1]).all():
            out = out[..., :1]  # all read the same and touch the border, as deep in a long network: one stands for them
    return np.moveaxis(out, -1, axis)


def _least(v: Array, index: Index) -> Array:
    """Minimum over the taps of each output position along the last dimension; of a few taps, one after the other."""
    if index.shape[1] > FEW:
        return np.asarray(v[..., index].min(-1))
    out: Array = v.take(index[:, 0], -1)
    for tap in index.T[1:]:
        np.minimum(out, v.take(tap, -1), out=out)
    return out


@lru_cache(1024)
def window(n: int, n_out: int, kernel: int, stride: int, padding: int, dilation: int) -> Table:
    """Positions o·stride − padding + t·dilation of a convolution or a pooling.

    >>> window(4, 4, 3, 1, 1, 1).index.tolist()
    [[4, 0, 1], [0, 1, 2], [1, 2, 3], [2, 3, 4]]
    """
    return table(n, np.arange(n_out)[:, None] * stride - padding + np.arange(kernel)[None] * dilation)


@lru_cache(1024)
def transposed(n: int, n_out: int, kernel: int, stride: int, padding: int, dilation: int) -> Table:
    """Positions i with o = i·stride − padding + t·dilation for some tap t: a transposed convolution."""
    at = np.arange(n_out)[:, None] + padding - np.arange(kernel)[None] * dilation
    fits = at % stride == 0
    i = np.where(fits, at // stride, n)
    return table(n, i, np.any(fits & ((i < 0) | (i >= n)), axis=1))


@lru_cache(256)
def adaptive(n: int, n_out: int) -> Table:
    """Bins of an adaptive pooling: ⌊o·n/n_out⌋ … ⌈(o+1)·n/n_out⌉ − 1."""
    return table(n, [range(o * n // n_out, -((-(o + 1) * n) // n_out)) for o in range(n_out)])


@lru_cache(256)
def fractional(n: int, n_out: int, kernel: int) -> Table:
    """Every position that a fractional max-pooling window may start at, whatever sample it draws: a bound."""
    alpha = (n - kernel) / (n_out - 1) if n_out > 1 else 0.0
    first = [math.floor(o * alpha) for o in range(n_out - 1)]
    return table(n, [range(f, min(f + kernel + 1, n)) for f in first] + [range(n - kernel, n)])


@lru_cache(256)
def pad(n: int, before: int, after: int, mode: str = "constant") -> Table:
    """Padding (cropping, where negative) before and after an axis, by mode constant, reflect, edge or wrap.

    >>> pad(4, 2, 1, "reflect").index[:, 0].tolist()
    [2, 1, 0, 1, 2, 3, 2]
    """
    at = np.arange(-before, n + after)
    edge = (at < 0) | (at >= n)
    if mode == "reflect":
        at = np.abs(at)
        at = np.where(at >= n, 2 * (n - 1) - at, at)
    elif mode == "edge":
        at = np.clip(at, 0, n - 1)
    elif mode == "wrap":
        at = at % n
    return table(n, at[:, None], edge)


@lru_cache(256)
def nearest(n: int, n_out: int, scale: float | None, exact: bool = False) -> Table:
    """Nearest-neighbour resizing; `exact` samples at half-pixel centres. Arithmetic in float32, as torch does it."""
    ratio = np.float32(1 / scale) if scale else np.float32(n) / np.float32(n_out)
    at = np.arange(n_out, dtype=np.float32)
    at = (at + np.float32(0.5)) * ratio if exact else at * ratio
    index = np.minimum(np.floor(at).astype(np.intp), n - 1)
    return table(n, index[:, None])


@lru_cache(256)
def either_nearest(n: int, n_out: int, scale: float | None) -> tuple[Table, bool]:
    """Nearest-neighbour resizing along one of several axes, and whether the table is a bound.

    Some of torch's kernels leave the factor aside where the output is as long as the input, or twice as long; which of
    them runs depends on the order in memory, the other lengths and the number of threads. Then both are read.
    """
    plain = nearest(n, n_out, scale)
    if n_out not in (n, 2 * n):
        return plain, False
    snapped = np.arange(n_out)[:, None] // (n_out // n)
    if (plain.index == snapped).all():
        return plain, False
    return table(n, np.concatenate([plain.index, snapped], 1)), True


def _sources(n: int, n_out: int, scale: float | None, corners: bool) -> npt.NDArray[np.float64]:
    """Where each output position samples the input."""
    o = np.arange(n_out, dtype=np.float64)
    if corners:
        return o * (n - 1) / max(n_out - 1, 1)
    ratio = 1 / scale if scale else n / n_out
    return (o + 0.5) * ratio - 0.5


@lru_cache(256)
def linear(n: int, n_out: int, scale: float | None, corners: bool) -> Table:
    """Linear interpolation: two neighbours, or one where the other has weight zero."""
    at = _sources(n, n_out, scale, corners)
    edge = (at < -1e-9) | (at > n - 1 + 1e-9)
    at = np.clip(at, 0, n - 1)
    first = np.minimum(np.floor(at + 1e-9).astype(np.intp), n - 1)
    second = np.where(at - first > 1e-9, np.minimum(first + 1, n - 1), first)
    return table(n, np.stack([first, second], 1) if n_out != n or scale not in (None, 1.0) else first[:, None], edge)


@lru_cache(256)
def cubic(n: int, n_out: int, scale: float | None, corners: bool) -> Table:
    """Cubic interpolation: four neighbours, clamped to the border, or one where the others have weight zero."""
    at = _sources(n, n_out, scale, corners)
    first = np.floor(at + 1e-9).astype(np.intp)
    taps = np.where((at - first > 1e-9)[:, None], first[:, None] + np.arange(-1, 3)[None], first[:, None])
    edge = np.any((taps < 0) | (taps >= n), axis=1)
    return table(n, np.clip(taps, 0, n - 1), edge)


@lru_cache(256)
def antialiased(n: int, n_out: int, scale: float | None, corners: bool, reach: int) -> Table:
    """Resizing with a filter as wide as the ratio, of half-width `reach` (1 linear, 2 cubic)."""
    ratio = (n - 1) / max(n_out - 1, 1) if corners else (1 / scale if scale else n / n_out)
    stretch = max(ratio, 1.0)
    reads, edge = [], np.zeros(n_out, bool)
    for o in range(n_out):
        centre = ratio * (o + 0.5)
        low, high = int(centre - reach * stretch + 0.5), int(centre + reach * stretch + 0.5)
        edge[o] = centre - reach * stretch < -0.5 or centre + reach * stretch > n + 0.5
        near = [i for i in range(max(low, 0), min(high, n)) if abs((i + 0.5 - centre) / stretch) < reach - 1e-9]
        near = [i for i in near if reach == 1 or abs(abs((i + 0.5 - centre) / stretch) - 1) > 1e-9]
        reads.append(near)
    return table(n, reads, edge)


@lru_cache(256)
def unfolded(n: int, n_out: int, kernel: int, stride: int, padding: int, dilation: int) -> Table:
    """One row per tap and window of an unfold: the single position it copies."""
    at = np.arange(kernel)[:, None] * dilation + np.arange(n_out)[None] * stride - padding
    return table(n, at.reshape(-1, 1))


@lru_cache(256)
def folded(n: int, n_out: int, kernel: int, stride: int, padding: int, dilation: int) -> Table:
    """For each output position of a fold, the (tap, window) pairs added into it; `n` counts windows."""
    reads: list[list[int]] = [[] for _ in range(n_out)]
    for t in range(kernel):
        for i in range(n):
            o = i * stride - padding + t * dilation
            if 0 <= o < n_out:
                reads[o].append(t * n + i)
    return table(kernel * n, reads)
