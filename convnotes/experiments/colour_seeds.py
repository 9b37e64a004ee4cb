"""The colour network trained from several seeds: what its pictures show of the method, and what of one training."""

from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from torch import nn

from convnotes.experiments import exemplar, gabor, kept, weights
from convnotes.experiments.colour_patches import alike, calibrated, strongest
from convnotes.experiments.training import Progress


@dataclass(frozen=True)
class Recipe:
    """A seed decides the classes, the initial weights and the samples; the first is the kept."""

    seeds: tuple[int, ...] = (0, 1, 2)


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For each seed: accuracy, kernels of the first layer that pass as Gabor functions, patches alike by layer."""
    return {"rows": [judged(recipe.seeds[which]) for which in progress(range(len(recipe.seeds)))]}


def judged(seed: int) -> dict[str, Any]:
    """The row of one seed: of the trained network, and of what it started from."""
    net, accuracy = _trained(seed)
    kernels = net.get_parameter("conv1.weight").detach().double().numpy()
    start = calibrated(kept.colour_initial(seed))
    return {
        "seed": seed,
        "accuracy": round(accuracy, 4),
        **_gabor(kernels),
        "alike": _alike(net),
        "alike_untrained": _alike(start),
    }


def _trained(seed: int) -> tuple[nn.Module, float]:
    if seed == kept.RECIPE.seed:
        return kept.colour(), weights.card("colour")["metrics"]["accuracy"]
    net, metrics = exemplar.train(exemplar.Recipe(seed=seed))
    return net, metrics["accuracy"]


def _gabor(kernels: gabor.Array) -> dict[str, float]:
    fits = [gabor.fit(kernel) for kernel in kernels]
    counts = {"trained_good": sum(fit.good for fit in fits), "trained_oriented": sum(fit.oriented for fit in fits)}
    return {"trained_r2": round(median(fit.r2 for fit in fits), 3), **counts}


def _alike(net: nn.Module) -> dict[str, float]:
    return {layer: round(fmean(values), 3) for layer, values in alike(strongest(net)).items()}
