"""Integers along one axis: how many places a sliding window finds, and what padding does to it.

Sizes count cells (pixels). Symbols in formulas follow [dumoulin2016]: input i, kernel k, stride s, padding p,
dilation d, output o. Padding is **per side**, as in PyTorch; give a pair `(before, after)` where the sides differ.
"""

from math import gcd, inf
from numbers import Real
from operator import index
from typing import Any

Padding = int | tuple[int, int]


def integer(name: str, value: object, least: int | None = 1) -> int:
    """`value` as an int that is at least `least`, if any; the one check behind every argument of the core.

    >>> integer("stride", 2)
    2
    >>> integer("stride", 0)
    Traceback (most recent call last):
    ValueError: stride must be at least 1, got 0
    >>> integer("stride", 1.5)
    Traceback (most recent call last):
    TypeError: stride must be an integer, got 1.5
    """
    try:
        if isinstance(value, bool):
            raise TypeError
        number = index(value)  # type: ignore[arg-type]  # anything with __index__, numpy integers included
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None
    if least is not None and number < least:
        raise ValueError(f"{name} must be at least {least}, got {number}")
    return number


def flag(name: str, value: object) -> bool:
    """`value`, which must be True or False: a number given by mistake for a flag would be counted with.

    >>> flag("bias", 2)
    Traceback (most recent call last):
    TypeError: bias must be True or False, got 2
    """
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return value


def number(name: str, value: Any) -> float:
    """`value`, which must be a finite number that is not complex.

    >>> number("alpha", 1e-4)
    0.0001
    >>> number("alpha", float("nan"))
    Traceback (most recent call last):
    ValueError: alpha must be a finite number, got nan
    >>> number("alpha", "x")
    Traceback (most recent call last):
    TypeError: alpha must be a number, got 'x'
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r}")
    real: Any = value  # as it was given: an int stays one
    if not -inf < real < inf:  # nor is NaN; a comparison takes integers that no float can hold
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return real  # type: ignore[no-any-return]


def sides(padding: Padding) -> tuple[int, int]:
    """Padding as `(before, after)`.

    >>> sides(3), sides((1, 2))
    ((3, 3), (1, 2))
    >>> sides("same")
    Traceback (most recent call last):
    TypeError: padding must be an integer or a pair (before, after), got 'same'; for 'same' call same_padding()
    """
    if isinstance(padding, str):
        raise TypeError(
            f"padding must be an integer or a pair (before, after), got {padding!r}; for 'same' call same_padding()"
        )
    if not isinstance(padding, (tuple, list)):
        padding = (padding, padding)
    if len(padding) != 2:
        raise ValueError(f"padding must be an integer or a pair (before, after), got {tuple(padding)!r}")
    before, after = padding
    return integer("padding", before, 0), integer("padding", after, 0)


def effective_kernel_size(kernel_size: int, dilation: int = 1) -> int:
    """Cells from the first tap of a kernel to its last, both included: d(k − 1) + 1 [dumoulin2016].

    >>> effective_kernel_size(3), effective_kernel_size(3, dilation=2)
    (3, 5)

    A single tap has no gap to widen:

    >>> effective_kernel_size(1, dilation=8)
    1
    >>> effective_kernel_size(3, dilation=0)
    Traceback (most recent call last):
    ValueError: dilation must be at least 1, got 0
    """
    return integer("dilation", dilation) * (integer("kernel_size", kernel_size) - 1) + 1


def output_size(
    size: int, kernel_size: int, stride: int = 1, padding: Padding = 0, dilation: int = 1, ceil_mode: bool = False
) -> int:
    """Output cells along one axis, ⌊(i + 2p − d(k − 1) − 1) / s⌋ + 1 [dumoulin2016].

    With `ceil_mode` (pooling only) the division rounds up, and a last window that would start beyond the input and the
    padding before it is dropped: PyTorch's rule.

    The stem of ImageNet networks, 224 pixels under a 7-wide kernel with stride 2 and padding 3:

    >>> output_size(224, kernel_size=7, stride=2, padding=3)
    112

    Rounding up keeps the last, incomplete window:

    >>> output_size(6, kernel_size=3, stride=2), output_size(6, kernel_size=3, stride=2, ceil_mode=True)
    (2, 3)
    >>> output_size(4, kernel_size=3, padding=1, dilation=3)
    Traceback (most recent call last):
    ValueError: kernel_size=3 with dilation=3 spans 7 cells, but the input has 6 (size 4, padding 1 + 1)
    """
    size, stride = integer("size", size), integer("stride", stride)
    before, after = sides(padding)
    span = effective_kernel_size(kernel_size, dilation)
    room = size + before + after - span
    flag("ceil_mode", ceil_mode)
    count = -(-room // stride) + 1 if ceil_mode else room // stride + 1
    if ceil_mode and (count - 1) * stride >= size + before:
        count -= 1
    if count < 1:
        raise ValueError(
            f"kernel_size={kernel_size} with dilation={dilation} spans {span} cells, but the input has "
            f"{size + before + after} (size {size}, padding {before} + {after})"
        )
    return count


def transposed_output_size(
    size: int, kernel_size: int, stride: int = 1, padding: Padding = 0, output_padding: int = 0, dilation: int = 1
) -> int:
    """Output cells of a transposed convolution, s(i − 1) + d(k − 1) + 1 − 2p + output_padding [dumoulin2016].

    >>> transposed_output_size(112, kernel_size=2, stride=2)
    224

    Stride 2 sends both 223 and 224 cells to 112, so the way back needs to be told which; `output_padding` does:

    >>> [transposed_output_size(112, 7, stride=2, padding=3, output_padding=extra) for extra in (0, 1)]
    [223, 224]
    >>> transposed_output_size(112, 7, stride=2, padding=3, output_padding=2)
    Traceback (most recent call last):
    ValueError: output_padding must be smaller than stride=2 or dilation=1, got 2
    """
    size, stride = integer("size", size), integer("stride", stride)
    before, after = sides(padding)
    span = effective_kernel_size(kernel_size, dilation)
    extra = integer("output_padding", output_padding, 0)
    if extra >= max(stride, dilation):
        raise ValueError(f"output_padding must be smaller than stride={stride} or dilation={dilation}, got {extra}")
    count = stride * (size - 1) + span - before - after + extra
    if count < 1:
        raise ValueError(f"padding {before} + {after} leaves no output: it would have {count} cells")
    return count


def same_padding(kernel_size: int, dilation: int = 1) -> tuple[int, int]:
    """Padding `(before, after)` that keeps the size at stride 1, d(k − 1) in all; PyTorch's `padding='same'`.

    >>> same_padding(3), same_padding(3, dilation=2)
    ((1, 1), (2, 2))

    An even span cannot be padded evenly. PyTorch puts the odd cell after:

    >>> same_padding(4), same_padding(4, dilation=3)
    ((1, 2), (4, 5))
    >>> same_padding(0)
    Traceback (most recent call last):
    ValueError: kernel_size must be at least 1, got 0
    """
    total = effective_kernel_size(kernel_size, dilation) - 1
    return total // 2, total - total // 2


def unused(
    size: int, kernel_size: int, stride: int = 1, padding: Padding = 0, dilation: int = 1, ceil_mode: bool = False
) -> int:
    """Cells of the padded input that no window reads.

    The floor in `output_size` is these cells. The ImageNet stem leaves its last padded column unread:

    >>> unused(224, kernel_size=7, stride=2, padding=3)
    1

    A stride longer than the kernel also skips cells between windows:

    >>> unused(10, kernel_size=1, stride=2), unused(10**12, kernel_size=3, stride=4)
    (5, 250000000000)
    >>> unused(4, kernel_size=7)
    Traceback (most recent call last):
    ValueError: kernel_size=7 with dilation=1 spans 7 cells, but the input has 4 (size 4, padding 0 + 0)
    """
    count = output_size(size, kernel_size, stride, padding, dilation, ceil_mode)
    size, kernel_size, stride, dilation = map(index, (size, kernel_size, stride, dilation))
    padded = size + sum(sides(padding))
    taps_inside = (padded - 1 - (count - 1) * stride) // dilation + 1  # of the last window; ceil_mode lets it stand out
    # Two windows read the same cell where d/g windows on is s/g taps back, g the common divisor of s and d.
    step = gcd(stride, dilation)
    shared = max(0, count - dilation // step) * max(0, kernel_size - stride // step)
    return padded - (count * kernel_size - shared - max(0, kernel_size - taps_inside))
