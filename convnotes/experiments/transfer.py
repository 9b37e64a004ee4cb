"""Transfer learning, measured: what a network that knows ImageNet is worth elsewhere, from 5 to 5,000 images each.

Two tasks of ten classes, Fashion-MNIST as it comes and the same garments on pieces of photographs. Every run is kept in
the cache, and so are the features of the trained network, so an interrupted measurement goes on from there.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import torch

from convnotes.experiments import fashion, lite0, transfer_blocks, transfer_heads, transfer_images, transfer_runs
from convnotes.experiments.pieces import pieces
from convnotes.experiments.training import Progress
from convnotes.experiments.transfer_blocks import Block, blocks
from convnotes.experiments.transfer_images import Task
from convnotes.experiments.transfer_runs import Run

SIZES = (5, 20, 100, 500, 5000)  # images per class
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
    heads = sorted({(run.task, run.each, run.seed) for run in runs if run.method in ("frozen", "tuned")})
    read = {block for which in heads for block in _blocks(*which)}
    pieces(transfer_blocks.read_block, sorted(read), progress)  # first, as several heads and runs ask for the same
    pieces(transfer_heads.fit_head, heads, progress)
    right = pieces(transfer_runs.right, runs, progress)
    rows = [{**asdict(run), "right": round(one, 4)} for run, one in zip(runs, right, strict=True)]
    return {"data": fashion.SOURCE, "weights": lite0.PACKAGE, "file": lite0.SHA256, "rows": rows}


def _blocks(task: Task, each: int, seed: int) -> set[Block]:
    """The blocks of the garments that a head is fitted to and tested with."""
    return blocks(task, torch.cat([transfer_images.known(each, seed), transfer_images.asked(seed)]))


def _runs(recipe: Recipe) -> Iterator[Run]:
    for task, method, sizes, seeds in recipe.runs:
        for each in sizes:
            for seed in range(seeds):
                yield Run(task, method, each, seed)  # type: ignore[arg-type]  # a tuple of str loses the literals
