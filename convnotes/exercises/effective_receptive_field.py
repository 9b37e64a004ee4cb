"""Exercises on paths, their spread, and what widens it."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain

CHAPTER = "effective-receptive-field"


def width_growth(draws: Draws) -> Problem:
    """By which factor a field grows with depth."""
    f, theoretical = draws.whole(2, 9), draws.pick((False, False, True))
    which = (
        "part $r − 1$ that the layers add to the theoretical field" if theoretical else "width σ of the effective field"
    )
    answer = f**2 if theoretical else f
    why = "Each layer adds the same to it." if theoretical else "Variances add, so the width grows with the root."
    return Problem(
        {"factor": f, "theoretical": theoretical},
        f"A plain stack at stride 1, with random independent weights, is made {f * f} times as deep. By which factor "
        f"does the {which} change?",
        answer,
        [why, f"{'The number of layers' if theoretical else f'The root of {f * f}'}: ${answer}$"],
        [
            Mistake(f if theoretical else f * f, "mixed up the two fields", why),
            Mistake(1, "thought that depth does not matter", why),
            Mistake(f**4, "squared the depth", why),
            Mistake(2 * f, "doubled the root", why),
        ],
    )


def variance(draws: Draws) -> Problem:
    """The variance of the paths of a uniform stack."""
    n, k, d = draws.whole(2, 30), draws.pick((3, 3, 5, 7, 9)), draws.pick((1, 1, 2, 3))
    answer = Fraction(n * d * d * (k * k - 1), 12)
    dilated = f", `dilation={d}`," if d > 1 else ""
    squared = f"{d}²·" if d > 1 else ""
    return Problem(
        {"layers": n, "kernel_size": k, "dilation": d},
        f"A stack of {n} layers with `kernel_size={k}`{dilated} and stride 1 has equal weights and no nonlinearities. "
        "The paths from the cells of an axis to one unit are a distribution over places. What is its variance $σ²$? "
        "Answer as a fraction.",
        answer,
        [
            f"One layer: ${squared}(k² − 1)/12 = {squared}{k * k - 1}/12 = {written(answer / n)}$.",
            f"Variances add: ${n}·{written(answer / n)} = {written(answer)}$",
        ],
        [
            Mistake(answer / n, "took one layer", "Every layer adds its variance."),
            Mistake(
                Fraction(n * d * d * k * k, 12), "left out the − 1", "That is the variance of an interval, not of taps."
            ),
            Mistake(answer / d, "counted the dilation once", "Distances grow by it, so variances by its square."),
            Mistake(answer / d**2, "ignored the dilation", "It moves the taps apart."),
            Mistake(answer * n, "added the widths", "Variances add; widths do not."),
            Mistake(answer * 12, "left out the twelve", "The variance of equal weights has it."),
        ],
    )


def paths(draws: Draws) -> Problem:
    """Paths from one cell to a unit."""
    n, k = draws.pick(((2, 3), (3, 3), (4, 3), (5, 3), (2, 5), (3, 5), (2, 7)))
    reach = n * (k - 1) // 2
    at = draws.whole(0, reach)
    taps = range(-(k // 2), k // 2 + 1)
    rows = [1]
    lines = []
    for layer in range(1, n + 1):
        longer = [0] * (len(rows) + k - 1)
        for place, tap in product(range(len(rows)), range(k)):
            longer[place + tap] += rows[place]
        rows = longer
        lines.append(f"After {layer}: {' '.join(map(str, rows))}.")
    where = "right below" if not at else "1 cell beside" if at == 1 else f"{at} cells beside"
    count, middle = rows[reach + at], rows[reach]
    return Problem(
        {"layers": n, "kernel_size": k, "offset": at},
        f"Along one axis, {n} layers with `kernel_size={k}`, stride 1. How many paths lead from the input cell "
        f"{where} a unit to that unit?",
        count,
        [f"Each layer convolves the counts with {' '.join('1' for _ in taps)}:", *lines,
         f"{at} from the middle it is ${count}$"],
        [
            Mistake(k**n, "counted all paths of the unit", "They start at all cells of its field."),
            Mistake(middle, "took the middle cell", "The counts fall off to both sides."),
            Mistake(rows[0], "took the outermost cell", "A single path comes from there."),
            Mistake(len(rows), "counted the cells of the field", "The question is about paths."),
            Mistake(rows[min(reach + at + 1, len(rows) - 1)], "went one cell too far", "The middle has distance 0."),
            Mistake(n * k, "multiplied layers and taps", "Every layer branches anew."),
        ],
        "paths",
    )  # fmt: skip


def depth_for(draws: Draws) -> Problem:
    """Layers for a wanted spread."""
    k, width = draws.pick((3, 3, 5, 7)), draws.whole(3, 20)
    n = -(-12 * width * width // (k * k - 1))
    return Problem(
        {"kernel_size": k, "width": width},
        f"A plain stack of {k}×{k} layers at stride 1 has random independent weights. How many layers does it take "
        f"until the effective field has $σ ≥ {width}$ along an axis?",
        n,
        [
            f"$σ² = L (k² − 1)/12 = {k * k - 1} L/12$ must be at least ${width}² = {width * width}$.",
            f"$⌈12·{width * width}/{k * k - 1}⌉ = {n:,}$",
        ],
        [
            Mistake(
                -(-12 * width // (k * k - 1)), "let the width grow with the depth", "It grows with the root of it."
            ),
            Mistake(-(-2 * width // (k - 1)), "took the theoretical field", "That reaches further than what counts."),
            Mistake(-(-width * width // (k * k - 1)), "left out the twelve", "The variance of equal weights has it."),
            Mistake(-(-12 * width * width // (k * k)), "left out the − 1", "A single tap has no spread."),
            Mistake(n - 1, "rounded down", f"$σ$ is a little under {width} then."),
        ],
        "layers",
    )


# The sections that teach what is asked.
PATHS = "effective-receptive-field.md#ex-uniform-kernels"
KINDS = (
    Kind("width-growth", CHAPTER, "recall", "What grows how fast", width_growth, PATHS),
    Kind("path-variance", CHAPTER, "compute", "The spread of a stack", variance, PATHS),
    Kind("path-count", CHAPTER, "compute", "Paths, counted", paths, PATHS),
    Kind("path-variance-mistake", CHAPTER, "explain", "A wrong spread", explain(variance), PATHS),
    Kind("depth-for-spread", CHAPTER, "design", "Layers for a wanted spread", depth_for, PATHS),
)
