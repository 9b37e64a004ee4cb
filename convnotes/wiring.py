"""How a network is wired: its depth, and what the early papers counted, units and connections."""

from collections.abc import Sequence
from math import prod

from convnotes.cost import layer_macs
from convnotes.layers import (
    Combinator,
    Conv2d,
    Elementwise,
    Flatten,
    Gate,
    Layer,
    Linear,
    RadialBasis,
    Subsampling2d,
    TableConv2d,
    UnitBias,
)
from convnotes.shapes import Row, layer_shapes
from convnotes.tree import thread

WEIGHTED = (Conv2d, TableConv2d, Linear, RadialBasis)


def depth(layer: Layer) -> int:
    """Convolutions and dense layers on the longest path through a network, gates left out: the depth in its name.

    >>> from convnotes.layers import Residual, Sequential
    >>> depth(Sequential(Conv2d(8, 8, 1), Residual(Sequential(Conv2d(8, 8, 3), Conv2d(8, 8, 3)), Conv2d(8, 8, 1))))
    3
    """

    def longest(combinator: Combinator, ends: list[int]) -> int:
        return ends[1] if isinstance(combinator, Gate) else max(ends)

    return thread(layer, 0, lambda leaf, before: before + isinstance(leaf, WEIGHTED), longest)


def units(layer: Layer, input_shape: Sequence[int]) -> int:
    """Numbers that convolutions and dense layers give: the "neurons" of the papers. The input is not counted.

    >>> units(Conv2d(1, 6, 5), (1, 32, 32))
    4704
    """
    return sum(prod(row.output) for row in layer_shapes(layer, input_shape) if isinstance(row.layer, WEIGHTED))


def connections(layer: Layer, input_shape: Sequence[int]) -> int:
    """Inputs that units read through a weight, and biases that they add, each use counted [lecun1998].

    LeNet-5's first layer: 4,704 units read 25 pixels and a bias each.

    >>> connections(Conv2d(1, 6, 5), (1, 32, 32))
    122304

    Subsampling counts the inputs it adds, though one weight serves them all:

    >>> connections(Subsampling2d(6, 2), (6, 28, 28))
    5880
    >>> from convnotes.layers import BatchNorm2d
    >>> connections(BatchNorm2d(6), (6, 28, 28))
    Traceback (most recent call last):
    TypeError: no connection count for BatchNorm2d: the count comes from networks that had none
    """
    return sum(map(_connections, layer_shapes(layer, input_shape)))


def _connections(row: Row) -> int:
    match row.layer:
        case Conv2d() | TableConv2d() | Linear():
            return layer_macs(row.layer, row.input, row.output) + row.layer.bias * prod(row.output)
        case RadialBasis():
            return layer_macs(row.layer, row.input, row.output)
        case Subsampling2d():
            return prod(row.output) * (prod(window.kernel_size for window in row.layer.windows) + 1)
        case UnitBias():
            return prod(row.output)
        case Elementwise() | Flatten():
            return 0
    raise TypeError(f"no connection count for {type(row.layer).__name__}: the count comes from networks that had none")
