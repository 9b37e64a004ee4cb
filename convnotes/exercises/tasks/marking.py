"""Marks code that somebody wrote for a task: runs it on every case, and names the mistake that its answers fit.

It needs the standard library alone and is one file: the page runs it in the reader's browser, and a file of tests for a
class carries its text. A task is data: `function`, its name; `cases`, each with the arguments, the answer, and what
each usual mistake answers; `slips`, what to say to each of these.
"""

import json
import math
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from copy import deepcopy
from io import TextIOBase
from numbers import Real
from typing import Any

Data = dict[str, Any]
Tell = Callable[[str, str], None]
WHERE = "<your code>"
SECONDS = 10  # for all calls of a task
LONG = 160  # letters of an answer that are shown
RAISED = object()  # in place of an answer


def mark(code: str, task: Data, tell: Tell) -> None:
    """Run the code on every case, telling `tell(kind, text)` how it goes.

    The kinds: `call` before each call, `case` after it, in JSON: `call`, `right` and, if it is wrong, `said`; `output`
    for what the code prints; at the end `why`, what to say to its mistake, if that is known. Code that cannot be run at
    all tells `failed`, and no more.

    >>> task = {"function": "double", "cases": [[[3], 6, [9]], [[5], 10, [25]]], "slips": ["It is not the square."]}
    >>> mark("def double(n):\\n    return n * n", task, lambda *told: print(*told))
    call double(3)
    case {"call": "double(3)", "right": false, "said": "gives 9, not 6"}
    call double(5)
    case {"call": "double(5)", "right": false, "said": "gives 25, not 10"}
    why It is not the square.
    >>> mark("def double(n):\\n    return m", task, lambda *told: "case" in told and print(told[1]))
    {"call": "double(3)", "right": false, "said": "fails in line 2, `return m`: NameError: name 'm' is not defined"}
    {"call": "double(5)", "right": false, "said": "fails in line 2, `return m`: NameError: name 'm' is not defined"}
    >>> mark("def treble(n): ...", task, lambda *told: print(*told))
    failed There is no function `double` in your code: keep its name.
    """
    results: list[tuple[Any, bool]] = []
    try:
        function = _loaded(code, task["function"], tell)
    except _Unusable as error:
        return tell("failed", str(error))
    for given, answer, _ in task["cases"]:
        call = called(task["function"], given)
        tell("call", call)
        try:
            with _heard(tell):
                got = plain(function(*deepcopy(given)))
            said = "" if same(got, answer) else _otherwise(got, answer)
        except BaseException as error:  # SystemExit too: nothing that is handed in ends the marking
            got, said = RAISED, f"fails in {_raised(error, code)}"
        results.append((got, not said))
        tell("case", json.dumps({"call": call, "right": not said, **({"said": said} if said else {})}))
    if why := _why(results, task):
        tell("why", why)


def called(function: str, given: list[Any]) -> str:
    """A call as it is written.

    >>> called("output_size", [10, 3])
    'output_size(10, 3)'
    """
    return f"{function}({', '.join(map(shown, given))})"


def _why(results: list[tuple[Any, bool]], task: Data) -> str:
    """What to say to the mistake that answers as the code did: to all wrong calls, and to most others."""
    best, why = 0, ""
    for number, sentence in enumerate(task["slips"]):
        answers = [case[2][number] for case in task["cases"]]
        agreed = [
            answer is None if got is RAISED else answer is not None and same(got, answer)
            for (got, _), answer in zip(results, answers, strict=True)
        ]
        told = [agrees and got is not RAISED for agrees, (got, right) in zip(agreed, results, strict=True) if not right]
        fits = all(agrees or right for agrees, (_, right) in zip(agreed, results, strict=True)) and any(told)
        if fits and sum(agreed) > best:
            best, why = sum(agreed), sentence
    return why


class _Unusable(Exception):
    """Code that has no function to call."""


def _loaded(code: str, name: str, tell: Tell) -> Callable[..., object]:
    names: dict[str, Any] = {"__name__": "task"}
    try:
        with _heard(tell):
            exec(compile(code, WHERE, "exec"), names)
    except BaseException as error:
        raise _Unusable(_raised(error, code)) from None
    if not callable(names.get(name)):
        raise _Unusable(f"There is no function `{name}` in your code: keep its name.")
    function: Callable[..., object] = names[name]
    return function


@contextmanager
def _heard(tell: Tell) -> Iterator[None]:
    """What is printed meanwhile is told."""
    with redirect_stdout(_Told(tell)), redirect_stderr(_Told(tell)):
        yield


class _Told(TextIOBase):
    """A text file that tells what is written to it."""

    def __init__(self, tell: Tell) -> None:
        self.told = tell

    def write(self, text: str, /) -> int:
        self.told("output", text)
        return len(text)


def plain(value: Any) -> Any:
    """Tuples and arrays as lists.

    >>> plain((1, [(2, 3)]))
    [1, [[2, 3]]]
    """
    if hasattr(value, "tolist"):
        return value.tolist()
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def same(got: Any, answer: Any) -> bool:
    """Whether two answers are the same, up to rounding.

    >>> same([1.0, [2]], [1, [2]]), same(0.1 + 0.2, 0.3), same(True, 1), same([1], [1, 2])
    (True, True, False, False)
    """
    if isinstance(answer, list):
        return isinstance(got, list) and len(got) == len(answer) and all(map(same, got, answer))
    if isinstance(got, bool) or not isinstance(got, Real):
        return False
    return math.isclose(got, answer, rel_tol=1e-6, abs_tol=1e-9)


def shown(value: Any) -> str:
    """A value as it is shown, cut where it is long.

    >>> shown([[1, 2], [3, 4]]), shown(0.1 + 0.2), len(shown([0] * 1000))
    ('[[1, 2], [3, 4]]', '0.3', 162)
    """
    text = f"{value:.6g}" if isinstance(value, float) else repr(value)
    if isinstance(value, list):
        text = f"[{', '.join(map(shown, value))}]"
    return text if len(text) <= LONG else f"{text[:LONG]} …"


def _otherwise(got: Any, answer: Any) -> str:
    """What is said of a wrong answer."""
    if got is None:
        return "gives back nothing: is there a `return`?"
    sizes = [_sizes(value) for value in (got, answer)]
    if sizes[0] != sizes[1] and all(sizes):
        return f"gives {shown(got)}, of size {sizes[0]}; the answer has the size {sizes[1]}"
    return f"gives {shown(got)}, not {shown(answer)}"


def _sizes(value: Any) -> str:
    """How many entries lists have, from the outside in."""
    found = []
    while isinstance(value, list) and value:
        found.append(str(len(value)))
        value = value[0]
    return "×".join(found)


def _raised(error: BaseException, code: str) -> str:
    """An error, with the last line of the code that was at it."""
    if isinstance(error, SyntaxError) and error.filename == WHERE:
        number = error.lineno
    else:
        places = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == WHERE]
        number = places[-1] if places else None
    told = traceback.format_exception_only(error)[-1].strip()
    told = told if len(told) <= LONG else f"{told[:LONG]} …"
    lines = code.splitlines()
    if number is None or not 1 <= number <= len(lines):
        return told
    return f"line {number}, `{lines[number - 1].strip()}`: {told}"


def apart(path: str, task: Data, seconds: float = SECONDS) -> Data:
    """The marks of a file, run by a Python of its own that is stopped when the time is over.

    `right` of `of` calls are right; `cases` has for each what is wrong with it, empty if nothing; `why` the mistake.
    """
    import subprocess  # not in the browser

    command = [sys.executable, "-X", "utf8", __file__, path]
    late = False
    try:
        told = subprocess.run(command, input=json.dumps(task).encode(), capture_output=True, timeout=seconds).stdout
    except subprocess.TimeoutExpired as error:
        told, late = error.stdout or b"", True
    found = _read(told)
    said = found["case"][: len(task["cases"])]
    ended = (
        f"{found['call'][-1]} did not end: all was stopped after {seconds:g} seconds" if late and found["call"] else ""
    )
    rest = (found["failed"] or [ended or ("It did not end" if late else "It ended before its answers were there")])[0]
    said += [rest] * (len(task["cases"]) - len(said))
    return {"right": said.count(""), "of": len(said), "cases": said, "why": "".join(found["why"])}


def _read(told: bytes) -> dict[str, list[str]]:
    """What was told of each kind; of a case what is wrong with it, empty if nothing.

    A line that is none of ours is left out: code that writes where the results go must not end the marking.

    >>> _read(b'call "f(1)"\\ncase 3\\nhello\\nfailed "It has no end"\\nwhy "cut o')
    {'call': ['f(1)'], 'case': [], 'why': [], 'failed': ['It has no end']}
    """
    found: dict[str, list[str]] = {"call": [], "case": [], "why": [], "failed": []}
    for line in told.decode(errors="replace").splitlines():
        kind, _, text = line.partition(" ")
        with suppress(KeyError, TypeError, ValueError, RecursionError):
            said = json.loads(text)
            if kind == "case":
                case = json.loads(said)
                said = "" if case["right"] else f"{case['call']} {case['said']}"
            found[kind].append(str(said))
    return found


def main() -> None:
    """Mark the file that is named, by the task on standard input; what is told is written in lines.

    They go to a copy of standard output that no other program inherits. What the code itself writes to standard output
    goes nowhere, since it could be mistaken for its marks. That keeps accidents out; a forger can still find the copy.
    """
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for standard in (1, 2):
        os.dup2(nowhere, standard)
    with open(sys.argv[1], encoding="utf-8") as file:
        code = file.read()

    def tell(kind: str, text: str) -> None:
        if kind != "output":
            print(f"\n{kind}", json.dumps(text), file=out, flush=True)  # on a line of its own, whatever was written

    mark(code, json.load(sys.stdin), tell)


if __name__ == "__main__":
    main()
    sys.exit()
