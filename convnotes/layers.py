"""Layers as plain data: what a network is made of, with no weights and no framework.

Names, argument order and defaults are PyTorch's, so `Conv2d(3, 64, 7, stride=2, padding=3)` reads the same here. Sizes
take an int or a pair `(height, width)`; a pair of equals is kept as one int. A network is a tree: `Sequential`
composes, `Residual` adds, `Parallel` concatenates channels. Layers are values: equal arguments make equal layers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from convnotes import conv
from convnotes.window import Channelled, IntOrPair, Layer, Pool


@dataclass(frozen=True, repr=False)
class Conv2d(Channelled):
    """Convolution; its weight has shape (out_channels, in_channels / groups, kernel height, kernel width).

    `groups=in_channels` makes it depthwise. `padding='same'` keeps the size at stride 1.

    >>> Conv2d(3, 64, 7, stride=2, padding=3)
    Conv2d(in_channels=3, out_channels=64, kernel_size=7, stride=2, padding=3)
    >>> Conv2d(8, 8, (1, 7), padding=(0, 3)) == Conv2d(8, 8, (1, 7), 1, (0, 3))
    True
    >>> Conv2d(10, 20, 3, groups=3)
    Traceback (most recent call last):
    ValueError: in_channels=10 is not divisible by groups=3
    """

    in_channels: int
    out_channels: int
    kernel_size: IntOrPair
    stride: IntOrPair = 1
    padding: IntOrPair | Literal["same", "valid"] = 0
    dilation: IntOrPair = 1
    groups: int = 1
    bias: bool = True


@dataclass(frozen=True, repr=False)
class ConvTranspose2d(Channelled):
    """Transposed convolution; its weight has shape (in_channels, out_channels / groups, kernel height, kernel width).

    >>> ConvTranspose2d(64, 32, 2, stride=2)
    ConvTranspose2d(in_channels=64, out_channels=32, kernel_size=2, stride=2)
    >>> ConvTranspose2d(64, 32, 2, padding="same")
    Traceback (most recent call last):
    ValueError: padding of a transposed convolution must be an integer or a pair, got 'same'
    """

    in_channels: int
    out_channels: int
    kernel_size: IntOrPair
    stride: IntOrPair = 1
    padding: IntOrPair = 0
    output_padding: IntOrPair = 0
    groups: int = 1
    bias: bool = True
    dilation: IntOrPair = 1

    def __post_init__(self) -> None:
        if isinstance(self.padding, str):
            raise ValueError(f"padding of a transposed convolution must be an integer or a pair, got {self.padding!r}")
        super().__post_init__()
        self._keep("output_padding", 0)


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
class BatchNorm2d(Layer):
    """Normalisation by running statistics, then a learned scale and shift per channel (`affine`)."""

    num_features: int
    affine: bool = True
    track_running_stats: bool = True

    def __post_init__(self) -> None:
        self._count("num_features")
        self._flag("affine", "track_running_stats")


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
        if not 0 <= self.p <= 1:
            raise ValueError(f"p must be a probability, from 0 to 1, got {self.p}")


class Combinator(Layer):
    """A layer made of layers, each with a name: its keyword, or its position as in PyTorch."""

    @property
    def children(self) -> tuple[tuple[str, Layer], ...]:
        """The parts with their names, in order."""
        raise NotImplementedError


@dataclass(frozen=True, init=False, repr=False)
class _Parts(Combinator):
    layers: tuple[Layer, ...]
    names: tuple[str, ...]

    def __init__(self, *layers: Layer, **named: Layer) -> None:
        object.__setattr__(self, "layers", (*layers, *named.values()))
        object.__setattr__(self, "names", (*map(str, range(len(layers))), *named))
        if not self.layers:
            raise ValueError(f"{type(self).__name__} needs at least one layer, got none; Identity() does nothing")
        for name in named:
            if not name.isidentifier():  # a digit would hide a position, a dot the levels of a name
                raise ValueError(f"{type(self).__name__} part {name!r} must be named as a Python variable could be")
        for name, layer in self.children:
            check_layer(f"{type(self).__name__} part {name!r}", layer)

    @property
    def children(self) -> tuple[tuple[str, Layer], ...]:
        return tuple(zip(self.names, self.layers, strict=True))

    def __repr__(self) -> str:
        shown = [repr(part) if name.isdigit() else f"{name}={part!r}" for name, part in self.children]
        return f"{type(self).__name__}({', '.join(shown)})"


class Sequential(_Parts):
    """One layer after another. Keywords name the parts.

    >>> Sequential(conv=Conv2d(1, 6, 5), pool=MaxPool2d(2)).children[1]
    ('pool', MaxPool2d(kernel_size=2))
    >>> Sequential(*[ReLU()] * 2)
    Sequential(ReLU(), ReLU())
    >>> Sequential()
    Traceback (most recent call last):
    ValueError: Sequential needs at least one layer, got none; Identity() does nothing
    >>> Sequential("relu")
    Traceback (most recent call last):
    TypeError: Sequential part '0' must be a convnotes layer, got 'relu' (str); see convnotes.layers
    """


class Parallel(_Parts):
    """Branches over one input; their outputs are concatenated along the channels.

    >>> Parallel(Conv2d(8, 4, 1), Conv2d(8, 4, 3, padding=1)).names
    ('0', '1')
    """


@dataclass(frozen=True, repr=False)
class Residual(Combinator):
    """body(x) + shortcut(x).

    >>> Residual(Conv2d(8, 8, 3, padding=1))
    Residual(body=Conv2d(in_channels=8, out_channels=8, kernel_size=3, padding=1))
    """

    body: Layer
    shortcut: Layer = Identity()

    def __post_init__(self) -> None:
        for name, layer in self.children:
            check_layer(f"Residual {name}", layer)

    @property
    def children(self) -> tuple[tuple[str, Layer], ...]:
        return ("body", self.body), ("shortcut", self.shortcut)


def check_layer(where: str, value: object) -> None:
    """Raise unless `value` is a layer of this module, saying `where` it stood."""
    if not isinstance(value, Layer):
        raise TypeError(
            f"{where} must be a convnotes layer, got {value!r} ({type(value).__name__}); see convnotes.layers"
        )
