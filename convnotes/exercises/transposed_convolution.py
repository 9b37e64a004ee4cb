"""Exercises on transposed convolution: stamps, sizes, cost, cover."""

from __future__ import annotations

from convnotes.conv import output_size, transposed_output_size
from convnotes.exercises import rows
from convnotes.exercises.answers import written
from convnotes.exercises.choice import several
from convnotes.exercises.draws import Draws
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.exercises.windows import HALVING, MAPS, STAMPS

CHAPTER = "transposed-convolution"
Stamp = tuple[int, int, int, int]  # kernel size, stride, padding, output padding
DOUBLE: tuple[Stamp, ...] = ((2, 2, 0, 0), (4, 2, 1, 0), (3, 2, 1, 1), (5, 2, 2, 1), (6, 2, 2, 0), (7, 2, 3, 1))
NEARLY: tuple[Stamp, ...] = ((3, 2, 0, 0), (3, 2, 1, 0), (4, 2, 0, 0), (5, 2, 2, 0), (7, 2, 3, 0), (4, 2, 1, 1))
# The way back of poolings and stems; score maps enlarged four and eight times; one cell made a map of 4×4.
OTHERS: tuple[Stamp, ...] = (
    *((3, 1, 1, 0), (4, 1, 0, 0), (5, 1, 2, 0)),
    *((4, 4, 0, 0), (8, 4, 2, 0), (16, 8, 4, 0), (11, 4, 2, 0), (3, 3, 0, 0), (2, 2, 0, 1)),
)
SIDES = (4, 7, 8, *MAPS)


def transposed_weights(draws: Draws) -> Problem:
    """Parameters of a transposed convolution."""
    a, b = draws.some((16, 24, 32, 48, 64, 96, 128, 256), 2)
    k, s = draws.pick(((2, 2), (3, 2), (4, 2), (5, 2), (3, 3), (4, 4)))
    weights = k * k * a * b
    return Problem(
        {"in_channels": a, "out_channels": b, "kernel_size": k},
        f"How many parameters does `ConvTranspose2d({a}, {b}, {k}, stride={s})` have, biases included?",
        weights + b,
        ["As a convolution: a kernel for each pair of channels, a bias for each output channel.",
         f"$({k}²·{a}·{b}) + {b} = {weights + b:,}$"],
        [
            Mistake(weights, "left out the biases", f"There is one for each of {b} output channels."),
            Mistake(weights + a, "gave the biases to the input channels", "They are added to the outputs."),
            Mistake(k * a * b + b, "counted the kernel along one axis", f"It has ${k}·{k}$ weights."),
            Mistake(s * s * weights + b, "multiplied by the stride", "Stride moves stamps apart and adds no weights."),
            Mistake(k * k * b + b, "counted one kernel per output channel", f"Each has {a}, one per input channel."),
        ],
        "parameters",
    )  # fmt: skip


def size_of(draws: Draws) -> Problem:
    """The size after a transposed convolution."""
    i, (k, s, p, extra) = draws.pick(SIDES), draws.pick((*DOUBLE, *NEARLY, *OTHERS))
    o = transposed_output_size(i, k, s, p, extra)
    return Problem(
        {"size": i, "kernel_size": k, "stride": s, "padding": p, "output_padding": extra},
        f"An axis of {i} cells goes through a transposed convolution with `kernel_size={k}`, `stride={s}`, "
        f"`padding={p}`, `output_padding={extra}`. How many cells does the output have?",
        o,
        [
            f"A stamp is {k} cells long; the last starts at ${s}·({i} − 1) = {s * (i - 1):,}$.",
            f"$({i} − 1)·{s} − 2·{p} + {k} + {extra} = {o:,}$",
        ],
        [
            Mistake(o + 2 * p, "left out the padding", "It crops each side of the output."),
            Mistake(o + 4 * p, "added the padding", "In a transposed convolution padding removes cells."),
            Mistake(o + s, "let the last stamp start one stride too late", f"{i} stamps have {i - 1} steps."),
            Mistake(o - extra, "left out the output padding", "It is added at the end."),
            Mistake(i * s, "multiplied the input by the stride", "Kernel and padding count too."),
            Mistake((i + 2 * p - k) // s + 1, "used the formula of the convolution", "This one makes maps larger."),
        ],
        "cells",
    )


def stamped_values(draws: Draws) -> Problem:
    """A transposed convolution of a row."""
    stride, k = draws.pick((1, 2, 2)), draws.pick((2, 3))
    kernel = [draws.pick((-2, -1, 1, 2, 3)) for _ in range(k)]
    row = [draws.pick((-2, 1, 2, 3, 4, 5)) for _ in range(draws.whole(2, 3))]
    stamps = rows.stamps(row, kernel, stride)
    out = rows.added(stamps)
    shown = [f"Cell {n + 1} stamps {rows.listed([v * w for w in kernel])} from cell {stride * n + 1} on."
             for n, v in enumerate(row)]  # fmt: skip
    other = rows.added(rows.stamps(row, kernel, 3 - stride))
    return Problem(
        {"row": row, "kernel": kernel, "stride": stride},
        f"The row ({rows.listed(row)}) goes through a transposed convolution with the kernel ({rows.listed(kernel)}), "
        f"stride {stride} and no padding. Give the whole output.",
        tuple(out),
        [*shown, f"Overlaps add up: {written(tuple(out))}"],
        [
            Mistake(tuple(rows.added(rows.stamps(row, kernel[::-1], stride))), "flipped the kernel",
                    "Stamps are not flipped."),
            Mistake(tuple(other), "took another stride", f"Stamps lie {stride} cells apart."),
            Mistake(tuple(max(c, key=abs) for c in zip(*stamps, strict=True)), "did not add overlaps", "They add up."),
            Mistake(tuple(v * w for v in row for w in kernel), "put the stamps side by side",
                    f"Each starts {stride} cells after the one before."),
            Mistake(tuple(rows.added(rows.stamps([1] * len(row), kernel, stride))), "left out the input",
                    "Each stamp is multiplied by its cell."),
        ],
    )  # fmt: skip


def transposed_macs(draws: Draws) -> Problem:
    """MACs of a transposed convolution."""
    a, b = draws.some((8, 16, 32, 64, 128), 2)
    side, k = draws.pick((7, 14, 28, 56)), draws.pick((2, 4))
    p, out = (k - 2) // 2, 2 * side
    n = k * k * a * b * side * side
    return Problem(
        {"in_channels": a, "out_channels": b, "kernel_size": k, "side": side},
        f"`ConvTranspose2d({a}, {b}, {k}, stride=2, padding={p})` reads maps of {side}×{side} cells. How many MACs "
        "does it take? (Each product counts, also those that are cropped.)",
        n,
        ["Every input cell multiplies each weight of its channel once.", f"${k}²·{a}·{b}·{side}² = {n:,}$"],
        [
            Mistake(4 * n, "took the size of the output", f"Stamps come from the {side}×{side} input cells."),
            Mistake(2 * n, "counted FLOPs", "A MAC is a multiplication with its addition: two FLOPs."),
            Mistake(n // a, "left out the input channels", "Each input channel has stamps of its own."),
            Mistake(n // b, "left out the output channels", "Each input cell stamps on all of them."),
            Mistake(n // k, "counted the kernel along one axis", f"It has ${k}·{k}$ weights."),
            Mistake(k * k * a * b * out, "counted the side and not the area", "There are cells in both directions."),
        ],
        "MACs",
    )


def cover(draws: Draws) -> Problem:
    """How many stamps lie on a cell."""
    k, s = draws.pick(STAMPS)
    least, most = k // s, -(-k // s)
    return Problem(
        {"kernel_size": k, "stride": s},
        f"A transposed convolution has `kernel_size={k}` and `stride={s}`. Away from the border, how many stamps lie "
        "at least and at most on an output cell, *in two dimensions*? Answer as (least, most).",
        (least**2, most**2),
        [
            f"Along an axis $⌊{k}/{s}⌋ = {least}$ at least and $⌈{k}/{s}⌉ = {most}$ at most.",
            "Rows and columns multiply"
            + (": even, no checkerboard: " if least == most else ": a checkerboard: ")
            + written((least**2, most**2)),
        ],
        [
            Mistake((least, most), "counted along one axis", "In two dimensions the counts multiply."),
            Mistake((k * k, k * k), "counted the cells of a stamp", "The question is how many stamps lie on one cell."),
            Mistake((least**2, (least + 1) ** 2), "took uneven cover for granted", f"{s} divides {k}: it is even."),
            Mistake((most**2, most**2), "took even cover for granted", f"{s} does not divide {k}."),
            Mistake((s * s, s * s), "gave the stride", "Stride is the distance of stamps."),
            Mistake((1, 1), "left out the overlaps", f"Stamps of {k} cells start {s} cells apart."),
        ],
    )


def extra_for(draws: Draws) -> Problem:
    """The output padding that restores a size."""
    (k, s, p), i = draws.pick(HALVING), draws.pick((*MAPS, 27, 55, 100, 160, 223, 225, 227, 299))
    o = output_size(i, k, s, p)
    back = transposed_output_size(o, k, s, p)
    extra = i - back
    return Problem(
        {"size": i, "kernel_size": k, "stride": s, "padding": p},
        f"A convolution with `kernel_size={k}`, `stride={s}`, `padding={p}` takes {i} cells to {o}. Which "
        f"`output_padding` must the transposed convolution with the same numbers have to come back to {i}?",
        extra,
        [f"Without it: $({o} − 1)·{s} − 2·{p} + {k} = {back}$.", f"Missing: ${i} − {back} = {extra}$"],
        [
            Mistake(i - s * o + (1 if i == s * o else 0), "took the stride times the output", "The kernel counts too."),
            Mistake(s - 1, "took the largest that is allowed", "It depends on what the convolution rounded off."),
            Mistake((extra + 1) % s, "counted one too many", f"{o} stamps have {o - 1} steps."),
            Mistake(p, "took the padding", "Padding crops, output padding adds."),
            Mistake(0, "took the size for granted", f"Several sizes lead to {o}; without it the least comes back."),
        ],
        "cells",
    )


def doubles(draws: Draws) -> Problem:
    """Which transposed convolutions double a map."""
    i, right = draws.pick(SIDES), draws.whole(2, 3)
    drawn = draws.shuffled([*draws.some(DOUBLE, right), *draws.some(NEARLY, 4 - right), draws.pick(OTHERS)])
    options = {}
    for number, (k, s, p, extra) in enumerate(drawn):
        o = transposed_output_size(i, k, s, p, extra)
        said = f"`kernel_size={k}, stride={s}, padding={p}{f', output_padding={extra}' if extra else ''}`"
        sum_ = f"({i} − 1)·{s} − 2·{p} + {k}{f' + {extra}' if extra else ''}"
        options[str(number)] = (said, o == 2 * i, f"${sum_} = {o:,}$.")
    return several(
        {"size": i, "layers": {str(number): layer for number, layer in enumerate(drawn)}},
        f"A map of {i}×{i} is to become one of {2 * i}×{2 * i}. Which transposed convolutions do that?",
        options,
    )


# The sections that teach what is asked.
STAMPED = "transposed-convolution.md#ex-stamps"
SIZE = "transposed-convolution.md#ex-output-padding"
COST = "transposed-convolution.md#ex-transposed-cost"
COVER = "transposed-convolution.md#ex-checkerboard"
KINDS = (
    Kind("transposed-weights", CHAPTER, "recall", "Parameters, transposed", transposed_weights, COST),
    Kind("transposed-size", CHAPTER, "compute", "Size, transposed", size_of, SIZE),
    Kind("doubles", CHAPTER, "compute", "Which double a map", doubles, SIZE),
    Kind("stamped-values", CHAPTER, "compute", "Stamps by hand", stamped_values, STAMPED),
    Kind("transposed-macs", CHAPTER, "compute", "MACs, transposed", transposed_macs, COST),
    Kind("stamp-cover", CHAPTER, "compute", "Checkerboard or not", cover, COVER),
    Kind("transposed-size-mistake", CHAPTER, "explain", "A wrong size, transposed", explain(size_of), SIZE),
    Kind("output-padding-for", CHAPTER, "design", "Back to the size before", extra_for, SIZE),
)
