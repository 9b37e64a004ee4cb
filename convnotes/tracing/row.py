"""A row of a report: one module or operation, with its receptive field."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from convnotes.tracing.recorder import Entry
from convnotes.tracing.spans import EMPTY, HIGH, LOW, Span, extent


@dataclass(frozen=True, slots=True)
class Row:
    """One module or operation.

    size, stride, start, covers, aligned: along each spatial axis of the input, in PyTorch's order; None where units
    differ or too few are interior. sizes: of interior units, each once. starts: one per phase. path_min, path_max: size
    along the narrowest and widest path. shift: largest distance between the centres of merged branches. status:
    `exact`, `bound`, `whole` or `constant`; bounds: operations behind a bound, or places where numbers were read.
    read_at: the larger input that size, stride and start were read at, if any. uncounted: operations that multiply and
    are not in `macs`. why: half a sentence, where there is no size. reads: the rows that it
    reads, `input` for the input.
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
    uncounted: tuple[str, ...] = ()
    constant: bool = False
    why: str = ""
    reads: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """`exact`; `bound`, at most this; `whole`, every unit reads all of the input; `constant`, none reads any."""
        return "bound" if self.bounds else "whole" if self.whole else "constant" if self.constant else "exact"

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
            "uncounted": list(self.uncounted),
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


def make_row(entry: Entry, input_size: tuple[int, ...], fits: list[Any], read_at: tuple[int, ...] | None) -> Row:
    """The row of an entry, from its fit along each axis."""
    lengths = extent(input_size)
    whole = reads_whole(entry.span, lengths)
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
        shift=(0.0,) * len(lengths) if whole else entry.span.shift,  # all reads have one centre, that of the input
        whole=whole,
        covers=whole or (size is not None and all(s >= n for s, n in zip(size, lengths, strict=True))),
        bounds=tuple(sorted(entry.span.bounds)),
        read_at=read_at,
        uncounted=entry.uncounted,
        constant=reads_nothing(entry.span),
        why=next((f.why for f in fits if f.why), ""),
    )


def joined(values: list[Any]) -> tuple[Any, ...] | None:
    """The values as a tuple, or None where one of them is None."""
    return None if any(v is None for v in values) else tuple(values)


def reads_nothing(span: Span) -> bool:
    """Whether no element reads anything."""
    return any(bool((v[LOW] == EMPTY).all()) for v in span.arrays if v.dtype != np.int8)


def reads_whole(span: Span, extent: tuple[int, ...]) -> bool:
    """Whether every element reads from the first to the last position along every axis."""
    pairs = zip(span.arrays, extent, strict=False)
    return all(bool((v[LOW] == 0).all() and (v[HIGH] == 1 - n).all()) for v, n in pairs)
