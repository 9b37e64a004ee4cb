"""Pieces of a long measurement, each kept in the cache: one that was interrupted goes on where it stopped.

Where the machine has several processors, each works at a piece of its own.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from hashlib import sha256
from multiprocessing import get_context
from typing import TypeVar, cast

import torch

from convnotes import store
from convnotes.experiments import results, weights
from convnotes.experiments.determinism import leave_new_memory
from convnotes.experiments.training import Progress

What = TypeVar("What")
Found = TypeVar("Found")
_SAVED: dict[str, float] = {}  # by entry, once for each


def pieces(compute: Callable[[What], Found], wanted: Sequence[What], progress: Progress = iter) -> list[Found]:
    """What `compute`, a function of a module, gives for each of `wanted`, in their order; see `piece`."""
    new = [what for what in wanted if not store.holds(_entry(compute, what))]
    if len(new) > 1 and processors() > 1:
        with ProcessPoolExecutor(processors(), get_context("spawn"), leave_new_memory) as pool:
            done = pool.map(partial(_kept, compute), new)
            for _ in progress(range(len(new))):
                next(done)
        progress = iter
    return [piece(compute, wanted[which]) for which in progress(range(len(wanted)))]


def piece(compute: Callable[[What], Found], what: What) -> Found:
    """What `compute` gives for `what`, which JSON must hold; from the cache, if its module, as it is now, was asked.

    >>> from convnotes.experiments.photographs import credit
    >>> piece(credit, "rocket")
    '“rocket” by SpaceX (public domain)'
    """
    start, entry = time.process_time(), _entry(compute, what)
    kept = _kept(compute, what)
    _SAVED.setdefault(entry, max(0.0, float(kept["seconds"]) - (time.process_time() - start)))
    return cast(Found, json.loads(kept["found"]))


def saved() -> float:
    """The processor time that other processes spent on the pieces of this one, or that the cache has saved it.

    >>> saved() >= 0
    True
    """
    return sum(_SAVED.values())


def processors() -> int:
    """How many processes work at once: one on each processor that this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _kept(compute: Callable[[What], object], what: What) -> dict[str, str]:
    return store.remember(_entry(compute, what), lambda: _timed(compute, what))


def _timed(compute: Callable[[What], object], what: What) -> dict[str, str]:
    """On one thread, as the others have processors of their own, and so that a piece is the same with and without."""
    start, threads = time.process_time(), torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        found = json.dumps(compute(what))
    finally:
        torch.set_num_threads(threads)
    return {"found": found, "seconds": f"{time.process_time() - start:.2f}"}


def _entry(compute: Callable[[What], object], what: What) -> str:
    module = compute.__module__.rpartition(".")[2]
    key = sha256(f"{_made_by(module)} {compute.__name__} {what}".encode()).hexdigest()
    return f"{module}-{key}"


@cache
def _made_by(module: str) -> str:
    """The code of a module of experiments, the weights that it reads, and the versions of what it computes with."""
    return f"{results.fingerprint(module)} {weights.versions()}"
