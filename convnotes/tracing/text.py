"""A row of a report in words: the cells of a table, and a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from convnotes.tracing.row import Row
from convnotes.tracing.span_memory import READ
from convnotes.words.numbers import by, minus

HEADER = ("layer", "op", "output", "parameters", "MACs", "size", "stride", "start", "paths", "aligned", "status")


def cells(row: Row, plain: bool = False) -> list[object]:
    """The cells of a row, in the order of `HEADER`; numbers without separators when `plain`."""
    count = str if plain else "{:,}".format
    made: list[object] = [
        row.name,
        row.op,
        by(row.shape[1:]) or "1",
        count(row.parameters),
        macs_cell(row, count),
        size_cell(row),
        axes([minus(s) for s in row.stride] if row.stride else None),
        start_cell(row),
        paths_cell(row),
        "yes" if row.aligned else "off by " + axes([minus(Fraction(s)) for s in row.shift]),
        row.status if not row.bounds else f"bound ({', '.join(row.bounds)})",
    ]
    return [str(c).translate(_PLAIN) for c in made] if plain else made


_PLAIN = {ord("×"): "x", ord("−"): "-", ord("–"): None, ord("…"): ".."}


def macs_cell(row: Row, count: Callable[[int], str]) -> str:
    """Multiplications, with a question mark where some are not counted."""
    return count(row.macs) if not row.uncounted else f"{count(row.macs)} + ?" if row.macs else "?"


def axes(values: list[str] | None) -> str:
    """One value where all axes agree, else one per axis; a dash where there is none.

    >>> axes(["3", "3"]), axes(["3", "1"]), axes(None)
    ('3', '3×1', '–')
    """
    if not values:
        return "–"
    return values[0] if len(set(values)) == 1 else by(values)


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
        return axes([minus(s[0]) for s in row.starts])
    ends = axes([f"{minus(min(s))}…{minus(max(s))}" for s in row.starts])
    return f"{ends} ({row.phases} phases)"


def paths_cell(row: Row) -> str:
    """Sizes along the narrowest and the widest path."""
    if row.path_min is None or row.path_max is None:
        return "–"
    return axes([str(a) if a == b else f"{a}…{b}" for a, b in zip(row.path_min, row.path_max, strict=True)])


def reasons(bounds: Sequence[str]) -> str:
    """Why a row is a bound: operations without an exact rule, and places where numbers were read.

    >>> reasons(["fold", "numbers read at net.py, line 3"])
    'no exact rule for fold; numbers read at net.py, line 3'
    """
    read = [name for name in bounds if name.startswith(READ)]
    names = ", ".join(name for name in bounds if name not in read)
    return "; ".join([f"no exact rule for {names}"] * bool(names) + read)


def sentence(row: Row) -> str:
    """The receptive field of a row in words."""
    bound = f" at most ({reasons(row.bounds)})" if row.bounds else ""
    if row.whole:
        return f"every unit reads the whole input{bound}."
    if not all(row.sizes):
        return f"no size, for {row.why}{bound}."
    words = f"receptive field {size_cell(row)}{bound}, stride {axes([minus(s) for s in row.stride or ()])}"
    words += f", start {start_cell(row)}"
    return words + ("; it covers the input." if row.covers else ".")
