"""Outputs whose positions stand in one dimension, row by row, as the patches of a transformer: a map all the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from convnotes.tracing.recorder import Entry
from convnotes.tracing.spans import LOW, Array, closed


def as_map(entry: Entry) -> Entry:
    """The entry with the dimension of its positions split into rows and columns, where the arrays show such an order.

    Along one axis of the input a row of positions must be constant, along the other a column; with any other number of
    axes, and where an entry has a layout, it is left as it is.
    """
    span = entry.span
    arrays = span.arrays[: len(span.shift)]
    varying = {d for v in arrays for d in range(v.ndim - 1) if v.shape[d + 1] > 1}
    if span.layout is not None or len(arrays) != 2 or len(varying) != 1:
        return entry
    (d,) = varying
    columns = _columns(*arrays)
    if columns is None:
        return entry
    rows = entry.shape[d] // columns
    shape = (*entry.shape[:d], rows, columns, *entry.shape[d + 1 :])
    parts = tuple(closed(split(v, d, rows, columns)) for v in span.arrays)
    return replace(entry, shape=shape, span=replace(span, arrays=parts, layout=(d, d + 1)))


def _columns(by_row: Array, by_column: Array) -> int | None:
    """How many positions stand in a row: along it one array is constant; the other is the same in every row."""
    first, second = (v.reshape(len(v), -1) for v in (by_row, by_column))
    m = max(first.shape[1], second.shape[1])
    if first.shape[1] != m or second.shape[1] != m:
        return None
    steps = np.nonzero((first[:, 1:] != first[:, :-1]).any(0))[0]
    columns = int(steps[0]) + 1 if len(steps) else m
    rows, left = divmod(m, columns)
    if left or columns == 1 or rows == 1:
        return None
    blocks = first.reshape(-1, rows, columns), second.reshape(-1, rows, columns)
    same = (blocks[0] == blocks[0][..., :1]).all() and (blocks[1] == blocks[1][:, :1]).all()
    return columns if same and (np.diff(blocks[0][LOW, :, 0]) >= 0).all() else None


def split(v: Array, d: int, rows: int, columns: int) -> Array:
    """An array with dimension `d` of its tensor as two, of which it may vary in none."""
    two = (rows, columns) if v.shape[d + 1] > 1 else (1, 1)
    return v.reshape(*v.shape[: d + 1], *two, *v.shape[d + 2 :])
