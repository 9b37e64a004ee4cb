"""What the subcommands share: faults of the user, colours, progress, and arguments that several take."""

import argparse
import os
import sys
import threading
import time
from typing import TextIO, TypeAlias


class Fault(Exception):
    """What the user gave cannot be used; the message says what was got, what was expected, and what to do."""


Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
PLAIN, BOLD, RED, GREEN, YELLOW = "\033[0m", "\033[1m", "\033[31m", "\033[32m", "\033[33m"


def coloured(text: str, colour: str, stream: TextIO) -> str:
    """The text in a colour on a terminal, plain where it is piped or NO_COLOR is set."""
    return f"{colour}{text}{PLAIN}" if stream.isatty() and not os.environ.get("NO_COLOR") else text


def progress(text: str) -> None:
    """What is going on, on a terminal only; the next line takes its place."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


class Progress:
    """Says on a terminal what is going on and, where it takes longer than two seconds, for how long it has."""

    def __init__(self, text: str) -> None:
        self.text, self.ended = text, threading.Event()
        self.thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> None:
        progress(f"{self.text} …")
        if sys.stderr.isatty():
            self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        if self.thread.is_alive():
            self.thread.join()
        progress("")

    def _tick(self) -> None:
        begin = time.monotonic()
        while not self.ended.wait(1):
            if (taken := round(time.monotonic() - begin)) >= 2:
                progress(f"{self.text} … {taken} s")


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


def positive(text: str) -> int:
    """A whole number from 1 on.

    >>> positive("32")
    32
    >>> positive("0")
    Traceback (most recent call last):
    argparse.ArgumentTypeError: '0' is no whole number from 1 on
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)
