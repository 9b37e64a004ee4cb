"""The one error that tracing raises about a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convnotes.tracing.report import Report


class TraceError(RuntimeError):
    """A model that cannot be traced. `report`: what was traced up to there, where anything was."""

    def __init__(self, message: str, report: Report | None = None) -> None:
        super().__init__(message)
        self.report = report


TraceError.__module__ = "convnotes.tracing"


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
