"""The torch module that a layer of the notes describes, so that what is computed can be checked by running it.

Names and arguments of our layers are PyTorch's, so a plain layer becomes the torch class of its name, given its fields.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import fields

from torch import nn

from convnotes import layers
from convnotes.experiments import modules
from convnotes.layers import Layer, check_layer

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
    layers.Sigmoid: nn.Sigmoid,
    layers.Tanh: nn.Tanh,
    layers.SiLU: nn.SiLU,
    layers.GELU: nn.GELU,
    layers.LocalResponseNorm: nn.LocalResponseNorm,
    layers.TableConv2d: modules.TableConv2d,
    layers.Subsampling2d: modules.Subsampling2d,
    layers.LayerNorm2d: modules.LayerNorm2d,
    layers.LayerScale: modules.LayerScale,
    layers.UnitBias: modules.UnitBias,
    layers.RadialBasis: modules.RadialBasis,
}


def build(layer: Layer) -> nn.Module:
    """A torch module that does what `layer` says, freshly initialised, in training mode; it takes (N, C, H, W).

    Its submodules and parameters carry the dotted names of `shapes.layer_shapes`. A layer that is in the tree twice
    becomes two modules with weights of their own. Inside `with torch.device("meta"):` nothing is allocated.

    >>> stem = layers.Sequential(conv=layers.Conv2d(3, 64, 7, stride=2, padding=3), relu=layers.ReLU())
    >>> build(stem)
    Sequential(
      (conv): Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3))
      (relu): ReLU()
    )
    >>> build(layers.Residual(layers.Conv2d(8, 8, 1, bias=False))).state_dict().keys()
    odict_keys(['body.weight'])
    >>> build("vgg16")
    Traceback (most recent call last):
    TypeError: layer must be a convnotes layer, got 'vgg16' (str); see convnotes.layers
    """
    check_layer("layer", layer)
    match layer:
        case layers.Sequential():
            return nn.Sequential(_built(layer))
        case layers.Parallel():
            return modules.Parallel(_built(layer))
        case layers.Residual():
            return modules.Residual(**_built(layer))
        case layers.Gate():
            return modules.Gate(**_built(layer))
    if type(layer) not in PLAIN:
        raise TypeError(f"no torch module for {type(layer).__name__}; add a case to convnotes.experiments.build")
    given = {field.name: getattr(layer, field.name) for field in fields(layer)}  # type: ignore[arg-type]  # a dataclass
    return PLAIN[type(layer)](**given)


def _built(layer: layers.Combinator) -> "OrderedDict[str, nn.Module]":
    return OrderedDict((name, build(part)) for name, part in layer.children)
