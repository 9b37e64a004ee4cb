"""How wide the layers of EfficientNet-Lite0 look: theoretical and effective fields, with ImageNet weights and random.

Luo's protocol [luo2016] for the middle unit of each layer, one run for each photograph. The pictures are twice as wide
as in the network's training, so that the fields up to that of block 11 lie on them wholly. Those of blocks 13 and 16
do not: what is measured there is cut off at the border, with random weights above all.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from convnotes.experiments import lite0
from convnotes.experiments.activations import activations
from convnotes.experiments.determinism import seeded
from convnotes.experiments.effective_receptive_field import luo2016
from convnotes.experiments.folded import network
from convnotes.experiments.intervals import interval
from convnotes.experiments.lite0_sees import side_of
from convnotes.experiments.photographs import PHOTOGRAPHS
from convnotes.experiments.pieces import pieces
from convnotes.experiments.training import Progress


@dataclass(frozen=True)
class Recipe:
    """Middle squares of the seven photographs; the random network is another one for each photograph."""

    layers: tuple[str, ...] = (
        "block1", "block3", "block5", "block6", "block8", "block9", "block11", "block13", "block16"
    )  # fmt: skip
    side: int = 449  # 32·14 + 1
    share: float = 0.9
    seed: int = 0


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For each layer and both networks: Luo's size, σ and the side that holds `share` of the squared derivative."""
    runs = [(trained, run, recipe) for trained in (True, False) for run in range(len(PHOTOGRAPHS))]
    found = pieces(_run, runs, progress)
    rows = [
        _row(layer, trained, [of[layer] for job, of in zip(runs, found, strict=True) if job[0] == trained])
        for layer in recipe.layers
        for trained in (True, False)
    ]
    return {"weights": lite0.PACKAGE, "file": lite0.SHA256, "rows": rows}


def _row(layer: str, trained: bool, runs: list[tuple[float, int]]) -> dict[str, Any]:
    sizes, sides = zip(*runs, strict=True)
    return {
        "layer": layer, "trained": trained, "field": lite0.field(layer).size,
        "sizes": [round(size, 2) for size in sizes], "sides": list(sides),
        "size": list(interval(sizes)), "side": list(interval(sides)),
    }  # fmt: skip


def _run(job: tuple[bool, int, Recipe]) -> dict[str, tuple[float, int]]:
    """Luo's size and the side, by layer, for one photograph."""
    trained, run, recipe = job
    net = network(None if trained else run)
    x = lite0.normalised(lite0.square(list(PHOTOGRAPHS)[run], recipe.side))
    middle, found = (recipe.side // 2,) * 2, {}
    for layer, grad in middle_gradients(net, x, recipe.layers, recipe.seed + run).items():
        side = side_of(grad.square().sum((0, 1)), middle, recipe.share)
        found[layer] = luo2016([grad, grad]).size, side
    return found


def middle_gradients(net: nn.Module, x: Tensor, layers: tuple[str, ...], seed: int) -> dict[str, Tensor]:
    """Gradient of the middle unit of each layer, its channels weighted at random, with respect to `x` (3, H, H)."""
    given = x[None].clone().requires_grad_(True)
    maps, grads = activations(net, given, layers[-1]), {}
    for layer in layers:
        unit = maps[layer][0, :, maps[layer].shape[2] // 2, maps[layer].shape[3] // 2]
        with seeded(seed) as draw:
            (grads[layer],) = torch.autograd.grad(
                unit, given, torch.randn(unit.shape, generator=draw), retain_graph=True
            )
    return grads
