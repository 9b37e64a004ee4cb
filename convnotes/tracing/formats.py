"""A report written as text, Markdown, CSV, LaTeX, HTML or JSON."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

from convnotes.tables import table

if TYPE_CHECKING:
    from convnotes.tracing.report import Report, Row

FORMS = ("text", "md", "csv", "latex", "html", "json")

HEADER = ("layer", "op", "output", "parameters", "MACs", "size", "stride", "start", "paths", "aligned", "status")


def write(report: Report, form: str) -> str:
    """The report in one of `FORMS`, ending with a newline."""
    if form == "json":
        return json.dumps(report.to_dict(), indent=2) + "\n"
    rows = [cells(row, plain=form == "csv") for row in report.rows]
    body = table(HEADER, rows, form)
    if form in ("csv", "latex"):
        return body
    mark = {"text": "", "md": "", "html": "<p>"}[form]
    end = {"text": "\n", "md": "\n\n", "html": "</p>\n"}[form]
    tail = "".join(f"{mark}{_escaped(line, form)}{end}" for line in summary(report))
    return f"{body}\n{tail}" if form != "html" else body + tail


def _escaped(line: str, form: str) -> str:
    import html

    return html.escape(line) if form == "html" else line


def cells(row: Row, plain: bool = False) -> list[object]:
    """The cells of a row, in the order of `HEADER`; numbers without separators when `plain`."""
    count = str if plain else "{:,}".format
    made: list[object] = [
        row.name,
        row.op,
        "×".join(map(str, row.shape[1:])) or "1",
        count(row.parameters),
        count(row.macs),
        size_cell(row),
        axes([_number(s) for s in row.stride] if row.stride else None),
        start_cell(row),
        paths_cell(row),
        "yes" if row.aligned else "off by " + axes([_number(Fraction(s)) for s in row.shift]),
        row.status if not row.bounds else f"bound ({', '.join(row.bounds)})",
    ]
    return [str(c).translate(_PLAIN) for c in made] if plain else made


_PLAIN = {ord("×"): "x", ord("−"): "-", ord("–"): None, ord("…"): ".."}


def axes(values: list[str] | None) -> str:
    """One value where all axes agree, else one per axis; a dash where there is none.

    >>> axes(["3", "3"]), axes(["3", "1"]), axes(None)
    ('3', '3×1', '–')
    """
    if not values:
        return "–"
    return values[0] if len(set(values)) == 1 else "×".join(values)


def _number(value: Fraction) -> str:
    return str(value).replace("-", "−")


def size_cell(row: Row) -> str:
    """Size per axis, as a range where units differ, `all` where a unit reads the whole input."""
    if not all(row.sizes):
        return "all" if row.whole else "–"
    return axes([str(s[0]) if len(s) == 1 else f"{s[0]}…{s[-1]}" for s in row.sizes])


def start_cell(row: Row) -> str:
    """Start per axis; in a decoder the least and the greatest offset and how many phases there are."""
    if not all(row.starts):
        return "–"
    if row.phases == 1:
        return axes([_number(s[0]) for s in row.starts])
    ends = axes([f"{_number(min(s))}…{_number(max(s))}" for s in row.starts])
    return f"{ends} ({row.phases} phases)"


def paths_cell(row: Row) -> str:
    """Sizes along the narrowest and the widest path."""
    if row.path_min is None or row.path_max is None:
        return "–"
    return axes([str(a) if a == b else f"{a}…{b}" for a, b in zip(row.path_min, row.path_max, strict=True)])


def summary(report: Report) -> list[str]:
    """Lines under the table: totals, the output, and what a reader must know."""
    out = report.output
    shape = "×".join(map(str, report.input))
    lines = [
        f"{report.model} at {shape}, evaluation mode: {report.parameters:,} parameters, {report.macs:,} MACs",
        "(multiplications of convolutions and matrix products; bias excluded, taps on padding included).",
        f"Output {out.name}: {sentence(out)}",
    ]
    return lines + list(report.notes)


def sentence(row: Row) -> str:
    """The receptive field of a row in words."""
    bound = f" at most (no exact rule for {', '.join(row.bounds)})" if row.bounds else ""
    if row.whole:
        return f"every unit reads the whole input{bound}."
    if not all(row.sizes):
        return f"too few units are clear of the border to read a size{bound}."
    words = f"receptive field {size_cell(row)}{bound}, stride {axes([_number(s) for s in row.stride or ()])}"
    words += f", start {start_cell(row)}"
    return words + ("; it covers the input." if row.covers else ".")
