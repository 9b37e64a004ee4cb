"""A circuit of the colour network: what the kernels of the first layer do to a channel of the second.

A unit of the second layer adds up 5×5 numbers of each of the 40 first maps, and a constant. So its weights say where a
kernel must answer to excite it, and where that inhibits it.
"""

from copy import deepcopy
from functools import cache
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from convnotes.experiments.activations import activations
from convnotes.experiments.colour_patches import NAMES, network, normalised, strongest
from convnotes.experiments.colour_pictures import patches
from convnotes.experiments.photographs import photograph, scaled
from convnotes.experiments.top_patches import SCALES, Patch


def weights(trained: bool = True) -> Tensor:
    """The weights of the second layer (48, 40, 5, 5), times the scale of the normalisation after it."""
    net = network(trained)
    norm = cast(nn.BatchNorm2d, net.get_submodule("norm2"))
    scale = norm.weight / (cast(Tensor, norm.running_var) + norm.eps).sqrt()
    return (net.get_parameter("conv2.weight") * scale[:, None, None, None]).detach()


def added(channel: int, patch: Patch, trained: bool = True) -> Tensor:
    """What each of the 40 first maps adds to the unit of `channel` whose field `patch` is, (40,)."""
    row, column = ((place + 10) // 4 for place in (patch.row, patch.column))
    window = functional.pad(_maps(patch.name, patch.scale, trained), (2,) * 4)[:, row : row + 5, column : column + 5]
    return (window * weights(trained)[channel]).sum((1, 2))


def usually_added(channel: int) -> Tensor:
    """What each of the 40 first maps adds to `channel` on average over all places of the photographs, (40,)."""
    each = weights()[channel][:, None]
    found = [functional.conv2d(_maps(name, scale), each, padding=2, groups=40) for name in NAMES for scale in SCALES]
    return torch.cat([sums.flatten(1) for sums in found], 1).mean(1)


def without(channel: int, kernel: int, trained: bool = True) -> list[Patch]:
    """The strongest patches of `channel` if it does not hear the first map `kernel`."""
    net = deepcopy(network(trained))
    net.get_parameter("conv2.weight").data[channel, kernel] = 0
    return strongest(net, ("conv2",))["conv2"][channel]


def leading_shares(trained: bool = True) -> list[float]:
    """For every channel: of all that excites it at its strongest patches, the largest share that one kernel has."""
    shares = []
    for channel, found in enumerate(patches("conv2", trained=trained)["conv2"]):
        if found:
            mean = torch.stack([added(channel, patch, trained) for patch in found]).mean(0).clamp(min=0)
            shares.append(float(mean.max() / mean.sum()))
    return shares


@cache
@torch.no_grad()
def _maps(name: str, scale: float, trained: bool = True) -> Tensor:
    """The first maps as the second layer reads them, of one photograph at one scale (40, H, W)."""
    return activations(network(trained), normalised(scaled(photograph(name), scale))[None], "pool1")["pool1"][0]
