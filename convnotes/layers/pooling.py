"""Pooling, with fixed windows and with windows chosen to reach a size."""

from __future__ import annotations

from dataclasses import dataclass, field

from convnotes import conv
from convnotes.layers.base import IntOrPair, Layer, Pool


@dataclass(frozen=True, repr=False)
class MaxPool2d(Pool):
    """Maximum over a window; `stride=None` means the kernel size. Padded cells never win (they count as −∞).

    >>> MaxPool2d(2) == MaxPool2d((2, 2))
    True
    >>> MaxPool2d(2, padding=2)
    Traceback (most recent call last):
    ValueError: padding=2 is more than half of kernel_size=2: a window could lie in the padding alone
    """

    kernel_size: IntOrPair
    stride: IntOrPair | None = None
    padding: IntOrPair = 0
    dilation: IntOrPair = 1
    ceil_mode: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, repr=False)
class AvgPool2d(Pool):
    """Mean over a window; `stride=None` means the kernel size.

    >>> AvgPool2d(3, stride=2, padding=1)
    AvgPool2d(kernel_size=3, stride=2, padding=1)
    >>> AvgPool2d(0)
    Traceback (most recent call last):
    ValueError: kernel_size must be at least 1, got 0
    """

    kernel_size: IntOrPair
    stride: IntOrPair | None = None
    padding: IntOrPair = 0
    ceil_mode: bool = False


@dataclass(frozen=True, repr=False)
class AdaptivePool2d(Layer):
    """Pooling that chooses its windows to reach `output_size`, an int or a pair; None keeps an axis as it is."""

    output_size: int | tuple[int | None, int | None]

    def __post_init__(self) -> None:
        height, width = self.sizes
        object.__setattr__(self, "output_size", height if height is not None and height == width else (height, width))

    @property
    def sizes(self) -> tuple[int | None, int | None]:
        """Output height and width; None where the axis keeps its size."""
        if self.output_size is None:
            raise TypeError("output_size must be an integer or a pair, got None; None in a pair keeps an axis")
        given = self.output_size if isinstance(self.output_size, (tuple, list)) else (self.output_size,) * 2
        if len(given) != 2:
            raise ValueError(f"output_size must be an integer or a pair (height, width), got {tuple(given)!r}")
        height, width = (None if size is None else conv.integer("output_size", size) for size in given)
        return height, width


class AdaptiveAvgPool2d(AdaptivePool2d):
    """Mean over windows chosen to reach `output_size`; 1 is global average pooling.

    >>> AdaptiveAvgPool2d(7)
    AdaptiveAvgPool2d(output_size=7)
    >>> AdaptiveAvgPool2d(0)
    Traceback (most recent call last):
    ValueError: output_size must be at least 1, got 0
    """


class AdaptiveMaxPool2d(AdaptivePool2d):
    """Maximum over windows chosen to reach `output_size`; 1 is global max pooling."""


@dataclass(frozen=True, repr=False)
class Subsampling2d(Pool):
    """Sum over a window, times a coefficient, plus a bias, both learned and one of each a map [lecun1998].

    The ancestor of average pooling; `stride=None` means the kernel size.

    >>> Subsampling2d(6, 2)
    Subsampling2d(channels=6, kernel_size=2)
    """

    channels: int
    kernel_size: IntOrPair
    stride: IntOrPair | None = None
    padding: IntOrPair = 0
    ceil_mode = False

    def __post_init__(self) -> None:
        self._count("channels")
        super().__post_init__()
