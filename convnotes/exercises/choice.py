"""Questions with options, each with what to say to someone who chooses it: one of them is right, or several are.

The package decides which options are right, by computing for the numbers that were drawn. `given["options"]` names each
option by a short code, so that a second way to decide, in the tests, need not know how it is worded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from convnotes.exercises.answers import written
from convnotes.exercises.draws import Redraw
from convnotes.exercises.exercise import Mistake, Picture, Problem
from convnotes.words.markup import capital

Option = tuple[str, str]  # what it says, and why that is right or wrong


def choice(
    given: Mapping[str, object],
    prompt: str,
    options: Mapping[str, Option],
    right: str,
    *,
    in_order: bool = False,
    picture: Picture | None = None,
) -> Problem:
    """The question with the option called `right` as its answer.

    >>> sky = {"yes": ("Yes, by day.", "The sun is up."), "no": ("No.", "Look up."), "sea": ("No, the sea.", "Higher.")}
    >>> asked = choice({}, "Is the sky blue?", sky, "yes")
    >>> asked.answer, asked.because, [mistake.feedback for mistake in asked.mistakes]
    ('Yes, by day.', 'The sun is up.', ['Look up.', 'Higher.'])
    """
    text, because = options[right]
    wrong = [Mistake(said, "", why) for code, (said, why) in options.items() if code != right]
    codes = {code: said for code, (said, _) in options.items()}
    steps = [because, f"So: {text}"]
    given = {**given, "options": codes}
    return Problem(given, prompt, text, steps, wrong, because=because, in_order=in_order, picture=picture)


def several(given: Mapping[str, object], prompt: str, options: Mapping[str, tuple[str, bool, str]]) -> Problem:
    """The question which of the options are right: what each says, whether it is right, and why.

    >>> claims = {"odd": ("it is odd", True, "$9 = 2·4 + 1$."), "prime": ("it is prime", False, "$9 = 3·3$.")}
    >>> asked = several({}, "Of 9:", claims)
    >>> asked.answer, asked.reasons, [mistake.feedback for mistake in asked.mistakes]
    (('it is odd',), {'it is odd': '$9 = 2·4 + 1$.'}, ['$9 = 3·3$.'])
    >>> asked.steps
    ['It is odd: yes. $9 = 2·4 + 1$.', 'It is prime: no. $9 = 3·3$.', 'All that are right: it is odd']

    Raises `Redraw` where none is right, or all are.
    """
    right = {said: why for said, holds, why in options.values() if holds}
    wrong = [Mistake(said, "", why) for said, holds, why in options.values() if not holds]
    if not right or not wrong:
        raise Redraw
    steps = [f"{capital(said)}: {'yes' if holds else 'no'}. {why}" for said, holds, why in options.values()]
    codes = {code: said for code, (said, _, _) in options.items()}
    answer = tuple(right)
    steps.append(f"All that are right: {written(answer)}")
    asked = f"{prompt} Choose all that are right."
    return Problem({**given, "options": codes}, asked, answer, steps, wrong, reasons=right)


NONE = "none"


def wrong_line(
    given: Mapping[str, object],
    prompt: str,
    lines: Sequence[str],
    checks: Sequence[str],
    at: int | None,
    why: str,
    *,
    code: bool = False,
) -> Problem:
    """Some numbered lines, of which one is wrong, or none: which?

    checks: of each line, what it should say. at: the place of the wrong one, from 0. why: what is wrong with it. code:
    the lines are code, to be set as they are.

    >>> asked = wrong_line({}, "Sums:", ["$1 + 1 = 3$.", "$3 + 1 = 4$."], ["One and one.", "Add one."], 0, "It is 2.")
    >>> asked.answer, [mistake.feedback for mistake in asked.mistakes]
    ('Line 1', ['Line 2 is right. Add one.', 'One is wrong. It is line 1: It is 2.'])
    """
    options: dict[str, Option] = {
        str(place): (f"Line {place + 1}", why if place == at else f"Line {place + 1} is right. {check}")
        for place, check in enumerate(checks)
    }
    none = "None of them" if not code else "None of them: it works"
    found = f"One is wrong. It is line {at + 1}: {why}" if at is not None else why
    options[NONE] = (none, found)
    numbered = [f"    {n}  {line}" if code else f"- ({n}) {line}" for n, line in enumerate(lines, 1)]
    hint = "" if code else " (A line that only goes on from a wrong one is right.)"
    asked = "\n\n".join([prompt, "\n".join(numbered), f"Which line is wrong?{hint}"])
    return choice(given, asked, options, NONE if at is None else str(at), in_order=True)
