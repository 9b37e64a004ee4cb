"""Shapes through a network: (C, H, W) for feature maps, (features,) once flattened. No batch axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from convnotes.conv import integer, transposed_output_size
from convnotes.layers import (
    AdaptivePool2d,
    AvgPool2d,
    BatchNorm2d,
    Combinator,
    Conv2d,
    ConvTranspose2d,
    Elementwise,
    Flatten,
    Gate,
    LayerNorm2d,
    LayerScale,
    Linear,
    LocalResponseNorm,
    MaxPool2d,
    RadialBasis,
    Residual,
    Subsampling2d,
    TableConv2d,
    UnitBias,
)
from convnotes.layers.base import Layer, Windowed, pair
from convnotes.tree import thread

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Row:
    """One layer of a network: its dotted name, the layer, and the shapes before and after it."""

    name: str
    layer: Layer
    input: Shape
    output: Shape


def output_shape(layer: Layer, input_shape: Sequence[int]) -> Shape:
    """Shape after `layer`, given the shape before it.

    The stem of ImageNet networks:

    >>> stem = Conv2d(3, 64, kernel_size=7, stride=2, padding=3)
    >>> output_shape(stem, (3, 224, 224))
    (64, 112, 112)

    A wide image stays wide:

    >>> output_shape(stem, (3, 224, 320))
    (64, 112, 160)
    >>> output_shape(stem, (1, 28, 28))
    Traceback (most recent call last):
    ValueError: Conv2d: expects 3 channels (in_channels), got shape (1, 28, 28)
    """
    return thread(layer, check_shape(input_shape), step, join)


def layer_shapes(layer: Layer, input_shape: Sequence[int]) -> list[Row]:
    """A `Row` for each layer of the network, in order, branches one after the other.

    >>> from convnotes.layers import Sequential
    >>> for row in layer_shapes(Sequential(conv=Conv2d(1, 6, 5), pool=MaxPool2d(2)), (1, 32, 32)):
    ...     print(row.name, row.output)
    conv (6, 28, 28)
    pool (6, 14, 14)
    """
    rows: list[Row] = []
    thread(layer, check_shape(input_shape), step, join, lambda *row: rows.append(Row(*row)))
    return rows


def check_shape(shape: Sequence[int]) -> Shape:
    """`shape` as a tuple of positive ints: (C, H, W) or (features,).

    >>> check_shape((64, 56))
    Traceback (most recent call last):
    ValueError: a shape is (C, H, W) or (features,), got (64, 56)
    """
    if not isinstance(shape, Sequence) or isinstance(shape, str):
        raise TypeError(f"a shape is (C, H, W) or (features,), got {shape!r}")
    if len(shape) not in (1, 3):
        raise ValueError(f"a shape is (C, H, W) or (features,), got {tuple(shape)!r}")
    return tuple(integer("each size of a shape", size) for size in shape)


def step(layer: Layer, shape: Shape) -> Shape:
    """Shape after one layer that is no combinator."""
    match layer:
        case Elementwise():
            return shape
        case Linear(in_features=features) | RadialBasis(in_features=features):
            if shape != (features,):
                hint = "; put Flatten() before it" if len(shape) == 3 else ""
                raise ValueError(f"expects ({features},) (in_features), got shape {shape}{hint}")
            return (layer.out_features,)
        case Flatten():
            return (prod(shape),)
    channels, *sizes = _feature_map(shape)
    match layer:
        case Conv2d() | TableConv2d():
            _channels(channels, layer.in_channels, "in_channels", shape)
            return (layer.out_channels, *_slide(layer, sizes))
        case ConvTranspose2d():
            _channels(channels, layer.in_channels, "in_channels", shape)
            return (layer.out_channels, *_spread(layer, sizes))
        case MaxPool2d() | AvgPool2d():
            return (channels, *_slide(layer, sizes))
        case AdaptivePool2d():
            return (channels, *(old if new is None else new for old, new in zip(sizes, layer.sizes, strict=True)))
        case Subsampling2d():
            _channels(channels, layer.channels, "channels", shape)
            return (channels, *_slide(layer, sizes))
        case BatchNorm2d() | LayerNorm2d() | LayerScale():
            _channels(channels, layer.num_features, "num_features", shape)
            return shape
        case LocalResponseNorm():
            return shape
        case UnitBias():
            if shape != layer.shape:
                raise ValueError(f"has one bias for each unit of {layer.shape}, got shape {shape}")
            return shape
    raise TypeError(f"no shape rule for {type(layer).__name__}; add a case to convnotes.shapes.step")


def join(layer: Combinator, shapes: list[Shape]) -> Shape:
    """Shape after a `Residual` (branches must agree), a `Parallel` (channels add up) or a `Gate` (its input's)."""
    if isinstance(layer, Gate):
        weights, gated = shapes
        if weights not in (gated, (gated[0], 1, 1)):
            raise ValueError(f"body gives {weights}; it must give {gated} or {(gated[0], 1, 1)} to weigh its input")
        return gated
    if isinstance(layer, Residual):
        if shapes[0] != shapes[1]:
            raise ValueError(f"body gives {shapes[0]} and shortcut {shapes[1]}; only equal shapes can be added")
        return shapes[0]
    if any(len(shape) != 3 for shape in shapes) or len({shape[1:] for shape in shapes}) > 1:
        raise ValueError(f"branches give {', '.join(map(str, shapes))}; heights and widths must agree")
    return (sum(shape[0] for shape in shapes), *shapes[0][1:])


def _feature_map(shape: Shape) -> Shape:
    if len(shape) != 3:
        raise ValueError(f"expects a feature map (C, H, W), got shape {shape}")
    return shape


def _channels(got: int, expected: int, argument: str, shape: Shape) -> None:
    if got != expected:
        raise ValueError(f"expects {expected} channels ({argument}), got shape {shape}")


def _slide(layer: Windowed, sizes: list[int]) -> list[int]:
    return [window.output_size(size) for window, size in zip(layer.windows, sizes, strict=True)]


def _spread(layer: ConvTranspose2d, sizes: list[int]) -> list[int]:
    extras = pair("output_padding", layer.output_padding, 0)
    return [
        transposed_output_size(size, w.kernel_size, w.stride, w.padding, extra, w.dilation)
        for size, w, extra in zip(sizes, layer.windows, extras, strict=True)
    ]
