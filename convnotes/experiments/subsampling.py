"""Three ways to halve a map in the digit network, over several seeds: what each does to maps and answers in moves."""

from dataclasses import dataclass
from typing import Any, get_args

import torch
from torch import nn

from convnotes.experiments.digits import SOURCE, Digits, digits, shifted
from convnotes.experiments.equivariance import equivariance
from convnotes.experiments.networks import Pooling, digit_network
from convnotes.experiments.training import Progress, accuracy, digit_classifier


@dataclass(frozen=True)
class Recipe:
    """The seeds draw weights and batches; all networks see the same 1,400 digits, none of them moved."""

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    moves: tuple[int, ...] = (1, 2, 3, 4)


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For each kind and seed: test accuracy, the share of test digits that keep their class when moved right, and what
    a move by one column leaves of equivariance behind each halving.
    """
    jobs = [(pooling, seed) for pooling in get_args(Pooling) for seed in recipe.seeds]
    rows, data = [], digits()
    for which in progress(range(len(jobs))):
        pooling, seed = jobs[which]
        net, metrics = digit_classifier(pooling, seed)
        same = [same_class(net, data, move) for move in recipe.moves]
        left = equivariance_left(net, pooling)
        rows.append({"pooling": pooling, "seed": seed, "accuracy": metrics["accuracy"], "same": same, "left": left})
    return {"data": SOURCE, "rows": rows}


@torch.no_grad()
def same_class(net: nn.Module, data: Digits, columns: int) -> float:
    """Share of test digits to which `net` gives the same class before and after a move right by `columns`."""
    return accuracy(net, shifted(data.test_images, 0, columns), net(data.test_images).argmax(1))


def equivariance_left(net: nn.Module, pooling: Pooling, images: int = 40) -> list[float]:
    """What is left, away from borders, of a move by one column behind the three halvings, moved back as fits best."""
    canvas = digits(64).test_images[:images]
    found = {row.name: row.left for row in equivariance(digit_network(pooling), net, canvas, 1, "inside")}
    part = {"max": "pool", "blur": "blur", "stride": "conv"}[pooling]
    return [round(found[f"{part}{number}"] or 0.0, 4) for number in (1, 2, 3)]
