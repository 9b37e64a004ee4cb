"""What the states of all interactives have in common."""

from collections.abc import Callable
from typing import TypeVar

State = TypeVar("State")


def clamp(what: str, value: int, least: int, most: int, words: list[str]) -> int:
    """`value` kept between `least` and `most`; if that changed it, `words` gains a sentence that says so.

    >>> words = []
    >>> clamp("kernel", 3, 1, 11, words), clamp("kernel", 40, 1, 11, words)
    (3, 11)
    >>> words
    ['kernel 40 is outside 1 to 11: showing 11.']
    """
    kept = max(least, min(most, value))
    if kept != value:
        words.append(f"{what} {value} is outside {least} to {most}: showing {kept}.")
    return kept


def as_given(parse: Callable[[str], tuple[State, list[str]] | None], state: str, like: str) -> State:
    """What `parse` reads from the state that an author gives, which must need no change; `like` is one that does not.

    >>> as_given(lambda text: (int(text), []) if text.isdigit() else None, "3x", "3")
    Traceback (most recent call last):
    ValueError: '3x' is no state: one looks like '3'
    >>> as_given(lambda text: (9, ["size 12 is outside 1 to 9: showing 9."]), "12", "3")
    Traceback (most recent call last):
    ValueError: '12' is no state as it stands: size 12 is outside 1 to 9: showing 9.
    """
    read = parse(state)
    if read is None:
        raise ValueError(f"{state!r} is no state: one looks like {like!r}")
    if read[1]:
        raise ValueError(f"{state!r} is no state as it stands: {' '.join(read[1])}")
    return read[0]
