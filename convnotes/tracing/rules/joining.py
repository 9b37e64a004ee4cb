"""Rules that put elements side by side or in another order: cat, stack, repeat, pixel shuffle, diagonal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from convnotes.tracing.rules.registry import Call, rule
from convnotes.tracing.rules.shapes import empty, permuted, reshape
from convnotes.tracing.spans import Array, Span, centre_spread, lift, spread, unpacked


@rule("diagonal", "diagonal_copy")
def diagonal(call: Call) -> Span:
    """A diagonal, where the arrays are written out."""
    a, ndim = call.args, call.x.dim()
    dims = (a["dim1"] % ndim, a["dim2"] % ndim)
    shape = tuple(call.x.shape)

    def one(v: Array) -> Array:
        if all(v.shape[d + 1] == 1 for d in dims):
            return v.squeeze(tuple(d + 1 for d in dims))[..., None]
        wide = [shape[d - 1] if d - 1 in dims else n for d, n in enumerate(v.shape)]
        return np.diagonal(np.broadcast_to(v, wide), a["offset"], dims[0] + 1, dims[1] + 1)

    return call.tracked().map(one).at(None)


@rule("pixel_shuffle", "pixel_unshuffle", "channel_shuffle")
def shuffle(call: Call) -> Span:
    """Channels into space and back, as reshape, permute, reshape."""
    *n, c, h, w = call.x.shape
    lead = len(n)
    if call.name == "pixel_shuffle":
        r = call.args["upscale_factor"]
        middle, tail = [c // r**2, r, r, h, w], [0, 3, 1, 4, 2]
    elif call.name == "pixel_unshuffle":
        r = call.args["downscale_factor"]
        middle, tail = [c, h // r, r, w // r, r], [0, 2, 4, 1, 3]
    else:
        g = call.args["groups"]
        middle, tail = [g, c // g, h, w], [1, 0, 2, 3]
    order = (*range(lead), *(lead + d for d in tail))
    opened = reshape(call.tracked().at(None), call.x.shape, (*n, *middle), call.name)
    moved = permuted(opened, order)
    shape = [(*n, *middle)[d] for d in order]
    return reshape(moved.at(None), shape, call.shape, call.name).at((lead + 1, lead + 2))


@rule("repeat", "tile")
def repeat(call: Call) -> Span:
    """Copies side by side."""
    times = call.args["repeats"] if "repeats" in call.args else call.args["dims"]
    ndim = len(call.shape)
    times = [1] * (ndim - len(times)) + list(times)

    def one(v: Array) -> Array:
        v = lift(v, ndim)
        return np.tile(v, [1, *(r if v.shape[d + 1] > 1 else 1 for d, r in enumerate(times))])

    span = call.tracked()
    layout = span.layout and tuple(d + ndim - call.x.dim() for d in span.layout)
    return span.map(one).at(layout)


@rule("cat", "concat", "concatenate", "_cat", "stack")
def cat(call: Call) -> Span:
    """Tensors side by side along one dimension (a new one, for `stack`)."""
    ndim = len(call.shape)
    dim = call.args["dim"] % ndim
    tensors = [t for t in call.args["tensors"] if not (t.dim() == 1 and t.numel() == 0)]
    spans = [call.memory.span(t, packed=True) for t in tensors]
    like = next(s for s in spans if s is not None)
    known = [spread(s) if s else empty(like, t.dim()) for s, t in zip(spans, tensors, strict=True)]
    runs = _runs(known, [t.shape[dim] for t in tensors]) if call.name == "cat" and dim == 1 < ndim - 1 else None
    if runs is None:
        known = [unpacked(s) for s in known]
    if call.name == "stack":
        known = [s.map(lambda v: np.expand_dims(v, dim + 1)) for s in known]
        sizes = [1] * len(known)
    else:
        sizes = [len(r) for r in runs] if runs else [t.shape[dim] for t in tensors]
    arrays = tuple(join([s.arrays[q] for s in known], sizes, dim) for q in range(len(like.arrays)))
    layout = like.layout if call.name == "cat" else None
    bounds = frozenset().union(*(s.bounds for s in known))
    whole_runs = None if runs is None else tuple(n for r in runs for n in r)
    return Span(arrays, layout, bounds, _shift(arrays, known, like.layout, dim), whole_runs)


def _runs(known: list[Span], sizes: list[int]) -> list[tuple[int, ...]] | None:
    """Runs of channels of each part, a part that varies in none of them being one; None where a part is written out."""
    if any(s.runs is None and any(v.shape[2] > 1 for v in s.arrays) for s in known):
        return None
    return [s.runs or (n,) for s, n in zip(known, sizes, strict=True)]


def _shift(arrays: Sequence[Array], known: list[Span], layout: tuple[int, ...] | None, dim: int) -> tuple[float, ...]:
    """Largest distance between centres in any part and, unless the parts lie side by side in space, between parts."""
    had = [max(t) for t in zip(*(s.shift for s in known), strict=True)]
    if layout is not None and dim in layout:
        return tuple(had)
    return tuple(max(a, centre_spread(v, dim)) for a, v in zip(had, arrays, strict=False))


def join(parts: list[Array], sizes: list[int], dim: int) -> Array:
    """Arrays concatenated along one dimension, left constant along it where they all are the same."""
    first = parts[0]
    alike = all(v is first or (v.shape == first.shape and (v == first).all()) for v in parts)
    if alike and first.shape[dim + 1] == 1 and (len(parts) == 1 or sum(sizes) > 1):
        return first
    lead = np.broadcast_shapes(*((*v.shape[: dim + 1], 1, *v.shape[dim + 2 :]) for v in parts))
    wide = [np.broadcast_to(v, (*lead[: dim + 1], n, *lead[dim + 2 :])) for v, n in zip(parts, sizes, strict=True)]
    return np.concatenate(wide, dim + 1)
