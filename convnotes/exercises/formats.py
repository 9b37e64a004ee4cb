"""A sheet written out: text, Markdown, LaTeX, HTML, JSON or a Moodle quiz.

With `solutions` each exercise is followed by its steps and by the usual mistakes; a Moodle quiz always has them, since
it marks by them. Every sheet says its seed, and the command that makes it again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

from convnotes.citing.record import work
from convnotes.exercises.answers import written
from convnotes.exercises.catalogue import CHAPTERS, Sheet
from convnotes.exercises.exercise import Exercise
from convnotes.exercises.moodle import moodle
from convnotes.words import markup
from convnotes.words.forms import check_form
from convnotes.words.markup import Way

STYLE = (
    "body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:1rem/1.55 system-ui,sans-serif;color-scheme:light dark}"
    "pre{overflow-x:auto}section{break-inside:avoid}h2{font-size:1.05rem;margin:2rem 0 .4rem}.told{font-size:.9rem}"
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


def told(sheet: Sheet, solutions: bool) -> tuple[str, str]:
    """The title of a sheet, and the command that makes it again."""
    return (
        f"{'Solutions' if solutions else 'Exercises'}, seed {sheet.seed}",
        sheet.command + " --solutions" * solutions,
    )


def made_with() -> str:
    """The package and its version: another version may have other kinds, and draw other sheets."""
    return f"convnotes {work().version}"


def heading(number: int, exercise: Exercise) -> str:
    """What stands above an exercise."""
    return f"{number}. {exercise.kind.title} ({CHAPTERS[exercise.kind.chapter]}, {exercise.kind.level})"


def body(exercise: Exercise, solutions: bool) -> str:
    """The question, its options and, if asked for, its solution, in the markup."""
    parts = [exercise.problem.prompt]
    if exercise.options:
        parts.append("\n".join(f"- {option}" for option in exercise.options))
    if solutions:
        parts += ["**Solution**", "\n".join(f"- {step}" for step in exercise.problem.steps)]
        parts += [f"**Answer: {answer(exercise)}**"]
        wrong = (f"- {written(m.answer)}: {m.feedback}" for m in exercise.problem.mistakes)
        parts += ["Usual mistakes:", "\n".join(wrong)]
    return "\n\n".join(parts)


def answer(exercise: Exercise) -> str:
    """The right answer with its unit."""
    unit = "" if exercise.options else exercise.problem.unit
    return f"{written(exercise.problem.answer)} {unit[:-1] if exercise.problem.answer == 1 else unit}".strip()


def _lines(sheet: Sheet, solutions: bool, way: Way, top: str, head: str) -> str:
    """A format made of lines: the title, then every exercise under its heading."""
    title, command = told(sheet, solutions)
    parts = [top.format(title=way.text(title), work=way.text(made_with()), command=way.code(command))]
    for number, exercise in enumerate(sheet.exercises, 1):
        parts += [head.format(way.text(heading(number, exercise))), markup.write(body(exercise, solutions), way)]
    return "\n\n".join(parts) + "\n"


def _text(sheet: Sheet, solutions: bool) -> str:
    return _lines(sheet, solutions, markup.TEXT, "{title}\nAgain, with {work}: {command}", "{}")


def _md(sheet: Sheet, solutions: bool) -> str:
    return _lines(sheet, solutions, markup.MD, "# {title}\n\nAgain, with {work}: {command}", "## {}")


TOP = r"""\documentclass[a4paper]{{article}}
\usepackage[T1]{{fontenc}}
\usepackage{{lmodern,amsmath,textcomp}}
\usepackage[margin=25mm]{{geometry}}
\setlength{{\parindent}}{{0pt}}
\setlength{{\parskip}}{{0.6em}}
\begin{{document}}
\section*{{{title}}}

Again, with {work}: {command}"""


def _latex(sheet: Sheet, solutions: bool) -> str:
    lines = _lines(sheet, solutions, markup.LATEX, TOP, r"\subsection*{{{}}}")
    return lines + "\n\\end{document}\n"


def _html(sheet: Sheet, solutions: bool) -> str:
    title, command = told(sheet, solutions)
    parts = []
    for number, exercise in enumerate(sheet.exercises, 1):
        name = f'<h2 id="e{number}">{escape(heading(number, exercise), quote=False)}</h2>'
        shown = markup.write(body(exercise, solutions), markup.HTML)
        parts.append(f'<section aria-labelledby="e{number}">\n{name}\n{shown}\n</section>')
    head = (
        f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>"
    )
    top = f'<h1>{title}</h1>\n<p class="told">Again, with {made_with()}: <code>{command}</code></p>'
    main = "\n".join([top, *parts])
    page = f'<html lang="en">\n<head>\n{head}\n</head>\n<body>\n<main>\n{main}\n</main>\n</body>\n</html>'
    return f"<!DOCTYPE html>\n{page}\n"


def record(exercise: Exercise, solutions: bool) -> dict[str, object]:
    """An exercise as data, its words in Markdown."""

    def md(source: str) -> str:
        return markup.write(source, markup.MD)

    kind, problem = exercise.kind, exercise.problem
    found: dict[str, object] = {"kind": kind.name, "index": exercise.index, "title": kind.title}
    found |= {"chapter": kind.chapter, "level": kind.level, "given": dict(problem.given)}
    found |= {"question": md(problem.prompt), "form": exercise.form, "unit": problem.unit}
    found |= {"options": [md(option) for option in exercise.options]}
    if solutions:
        found |= {"answer": md(written(problem.answer)), "solution": [md(step) for step in problem.steps]}
        wrong = [{"answer": md(written(m.answer)), "reason": md(m.feedback)} for m in problem.mistakes]
        found |= {"mistakes": wrong}
    return found


def _json(sheet: Sheet, solutions: bool) -> str:
    exercises = [record(exercise, solutions) for exercise in sheet.exercises]
    data = {"seed": sheet.seed, "version": work().version, "command": told(sheet, solutions)[1], "exercises": exercises}
    return json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n"


FORMS: dict[str, Callable[[Sheet, bool], str]] = {
    "text": _text,
    "md": _md,
    "latex": _latex,
    "html": _html,
    "json": _json,
    "moodle": lambda sheet, _: moodle(sheet),
}
