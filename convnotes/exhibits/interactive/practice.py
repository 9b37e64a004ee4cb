"""Practice: which variant of which exercise is shown, and what each variant is, made when the site is built.

How an answer is read is said in `convnotes.exercises.answers`; the script reads it by the same rules.
"""

import re
from functools import cache

from convnotes.exercises.answers import Answer, key
from convnotes.exercises.catalogue import KINDS, find
from convnotes.exercises.exercise import Exercise, different
from convnotes.exercises.formats import answer
from convnotes.words import markup

GRAMMAR = "([a-z][a-z-]{0,40})_([1-9][0-9]?)"
SEED, VARIANTS = 1, 12  # `convnotes exercises` has as many others as there are seeds

Record = dict[str, object]


def parse(text: str) -> tuple[str, int] | None:
    """The kind and the number of the variant that a state stands for; None if it stands for none.

    >>> parse("ceil-mode_3"), parse("ceil-mode_13"), parse("nosuch_1")
    (('ceil-mode', 3), None, None)
    """
    found = re.fullmatch(GRAMMAR, text)
    if not found or found[1] not in {kind.name for kind in KINDS} or int(found[2]) > VARIANTS:
        return None
    return found[1], int(found[2])


def form(state: tuple[str, int]) -> str:
    """The text that parses to `state`."""
    return f"{state[0]}_{state[1]}"


def variant(kind: str, number: int) -> Exercise:
    """Variant `number`, from 1, of a kind."""
    return _drawn(kind)[number - 1]


@cache
def _drawn(kind: str) -> list[Exercise]:
    return different(find(kind), SEED, VARIANTS)


def asked(found: Exercise) -> str:
    """The question in HTML, its picture below it."""
    picture = found.problem.picture
    return markup.write(found.problem.prompt, markup.HTML) + (picture.drawing.inline(picture.words) if picture else "")


def record(found: Exercise) -> Record:
    """What the script needs to show a variant and to check an answer; texts in HTML.

    An answer is the key by which answers are compared; of options, the places of those that are right.
    """

    def html(source: str) -> str:
        return markup.line(source, markup.HTML)

    def place(option: str) -> str:
        return str(found.options.index(option))

    def name(of: Answer) -> str:
        return place(str(of)) if found.options else key(of)

    problem = found.problem
    several = found.form == "several"
    return {
        "prompt": asked(found),
        "form": found.form,
        "unit": problem.unit,
        "options": [html(option) for option in found.options],
        "answer": ",".join(sorted(map(place, found.right))) if several else name(problem.answer),
        "told": html(answer(found)),
        "because": html(problem.because),
        "steps": [html(step) for step in problem.steps],
        "mistakes": [[name(mistake.answer), html(mistake.feedback)] for mistake in problem.mistakes],
        **({"reasons": [[place(option), html(why)] for option, why in problem.reasons.items()]} if several else {}),
    }


def variants(names: list[str]) -> dict[str, list[Record]]:
    """The records of every variant of each of the kinds."""
    return {name: [record(variant(name, number + 1)) for number in range(VARIANTS)] for name in names}
