"""Exercises on equivariance, invariance and aliasing."""

from __future__ import annotations

from math import prod

from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.words.numbers import minus

CHAPTER = "aliasing"
ALONG = "It moved along with the input: equivariant to this move."
STAYED = "It stayed as it was: invariant to this move."
NEITHER = "Neither: it became another row."


def which_word(draws: Draws) -> Problem:
    """Whether an output moved along, stayed, or did neither."""
    values = draws.some(range(1, 10), 3)
    move = draws.whole(1, 2)
    before = [0, 0, *values, 0, 0]
    answer = draws.pick((ALONG, STAYED, NEITHER))
    changed = [0, *values[:2], values[2] + values[0], 0, 0, 0]
    after = {ALONG: [0] * move + before[:-move], STAYED: before, NEITHER: changed}[answer]
    why = {
        ALONG: f"Each number is {move} to the right of where it was.",
        STAYED: "All numbers are where they were.",
        NEITHER: "The numbers themselves have changed.",
    }
    return Problem(
        {"before": before, "after": after, "move": move},
        f"The input of a layer with stride 1 moves right by {move}. Before, the layer wrote\n\n{_shown(before)}\n\n"
        f"and now it writes\n\n{_shown(after)}\n\nWhat did the output do?",
        answer,
        ["Compare the two rows number by number.", why[answer], answer],
        [Mistake(word, "", f"{why[word]} That is not so here.") for word in (ALONG, STAYED, NEITHER) if word != answer],
    )


def moved_output(draws: Draws) -> Problem:
    """What a convolution with a stride makes of a row that has moved."""
    step, move = draws.pick(((1, 1), (1, 2), (2, 1), (2, 2), (2, 3)))
    values = [draws.whole(1, 9) for _ in range(3)]
    kernel = draws.some(range(-2, 4), 2)
    row = [0, *values, 0, 0, 0, 0, 0]
    moved = [0] * move + row[:-move]
    out, was = _correlated(moved, kernel, step), _correlated(row, kernel, step)
    flipped = _correlated(moved, kernel[::-1], step)
    back = _correlated([*row[move:], *[0] * move], kernel, step)
    terms = "; ".join(_term(kernel, moved[i : i + 2]) for i in range(0, len(moved) - 1, step))
    return Problem(
        {"row": row, "kernel": kernel, "stride": step, "move": move},
        f"The row {' '.join(map(str, row))} moves right by {move} and zeros enter. Then a convolution with the kernel "
        f"{written(tuple(kernel))}, not flipped, stride {step} and no padding reads it. What does it write?",
        out,
        [f"The row is now {' '.join(map(str, moved))}.", f"Window by window: {terms}.", f"So {written(out)}"],
        [
            Mistake(was, "did not move the row", f"It moves by {move} first."),
            Mistake(flipped, "flipped the kernel", "The first weight meets the first value of the window."),
            Mistake(back, "moved the row to the left", "It moves to the right."),
            Mistake(
                _correlated(moved, [1, 1], step), "added the window up without weights", "Each value has a weight."
            ),
            Mistake((0, *was[:-1]), "moved the old output by one", f"At stride {step} that is not a move by {move}."),
        ],
    )


def _correlated(row: list[int], kernel: list[int], stride: int) -> tuple[int, ...]:
    return tuple(kernel[0] * row[i] + kernel[1] * row[i + 1] for i in range(0, len(row) - 1, stride))


def _term(kernel: list[int], window: list[int]) -> str:
    products = " + ".join(f"{w}·{x}" for w, x in zip(kernel, window, strict=True))
    total = sum(w * x for w, x in zip(kernel, window, strict=True))
    return minus(f"${products} = {total}$")


def _shown(row: list[int]) -> str:
    return "    " + " ".join(map(str, row))


def blurred(draws: Draws) -> Problem:
    """A row blurred and halved."""
    row = [4 * draws.whole(0, 5) for _ in range(7)]
    whole = [(row[i - 1] + 2 * row[i] + row[i + 1]) // 4 for i in range(1, 6)]
    out = (whole[0], whole[2], whole[4])
    if len({row[1], row[3], row[5]}) == 1:
        raise Redraw
    lines = [f"$({row[i - 1]} + 2·{row[i]} + {row[i + 1]})/4 = {whole[i - 1]}$" for i in (1, 3, 5)]
    return Problem(
        {"row": row},
        f"The row {' '.join(map(str, row))} is blurred with the weights (1, 2, 1)/4 and halved: the windows lie inside "
        "the row, two cells apart. Which three values are left?",
        out,
        [f"Window by window: {', '.join(lines)}.", f"So {written(out)}"],
        [
            Mistake((row[1], row[3], row[5]), "left out the blur", "Each value is mixed with its neighbours."),
            Mistake((whole[0], whole[1], whole[2]), "moved by one cell", "Only every second window is kept."),
            Mistake(
                tuple((row[i - 1] + row[i] + row[i + 1]) // 3 for i in (1, 3, 5)),
                "weighted all alike, rounded down",
                "The middle counts twice, and the sum is divided by four.",
            ),
            Mistake((4 * out[0], 4 * out[1], 4 * out[2]), "did not divide by four", "The weights add up to one."),
            Mistake(
                tuple(max(row[i - 1 : i + 2]) for i in (1, 3, 5)),
                "took the maximum",
                "A blur is a weighted mean.",
            ),
        ],
    )


def period(draws: Draws) -> Problem:
    """After which move the answer of a network repeats."""
    strides = [draws.pick((1, 2, 2, 2, 4)) for _ in range(draws.whole(3, 5))]
    if strides.count(1) > 2 or prod(strides) > 64:
        raise Redraw
    right = prod(strides)
    return Problem(
        {"strides": strides},
        f"A network has convolutions with the strides {', '.join(map(str, strides))} and then a global average. The "
        "object moves right and stays away from the border. What is the smallest move, in pixels, after which the "
        "answer is surely the same?",
        right,
        [
            "A move by the product of the strides moves the last map by one whole cell, and the average does not care.",
            f"${'·'.join(map(str, strides))} = {right}$",
        ],
        [
            Mistake(sum(strides), "added the strides", "Each layer divides the move by its stride, so they multiply."),
            Mistake(strides[-1], "took the last stride alone", "The layers before it have strides, too."),
            Mistake(max(strides), "took the largest stride alone", "All strides count."),
            Mistake(1, "took any move", "The average is invariant only to moves of the map before it."),
            Mistake(2 * right, "doubled the product", "Half of that move is enough."),
        ],
        "pixels",
    )


def poolings_allowed(draws: Draws) -> Problem:
    """How many poolings a period allows before a global maximum."""
    power, odd = draws.whole(1, 5), draws.pick((1, 1, 3, 5, 7))
    move = odd * 2**power
    right = power + 1
    return Problem(
        {"move": move},
        "A network consists of convolutions of stride 1, each followed by a 2×2 max-pooling with stride 2, and ends in "
        f"a global maximum directly after the last pooling. Its answer must be exactly the same after a move by {move} "
        "pixels, away from the border. How many poolings may it have at most?",
        right,
        [
            "The global maximum swallows the last pooling: the largest of the largest is the largest.",
            f"All others divide the move by two, and ${move} = {odd}·2^{power}$ can be halved {power} times.",
            f"So at most ${power} + 1 = {right}$",
        ],
        [
            Mistake(power, "counted the last pooling like the others", "The global maximum swallows it."),
            Mistake(move, "allowed a pooling for each pixel", "Each pooling halves the move."),
            Mistake(move // 2 + 1, "halved once", "Each pooling halves the move."),
            Mistake(
                power + 2, "let the global maximum swallow two", "Between the last two poolings lies a convolution."
            ),
        ],
        "poolings",
    )


WORDS = "equivariance.md#two-words-to-keep-apart"
MOVED = "equivariance.md#ex-moved-row"
FINE = "aliasing.md#ex-fine-stripes"
MEASURED = "aliasing.md#the-measurement"
KINDS = (
    Kind("which-word", CHAPTER, "recall", "Equivariant, invariant, or neither", which_word, WORDS),
    Kind("moved-output", CHAPTER, "compute", "A convolution of a row that has moved", moved_output, MOVED),
    Kind("blurred-row", CHAPTER, "compute", "Blur, then halve", blurred, FINE),
    Kind("period", CHAPTER, "compute", "When the answer repeats", period, MEASURED),
    Kind("moved-output-mistake", CHAPTER, "explain", "A wrong output after a move", explain(moved_output), MOVED),
    Kind("poolings-allowed", CHAPTER, "design", "As many poolings as a move allows", poolings_allowed, MEASURED),
)
