"""Choices that depend on a seed and on nothing else: not on the platform, not on the version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


class Redraw(Exception):
    """What was drawn makes no exercise; the next attempt may."""


class Draws:
    """A row of choices named by `parts`: the n-th is read off the SHA-256 of the parts and n.

    `random.Random` promises the same numbers from release to release for `random()` alone, not for `choice` or
    `shuffle`; a hash promises them for everything made of it.

    >>> draws = Draws(42, "output-size", 0)
    >>> [draws.whole(1, 6) for _ in range(8)]
    [4, 3, 5, 1, 6, 4, 4, 5]
    >>> Draws(42, "output-size", 0).shuffled("abc") == Draws(42, "output-size", 0).shuffled("abc")
    True
    >>> draws.whole(2, 1)
    Traceback (most recent call last):
    ValueError: there is no whole number from 2 to 1
    """

    def __init__(self, *parts: object) -> None:
        self._name = "/".join(map(str, parts))
        self._drawn = 0

    def whole(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`, each as likely as the others."""
        if most < least:
            raise ValueError(f"there is no whole number from {least} to {most}")
        digest = sha256(f"{self._name}/{self._drawn}".encode()).digest()
        self._drawn += 1
        return least + int.from_bytes(digest, "big") % (most - least + 1)

    def pick(self, options: Sequence[T]) -> T:
        """One of the options; one that stands there twice is twice as likely."""
        return options[self.whole(0, len(options) - 1)]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """The options in another order (Fisher and Yates)."""
        out = list(options)
        for last in range(len(out) - 1, 0, -1):
            other = self.whole(0, last)
            out[last], out[other] = out[other], out[last]
        return out

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """`count` different options."""
        return self.shuffled(options)[:count]
