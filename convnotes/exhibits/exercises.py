"""What the page of exercises and the ends of chapters show: exercises to draw and to check."""

from pathlib import PurePosixPath

from convnotes.exercises.catalogue import CHAPTERS, KINDS, known
from convnotes.exercises.exercise import Kind
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
    return Practice(
        known("page", page, sorted(pages)), "this chapter", tuple(k for k in KINDS if _page(k) == page), True
    )


def _page(kind: Kind) -> str:
    """The name of the page that teaches a kind."""
    path = PurePosixPath(kind.taught.partition("#")[0])
    return path.parent.name if path.stem == "index" else path.stem
