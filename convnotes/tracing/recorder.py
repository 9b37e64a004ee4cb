"""Rows in the order of execution, named by the modules and operations that made them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from convnotes.tracing.edges import Edges
from convnotes.tracing.engine import tensors_in
from convnotes.tracing.rules import Call
from convnotes.tracing.rules.shapes import empty
from convnotes.tracing.sizes import named
from convnotes.tracing.span_memory import Memory
from convnotes.tracing.spans import Span

SILENT = named("""
    _reshape_alias _to_copy _unsafe_view alias chunk clone contiguous copy detach expand fill lift_fresh permute reshape
    select split split_with_sizes squeeze t transpose unbind unsqueeze view zero
""")
"""Operations that only rename elements; they get no row of their own."""

SPOKEN = {
    "max_pool2d_with_indices": "max_pool2d",
    "max_pool3d_with_indices": "max_pool3d",
    "_adaptive_avg_pool2d": "adaptive_avg_pool2d",
    "_adaptive_avg_pool3d": "adaptive_avg_pool3d",
    "constant_pad_nd": "pad",
    "_softmax": "softmax",
    "_log_softmax": "log_softmax",
    "native_layer_norm": "layer_norm",
    "native_group_norm": "group_norm",
    "native_batch_norm": "batch_norm",
    "_native_batch_norm_legit_no_training": "batch_norm",
    "mm": "matmul",
    "bmm": "matmul",
    "addmm": "linear",
    "im2col": "unfold",
    "col2im": "fold",
}


@dataclass(slots=True)
class Entry:
    """One row in the making."""

    name: str
    op: str
    shape: tuple[int, ...]
    span: Span
    parameters: int = 0
    macs: int = 0
    uncounted: tuple[str, ...] = ()
    number: int = -1


@dataclass(slots=True)
class _Frame:
    module: nn.Module
    name: str
    first: int
    given: list[torch.Tensor]
    children: int = 0


class Enough(BaseException):
    """Ends a forward whose last row of interest has been made; no error, so that no model takes it for one."""


@dataclass(slots=True)
class Recorder:
    """Collects entries while a model runs. outputs: the last output of every module, by name. until: row to stop at."""

    names: dict[nn.Module, str]
    until: str | None = None
    memory: Memory = field(default_factory=Memory)
    edges: Edges = field(default_factory=Edges)
    entries: list[Entry] = field(default_factory=list)
    outputs: dict[str, Entry] = field(default_factory=dict)
    stack: list[_Frame] = field(default_factory=list)
    used: Counter[str] = field(default_factory=Counter)
    counted: set[int] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    left: str = ""

    def watch(self, model: nn.Module) -> list[RemovableHandle]:
        """Put hooks on every module of the copy that is about to run."""
        handles = []
        for module in model.modules():
            handles.append(module.register_forward_pre_hook(self.enter, prepend=True))
            handles.append(module.register_forward_hook(self.leave))
        return handles

    def enter(self, module: nn.Module, given: Any) -> None:
        """Note that a module begins."""
        name = self.names.get(module, type(module).__name__)
        self.called.add(name)
        self.stack.append(_Frame(module, name, len(self.entries), every_tensor(given)))

    def operation(self, call: Call, span: Span | None, macs: int, uncounted: bool = False) -> None:
        """Note an operation, within the module that runs. span: None where it reads constants alone."""
        frame = self.stack[-1] if self.stack else None
        if span is None:
            span = self._constant(len(call.shape))
        if call.name not in SILENT and not _no_slice(call):
            op = SPOKEN.get(call.name, call.name.removeprefix("_"))
            # torch pools a sequence as a map of one row
            if len(span.shift) == 1 and "pool2d" in op and call.shape[-2] == 1:
                op = op.replace("pool2d", "pool1d")
            name = f"{frame.name}.{op}" if frame and frame.name else op
            own = [p for t in call.inputs for p in self.memory.parameters(t)]
            missing = (op,) if uncounted else ()
            number = self.edges.row(call.inputs, every_tensor(call.out))
            self._add(Entry(self._unique(name), op, call.shape, span, self._count(own), macs, missing, number))
        else:
            self.edges.pass_on(call.inputs, every_tensor(call.out))

    def _constant(self, ndim: int) -> Span:
        assert self.memory.input is not None
        return empty(self.memory.input, ndim)

    def leave(self, module: nn.Module, _: Any, output: Any) -> None:
        """Note that a module ends: one that called no other becomes one row, instead of its operations."""
        with torch._C.DisableTorchFunction():
            self._leave(module, output)

    def _leave(self, module: nn.Module, output: Any) -> None:
        frame = self.stack.pop()
        self.left = frame.name
        tensor = first_tracked(output, self.memory)
        if tensor is None and not self._costs(module, frame):
            return  # a constant that is not worth a row
        shape = tuple(next((t.shape for t in [tensor, *every_tensor(output)] if t is not None), ()))
        span = self._constant(len(shape)) if tensor is None else self.memory.span(tensor, packed=True)
        assert span is not None
        if self.stack:
            self.stack[-1].children += 1
        entry = Entry(frame.name, type(module).__name__, shape, span)
        if self.stack and not frame.children:
            inner = self.entries[frame.first :]
            del self.entries[frame.first :]
            for old in inner:
                self.used[_stem(old.name)] -= 1
            entry.name = self._unique(frame.name)
            entry.number = self.edges.module([e.number for e in inner], frame.given, every_tensor(output))
            entry.macs = sum(e.macs for e in inner)
            entry.uncounted = tuple(dict.fromkeys(op for e in inner for op in e.uncounted))
            entry.parameters = sum(e.parameters for e in inner) + self._count(module.parameters())
            self._add(entry)
        elif not self.stack and not any(_same(e, entry) for e in self.entries):  # written in place, or only moved
            entry.name = self._unique("output")
            entry.number = self.edges.row(every_tensor(output), [])
            self._add(entry)
        self.outputs[frame.name] = entry
        if frame.name == self.until:
            raise Enough

    def _costs(self, module: nn.Module, frame: _Frame) -> bool:
        """Whether a module that was called with constants has parameters of its own, or multiplies."""
        own = any(id(p) not in self.counted for p in module.parameters())
        return not frame.children and (own or len(self.entries) > frame.first)

    def _add(self, entry: Entry) -> None:
        self.entries.append(entry)
        if entry.name == self.until:
            raise Enough

    def _unique(self, name: str) -> str:
        self.used[name] += 1
        return name if self.used[name] == 1 else f"{name}:{self.used[name]}"

    def _count(self, parameters: Any) -> int:
        new = {id(p): p.numel() for p in parameters if id(p) not in self.counted}
        self.counted |= new.keys()
        return sum(new.values())


def _same(a: Entry, b: Entry) -> bool:
    pairs = zip(a.span.arrays, b.span.arrays, strict=True)  # bounds that Python made are made anew, and of few numbers
    return a.shape == b.shape and all(v is w or (v.size == w.size == len(v) and (v == w).all()) for v, w in pairs)


def _stem(name: str) -> str:
    return name.rsplit(":", 1)[0]


def _no_slice(call: Call) -> bool:
    """Whether a slice takes all there is, or nothing."""
    return call.name in ("slice", "narrow") and (call.shape == tuple(call.x.shape) or 0 in call.shape)


def first_tracked(output: Any, memory: Memory) -> torch.Tensor | None:
    """The first tensor in a module's output that reads the input: outputs may be tuples, lists, dicts, dataclasses."""
    for tensor in every_tensor(output):
        if memory.span(tensor, packed=True) is not None:
            return tensor
    return None


def every_tensor(output: Any) -> list[torch.Tensor]:
    """Tensors of an output, in order, however they are nested."""
    if isinstance(output, dict):
        return [t for v in output.values() for t in every_tensor(v)]
    if isinstance(output, (list, tuple)):
        return [t for v in output for t in every_tensor(v)]
    return tensors_in([output])
