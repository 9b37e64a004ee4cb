"""Exercises on looking into a network: kernels as pictures, patches cut to the field, occlusion."""

from __future__ import annotations

from collections.abc import Callable

from convnotes.conv import output_size
from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.words.numbers import minus

CHAPTER = "feature-visualization"


def kernel_shape(draws: Draws) -> Problem:
    """The shape of the weights that are looked at."""
    a, b, k = draws.pick((3, 3, 16, 64)), draws.pick((24, 32, 48, 64, 96)), draws.pick((5, 7, 9, 11))
    return Problem(
        {"in_channels": a, "out_channels": b, "kernel_size": k},
        f"You want to draw the kernels of PyTorch's `Conv2d({a}, {b}, kernel_size={k})`. What shape does its weight "
        "have?",
        (b, a, k, k),
        [
            f"{b} kernels, one for each output channel, and each reaches through {a} input channels.",
            f"So {written((b, a, k, k))}",
        ],
        [
            Mistake((a, b, k, k), "put the input channels first", "Each output channel has a kernel of its own."),
            Mistake((b, k, k), "left out the input channels", f"A kernel has a {k}×{k} slice for each of them."),
            Mistake((b, k, k, a), "put the channels last", "PyTorch has them before the two axes of the image."),
            Mistake((k, k, a, b), "wrote TensorFlow's order", "PyTorch starts with the output channels."),
        ],
    )


def patch(draws: Draws) -> Problem:
    """The rows that a top patch is cut from."""
    r, j = draws.whole(5, 60), draws.pick((2, 4, 8, 16))
    p, side = draws.whole(0, r // 2), draws.pick((96, 128, 160, 224))
    u = draws.whole(0, side // j - 1)
    start = j * u - p
    first, last = max(0, start), min(side - 1, start + r - 1)
    if last - first < 2:
        raise Redraw
    end = start + r - 1
    cut = f"Of them {first} to {last} lie in the picture. So {written((first, last))}"
    return Problem(
        {"field": r, "jump": j, "padding": p, "unit": u, "side": side},
        f"A unit of some layer has a field of {r} rows and a jump of {j}; the first field starts {p} rows before the "
        "picture. "
        f"Which rows of a picture of {side} rows does the top patch of unit {u} show? Answer as (first, last), from 0.",
        (first, last),
        [f"It reads from ${j}·{u} − {p} = {minus(start)}$ to ${minus(start)} + {r} − 1 = {minus(end)}$.", cut],
        [
            Mistake((start, end), "did not cut at the border", f"A picture has no rows but 0 to {side - 1}."),
            Mistake((j * u, min(side - 1, j * u + r - 1)), "left out the padding", f"Fields start {p} rows earlier."),
            Mistake((first, min(side - 1, end + 1)), "counted one row too many", "First and last are both included."),
            Mistake((max(0, u - p), max(0, u - p) + r - 1), "left out the jump", f"Fields start {j} rows apart."),
            Mistake((j * u, min(side - 1, j * u + j - 1)), "cut one jump of rows", f"The field has {r} rows."),
            Mistake((max(0, j * u - r // 2), min(side - 1, j * u + r // 2)), "put the middle at jump times unit",
                    "The middle lies half a field after the start."),
        ],
        "rows",
    )  # fmt: skip


def passes(draws: Draws) -> Problem:
    """Forward passes of an occlusion map."""
    side, k, s = draws.pick((64, 96, 128, 160, 224)), draws.pick((5, 8, 11, 16, 24, 32)), draws.whole(1, 12)
    n = output_size(side, k, s)
    return Problem(
        {"side": side, "patch": k, "step": s},
        f"A grey square of {k}×{k} is moved over a picture of {side}×{side} in steps of {s}, always wholly inside. "
        "How many forward passes does the occlusion map take, the one without a square not counted?",
        n * n,
        [f"Along an axis: $⌊({side} − {k})/{s}⌋ + 1 = {n}$ places.", f"${n}² = {n * n:,}$"],
        [
            Mistake(n, "counted one axis", "The square moves along both."),
            Mistake((n - 1) ** 2, "left out the + 1", "There is one place more than steps."),
            Mistake((side // s) ** 2, "divided the side by the step", f"The square takes {k} cells itself."),
            Mistake((side // k) ** 2, "laid the squares side by side", f"They move by {s}."),
            Mistake((-(-(side - k) // s) + 1) ** 2, "rounded up", "The last square would leave the picture."),
            Mistake(2 * n, "added the axes", "Every row of places has every column."),
        ],
        "passes",
    )


def touched(draws: Draws) -> Problem:
    """How many places of the square may change the answer."""
    side, k, s = draws.pick((64, 96, 128)), draws.pick((8, 11, 16)), draws.whole(2, 8)
    first = draws.whole(10, side // 2)
    last = first + draws.whole(8, side // 3)
    if last >= side:
        raise Redraw
    starts = list(range(0, side - k + 1, s))
    n = sum(at <= last and at + k > first for at in starts)
    low = max(0, -(-(first - k + 1) // s))
    high = min(len(starts) - 1, last // s)
    inside = sum(at >= first and at + k <= last + 1 for at in starts)
    return Problem(
        {"side": side, "patch": k, "step": s, "first": first, "last": last},
        f"Along one axis a square of {k} cells is moved over {side}, in steps of {s}, from cell 0 on and always "
        f"inside. The unit asked has the field of cells {first} to {last}. For how many places of the square may its "
        "answer change at all?",
        n,
        [
            f"A square that starts at $a$ covers $a$ to $a + {k - 1}$: it must start at {max(0, first - k + 1)} or "
            f"later and at {last} or earlier.",
            f"The starts ${s}·{low} = {s * low}$ to ${s}·{high} = {s * high}$ do: ${high} − {low} + 1 = {n}$",
        ],
        [
            Mistake(inside, "asked for squares wholly in the field", "One covered cell is enough."),
            Mistake(len(starts), "took all places", "Outside the field nothing changes."),
            Mistake(
                -(-(last - first + 1) // s), "divided the field by the step", f"The square is {k} cells wide itself."
            ),
            Mistake(n - 1, "counted steps", "There is one place more than steps."),
            Mistake(last - first + k, "left out the step", f"Squares start only every {s} cells."),
        ],
        "places",
    )


def step_for(draws: Draws) -> Problem:
    """The least step within a number of passes."""
    side, k, most = draws.pick((96, 128, 160, 224)), draws.pick((8, 11, 16, 24)), draws.whole(2, 40) * 50

    def least(enough: Callable[[int], bool]) -> int:
        return next(filter(enough, range(1, 2 * side)))

    s = least(lambda step: output_size(side, k, step) ** 2 <= most)
    n, before = output_size(side, k, s), output_size(side, k, s - 1) if s > 1 else 0
    if s == 1:
        raise Redraw
    return Problem(
        {"side": side, "patch": k, "most": most},
        f"An occlusion map with a square of {k}×{k}, moved wholly inside a picture of {side}×{side}, may take at most "
        f"{most:,} forward passes. What is the least step?",
        s,
        [
            f"At a step of {s - 1}: $⌊({side} − {k})/{s - 1}⌋ + 1 = {before}$ places per axis, {before * before:,} "
            "passes.",
            f"At {s}: {n} places per axis, {n * n:,} passes, which is enough. So the least step is ${s}$",
        ],
        [
            Mistake(s - 1, "went one too low", f"That takes {before * before:,}."),
            Mistake(least(lambda step: output_size(side, k, step) <= most), "counted one axis", "There are two."),
            Mistake(least(lambda step: (side // step) ** 2 <= most), "forgot the square's width", f"It is {k} cells."),
            Mistake(least(lambda step: 2 * output_size(side, k, step) <= most), "added the axes",
                    "Every row of places has every column."),
            Mistake(s + 1, "went one too far", "One less will do already."),
        ],
        "cells",
    )  # fmt: skip


# The sections that teach what is asked.
FIRST_LAYER = "feature-visualization.md#the-first-layer"
PATCHES = "feature-visualization.md#top-patches"
OCCLUSION = "feature-visualization.md#ex-occlusion"
KINDS = (
    Kind("kernel-shape", CHAPTER, "recall", "The shape of the kernels", kernel_shape, FIRST_LAYER),
    Kind("top-patch", CHAPTER, "compute", "Cut to the field", patch, PATCHES),
    Kind("occlusion-passes", CHAPTER, "compute", "The price of an occlusion map", passes, OCCLUSION),
    Kind("occlusion-places", CHAPTER, "compute", "Where an answer may change", touched, OCCLUSION),
    Kind("occlusion-passes-mistake", CHAPTER, "explain", "A wrong price", explain(passes), OCCLUSION),
    Kind("step-for-passes", CHAPTER, "design", "An occlusion map within a budget", step_for, OCCLUSION),
)
