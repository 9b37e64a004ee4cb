"""What aligns branches: small changes of one layer, tried on a copy and kept only where they work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from convnotes.tracing.errors import TraceError
from convnotes.tracing.inputs import Sizes
from convnotes.tracing.model_copy import model_copy
from convnotes.tracing.page import first_apart
from convnotes.tracing.report import Report
from convnotes.tracing.run import trace

CHANGES = ((0, 1), (0, -1), (1, 1), (-1, -1), (1, 0), (-1, 0))
"""By how much kernel_size and padding change."""
NEAREST = 8
"""Layers before a meeting that are tried."""
MOST_ROWS = 400


def cures(model: nn.Module, report: Report, sizes: Sizes, dtype: Any = None) -> dict[str, str]:
    """For each row where unaligned branches meet, what mends it, as half a sentence; empty for very large models.

    What is named was tried: with it the branches are aligned, and the row has the shape that it had.

    >>> class Block(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.body, self.shortcut = nn.Conv2d(3, 3, 3, stride=2, padding=1), nn.AvgPool2d(2)
    ...     def forward(self, x):
    ...         return self.body(x) + self.shortcut(x)
    >>> cures(Block(), trace(Block(), (3, 32, 32)), (3, 32, 32))
    {'add': 'shortcut with kernel_size=3, padding=1 mends it'}
    """
    if len(report.rows) > MOST_ROWS or report.device != "meta":
        return {}
    return {row.name: _cure(model, report, row.name, sizes, dtype) for row in list(first_apart(report.rows))[:3]}


def _cure(model: nn.Module, report: Report, name: str, sizes: Sizes, dtype: Any) -> str:
    modules = dict(model.named_modules())
    windows = [n for n in _before(report, name) if hasattr(modules.get(n), "kernel_size")]
    windows.sort(key=lambda n: "Pool" not in type(modules[n]).__name__)  # what has no weights is changed first
    for layer in windows[:NEAREST]:
        for change in CHANGES:
            if told := _tried(model, report, name, layer, change, sizes, dtype):
                return f"{layer} with {told} mends it"
    return "no change by 1 of one kernel_size or padding nearby mends it"


def _before(report: Report, name: str) -> Iterator[str]:
    """Names of the rows that a row depends on, the nearest first."""
    reads = {row.name: row.reads for row in report.rows}
    waiting, seen = [name], {name}
    while waiting:
        for other in reads.get(waiting.pop(0), ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
                yield other


def _tried(
    model: nn.Module, report: Report, name: str, layer: str, change: tuple[int, int], sizes: Sizes, dtype: Any
) -> str:
    """The change in words where it aligns the row, otherwise nothing."""
    copied = model_copy(model, "meta")
    module: Any = copied.get_submodule(layer)
    try:
        told = _change(module, *change)
        again = trace(copied, sizes, dtype=dtype)[name] if told else None
    except (TraceError, ValueError, KeyError):
        return ""
    return told if again is not None and again.aligned and again.shape == report[name].shape else ""


def _change(module: Any, kernel: int, padding: int) -> str:
    """Change a layer's kernel_size and padding by so much, in every axis; what it has then, in words."""
    axes = len(module.weight.shape) - 2 if getattr(module, "weight", None) is not None else 0
    old, around = module.kernel_size, module.padding
    size = tuple(k + kernel for k in (old if isinstance(old, tuple) else (old,) * max(1, axes)))
    if isinstance(around, str) or min(size) < 1:
        return ""
    pad = tuple(p + padding for p in (around if isinstance(around, tuple) else (around,) * len(size)))
    if min(pad) < 0:
        return ""
    if axes:
        weight = module.weight
        module.weight = nn.Parameter(torch.empty(*weight.shape[:2], *size, dtype=weight.dtype, device="meta"))
        module.kernel_size, module.padding = size, pad
        if hasattr(module, "_reversed_padding_repeated_twice"):
            module._reversed_padding_repeated_twice = [p for p in pad[::-1] for _ in range(2)]
    else:
        module.kernel_size, module.padding = (v if len(set(v)) > 1 else v[0] for v in (size, pad))
    parts = [f"kernel_size={_said(size)}"] * bool(kernel) + [f"padding={_said(pad)}"] * bool(padding)
    return ", ".join(parts)


def _said(values: tuple[int, ...]) -> str:
    return str(values[0]) if len(set(values)) == 1 else str(values)
