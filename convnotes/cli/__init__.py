"""`convnotes …`: one subcommand for each thing the package does at a terminal.

A subcommand is a function that takes the group of subparsers, adds its own to it, and sets `run`, which takes the
parsed arguments and returns the exit status: 0, or 1 where a check failed. Whatever is wrong with what the user gave is
a `Fault`: one sentence on standard error, exit status 2.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO, TextIOWrapper

from convnotes.cli.cite import add_cite
from convnotes.cli.exercises import add_exercises
from convnotes.cli.ledger import add_ledger
from convnotes.cli.size import add_size
from convnotes.cli.tasks import add_tasks
from convnotes.cli.terminal import RED, Fault, Subparsers, coloured, progress
from convnotes.cli.trace import add_trace

SUBCOMMANDS: tuple[Callable[[Subparsers], None], ...] = (
    add_trace,
    add_ledger,
    add_size,
    add_exercises,
    add_tasks,
    add_cite,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status of one call of `convnotes`."""
    parser = argparse.ArgumentParser(prog="convnotes", description="What the convnotes notes compute, at a terminal.")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in SUBCOMMANDS:
        add(subparsers)
    for command in subparsers.choices.values():
        command.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    if sys.stderr is None:  # closed: what would be said there goes nowhere
        sys.stderr = StringIO()
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():  # HTML and XML say that they are UTF-8;
        sys.stdout.reconfigure(encoding="utf-8", errors=sys.stdout.errors)  # Windows would write a code page
    args = argparse.Namespace(debug=False)
    try:
        with _written():
            parser.parse_args(argv, args)
            return _run(args)
    except KeyboardInterrupt:
        return _told("interrupted", 130)
    except BrokenPipeError:
        sys.stdout = None  # whoever read the output has stopped, and knows; what was still to be checked was not
        return 141  # as a shell says it of programs that a broken pipe ends
    except Fault as fault:
        if args.debug:
            raise
        return _told(str(fault), 2)


def _run(args: argparse.Namespace) -> int:
    try:
        status: int = args.run(args)
    except SystemExit as error:  # a model's: it must not pass for a check that passed
        raise Fault(f"the model ended the program: it called sys.exit({error.code!r})") from error
    return status


@contextmanager
def _written() -> Iterator[None]:
    """Where this ends, all that was printed in it has been written; otherwise a Fault."""
    if sys.stdout is None:
        raise Fault("there is no standard output to write to: it is closed")
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        if isinstance(error, BrokenPipeError) or error.filename is not None:
            raise
        sys.stdout = None  # or Python would try again at its end
        raise Fault(f"the output cannot be written: {error.strerror}") from error


def _told(sentence: str, status: int) -> int:
    """The status, once the sentence stands on standard error."""
    progress("")
    print(coloured(f"convnotes: {sentence}", RED, sys.stderr), file=sys.stderr)
    return status
