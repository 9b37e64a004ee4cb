"""`convnotes exercises`: a sheet of exercises."""

import argparse
import sys
from dataclasses import replace

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
        description="A sheet of exercises. With one version, the same seed gives the same sheet, "
        "with --solutions its solutions.",
    )
    parser.add_argument("--seed", type=seed, required=True, metavar="N", help="any whole number; the sheet names it")
    parser.add_argument(
        "--chapter",
        action="append",
        help="a chapter, by the name of its page, such as receptive-field; may be repeated",
    )
    parser.add_argument("--kind", action="append", default=[], help="a kind of exercise by name; may be repeated")
    parser.add_argument("--level", help="recall, compute, explain, design or why")
    parser.add_argument("--count", type=int, metavar="N", help="how many exercises; 10, or one of each --kind")
    parser.add_argument("--title", default="", help="a title of your own")
    parser.add_argument("--points", type=int, metavar="N", help="points for each exercise")
    parser.add_argument(
        "--key", metavar="FILE", help="a secret that enters the draw: nobody can draw the sheet without"
    )
    parser.add_argument("--students", metavar="FILE", help="a list of names, one a line: a sheet for each; needs --key")
    parser.add_argument(
        "--into", metavar="FOLDER", help="where the sheets for --students go, and the answers beside them"
    )
    parser.add_argument(
        "--mark", metavar="FILE", help="a table of answers, laid out as answers.csv, to be marked: prints the points"
    )
    parser.add_argument("--solutions", action="store_true", help="with solutions and the usual mistakes")
    parser.add_argument("--format", choices=("text", "md", "latex", "html", "json", "moodle", "qti"), default="text")
    parser.set_defaults(run=run_exercises)


def run_exercises(args: argparse.Namespace) -> int:
    """Print a sheet, write one for each student, or mark what they handed in."""
    from convnotes.exercises.catalogue import Sheet, sheet
    from convnotes.exercises.formats import write
    from convnotes.exercises.keys import read_key
    from convnotes.exercises.qti import qti
    from convnotes.exercises.students import hand_out, marked, read_students

    try:
        if bool(args.students and not args.mark) != bool(args.into) or (args.students and not args.key):
            raise ValueError("--students, --into and --key go together: a list, a folder for the sheets, and a secret")
        if args.points is not None and args.points < 1:
            raise ValueError(f"--points must be at least 1, got {args.points}")
        secret = read_key(args.key) if args.key is not None else b""

        def made(student: str = "") -> Sheet:
            drawn = sheet(args.seed, args.chapter, args.level, args.count, kind=args.kind, key=secret, student=student)
            return replace(drawn, title=args.title, points=args.points)

        if args.mark:
            sys.stdout.write(marked(args.mark, made, read_students(args.students) if args.students else []))
        elif args.students:
            count = hand_out(read_students(args.students), made, args.into, args.format)
            print(f"{count} sheets in {args.into}/sheets, their solutions in {args.into}/answers and answers.csv")
        elif args.format == "qti":
            if sys.stdout.isatty():
                raise ValueError("a QTI package is a zip file: send it to one, as in convnotes exercises … > quiz.zip")
            sys.stdout.buffer.write(qti(made()))
        else:
            sys.stdout.write(write(made(), args.format, solutions=args.solutions))
    except (LookupError, ValueError) as error:
        raise Fault(str(error)) from error
    return 0
