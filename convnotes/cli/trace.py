"""`convnotes trace`: a torch model of the user's."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, TextIO

from convnotes.cli.terminal import (
    BOLD,
    GREEN,
    RED,
    YELLOW,
    Fault,
    Subparsers,
    coloured,
    extent,
    positive,
    progress,
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
        "model", metavar="FILE.py:NAME", help="a module, a class or a factory without required arguments"
    )
    parser.add_argument("--input", required=True, type=extent, metavar="C,H,W", help="input size without the batch")
    parser.add_argument("--target", metavar="NAME", help="layer to report; the last spatial map by default")
    parser.add_argument("--format", choices=FORMS, default="text")
    parser.add_argument(
        "--verify", action="store_true", help="check the report against the network itself, by gradients"
    )
    parser.add_argument(
        "--min-field", type=positive, metavar="N", help="check that the field is at least N along every axis"
    )
    parser.set_defaults(run=run_trace)


def run_trace(args: argparse.Namespace) -> int:
    """Trace, print, check."""
    progress("loading the model …")
    from convnotes.tracing import TraceError, trace
    from convnotes.tracing.loading import load

    try:
        model = load(args.model)
        progress("tracing …")
        report = trace(model, args.input, target=args.target)
    except TraceError as error:
        progress("")
        if error.report is not None:
            show(error.report, "text", sys.stdout if args.format == "text" else sys.stderr)
        raise Fault(str(error)) from error
    except ValueError as error:
        raise Fault(str(error)) from error
    progress("")
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

    progress("verifying …")
    try:
        found = verify(model, args.input, target=args.target)  # type: ignore[arg-type]
    except TraceError as error:
        return f"not verified: {error}"
    finally:
        progress("")
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
        return min(report.input[1:])
    sizes = [size for axis in out.sizes for size in axis]
    return min(sizes) if sizes and all(out.sizes) and (out.size or all(out.starts)) else None
