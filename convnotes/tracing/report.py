"""What a trace found: a row per module and operation, and the box that any unit reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from convnotes.conv import integer
from convnotes.tracing.recorder import Entry
from convnotes.tracing.row import Row, listed
from convnotes.tracing.spans import EMPTY, HIGH, LOW, unpacked
from convnotes.tracing.text import HEADER, cells, sentence
from convnotes.words.forms import Form
from convnotes.words.numbers import by
from convnotes.words.table import table


@dataclass(frozen=True)
class Report:
    """The receptive field of a model at one input size.

    rows: in the order of execution. output: the row asked for, by default the last spatial map. parameters: each tensor
    once. macs: multiplications of convolutions and matrix products, bias excluded, taps on padding included. notes:
    what a reader of the numbers must know. Index it by a row's or a module's name.
    """

    model: str
    input: tuple[int, ...]
    parameters: int
    macs: int
    rows: tuple[Row, ...]
    output: Row
    notes: tuple[str, ...]
    device: str
    _entries: dict[str, Entry] = field(repr=False)
    _row: Callable[[Entry], Row] = field(repr=False)
    _again: Callable[[], dict[str, Entry]] = field(repr=False)
    _bits: dict[str, Entry] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> Row:
        """The row of that name; of a module that has no row of its own, one for its output."""
        for row in self.rows:
            if row.name == name:
                return row
        return self._row(self.entry(name))

    def __iter__(self) -> Iterator[Row]:
        """The rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def entry(self, name: str) -> Entry:
        """What was recorded under a name."""
        if name not in self._entries:
            raise KeyError(missing(name, list(self._entries)))
        return self._entries[name]

    def box(self, name: str, *unit: int, channel: int | None = None) -> tuple[range, ...]:
        """Input positions that one unit reads, along each spatial axis, clipped to the input.

        unit: its position in the map, one number per spatial axis; negative numbers count from the end. channel: the
        union over all of them when None. Raises KeyError for an unknown name, ValueError where the output is no spatial
        map and IndexError for a unit outside it.
        """
        entry = self.entry(name)
        picked = [_pick(v, entry, unit, channel) for v in unpacked(entry.span).arrays[: len(self.input) - 1]]
        ends = [(int(v[LOW].min()), -int(v[HIGH].min())) for v in picked]
        if any(low >= EMPTY for low, _ in ends):
            return tuple(range(0) for _ in ends)
        return tuple(range(low, high + 1) for low, high in ends)

    def rows_read(self, name: str, *unit: int) -> tuple[tuple[int, ...], ...]:
        """Input positions that one unit really reads, along each spatial axis: its box may have holes (gridding).

        The first call traces the model once more, with a bit for each input row.
        """
        if not self._bits:
            self._bits.update(self._again())
        self.entry(name)
        axes = len(self.input) - 1
        entry = self._bits[name]
        picked = [_pick(v, entry, unit, None) for v in entry.span.arrays[axes:]]
        return tuple(tuple(np.nonzero(v.reshape(len(v), -1).min(1))[0].tolist()) for v in picked)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data, for JSON."""
        out = self.output
        return {
            "model": self.model,
            "input": list(self.input),
            "parameters": self.parameters,
            "macs": self.macs,
            "output": {
                "name": out.name,
                "shape": list(out.shape),
                "size": listed(out.size),
                "stride": listed(out.stride),
                "start": listed(out.start),
                "sizes": [list(s) for s in out.sizes],
                "whole": out.whole,
                "status": out.status,
            },
            "layers": [row.to_dict() for row in self.rows],
        }

    def to(self, form: Form) -> str:
        """The report as text, Markdown, CSV, LaTeX, HTML or JSON; CSV and LaTeX hold the rows alone."""
        if form == "json":
            return json.dumps(self.to_dict(), indent=2) + "\n"
        body = table(HEADER, [cells(row, plain=form == "csv") for row in self.rows], form)
        if form in ("csv", "latex"):
            return body
        lines = [*self._totals(), *self.notes]
        if form == "html":
            return body + "".join(f"<p>{escape(line)}</p>\n" for line in lines)
        return f"{body}\n" + "".join(line + {"text": "\n", "md": "\n\n"}[form] for line in lines)

    def _totals(self) -> list[str]:
        """Lines under the table: totals, and the output."""
        return [
            f"{self.model} at {by(self.input)}, evaluation mode: {self.parameters:,} parameters, {self.macs:,} MACs",
            "(multiplications of convolutions and matrix products; bias excluded, taps on padding included).",
            f"Output {self.output.name}: {sentence(self.output)}",
        ]

    def __str__(self) -> str:
        """The report as text."""
        return self.to("text").rstrip("\n")

    def _repr_html_(self) -> str:
        return self.to("html")


def missing(name: str, known: list[str]) -> str:
    """A sentence for a name that is not there, with the nearest ones.

    >>> missing("conv3", ["conv1", "conv2", "fc"])
    "no layer 'conv3'; the nearest names are conv2, conv1"
    """
    import difflib

    known = [k for k in known if k]
    near = difflib.get_close_matches(name, known, 3, 0.5)
    return f"no layer {name!r}; " + (f"the nearest names are {', '.join(near)}" if near else f"it has {_some(known)}")


def _some(names: list[str]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _pick(v: Any, entry: Entry, unit: tuple[int, ...], channel: int | None) -> Any:
    layout, span = entry.span.layout, entry.span
    if layout is None:
        if unit or channel is not None:
            raise ValueError(
                f"{entry.name} gives {entry.shape}, which is no spatial map: ask for the box without a unit"
            )
        return v
    if len(unit) != len(span.shift):
        raise ValueError(f"{entry.name} has {len(span.shift)} spatial axes, got the unit {unit}")
    places = dict(zip(layout, unit, strict=True))
    if channel is not None:
        places[next(d for d in range(1, len(entry.shape)) if d not in layout)] = channel
    for d, i in places.items():
        n, i = entry.shape[d], integer("a position", i, None)
        if not -n <= i < n:
            raise IndexError(f"unit {unit} lies outside {entry.name}, whose dimension {d} has length {n}")
        at = i % n if v.shape[d + 1] > 1 else 0
        v = v.take([at], d + 1)
    return v
