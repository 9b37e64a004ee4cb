"""Rules of operations that move elements by number: roll, flip, index_select, gather, scatter, embedding."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from convnotes.tracing import axis_tables
from convnotes.tracing.rules.registry import Call, Unruled, numbers, rule
from convnotes.tracing.rules.shapes import permuted
from convnotes.tracing.spans import Array, Span, nothing, reduce, union


def moved(span: Span, dim: int, ndim: int, n: int, index: Any) -> Span:
    """The span with dimension `dim` of length `n` read at `index`."""
    t = axis_tables.table(n, numbers(index).astype(np.intp).reshape(-1, 1) % n, np.zeros(len(index), bool))
    return span.map(lambda v: axis_tables.gather(v, dim - ndim, t))


@rule("roll")
def roll(call: Call) -> Span:
    """Elements shifted around; those that wrap around touch the border."""
    ndim, span = call.x.dim(), call.tracked()
    shifts, dims = call.args["shifts"], call.args["dims"]
    if not dims:
        raise Unruled
    for shift, dim in zip(shifts, dims, strict=True):
        n = call.x.shape[dim]
        at = np.arange(n) - shift
        t = axis_tables.table(n, (at % n)[:, None], (at < 0) | (at >= n))
        span = span.map(partial(axis_tables.gather, axis=dim % ndim - ndim, t=t))
    return span


@rule("flip", "fliplr", "flipud")
def flip(call: Call) -> Span:
    """Dimensions reversed."""
    return flipped(call.tracked(), [d % call.x.dim() for d in call.args["dims"]])


def flipped(span: Span, dims: Sequence[int]) -> Span:
    """The span with dimensions reversed."""
    return span.map(lambda v: np.flip(v, tuple(d + 1 for d in dims if v.shape[d + 1] > 1)))


@rule("rot90")
def rot90(call: Call) -> Span:
    """Quarter turns: one or three reverse a dimension and exchange it with the other, two reverse both."""
    ndim, turns = call.x.dim(), call.args["k"] % 4
    a, b = (d % ndim for d in call.args["dims"])
    span = flipped(call.tracked(), [(), (b,), (a, b), (a,)][turns])
    order = list(range(ndim))
    if turns % 2:
        order[a], order[b] = b, a
    return permuted(span, order)


@rule("tril", "triu")
def triangle(call: Call) -> Span:
    """Elements on one side of a diagonal; the others are zero and read nothing."""
    keep = getattr(np, call.name)(np.ones(call.shape[-2:], bool), call.args["diagonal"])
    span = call.tracked()
    return span.map(lambda v: np.where(keep, v, nothing((1,) * (v.ndim - 1), v)))


@rule("index_select")
def index_select(call: Call) -> Span:
    """Chosen positions of one dimension."""
    dim = call.dim()
    return moved(call.only("self"), dim, call.x.dim(), call.x.shape[dim], call.number(call.args["index"]))


@rule("index", "_unsafe_index")
def index(call: Call) -> Span:
    """`x[indices]` with tensors as indices: exact where they are constants and the arrays vary only there."""
    span, where = call.tracked("self"), call.args["indices"]
    at = [i for i, t in enumerate(where) if t is not None]
    values = [call.number(where[i]) for i in at]
    if any(v.dtype == bool for v in values):
        raise Unruled
    known = [numbers(v) for v in values]
    if len(at) == 1 and known[0].ndim == 1:
        return moved(span, at[0], call.x.dim(), call.x.shape[at[0]], known[0])
    return _fancy(span, at, known, call)


def _fancy(span: Span, at: list[int], known: list[Any], call: Call) -> Span:
    if at != list(range(at[0], at[0] + len(at))):
        raise Unruled
    block = np.broadcast_shapes(*(k.shape for k in known))

    def one(v: Array) -> Array:
        if all(v.shape[d + 1] == 1 for d in at):
            return v.reshape(*v.shape[: at[0] + 1], *(1,) * len(block), *v.shape[at[-1] + 2 :])
        picks = tuple(k if v.shape[d + 1] > 1 else np.zeros_like(k) for d, k in zip(at, known, strict=True))
        return v[(slice(None),) * (at[0] + 1) + picks]

    same = len(block) == len(at) and span.layout is not None
    return span.map(one).at(span.layout if same else None)


@rule("gather", "take_along_dim")
def gather(call: Call) -> Span:
    """Elements picked by computed indices: any along the dimension, hence a bound."""
    ndim, dim = len(call.shape), call.dim()
    spans = [call.memory.span(call.args["index"])]
    own = call.memory.span(call.args["self"])
    if own is not None:
        _no_crop(own, dim, call)
        spans.append(reduce(own, [dim], ndim))
    return union(spans, ndim).flag(call.name)


def _no_crop(span: Span, dim: int, call: Call) -> None:
    """Refuse an index smaller than its tensor in another dimension, where the arrays vary."""
    sizes = zip(call.x.shape, call.shape, strict=True)
    cut = [d for d, (n, m) in enumerate(sizes) if d != dim and n != m]
    if any(v.shape[d + 1] > 1 for v in span.arrays for d in cut):
        raise Unruled


@rule("embedding")
def embedding(call: Call) -> Span:
    """A row of a table for each number."""
    span = call.only("indices")
    return span.map(lambda v: v[..., None])


@rule("index_put", "_index_put_impl", "masked_scatter", "scatter", "scatter_add", "index_add", "index_copy",
      "scatter_reduce", "index_fill", "put", "masked_select")  # fmt: skip
def written(call: Call) -> Span:
    """Elements written at given places: each may keep what it read or take any written value, hence a bound."""
    base = call.memory.span(call.args["self"])
    others = [call.memory.span(t) for t in call.inputs if t is not call.args["self"]]
    ndim = call.x.dim()
    if call.name == "masked_select":
        raise Unruled
    parts = [] if base is None else [base]
    for other in others:
        if other is not None:
            flat = other.map(lambda v: v.reshape(len(v), -1).min(1).reshape(len(v), *(1,) * ndim))
            parts.append(flat.at(None))
    return union(parts, ndim).flag(call.name)
