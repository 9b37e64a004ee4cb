"""Pieces of a long measurement, each kept in the cache: one that was interrupted goes on where it stopped."""

import json
import time
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import TypeVar, cast

from convnotes import store
from convnotes.experiments.fingerprint import digest

Found = TypeVar("Found")
_SAVED = [0.0]


def piece(module: str, what: object, compute: Callable[[], Found]) -> Found:
    """What `compute` gives, which JSON must hold; from the cache, if `module`, as it is now, was asked before.

    >>> piece("convnotes.experiments.pieces", ("an example", 1), lambda: [1, 2])
    [1, 2]
    """
    start = time.process_time()
    key = sha256(f"{_code(module)} {what}".encode()).hexdigest()
    name = module.rpartition(".")[2]
    kept = store.remember(f"{name}-{key}", lambda: _timed(compute))
    _SAVED[0] += max(0.0, float(kept["seconds"]) - (time.process_time() - start))
    return cast(Found, json.loads(kept["found"]))


def saved() -> float:
    """The processor time that the cache has saved this process: what its pieces took when they were computed.

    Pieces alone are counted: what an experiment keeps by itself (`degradation`, `lenet5_seeds`) is not.

    >>> saved() >= 0
    True
    """
    return _SAVED[0]


def _timed(compute: Callable[[], object]) -> dict[str, str]:
    start = time.process_time()
    found = json.dumps(compute())
    return {"found": found, "seconds": f"{time.process_time() - start:.2f}"}


@cache
def _code(module: str) -> str:
    path = store.module_path(module)
    assert path is not None  # a module of this package
    return digest(path)
