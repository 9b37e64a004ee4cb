"""Exercises on 1×1, depthwise and grouped convolution, and on bottlenecks."""

from __future__ import annotations

from fractions import Fraction

from convnotes.cost import parameters
from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.layers import Conv2d, Sequential
from convnotes.words.numbers import minus

CHAPTER = "pointwise-convolution"
WIDTHS = (32, 48, 64, 96, 128, 192, 256, 384, 512)


def pointwise_weights(draws: Draws) -> Problem:
    """Weights of a 1×1 convolution."""
    a, b, side = draws.pick(WIDTHS), draws.pick(WIDTHS), draws.pick((7, 14, 28, 56))
    total = parameters(Conv2d(a, b, 1, bias=False))
    return Problem(
        {"in_channels": a, "out_channels": b, "side": side},
        f"How many weights does `Conv2d({a}, {b}, kernel_size=1, bias=False)` have, on maps of {side}×{side}?",
        total,
        [
            "One weight for each pair of an input and an output channel, the same at every place.",
            f"${a}·{b} = {total:,}$",
        ],
        [
            Mistake(
                total * side * side, "multiplied by the places", "All places share the weights; these are the MACs."
            ),
            Mistake(b, "counted one weight for each output channel", f"Each reads all {a} input channels."),
            Mistake(a + b, "added the channels", "Every output channel has a weight for every input channel."),
            Mistake(total + b, "counted biases", "`bias=False`: there are none."),
            Mistake(9 * total, "took a 3×3 kernel", "The kernel has one cell."),
        ],
        "weights",
    )


def mixed_pixel(draws: Draws) -> Problem:
    """One pixel through a 1×1 convolution."""
    pixel = [draws.whole(0, 9) for _ in range(3)]
    rows = [[draws.whole(-3, 4) for _ in range(3)] for _ in range(2)]
    bias = [draws.whole(-5, 9) for _ in range(2)]
    sums = [sum(w * x for w, x in zip(row, pixel, strict=True)) for row in rows]
    out = (sums[0] + bias[0], sums[1] + bias[1])
    lines = [
        " + ".join(f"{minus(w)}·{x}" for w, x in zip(row, pixel, strict=True)) + f" + {minus(b)} = {minus(o)}"
        for row, b, o in zip(rows, bias, out, strict=True)
    ]
    columns = [sum(rows[o][c] for o in range(2)) * pixel[c] for c in range(3)]
    return Problem(
        {"pixel": pixel, "weights": rows, "bias": bias},
        f"A 1×1 convolution from three channels to two has the weights\n\n{_matrix(rows)}\n\n(a row for each output) "
        f"and the biases {written(tuple(bias))}. What does it make of the pixel {written(tuple(pixel))}? No activation "
        "function follows.",
        out,
        [
            f"First output: ${_minus(lines[0])}$.",
            f"Second: ${_minus(lines[1])}$.",
            f"So {written(out)}",
        ],
        [
            Mistake((sums[0], sums[1]), "left out the biases", "Each output channel has one."),
            Mistake((max(0, out[0]), max(0, out[1])), "applied a ReLU", "None follows here."),
            Mistake((columns[0] + bias[0], columns[1] + bias[1]), "took columns for rows", "An output has a row."),
            Mistake((out[1], out[0]), "gave the outputs in the wrong order", "The first row makes the first output."),
            Mistake(
                (sums[0] + sum(bias), sums[1] + sum(bias)), "added both biases to both", "Each output has its own."
            ),
        ],
    )


def _minus(text: str) -> str:
    return minus(text.replace("+ −", "− "))


def _matrix(rows: list[list[int]]) -> str:
    return "\n".join("    " + " ".join(f"{minus(w):>3}" for w in row) for row in rows)


def separable(draws: Draws) -> Problem:
    """Weights of a depthwise separable convolution."""
    k, a, b = draws.pick((3, 5, 7)), draws.pick(WIDTHS), draws.pick(WIDTHS)
    pair = Sequential(Conv2d(a, a, k, groups=a, bias=False), Conv2d(a, b, 1, bias=False))
    total, depth, full = parameters(pair), k * k * a, k * k * a * b
    return Problem(
        {"in_channels": a, "out_channels": b, "kernel_size": k},
        f"A depthwise {k}×{k} convolution on {a} channels is followed by a 1×1 convolution to {b}; no biases. How many "
        "weights do the two have together?",
        total,
        [
            f"Depthwise: one kernel for each channel, ${k}²·{a} = {depth:,}$.",
            f"1×1: ${a}·{b} = {a * b:,}$.",
            f"${depth:,} + {a * b:,} = {total:,}$",
        ],
        [
            Mistake(full, "counted an ordinary convolution", f"A depthwise kernel reads one channel, not {a}."),
            Mistake(
                depth * b, "gave every output its own depthwise kernels", f"There are {a}, one for each input channel."
            ),
            Mistake(depth, "left out the 1×1 convolution", f"It has ${a}·{b}$ weights."),
            Mistake(a * b, "left out the depthwise convolution", f"It has ${k}²·{a}$ weights."),
            Mistake(k * k * b + a * b, "counted a kernel for each output channel", f"Depthwise: {a} in and {a} out."),
        ],
        "weights",
    )


def separable_share(draws: Draws) -> Problem:
    """The share of the weights that a separable convolution has."""
    k, a, b = draws.pick((3, 5, 7)), draws.pick(WIDTHS), draws.pick(WIDTHS)
    share = Fraction(k * k * a + a * b, k * k * a * b)
    return Problem(
        {"in_channels": a, "out_channels": b, "kernel_size": k},
        f"A {k}×{k} convolution from {a} channels to {b} is replaced by a depthwise {k}×{k} and a 1×1 to {b}; no "
        "biases. Which fraction of its weights do the two have together?",
        share,
        [
            "Share: $(k² C_in + C_in C_out)/(k² C_in C_out)$. The input channels cancel: $1/C_out + 1/k²$.",
            f"$1/{b} + 1/{k * k} = {written(share)}$",
        ],
        [
            Mistake(Fraction(1, b), "left out the 1×1 convolution", f"It adds $1/{k * k}$."),
            Mistake(Fraction(1, k * k), "left out the depthwise convolution", f"It adds $1/{b}$."),
            Mistake(Fraction(1, a) + Fraction(1, k * k), "took the input channels", "They cancel; the output's stay."),
            Mistake(Fraction(1, b * k * k), "multiplied the two shares", "The weights of the two layers add up."),
            Mistake(1 / share, "turned the fraction over", "The question is the share that is left."),
            Mistake(Fraction(1, b) + Fraction(1, k), "did not square the kernel", f"The kernel has {k}×{k} cells."),
        ],
    )


def grouped(draws: Draws) -> Problem:
    """Weights of a grouped convolution."""
    k, a, b, g = draws.pick((1, 3, 5)), draws.pick(WIDTHS), draws.pick(WIDTHS), draws.pick((2, 4, 8, 16))
    total, full = parameters(Conv2d(a, b, k, groups=g, bias=False)), k * k * a * b
    return Problem(
        {"in_channels": a, "out_channels": b, "kernel_size": k, "groups": g},
        f"How many weights does `Conv2d({a}, {b}, kernel_size={k}, groups={g}, bias=False)` have?",
        total,
        [
            f"Each of the {b} kernels reads the channels of its group: ${a}/{g} = {a // g}$.",
            f"${k}²·{a // g}·{b} = {total:,}$",
        ],
        [
            Mistake(full, "ignored the groups", f"A kernel reads {a // g} channels, not {a}."),
            Mistake(full // g**2, "divided both widths", f"All {b} outputs exist; only what they read is divided."),
            Mistake(full * g, "multiplied by the groups", "Grouping takes connections away."),
            Mistake(k * k * b, "took it for depthwise", f"That would be `groups={a}`."),
            Mistake(total + b, "counted biases", "`bias=False`: there are none."),
        ],
        "weights",
    )


def bottleneck(draws: Draws) -> Problem:
    """Weights of a bottleneck."""
    r, k = draws.pick((2, 4, 4, 8)), draws.pick((3, 3, 5, 7))
    c = r * draws.pick((8, 16, 24, 32, 64, 128))
    w = c // r
    net = Sequential(Conv2d(c, w, 1, bias=False), Conv2d(w, w, k, bias=False), Conv2d(w, c, 1, bias=False))
    total = parameters(net)
    return Problem(
        {"channels": c, "width": w, "kernel_size": k},
        f"A bottleneck goes from {c} channels through a 1×1 convolution to {w}, a {k}×{k} convolution from {w} to "
        f"{w}, and a 1×1 convolution back to {c}; no biases. How many weights does it have?",
        total,
        [
            f"Down: ${c}·{w} = {c * w:,}$. {k}×{k}: ${k}²·{w}² = {k * k * w * w:,}$. Up: ${w}·{c} = {c * w:,}$.",
            f"${c * w:,} + {k * k * w * w:,} + {c * w:,} = {total:,}$",
        ],
        [
            Mistake(k * k * w * w, "counted the middle alone", "The two 1×1 convolutions have weights too."),
            Mistake(c * w + k * k * w * w, "left out the way back up", f"The last 1×1 goes from {w} to {c}."),
            Mistake(2 * c * w + k * k * w * c, "narrowed the middle on one side only", f"It goes from {w} to {w}."),
            Mistake(k * k * c * c // r, "divided the full convolution by the reduction", "Layer by layer, then add."),
            Mistake(
                2 * c * w + k * k * w, "took the middle for depthwise", f"Each of its {w} kernels reads {w} channels."
            ),
            Mistake(
                k * k * c * c, "counted the convolution that it replaces", f"The middle has {w} channels, not {c}."
            ),
        ],
        "weights",
    )


def bottleneck_width(draws: Draws) -> Problem:
    """The widest bottleneck within a budget."""
    c, k, budget = draws.pick(WIDTHS[2:]), draws.pick((3, 3, 5)), draws.whole(3, 60) * 5_000

    def cost(width: int) -> int:
        return 2 * c * width + k * k * width**2

    def widest(fits: int, spent: int) -> int:
        """The largest w with fits·w² + spent·w within the budget."""
        w = 0
        while fits * (w + 1) ** 2 + spent * (w + 1) <= budget:
            w += 1
        return w

    w = widest(k * k, 2 * c)
    return Problem(
        {"channels": c, "kernel_size": k, "budget": budget},
        f"A bottleneck goes from {c} channels to $w$ (1×1), from $w$ to $w$ ({k}×{k}) and back to {c} (1×1), without "
        f"biases. It may have at most {budget:,} weights. What is the largest $w$?",
        w,
        [
            f"Weights: $2·{c} w + {k}² w²$.",
            f"At $w = {w + 1}$: ${cost(w + 1):,}$, too many. At $w = {w}$: ${cost(w):,}$, which fits.",
            f"So the largest is ${w}$",
        ],
        [
            Mistake(widest(k * k, c), "left out the way back up", f"The last 1×1 adds ${c} w$."),
            Mistake(widest(k * k, 0), "counted the middle alone", f"The two 1×1 convolutions add $2·{c} w$."),
            Mistake(widest(0, 2 * c + k * k), "did not square the width", "The middle goes from $w$ to $w$."),
            Mistake(w + 1, "rounded up", "That is over the budget already."),
            Mistake(widest(k, 2 * c), "did not square the kernel", f"The kernel has {k}×{k} cells."),
        ],
        "channels",
    )


# The sections that teach what is asked.
POINTWISE = "pointwise-convolution.md#ex-256-to-64"
PIXEL = "pointwise-convolution.md#ex-one-pixel-rgb"
GROUPED = "pointwise-convolution.md#ex-grouped"
SEPARABLE = "pointwise-convolution.md#ex-depthwise-then-pointwise"
BOTTLENECK = "pointwise-convolution.md#ex-bottleneck"
KINDS = (
    Kind("pointwise-weights", CHAPTER, "recall", "Weights of a 1×1 convolution", pointwise_weights, POINTWISE),
    Kind("mixed-pixel", CHAPTER, "compute", "A pixel through a 1×1 convolution", mixed_pixel, PIXEL),
    Kind("separable-weights", CHAPTER, "compute", "Depthwise, then pointwise", separable, SEPARABLE),
    Kind("separable-share", CHAPTER, "compute", "The share that is left", separable_share, SEPARABLE),
    Kind("grouped-weights", CHAPTER, "compute", "Grouped convolution", grouped, GROUPED),
    Kind("bottleneck-weights", CHAPTER, "compute", "Weights of a bottleneck", bottleneck, BOTTLENECK),
    Kind("bottleneck-mistake", CHAPTER, "explain", "A bottleneck counted wrongly", explain(bottleneck), BOTTLENECK),
    Kind("bottleneck-width", CHAPTER, "design", "The widest bottleneck within a budget", bottleneck_width, BOTTLENECK),
)
