"""Why, on the operation and its cost: convolution, as a matrix, counted, in a block, with its normalisation."""

from __future__ import annotations

from collections import Counter

from convnotes.conv import effective_kernel_size, output_size
from convnotes.correlate import correlate2d
from convnotes.exercises import rows
from convnotes.exercises.choice import choice, wrong_line
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Problem
from convnotes.exercises.windows import STEMS, window
from convnotes.words.numbers import minus

KERNELS = {
    "right": ((-1, 1), (-1, 1)),
    "down": ((-1, -1), (1, 1)),
    "sum": ((1, 1), (1, 1)),
    "crossed": ((1, -1), (-1, 1)),
}


def map_to_kernel(draws: Draws) -> Problem:
    """Which of four kernels wrote a map."""
    values = [draws.whole(0, 9) for _ in range(16)]
    image = [values[4 * row : 4 * row + 4] for row in range(4)]
    maps = {name: correlate2d(image, kernel).astype(int).tolist() for name, kernel in KERNELS.items()}
    if len({found[0][0] for found in maps.values()}) < 4:
        raise Redraw
    right = draws.pick(tuple(KERNELS))
    first = maps[right][0][0]

    def said(name: str) -> str:
        one, two = KERNELS[name]
        return f"The kernel with the rows {rows.listed(list(one))} and {rows.listed(list(two))}"

    def counted(name: str) -> str:
        signs = [*KERNELS[name][0], *KERNELS[name][1]]
        numbers = [*image[0][:2], *image[1][:2]]
        total = sum(sign * number for sign, number in zip(signs, numbers, strict=True))
        terms = " ".join(f"{'+' if sign > 0 else '−'} {number}" for sign, number in zip(signs, numbers, strict=True))
        return f"${terms.removeprefix('+ ').replace('− ', '−', terms[0] == '−')} = {minus(total)}$"

    options = {
        name: (
            said(name),
            f"In the first window: {counted(name)}, as in the map, and so on in the others."
            if name == right
            else f"In the first window it makes {counted(name)}, and the map has {minus(first)}.",
        )
        for name in KERNELS
    }
    return choice(
        {"image": image, "map": maps[right]},
        f"A kernel of 2×2 is laid on the image\n\n{rows.shown(image)}\n\nwithout padding and with stride 1, and "
        f"writes\n\n{rows.shown(maps[right])}\n\nWhich kernel was it?".replace("-", "−"),
        options,
        right,
    )


def size_lines(draws: Draws) -> Problem:
    """Which line of a size is wrong."""
    k, s, p, d = window(draws, *STEMS)
    if not p:
        raise Redraw
    i, at = draws.whole(20, 120), draws.pick((0, 1, 2, 3, None))
    values, lines = [], []
    span = effective_kernel_size(k, d)
    values.append(d * k if at == 0 else span)
    lines.append(
        f"The kernel spans ${d}·{k} = {values[0]}$ cells."
        if at == 0
        else f"The kernel spans ${d}·({k} − 1) + 1 = {span}$ cells."
    )
    values.append(i + (p if at == 1 else 2 * p) - values[0])
    lines.append(f"It has room to move by ${i} + {p if at == 1 else f'2·{p}'} − {values[0]} = {values[1]}$ cells.")
    down, up = values[1] // s, -(-values[1] // s)
    values.append(up if at == 2 else down)
    lines.append(
        f"In steps of {s}: $⌈{values[1]}/{s}⌉ = {up}$ steps." if at == 2 else
        f"In steps of {s}: $⌊{values[1]}/{s}⌋ = {down}$ steps."
    )  # fmt: skip
    values.append(values[2] if at == 3 else values[2] + 1)
    lines.append(
        f"As many cells as steps: ${values[2]}$."
        if at == 3
        else f"One cell more than steps: ${values[2]} + 1 = {values[3]}$."
    )
    if (at == 0 and d == 1) or (at == 2 and up == down) or values[1] < s:
        raise Redraw
    wrong = (
        f"{k} taps have {k} − 1 gaps; the kernel spans ${d}·({k} − 1) + 1 = {span}$ cells.",
        f"`padding` is cells per side, so {p} cells are added twice.",
        "A step that does not fit is not made: the quotient is rounded down.",
        "The window where it starts writes a cell too, before any step.",
    )
    checks = (
        f"The taps lie {d} apart, from the first to the last: ${d}·({k} − 1) + 1$ cells.",
        "Both sides are padded, and the kernel itself takes its span.",
        "Steps that do not fit are not made.",
        "There is one place more than steps.",
    )
    return wrong_line(
        {"size": i, "kernel_size": k, "stride": s, "padding": p, "dilation": d, "values": values},
        f"The output size of a convolution with `kernel_size={k}, stride={s}, padding={p}, dilation={d}` on an axis of "
        f"{i} cells, worked out by somebody:",
        lines,
        checks,
        at,
        f"The size is {output_size(i, k, s, p, d)}, as they say." if at is None else wrong[at],
    )


def matrix_entries(draws: Draws) -> Problem:
    """Whether each row, or each column, of a convolution's matrix has as many weights."""
    k, places = draws.pick((2, 3, 4, 5)), draws.whole(4, 8)
    s, p, columns = draws.pick((1, 1, k)), draws.pick((0, 0, 1)), draws.pick((True, False))
    n = (places - 1) * s + k - 2 * p
    reads: Counter[int] = Counter()
    in_row = set()
    for place in range(places):
        cells = [place * s - p + tap for tap in range(k) if 0 <= place * s - p + tap < n]
        reads.update(cells)
        in_row.add(len(cells))
    even = len({reads[cell] for cell in range(n)}) == 1 if columns else len(in_row) == 1
    if n < 4 or (columns and p):
        raise Redraw
    what = "column" if columns else "row"
    of_rows = {
        "True": ("True: each output reads all cells of its window.",
                 f"A row holds the weights of one output, and without padding each of them reads {k} cells."),
        "False": ("False: the outputs at the border read fewer cells of the input.",
                  "A row holds the weights of one output. The first and the last window lie partly in the padding, "
                  "which has no column." if p else "Without padding every window lies wholly on the input."),
        "other": ("True: a kernel always has all of its weights in each row, with padding or without.",
                  "What lies in the padding has no column." if p else
                  "True here, but not for this reason: with padding, rows at the border would have fewer."),
        "band": ("False: each row is moved by the stride, so it has other numbers.",
                 "Moving a row changes where its weights are, not how many."),
    }  # fmt: skip
    of_columns = {
        "True": ("True: each cell of the input lies in the same number of windows.",
                 f"A column holds the uses of one input cell. Windows of {k} cells that start {s} apart lie side by "
                 "side, so each cell is in one." if even else "The first cell is in one window only."),
        "False": ("False: cells near the border lie in fewer windows than those in the middle.",
                  f"A column holds the uses of one input cell. Windows of {k} cells that start {s} apart overlap; the "
                  "first cell is in one window, its neighbour in two." if not even else
                  "The windows lie side by side here, and each cell is in one of them."),
        "other": ("True: each output reads the same number of cells.",
                  "That is about rows. A column is one cell of the input."),
        "band": ("False: the matrix is mostly zeros.", "Zeros are not counted here."),
    }  # fmt: skip
    return choice(
        {"size": n, "kernel_size": k, "stride": s, "padding": p, "columns": columns},
        f"A convolution with one kernel of {k} weights, none of them 0, reads a row of {n} cells with stride {s} and "
        f"{f'padding {p}' if p else 'no padding'}, and is written as a matrix. True or false, and why: each {what} of "
        "the matrix has the same number of weights that are not 0.",
        of_columns if columns else of_rows,
        str(even),
    )


def dense_twin(draws: Draws) -> Problem:
    """The convolution that does what a dense layer does."""
    c, n, h = draws.pick((16, 32, 64, 128, 256)), draws.pick((10, 100, 120, 500, 1000)), draws.whole(4, 8)
    codes = {"whole": (c, n, h, 0), "pointwise": (c, n, 1, 0), "padded": (c, n, h, h // 2), "swapped": (n, c, h, 0)}
    told = {
        "whole": f"Each of the {n} outputs has a weight for each of ${c}·{h}·{h} = {c * h * h:,}$ numbers, as in the "
        "dense layer, and there is one place only.",
        "pointwise": f"A kernel of 1×1 has a weight per channel, and not one for each of the {h}×{h} places.",
        "padded": "With padding the window finds more places than one; the dense layer has one output for each unit.",
        "swapped": f"The maps have {c} channels, and this layer reads {n}.",
    }
    options = {
        code: (f"`Conv2d({a}, {b}, kernel_size={k}{f', padding={p}' if p else ''})`", told[code])
        for code, (a, b, k, p) in codes.items()
    }
    return choice(
        {"channels": c, "outputs": n, "side": h, "layers": codes},
        f"A map of shape ({c}, {h}, {h}) is flattened and read by the dense layer `Linear({c * h * h}, {n})`. Which "
        "convolution, laid on the map itself, can do the same?",
        options,
        "whole",
    )


def more_macs(draws: Draws) -> Problem:
    """Which of two convolutions has more MACs, and why."""
    a, b, k, side = draws.pick((16, 32, 64)), draws.pick((16, 32, 64)), draws.pick((1, 3, 5)), draws.pick((28, 56, 112))
    f, g, t = draws.pick((1, 2, 4)), draws.pick((1, 2, 4)), draws.pick((2, 2, 4))
    if f * g == 1:
        raise Redraw
    first, second = k * k * a * b * side * side, k * k * f * a * g * b * (side // t) ** 2
    right = "same" if first == second else "first" if first > second else "second"
    by = f"The second has {f * g} times as many weights and 1/{t * t} of the places."
    options = {
        "first": ("The first: it has more places, and they outweigh the weights of the second.", by),
        "second": ("The second: it has more weights for each place, and they outweigh the places of the first.", by),
        "same": ("Neither: what the second has more in weights it has less in places.", by),
        "weights": ("The second: it has more weights, and MACs do not depend on the size of the map.",
                    "Each weight is used once at every place that is written."),
    }  # fmt: skip
    return choice(
        {"first": (a, b, k, side), "second": (f * a, g * b, k, side // t)},
        f"Two convolutions of {k}×{k} keep the size of their maps. The first leads from {a} to {b} channels on maps of "
        f"{side}×{side}, the second from {f * a} to {g * b} on maps of {side // t}×{side // t}. Which has more MACs, "
        "and why?",
        options,
        right,
    )


def cost_lines(draws: Draws) -> Problem:
    """Which line of a count is wrong."""
    k, s, at = draws.pick((3, 5)), draws.pick((1, 2, 2)), draws.pick((0, 1, 2, 3, None))
    a, b = draws.pick((3, 16, 32)), draws.pick((24, 48, 64))
    o = draws.pick((14, 28, 56))
    side = o * s
    kernel = k * k * (1 if at == 0 else a)
    weights = kernel * (a if at == 1 else b)
    total = weights + (a if at == 2 else b)
    places = side if at == 3 else o
    work = weights * places**2
    if at == 3 and s == 1:
        raise Redraw
    lines = (
        f"One kernel: ${k}·{k}{'' if at == 0 else f'·{a}'} = {kernel:,}$ weights.",
        f"All kernels: ${kernel:,}·{a if at == 1 else b} = {weights:,}$ weights.",
        f"With biases: ${weights:,} + {a if at == 2 else b} = {total:,}$ parameters.",
        f"MACs, without biases: ${weights:,}·{places}·{places} = {work:,}$.",
    )
    wrong = (
        f"A kernel reaches through all {a} input channels.",
        f"There is one kernel for each of the {b} output channels.",
        f"There is one bias for each of the {b} output channels.",
        f"A weight is used once at each place that is written, {o}×{o}.",
    )
    checks = (
        f"A kernel has a slice of {k}×{k} for each input channel.",
        f"One kernel for each of the {b} output channels.",
        f"One bias for each of the {b} output channels.",
        f"The output has {o}×{o} places.",
    )
    return wrong_line(
        {"in_channels": a, "out_channels": b, "kernel_size": k, "stride": s, "side": side,
         "values": (kernel, weights, total, work)},
        f"`Conv2d({a}, {b}, {k}, stride={s}, padding={k // 2})` reads maps of {side}×{side} and writes maps of {o}×{o}."
        " Somebody counts:",
        lines, checks, at, "Every line says what it should." if at is None else wrong[at],
    )  # fmt: skip


BETWEEN = {  # what is between: whether it multiplies and adds only, and why
    "nothing": (True, "nothing", "Each convolution only multiplies and adds, and so do both together."),
    "double": (True, "a layer that doubles every number", "Doubling only multiplies: the 2 can go into the weights."),
    "add": (True, "a layer that adds 3 to every number", "Adding 3 is what a bias does: it can go into the bias."),
    "relu": (False, "a ReLU", "A ReLU does other things to a number than to its negative."),
    "square": (False, "a layer that squares every number", "The square of a sum is not the sum of the squares."),
    "absolute": (
        False,
        "a layer that takes away the sign of every number",
        "Of 1 and −1 it makes 1 and 1; their sum is 0.",
    ),
}


def merge(draws: Draws) -> Problem:
    """Whether two convolutions, with something between them, can be one."""
    one, two, name = draws.pick((2, 3, 5)), draws.pick((2, 3, 5)), draws.pick(tuple(BETWEEN))
    linear, said, why = BETWEEN[name]
    large = one + two - 1
    options = {
        "yes": (f"Yes, one with {large} weights: all of it only multiplies and adds.", why),
        "no": ("No: what is between them does more than multiply and add.", why),
        "weights": (f"No: two convolutions have {one + two} weights, and one with {large} has fewer.",
                    "Fewer weights can be enough: many pairs of kernels do the same."),
        "training": ("Yes, after enough training: any function can be learned.",
                     "A convolution only multiplies and adds, whatever its weights are."),
    }  # fmt: skip
    return choice(
        {"sizes": (one, two), "between": name},
        f"A row of numbers passes a convolution with {one} weights and then one with {two}, at stride 1 and without "
        f"padding. Between them is {said}. Can a single convolution (with a bias) do the same, whatever the weights "
        "are?",
        options,
        "yes" if linear else "no",
    )


def block_lines(draws: Draws) -> Problem:
    """The line of a block that fails."""
    a, b, c = draws.some((16, 24, 32, 48, 64, 96, 128), 3)
    at = draws.pick((0, 1, 3, 4, None))
    bias, padding = draws.pick((True, False)), draws.pick((0, 1))
    layers: list[tuple[object, ...]] = [("Conv2d", b if at == 0 else a, a if at == 0 else b)]
    layers += [("BatchNorm2d", a if at == 1 else b), ("ReLU",), ("Conv2d", a if at == 3 else b, c)]
    layers += [("BatchNorm2d", b if at == 4 else c)]
    if at == 0:
        layers[1], layers[3] = ("BatchNorm2d", a), ("Conv2d", a, c)

    def code(layer: tuple[object, ...]) -> str:
        name, *numbers = layer
        more = f", 3, padding={padding}{'' if bias else ', bias=False'}" if name == "Conv2d" else ""
        return f"{name}({', '.join(map(str, numbers))}{more}),"

    found = {
        0: f"The input has {a} channels, and this line reads {b}.",
        1: f"The convolution before it writes {b} channels, and this line reads {a}.",
        3: f"The maps that come here have {b} channels, and this line reads {a}.",
        4: f"The convolution before it writes {c} channels, and this line reads {b}.",
    }
    fine = "Every layer reads as many channels as the one before it writes."
    if not padding:
        fine += " Without padding the maps shrink, which is allowed."
    return wrong_line(
        {"in_channels": a, "layers": layers, "padding": padding, "bias": bias},
        f"This block is to read maps of shape ({a}, 32, 32):",
        [code(layer) for layer in layers],
        ["It reads as many channels as come.", "A batch norm is told how many channels come.",
         "A ReLU takes any number of channels.", "It reads as many channels as come.",
         "A batch norm is told how many channels come."],
        at, fine if at is None else found[at], code=True,
    )  # fmt: skip


def norm_modes(draws: Draws) -> Problem:
    """On what the answer for a picture depends."""
    layers = ["convolution"]
    norm = draws.pick(("batch norm", "batch norm", "layer norm", ""))
    drop = draws.pick((True, False))
    training = draws.pick((True, True, False))
    width = draws.pick((16, 32, 64, 128))
    layers += [norm] * bool(norm) + ["ReLU"] + ["dropout"] * drop + ["dense layer"]
    others, random = training and norm == "batch norm", training and drop
    right = {(0, 0): "neither", (1, 0): "others", (0, 1): "call", (1, 1): "both"}[others, random]
    told = [
        "In training mode a batch norm takes its means over all pictures of the batch." if others else
        "In evaluation mode a batch norm uses its running statistics." if norm == "batch norm" else
        "Layer norm takes its means over one picture." if norm else "No layer here looks at other pictures.",
        "In training mode dropout draws anew at each call." if random else
        "In evaluation mode dropout does nothing." if drop else "No layer here draws at random.",
    ]  # fmt: skip
    why = " ".join(told)
    options = {
        "neither": ("On neither of them.", why),
        "others": ("On the other pictures only.", why),
        "call": ("On the call only: a second one with the same batch gives another answer.", why),
        "both": ("On both: the other pictures, and the call.", why),
    }
    return choice(
        {"norm": norm, "dropout": drop, "training": training, "width": width},
        f"A network with {width} channels consists of {', '.join(layers)}. It is in "
        f"{'training' if training else 'evaluation'} mode and gets a batch of pictures. On what else does the answer "
        "for the first picture depend: on the other pictures of the batch, or on the call?",
        options,
        right,
    )


SHARED = {  # whether all numbers of such a part share their means with no others
    "batch norm": {"channel": True, "picture": False, "map": False},
    "layer norm": {"channel": False, "picture": True, "map": False},
    "instance norm": {"channel": True, "picture": True, "map": True},
    "group norm with two groups": {"channel": False, "picture": True, "map": False},
}
PARTS = {
    "channel": "the numbers of one channel, in all pictures of the batch,",
    "picture": "the numbers of one picture, in all of its channels,",
    "map": "the numbers of one channel of one picture",
}


def norm_undoes(draws: Draws) -> Problem:
    """Whether a norm undoes a change."""
    norm, part = draws.pick(tuple(SHARED)), draws.pick(tuple(PARTS))
    add, by = draws.pick((True, False)), draws.whole(2, 9)
    over = {
        "batch norm": "one channel, over all pictures of the batch",
        "layer norm": "one picture, over all its channels",
        "instance norm": "one channel of one picture",
        "group norm with two groups": "half of the channels of one picture",
    }[norm]
    same = SHARED[norm][part]
    why = f"{norm.capitalize()} takes each mean and each variance over {over}. " + (
        "There, either all numbers change alike or none: the mean and the deviation follow."
        if same
        else "There, some numbers change and others do not."
    )
    options = {
        "True": ("No: numbers that share a mean and a variance change alike, so it cancels.", why),
        "False": ("Yes: of the numbers that share a mean and a variance, only some change.", why),
        "any": ("No: a norm undoes every change of its input.", why),
        "none": ("Yes: what is added or multiplied before a norm is still there after it.", why),
    }
    change = f"{by} is added to" if add else f"{by} multiplies"
    return choice(
        {"norm": norm, "part": part, "add": add, "by": by},
        f"Maps with several pictures, four channels and many places go through {norm}, in training mode and with its "
        f"epsilon left out. Before that, {change} {PARTS[part]} and nothing else. Does the output change?",
        options,
        str(same),
    )


NORM = "normalization.md"
KINDS = (
    Kind("map-to-kernel", "convolution", "why", "Which kernel wrote this map", map_to_kernel, "convolution.md#kernel"),
    Kind("size-lines", "convolution", "why", "A size, line by line", size_lines, "convolution.md#ex-dilated-kernel"),
    Kind("matrix-rows", "convolution-as-a-matrix", "why", "Rows and columns of the matrix", matrix_entries,
         "convolution-as-a-matrix.md#ex-toeplitz"),
    Kind("dense-twin", "convolution-as-a-matrix", "why", "A dense layer as a convolution", dense_twin,
         "convolution-as-a-matrix.md#ex-dense-as-convolution"),
    Kind("more-macs", "cost", "why", "Which has more MACs", more_macs, "cost.md#ex-doubling-channels"),
    Kind("cost-lines", "cost", "why", "A count, line by line", cost_lines, "cost.md#ex-bias-and-buffers"),
    Kind("merge", "conv-block", "why", "Can two layers be one", merge, "conv-block.md#why-relu"),
    Kind("block-lines", "conv-block", "why", "A block, line by line", block_lines,
         "conv-block.md#the-block-in-pytorch"),
    Kind("norm-modes", "normalization", "why", "On what an answer depends", norm_modes, f"{NORM}#the-other-three"),
    Kind("norm-undoes", "normalization", "why", "What a norm undoes", norm_undoes, f"{NORM}#the-other-three"),
)  # fmt: skip
