"""What torch refuses on the CPU and lets pass on meta, where its kernels check less: refused here as well.

Convolutions are checked here in full. Of other operations, each kind of call is made once on the CPU, with as few
numbers as tell whether torch takes it: all lengths one where only types and dimensions matter, one channel where the
extent of a map does. What torch then says is what the user reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch

from convnotes.tracing import sizes
from convnotes.tracing.rules import bind, is_pointwise, short_name
from convnotes.tracing.sizes import named

NARROW_TYPES = {torch.float16, torch.bfloat16}
"""A network of these alone may be made for another device; it is tried in float32."""
ONE_TYPE = named("""
    addmm baddbmm bmm convolution mm native_batch_norm native_group_norm native_layer_norm
    _native_batch_norm_legit_no_training
""")
"""Operations whose tensors are of one type."""
ANY_LENGTH = named("""
    _log_softmax _prelu_kernel _softmax addmm all amax amin any argmax argmin baddbmm bmm cummax cummin cumprod cumsum
    flip linalg_vector_norm logcumsumexp logsumexp masked_fill max mean min mm mode native_batch_norm prod sort std sum
    var
""")
"""Operations that are refused for types and dimensions, not for lengths; all elementwise ones are of that kind too."""
MAPS = re.compile(r"_?(?:adaptive_|upsample_|reflection_pad|replication_pad|max_unpool|max_pool|avg_pool).*?([123])d.*")
"""Operations on each channel of a map alone, and the number of its axes."""
CERTAIN = named("""
    _to_copy cat clone constant_pad_nd copy empty_like expand_copy fill full_like new_empty new_full new_ones new_zeros
    ones_like rand_like randn_like repeat stack zero zeros_like
""")
"""Operations that torch checks as well on meta as on the CPU."""
MOVES = named("""
    col2im gather grid_sampler_2d grid_sampler_3d im2col index index_add index_copy index_fill index_put index_select
    nll_loss2d_forward scatter scatter_add scatter_reduce select_scatter slice_scatter take
""")
"""Operations that only move numbers."""
MOST_NUMBERS, MOST_MOVED = 1 << 16, 1 << 22
"""Largest call that is made on the CPU at its own size, and the largest that only moves numbers."""


Cut = Callable[[Sequence[int]], tuple[int, ...]]


class Blank(NamedTuple):
    """A tensor of equal numbers to try a call with."""

    shape: tuple[int, ...]
    dtype: torch.dtype
    value: int

    def made(self) -> torch.Tensor:
        """The tensor."""
        return torch.full(self.shape, self.value, dtype=self.dtype, device="cpu")


def check(func: Any, args: Sequence[Any], kwargs: dict[str, Any], tensors: Sequence[torch.Tensor]) -> None:
    """Raise what torch raises for this call on the CPU, or our own sentence for it."""
    name, given = short_name(func), bind(func, args, kwargs)
    if name in ONE_TYPE:
        _one_type(name, given)
    if name in OWN:
        OWN[name](given)
    elif func.namespace == "aten" and name not in CERTAIN and not _unfit(func, kwargs):
        _rehearse(func, args, kwargs, _cut(func, name, given), tensors)


def _rehearse(
    func: Any, args: Sequence[Any], kwargs: dict[str, Any], cut: Cut | None, tensors: Sequence[torch.Tensor]
) -> None:
    """Make the call on the CPU with small tensors or, where no length can be cut, with its own unless they are many."""
    most = MOST_MOVED if short_name(func) in MOVES else MOST_NUMBERS
    if cut is None and sum(t.numel() for t in tensors) > most:
        return
    narrow = {t.dtype for t in tensors if t.is_floating_point()} <= NARROW_TYPES
    fill = int(cut is _to_one)  # elsewhere whole numbers are indices
    blank = [_blank(v, cut, fill, narrow) for v in args], {k: _blank(v, cut, fill, narrow) for k, v in kwargs.items()}
    key = "" if cut is None else f"{func}{blank}"  # without a cut, constants keep their numbers, and these matter
    if key not in _PASSED:
        _try(func, *blank)
        _PASSED.update([key] if key else ())


_PASSED: set[str] = set()
"""Calls with small tensors that the CPU took: each is made once."""


def _convolution(a: dict[str, Any]) -> None:
    """ValueError for numbers that no convolution has; the channels of its input are left to torch."""
    weight, bias, groups, transposed = a["weight"].shape, a["bias"], a["groups"], a["transposed"]
    axes = len(weight) - 2
    for name, least in (("stride", 1), ("padding", 0), ("dilation", 1), ("output_padding", 0)):
        if any(n < least for n in a[name]):
            raise ValueError(f"{name} must be at least {least}, got {tuple(a[name])}")
    if 0 in weight or groups < 1 or weight[0] % groups:
        raise ValueError(f"a weight of shape {tuple(weight)} cannot be divided into {groups} groups")
    out = weight[1] * groups if transposed else weight[0]
    if bias is not None and tuple(bias.shape) != (out,):
        raise ValueError(f"the bias must have shape ({out},), one number for each channel, got {tuple(bias.shape)}")
    if transposed and a["input"].dim() == axes + 2 and a["input"].shape[1] != weight[0]:
        raise ValueError(f"the input must have {weight[0]} channels, got {a['input'].shape[1]}")
    sizes.convolution(a)  # which raises for too many numbers, and for an output padding as large as the stride


def _one_type(name: str, given: dict[str, Any]) -> None:
    """TypeError where tensors of several types meet; a norm's float32 parameters may meet a narrower input."""
    tensors = [v for v in given.values() if isinstance(v, torch.Tensor)]
    types = {t.dtype for t in tensors}
    narrowed = "norm" in name and tensors[0].dtype in NARROW_TYPES
    if narrowed:
        types = {t.dtype for t in tensors[1:]} - {torch.float32} or {tensors[0].dtype}
        types |= {tensors[0].dtype}
    if len(types) > 1:
        names = " and ".join(sorted(str(t).removeprefix("torch.") for t in types))
        raise TypeError(f"tensors of the types {names} meet, expected one type")


def _inside(a: dict[str, Any]) -> None:
    """ValueError where a tensor is laid over memory that is not there, or backwards."""
    x, size, stride = a["self"], a["size"], a["stride"]
    if min(stride, default=0) < 0:
        raise ValueError(f"strides must be at least 0, got {tuple(stride)}")
    start = x.storage_offset() if a["storage_offset"] is None else a["storage_offset"]
    last = start + sum((n - 1) * s for n, s in zip(size, stride, strict=True))
    if 0 not in size and last >= x.untyped_storage().nbytes() // x.element_size():
        raise ValueError(f"shape {tuple(size)} with strides {tuple(stride)} reaches beyond the tensor's memory")


def _cut(func: Any, name: str, given: dict[str, Any]) -> Cut | None:
    """How the tensors of a call are made small; None where every length counts."""
    if name in ANY_LENGTH or is_pointwise(func):
        return _to_one
    if found := MAPS.fullmatch(name):
        axes = int(found[1])
        return lambda shape: (*(1,) * len(shape[:-axes]), *shape[-axes:])
    if name == "native_layer_norm":
        axes = len(given["normalized_shape"])
        return lambda shape: (*(1,) * len(shape[:-axes]), *shape[-axes:])
    return None


def _to_one(shape: Sequence[int]) -> tuple[int, ...]:
    return (1,) * len(shape)


def _unfit(func: Any, kwargs: dict[str, Any]) -> bool:
    """Whether a call cannot be made on the CPU, or needs not: it makes no tensor, or a view, or one elsewhere."""
    returns = func._schema.returns
    view = any(r.alias_info is not None and not r.alias_info.is_write for r in returns)
    return view or not returns or kwargs.get("device") is not None or kwargs.get("out") is not None


def _blank(value: Any, cut: Cut | None, fill: int, narrow: bool) -> Any:
    """An argument with a blank in place of each tensor whose numbers do not matter."""
    if isinstance(value, (list, tuple)):
        return [_blank(v, cut, fill, narrow) for v in value]
    if not isinstance(value, torch.Tensor) or (value.device.type != "meta" and cut is None):
        return value
    number = 1 if value.is_floating_point() else fill
    dtype = torch.float32 if narrow and value.dtype in NARROW_TYPES else value.dtype
    return Blank(tuple(value.shape) if cut is None else cut(value.shape), dtype, number)


def _try(func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
    try:
        func(*map(_made, args), **{k: _made(v) for k, v in kwargs.items()})
    except torch.linalg.LinAlgError:  # type: ignore[attr-defined]
        pass  # these numbers have no inverse; others may
    except NotImplementedError as error:
        if not str(error).startswith("Could not run"):  # it is made for another device
            raise


def _made(value: Any) -> Any:
    if isinstance(value, Blank):
        return value.made()
    return [_made(v) for v in value] if isinstance(value, list) else value


OWN = {"as_strided": _inside, "convolution": _convolution}
"""Operations whose numbers are checked here."""
