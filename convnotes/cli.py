"""The command `convnotes`: one function registers each subcommand and imports what it needs only when it runs."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of `convnotes` with these arguments: 0, or 2 for bad usage, said on standard error."""
    parser = argparse.ArgumentParser(prog="convnotes", description="What a convolutional network computes, counted.")
    commands = parser.add_subparsers(required=True, metavar="command")
    for register in REGISTERED:
        register(commands)
    given = parser.parse_args(arguments)
    try:
        print(given.run(given), end="")
    except BrokenPipeError:  # the reader, such as `head`, has enough
        sys.stderr.close()
    except (LookupError, OSError, ValueError, TypeError) as error:
        print(f"convnotes: {error}", file=sys.stderr)
        return 2
    return 0


def shape(text: str) -> tuple[int, ...]:
    """C,H,W as three ints.

    >>> shape("3,224,320")
    (3, 224, 320)
    >>> shape("224x224")
    Traceback (most recent call last):
    argparse.ArgumentTypeError: an input is C,H,W, such as 3,224,224, got '224x224'
    """
    sizes = tuple(int(size) for size in text.split(",") if size.strip().isdecimal())
    if len(sizes) != 3 or len(text.split(",")) != 3 or 0 in sizes:
        raise argparse.ArgumentTypeError(f"an input is C,H,W, such as 3,224,224, got {text!r}")
    return sizes


def register_ledger(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `convnotes ledger`."""
    parser = commands.add_parser("ledger", help="a published network, layer by layer")
    parser.add_argument("name", nargs="?", help="the network, such as resnet50; --list names them all")
    parser.add_argument("--list", action="store_true", help="list the networks, oldest first")
    parser.add_argument("--input", type=shape, metavar="C,H,W", help="input size; default: the network's usual one")
    parser.add_argument("--format", default="text", choices=("text", "md", "csv", "latex", "html", "json"))
    parser.set_defaults(run=lambda given: _ledger(given, parser.error))


def _ledger(given: argparse.Namespace, usage: Callable[[str], object]) -> str:
    if given.list:
        from convnotes.architectures import TIMELINE

        return "".join(f"{about.name:18}  {about.year}  {about.title}\n" for about in TIMELINE)
    if given.name is None:
        usage("name a network, or ask for --list")
    from convnotes.ledger import ledger

    return ledger(given.name, given.input).to(given.format)


def register_features(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `convnotes features`."""
    parser = commands.add_parser("features", help="look into AlexNet or VGG-16, from published weights that you have")
    parser.add_argument("--weights", type=Path, required=True, help="a state dict of torchvision: .pth or .safetensors")
    parser.add_argument("--out", type=Path, default=Path("features.html"), help="the page to write")
    parser.set_defaults(run=_features)


def _features(given: argparse.Namespace) -> str:
    from convnotes.exhibits.features_page import write

    return write(given.weights, given.out)


REGISTERED = (
    register_features,
    register_ledger,
)

if __name__ == "__main__":
    sys.exit(main())
