"""Exercises on the way back: gradients by hand, and what training keeps in memory."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from convnotes.exercises import rows
from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.exercises.normalization import norm_gradient
from convnotes.words.numbers import bracketed, minus

CHAPTER = "backward"
HELD = {"SGD": 2, "SGD with momentum": 3, "Adam": 4}  # numbers that training holds for each parameter


def gradient_shape(draws: Draws) -> Problem:
    """The shape of the gradient of a kernel."""
    a, b = draws.some((3, 16, 32, 64, 96, 128, 256), 2)
    k, side, batch = draws.pick((1, 3, 5, 7)), draws.pick((14, 28, 56)), draws.pick((8, 16, 32))
    return Problem(
        {"in_channels": a, "out_channels": b, "kernel_size": k},
        f"`Conv2d({a}, {b}, {k}, padding={k // 2})` reads a batch of {batch} inputs of shape ({a}, {side}, {side}). "
        "What is the shape of the gradient of its kernel?",
        (b, a, k, k),
        [
            "A gradient has the shape of what it belongs to. Places and images are summed over.",
            f"The kernel, and so its gradient, has the shape {written((b, a, k, k))}",
        ],
        [
            Mistake((a, b, k, k), "swapped the channels", "Output channels come first."),
            Mistake((batch, b, a, k, k), "kept one gradient for each image", "All images used the same weights: add."),
            Mistake((batch, b, side, side), "gave the shape of the outputs", "That is the gradient that comes in."),
            Mistake((batch, a, side, side), "gave the shape of the inputs", "That is the gradient that is handed on."),
        ],
    )


def _drawn(draws: Draws, count: int) -> rows.Row:
    return [draws.pick((-3, -2, -1, 1, 2, 3, 4, 5)) for _ in range(count)]


def to_input(draws: Draws) -> Problem:
    """The gradient of a convolution to a row of inputs."""
    stride, k = draws.pick((1, 1, 2)), draws.pick((2, 3))
    kernel, sent = _drawn(draws, k), _drawn(draws, draws.whole(2, 3))
    size = stride * (len(sent) - 1) + k
    stamps = rows.stamps(sent, kernel, stride)
    out = rows.added(stamps)
    turned = rows.added(rows.stamps(sent, kernel[::-1], stride))
    spread = [sent[n // stride] if n % stride == 0 and n // stride < len(sent) else 0 for n in range(size)]
    forward = [sum(w * spread[n + a] for a, w in enumerate(kernel) if n + a < size) for n in range(size)]
    dense = rows.added(rows.stamps(sent, kernel, 1, size)) if stride > 1 else out
    shown = [f"Output {u + 1} hands back: {rows.listed(stamp)}." for u, stamp in enumerate(stamps)]
    return Problem(
        {"kernel": kernel, "sent": sent, "size": size, "stride": stride},
        f"A row of {size} cells is read by the kernel ({rows.listed(kernel)}) with stride {stride} and no padding. The "
        f"gradients of the outputs are ({rows.listed(sent)}). Which gradients do the {size} cells get?",
        tuple(out),
        [*shown, f"Added cell by cell: {written(tuple(out))}"],
        [
            Mistake(tuple(turned), "flipped the kernel of the stamps", "Each stamp is the kernel as it was laid."),
            Mistake(tuple(forward), "applied the layer forward", "Outputs hand back; they do not read."),
            Mistake(tuple(dense), "left out the stride", f"The windows lie {stride} cells apart."),
            Mistake(tuple(max(c, key=abs) for c in zip(*stamps, strict=True)), "did not add overlaps",
                    "A cell that is read twice gets both."),
            Mistake(tuple(sum(kernel) for _ in out), "took the sum of the kernel",
                    "Each weight is multiplied by the gradient that comes through it."),
        ],
    )  # fmt: skip


def to_kernel(draws: Draws) -> Problem:
    """The gradient of a convolution to its kernel."""
    stride, k = draws.pick((1, 1, 2)), draws.pick((2, 3))
    sent = _drawn(draws, draws.whole(2, 3))
    row = [draws.whole(0, 9) for _ in range(stride * (len(sent) - 1) + k)]
    windows = [row[stride * u : stride * u + k] for u in range(len(sent))]
    products = [[number * cell for cell in window] for number, window in zip(sent, windows, strict=True)]
    out = rows.added(products)
    steps = [
        f"Place {u + 1}: ${minus(g)}$ times ({rows.listed(window)}) is ({rows.listed(product)})."
        for u, (g, window, product) in enumerate(zip(sent, windows, products, strict=True))
    ]
    straight = [[number * cell for cell in row[u : u + k]] for u, number in enumerate(sent)]
    return Problem(
        {"row": row, "sent": sent, "kernel_size": k, "stride": stride},
        f"A kernel of {k} weights slid over the row ({rows.listed(row)}) with stride {stride} and no padding. The "
        f"gradients of the outputs are ({rows.listed(sent)}). What is the gradient of the kernel?",
        tuple(out),
        [*steps, f"The weights are shared, so all places are added: {written(tuple(out))}"],
        [
            Mistake(tuple(out[::-1]), "flipped the result", "The first weight lay on the first cell of each window."),
            Mistake(tuple(products[0]), "took the first place only", "The weights were used at every place."),
            Mistake(tuple(rows.added(straight)), "left out the stride", f"The windows lie {stride} cells apart."),
            Mistake(tuple(rows.added(windows)), "left out the gradients", "Each window is multiplied by its gradient."),
            Mistake(tuple([sum(sent)] * k), "gave the gradient of the bias", "The inputs multiply the gradients here."),
            Mistake(tuple(products[-1]), "took the last place only", "The weights were used at every place."),
        ],
    )


def winner_gradient(draws: Draws) -> Problem:
    """The gradient of a cell that may win several windows."""
    side, k = draws.pick(((3, 2), (4, 2), (4, 3)))
    grid, n = rows.grid(draws, side), side - k + 1
    windows = [[(y + i, x + j) for i in range(k) for j in range(k)] for y in range(n) for x in range(n)]
    sent = [draws.whole(1, 9) for _ in windows]
    winners = [max(cells, key=lambda at: grid[at[0]][at[1]]) for cells in windows]
    most = max(set(winners), key=lambda at: (winners.count(at), at))
    if winners.count(most) < 2:
        raise Redraw
    won = [number for number, at in zip(sent, winners, strict=True) if at == most]
    touched = [number for number, cells in zip(sent, windows, strict=True) if most in cells]
    value = grid[most[0]][most[1]]
    back = [sent[n * row : n * (row + 1)] for row in range(n)]
    return Problem(
        {"grid": grid, "kernel_size": k, "sent": sent, "cell": most},
        f"`MaxPool2d({k}, stride=1)` read\n\n{rows.shown(grid)}\n\nand the gradient that comes back for its outputs "
        f"is\n\n{rows.shown(back)}\n\nWhich gradient does the cell with the value {value} get?",
        sum(won),
        [
            "The gradient of an output goes to the cell that was the largest in its window, and to no other.",
            f"The cell {value} lies in {len(touched)} windows and is the largest in {len(won)} of them.",
            f"Their gradients add up: ${' + '.join(map(str, won))} = {sum(won)}$",
        ],
        [
            Mistake(max(won), "took one window only", "A cell that wins several windows gets the sum."),
            Mistake(sum(touched), "added all windows that hold the cell", "Only windows that it won pass theirs on."),
            Mistake(sum(sent), "added all gradients", "Only windows that the cell won pass theirs on."),
            Mistake(value * sum(won), "multiplied by the value", "The derivative of a maximum is 1 for the winner."),
            Mistake(1, "took the derivative of the maximum alone", "It is multiplied by what comes back."),
        ],
    )


def shared_gradient(draws: Draws) -> Problem:
    """The gradient of the middle cell under overlapping average pooling."""
    k, sent = draws.pick((2, 3)), [draws.whole(1, 12) for _ in range(4)]
    total, area = sum(sent), k * k
    share = Fraction(total, area)
    return Problem(
        {"kernel_size": k, "sent": sent},
        f"`AvgPool2d({k}, stride=1)` reads a map of {k + 1}×{k + 1} cells. The gradients of its four outputs are, row "
        f"by row, {rows.listed(sent)}. Which gradient does a cell get that lies in all four windows?",
        share,
        [
            f"Each output hands $1/{area}$ of its gradient to each of the {area} cells of its window.",
            f"Four windows: $({' + '.join(map(bracketed, sent))})/{area} = {written(share)}$",
        ],
        [
            Mistake(Fraction(total), "did not divide", f"A mean gives each of its {area} cells one share."),
            Mistake(Fraction(total, 4 * area), "averaged over the windows too", "Several paths are added."),
            Mistake(Fraction(total, k), "divided by the side of the window", f"It holds ${k}·{k}$ cells."),
            Mistake(Fraction(max(sent), area), "took the largest only", "That would be a maximum; shares are added."),
            Mistake(Fraction(sent[0], area), "took one window only", "The cell lies in all four."),
        ],
    )


def shortcut_slope(draws: Draws) -> Problem:
    """The gradient through residual blocks."""
    slopes = [Fraction(draws.pick((-3, -2, -1, 1, 2, 3)), draws.pick((2, 4, 5))) for _ in range(draws.whole(2, 3))]
    sent = draws.whole(1, 4)
    factors = [1 + slope for slope in slopes]
    out, listed = sent * prod(factors), ", ".join(minus(slope) for slope in slopes)
    return Problem(
        {"slopes": [str(slope) for slope in slopes], "sent": sent},
        f"{len(slopes)} residual blocks follow each other, $y = x + f(x)$. At the values at hand the slopes of "
        f"their $f$ are {listed}. The gradient of the last output is {sent}. Which gradient does the first input get?",
        Fraction(out),
        [
            f"Each block multiplies by $1 + f'$: {', '.join(minus(factor) for factor in factors)}.",
            f"The product, times {sent}, is {written(Fraction(out))}",
        ],
        [
            Mistake(Fraction(sent * prod(slopes)), "left out the shortcuts", "Each adds 1 to the slope of its block."),
            Mistake(Fraction(sent * (1 + prod(slopes))), "took one shortcut around all", "Each block has its own."),
            Mistake(Fraction(sent * sum(factors)), "added the blocks", "Slopes along one path are multiplied."),
            Mistake(Fraction(prod(factors)), "left out the gradient that comes in", "It is multiplied by the slopes."),
            Mistake(Fraction(sent), "took the shortcuts only", "The path through each $f$ counts as well."),
        ],
    )


def training_bytes(draws: Draws) -> Problem:
    """Bytes that training holds for the parameters."""
    name, a, b, k = draws.pick(list(HELD)), *draws.some((8, 16, 32, 64, 128), 2), draws.pick((3, 5))
    weights = k * k * a * b + b
    out = 4 * HELD[name] * weights
    return Problem(
        {"in_channels": a, "out_channels": b, "kernel_size": k, "optimizer": name},
        f"`Conv2d({a}, {b}, {k})` is trained with {name} in `float32` (4 bytes). How many bytes do its parameters, "
        "their gradients and what the optimiser remembers take together?",
        out,
        [
            f"Parameters: ${k}²·{a}·{b} + {b} = {weights:,}$.",
            f"Numbers for each: value, gradient and {HELD[name] - 2} of the optimiser, {HELD[name]} in all.",
            f"$4·{HELD[name]}·{weights:,} = {out:,}$",
        ],
        [
            Mistake(4 * weights, "counted the parameters only", "Gradients and the optimiser's numbers come on top."),
            Mistake(out - 4 * weights, "left out the gradients", "There is one for each parameter."),
            Mistake(
                4 * (HELD[name] + 1) * weights, "counted one average too many", "SGD has none, momentum 1, Adam 2."
            ),
            Mistake(HELD[name] * weights, "counted numbers", "Each has 4 bytes."),
            Mistake(4 * HELD[name] * (weights - b), "left out the biases", "They are trained too."),
        ],
        "bytes",
    )


def batch_for(draws: Draws) -> Problem:
    """The largest batch that can be trained."""
    name, million = draws.pick(list(HELD)), draws.whole(5, 60)
    maps, gigabytes = draws.whole(20, 150), draws.pick((4, 8, 12, 16, 24))
    fixed = 4 * HELD[name] * million  # millions of bytes, as is all below
    room = 1000 * gigabytes
    n = (room - fixed) // (4 * maps)
    return Problem(
        {"million": million, "optimizer": name, "maps": maps, "gigabytes": gigabytes},
        f"A network of {million} million parameters keeps {maps} million numbers per image for the way back. It is "
        f"trained with {name}, all in `float32`, on a card with {gigabytes} GB (a billion bytes each). What is the "
        "largest batch that fits, if nothing else is counted?",
        n,
        [
            f"Parameters, gradients, optimiser: $4·{HELD[name]}·{million} = {fixed}$ million bytes.",
            f"An image: $4·{maps} = {4 * maps}$ million bytes.",
            f"$⌊({room} − {fixed})/{4 * maps}⌋ = {n}$",
        ],
        [
            Mistake(room // (4 * maps), "left out parameters, gradients and optimiser", f"They take {fixed} MB."),
            Mistake((room - 4 * million) // (4 * maps), "left out gradients and optimiser", "Training holds them."),
            Mistake((room - fixed) // maps, "counted one byte per number of the maps", "Each has 4 bytes."),
            Mistake((room - fixed) // (4 * HELD[name] * maps), "gave the maps gradients of the optimiser",
                    "Only parameters have those."),
            Mistake(n + 1, "rounded up", "That does not fit."),
        ],
        "images",
    )  # fmt: skip


def through_layers(draws: Draws) -> Problem:
    """The gradient of a kernel that comes back through a max-pooling and a ReLU."""
    row, kernel = [draws.whole(0, 9) for _ in range(5)], [draws.pick((-2, -1, 1, 2)) for _ in range(2)]
    sent = [draws.whole(1, 5), draws.whole(1, 5)]
    out = [kernel[0] * row[u] + kernel[1] * row[u + 1] for u in range(4)]
    pairs = ((0, 1), (2, 3))
    winners = [max(pair, key=lambda u: out[u]) for pair in pairs]
    if any(out[a] == out[b] for a, b in pairs) or 0 in out or not any(out[u] > 0 for u in winners):
        raise Redraw

    def added(back: list[tuple[int, int]]) -> tuple[int, ...]:
        return tuple(sum(g * row[u + a] for u, g in back) for a in range(2))

    each = list(zip(winners, sent, strict=True))
    passed = [(u, g) for u, g in each if out[u] > 0]
    right = added(passed)
    losers = [(a + b - u, g) for (a, b), (u, g) in zip(pairs, each, strict=True) if out[u] > 0]
    told = [f"place {u + 1} gets {g}" for u, g in passed]
    return Problem(
        {"row": row, "kernel": kernel, "sent": sent},
        f"The kernel ({rows.listed(kernel)}) slides over the row ({rows.listed(row)}) at stride 1 without padding. A "
        f"max-pooling of two cells with stride 2 follows, then a ReLU. The gradients {sent[0]} and {sent[1]} come back "
        "for the two outputs of the ReLU. Which gradients do the two weights of the kernel get?",
        right,
        [
            f"The convolution writes ({rows.listed(out)}); the winners are {minus(out[winners[0]])} and "
            f"{minus(out[winners[1]])}.",
            "The ReLU lets through what was positive, and the pooling gives it to the winner: "
            f"{', '.join(told)}, all others 0.",
            f"Each weight gets gradient times the cell it lay on there, added up: {written(right)}",
        ],
        [
            Mistake(added(each), "left out the ReLU", "Where its input was negative, nothing comes back."),
            Mistake(added(losers), "gave it to the losers", "The largest of each window gets the gradient."),
            Mistake(added([(u, g) for pair, g in zip(pairs, sent, strict=True) for u in pair]),
                    "gave it to both cells of a window", "The largest of each window gets all of it."),
            Mistake(tuple(kernel[a] * sum(g for _, g in passed) for a in range(2)), "multiplied by the kernel",
                    "That leads to the inputs. The kernel gets gradient times input."),
        ],
    )  # fmt: skip


# The sections that teach what is asked.
NETWORK = "backward.md#ex-whole-network"
FORMULAS = "backward.md#formulas"
ROW = "backward.md#ex-row-of-three"
STRIDE = "backward.md#ex-stride-and-padding"
POOLS = "backward.md#ex-pooling-gradients"
SHORTCUT = "backward.md#relu-and-shortcut"
NORM = "backward.md#ex-batch-norm-gradient"
MEMORY = "backward.md#ex-training-memory"
KINDS = (
    Kind("gradient-shape", CHAPTER, "recall", "The shape of a gradient", gradient_shape, FORMULAS),
    Kind("input-gradient", CHAPTER, "compute", "The gradient of the input", to_input, STRIDE),
    Kind("kernel-gradient", CHAPTER, "compute", "The gradient of the kernel", to_kernel, STRIDE),
    Kind("pool-gradient", CHAPTER, "compute", "The gradient of a winner", winner_gradient, POOLS),
    Kind("average-gradient", CHAPTER, "compute", "The gradient under an average", shared_gradient, POOLS),
    Kind("shortcut-slope", CHAPTER, "compute", "The gradient through shortcuts", shortcut_slope, SHORTCUT),
    Kind("norm-gradient", CHAPTER, "compute", "The gradient of batch norm", norm_gradient, NORM),
    Kind("network-gradient", CHAPTER, "compute", "Back through a small network", through_layers, NETWORK),
    Kind("training-bytes", CHAPTER, "compute", "What an optimiser holds", training_bytes, MEMORY),
    Kind("kernel-gradient-mistake", CHAPTER, "explain", "A wrong gradient of the kernel", explain(to_kernel), STRIDE),
    Kind("batch-for-training", CHAPTER, "design", "The largest batch that can be trained", batch_for, MEMORY),
)
