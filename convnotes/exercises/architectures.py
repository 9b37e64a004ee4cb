"""Exercises on published networks: dates, shapes, tables of connections, blocks and heads."""

from __future__ import annotations

from convnotes.architectures import TIMELINE, find
from convnotes.architectures.lenet import C3_TABLE
from convnotes.architectures.resnet import basic, bottleneck
from convnotes.cost import parameters
from convnotes.exercises import architectures_in_use, architectures_scaled
from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.layers import TableConv2d

CHAPTER = "architectures"
CHANNELS = {"vgg16": 512, "resnet18": 512, "resnet50": 2048, "mobilenet-v1": 1024}
HALVES = {  # how each of the five halvings of a network rounds, and how it is made
    "vgg16": ("down", "five `MaxPool2d(2)`"),
    "resnet18": ("up", "a stem, a pooling and three blocks with a stride of 2 (odd kernels, padded to keep the size)"),
    "resnet50": ("up", "a stem, a pooling and three blocks with a stride of 2 (odd kernels, padded to keep the size)"),
    "mobilenet-v1": ("up", "five 3×3 convolutions with a stride of 2 and a padding of 1"),
}


def first_published(draws: Draws) -> Problem:
    """Which network is the oldest."""
    by_year = {about.year: about for about in draws.shuffled(TIMELINE)}
    chosen = draws.some(sorted(by_year), 4)
    first = by_year[min(chosen)]
    others = [by_year[year] for year in chosen if year != first.year]
    dated = ", ".join(f"{by_year[year].title} {year}" for year in sorted(chosen))
    return Problem(
        {"networks": [by_year[year].name for year in chosen]},
        "Which of these networks was published first?",
        first.title,
        [f"In order: {dated}.", f"The oldest is {first.title}"],
        [Mistake(other.title, "", f"{other.title} is from {other.year}.") for other in others],
    )


def last_map(draws: Draws) -> Problem:
    """The last map of a network at an input that is not its usual one."""
    name, side = draws.pick(list(HALVES)), draws.whole(97, 500)
    about, (rounds, how) = find(name), HALVES[name]
    sides = [side]
    for _ in range(5):
        sides.append(sides[-1] // 2 if rounds == "down" else -(-sides[-1] // 2))
    c, o = CHANNELS[name], sides[-1]
    other = side
    for _ in range(5):
        other = -(-other // 2) if rounds == "down" else other // 2
    return Problem(
        {"network": name, "side": side},
        f"{about.title} halves its maps five times: by {how}. What shape (C, H, W) does its last map have, before "
        f"pooling or flattening, for an input of (3, {side}, {side})? It has {c} channels there.",
        (c, o, o),
        [f"Each halving rounds {rounds}: {', '.join(map(str, sides))}.", f"So {written((c, o, o))}"],
        [
            Mistake((c, other, other), f"rounded {'up' if rounds == 'down' else 'down'}", f"Here it goes {rounds}."),
            Mistake((c, sides[4], sides[4]), "halved four times", "There are five halvings."),
            Mistake((c, side // 10, side // 10), "divided by ten", "Five halvings divide by two to the fifth, 32."),
            Mistake((c, 7, 7), "took the usual map", "It is 7×7 for an input of 224×224."),
            Mistake((c, o // 2, o // 2), "halved six times", "There are five halvings."),
        ],
    )


def connection_table(draws: Draws) -> Problem:
    """Parameters of a convolution with a table of connections."""
    k, maps = draws.pick((3, 5, 5)), draws.whole(4, 8)
    table = C3_TABLE if draws.whole(0, 9) == 0 else tuple(
        tuple(sorted(draws.some(range(6), draws.whole(2, 6)))) for _ in range(maps)
    )  # fmt: skip
    lengths = [len(row) for row in table]
    total, pairs, n = parameters(TableConv2d(6, table, k)), sum(lengths), len(table)
    rows = "\n".join(f"    {number:2}: {' '.join(map(str, row))}" for number, row in enumerate(table))
    return Problem(
        {"table": table, "kernel_size": k},
        f"As in C3 of LeNet-5, each of {n} output maps reads only some of 6 input maps:\n\n{rows}\n\nEvery connection "
        f"of two maps has a {k}×{k} kernel, every output map one bias. How many parameters are there?",
        total,
        [
            f"Connections: ${' + '.join(map(str, lengths))} = {pairs}$.",
            f"Weights: ${k}²·{pairs} = {k * k * pairs:,}$, and {n} biases.",
            f"${k * k * pairs:,} + {n} = {total:,}$",
        ],
        [
            Mistake(6 * n * k * k + n, "connected all maps", f"The table has {pairs} connections, not {6 * n}."),
            Mistake(k * k * pairs, "left out the biases", f"Each of the {n} output maps has one."),
            Mistake(k * k * pairs + pairs, "gave every connection a bias", "One for each output map."),
            Mistake(n * k * k + n, "counted a kernel for each output map", "Every connection has a kernel of its own."),
            Mistake(k * k * pairs + 6, "counted a bias for each input map", "One for each output map."),
        ],
        "parameters",
    )


def residual_block(draws: Draws) -> Problem:
    """Parameters of a residual block."""
    deep, w = draws.pick((False, True)), draws.pick((32, 48, 64, 96, 128, 256, 512))
    out = 4 * w if deep else w
    stride = draws.pick((1, 2))
    a = out if stride == 1 else out // 2
    total = parameters((bottleneck if deep else basic)(a, w, stride))
    convs = [(1, a, w), (3, w, w), (1, w, out)] if deep else [(3, a, w), (3, w, w)]
    shortcut = [] if stride == 1 else [(1, a, out)]
    every = [*convs, *shortcut]
    weights, norms = [k * k * i * o for k, i, o in every], [2 * o for *_, o in every]
    named = ", ".join(f"{k}×{k} from {i} to {o}" for k, i, o in convs)
    beside = f"a 1×1 convolution from {a} to {out} with stride 2" if shortcut else "nothing: it adds its input as it is"
    side, bias = (sum(weights[len(convs) :]) + sum(norms[len(convs) :])), sum(o for *_, o in every)
    return Problem(
        {"convolutions": every},
        f"A residual block has the convolutions {named}; on its shortcut there is {beside}. Every convolution is "
        "without bias and is followed by a batch norm. How many learned parameters does the block have?",
        total,
        [
            f"Weights: {' + '.join(f'${k}²·{i}·{o}$' for k, i, o in every)} = {sum(weights):,}.",
            f"Batch norms, a scale and a shift each: ${' + '.join(map(str, norms))} = {sum(norms):,}$.",
            f"${sum(weights):,} + {sum(norms):,} = {total:,}$",
        ],
        [
            Mistake(sum(weights), "left out the batch norms", "Each has two learned numbers per channel."),
            Mistake(total - bias, "counted one number per channel of the batch norms", "A scale and a shift: two."),
            Mistake(total - side, "left out the shortcut", "Its convolution and batch norm learn too."),
            Mistake(total + bias, "counted biases", "The convolutions have none."),
            Mistake(total + sum(norms), "counted the running means and variances", "They are stored, not learned."),
            Mistake(total - weights[1] - norms[1], "left out the middle" if deep else "counted one convolution only",
                    f"There are {len(convs)} on the way."),
        ],
        "parameters",
    )  # fmt: skip


def pooled_head(draws: Draws) -> Problem:
    """Parameters saved by global average pooling."""
    c, side, classes = draws.pick((256, 512, 1024, 2048)), draws.pick((4, 6, 7, 8, 14)), draws.pick((10, 100, 1000))
    flat, pooled = c * side * side * classes + classes, c * classes + classes
    return Problem(
        {"channels": c, "side": side, "classes": classes},
        f"A last map of shape ({c}, {side}, {side}) is flattened and goes to a dense layer of {classes} classes, with "
        "biases. How many parameters does global average pooling before that layer save?",
        flat - pooled,
        [
            f"Flattened: ${c}·{side}·{side}·{classes} + {classes} = {flat:,}$.",
            f"Pooled to one number per channel: ${c}·{classes} + {classes} = {pooled:,}$.",
            f"${flat:,} − {pooled:,} = {flat - pooled:,}$",
        ],
        [
            Mistake(flat, "gave what the flattened head has", f"The pooled one still has {pooled:,}."),
            Mistake(pooled, "gave what is left", "The question is what is saved."),
            Mistake(flat - pooled - classes, "saved the biases", "Both heads have one per class."),
            Mistake(c * side * classes - c * classes, "counted one side of the map", f"It has {side}×{side} places."),
            Mistake(flat - classes, "left nothing but the biases", f"{c}·{classes} weights stay."),
        ],
        "parameters",
    )


def gate_weights(draws: Draws) -> Problem:
    """Weights of a squeeze-and-excitation gate."""
    c, r = draws.pick((64, 128, 256, 512, 1024)), draws.pick((4, 8, 16))
    weights, biases = 2 * c * c // r, c // r + c
    return Problem(
        {"channels": c, "reduction": r},
        f"A squeeze-and-excitation gate on {c} channels has two dense layers, from {c} to {c // r} and back, both with "
        "biases. How many parameters does it have?",
        weights + biases,
        [
            f"Weights: $2·{c}²/{r} = {weights:,}$.",
            f"Biases: ${c // r} + {c} = {biases}$.",
            f"${weights:,} + {biases} = {weights + biases:,}$",
        ],
        [
            Mistake(weights, "left out the biases", f"Each layer has one per output: {c // r} and {c}."),
            Mistake(weights // 2 + biases, "counted one dense layer", "There is one down and one back."),
            Mistake(2 * c * c + 2 * c, "left out the reduction", f"The inner layer has {c // r} outputs."),
            Mistake(weights + 2 * c, "gave both layers as many biases", f"The first has {c // r} outputs."),
            Mistake(2 * (c // r) ** 2 + biases, "reduced both sides", f"Each layer has {c} on one side."),
        ],
        "parameters",
    )


def dense_block(draws: Draws) -> Problem:
    """Weights of one layer of a dense block."""
    start, growth, number = draws.pick((64, 128, 256)), draws.pick((12, 24, 32)), draws.whole(3, 12)
    c, inner = start + growth * (number - 1), 4 * growth
    one, three = c * inner, 9 * inner * growth
    late, early = c + growth, c - growth
    return Problem(
        {"channels": start, "growth": growth, "layer": number},
        f"A dense block starts with {start} channels and has a growth rate of {growth}. Each of its layers is a 1×1 "
        f"convolution to {inner} channels and a 3×3 to {growth}, without biases. How many weights does layer {number} "
        "have?",
        one + three,
        [
            f"It reads ${start} + {growth}·{number - 1} = {c}$ channels.",
            f"1×1: ${c}·{inner} = {one:,}$. 3×3: $9·{inner}·{growth} = {three:,}$.",
            f"${one:,} + {three:,} = {one + three:,}$",
        ],
        [
            Mistake(late * inner + three, "counted one layer too many", f"{number - 1} layers came before it."),
            Mistake(early * inner + three, "counted one layer too few", f"{number - 1} layers came before it."),
            Mistake(start * inner + three, "read the start of the block only", "It reads all maps before it."),
            Mistake(growth * inner + three, "read the layer before only", "It reads all maps before it."),
            Mistake(9 * c * growth, "left out the 1×1", f"The 3×3 reads {inner} channels."),
        ],
        "weights",
    )


def inverted_block(draws: Draws) -> Problem:
    """Weights of an inverted residual block."""
    c, t, k = draws.pick((16, 24, 32, 48, 64, 96)), draws.pick((3, 4, 6)), draws.pick((3, 3, 5))
    wide = c * t
    depthwise, pointwise = k * k * wide, 2 * c * wide
    return Problem(
        {"channels": c, "expansion": t, "kernel_size": k},
        f"An inverted residual block reads and gives {c} channels. Inside, a 1×1 expands to {t} times as many, a "
        f"depthwise {k}×{k} filters them, a 1×1 projects back. How many weights do these three convolutions have, "
        "without biases?",
        pointwise + depthwise,
        [
            f"Inside there are ${c}·{t} = {wide}$ channels.",
            f"Two 1×1: $2·{c}·{wide} = {pointwise:,}$. Depthwise: ${k}²·{wide} = {depthwise:,}$.",
            f"${pointwise:,} + {depthwise:,} = {pointwise + depthwise:,}$",
        ],
        [
            Mistake(pointwise + depthwise * wide, "let the middle mix channels", "Depthwise: one kernel per channel."),
            Mistake(pointwise // 2 + depthwise, "counted one 1×1", "One expands, one projects."),
            Mistake(pointwise, "left out the depthwise layer", f"It has {k}×{k} weights per channel."),
            Mistake(pointwise + k * k * c, "filtered before expanding", f"It filters {wide} channels."),
            Mistake(2 * c * c + k * k * c, "did not expand", f"Inside there are {wide} channels."),
        ],
        "weights",
    )


def input_for(draws: Draws) -> Problem:
    """The smallest input for a wanted map."""
    halvings, o, rounds = draws.whole(2, 6), draws.whole(3, 30), draws.pick(("down", "up"))
    i = o * 2**halvings if rounds == "down" else (o - 1) * 2**halvings + 1
    how = "`MaxPool2d(2)`, which rounds down" if rounds == "down" else "3×3 convolutions with stride 2 and padding 1"
    least = f"A side of ${o}$ needs" + (" twice that before." if rounds == "down" else " twice that less one before.")
    sides = [o]
    for _ in range(halvings):
        sides.append(2 * sides[-1] - (rounds == "up"))
    return Problem(
        {"halvings": halvings, "output": o, "rounds": rounds},
        f"A network halves its map {halvings} times, by {how}. What is the smallest input side for which the last map "
        f"has a side of at least {o}?",
        i,
        [f"{least} Backwards: {', '.join(map(str, sides))}.", f"The smallest input side is ${i:,}$"],
        [
            Mistake(o * 2**halvings, "multiplied by all strides", "An odd side is rounded up: less is enough."),
            Mistake((o - 1) * 2**halvings + 1, "let the halvings round up", "They round down here."),
            Mistake(o * 2 * halvings, "added the halvings", "Each doubles what is needed before it."),
            Mistake(o * 2 ** (halvings - 1), "halved once less", f"There are {halvings} halvings."),
            Mistake(i - 1, "went one too low", f"The last map has a side of {o - 1} then."),
        ],
        "cells",
    )


# The sections that teach what is asked.
TABLE = "architectures/index.md#table"
LENET = "architectures/lenet.md#ex-lenet5-connections"
RESNET = "architectures/resnet.md#projection"
POOLED = "pooling.md#ex-global-average-pool"
GATE = "architectures/resnet.md#ex-squeeze-excitation"
DENSE = "architectures/densenet.md#ex-dense-block"
INVERTED = "architectures/mobilenet.md#ex-inverted-residual"
KINDS = (
    Kind("published-first", CHAPTER, "recall", "Which came first", first_published, TABLE),
    Kind("last-map", CHAPTER, "compute", "The last map of a network", last_map, TABLE),
    Kind("connection-table", CHAPTER, "compute", "A table of connections", connection_table, LENET),
    Kind("residual-block", CHAPTER, "compute", "Parameters of a block with a shortcut", residual_block, RESNET),
    Kind("gate-weights", CHAPTER, "compute", "A squeeze-and-excitation gate", gate_weights, GATE),
    Kind("dense-block", CHAPTER, "compute", "A layer of a dense block", dense_block, DENSE),
    Kind("inverted-block", CHAPTER, "compute", "An inverted residual block", inverted_block, INVERTED),
    *architectures_scaled.KINDS,
    Kind("pooled-head", CHAPTER, "compute", "Global average pooling against a dense head", pooled_head, POOLED),
    Kind(
        "residual-block-mistake",
        CHAPTER,
        "explain",
        "A block with a shortcut counted wrongly",
        explain(residual_block),
        RESNET,
    ),
    Kind("input-for-map", CHAPTER, "design", "The input for a wanted map", input_for, TABLE),
    *architectures_in_use.KINDS,
)
