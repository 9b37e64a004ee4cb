"""The way back through convolution and pooling in plain numpy, written to be read, and transposed convolution.

`output_gradient` is the derivative of the loss to each output of the layer, in the shape of the outputs. Maps are
(C, H, W); two axes stand for a single channel, as in `convnotes.correlate`.
"""

from itertools import product

import numpy as np
import numpy.typing as npt

from convnotes.conv import transposed_output_size
from convnotes.layers import AvgPool2d, Conv2d, ConvTranspose2d, MaxPool2d
from convnotes.layers.base import IntOrPair, Pair, pair
from convnotes.sliding import Array, Windows, as_maps, bordered, lowest, sum_type, under
from convnotes.words.numbers import by


def input_gradient(
    output_gradient: npt.ArrayLike,
    kernel: npt.ArrayLike,
    input_size: Pair,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> Array:
    """The gradient of `correlate2d` to its image, of shape (in_channels, H, W) for `input_size` = (H, W).

    Each output's gradient goes back to the cells of its window, times the weights through which they were read.

    >>> input_gradient([[1, 10]], [[2, 3]], input_size=(1, 3))
    array([[ 2, 23, 30]])

    A cell that no window reads gets nothing:

    >>> input_gradient([[1, 10]], [[2, 3]], input_size=(1, 5), stride=2)
    array([[ 2,  3, 20, 30,  0]])
    >>> input_gradient([[1, 10]], [[2, 3]], input_size=(1, 4))
    Traceback (most recent call last):
    ValueError: an input of 1×4 has 1×3 outputs here, so output_gradient must have 1×3 cells, got 1×2
    """
    sent, weight = as_maps("output_gradient", output_gradient, 3), as_maps("kernel", kernel, 4)
    out_channels, per_group, *_ = weight.shape
    layer = Conv2d(per_group * groups, out_channels, _size(weight), stride, padding, dilation, groups)
    size = pair("input_size", input_size)
    _fit(sent, out_channels, size, layer.windows)
    back = _stamped(sent, weight, size, layer.windows, groups)
    return back[0] if np.ndim(output_gradient) == np.ndim(kernel) == 2 else back


def kernel_gradient(
    output_gradient: npt.ArrayLike,
    image: npt.ArrayLike,
    kernel_size: IntOrPair,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> Array:
    """The gradient of `correlate2d` to its kernel, of shape (out_channels, in_channels / groups, k_h, k_w).

    The weights are used at every place, so their gradients are added over all places: window times output gradient.

    >>> kernel_gradient([[1, 10]], [[5, 6, 7]], kernel_size=(1, 2))
    array([[65, 76]])
    >>> kernel_gradient([[1, 10]], [[5, 6, 7, 8]], kernel_size=(1, 2))
    Traceback (most recent call last):
    ValueError: an input of 1×4 has 1×3 outputs here, so output_gradient must have 1×3 cells, got 1×2
    """
    sent, maps = as_maps("output_gradient", output_gradient, 3), as_maps("image", image, 3)
    layer = Conv2d(len(maps), len(sent), kernel_size, stride, padding, dilation, groups)
    _fit(sent, len(sent), (maps.shape[1], maps.shape[2]), layer.windows)
    padded, places = bordered(maps, layer.windows, fill=0)
    total = np.zeros((len(sent), len(maps) // groups, *pair("kernel_size", kernel_size)), sum_type(sent, maps))
    for i, j in product(*map(range, places)):
        windows = np.split(under(padded, layer.windows, i, j), groups)
        for window, group, weights in zip(windows, np.split(sent, groups), np.split(total, groups), strict=True):
            weights += np.multiply.outer(group[:, i, j], window)
    return total[0, 0] if np.ndim(output_gradient) == np.ndim(image) == 2 else total


def bias_gradient(output_gradient: npt.ArrayLike) -> Array:
    """The gradient of a convolution to its biases, one for each output channel: the sum over all places.

    >>> bias_gradient([[[1, 10], [0, 2]], [[0, 0], [0, 5]]])
    array([13,  5])
    >>> bias_gradient([1, 10])
    Traceback (most recent call last):
    ValueError: output_gradient must have axes (height, width) or (channels, height, width), got shape (2,)
    """
    total: Array = as_maps("output_gradient", output_gradient, 3).sum(axis=(1, 2))
    return total


def max_pool2d_gradient(
    output_gradient: npt.ArrayLike,
    image: npt.ArrayLike,
    kernel_size: IntOrPair,
    stride: IntOrPair | None = None,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    *,
    ceil_mode: bool = False,
) -> Array:
    """The gradient of `max_pool2d` to its image: each output's goes to the cell that won its window, and to no other.

    Of several equal winners the first takes it, row by row, as in PyTorch.

    >>> max_pool2d_gradient([[1, 10]], [[3, 9, 4]], kernel_size=(1, 2), stride=1)
    array([[ 0, 11,  0]])
    >>> max_pool2d_gradient([[5]], [[7, 7]], kernel_size=(1, 2))
    array([[5, 0]])
    >>> max_pool2d_gradient([[1, 10, 1]], [[3, 9, 4]], kernel_size=(1, 2), stride=1)
    Traceback (most recent call last):
    ValueError: an input of 1×3 has 1×2 outputs here, so output_gradient must have 1×2 cells, got 1×3
    """
    sent, maps = as_maps("output_gradient", output_gradient, 3), as_maps("image", image, 3)
    layer = MaxPool2d(kernel_size, stride, padding, dilation, ceil_mode=ceil_mode)
    _fit(sent, len(maps), (maps.shape[1], maps.shape[2]), layer.windows)
    padded, places = bordered(maps, layer.windows, fill=lowest(maps.dtype))
    inside, _ = bordered(np.ones(maps.shape, bool), layer.windows, fill=False)
    back = np.zeros(padded.shape, sum_type(sent))
    for i, j in product(*map(range, places)):
        real = under(inside, layer.windows, i, j)
        for channel, window in enumerate(under(padded, layer.windows, i, j)):
            winner = np.unravel_index(window.argmax(), window.shape)
            if not real[channel][winner]:  # the border wins only where all is as low as it
                winner = np.unravel_index(real[channel].argmax(), window.shape)
            under(back, layer.windows, i, j)[channel][winner] += sent[channel, i, j]
    back = _inside(back, maps.shape[1:], layer.windows)
    return back[0] if np.ndim(output_gradient) == np.ndim(image) == 2 else back


def avg_pool2d_gradient(
    output_gradient: npt.ArrayLike,
    input_size: Pair,
    kernel_size: IntOrPair,
    stride: IntOrPair | None = None,
    padding: IntOrPair = 0,
) -> Array:
    """The gradient of average pooling to its image: each output's is shared equally by the cells of its window.

    >>> avg_pool2d_gradient([[8, 2]], input_size=(2, 4), kernel_size=2)
    array([[2. , 2. , 0.5, 0.5],
           [2. , 2. , 0.5, 0.5]])
    >>> avg_pool2d_gradient([[8, 2]], input_size=(2, 2), kernel_size=2)
    Traceback (most recent call last):
    ValueError: an input of 2×2 has 1×1 outputs here, so output_gradient must have 1×1 cells, got 1×2
    """
    sent = as_maps("output_gradient", output_gradient, 3)
    layer, size = AvgPool2d(kernel_size, stride, padding), pair("input_size", input_size)
    _fit(sent, len(sent), size, layer.windows)
    height, width = pair("kernel_size", kernel_size)
    share = np.full((len(sent), 1, height, width), 1 / (height * width))  # a kernel for each channel by itself
    back = _stamped(sent, share, size, layer.windows, groups=len(sent))
    return back[0] if np.ndim(output_gradient) == 2 else back


def conv_transpose2d(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    output_padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> Array:
    """Transposed convolution, maps of shape (out_channels, O_h, O_w): every input cell stamps the kernel, times itself.

    `kernel` has shape (in_channels, out_channels / groups, k_h, k_w). It does what `input_gradient` does, forward: the
    adjoint of `correlate2d` [dumoulin2016].

    >>> conv_transpose2d([[1, 10]], [[2, 3]])
    array([[ 2, 23, 30]])
    >>> conv_transpose2d([[1, 10]], [[2, 3]], stride=2, output_padding=(0, 1))
    array([[ 2,  3, 20, 30,  0]])
    >>> conv_transpose2d([[1, 10]], [[2, 3]], padding=(0, 2))
    Traceback (most recent call last):
    ValueError: padding 2 + 2 leaves no output: it would have -1 cells
    """
    maps, weight = as_maps("image", image, 3), as_maps("kernel", kernel, 4)
    in_channels, per_group, *_ = weight.shape
    layer = ConvTranspose2d(
        in_channels, per_group * groups, _size(weight), stride, padding, output_padding, groups, dilation=dilation
    )
    if len(maps) != in_channels:
        raise ValueError(f"kernel has {in_channels} input channels, so the image must have as many, got {len(maps)}")
    extra = pair("output_padding", output_padding, 0)
    height, width = (
        transposed_output_size(cells, w.kernel_size, w.stride, w.padding, more, w.dilation)
        for cells, w, more in zip(maps.shape[1:], layer.windows, extra, strict=True)
    )
    out = _stamped(maps, weight, (height, width), layer.windows, groups)
    return out[0] if np.ndim(image) == np.ndim(kernel) == 2 else out


def _stamped(sent: Array, weight: Array, size: Pair, windows: Windows, groups: int) -> Array:
    """The sum of all stamps: at each place the kernels, times the numbers there, added to the cells of the window."""
    channels = weight.shape[1]
    wide = [cells + sum(w.padding) for cells, w in zip(size, windows, strict=True)]
    total = np.zeros((channels * groups, *wide), sum_type(sent, weight))
    kernels, numbers = np.split(weight, groups), np.split(sent, groups)
    for i, j in product(*map(range, sent.shape[1:])):
        for cells, kernel, number in zip(np.split(under(total, windows, i, j), groups), kernels, numbers, strict=True):
            cells += np.tensordot(number[:, i, j], kernel, axes=1)
    return _inside(total, size, windows)


def _inside(padded: Array, size: tuple[int, ...], windows: Windows) -> Array:
    """What is left when the borders are cut off."""
    rows, columns = (slice(w.padding[0], w.padding[0] + cells) for w, cells in zip(windows, size, strict=True))
    return padded[:, rows, columns]


def _size(weight: Array) -> Pair:
    height, width = weight.shape[2:]
    return height, width


def _fit(sent: Array, channels: int, size: Pair, windows: Windows) -> None:
    """Check that the gradient has the shape of the outputs."""
    if len(sent) != channels:
        raise ValueError(f"the layer has {channels} output channels, but output_gradient has {len(sent)}")
    places = tuple(window.output_size(cells) for window, cells in zip(windows, size, strict=True))
    if sent.shape[1:] != places:
        wanted, got, given = map(by, (places, sent.shape[1:], size))
        raise ValueError(
            f"an input of {given} has {wanted} outputs here, so output_gradient must have {wanted} cells, got {got}"
        )
