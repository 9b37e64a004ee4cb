"""The kinds of exhibit: a Table of values, or a Figure with the data that it shows.

Every kind gives its `html`, what is `folded` below the caption, and its `downloads`: all that the site asks of it, so
a new kind is one class.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from io import StringIO

from convnotes.exhibits.svg import Drawing

Cell = str | int | float | None
Rows = list[list[Cell]]
SHORT = 12  # letters: a cell with no more stays on one line


@dataclass(frozen=True)
class Table:
    """Columns with a header. Numbers are printed with separators, and stay raw in the CSV.

    `formats` gives a column's format specification, `units` its unit; both by header. The first column names
    its row unless `row_headers` is false. `note` stands below the table, `None` is a value that does not exist.

    >>> table = Table(["design", "weights"], [["one 7×7", 3211264], ["three 3×3", 1769472]])
    >>> print(table.csv(), end="")
    design,weights
    one 7×7,3211264
    three 3×3,1769472
    >>> "3,211,264" in table.html("")
    True
    >>> Table(["C", "share"], [[64, 0.449]], formats={"share": ".1%"}).printed(1, 0.449)
    '44.9%'
    >>> Table(["a", "b"], [[1]])
    Traceback (most recent call last):
        ...
    ValueError: row 1 has 1 cells, the header 2: [1]
    """

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    units: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    row_headers: bool = True
    note: str = ""

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.header):
                raise ValueError(f"row {number} has {len(row)} cells, the header {len(self.header)}: {list(row)}")
        for argument, given in (("units", self.units), ("formats", self.formats)):
            for name in given.keys() - set(self.header):
                raise ValueError(f"{argument} names the column {name!r}; the header is {list(self.header)}")

    def printed(self, column: int, value: Cell) -> str:
        """The text of `value` as `column` shows it."""
        if value is None:
            return "–"
        if spec := self.formats.get(self.header[column]):
            return format(value, spec)
        if isinstance(value, float):
            return f"{value:,.4g}"
        return f"{value:,}" if isinstance(value, int) else value

    def csv(self) -> str:
        """The raw values, units in the header, lines ended by a newline."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([f"{name} [{self.units[name]}]" if name in self.units else name for name in self.header])
        writer.writerows(self.rows)
        return text.getvalue()

    def downloads(self) -> dict[str, str]:
        """The files that the site offers, by extension."""
        return {"csv": self.csv()}

    def folded(self) -> str:
        """What stands folded below the caption: nothing."""
        return ""

    def html(self, alternative: str) -> str:
        """A table in a box that scrolls sideways by itself, named by `alternative`; a column of numbers sits right."""
        head = "".join(self._head(column) for column in range(len(self.header)))
        rows = ("".join(self._cell(column, value) for column, value in enumerate(row)) for row in self.rows)
        table = f"<thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody>"
        label = f'role="group" aria-label="{escape(alternative)}"'
        note = f'<p class="cn-note">{escape(self.note)}</p>' if self.note else ""
        return f'<div class="cn-scroll" {label}><table class="cn-table">{table}</table></div>{note}'

    def _head(self, column: int) -> str:
        name = self.header[column]
        unit = f' <span class="cn-unit">{escape(self.units[name])}</span>' if name in self.units else ""
        return f'<th scope="col"{self._side(column)}>{escape(name)}{unit}</th>'

    def _cell(self, column: int, value: Cell) -> str:
        tag, scope = ("th", ' scope="row"') if self.row_headers and column == 0 else ("td", "")
        text = self.printed(column, value)
        whole = text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= SHORT else text
        return f"<{tag}{scope}{self._side(column)}>{escape(whole)}</{tag}>"

    def _side(self, column: int) -> str:
        numeric = all(isinstance(row[column], int | float | None) for row in self.rows)
        return ' class="cn-num"' if numeric else ""


@dataclass(frozen=True)
class Figure:
    """A picture and the data that it shows."""

    svg: Drawing
    data: Table

    def downloads(self) -> dict[str, str]:
        """The files that the site offers, by extension."""
        return {"csv": self.data.csv(), "svg": self.svg.standalone()}

    def html(self, alternative: str) -> str:
        """The picture in its sheet, described by `alternative`."""
        return f'<div class="cn-bench">{self.svg.inline(alternative)}</div>'

    def folded(self) -> str:
        """The data as a table, for who cannot see the picture or wants its numbers."""
        table = self.data.html("The numbers of this figure")
        return f'<details class="cn-data"><summary>The numbers</summary>{table}</details>'
