"""The table of rules: one per aten operation, by name, telling what its result reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from convnotes.tracing.spans import Span, union, unpacked


class Unruled(Exception):
    """Raised by a rule that cannot follow these arguments: the result gets a flagged bound instead."""


class NeedsNumbers(Exception):
    """Raised by a rule that could be exact if a constant's numbers were known: the model is run on the CPU instead."""


class Memory(Protocol):
    """What a rule may ask about a tensor."""

    def span(self, tensor: object, packed: bool = False) -> Span | None:
        """What the tensor reads of the input, or None for a constant; with channels in runs when `packed`."""

    def around(self, tensor: torch.Tensor) -> Span | None:
        """What all of the memory reads in which the tensor lies."""

    def value(self, tensor: object) -> npt.NDArray[Any] | None:
        """The numbers in a constant, where they are known."""


@dataclass(frozen=True, slots=True)
class Lens:
    """A view: `get` takes the base's span to the view's, `put` writes the view's span back into the base's.

    packed: whether `get` can take channels in runs.
    """

    get: Callable[[Span], Span]
    put: Callable[[Span, Span], Span]
    packed: bool = False

    def see(self, base: Span) -> Span:
        """The view's span."""
        return self.get(base if self.packed else unpacked(base))

    def write(self, base: Span, part: Span) -> Span:
        """The base's span after a write into the view."""
        return self.put(unpacked(base), unpacked(part))


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operation. `args` by the names of its schema; `out` its result; `memory` the spans so far."""

    name: str
    args: dict[str, Any]
    out: Any
    memory: Memory
    inputs: list[torch.Tensor] = field(default_factory=list)

    @property
    def x(self) -> torch.Tensor:
        """The first tensor argument."""
        return self.inputs[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the (first) result."""
        return tuple(self.first.shape)

    @property
    def first(self) -> torch.Tensor:
        """The result, or the first of several."""
        out: torch.Tensor = self.out if isinstance(self.out, torch.Tensor) else self.out[0]
        return out

    def span(self, name: str | None = None, packed: bool = False) -> Span | None:
        """Span of the argument of that name; of the first tensor when there is none. packed: with channels in runs."""
        return self.memory.span(self.x if name is None else self.args[name], packed)

    def tracked(self, name: str | None = None, packed: bool = False) -> Span:
        """Span of an argument that the rule cannot do without."""
        span = self.span(name, packed)
        if span is None:
            raise Unruled
        return span

    def only(self, name: str | None = None, packed: bool = False) -> Span:
        """The same, where no other argument may depend on the input."""
        span = self.tracked(name, packed)
        others = [t for t in self.inputs if self.memory.span(t, packed=True) is not None]
        if len({id(t) for t in others}) > 1:
            raise Unruled
        return span

    def number(self, tensor: torch.Tensor) -> npt.NDArray[Any]:
        """The numbers in a constant; Unruled where it reads the input, NeedsNumbers where it lies on meta."""
        value = self.memory.value(tensor)
        if value is not None:
            return value
        if self.memory.span(tensor, packed=True) is None and tensor.device.type == "meta":
            raise NeedsNumbers(f"the indices of {self.name} lie on the meta device")
        raise Unruled

    def dim(self, name: str = "dim") -> int:
        """A dimension argument, counted from the front of the first tensor."""
        return int(self.args[name]) % max(self.x.dim(), 1)


Result = Span | Lens | Sequence[Span | Lens | None] | None
Rule = Callable[[Call], Result]

RULES: dict[str, Rule] = {}


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Decorator that enters a function as the rule of the operations `names`."""

    def enter(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(names, function))
        return function

    return enter


def register_rule(op: Any, function: Rule | None = None) -> Any:
    """Enter a rule for an operation that has none, or replace one; usable as a decorator.

    op: the operation's name (`"mylib::blur"`), or the object from `torch.ops`. function: takes a `Call` and returns the
    `Span` of the result, or a list of spans when there are several results.

    >>> from convnotes.tracing import local
    >>> register_rule("mylib::blur", local) is local
    True
    >>> register_rule(3)
    Traceback (most recent call last):
        ...
    TypeError: register_rule() got 3 as the operation, expected a name such as "mylib::blur" or an object of torch.ops
    """
    name = op if isinstance(op, str) else _packet_name(op)
    if name is None:
        raise TypeError(
            f"register_rule() got {op!r} as the operation, expected a name such as "
            '"mylib::blur" or an object of torch.ops'
        )
    name = name.removeprefix("aten::")
    return rule(name)(function) if function is not None else rule(name)


def _packet_name(op: Any) -> str | None:
    packet = getattr(op, "overloadpacket", op)
    name: str | None = getattr(packet, "_qualified_op_name", None)
    return name


@lru_cache(4096)
def short_name(func: Any) -> str:
    """Name of an operation without namespace `aten` and without the underscore of an in-place variant."""
    return str(_packet_name(func)).removeprefix("aten::").removesuffix("_")


@lru_cache(4096)
def _schema(func: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((a.name, a.default_value if a.has_default_value() else None) for a in func._schema.arguments)


def bind(func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a call by the names of the operation's schema, defaults filled in."""
    bound = dict(_schema(func))
    for (name, _), value in zip(_schema(func), args, strict=False):
        bound[name] = value
    return bound | kwargs


@lru_cache(4096)
def is_pointwise(func: Any) -> bool:
    """Whether torch tags the operation, or the functional one of its packet, as elementwise."""
    packet = func.overloadpacket
    return any(torch.Tag.pointwise in getattr(packet, o).tags for o in packet.overloads())


def local(call: Call) -> Span:
    """Rule of an elementwise operation: element by element, the union of its arguments.

    An infinite constant, which masks attention, silences what it meets: then the union is a bound.
    """
    span = union([call.memory.span(t, packed=True) for t in call.inputs], len(call.shape))
    constants = (call.memory.value(t) for t in call.inputs if t.is_floating_point() and t.dim())
    masked = any(v is not None and not np.isfinite(v).all() for v in constants)
    return span.flag(f"{call.name} of an infinite constant") if masked else span


def numbers(values: Any) -> npt.NDArray[np.int64]:
    """Integers of an index argument."""
    return np.asarray(values, np.int64)
