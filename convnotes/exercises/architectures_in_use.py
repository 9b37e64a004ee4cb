"""Exercises on networks in use: what they take in, how they are trained, how their answers are judged."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Problem
from convnotes.exercises.rows import told

CHAPTER = "architectures"


def learned_pooling(draws: Draws) -> Problem:
    """Parameters and connections of a pooling as in LeNet-5."""
    c, k, o = draws.pick((4, 6, 8, 10, 12, 16, 20)), draws.pick((2, 2, 2, 3)), draws.whole(4, 16)
    units = c * o * o
    held, uses = 2 * c, (k * k + 1) * units
    return Problem(
        {"channels": c, "kernel_size": k, "side": k * o},
        f"A pooling as S2 of LeNet-5 reads {c} maps of {k * o}×{k * o}: each of its units adds the numbers of its "
        f"{k}×{k} window (windows do not overlap), multiplies the sum by the weight of its map and adds the bias of "
        "its map. How many parameters and how many connections does it have? Give both, parameters first.",
        (held, uses),
        [
            f"A weight and a bias for each map: $2·{c} = {held}$ parameters.",
            f"A unit has ${k}² + 1 = {k * k + 1}$ connections, and there are ${c}·{o}·{o} = {units:,}$ units: "
            f"${k * k + 1}·{units:,} = {uses:,}$ connections.",
            f"Both: {written((held, uses))}",
        ],
        [
            Mistake((held, k * k * units), "left out the connections of the biases", "Each unit uses its bias once."),
            Mistake((c, uses), "counted a weight only", "Each map has a weight and a bias."),
            Mistake(((k * k + 1) * c, uses), "gave each cell of the window a weight", "The sum has one weight."),
            Mistake((2 * units, uses), "gave each unit a weight and a bias", "All units of a map share them."),
            Mistake((held, (k * k + 1) * c * k * k * o * o), "placed a unit on each cell", f"{o}×{o} are left."),
        ],
    )  # fmt: skip


def smallest_side(draws: Draws) -> Problem:
    """The smallest input of a stack of convolutions and poolings."""
    layers = [draws.pick(((11, 4, 0), (7, 2, 3), (7, 2, 0), (5, 1, 0), (3, 1, 1)))]
    for _ in range(draws.whole(2, 3)):
        layers.append(draws.pick(((3, 2, 0), (2, 2, 0), (5, 1, 2), (3, 1, 0), (3, 2, 1))))
    o = draws.whole(1, 7)
    sides, plain, times = [o], o, o
    for k, s, p in reversed(layers):
        sides.append((sides[-1] - 1) * s + k - 2 * p)
        plain, times = (plain - 1) * s + k, times * s
    least = sides[-1]
    listed = ", ".join(f"{k}×{k} at stride {s}" + f" with padding {p}" * (p > 0) for k, s, p in layers)
    (k, s, p), *_ = reversed(layers)
    return Problem(
        {"layers": layers, "output": o},
        f"A network consists of these convolutions and poolings, in order: {listed}. Sizes are rounded down. What is "
        f"the smallest input side for which the last map has a side of at least {o}?",
        least,
        [
            f"For $o$ cells a layer needs $(o − 1)s + k − 2p$. The last: $({o} − 1)·{s} + {k} − 2·{p} = {sides[1]}$.",
            f"Backwards: {', '.join(map(str, sides))}.",
            f"The smallest input side is ${least}$",
        ],
        [
            Mistake(plain, "left out the padding", "Padding gives cells that the input need not have."),
            Mistake(times, "multiplied by the strides only", "The last window needs its whole kernel."),
            Mistake(least - 1, "went one too low", f"The last map has a side of {o - 1} then."),
            Mistake(sides[-2], "left out the first layer", "It needs more than what it gives."),
        ],
        "cells",
    )  # fmt: skip


def weight_uses(draws: Draws) -> Problem:
    """MACs per weight of a convolution, for a batch."""
    k, a, b = draws.pick((1, 3, 5)), draws.pick((64, 128, 256)), draws.pick((64, 128, 256))
    o, n, s = draws.pick((7, 8, 13, 14, 16, 27, 28)), draws.pick((2, 4, 8, 16, 32, 64)), draws.pick((1, 1, 2))
    side = o * s
    return Problem(
        {"in_channels": a, "out_channels": b, "kernel_size": k, "stride": s, "side": side, "batch": n},
        f"A batch of {n} images passes a {k}×{k} convolution from {a} to {b} channels, stride {s}, padding {k // 2}, "
        f"on maps of {side}×{side}. Each weight is read from memory once. How many MACs are there for each weight?",
        n * o * o,
        [
            f"It writes maps of {o}×{o}, and uses each weight once at every place: ${o}·{o} = {o * o}$ for an image.",
            f"${n}·{o * o} = {n * o * o:,}$",
        ],
        [
            Mistake(o * o, "counted one image", f"A weight that was read serves all {n}."),
            Mistake(n, "took the layer for a dense one", "A convolution uses a weight at every place."),
            Mistake(n * side * side, "counted the places of the input", f"It writes maps of {o}×{o}."),
            Mistake(n * o * o * k * k, "counted all weights of the kernel", "The question is about one weight."),
            Mistake(n * o * o * b, "counted each use once for every output channel", "Each has weights of its own."),
        ],
        "MACs",
    )  # fmt: skip


def crop_versions(draws: Draws) -> Problem:
    """How many crops and mirrored crops there are."""
    cut, more = draws.pick((24, 28, 32, 48, 64, 96, 128, 160, 192, 224)), draws.whole(3, 40)
    whole, places = cut + more, more + 1
    total = 2 * places * places
    return Problem(
        {"side": whole, "crop": cut},
        f"In training, a random piece of {cut}×{cut} pixels is cut out of each photograph of {whole}×{whole} pixels "
        "and mirrored left to right half of the time. How many different versions of one photograph are there?",
        total,
        [
            f"Places along a side: ${whole} − {cut} + 1 = {places}$.",
            f"Two sides, and two for the mirror: ${places}·{places}·2 = {total:,}$",
        ],
        [
            Mistake(total // 2, "left out the mirror", "Each piece is there twice."),
            Mistake(2 * more * more, "left out the + 1", "The first place counts too."),
            Mistake(2 * places, "moved the piece along one side only", "It moves along both."),
            Mistake(10, "counted the ten crops of a test", "In training every place may be cut."),
            Mistake(2 * total, "mirrored both ways", "Left to right only."),
        ],
        "versions",
    )  # fmt: skip


def top_errors(draws: Draws) -> Problem:
    """Top-1 and top-5 errors, from the places of the labels."""
    ranks = [draws.pick((1, 1, 1, 2, 3, 4, 5, 5, 6, 7, 9, 12)) for _ in range(8)]
    one, five = sum(rank > 1 for rank in ranks), sum(rank > 5 for rank in ranks)
    if not 0 < five < one < 8:
        raise Redraw
    strict = sum(rank >= 5 for rank in ranks)
    return Problem(
        {"ranks": ranks},
        f"For eight photographs, the label is at the places {told(ranks)} in a network's list of guesses, best guess "
        "first. For how many of the eight does it make a top-1 error, and for how many a top-5 error?",
        (one, five),
        [
            f"The label is not the first guess for {one} of them.",
            f"The label is not among the first five for {five} of them.",
            f"Both: {written((one, five))}",
        ],
        [
            Mistake((8 - one, 8 - five), "counted the right answers", "An error is an answer that is wrong."),
            Mistake((five, one), "gave the top-5 error first", "It is the smaller one: five guesses are allowed."),
            Mistake((one, strict), "took the fifth guess for wrong", "Five guesses count."),
            Mistake((one, one - five), "counted those that only five guesses save", "Those are right in the top five."),
        ],
    )  # fmt: skip


def smoothed_target(draws: Draws) -> Problem:
    """The target of the right class under label smoothing."""
    share, classes = Fraction(1, draws.pick((4, 5, 10, 20))), draws.pick((2, 3, 4, 5, 8, 10, 20, 50, 100))
    right = 1 - share + share / classes
    return Problem(
        {"share": share, "classes": classes},
        f"Label smoothing spreads a share of {share} of the target evenly over all {classes} classes, the right one "
        "included. What is the target of the right class?",
        right,
        [
            f"The right class keeps $1 − {share} = {1 - share}$.",
            f"Each of the {classes} classes, the right one included, gets ${share}·1/{classes} = {share / classes}$.",
            f"${1 - share} + {share / classes} = {right}$",
        ],
        [
            Mistake(1 - share, "left out what the right class gets back", "The share is spread over all classes."),
            Mistake(share / classes, "gave the target of a wrong class", "The right class keeps the rest as well."),
            Mistake(1 - share / classes, "took away the part of one class only", f"A share of {share} is taken away."),
            Mistake(1 - share + share / (classes - 1), "spread it over the wrong classes", "It is spread over all."),
        ],
    )  # fmt: skip


def mask_overlap(draws: Draws) -> Problem:
    """Dice coefficient or IoU of two masks."""
    a, b = draws.whole(4, 30), draws.whole(4, 30)
    both, name = draws.whole(1, min(a, b)), draws.pick(("Dice coefficient", "IoU"))
    union = a + b - both
    dice, iou = Fraction(2 * both, a + b), Fraction(both, union)
    answer, other = (dice, iou) if name != "IoU" else (iou, dice)
    if both == a == b:
        raise Redraw
    steps = (
        [f"Twice what is in common over both masks: $2·{both}/({a} + {b}) = {dice}$"]
        if name != "IoU"
        else [f"Together they mark ${a} + {b} − {both} = {union}$ pixels.", f"${both}/{union} = {iou}$"]
    )
    return Problem(
        {"first": a, "second": b, "common": both, "measure": name},
        f"A network marks {a} pixels as cell, {b} pixels are cell in truth, and {both} are both. What is the {name} of "
        "the two masks?",
        answer,
        steps,
        [
            Mistake(other, f"gave the {'Dice coefficient' if name == 'IoU' else 'IoU'}", f"The {name} was asked for."),
            Mistake(Fraction(both, a + b), "counted the common pixels twice below only", "Both masks have them."),
            Mistake(Fraction(both, b), "divided by the true mask only", "What was marked wrongly counts as well."),
            Mistake(Fraction(both, max(a, b)), "divided by the larger mask", "Both masks are below the line."),
        ],
    )  # fmt: skip


def branch_weights(draws: Draws) -> Problem:
    """Weights of a block of branches, as in ResNeXt."""
    c, n, w = draws.pick((64, 128, 256, 512)), draws.pick((4, 8, 16, 32)), draws.pick((2, 4, 8))
    branch = c * w + 9 * w * w + w * c
    return Problem(
        {"channels": c, "branches": n, "width": w},
        f"A block has {n} branches that read the same {c} channels. Each is a 1×1 to {w} channels, a 3×3 from {w} to "
        f"{w} and a 1×1 to {c}, and their outputs are added. How many weights does the block have, without biases?",
        n * branch,
        [
            f"A branch: ${c}·{w} + 9·{w}·{w} + {w}·{c} = {branch:,}$.",
            f"${n}·{branch:,} = {n * branch:,}$",
        ],
        [
            Mistake(branch, "counted one branch", f"There are {n}."),
            Mistake(2 * c * n * w + 9 * (n * w) ** 2, "let the 3×3 of all branches mix", "Each reads its own branch."),
            Mistake(n * (branch - w * c), "counted one 1×1", "One leads in, one leads out."),
            Mistake(n * (branch - 9 * w * w), "left out the 3×3", f"It has $9·{w}·{w}$ weights."),
            Mistake(n * (branch - 8 * w * w), "counted the 3×3 as a 1×1", "A 3×3 has nine weights for two channels."),
        ],
        "weights",
    )  # fmt: skip


BRANCHES = (  # layers of a branch that halves the map: kernel size, stride, padding
    ((1, 2, 0), (3, 1, 1)), ((3, 2, 1), (3, 1, 1)), ((2, 2, 0), (3, 1, 1)), ((2, 2, 0),), ((3, 2, 1),), ((4, 2, 1),),
    ((5, 2, 2),), ((6, 2, 2),),
)  # fmt: skip


def branch_field(draws: Draws) -> Problem:
    """What a unit reads through two branches that are added."""
    paths, unit = draws.some(BRANCHES, 2), draws.whole(3, 20)
    (first, last), (start, end) = (_reads(path, unit) for path in paths)
    low, high = min(first, start), max(last, end)
    listed = "\n".join(f"- {', then '.join(map(_layer, path))}" for path in paths)
    return Problem(
        {"paths": paths, "unit": unit},
        f"A map with an even number of rows goes through two branches, whose outputs are added:\n\n{listed}\n\nFrom "
        f"which row to which does row {unit} of the sum read? Rows are counted from 0, and the border is far away. "
        "Answer as (first, last).",
        (low, high),
        [
            f"The first branch reads the rows {first} to {last}, the second {start} to {end}.",
            f"The sum reads from the first of all these rows to the last: {written((low, high))}",
        ],
        [
            Mistake((first, last), "followed the first branch alone", "The second is added to it."),
            Mistake((start, end), "followed the second branch alone", "The first is added to it."),
            Mistake((max(first, start), min(last, end)), "took the rows that both read", "One of them is enough."),
            Mistake((low, low + last - first + end - start + 1), "added the fields", "They lie on each other."),
            Mistake((low - unit, high - unit), "left out the stride", f"Row {unit} starts {2 * unit} rows further on."),
        ],
    )  # fmt: skip


def _reads(path: Sequence[tuple[int, int, int]], unit: int) -> tuple[int, int]:
    """The first and the last row that a unit reads through the layers of a path."""
    first = last = unit
    for k, s, p in reversed(path):
        first, last = s * first - p, s * last - p + k - 1
    return first, last


def _layer(layer: tuple[int, int, int]) -> str:
    k, s, p = layer
    return f"{k}×{k}" + f" with stride {s}" * (s > 1) + f"{' and' if s > 1 else ' with'} padding {p}" * (p > 0)


# The sections that teach what is asked.
KINDS = (
    Kind("top-errors", CHAPTER, "recall", "Top-1 and top-5 error", top_errors, "architectures/index.md#challenge"),
    Kind(
        "learned-pooling",
        CHAPTER,
        "compute",
        "A pooling that learns",
        learned_pooling,
        "architectures/lenet.md#ex-lenet5-pooling",
    ),
    Kind(
        "weight-uses",
        CHAPTER,
        "compute",
        "How often a weight is used",
        weight_uses,
        "architectures/alexnet.md#ex-alexnet-memory",
    ),
    Kind(
        "crop-versions", CHAPTER, "compute", "Crops and mirrors", crop_versions, "architectures/alexnet.md#overfitting"
    ),
    Kind(
        "smoothed-target",
        CHAPTER,
        "compute",
        "A smoothed target",
        smoothed_target,
        "architectures/googlenet.md#inception-v3",
    ),
    Kind(
        "branch-weights",
        CHAPTER,
        "compute",
        "A block of branches",
        branch_weights,
        "architectures/resnet.md#ex-resnext",
    ),
    Kind(
        "mask-overlap",
        CHAPTER,
        "compute",
        "How well two masks agree",
        mask_overlap,
        "architectures/unet.md#ex-dice-iou",
    ),
    Kind(
        "smallest-side",
        CHAPTER,
        "design",
        "The smallest input of a stack",
        smallest_side,
        "architectures/index.md#ex-smallest-image",
    ),
    Kind(
        "branch-field",
        CHAPTER,
        "compute",
        "What two branches read",
        branch_field,
        "your-model.md#ex-trace-branches",
    ),
)
