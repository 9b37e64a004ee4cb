"""Exercises on the matrix of a convolution, on im2col and on dense layers that slide."""

from __future__ import annotations

from convnotes.conv import output_size
from convnotes.exercises import rows
from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.words.numbers import bracketed, minus

CHAPTER = "convolution-as-a-matrix"


def matrix_shape(draws: Draws) -> Problem:
    """Rows and columns of the matrix of a convolution."""
    i, k = draws.whole(4, 12), draws.pick((2, 3, 4, 5))
    if i <= k:
        raise Redraw
    o = output_size(i, k)
    return Problem(
        {"size": i, "kernel_size": k},
        f"A {k}×{k} kernel slides over an image of {i}×{i} pixels, one channel, stride 1, no padding. What shape "
        "does the matrix of this convolution have? Answer as (rows, columns).",
        (o * o, i * i),
        [
            f"The map has ${i} − {k} + 1 = {o}$ cells along each side.",
            f"A row for each output: ${o}·{o} = {o * o}$.",
            f"A column for each pixel: ${i}·{i} = {i * i}$. So ({o * o}, {i * i})",
        ],
        [
            Mistake(
                (i * i, o * o), "turned the matrix over", "It takes pixels to outputs: its rows belong to outputs."
            ),
            Mistake(
                (k * k, o * o), "gave the shape of the im2col matrix", "That one lays out the input, not the kernel."
            ),
            Mistake((o, i), "took one axis only", "An image is read as one long column, all of its pixels."),
            Mistake((i * i, i * i), "kept the size", "Without padding the map is smaller than the image."),
        ],
    )


def matrix_entries(draws: Draws) -> Problem:
    """How many entries of the matrix are not zero."""
    i, k, s = draws.whole(6, 16), draws.pick((2, 3, 5)), draws.pick((1, 1, 2))
    o = output_size(i, k, s)
    return Problem(
        {"size": i, "kernel_size": k, "stride": s},
        f"A {k}×{k} kernel without a zero in it slides over an image of {i}×{i} pixels, one channel, `stride={s}`, no "
        "padding. In the matrix of this convolution, how many entries are not zero?",
        o * o * k * k,
        [
            f"The map has $⌊({i} − {k})/{s}⌋ + 1 = {o}$ cells along each side, so the matrix has ${o}·{o} = {o * o}$ "
            f"rows.",
            f"Each row holds the ${k}·{k} = {k * k}$ weights of the kernel: ${o * o:,}·{k * k} = {o * o * k * k:,}$",
        ],
        [
            Mistake(k * k, "counted the different weights", "Each of them is in every row."),
            Mistake(o * o * i * i, "counted all entries", "An output reads its window; all other entries are zero."),
            Mistake(o * k, "took one axis only", "Outputs and weights are counted along both axes."),
            Mistake(i * i * k * k, "took a row for each pixel", "Rows belong to outputs."),
        ],
        "entries",
    )


def unfolded(draws: Draws) -> Problem:
    """The shape of an im2col matrix."""
    c, i, k = draws.pick((3, 16, 32, 64)), draws.whole(8, 64), draws.pick((3, 5, 7))
    s, p = draws.pick((1, 1, 2)), draws.whole(0, 3)
    if i + 2 * p < k or p >= k:
        raise Redraw
    o = output_size(i, k, s, p)
    return Problem(
        {"channels": c, "size": i, "kernel_size": k, "stride": s, "padding": p},
        f"The input of a layer is ({c}, {i}, {i}); the layer has `kernel_size={k}`, `stride={s}`, `padding={p}`. "
        "im2col copies each window into a column. What shape does the matrix of columns have? Answer as (rows, "
        "columns).",
        (c * k * k, o * o),
        [
            f"A column holds a window in all channels: ${c}·{k}·{k} = {c * k * k}$ numbers.",
            f"The map has $⌊({i} + 2·{p} − {k})/{s}⌋ + 1 = {o}$ cells along each side, and there is a column for each: "
            f"${o}·{o} = {o * o}$. So ({c * k * k}, {o * o})",
        ],
        [
            Mistake((k * k, o * o), "forgot the channels", "A window reaches through all channels."),
            Mistake((o * o, c * k * k), "swapped rows and columns", "A window is a column."),
            Mistake(
                (c * k * k, o), "took one axis only", "There is a window for each place of the map, along both axes."
            ),
            Mistake((c * k * k, i * i), "took a window for each pixel", "There are as many windows as outputs."),
            Mistake((c * k, o * o), "took one row of the kernel", "A window has the kernel's height and width."),
        ],
    )


def answers_of_a_larger_input(draws: Draws) -> Problem:
    """How many answers a network gives on a larger input when its dense layers are written as convolutions."""
    j, k, more = draws.pick((8, 16, 32)), draws.whole(3, 8), draws.whole(1, 6)
    small, large = j * k, j * (k + more)
    o = more + 1
    return Problem(
        {"step": j, "kernel_size": k, "size": large},
        f"A network of convolutions brings {small}×{small} pixels down to a map of {k}×{k}; a dense layer reads that "
        f"map. The dense layer is written as a convolution. How many answers does the network give for {large}×{large} "
        f"pixels?",
        o * o,
        [
            f"The map is ${small}/{k} = {j}$ times smaller than the photograph, so now it has ${large}/{j} = "
            f"{k + more}$ "
            "cells along each side.",
            f"The dense layer is a {k}×{k} kernel: ${k + more} − {k} + 1 = {o}$ places along each side.",
            f"In both directions: ${o}·{o} = {o * o}$",
        ],
        [
            Mistake(o, "counted along one axis", "The kernel moves down as well as to the right."),
            Mistake(more * more, "left out the + 1", "The first place comes before the first step."),
            Mistake((k + more) ** 2, "took an answer for each cell of the map", f"An answer needs {k}×{k} cells."),
            Mistake(1, "took the dense layer for fixed", "As a convolution it moves wherever there is room."),
        ],
        "answers",
    )


def input_for_answers(draws: Draws) -> Problem:
    """The input for which a sliding head gives a wanted map of answers."""
    j, k, o = draws.pick((4, 8, 16, 32)), draws.whole(2, 8), draws.whole(2, 9)
    i = j * (k + o - 1)
    return Problem(
        {"step": j, "kernel_size": k, "output": o},
        f"A network halves its maps until they are {j} times smaller than the photograph, and ends in a dense layer "
        f"that reads {k}×{k} cells. Written as a convolution, it is to give {o}×{o} answers. How many pixels wide must "
        "the photograph be, at least?",
        i,
        [
            f"For {o} places a {k}-wide kernel needs ${o} + {k} − 1 = {k + o - 1}$ cells.",
            f"Each cell stands for {j} pixels: ${k + o - 1}·{j} = {i}$",
        ],
        [
            Mistake(
                j * k * o, "laid the windows side by side", f"Neighbouring windows are one cell, {j} pixels, apart."
            ),
            Mistake(j * (k + o), "left out the − 1", f"The first window uses {k} cells, each other one adds one."),
            Mistake(j * o, "forgot the kernel", f"Each answer needs {k} cells."),
            Mistake(k + o - 1, "gave the cells of the map", f"Each of them stands for {j} pixels."),
        ],
        "pixels",
    )


def around_a_ring(draws: Draws) -> Problem:
    """A convolution of a ring, by its circulant matrix."""
    n, k = draws.whole(4, 5), draws.pick((2, 3))
    kernel = [draws.pick((-2, -1, 1, 2, 3)) for _ in range(k)]
    ring = draws.shuffled(range(10))[:n]
    out = [sum(w * ring[(place + a) % n] for a, w in enumerate(kernel)) for place in range(n)]
    zeros = [*ring, *[0] * k]
    cut = [sum(w * zeros[place + a] for a, w in enumerate(kernel)) for place in range(n)]
    flipped = [sum(w * ring[(place - a) % n] for a, w in enumerate(kernel)) for place in range(n)]
    if sum(kernel) == 0:
        raise Redraw
    steps = [
        f"Output {place}: ${' + '.join(f'{bracketed(w)}·{ring[(place + a) % n]}' for a, w in enumerate(kernel))} = "
        f"{minus(out[place])}$."
        for place in range(n)
    ]
    return Problem(
        {"ring": ring, "kernel": kernel},
        f"The cells ({rows.listed(ring)}) form a ring: after the last comes the first. The kernel "
        f"({rows.listed(kernel)}) slides around it at stride 1, its first weight on each cell in turn (not flipped). "
        f"What are the {n} outputs?",
        tuple(out),
        [*steps, f"Together: {written(tuple(out))}"],
        [
            Mistake(tuple(cut), "put zeros after the last cell", "On a ring the first cell comes after the last."),
            Mistake(tuple(flipped), "went round backwards", "The second weight lies on the next cell."),
            Mistake(tuple(out[-1:] + out[:-1]), "moved the outputs by one", "Output 0 has its first weight on cell 0."),
            Mistake(
                tuple(cut[: n - k + 1]), "stopped where the row ends", "There is an output for each cell of the ring."
            ),
        ],
    )


# The sections that teach what is asked.
RING = f"{CHAPTER}.md#ex-circulant"
VECTOR = f"{CHAPTER}.md#ex-image-as-vector"
COLUMNS = f"{CHAPTER}.md#ex-im2col"
LARGER = f"{CHAPTER}.md#ex-larger-input"
KINDS = (
    Kind("matrix-shape", CHAPTER, "recall", "The shape of the matrix", matrix_shape, VECTOR),
    Kind("matrix-entries", CHAPTER, "compute", "Entries that are not zero", matrix_entries, VECTOR),
    Kind("ring-outputs", CHAPTER, "compute", "A convolution on a ring", around_a_ring, RING),
    Kind("im2col-shape", CHAPTER, "compute", "The shape of an im2col matrix", unfolded, COLUMNS),
    Kind("larger-input", CHAPTER, "compute", "Answers for a larger input", answers_of_a_larger_input, LARGER),
    Kind("im2col-shape-mistake", CHAPTER, "explain", "A wrong im2col shape", explain(unfolded), COLUMNS),
    Kind("input-for-answers", CHAPTER, "design", "An input for a map of answers", input_for_answers, LARGER),
)
