"""LeNet-5 trained from several seeds on MNIST: how many of the 10,000 test digits it misreads."""

from dataclasses import dataclass
from typing import Any

from torch import nn

from convnotes.experiments import kept, lenet5, weights
from convnotes.experiments.mnist import SOURCE, mnist
from convnotes.experiments.pieces import pieces
from convnotes.experiments.training import Progress


@dataclass(frozen=True)
class Recipe:
    """A seed decides the initial weights, the codes and the order of the digits; the weights of the first are kept."""

    seeds: tuple[int, ...] = (0, 1, 2)


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For each seed the misread digits of the test set, and the error on the training set."""
    return {"data": SOURCE, "rows": pieces(judged, recipe.seeds, progress)}


def judged(seed: int) -> dict[str, Any]:
    """The row of one seed."""
    net, found = _trained(seed)
    return {
        "seed": seed,
        "wrong": round((1 - found["accuracy"]) * len(mnist().test_labels)),
        "training_error": round(1 - found["training_accuracy"], 6),
        "parameters": sum(parameter.numel() for parameter in net.parameters()),
    }


def _trained(seed: int) -> tuple[nn.Module, dict[str, float]]:
    if seed == 0:
        return kept.lenet(), weights.card("lenet5")["metrics"]
    return lenet5.train(lenet5.Plan(), seed)
