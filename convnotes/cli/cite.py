"""`convnotes cite`: the notes, or a worked example in them, as one cites it."""

import argparse
import sys
from datetime import date

from convnotes.citing.formats import FORMS, Reference, citation
from convnotes.citing.record import examples, find, work
from convnotes.cli.terminal import Fault, Subparsers


def add_cite(subparsers: Subparsers) -> None:
    """`convnotes cite`: a citation."""
    parser = subparsers.add_parser(
        "cite",
        help="the notes, or a worked example in them, as one cites it",
        description="A citation of the notes, or of a worked example in them: the text that its page offers.",
    )
    parser.add_argument("anchor", nargs="?", help="the example, such as ex-imagenet-stem; without it, all of the notes")
    parser.add_argument("--list", action="store_true", help="list the worked examples, in the order of the notes")
    parser.add_argument("--format", choices=FORMS, default="bibtex")
    parser.add_argument("--accessed", type=day, metavar="YYYY-MM-DD", help="the day it was read; today by default")
    parser.set_defaults(run=run_cite)


def day(text: str) -> date:
    """A day of the calendar.

    >>> day("2026-11-22")
    datetime.date(2026, 11, 22)
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: give one such as 2026-11-22") from None


def run_cite(args: argparse.Namespace) -> int:
    """Print a citation, or the names of all examples."""
    if args.list and args.anchor is not None:
        raise Fault(f"--list names all examples and takes none, got {args.anchor!r}: leave one of them out")
    if args.list:
        print(*(f"{about.anchor:26}  {about.chapter:26}  {about.title}" for about in examples().values()), sep="\n")
        return 0
    try:
        example = None if args.anchor is None else find(args.anchor)
    except LookupError as error:
        raise Fault(str(error)) from error
    sys.stdout.write(citation(args.format, Reference(work(), example, args.accessed or date.today())))
    return 0
