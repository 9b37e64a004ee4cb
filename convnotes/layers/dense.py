"""Layers on vectors."""

from __future__ import annotations

from dataclasses import dataclass

from convnotes.layers.base import Layer


@dataclass(frozen=True, repr=False)
class Linear(Layer):
    """Dense layer on a vector; its weight has shape (out_features, in_features).

    >>> Linear(25088, 4096)
    Linear(in_features=25088, out_features=4096)
    """

    in_features: int
    out_features: int
    bias: bool = True

    def __post_init__(self) -> None:
        self._count("in_features", "out_features")
        self._flag("bias")


@dataclass(frozen=True, repr=False)
class Flatten(Layer):
    """(C, H, W) to a vector of C·H·W."""


@dataclass(frozen=True, repr=False)
class RadialBasis(Layer):
    """Squared distances of a vector to `out_features` fixed codes; nothing learned. LeNet-5 ends so [lecun1998]."""

    in_features: int
    out_features: int

    def __post_init__(self) -> None:
        self._count("in_features", "out_features")
