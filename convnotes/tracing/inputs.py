"""What a model is given: the input that its receptive fields are in, and other inputs beside it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from convnotes.conv import integer
from convnotes.tracing.errors import TraceError
from convnotes.tracing.spans import extent
from convnotes.words.numbers import by

Size = tuple[int, ...]
Sizes = Sequence[int] | Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Sizes without the batch; the first is followed. names: as the forward calls them, none for a single input.

    dtype: of the first, if not that of the model's parameters.
    """

    sizes: tuple[Size, ...]
    names: tuple[str, ...] = ()
    dtype: torch.dtype | None = None

    @property
    def size(self) -> Size:
        """Of the input that is followed."""
        return self.sizes[0]

    def at(self, size: Size) -> Inputs:
        """The inputs with the first at another size, and with it those as long and wide as it was."""
        old = extent(self.size)
        rest = (s if extent(s) != old else s[: len(s) - len(old)] + extent(size) for s in self.sizes[1:])
        return Inputs((size, *rest), self.names, self.dtype)

    def made(self, model: nn.Module, device: str) -> list[torch.Tensor]:
        """A batch of one of each: numbers between 0 and 1, or zeros where they are whole; on meta none."""
        kinds = [t.dtype for t in model.parameters() if t.is_floating_point()]
        usual = kinds[0] if kinds else torch.float32
        types = [self.dtype or usual, *[usual] * (len(self.sizes) - 1)]
        return [_filled((1, *s), t, device) for s, t in zip(self.sizes, types, strict=True)]

    def given(self, model: nn.Module, tensors: list[torch.Tensor]) -> tuple[list[Any], dict[str, Any]]:
        """The tensors as the forward takes them: in order, by name, or all in one dictionary."""
        if not self.names:
            return list(tensors), {}
        named = dict(zip(self.names, tensors, strict=True))
        parameters = inspect.signature(model.forward).parameters.values()
        free = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        known = [p.name for p in parameters if p.kind not in free]
        if set(self.names) <= set(known) or any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters):
            return [], named
        needed = [p.name for p in parameters if p.kind not in free and p.default is p.empty]
        if len(needed) <= 1 <= len(known):
            return [named], {}
        strange = ", ".join(n for n in self.names if n not in known)
        raise TraceError(f"{type(model).__name__} takes {', '.join(known) or 'no input'}, got inputs named {strange}")

    def told(self) -> str:
        """The sizes in words.

        >>> Inputs(((3, 8, 8), (1, 8, 8)), ("image", "mask")).told()
        'image 3×8×8, mask 1×8×8'
        """
        names = self.names or ("",)
        return ", ".join(f"{name} {by(size)}".strip() for name, size in zip(names, self.sizes, strict=True))


def _filled(shape: Size, dtype: torch.dtype, device: str) -> torch.Tensor:
    if device == "meta":
        return torch.empty(shape, dtype=dtype, device="meta")
    if not dtype.is_floating_point and not dtype.is_complex:
        return torch.zeros(shape, dtype=dtype)
    return torch.rand(shape, generator=torch.Generator().manual_seed(0)).to(dtype)


def checked(sizes: Sizes, dtype: torch.dtype | str | None) -> Inputs:
    """What the user gave, checked.

    >>> checked({"image": [3, 8, 8], "mask": [1, 8, 8]}, None).sizes
    ((3, 8, 8), (1, 8, 8))
    >>> checked([3, 0, 8], None)
    Traceback (most recent call last):
        ...
    ValueError: input size (3, 0, 8) is empty: every number must be at least 1
    >>> checked([3, 8, 8], "float31")
    Traceback (most recent call last):
        ...
    ValueError: no type 'float31' of numbers: give one of torch, such as float32, float16 or int64
    """
    kind = getattr(torch, dtype, None) if isinstance(dtype, str) else dtype
    if dtype is not None and not isinstance(kind, torch.dtype):
        raise ValueError(f"no type {dtype!r} of numbers: give one of torch, such as float32, float16 or int64")
    if isinstance(sizes, Mapping):
        if not sizes:
            raise ValueError("got no input size: give at least one, such as {'image': (3, 224, 224)}")
        return Inputs(tuple(checked_size(s) for s in sizes.values()), tuple(sizes), kind)
    return Inputs((checked_size(sizes),), (), kind)


def checked_size(input_size: Sequence[int]) -> Size:
    """One input size as a tuple of (channels, …axes), or of one number."""
    try:
        size = tuple(integer("each size", n, None) for n in input_size)
    except TypeError:
        size = ()
    if not 1 <= len(size) <= 4:
        raise ValueError(
            f"input size {input_size!r} is not (channels, …spatial axes): give 2 to 4 whole numbers, "
            "such as 3,224,224, without the batch, or a single one for a flat input"
        )
    if min(size) < 1:
        raise ValueError(f"input size {size!r} is empty: every number must be at least 1")
    return size
