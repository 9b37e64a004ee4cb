"""Numbers as the notes write them: a real minus sign, and sizes joined by ×."""

import re
from collections.abc import Iterable

_HYPHEN = re.compile(r"-(?=[\d.])")


def minus(number: object) -> str:
    """A number, or text with numbers in it, with real minus signs.

    >>> minus(-3), minus(4), minus("-1,024"), minus("k-means")
    ('−3', '4', '−1,024', 'k-means')
    """
    return _HYPHEN.sub("−", str(number))


def bracketed(number: object) -> str:
    """A number within a product or a sum: in brackets if it is negative.

    >>> bracketed(-3), bracketed(4)
    ('(−3)', '4')
    """
    text = minus(number)
    return f"({text})" if text.startswith("−") else text


def by(sizes: Iterable[object]) -> str:
    """Sizes joined by ×.

    >>> by((3, 224, 224))
    '3×224×224'
    """
    return "×".join(map(str, sizes))
