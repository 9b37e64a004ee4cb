"""The strongest patches of channels of EfficientNet-Lite0 in the bundled photographs, cut to the exact field.

Trained, and with random weights. Kept are the places; the patches are cut from the photographs again when the
notes are built.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import nn

from convnotes.experiments import lite0
from convnotes.experiments.intervals import interval
from convnotes.experiments.photographs import PHOTOGRAPHS
from convnotes.experiments.top_patches import Patch, likeness, top_patches
from convnotes.experiments.training import Progress


@dataclass(frozen=True)
class Recipe:
    """Blocks whose fields lie well inside the photographs; of each, `channels` at equal steps are kept."""

    layers: tuple[str, ...] = ("block1", "block3", "block4", "block5", "block7", "block8")
    channels: int = 8
    count: int = 6
    seed: int = 0


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For both networks and each layer: patches of the kept channels; how alike those of all are, and how few spots."""
    rows: list[dict[str, Any]] = []
    for which in progress(range(2)):
        net = lite0.trained() if which == 0 else lite0.untrained(recipe.seed)
        for layer, channels in strongest(net, recipe).items():
            step = len(channels) // recipe.channels
            shown = {number: channels[number] for number in range(0, step * recipe.channels, step)}
            alike = [likeness(patches) for patches in channels if len(patches) == recipe.count]
            every = [patch for patches in channels for patch in patches]
            rows.append({
                "layer": layer, "trained": which == 0, "field": lite0.field(layer).size, "channels": len(channels),
                "alike": list(interval(alike)), "count": len(every), "spots": spots(every),
                "patches": {number: [asdict(patch) for patch in patches] for number, patches in shown.items()},
            })  # fmt: skip
    return {"weights": lite0.PACKAGE, "file": lite0.SHA256, "photographs": list(PHOTOGRAPHS), "rows": rows}


def strongest(net: nn.Module, recipe: Recipe) -> dict[str, list[list[Patch]]]:
    """The `count` strongest patches of every channel of each layer, in the bundled photographs."""
    colours = torch.full((3,), lite0.MEAN), torch.tensor(lite0.DEVIATION)
    return top_patches(lite0.skeleton(), net, list(PHOTOGRAPHS), recipe.layers, recipe.count, normal=colours)


def spots(patches: Iterable[Patch]) -> int:
    """How many different spots of the photographs `patches` show.

    >>> one, other = Patch(1.0, "coffee", 1.0, 100, 100, 31), Patch(1.0, "coffee", 1.0, 110, 140, 31)
    >>> spots([one, other, one])
    2
    """
    different: list[Patch] = []
    for patch in patches:
        if not any(patch.near(other) for other in different):
            different.append(patch)
    return len(different)
