"""A kind of exhibit: exercises to draw and to check in the page, and one variant of each that is there without scripts.

Python writes all of the sheet, controls included; the script only fills it. So nothing moves when the script comes.
"""

import json
from dataclasses import dataclass
from html import escape

from convnotes.drawing.kinds import NOTES, Rows, Table
from convnotes.exercises.exercise import Exercise, Kind
from convnotes.exercises.formats import answer
from convnotes.exercises.tasks.task import Task
from convnotes.exhibits.interactive.practice import VARIANTS, asked, variant, variants
from convnotes.words import markup

LEVELS = {
    "recall": "Recall",
    "compute": "Compute",
    "explain": "Explain the mistake",
    "design": "Design",
    "why": "Say why",
}

OTHERS = "One exercise of each other kind, with solutions"


@dataclass(frozen=True)
class Practice:
    """Some kinds of exercise; at the end of a chapter briefly, with nothing that is fetched before one comes near."""

    name: str
    title: str
    kinds: tuple[Kind, ...]
    brief: bool = False
    tasks: tuple[Task, ...] = ()

    def downloads(self) -> dict[str, str]:
        """The variants as a table and as what the script reads, and the script that the page needs."""
        drawn = [variant(kind.name, number + 1) for kind in self.kinds for number in range(VARIANTS)]
        rows: Rows = [[e.kind.name, e.index + 1, markup.write(e.problem.prompt, markup.TEXT), answer(e)] for e in drawn]
        table = Table(["kind", "variant", "question", "answer"], rows)
        made = json.dumps(variants([kind.name for kind in self.kinds]), ensure_ascii=False, separators=(",", ":"))
        return {"csv": table.csv(), "json": made, **({} if self.brief else {"script": "practice"})}

    def folded(self) -> str:
        """What is folded below the caption: nothing."""
        return ""

    def html(self, alternative: str) -> str:
        """The element, with the first variant of the first kind in it, and one of every other kind folded below."""
        name = f"{'practise' if self.brief else 'practice'}-{self.name}"  # one PDF holds both
        label = f"Practise: {self.title}"
        first, *others = sorted((variant(kind.name, 1) for kind in self.kinds), key=lambda e: bool(e.options))
        live = f"{self._choice(name, first.kind)}{_question(first, name)}{_solution(first, 'cn-told')}"
        still = "".join(f"<p><strong>{_title(e.kind)}</strong></p>{_shown(e)}{_solution(e)}" for e in others)
        folded = f'<details class="cn-data cn-others"><summary>{OTHERS}</summary>{still}</details>'
        code = ", ".join(f'<a href="{NOTES}code-tasks.md#{task.name}">{task.title}</a>' for task in self.tasks)
        after = f'<p class="cn-note">In code: {code}.</p>' if code else ""
        return (
            f'<cn-practice id="{name}" data-widget="practice"{" data-lazy" * self.brief} variants="{VARIANTS}">'
            f'<div class="cn-live" role="group" aria-label="{label}. {escape(alternative)}">{live}</div>'
            f"{'' if self.brief else folded}</cn-practice>{after}"
        )

    def _choice(self, name: str, first: Kind) -> str:
        options = "".join(
            f'<option value="{kind.name}"{" selected" * (kind is first)}>{_title(kind)}</option>' for kind in self.kinds
        )
        return (
            f'<div class="cn-row cn-needs"><span class="cn-choice"><label for="{name}-kind">Exercise</label>'
            f'<select id="{name}-kind">{options}</select></span><button type="button" class="cn-another">Another one'
            f'</button><span class="cn-count">1 of {VARIANTS}</span></div>'
        )


def _title(kind: Kind) -> str:
    return f"{LEVELS[kind.level]}: {escape(kind.title, quote=False)}"


def _shown(found: Exercise) -> str:
    return "\n\n".join([asked(found), *(markup.write(part, markup.HTML) for part in _listed(found))])


def _listed(found: Exercise) -> list[str]:
    return ["\n".join(f"- {option}" for option in found.options)] if found.options else []


def _question(found: Exercise, name: str) -> str:
    """The question, and a form for the answer, which is of no use without the script."""
    return (
        f'<div class="cn-prompt" tabindex="-1">{_shown(found)}</div><form class="cn-form cn-needs" novalidate>'
        f'<fieldset class="cn-options" hidden><legend>Your answer</legend></fieldset><span class="cn-typed"><label '
        f'for="{name}-answer">Your answer</label><input id="{name}-answer" type="text" autocomplete="off" '
        f'autocapitalize="off" spellcheck="false" enterkeyhint="done" maxlength="80"><span class="cn-unit">'
        f'{found.problem.unit}</span></span><button type="submit">Check</button></form>'
        '<p class="cn-said cn-needs" role="status"></p>'
    )


def _solution(found: Exercise, kind: str = "") -> str:
    steps = "".join(f"<li>{markup.line(step, markup.HTML)}</li>" for step in found.problem.steps)
    told = markup.line(answer(found), markup.HTML)
    return (
        f'<details class="cn-data {kind}"><summary>Solution</summary><ol>{steps}</ol>'
        f'<p class="cn-answer">Answer: <strong>{told}</strong></p></details>'
    )
