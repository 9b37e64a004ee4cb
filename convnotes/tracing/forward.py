"""One forward of a copy of the model, recorded."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from convnotes.conv import integer
from convnotes.tracing.engine import Tracer
from convnotes.tracing.model_copy import deep, model_copy, quiet
from convnotes.tracing.python import Python
from convnotes.tracing.recorder import Enough, Entry, Recorder, every_tensor
from convnotes.tracing.spans import of_input


@dataclass(slots=True)
class Pass:
    """One forward: what was recorded, and the exception that ended it, if any."""

    recorder: Recorder
    tracer: Tracer
    output: Any = None
    error: BaseException | None = None
    entries: dict[str, Entry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A model to run, and what to run it on."""

    model: nn.Module
    input_size: tuple[int, ...]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def run(
        self, device: str, input_size: tuple[int, ...] | None = None, rows: bool = False, until: str | None = None
    ) -> Pass:
        """Trace one forward of a fresh copy, to its end or until a row is made."""
        with deep(self.model):
            return self._run(device, input_size, rows, until)

    def _run(self, device: str, input_size: tuple[int, ...] | None, rows: bool, until: str | None) -> Pass:
        copied = model_copy(self.model, device)
        names = {m: name.replace("_orig_mod.", "") for name, m in copied.named_modules()}  # of a compiled module
        recorder = Recorder(names, until=until)
        tracer = Tracer(recorder.operation, device, strict=input_size is None)  # at another size: it was, at its own
        recorder.memory = tracer.memory
        done = Pass(recorder, tracer)
        x = make_input(copied, input_size or self.input_size, device)
        memory = tracer.memory
        memory.input = of_input(tuple(x.shape), rows)
        memory.put(x, memory.input)
        held = [*(vars(m) for m in copied.modules()), self.args, self.kwargs]
        memory.given = {id(t) for values in held for t in every_tensor(values)}
        if device != "meta":  # constants of the user's file too; on meta, where only shapes count, none is expected
            memory.given |= {id(o) for o in gc.get_objects() if issubclass(type(o), torch.Tensor)}
        recorder.watch(copied)
        with quiet(), torch.no_grad(), tracer, Python(memory.note_read, tracer.recurrent):
            try:
                done.output = copied(x, *self.args, **self.kwargs)
            except Enough:
                pass
            except (Exception, SystemExit) as error:  # the user's code may raise anything; it is told, not swallowed
                done.error = error
        done.entries = recorder.outputs | {e.name: e for e in recorder.entries}
        return done


def make_input(model: nn.Module, input_size: tuple[int, ...], device: str) -> torch.Tensor:
    """A batch of one, of the model's own floating-point type."""
    kinds = [t.dtype for t in model.parameters() if t.is_floating_point()]
    dtype = kinds[0] if kinds else torch.float32
    generator = torch.Generator().manual_seed(0)
    if device == "meta":
        return torch.empty((1, *input_size), dtype=dtype, device="meta")
    return torch.rand((1, *input_size), generator=generator).to(dtype)


def checked_size(input_size: Sequence[int]) -> tuple[int, ...]:
    """The input size as a tuple of (channels, …spatial axes).

    >>> checked_size([3, 0, 8])
    Traceback (most recent call last):
        ...
    ValueError: input size (3, 0, 8) is empty: every number must be at least 1
    """
    try:
        size = tuple(integer("each size", n, None) for n in input_size)
    except TypeError:
        size = ()
    if not 2 <= len(size) <= 4:
        raise ValueError(
            f"input size {input_size!r} is not (channels, …spatial axes): give 2 to 4 whole numbers, "
            "such as 3,224,224, without the batch"
        )
    if min(size) < 1:
        raise ValueError(f"input size {size!r} is empty: every number must be at least 1")
    return size
