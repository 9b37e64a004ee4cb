"""The kept digit networks, asked about moved digits: what changes in each layer."""

import torch

from convnotes.experiments import kept
from convnotes.experiments.digits import digits
from convnotes.experiments.equivariance import Border, Change, equivariance, unchanged
from convnotes.experiments.networks import Pooling, digit_network
from convnotes.experiments.photographs import PHOTOGRAPHS, photograph, statistics

CANVAS = 56  # as in training the centre of a digit lies at a multiple of 8, and no field touches both borders


def changes(
    columns: int, border: Border = "inside", pooling: Pooling = "max", trained: bool = True, images: int = 100
) -> list[Change]:
    """Each layer's change when the first test digits, 16 pixels on a canvas of 64, move right by `columns`."""
    shown = digits(CANVAS).test_images[:images]
    return equivariance(digit_network(pooling), kept.digit(pooling, trained), shown, columns, border)


@torch.no_grad()
def pooled_cells() -> dict[str, tuple[float, float]]:
    """Shares of 2×2 pooled cells that survive a move by one column, of all and of those not zero, by what is pooled."""
    names = list(PHOTOGRAPHS)
    mean, std = statistics(names)
    noise = torch.rand(4, 1, 512, 512, generator=torch.Generator().manual_seed(0))
    grey = [photograph(name).mean(0)[None, None] for name in names]
    stacks = {"independent random numbers": [noise], "photographs, grey values": grey}
    for label, net in (("initial", kept.colour_initial()), ("trained", kept.colour())):
        first = torch.nn.Sequential(*(net.get_submodule(part) for part in ("conv1", "norm1", "relu1")))
        maps = [first(((photograph(name) - mean[:, None, None]) / std)[None]) for name in names]
        stacks[f"first layer of the colour network, {label}"] = maps
    return {label: _mean([unchanged(maps) for maps in stack]) for label, stack in stacks.items()}


def _mean(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    first, second = (sum(values) / len(values) for values in zip(*pairs, strict=True))
    return first, second
