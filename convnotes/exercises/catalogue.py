"""All kinds of exercise, in the order of the chapters, and a sheet of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from shlex import quote

from convnotes.conv import integer
from convnotes.exercises import (
    aliasing,
    architectures,
    backward,
    conv_block,
    convolution,
    convolution_as_a_matrix,
    cost,
    effective_receptive_field,
    feature_visualization,
    inductive_bias,
    normalization,
    optimizers,
    pictures,
    pointwise_convolution,
    pooling,
    receptive_field,
    transfer_learning,
    transposed_convolution,
    why_numbers_differ,
)
from convnotes.exercises.draws import Draws
from convnotes.exercises.exercise import LEVELS, Exercise, Kind, different
from convnotes.exercises.keys import drawn
from convnotes.exercises.why import layers, maps, networks, operation, steps

_CHAPTERS = (
    (convolution, "Convolution"),
    (convolution_as_a_matrix, "Convolution as a matrix"),
    (cost, "Its cost"),
    (conv_block, "The convolution block"),
    (normalization, "Normalisation"),
    (pooling, "Pooling"),
    (aliasing, "Equivariance and aliasing"),
    (receptive_field, "Receptive field"),
    (effective_receptive_field, "Effective receptive field"),
    (pointwise_convolution, "Pointwise, grouped, depthwise"),
    (backward, "The way back"),
    (optimizers, "From gradient to step"),
    (transposed_convolution, "Transposed convolution"),
    (architectures, "Architectures"),
    (inductive_bias, "Inductive bias"),
    (feature_visualization, "Feature visualisation"),
    (transfer_learning, "Transfer learning"),
    (why_numbers_differ, "Why numbers differ"),
)
CHAPTERS = {module.CHAPTER: title for module, title in _CHAPTERS}
_ACROSS = (*operation.KINDS, *maps.KINDS, *layers.KINDS, *steps.KINDS, *networks.KINDS, *pictures.KINDS)
KINDS: tuple[Kind, ...] = tuple(
    chain.from_iterable(
        (*module.KINDS, *(kind for kind in _ACROSS if kind.chapter == module.CHAPTER)) for module, _ in _CHAPTERS
    )
)
USUAL = 10  # exercises on a sheet, unless it is said how many


@dataclass(frozen=True)
class Sheet:
    """Some exercises, and the words that make them again.

    keyed: drawn with a key, which the command does not tell. student: whose it is. points: for each exercise.
    """

    seed: int
    chosen: tuple[tuple[str, str], ...]  # options of the command, and what they were given
    exercises: tuple[Exercise, ...]
    keyed: bool = False
    student: str = ""
    title: str = ""
    points: int | None = None

    @property
    def command(self) -> str:
        """The command that makes this sheet; of one drawn with a key, all but the key."""
        more = [*self.chosen, ("count", len(self.exercises)), ("title", self.title), ("points", self.points)]
        told = "".join(f" --{name} {quote(str(value))}" for name, value in more if value)
        return f"convnotes exercises --seed {self.seed}{told}"


def find(name: str) -> Kind:
    """The kind called `name`.

    >>> find("ceil-mode").title
    'Sizes with ceil_mode'
    >>> find("ceil")
    Traceback (most recent call last):
    LookupError: no kind 'ceil'; near: ceil-mode
    """
    named = {kind.name: kind for kind in KINDS}
    return named[known("kind", name, list(named))]


def known(what: str, name: str, names: list[str]) -> str:
    """`name` if it is one of the names; otherwise LookupError with the nearest of them, or with all."""
    if name in names:
        return name
    near = get_close_matches(name.lower().replace(" ", "-").replace("_", "-"), names, cutoff=0.5)
    said = f"near: {', '.join(near)}" if near else f"there are {', '.join(names)}"
    raise LookupError(f"no {what} {name!r}; {said}")


def sheet(
    seed: int,
    chapter: str | Sequence[str] | None = None,
    level: str | None = None,
    count: int | None = None,
    *,
    kind: Sequence[str] = (),
    key: bytes = b"",
    student: str = "",
) -> Sheet:
    """A sheet of `count` exercises by chapter, level and kind: as many different kinds as there are, then more of them.

    No two ask the same while their kind has others.

    chapter: the name of its page, such as `receptive-field`, or several. level: recall, compute, explain, design or
    why. count: ten unless given, or one of each of the kinds that are named. key: enters the draw, so that nobody can
    make the sheet again without it. student: enters the draw too. The same arguments always give the same sheet.

    >>> made = sheet(42, "receptive-field", count=2)
    >>> [exercise.kind.name for exercise in made.exercises]
    ['jump', 'field-size-mistake']
    >>> made.command
    'convnotes exercises --seed 42 --chapter receptive-field --count 2'
    >>> len({e.problem.prompt for e in sheet(1, "pooling", "design", count=5).exercises})
    5
    >>> sheet(42, "poling")
    Traceback (most recent call last):
    LookupError: no chapter 'poling'; near: pooling, aliasing
    >>> sheet(42, count=0)
    Traceback (most recent call last):
    ValueError: count must be at least 1, got 0
    >>> sheet(4.2)
    Traceback (most recent call last):
    TypeError: seed must be an integer, got 4.2
    """
    seed, count = integer("seed", seed, None), integer("count", (len(kind) or USUAL) if count is None else count)
    chapters = (chapter,) if isinstance(chapter, str) else tuple(chapter or ())
    for name in chapters:
        known("chapter", name, list(CHAPTERS))
    if level is not None:
        known("level", level, list(LEVELS))
    asked = {find(name).name for name in kind}
    pool = [
        one
        for one in KINDS
        if (not chapters or one.chapter in chapters) and level in (None, one.level) and (not asked or one.name in asked)
    ]
    if not pool:
        raise ValueError(f"none of the kinds {', '.join(sorted(asked))} is of the chapters and the level asked for")
    own = drawn(key, seed, student) if key else seed
    order = Draws(own, "sheet", ",".join(chapters) or None, level).shuffled(range(len(pool)))
    times = Counter(order[at % len(order)] for at in range(count))
    made = chain.from_iterable(different(pool[place], own, times[place]) for place in sorted(times))
    chosen = (
        *(("chapter", name) for name in chapters),
        *((("level", level),) if level else ()),
        *(("kind", n) for n in kind),
    )
    return Sheet(seed, chosen, tuple(made), bool(key), student)
