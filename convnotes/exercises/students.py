"""A sheet for each student of a list, the answers apart; and the marks of what was handed in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from unicodedata import normalize

from convnotes.exercises.catalogue import Sheet
from convnotes.exercises.exercise import Exercise
from convnotes.exercises.formats import answer, write
from convnotes.words import markup

ENDINGS = {"text": "txt", "md": "md", "latex": "tex", "html": "html", "json": "json"}


def _text(what: str, path: str) -> str:
    """What is in a file, with or without the mark that Windows puts before it."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"the {what} {path} is not in UTF-8: save it as such") from None
    except OSError as error:
        raise ValueError(f"the {what} {path} cannot be read: {error.strerror}") from None


def read_students(path: str) -> list[str]:
    """The names in a file, one a line; ValueError if there are none, or if two would get files of one name."""
    if Path(path).is_dir():
        raise ValueError(f"the list {path} is a folder: give a file with one name a line")
    text = _text("list", path)
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
    sheets = {student: made(student) for student in students}
    files = {Path("answers.csv"): _table(sheets)}
    for part, solutions in (("sheets", False), ("answers", True)):
        for student, sheet in sheets.items():
            path = Path(part) / f"{file_name(student)}.{ENDINGS[form]}"
            files[path] = write(sheet, form, solutions=solutions)
    try:
        _write(Path(folder), files)
    except OSError as error:
        raise ValueError(f"{folder} cannot be written: {error.strerror}") from None
    return len(sheets)


def _write(folder: Path, files: dict[Path, str]) -> None:
    """Write the files into a folder that is empty or not there yet."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise ValueError(f"{folder} is there already and not empty: give a folder that is not there yet")
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def _table(sheets: dict[str, Sheet]) -> str:
    """All answers, a line for each student."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    count = max(len(sheet.exercises) for sheet in sheets.values())
    writer.writerow(["student", *range(1, count + 1)])
    for student, sheet in sheets.items():
        writer.writerow([student, *map(_expected, sheet.exercises)])
    return out.getvalue()


def _expected(exercise: Exercise) -> str:
    """What is to be handed in: of options, the letters."""
    if exercise.options:
        return exercise.letters
    return markup.line(answer(exercise), markup.TEXT)


def marked(path: str, made: Callable[[str], Sheet], students: list[str]) -> str:
    """The marks of a table of answers, as a table: points for each exercise, their sum, what to say to wrong answers.

    The table at `path` has a line for each student: the name, then the answers. Its first line is a heading. students:
    the list, empty where all had one sheet; who handed in nothing gets no points.
    """
    given = _handed_in(path, students)
    for name in given:
        if students and name not in students:
            raise ValueError(f"{path} has answers of {name!r}, who is not in the list of students")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    sheets = {name: made(name if students else "") for name in students or given}
    count = max(len(sheet.exercises) for sheet in sheets.values())
    writer.writerow(["student", *range(1, count + 1), "points", "of", "said"])
    for name, sheet in sheets.items():
        answers, worth = given.get(name, [""] * count), sheet.points or 1
        if not any(map(str.strip, answers[count:])):
            answers = answers[:count]
        if len(answers) != count:
            raise ValueError(f"{path} has {len(answers)} answers of {name!r}, but the sheet has {count} exercises")
        pairs = list(zip(sheet.exercises, answers, strict=True))
        said = [exercise.check(typed) if typed.strip() else "no answer" for exercise, typed in pairs]
        points = [worth * exercise.earned(typed) for exercise, typed in pairs]
        told = " ".join(f"{number}: {markup.line(one, markup.TEXT)}" for number, one in enumerate(said, 1) if one)
        writer.writerow([name, *map(_told, [*points, sum(points, Fraction())]), worth * count, told])
    return out.getvalue()


def _told(points: Fraction) -> str:
    """Points to a hundredth.

    >>> _told(Fraction(4)), _told(Fraction(4, 3))
    ('4', '1.33')
    """
    return f"{float(points):.2f}".removesuffix(".00")


def _handed_in(path: str, students: list[str]) -> dict[str, list[str]]:
    """The answers of each student, by name."""
    (_, head), *rows = _rows(path) or [(0, [""])]
    if " ".join(head[0].split()) in students:
        raise ValueError(f"{path} has no heading: its first line has answers of {head[0]!r}; put one above")
    found: dict[str, list[str]] = {}
    for number, (first, *answers) in rows:
        name = " ".join(first.split())
        if not name:
            raise ValueError(f"{path} has answers without a name in line {number}: write it in the first column")
        if name in found:
            raise ValueError(f"{path} has answers of {name!r} twice: keep one line")
        found[name] = answers
    if not found:
        raise ValueError(f"{path} holds no answers: give a heading, then a line for each student, the name first")
    return found


def _rows(path: str) -> list[tuple[int, list[str]]]:
    """The rows of a table that have anything in them, with their lines: columns as its heading separates them."""
    text = _text("file of answers", path)
    head = next((line for line in text.splitlines() if line.strip(' ,;\t"')), "")
    bare = re.sub('"[^"]*"', "", head)
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=bare.count))
    try:
        return [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise ValueError(f"{path} cannot be read as a table: {error}") from None
