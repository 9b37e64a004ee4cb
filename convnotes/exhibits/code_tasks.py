"""What the page of code tasks shows."""

from convnotes.exercises.tasks.catalogue import find
from convnotes.exhibits.code_task import CodeTask


def task(name: str) -> CodeTask:
    """In an editor of your own: convnotes tasks --task {name} --into folder writes this code and its tests.

    A function to write: what it is to do, code to start from, up to three hints to unfold and, where the page has
    Python, a field for your code and a button that checks it.
    """
    return CodeTask(find(name))
