"""Standard pretrained weights, read from a file that the reader has, into the layer trees of the notes.

torchvision's AlexNet and VGG-16 number their layers, ours name them; both have them in one order. So the keys are
matched by their place, and every shape is compared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from convnotes.architectures.alexnet import alexnet_owt
from convnotes.architectures.vgg import vgg
from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.photographs import PHOTOGRAPHS
from convnotes.experiments.top_patches import Patch, top_patches
from convnotes.layers import Conv2d, Sequential


@dataclass(frozen=True)
class Pretrained:
    """A network with published weights: its name, its layer tree, the module."""

    name: str
    tree: Sequential
    net: nn.Module


KNOWN: dict[str, Callable[[], Sequential]] = {"AlexNet": alexnet_owt, "VGG-16": partial(vgg, (2, 2, 3, 3, 3))}

IMAGENET = (torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])[:, None, None])  # mean, deviation
CLASSIFIER = {  # torchvision's numbers; AlexNet's classifier begins with a dropout, VGG's with a dense layer
    "AlexNet": {"fc6": 1, "fc7": 4, "fc8": 6},
    "VGG-16": {"fc6": 0, "fc7": 3, "fc8": 6},
}


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a `.safetensors` or PyTorch file, by name; only tensors are read, never code.

    >>> read(Path("nowhere.pth"))
    Traceback (most recent call last):
    FileNotFoundError: there is no file nowhere.pth; give the state dict of torchvision's AlexNet or VGG-16
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; give the state dict of torchvision's AlexNet or VGG-16")
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            loaded = load_file(path)
        else:
            loaded = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever the two readers raise
        why = f"{path} cannot be read as weights ({type(error).__name__}): it is damaged or something else"
        raise ValueError(f"{why}; fetch it again, or save a model's state_dict()") from None
    if not isinstance(loaded, dict) or not all(isinstance(value, Tensor) for value in loaded.values()):
        inside = f"dict of {', '.join(map(str, loaded))}" if isinstance(loaded, dict) else type(loaded).__name__
        raise ValueError(f"{path} holds a {inside} and not a state dict, names to tensors; save a model's state_dict()")
    return loaded


def recognised(state: dict[str, Tensor]) -> Pretrained:
    """The network whose state dict `state` is, with its weights; decided by the first layer's shape.

    >>> recognised({"conv1.weight": torch.zeros(8, 3, 3, 3)})
    Traceback (most recent call last):
    ValueError: features.0.weight is missing: this is no state dict of torchvision's AlexNet or VGG-16
    """
    if "features.0.weight" not in state:
        raise ValueError("features.0.weight is missing: this is no state dict of torchvision's AlexNet or VGG-16")
    name = "AlexNet" if state["features.0.weight"].shape[-1] == 11 else "VGG-16"
    tree = KNOWN[name]()
    with torch.device("meta"):
        net = build(tree)
    net.load_state_dict(_renamed(name, net, state), assign=True)
    return Pretrained(name, tree, net.eval())


def theirs(name: str, net: nn.Module) -> dict[str, str]:
    """Our name of each parameter of the network `name`, by torchvision's."""
    features = enumerate(net.get_submodule("features").named_children())
    parts = {f"features.{number}": f"features.{part}" for number, (part, _) in features}
    parts |= {f"classifier.{number}": f"head.{part}" for part, number in CLASSIFIER[name].items()}
    return {
        f"{their}.{key}": f"{our}.{key}"
        for their, our in parts.items()
        for key, _ in net.get_submodule(our).named_parameters()
    }


def _renamed(name: str, net: nn.Module, state: dict[str, Tensor]) -> dict[str, Tensor]:
    names, wanted = theirs(name, net), dict(net.named_parameters())
    wrong = [f"{key} is missing" for key in names if key not in state]
    wrong += [f"{key} is not part of it" for key in state if key not in names]
    wrong += [
        f"{key} has shape {tuple(state[key].shape)} instead of {tuple(wanted[ours].shape)}"
        for key, ours in names.items()
        if key in state and state[key].shape != wanted[ours].shape
    ]
    if wrong:
        raise ValueError(f"not the weights of torchvision's {name}: {'; '.join(wrong)}")
    return {ours: state[key] for key, ours in names.items()}


class Features:
    """The convolutional part of a pretrained network, asked about the bundled photographs."""

    def __init__(self, pretrained: Pretrained) -> None:
        parts = dict(pretrained.tree.children)["features"]
        assert isinstance(parts, Sequential)  # both networks have it
        self.tree, self.net = parts, pretrained.net.get_submodule("features")
        self.convolutions = [name for name, layer in parts.children if isinstance(layer, Conv2d)]

    def kernels(self) -> dict[str, NDArray[np.float64]]:
        """The first layer's kernels (C, 3, k, k), and a random draw of the same kind."""
        weight = self.net.get_parameter(f"{self.convolutions[0]}.weight").detach()
        with seeded(0):
            drawn = nn.init.kaiming_normal_(torch.empty_like(weight), nonlinearity="relu")
        return {"as read from the file": weight.double().numpy(), "random weights": drawn.double().numpy()}

    def patches(self) -> dict[str, list[list[Patch]]]:
        """The nine strongest patches of every channel, by convolution, for colours normalised as for ImageNet."""
        behind = {name: name.replace("conv", "relu") for name in self.convolutions}
        found = top_patches(self.tree, self.net, list(PHOTOGRAPHS), list(behind.values()), normal=IMAGENET)
        return {name: found[relu] for name, relu in behind.items()}
