"""What a network costs: parameters, multiply–accumulates (MACs), activations.

Conventions, the same on every page. A MAC is one multiplication with its addition; FLOPs = 2 · MACs. Counted are the
multiplications of convolutions and dense layers, those inside a gate's branch too, taps that fall on padding included,
biases excluded, and the squares in LeNet-5's output layer; normalisation, pooling, the product with a gate and
activation functions count none. A layer that is in a network twice is counted twice.
"""

from collections.abc import Sequence
from math import prod

from convnotes.conv import flag
from convnotes.layers import (
    AdaptivePool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Elementwise,
    Flatten,
    LayerNorm2d,
    LayerScale,
    Linear,
    LocalResponseNorm,
    MaxPool2d,
    Norm,
    RadialBasis,
    Subsampling2d,
    TableConv2d,
    UnitBias,
)
from convnotes.layers.base import Layer, pair
from convnotes.shapes import Shape, layer_shapes
from convnotes.tree import leaves


def parameters(layer: Layer, *, bias: bool = True) -> int:
    """Learned numbers of a layer or network; with `bias=False`, without the additive ones (a batch norm's shift too).

    >>> parameters(Conv2d(3, 64, kernel_size=7)), parameters(Conv2d(3, 64, kernel_size=7), bias=False)
    (9472, 9408)

    Grouping divides the weights; depthwise leaves one kernel a channel:

    >>> parameters(Conv2d(256, 256, 3, groups=256, bias=False))
    2304
    >>> parameters("vgg16")
    Traceback (most recent call last):
    TypeError: network must be a convnotes layer, got 'vgg16' (str); see convnotes.layers
    """
    flag("bias", bias)
    return sum(weights(leaf) + (biases(leaf) if bias else 0) for leaf in leaves(layer))


def buffers(layer: Layer) -> int:
    """Numbers that are stored but not learned: running mean, running variance and the batch counter of batch norms.

    >>> buffers(BatchNorm2d(64)), parameters(BatchNorm2d(64))
    (129, 128)
    >>> buffers(Conv2d(3, 64, 7))
    0
    """
    norms = [leaf for leaf in leaves(layer) if isinstance(leaf, BatchNorm2d) and leaf.track_running_stats]
    return sum(2 * norm.num_features + 1 for norm in norms)


def macs(layer: Layer, input_shape: Sequence[int]) -> int:
    """Multiply–accumulates of one forward pass on one input of `input_shape`; FLOPs are twice as many.

    >>> macs(Conv2d(3, 64, kernel_size=7, stride=2, padding=3), (3, 224, 224))
    118013952

    A dense layer uses each weight once:

    >>> macs(Linear(4096, 1000), (4096,)) == parameters(Linear(4096, 1000), bias=False)
    True
    >>> macs(Conv2d(3, 64, 7), (3, 4, 4))
    Traceback (most recent call last):
    ValueError: Conv2d: kernel_size=7 with dilation=1 spans 7 cells, but the input has 4 (size 4, padding 0 + 0)
    """
    return sum(layer_macs(row.layer, row.input, row.output) for row in layer_shapes(layer, input_shape))


def activations(layer: Layer, input_shape: Sequence[int]) -> int:
    """Numbers in the maps that convolutions, pooling and dense layers write; the input is not counted.

    Normalisation, activation functions and flattening are taken to work in place, so they write nothing new.

    >>> activations(Conv2d(3, 64, kernel_size=7, stride=2, padding=3), (3, 224, 224))
    802816
    >>> activations(Elementwise(), (3, 224, 224))
    0
    >>> activations(Linear(10, 5), (3, 2, 2))
    Traceback (most recent call last):
    ValueError: Linear: expects (10,) (in_features), got shape (3, 2, 2); put Flatten() before it
    """
    return sum(prod(row.output) for row in layer_shapes(layer, input_shape) if writes(row.layer))


def weights(layer: Layer) -> int:
    """Multiplicative parameters of one layer that is no combinator."""
    match layer:
        case Conv2d():
            return layer.out_channels * (layer.in_channels // layer.groups) * prod(pair("", layer.kernel_size))
        case TableConv2d():
            return layer.connections * prod(pair("", layer.kernel_size))
        case ConvTranspose2d():
            return layer.in_channels * (layer.out_channels // layer.groups) * prod(pair("", layer.kernel_size))
        case Linear():
            return layer.in_features * layer.out_features
        case BatchNorm2d():
            return layer.num_features * layer.affine
        case LayerNorm2d() | LayerScale():
            return layer.num_features
        case Subsampling2d():
            return layer.channels
        case UnitBias() | RadialBasis():
            return 0
    return _nothing(layer, "parameter count", "weights")


def biases(layer: Layer) -> int:
    """Additive parameters of one layer that is no combinator."""
    match layer:
        case Conv2d() | TableConv2d() | ConvTranspose2d():
            return layer.out_channels * layer.bias
        case Linear():
            return layer.out_features * layer.bias
        case BatchNorm2d():
            return layer.num_features * layer.affine
        case LayerNorm2d():
            return layer.num_features
        case Subsampling2d():
            return layer.channels
        case UnitBias():
            return prod(layer.shape)
        case LayerScale() | RadialBasis():
            return 0
    return _nothing(layer, "bias count", "biases")


def layer_macs(layer: Layer, input_shape: Shape, output_shape: Shape) -> int:
    """MACs of one layer that is no combinator, from the shapes before and after it."""
    match layer:
        case Conv2d() | TableConv2d():
            return weights(layer) * prod(output_shape[1:])
        case ConvTranspose2d():
            return weights(layer) * prod(input_shape[1:])
        case Linear():
            return weights(layer)
        case RadialBasis():
            return layer.in_features * layer.out_features
        case Norm() | LayerScale() | Subsampling2d() | UnitBias():
            return 0
    return _nothing(layer, "MAC count", "layer_macs")


def writes(layer: Layer) -> bool:
    """Whether a layer writes a map of its own."""
    match layer:
        case Conv2d() | TableConv2d() | ConvTranspose2d() | Linear() | RadialBasis():
            return True
        case MaxPool2d() | AvgPool2d() | AdaptivePool2d() | Subsampling2d():
            return True
        case Norm() | LayerScale() | UnitBias():
            return False
    return bool(_nothing(layer, "activation count", "writes"))


def _nothing(layer: Layer, what: str, where: str) -> int:
    """0 for the layers that learn nothing and multiply nothing; every other one must have had a case of its own."""
    match layer:
        case MaxPool2d() | AvgPool2d() | AdaptivePool2d() | LocalResponseNorm() | Elementwise() | Flatten():
            return 0
    raise TypeError(f"no {what} for {type(layer).__name__}; add a case to convnotes.cost.{where}")
