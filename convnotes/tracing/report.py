"""What a trace found: a row per module and operation, and the box that any unit reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from convnotes.conv import integer
from convnotes.tracing import formats
from convnotes.tracing.recorder import Entry
from convnotes.tracing.spans import EMPTY, HIGH, LOW, Span, unpacked


@dataclass(frozen=True, slots=True)
class Row:
    """One module or operation.

    size, stride, start, covers, aligned: along each spatial axis of the input, in PyTorch's order; None where units
    differ or too few are interior. sizes: of interior units, each once. starts: one per phase. path_min, path_max: size
    along the narrowest and widest path. shift: largest distance between the centres of merged branches. status:
    `exact`, `bound` or `whole`; bounds: operations behind a bound. read_at: the larger input that size, stride and
    start were read at, if any.
    """

    name: str
    op: str
    shape: tuple[int, ...]
    parameters: int
    macs: int
    size: tuple[int, ...] | None
    stride: tuple[Fraction, ...] | None
    start: tuple[int, ...] | None
    sizes: tuple[tuple[int, ...], ...]
    starts: tuple[tuple[Fraction, ...], ...]
    path_min: tuple[int, ...] | None
    path_max: tuple[int, ...] | None
    shift: tuple[float, ...]
    whole: bool
    covers: bool
    bounds: tuple[str, ...] = ()
    read_at: tuple[int, ...] | None = None

    @property
    def status(self) -> str:
        """`exact`; `bound` where an operation has no exact rule; `whole` where every unit reads the whole input."""
        return "bound" if self.bounds else "whole" if self.whole else "exact"

    @property
    def aligned(self) -> bool:
        """Whether the branches that meet here, and before, have the same centres."""
        return not any(self.shift)

    @property
    def phases(self) -> int:
        """Number of kinds of units that differ only by position, 1 but in decoders."""
        counts = [len(s) for s in self.starts if s]
        return int(np.lcm.reduce(counts)) if counts else 1

    def to_dict(self) -> dict[str, Any]:
        """The row as plain data, for JSON."""
        return {
            "name": self.name,
            "op": self.op,
            "shape": list(self.shape),
            "parameters": self.parameters,
            "macs": self.macs,
            "size": listed(self.size),
            "stride": listed(self.stride),
            "start": listed(self.start),
            "whole": self.whole,
            "status": self.status,
        }


def listed(values: tuple[Any, ...] | None) -> list[int | float] | None:
    """A list of numbers for JSON, fractions as floats.

    >>> listed((Fraction(1, 2), Fraction(4)))
    [0.5, 4]
    """
    if values is None:
        return None
    return [int(v) if v == int(v) else float(v) for v in values]


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

    def to_text(self) -> str:
        """The report as an aligned table."""
        return formats.write(self, "text")

    def to_markdown(self) -> str:
        """The report as a Markdown table."""
        return formats.write(self, "md")

    def to_csv(self) -> str:
        """The rows as CSV."""
        return formats.write(self, "csv")

    def to_latex(self) -> str:
        """The rows as a LaTeX tabular."""
        return formats.write(self, "latex")

    def to_html(self) -> str:
        """The report as an HTML table."""
        return formats.write(self, "html")

    def to_json(self) -> str:
        """`to_dict` as JSON."""
        return formats.write(self, "json")

    def __str__(self) -> str:
        """The report as text."""
        return self.to_text().rstrip("\n")

    def _repr_html_(self) -> str:
        return self.to_html()


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


def make_row(entry: Entry, input_size: tuple[int, ...], fits: list[Any], read_at: tuple[int, ...] | None) -> Row:
    """The row of an entry, from its fit along each axis."""
    extent = input_size[1:]
    whole = reads_whole(entry.span, extent)
    size = joined([f.size for f in fits])
    paths = joined([f.paths for f in fits])
    return Row(
        name=entry.name,
        op=entry.op,
        shape=entry.shape,
        parameters=entry.parameters,
        macs=entry.macs,
        size=size,
        stride=joined([f.stride for f in fits]),
        start=joined([f.start for f in fits]),
        sizes=tuple(f.sizes for f in fits),
        starts=tuple(f.starts for f in fits),
        path_min=paths and tuple(p[0] for p in paths),
        path_max=paths and tuple(p[1] for p in paths),
        shift=(0.0,) * len(extent) if whole else entry.span.shift,  # all reads have one centre, that of the input
        whole=whole,
        covers=whole or (size is not None and all(s >= n for s, n in zip(size, extent, strict=True))),
        bounds=tuple(sorted(entry.span.bounds)),
        read_at=read_at,
    )


def joined(values: list[Any]) -> tuple[Any, ...] | None:
    """The values as a tuple, or None where one of them is None."""
    return None if any(v is None for v in values) else tuple(values)


def reads_whole(span: Span, extent: tuple[int, ...]) -> bool:
    """Whether every element reads from the first to the last position along every axis."""
    pairs = zip(span.arrays, extent, strict=False)
    return all(bool((v[LOW] == 0).all() and (v[HIGH] == 1 - n).all()) for v, n in pairs)
