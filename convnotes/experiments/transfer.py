"""Transfer learning, measured: what a network that knows ImageNet is worth on another task, from 5 to 500 images each.

Two tasks of ten classes, Fashion-MNIST as it comes and the same garments on pieces of photographs. Every run is kept in
the cache, and so are the features of the trained network, so an interrupted measurement goes on from there.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from convnotes import store
from convnotes.experiments import fashion, lite0, transfer_runs
from convnotes.experiments.fingerprint import digest
from convnotes.experiments.training import Progress
from convnotes.experiments.transfer_runs import Run

Plans = tuple[tuple[str, str, tuple[int, ...], int], ...]


@dataclass(frozen=True)
class Recipe:
    """Task, way to learn, images a class, and how many seeds."""

    runs: Plans = (
        ("plain", "frozen", (5, 20, 100, 500), 3),
        ("plain", "tuned", (5, 20, 100), 3),
        ("plain", "scratch", (5, 20, 100, 500), 3),
        ("plain", "pixels", (5, 20, 100, 500), 3),
        ("scenes", "frozen", (5, 20, 100, 500), 3),
        ("scenes", "tuned", (5, 20, 100, 500), 3),
        ("scenes", "scratch", (5, 20, 100, 500), 3),
        ("scenes", "pixels", (5, 20, 100, 500), 3),
        ("scenes", "random", (20, 100), 3),
    )


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """The share of test images that each run gets right."""
    runs, rows = list(_runs(recipe)), []
    for which in progress(range(len(runs))):
        kept = store.remember(_key(runs[which]), lambda: {"right": json.dumps(transfer_runs.right(runs[which]))})  # noqa: B023
        rows.append({**asdict(runs[which]), "right": round(json.loads(kept["right"]), 4)})
    return {"data": fashion.SOURCE, "weights": lite0.PACKAGE, "rows": rows}


def _runs(recipe: Recipe) -> Iterator[Run]:
    for task, method, sizes, seeds in recipe.runs:
        for each in sizes:
            for seed in range(seeds):
                yield Run(task, method, each, seed)  # type: ignore[arg-type]  # a tuple of str loses the literals


def _key(run: Run) -> str:
    path = store.module_path(transfer_runs.__name__)
    assert path is not None  # the module of the runs
    return f"transfer-{sha256(f'{digest(path)} {run}'.encode()).hexdigest()}"
