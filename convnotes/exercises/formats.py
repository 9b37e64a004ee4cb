"""A sheet written out: text, Markdown, LaTeX, HTML, JSON or a Moodle quiz.

With `solutions` each exercise is followed by its steps and by the usual mistakes; a Moodle quiz always has them, since
it marks by them. Every sheet says its seed, and the command that makes it again; drawn with a key, its seed alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

from convnotes.citing.record import work
from convnotes.exercises.answers import SHARES, single, written
from convnotes.exercises.catalogue import CHAPTERS, Sheet
from convnotes.exercises.exercise import Exercise, Picture
from convnotes.exercises.moodle import moodle
from convnotes.words import markup
from convnotes.words.forms import check_form
from convnotes.words.markup import Way

STYLE = (
    "body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:1rem/1.55 system-ui,sans-serif;color-scheme:light dark}"
    "pre{overflow-x:auto}img{max-width:100%}section{break-inside:avoid}"
    "h2{font-size:1.05rem;margin:2rem 0 .4rem}.told{font-size:.9rem}"
)


def write(sheet: Sheet, form: str = "text", *, solutions: bool = False) -> str:
    """The sheet in one of the forms text, md, latex, html, json, moodle, ending with a newline.

    >>> from convnotes.exercises.catalogue import sheet
    >>> print(write(sheet(7, "cost", "recall", count=1)), end="")
    Exercises, seed 7
    Again, with convnotes 0.1.0: convnotes exercises --seed 7 --chapter cost --level recall --count 1
    <BLANKLINE>
    1. What grows with what (Its cost, recall)
    <BLANKLINE>
    A convolution keeps the size of its map. We multiply both the number of its input channels and that of its output channels by 3. By which factor does the number of its MACs grow? (Weights without biases; activations: the numbers that it writes.)
    >>> write(sheet(7), "pdf")
    Traceback (most recent call last):
    ValueError: no form 'pdf' of a sheet: choose text, md, latex, html, json or moodle
    """  # noqa: E501 - a question is a line
    check_form(form, FORMS, "of a sheet")
    return FORMS[form](sheet, solutions)


def titled(sheet: Sheet, solutions: bool) -> str:
    """The title of a sheet."""
    own = sheet.title or f"{'Solutions' if solutions else 'Exercises'}, seed {sheet.seed}"
    return f"Solutions: {own}" if sheet.title and solutions else own


def notes(sheet: Sheet, solutions: bool, way: Way) -> str:
    """What is below the title: whose sheet it is, its points, and how to make it again."""
    said = f"For {sheet.student}. " if sheet.student else ""
    if sheet.points:
        said += f"{sheet.points * len(sheet.exercises)} points in all. "
    if sheet.keyed:
        return way.text(f"{said}Sheet {sheet.seed}, drawn with a key by {made_with()}.")
    command = sheet.command + " --solutions" * solutions
    return way.text(f"{said}Again, with {made_with()}: ") + way.code(command)


def made_with() -> str:
    """The package and its version: another version may have other kinds, and draw other sheets."""
    return f"convnotes {work().version}"


def heading(number: int, exercise: Exercise, points: int | None = None) -> str:
    """What is above an exercise."""
    worth = f", {points} {'point' if points == 1 else 'points'}" if points else ""
    return f"{number}. {exercise.kind.title} ({CHAPTERS[exercise.kind.chapter]}, {exercise.kind.level}{worth})"


def below(exercise: Exercise, solutions: bool) -> list[str]:
    """What comes below the question and its picture, in the markup: the options and, if asked for, the solution."""
    parts = []
    if exercise.options:
        parts.append("\n".join(f"- ({exercise.letter(option)}) {option}" for option in exercise.options))
    if exercise.form == "several":
        parts.append(SHARES)
    if solutions and exercise.form == "several":
        reasons = (f"- ({exercise.letter(o)}) {'yes' if holds else 'no'}. {why}" for o, holds, why in exercise.judged)
        parts += ["**Solution**", "\n".join(reasons), f"**Answer: {exercise.letters}**"]
    elif solutions:
        parts += ["**Solution**", "\n".join(f"- {step}" for step in exercise.problem.steps)]
        parts += [f"**Answer: {answer(exercise)}**"]
        wrong = (f"- {written(m.answer)}: {m.feedback}" for m in exercise.problem.mistakes)
        parts += ["Usual mistakes:", "\n".join(wrong)]
    return parts


def _set(exercise: Exercise, solutions: bool, way: Way, show: Callable[[Picture], str]) -> str:
    """All of an exercise in one format, which has its own way to show a picture."""
    picture = exercise.problem.picture
    parts = [markup.write(exercise.problem.prompt, way), *([show(picture)] if picture else [])]
    return "\n\n".join([*parts, *(markup.write(part, way) for part in below(exercise, solutions))])


def answer(exercise: Exercise) -> str:
    """The right answer with its unit."""
    unit = "" if exercise.options else exercise.problem.unit
    return f"{written(exercise.problem.answer)} {single(unit) if exercise.problem.answer == 1 else unit}".strip()


def _lines(sheet: Sheet, solutions: bool, way: Way, top: str, head: str, show: Callable[[Picture], str]) -> str:
    """A format made of lines: the title, then every exercise under its heading."""
    parts = [top.format(title=way.text(titled(sheet, solutions)), notes=notes(sheet, solutions, way))]
    for number, exercise in enumerate(sheet.exercises, 1):
        parts += [
            head.format(way.text(heading(number, exercise, sheet.points))),
            _set(exercise, solutions, way, show),
        ]
    return "\n\n".join(parts) + "\n"


def _text(sheet: Sheet, solutions: bool) -> str:
    return _lines(sheet, solutions, markup.TEXT, "{title}\n{notes}", "{}", lambda picture: f"Picture: {picture.words}")


def _md(sheet: Sheet, solutions: bool) -> str:
    return _lines(sheet, solutions, markup.MD, "# {title}\n\n{notes}", "## {}", lambda p: f"![{p.words}]({p.data})")


TOP = r"""\documentclass[a4paper]{{article}}
\usepackage[T1]{{fontenc}}
\usepackage{{lmodern,amsmath,textcomp}}
\usepackage[margin=25mm]{{geometry}}
\setlength{{\parindent}}{{0pt}}
\setlength{{\parskip}}{{0.6em}}
\begin{{document}}
\section*{{{title}}}

{notes}"""


def _latex(sheet: Sheet, solutions: bool) -> str:
    def show(picture: Picture) -> str:
        return markup.line(f"**Picture, in words:** {picture.words}", markup.LATEX)  # LaTeX takes no SVG

    return _lines(sheet, solutions, markup.LATEX, TOP, r"\subsection*{{{}}}", show) + "\n\\end{document}\n"


def _html(sheet: Sheet, solutions: bool) -> str:
    title = escape(titled(sheet, solutions), quote=False)
    parts = []
    for number, exercise in enumerate(sheet.exercises, 1):
        name = f'<h2 id="e{number}">{escape(heading(number, exercise, sheet.points), quote=False)}</h2>'
        shown = _set(exercise, solutions, markup.HTML, lambda p: f'<p><img src="{p.data}" alt="{escape(p.words)}"></p>')
        parts.append(f'<section aria-labelledby="e{number}">\n{name}\n{shown}\n</section>')
    head = (
        f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>"
    )
    top = f'<h1>{title}</h1>\n<p class="told">{notes(sheet, solutions, markup.HTML)}</p>'
    main = "\n".join([top, *parts])
    page = f'<html lang="en">\n<head>\n{head}\n</head>\n<body>\n<main>\n{main}\n</main>\n</body>\n</html>'
    return f"<!DOCTYPE html>\n{page}\n"


def record(exercise: Exercise, solutions: bool) -> dict[str, object]:
    """An exercise as data, its words in Markdown.

    Without solutions it has what a printed sheet has. What was drawn is left out: it names the options in the order in
    which the question was made, often the right one first.
    """

    def md(source: str) -> str:
        return markup.write(source, markup.MD)

    kind, problem = exercise.kind, exercise.problem
    found: dict[str, object] = {"kind": kind.name, "index": exercise.index, "title": kind.title}
    found |= {"chapter": kind.chapter, "level": kind.level}
    found |= {"question": md(problem.prompt), "form": exercise.form, "unit": problem.unit}
    if problem.picture:
        found["picture"] = {"svg": problem.picture.drawing.standalone(), "words": problem.picture.words}
    found |= {"options": [md(option) for option in exercise.options]}
    if solutions:
        right: object = md(written(problem.answer))
        if exercise.form == "several":
            right = [md(option) for option in exercise.right]
        found |= {"given": dict(problem.given), "answer": right, "solution": [md(step) for step in problem.steps]}
        wrong = [{"answer": md(written(m.answer)), "reason": md(m.feedback)} for m in problem.mistakes]
        found |= {"mistakes": wrong}
    return found


def _json(sheet: Sheet, solutions: bool) -> str:
    exercises = [record(exercise, solutions) for exercise in sheet.exercises]
    data: dict[str, object] = {"seed": sheet.seed, "version": work().version}
    if not sheet.keyed:
        data["command"] = sheet.command + " --solutions" * solutions
    for name in ("title", "student", "points"):
        if value := getattr(sheet, name):
            data[name] = value
    data["exercises"] = exercises
    return json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n"


FORMS: dict[str, Callable[[Sheet, bool], str]] = {
    "text": _text,
    "md": _md,
    "latex": _latex,
    "html": _html,
    "json": _json,
    "moodle": lambda sheet, _: moodle(sheet),
}
