"""A small grey square moved over a photograph: how much units of EfficientNet-Lite0 change, in their fields and off."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from convnotes.experiments import lite0
from convnotes.experiments.activations import activations
from convnotes.experiments.folded import network
from convnotes.experiments.pieces import pieces
from convnotes.experiments.training import Progress

Unit = tuple[str, int, int]  # the layer, and the row and column of the pixel that the unit looks at


@dataclass(frozen=True)
class Recipe:
    """Units, each all channels at one place; a square of `cover` pixels moved by `step`; seeds of random weights."""

    photograph: str = "chelsea"
    units: tuple[Unit, ...] = (("block3", 96, 64), ("block5", 96, 64), ("block8", 128, 128))
    cover: int = 9
    step: int = 9
    seeds: tuple[int, ...] = (0, 1, 2)


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For each unit, of the trained network and of random ones: its change for each place of the square."""
    rows = pieces(_row, [(unit, seed, recipe) for unit in recipe.units for seed in (None, *recipe.seeds)], progress)
    return {"weights": lite0.PACKAGE, "file": lite0.SHA256, "rows": rows}


def _row(job: tuple[Unit, int | None, Recipe]) -> dict[str, Any]:
    unit, seed, recipe = job
    found = changes(network(seed), lite0.normalised(lite0.square(recipe.photograph)), unit, recipe.cover, recipe.step)
    layer, row, column = unit
    return {
        "layer": layer, "row": row, "column": column, "seed": seed, "field": lite0.field(layer).size,
        "changes": [[float(f"{change:.3g}") for change in line] for line in found.tolist()],
    }  # fmt: skip


@torch.no_grad()
def changes(net: nn.Module, x: Tensor, unit: Unit, cover: int, step: int) -> Tensor:
    """By how much of its length a unit changes for each place of a grey square that lies wholly on `x` (3, H, H)."""
    layer, row, column = unit
    stride = lite0.field(layer).stride
    starts = range(0, x.shape[1] - cover + 1, step)

    def answers(pictures: Tensor) -> Tensor:
        return activations(net, pictures, layer)[layer][:, :, row // stride, column // stride]

    found = []
    for top in starts:
        pictures = x.repeat(len(starts) + 1, 1, 1, 1)  # the last one stays uncovered
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        for picture, left in zip(pictures, starts, strict=False):
            picture[:, top : top + cover, left : left + cover] = 0
        units = answers(pictures)
        found.append((units[:-1] - units[-1]).norm(dim=1) / units[-1].norm())
    return torch.stack(found)
