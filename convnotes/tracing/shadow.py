"""A copy of the user's model to run: same structure, evaluation mode, its numbers left behind or copied."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from convnotes.tracing.errors import TraceError


def shadow(model: nn.Module, device: str) -> nn.Module:
    """The copy in evaluation mode. On device meta, parameters and floating-point buffers carry no numbers.

    Integer, boolean and infinite buffers keep theirs, for they may be indices and masks. Nothing of `model` is
    written, now or later.
    """
    memo: dict[int, Any] = {}
    tensors = [*model.parameters(), *model.buffers()]
    for t in tensors:
        if device == "meta" and (t.is_floating_point() or t.is_complex()) and not _is_mask(t):
            memo[id(t)] = _empty(t)
        elif t.device.type == "meta" and device != "meta":
            raise TraceError(
                "the model's parameters lie on the meta device, and its forward needs numbers: load it on the CPU"
            )
        elif t.device.type not in ("cpu", "meta"):
            memo[id(t)] = _same_kind(t.detach().cpu(), t)
    try:
        return copy.deepcopy(model, memo).eval()
    except TraceError:
        raise
    except Exception as error:
        raise TraceError(f"{type(model).__name__} cannot be copied ({error}), and only a copy is traced") from error


def _is_mask(t: torch.Tensor) -> bool:
    return not isinstance(t, nn.Parameter) and t.device.type == "cpu" and bool(t.isinf().any())


def _empty(t: torch.Tensor) -> torch.Tensor:
    return _same_kind(torch.empty_strided(t.size(), t.stride(), dtype=t.dtype, device="meta"), t)


def _same_kind(new: torch.Tensor, old: torch.Tensor) -> torch.Tensor:
    return nn.Parameter(new, old.requires_grad) if isinstance(old, nn.Parameter) else new


@contextmanager
def quiet() -> Iterator[None]:
    """Torch's global switches set for a trace and set back: fused attention off, random state kept."""
    fused = torch.backends.mha.get_fastpath_enabled()
    state = torch.get_rng_state()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the model's own run shows them, once
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)
        torch.set_rng_state(state)
