"""Layers that rescale or shift maps in place: no neighbours along height and width, the shape unchanged."""

from __future__ import annotations

from dataclasses import dataclass

from convnotes import conv
from convnotes.layers.base import Layer


class Norm(Layer):
    """A layer that rescales numbers by statistics over channels or over images, never over neighbouring pixels."""


@dataclass(frozen=True, repr=False)
class BatchNorm2d(Norm):
    """Normalisation by running statistics, then a learned scale and shift per channel (`affine`)."""

    num_features: int
    affine: bool = True
    track_running_stats: bool = True

    def __post_init__(self) -> None:
        self._count("num_features")
        self._flag("affine", "track_running_stats")


@dataclass(frozen=True, repr=False)
class LayerNorm2d(Norm):
    """Normalisation over the channels of each pixel, then a learned scale and shift per channel.

    `torch.nn.LayerNorm(num_features)` with the channels moved last, as ConvNeXt uses it [liu2022].
    """

    num_features: int

    def __post_init__(self) -> None:
        self._count("num_features")


@dataclass(frozen=True, repr=False)
class LocalResponseNorm(Norm):
    """Division by the activity of the `size` neighbouring channels at the same pixel [krizhevsky2012]; nothing learned.

    Arguments are PyTorch's, where `alpha` is divided by `size`: the paper's 10⁻⁴ at n = 5 is 5·10⁻⁴ here.

    >>> LocalResponseNorm(5, alpha=5e-4, k=2)
    LocalResponseNorm(size=5, alpha=0.0005, k=2)
    """

    size: int
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 1.0

    def __post_init__(self) -> None:
        self._count("size")
        for name in ("alpha", "beta", "k"):
            conv.number(name, getattr(self, name))


@dataclass(frozen=True, repr=False)
class LayerScale(Layer):
    """One learned factor per channel."""

    num_features: int

    def __post_init__(self) -> None:
        self._count("num_features")


@dataclass(frozen=True, repr=False)
class UnitBias(Layer):
    """One learned bias for each unit of a (channels, height, width) map, not shared between places [lecun1989]."""

    channels: int
    height: int
    width: int

    def __post_init__(self) -> None:
        self._count("channels", "height", "width")

    @property
    def shape(self) -> tuple[int, int, int]:
        """The one shape that it fits."""
        return self.channels, self.height, self.width
