"""Results of common operations on meta tensors: a shape, a type and strides, computed here.

Torch has kernels for this, written in Python; the first of them that runs imports torch's compiler and sympy, which
takes seconds and tens of megabytes. Here stands the plain case of each operation: tensors of one floating-point type,
in order in memory where the order matters, of shapes that fit. Whatever else there is, a mistake in the user's model
too, is left to torch: then `result` is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Any

import torch

from convnotes.tracing.sizes import ANY_ORDER, INDEXED, SIZES, Given, Shape, named

SAME_TYPE = named("""
    _prelu_kernel abs add addcdiv addcmul ceil celu clamp clamp_max clamp_min clone cos div elu empty_like erf exp expm1
    fill floor full_like gelu hardsigmoid hardswish hardtanh leaky_relu lerp log log10 log1p log2 masked_fill maximum
    minimum mish mul neg ones_like pow reciprocal relu round rsqrt rsub sigmoid sign silu sin softplus sqrt sub tan tanh
    threshold trunc where zero zeros_like
""")
"""Elementwise operations whose result has the one floating-point type among their tensors."""
COMPARISONS = named("eq ge gt isinf isnan le lt ne")


def result(name: str, given: Given, tensors: Sequence[torch.Tensor], written: str | None) -> Any:
    """What the operation returns, or None where torch must say. written: the argument that it writes into, if any."""
    wide = [t for t in tensors if t.dim()]
    types = {t.dtype for t in wide if t.is_floating_point()}
    if len(types) != 1 or any(t.device.type != "meta" for t in wide) or _special(given, tensors):
        return None
    (dtype,) = types
    if name in SAME_TYPE or name in COMPARISONS:
        return _elementwise(name, torch.bool if name in COMPARISONS else dtype, given, wide, written)
    if name not in SIZES or written or any(t.dtype != dtype for t in wide):
        return None
    if name not in ANY_ORDER and not all(in_order(t) for t in wide):
        return None
    shapes = SIZES[name](given)
    if shapes is None or any(min(shape, default=1) < 1 for shape in shapes):
        return None
    types_out = [dtype, torch.int64 if name in INDEXED else dtype, dtype]
    made = [torch.empty(tuple(s), dtype=t, device="meta") for s, t in zip(shapes, types_out, strict=False)]
    return made[0] if len(made) == 1 else tuple(made)


def _special(given: Given, tensors: Sequence[torch.Tensor]) -> bool:
    """Whether the call asks for another type, device or order of the elements than its tensors have."""
    asked = any(given.get(k) is not None for k in ("dtype", "memory_format", "layout", "out"))
    return asked or any(t.is_complex() for t in tensors) or any(isinstance(v, complex) for v in given.values())


def _elementwise(name: str, dtype: torch.dtype, given: Given, wide: list[torch.Tensor], written: str | None) -> Any:
    shape = broadcast([tuple(t.shape) for t in wide])
    if shape is None or (written and (shape != tuple(given[written].shape) or given[written].dtype != dtype)):
        return None
    if written:
        return given[written]
    operands = wide[::-1] if name == "rsub" else wide  # which subtracts the first from the second
    strides = contiguous(shape) if name == "masked_fill" else dense_strides(operands, shape)
    return strides and torch.empty_strided(shape, strides, dtype=dtype, device="meta")


def broadcast(shapes: list[tuple[int, ...]]) -> tuple[int, ...] | None:
    """The shape that tensors of these shapes broadcast to, or None where they do not.

    >>> broadcast([(1, 3, 4, 4), (3, 1, 1)]), broadcast([(2, 3), (2, 2)])
    ((1, 3, 4, 4), None)
    """
    if all(s == shapes[0] for s in shapes):
        return shapes[0]
    ndim = max(len(s) for s in shapes)
    out = []
    for lengths in zip(*((1,) * (ndim - len(s)) + s for s in shapes), strict=True):
        long = {n for n in lengths if n != 1}
        if len(long) > 1:
            return None
        out.append(long.pop() if long else 1)
    return tuple(out)


def dense_strides(tensors: Sequence[torch.Tensor], shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """Strides of an elementwise result: without gaps, its dimensions in the order that they have in memory in the first
    tensor of that shape. None where no single tensor decides.

    >>> dense_strides([torch.empty(1, 4, 5, 3).permute(0, 3, 1, 2)], (1, 3, 4, 5))
    (60, 1, 15, 3)
    """
    if all(t.is_contiguous() for t in tensors):
        return contiguous(shape)
    for t in tensors:
        if t.shape == shape:
            return packed(shape, t.stride())
        if sum(n > 1 for n in t.shape) > 1:
            return None
    return None


def packed(shape: tuple[int, ...], strides: tuple[int, ...]) -> tuple[int, ...] | None:
    """The strides with gaps closed; None where a dimension is expanded, for it has no place in the order."""
    if any(s == 0 and n > 1 for n, s in zip(shape, strides, strict=True)):
        return None
    order = sorted((d for d, n in enumerate(shape) if n > 1), key=lambda d: strides[d])
    out, step = list(contiguous(shape)), 1
    for d in order:
        out[d], step = step, step * shape[d]
    return tuple(out)


def contiguous(shape: Shape) -> tuple[int, ...]:
    """Strides of elements in order.

    >>> contiguous((2, 3, 4))
    (12, 4, 1)
    """
    return tuple(prod(max(n, 1) for n in shape[d + 1 :]) for d in range(len(shape)))


def in_order(t: torch.Tensor) -> bool:
    """Whether a tensor's dimensions lie in memory from the outermost to the innermost, gaps allowed.

    >>> x = torch.empty(2, 3, 4)
    >>> in_order(x[:, 1:, ::2]), in_order(x.mT)
    (True, False)
    """
    if t.is_contiguous():
        return True
    strides = [s for n, s in zip(t.shape, t.stride(), strict=True) if n > 1]
    return all(a > b > 0 for a, b in pairwise(strides))
