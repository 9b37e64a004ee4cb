"""`convnotes trace --report`: a page to look at, or the graph as SVG."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convnotes.cli.terminal import Fault, Progress, positive

if TYPE_CHECKING:
    from convnotes.tracing import Memory, Report, TraceError


def add_report(parser: argparse.ArgumentParser) -> None:
    """The arguments that ask for a page."""
    group = parser.add_argument_group("report")
    group.add_argument("--report", type=_file, metavar="FILE", help="also write a page, .html, or the graph, .svg")
    group.add_argument("--image", type=Path, metavar="FILE", help="photograph on which the page draws fields")
    group.add_argument("--object", type=positive, metavar="N", help="say which layer first covers N pixels")


def _file(text: str) -> Path:
    if not text.endswith((".html", ".svg")):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a report: end it with .html or .svg")
    return Path(text)


def write_report(args: argparse.Namespace, model: Any, report: Report) -> None:
    """Write the file that was asked for."""
    if args.report is None:
        return
    from convnotes.tracing.cures import cures

    with Progress("writing the report"):
        _write(args, report, memory=_memory(args, model), cures=cures(model, report, args.input, args.dtype))


def write_failed(args: argparse.Namespace, error: TraceError) -> None:
    """Write the report of a model that failed, up to the fault, where anything of it ran."""
    if args.report is not None and error.report is not None:
        _write(args, error.report, failure=str(error))


def _memory(args: argparse.Namespace, model: Any) -> Memory | None:
    """What training keeps; None where the model does not train at this size, which is no fault of the report."""
    from convnotes.tracing import TraceError, memory

    try:
        return memory(model, args.input, batch=args.batch, mixed=args.mixed, dtype=args.dtype)
    except TraceError:
        return None


def _write(args: argparse.Namespace, report: Report, **more: Any) -> None:
    from convnotes.tracing.page import graph, page

    try:
        if args.report.suffix == ".svg":
            text = graph(report)
        else:
            text = page(report, image=args.image, size=args.object, **more)
        args.report.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Fault(f"{error.filename or args.report}: {error.strerror}") from error
    except ValueError as error:
        raise Fault(str(error)) from error
    print(f"written: {args.report}", file=sys.stderr)
