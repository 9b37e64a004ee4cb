"""Multiplications of one operation: convolutions and matrix products; bias excluded, taps on padding included."""

from __future__ import annotations

import math
from typing import Any

import torch

from convnotes.tracing.rules import Call

_CONVOLUTIONS = ("convolution", "_convolution", "mkldnn_convolution", "convolution_overrideable")
_PRODUCTS = {
    "mm": ("self", "mat2"),
    "bmm": ("self", "mat2"),
    "addmm": ("mat1", "mat2"),
    "_addmm_activation": ("mat1", "mat2"),
    "baddbmm": ("batch1", "batch2"),
}
COUNTED = frozenset(_CONVOLUTIONS) | frozenset(_PRODUCTS)
"""Operations counted even where they do not read the input."""


def macs(call: Call) -> int:
    """Multiply-accumulates of a call; 0 for an operation that is neither a convolution nor a matrix product."""
    a, name = call.args, call.name
    if name in _CONVOLUTIONS:
        over = a["input"] if a.get("transposed") else call.first
        return int(over.numel() * math.prod(a["weight"].shape[1:]))
    if name in _PRODUCTS:
        first, second = _PRODUCTS[name]
        return int(a[first].numel() * a[second].shape[-1])
    if "scaled_dot_product" in name:
        return _attention(a["query"], a["key"], a["value"])
    return 0


def _attention(query: torch.Tensor, key: torch.Tensor, value: Any) -> int:
    rows = math.prod(query.shape[:-1])
    return int(rows * key.shape[-2] * (query.shape[-1] + value.shape[-1]))
