"""A kind of exhibit: a task in code. Without scripts its text, its starter code and its hints; the script checks code.

The script comes to life only in a site that carries Python: where the element is marked with its address.
"""

import json
from dataclasses import dataclass
from html import escape

from convnotes.drawing.kinds import Rows, Table
from convnotes.exercises.tasks.marking import called, shown
from convnotes.exercises.tasks.task import Task
from convnotes.words import markup


@dataclass(frozen=True)
class CodeTask:
    """A task, to be written and checked in the page."""

    task: Task

    def downloads(self) -> dict[str, str]:
        """The calls with their answers; what the script marks by, with the solution; the script that the page needs."""
        data = {**self.task.data(markup.HTML), "solution": self.task.solution}
        rows: Rows = [[called(self.task.function, given), shown(answer)] for given, answer, _ in data["cases"]]
        made = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return {"csv": Table(["call", "answer"], rows).csv(), "tests.json": made, "script": "task"}

    def folded(self) -> str:
        """What is folded below the caption: nothing."""
        return ""

    def html(self, alternative: str) -> str:
        """The text, the code to start from, the hints."""
        task = self.task
        label, code = escape(f"{task.title}. {alternative}"), escape(task.starter, quote=False)
        hints = "".join(
            f'<details class="cn-data"><summary>Hint {number}</summary><p>{markup.line(hint, markup.HTML)}</p>'
            "</details>"
            for number, hint in enumerate(task.hints, 1)
        )
        return (
            f'<cn-task id="task-{task.name}" data-widget="task" data-lazy role="group" aria-label="{label}">'
            f'<div class="cn-prompt">{markup.write(task.text, markup.HTML)}</div>'
            f'<div class="highlight cn-starter"><pre><code>{code}</code></pre></div>{hints}'
            "</cn-task>"
        )
