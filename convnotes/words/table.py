"""One table, written as text, Markdown, CSV, LaTeX or HTML."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable, Sequence

from convnotes.words.forms import check_form
from convnotes.words.latex import escaped

Rows = Sequence[Sequence[object]]

_NUMBERS = frozenset("0123456789,.…×/()±+- −%")
_POWER = re.compile(r"-?[\d.]+e[-+]\d+")  # as Python writes what is very small or very large


def table(header: Sequence[str], rows: Rows, form: str = "text") -> str:
    """A table in one of the forms `text`, `md`, `csv`, `latex`, `html`, ending with a newline.

    header: column names. rows: one sequence of cells per row; each cell is written by `str`, and None as an empty cell.
    Columns of numbers are set to the right. In CSV an apostrophe keeps a cell from being a formula. Raises
    ValueError for another form or a row of another length.

    >>> print(table(["layer", "MACs"], [["conv1", 118013952], ["a_b & c|d", None]]), end="")
    layer           MACs
    conv1      118013952
    a_b & c|d
    >>> print(table(["layer", "MACs"], [["a_b & c|d", 1]], "md"), end="")
    | layer | MACs |
    |:---|---:|
    | a\\_b & c\\|d | 1 |
    >>> print(table(["layer", "size"], [["=1+1", -3]], "csv"), end="")
    layer,size
    '=1+1,-3
    >>> table(["layer"], [["conv"]], "pdf")
    Traceback (most recent call last):
        ...
    ValueError: no form 'pdf' of a table: choose text, md, csv, latex or html
    """
    check_form(form, _WRITERS, "of a table")
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise ValueError(f"row {number} has {len(row)} cells, the header {len(header)}: {list(row)!r}")
    cells = [["" if c is None else str(c) for c in row] for row in rows]
    return _WRITERS[form](list(header), cells)


def _right(cells: list[list[str]], columns: int) -> list[bool]:
    """For each column, whether it holds numbers only."""
    return [any(row[c] for row in cells) and all(_is_number(row[c]) for row in cells if row[c]) for c in range(columns)]


def _is_number(cell: str) -> bool:
    plain = set(cell) <= _NUMBERS and any(c.isdigit() for c in cell)
    return plain or cell in ("–", "yes", "no") or bool(_POWER.fullmatch(cell))


def _text(header: list[str], cells: list[list[str]]) -> str:
    cells = [[_one_line(c) for c in row] for row in cells]
    right = _right(cells, len(header))
    widths = [max(len(row[c]) for row in [header, *cells]) for c in range(len(header))]

    def line(row: list[str]) -> str:
        set_cells = (cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(row, widths, right, strict=True))
        return "  ".join(set_cells).rstrip() + "\n"

    return "".join(line(row) for row in [header, *cells])


def _one_line(cell: str) -> str:
    return " ".join(cell.splitlines())


def _md(header: list[str], cells: list[list[str]]) -> str:
    right = _right(cells, len(header))
    lines = [[_md_escape(c) for c in header], [], *([_md_escape(c) for c in row] for row in cells)]
    out = ["| " + " | ".join(line) + " |" for line in lines]
    out[1] = "|" + "|".join("---:" if r else ":---" for r in right) + "|"
    return "\n".join(out) + "\n"


def _md_escape(cell: str) -> str:
    """A cell whose characters Markdown would read as marks.

    >>> _md_escape("a*b|c<d>_e")
    'a\\\\*b\\\\|c\\\\<d>\\\\_e'
    """
    return "".join("\\" + c if c in "\\`*_|<[]" else c for c in _one_line(cell))


def _csv(header: list[str], cells: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([[_no_formula(c) for c in row] for row in [header, *cells]])
    return out.getvalue()


def _no_formula(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before its sign, unless it is a number.

    >>> [_no_formula(cell) for cell in ("=SUM(A1)", "-3", "-1e-05", "conv1")]
    ["'=SUM(A1)", '-3', '-1e-05', 'conv1']
    """
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not _is_number(cell) else cell


def _latex(header: list[str], cells: list[list[str]]) -> str:
    r"""A `tabular` with the header and every row once.

    >>> print(_latex(["layer", "MACs"], [["conv_1", "9"], ["fc", "4"]]), end="")
    \begin{tabular}{lr}
    \hline
    layer & MACs \\
    \hline
    conv\_1 & 9 \\
    fc & 4 \\
    \hline
    \end{tabular}
    """
    columns = "".join("r" if r else "l" for r in _right(cells, len(header)))
    lines = [" & ".join(escaped(_one_line(cell)) for cell in row) + r" \\" for row in [header, *cells]]
    begin, end = rf"\begin{{tabular}}{{{columns}}}", r"\end{tabular}"
    return "\n".join([begin, r"\hline", lines[0], r"\hline", *lines[1:], r"\hline", end]) + "\n"


def _html(header: list[str], cells: list[list[str]]) -> str:
    right = _right(cells, len(header))
    align = ['style="text-align:right"' if r else 'style="text-align:left"' for r in right]
    head = "".join(f'<th scope="col" {a}>{html.escape(c)}</th>' for c, a in zip(header, align, strict=True))
    body = "\n".join(f"<tr>{_html_row(row, align)}</tr>" for row in cells)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"


def _html_row(row: list[str], align: list[str]) -> str:
    first = f'<th scope="row" {align[0]}>{html.escape(row[0])}</th>' if row else ""
    return first + "".join(f"<td {a}>{html.escape(c)}</td>" for c, a in zip(row[1:], align[1:], strict=True))


_WRITERS: dict[str, Callable[[list[str], list[list[str]]], str]] = {
    "text": _text,
    "md": _md,
    "csv": _csv,
    "latex": _latex,
    "html": _html,
}
