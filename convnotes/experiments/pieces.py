"""Pieces of a long measurement, each kept in the cache: one that was interrupted goes on where it stopped."""

import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import TypeVar, cast

from convnotes import store
from convnotes.experiments.fingerprint import digest

Found = TypeVar("Found")


def piece(module: str, what: object, compute: Callable[[], Found]) -> Found:
    """What `compute` gives, which JSON must hold; from the cache, if `module`, as it is now, was asked before.

    >>> piece("convnotes.experiments.pieces", ("an example", 1), lambda: [1, 2])
    [1, 2]
    """
    key = sha256(f"{_code(module)} {what}".encode()).hexdigest()
    name = module.rpartition(".")[2]
    kept = store.remember(f"{name}-{key}", lambda: {"found": json.dumps(compute())})
    return cast(Found, json.loads(kept["found"]))


@cache
def _code(module: str) -> str:
    path = store.module_path(module)
    assert path is not None  # a module of this package
    return digest(path)
