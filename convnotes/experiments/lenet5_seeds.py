"""LeNet-5 trained from several seeds on MNIST: how many of the 10,000 test digits it misreads."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from convnotes import store
from convnotes.experiments import kept, lenet5, weights
from convnotes.experiments.fingerprint import digest
from convnotes.experiments.mnist import SOURCE, mnist
from convnotes.experiments.training import Progress


@dataclass(frozen=True)
class Recipe:
    """A seed decides the initial weights, the codes and the order of the digits; the weights of the first are kept."""

    seeds: tuple[int, ...] = (0, 1, 2)


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For each seed the misread digits of the test set, and the error on the training set.

    Each seed that is done is remembered in the cache, so a measurement that was interrupted goes on where it was.
    """
    rows = [_remembered(seed, lambda seed=seed: judged(seed, progress)) for seed in recipe.seeds]  # type: ignore[misc]
    return {"data": SOURCE, "rows": rows}


def judged(seed: int, progress: Progress = iter) -> dict[str, Any]:
    """The row of one seed."""
    net, found = _trained(seed, progress)
    return {
        "seed": seed,
        "wrong": round((1 - found["accuracy"]) * len(mnist().test_labels)),
        "training_error": round(1 - found["training_accuracy"], 6),
        "parameters": sum(parameter.numel() for parameter in net.parameters()),
    }


def _trained(seed: int, progress: Progress) -> tuple[nn.Module, dict[str, float]]:
    if seed == 0:
        return kept.lenet(), weights.card("lenet5")["metrics"]
    return lenet5.train(lenet5.Plan(), seed, progress)


def _remembered(seed: int, row: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    entry = f"lenet5-{digest(Path(__file__))}-{weights.versions()['torch']}-{seed}"
    found: dict[str, Any] = json.loads(store.remember(entry, lambda: {"row": json.dumps(row())})["row"])
    return found
