"""A sheet as a package in QTI 2.1, which Canvas and others import: a test, and a file for each exercise.

Numbers are typed and compared letter by letter, so they stand there in several spellings; the others are multiple
choice. The usual mistakes are worth nothing and are answered with their reason, any other wrong answer with a first
step.
"""

from __future__ import annotations

import io
import zipfile
from html import escape

from convnotes.citing.record import work
from convnotes.exercises.answers import Answer, written
from convnotes.exercises.catalogue import CHAPTERS, Sheet
from convnotes.exercises.exercise import Exercise
from convnotes.exercises.moodle import how_to_type, spellings
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
    names = [f"e{number}" for number in range(1, len(sheet.exercises) + 1)]
    files = {"imsmanifest.xml": _manifest(names), "test.xml": _test(title, names)}
    for name, exercise in zip(names, sheet.exercises, strict=True):
        files[f"{name}.xml"] = _item(name, exercise, sheet.points or 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for path, text in files.items():
            package.writestr(zipfile.ZipInfo(path, DAY), text.encode())
    return out.getvalue()


def _manifest(names: list[str]) -> str:
    items = "".join(
        f'<resource identifier="r-{name}" type="imsqti_item_xmlv2p1" href="{name}.xml"><file href="{name}.xml"/>'
        "</resource>"
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


def _item(name: str, exercise: Exercise, points: int) -> str:
    problem = exercise.problem
    answers = [problem.answer, *(mistake.answer for mistake in problem.mistakes)]
    codes = ["right", *(f"wrong{number}" for number in range(1, len(answers)))]
    feedback = [f"Right. {problem.because}".strip(), *(mistake.feedback for mistake in problem.mistakes)]
    if exercise.options:
        places = {option: f"option{place}" for place, option in enumerate(exercise.options)}
        values = [[places[str(answer)]] for answer in answers]
    else:
        values = [_typed(exercise, answer) for answer in answers]
        if len(problem.steps) > 1:
            codes.append("other")
            feedback.append(f"That is not the answer. A first step: {problem.steps[0]}")
    base = "identifier" if exercise.options else "string"
    body = markup.write(problem.prompt + how_to_type(exercise), WAY) + _interaction(exercise)
    shown = "".join(
        f'<modalFeedback outcomeIdentifier="FEEDBACK" identifier="{code}" showHide="show">{markup.write(text, WAY)}'
        "</modalFeedback>"
        for code, text in zip(codes, feedback, strict=True)
    )
    title = escape(f"{CHAPTERS[exercise.kind.chapter]}: {exercise.kind.title}")
    return (
        f'{HEAD}<assessmentItem xmlns="{QTI}" identifier="{name}" title="{title}" adaptive="false" '
        f'timeDependent="false"><responseDeclaration identifier="RESPONSE" cardinality="single" baseType="{base}">'
        f"<correctResponse><value>{values[0][0]}</value></correctResponse></responseDeclaration>"
        f"{_outcome('SCORE', 'float', '0')}{_outcome('MAXSCORE', 'float', str(points))}"
        f"{_outcome('FEEDBACK', 'identifier')}<itemBody>{body}</itemBody>"
        f"{_processing(base, codes, values, points)}{shown}</assessmentItem>\n"
    )


def _typed(exercise: Exercise, answer: Answer) -> list[str]:
    """How a number may be typed: with commas between thousands too."""
    found = spellings(exercise, answer)
    return found if isinstance(answer, tuple) else list(dict.fromkeys([*found, written(answer).replace("−", "-")]))


def _outcome(name: str, base: str, value: str = "") -> str:
    default = f"<defaultValue><value>{value}</value></defaultValue>" if value else ""
    return (
        f'<outcomeDeclaration identifier="{name}" cardinality="single" baseType="{base}">{default}</outcomeDeclaration>'
    )


def _interaction(exercise: Exercise) -> str:
    if not exercise.options:
        unit = f" {escape(exercise.problem.unit, quote=False)}" if exercise.problem.unit else ""
        return f'<p>Answer: <textEntryInteraction responseIdentifier="RESPONSE" expectedLength="20"/>{unit}</p>'
    shuffle = "false" if exercise.problem.in_order else "true"
    choices = "".join(
        f'<simpleChoice identifier="option{place}">{markup.line(option, WAY)}</simpleChoice>'
        for place, option in enumerate(exercise.options)
    )
    return (
        f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}" maxChoices="1">{choices}'
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
    return f"<responseProcessing><responseCondition>{''.join(said)}</responseCondition></responseProcessing>"


def _set(name: str, base: str, value: str) -> str:
    return f'<setOutcomeValue identifier="{name}"><baseValue baseType="{base}">{value}</baseValue></setOutcomeValue>'
