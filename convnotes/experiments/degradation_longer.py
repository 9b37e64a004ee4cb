"""Degradation in miniature, trained longer: does the deep plain stack catch up? [he2016] trained three times as long.

The same networks, data and seeds as in `degradation`; only the number of steps grows, and the learning rate falls to
zero at its end each time.
"""

from dataclasses import dataclass
from statistics import fmean
from typing import Any

from convnotes.experiments.degradation import Recipe as Short
from convnotes.experiments.degradation import losses
from convnotes.experiments.digits import SOURCE
from convnotes.experiments.training import Progress


@dataclass(frozen=True)
class Recipe:
    """Which networks are trained, with which seeds, and for how many steps each time."""

    networks: tuple[tuple[str, int], ...] = (("plain", 8), ("plain", 20), ("plain", 32), ("residual", 32))
    seeds: tuple[int, ...] = (0, 1)
    steps: tuple[int, ...] = (500, 1000, 1500)


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """Mean training loss of the last 20 steps of each run."""
    jobs = [(*which, seed, steps) for steps in recipe.steps for which in recipe.networks for seed in recipe.seeds]
    rows = []
    for number in progress(range(len(jobs))):
        kind, depth, seed, steps = jobs[number]
        curve = losses(kind, depth, seed, Short(steps=steps))  # type: ignore[arg-type]  # a tuple loses the literal
        rows.append({"kind": kind, "depth": depth, "seed": seed, "steps": steps, "loss": round(fmean(curve[-20:]), 4)})
    return {"data": SOURCE, "rows": rows}
