"""Degradation in miniature [he2016]: deeper plain stacks that fit their training data worse, and the same with skips.

Both kinds see the same digits in the same order, have the same convolutions with batch normalisation, and differ only
in the sums. What is compared is the *training* loss, so overfitting plays no part.
"""

from dataclasses import dataclass
from math import cos, pi
from statistics import fmean
from typing import Any, Literal

import torch
from torch import nn
from torch.nn import functional

from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.digits import SOURCE, digits
from convnotes.experiments.training import Progress
from convnotes.layers import (
    AdaptiveAvgPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Layer,
    Linear,
    ReLU,
    Residual,
    Sequential,
)

Kind = Literal["plain", "residual"]


@dataclass(frozen=True)
class Recipe:
    """SGD with momentum 0.9, gradients clipped to norm 5, a warm-up of 20 steps and a cosine, on 8×8 digits.

    The loss is the mean of the last 20 steps.
    """

    depths: tuple[int, ...] = (8, 14, 20, 32)
    seeds: tuple[int, ...] = (0, 1, 2, 3)
    width: int = 12
    steps: int = 250
    batch_size: int = 64
    lr: float = 0.05


def network(kind: Kind, depth: int, width: int) -> Sequential:
    """A network of `depth` layers with weights: one convolution, depth − 2 more in pairs, one dense layer.

    >>> from convnotes.cost import parameters
    >>> parameters(network("plain", 8, 12)) == parameters(network("residual", 8, 12))
    True
    >>> network("plain", 7, 12)
    Traceback (most recent call last):
    ValueError: depth must be even and at least 4, got 7: the layers between the first and the last come in pairs
    """
    if depth < 4 or depth % 2:
        raise ValueError(
            f"depth must be even and at least 4, got {depth}: the layers between the first and the last come in pairs"
        )

    def normed() -> tuple[Layer, Layer]:
        return Conv2d(width, width, 3, padding=1, bias=False), BatchNorm2d(width)

    pairs = [Sequential(*normed(), ReLU(), *normed()) for _ in range(depth // 2 - 1)]
    blocks = [part for pair in pairs for part in (Residual(pair) if kind == "residual" else pair, ReLU())]
    return Sequential(
        Conv2d(1, width, 3, padding=1), ReLU(), *blocks, AdaptiveAvgPool2d(1), Flatten(), Linear(width, 10)
    )


def losses(kind: Kind, depth: int, seed: int, recipe: Recipe) -> list[float]:
    """Training loss at every step; `seed` draws the weights and the batches."""
    data = digits(canvas=8, digit=8)
    with seeded(seed) as draw:
        net = build(network(kind, depth, recipe.width))
        for module in net.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        optimizer = torch.optim.SGD(net.parameters(), lr=recipe.lr, momentum=0.9)
        out = []
        for step in range(recipe.steps):
            rate = recipe.lr * min(1, (step + 1) / 20) * (1 + cos(pi * step / recipe.steps)) / 2
            optimizer.param_groups[0]["lr"] = rate
            chosen = torch.randint(len(data.images), (recipe.batch_size,), generator=draw)
            loss = functional.cross_entropy(net(data.images[chosen]), data.labels[chosen])
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimizer.step()
            out.append(float(loss.detach()))
    return out


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """Final training loss of each run and every tenth point of its curve, smoothed over ten steps."""
    jobs = [(k, d, s) for d in recipe.depths for k in ("plain", "residual") for s in recipe.seeds]
    rows = []
    for which in progress(range(len(jobs))):
        kind, depth, seed = jobs[which]
        curve = losses(kind, depth, seed, recipe)  # type: ignore[arg-type]  # a tuple of mixed types loses the literal
        smooth = [round(fmean(curve[at : at + 10]), 4) for at in range(0, len(curve), 10)]
        rows.append({"kind": kind, "depth": depth, "seed": seed, "loss": round(fmean(curve[-20:]), 4), "curve": smooth})
    return {"data": SOURCE, "rows": rows}
