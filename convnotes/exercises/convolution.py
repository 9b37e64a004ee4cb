"""Exercises on sums over channels and on the sizes of windows, paddings and maps."""

from __future__ import annotations

from convnotes.conv import effective_kernel_size, output_size, same_padding
from convnotes.exercises.choice import several
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.exercises.windows import STEMS, Window, window
from convnotes.words.numbers import bracketed, minus

CHAPTER = "convolution"


def filter_shape(draws: Draws) -> Problem:
    """The shape of one filter."""
    c, f, k, i = (
        draws.pick((1, 3, 3, 8, 16, 32)),
        draws.pick((6, 10, 20, 64)),
        draws.pick((3, 5, 7)),
        draws.whole(20, 64),
    )
    return Problem(
        {"in_channels": c, "out_channels": f, "kernel_size": k},
        f"A convolution reads {c} channel{'s' * (c > 1)} of {i}×{i} and writes {f} maps; its kernels are {k}×{k}. "
        "What shape are the weights of one filter? Answer as (channels, height, width).",
        (c, k, k),
        [
            f"A filter has one {k}×{k} kernel for each input channel.",
            f"The {f} maps come from {f} such filters, one each. So ({c}, {k}, {k})",
        ],
        [
            Mistake((1, k, k), "forgot the channels", "A filter reaches through all input channels."),
            Mistake((f, k, k), "took the output channels", "Their number is the number of filters."),
            Mistake((c, i, i), "gave the shape of the input", "A filter is as large as its window."),
            Mistake(
                (c * f, k, k), "gave the kernels of all filters", f"There are {f} filters; one of them was asked for."
            ),
        ],
    )


def channel_sum(draws: Draws) -> Problem:
    """One output of a convolution over two or three channels."""
    channels = draws.pick((2, 2, 3))
    window = [[draws.whole(0, 5) for _ in range(4)] for _ in range(channels)]
    weights = [[draws.whole(-2, 2) for _ in range(4)] for _ in range(channels)]
    bias = draws.whole(-4, 4)
    parts = [sum(x * w for x, w in zip(*pair, strict=True)) for pair in zip(window, weights, strict=True)]
    if not bias or 0 in parts:
        raise Redraw
    asked = "; ".join(
        f"channel {c} holds {_square(x)} under the kernel {_square(w)}"
        for c, (x, w) in enumerate(zip(window, weights, strict=True))
    )
    total = sum(parts)
    told = [
        f"Channel {c}: ${_products(x, w)} = {minus(part)}$."
        for c, (x, w, part) in enumerate(zip(window, weights, parts, strict=True))
    ]
    return Problem(
        {"window": window, "weights": weights, "bias": bias},
        f"A filter of 2×2 lies on one window of its input, rows separated by a stroke: {asked}. The bias is "
        f"{minus(bias)}. "
        "Which number does the filter write at this place?",
        total + bias,
        [
            *told,
            f"All channels and the bias: ${' + '.join(map(bracketed, [*parts, bias]))} = {minus(total + bias)}$",
        ],
        [
            Mistake(total, "left out the bias", f"It is added once, to the sum over all channels: {minus(bias)}."),
            Mistake(total + channels * bias, "added the bias in every channel", "It is added once for each output."),
            Mistake(parts[0] + bias, "used the first channel only", "A filter adds up over all channels."),
            Mistake(max(parts) + bias, "took the largest channel", "The channels are added."),
            Mistake(
                sum(x * w for a, b in zip(window, weights, strict=True) for x, w in zip(a, b[::-1], strict=True))
                + bias,
                "flipped the kernels",
                "Deep learning leaves them as they are.",
            ),
        ],
    )


def _square(cells: list[int]) -> str:
    """Two rows of two."""
    a, b, c, d = map(minus, cells)
    return f"{a} {b} | {c} {d}"


def _products(cells: list[int], weights: list[int]) -> str:
    return " + ".join(f"{bracketed(x)}·{bracketed(w)}" for x, w in zip(cells, weights, strict=True))


def padded_size(draws: Draws) -> Problem:
    """The size under a padding that is called by its name."""
    i, k, name = draws.whole(6, 64), draws.pick((3, 5, 7)), draws.pick(("none", "same", "full"))
    sizes = {"none": i - k + 1, "same": i, "full": i + k - 1}
    if i < k:
        raise Redraw
    p = {"none": 0, "same": (k - 1) // 2, "full": k - 1}[name]
    return Problem(
        {"size": i, "kernel_size": k, "name": name},
        f"A map of {i}×{i} goes through a {k}×{k} convolution at stride 1, padding *{name}*. How many cells wide is "
        "the output?",
        sizes[name],
        [
            f"Padding *{name}* is {p} cells on each side.",
            f"${i} + 2·{p} − {k} + 1 = {sizes[name]}$",
        ],
        [
            *(
                Mistake(size, f"took the padding *{other}*", f"*{name}* is {p} on each side.")
                for other, size in sizes.items()
                if other != name
            ),
            Mistake(sizes[name] + k, "left out the kernel", "The first window uses as many cells as it is wide."),
            Mistake(sizes[name] - 1, "left out the + 1", "The first place comes before the first step."),
        ],
        "cells",
    )


def kernel_span(draws: Draws) -> Problem:
    """How far a dilated kernel reaches."""
    k, d = draws.pick((2, 3, 4, 5, 7, 9)), draws.whole(2, 12)
    span = effective_kernel_size(k, d)
    return Problem(
        {"kernel_size": k, "dilation": d},
        f"How many cells does a kernel with `kernel_size={k}` and `dilation={d}` span along one axis, from its first "
        "tap to its last, both included?",
        span,
        [f"Between $k$ taps there are $k − 1$ steps of $d$ cells: $d(k − 1) + 1 = {d}·{k - 1} + 1 = {span}$"],
        [
            Mistake(d * k, "multiplied the kernel by the dilation", f"{k} taps have {k - 1} gaps between them."),
            Mistake(d * (k - 1), "left out the + 1", "That counts the steps; there is one tap more than steps."),
            Mistake(k + d, "added the dilation to the kernel", "Every gap widens, not the kernel as a whole."),
            Mistake(
                (d + 1) * (k - 1) + 1, "took the dilation for the number of cells skipped", "`dilation=1` skips none."
            ),
            Mistake(k, "counted the taps", "Dilation moves them apart; the weights stay as many."),
        ],
        "cells",
    )


def size_of(draws: Draws) -> Problem:
    """The output size of a convolution."""
    i, (k, s, p, d) = draws.whole(7, 256), window(draws, *STEMS)
    span = effective_kernel_size(k, d)
    if i + 2 * p < span:
        raise Redraw
    o, room = output_size(i, k, s, p, d), i + 2 * p - span
    return Problem(
        {"size": i, "kernel_size": k, "stride": s, "padding": p, "dilation": d},
        f"An axis of {i} cells goes through a convolution with `kernel_size={k}`, `stride={s}`, `padding={p}`, "
        f"`dilation={d}`. How many cells does the output have along this axis?",
        o,
        [
            f"The kernel spans $d(k − 1) + 1 = {d}·{k - 1} + 1 = {span}$ cells.",
            f"With the padding the axis has ${i} + 2·{p} = {i + 2 * p}$ cells.",
            f"The first window has room for $⌊({i + 2 * p} − {span})/{s}⌋ = ⌊{room}/{s}⌋ = {room // s}$ steps.",
            f"One place more than steps: ${room // s} + 1 = {o}$",
        ],
        _size_mistakes(i, k, s, p, d),
        "cells",
    )


def _size_mistakes(i: int, k: int, s: int, p: int, d: int) -> list[Mistake]:
    span = effective_kernel_size(k, d)
    room = i + 2 * p - span
    return [
        Mistake((i - span) // s + 1, "left out the padding", f"Each side gets {p} cells, so the axis has {i + 2 * p}."),
        Mistake((i + p - span) // s + 1, "padded one side only", "`padding` is cells per side: it counts twice."),
        Mistake(room // s, "left out the + 1", "The first window is there before the first step."),
        Mistake(
            -(-room // s) + 1, "rounded up", "A window that does not fit is not computed: the division rounds down."
        ),
        Mistake((i + 2 * p - k) // s + 1, "ignored the dilation", f"Dilated, the kernel spans {span} cells, not {k}."),
        Mistake(
            (i + 2 * p - d * k) // s + 1,
            "multiplied the kernel by the dilation",
            f"{k} taps have {k - 1} gaps: $d(k − 1) + 1 = {span}$.",
        ),
        Mistake(room + 1, "left out the stride", f"Windows start only every {s} cells."),
        Mistake(i // s, "divided the input by the stride", "That holds for paddings chosen so; here they are not."),
    ]


def padding_that_keeps(draws: Draws) -> Problem:
    """The padding per side that keeps the size."""
    k, d = draws.pick((3, 5, 7, 9, 11, 13)), draws.pick((1, 2, 3, 4, 6))
    p = same_padding(k, d)[0]
    return Problem(
        {"kernel_size": k, "dilation": d},
        f"At stride 1, which `padding` (per side) keeps the size with `kernel_size={k}`, `dilation={d}`?",
        p,
        [
            f"Without padding the map loses $d(k − 1) = {d}·{k - 1} = {2 * p}$ cells.",
            f"Half of them on each side: ${2 * p}/2 = {p}$",
        ],
        [
            Mistake(2 * p, "gave the padding of both sides together", "`padding` is cells per side."),
            Mistake(
                (k - 1) // 2, "ignored the dilation", f"The gaps widen to {d}: the kernel spans {2 * p + 1} cells."
            ),
            Mistake(d * k // 2, "halved $d·k$", f"{k} taps have {k - 1} gaps: halve $d(k − 1)$."),
            Mistake(p + 1, "took half the span and rounded up", "The middle tap lies on the cell itself."),
            Mistake(k // 2 + d, "added the dilation", "Every gap widens, so $k − 1$ is multiplied."),
        ],
        "cells",
    )


def same_sides(draws: Draws) -> Problem:
    """What padding='same' puts before and after."""
    k, d = draws.pick((2, 4, 6, 8, 10)), draws.pick((1, 1, 2, 3, 5))
    before, after = same_padding(k, d)
    total = before + after
    return Problem(
        {"kernel_size": k, "dilation": d},
        f"A PyTorch convolution has `kernel_size={k}`, `dilation={d}`, `padding='same'`. How many cells are padded "
        "before and after an axis? Answer as (before, after).",
        (before, after),
        [
            f"Without padding the map loses $d(k − 1) = {d}·{k - 1} = {total}$ cells, so as many are padded.",
            f"Half of them, rounded down, before: $⌊{total}/2⌋ = {before}$.",
            f"The rest after: ${total} − {before} = {after}$. So ({before}, {after})",
        ],
        [
            Mistake((after, before), "put the odd cell before", "PyTorch puts it after."),
            Mistake((k // 2, k // 2), "padded half a kernel on both sides", "With an even kernel the map would grow."),
            Mistake(
                (after, after), "rounded up on both sides", f"That is {2 * after} cells where {total} are missing."
            ),
            Mistake((before, before), "rounded down on both sides", f"That is {2 * before} where {total} are missing."),
            Mistake((total, total), "padded all of it twice", f"{total} cells are missing in all."),
        ],
        "cells",
    )


def padding_for(draws: Draws) -> Problem:
    """The least padding that gives a wanted size."""
    i, k, s = draws.whole(8, 240), draws.pick((3, 4, 5, 7, 9, 11)), draws.whole(2, 4)
    if i < k:
        raise Redraw
    o = output_size(i, k, s, draws.whole(1, k - 1))
    need = s * (o - 1) + k - i
    p = -(-need // 2)
    if p < 1:
        raise Redraw
    return Problem(
        {"size": i, "kernel_size": k, "stride": s, "output": o},
        f"An axis of {i} cells is to become one of {o}, with `kernel_size={k}`, `stride={s}`, `dilation=1`. What is "
        "the least `padding` per side that does it?",
        p,
        [
            f"The last of {o} windows starts at ${s}·({o} − 1) = {s * (o - 1)}$ and ends after "
            f"${s * (o - 1)} + {k} = {s * (o - 1) + k}$ cells.",
            f"The axis has {i}: at least ${s * (o - 1) + k} − {i} = {need}$ are missing.",
            f"Two sides share them, rounded up: $⌈{need}/2⌉ = {p}$",
        ],
        [
            Mistake(need, "gave the padding of both sides together", "`padding` is cells per side."),
            Mistake((k - 1) // 2, "took the padding that keeps the size at stride 1", "Here another size is wanted."),
            Mistake(need // 2, "rounded down", "A cell is missing then, and the last window does not fit."),
            Mistake(
                -(-(s * o + k - i) // 2), "counted a step for each window", f"{o} windows are {o - 1} steps apart."
            ),
            Mistake(p + 1, "went one too far", "One less will do already."),
        ],
        "cells",
    )


def split_kernel(draws: Draws) -> Problem:
    """A separable kernel, of which one weight is missing."""
    column, row = ([draws.pick((-3, -2, -1, 1, 2, 3)) for _ in range(3)] for _ in range(2))
    i, j = draws.whole(0, 2), draws.whole(0, 2)
    kernel = [[a * b for b in row] for a in column]
    right, k, m = kernel[i][j], (i + 1) % 3, (j + 1) % 3
    shown = "\n".join("    " + " ".join("  ?" if (y, x) == (i, j) else f"{minus(kernel[y][x]):>3}" for x in range(3))
                      for y in range(3))  # fmt: skip
    return Problem(
        {"kernel": [[None if (y, x) == (i, j) else kernel[y][x] for x in range(3)] for y in range(3)]},
        f"This kernel is spatially separable, but one of its weights is missing:\n\n{shown}\n\nWhich number is it?",
        right,
        [
            "All rows are multiples of one row, so two rows have the same ratio in every column.",
            f"In another column, its row holds {minus(kernel[i][m])} and another row {minus(kernel[k][m])}. In its own "
            f"column, that other row holds {minus(kernel[k][j])}.",
            f"${bracketed(kernel[k][j])}·{bracketed(kernel[i][m])}/{bracketed(kernel[k][m])} = {minus(right)}$",
        ],
        [
            Mistake(-right, "lost a sign", "A product of two negative numbers is positive."),
            Mistake(kernel[i][m] + kernel[k][j] - kernel[k][m], "went on by equal differences",
                    "Rows are multiples of each other; they do not differ by a constant."),
            Mistake(kernel[k][j], "repeated the other row", "Rows are multiples of one row, not copies of it."),
            Mistake(0, "took zero", "Then all of its row or of its column would be zero."),
        ],
    )  # fmt: skip


def any_axes(draws: Draws) -> Problem:
    """Parameters of a convolution along one, two or three axes."""
    axes, k = draws.pick((1, 1, 3, 3, 2)), draws.pick((3, 5, 7))
    c, o = draws.pick((1, 2, 3, 4, 8, 16)), draws.pick((4, 8, 16, 32))
    right = o * (k**axes * c + 1)
    cells = "·".join([str(k)] * axes)
    return Problem(
        {"axes": axes, "in_channels": c, "out_channels": o, "kernel_size": k},
        f"How many numbers does PyTorch's `Conv{axes}d({c}, {o}, kernel_size={k})` learn, biases included?",
        right,
        [
            f"A kernel has ${cells} = {k**axes}$ weights, and a filter one kernel for each input channel: "
            f"${k**axes}·{c} = {k**axes * c:,}$.",
            f"With one bias each, {o} filters have ${o}·({k**axes * c:,} + 1) = {right:,}$",
        ],
        [
            Mistake(o * k**axes * c, "left out the biases", "Each filter has one."),
            Mistake(o * (k**axes + 1), "forgot the input channels", "A filter has a kernel for each of them."),
            Mistake(
                o * (k ** (axes - 1 if axes > 1 else 2) * c + 1),
                "took another number of axes",
                f"The window moves along {axes} {'axis' if axes == 1 else 'axes'}, and the kernel extends along each.",
            ),
            Mistake(o * (k**axes + c), "added kernel and channels", "There are as many kernels as input channels."),
            Mistake(o * k**axes * c + 1, "counted one bias for the layer", "Each filter has one."),
        ],
        "numbers",
    )


KEEP: tuple[Window, ...] = (
    *((1, 1, 0, 1), (3, 1, 1, 1), (5, 1, 2, 1), (7, 1, 3, 1)),
    *((3, 1, 2, 2), (3, 1, 4, 4), (5, 1, 4, 2), (2, 1, 1, 2), (4, 1, 3, 2)),
)
CHANGE: tuple[Window, ...] = (
    *((1, 1, 1, 1), (3, 1, 0, 1), (3, 1, 2, 1), (3, 1, 3, 1), (5, 1, 1, 1), (5, 1, 4, 1), (7, 1, 2, 1)),  # padding
    *((2, 1, 1, 1), (4, 1, 1, 1), (4, 1, 2, 1), (2, 1, 0, 1)),  # even kernels
    *((1, 2, 0, 1), (3, 2, 1, 1), (5, 2, 2, 1), (7, 2, 3, 1)),  # strides
    *((3, 1, 1, 2), (3, 1, 2, 4), (5, 1, 2, 2), (3, 1, 4, 2)),  # dilation
)


def keeps_size(draws: Draws) -> Problem:
    """Which layers keep the size of the map."""
    i, right = draws.pick((14, 16, 28, 32, 56, 64, 112)), draws.whole(2, 3)
    drawn = draws.shuffled([*draws.some(KEEP, right), *draws.some(CHANGE, 5 - right)])
    options = {}
    for number, (k, s, p, d) in enumerate(drawn):
        said = f"`kernel_size={k}, stride={s}, padding={p}{f', dilation={d}' if d > 1 else ''}`"
        o, span = output_size(i, k, s, p, d), effective_kernel_size(k, d)
        why = f"The kernel spans ${d}·({k} − 1) + 1 = {span}$ cells. " if d > 1 else ""
        if s == 1:
            why += f"${i} + 2·{p} − {span} + 1 = {o}$."
        else:
            why += f"$⌊({i} + 2·{p} − {span})/{s}⌋ + 1 = {o}$: with this stride, windows fit at fewer places."
        options[str(number)] = (said, o == i, why)
    return several(
        {"size": i, "layers": {str(number): layer for number, layer in enumerate(drawn)}},
        f"A map of {i}×{i} goes through a convolution. With which of these settings does the map keep its size?",
        options,
    )


# The sections that teach what is asked.
DILATED = "convolution.md#ex-dilated-kernel"
SAME = "convolution.md#ex-even-kernel-same"
PADDED = "convolution.md#ex-imagenet-stem"
CHANNELS = "convolution.md#ex-channels"
KINDS = (
    Kind("filter-shape", CHAPTER, "recall", "The shape of a filter", filter_shape, CHANNELS),
    Kind("channel-sum", CHAPTER, "compute", "A sum over channels", channel_sum, CHANNELS),
    Kind("channel-sum-mistake", CHAPTER, "explain", "A wrong sum over channels", explain(channel_sum), CHANNELS),
    Kind("missing-weight", CHAPTER, "compute", "A kernel that can be split", split_kernel, "convolution.md#kernel"),
    Kind("axes-parameters", CHAPTER, "compute", "One axis or three", any_axes, "convolution.md#ex-one-and-three-axes"),
    Kind("named-padding", CHAPTER, "compute", "None, same, full", padded_size, "convolution.md#padding"),
    Kind("kernel-span", CHAPTER, "recall", "How far a dilated kernel reaches", kernel_span, DILATED),
    Kind("output-size", CHAPTER, "compute", "Output size", size_of, DILATED),
    Kind("same-padding", CHAPTER, "compute", "Padding that keeps the size", padding_that_keeps, SAME),
    Kind("keeps-size", CHAPTER, "compute", "Which layers keep the size", keeps_size, SAME),
    Kind("same-even", CHAPTER, "compute", "Even kernels and padding='same'", same_sides, SAME),
    Kind("output-size-mistake", CHAPTER, "explain", "A wrong output size", explain(size_of), DILATED),
    Kind("padding-for-size", CHAPTER, "design", "Padding for a wanted size", padding_for, PADDED),
)
