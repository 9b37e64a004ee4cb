"""Tasks in code: solutions pass, starters fail, mistakes are met with their own sentences, a class can be marked."""

import csv
import io
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from convnotes.cli import main
from convnotes.exercises.tasks import marking
from convnotes.exercises.tasks.catalogue import TASKS, chosen, find
from convnotes.exercises.tasks.files import SOLUTIONS, STARTER, TESTS, write_files
from convnotes.notes.course import chapters
from convnotes.notes.page import DOCS, Page
from convnotes.words import markup

each = pytest.mark.parametrize("name", TASKS)


@cache
def data(name):
    return find(name).data(markup.TEXT)


def marks(name, code):
    """What is told of some code: the calls, and the mistake."""
    told = []
    marking.mark(code, json.loads(json.dumps(data(name))), lambda *one: told.append(one))
    cases = [json.loads(text) for kind, text in told if kind == "case"]
    return cases, "".join(text for kind, text in told if kind in ("why", "failed"))


@each
def test_the_solution_passes(name):
    cases, why = marks(name, find(name).solution)
    assert [case for case in cases if not case["right"]] == [] and why == "" and len(cases) >= 4


@each
def test_the_starter_fails_on_every_call(name):
    cases, why = marks(name, find(name).starter)
    wrong = [case for case in cases if not case["right"]]
    assert wrong == cases and why == ""


@each
def test_each_mistake_is_met_with_its_own_sentence(name):
    task = find(name)
    assert len(task.slips) >= 3 and 1 <= len(task.hints) <= 3
    for slip, said in zip(task.slips, data(name)["slips"], strict=True):
        cases, why = marks(name, task.slipped(slip))
        assert not all(case["right"] for case in cases), slip
        assert why == said, slip
    assert len(set(data(name)["slips"])) == len(task.slips)


@each
def test_mistakes_can_be_told_apart(name):
    """No two mistakes answer alike everywhere: nobody could say which it was."""
    answers = [
        json.dumps([case[2][number] for case in data(name)["cases"]]) for number in range(len(data(name)["slips"]))
    ]
    assert len(set(answers)) == len(answers)


def test_there_are_a_dozen_and_the_page_has_them_all():
    assert len(TASKS) >= 12
    page = Page("code-tasks.md", (DOCS / "code-tasks.md").read_text(encoding="utf-8"))
    assert [fence.text.strip() for fence in page.fences if fence.kind == "exhibit"] == [
        f"code_tasks.task {n}" for n in TASKS
    ]
    found = chapters()
    for task in TASKS.values():
        page_of = task.taught.partition("#")[0]
        section = f"## {task.title} {{ #{task.name} }}\n\nTaught in [{found[page_of].title}]({task.taught})."
        assert section in page.text, task.name
        assert task.taught.partition("#")[2] in found[page_of].page.anchors


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def output_size(", "line 1, `def output_size(`: SyntaxError: '(' was never closed"),
        ("import numpi", "line 1, `import numpi`: ModuleNotFoundError: No module named 'numpi'"),
        ("x = 3", "There is no function `output_size` in your code: keep its name."),
        ("output_size = 3", "There is no function `output_size` in your code: keep its name."),
        ("raise SystemExit(3)", "line 1, `raise SystemExit(3)`: SystemExit: 3"),
    ],
)
def test_code_that_cannot_be_run(code, said):
    assert marks("output-size", code) == ([], said)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("    n = 3\n    return n / 0", "fails in line 3, `return n / 0`: ZeroDivisionError: division by zero"),
        ("    return output_size(*given)", "fails in line 2, `return output_size(*given)`: RecursionError: "),
        ("    raise KeyboardInterrupt", "fails in line 2, `raise KeyboardInterrupt`: KeyboardInterrupt"),
        ("    return int('x')", "fails in line 2, `return int('x')`: ValueError: invalid literal for int"),
        ("    return True", "gives True, not 8"),
        ("    return float('nan')", "gives nan, not 8"),
        ("    return 'x' * 10**6", f"gives '{'x' * 159} …, not 8"),
        ("    pass", "gives back nothing: is there a `return`?"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_call(body, said):
    cases, _ = marks("output-size", f"def output_size(*given):\n{body}")
    assert cases[0]["said"].startswith(said)


def test_arrays_are_welcome_and_arguments_may_be_changed():
    code = """
import numpy as np
def matrix(kernel, size):
    kernel.append(0)
    kernel.pop()
    room = size - len(kernel)
    return np.array([[0] * i + kernel + [0] * (room - i) for i in range(room + 1)])
"""
    assert all(case["right"] for case in marks("banded-matrix", code)[0])


def test_sizes_are_told():
    cases, _ = marks("banded-matrix", "def matrix(kernel, size):\n    return [[0] * size] * size")
    assert cases[0]["said"].endswith("of size 5×5; the answer has the size 3×5")


def test_marking_needs_nothing_but_python():
    code = f"import sys; sys.path.insert(0, {str(DOCS.parent)!r}); import convnotes.exercises.tasks.marking"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


# For a class

LATE = "output_size(10, 3) did not end: all was stopped after 1 seconds"


def handed_in(folder: Path, code: str, name: str = STARTER) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(code, encoding="utf-8")
    return str(folder / name)


def run_tests(folder: Path, **environment: str) -> str:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rN", TESTS]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ | environment)
    return done.stdout + done.stderr


def test_the_files_of_a_class_mark_solutions_starters_and_mistakes(tmp_path):
    tasks = chosen(["output-size", "convolve", "fold"])
    write_files(tasks, str(tmp_path / "week"), with_solutions=True)
    calls = sum(len(task.cases) for task in tasks)
    assert f"{calls} passed" in run_tests(tmp_path / "week", TASKS=SOLUTIONS)
    told = run_tests(tmp_path / "week")
    assert f"{calls} failed" in told and "is there a `return`?" in told
    task = find("convolve")
    (tmp_path / "week" / STARTER).write_text(task.slipped(task.slips[0]), encoding="utf-8")
    told = run_tests(tmp_path / "week")
    assert "gives [[-8]], not [[8]]. It looks as if the kernel was flipped." in told
    assert "There is no function `fold` in your code: keep its name." in told


def test_files_say_what_to_do_and_keep_inside_the_page(tmp_path):
    write_files(chosen(["output-size", "fold"]), str(tmp_path), with_solutions=True)
    text = (tmp_path / STARTER).read_text(encoding="utf-8")
    assert "# How many places does a window find along one axis?" in text and "def fold(" in text
    assert all(len(line) <= 120 for line in text.splitlines())
    assert find("fold").solution in (tmp_path / SOLUTIONS).read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="is there already: move it away, or give another folder"):
        write_files(chosen(["fold"]), str(tmp_path))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def output_size(*given):\n    while True: pass", LATE),
        ("def output_size(*given):\n    while True: print('x' * 1000)", LATE),
        ("while True: pass", "It did not end"),
        ("import os\ndef output_size(*given): os._exit(0)", "It ended before its answers were there"),
    ],
)  # fmt: skip
def test_what_does_not_end_is_stopped(tmp_path, code, said):
    found = marking.apart(handed_in(tmp_path, code), data("output-size"), seconds=1)
    assert found["right"] == 0 and found["of"] == len(data("output-size")["cases"]) and set(found["cases"]) == {said}


NOISE = {  # what the code writes past Python's own printing, before it answers
    "a file of its own": "print('hello there', file=sys.__stdout__, flush=True)",
    "the descriptor": r"os.write(1, b'\xff call {\n' * 9000)",
    "another program": "subprocess.run([sys.executable, '-c', 'print(1)'])",
    "marks": """print('case "{\\"call\\": \\"\\", \\"right\\": true}"', file=sys.__stdout__, flush=True)""",
    "where the results go": r"""os.write(OUT, b'hello\ncall\ncase 3\ncase "3"\ncase "{}"\nwhy [\n\n\xff 1\n')""",
}
# Of the results: a copy of a descriptor, so after the three that every program has. No accident writes there.
OUT = "OUT = next((n for n in range(3, 9) if os.path.exists(f'/proc/self/fd/{n}')), 1)"


def noisy(code: str, noise: str) -> str:
    return f"{code}\nright = output_size\ndef output_size(*given):\n    {noise}\n    return right(*given)\n"


@pytest.mark.parametrize("noise", NOISE.values(), ids=list(NOISE))
def test_what_a_file_writes_is_not_taken_for_marks(tmp_path, noise):
    """Good code keeps its marks whatever it writes, and code that answers nothing gets none for it."""
    head = f"import os, subprocess, sys\n{OUT}\n"
    loud = noisy(head + find("output-size").solution, noise)
    found = marking.apart(handed_in(tmp_path, loud), data("output-size"))
    assert (found["right"], found["of"]) == (7, 7), found["cases"]
    forged = f"{head}for _ in range(7):\n    {noise}\nos._exit(0)"
    found = marking.apart(handed_in(tmp_path, forged), data("output-size"))
    assert (found["right"], found["of"]) == (0, 7)


def test_a_file_that_writes_does_not_stop_the_marking_of_a_class(tmp_path, capsys):
    task = find("output-size")
    loud = handed_in(tmp_path, noisy(f"import sys\n{task.solution}", NOISE["a file of its own"]), "loud.py")
    good = handed_in(tmp_path, task.solution, "good.py")
    assert main(["tasks", "--task", "output-size", "--mark", loud, good]) == 0
    assert capsys.readouterr().out == "".join(f"{name}: 7 of 7\n  output-size: 7 of 7\n" for name in (loud, good))
    write_files([task], str(tmp_path / "class"))
    assert "7 passed" in run_tests(tmp_path / "class", TASKS=loud)


def test_marks_at_a_terminal(tmp_path, capsys):
    task = find("output-size")
    good = handed_in(tmp_path, task.solution, "good.py")
    bad = handed_in(tmp_path, task.slipped(task.slips[0]), "bad.py")
    assert main(["tasks", "--task", "output-size", "--mark", good, bad]) == 0
    told = capsys.readouterr().out
    assert f"{good}: 7 of 7\n  output-size: 7 of 7\n{bad}: " in told
    assert "output_size(10, 3, 1, 1) gives 9, not 10 It looks as if the padding was counted once." in told
    assert main(["tasks", "--task", "output-size", "--mark", good, bad, "--format", "csv"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows[:2] == [["file", "output-size", "right", "of"], [good, "7", "7", "7"]] and int(rows[2][1]) < 7


def test_the_list_and_what_is_not_there(tmp_path, capsys):
    assert main(["tasks"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(TASKS)
    assert main(["tasks", "--chapter", "backward", "--into", str(tmp_path / "a")]) == 0
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / "a" / name) for name in (STARTER, TESTS)]
    for arguments, said in (
        (["--task", "convolv"], "no task 'convolv'; near: convolve"),
        (["--chapter", "feature-visualization"], "there is no task on feature-visualization"),
        (["--mark", str(tmp_path / "none.py")], f"there is no file {tmp_path / 'none.py'} to mark"),
    ):
        assert main(["tasks", *arguments]) == 2
        assert said in capsys.readouterr().err
