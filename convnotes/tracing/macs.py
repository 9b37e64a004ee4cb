"""Multiplications of one operation: convolutions and matrix products; bias excluded, taps on padding included.

An operation that multiplies in another way has no such count: it is named, for nobody to take it for free.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from convnotes.tracing.rules import RULES, Call, is_pointwise, local
from convnotes.tracing.sizes import named

Count = Callable[[Call], int]


def _convolution(call: Call) -> int:
    over = call.args["input"] if call.args.get("transposed") else call.first
    return int(over.numel() * math.prod(call.args["weight"].shape[1:]))


def _product(first: str, second: str) -> Count:
    """Rows by columns: each number of the first meets each column of the second."""
    return lambda call: int(call.args[first].numel() * call.args[second].shape[-1])


def _vector(matrix: str) -> Count:
    """Each number of the first factor once."""
    return lambda call: int(call.args[matrix].numel())


def _outer(call: Call) -> int:
    """All pairs of two vectors; of `mul`, where each factor is stretched along a dimension of the other."""
    if call.name == "addr":
        return call.first.numel()
    a, b = call.args["self"], call.args["other"]
    if not (isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor)):
        return 0
    ndim = max(a.dim(), b.dim())
    sides = list(zip(*((1,) * (ndim - t.dim()) + tuple(t.shape) for t in (a, b)), strict=True))
    stretched = any(n < m for n, m in sides) and any(n > m for n, m in sides)
    return call.first.numel() if stretched else 0


def _attention(call: Call) -> int:
    query, key, value = (call.args[k] for k in ("query", "key", "value"))
    return int(math.prod(query.shape[:-1]) * key.shape[-2] * (query.shape[-1] + value.shape[-1]))


def _deformable(call: Call) -> int:
    return int(call.first.numel() * math.prod(call.args["weight"].shape[1:]))


_COUNTS: dict[str, Count] = {
    **dict.fromkeys(("convolution", "_convolution", "mkldnn_convolution", "convolution_overrideable"), _convolution),
    **dict.fromkeys(("mm", "bmm"), _product("self", "mat2")),
    **dict.fromkeys(("addmm", "_addmm_activation"), _product("mat1", "mat2")),
    **dict.fromkeys(("baddbmm", "addbmm"), _product("batch1", "batch2")),
    **dict.fromkeys(("mv", "dot", "vdot"), _vector("self")),
    "addmv": _vector("mat"),
    "addr": _outer,
    "mul": _outer,
    "torchvision::deform_conv2d": _deformable,
}
COUNTED = frozenset(_COUNTS) - {"mul"}
"""Operations counted even where they do not read the input."""
OTHERWISE = named("""
    _cdist_forward _euclidean_dist _fft_c2c _fft_c2r _fft_r2c _trilinear fft_fft
""")
"""Operations that have a rule, and multiply otherwise than a convolution or a matrix product does."""
NO_PRODUCT = named("""
    _unique2 diag_embed histc index_reduce masked_select multinomial put take trace unique_consecutive unique_dim
""")
"""Operations without a rule that only move, count or add numbers."""


def macs(call: Call) -> int:
    """Multiply-accumulates of a call; 0 for an operation that is neither a convolution nor a matrix product."""
    if "scaled_dot_product" in call.name:
        return _attention(call)
    count = _COUNTS.get(call.name)
    return 0 if count is None else count(call)


def uncounted(call: Call, func: Any) -> bool:
    """Whether a call may multiply in a way that `macs` does not count."""
    name, floating = call.name, call.first.is_floating_point() or call.first.is_complex()
    if name in _COUNTS or "scaled_dot_product" in name or is_pointwise(func) or not floating:
        return False
    if name in RULES:
        return name in OTHERWISE or ("::" in name and RULES[name] is not local)
    return name not in NO_PRODUCT
