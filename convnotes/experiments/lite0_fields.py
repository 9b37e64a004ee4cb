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
from convnotes.experiments.intervals import interval
from convnotes.experiments.lite0_sees import side_of
from convnotes.experiments.photographs import PHOTOGRAPHS
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
    jobs = [(layer, trained) for layer in recipe.layers for trained in (True, False)]
    rows = [_row(*jobs[which], recipe) for which in progress(range(len(jobs)))]
    return {"weights": lite0.PACKAGE, "file": lite0.SHA256, "rows": rows}


def _row(layer: str, trained: bool, recipe: Recipe) -> dict[str, Any]:
    grads = []
    for run, name in enumerate(PHOTOGRAPHS):
        net = lite0.trained() if trained else lite0.untrained(run)
        grads.append(middle_gradient(net, lite0.normalised(lite0.square(name, recipe.side)), layer, recipe.seed + run))
    sizes = [luo2016([grad, grad]).size for grad in grads]
    middle = (recipe.side // 2,) * 2
    sides = [side_of(grad.square().sum((0, 1)), middle, recipe.share) for grad in grads]
    return {
        "layer": layer, "trained": trained, "field": lite0.field(layer).size,
        "sizes": [round(size, 2) for size in sizes], "sides": sides,
        "size": list(interval(sizes)), "side": list(interval(sides)),
    }  # fmt: skip


def middle_gradient(net: nn.Module, x: Tensor, layer: str, seed: int) -> Tensor:
    """Gradient of the middle unit of `layer`, its channels weighted at random, with respect to `x` (3, H, H)."""
    given = x[None].clone().requires_grad_(True)
    maps = activations(net, given, layer)[layer]
    unit = maps[0, :, maps.shape[2] // 2, maps.shape[3] // 2]
    with seeded(seed) as draw:
        (grad,) = torch.autograd.grad((unit * torch.randn(unit.shape, generator=draw)).sum(), given)
    return grad
