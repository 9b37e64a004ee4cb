"""Why, on the step from a gradient: which rates diverge, what momentum and Adam make of the gradients."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from convnotes.exercises.answers import written
from convnotes.exercises.choice import choice
from convnotes.exercises.draws import Draws
from convnotes.exercises.exercise import Kind, Problem
from convnotes.words.numbers import minus


def _decimal(number: Fraction) -> str:
    return minus(f"{float(number):g}")


FACTORS = (20, 50, 80, 120, 150, 180, 190, 200, 200, 210, 220, 250, 300)  # rate times curvature, in hundredths


def rate_path(draws: Draws) -> Problem:
    """What a learning rate does to one weight."""
    before, product = draws.pick((1, 2, 4, 5, 10, 20)), Fraction(draws.pick(FACTORS), 100)
    slope, w = 2 * before, draws.pick((-4, -3, -2, -1, 1, 2, 3, 4))
    rate = _decimal(product / slope)
    factor = 1 - product
    right = "straight" if factor > 0 else "jumps" if factor > -1 else "swings" if factor == -1 else "leaves"
    why = f"The slope is ${slope}·w$, so each step multiplies the weight by $1 − {rate}·{slope} = {_decimal(factor)}$."
    options = {
        "straight": ("It goes straight towards 0: a step multiplies it by a number between 0 and 1.", why),
        "jumps": (
            "It jumps over 0 each time and comes nearer: a step multiplies it by a number between −1 and 0.",
            why,
        ),
        "swings": ("It only changes its sign: a step multiplies it by −1.", why),
        "leaves": ("It jumps over 0 and ends further away each time: a step multiplies it by a number below −1.", why),
    }
    return choice(
        {"before": before, "rate": product / slope, "w": w},
        f"The loss of a weight $w$ is ${f'{before}·' if before > 1 else ''}w²$. It starts at {minus(w)}, and plain "
        f"descent has the learning rate {rate}. What happens to it, and why?",
        options,
        right,
    )


def momentum_length(draws: Draws) -> Problem:
    """How long steps with momentum become."""
    mu = draws.pick((Fraction(1, 2), Fraction(4, 5), Fraction(9, 10), Fraction(19, 20), Fraction(99, 100)))
    turns, mean = draws.pick(((False, False), (True, False), (False, True)))
    g, fade = draws.whole(2, 9), _decimal(mu)
    right = "mean" if mean else "cancel" if turns else "add"
    longer, shorter = 1 / (1 - mu), 1 / (1 + mu)
    why = {
        "add": f"$v$ grows towards $g + {fade}·g + {fade}²·g + …$, which is {longer} times $g$.",
        "cancel": f"The size of $v$ tends to $g − {fade}·g + {fade}²·g − …$, which is {written(shorter)} of $g$.",
        "mean": f"Here a new gradient counts {_decimal(1 - mu)}, so all weights together add up to 1: $v$ is a mean of "
        "the gradients, and these are all alike.",
    }[right]
    options = {
        "add": (f"{longer} times as long: gradients that agree add up, and the old ones fade.", why),
        "cancel": (f"{written(shorter)} times as long: each gradient takes away a part of the one before.", why),
        "mean": ("As long as without momentum: $v$ is a mean of the gradients.", why),
        "all": ("Longer and longer, without a limit: all gradients add up, and none fades.", why),
    }
    told = f"in turn {g} and −{g}" if turns else f"{g} in each step"
    new = f"{_decimal(1 - mu)}·g" if mean else "g"
    return choice(
        {"momentum": mu, "gradient": g, "turns": turns, "mean": mean},
        f"A weight is trained with $v ← {fade}·v + {new}$ and $w ← w − η·v$. Its gradient $g$ is {told}. How long "
        "are its steps after a long time, compared with plain descent at the same rate, and why?",
        options,
        right,
    )


AFTER = 900  # steps
GRADIENTS = (Fraction(1, 10), Fraction(1, 2), Fraction(2), Fraction(5), Fraction(20))


def usual_size(draws: Draws) -> Problem:
    """How long a step of Adam and its relatives is."""
    name, turns = draws.pick(("SGD", "AdaGrad", "RMSProp", "Adam", "Adam")), draws.pick((True, False))
    rate = Fraction(1, draws.pick((10, 100, 1000)))
    g = draws.pick(GRADIENTS)
    lr, size, root = _decimal(rate), _decimal(g), isqrt(AFTER)
    right = {"SGD": "gradient", "AdaGrad": "sum", "RMSProp": "size", "Adam": "cancel" if turns else "size"}[name]
    why = {
        "SGD": f"Plain SGD steps by the learning rate times the gradient: ${lr}·{size} = {_decimal(rate * g)}$.",
        "AdaGrad": f"AdaGrad adds up the squares: after {AFTER} steps $s = {AFTER}·g²$, and $g/√s$ has the size "
        f"1/{root}.",
        "RMSProp": "RMSProp divides by the root of a mean of the squares, which is the size of the gradient here. "
        "What sign it has changes nothing.",
        "Adam": "Adam divides a mean $m$ of the gradients by the root of a mean $s$ of their squares. "
        + ("In $m$ the signs cancel, in $s$ no square is negative." if turns else "Both are the size of the gradient."),
    }[name]
    options = {
        "size": (f"About {lr}, the learning rate: the gradient is divided by its usual size.", why),
        "gradient": (f"About {_decimal(rate * g)}: the learning rate times the gradient.", why),
        "sum": (
            f"About 1/{root} of the learning rate: the gradient is divided by the root of all squares so far.",
            why,
        ),
        "cancel": ("Much shorter than the learning rate: the gradients cancel, and their squares do not.", why),
    }
    told = f"in turn {size} and −{size}" if turns else f"{size} in each step"
    return choice(
        {"optimizer": name, "rate": rate, "gradient": g, "turns": turns},
        f"The gradient of a weight is {told}. It is trained by {name} with the learning rate {lr}"
        f"{' and no momentum' if name == 'SGD' else ', all else as usual'}. How long is step {AFTER}, and why?",
        options,
        right,
    )


CHAPTER = "optimizers"
KINDS = (
    Kind("rate-path", CHAPTER, "why", "What a learning rate does", rate_path, f"{CHAPTER}.md#ex-learning-rate"),
    Kind("momentum-length", CHAPTER, "why", "Steps with momentum", momentum_length, f"{CHAPTER}.md#ex-momentum"),
    Kind("usual-size", CHAPTER, "why", "Divided by its usual size", usual_size, f"{CHAPTER}.md#ex-adam"),
)
