"""Layers that treat every number alone."""

from __future__ import annotations

from dataclasses import dataclass

from convnotes import conv
from convnotes.layers.base import Layer


class Elementwise(Layer):
    """A layer that treats every number alone: no parameters, no neighbours, same shape."""


@dataclass(frozen=True, repr=False)
class Identity(Elementwise):
    """The input as it is; the plain shortcut of a residual block."""


@dataclass(frozen=True, repr=False)
class ReLU(Elementwise):
    """max(0, x)."""


@dataclass(frozen=True, repr=False)
class Dropout(Elementwise):
    """Zeroes numbers at random in training with probability `p`; the identity afterwards."""

    p: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= conv.number("p", self.p) <= 1:
            raise ValueError(f"p must be a probability, from 0 to 1, got {self.p}")


@dataclass(frozen=True, repr=False)
class Sigmoid(Elementwise):
    """1 / (1 + exp(−x)); the weight of a gate."""


@dataclass(frozen=True, repr=False)
class Tanh(Elementwise):
    """Hyperbolic tangent, the activation of the early networks."""


@dataclass(frozen=True, repr=False)
class SiLU(Elementwise):
    """x · sigmoid(x), also called swish."""


@dataclass(frozen=True, repr=False)
class GELU(Elementwise):
    """x · Φ(x), with Φ the normal distribution function."""
