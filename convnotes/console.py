"""A session run as the interactive console runs it: input by input, each result echoed.

It is what the notes run in the reader's browser, and therefore needs the standard library alone.
"""

import ast
import linecache
import traceback
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import TextIOBase

Tell = Callable[[str, str], None]


def run(
    code: str, names: dict[str, object], tell: Tell, expected: tuple[str, ...] = (), title: str = "session"
) -> bool:
    """Whether `code` ran to its end in the namespace `names`, telling `tell(kind, text)` what a console would show.

    The kinds: `input` before each input is run, `output` for what it prints or is worth, `error` for the last line of a
    traceback and `trace` for all of it. An error ends the run, unless its input is one of the texts `expected` to fail.

    >>> names, told = {}, []
    >>> run("x = 6\\nx * 7", names, lambda *said: told.append(said))
    True
    >>> told
    [('input', 'x = 6'), ('input', 'x * 7'), ('output', '42'), ('output', '\\n')]
    >>> told.clear()
    >>> run("x / 0; 1\\nx", names, lambda *said: told.append(said))
    False
    >>> told[:2]
    [('input', 'x / 0; 1'), ('error', 'ZeroDivisionError: division by zero')]
    >>> run("x / 0\\nx", names, lambda *said: None, expected=("x / 0",))
    True
    """
    linecache.cache[f"<{title}>"] = (len(code), None, code.splitlines(keepends=True), f"<{title}>")
    try:
        inputs = list(_inputs(code))
    except SyntaxError as error:
        error.filename = f"<{title}>"
        _explain(error, tell)
        return False
    for text, node in inputs:
        tell("input", text)
        if not _ran(node, names, tell, title) and text not in expected:
            return False
    return True


def _ran(node: ast.Interactive, names: dict[str, object], tell: Tell, title: str) -> bool:
    try:
        with redirect_stdout(_Told(tell)), redirect_stderr(_Told(tell)):
            exec(compile(node, f"<{title}>", "single"), names)
    except BaseException as error:  # SystemExit too: nothing that is typed ends the page's Python
        _explain(error, tell)
        return False
    return True


class _Told(TextIOBase):
    """A text file that tells what is written to it."""

    def __init__(self, tell: Tell) -> None:
        self.told = tell

    def write(self, text: str, /) -> int:
        self.told("output", text)
        return len(text)


def _inputs(code: str) -> Iterator[tuple[str, ast.Interactive]]:
    """What would be typed at one prompt: statements, those that share a line together, with their text."""
    groups: list[list[ast.stmt]] = []
    for node in ast.parse(code).body:
        if groups and _first(node) <= (groups[-1][-1].end_lineno or 0):
            groups[-1].append(node)
        else:
            groups.append([node])
    lines = code.splitlines()
    for group in groups:
        yield "\n".join(lines[_first(group[0]) - 1 : group[-1].end_lineno]), ast.Interactive(group)


def _first(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _explain(error: BaseException, tell: Tell) -> None:
    own = error.__traceback__.tb_next if error.__traceback__ and not isinstance(error, SyntaxError) else None
    tell("error", traceback.format_exception_only(error)[-1].strip())
    tell("trace", "".join(traceback.format_exception(type(error), error, own)))
