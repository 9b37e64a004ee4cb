"""The theoretical receptive field: which input cells one unit can depend on [araujo2019].

Along an axis it is three numbers: from the first cell that a unit reads to the last there are `size` cells (dilation
leaves gaps among them), the next unit reads `stride` cells further on, and the first one starts `padding` cells before
the input. Not Luo's *effective* receptive field, which weighs those cells.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from convnotes import shapes
from convnotes.conv import flag, integer
from convnotes.layers import (
    AdaptivePool2d,
    AvgPool2d,
    Combinator,
    Conv2d,
    ConvTranspose2d,
    Elementwise,
    Flatten,
    Gate,
    LayerScale,
    Linear,
    MaxPool2d,
    Norm,
    RadialBasis,
    Subsampling2d,
    TableConv2d,
    UnitBias,
)
from convnotes.layers.base import Layer, Window
from convnotes.shapes import Shape
from convnotes.tree import thread


class Axis(NamedTuple):
    """The field along one axis: cells from first to last, from unit to unit, and before the input at the start."""

    size: int = 1
    stride: int = 1
    padding: int = 0

    @property
    def centre(self) -> float:
        """Input index at the middle of the first unit's cells; negative inside the padding."""
        return (self.size - 1) / 2 - self.padding


@dataclass(frozen=True)
class ReceptiveField:
    """Input cells that one unit can depend on. Pairs are (height, width).

    size: cells from the first one read to the last. stride: input cells from a unit's field to its neighbour's.
    padding: cells by which the first field starts before the input. Each is None along an axis that is read whole,
    whatever its length. aligned: False where branches with different centres meet; the field is then their hull.
    """

    size: tuple[int | None, int | None]
    stride: tuple[int | None, int | None]
    padding: tuple[int | None, int | None]
    aligned: bool = True

    def __repr__(self) -> str:
        """The three numbers, and `aligned=False` where that is so."""
        misaligned = "" if self.aligned else ", aligned=False"
        return f"ReceptiveField(size={self.size}, stride={self.stride}, padding={self.padding}{misaligned})"

    @property
    def whole(self) -> bool:
        """Whether every unit reads the whole input, as after global pooling or a dense layer."""
        return self.size == (None, None)

    @property
    def centre(self) -> tuple[float | None, float | None]:
        """Input index at the middle of the first unit's field, per axis; None along an axis that is read whole."""
        first, second = (axis and axis.centre for axis in self.axes)
        return first, second

    @property
    def axes(self) -> tuple[Axis | None, Axis | None]:
        """The field along the height and along the width; None for an axis that is read whole."""
        first, second = (
            None if size is None or stride is None or padding is None else Axis(size, stride, padding)
            for size, stride, padding in zip(self.size, self.stride, self.padding, strict=True)
        )
        return first, second

    def region(self, row: int, column: int) -> tuple[range | None, range | None]:
        """Input rows and input columns that the unit at (row, column) reads, indices in the padding included.

        >>> receptive_field(Conv2d(3, 64, 7, stride=2, padding=3)).region(0, 56)
        (range(-3, 4), range(109, 116))
        """
        place = integer("row", row, 0), integer("column", column, 0)
        rows, columns = (
            axis and range(start := axis.stride * at - axis.padding, start + axis.size)
            for axis, at in zip(self.axes, place, strict=True)
        )
        return rows, columns


def receptive_field(layer: Layer, input_shape: Sequence[int] | None = None, *, gates: bool = True) -> ReceptiveField:
    """Receptive field of one unit after `layer` [araujo2019].

    Layer by layer, with j the stride so far: size grows by (span − 1) · j, padding by the layer's padding · j, and j is
    multiplied by the layer's stride.

    Three 3×3 convolutions reach as far as one 7×7:

    >>> from convnotes.layers import Parallel, Sequential
    >>> three = Sequential(*[Conv2d(8, 8, 3, padding=1)] * 3)
    >>> receptive_field(three)
    ReceptiveField(size=(7, 7), stride=(1, 1), padding=(3, 3))
    >>> receptive_field(Conv2d(8, 8, 7, padding=3)) == receptive_field(three)
    True

    After global pooling each unit depends on everything:

    >>> receptive_field(Sequential(three, AdaptivePool2d(1))).whole
    True

    Branches whose centres differ give the hull, and say so:

    >>> receptive_field(Parallel(Conv2d(8, 8, 2, stride=2), Conv2d(8, 8, 1, stride=2)))
    ReceptiveField(size=(2, 2), stride=(2, 2), padding=(0, 0), aligned=False)

    So it is after a gate that pools globally; `gates=False` gives the field along the gated path alone:

    >>> squeeze = Gate(Sequential(AdaptivePool2d(1), Conv2d(8, 8, 1)))
    >>> receptive_field(squeeze).whole, receptive_field(Sequential(three, squeeze), gates=False).size
    (True, (7, 7))

    `input_shape` is needed only by adaptive pooling to more than one cell, whose windows depend on it:

    >>> receptive_field(AdaptivePool2d(7))
    Traceback (most recent call last):
    ValueError: AdaptivePool2d: output_size=7 has windows that depend on the input; give input_shape=(C, H, W)
    """
    return _run(layer, input_shape, gates).field


def growth(
    layer: Layer, input_shape: Sequence[int] | None = None, *, gates: bool = True
) -> list[tuple[str, Layer, ReceptiveField]]:
    """Name, layer and receptive field after it, for each layer of the network in order.

    >>> from convnotes.layers import Sequential
    >>> for name, _, field in growth(Sequential(conv=Conv2d(1, 6, 5), pool=MaxPool2d(2))):
    ...     print(name, field.size, field.stride)
    conv (5, 5) (1, 1)
    pool (6, 6) (2, 2)
    """
    rows: list[tuple[str, Layer, ReceptiveField]] = []
    _run(layer, input_shape, gates, lambda name, leaf, before, after: rows.append((name, leaf, after.field)))
    return rows


Axes = tuple[Axis | None, Axis | None]


class _State(NamedTuple):
    axes: Axes = (Axis(), Axis())
    aligned: bool = True
    shape: Shape | None = None

    @property
    def field(self) -> ReceptiveField:
        sizes, strides, paddings = zip(*(axis or (None, None, None) for axis in self.axes), strict=True)
        return ReceptiveField(sizes, strides, paddings, self.aligned)


Visit = Callable[[str, Layer, _State, _State], None]


def _run(layer: Layer, input_shape: Sequence[int] | None, gates: bool, visit: Visit | None = None) -> _State:
    shape = None if input_shape is None else shapes.check_shape(input_shape)
    flag("gates", gates)
    return thread(layer, _State(shape=shape), _step, partial(_join, gates=gates), visit)


def _step(layer: Layer, state: _State) -> _State:
    shape = None if state.shape is None else shapes.step(layer, state.shape)
    return _State(_axes(layer, state), state.aligned, shape)


def _axes(layer: Layer, state: _State) -> Axes:
    """The field along both axes after one layer that is no combinator."""
    first, second = state.axes
    match layer:
        case Conv2d() | TableConv2d() | MaxPool2d() | AvgPool2d() | Subsampling2d():
            return _slide(first, layer.windows[0]), _slide(second, layer.windows[1])
        case Elementwise() | Norm() | LayerScale() | UnitBias() | Flatten():
            return state.axes  # a flattened number still depends on what it did
        case Linear() | RadialBasis():
            return None, None
        case ConvTranspose2d():
            return _spread(first, layer.windows[0]), _spread(second, layer.windows[1])
        case AdaptivePool2d():
            return _adapt(layer, 0, state), _adapt(layer, 1, state)
    raise TypeError(f"no receptive-field rule for {type(layer).__name__}; add a case to convnotes.receptive_field")


def _slide(axis: Axis | None, window: Window) -> Axis | None:
    if axis is None:
        return None
    return Axis(
        axis.size + (window.span - 1) * axis.stride,
        axis.stride * window.stride,
        axis.padding + window.padding[0] * axis.stride,
    )


def _spread(axis: Axis | None, window: Window) -> Axis | None:
    """At stride 1 a transposed convolution is a convolution padded by span − 1 − p; beyond, no single field exists."""
    if axis is None:
        return None
    if window.stride > 1:
        raise ValueError(
            f"stride={window.stride} makes neighbouring units read different numbers of input cells, "
            "so no single size is right"
        )
    outer = window.span - 1 - window.padding[0]
    return _slide(axis, replace(window, padding=(outer, outer)))


def _adapt(layer: AdaptivePool2d, which: int, state: _State) -> Axis | None:
    axis, cells = state.axes[which], layer.sizes[which]
    if cells is None or axis is None:
        return axis
    if cells == 1:
        return None
    if state.shape is None:
        raise ValueError(
            f"output_size={layer.output_size} has windows that depend on the input; give input_shape=(C, H, W)"
        )
    size = state.shape[which + 1]
    if size % cells:
        raise ValueError(
            f"{size} cells do not divide into {cells} equal windows, so units read different numbers of cells"
        )
    return _slide(axis, Window(size // cells, size // cells))


def _join(layer: Combinator, branches: list[_State], gates: bool) -> _State:
    shape = branches[0].shape and shapes.join(layer, [branch.shape or () for branch in branches])
    if isinstance(layer, Gate) and not gates:
        return branches[1]
    first, second = (_hull([branch.axes[which] for branch in branches]) for which in (0, 1))
    centred = all(
        len({axis and axis.centre for axis in along}) == 1
        for along in zip(*(branch.axes for branch in branches), strict=True)
        if None not in along
    )
    return _State((first, second), centred and all(branch.aligned for branch in branches), shape)


def _hull(axes: list[Axis | None]) -> Axis | None:
    """The smallest field that holds every branch's; None, the whole axis, as soon as one branch reads it whole."""
    known = [axis for axis in axes if axis is not None]
    if len(known) < len(axes):
        return None
    if len({axis.stride for axis in known}) > 1:
        raise ValueError(f"branches have strides {', '.join(str(axis.stride) for axis in known)}; they must be equal")
    padding = max(axis.padding for axis in known)
    return Axis(max(axis.size - axis.padding for axis in known) + padding, known[0].stride, padding)
