"""Why, on further layers: pointwise, grouped and depthwise, the way back, transposed convolution."""

from __future__ import annotations

from convnotes.conv import output_size, transposed_output_size
from convnotes.exercises import rows
from convnotes.exercises.choice import choice, wrong_line
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Problem
from convnotes.exercises.windows import HALVING, MAPS, STAMPS
from convnotes.words.numbers import bracketed, minus


def group_reads(draws: Draws) -> Problem:
    """Whether an output channel depends on an input channel."""
    g = draws.pick((2, 2, 4, 8))
    a, b = g * draws.whole(2, 8), g * draws.whole(2, 8)
    i, o = draws.whole(0, a - 1), draws.whole(0, b - 1)
    if draws.pick((True, False)):
        i = o // (b // g) * (a // g) + draws.whole(0, a // g - 1)
    one, two = i // (a // g), o // (b // g)
    why = (
        f"A group has {a // g} input channels and {b // g} output channels. Counted from 0, input channel {i} is in "
        f"group {one}, output channel {o} in group {two}."
    )
    options = {
        "True": ("Yes: both are in the same group.", why),
        "False": ("No: they are in different groups.", why),
        "all": ("Yes: a kernel reaches through all input channels.", f"{why} With groups, through those of its group."),
        "own": ("No: with groups an output channel reads one input channel only.",
                f"{why} One each would be depthwise, with {a} groups."),
    }  # fmt: skip
    return choice(
        {"in_channels": a, "out_channels": b, "groups": g, "input": i, "output": o},
        f"`Conv2d({a}, {b}, 3, padding=1, groups={g})`: channels are counted from 0. Can input channel {i} change "
        f"output channel {o}, and why?",
        options,
        str(one == two),
    )


def separable_lines(draws: Draws) -> Problem:
    """What is wrong with a depthwise separable convolution in code."""
    a, b = draws.some((16, 24, 32, 48, 64, 96, 128), 2)
    k, at = draws.pick((3, 5)), draws.pick(("none", "mixes", "shrinks", "neighbours", "channels"))
    first = (a, a, k, 0 if at == "shrinks" else k // 2, 1 if at == "mixes" else a)
    second = (b if at == "channels" else a, b, 3 if at == "neighbours" else 1, 1 if at == "neighbours" else 0, 1)

    def code(layer: tuple[int, ...]) -> str:
        i, o, kernel, padding, groups = layer
        named = f", padding={padding}" * (padding > 0) + f", groups={groups}" * (groups > 1)
        return f"Conv2d({i}, {o}, {kernel}{named}),"

    told = {
        "none": "The first line looks at neighbours channel by channel, the second mixes channels place by place.",
        "mixes": f"Without `groups={a}` the first layer mixes all channels.",
        "shrinks": f"Without padding a kernel of {k}×{k} makes the map smaller.",
        "neighbours": "The second layer looks at neighbours again; it should have a kernel of 1×1.",
        "channels": f"{a} channels come, and the second layer reads {b}.",
    }
    options = {
        "none": ("Nothing: they are right.", told[at]),
        "mixes": ("Line 1: it mixes channels.", f"Line 1 has one group per channel. {told[at]}"),
        "shrinks": ("Line 1: it makes the map smaller.", f"Line 1 keeps the size. {told[at]}"),
        "neighbours": ("Line 2: it looks at neighbours.", f"Line 2 reads one place at a time. {told[at]}"),
        "channels": ("Line 2: it does not read as many channels as come.", f"{a} come, and it reads {a}. {told[at]}"),
    }
    options[at] = (options[at][0], told[at])
    return choice(
        {"in_channels": a, "layers": (first, second)},
        f"A {k}×{k} convolution on {a} channels is to become a depthwise and a pointwise one that keep the size of the "
        f"map and write {b} channels. Somebody writes\n\n    1  {code(first)}\n    2  {code(second)}\n\nWhat is wrong "
        "with these lines?",
        options,
        at,
    )


def gradient_order(draws: Draws) -> Problem:
    """In which order the weights get their gradients."""
    parts = [f"convolution {k}×{k}" for k in draws.some((1, 3, 5, 7), draws.whole(2, 3))]
    layers = []
    for part in parts:
        layers += [part, *draws.some(("ReLU", "max-pooling"), draws.whole(0, 2))]
    layers.append("dense layer")
    learned = [part for part in layers if part not in ("ReLU", "max-pooling")]
    orders = {
        "back": (learned[::-1], "The gradient starts at the loss and goes back layer by layer; a layer's weights need "
                 "the gradient of its output, which comes from the layer after it."),
        "forward": (learned, "That is the order in which the outputs are computed. The gradient of the first layer's "
                    "output is not known before it has come back through all others."),
        "dense": ([learned[-1], *learned[:-1]], "The way back goes on with the layer before the dense one."),
        "swapped": ([*learned[-2::-1], learned[-1]], "The dense layer is next to the loss, so it is the first."),
    }  # fmt: skip
    if len({tuple(order) for order, _ in orders.values()}) < 3:
        raise Redraw
    options = {code: (", then ".join(order) + ".", why) for code, (order, why) in orders.items()}
    if len({said for said, _ in options.values()}) < 4:
        del options["dense"]
    return choice(
        {"layers": layers},
        f"A network consists of these layers, in order: {', '.join(layers)}. After them comes the loss. In a backward "
        "pass, in which order are the gradients of the layers' weights found?",
        options,
        "back",
    )


def kernel_lines(draws: Draws) -> Problem:
    """Which line of a kernel's gradient is wrong."""
    k, s = draws.pick((2, 3)), draws.pick((1, 2))
    places = draws.whole(2, 3)
    row = draws.shuffled(range(1, 10))[: s * (places - 1) + k]
    sent = draws.shuffled(range(-3, 5))[:places]
    at, how = draws.pick((*range(k), None)), draws.pick(("kernel", "one", "stride"))
    lines, values, wrong = [], [], ""
    for tap in range(k):
        cells = [row[place * s + tap] for place in range(places)]
        used, sends = cells, sent
        if tap == at and how == "kernel":
            used, sends = cells, sent[::-1]
            wrong = "The gradients are in the wrong order: each is multiplied by the cell that met the weight there."
        elif tap == at and how == "one":
            used, sends = cells[:1], sent[:1]
            wrong = "The weight is used at every place, so all places are added."
        elif tap == at:
            used = [row[min(place * (3 - s) + tap, len(row) - 1)] for place in range(places)]
            wrong = f"The windows start {s} {'cell' if s == 1 else 'cells'} apart."
        terms = [f"{x}·{bracketed(g)}" for x, g in zip(used, sends, strict=True)]
        total = sum(x * g for x, g in zip(used, sends, strict=True))
        if tap == at and total == sum(x * g for x, g in zip(cells, sent, strict=True)):
            raise Redraw
        lines.append(f"Weight {tap + 1}: ${' + '.join(terms)} = {minus(total)}$.")
        values.append(total)
    checks = [
        f"It met the cells {rows.told([row[place * s + tap] for place in range(places)])}, in this order."
        for tap in range(k)
    ]
    return wrong_line(
        {"row": row, "sent": sent, "kernel_size": k, "stride": s, "values": values},
        f"A convolution with {k} weights and stride {s} reads the row {rows.listed(row)}, and the gradients "
        f"{rows.told(sent)} come back for its outputs. Somebody works out the gradient of each weight:",
        lines,
        checks,
        at,
        "Each weight is met by the right cells, and all places are added." if at is None else wrong,
    )


def way_back_size(draws: Draws) -> Problem:
    """Whether a transposed convolution gives the size back."""
    (k, s, p), i = draws.pick((*HALVING, (3, 1, 1), (3, 1, 0))), draws.pick(MAPS)
    o = output_size(i, k, s, p)
    back = transposed_output_size(o, k, s, p)
    left = i - back
    options = {
        "size": ("Its size, but in general not its numbers.",
                 f"The windows of the convolution fit without a rest, so {o} cells become {back} again. The numbers "
                 "are sums of stamps, which undo nothing."),
        "short": ("Neither: some cells at the end were read by no window, and it does not know of them.",
                  f"The convolution leaves {left} at the end unread; `output_padding={left}` would add them."),
        "numbers": ("Its size and its numbers: a transposed convolution undoes a convolution.",
                    "It has the transposed matrix, not the inverse one."),
        "larger": ("Neither: it becomes larger than before, since stamps stick out.",
                   "What sticks out, the same padding crops again."),
    }  # fmt: skip
    right = "size" if left == 0 else "short"
    if right == "size":
        options["short"] = (options["short"][0], "Here every cell is read by a window.")
    else:
        options["size"] = (options["size"][0], f"{i} cells become {o}, and those become {back}.")
    return choice(
        {"size": i, "kernel_size": k, "stride": s, "padding": p},
        f"A row of {i} cells passes a convolution with `kernel_size={k}, stride={s}, padding={p}` and then a "
        "transposed convolution with the same numbers. What of the row comes back?",
        options,
        right,
    )


def cover(draws: Draws) -> Problem:
    """Whether the stamps cover evenly, and why."""
    (k, s), size = draws.pick(STAMPS), draws.pick(MAPS)
    even = k % s == 0
    less, more = k // s, -(-k // s)
    why = (
        f"{s} divides {k}, so each cell in the middle lies under {less} {'stamp' if less == 1 else 'stamps'}."
        if even
        else f"{s} does not divide {k}, so cells lie under {less} or {more} stamps in turn."
    )
    options = {
        "True": ("Yes: the stride divides the kernel size, so every cell gets the same number of stamps.", why),
        "False": ("No: the stride does not divide the kernel size, so cells get different numbers of stamps.", why),
        "alike": ("Yes: all weights and all inputs are alike.", f"{why} What counts is how many stamps a cell gets."),
        "gaps": ("No: with a stride above 1 the stamps leave gaps between them.",
                 f"{why} A stamp is {k} wide and the next starts {s} further on."),
    }  # fmt: skip
    return choice(
        {"size": size, "kernel_size": k, "stride": s},
        f"A row of {size} ones passes a transposed convolution with `kernel_size={k}, stride={s}`, whose weights are "
        "all 1. Away from the ends, is its output the same everywhere?",
        options,
        str(even),
    )


POINTWISE, BACKWARD, TRANSPOSED = "pointwise-convolution", "backward", "transposed-convolution"
KINDS = (
    Kind("group-reads", POINTWISE, "why", "Who reads whom", group_reads, f"{POINTWISE}.md#ex-grouped"),
    Kind("separable-lines", POINTWISE, "why", "Depthwise, then pointwise, in code", separable_lines,
         f"{POINTWISE}.md#ex-depthwise-then-pointwise"),
    Kind("gradient-order", BACKWARD, "why", "The order of the way back", gradient_order,
         f"{BACKWARD}.md#ex-whole-network"),
    Kind("kernel-lines", BACKWARD, "why", "A gradient, line by line", kernel_lines,
         f"{BACKWARD}.md#ex-stride-and-padding"),
    Kind("size-back", TRANSPOSED, "why", "What comes back", way_back_size, f"{TRANSPOSED}.md#ex-not-an-inverse"),
    Kind("even-cover", TRANSPOSED, "why", "Is the cover even", cover, f"{TRANSPOSED}.md#ex-checkerboard"),
)  # fmt: skip
