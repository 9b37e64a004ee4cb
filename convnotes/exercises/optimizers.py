"""Exercises on the step from a gradient: steps of an epoch, momentum by hand, which rates get nearer."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.words.numbers import bracketed, minus

CHAPTER = "optimizers"


def epoch_steps(draws: Draws) -> Problem:
    """The steps that have been taken when a schedule lowers the rate."""
    images, batch = 500 * draws.whole(2, 120), draws.pick((20, 32, 50, 64, 100, 128, 256))
    epochs = draws.pick((2, 3, 5, 8, 10, 15, 20, 30))
    in_one = ceil(images / batch)
    rest, total = images % batch, epochs * in_one
    return Problem(
        {"images": images, "batch": batch, "epochs": epochs},
        f"A network is trained on {images:,} images in batches of {batch}. If some images are left at the end of an "
        f"epoch, they make a smaller batch. After {epochs} epochs the learning rate is divided by 10. How many steps "
        "have been taken by then?",
        total,
        [
            f"An epoch: ${images:,}/{batch}$ is {images // batch:,}"
            + (f", and {rest} images are left: ${in_one:,}$ steps." if rest else " steps, and none is left."),
            f"${epochs}·{in_one:,} = {total:,}$",
        ],
        [
            Mistake(epochs * (images // batch), "left out the smaller batch", "It is a step like the others."),
            Mistake(ceil(epochs * images / batch), "filled the last batch up from the next epoch",
                    f"Each epoch ends with {rest} images of its own."),
            Mistake(in_one, "counted one epoch", f"There were {epochs}."),
            Mistake(epochs * images, "took a step for each image", f"A step takes {batch} of them."),
            Mistake(epochs * batch, "multiplied by the size of a batch", "An epoch goes through all images once."),
        ],
        "steps",
    )  # fmt: skip


def momentum_step(draws: Draws) -> Problem:
    """One step with momentum, by hand."""
    mu, rate = (Fraction(draws.pick(tenths), 10) for tenths in ((9, 9, 8, 5), (1, 1, 2, 5)))
    before, w = 10 * draws.pick((-4, -3, -2, -1, 1, 2, 3, 4)), draws.whole(-9, 9)
    moved = draws.pick((-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6))
    v = moved / rate
    g = v - mu * before
    if g == 0 or abs(g) > 40 or g.denominator > 1:
        raise Redraw
    right = (int(v), w - moved)
    fade, lr = f"{float(mu):g}", f"{float(rate):g}"
    part = mu * before + (1 - mu) * g
    wrong = (
        (v, w + moved, "went along the gradient", "Downhill is against it: $w − η·v$."),
        (v, w - v, "left out the learning rate", "The step is $η·v$."),
        (before + g, w - rate * (before + g), "did not let what was before fade", f"It is multiplied by {fade}."),
        (g, w - rate * g, "took the new gradient alone", "That is plain descent: momentum adds what was before."),
        (v, w - rate * g, "stepped by the gradient", "The step is by the new $v$."),
        (v, w - rate * before, "stepped by the old $v$", "First the gradient is added, then the step is made."),
        (part, w - rate * part, "added a part of the gradient only", "In PyTorch all of it is added."),
    )
    return Problem(
        {"momentum": mu, "rate": rate, "v": before, "w": w, "gradient": int(g)},
        f"A weight is trained by SGD with `lr={lr}, momentum={fade}`, as PyTorch counts them. Before a step $v$ is "
        f"{minus(before)} and the weight $w$ is {minus(w)}; now its gradient is {minus(g)}. What are both after the "
        "step? Answer as (v, w).",
        right,
        [
            f"What was before fades, and the gradient is added: ${fade}·{bracketed(before)} + {bracketed(g)} = "
            f"{minus(v)}$.",
            f"The step: ${minus(w)} − {lr}·{bracketed(v)} = {minus(w - moved)}$. So {written(right)}",
        ],
        [Mistake((int(a), int(b)), did, why) for a, b, did, why in wrong if a == int(a) and b == int(b)],
    )


def rate_limit(draws: Draws) -> Problem:
    """The learning rates that lead down a valley."""
    (x, y), halved = draws.some(range(2, 13), 2), draws.pick((True, False))
    a, b = (x, y) if halved else (2 * x, 2 * y)
    steep, gentle = max(a, b), min(a, b)
    limit, terms = Fraction(2, steep), f"{x}·x² + {y}·y²"
    fraction = f"2/{steep}" if written(limit) == f"2/{steep}" else f"2/{steep} = {written(limit)}"
    return Problem(
        {"halved": halved, "x": x, "y": y},
        f"The loss of two weights is ${f'({terms})/2' if halved else terms}$. Below which learning rate does plain "
        "descent bring both of them nearer to 0 with each step? Answer as a fraction.",
        limit,
        [
            f"The slopes are ${a}·x$ and ${b}·y$, so the curvatures are {a} and {b}. The larger one limits the rate.",
            f"A step multiplies that weight by $1 − η·{steep}$. This is above −1 if $η$ is below ${fraction}$",
        ],
        [
            Mistake(Fraction(2, gentle), "took the gentle direction", "Then the steep weight gets further away."),
            Mistake(Fraction(1, steep), "allowed no jump over the minimum", "A jump may still come nearer."),
            Mistake(Fraction(2, max(x, y)), "took the number before the square for the curvature",
                    f"The slope of ${max(x, y)}·x²$ is ${2 * max(x, y)}·x$."),
            Mistake(Fraction(steep, 2), "turned the fraction over", "A steeper valley allows a smaller rate."),
            Mistake(Fraction(2, steep + gentle), "added the curvatures", "Each weight has a limit of its own."),
        ],
    )  # fmt: skip


KINDS = (
    Kind("epoch-steps", CHAPTER, "recall", "Steps until the rate is lowered", epoch_steps, "optimizers.md#ex-epoch"),
    Kind("momentum-step", CHAPTER, "compute", "A step with momentum", momentum_step, "optimizers.md#ex-momentum"),
    Kind("momentum-step-mistake", CHAPTER, "explain", "A step with momentum, taken wrongly", explain(momentum_step),
         "optimizers.md#ex-momentum"),
    Kind("rate-limit", CHAPTER, "design", "The limit of the learning rate", rate_limit,
         "optimizers.md#ex-learning-rate"),
)  # fmt: skip
