"""Layers made of layers."""

from __future__ import annotations

from dataclasses import dataclass

from convnotes.layers.base import Layer
from convnotes.layers.elementwise import Identity


class Combinator(Layer):
    """A layer made of layers, each with a name: its keyword, or its position as in PyTorch."""

    @property
    def children(self) -> tuple[tuple[str, Layer], ...]:
        """The parts with their names, in order."""
        raise NotImplementedError


@dataclass(frozen=True)
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

    >>> from convnotes.layers import Conv2d, MaxPool2d, ReLU
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

    >>> from convnotes.layers import Conv2d
    >>> Parallel(Conv2d(8, 4, 1), Conv2d(8, 4, 3, padding=1)).names
    ('0', '1')
    """


@dataclass(frozen=True, repr=False)
class Residual(Combinator):
    """body(x) + shortcut(x).

    >>> from convnotes.layers import Conv2d
    >>> Residual(Conv2d(8, 8, 3, padding=1))
    Residual(body=Conv2d(in_channels=8, out_channels=8, kernel_size=3, padding=1))
    """

    body: Layer
    shortcut: Layer = Identity()  # noqa: RUF009  # a frozen value

    def __post_init__(self) -> None:
        for name, layer in self.children:
            check_layer(f"Residual {name}", layer)

    @property
    def children(self) -> tuple[tuple[str, Layer], ...]:
        return ("body", self.body), ("shortcut", self.shortcut)


@dataclass(frozen=True, repr=False)
class Gate(Combinator):
    """x · body(x): the body weighs its own input, one weight for each number or, from a (C, 1, 1) body, each channel.

    Squeeze-and-excitation is a gate whose body starts with global pooling.

    >>> from convnotes.layers import AdaptiveAvgPool2d, Conv2d, Sigmoid
    >>> Gate(Sequential(AdaptiveAvgPool2d(1), Conv2d(8, 8, 1), Sigmoid())).names
    ('body', 'input')
    """

    body: Layer

    def __post_init__(self) -> None:
        check_layer("Gate body", self.body)

    @property
    def names(self) -> tuple[str, str]:
        """Names of the two factors."""
        return "body", "input"

    @property
    def children(self) -> tuple[tuple[str, Layer], ...]:
        return ("body", self.body), ("input", Identity())


def check_layer(where: str, value: object) -> None:
    """Raise unless `value` is a layer of this module, saying `where` it stood."""
    if not isinstance(value, Layer):
        raise TypeError(
            f"{where} must be a convnotes layer, got {value!r} ({type(value).__name__}); see convnotes.layers"
        )
