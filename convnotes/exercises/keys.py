"""Keys: a sheet drawn with one can be made again only by those who have it."""

from __future__ import annotations

import hmac
from pathlib import Path

SHORTEST = 16  # bytes: a shorter key can be tried out


def drawn(key: bytes, *parts: object) -> int:
    """The seed that a key makes of the parts (HMAC with SHA-256).

    >>> drawn(b"one long secret key", 42) == drawn(b"one long secret key", 42) != drawn(b"another long secret", 42)
    True
    """
    return int.from_bytes(hmac.digest(key, "/".join(map(str, parts)).encode(), "sha256"), "big")


def read_key(path: str) -> bytes:
    """The key in a file, without spaces and ends of lines around it; ValueError if it is none.

    >>> read_key(".")
    Traceback (most recent call last):
    ValueError: the key . is a folder: give a file that holds at least 16 letters
    """
    if Path(path).is_dir():
        raise ValueError(f"the key {path} is a folder: give a file that holds at least {SHORTEST} letters")
    try:
        found = Path(path).read_bytes().strip()
    except OSError as error:
        raise ValueError(f"the key {path} cannot be read: {error.strerror}") from None
    if len(found) < SHORTEST:
        raise ValueError(
            f"the key {path} holds {len(found)} bytes, which can be guessed: it takes at least {SHORTEST}. "
            'python -c "import secrets; print(secrets.token_hex())" prints a good one'
        )
    return found
