"""Which sessions of a page its readers can run there: those that need the standard library alone.

The files that run them lie in the folder that CONVNOTES_LIVE names, called by a digest of what it holds; the site gets
them under `assets/live/<digest>/`. Without that setting no session can be run, and the pages are as they always were.
"""

import ast
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markdown import Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor

from convnotes.notes.page import fences
from convnotes.site.page import Page
from convnotes.store import module_path, parsed

LIVE = "assets/live"
ABSENT = {  # of the standard library, not in the browser's Python
    *("ctypes", "curses", "dbm", "idlelib", "lzma", "multiprocessing", "socket", "sqlite3", "ssl", "subprocess"),
    *("tkinter", "turtle"),
}
SHOWN = '<div class="language-pycon highlight"'


def live_files() -> Path | None:
    """The folder of files that run sessions in the page, if this build is to have them."""
    return Path(folder) if (folder := os.environ.get("CONVNOTES_LIVE")) else None


class Sessions(Preprocessor):
    """Reads which of the page's sessions can be run, where this build is to have the files for it."""

    runnable: list[bool]

    def run(self, lines: list[str]) -> list[str]:
        found = fences("\n".join(lines)) if live_files() else []
        self.runnable = list(runnable(typed(fence.text) for fence in found if fence.kind == "pycon"))
        return lines


class Marks(Postprocessor):
    """Marks those sessions in the page, and tasks in code, with the address of the files that run them."""

    def __init__(self, md: Markdown, sessions: Sessions) -> None:
        super().__init__(md)
        self.sessions = sessions

    def run(self, text: str) -> str:
        files, flags = live_files(), self.sessions.runnable
        if files:
            text = text.replace("<cn-task ", f'<cn-task data-python="{Page(self.md).root}{LIVE}/{files.name}/" ')
        if not files or text.count(SHOWN) != len(flags):  # no session of the page's own, as where docstrings are shown
            return text
        first, *others = text.split(SHOWN)
        mark = f'{SHOWN} data-live="{Page(self.md).root}{LIVE}/{files.name}/"'
        marked = ((mark if flag else SHOWN) + other for flag, other in zip(flags, others, strict=True))
        return first + "".join(marked)


def typed(session: str) -> str:
    """What is typed in a session.

    >>> typed(">>> for i in range(2):\\n...     i\\n0\\n1\\n>>> i\\n1")
    'for i in range(2):\\n    i\\ni'
    """
    return "\n".join(line[4:] for line in session.splitlines() if re.match(r"(>>>|\.\.\.)( |$)", line))


def runnable(sessions: Iterator[str]) -> Iterator[bool]:
    """For each session of a page, whether it and all that it takes from earlier ones need the standard library alone.

    >>> page = ["import math, numpy", "math.pi", "a = numpy.ones(3)", "a = 1", "a"]
    >>> list(runnable(iter(page)))
    [False, False, False, True, True]
    """
    lost: set[str] = set()  # names that only a session that cannot be run gives
    for code in sessions:
        tree = ast.parse(code)
        read, bound = _names(tree, ast.Load), _names(tree, ast.Store) | _defined(tree)
        runs = all(map(_light, _imported(tree))) and not read & lost
        lost = lost - bound if runs else lost | bound
        yield runs


def _names(tree: ast.Module, context: type[ast.expr_context]) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def _defined(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
    return found


def _imported(tree: ast.Module) -> set[str]:
    """The modules that code imports; of `from a import b`, `a.b` where that is one."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {name for alias in node.names if module_path(name := f"{node.module}.{alias.name}")} or {
                str(node.module)
            }
    return found


@cache
def _light(name: str) -> bool:
    """Whether importing `name`, with all that it imports in its turn, needs the standard library alone."""
    waiting, seen = [name], set[str]()
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        path = module_path(module)
        if path:
            waiting += sorted(_imported(parsed(path)[1]))
        elif module.split(".")[0] not in sys.stdlib_module_names - ABSENT:
            return False
    return True
