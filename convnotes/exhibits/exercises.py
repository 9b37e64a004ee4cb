"""What the page of exercises and the ends of chapters show: exercises to draw and to check."""

from pathlib import PurePosixPath

from convnotes.exercises.catalogue import CHAPTERS, KINDS, known
from convnotes.exercises.exercise import Kind
from convnotes.exercises.tasks.catalogue import TASKS
from convnotes.exercises.tasks.task import Task
from convnotes.exhibits.practice import Practice


def practice(chapter: str) -> Practice:
    """Twelve variants of each kind, which the page checks. For more: convnotes exercises --chapter {chapter}.

    A form: a choice of the kind of exercise, the question, a field for the answer, which is compared exactly, a button
    to check it, and a solution to unfold.
    """
    known("chapter", chapter, list(CHAPTERS))
    return Practice(chapter, CHAPTERS[chapter], tuple(kind for kind in KINDS if kind.chapter == chapter))


def here(page: str) -> Practice:
    """Twelve variants of each kind of exercise that this chapter teaches, which the page checks.

    A form: a choice of the kind of exercise, the question, a field for the answer, which is compared exactly, a button
    to check it, and a solution to unfold.
    """
    pages = {_page(kind) for kind in KINDS}
    kinds = tuple(kind for kind in KINDS if _page(kind) == page)
    tasks = tuple(task for task in TASKS.values() if _page(task) == page)
    return Practice(known("page", page, sorted(pages)), "this chapter", kinds, True, tasks)


def _page(of: Kind | Task) -> str:
    """The name of the page that teaches a kind, or a task."""
    path = PurePosixPath(of.taught.partition("#")[0])
    return path.parent.name if path.stem == "index" else path.stem
