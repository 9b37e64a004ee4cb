"""Maps with their borders, and the cells under a window: what convolution, pooling and their gradients share."""

from typing import Any

import numpy as np
import numpy.typing as npt

from convnotes.layers.base import Window

Array = npt.NDArray[Any]
Windows = tuple[Window, Window]


def as_maps(name: str, value: npt.ArrayLike, axes: int) -> Array:
    """`value` with all its axes; a two-axis one stands for a single channel.

    >>> as_maps("image", [[1, 2]], 3).shape
    (1, 1, 2)
    >>> as_maps("image", [[1j]], 3)
    Traceback (most recent call last):
    TypeError: image must hold real numbers, got dtype complex128
    """
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    if array.ndim == 2:
        return array.reshape((1,) * (axes - 2) + array.shape)
    if array.ndim != axes:
        full = "(channels, height, width)" if axes == 3 else "(out_channels, in_channels, height, width)"
        raise ValueError(f"{name} must have axes (height, width) or {full}, got shape {array.shape}")
    return array


def bordered(maps: Array, windows: Windows, fill: Any) -> tuple[Array, list[int]]:
    """The maps with their borders, wide enough for the last window even in `ceil_mode`, and the places per axis.

    >>> padded, places = bordered(np.ones((1, 3, 4)), (Window(2, 2, ceil_mode=True), Window(2, padding=(1, 0))), fill=0)
    >>> padded.shape, places
    ((1, 4, 5), [2, 4])
    """
    places = [window.output_size(size) for window, size in zip(windows, maps.shape[1:], strict=True)]
    borders = [(0, 0)]
    for window, size, count in zip(windows, maps.shape[1:], places, strict=True):
        before, after = window.padding
        borders.append((before, max(after, (count - 1) * window.stride + window.span - size - before)))
    return np.pad(maps, borders, constant_values=fill), places


def under(padded: Array, windows: Windows, i: int, j: int) -> Array:
    """The cells under the window at place (i, j), every channel: a view, so that one can add to it."""
    rows, columns = (
        slice(start := window.stride * place, start + window.span, window.dilation)
        for window, place in zip(windows, (i, j), strict=True)
    )
    return padded[:, rows, columns]


def lowest(dtype: np.dtype[Any]) -> Any:
    """A value that wins no maximum.

    >>> lowest(np.dtype("float32")), lowest(np.dtype("int8"))
    (-inf, -128)
    """
    if dtype.kind == "f":
        return -np.inf
    return np.iinfo(dtype).min if dtype.kind in "iu" else False


def sum_type(*arrays: Array) -> np.dtype[Any]:
    """The type in which numpy adds such arrays: small integers would overflow in their own."""
    added: np.dtype[Any] = np.zeros((), np.result_type(*arrays)).sum().dtype
    return added
