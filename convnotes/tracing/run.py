"""The trace itself: copy the model, run the copy, read the rows off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import nn

from convnotes.tracing.engine import Tracer
from convnotes.tracing.errors import TraceError, first_sentence, place
from convnotes.tracing.fit import Fit, Profile, agrees, fit, profile
from convnotes.tracing.recorder import Entry, Recorder, every_tensor
from convnotes.tracing.report import Report, Row, make_row, missing
from convnotes.tracing.shadow import quiet, shadow
from convnotes.tracing.spans import BORDER, GLOBAL, of_input

GROWTH = (4, 16)
"""How many times larger an input is tried where every unit of a row touches the border."""
ALIGNED = 64
"""Larger inputs are larger by a multiple of this, so that strides up to it meet the input in the same way."""


@dataclass(slots=True)
class Pass:
    """One forward: what was recorded, and the exception that ended it, if any."""

    recorder: Recorder
    tracer: Tracer
    output: Any = None
    error: Exception | None = None
    entries: dict[str, Entry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A model to run, and what to run it on."""

    model: nn.Module
    input_size: tuple[int, ...]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def run(self, device: str, input_size: tuple[int, ...] | None = None, rows: bool = False) -> Pass:
        """Trace one forward of a fresh copy."""
        copied = shadow(self.model, device)
        recorder = Recorder({m: name for name, m in copied.named_modules()})
        tracer = Tracer(recorder.operation, device)
        recorder.memory = tracer.memory
        done = Pass(recorder, tracer)
        x = make_input(copied, input_size or self.input_size, device)
        tracer.memory.put(x, of_input(tuple(x.shape), rows))
        recorder.watch(copied)
        with quiet(), torch.no_grad(), tracer:
            try:
                done.output = copied(x, *self.args, **self.kwargs)
            except Exception as error:  # the user's code may raise anything; it is reported, not swallowed
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
    size = tuple(input_size)
    if not 2 <= len(size) <= 4 or not all(isinstance(n, int) for n in size):
        raise ValueError(
            f"input size {size!r} is not (channels, …spatial axes): give 2 to 4 whole numbers, "
            "such as 3,224,224, without the batch"
        )
    if min(size) < 1:
        raise ValueError(f"input size {size!r} is empty: every number must be at least 1")
    return size


def trace(
    model: nn.Module,
    input_size: Sequence[int],
    *,
    target: str | None = None,
    args: Sequence[Any] = (),
    kwargs: dict[str, Any] | None = None,
    device: str = "meta",
) -> Report:
    """The receptive field of every layer of a model, exact wherever every operation has a rule.

    input_size: (channels, length), (channels, height, width) or (channels, depth, height, width), without the batch.
    target: name of the module or operation whose field is wanted; the last spatial map by default. args, kwargs: further
    arguments of the model's forward. device: `meta` runs no arithmetic; `cpu` is taken where the model needs numbers.
    Only a copy is run, in evaluation mode. Raises TraceError where the model fails at this size, with the rows so far in
    its `report`.

    >>> report = trace(nn.Sequential(nn.Conv2d(3, 8, 7, stride=2, padding=3), nn.MaxPool2d(3, 2, 1)), (3, 64, 64))
    >>> report.output.size, [int(s) for s in report.output.stride], report.output.start
    ((11, 11), [4, 4], (-5, -5))
    >>> report.box("1", 0, 15)
    (range(0, 6), range(55, 64))
    >>> trace(nn.Conv2d(3, 8, 3), (1, 32, 32))
    Traceback (most recent call last):
        ...
    convnotes.tracing.errors.TraceError: Conv2d fails at input 1×32×32 in convolution: Given groups=1, weight of size [8, 3, 3, 3], expected input[1, 1, 32, 32] to have 3 channels, but got 1 channels instead
    """  # noqa: E501
    if not isinstance(model, nn.Module):
        raise TypeError(f"trace() got {type(model).__name__} as the model, expected a torch.nn.Module")
    job = Job(model, checked_size(input_size), tuple(args), dict(kwargs or {}))
    done, notes = job.run(device), []
    if done.error is not None and device == "meta" and needs_numbers(done.error):
        why = first_sentence(done.error)
        device, done = "cpu", job.run("cpu")
        notes.append(f"Run on the CPU, for this input only: the model asks for the numbers in a tensor ({why}).")
    return Reader(job, done, device, notes).report(target)


def needs_numbers(error: Exception) -> bool:
    """Whether a forward failed for want of numbers, rather than by itself."""
    text = f"{type(error).__name__} {error}".lower()
    return "meta" in text or "datadependent" in text or "data-dependent" in text


@dataclass(slots=True)
class Reader:
    """Turns a pass into a report; runs the model on larger inputs where every unit of a row touches the border."""

    job: Job
    done: Pass
    device: str
    notes: list[str]
    larger: dict[tuple[int, ...], dict[str, Entry]] = field(default_factory=dict)

    def report(self, target: str | None) -> Report:
        """The report, or TraceError with the rows so far where the pass failed."""
        entries = self.done.recorder.entries
        rows: tuple[Row, ...] = ()
        if entries:
            self._share_parameters(entries)
            rows = tuple(self.row(e) for e in entries)
        if self.done.error is not None:
            report = self._assemble(rows, rows[-1]) if rows else None
            raise TraceError(self._failure(), report) from self.done.error
        if not rows:
            raise TraceError(self._no_rows())
        self._note_bounds(rows)
        return self._assemble(rows, self._target(rows, target))

    def row(self, entry: Entry) -> Row:
        """The row of an entry, its fits from this input or else from a larger one."""
        axes = len(self.job.input_size) - 1
        small = [self._profile(entry, q) for q in range(axes)]
        fits = [fit(p, entry.span.layout is not None) for p in small]
        if not self._wants_more(entry, fits):
            return make_row(entry, self.job.input_size, fits, None)
        for times in GROWTH:
            size, found = self._grown(times)
            other = found.get(entry.name)
            if other is None or other.span.layout is None or len(other.shape) != len(entry.shape):
                break
            large = [self._profile(other, q) for q in range(axes)]
            fits = [fit(p, True) for p in large]
            if all(f.sizes for f in fits):
                grown = [b - a for a, b in zip(self.job.input_size[1:], size[1:], strict=True)]
                if all(agrees(*t) for t in zip(large, fits, small, grown, strict=True)):
                    return make_row(entry, self.job.input_size, fits, size)
                break
        return make_row(entry, self.job.input_size, [Fit()] * axes, None)

    def _wants_more(self, entry: Entry, fits: list[Fit]) -> bool:
        if self.device != "meta" or entry.span.layout is None or all(f.sizes for f in fits) or entry.span.bounds:
            return False
        arrays = entry.span.arrays[: len(fits)]
        return not any((v[BORDER] == GLOBAL).any() for v in arrays)

    def _profile(self, entry: Entry, q: int) -> Profile:
        layout = entry.span.layout
        return profile(entry.span, q, None if layout is None else entry.shape[layout[q]])

    def _grown(self, times: int) -> tuple[tuple[int, ...], dict[str, Entry]]:
        channels, *extent = self.job.input_size
        grown = tuple(n + ALIGNED * -(-(times - 1) * n // ALIGNED) for n in extent)
        size = (channels, *grown)
        if size not in self.larger:
            self.larger[size] = self.job.run("meta", size).entries
        return size, self.larger[size]

    def _share_parameters(self, entries: list[Entry]) -> None:
        """Parameters that no row names directly go to the first row inside the module that owns them."""
        recorder, unused = self.done.recorder, 0
        for owner, module in ((n, m) for m, n in recorder.names.items()):
            left = {id(p): p.numel() for p in module.parameters(recurse=False) if id(p) not in recorder.counted}
            recorder.counted |= left.keys()
            inside = [e for e in entries if e.name.startswith(f"{owner}." if owner else "") or _stem(e) == owner]
            if inside and owner in recorder.outputs:
                inside[0].parameters += sum(left.values())
            else:
                unused += sum(left.values())
        if unused and self.done.error is None:
            self.notes.append(f"{unused:,} parameters belong to modules that this forward does not use.")

    def _target(self, rows: tuple[Row, ...], target: str | None) -> Row:
        if target is not None:
            for row in rows:
                if row.name == target:
                    return row
            if target not in self.done.entries:
                raise TraceError(missing(target, list(self.done.entries)))
            return self.row(self.done.entries[target])
        maps = [r for r, e in zip(rows, self.done.recorder.entries, strict=True) if self._is_map(e)]
        return maps[-1] if maps else rows[-1]

    def _is_map(self, entry: Entry) -> bool:
        layout = entry.span.layout
        return layout is not None and any(entry.shape[d] > 1 for d in layout)

    def _assemble(self, rows: tuple[Row, ...], output: Row) -> Report:
        unique = {id(p): p.numel() for p in self.job.model.parameters()}
        sizes = sorted({r.read_at for r in (*rows, output) if r.read_at})
        notes = list(self.notes)
        for size in sizes:
            names = sum(r.read_at == size for r in rows)
            notes.append(
                f"Size, stride and start of {names} rows were read at {'×'.join(map(str, size))}, for here every unit "
                "touches the border; they were checked against this input, unit by unit."
            )
        return Report(
            model=type(self.job.model).__name__,
            input=self.job.input_size,
            parameters=sum(unique.values()),
            macs=sum(r.macs for r in rows) + self.done.recorder.loose_macs,
            rows=rows,
            output=output,
            notes=tuple(notes),
            device=self.device,
            _entries=self.done.entries,
            _row=self.row,
            _again=partial(_bits, self.job, self.device),
        )

    def _note_bounds(self, rows: tuple[Row, ...]) -> None:
        names = sorted({name for row in rows for name in row.bounds})
        if names:
            self.notes.append(
                f"Rows marked bound read at most what is given: there is no exact rule for {', '.join(names)} "
                "(convnotes.tracing.register_rule adds one)."
            )

    def _failure(self) -> str:
        error = self.done.error
        assert error is not None
        size = "×".join(map(str, self.job.input_size))
        inside = [f.name for f in self.done.recorder.stack if f.name][-1:]
        running = self.done.tracer.running
        where = "".join([f" in {running}" if running else "", f" of {inside[0]}" if inside else ""])
        line = place(error)
        name = type(self.job.model).__name__
        return f"{name} fails at input {size}{where}: {first_sentence(error)}" + (f" ({line})" if line else "")

    def _no_rows(self) -> str:
        name, output = type(self.job.model).__name__, self.done.output
        if not every_tensor(output):
            return f"{name} returned {type(output).__name__}, expected a tensor, or a tuple, list or dict that holds one"
        return f"nothing that {name} computes reads its input, so there is no receptive field"


def _stem(entry: Entry) -> str:
    return entry.name.rsplit(":", 1)[0]


def _bits(job: Job, device: str) -> dict[str, Entry]:
    return job.run(device, rows=True).entries
