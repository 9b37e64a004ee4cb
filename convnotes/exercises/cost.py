"""Exercises on parameters, MACs and memory."""

from __future__ import annotations

from math import isqrt

from convnotes.conv import output_size
from convnotes.cost import activations, macs, parameters
from convnotes.exercises.choice import several
from convnotes.exercises.draws import Draws
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.layers import Conv2d

CHAPTER = "cost"
WIDTHS = (3, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512)


def growth(draws: Draws) -> Problem:
    """By which factor a count grows when one thing grows."""
    f = draws.whole(2, 6)
    what, power = draws.pick(
        [
            ("the side of its map", {"weights": 0, "MACs": 2, "activations": 2}),
            ("its kernel size", {"weights": 2, "MACs": 2, "activations": 0}),
            ("the number of its input channels", {"weights": 1, "MACs": 1, "activations": 0}),
            ("the number of its output channels", {"weights": 1, "MACs": 1, "activations": 1}),
            (
                "both the number of its input channels and that of its output channels",
                {"weights": 2, "MACs": 2, "activations": 1},
            ),
        ]
    )
    count = draws.pick(("weights", "MACs", "activations"))
    n = power[count]
    why = f"In the formula of the {count} it counts {('not at all', 'once', 'twice')[n]}."
    return Problem(
        {"factor": f, "what": what, "count": count},
        f"A convolution keeps the size of its map. We multiply {what} by {f}. By which factor does the number of its "
        f"{count} grow? (Weights without biases; activations: the numbers that it writes.)",
        f**n,
        [
            "Weights: $k² C_in C_out$. MACs: $k² C_in C_out H W$. Activations: $C_out H W$.",
            f"{why} So the factor is ${f}^{n} = {f**n}$",
        ],
        [
            Mistake(1, "thought that it does not matter", why),
            Mistake(f, "let it count once", why),
            Mistake(f**2, "let it count twice", why),
            Mistake(2 * f, "doubled the factor", "Factors multiply; nothing is added."),
            Mistake(f**4, "squared a square", why),
        ],
    )


def layer_parameters(draws: Draws) -> Problem:
    """Parameters of one convolution."""
    k, bias = draws.pick((1, 3, 5, 7, 11)), draws.pick((True, True, False))
    a, b, side = draws.pick(WIDTHS), draws.pick(WIDTHS[2:]), draws.pick((7, 14, 28, 56, 112))
    weights, total = k * k * a * b, parameters(Conv2d(a, b, k, bias=bias))
    end = f"With one bias for each output channel: ${weights:,} + {b} = {total:,}$" if bias else f"No bias: ${total:,}$"
    return Problem(
        {"in_channels": a, "out_channels": b, "kernel_size": k, "bias": bias, "side": side},
        f"How many parameters does `Conv2d({a}, {b}, kernel_size={k}, bias={bias})` have, which writes maps of "
        f"{side}×{side}?",
        total,
        [f"Weights: $k² C_in C_out = {k}²·{a}·{b} = {weights:,}$.", end],
        [
            *([Mistake(weights, "left out the biases", f"`bias=True` adds {b}.")] if bias else []),
            *([] if bias else [Mistake(weights + b, "counted biases", "`bias=False`: there are none.")]),
            Mistake(weights + a, "counted a bias for each input channel", "One for each output channel."),
            Mistake(k * k * b + b * bias, "left out the input channels", f"Every kernel reaches through all {a}."),
            Mistake(k * a * b + b * bias, "did not square the kernel", f"The kernel has {k}×{k} cells."),
            Mistake(total * side * side, "multiplied by the places of the map", "All places share the weights."),
        ],
        "parameters",
    )


def layer_macs(draws: Draws) -> Problem:
    """MACs of one convolution."""
    k, s = draws.pick(((3, 1), (3, 2), (5, 1), (5, 2), (7, 2), (7, 4)))
    side = draws.pick((14, 27, 28, 56, 64, 112, 224))
    a, b, p = draws.pick(WIDTHS), draws.pick(WIDTHS[2:]), draws.pick((0, k // 2, k // 2))
    layer = Conv2d(a, b, k, s, p)
    o, weights, total = output_size(side, k, s, p), k * k * a * b, macs(layer, (a, side, side))
    bare = output_size(side, k, s)
    return Problem(
        {"in_channels": a, "out_channels": b, "kernel_size": k, "stride": s, "padding": p, "side": side},
        f"`Conv2d({a}, {b}, kernel_size={k}, stride={s}, padding={p})` reads a map of {side}×{side}. How many MACs "
        "(multiply–accumulates) does it take, biases excluded, taps on the padding included?",
        total,
        [
            f"The output side: $⌊({side} + 2·{p} − {k})/{s}⌋ + 1 = {o}$.",
            f"Every output number takes $k² C_in = {k}²·{a} = {k * k * a:,}$ MACs.",
            f"There are $C_out·{o}·{o} = {b}·{o * o:,} = {b * o * o:,}$ of them.",
            f"${k * k * a:,}·{b * o * o:,} = {total:,}$",
        ],
        [
            Mistake(2 * total, "counted FLOPs", "A MAC is a multiplication and its addition together."),
            Mistake(
                weights * side**2, "took the input's side", f"A number is computed at each of the {o}×{o} outputs."
            ),
            Mistake(weights * bare**2, "left out the padding", f"Padded, the output is {o}×{o}."),
            Mistake(weights, "counted weights", f"Each weight is used at all {o}×{o} places."),
            Mistake(k * k * b * o * o, "left out the input channels", f"Every output number reads all {a}."),
            Mistake(total + b * o * o, "counted the biases", "Adding a bias is no multiplication."),
        ],
        "MACs",
    )


def map_memory(draws: Draws) -> Problem:
    """Bytes that a layer writes."""
    a, b, batch = draws.pick(WIDTHS), draws.pick(WIDTHS[3:]), draws.pick((2, 4, 8, 16, 32))
    size, side = (
        draws.pick(((2, "float16"), (4, "float32"), (4, "float32"), (8, "float64"))),
        draws.pick((7, 14, 28, 56)),
    )
    numbers = activations(Conv2d(a, b, 3, padding=1), (a, side, side))
    total = numbers * batch * size[0]
    return Problem(
        {"in_channels": a, "out_channels": b, "side": side, "batch": batch, "bytes": size[0]},
        f"`Conv2d({a}, {b}, kernel_size=3, padding=1)` reads {batch} images of {side}×{side} at once. How many bytes "
        f"does its output take in `{size[1]}`?",
        total,
        [
            f"One image: $C_out H W = {b}·{side}·{side} = {numbers:,}$ numbers.",
            f"{batch} images: ${numbers:,}·{batch} = {numbers * batch:,}$ numbers of {size[0]} bytes each.",
            f"${numbers * batch:,}·{size[0]} = {total:,}$",
        ],
        [
            Mistake(numbers * size[0], "counted one image", f"There are {batch} in the batch."),
            Mistake(numbers * batch, "counted numbers", f"A `{size[1]}` takes {size[0]} bytes."),
            Mistake(8 * total, "counted bits", f"A `{size[1]}` takes {size[0]} bytes, {8 * size[0]} bits."),
            Mistake(total // b * a, "measured the input", f"The output has {b} channels, the input {a}."),
            Mistake(9 * a * b * size[0], "measured the weights", "The question is what the layer writes."),
        ],
        "bytes",
    )


def stack(draws: Draws) -> Problem:
    """Weights saved by a stack of 3×3 layers."""
    n, c = draws.whole(2, 6), draws.pick(WIDTHS[2:])
    k = 2 * n + 1
    one, many = k * k * c * c, 9 * n * c * c
    return Problem(
        {"layers": n, "channels": c},
        f"At stride 1, {n} convolutions of 3×3 in a row see as far as one {k}×{k}. All have {c} input and {c} output "
        "channels and no biases. How many weights does the stack save?",
        one - many,
        [
            f"One {k}×{k}: ${k}²·{c}² = {one:,}$.",
            f"{n} of 3×3: ${n}·3²·{c}² = {many:,}$.",
            f"${one:,} − {many:,} = {one - many:,}$",
        ],
        [
            Mistake((k * k - 9 * n) * c, "counted the channels once", f"There are {c} input and {c} output channels."),
            Mistake(one - many // n, "counted one layer of the stack", f"There are {n}."),
            Mistake(k * k - 9 * n, "left out the channels", f"Each of {c} kernels reaches through {c} channels."),
            Mistake(many, "gave the weights of the stack", "The question is what it saves."),
            Mistake(one - many - (n - 1) * c, "subtracted biases", "There are none here."),
        ],
        "weights",
    )


def width_for(draws: Draws) -> Problem:
    """The widest layer within a budget."""
    k, budget = draws.pick((3, 5, 7)), draws.whole(10, 400) * 10_000
    c = isqrt(budget // (k * k))
    return Problem(
        {"kernel_size": k, "budget": budget},
        f"A {k}×{k} convolution from $C$ channels to $C$, without biases, may have at most {budget:,} weights. Which "
        "is the largest $C$?",
        c,
        [
            f"$k² C² ≤ {budget:,}$, so $C² ≤ {budget:,}/{k * k} = {budget / (k * k):,.1f}$.",
            f"${k * k}·{c}² = {k * k * c * c:,}$ fits, ${k * k}·{c + 1}² = {k * k * (c + 1) ** 2:,}$ does not: $C = "
            f"{c}$",
        ],
        [
            Mistake(budget // (k * k), "counted the channels once", "There are $C$ on both sides, so $C²$."),
            Mistake(isqrt(budget), "left out the kernel", f"Each pair of channels has {k * k} weights."),
            Mistake(isqrt(budget // k), "did not square the kernel", f"The kernel has {k}×{k} cells."),
            Mistake(c + 1, "rounded up", "That is over the budget already."),
            Mistake(isqrt(budget // 2) // k, "counted every channel twice", "One set of kernels goes from $C$ to $C$."),
        ],
        "channels",
    )


def same_parameters(draws: Draws) -> Problem:
    """Which changes leave the number of parameters as it is."""
    a, b = draws.pick(((16, 16), (32, 32), (64, 64), (16, 32), (32, 64), (64, 128), (3, 64), (48, 32)))
    k, side, images = draws.pick((3, 5)), draws.pick((28, 32, 56, 112)), draws.pick((8, 32, 64))
    now = k * k * a * b + b
    other, f = 8 - k, draws.pick((2, 4))
    kept = f"The kernels and biases stay: ${k}²·{a}·{b} + {b} = {now:,}$ parameters."
    widened, swapped = k * k * a * f * b + f * b, k * k * b * a + a
    cases = {
        "stride": ("it gets `stride=2`", now, f"Its windows lie further apart. {kept}"),
        "padding": ("it loses its padding", now, f"Zeros around the map are not learned. {kept}"),
        "dilation": ("it gets `dilation=2`", now, f"Its taps lie further apart, but their number stays. {kept}"),
        "map": (f"its maps become {2 * side}×{2 * side}", now, f"Each weight is used at more places. {kept}"),
        "batch": (f"it reads {images} images at a time, not one", now, f"All images share the kernels. {kept}"),
        "bias": ("it gets `bias=False`", now - b, f"There are {b} biases fewer: ${now:,} − {b} = {now - b:,}$."),
        "kernel": (f"its kernels become {other}×{other}", other * other * a * b + b,
                   f"${other}²·{a}·{b} + {b} = {other * other * a * b + b:,}$, not {now:,}."),
        "swap": (f"it reads {b} channels and writes {a}", swapped,
                 f"${k}²·{b}·{a} + {a} = {swapped:,}$: as many weights, and {a} biases instead of {b}."),
        "wide": (f"it writes {f * b} channels, and its maps are smaller", widened,
                 f"The size of the maps does not matter, the number of channels does: "
                 f"${k}²·{a}·{f * b} + {f * b} = {widened:,}$."),
    }  # fmt: skip
    if a == b:
        del cases["swap"]
    same = [code for code, (_, count, _) in cases.items() if count == now]
    right = draws.whole(2, 3)
    chosen = [*draws.some(same, right), *draws.some([code for code in cases if code not in same], 5 - right)]
    options = {code: (said, count == now, why) for code in chosen for said, count, why in [cases[code]]}
    return several(
        {"in_channels": a, "out_channels": b, "kernel_size": k, "other": other, "factor": f},
        f"`Conv2d({a}, {b}, {k}, padding={k // 2})`, which has biases, reads maps of {side}×{side}, one image at a "
        "time. Which of these changes leave the number of its parameters as it is?",
        options,
    )


# The sections that teach what is asked.
GROWS = "cost.md#ex-doubling-channels"
COUNTED = "cost.md#ex-count-by-hand"
STACKED = "cost.md#ex-three-3x3-at-256"
BIASES = "cost.md#ex-bias-and-buffers"
KINDS = (
    Kind("growth", CHAPTER, "recall", "What grows with what", growth, GROWS),
    Kind("conv-parameters", CHAPTER, "compute", "Parameters of a convolution", layer_parameters, COUNTED),
    Kind("conv-macs", CHAPTER, "compute", "MACs of a convolution", layer_macs, COUNTED),
    Kind("map-memory", CHAPTER, "compute", "Memory of a map", map_memory, COUNTED),
    Kind("kernel-stack", CHAPTER, "compute", "A stack of 3×3 against one large layer", stack, STACKED),
    Kind("same-parameters", CHAPTER, "why", "What leaves the parameters as they are", same_parameters, BIASES),
    Kind("conv-macs-mistake", CHAPTER, "explain", "A wrong number of MACs", explain(layer_macs), COUNTED),
    Kind("width-for-budget", CHAPTER, "design", "The widest layer within a budget", width_for, COUNTED),
)
