"""Rules of views of a part: slice, select, unbind, split. Each is a lens, so that a write into it reaches its base."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from convnotes.tracing.rules.registry import Call, Lens, Unruled, rule
from convnotes.tracing.rules.shapes import empty
from convnotes.tracing.spans import Array, Span, closed, lift


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
