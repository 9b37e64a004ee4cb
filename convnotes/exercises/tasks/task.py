"""What a task is, and the data by which code for it is marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from textwrap import dedent

from convnotes.exercises.draws import Draws
from convnotes.exercises.rows import Grid
from convnotes.exercises.tasks.marking import Data, plain
from convnotes.words import markup
from convnotes.words.markup import Way


@dataclass(frozen=True)
class Slip:
    """A usual mistake: what of the solution is written otherwise, and what to say to answers that this gives."""

    right: str
    wrong: str
    why: str


@dataclass(frozen=True)
class Task:
    """A function to be written.

    taught: the section that teaches it, as page#anchor. text, hints: in the markup of `convnotes.words.markup`.
    oracle: another way to the answers, from the package. cases: the arguments of each call.
    """

    name: str
    title: str
    taught: str
    text: str
    starter: str
    solution: str
    hints: Sequence[str]
    slips: Sequence[Slip]
    oracle: Callable[..., object]
    cases: Sequence[tuple[object, ...]]

    @property
    def function(self) -> str:
        """The name of the function."""
        found = re.search(r"^def (\w+)\(", self.starter, re.M)
        assert found, self.starter
        return found[1]

    def slipped(self, slip: Slip) -> str:
        """The solution with that mistake in it."""
        if slip.right not in self.solution:
            raise ValueError(f"the solution of {self.name} has no {slip.right!r}")
        return self.solution.replace(slip.right, slip.wrong)

    def data(self, way: Way) -> Data:
        """What `marking` needs, its sentences in one way of writing."""
        functions = [_function(self.slipped(slip), self.function) for slip in self.slips]
        cases = [
            [list(given), plain(self.oracle(*given)), [_answer(function, given) for function in functions]]
            for given in self.cases
        ]
        return {
            "function": self.function,
            "cases": cases,
            "slips": [markup.line(slip.why, way) for slip in self.slips],
        }


def code(text: str) -> str:
    """Code as it stands in a module here, moved to the margin."""
    return dedent(text).strip() + "\n"


def grid(height: int, width: int, seed: int) -> Grid:
    """Rows of small numbers, some of them negative.

    >>> grid(2, 3, seed=1)
    [[-2, 0, 9], [5, -1, 5]]
    """
    draws = Draws("task", seed)
    return [[draws.whole(-2, 9) for _ in range(width)] for _ in range(height)]


def _function(source: str, name: str) -> Callable[..., object]:
    names: dict[str, Callable[..., object]] = {}
    exec(source, names)
    return names[name]


def _answer(function: Callable[..., object], given: tuple[object, ...]) -> object:
    """What a mistake gives; None where it fails."""
    try:
        return plain(function(*given))
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None


def exact(number: Fraction) -> int | float:
    """A fraction as a whole number if it is one."""
    return int(number) if number.denominator == 1 else float(number)
