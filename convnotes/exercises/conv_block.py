"""Exercises on convolution, batch norm and ReLU in a row."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from convnotes.cost import buffers, parameters
from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.layers import BatchNorm2d, Conv2d, Layer, ReLU, Sequential

CHAPTER = "conv-block"
WIDTHS = (16, 24, 32, 48, 64, 96, 128, 256, 512)


def norm_numbers(draws: Draws) -> Problem:
    """Numbers that a batch norm learns, or stores."""
    c, learned = draws.whole(2, 64) * 8, draws.pick((True, False))
    norm = BatchNorm2d(c)
    total = parameters(norm) if learned else buffers(norm)
    if learned:
        prompt = "learned parameters"
        steps = ["A scale and a shift for each channel.", f"$2·{c} = {total:,}$"]
    else:
        prompt = "numbers that are stored and not learned (the buffers)"
        steps = [
            "A running mean and a running variance for each channel, and one counter of batches.",
            f"$2·{c} + 1 = {total:,}$",
        ]
    return Problem(
        {"channels": c, "learned": learned},
        f"How many {prompt} has PyTorch's `BatchNorm2d({c})`?",
        total,
        steps,
        [
            Mistake(4 * c, "counted means, variances, scales and shifts", "Two of the four are learned, two stored."),
            Mistake(4 * c + 1, "counted everything", "Learned numbers and buffers are told apart."),
            Mistake(c, "counted one number a channel", "There are two."),
            Mistake(2 * c + learned, f"{'added' if learned else 'left out'} the counter of batches",
                    "It is a buffer."),
            Mistake(2 * c, "left out the counter of batches", "It is a buffer too."),
        ],
        "numbers",
    )  # fmt: skip


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
            Mistake(sum(weights), "left out the batch norms", "Each has two learned numbers a channel."),
            Mistake(total + out, "counted biases", "`bias=False`: the shift of the batch norm takes their place."),
            Mistake(total - out, "counted one number a channel of the batch norms", "A scale and a shift: two."),
            Mistake(total + 2 * out, "counted running means and variances", "They are stored, not learned."),
            Mistake(total - 2 * out + 2 * sum(widths[:-1]), "normalised the inputs", "Batch norm stands after."),
        ],
        "parameters",
    )


def folded(draws: Draws) -> Problem:
    """Weight and bias of a convolution into which its batch norm is folded."""
    w, b, mean = draws.whole(1, 9), draws.whole(0, 9), draws.whole(0, 9)
    std, scale, shift = draws.whole(2, 5), draws.whole(1, 6), draws.whole(0, 9)
    scale *= std if draws.whole(0, 1) else 1
    if scale % std:
        scale *= std
    f = scale // std
    out = (w * f, f * (b - mean) + shift)
    fold = Fraction(scale, std)
    return Problem(
        {"weight": w, "bias": b, "mean": mean, "std": std, "scale": scale, "shift": shift},
        f"A convolution with the single weight {w} and the bias {b} is followed by a batch norm in evaluation mode: "
        f"mean {mean}, standard deviation {std} (its epsilon included), scale {scale}, shift {shift}. Which "
        "convolution does the same as both? Answer as (weight, bias).",
        out,
        [
            f"$γ((w x + b) − μ)/σ + β$ with $γ/σ = {scale}/{std} = {written(fold)}$.",
            f"Weight: ${f}·{w} = {out[0]}$.",
            f"Bias: ${f}·({b} − {mean}) + {shift} = {written(out[1])}$. So {written(out)}",
        ],
        [
            Mistake((w * f, b), "left the bias as it is", "It is normalised and shifted as well."),
            Mistake((w * f, f * b + shift), "forgot the mean", f"{mean} is subtracted before the scaling."),
            Mistake((w * scale, scale * (b - mean) + shift), "forgot the standard deviation", f"It divides by {std}."),
            Mistake((w * f, f * (b - mean)), "forgot the shift", f"{shift} is added at the end."),
            Mistake((w * f, f * b - mean + shift), "scaled before the mean was taken off", "Mean first, then scale."),
            Mistake((w, f * (b - mean) + shift), "left the weight as it is", "The scale acts on it too."),
        ],
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


# The sections that teach what is asked.
BUFFERS = "cost.md#ex-bias-and-buffers"
BLOCK = "conv-block.md#the-block-in-pytorch"
FOLDED = "conv-block.md#ex-batch-norm-bias"
KINDS = (
    Kind("norm-numbers", CHAPTER, "recall", "The numbers of a batch norm", norm_numbers, BUFFERS),
    Kind("block-parameters", CHAPTER, "compute", "Parameters of blocks", blocks, BLOCK),
    Kind("folded-norm", CHAPTER, "compute", "Batch norm folded into the convolution", folded, FOLDED),
    Kind("block-parameters-mistake", CHAPTER, "explain", "Blocks counted wrongly", explain(blocks), BLOCK),
    Kind("blocks-for-budget", CHAPTER, "design", "Blocks within a budget", depth_for, BLOCK),
)
