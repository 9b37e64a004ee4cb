"""Three ways to halve a map, in the digit network, over several seeds: what each does to answers when digits move."""

from dataclasses import dataclass
from typing import Any, get_args

import torch
from torch import nn

from convnotes.experiments.digits import SOURCE, Digits, digits, shifted
from convnotes.experiments.networks import Pooling
from convnotes.experiments.training import Progress, accuracy, digit_classifier


@dataclass(frozen=True)
class Recipe:
    """The seeds draw weights and batches; all networks see the same 1,400 digits, none of them moved."""

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    moves: tuple[int, ...] = (1, 2, 3, 4)


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For each kind and seed: test accuracy, and the share of test digits that keep their class when moved right."""
    jobs = [(pooling, seed) for pooling in get_args(Pooling) for seed in recipe.seeds]
    rows, data = [], digits()
    for which in progress(range(len(jobs))):
        pooling, seed = jobs[which]
        net, metrics = digit_classifier(pooling, seed)
        same = [same_class(net, data, move) for move in recipe.moves]
        rows.append({"pooling": pooling, "seed": seed, "accuracy": metrics["accuracy"], "same": same})
    return {"data": SOURCE, "rows": rows}


@torch.no_grad()
def same_class(net: nn.Module, data: Digits, columns: int) -> float:
    """Share of test digits to which `net` gives the same class before and after a move right by `columns`."""
    return accuracy(net, shifted(data.test_images, 0, columns), net(data.test_images).argmax(1))
