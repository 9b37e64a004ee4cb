"""The mean of repeated measurements and how well they fix it."""

from collections.abc import Sequence
from statistics import fmean, stdev
from typing import NamedTuple


class Interval(NamedTuple):
    """A mean and its 95 % confidence interval."""

    mean: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half the width: the number behind ±."""
        return (self.high - self.low) / 2

    def __format__(self, spec: str) -> str:
        """Mean ± half width, each by `spec`.

        >>> f"{interval([1.0, 2.0, 3.0]):.1f}"
        '2.0 ± 2.5'
        """
        return f"{self.mean:{spec}} ± {self.half:{spec}}"


def interval(values: Sequence[float]) -> Interval:
    """The mean of `values` with Student's 95 % interval, which takes the runs for independent and about normal.

    >>> interval([1.0, 2.0, 3.0])
    Interval(mean=2.0, low=-0.4841, high=4.4841)
    >>> interval([2.0, 2.0])
    Interval(mean=2.0, low=2.0, high=2.0)
    >>> interval([2.0])
    Traceback (most recent call last):
    ValueError: an interval needs at least two runs, got 1
    """
    if len(values) < 2:
        raise ValueError(f"an interval needs at least two runs, got {len(values)}")
    from scipy.stats import t

    mean = fmean(values)
    half = float(t.ppf(0.975, len(values) - 1)) * stdev(values) / len(values) ** 0.5
    return Interval(round(mean, 4), round(mean - half, 4), round(mean + half, 4))
