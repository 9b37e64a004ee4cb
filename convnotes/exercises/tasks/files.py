"""Tasks for a class: a file to start from, a file of tests for pytest, and one of solutions."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

from convnotes.citing.record import work
from convnotes.exercises.tasks import marking
from convnotes.exercises.tasks.task import Task
from convnotes.words import markup

STARTER, TESTS, SOLUTIONS = "tasks.py", "test_tasks.py", "solutions.py"
TAIL = """

# The tests. Each call of each task is one; the file that they mark is tasks.py beside this, or the one named in $TASKS.
import os  # noqa: E402
from functools import cache  # noqa: E402
from pathlib import Path  # noqa: E402

import pytest  # noqa: E402

FILE = os.environ.get("TASKS") or str(Path(__file__).with_name("tasks.py"))
TASKS = json.loads({data})
CALLS = [(name, call) for name, task in TASKS.items() for call in range(len(task["cases"]))]
IDS = [f"{{name}}-{{call + 1}}" for name, call in CALLS]


@cache
def marked(name):
    return apart(FILE, TASKS[name])


@pytest.mark.parametrize(("name", "call"), CALLS, ids=IDS)
def test_task(name, call):
    found = marked(name)
    if found["cases"][call]:
        pytest.fail(" ".join([found["cases"][call] + ".", found["why"]]).strip(), pytrace=False)
"""


def starter(tasks: Sequence[Task]) -> str:
    """The file to start from, each task under its text.

    >>> from convnotes.exercises.tasks.catalogue import find
    >>> print(starter([find("output-size")])[:117])
    # Tasks, made by convnotes 0.1.0. Fill in each function; `pytest test_tasks.py` marks them.
    <BLANKLINE>
    <BLANKLINE>
    # The size of an output
    """
    head = f"# Tasks, made by convnotes {work().version}. Fill in each function; `pytest {TESTS}` marks them.\n"
    return _file(head, tasks, lambda task: task.starter)


def solutions(tasks: Sequence[Task]) -> str:
    """The same with the solutions in it."""
    return _file(f"# Solutions of the tasks, made by convnotes {work().version}.\n", tasks, lambda task: task.solution)


def _file(head: str, tasks: Sequence[Task], code: Callable[[Task], str]) -> str:
    parts = [head]
    for task in tasks:
        text = textwrap.wrap(markup.write(task.text, markup.TEXT), 96)
        parts.append("".join(f"# {line}\n" for line in [task.title, *text]) + code(task))
    return "\n\n".join(parts)


def tests(tasks: Sequence[Task]) -> str:
    """The file of tests: how code is marked, the data of the tasks, and a test for each call."""
    data = json.dumps({task.name: task.data(markup.TEXT) for task in tasks}, ensure_ascii=False)
    how = Path(marking.__file__).read_text(encoding="utf-8")
    return how + TAIL.format(data=_quoted(data))


def _quoted(text: str) -> str:
    """A text as Python, in pieces that fit on a line."""
    pieces = [text[at : at + 90] for at in range(0, len(text), 90)]
    return "(\n" + "".join(f"    {piece!r}\n" for piece in pieces) + ")"


def write_files(tasks: Sequence[Task], folder: str, with_solutions: bool = False) -> list[str]:
    """Write the files into a folder, and give back their paths; ValueError if one is there already."""
    made = {STARTER: starter(tasks), TESTS: tests(tasks)} | ({SOLUTIONS: solutions(tasks)} if with_solutions else {})
    paths = {Path(folder) / name: text for name, text in made.items()}
    for path in paths:
        if path.exists():
            raise ValueError(f"{path} is there already: move it away, or give another folder")
    Path(folder).mkdir(parents=True, exist_ok=True)
    for path, text in paths.items():
        path.write_text(text, encoding="utf-8")
    return [str(path) for path in paths]
