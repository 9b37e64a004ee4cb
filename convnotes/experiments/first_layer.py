"""The 40 kernels of the colour network's first layer, judged: trained, initial, and as smooth noise."""

from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convnotes.experiments import gabor, kept
from convnotes.experiments.pieces import pieces
from convnotes.experiments.training import Progress

MEASURES = ("r2", "constant", "luminance", "orientation", "width")


@dataclass(frozen=True)
class Recipe:
    """Each of the seeds draws the noise once; the weights are the kept ones."""

    seeds: tuple[int, ...] = tuple(range(20))


def kernels(seed: int = 0) -> dict[str, NDArray[np.float64]]:
    """The three sets of kernels (40, 3, 11, 11): as trained, as initialised, and noise as smooth as the trained."""
    trained, initial = (net.get_parameter("conv1.weight") for net in (kept.colour(), kept.colour_initial()))
    sets = {name: part.detach().double().numpy() for name, part in (("trained", trained), ("initial", initial))}
    rng = np.random.default_rng(seed)
    return {**sets, "noise": np.stack([gabor.smooth_noise(kernel, rng) for kernel in sets["trained"]])}


def kept_shape(seed: int = 0) -> list[float]:
    """For each trained kernel its correlation with its noise, the sign left out: 1 where the noise kept its shape."""
    sets = kernels(seed)
    pairs = zip(sets["trained"], sets["noise"], strict=True)
    return [abs(float(np.corrcoef(kernel.ravel(), noise.ravel())[0, 1])) for kernel, noise in pairs]


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """Every measure of `gabor.Fit` for every kernel, of the noise for its first seed; and a summary for each seed."""
    trained, initial, *noise = pieces(
        _scores,  # type: ignore[arg-type]  # a list of strings and numbers is one of objects to mypy
        ["trained", "initial", *recipe.seeds],
        progress,
    )
    shown = {"trained": trained, "initial": initial, "noise": noise[0]}
    return {
        "noise": [{"seed": seed, **summary(scores)} for seed, scores in zip(recipe.seeds, noise, strict=True)],
        "rows": [{"kernels": name, **score} for name, scores in shown.items() for score in scores],
    }


def _scores(which: str | int) -> list[dict[str, Any]]:
    """Of each kernel of a set, or of the noise drawn with this seed, the measures."""
    chosen = kernels()[which] if isinstance(which, str) else kernels(which)["noise"]
    fits = [gabor.fit(kernel) for kernel in chosen]
    return [
        {"channel": channel, **{key: round(getattr(fit, key), 3) for key in MEASURES}, "oriented": fit.oriented}
        for channel, fit in enumerate(fits)
    ]


def summary(scores: list[dict[str, Any]]) -> dict[str, Any]:
    """Of the scores of 40 kernels: median R², how many have three quarters, median direction, how many are oriented.

    >>> summary([{"r2": 0.9, "orientation": 0.5, "oriented": True}, {"r2": 0.7, "orientation": 0.1, "oriented": False}])
    {'r2': 0.8, 'good': 1, 'orientation': 0.3, 'oriented': 1}
    """
    middle = {key: round(median(row[key] for row in scores), 4) for key in ("r2", "orientation")}
    good, oriented = sum(row["r2"] >= 0.75 for row in scores), sum(row["oriented"] for row in scores)
    return {"r2": middle["r2"], "good": good, "orientation": middle["orientation"], "oriented": oriented}
