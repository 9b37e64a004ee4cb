"""The kept colour network, asked what it answers to: patches, occlusion, gradients.

Channels are never chosen by eye: `CHANNELS` takes eight of each layer at equal steps.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from convnotes.experiments import kept
from convnotes.experiments.colour_fields import theoretical
from convnotes.experiments.colour_patches import CONVOLUTIONS, NAMES, network, normalised, strongest
from convnotes.experiments.determinism import seeded
from convnotes.experiments.exemplar import Draw
from convnotes.experiments.intervals import Interval, interval
from convnotes.experiments.occlusion import Occlusion, occlusion
from convnotes.experiments.photographs import cut
from convnotes.experiments.saliency import Rule, cascade, edges, rank_correlation, saliency
from convnotes.experiments.top_patches import Patch
from convnotes.receptive_field import Axis

CHANNELS = {name: range(0, conv.out_channels, conv.out_channels // 8) for name, conv in CONVOLUTIONS.items()}
MARGIN = (26, 30)  # around the occluded field: its unit stands at place 6 of a picture of 111 pixels
DESTROYED = ("fc", "conv5", "conv4", "conv3", "conv2", "conv1")


@cache
def patches(*layers: str, trained: bool = True) -> dict[str, list[list[Patch]]]:
    """The nine strongest patches of every channel, by convolution; all five, if none is named.

    The answer is read behind the ReLU; untrained, of the network that training started from.
    """
    return strongest(network(trained), layers or tuple(CONVOLUTIONS))


@dataclass(frozen=True)
class Covered:
    """An occlusion map beside its picture (H, H, 3); the field is `size` pixels from `start` on, both ways."""

    seen: Occlusion
    patch: Patch
    channel: int
    picture: NDArray[np.float32]
    start: int
    size: int


def covered(layer: str = "conv3", channel: int = 0) -> Covered:
    """A unit at the strongest patch of `channel` that has room around it, with one part after the other covered."""
    axis = theoretical(layer)
    place = (MARGIN[0] + axis.padding) // axis.stride
    found = (patch for patch in patches(layer)[layer][channel] if _roomy(patch, axis))
    patch = next(found)
    picture = patch.pixels(MARGIN)
    seen = occlusion(kept.colour(), normalised(picture), (f"relu{layer[-1]}", channel, place, place))
    return Covered(seen, patch, channel, picture.permute(1, 2, 0).numpy(), MARGIN[0], axis.size)


def destruction(rule: Rule) -> list[Interval]:
    """How alike the maps stay while layers are destroyed from the top, for each of `DESTROYED`; over four orders."""
    x, best = _asked()
    runs = [cascade(kept.colour(), x, best, DESTROYED, rule, seed) for seed in range(4)]
    return [interval(values) for values in zip(*runs, strict=True)]


def likeness_to_edges(rule: Rule) -> float:
    """Rank correlation of the trained network's maps with a plain edge filter over the same pictures."""
    x, best = _asked()
    return rank_correlation(saliency(kept.colour(), x, best, rule).abs().sum(1), edges(x))


def _asked(images: int = 8) -> tuple[Tensor, Tensor]:
    """Random crops of the photographs, and the class that the trained network gives to each."""
    with seeded(0) as generator, torch.no_grad():
        draw = Draw(generator)
        x = normalised(torch.stack([cut(draw.crop(NAMES), kept.RECIPE.crop_size) for _ in range(images)]))
        return x, kept.colour()(x).argmax(1)


def _roomy(patch: Patch, axis: Axis) -> bool:
    whole = patch.pixels(MARGIN)
    return min(patch.row, patch.column) >= MARGIN[0] and whole.shape[1:] == (axis.size + sum(MARGIN),) * 2
