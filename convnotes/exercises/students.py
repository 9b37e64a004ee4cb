"""A sheet for each student of a list, and the answers apart."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

from convnotes.exercises.catalogue import Sheet
from convnotes.exercises.formats import answer, write
from convnotes.words import markup

ENDINGS = {"text": "txt", "md": "md", "latex": "tex", "html": "html", "json": "json"}


def read_students(path: str) -> list[str]:
    """The names in a file, one a line; ValueError if there are none, or if two would get files of one name."""
    if Path(path).is_dir():
        raise ValueError(f"the list {path} is a folder: give a file with one name a line")
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"the list {path} is not in UTF-8: save it as such") from None
    except OSError as error:
        raise ValueError(f"the list {path} cannot be read: {error.strerror}") from None
    names = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if not names:
        raise ValueError(f"the list {path} holds no names: give one a line")
    seen: dict[str, str] = {}
    for name in names:
        if before := seen.get(file_name(name)):
            twice = f"{name!r} twice" if before == name else f"{before!r} and {name!r}, which would get one file"
            raise ValueError(f"the list {path} holds {twice}: tell them apart, by a number for example")
        seen[file_name(name)] = name
    return names


def file_name(student: str) -> str:
    """A student's name as the name of a file.

    >>> file_name("Zoë O'Brien"), file_name("李")
    ('zoe-obrien', '李')
    """
    bare = "".join(letter for letter in normalize("NFKD", student) if letter.isalnum() or letter in " -")
    return re.sub("[ -]+", "-", bare).strip("-").lower() or "student"


def hand_out(students: list[str], made: Callable[[str], Sheet], folder: str, form: str) -> int:
    """Write `sheets`, `answers` and `answers.csv` into a folder that is empty or not there yet; how many students."""
    if form not in ENDINGS:
        raise ValueError(
            f"sheets for students are made as {', '.join(ENDINGS)}, not as {form}, which holds the answers"
        )
    whole = Path(folder)
    if whole.is_file() or (whole.is_dir() and any(whole.iterdir())):
        raise ValueError(f"{folder} is there already and not empty: give a folder that is not there yet")
    sheets = {student: made(student) for student in students}
    for part, solutions in (("sheets", False), ("answers", True)):
        (whole / part).mkdir(parents=True)
        for student, sheet in sheets.items():
            text = write(sheet, form, solutions=solutions)
            (whole / part / f"{file_name(student)}.{ENDINGS[form]}").write_text(text, encoding="utf-8")
    (whole / "answers.csv").write_text(_table(sheets), encoding="utf-8")
    return len(sheets)


def _table(sheets: dict[str, Sheet]) -> str:
    """All answers, a line for each student."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    count = max(len(sheet.exercises) for sheet in sheets.values())
    writer.writerow(["student", *range(1, count + 1)])
    for student, sheet in sheets.items():
        writer.writerow([student, *(markup.line(answer(found), markup.TEXT) for found in sheet.exercises)])
    return out.getvalue()
