"""Convolutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from convnotes import conv
from convnotes.layers.base import Channelled, IntOrPair, Windowed


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
class TableConv2d(Windowed):
    """Convolution whose output maps each read only some input maps: `table` lists them, one row for each output map.

    The partial connections of the early networks [lecun1989], [lecun1998]; `groups` is the regular special case.

    >>> TableConv2d(3, ((0, 1), (1, 2)), 5).out_channels
    2
    >>> TableConv2d(3, ((0, 3),), 5)
    Traceback (most recent call last):
    ValueError: table row 0 must list input maps from 0 to 2, each once and in order, got (0, 3)
    """

    in_channels: int
    table: tuple[tuple[int, ...], ...]
    kernel_size: IntOrPair
    stride: IntOrPair = 1
    padding: IntOrPair | Literal["same", "valid"] = 0
    bias: bool = True

    def __post_init__(self) -> None:
        self._count("in_channels")
        self._flag("bias")
        object.__setattr__(self, "table", _rows(self.table, self.in_channels))
        super().__post_init__()

    @property
    def out_channels(self) -> int:
        """Output maps: the rows of the table."""
        return len(self.table)

    @property
    def connections(self) -> int:
        """Pairs of an output map and an input map that it reads; each has a kernel of its own."""
        return sum(map(len, self.table))


def _rows(table: object, in_channels: int) -> tuple[tuple[int, ...], ...]:
    """`table` as tuples of ints of Python, so that equal tables compare equal."""
    if not isinstance(table, (tuple, list)) or not all(isinstance(row, (tuple, list)) for row in table):
        raise TypeError(f"table must list the input maps of each output map, such as ((0, 1), (1, 2)), got {table!r}")
    conv.integer("rows of table", len(table))
    rows = tuple(tuple(conv.integer(f"table row {at}", one, None) for one in row) for at, row in enumerate(table))
    for at, row in enumerate(rows):
        if not row or list(row) != sorted(set(row).intersection(range(in_channels))):
            raise ValueError(
                f"table row {at} must list input maps from 0 to {in_channels - 1}, each once and in order, got {row}"
            )
    return rows
