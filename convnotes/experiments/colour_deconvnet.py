"""What a deconvnet draws of the colour network's strongest patches, trained and before training [zeiler2014]."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from convnotes.experiments.colour_fields import theoretical
from convnotes.experiments.colour_patches import TREE, network, normalised
from convnotes.experiments.photographs import scaled
from convnotes.experiments.saliency import saliency
from convnotes.experiments.top_patches import Patch

CUT = 0.995  # of the absolute numbers; what is stronger is drawn black or white


def projection(layer: str, channel: int, patch: Patch, trained: bool = True) -> Tensor:
    """What the deconvnet gives to the pixels of `patch` (3, size, size), from the unit whose field the patch is.

    The unit is one of `channel` after the ReLU of the convolution `layer`; untrained, of the network that training
    started from.

    >>> from convnotes.experiments import colour_pictures
    >>> first = colour_pictures.patches("conv3")["conv3"][0][0]
    >>> projection("conv3", 0, first).shape
    torch.Size([3, 55, 55])
    """
    axis = theoretical(layer)
    before = -axis.padding % axis.stride  # so that the layers' grids lie as they do in the whole photograph
    place = (before + axis.padding) // axis.stride
    parts = list(network(trained).children())[: [name for name, _ in TREE.children].index(f"relu{layer[-1]}") + 1]
    x = normalised(patch.pixels((before, 0)))[None]
    with torch.no_grad():
        height, width = nn.Sequential(*parts)(x).shape[2:]
    unit = torch.tensor([(channel * height + place) * width + place])
    return saliency(nn.Sequential(*parts, nn.Flatten()), x, unit, "deconvnet")[0, :, before:, before:]


def drawn(layer: str, channel: int, patch: Patch, trained: bool, side: int) -> NDArray[np.float32]:
    """The projection as a picture (side, side, 3): zero is middle grey, what is stronger than CUT of it is cut."""
    found = projection(layer, channel, patch, trained)
    grey = 0.5 + 0.5 * found / found.abs().quantile(CUT)
    picture: NDArray[np.float32] = scaled(grey.clamp(0, 1), side / patch.size).permute(1, 2, 0).numpy()
    return picture
