"""What excites a channel most: the strongest places in the photographs, cut to the exact field of the unit there.

No optimisation and no gradient: a patch holds every pixel that the unit read, and no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from convnotes.experiments.activations import activations
from convnotes.experiments.photographs import photograph, scaled, statistics
from convnotes.layers import Sequential
from convnotes.receptive_field import Axis, growth

SCALES = (1.0, 0.7, 0.5, 0.35)


@dataclass(frozen=True)
class Patch:
    """A unit's field in a photograph that was shrunk to `scale`, and what the unit answered."""

    value: float
    name: str
    scale: float
    row: int
    column: int
    size: int

    def pixels(self, margin: tuple[int, int] = (0, 0)) -> Tensor:
        """The patch (3, size, size), from 0 to 1; with `margin` pixels before and after it along both sides."""
        whole = _shrunk(self.name, self.scale)
        rows, columns = (slice(at - margin[0], at + self.size + margin[1]) for at in (self.row, self.column))
        return whole[:, rows, columns]

    def shown(self, side: int) -> NDArray[np.float32]:
        """The patch as a picture (side, side, 3)."""
        size = [side, side]
        resized = functional.interpolate(self.pixels()[None], size=size, mode="bilinear", antialias=True)[0]
        picture: NDArray[np.float32] = resized.clamp(0, 1).permute(1, 2, 0).numpy()
        return picture

    def near(self, other: "Patch") -> bool:
        """Whether both show the same spot: centres closer than half a field, in pixels of the photograph."""
        reach = min(self.size / self.scale, other.size / other.scale) / 2
        rows, columns = ((a - b) for a, b in zip(self._centre, other._centre, strict=True))
        return self.name == other.name and abs(rows) < reach and abs(columns) < reach

    @property
    def _centre(self) -> tuple[float, float]:
        half = self.size / 2
        return (self.row + half) / self.scale, (self.column + half) / self.scale


@torch.no_grad()
def top_patches(
    tree: Sequential,
    net: nn.Module,
    names: Sequence[str],
    layers: Sequence[str],
    count: int = 9,
    normal: tuple[Tensor, Tensor] | None = None,
) -> dict[str, list[list[Patch]]]:
    """For each of `layers` and each channel its `count` strongest patches, strongest first, no spot twice.

    `normal` is the mean and the deviation of colours that the network expects, by default those of the photographs.
    Only units whose field lies inside the photograph take part. A channel that never answers has an empty list.
    """
    mean, std = normal or statistics(tuple(names))
    axes = {name: field.axes for name, _, field in growth(tree) if name in layers}
    found: dict[str, list[list[Patch]]] = {}
    for name in names:
        for scale in SCALES:
            picture = _shrunk(name, scale)
            maps = activations(net, ((picture - mean[:, None, None]) / std)[None], upto=layers[-1])
            for layer in layers:
                height, width = axes[layer]
                assert height is not None and width is not None  # no layer shown reads everything
                rows = found.setdefault(layer, [[] for _ in range(maps[layer].shape[1])])
                for row, peaks in zip(
                    rows, _peaks(maps[layer][0], height, width, picture, name, scale, count), strict=True
                ):
                    row += peaks
    return {layer: [_distinct(patches, count) for patches in rows] for layer, rows in found.items()}


def likeness(patches: Sequence[Patch], side: int = 16) -> float:
    """Mean correlation of every two of `patches`, as pictures of `side` pixels: 1 for all alike, 0 for nothing shared.

    >>> same = Patch(1.0, "coffee", 1.0, 100, 100, 31)
    >>> round(likeness([same, same]), 6)
    1.0
    """
    pictures = torch.stack([torch.from_numpy(patch.shown(side)).flatten() for patch in patches])
    correlations = torch.corrcoef(pictures)
    return float(correlations[torch.triu(torch.ones_like(correlations), 1) > 0].mean())


@cache
def _shrunk(name: str, scale: float) -> Tensor:
    return scaled(photograph(name), scale)


def _peaks(
    maps: Tensor, height: Axis, width: Axis, picture: Tensor, name: str, scale: float, count: int
) -> list[list[Patch]]:
    """The `count` largest local maxima of each channel (C, H, W) among the units that see no border."""
    first_row, last_row = _clear(height, maps.shape[1], picture.shape[1])
    first_column, last_column = _clear(width, maps.shape[2], picture.shape[2])
    inner = maps[:, first_row:last_row, first_column:last_column]
    if inner.numel() == 0:
        return [[] for _ in maps]
    reach = max(1, round(height.size / height.stride / 3))
    highest = functional.max_pool2d(inner, (2 * reach + 1, 1), 1, (reach, 0))
    highest = functional.max_pool2d(highest, (1, 2 * reach + 1), 1, (0, reach))  # one axis at a time: fewer comparisons
    values, places = torch.where(inner == highest, inner, 0).flatten(1).topk(min(count, inner[0].numel()))

    def patch(value: float, place: int) -> Patch:
        row, column = place // inner.shape[2] + first_row, place % inner.shape[2] + first_column
        top, left = row * height.stride - height.padding, column * width.stride - width.padding
        return Patch(value, name, scale, top, left, height.size)

    pairs = zip(values.tolist(), places.tolist(), strict=True)
    return [[patch(*found) for found in zip(*pair, strict=True) if found[0] > 0] for pair in pairs]


def _clear(axis: Axis, units: int, size: int) -> tuple[int, int]:
    """First and one past the last unit whose field lies inside `size` pixels."""
    first = -(-axis.padding // axis.stride)
    last = min(units, (size - axis.size + axis.padding) // axis.stride + 1)
    return first, max(first, last)


def _distinct(patches: list[Patch], count: int) -> list[Patch]:
    kept: list[Patch] = []
    for patch in sorted(patches, key=lambda patch: -patch.value):
        if len(kept) < count and not any(patch.near(other) for other in kept):
            kept.append(patch)
    return kept
