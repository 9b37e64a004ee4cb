"""All tasks, in the order of the chapters."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from convnotes.exercises import tasks
from convnotes.exercises.catalogue import CHAPTERS, known
from convnotes.exercises.tasks.task import Task

READS = ("convnotes/exercises/tasks/*.py",)  # imported below by their names, which the cache of figures cannot see


def _found() -> dict[str, tuple[Task, ...]]:
    """The tasks of each module that has some, by its name."""
    modules = (
        import_module(f"{tasks.__name__}.{found.name}")
        for found in iter_modules(tasks.__path__)
        if found.name != "catalogue"
    )
    return {
        module.__name__.rpartition(".")[2].replace("_", "-"): module.TASKS
        for module in modules
        if hasattr(module, "TASKS")
    }


_BY_CHAPTER = _found()
TASKS: dict[str, Task] = {task.name: task for chapter in CHAPTERS for task in _BY_CHAPTER.get(chapter, ())}


def find(name: str) -> Task:
    """The task called `name`.

    >>> find("output-size").function
    'output_size'
    >>> find("outputsize")
    Traceback (most recent call last):
    LookupError: no task 'outputsize'; near: output-size
    """
    return TASKS[known("task", name, list(TASKS))]


def chosen(names: Sequence[str] = (), chapters: Sequence[str] = ()) -> list[Task]:
    """The tasks of some names and chapters; all of them where neither is given.

    >>> [task.name for task in chosen(chapters=["aliasing"])]
    ['blur-pool']
    >>> chosen(chapters=["feature-visualization"])
    Traceback (most recent call last):
    LookupError: there is no task on feature-visualization
    """
    asked = {find(name).name for name in names}
    for chapter in chapters:
        known("chapter", chapter, list(CHAPTERS))
        if chapter not in _BY_CHAPTER:
            raise LookupError(f"there is no task on {chapter}")
        asked |= {task.name for task in _BY_CHAPTER[chapter]}
    return [task for task in TASKS.values() if not (names or chapters) or task.name in asked]
