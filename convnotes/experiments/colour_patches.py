"""The colour network's strongest patches, of one training or another: what a channel answers to most."""

from collections.abc import Mapping, Sequence
from functools import cache

import torch
from torch import Tensor, nn

from convnotes.experiments import kept
from convnotes.experiments.activations import activations
from convnotes.experiments.determinism import seeded
from convnotes.experiments.exemplar import Draw
from convnotes.experiments.networks import colour_network
from convnotes.experiments.photographs import cut, statistics
from convnotes.experiments.top_patches import Patch, likeness, top_patches
from convnotes.layers import Conv2d

TREE, NAMES = colour_network(), kept.RECIPE.photographs
CONVOLUTIONS = {name: layer for name, layer in TREE.children if isinstance(layer, Conv2d)}
COUNT = 9


@cache
def network(trained: bool = True) -> nn.Module:
    """The kept colour network; or, untrained, the one that its training started from."""
    return kept.colour() if trained else calibrated(kept.colour_initial())


def strongest(net: nn.Module, layers: Sequence[str] = tuple(CONVOLUTIONS)) -> dict[str, list[list[Patch]]]:
    """The nine strongest patches of every channel, by convolution; the answer is read behind the ReLU."""
    behind = {name: f"relu{name[-1]}" for name in layers}
    found = top_patches(TREE, net, NAMES, list(behind.values()), COUNT)
    return {name: found[relu] for name, relu in behind.items()}


def alike(found: Mapping[str, list[list[Patch]]]) -> dict[str, list[float]]:
    """How alike the patches of a channel are, by convolution, for every channel that answers at nine spots."""
    return {
        layer: [likeness(channel) for channel in channels if len(channel) == COUNT] for layer, channels in found.items()
    }


def calibrated(net: nn.Module) -> nn.Module:
    """`net` with its normalisation set to what it meets on the photographs, so that no layer starts silent."""
    with seeded(0) as generator, torch.no_grad():
        draw = Draw(generator)
        x = normalised(torch.stack([cut(draw.crop(NAMES), kept.RECIPE.crop_size) for _ in range(32)]))
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = None
        net.train()
        activations(net, x)
    return net.eval()


def normalised(pictures: Tensor) -> Tensor:
    """`pictures` as the network expects them: less the mean of the photographs' colours, over their deviation."""
    mean, std = statistics(NAMES)
    return (pictures - mean[:, None, None]) / std
