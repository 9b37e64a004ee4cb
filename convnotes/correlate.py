"""Convolution, pooling and translation in plain numpy, written to be read, not to be fast.

Deep learning's "convolution" is cross-correlation: the kernel is not flipped [goodfellow2016]. Maps are (C, H, W).
"""

from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt

from convnotes.conv import integer
from convnotes.layers import Conv2d, MaxPool2d
from convnotes.layers.base import IntOrPair
from convnotes.sliding import Array as Array
from convnotes.sliding import as_maps, bordered, lowest, sum_type, under


def correlate2d(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    stride: IntOrPair = 1,
    padding: IntOrPair | Literal["same", "valid"] = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> Array:
    """Maps of shape (out_channels, O_h, O_w): at each place, kernel times window, summed.

    `image` has shape (in_channels, H, W) and `kernel` (out_channels, in_channels / groups, k_h, k_w). Two axes stand
    for a single channel; where both have two, so has the result. Sums run in the inputs' common type, integers in
    64 bits. No bias: add one to the result.

    >>> correlate2d([[0, 0, 1, 1]] * 2, [[-1, 1]])
    array([[0, 1, 0],
           [0, 1, 0]])

    The kernel is not flipped:

    >>> correlate2d([[0, 0, 1, 0, 0]], [[1, 2, 3]], padding=(0, 1))
    array([[0, 3, 2, 1, 0]])
    >>> correlate2d(np.ones((3, 5, 5)), np.ones((8, 4, 3, 3)))
    Traceback (most recent call last):
    ValueError: kernel has 4 input channels and groups=1, so the image must have 4 channels, got 3
    """
    maps, weight = as_maps("image", image, 3), as_maps("kernel", kernel, 4)
    groups = integer("groups", groups)
    dtype = sum_type(maps, weight)
    out_channels, per_group, *kernel_size = weight.shape
    if maps.shape[0] != per_group * groups:
        raise ValueError(
            f"kernel has {per_group} input channels and groups={groups}, so the image must have "
            f"{per_group * groups} channels, got {maps.shape[0]}"
        )
    layer = Conv2d(maps.shape[0], out_channels, (kernel_size[0], kernel_size[1]), stride, padding, dilation, groups)
    padded, places = bordered(maps, layer.windows, fill=0)
    out = np.empty((out_channels, *places), dtype)
    parts = (np.split(array, groups) for array in (padded, weight, out))
    for inputs, kernels, outputs in zip(*parts, strict=True):
        for i, j in product(*map(range, places)):
            window = under(inputs, layer.windows, i, j)
            outputs[:, i, j] = np.multiply(kernels, window, dtype=dtype).sum(axis=(1, 2, 3))
    return out[0] if np.ndim(image) == np.ndim(kernel) == 2 else out


def max_pool2d(
    image: npt.ArrayLike,
    kernel_size: IntOrPair,
    stride: IntOrPair | None = None,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    *,
    ceil_mode: bool = False,
) -> Array:
    """Maps of the largest value in each window, channel by channel; `stride=None` means the kernel size.

    Padding never wins: it counts as the smallest value of the image's type.

    >>> max_pool2d([[1, 2, 8, 3], [4, 6, 5, 1], [9, 7, 2, 3], [5, 3, 1, 0]], 2)
    array([[6, 8],
           [9, 3]])
    >>> max_pool2d([[-5, -7], [-6, -8]], 2, padding=1)
    array([[-5, -7],
           [-6, -8]])
    >>> max_pool2d([1, 2, 3], 2)
    Traceback (most recent call last):
    ValueError: image must have axes (height, width) or (channels, height, width), got shape (3,)
    """
    maps = as_maps("image", image, 3)
    layer = MaxPool2d(kernel_size, stride, padding, dilation, ceil_mode=ceil_mode)
    padded, places = bordered(maps, layer.windows, fill=lowest(maps.dtype))
    out = np.empty((maps.shape[0], *places), dtype=maps.dtype)
    for i, j in product(*map(range, places)):
        out[:, i, j] = under(padded, layer.windows, i, j).max(axis=(1, 2))
    return out[0] if np.ndim(image) == 2 else out


def translate(image: npt.ArrayLike, shift: tuple[int, int], border: Literal["zeros", "circular"] = "zeros") -> Array:
    """`image` moved by `shift` = (down, right) cells; what leaves is lost ("zeros") or comes back in ("circular").

    >>> translate([[1, 2, 3]], (0, 1))
    array([[0, 1, 2]])
    >>> translate([[1, 2, 3]], (0, -1), border="circular")
    array([[2, 3, 1]])
    >>> translate([[1, 2, 3]], (0, 1), border="reflect")
    Traceback (most recent call last):
    ValueError: border must be 'zeros' or 'circular', got 'reflect'
    """
    if not isinstance(shift, (tuple, list)) or len(shift) != 2:
        raise ValueError(f"shift must be a pair (down, right), got {shift!r}")
    for step in shift:
        integer("shift", step, least=None)
    if border not in ("zeros", "circular"):
        raise ValueError(f"border must be 'zeros' or 'circular', got {border!r}")
    maps = np.asarray(image)
    if maps.ndim < 2:
        raise ValueError(f"image must have axes (…, height, width), got shape {maps.shape}")
    moved = np.roll(maps, shift, axis=(-2, -1))
    if border == "zeros":
        for axis, step in zip((-2, -1), shift, strict=True):
            lost = slice(0, step) if step >= 0 else slice(step, None)
            np.moveaxis(moved, axis, 0)[lost] = 0
    return moved
