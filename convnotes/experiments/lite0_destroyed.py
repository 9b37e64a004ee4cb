"""Gradient maps of EfficientNet-Lite0 while it is destroyed from the top: do they notice [adebayo2018]?"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from convnotes.drawing.raster import encoded
from convnotes.experiments import lite0
from convnotes.experiments.determinism import seeded
from convnotes.experiments.pieces import pieces
from convnotes.experiments.saliency import Rule, edges, rank_correlation, saliency
from convnotes.experiments.training import Progress


@dataclass(frozen=True)
class Recipe:
    """Photographs, each with its class; down to which part the weights are put in random order, in several `orders`.

    Kept as pictures are the maps of the first photograph once the parts `shown` are gone, the empty name for none.
    """

    photographs: tuple[tuple[str, int], ...] = (("chelsea", 285), ("coffee", 967), ("flower", 985), ("china", 698))
    parts: tuple[str, ...] = ("fc", "last", "block16", "block14", "block12", "block9", "block6", "block4", "block2",
                              "stem")  # fmt: skip
    shown: tuple[str, ...] = ("", "fc", "block12", "stem")
    orders: tuple[int, ...] = (0, 1, 2)


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For each rule and order, and each part: how like the trained network's maps and how like edges the maps are."""
    jobs: list[tuple[Rule, int]] = [(rule, order) for order in recipe.orders for rule in get_args(Rule)]
    found = pieces(_run, [(*job, recipe) for job in jobs], progress)
    return {"weights": lite0.PACKAGE, "file": lite0.SHA256, "rows": [row for rows in found for row in rows]}


def _run(job: tuple[Rule, int, Recipe]) -> list[dict[str, Any]]:
    rule, order, recipe = job
    x, outputs = asked(recipe)
    whole, rows = maps(lite0.trained(), x, outputs, rule), []
    for part, net in destroyed(recipe.parts, order):
        found = maps(net, x, outputs, rule) if part else whole
        row = {
            "rule": rule, "order": order, "part": part, "alike": round(rank_correlation(whole, found), 4),
            "edges": round(rank_correlation(found, edges(x)), 4),
        }  # fmt: skip
        if order == recipe.orders[0] and part in recipe.shown:
            row["map"] = encoded(brightened(found[0]).numpy(), "webp", quality=85)
        rows.append(row)
    return rows


def asked(recipe: Recipe) -> tuple[Tensor, Tensor]:
    """The photographs as the network reads them, and the class that is asked of each."""
    pictures = [lite0.normalised(lite0.square(name)) for name, _ in recipe.photographs]
    return torch.stack(pictures), torch.tensor([number for _, number in recipe.photographs])


def maps(net: nn.Module, x: Tensor, outputs: Tensor, rule: Rule) -> Tensor:
    """The saliency maps: at each pixel the largest absolute value over the colours."""
    return saliency(net, x, outputs, rule).abs().amax(1)


def destroyed(parts: tuple[str, ...], order: int) -> Iterator[tuple[str, nn.Module]]:
    """The trained network under the empty name; then under each of `parts`, destroyed from the top down to it.

    Each weight tensor of its convolutions and of the dense layer is put in random order, so its values stay the same.
    """
    net = deepcopy(lite0.trained())
    yield "", net
    names = [name for name, _ in net.named_children()]
    with seeded(order) as draw:
        for part in parts:
            while part in names:
                _shuffle(net.get_submodule(names.pop()), draw)
            yield part, net


@torch.no_grad()
def _shuffle(part: nn.Module, draw: torch.Generator) -> None:
    for module in part.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            mixed = module.weight.flatten()[torch.randperm(module.weight.numel(), generator=draw)]
            module.weight.copy_(mixed.reshape(module.weight.shape))


def brightened(map: Tensor) -> Tensor:
    """A map at half the size from 0 to 1, its strongest hundredth being 1."""
    cells = functional.avg_pool2d(map[None], 2)[0]
    return (cells / cells.quantile(0.99)).clamp(0, 1)
