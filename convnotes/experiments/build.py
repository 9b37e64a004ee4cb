"""The torch module that a layer of the notes describes, so that what is computed can be checked by running it.

Names and arguments of our layers are PyTorch's, so a plain layer becomes the torch class of its name, given its fields.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import fields

import torch
from torch import Tensor, nn

from convnotes import layers
from convnotes.layers import check_layer
from convnotes.window import Layer

PLAIN: dict[type[Layer], Callable[..., nn.Module]] = {
    layers.Conv2d: nn.Conv2d,
    layers.ConvTranspose2d: nn.ConvTranspose2d,
    layers.MaxPool2d: nn.MaxPool2d,
    layers.AvgPool2d: nn.AvgPool2d,
    layers.AdaptiveAvgPool2d: nn.AdaptiveAvgPool2d,
    layers.AdaptiveMaxPool2d: nn.AdaptiveMaxPool2d,
    layers.BatchNorm2d: nn.BatchNorm2d,
    layers.Linear: nn.Linear,
    layers.Flatten: nn.Flatten,
    layers.Identity: nn.Identity,
    layers.ReLU: nn.ReLU,
    layers.Dropout: nn.Dropout,
}


class Residual(nn.Module):
    """body(x) + shortcut(x)."""

    def __init__(self, body: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x: Tensor) -> Tensor:
        """The sum of both branches."""
        total: Tensor = self.body(x) + self.shortcut(x)
        return total


class Parallel(nn.Module):
    """Branches over one input, concatenated along the channels."""

    def __init__(self, branches: "OrderedDict[str, nn.Module]") -> None:
        super().__init__()
        for name, branch in branches.items():
            self.add_module(name, branch)

    def forward(self, x: Tensor) -> Tensor:
        """The branches' outputs, one after the other along the channel axis of (N, C, H, W)."""
        return torch.cat([branch(x) for branch in self.children()], dim=1)


def build(layer: Layer) -> nn.Module:
    """A torch module that does what `layer` says, freshly initialised, in training mode; it takes (N, C, H, W).

    Its submodules and parameters carry the dotted names of `shapes.trace`. A layer that stands in the tree twice
    becomes two modules with weights of their own. Inside `with torch.device("meta"):` nothing is allocated.

    >>> stem = layers.Sequential(conv=layers.Conv2d(3, 64, 7, stride=2, padding=3), relu=layers.ReLU())
    >>> build(stem)
    Sequential(
      (conv): Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3))
      (relu): ReLU()
    )
    >>> build(layers.Residual(layers.Conv2d(8, 8, 1, bias=False))).state_dict().keys()
    odict_keys(['body.weight'])
    >>> build(layers.Flatten)
    Traceback (most recent call last):
    TypeError: layer must be a convnotes layer, got <class 'convnotes.layers.Flatten'> (type); see convnotes.layers
    """
    check_layer("layer", layer)
    match layer:
        case layers.Sequential():
            return nn.Sequential(_built(layer))
        case layers.Parallel():
            return Parallel(_built(layer))
        case layers.Residual():
            return Residual(**_built(layer))
    if type(layer) not in PLAIN:
        raise TypeError(f"no torch module for {type(layer).__name__}; add a case to convnotes.experiments.build")
    given = {field.name: getattr(layer, field.name) for field in fields(layer)}  # type: ignore[arg-type]  # a dataclass
    return PLAIN[type(layer)](**given)


def _built(layer: layers.Combinator) -> "OrderedDict[str, nn.Module]":
    return OrderedDict((name, build(part)) for name, part in layer.children)
