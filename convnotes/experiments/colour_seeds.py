"""The colour network trained from several seeds: what its pictures show of the method, and what of one training."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

import numpy as np
from torch import nn

from convnotes.experiments import exemplar, gabor, kept, weights
from convnotes.experiments.colour_patches import alike, calibrated, strongest
from convnotes.experiments.training import Progress


@dataclass(frozen=True)
class Recipe:
    """A seed decides the classes, the initial weights, the samples and the scrambled phases; the first is the kept."""

    seeds: tuple[int, ...] = (0, 1, 2)


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For each seed: accuracy, kernels of the first layer that pass as Gabor functions, patches alike by layer."""
    return {"rows": [judged(recipe.seeds[which]) for which in progress(range(len(recipe.seeds)))]}


def judged(seed: int) -> dict[str, Any]:
    """The row of one seed: of the trained network, of what it started from, of its kernels with scrambled phases."""
    net, accuracy = _trained(seed)
    kernels = net.get_parameter("conv1.weight").detach().double().numpy()
    rng = np.random.default_rng(seed)
    start = calibrated(kept.colour_initial(seed))
    return {
        "seed": seed,
        "accuracy": round(accuracy, 4),
        **_gabor("trained", kernels),
        **_gabor("scrambled", (gabor.scrambled(kernel, rng) for kernel in kernels)),
        "alike": _alike(net),
        "alike_untrained": _alike(start),
    }


def _trained(seed: int) -> tuple[nn.Module, float]:
    if seed == kept.RECIPE.seed:
        return kept.colour(), weights.card("colour")["metrics"]["accuracy"]
    net, metrics = exemplar.train(exemplar.Recipe(seed=seed))
    return net, metrics["accuracy"]


def _gabor(name: str, kernels: Iterable[gabor.Array]) -> dict[str, float]:
    fits = [gabor.fit(kernel) for kernel in kernels]
    counts = {f"{name}_good": sum(fit.good for fit in fits), f"{name}_oriented": sum(fit.oriented for fit in fits)}
    return {f"{name}_r2": round(median(fit.r2 for fit in fits), 3), **counts}


def _alike(net: nn.Module) -> dict[str, float]:
    return {layer: round(fmean(values), 3) for layer, values in alike(strongest(net)).items()}
