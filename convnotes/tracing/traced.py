"""A model that has been traced and can be asked: what one unit reads, and what was recorded of a module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from convnotes.conv import integer
from convnotes.tracing.grid import as_map
from convnotes.tracing.recorder import Entry
from convnotes.tracing.row import Row
from convnotes.tracing.spans import EMPTY, HIGH, LOW, extent, unpacked


@dataclass(frozen=True)
class Traced:
    """What was recorded, by name. row: makes the row of an entry. again: traces anew, with a bit for each input row."""

    input: tuple[int, ...]
    entries: dict[str, Entry]
    row: Callable[[Entry], Row]
    again: Callable[[], dict[str, Entry]]
    bits: dict[str, Entry] = field(default_factory=dict)

    def entry(self, name: str) -> Entry:
        """What was recorded under a name."""
        if name not in self.entries:
            raise KeyError(missing(name, list(self.entries)))
        return self.entries[name]

    def box(self, name: str, *unit: int, channel: int | None = None) -> tuple[range, ...]:
        """Input positions that one unit reads, along each spatial axis, clipped to the input.

        unit: its position in the map, one number per spatial axis; negative numbers count from the end. channel: the
        union over all of them when None. Raises KeyError for an unknown name, ValueError where the output is no spatial
        map and IndexError for a unit outside it.
        """
        entry = as_map(self.entry(name)) if unit else self.entry(name)
        picked = [_pick(v, entry, unit, channel) for v in unpacked(entry.span).arrays[: len(extent(self.input))]]
        ends = [(int(v[LOW].min()), -int(v[HIGH].min())) for v in picked]
        if any(low >= EMPTY for low, _ in ends):
            return tuple(range(0) for _ in ends)
        return tuple(range(low, high + 1) for low, high in ends)

    def rows_read(self, name: str, *unit: int) -> tuple[tuple[int, ...], ...]:
        """Input positions that one unit really reads, along each spatial axis: its box may have holes (gridding).

        The first call traces the model once more, with a bit for each input row.
        """
        if not self.bits:
            self.bits.update(self.again())
        self.entry(name)
        axes = len(extent(self.input))
        entry = as_map(self.bits[name]) if unit else self.bits[name]
        picked = [_pick(v, entry, unit, None) for v in entry.span.arrays[axes:]]
        return tuple(tuple(np.nonzero(v.reshape(len(v), -1).min(1))[0].tolist()) for v in picked)


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
