"""`convnotes tasks`: tasks in code, to be handed out, and marked."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from convnotes.cli.terminal import Fault, Progress, Subparsers

if TYPE_CHECKING:
    from convnotes.exercises.tasks.task import Task


def add_tasks(subparsers: Subparsers) -> None:
    """`convnotes tasks`: the list of tasks, files for a class, marks."""
    parser = subparsers.add_parser(
        "tasks",
        help="functions to write, with tests that name the mistake",
        description="Functions to write, with tests that name the mistake. Without --into or --mark: what there is.",
    )
    parser.add_argument("--task", action="append", default=[], metavar="NAME", help="a task by name; may be repeated")
    parser.add_argument("--chapter", action="append", default=[], help="the tasks of a chapter; may be repeated")
    parser.add_argument("--into", metavar="FOLDER", help="write a file to start from, and its tests for pytest")
    parser.add_argument("--solutions", action="store_true", help="with --into: a file of solutions too")
    parser.add_argument(
        "--mark", nargs="+", metavar="FILE", help="mark files that were handed in. It runs them: only where you would"
    )
    parser.add_argument("--format", choices=("text", "csv"), default="text", help="of the marks")
    parser.set_defaults(run=run_tasks)


def run_tasks(args: argparse.Namespace) -> int:
    """List, write or mark tasks."""
    from convnotes.exercises.tasks.catalogue import chosen
    from convnotes.exercises.tasks.files import write_files

    try:
        tasks = chosen(args.task, args.chapter)
        if args.mark:
            _mark(tasks, args.mark, args.format)
        elif args.into:
            print("\n".join(write_files(tasks, args.into, args.solutions)))
        else:
            wide = max(len(task.name) for task in tasks)
            print("\n".join(f"{task.name:{wide}}  {task.title} ({task.taught.partition('#')[0]})" for task in tasks))
    except (LookupError, ValueError, OSError) as error:
        raise Fault(str(error)) from error
    return 0


def _mark(tasks: list[Task], files: list[str], form: str) -> None:
    """Print how many calls each file has right; in text also what is wrong."""
    from convnotes.exercises.tasks.marking import apart
    from convnotes.words import markup

    data = {task.name: task.data(markup.TEXT) for task in tasks}
    for file in files:
        if not Path(file).is_file():
            raise ValueError(f"there is no file {file} to mark")
    table = csv.writer(sys.stdout, lineterminator="\n")
    if form == "csv":
        table.writerow(["file", *data, "right", "of"])
    for file in files:
        with Progress(f"marking {file}"):
            marks = {name: apart(file, task) for name, task in data.items()}
        right, every = (sum(found[what] for found in marks.values()) for what in ("right", "of"))
        if form == "csv":
            table.writerow([file, *(found["right"] for found in marks.values()), right, every])
            continue
        print(f"{file}: {right} of {every}")
        for name, found in marks.items():
            first = next(filter(None, found["cases"]), "")
            print(f"  {name}: {found['right']} of {found['of']}{first and '. '}{first} {found['why']}".rstrip())
