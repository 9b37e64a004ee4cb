"""Answers: how one is written, and how one that somebody typed is read. Compared exactly, never as floats.

docs/assets/cn/practice-core.js reads answers by the same rules in the page; golden cases hold the two equal.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from fractions import Fraction

from convnotes.words.numbers import minus

# A whole number, a fraction, some whole numbers, one of the options, all options that are right.
Answer = int | Fraction | tuple[int, ...] | str | tuple[str, ...]

SPACES = re.compile("[ \t\u00a0\u2009\u202f]+")
# Not 1.000, which is one to some readers and a thousand to others; of a fraction not 1,125 either.
WHOLE = re.compile(
    r"(?!-?[1-9][0-9]{0,2}\.000(?!0))-?(?:[1-9][0-9]{0,2}([, '_])[0-9]{3}(?:\1[0-9]{3})*|[0-9]+)(?:\.0*)?"
)
TWOFOLD = re.compile(r"-?[1-9][0-9]{0,2}(?:\.000|,[0-9]{3})")
DECIMAL = re.compile(r"(-?[0-9]*)\.([0-9]+)")
LONGEST = 60  # letters: nobody types more
SHARES = (
    "The right options share the points equally. The wrong ones together take away all points, each an equal part; "
    "the result is never below 0. So choosing all options earns nothing."
)


def form(answer: Answer) -> str:
    """What an answer is: `whole`, `fraction`, `tuple`, `choice` or `several`."""
    if isinstance(answer, str):
        return "choice"
    if isinstance(answer, tuple):
        return "several" if isinstance(answer[0], str) else "tuple"
    return "fraction" if isinstance(answer, Fraction) else "whole"


def written(answer: Answer) -> str:
    """An answer as the notes write it.

    >>> written(3211264), written(Fraction(22, 49)), written((64, 112, 112)), written(-3)
    ('3,211,264', '22/49', '(64, 112, 112)', '−3')
    >>> written(("it is odd", "it is prime"))
    'it is odd; it is prime'
    """
    if isinstance(answer, tuple):
        return "; ".join(map(str, answer)) if form(answer) == "several" else f"({', '.join(map(minus, answer))})"
    if isinstance(answer, str):
        return answer
    return minus(f"{answer:,}" if isinstance(answer, int) else answer)


def key(answer: Answer) -> str:
    """An answer in the one form in which answers are compared.

    >>> key(3211264), key(Fraction(22, 49)), key((64, 112, 112))
    ('3211264', '22/49', '64,112,112')
    """
    return ",".join(map(str, answer)) if isinstance(answer, tuple) else str(answer)


def read(text: str, kind: str, unit: str = "") -> str | None:
    """The key of the answer that somebody typed, None if it cannot be read as that form, or can in two ways.

    >>> [read(text, "whole") for text in ("3,211,264", "3 211 264", "3211264", "3211264.0", "3.2 million")]
    ['3211264', '3211264', '3211264', '3211264', None]
    >>> [read(text, "whole") for text in ("1.000", "1,000", "1,000.000", "1.00")]
    [None, '1000', '1000', '1']
    >>> [read(text, "fraction") for text in ("44/98", "0.5", "12.5 %", "3", "1/0")]
    ['22/49', '1/2', '1/8', '3', None]
    >>> [read(text, "fraction") for text in ("1,125", "1.125", "1.000", "1,125,000", "1,125/8")]
    [None, '9/8', None, '1125000', '1125/8']
    >>> [read(text, "tuple") for text in ("55×55", "(64, 112, 112)", "55 x 55", "1,024×7×7", "−3..3")]
    ['55,55', '64,112,112', '55,55', '1024,7,7', None]
    >>> [read(text, "whole", "cells") for text in ("57 cells", "1 Cell", "57 MACs", "cells")]
    ['57', '1', None, None]
    """
    text = SPACES.sub(" ", text.replace("−", "-")).strip(" ").removeprefix("=").strip(" ")
    if len(text) > LONGEST:
        return None
    text = _without(unit, text)
    if kind == "tuple":
        return _tuple(text)
    if kind == "fraction":
        return _fraction(text)
    number = _whole(text)
    return None if number is None else str(number)


def earned(chosen: Collection[str], right: Collection[str], wrong: Collection[str]) -> tuple[Fraction, str]:
    """The part of the points that the options `chosen` earn, and how it comes about.

    Each right one earns an equal part, each wrong one takes an equal part away, and there is no less than nothing: who
    chooses all gets as much as who chooses none.

    >>> earned("abe", "abc", "de")
    (Fraction(1, 6), 'Chosen: 2 of the 3 right options, 1 of the 2 wrong ones. 2/3 − 1/2 = 1/6 of the points.')
    >>> earned("bc", "abc", "de")[1]
    'Chosen: 2 of the 3 right options, 0 of the 2 wrong ones. 2/3 of the points.'
    >>> earned("ae", "abc", "de")
    (Fraction(0, 1), 'Chosen: 1 of the 3 right options, 1 of the 2 wrong ones. 1/3 − 1/2 is below 0: no points.')
    """
    hits, slips = len(set(chosen) & set(right)), len(set(chosen) & set(wrong))
    found = Fraction(hits, len(right)) - Fraction(slips, len(wrong))
    sum_ = f"{hits}/{len(right)}" + (f" − {slips}/{len(wrong)}" if slips else "")
    told = f"{sum_} of the points" if not slips else f"{sum_} = {found} of the points"
    if found <= 0:
        told = f"{sum_} is {'below ' if found else ''}0: no points"
    counted = f"Chosen: {hits} of the {len(right)} right options, {slips} of the {len(wrong)} wrong ones."
    return max(found, Fraction(0)), f"{counted} {told}."


def single(unit: str) -> str:
    """The unit of one.

    >>> single("cells"), single("entries"), single("passes")
    ('cell', 'entry', 'pass')
    """
    return re.sub("(ss)es$|s$", r"\1", re.sub("ies$", "y", unit))


def _without(unit: str, text: str) -> str:
    """The text without the unit behind it, which may be of one."""
    for word in (unit, single(unit)):
        if word and text.lower().endswith(word.lower()):
            return text[: -len(word)].rstrip(" ")
    return text


def _whole(text: str) -> int | None:
    return int(re.sub(r"\..*|[, '_]", "", text)) if WHOLE.fullmatch(text) else None


def _fraction(text: str) -> str | None:
    percent = text.endswith("%")
    above, slash, below = text.removesuffix("%").strip(" ").partition("/")
    if not slash and TWOFOLD.fullmatch(above.strip(" ")):
        return None
    top, bottom = _whole(above.strip(" ")), _whole(below.strip(" ")) if slash else 1
    if top is None and not slash and (found := DECIMAL.fullmatch(above.strip(" "))):
        top, bottom = int(found[1] + found[2]), 10 ** len(found[2])
    if top is None or not bottom:
        return None
    return str(Fraction(top, bottom * (100 if percent else 1)))


def _tuple(text: str) -> str | None:
    inside = re.sub(r"^[(\[]|[)\]]$", "", text).strip(" ")
    crossed = re.search("[×x*;]", inside)
    parts = re.split(" ?[×x*;] ?" if crossed else " ?, ?| ", inside)
    numbers = [_whole(part) for part in parts]
    return None if None in numbers else ",".join(map(str, numbers))
