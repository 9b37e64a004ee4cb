"""Recurrent layers in one step each: torch runs them position by position, which is slow to follow and says no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import _disable_current_modes

from convnotes.tracing.rules.shapes import empty
from convnotes.tracing.sizes import named
from convnotes.tracing.spans import BORDER, GLOBAL, LIMIT, Array, Span, mix, union, whole

RECURRENT = named("gru lstm rnn_relu rnn_tanh")
"""Torch's functions behind `nn.GRU`, `nn.LSTM` and `nn.RNN`."""


@dataclass(frozen=True, slots=True)
class Layers:
    """The arguments of a call. states: initial ones, of all layers and directions. time: which dimension of `x` it is.

    packed: whether sequences of several lengths stand in one, position by position. weights: those of one layer and
    direction after the other, biases among them.
    """

    x: torch.Tensor
    states: list[torch.Tensor]
    weights: list[torch.Tensor]
    count: int
    directions: int
    time: int
    packed: bool

    @classmethod
    def of(cls, args: Sequence[Any]) -> Layers:
        """From a call's arguments, in the order in which `nn.RNNBase` gives them."""
        packed = not isinstance(args[4], int) or isinstance(args[4], bool)
        x, states, weights, _, count = (args[0], *args[2:6]) if packed else args[:5]
        time = 0 if packed or not args[8] else 1
        both = args[8] if packed else args[7]
        return cls(x, _listed(states), list(weights), count, 1 + bool(both), time, packed)

    @property
    def hidden(self) -> int:
        """Numbers that each direction of a layer passes on."""
        return int(self.states[0].shape[-1])

    @property
    def macs(self) -> int:
        """Each matrix at each position."""
        return self.x.shape[:-1].numel() * sum(w.numel() for w in self.weights if w.dim() == 2)

    def blank(self) -> tuple[torch.Tensor, ...]:
        """The results on meta: of every position, and the last states."""
        shape = (*self.x.shape[:-1], self.directions * self.hidden)
        out = torch.empty(shape, dtype=self.x.dtype, device="meta")
        return out, *(torch.empty(s.shape, dtype=self.x.dtype, device="meta") for s in self.states)

    def short(self, args: Sequence[Any]) -> list[Any]:
        """The arguments with zeros of the same shapes for tensors, and a single position."""
        zero = torch.zeros((1,) * (self.x.dim() - 1) + self.x.shape[-1:], dtype=self.x.dtype)
        states = [s.new_zeros((s.shape[0], 1, s.shape[2]), device="cpu") for s in self.states]
        weights = [w.new_zeros(w.shape, device="cpu") for w in self.weights]
        given = states if isinstance(args[2 if self.packed else 1], (list, tuple)) else states[0]
        rest = [torch.ones(1, dtype=torch.int64)] if self.packed else []
        return [zero, *rest, given, weights, *args[4 if self.packed else 3 :]]


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def results(func: Callable[..., Any], args: Sequence[Any], layers: Layers, device: str) -> tuple[torch.Tensor, ...]:
    """What torch returns; on meta its shapes, once torch has taken a call of a single position on the CPU."""
    with _disable_current_modes():
        if device != "meta":
            return tuple(func(*args))
        func(*layers.short(args))
        return layers.blank()


Spans = Callable[[object], Span | None]


def spans(name: str, layers: Layers, outs: Sequence[torch.Tensor], span: Spans) -> list[Span]:
    """What the results read, by `span` of a tensor: forward, all up to a position, backward, all from it on."""
    given = [span(t) for t in (layers.x, *layers.states)]
    plain = not layers.packed or layers.x.shape[0] == outs[0].shape[0] == _steps(layers)
    if not plain or any(span(w) is not None for w in layers.weights):
        return [whole([*given, *(span(w) for w in layers.weights)], t.dim(), name) for t in outs]
    like = next(s for s in given if s is not None)
    x = given[0] or _nothing(like, layers.x.dim())
    x = x.map(lambda v: v[:, :, None]) if layers.packed else x
    x = x.at(None if x.layout is None or layers.time not in x.layout else x.layout)
    last: list[Span] = []
    for layer in range(layers.count):
        both = []
        for backward in range(layers.directions):
            begun = _begun(given[1:], layer * layers.directions + backward, layers.time)
            both.append(_along(x, layers.time, bool(backward), begun))
            last.append(_end(both[-1], layers.time, bool(backward)))
        x = _beside(both, layers.hidden, name)
    states = _stacked(last)
    out = x.map(lambda v: v[:, :, 0]) if layers.packed else x
    return [out, *[states] * (len(outs) - 1)]


def _steps(layers: Layers) -> int:
    """Positions of a single packed sequence; 0 for several."""
    return int(layers.x.shape[0]) if layers.states[0].shape[1] == 1 else 0


def _nothing(like: Span, ndim: int) -> Span:
    return empty(like, ndim)


def _along(x: Span, time: int, backward: bool, begun: Span | None) -> Span:
    """One direction of one layer: all features of the positions so far, and what it began with."""

    def one(v: Array) -> Array:
        v = mix(v, 3)
        if v.shape[time + 1] == 1:
            return v
        way = np.flip(v, time + 1) if backward else v
        out = np.minimum.accumulate(way, time + 1)
        if v.dtype != np.int8:
            out[BORDER] = GLOBAL
        return np.flip(out, time + 1) if backward else out

    return union([x.map(one), begun], 3)


def _begun(states: Sequence[Span | None], which: int, time: int) -> Span | None:
    """The initial states of one direction of one layer, for every position."""
    known = [s for s in states if s is not None]
    if not known:
        return None

    def one(v: Array) -> Array:
        v = mix(v.take([which if v.shape[1] > 1 else 0], 1), 3)
        return v if time == 0 else v.transpose(0, 2, 1, 3)

    return union([s.map(one).at(None) for s in known], 3)


def _end(x: Span, time: int, backward: bool) -> Span:
    """The last position in the order of the direction, as one state."""

    def one(v: Array) -> Array:
        v = v.take([0 if backward else v.shape[time + 1] - 1], time + 1)
        return v if time == 0 else v.transpose(0, 2, 1, 3)

    return x.map(one).at(None)


def _beside(both: list[Span], hidden: int, name: str) -> Span:
    """The features of the two directions in one tensor; mixed, and a bound, where they are too many."""
    if len(both) == 1:
        return both[0]
    pairs = list(zip(both[0].arrays, both[1].arrays, strict=True))
    if all(v.shape == w.shape and (v == w).all() for v, w in pairs):
        return both[0]
    united = union(both, 3)
    if max(v[0].size for v in united.arrays) * 2 * hidden > LIMIT:
        return united.flag(name)
    arrays = (np.concatenate([_wide(v, w, hidden), _wide(w, v, hidden)], 3) for v, w in pairs)
    return replace(united, arrays=tuple(arrays))


def _wide(v: Array, other: Array, hidden: int) -> Array:
    shape = np.broadcast_shapes(v.shape, other.shape)
    return np.broadcast_to(v, (*shape[:3], hidden))


def _stacked(states: list[Span]) -> Span:
    """The last states of all layers and directions."""
    first, arrays = states[0], []
    for parts in zip(*(s.arrays for s in states), strict=True):
        shape = np.broadcast_shapes(*(v.shape for v in parts))
        arrays.append(np.concatenate([np.broadcast_to(v, shape) for v in parts], 1))
    return Span(tuple(arrays), None, frozenset().union(*(s.bounds for s in states)), first.shift)
