"""Exercises on locality, weight sharing and equivariance."""

from __future__ import annotations

from fractions import Fraction
from math import log2, prod

from convnotes.cost import parameters
from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.layers import Conv2d, Linear

CHAPTER = "inductive-bias"
WRAPPED = "borders that wrap around"


def exact_shift(draws: Draws) -> Problem:
    """The least shift to which strided layers are equivariant."""
    strides = [draws.pick((1, 1, 2, 2, 3, 4)) for _ in range(draws.whole(3, 6))]
    product = prod(strides)
    if product == 1:
        raise Redraw
    return Problem(
        {"strides": strides},
        f"Convolutions with the strides {', '.join(map(str, strides))}, and {WRAPPED}. What is the least positive "
        "shift of "
        "the input (in cells, along one axis) to which the network is exactly equivariant, whatever its weights?",
        product,
        [
            "A layer with stride $s$ turns a shift by $s$ cells into a shift by one, and others into no shift at all.",
            f"One cell at the end takes ${'·'.join(map(str, strides))} = {product:,}$",
        ],
        [
            Mistake(1, "ignored the strides", "A shift by one cell is no whole shift of a strided map."),
            Mistake(sum(strides), "added the strides", "Strides multiply."),
            Mistake(max(strides), "took the largest stride", "Strides multiply."),
            Mistake(strides[-1], "took the last stride", "It counts cells of a map that is strided already."),
            Mistake(2 * product, "doubled the product", "One cell of the last map is enough."),
        ],
        "cells",
    )


def moved_by(draws: Draws) -> Problem:
    """Where a shift goes through strided layers."""
    strides = [draws.pick((1, 2, 2, 3)) for _ in range(draws.whole(2, 4))]
    product, cells = prod(strides), draws.whole(1, 12)
    if product == 1:
        raise Redraw
    shift = product * cells
    return Problem(
        {"strides": strides, "shift": shift},
        f"An image moves by {shift} cells. It goes through convolutions with the strides "
        f"{', '.join(map(str, strides))}, and {WRAPPED}. By how many cells does the last map move?",
        cells,
        [f"The strides multiply: ${'·'.join(map(str, strides))} = {product}$.", f"${shift}/{product} = {cells}$"],
        [
            Mistake(shift, "ignored the strides", "Equivariance is to a shift of its own size at stride 1 only."),
            Mistake(shift // strides[-1], "took the last stride alone", "All strides divide the shift."),
            Mistake(shift * product, "multiplied", "A cell of the last map is many cells of the image."),
            Mistake(shift - sum(s - 1 for s in strides), "subtracted the strides", "They divide the shift."),
            Mistake(0, "took it for invariant", "Convolution moves its map along; a global pooling would not move."),
        ],
        "cells",
    )


def dense_weights(draws: Draws) -> Problem:
    """Weights of a dense layer that does the job of a convolution."""
    a, b, side, k = draws.pick((1, 3)), draws.pick((4, 8, 16, 32)), draws.pick((8, 16, 28, 32, 64)), draws.pick((3, 5))
    numbers, out = a * side * side, b * side * side
    total, shared = parameters(Linear(numbers, out, bias=False)), parameters(Conv2d(a, b, k, bias=False))
    return Problem(
        {"in_channels": a, "out_channels": b, "side": side, "kernel_size": k},
        f"A {k}×{k} convolution leads from ({a}, {side}, {side}) to ({b}, {side}, {side}). A dense layer is to lead "
        "from the same input to an output of the same shape, without biases. How many weights does it have?",
        total,
        [
            f"Input: ${a}·{side}·{side} = {numbers:,}$ numbers. Output: ${b}·{side}·{side} = {out:,}$.",
            f"Each with each: ${numbers:,}·{out:,} = {total:,}$",
        ],
        [
            Mistake(shared, "counted the convolution", "A dense layer connects every input with every output."),
            Mistake(numbers * b, "wrote one number per channel", f"The output has {side}×{side} places in each."),
            Mistake(
                shared * side * side, "kept the windows", "That is local without sharing; a dense layer reads all."
            ),
            Mistake(numbers + out, "added inputs and outputs", "Every pair of them has a weight."),
            Mistake(side**4, "left out the channels", f"There are {a} on one side and {b} on the other."),
        ],
        "weights",
    )


def locality(draws: Draws) -> Problem:
    """By which factor locality saves."""
    side, k, a = draws.pick((16, 28, 32, 56, 64, 112, 224)), draws.pick((3, 5, 7, 11)), draws.pick((1, 3, 64))
    saved = Fraction(side * side, k * k)
    return Problem(
        {"side": side, "kernel_size": k, "in_channels": a},
        f"A layer reads {a} maps of {side}×{side}. If each output number reads a {k}×{k} window instead of "
        "everything, and "
        "shares its weights with no other, by which factor do the weights go down? Answer as a fraction.",
        saved,
        [
            f"All: ${a}·{side}²$ weights per output number. Window: ${a}·{k}²$. The channels cancel.",
            f"${side}²/{k}² = {written(saved)}$",
        ],
        [
            Mistake(Fraction(side, k), "compared the sides", "Window and map are areas."),
            Mistake(Fraction(side * side), "took the factor of sharing", "Sharing over all places is another saving."),
            Mistake(Fraction(side**4, k * k), "added the saving by sharing", "Nothing is shared here."),
            Mistake(1 / saved, "turned the fraction over", "The question is the factor by which weights go down."),
            Mistake(Fraction(a * side * side, k * k), "left out the channels of the window", "It reads all channels."),
        ],
    )


def strides_for(draws: Draws) -> Problem:
    """How many stride-2 layers a shift allows."""
    n, odd = draws.whole(1, 6), draws.pick((1, 3, 5, 7, 9, 11))
    shift = odd * 2**n
    halves = [shift // 2**step for step in range(n + 1)]
    return Problem(
        {"shift": shift},
        f"A network of convolutions, {WRAPPED}, is to be exactly equivariant to a shift by {shift} cells. How many of "
        "its layers may have stride 2 (all others have stride 1)?",
        n,
        [
            f"Every stride of 2 halves the shift, and half a cell is no shift: {', '.join(map(str, halves))}.",
            f"The number of halvings is ${n}$",
        ],
        [
            Mistake(int(log2(shift)), "asked how often two fits into it", "The shift must stay whole at every layer."),
            Mistake(n + 1, "counted the sizes and not the halvings", f"{halves[-1]} is odd: it cannot be halved."),
            Mistake(shift // 2, "divided by two once", "Each layer divides what is left."),
            Mistake(0, "thought that strides always destroy it", "At multiples of the stride it is exact."),
        ],
        "layers",
    )


# The sections that teach what is asked.
MOVED = "equivariance.md#at-stride-two"
DENSE = "inductive-bias.md#ex-mlp-against-cnn"
STEPS = "inductive-bias.md#ex-same-output"
KINDS = (
    Kind("exact-shift", CHAPTER, "recall", "Equivariant to which shift?", exact_shift, MOVED),
    Kind("moved-by", CHAPTER, "compute", "How far the map moves", moved_by, MOVED),
    Kind("dense-weights", CHAPTER, "compute", "Dense against convolutional", dense_weights, DENSE),
    Kind("locality", CHAPTER, "compute", "What locality saves", locality, STEPS),
    Kind("dense-weights-mistake", CHAPTER, "explain", "A dense layer counted wrongly", explain(dense_weights), DENSE),
    Kind("strides-for-shift", CHAPTER, "design", "Strides for a wanted equivariance", strides_for, MOVED),
)
