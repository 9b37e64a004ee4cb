"""The 40 kernels of the colour network's first layer, judged: trained, initial, and as smooth noise."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convnotes.experiments import gabor, kept
from convnotes.experiments.training import Progress


@dataclass(frozen=True)
class Recipe:
    """The seed draws the noise; the weights are the kept ones."""

    seed: int = 0


def kernels(seed: int = 0) -> dict[str, NDArray[np.float64]]:
    """The three sets of kernels (40, 3, 11, 11): as trained, as initialised, and noise as smooth as the trained."""
    trained, initial = (net.get_parameter("conv1.weight") for net in (kept.colour(), kept.colour_initial()))
    sets = {name: part.detach().double().numpy() for name, part in (("trained", trained), ("initial", initial))}
    rng = np.random.default_rng(seed)
    return {**sets, "noise": np.stack([gabor.smooth_noise(kernel, rng) for kernel in sets["trained"]])}


def kept_shape() -> list[float]:
    """For each trained kernel its correlation with its noise, the sign left out: 1 where the noise kept its shape."""
    sets = kernels()
    pairs = zip(sets["trained"], sets["noise"], strict=True)
    return [abs(float(np.corrcoef(kernel.ravel(), noise.ravel())[0, 1])) for kernel, noise in pairs]


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """Every measure of `gabor.Fit` for every kernel of every set."""
    jobs = [(name, channel) for name in ("trained", "initial", "noise") for channel in range(40)]
    sets, rows = kernels(recipe.seed), []
    for which in progress(range(len(jobs))):
        name, channel = jobs[which]
        fit = gabor.fit(sets[name][channel])
        measures = {key: round(getattr(fit, key), 3) for key in ("r2", "constant", "luminance", "orientation", "width")}
        rows.append({"kernels": name, "channel": channel, **measures, "oriented": fit.oriented})
    return {"rows": rows}
