"""A sheet as a package in QTI 2.1, which Canvas and others import: a test, a file for each exercise, its picture.

Numbers are typed and compared letter by letter, so they are given in several spellings; the others are multiple
choice, of one option or of several. The usual mistakes are worth nothing and are answered with their reason, any
other wrong answer with a first step.
"""

from __future__ import annotations

import io
import zipfile
from html import escape
from typing import NamedTuple

from convnotes.citing.record import work
from convnotes.exercises.answers import Answer, written
from convnotes.exercises.catalogue import CHAPTERS, Sheet
from convnotes.exercises.exercise import Exercise
from convnotes.exercises.moodle import how_to_type, spellings, with_unit
from convnotes.words import markup

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
CONTENT = "http://www.imsglobal.org/xsd/imscp_v1p1"
MATHML = "http://www.w3.org/1998/Math/MathML"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
DAY = (1980, 1, 1, 0, 0, 0)  # the same sheet gives the same bytes


def _formula(formula: str) -> str:
    return markup.mathml(formula).replace("<wbr/>", "").replace("<math>", f'<math xmlns="{MATHML}">')


WAY = markup.HTML._replace(formula=_formula)


def qti(sheet: Sheet) -> bytes:
    """The package, a zip file.

    >>> from convnotes.exercises.catalogue import sheet
    >>> zipfile.ZipFile(io.BytesIO(qti(sheet(1, "cost", count=2)))).namelist()
    ['imsmanifest.xml', 'test.xml', 'e1.xml', 'e2.xml']
    """
    title = escape(sheet.title or f"Exercises, seed {sheet.seed}")
    items = {f"e{number}": exercise for number, exercise in enumerate(sheet.exercises, 1)}
    pictures = {name: picture for name, exercise in items.items() if (picture := exercise.problem.picture)}
    files = {"imsmanifest.xml": _manifest(list(items), list(pictures)), "test.xml": _test(title, list(items))}
    for name, exercise in items.items():
        files[f"{name}.xml"] = _item(name, exercise, sheet.points or 1)
    files |= {f"{name}.svg": picture.drawing.standalone() for name, picture in pictures.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for path, text in files.items():
            package.writestr(zipfile.ZipInfo(path, DAY), text.encode())
    return out.getvalue()


def _manifest(names: list[str], pictures: list[str]) -> str:
    items = "".join(
        f'<resource identifier="r-{name}" type="imsqti_item_xmlv2p1" href="{name}.xml"><file href="{name}.xml"/>'
        + f'<file href="{name}.svg"/>' * (name in pictures)
        + "</resource>"
        for name in names
    )
    needs = "".join(f'<dependency identifierref="r-{name}"/>' for name in names)
    return (
        f'{HEAD}<manifest xmlns="{CONTENT}" identifier="convnotes"><metadata><schema>QTIv2.1 Package</schema>'
        f"<schemaversion>1.0.0</schemaversion></metadata><organizations/><resources>"
        f'<resource identifier="r-test" type="imsqti_test_xmlv2p1" href="test.xml"><file href="test.xml"/>{needs}'
        f"</resource>{items}</resources></manifest>\n"
    )


def _test(title: str, names: list[str]) -> str:
    items = "".join(f'<assessmentItemRef identifier="{name}" href="{name}.xml"/>' for name in names)
    return (
        f'{HEAD}<assessmentTest xmlns="{QTI}" identifier="test" title="{title}" toolName="convnotes" '
        f'toolVersion="{work().version}">{_outcome("SCORE", "float", "0")}'
        '<testPart identifier="part" navigationMode="nonlinear" submissionMode="individual">'
        f'<assessmentSection identifier="section" title="{title}" visible="true">{items}</assessmentSection></testPart>'
        '<outcomeProcessing><setOutcomeValue identifier="SCORE"><sum><testVariables variableIdentifier="SCORE"/></sum>'
        "</setOutcomeValue></outcomeProcessing></assessmentTest>\n"
    )


class Marking(NamedTuple):
    """How an item is marked: the declaration of its response and the processing of it; feedback by its name."""

    response: str
    processing: str
    feedback: dict[str, str]


def _item(name: str, exercise: Exercise, points: int) -> str:
    marking = (_several if exercise.form == "several" else _single)(exercise, points)
    picture = exercise.problem.picture
    shown = f'<p><img src="{name}.svg" alt="{escape(picture.words)}"/></p>' if picture else ""
    body = markup.write(exercise.problem.prompt + how_to_type(exercise), WAY) + shown + _interaction(exercise)
    feedback = "".join(
        f'<modalFeedback outcomeIdentifier="FEEDBACK" identifier="{code}" showHide="show">{markup.write(text, WAY)}'
        "</modalFeedback>"
        for code, text in marking.feedback.items()
    )
    title = escape(f"{CHAPTERS[exercise.kind.chapter]}: {exercise.kind.title}")
    cardinality = "multiple" if exercise.form == "several" else "single"
    return (
        f'{HEAD}<assessmentItem xmlns="{QTI}" identifier="{name}" title="{title}" adaptive="false" '
        f'timeDependent="false">{marking.response}'
        f"{_outcome('SCORE', 'float', '0')}{_outcome('MAXSCORE', 'float', str(points))}"
        f"{_outcome('FEEDBACK', 'identifier', cardinality=cardinality)}<itemBody>{body}</itemBody>"
        f"<responseProcessing>{marking.processing}</responseProcessing>{feedback}</assessmentItem>\n"
    )


def _single(exercise: Exercise, points: int) -> Marking:
    """One answer is right, and others are known mistakes."""
    problem = exercise.problem
    answers = [problem.answer, *(mistake.answer for mistake in problem.mistakes)]
    codes = ["right", *(f"wrong{number}" for number in range(1, len(answers)))]
    feedback = [f"Right. {problem.because}".strip(), *(mistake.feedback for mistake in problem.mistakes)]
    if exercise.options:
        values = [[_named(exercise, str(answer))] for answer in answers]
    else:
        values = [_typed(exercise, answer) for answer in answers]
        if len(problem.steps) > 1:
            codes.append("other")
            feedback.append(f"That is not the answer. A first step: {problem.steps[0]}")
    base = "identifier" if exercise.options else "string"
    response = _response("single", base, [values[0][0]])
    return Marking(response, _processing(base, codes, values, points), dict(zip(codes, feedback, strict=True)))


def _several(exercise: Exercise, points: int) -> Marking:
    """All right options earn all points, some of them a part; each that is chosen is answered with its reason."""
    worth = {True: points / len(exercise.right), False: -points / len(exercise.problem.mistakes)}
    entries = "".join(
        f'<mapEntry mapKey="{_named(exercise, option)}" mappedValue="{worth[holds]}"/>'
        for option, holds, _ in exercise.judged
    )
    mapping = f'<mapping lowerBound="0" upperBound="{points}" defaultValue="0">{entries}</mapping>'
    response = _response("multiple", "identifier", [_named(exercise, option) for option in exercise.right], mapping)
    whole = '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
    processing = (
        f"<responseCondition><responseIf>{whole}{_set('SCORE', 'float', str(points))}</responseIf><responseElse>"
        '<setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/></setOutcomeValue></responseElse>'
        '</responseCondition><setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>'
    )
    feedback = {
        _named(exercise, option): f"{markup.capital(option)}: {'yes' if holds else 'no'}. {why}"
        for option, holds, why in exercise.judged
    }
    return Marking(response, processing, feedback)


def _named(exercise: Exercise, option: str) -> str:
    return f"option{exercise.options.index(option)}"


def _response(cardinality: str, base: str, right: list[str], more: str = "") -> str:
    values = "".join(f"<value>{value}</value>" for value in right)
    return (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="{base}">'
        f"<correctResponse>{values}</correctResponse>{more}</responseDeclaration>"
    )


def _typed(exercise: Exercise, answer: Answer) -> list[str]:
    """How a number may be typed: with commas between thousands too, and with its unit."""
    found = spellings(exercise, answer)
    if isinstance(answer, tuple):
        return found
    return with_unit(exercise, answer, list(dict.fromkeys([*found, written(answer).replace("−", "-")])))


def _outcome(name: str, base: str, value: str = "", cardinality: str = "single") -> str:
    default = f"<defaultValue><value>{value}</value></defaultValue>" if value else ""
    declared = f'<outcomeDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base}">'
    return f"{declared}{default}</outcomeDeclaration>"


def _interaction(exercise: Exercise) -> str:
    if not exercise.options:
        unit = f" {escape(exercise.problem.unit, quote=False)}" if exercise.problem.unit else ""
        return f'<p>Answer: <textEntryInteraction responseIdentifier="RESPONSE" expectedLength="20"/>{unit}</p>'
    shuffle = "false" if exercise.problem.in_order else "true"
    choices = "".join(
        f'<simpleChoice identifier="{_named(exercise, option)}">{markup.line(option, WAY)}</simpleChoice>'
        for option in exercise.options
    )
    return (
        f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}" '
        f'maxChoices="{0 if exercise.form == "several" else 1}">{choices}'
        "</choiceInteraction>"
    )


def _processing(base: str, codes: list[str], values: list[list[str]], points: int) -> str:
    """Compare with the right answer, then with each mistake; the first that is met decides."""
    said = []
    for code, spelt in zip(codes, values, strict=False):
        matches = "".join(
            f'<match><variable identifier="RESPONSE"/><baseValue baseType="{base}">{value}</baseValue></match>'
            for value in spelt
        )
        met = f"<or>{matches}</or>" if len(spelt) > 1 else matches
        score = _set("SCORE", "float", str(points)) if code == "right" else ""
        tag = "responseIf" if code == "right" else "responseElseIf"
        said.append(f"<{tag}>{met}{score}{_set('FEEDBACK', 'identifier', code)}</{tag}>")
    if "other" in codes:
        said.append(f"<responseElse>{_set('FEEDBACK', 'identifier', 'other')}</responseElse>")
    return f"<responseCondition>{''.join(said)}</responseCondition>"


def _set(name: str, base: str, value: str) -> str:
    return f'<setOutcomeValue identifier="{name}"><baseValue baseType="{base}">{value}</baseValue></setOutcomeValue>'
