"""Means in place of maxima while a network runs, so that its gradients tell all that it may read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode


class Events(TorchFunctionMode):
    """Calls `seen` with the result of every torch function; takes means in place of maxima when `means`, so that a
    gradient reaches every tap."""

    def __init__(self, seen: Callable[[Any], None], means: bool) -> None:
        super().__init__()
        self.seen, self.means = seen, means

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None) -> Any:
        """Run one torch function, or the mean that stands for it."""
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if self.means and name.startswith("max_pool"):
            out: Any = mean_pool(int(re.findall(r"\d", name)[0]), *args, **kwargs)
            if name.endswith("with_indices") or kwargs.get("return_indices"):
                out = out, func(*args, **kwargs)[1]
        elif self.means and name.startswith("adaptive_max_pool"):
            out = getattr(F, name.replace("_max_", "_avg_").removesuffix("_with_indices"))(*args[:2])
        else:
            out = func(*args, **kwargs)
        self.seen(out)
        return out


def mean_pool(axes: int, x: torch.Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
              ceil_mode: bool = False, return_indices: bool = False) -> torch.Tensor:  # fmt: skip
    """The shape of a max-pooling with every tap weighted equally: a convolution with ones, padded for `ceil_mode`."""
    if x.dim() == axes + 1:
        return mean_pool(axes, x[None], kernel_size, stride, padding, dilation, ceil_mode)[0]
    per = [
        [v] * axes if isinstance(v, int) else list(v) for v in (kernel_size, stride or kernel_size, padding, dilation)
    ]
    like = getattr(F, f"max_pool{axes}d")(x.detach(), *per, ceil_mode).shape[2:]
    more = []
    for n, m, k, s, p, d in reversed(list(zip(x.shape[2:], like, *per, strict=True))):
        more += [p, max((m - 1) * s + d * (k - 1) + 1 - n - p, 0)]
    ones = torch.full((x.shape[1], 1, *per[0]), 0.1, dtype=x.dtype)
    convolve: Callable[..., torch.Tensor] = getattr(F, f"conv{axes}d")
    out = convolve(F.pad(x, more), ones, stride=per[1], dilation=per[3], groups=x.shape[1])
    return out[(slice(None), slice(None), *(slice(0, m) for m in like))]
