"""Where in the user's code something happens: a file and a line."""

from __future__ import annotations

import linecache
import sys
import traceback
from pathlib import Path
from types import FrameType

import torch

_OURS = str(Path(__file__).resolve().parents[1])
_TORCH = str(Path(torch.__file__).parent)
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


def reader() -> tuple[str, str]:
    """Where in the user's code, or in a library that it uses, Python is now: file and line, and the line's text.

    The text of a condition that only raises holds what it raises.
    """
    frame: FrameType | None = sys._getframe(1)
    outside = None
    while frame is not None and not _is_users(frame.f_code.co_filename):
        if outside is None and not frame.f_code.co_filename.startswith((_OURS, _TORCH, "<")):
            outside = frame
        frame = frame.f_back
    found = frame or outside
    if found is None:
        return "its forward", ""
    file, number = found.f_code.co_filename, found.f_lineno
    line, after = (linecache.getline(file, n).strip() for n in (number, number + 1))
    if line.startswith("if ") and line.endswith(":") and after.startswith("raise"):
        line = f"{line} {after}"
    return f"{Path(file).name}, line {number}", line


def without(line: str) -> str:
    """How to trace without a line that reads numbers for a check alone; nothing for any other line.

    >>> without("assert torch.isfinite(x).all()")
    'If that assert is all that uses them, trace without it (python -O -m convnotes trace …): then it makes no bound.'
    >>> without("if x.isnan().any(): raise ValueError")
    'If that check is all that uses them, take it out for a trace: then it makes no bound.'
    >>> without("scale = x.max().item()")
    ''
    """
    if line.startswith("assert"):
        how = "assert is all that uses them, trace without it (python -O -m convnotes trace …)"
    elif line.startswith("if ") and ": raise" in line:
        how = "check is all that uses them, take it out for a trace"
    else:
        return ""
    return f"If that {how}: then it makes no bound."
