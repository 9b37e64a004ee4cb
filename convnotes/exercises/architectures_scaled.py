"""Exercises on later networks: a fire module, a network made larger, a block of ConvNeXt."""

from __future__ import annotations

from fractions import Fraction

from convnotes.architectures.squeezenet import fire
from convnotes.cost import parameters
from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Problem

CHAPTER = "architectures"


def fire_module(draws: Draws) -> Problem:
    """Parameters of a fire module."""
    c, s, e = (
        draws.pick((64, 96, 128, 192, 256, 384, 512)),
        draws.pick((16, 24, 32, 48, 64)),
        draws.pick((64, 128, 192)),
    )
    total = parameters(fire(c, s, e))
    squeeze, one, three = c * s + s, s * e + e, 9 * s * e + e
    return Problem(
        {"channels": c, "squeezed": s, "expanded": e},
        f"A fire module reads {c} channels and squeezes them to {s}. It expands them by a 1×1 and a 3×3 side by side, "
        f"to {e} channels each, which are concatenated. How many parameters does it have, biases included?",
        total,
        [
            f"Squeeze: ${c}·{s} + {s} = {squeeze:,}$.",
            f"Expand: 1×1 ${s}·{e} + {e} = {one:,}$, and 3×3 $9·{s}·{e} + {e} = {three:,}$.",
            f"${squeeze:,} + {one:,} + {three:,} = {total:,}$",
        ],
        [
            Mistake(total - s - 2 * e, "left out the biases", f"There are {s} + {e} + {e}."),
            Mistake(
                squeeze + one + 9 * e * e + e, "put the 3×3 after the 1×1", f"Both read the {s} squeezed channels."
            ),
            Mistake(9 * c * 2 * e + 2 * e, "counted one 3×3 instead", "That is what the module replaces."),
            Mistake(one + three, "left out the squeeze", "It has weights, too."),
            Mistake(squeeze + 9 * c * e + e + c * e + e, "expanded what comes in", f"They read {s} channels, not {c}."),
            Mistake(total - 8 * s * e, "counted the 3×3 as a 1×1", "It has nine weights for each pair of channels."),
        ],
        "parameters",
    )


SCALINGS = (Fraction(1), Fraction(5, 4), Fraction(3, 2), Fraction(2), Fraction(3))


def scaled_work(draws: Draws) -> Problem:
    """What a network that is scaled along several axes costs."""
    d, w, r = (draws.pick(SCALINGS) for _ in range(3))
    if (d, w, r).count(1) > 1:
        raise Redraw
    axes = {"layers": d, "channels in each layer": w, "pixels along each side of the image": r}
    told = [f"{float(by):g} times as many {what}" for what, by in axes.items() if by != 1]
    work = d * w * w * r * r
    grown = [f"{float(by):g}{power}" for by, power in ((d, ""), (w, "²"), (r, "²")) if by != 1]
    return Problem(
        {"depth": d, "width": w, "resolution": r},
        f"A network of convolutions gets {', '.join(told[:-1])} and {told[-1]}. Counted as the rule of EfficientNet "
        "counts, by which number are its MACs multiplied?",
        work,
        [
            "Work grows with the depth, with the square of the width and with the square of the resolution.",
            f"${'·'.join(grown)} = {written(work)}$",
        ],
        [
            Mistake(
                d * w * r, "squared neither width nor resolution", "Channels meet channels; an image has two sides."
            ),
            Mistake(d * w * r * r, "did not square the width", "Channels are read and written."),
            Mistake(d * w * w * r, "did not square the resolution", "There are more rows and more columns."),
            Mistake(d * d * w * w * r * r, "squared the depth", "Each layer is added once."),
            Mistake(d * w * w, "counted parameters", "A larger image needs no more of them, but more places."),
            Mistake(d + w * w + r * r - 2, "added what each brings", "Each multiplies what is there."),
        ],
    )


def convnext_block(draws: Draws) -> Problem:
    """Weights of the convolutions of a ConvNeXt block."""
    c, k = draws.pick((64, 80, 96, 128, 160, 192, 256, 384, 512, 768)), draws.pick((7, 7, 7, 3, 5, 9, 11))
    depthwise, dense = k * k * c, 4 * c * c
    total = depthwise + 2 * dense
    return Problem(
        {"channels": c, "kernel_size": k},
        f"A block as in ConvNeXt reads and gives {c} channels. It has a depthwise {k}×{k}, a 1×1 to four times as many "
        "channels, and a 1×1 back. How many weights do these convolutions have, without biases?",
        total,
        [
            f"Depthwise: ${k}²·{c} = {depthwise:,}$.",
            f"Each 1×1: ${c}·{4 * c:,} = {dense:,}$.",
            f"${depthwise:,} + 2·{dense:,} = {total:,}$",
        ],
        [
            Mistake(k * k * c * c + 2 * dense, f"let the {k}×{k} mix channels", "Depthwise: one kernel per channel."),
            Mistake(depthwise + dense, "counted one 1×1", "One leads to the wide middle, one leads back."),
            Mistake(2 * dense, "left out the depthwise layer", f"It has ${k}²$ weights per channel."),
            Mistake(
                4 * depthwise + 2 * dense, f"put the {k}×{k} into the wide middle", "It comes first, before the 1×1."
            ),
            Mistake(depthwise + dense + 16 * c * c, "read and wrote four times as many", "The last 1×1 leads back."),
            Mistake(depthwise + 2 * c * c, "did not widen", f"Between the two 1×1 there are {4 * c:,} channels."),
        ],
        "weights",
    )


# The sections that teach what is asked.
FIRE = "architectures/squeezenet.md#ex-fire-module"
SCALING = "architectures/efficientnet.md#ex-compound-scaling"
CONVNEXT = "architectures/convnext.md#ex-convnext-block"
KINDS = (
    Kind("fire-module", CHAPTER, "compute", "A fire module", fire_module, FIRE),
    Kind("scaled-work", CHAPTER, "compute", "A network made larger", scaled_work, SCALING),
    Kind("convnext-block", CHAPTER, "compute", "A block of ConvNeXt", convnext_block, CONVNEXT),
)
