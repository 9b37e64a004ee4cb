"""The one error that tracing raises about a model, with where it happened."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convnotes.tracing.report import Report


class TraceError(RuntimeError):
    """A model that cannot be traced. `report`: what was traced up to there, where anything was."""

    def __init__(self, message: str, report: Report | None = None) -> None:
        super().__init__(message)
        self.report = report


TraceError.__module__ = "convnotes.tracing"

_OURS = str(Path(__file__).resolve().parents[1])
_LIBRARY = tuple({str(Path(p)) for p in (sys.prefix, sys.base_prefix)})


def place(error: BaseException) -> str:
    """File and line of the user's code where an exception was raised, or an empty string.

    >>> try:
    ...     raise ValueError
    ... except ValueError as error:
    ...     place(error)
    ''
    """
    theirs = [f for f in traceback.extract_tb(error.__traceback__) if _is_users(f.filename)]
    if not theirs:
        return ""
    last = theirs[-1]
    line = f": {last.line}" if last.line else ""
    return f"{Path(last.filename).name}, line {last.lineno}{line}"


def _is_users(filename: str) -> bool:
    if filename.startswith(("<", _OURS)):
        return False
    parts = Path(filename).parts
    return "site-packages" not in parts and "dist-packages" not in parts and not _stdlib(filename)


def _stdlib(filename: str) -> bool:
    return any(filename.startswith(f"{root}/lib/python") for root in _LIBRARY)


def first_sentence(error: BaseException) -> str:
    """The first line of an exception's message, or its type where it has none.

    >>> first_sentence(ValueError("bad size\\nsecond line"))
    'bad size'
    >>> first_sentence(SystemExit(0))
    'it called sys.exit(0)'
    """
    if isinstance(error, SystemExit):
        return f"it called sys.exit({error.code!r})"
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[0].strip() if lines else type(error).__name__
