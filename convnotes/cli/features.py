"""`convnotes features`: into a network whose published weights the user has."""

import argparse
import sys
from pathlib import Path

from convnotes.cli.terminal import Fault, Subparsers, progress


def add_features(subparsers: Subparsers) -> None:
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
