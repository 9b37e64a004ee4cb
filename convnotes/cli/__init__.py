"""`convnotes …`: one subcommand for each thing the package does at a terminal.

A subcommand is a function that takes the group of subparsers, adds its own to it, and sets `run`, which takes the
parsed arguments and returns the exit status: 0, or 1 where a check failed. Whatever is wrong with what the user gave is
a `Fault`: one sentence on standard error, exit status 2.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper

from convnotes.cli.cite import add_cite
from convnotes.cli.exercises import add_exercises
from convnotes.cli.features import add_features
from convnotes.cli.ledger import add_ledger
from convnotes.cli.terminal import RED, Fault, Subparsers, coloured, progress
from convnotes.cli.trace import add_trace

SUBCOMMANDS: tuple[Callable[[Subparsers], None], ...] = (
    add_trace,
    add_ledger,
    add_exercises,
    add_cite,
    add_features,
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
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():  # HTML and XML say that they are UTF-8;
        sys.stdout.reconfigure(encoding="utf-8", errors=sys.stdout.errors)  # Windows would write a code page
    args = parser.parse_args(argv)
    try:
        status: int = args.run(args)
    except BrokenPipeError:
        sys.stdout = None  # whoever read the output has stopped
        return 0
    except Fault as fault:
        if args.debug:
            raise
        progress("")
        print(coloured(f"convnotes: {fault}", RED, sys.stderr), file=sys.stderr)
        return 2
    return status
