"""Is a deep plain stack worse, or does it start slowly? Training loss against length of training, on MNIST [he2016].

All stacks see the same digits in the same order, have the same convolutions with batch normalisation, and differ in
depth and in the sums alone. What is compared is the *training* loss, so overfitting plays no part. Each length is a
training of its own, whose rate falls to zero at its end, and each is three times the one before, as He et al. once
trained three times as long. Every training is kept in the cache, so an interrupted measurement goes on from there.
"""

from dataclasses import dataclass
from functools import cache
from math import cos, pi
from statistics import fmean
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.mnist import SOURCE, mnist
from convnotes.experiments.pieces import pieces
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
WIDTH = 12
LAST = 50  # steps over which the loss at the end is averaged


@dataclass(frozen=True)
class Recipe:
    """Which stacks are trained, with how many seeds, and for how many steps each time."""

    networks: tuple[tuple[Kind, int], ...] = (("plain", 8), ("plain", 32), ("residual", 32))
    steps: tuple[int, ...] = (300, 900, 2700)
    longest: int = 8100  # of the plain stacks alone: the residual one, which is ahead, would take most of the time
    seeds: tuple[int, ...] = (0, 1, 2)


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


@cache
def images() -> tuple[Tensor, Tensor]:
    """The 60,000 training digits of MNIST, the 20 pixels of their ink halved to 10, and their labels."""
    data = mnist()
    return functional.avg_pool2d(data.images[:, :, 4:24, 4:24], 2), data.labels


def losses(kind: Kind, depth: int, seed: int, steps: int, batch_size: int = 32, lr: float = 0.05) -> list[float]:
    """Training loss at every step; `seed` draws the weights and the batches.

    SGD with momentum 0.9, gradients clipped to norm 5, a warm-up of 20 steps and a cosine.
    """
    x, labels = images()
    with seeded(seed) as draw:
        net = build(network(kind, depth, WIDTH))
        for module in net.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch names it in no other overload
        optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9, fused=True)
        out = []
        for step in range(steps):
            optimizer.param_groups[0]["lr"] = lr * min(1, (step + 1) / 20) * (1 + cos(pi * step / steps)) / 2
            chosen = torch.randint(len(x), (batch_size,), generator=draw)
            loss = functional.cross_entropy(net(x[chosen]), labels[chosen])
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimizer.step()
            out.append(float(loss.detach()))
    return out


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """The loss at the end of each training, and along the longest that all stacks have, smoothed over fifty steps."""
    jobs = [(*which, seed, steps) for steps in recipe.steps for seed in recipe.seeds for which in recipe.networks]
    plain = [which for which in recipe.networks if which[0] == "plain"]
    jobs += [(*which, seed, recipe.longest) for seed in recipe.seeds for which in plain]
    jobs.sort(key=lambda job: -job[1] * job[3])  # the longest first, so that at the end no process waits long
    rows = []
    for (kind, depth, seed, steps), curve in zip(jobs, pieces(_losses, jobs, progress), strict=True):
        row = {"kind": kind, "depth": depth, "seed": seed, "steps": steps, "loss": round(fmean(curve[-LAST:]), 4)}
        if steps == max(recipe.steps):
            row["curve"] = [round(fmean(curve[at : at + LAST]), 4) for at in range(0, steps, LAST)]  # type: ignore[assignment]
        rows.append(row)
    return {"data": SOURCE, "rows": rows}


def _losses(job: tuple[Kind, int, int, int]) -> list[float]:
    return losses(*job)
