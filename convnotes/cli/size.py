"""`convnotes size`: how large the output of a convolution or a pooling is."""

import argparse
import sys

from convnotes.cli.terminal import Fault, Subparsers, extent
from convnotes.conv import effective_kernel_size, output_size, same_padding, transposed_output_size, unused
from convnotes.words.numbers import by


def add_size(subparsers: Subparsers) -> None:
    """`convnotes size`: the output size of one layer, with the sum behind it."""
    parser = subparsers.add_parser(
        "size",
        help="the output size of a convolution or a pooling",
        description="The output size of a convolution or a pooling, with the sum behind it. Each number stands for all "
        "axes, or give one per axis: 3,5.",
    )
    parser.add_argument("size", type=extent, metavar="SIZE", help="size of the input, such as 224 or 480,640")
    parser.add_argument("--kernel-size", "-k", type=extent, required=True, metavar="K")
    parser.add_argument("--stride", "-s", type=extent, default=(1,), metavar="S", help="1 unless given")
    parser.add_argument("--padding", "-p", type=padding, default=(0,), metavar="P", help="0 unless given, or same")
    parser.add_argument("--dilation", "-d", type=extent, default=(1,), metavar="D", help="1 unless given")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--ceil-mode", action="store_true", help="round up, as a pooling can")
    way.add_argument("--transposed", action="store_true", help="a transposed convolution")
    parser.add_argument(
        "--output-padding", type=extent, metavar="N", help="of a transposed convolution; 0 unless given"
    )
    parser.set_defaults(run=run_size)


def padding(text: str) -> tuple[int | str, ...]:
    """Padding from a command line.

    >>> padding("3"), padding("same")
    ((3,), ('same',))
    """
    return ("same",) if text == "same" else extent(text)


def run_size(args: argparse.Namespace) -> int:
    """Print the size, and the sum of each axis that is unlike the one before."""
    if args.output_padding is not None and not args.transposed:
        raise Fault("--output-padding is of transposed convolutions: add --transposed, or leave it out")
    given = (args.size, args.kernel_size, args.stride, args.padding, args.dilation, args.output_padding or (0,))
    axes = max(map(len, given))
    if any(len(numbers) not in (1, axes) for numbers in given):
        raise Fault(
            f"got numbers for {' and '.join(map(str, sorted({len(n) for n in given})))} axes: give one or {axes}"
        )
    each = list(zip(*(numbers * axes if len(numbers) == 1 else numbers for numbers in given), strict=True))
    try:
        found = [
            transposed(n, k, s, p, d, more) if args.transposed else plain(n, k, s, p, d, args.ceil_mode)
            for n, k, s, p, d, more in each
        ]
    except (TypeError, ValueError) as error:
        raise Fault(str(error)) from error
    sys.stdout.write(
        f"{by([size for size, _ in found])}\n" + "".join(f"{told}\n" for told in dict.fromkeys(t for _, t in found))
    )
    return 0


def plain(size: int, kernel_size: int, stride: int, pad: int | str, dilation: int, ceil_mode: bool) -> tuple[int, str]:
    """The size along one axis, and how it comes about.

    >>> print(*plain(224, 7, 2, 3, 1, False), sep="\\n")
    112
    ⌊(224 + 3 + 3 − 7) / 2⌋ + 1 = 112; 1 cell, padding included, is in no window
    """
    if pad == "same" and stride != 1:
        raise ValueError(f"padding same keeps the size at stride 1 only, got stride {stride}: give numbers")
    before, after = same_padding(kernel_size, dilation) if pad == "same" else (int(pad), int(pad))
    out = output_size(size, kernel_size, stride, (before, after), dilation, ceil_mode)
    left = unused(size, kernel_size, stride, (before, after), dilation, ceil_mode)
    opened, closed = "⌈⌉" if ceil_mode else "⌊⌋"
    span = effective_kernel_size(kernel_size, dilation)
    span_told = str(span) if dilation == 1 else f"({dilation}·({kernel_size} − 1) + 1)"
    told = f"{opened}({size} + {before} + {after} − {span_told}) / {stride}{closed} + 1 = {out}"
    full = -(-(size + before + after - span) // stride) + 1
    told += ", for a last window beyond the input is left out" if ceil_mode and out < full else ""
    told = told.replace(f" + 1 = {out},", f" + 1 − 1 = {out},")
    return out, told + (
        f"; {left} {'cell' if left == 1 else 'cells'}, padding included, {'is' if left == 1 else 'are'} in no window"
        if left
        else ""
    )


def transposed(size: int, kernel_size: int, stride: int, pad: int | str, dilation: int, more: int) -> tuple[int, str]:
    """The same of a transposed convolution.

    >>> print(*transposed(112, 2, 2, 0, 1, 0), sep="\\n")
    224
    2·(112 − 1) + 2 − 0 − 0 + 0 = 224
    """
    if isinstance(pad, str):
        raise ValueError(f"a transposed convolution takes numbers as its padding, got {pad!r}")
    out = transposed_output_size(size, kernel_size, stride, pad, more, dilation)
    span = effective_kernel_size(kernel_size, dilation)
    return out, f"{stride}·({size} − 1) + {span} − {pad} − {pad} + {more} = {out}"
