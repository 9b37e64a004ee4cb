"""Exercises on convolution, batch norm and ReLU in a row."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from convnotes.cost import parameters
from convnotes.exercises import rows
from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.layers import BatchNorm2d, Conv2d, Layer, ReLU, Sequential
from convnotes.words.numbers import minus

CHAPTER = "conv-block"
WIDTHS = (16, 24, 32, 48, 64, 96, 128, 256, 512)


def merged(draws: Draws) -> Problem:
    """The one kernel that some linear layers are."""
    n, k = draws.whole(2, 12), draws.pick((2, 3, 3, 4, 5, 7))
    answer = 1 + n * (k - 1)
    return Problem(
        {"layers": n, "kernel_size": k},
        f"{n} convolutions of {k}×{k} at stride 1 follow each other without padding, bias or activation. How large is "
        "the side of the kernel of the single convolution that does the same?",
        answer,
        [
            "Without an activation the layers merge. The first has its own side, each further one adds $k − 1$.",
            f"$1 + {n}·({k} − 1) = {answer}$",
        ],
        [
            Mistake(n * k, "added up the kernels", "Neighbouring windows overlap: each layer adds $k − 1$."),
            Mistake(k**n, "multiplied the kernels", "Sizes add."),
            Mistake(k, "thought that the kernels lie on each other", "Each layer reads neighbours of neighbours."),
            Mistake(n * (k - 1), "left out the cell in the middle", "One cell is there before the first layer."),
        ],
        "cells",
    )


def rectified(draws: Draws) -> Problem:
    """The output of a layer of rectified units."""
    x, shifts = draws.whole(-3, 3), [draws.whole(-4, 4) for _ in range(3)]
    weights = [draws.pick((-3, -2, -1, 1, 2, 3)) for _ in range(3)]
    units = [x + shift for shift in shifts]
    kept = [max(unit, 0) for unit in units]
    total = sum(w * u for w, u in zip(weights, kept, strict=True))
    if min(units) >= 0 or max(units) <= 0:
        raise Redraw
    biases, sums = rows.told(shifts), "; ".join(f"$({minus(x)}) + ({minus(b)}) = {minus(x + b)}$" for b in shifts)
    terms = " + ".join(f"({minus(w)})·{u}" for w, u in zip(weights, kept, strict=True))
    linear = sum(w * u for w, u in zip(weights, units, strict=True))
    return Problem(
        {"x": x, "shifts": shifts, "weights": weights},
        f"Three hidden units add the biases {biases} to one input $x$. A ReLU follows, then an output with the weights "
        f"{rows.told(weights)} and no bias. What comes out for $x = {minus(x)}$?",
        total,
        [
            f"Hidden: {sums}.",
            f"After the ReLU: {', '.join(map(str, kept))}.",
            f"${terms} = {minus(total)}$",
        ],
        [
            Mistake(linear, "left out the ReLU", "Negative units become 0."),
            Mistake(sum(kept), "left out the weights", "The output weighs its units."),
            Mistake(max(total, 0), "put a ReLU after the output", "It follows the hidden units only."),
            Mistake(
                sum(w * abs(u) for w, u in zip(weights, units, strict=True)),
                "turned the signs around",
                "ReLU makes a negative number 0; it does not make it positive.",
            ),
        ],
    )


def blocks(draws: Draws) -> Problem:
    """Parameters of some blocks in a row."""
    widths = [draws.pick((1, 3)), *(draws.pick(WIDTHS[:7]) for _ in range(draws.whole(1, 3)))]
    pairs = list(pairwise(widths))
    layers: list[Layer] = []
    for a, b in pairs:
        layers += [Conv2d(a, b, 3, padding=1, bias=False), BatchNorm2d(b), ReLU()]
    total, out = parameters(Sequential(*layers)), sum(widths[1:])
    weights = [9 * a * b for a, b in pairs]
    return Problem(
        {"widths": widths},
        f"Blocks of convolution (3×3, `bias=False`), batch norm and ReLU lead through these channels: "
        f"{' → '.join(map(str, widths))}. How many learned parameters do they have?",
        total,
        [
            f"Weights: {' + '.join(f'${9}·{a}·{b}$' for a, b in pairs)} = {sum(weights):,}.",
            f"Batch norms: $2·{out} = {2 * out:,}$. ReLU learns nothing.",
            f"${sum(weights):,} + {2 * out:,} = {total:,}$",
        ],
        [
            Mistake(sum(weights), "left out the batch norms", "Each has two learned numbers per channel."),
            Mistake(total + out, "counted biases", "`bias=False`: the shift of the batch norm takes their place."),
            Mistake(total - out, "counted one number per channel of the batch norms", "A scale and a shift: two."),
            Mistake(total + 2 * out, "counted running means and variances", "They are stored, not learned."),
            Mistake(
                total - 2 * out + 2 * sum(widths[:-1]),
                "normalised the inputs",
                "Batch norm follows the convolution.",
            ),
        ],
        "parameters",
    )


def depth_for(draws: Draws) -> Problem:
    """How many blocks a budget allows."""
    c, budget = draws.pick(WIDTHS), draws.whole(2, 60) * 50_000
    block = 9 * c * c + 2 * c
    n = budget // block
    return Problem(
        {"channels": c, "budget": budget},
        f"Blocks of convolution (3×3, {c} channels to {c}, `bias=False`), batch norm and ReLU may have at most "
        f"{budget:,} learned parameters in all. How many blocks are possible?",
        n,
        [f"One block: $9·{c}² + 2·{c} = {block:,}$.", f"$⌊{budget:,}/{block:,}⌋ = {n:,}$"],
        [
            Mistake(n + 1, "rounded up", "That is over the budget already."),
            Mistake(budget // (9 * c), "counted the channels once", f"Each of {c} kernels reads {c} channels."),
            Mistake(budget // (c * c + 2 * c), "left out the kernel", "It has nine cells."),
            Mistake(budget // (9 * c * c), "left out the batch norms", f"Each has $2·{c}$ learned numbers."),
            Mistake(budget // (block + c), "counted biases", "`bias=False`."),
        ],
        "blocks",
    )


def start_variance(draws: Draws) -> Problem:
    """The variance of the first weights of a layer before a ReLU."""
    c, out, k = draws.pick(WIDTHS), draws.pick(WIDTHS), draws.pick((1, 3, 5, 7))
    n = k * k * c
    return Problem(
        {"in_channels": c, "kernel_size": k},
        f"`Conv2d({c}, {out}, kernel_size={k})` is followed by a ReLU. Which variance should its weights start with so "
        "that the mean square of the maps stays what it is? Answer as a fraction.",
        Fraction(2, n),
        [
            f"An output adds up ${k}·{k}·{c} = {n:,}$ products, so the mean square grows ${n:,}$ times the variance.",
            f"The ReLU halves it: the variance is $2/{n:,} = {written(Fraction(2, n))}$",
        ],
        [
            Mistake(Fraction(1, n), "left out the ReLU", "It halves the mean square."),
            Mistake(Fraction(2, c), "counted the channels only", "An output adds up the whole window."),
            Mistake(Fraction(2, k * k * out), "took the output channels", "An output adds up input channels."),
            Mistake(Fraction(2, n * n), "squared", "The variance itself is 2 over the number of products."),
        ],
    )


# The sections that teach what is asked.
RELU = "conv-block.md#why-relu"
BLOCK = "conv-block.md#the-block-in-pytorch"
KINDS = (
    Kind("merged-layers", CHAPTER, "recall", "Layers that merge", merged, RELU),
    Kind("rectified-units", CHAPTER, "compute", "Three units and a ReLU", rectified, RELU),
    Kind(
        "start-variance",
        CHAPTER,
        "compute",
        "Where the weights start",
        start_variance,
        "conv-block.md#ex-initial-weights",
    ),
    Kind("block-parameters", CHAPTER, "compute", "Parameters of blocks", blocks, BLOCK),
    Kind("block-parameters-mistake", CHAPTER, "explain", "Blocks counted wrongly", explain(blocks), BLOCK),
    Kind("blocks-for-budget", CHAPTER, "design", "Blocks within a budget", depth_for, BLOCK),
)
