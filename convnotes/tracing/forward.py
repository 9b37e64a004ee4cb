"""One forward of a copy of the model, recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from convnotes.tracing.edges import INPUT
from convnotes.tracing.engine import Tracer
from convnotes.tracing.inputs import Inputs, Size
from convnotes.tracing.model_copy import deep, model_copy, quiet
from convnotes.tracing.python import Python
from convnotes.tracing.recorder import Enough, Entry, Recorder
from convnotes.tracing.span_memory import frozen
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
    inputs: Inputs
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @property
    def input_size(self) -> Size:
        """Of the input that is followed."""
        return self.inputs.size

    def run(self, device: str, input_size: Size | None = None, rows: bool = False, until: str | None = None) -> Pass:
        """Trace one forward of a fresh copy, to its end or until a row is made."""
        with deep(self.model):
            return self._run(device, input_size, rows, until)

    def _run(self, device: str, input_size: Size | None, rows: bool, until: str | None) -> Pass:
        copied = model_copy(self.model, device)
        names = {m: name.replace("_orig_mod.", "") for name, m in copied.named_modules()}  # of a compiled module
        recorder = Recorder(names, until=until)
        tracer = Tracer(recorder.operation, device, strict=input_size is None)  # at another size: it was, at its own
        recorder.memory = tracer.memory
        done = Pass(recorder, tracer)
        inputs = self.inputs.at(input_size or self.input_size)
        tensors = inputs.made(copied, device)
        first, named = inputs.given(copied, tensors)
        x = tensors[0]
        memory = tracer.memory
        memory.input = of_input(tuple(x.shape), rows)
        memory.put(x, memory.input)
        recorder.edges.at.update((t, frozenset([INPUT])) for t in tensors)
        recorder.watch(copied)
        with quiet(), frozen(), torch.no_grad(), tracer, Python(memory.note_read, tracer.recurrent):
            try:
                done.output = copied(*first, *self.args, **named, **self.kwargs)
            except Enough:
                pass
            except (Exception, SystemExit) as error:  # the user's code may raise anything; it is told, not swallowed
                done.error = error
        done.entries = recorder.outputs | {e.name: e for e in recorder.entries}
        return done
