"""Transfer learning, measured: what a network that knows ImageNet is worth elsewhere, from 5 to 5,000 images each.

Two tasks of ten classes, Fashion-MNIST as it comes and the same garments on pieces of photographs. Every run is kept in
the cache, and so are the features of the trained network, so an interrupted measurement goes on from there.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from convnotes.experiments import fashion, lite0, transfer_blocks, transfer_runs
from convnotes.experiments.pieces import pieces
from convnotes.experiments.training import Progress
from convnotes.experiments.transfer_runs import Run

SIZES = (5, 20, 100, 500, 1000, 5000)  # images per class
Plans = tuple[tuple[str, str, tuple[int, ...], int], ...]


@dataclass(frozen=True)
class Recipe:
    """Task, way to learn, images per class, and how many seeds."""

    runs: Plans = (
        ("plain", "frozen", SIZES, 3),
        ("plain", "tuned", SIZES, 3),
        ("plain", "scratch", SIZES, 3),
        ("plain", "pixels", SIZES, 3),
        ("plain", "random", (20, 100), 3),
        ("scenes", "frozen", SIZES, 3),
        ("scenes", "tuned", SIZES, 3),
        ("scenes", "scratch", SIZES, 3),
        ("scenes", "pixels", SIZES, 3),
        ("scenes", "random", (20, 100), 3),
    )


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """The share of test images that each run gets right."""
    runs = list(_runs(recipe))
    blocks = sorted(set.union(*map(transfer_runs.asked_of_lite0, runs)))
    pieces(transfer_blocks.read_block, blocks, progress)  # by themselves: several runs ask for the same
    right = pieces(transfer_runs.right, runs, progress)
    rows = [{**asdict(run), "right": round(one, 4)} for run, one in zip(runs, right, strict=True)]
    return {"data": fashion.SOURCE, "weights": lite0.PACKAGE, "file": lite0.SHA256, "rows": rows}


def _runs(recipe: Recipe) -> Iterator[Run]:
    for task, method, sizes, seeds in recipe.runs:
        for each in sizes:
            for seed in range(seeds):
                yield Run(task, method, each, seed)  # type: ignore[arg-type]  # a tuple of str loses the literals
