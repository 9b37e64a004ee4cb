"""What training keeps of each image for the way back, by the layer that is the first to keep it.

Conventions: numbers of 4 bytes, one image, and layers as PyTorch runs them on the CPU in training mode. A map that
several layers need counts once. Parameters, their gradients and what an optimiser remembers come on top. All of it
grows with the number of images in a batch, but for two numbers per channel of a batch norm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import prod

from convnotes.cost import parameters
from convnotes.layers import (
    GELU,
    AdaptiveAvgPool2d,
    AdaptivePool2d,
    AvgPool2d,
    BatchNorm2d,
    Combinator,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Flatten,
    Gate,
    Identity,
    Layer,
    LayerNorm2d,
    LayerScale,
    Linear,
    LocalResponseNorm,
    MaxPool2d,
    RadialBasis,
    ReLU,
    Sigmoid,
    SiLU,
    Subsampling2d,
    TableConv2d,
    Tanh,
    UnitBias,
)
from convnotes.shapes import Shape, check_shape, join, step
from convnotes.tree import thread

NUMBER, INDEX = 4, 8
"""Bytes of a number, and of a place."""


@dataclass(frozen=True)
class _Map:
    """A map in memory. key: the same for maps that share it. learns: whether a gradient has to come back to it."""

    shape: Shape
    learns: bool
    key: object = field(default_factory=object)

    @property
    def bytes(self) -> int:
        return NUMBER * prod(self.shape)


def kept(layer: Layer, input_shape: Sequence[int]) -> dict[str, int]:
    """Bytes kept of one image by each layer, by its dotted name; a map counts at the first layer that keeps it.

    The network whose bytes are counted by hand in the chapter on the way back:

    >>> from convnotes.layers import Sequential
    >>> net = Sequential(Conv2d(1, 8, 3, padding=1), ReLU(), MaxPool2d(2), Flatten(), Linear(1568, 10))
    >>> kept(net, (1, 28, 28))
    {'0': 3136, '1': 25088, '2': 12544, '3': 0, '4': 6272}

    Layers without weights that read the image alone keep nothing, for nothing in front of them learns:

    >>> kept(Sequential(MaxPool2d(2), Conv2d(1, 8, 3)), (1, 28, 28))
    {'0': 0, '1': 784}
    >>> kept(Linear(10, 5), (3, 2, 2))
    Traceback (most recent call last):
    ValueError: Linear: expects (10,) (in_features), got shape (3, 2, 2); put Flatten() before it
    """
    found: dict[str, int] = {}
    seen: set[object] = set()
    latest = ""

    def held(*maps: _Map) -> int:
        new = {one.key: one.bytes for one in maps if one.key not in seen}
        seen.update(new)
        return sum(new.values())

    def visit(name: str, leaf: Layer, before: _Map, after: _Map) -> None:
        nonlocal latest
        if not isinstance(leaf, Identity):
            latest = name
        found[name] = 0
        if after.learns:
            found[name] = held(*_maps(leaf, before, after)) + _beside(leaf, before, after.shape)

    def joined(combinator: Combinator, ends: list[_Map]) -> _Map:
        if isinstance(combinator, Gate):  # each factor is needed for the gradient of the other
            weights, gated = ends
            found[latest] += held(*[m for m, other in ((weights, gated), (gated, weights)) if other.learns])
        return _Map(join(combinator, [end.shape for end in ends]), any(end.learns for end in ends))

    thread(layer, _Map(check_shape(input_shape), False), _after, joined, visit)
    return found


def _after(leaf: Layer, before: _Map) -> _Map:
    shape = step(leaf, before.shape)
    if isinstance(leaf, Identity | Flatten) or (isinstance(leaf, Dropout) and not leaf.p):
        return _Map(shape, before.learns, before.key)
    return _Map(shape, before.learns or parameters(leaf) > 0)


def _maps(leaf: Layer, before: _Map, after: _Map) -> Iterator[_Map]:
    """Of the maps that a layer reads and writes, those that its way back needs."""
    match leaf:
        case Conv2d() | ConvTranspose2d() | Linear() | BatchNorm2d() | LayerNorm2d() | LayerScale():
            yield before
        case MaxPool2d() | AvgPool2d() | LocalResponseNorm() | SiLU() | GELU():
            yield before
        case ReLU() | Sigmoid() | Tanh():
            yield after
        case AdaptivePool2d():
            if not (isinstance(leaf, AdaptiveAvgPool2d) and leaf.sizes == (1, 1)):  # which is a mean
                yield before
        case Subsampling2d():
            if before.learns:
                yield before
        case TableConv2d() | RadialBasis() | UnitBias() | Dropout() | Identity() | Flatten():
            pass
        case _:
            raise TypeError(f"no rule for what {type(leaf).__name__} keeps; add a case to convnotes.kept")


def _beside(leaf: Layer, given: _Map, after: Shape) -> int:
    """Bytes of what a layer makes for its way back alone."""
    before = given.shape
    match leaf:
        case MaxPool2d():
            return INDEX * prod(after)  # the winners' places
        case AdaptivePool2d() if not isinstance(leaf, AdaptiveAvgPool2d):
            return INDEX * prod(after)
        case BatchNorm2d():
            return 2 * NUMBER * before[0]  # mean and deviation of each channel
        case LayerNorm2d():
            return 2 * NUMBER * prod(before[1:])  # of each pixel
        case Dropout(p=p):
            return NUMBER * (prod(before) if 0 < p < 1 else p == 1)  # a factor of each number
        case Subsampling2d():
            return NUMBER * prod(after)  # the sums, before they are scaled
        case TableConv2d():
            # the maps that each output map reads, copied, and which they are
            return leaf.connections * (NUMBER * prod(before[1:]) + INDEX * given.learns)
        case RadialBasis():
            return NUMBER * leaf.in_features * leaf.out_features  # differences
        case LocalResponseNorm():
            channels, height, width = before
            padded = channels + leaf.size - 1
            return NUMBER * height * width * (padded + 2 * channels)  # squares, what is raised to a power, and that
    return 0
