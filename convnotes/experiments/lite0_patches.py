"""The strongest patches of channels of EfficientNet-Lite0 in sixty photographs, cut to the exact field.

Trained, and with three draws of random weights. A block ends without an activation; what is read are the channels of
the 1×1 layer that begins the next block, before its ReLU. Their units have the block's field. Kept are the places;
the patches are cut from the photographs again when the notes are built.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from statistics import fmean
from typing import Any

import torch
from torch import Tensor, nn

from convnotes.experiments import album, lite0
from convnotes.experiments.activations import activations
from convnotes.experiments.folded import network
from convnotes.experiments.intervals import interval
from convnotes.experiments.photographs import scaled
from convnotes.experiments.pieces import pieces
from convnotes.experiments.top_patches import Patch, likeness
from convnotes.experiments.training import Progress
from convnotes.receptive_field import Axis


@dataclass(frozen=True)
class Recipe:
    """Blocks whose fields fit into the photographs; of each, `channels` at equal steps are kept."""

    layers: tuple[str, ...] = ("block1", "block3", "block4", "block5", "block8", "block9")
    scales: tuple[float, ...] = (1.0, 0.7, 0.5)
    channels: int = 8
    count: int = 9
    seeds: tuple[int, ...] = (0, 1, 2)


class Cut(Patch):
    """A patch of a photograph of the album."""

    def pixels(self, margin: tuple[int, int] = (0, 0)) -> Tensor:
        """The patch (3, size, size), from 0 to 1; with `margin` pixels before and after it along both sides."""
        rows, columns = (slice(at - margin[0], at + self.size + margin[1]) for at in (self.row, self.column))
        return shrunk(self.name, self.scale)[:, rows, columns]


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For each network and layer: patches of the kept channels, and what those of all channels have in common.

    `alike`: as pixels; `kinds`: how often two show the same kind of thing, also read at the block's output; `spots`:
    how many different places they are.
    """
    found = pieces(_rows, [(draw, recipe) for draw in (None, *recipe.seeds)], progress)
    said = {name: album.CREDITS[name]["sha256"][:12] if name in album.CREDITS else "bundled" for name in album.NAMES}
    rows = [row for rows in found for row in rows]
    return {"weights": lite0.PACKAGE, "file": lite0.SHA256, "photographs": said, "rows": rows}


def _rows(job: tuple[int | None, Recipe]) -> list[dict[str, Any]]:
    """What is kept of one network, by layer."""
    draw, recipe = job
    found = strongest(network(draw), recipe)
    return [_row(layer, draw, found, recipe) for layer in recipe.layers]


def _row(
    layer: str, draw: int | None, found: dict[tuple[str, bool], list[list[Cut]]], recipe: Recipe
) -> dict[str, Any]:
    whole = [patches for patches in found[layer, True] if len(patches) == recipe.count]
    every = [patch for patches in whole for patch in patches]
    kinds = [
        [same_kind(some) for some in found[layer, inside] if len(some) == recipe.count] for inside in (True, False)
    ]
    row = {
        "layer": layer, "trained": draw is None, "draw": draw, "field": lite0.field(layer).size,
        "channels": len(found[layer, True]), "whole": len(whole), "count": len(every), "spots": spots(every),
        "alike": list(interval([likeness(patches) for patches in whole])),
        "kinds": list(interval(kinds[0])), "kinds_of_output": list(interval(kinds[1])),
    }  # fmt: skip
    if draw in (None, recipe.seeds[0]):
        row["patches"] = _kept(found[layer, True], recipe)
    return row


def _kept(channels: list[list[Cut]], recipe: Recipe) -> dict[int, list[tuple[float, str, float, int, int]]]:
    step = len(channels) // recipe.channels
    return {
        number: [(round(one.value, 4), one.name, one.scale, one.row, one.column) for one in channels[number]]
        for number in range(0, step * recipe.channels, step)
    }


@torch.no_grad()
def strongest(net: nn.Module, recipe: Recipe) -> dict[tuple[str, bool], list[list[Cut]]]:
    """For each layer and each channel the strongest patch of each photograph, and of these the `count` strongest.

    Read at the 1×1 layer of the next block (True), and at the block's output (False). Only units whose field lies
    inside the photograph take part, and only answers above zero.
    """
    found: dict[tuple[str, bool], list[list[Cut]]] = {}
    for name in album.NAMES:
        for scale in recipe.scales:
            picture = shrunk(name, scale)
            maps = activations(net, lite0.normalised(picture)[None], upto=recipe.layers[-1])
            for layer in recipe.layers:
                for inside in (True, False):
                    read = behind(net, layer)(maps[layer]) if inside else maps[layer]
                    peaks = _peaks(read[0], lite0.field(layer), picture, name, scale)
                    for row, peak in zip(found.setdefault((layer, inside), [[] for _ in read[0]]), peaks, strict=False):
                        row.append(peak)
    return {key: [_best(patches, recipe.count) for patches in rows] for key, rows in found.items()}


def behind(net: nn.Module, layer: str) -> nn.Module:
    """The 1×1 convolution that begins the block after `layer`, with its normalisation."""
    following = net.get_submodule(f"block{int(layer.removeprefix('block')) + 1}")
    expand = dict(following.named_modules())["body.expand" if hasattr(following, "body") else "expand"]
    return nn.Sequential(expand.get_submodule("conv"), expand.get_submodule("norm"))


def spots(patches: Iterable[Patch]) -> int:
    """How many different spots of the photographs `patches` show.

    >>> one, other = Patch(1.0, "coffee", 1.0, 100, 100, 31), Patch(1.0, "coffee", 1.0, 110, 140, 31)
    >>> spots([one, other, one])
    2
    """
    different: dict[str, list[Patch]] = {}
    for patch in patches:
        own = different.setdefault(patch.name, [])
        if not any(patch.near(other) for other in own):
            own.append(patch)
    return sum(map(len, different.values()))


def same_kind(patches: Sequence[Patch]) -> float:
    """Of every two of `patches`, the share that is from photographs of the same kind.

    >>> round(same_kind([Patch(1.0, name, 1.0, 0, 0, 31) for name in ("kitten", "chelsea", "coffee")]), 2)
    0.33
    """
    return fmean(album.KINDS[one.name] == album.KINDS[other.name] for one, other in combinations(patches, 2))


@cache
def shrunk(name: str, scale: float) -> Tensor:
    """A photograph of the album at `scale`."""
    return scaled(album.photograph(name), scale)


def _peaks(maps: Tensor, axis: Axis, picture: Tensor, name: str, scale: float) -> list[Cut]:
    """The strongest unit of each channel (C, H, W) among those that see no border; none if there are no such units."""
    first = -(-axis.padding // axis.stride)
    ends = [(side - axis.size + axis.padding) // axis.stride + 1 for side in picture.shape[1:]]
    inner = maps[:, first : max(first, ends[0]), first : max(first, ends[1])]
    if inner.numel() == 0:
        return []
    values, places = inner.flatten(1).max(1)
    pairs = zip(values.tolist(), places.tolist(), strict=True)

    def start(unit: int) -> int:
        return (first + unit) * axis.stride - axis.padding

    return [
        Cut(value, name, scale, start(place // inner.shape[2]), start(place % inner.shape[2]), axis.size)
        for value, place in pairs
    ]


def _best(patches: list[Cut], count: int) -> list[Cut]:
    each = {patch.name: patch for patch in sorted(patches, key=lambda one: one.value) if patch.value > 0}
    return sorted(each.values(), key=lambda one: -one.value)[:count]
