"""Why, on maps: pooling, moves and aliasing, what a unit reads and what counts in it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from math import prod

from convnotes.exercises import rows
from convnotes.exercises.choice import choice, wrong_line
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Problem

POOLINGS: dict[str, tuple[str, str, Callable[[list[int]], int]]] = {
    "max": ("Max-pooling: it writes the largest number of each window.", "largest", max),
    "average": ("Average pooling: it writes the mean of each window.", "mean", lambda window: sum(window) // 4),
    "corner": ("No pooling but stride 2: it keeps the first number of each window.", "first", lambda w: w[0]),
    "sum": ("A convolution with four weights of 1 at stride 2: it adds each window up.", "sum", sum),
}


def map_to_pooling(draws: Draws) -> Problem:
    """Which pooling wrote a map."""
    windows = [[draws.whole(0, 9) for _ in range(4)] for _ in range(4)]
    if any(sum(window) % 4 for window in windows):
        windows = [[*window[:3], window[3] + -sum(window) % 4] for window in windows]
    grid = [[windows[row // 2 * 2 + column // 2][row % 2 * 2 + column % 2] for column in range(4)] for row in range(4)]
    maps = {name: [pool(window) for window in windows] for name, (_, _, pool) in POOLINGS.items()}
    if len({tuple(found) for found in maps.values()}) < 4:
        raise Redraw
    right = draws.pick(tuple(POOLINGS))
    shown = maps[right]

    def why(name: str) -> str:
        word = POOLINGS[name][1]
        at = next((n for n in range(4) if maps[name][n] != shown[n]), 0)
        where = ("upper left", "upper right", "lower left", "lower right")[at]
        told = f"The window at the {where} has {rows.told(windows[at])}"
        if name == right:
            return f"{told}, and their {word} is {shown[at]}, as in the map; so in the other windows."
        return f"{told}: their {word} is {maps[name][at]}, and the map has {shown[at]}."

    return choice(
        {"grid": grid, "map": [shown[:2], shown[2:]]},
        f"The map\n\n{rows.shown(grid)}\n\nbecomes, in windows of 2×2 side by side,\n\n"
        f"{rows.shown([shown[:2], shown[2:]])}\n\nHow?",
        {name: (said, why(name)) for name, (said, _, _) in POOLINGS.items()},
        right,
    )


def peak(draws: Draws) -> Problem:
    """Whether max-pooling notices that a peak has moved."""
    k, windows = draws.pick((2, 3, 4)), draws.whole(3, 6)
    cell, move = draws.whole(0, k * windows - k), draws.whole(1, 4)
    before, after = cell // k, (cell + move) // k
    if cell + move >= k * windows:
        raise Redraw
    first, last = before * k, before * k + k - 1
    why = f"The peak's window holds the cells {first} to {last}, and the peak moves from cell {cell} to {cell + move}."
    options = {
        "stays": ("It stays the same: the peak stays in its window.", why),
        "moves": ("It changes: the peak comes into another window.", why),
        "small": ("It stays the same: max-pooling does not notice moves of a few cells.",
                  f"{why} It depends on where the peak was."),
        "always": ("It changes: whenever the input moves, the output of a pooling does.",
                   f"{why} Inside a window the maximum does not care for the place."),
    }  # fmt: skip
    return choice(
        {"kernel_size": k, "windows": windows, "cell": cell, "move": move},
        f"A row of {k * windows} cells, counted from 0, is zero but for a single peak at cell {cell}. It goes through "
        f"max-pooling in windows of {k}, side by side. Then the peak moves {move} "
        f"{'cell' if move == 1 else 'cells'} to the right. What does the output do?",
        options,
        "stays" if before == after else "moves",
    )


def moves_along(draws: Draws) -> Problem:
    """Whether the output moves along exactly."""
    strides = [draws.pick((1, 1, 2, 2, 3)) for _ in range(draws.whole(2, 4))]
    move, total = draws.whole(1, 16), prod(strides)
    if total == 1 and draws.whole(0, 2):
        raise Redraw
    steps = f"From cell to cell of the last map it is ${'·'.join(map(str, strides))} = {total}$ pixels"
    whole = move % total == 0
    why = f"{steps}, and {move} is {'a' if whole else 'no'} multiple of {total}."
    options = {
        "exact": ("Yes: the move is a whole number of steps of the last map.", why),
        "between": ("No: the move ends between two steps of the last map, which then reads other pixels.", why),
        "always": ("Yes: convolution is equivariant, at every stride.", f"{why} With a stride only such moves count."),
        "last": (
            "No: with more than one layer an output never moves along.",
            f"{why} More layers only multiply the strides.",
        ),
    }
    return choice(
        {"strides": strides, "move": move},
        f"Convolutions with the strides {rows.told(strides)}, in this order, read a long row. The row moves by {move} "
        f"{'pixel' if move == 1 else 'pixels'}. Away from the border, does the last map hold the same numbers as "
        "before, only moved by whole cells?",
        options,
        "exact" if whole else "between",
    )


def blur_order(draws: Draws) -> Problem:
    """Whether it matters to blur first."""
    what = draws.pick(("stripes", "stripes", "ramp"))
    a, b = draws.whole(0, 20), draws.whole(0, 20)
    if a == b:
        raise Redraw
    row = [a, b] * 6 if what == "stripes" else [a + 2 * (n if b > a else 11 - n) for n in range(12)]

    def blurred(numbers: list[int]) -> list[Fraction]:
        return [Fraction(x + 2 * y + z, 4) for x, y, z in zip(numbers, numbers[1:], numbers[2:], strict=False)]

    first, then = blurred(row)[1::2], blurred(row[::2])
    same = first[: len(then)] == then
    why = (
        f"Blurred first, each cell becomes the mean of the stripes, {float(first[0]):g}. Taken first, every second "
        f"cell is {a}: the stripes have become a plain {a}, and no blur brings the {b} back."
        if not same
        else "The row rises or falls evenly. The blur leaves its inside as it is, and that of every second cell too."
    )
    options = {
        "True": ("Yes: the row has nothing finer than the coarse row can show.", why),
        "False": ("No: taken first, every second cell shows stripes as one even tone.", why),
        "linear": ("Yes: both steps only multiply and add, so their order never matters.",
                   f"{why} Order matters for such steps in general."),
        "blur": ("No: a blur always changes a row.", f"{why} What counts is whether the two results differ."),
    }  # fmt: skip
    return choice(
        {"row": row},
        f"The row {rows.listed(row)} is made half as long, once by the blur 1/4, 1/2, 1/4 and then taking every second "
        "cell, and once by taking every second cell and then the blur. Apart from the ends, are the results the same?",
        options,
        str(same),
    )


Layer = tuple[int, int]  # kernel size, stride


def _field(layers: list[Layer]) -> int:
    return 1 + sum((k - 1) * prod(s for _, s in layers[:at]) for at, (k, _) in enumerate(layers))


def _named(layers: list[Layer]) -> str:
    return ", ".join(f"{k}×{k} with stride {s}" for k, s in layers)


def sees_more(draws: Draws) -> Problem:
    """Which of two orders of the same layers sees more."""
    layers = [(draws.pick((1, 3, 3, 5)), draws.pick((1, 1, 2))) for _ in range(3)]
    layers.append((3, 2))
    one, two = draws.shuffled(layers), draws.shuffled(layers)
    if one == two:
        raise Redraw
    first, second = _field(one), _field(two)
    why = (
        "A layer adds $k − 1$ steps, each as long as all strides before it multiplied. The first reads "
        f"{first} cells, the second {second}."
    )
    right = "same" if first == second else "first" if first > second else "second"
    options = {
        "first": ("The first: more of its large kernels come after a stride.", why),
        "second": ("The second: more of its large kernels come after a stride.", why),
        "same": ("Neither: with these layers, both orders happen to reach equally far.", why),
        "order": ("Neither: the order never matters, since strides multiply and kernels add.",
                  f"{why} The step after all layers is the same; how far each kernel reaches is not."),
    }  # fmt: skip
    return choice(
        {"first": one, "second": two},
        f"Two networks have the same layers in another order. The first: {_named(one)}. The second: {_named(two)}. "
        "Which has the larger receptive field, and why?",
        options,
        right,
    )


def field_lines(draws: Draws) -> Problem:
    """Which line of a field is wrong."""
    layers = [(draws.pick((3, 3, 5, 7)), draws.pick((1, 2, 2, 3))) for _ in range(4)]
    at, how = draws.pick((0, 1, 2, 3, None)), draws.pick(("own", "whole", "last"))
    values, lines, r = [], [], 1
    wrong = ""
    for place, (k, s) in enumerate(layers):
        jump = prod(s for _, s in layers[:place])
        grow, step = k - 1, jump
        if place == at:
            if how == "own":
                step, wrong = jump * s, f"Its own stride does not widen its windows: a step is {jump} cells here."
            elif how == "whole":
                grow, wrong = k, f"{k} taps have {k} − 1 gaps, so it adds {k - 1} steps."
            else:
                step = layers[place - 1][1] if place else 1
                wrong = f"All strides before it multiply: a step is {jump} cells."
            if (grow, step) == (k - 1, jump):
                raise Redraw
        lines.append(f"{k}×{k}, stride {s}: ${r} + {grow}·{step} = {r + grow * step}$.")
        r += grow * step
        values.append(r)
    checks = [
        f"It adds {k - 1} steps of {prod(s for _, s in layers[:place])}, the strides before it multiplied."
        for place, (k, _) in enumerate(layers)
    ]
    return wrong_line(
        {"layers": layers, "values": values},
        "The receptive field of a stack, worked out along one axis. Each layer adds to the field before it, which is 1 "
        "at the start:",
        lines,
        checks,
        at,
        f"The field is {r}, as they say." if at is None else wrong,
    )


def _paths(layers: int, k: int) -> list[int]:
    def once(row: list[int], _: int) -> list[int]:
        return rows.added([[0] * at + row + [0] * (k - 1 - at) for at in range(k)])

    return reduce(once, range(layers), [1])


def spreads_more(draws: Draws) -> Problem:
    """Which of two stacks of the same reach uses more of it."""
    layers, k = draws.whole(4, 24), draws.pick((3, 3, 5))
    reach = layers * (k - 1)
    wider = [size for size in (5, 7, 9, 11, 13) if size > k and reach % (size - 1) == 0 and reach > size - 1]
    if not wider:
        raise Redraw
    large = draws.pick(wider)
    few, swap = reach // (large - 1), draws.pick((True, False))
    stacks = [(layers, k), (few, large)]
    stacks = stacks[::-1] if swap else stacks
    spread = [n * Fraction(size * size - 1, 12) for n, size in stacks]
    right = "first" if spread[0] > spread[1] else "second"
    told = [f"${n}·({size}² − 1)/12 = {v}$" for (n, size), v in zip(stacks, spread, strict=True)]
    why = f"Both reach {reach + 1} cells. With equal weights the variances are {told[0]} and {told[1]}."
    options = {
        "first": ("The first: its variance is larger.", why),
        "second": ("The second: its variance is larger.", why),
        "same": ("Neither: they reach equally far, so they see equally much.", f"{why} Reach is not spread."),
        "depth": ("The one with more layers: each layer lets pixels count more evenly.",
                  f"{why} More layers draw the weight to the middle."),
    }  # fmt: skip
    (a, b), (c, d) = stacks
    return choice(
        {"first": (a, b), "second": (c, d)},
        f"Two stacks have kernels with equal weights and stride 1 along one axis: the first {a} "
        f"{'layers' if a > 1 else 'layer'} of size {b}, the second {c} {'layers' if c > 1 else 'layer'} of size {d}. "
        "Of which is the effective receptive field wider, and why?",
        options,
        right,
    )


def counts_more(draws: Draws) -> Problem:
    """Which of two pixels counts more."""
    layers, k = draws.whole(2, 5), draws.pick((3, 3, 5))
    reach = layers * (k - 1) // 2
    one = draws.whole(-reach, reach)
    two = -one if draws.whole(0, 3) == 0 else draws.whole(-reach, reach)
    if one == two:
        raise Redraw
    paths = _paths(layers, k)
    first, second = paths[one + reach], paths[two + reach]
    why = f"{first} paths lead from the first to the unit, {second} from the second; every path weighs the same."
    right = "same" if first == second else "first" if first > second else "second"
    options = {
        "first": ("The first: more paths lead from it to the unit.", why),
        "second": ("The second: more paths lead from it to the unit.", why),
        "same": ("Both equally: the same number of paths leads from each to the unit.", why),
        "equal": ("Both equally: all weights are equal, and both lie in the field.",
                  f"{why} Within a field pixels count by their paths."),
    }  # fmt: skip

    def place(offset: int) -> str:
        side = "right" if offset > 0 else "left"
        return f"{abs(offset)} to the {side} of the middle" if offset else "in its middle"

    return choice(
        {"layers": layers, "kernel_size": k, "offsets": (one, two)},
        f"Along one axis, {layers} layers of size {k} with stride 1 follow each other, and all of their weights are "
        f"equal. Of two pixels in the receptive field of a unit, the first lies {place(one)}, the second "
        f"{place(two)}. Which changes the unit more when it is changed by 1, and why?",
        options,
        right,
    )


KINDS = (
    Kind("map-to-pooling", "pooling", "why", "Which layer wrote this map", map_to_pooling,
         "pooling.md#ex-average-pool-4x4"),
    Kind("moved-peak", "pooling", "why", "A peak that moves", peak, "pooling.md#ex-peak-in-window"),
    Kind("moves-along", "aliasing", "why", "Does the output move along", moves_along, "equivariance.md#at-stride-two"),
    Kind("blur-order", "aliasing", "why", "Which comes first", blur_order, "aliasing.md#ex-fine-stripes"),
    Kind("sees-more", "receptive-field", "why", "Which sees more", sees_more,
         "receptive-field.md#ex-stride-multiplies"),
    Kind("field-lines", "receptive-field", "why", "A field, line by line", field_lines,
         "receptive-field.md#ex-stride-multiplies"),
    Kind("spreads-more", "effective-receptive-field", "why", "Which uses more of its reach", spreads_more,
         "effective-receptive-field.md#ex-same-reach"),
    Kind("counts-more", "effective-receptive-field", "why", "Which pixel counts more", counts_more,
         "effective-receptive-field.md#ex-uniform-kernels"),
)  # fmt: skip
