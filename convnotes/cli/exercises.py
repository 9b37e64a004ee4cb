"""`convnotes exercises`: a sheet of exercises."""

import argparse
import sys

from convnotes.cli.terminal import Fault, Subparsers


def seed(text: str) -> int:
    """A seed from a command line.

    >>> seed("42")
    42
    >>> seed("4.2")
    Traceback (most recent call last):
    argparse.ArgumentTypeError: '4.2' is no seed: give a whole number, such as 42
    """
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no seed: give a whole number, such as 42") from None


def add_exercises(subparsers: Subparsers) -> None:
    """`convnotes exercises`: a sheet of exercises, another one for every seed."""
    parser = subparsers.add_parser(
        "exercises",
        help="a sheet of exercises, a different one for every seed",
        description="A sheet of exercises. The same seed always gives the same sheet, with --solutions its solutions.",
    )
    parser.add_argument("--seed", type=seed, required=True, metavar="N", help="any whole number; the sheet names it")
    parser.add_argument("--chapter", help="one chapter, by the name of its page, such as receptive-field")
    parser.add_argument("--level", help="recall, compute, explain, design or why")
    parser.add_argument("--count", type=int, metavar="N", help="how many exercises, 10 unless given")
    parser.add_argument("--solutions", action="store_true", help="with solutions and the usual mistakes")
    parser.add_argument("--format", choices=("text", "md", "latex", "html", "json", "moodle"), default="text")
    parser.set_defaults(run=run_exercises)


def run_exercises(args: argparse.Namespace) -> int:
    """Print a sheet."""
    from convnotes.exercises.catalogue import USUAL, sheet
    from convnotes.exercises.formats import write

    try:
        made = sheet(args.seed, args.chapter, args.level, USUAL if args.count is None else args.count)
        sys.stdout.write(write(made, args.format, solutions=args.solutions))
    except (LookupError, ValueError) as error:
        raise Fault(str(error)) from error
    return 0
