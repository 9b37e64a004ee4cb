"""`convnotes …`: one subcommand for each thing the package does at a terminal.

A subcommand is a function that takes the group of subparsers, adds its own to it, and sets `run`, which takes the
parsed arguments and returns the exit status: 0, or 1 where a check failed. Whatever is wrong with what the user gave is
a `Fault`: one sentence on standard error, exit status 2.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from convnotes.tracing import Report


class Fault(Exception):
    """What the user gave cannot be used; the message says what was got, what was expected, and what to do."""


FORMATS = ("text", "md", "csv", "latex", "html", "json")
PLAIN, BOLD, RED, GREEN, YELLOW = "\033[0m", "\033[1m", "\033[31m", "\033[32m", "\033[33m"


def coloured(text: str, colour: str, stream: TextIO) -> str:
    """The text in a colour on a terminal, plain where it is piped or NO_COLOR is set."""
    return f"{colour}{text}{PLAIN}" if stream.isatty() and not os.environ.get("NO_COLOR") else text


def progress(text: str) -> None:
    """What is going on, on a terminal only; the next line takes its place."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def extent(text: str) -> tuple[int, ...]:
    """Whole numbers separated by commas.

    >>> extent("3,224,224")
    (3, 224, 224)
    """
    try:
        return tuple(int(n) for n in text.replace("x", ",").split(","))
    except ValueError:
        message = f"{text!r} is no input size: give whole numbers separated by commas, such as 3,224,224"
        raise argparse.ArgumentTypeError(message) from None


def add_trace(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument(
        "--verify", action="store_true", help="check the report against the network itself, by gradients"
    )
    parser.add_argument(
        "--min-field", type=int, metavar="N", help="check that the field is at least N along every axis"
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


def show(report: Report, form: str, stream: TextIO) -> None:
    """The report in a form; in text on a terminal, its header bold and its bounds yellow."""
    from convnotes.tracing.formats import write

    text = write(report, form)
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


def add_ledger(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`convnotes ledger`: a published network, every layer counted."""
    parser = subparsers.add_parser(
        "ledger",
        help="a published network, layer by layer",
        description="A published network, layer by layer: shape, parameters, MACs and receptive field.",
    )
    parser.add_argument("name", nargs="?", help="the network, such as resnet50; --list names them all")
    parser.add_argument("--list", action="store_true", help="list the networks, oldest first")
    parser.add_argument("--input", type=extent, metavar="C,H,W", help="input size; the network's usual one by default")
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.set_defaults(run=run_ledger)


def run_ledger(args: argparse.Namespace) -> int:
    """Print the ledger of a network, or the names of all."""
    from convnotes.architectures import TIMELINE
    from convnotes.ledger import ledger

    if args.list:
        print(*(f"{about.name:18}  {about.year}  {about.title}" for about in TIMELINE), sep="\n")
        return 0
    if args.name is None:
        raise Fault("ledger needs the name of a network, such as resnet50; convnotes ledger --list names them all")
    try:
        sys.stdout.write(ledger(args.name, args.input).to(args.format))
    except (LookupError, ValueError) as error:
        raise Fault(str(error)) from error
    return 0


def add_features(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`convnotes features`: a page of pictures from published weights."""
    parser = subparsers.add_parser(
        "features",
        help="look into AlexNet or VGG-16, from published weights that you have",
        description="First kernels and top patches of torchvision's AlexNet or VGG-16, on the bundled photographs.",
    )
    parser.add_argument("--weights", type=Path, required=True, help="the state dict: a .pth or .safetensors file")
    parser.add_argument("--out", type=Path, default=Path("features.html"), help="the page to write")
    parser.set_defaults(run=run_features)


def run_features(args: argparse.Namespace) -> int:
    """Write the page and say so."""
    progress("reading, then looking at seven photographs …")
    from convnotes.exhibits.features_page import write

    try:
        said = write(args.weights, args.out)
    except (OSError, ValueError) as error:
        raise Fault(str(error)) from error
    progress("")
    sys.stdout.write(said)
    return 0


SUBCOMMANDS: tuple[Callable[[argparse._SubParsersAction[argparse.ArgumentParser]], None], ...] = (
    add_trace,
    add_ledger,
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
