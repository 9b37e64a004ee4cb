"""Size, stride, start and phases of a row, read off its interior units and never off a cut one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from convnotes.tracing.spans import BORDER, EMPTY, GLOBAL, HIGH, LOW, NARROW, WIDE, Array, Span, mix, width

Ints = npt.NDArray[np.int64]

MOST_PHASES = 64


@dataclass(frozen=True, slots=True)
class Profile:
    """Hulls along one input axis of a row's units, one per position. inner: whether no border cut them."""

    low: Ints
    high: Ints
    inner: npt.NDArray[np.bool_]
    reads_all: bool
    narrow: int | None
    wide: int | None


@dataclass(frozen=True, slots=True)
class Fit:
    """Receptive field along one input axis.

    sizes: of interior units, each once. stride: input rows from one unit to the next, a fraction in decoders. starts:
    first row of unit 0 for each phase, as if the input had no border; one phase where the stride is whole. paths: sizes
    along the narrowest and the widest path. Empty and None where too few units are interior to tell; not sure where the
    units seen need not be of every kind. why: half a sentence, where there is no size.
    """

    sizes: tuple[int, ...] = ()
    stride: Fraction | None = None
    starts: tuple[Fraction, ...] = ()
    paths: tuple[int, int] | None = None
    sure: bool = True
    why: str = ""

    @property
    def size(self) -> int | None:
        """The size of every unit clear of the border, or None where they differ or too few are seen to tell."""
        return self.sizes[0] if len(self.sizes) == 1 and self.sure else None

    @property
    def start(self) -> int | None:
        """First row of unit 0, or None where units differ by phase."""
        return int(self.starts[0]) if len(self.starts) == 1 else None


def profile(span: Span, q: int, units: int | None) -> Profile:
    """Hulls along input axis q, for each position of the dimension that runs along it."""
    v: Array = span.arrays[q]
    reads_all = bool((v[BORDER] == GLOBAL).any())
    flat: Array
    if span.layout is None or units is None:
        flat = v.reshape(len(v), -1)
    else:
        for d in set(range(v.ndim - 1)) - set(span.layout):
            v = mix(v, d + 1)  # a position is interior where all its channels are
        flat = np.moveaxis(v, span.layout[q] + 1, 1).reshape(len(v), v.shape[span.layout[q] + 1], -1)
        flat = _over_rest(flat)
        flat = np.broadcast_to(flat, (len(v), units)) if flat.shape[1] == 1 else flat
    low, high = flat[LOW].astype(np.int64), -flat[HIGH].astype(np.int64)
    inner = (flat[BORDER] == 0) & (low < EMPTY)
    if not inner.any():
        return Profile(low, high, inner, reads_all, None, None)
    narrow, wide = width(flat[NARROW])[inner], width(flat[WIDE])[inner]
    return Profile(low, high, inner, reads_all, int(narrow.min()), int(wide.max()))


def _over_rest(v: Array) -> Array:
    """Union over the other axes of the map, of the elements that no border cut where there are any."""
    if v.shape[-1] == 1:
        return v[..., 0]
    cut = v[BORDER] != 0
    some = ~cut.all(-1, keepdims=True)
    out: Array = np.where((cut & some)[None], EMPTY, v).min(-1)
    narrow = np.where(cut & some, EMPTY, width(v[NARROW]))
    at = np.where(narrow > 0, narrow, EMPTY).argmin(-1)[..., None]
    out[NARROW] = np.take_along_axis(v[NARROW], at[None], -1)[..., 0]
    at = np.where(cut & some, -EMPTY, width(v[WIDE])).argmax(-1)[..., None]
    out[WIDE] = np.take_along_axis(v[WIDE], at[None], -1)[..., 0]
    out[BORDER] = np.where(some[..., 0], 0, v[BORDER].min(-1))
    return out


def fit(p: Profile, ordered: bool) -> Fit:
    """The fit of a profile; `ordered` when positions follow the input axis: then stride and start mean something."""
    if p.reads_all:
        return Fit(why="its units read along a whole axis, or up to where they are")
    if not p.inner.any():
        return Fit(why="too few units are clear of the border to read a size")
    assert p.narrow is not None and p.wide is not None
    sizes = tuple(np.unique((p.high - p.low + 1)[p.inner]).tolist())
    paths = (p.narrow, p.wide)
    if not ordered:
        return Fit(sizes, paths=paths)
    at = np.nonzero(p.inner)[0]
    if len(at) < 3 or at[-1] - at[0] + 1 != len(at):
        return Fit(sizes, paths=paths, sure=False)
    low, high = p.low[at], p.high[at]
    for period in range(1, min(MOST_PHASES, (len(at) - 1) // 2) + 1):
        steps = low[period:] - low[:-period]
        if steps[0] > 0 and (steps == steps[0]).all() and (high[period:] - high[:-period] == steps[0]).all():
            return _phased(low, sizes, int(at[0]), period, int(steps[0]), paths)
    return Fit(sizes, paths=paths, sure=False)


def _phased(low: Ints, sizes: tuple[int, ...], first: int, period: int, step: int, paths: tuple[int, int]) -> Fit:
    stride = Fraction(step, period)
    phases = sorted(range(period), key=lambda k: (first + k) % period)
    starts = tuple(int(low[k]) - stride * (first + k) for k in phases)
    return Fit(sizes, stride, starts, paths)


def agrees(large: Profile, fitted: Fit, small: Profile, grown: int) -> bool:
    """Whether what was read off a larger input holds for this one, unit by unit.

    The units of the smaller map must start where the first of the larger do, end where the last do, and be as many
    fewer as the stride says.
    """
    m = len(small.low)
    if fitted.stride is None or (len(large.low) - m) * fitted.stride != grown or m > len(large.low):
        return False
    return bool((large.low[:m] == small.low).all() and (large.high[-m:] - grown == small.high).all())
