"""Exercises on units, variants and conventions."""

from __future__ import annotations

from convnotes.conv import output_size
from convnotes.cost import macs
from convnotes.exercises.draws import Draws
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.layers import Conv2d, Sequential
from convnotes.receptive_field import receptive_field

CHAPTER = "why-numbers-differ"
WIDTHS = (16, 32, 64, 96, 128, 256)


def flops(draws: Draws) -> Problem:
    """FLOPs of a number of MACs."""
    n = draws.whole(100, 9_999) * draws.pick((1_000, 10_000, 1_000_000))
    return Problem(
        {"macs": n},
        f"A tool counts {n:,} MACs (multiply–accumulates). How many FLOPs are they, biases left out?",
        2 * n,
        ["A MAC is one multiplication and one addition, so two floating-point operations.", f"$2·{n:,} = {2 * n:,}$"],
        [
            Mistake(n, "took the two for the same", "Many tools print one under the other's name; a MAC is two FLOPs."),
            Mistake(n // 2, "halved", "It is the FLOPs that are more."),
            Mistake(3 * n, "counted a third operation", "One multiplication, one addition."),
        ],
        "FLOPs",
    )


def tool_flops(draws: Draws) -> Problem:
    """FLOPs of a layer with its bias additions."""
    k, a, b = draws.pick((1, 3, 5, 7)), draws.pick((3, *WIDTHS)), draws.pick(WIDTHS)
    side, s = draws.pick((7, 14, 28, 56)), draws.pick((1, 1, 2))
    o = output_size(side, k, s, k // 2)
    work = macs(Conv2d(a, b, k, s, k // 2), (a, side, side))
    out = b * o * o
    return Problem(
        {"in_channels": a, "out_channels": b, "kernel_size": k, "stride": s, "side": side},
        "For a convolution, a tool counts two FLOPs per MAC, and one more for adding the bias to each output number. "
        f"What does it print for `Conv2d({a}, {b}, kernel_size={k}, stride={s}, padding={k // 2})` on maps "
        f"of {side}×{side}?",
        2 * work + out,
        [
            f"Output: ${b}·{o}·{o} = {out:,}$ numbers, each of $k² C_in = {k * k * a:,}$ MACs: {work:,} MACs.",
            f"$2·{work:,} + {out:,} = {2 * work + out:,}$",
        ],
        [
            Mistake(work, "gave MACs", "This tool counts two FLOPs for each."),
            Mistake(2 * work, "left out the biases", f"Each of {out:,} output numbers has one added."),
            Mistake(2 * work + b, "added a bias once for each channel", "It is added at every place."),
            Mistake(2 * (work + out), "counted a bias as a MAC", "There is no multiplication with it."),
            Mistake(work + out, "counted one FLOP per MAC", "A multiplication and an addition."),
        ],
        "FLOPs",
    )


def stride_place(draws: Draws) -> Problem:
    """The field of a bottleneck in the two variants."""
    rf, j, k = draws.whole(7, 120), draws.pick((2, 4, 8, 16)), draws.pick((3, 3, 5, 7))
    s, first = 2, draws.pick((True, False))
    name = "the first 1×1 (as in the ResNet paper, v1)" if first else f"the {k}×{k} (as in v1.5)"
    grown = (k - 1) * j * (s if first else 1)
    block = Sequential(Conv2d(1, 1, 1, s if first else 1), Conv2d(1, 1, k, 1 if first else s), Conv2d(1, 1, 1))
    size = receptive_field(block).size[0]
    assert size is not None and grown == (size - 1) * j
    return Problem(
        {"field": rf, "jump": j, "kernel_size": k, "stride": s, "stride_on_first": first},
        f"Before a bottleneck (1×1, {k}×{k}, 1×1) a unit sees {rf} cells along an axis, at a jump of {j}. The block "
        f"has its stride of {s} on {name}. How many cells does a unit see after it?",
        rf + grown,
        [
            f"The 1×1 convolutions add nothing. The {k}×{k} adds $k − 1 = {k - 1}$ steps.",
            f"The stride comes before the {k}×{k}, so a step is ${j}·{s} = {j * s}$ cells long."
            if first
            else f"The stride is its own, which does not count for it: a step is ${j}$ cells long.",
            f"${rf} + {k - 1}·{j * s if first else j} = {rf + grown}$",
        ],
        [
            Mistake(rf + (k - 1) * j * (1 if first else s), "took the other variant",
                    f"Here the stride is on {name}."),
            Mistake(rf + k - 1, "left out the jump", f"A step is {j} cells long before the block already."),
            Mistake(rf + (k - 1) * j * s * s, "counted the stride twice", "The stride counts once."),
            Mistake(rf + k * j * (s if first else 1), "took $k$ for $k − 1$", f"{k} taps have {k - 1} gaps."),
            Mistake(rf * k, "multiplied the field by the kernel", "Fields grow by adding."),
        ],
        "cells",
    )  # fmt: skip


def batch_for(draws: Draws) -> Problem:
    """The largest batch within a memory."""
    mib, c, side = draws.pick((64, 128, 256, 512, 1024)), draws.pick(WIDTHS), draws.pick((28, 56, 112, 224))
    one, room = 4 * c * side * side, mib * 2**20
    n = room // one
    return Problem(
        {"mib": mib, "channels": c, "side": side},
        f"Maps of shape ({c}, {side}, {side}) in `float32` may take at most {mib} MiB. How many images may a batch "
        "have?",
        n,
        [
            f"One image: $4·{c}·{side}·{side} = {one:,}$ bytes.",
            f"{mib} MiB are ${mib}·2^20 = {room:,}$ bytes.",
            f"$⌊{room:,}/{one:,}⌋ = {n:,}$",
        ],
        [
            Mistake(mib * 10**6 // one, "took MB for MiB", "A MiB has $2^20$ bytes, a MB a million."),
            Mistake(room * 4 // one, "counted numbers for bytes", "A `float32` takes four bytes."),
            Mistake(room // (8 * one), "counted bits", "A `float32` takes four bytes, 32 bits."),
            Mistake(n + 1, "rounded up", "That is over the limit already."),
            Mistake(room // (2 * one), "took `float64`", "A `float32` takes four bytes."),
        ],
        "images",
    )


# The sections that teach what is asked.
UNITS = "why-numbers-differ.md#macs-and-flops"
VARIANTS = "architectures/resnet.md#ex-resnet50-two-fields"
MEMORY = "architectures/vgg.md#ex-vgg16-memory"
KINDS = (
    Kind("flops-of-macs", CHAPTER, "recall", "MACs and FLOPs", flops, UNITS),
    Kind("tool-flops", CHAPTER, "compute", "What a tool prints", tool_flops, UNITS),
    Kind("stride-place", CHAPTER, "compute", "v1 or v1.5", stride_place, VARIANTS),
    Kind("tool-flops-mistake", CHAPTER, "explain", "Two tools disagree", explain(tool_flops), UNITS),
    Kind("batch-for-memory", CHAPTER, "design", "The largest batch", batch_for, MEMORY),
)
