"""Convolutional against dense networks on few images: what the built-in assumptions are worth, and when nothing.

Every network gets the same images, steps, batches and optimiser; the learning rate of each kind is chosen among three
on a part of the training images that the measured runs do not see. Tested on images as trained, moved in the four
directions, and with all pixels in one fixed random order, for networks trained so: there neighbourhood means nothing.
"""

from dataclasses import dataclass
from statistics import fmean
from typing import Any

import torch
from torch import Tensor, nn

from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.mnist import SOURCE, digits, shifted
from convnotes.experiments.networks import dense_network, digit_network
from convnotes.experiments.training import Progress, Schedule, accuracy, fit
from convnotes.layers import Sequential

CANVAS = 32
KINDS: dict[str, Sequential] = {
    "convolutional": digit_network(),
    "dense, equal weights": dense_network(CANVAS**2, 6),
    "dense, equal MACs": dense_network(CANVAS**2, 448),
}
SHIFTS = (0, 1, 2, 3, 4)  # columns and rows, in each of the four directions; the digit stays on the canvas


@dataclass(frozen=True)
class Recipe:
    """How many images, which seeds (images, weights and batches follow them), and how long."""

    sizes: tuple[int, ...] = (50, 200, 1000, 5000)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    steps: int = 400
    rates: tuple[float, ...] = (1e-3, 3e-3, 1e-2)
    validation: int = 1000  # the last of the training images, for choosing the rate


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """Accuracy on 2,000 test images of every kind, size and seed: under each shift, and with shuffled pixels."""
    rates = {kind: _rate(kind, recipe) for kind in KINDS}
    jobs = [(kind, size, seed) for size in recipe.sizes for kind in KINDS for seed in recipe.seeds]
    rows = []
    for which in progress(range(len(jobs))):
        kind, size, seed = jobs[which]
        schedule = Schedule(recipe.steps, lr=rates[kind])
        rows.append({"kind": kind, "size": size, "seed": seed, **_run(kind, size, seed, schedule, recipe)})
    return {"data": SOURCE, "rates": rates, "rows": rows}


def moved_accuracy(net: nn.Module, images: Tensor, labels: Tensor, by: int) -> float:
    """Mean accuracy over the four moves by `by` cells: right, left, down, up."""
    moves = [(0, by), (0, -by), (by, 0), (-by, 0)] if by else [(0, 0)]
    return fmean(accuracy(net, shifted(images, *move), labels) for move in moves)


def _run(kind: str, size: int, seed: int, schedule: Schedule, recipe: Recipe) -> dict[str, Any]:
    data = digits(CANVAS)
    order = torch.randperm(len(data.images) - recipe.validation, generator=torch.Generator().manual_seed(100 + seed))[
        :size
    ]
    pixels = torch.randperm(CANVAS**2, generator=torch.Generator().manual_seed(0))
    out: dict[str, Any] = {}
    for shuffle in (False, True):
        images, test = (_shuffled(x, pixels) if shuffle else x for x in (data.images[order], data.test_images))
        with seeded(seed):
            net = build(KINDS[kind])
            fit(net, images, data.labels[order], schedule, seed)
        if shuffle:
            out["shuffled"] = round(accuracy(net, test, data.test_labels), 4)
        else:
            out["moved"] = [round(moved_accuracy(net, test, data.test_labels, by), 4) for by in SHIFTS]
    return out


def _shuffled(images: Tensor, pixels: Tensor) -> Tensor:
    return images.flatten(1)[:, pixels].reshape(images.shape)


def _rate(kind: str, recipe: Recipe) -> float:
    data = digits(CANVAS)
    end = len(data.images) - recipe.validation
    found = {}
    for rate in recipe.rates:
        with seeded(999):
            net = build(KINDS[kind])
            fit(net, data.images[:400], data.labels[:400], Schedule(recipe.steps, lr=rate), 999)
        found[rate] = accuracy(net, data.images[end:], data.labels[end:])
    return max(found, key=lambda rate: found[rate])
