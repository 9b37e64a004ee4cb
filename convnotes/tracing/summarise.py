"""From what was recorded to a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from convnotes.tracing.edges import INPUT
from convnotes.tracing.engine import spelled
from convnotes.tracing.errors import TraceError, first_sentence
from convnotes.tracing.fit import Fit, Profile, agrees, fit, profile
from convnotes.tracing.forward import Job, Pass
from convnotes.tracing.grid import as_map
from convnotes.tracing.model_copy import uncalled
from convnotes.tracing.places import place, without
from convnotes.tracing.recorder import Entry, every_tensor
from convnotes.tracing.report import Report
from convnotes.tracing.row import Row, make_row
from convnotes.tracing.span_memory import READ
from convnotes.tracing.spans import BORDER, GLOBAL, extent
from convnotes.tracing.traced import Traced, missing
from convnotes.words.numbers import by

GROWTH = (4, 16)
"""How many times larger an input is tried where every unit of a row touches the border."""
SMALL = 1 << 16
"""Elements of the largest array of a pass up to which the largest input is tried at once, for it costs no more."""
MOST_GROWN = 1 << 28
"""Elements of all arrays of a pass up to which a larger input is tried: a gigabyte."""
ALIGNED = 64
"""Larger inputs are larger by a multiple of this, so that strides up to it meet the input in the same way."""


Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read off an entry, as a map, along each axis. size: the larger input it was read at, if any."""

    entry: Entry
    fits: list[Fit]
    size: tuple[int, ...] | None = None


def _key(entry: Entry) -> Key:
    return (*map(id, entry.span.arrays), entry.span.layout)


@dataclass(slots=True)
class Reader:
    """Turns a pass into a report; runs the model on larger inputs where every unit of a row touches the border."""

    job: Job
    done: Pass
    device: str
    notes: list[str]
    larger: dict[tuple[int, ...], tuple[str, dict[str, Entry]]] = field(default_factory=dict)
    here: dict[Key, Reading] = field(default_factory=dict)
    fitted: dict[Key, Reading] = field(default_factory=dict)
    last: str = ""
    growth: tuple[int, ...] = GROWTH

    def report(self, target: str | None) -> Report:
        """The report, or TraceError with the rows so far where the pass failed."""
        entries = self.done.recorder.entries
        rows: tuple[Row, ...] = ()
        for entry in [e for e in entries if 0 in e.shape]:
            last = entry is entries[-1] and not any(t.numel() for t in every_tensor(self.done.output))
            if not entry.span.bounds and (entry.name in self.done.recorder.outputs or last):
                raise TraceError(f"{entry.name} has no elements at this input: its shape is {spelled(entry.shape)}")
            entries.remove(entry)  # a slice of nothing, and what is done to it
        if entries:
            self._share_parameters(entries)
            sizes = [v.size for e in entries for v in e.span.arrays]
            if max(sizes) <= SMALL:
                self.growth = GROWTH[-1:]
            self.growth = tuple(times for times in self.growth if times * sum(sizes) <= MOST_GROWN)
            self.last = next((e.name for e in reversed(entries) if self._wants_more(e)), "")
            edges, names = self.done.recorder.edges, {e.number: e.name for e in entries} | {INPUT: "input"}
            reads = [tuple(names[n] for n in edges.of(e.number) if n in names) for e in entries]
            rows = tuple(replace(self.row(e), reads=r) for e, r in zip(entries, reads, strict=True))
        if self.done.error is not None:
            report = self._assemble(rows, rows[-1]) if rows else None
            raise TraceError(self._failure(), report) from self.done.error
        if all(row.constant for row in rows):
            raise TraceError(self._no_rows())
        self._note_bounds(rows)
        return self._assemble(rows, self._target(rows, target))

    def row(self, entry: Entry) -> Row:
        """The row of an entry. Entries that read the same, as those of activations do, are fitted once."""
        key = _key(entry)
        if key not in self.fitted:
            self.fitted[key] = self._grown_fit(entry) or self._read(entry)
        return make_row(entry, self.job.input_size, self.fitted[key].fits, self.fitted[key].size)

    def _read(self, entry: Entry) -> Reading:
        """Hulls and fits at the input asked for."""
        key = _key(entry)
        if key not in self.here:
            entry = as_map(entry)
            self.here[key] = Reading(entry, [fit(p, entry.span.layout is not None) for p in self._profiles(entry)])
        return self.here[key]

    def _grown_fit(self, entry: Entry) -> Reading | None:
        """Hulls and fits at a larger input, where they are wanted and hold for this one as well."""
        if not self._wants_more(entry):
            return None
        for times in self.growth:
            size, other = self._larger(times, entry.name)
            other = other and as_map(other)
            if other is None or other.span.layout is None or len(other.shape) != len(self._read(entry).entry.shape):
                return None
            large = list(self._profiles(other))
            fits = [fit(p, True) for p in large]
            if all(f.stride for f in fits):
                grown = [b - a for a, b in zip(extent(self.job.input_size), extent(size), strict=True)]
                small = self._profiles(self._read(entry).entry)
                held = all(agrees(*t) for t in zip(large, fits, small, grown, strict=True))
                return Reading(other, fits, size) if held else None
        return None

    def _wants_more(self, entry: Entry) -> bool:
        span, fits = self._read(entry).entry.span, self._read(entry).fits
        if self.device != "meta" or span.layout is None or all(f.stride for f in fits) or span.bounds:
            return False
        return not any((v[BORDER] == GLOBAL).any() for v in span.arrays[: len(fits)])

    def _profiles(self, entry: Entry) -> Iterator[Profile]:
        """Along each axis; made anew when asked for: those of all rows together would be as large as the spans."""
        layout = entry.span.layout
        for q in range(len(extent(self.job.input_size))):
            yield profile(entry.span, q, None if layout is None else entry.shape[layout[q]])

    def _larger(self, times: int, name: str) -> tuple[tuple[int, ...], Entry | None]:
        """A larger input and the entry of that name there; the model is run no further than to the last one wanted."""
        old, lengths = self.job.input_size, extent(self.job.input_size)
        size = old[: len(old) - len(lengths)] + tuple(n + ALIGNED * -(-(times - 1) * n // ALIGNED) for n in lengths)
        last, found = self.larger.get(size, ("", {}))
        if name not in found and last != name:
            last = self.last if size not in self.larger else name
            found = self.job.run("meta", size, until=last).entries
            self.larger[size] = last, found
        return size, found.get(name)

    def _share_parameters(self, entries: list[Entry]) -> None:
        """Parameters that no row names directly go to the first row inside the module that owns them."""
        recorder, unused = self.done.recorder, 0
        for owner, module in ((n, m) for m, n in recorder.names.items()):
            left = {id(p): p.numel() for p in module.parameters(recurse=False) if id(p) not in recorder.counted}
            if not left:
                continue
            recorder.counted |= left.keys()
            if owner in recorder.called:
                _first_inside(entries, owner).parameters += sum(left.values())
            else:
                unused += sum(left.values())
        if unused and self.done.error is None:
            self.notes.append(f"{unused:,} parameters belong to modules that this forward does not call.")

    def _target(self, rows: tuple[Row, ...], target: str | None) -> Row:
        if target is not None:
            for row in rows:
                if row.name == target:
                    return row
            if target not in self.done.entries:
                raise TraceError(missing(target, list(self.done.entries)))
            return self.row(self.done.entries[target])
        known = [(r, e) for r, e in zip(rows, self.done.recorder.entries, strict=True) if not r.constant]
        maps = [row for row, entry in known if _is_map(entry)]
        return maps[-1] if maps else known[-1][0]

    def _assemble(self, rows: tuple[Row, ...], output: Row) -> Report:
        unique = {id(p): p.numel() for p in self.job.model.parameters()}
        sizes = sorted({r.read_at for r in (*rows, output) if r.read_at})
        notes = list(self.notes)
        for size in sizes:
            names = sum(r.read_at == size for r in rows)
            notes.append(
                f"Size, stride and start of {names} rows were read at {by(size)}, for here every unit "
                "touches the border; they were checked against this input, unit by unit."
            )
        return Report(
            model=type(self.job.model).__name__,
            input=self.job.input_size,
            parameters=sum(unique.values()),
            macs=sum(r.macs for r in rows),
            rows=rows,
            output=output,
            notes=tuple(notes),
            device=self.device,
            traced=Traced(self.job.input_size, self.done.entries, self.row, partial(_bits, self.job, self.device)),
        )

    def _note_bounds(self, rows: tuple[Row, ...]) -> None:
        bounds = {name for row in rows for name in row.bounds}
        places = self.done.tracer.memory.places
        for name, line in places.items():
            if name in bounds:
                told = (
                    f"The forward reads numbers that depend on the input ({name.removeprefix(READ)}: {line}). "
                    "From there on, everything may depend on all that was read, so the rows after it are bounds. "
                )
                self.notes.append((told + without(line)).rstrip())
        if more := sorted({op for row in rows for op in row.uncounted}):
            self.notes.append(f"MACs of {', '.join(more)} are not counted.")
        names = sorted(bounds - places.keys())
        if names:
            self.notes.append(
                f"Rows marked bound read at most what is given: there is no exact rule for {', '.join(names)} "
                "(convnotes.tracing.register_rule adds one)."
            )

    def _failure(self) -> str:
        error = self.done.error
        assert error is not None
        size = self.job.inputs.told()
        inside = [f.name for f in self.done.recorder.stack if f.name][-1:]
        running = self.done.tracer.running
        where = "".join([f" in {inside[0]}" if inside else "", f", at {running.told()}" if running else ""])
        line = place(error)
        name = type(self.job.model).__name__
        why = "" if running and "expects" in running.told() else f": {first_sentence(error)}"
        left = uncalled(self.job.model) if why else ""
        hooks = f"; {left}: if the forward needs what a hook keeps, make the hook a method of a module" if left else ""
        return f"{name} fails at input {size}{where}{why}" + (f" ({line})" if line else "") + hooks

    def _no_rows(self) -> str:
        name, output = type(self.job.model).__name__, self.done.output
        if not every_tensor(output):
            return (
                f"{name} returned {type(output).__name__}, expected a tensor, or a tuple, list or dict that holds one"
            )
        return f"nothing that {name} computes reads its input, so there is no receptive field"


def _is_map(entry: Entry) -> bool:
    """Whether an output has positions: along an axis of the input or, where that is lost, beside its channels."""
    if entry.span.layout is not None:
        return any(entry.shape[d] > 1 for d in entry.span.layout)
    return sum(n > 1 for n in entry.shape[1:]) > 1


def _first_inside(entries: list[Entry], owner: str) -> Entry:
    """The first row inside a module or, where it has none, inside the nearest one around it."""
    inside = [e for e in entries if e.name.startswith(f"{owner}." if owner else "") or _stem(e) == owner]
    return inside[0] if inside else _first_inside(entries, owner.rpartition(".")[0])


def _stem(entry: Entry) -> str:
    return entry.name.rsplit(":", 1)[0]


def _bits(job: Job, device: str) -> dict[str, Entry]:
    return job.run(device, rows=True).entries
