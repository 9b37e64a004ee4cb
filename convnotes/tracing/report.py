"""What a trace found: a row per module and operation, and the box that any unit reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

from convnotes.tracing.page import framed
from convnotes.tracing.row import Row, listed
from convnotes.tracing.text import HEADER, cells, sentence
from convnotes.tracing.traced import Traced
from convnotes.words.forms import Form
from convnotes.words.numbers import by
from convnotes.words.table import table


@dataclass(frozen=True)
class Report:
    """The receptive field of a model at one input size.

    rows: in the order of execution. output: the row asked for, by default the last spatial map. parameters: each tensor
    once. macs: multiplications of convolutions and matrix products, bias excluded, taps on padding included. notes:
    what a reader of the numbers must know. traced: the model, to be asked again.

    Index it by a row's or a module's name.
    """

    model: str
    input: tuple[int, ...]
    parameters: int
    macs: int
    rows: tuple[Row, ...]
    output: Row
    notes: tuple[str, ...]
    device: str
    traced: Traced = field(repr=False)

    def __getitem__(self, name: str) -> Row:
        """The row of that name; of a module that has no row of its own, one for its output."""
        for row in self.rows:
            if row.name == name:
                return row
        return self.traced.row(self.traced.entry(name))

    def __iter__(self) -> Iterator[Row]:
        """The rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def box(self, name: str, *unit: int, channel: int | None = None) -> tuple[range, ...]:
        """Input positions that one unit reads, along each spatial axis, clipped to the input.

        unit: its position in the map, one number per spatial axis; negative numbers count from the end. channel: the
        union over all of them when None. Raises KeyError for an unknown name, ValueError where the output is no spatial
        map and IndexError for a unit outside it.
        """
        return self.traced.box(name, *unit, channel=channel)

    def rows_read(self, name: str, *unit: int) -> tuple[tuple[int, ...], ...]:
        """Input positions that one unit really reads, along each spatial axis: its box may have holes (gridding).

        The first call traces the model once more, with a bit for each input row.
        """
        return self.traced.rows_read(name, *unit)

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
        return framed(self)
