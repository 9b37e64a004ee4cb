"""`convnotes trace`: a torch model of the user's."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, TextIO

from convnotes.cli.memory import add_memory, run_memory
from convnotes.cli.report import add_report, write_failed, write_report
from convnotes.cli.terminal import (
    BOLD,
    GREEN,
    RED,
    YELLOW,
    Fault,
    Progress,
    Subparsers,
    coloured,
    extent,
    positive,
)
from convnotes.words.forms import FORMS, Form

if TYPE_CHECKING:
    from convnotes.tracing import Report


def add_trace(subparsers: Subparsers) -> None:
    """`convnotes trace`: the receptive field of every layer of a model in a file."""
    parser = subparsers.add_parser(
        "trace",
        help="the exact receptive field of every layer of a torch model",
        description="The exact receptive field of every layer of a torch model. Exit status 1 when a check fails.",
    )
    parser.add_argument(
        "model",
        metavar="MODEL",
        help="FILE.py:NAME or package.module:NAME: a module, a class or a factory, with arguments and attributes where "
        "needed, such as 'net.py:Net(depth=3).backbone'",
    )
    parser.add_argument(
        "--input",
        required=True,
        action="append",
        type=named_extent,
        metavar="C,H,W",
        help="input size without the batch; of several inputs each by its name, such as image=3,224,224, the first one "
        "that whose fields are wanted; one number for a flat input",
    )
    parser.add_argument("--dtype", metavar="TYPE", help="type of the numbers in it, such as int64 for tokens")
    parser.add_argument("--target", metavar="NAME", help="layer to report; the last spatial map by default")
    parser.add_argument("--format", choices=FORMS, default="text")
    parser.add_argument(
        "--verify", action="store_true", help="check the report against the network itself, by gradients"
    )
    parser.add_argument(
        "--min-field", type=positive, metavar="N", help="check that the field is at least N along every axis"
    )
    add_memory(parser)
    add_report(parser)
    parser.set_defaults(run=run_trace)


def named_extent(text: str) -> tuple[str, tuple[int, ...]]:
    """An input size, with its name where it has one.

    >>> named_extent("mask=1,8,8"), named_extent("784")
    (('mask', (1, 8, 8)), ('', (784,)))
    """
    name, _, numbers = text.rpartition("=")
    return name.strip(), extent(numbers)


def inputs(given: list[tuple[str, tuple[int, ...]]]) -> tuple[int, ...] | dict[str, tuple[int, ...]]:
    """One size, or sizes by name; Fault where several do not have a name each.

    >>> inputs([("", (784,))]), inputs([("image", (3, 8, 8)), ("mask", (1, 8, 8))])
    ((784,), {'image': (3, 8, 8), 'mask': (1, 8, 8)})
    """
    named = dict(given)
    if len(given) == 1 and "" in named:
        return named[""]
    if "" in named or len(named) < len(given):
        raise Fault("of several inputs each needs a name of its own: --input image=3,224,224 --input mask=1,224,224")
    return named


def run_trace(args: argparse.Namespace) -> int:
    """Trace, print, check."""
    try:
        from convnotes.tracing import TraceError, trace
        from convnotes.tracing.loading import load
    except ModuleNotFoundError as error:
        if error.name not in ("torch", "numpy"):
            raise
        raise Fault(f"trace needs {error.name}, which is not installed: pip install 'convnotes[torch]'") from error

    args.input = inputs(args.input)
    try:
        with Progress("loading the model"):
            model = load(args.model)
        if args.train:
            return run_memory(args, model)
        with Progress("tracing"):
            report = trace(model, args.input, dtype=args.dtype, target=args.target)
    except TraceError as error:
        write_failed(args, error)
        if error.report is not None:
            show(error.report, "text", sys.stdout if args.format == "text" else sys.stderr)
        raise Fault(str(error)) from error
    except ValueError as error:
        raise Fault(str(error)) from error
    write_report(args, model, report)
    show(report, args.format, sys.stdout)
    failed = [failure for check in (_verified, _wide_enough) if (failure := check(args, model, report))]
    for line in failed:
        print(coloured(line, RED, sys.stderr), file=sys.stderr)
    return 1 if failed else 0


def show(report: Report, form: Form, stream: TextIO) -> None:
    """The report in a form; in text on a terminal, its header bold and its bounds yellow."""
    text = report.to(form)
    if form == "text" and stream.isatty():
        first, *rest = text.splitlines()
        lines = [coloured(first, BOLD, stream)]
        lines += [coloured(line, YELLOW, stream) if "  bound (" in line else line for line in rest]
        text = "\n".join(lines) + "\n"
    stream.write(text)


def _verified(args: argparse.Namespace, model: object, report: Report) -> str:
    if not args.verify:
        return ""
    from convnotes.tracing import TraceError, verify

    try:
        with Progress("verifying"):
            found = verify(model, args.input, dtype=args.dtype, target=args.target)  # type: ignore[arg-type]
    except TraceError as error:
        return f"not verified: {error}"
    if found.passed:
        print(coloured(str(found), GREEN, sys.stderr), file=sys.stderr)
    return "" if found.passed else str(found)


def _wide_enough(args: argparse.Namespace, model: object, report: Report) -> str:
    if args.min_field is None:
        return ""
    least = least_field(report)
    if least is None:
        return f"the field of {report.output.name} is not known here and cannot be checked: trace a larger input"
    if least >= args.min_field:
        return ""
    return f"the field of {report.output.name} is {least}, less than the {args.min_field} asked for"


def least_field(report: Report) -> int | None:
    """The smallest field along any axis; the input where all of it is read; None where it is not known or a bound."""
    out = report.output
    if out.bounds:
        return None
    if out.whole:
        return min(report.input[1:] or report.input)
    sizes = [size for axis in out.sizes for size in axis]
    return min(sizes) if sizes and all(out.sizes) and (out.size or all(out.starts)) else None
