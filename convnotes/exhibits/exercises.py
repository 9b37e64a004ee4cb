"""What the page of exercises shows: for each chapter, exercises to draw and to check."""

from convnotes.exercises.catalogue import CHAPTERS, known
from convnotes.exhibits.practice import Practice


def practice(chapter: str) -> Practice:
    """Twelve variants of each kind, which the page checks. For more: convnotes exercises --chapter {chapter}.

    A form: a choice of the kind of exercise, the question, a field for the answer, which is compared exactly, a button
    to check it, and a solution to unfold.
    """
    return Practice(known("chapter", chapter, list(CHAPTERS)))
