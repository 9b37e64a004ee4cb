"""`convnotes ledger`: a published network."""

import argparse
import sys

from convnotes.cli.terminal import Fault, Subparsers, extent
from convnotes.words.forms import FORMS


def add_ledger(subparsers: Subparsers) -> None:
    """`convnotes ledger`: a published network, every layer counted."""
    parser = subparsers.add_parser(
        "ledger",
        help="a published network, layer by layer",
        description="A published network, layer by layer: shape, parameters, MACs, bytes that training keeps of each "
        "image, and receptive field.",
    )
    parser.add_argument("name", nargs="?", help="the network, such as resnet50; --list names them all")
    parser.add_argument("--list", action="store_true", help="list the networks, oldest first")
    parser.add_argument("--input", type=extent, metavar="C,H,W", help="input size; the network's usual one by default")
    parser.add_argument("--format", choices=FORMS, default="text")
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
