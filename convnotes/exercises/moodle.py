"""A sheet as a quiz in Moodle's XML format, to be imported into a question bank.

Whole numbers become numerical questions, fractions and tuples short answers, the others multiple choice; where several
options are right, each right one is worth its part of the points and each wrong one takes its part away. Behind a
whole number its unit may be typed, and is not graded. A short answer is compared letter by letter: tuples are given in
several spellings, with their unit too, fractions in lowest terms and as the decimal that is exact, if there is one. The
usual mistakes are answers worth nothing, with their reason as feedback; the solution is the general feedback.
"""

from __future__ import annotations

from base64 import b64encode
from fractions import Fraction
from html import escape
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from convnotes.citing.record import work
from convnotes.exercises.answers import SHARES, Answer, key, single
from convnotes.exercises.catalogue import CHAPTERS, Sheet
from convnotes.exercises.exercise import Exercise
from convnotes.words import markup

PICTURE = "picture.svg"  # the name of a question's picture
TYPED = {"whole": "numerical", "fraction": "shortanswer", "tuple": "shortanswer"}


def moodle(sheet: Sheet) -> str:
    """The sheet as one XML document.

    >>> from convnotes.exercises.catalogue import sheet
    >>> print(moodle(sheet(1, "cost", count=1))[:45])
    <?xml version="1.0" encoding="UTF-8"?>
    <quiz>
    """
    quiz = Element("quiz")
    category = SubElement(quiz, "question", type="category")
    named = sheet.title.replace("/", "//") or f"convnotes, seed {sheet.seed}"  # one slash would open a category below
    _text(category, "category", f"$course$/top/{named}")
    version = f"convnotes {work().version}"
    again = (
        f"Sheet {sheet.seed}, drawn with a key by {version}."
        if sheet.keyed
        else (f"Again, with {version}: {sheet.command} --format moodle")
    )
    _text(category, "info", again, format="plain_text")
    for number, exercise in enumerate(sheet.exercises, 1):
        quiz.append(_question(number, exercise, sheet))
    indent(quiz)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(quiz, encoding="unicode")}\n'


def _question(number: int, exercise: Exercise, sheet: Sheet) -> Element:
    kind, problem = exercise.kind, exercise.problem
    question = Element("question", type=TYPED.get(exercise.form, "multichoice"))
    _text(question, "name", f"{number:02} {CHAPTERS[kind.chapter]}: {kind.title}")
    asked = _html(question, "questiontext", problem.prompt + how_to_type(exercise))
    if picture := problem.picture:
        shown = f'<p><img src="@@PLUGINFILE@@/{PICTURE}" alt="{escape(picture.words)}"/></p>'
        asked[0].text = f"{asked[0].text}\n\n{shown}"
        file = SubElement(asked, "file", name=PICTURE, path="/", encoding="base64")
        file.text = b64encode(picture.drawing.standalone().encode()).decode()
    _html(question, "generalfeedback", "\n".join(f"- {step}" for step in problem.steps))
    _plain(question, "defaultgrade", str(sheet.points or 1))
    _plain(question, "penalty", "0.3333333")
    _plain(question, "hidden", "0")
    _plain(question, "idnumber", f"{kind.name}-{sheet.seed}-{exercise.index}")  # of a key not what it drew
    if exercise.options:
        single = "true" if exercise.form == "choice" else "false"
        shuffled = "false" if problem.in_order else "true"
        for name, value in (("single", single), ("shuffleanswers", shuffled), ("answernumbering", "none")):
            _plain(question, name, value)
    elif exercise.form != "whole":
        _plain(question, "usecase", "0")
    if exercise.form == "several":
        SubElement(question, "shownumcorrect")  # tells how many of those chosen are right
        among = {True: len(exercise.right), False: len(problem.mistakes)}
        for option, holds, why in exercise.judged:
            _answer(question, exercise, _line(option), "-" * (not holds) + _share(among[holds]), why)
        return question
    for text in spellings(exercise, problem.answer):
        _answer(question, exercise, text, "100", f"Right. {problem.because}".strip())
    for mistake in problem.mistakes:
        for text in spellings(exercise, mistake.answer):
            _answer(question, exercise, text, "0", mistake.feedback)
    if exercise.form == "whole" and problem.unit:
        _units(question, problem.unit)
    return question


def _units(question: Element, unit: str) -> None:
    """Units that may be typed behind the number: without them Moodle refuses it, and asks for one without a unit."""
    units = SubElement(question, "units")
    for name in dict.fromkeys((unit, single(unit))):
        one = SubElement(units, "unit")
        _plain(one, "multiplier", "1")
        _plain(one, "unit_name", name)
    _plain(question, "unitgradingtype", "0")  # not graded
    _plain(question, "showunits", "0")  # typed with the number, or left out
    _plain(question, "unitsleft", "0")


def _share(among: int) -> str:
    """An equal part of all points, in the percent that Moodle knows.

    >>> [_share(among) for among in range(1, 7)]
    ['100', '50', '33.33333', '25', '20', '16.66667']
    """
    return f"{100 / among:.5f}".rstrip("0").rstrip(".")


def _line(option: str) -> str:
    return markup.line(option, markup.MOODLE)


def how_to_type(exercise: Exercise) -> str:
    """How an answer is to be given, where that is not plain."""
    return {
        "several": f"\n\n{SHARES}",
        "fraction": " Type a whole number, or a fraction in lowest terms such as 3/4.",
        "tuple": " Type it as in (1, 2).",
    }.get(exercise.form, "")


def spellings(exercise: Exercise, answer: Answer) -> list[str]:
    """An answer as one may type it, the plainest spelling first."""
    if isinstance(answer, str):
        return [_line(answer)]
    if isinstance(answer, Fraction):
        return [key(answer), *_decimal(answer)]
    if not isinstance(answer, tuple):
        return [key(answer)]
    numbers = key(answer).split(",")
    plain = [f"({', '.join(numbers)})", ", ".join(numbers), ",".join(numbers), "x".join(numbers), "×".join(numbers)]
    return with_unit(exercise, answer, plain)


def with_unit(exercise: Exercise, answer: Answer, plain: list[str]) -> list[str]:
    """Spellings of an answer, and each of them with its unit behind it."""
    unit = exercise.problem.unit
    words = dict.fromkeys([unit, unit.lower(), *([single(unit)] if answer == 1 else [])]) if unit else []
    return [*plain, *(f"{text} {word}" for word in words for text in plain)]


def _decimal(answer: Fraction) -> list[str]:
    """A fraction as the decimal that is exact, if there is one of at most six places.

    >>> _decimal(Fraction(3, 8)), _decimal(Fraction(1, 3)), _decimal(Fraction(5))
    (['0.375'], [], [])
    """
    exact = answer.denominator > 1 and 10**6 % answer.denominator == 0
    return [f"{float(answer):.6f}".rstrip("0")] if exact else []


def _answer(question: Element, exercise: Exercise, text: str, fraction: str, feedback: str) -> None:
    form = "html" if exercise.options else "moodle_auto_format"
    answer = SubElement(question, "answer", fraction=fraction, format=form)
    _plain(answer, "text", text)
    _html(answer, "feedback", feedback)
    if exercise.form == "whole":
        _plain(answer, "tolerance", "0")


def _html(parent: Element, name: str, source: str) -> Element:
    return _text(parent, name, markup.write(source, markup.MOODLE), format="html")


def _text(parent: Element, name: str, text: str, **attributes: str) -> Element:
    element = SubElement(parent, name, attributes)
    _plain(element, "text", text)
    return element


def _plain(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
