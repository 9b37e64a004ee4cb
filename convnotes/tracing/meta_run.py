"""One operation on the meta device: no arithmetic, yet constants keep their numbers, for they may be indices."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import torch

from convnotes.tracing import meta_shapes
from convnotes.tracing.rules import bind, short_name
from convnotes.tracing.sizes import named

FACTORIES = named("arange empty eye full linspace ones randperm scalar_tensor tril_indices triu_indices zeros")
"""What these make stays on the CPU although the model asks for it on its own device, meta."""
BLANK = named("empty ones zeros")
"""Of them, those whose floating-point numbers are overwritten or merely added, and never indices."""
MOST_NUMBERS = 1 << 20


def run(func: Any, args: Sequence[Any], kwargs: dict[str, Any], tensors: list[torch.Tensor]) -> Any:
    """What the operation returns for these arguments, among them `tensors`."""
    if any(t.device.type == "meta" for t in tensors):
        return _shaped(func, args, kwargs, tensors)
    if torch.device(kwargs.get("device") or "cpu").type == "meta":
        return _constant(func, args, kwargs)
    return func(*args, **kwargs)


def _constant(func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """A constant asked for on meta: on the CPU where it may be an index."""
    name = short_name(func)
    if name == "_to_copy":
        return func(*args, **{**kwargs, "device": None})
    out = func(*args, **kwargs)
    if name not in FACTORIES or out.numel() > MOST_NUMBERS or (name in BLANK and out.is_floating_point()):
        return out
    return func(*args, **{**kwargs, "device": torch.device("cpu")})


def _shaped(func: Any, args: Sequence[Any], kwargs: dict[str, Any], tensors: list[torch.Tensor]) -> Any:
    """A shape computed from tensors of which some lie on meta; constants on the CPU are taken for meta tensors."""
    if kwargs.get("device") is not None:  # told that it lies on the CPU, the model may ask for that
        kwargs = {**kwargs, "device": torch.device("meta")}
    given, written = bind(func, args, kwargs), written_by(func)
    if any(t.device.type != "meta" and t.dim() for t in tensors):
        args, kwargs = to_meta(args), {k: to_meta([v])[0] for k, v in kwargs.items()}
        tensors = [t.to("meta") if t.dim() else t for t in tensors]
        out = _result(func, bind(func, args, kwargs), args, kwargs, tensors)
        return given[written] if written and isinstance(out, torch.Tensor) else out
    return _result(func, given, args, kwargs, tensors)


def _result(func: Any, given: Any, args: Sequence[Any], kwargs: dict[str, Any], tensors: list[torch.Tensor]) -> Any:
    out = meta_shapes.result(short_name(func), given, tensors, written_by(func))
    return func(*args, **kwargs) if out is None else out


@lru_cache(4096)
def written_by(func: Any) -> str | None:
    """Name of the first argument that an operation writes into."""
    names = (a.name for a in func._schema.arguments if a.alias_info is not None and a.alias_info.is_write)
    return next(names, None)


def to_meta(values: Sequence[Any]) -> list[Any]:
    """The values with tensors of numbers, in lists too, on meta; single numbers stay."""
    out: list[Any] = []
    for v in values:
        if isinstance(v, torch.Tensor) and v.device.type != "meta" and v.dim():
            v = v.to("meta")
        elif isinstance(v, (list, tuple)) and any(isinstance(t, torch.Tensor) for t in v):
            v = type(v)(to_meta(v))
        elif isinstance(v, torch.device):
            v = torch.device("meta")
        out.append(v)
    return out
