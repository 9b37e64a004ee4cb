"""Three ways to halve a map in the digit network, over several seeds: what happens to the answers when digits move."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.mnist import SOURCE, Digits, digits, shifted
from convnotes.experiments.networks import Pooling, digit_network
from convnotes.experiments.training import DIGITS, Progress, accuracy, blur, fit

NETWORKS: tuple[tuple[Pooling, bool], ...] = (("max", False), ("blur", False), ("stride", False), ("stride", True))


@dataclass(frozen=True)
class Recipe:
    """The seeds draw weights and batches; all networks see the same 6,000 digits of MNIST, each on a canvas.

    `trained_moves` are the columns by which the digits of the last network have moved, each digit by each of them.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    moves: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7, 8)
    trained_moves: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7)
    canvas: int = 40


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For each network and seed: test accuracy in place, and the share of test digits that keep their class when moved.

    The last network was trained on digits that had moved, the others on digits in place.
    """
    jobs = [(network, seed) for network in NETWORKS for seed in recipe.seeds]
    rows, data = [], digits(recipe.canvas)
    for which in progress(range(len(jobs))):
        (pooling, moved), seed = jobs[which]
        net = trained(pooling, seed, data, recipe.trained_moves if moved else (0,))
        same = [same_class(net, data, move) for move in recipe.moves]
        found = accuracy(net, data.test_images, data.test_labels)
        rows.append({"pooling": pooling, "moved": moved, "seed": seed, "accuracy": found, "same": same})
    return {"data": SOURCE, "rows": rows}


def trained(pooling: Pooling, seed: int, data: Digits, moves: tuple[int, ...]) -> nn.Module:
    """The digit network, trained on the training images moved right by each of `moves`."""
    images = torch.cat([shifted(data.images, 0, move) for move in moves])
    with seeded(seed):
        net = build(digit_network(pooling))
        blur(net)
        fit(net, images, data.labels.repeat(len(moves)), DIGITS, seed)
    return net


@torch.no_grad()
def same_class(net: nn.Module, data: Digits, columns: int) -> float:
    """Share of test digits to which `net` gives the same class before and after a move right by `columns`."""
    return accuracy(net, shifted(data.test_images, 0, columns), net(data.test_images).argmax(1))
