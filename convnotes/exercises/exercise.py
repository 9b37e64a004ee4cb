"""What an exercise is: a kind of question, drawn by a seed, with its answer, its solution and the usual mistakes."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from string import ascii_lowercase

from convnotes.drawing.svg import Drawing
from convnotes.exercises.answers import Answer, earned, form, key, read, written
from convnotes.exercises.draws import Draws, Redraw

LEVELS = ("recall", "compute", "explain", "design", "why")
ATTEMPTS = 200  # draws before a kind is taken to be broken; a dozen is far more than any needs


@dataclass(frozen=True)
class Mistake:
    """A wrong answer, what someone did who gives it ("left out the padding"), and why that is wrong.

    `did` is empty for a wrong option, whose text says what was thought.
    """

    answer: Answer
    did: str
    why: str

    @property
    def feedback(self) -> str:
        """What to say to someone who gives this answer."""
        return f"It looks as if you {self.did}. {self.why}" if self.did else self.why


@dataclass(frozen=True)
class Picture:
    """A drawing, and in words all that it shows: enough to answer by, and no more."""

    drawing: Drawing = field(compare=False)
    words: str

    @property
    def data(self) -> str:
        """The drawing as an address that holds it, for a page of its own."""
        return f"data:image/svg+xml;base64,{b64encode(self.drawing.standalone().encode()).decode()}"


@dataclass(frozen=True)
class Problem:
    """One question in the markup of `convnotes.words.markup`, and all that goes with it.

    given: the numbers of the question, so that others can solve it. steps: the solution, the last of which ends with
    the answer. unit: what the answer counts. because: what to say to a right answer. in_order: options are shown in
    alphabetical order. reasons: of several right options, why each of them is right. picture: what is below the prompt.
    """

    given: Mapping[str, object]
    prompt: str
    answer: Answer
    steps: Sequence[str]
    mistakes: Sequence[Mistake]
    unit: str = ""
    because: str = ""
    in_order: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)
    picture: Picture | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of exercise: it poses as many problems as there are draws.

    taught: the section that teaches what it asks, as page#anchor: nothing is asked that is not taught.
    """

    name: str
    chapter: str
    level: str
    title: str
    pose: Callable[[Draws], Problem]
    taught: str


@dataclass(frozen=True)
class Exercise:
    """A problem of one kind, drawn by a seed; `index` tells apart those of one seed."""

    kind: Kind
    seed: int
    index: int
    problem: Problem

    @property
    def form(self) -> str:
        """How the answer is given: a whole number, a fraction, a tuple, one of the options, or several of them."""
        return form(self.problem.answer)

    @cached_property
    def right(self) -> list[str]:
        """The options that are right; of a number none."""
        answer = self.problem.answer
        if isinstance(answer, str):
            return [answer]
        return [str(one) for one in answer] if isinstance(answer, tuple) and self.form == "several" else []

    @cached_property
    def options(self) -> list[str]:
        """What to choose from, in an order that gives nothing away; empty where the answer is a number."""
        if not self.right:
            return []
        every = [*self.right, *(str(mistake.answer) for mistake in self.problem.mistakes)]
        if self.problem.in_order:
            return sorted(every)
        return Draws(self.seed, self.kind.name, self.index, "options").shuffled(every)

    @property
    def identity(self) -> tuple[str, ...]:
        """All that tells the question from others: its words, those of its picture, its options."""
        picture = self.problem.picture
        return (self.problem.prompt, picture.words if picture else "", *sorted(self.options))

    @property
    def judged(self) -> list[tuple[str, bool, str]]:
        """Of options of which several may be right: each of them, whether it is right, and why."""
        wrong = {str(mistake.answer): mistake.feedback for mistake in self.problem.mistakes}
        why = {**wrong, **self.problem.reasons}
        return [(option, option not in wrong, why[option]) for option in self.options]

    @property
    def letters(self) -> str:
        """The letters of the right options on a sheet."""
        return " ".join(ascii_lowercase[at] for at, option in enumerate(self.options) if option in self.right)

    def letter(self, option: str) -> str:
        """The letter of an option on a sheet."""
        return ascii_lowercase[self.options.index(option)]

    def check(self, given: str) -> str:
        """What to say to the answer `given`, options by their letters, one also by its words; empty if it is right."""
        if self.form == "several":
            return self._marked(given)[1]
        typed = read(given, self.form, self.problem.unit)
        if self.form == "choice":
            letters = {self.letter(option): option for option in self.options}
            typed = letters.get(given.strip(" ().").lower(), given)
        if typed == key(self.problem.answer):
            return ""
        known = [mistake for mistake in self.problem.mistakes if key(mistake.answer) == typed]
        if known:
            return known[0].feedback
        first = f". A first step: {self.problem.steps[0]}" if len(self.problem.steps) > 1 else ""
        return f"{given!r} is not the answer, and none of the usual mistakes{first}"

    def earned(self, given: str) -> Fraction:
        """The part of the points that the answer `given` earns: all or nothing, but of several options a part."""
        return self._marked(given)[0] if self.form == "several" else Fraction(not self.check(given))

    def _marked(self, given: str) -> tuple[Fraction, str]:
        """Of several options: the part of the points, and what to say, to each wrong option too."""
        letters = re.sub(r"\band\b|[\s,;.()/&+]", "", given.lower())
        known = ascii_lowercase[: len(self.options)]
        if not letters or not set(letters) <= set(known):
            such = f"{known[0]} {known[-1]}"
            return Fraction(0), f"{given!r} does not read as letters of the options, such as {such}"
        chosen = {self.options[ascii_lowercase.index(letter)] for letter in letters}
        if chosen == set(self.right):
            return Fraction(1), ""
        wrong = {option: why for option, holds, why in self.judged if not holds}
        part, told = earned(chosen, self.right, wrong)
        slips = [f"({self.letter(o)}) is wrong: {why}" for o, why in wrong.items() if o in chosen]
        return part, " ".join([told, *slips])


def exercise(kind: Kind, seed: int, index: int = 0) -> Exercise:
    """The exercise of a kind that a seed draws.

    Draws whose usual mistakes happen to give the right answer, or fewer than two different wrong ones, are passed over.
    """
    for attempt in range(ATTEMPTS):
        try:
            problem = kind.pose(Draws(seed, kind.name, index, attempt))
        except Redraw:
            continue
        mistakes = distinct(problem)
        if len(mistakes) >= 2:
            return Exercise(kind, seed, index, replace(problem, mistakes=mistakes))
    raise RuntimeError(f"{kind.name} gives no exercise for seed {seed}")


def different(kind: Kind, seed: int, count: int) -> list[Exercise]:
    """`count` exercises of a kind that a seed draws, each asking something else as long as the kind has enough."""
    found: dict[tuple[str, ...], Exercise] = {}
    again: list[Exercise] = []
    for index in range(count + ATTEMPTS):
        drawn = exercise(kind, seed, index)
        if found.setdefault(drawn.identity, drawn) is not drawn:
            again.append(drawn)
        if len(found) == count:
            break
    return [*found.values(), *again][:count]


def distinct(problem: Problem) -> list[Mistake]:
    """The mistakes that can be told from the answer and from each other, the first of those that give the same."""
    found: dict[str, Mistake] = {}
    for mistake in problem.mistakes:
        sensible = not isinstance(mistake.answer, int) or mistake.answer >= 0
        if sensible and mistake.answer != problem.answer:
            found.setdefault(key(mistake.answer), mistake)
    return list(found.values())


def explain(pose: Callable[[Draws], Problem]) -> Callable[[Draws], Problem]:
    """The same question with a wrong answer to it, to be explained: the options are what people do wrong."""

    def posed(draws: Draws) -> Problem:
        problem = pose(draws)
        told = distinct(problem)
        if len(told) < 3:
            raise Redraw
        shown, *others = draws.some(told, 4)
        if sum(mistake.answer == shown.answer for mistake in problem.mistakes) > 1:
            raise Redraw  # two mistakes lead to the same number: nobody could say which it was
        right = _sentence(shown.did)
        prompt = f"{problem.prompt}\n\nSomebody answers **{written(shown.answer)}**. That is wrong. What did they do?"
        steps = [*problem.steps, f"Not {written(shown.answer)}. {shown.why}", f"What they did: {right}"]
        options = [
            Mistake(_sentence(other.did), "", f"That would have given {written(other.answer)}.") for other in others
        ]
        return Problem({**problem.given, "shown": shown.answer}, prompt, right, steps, options)

    return posed


def _sentence(did: str) -> str:
    return f"They {did}."
