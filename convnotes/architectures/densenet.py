"""DenseNet-121: every layer reads the maps of all layers before it."""

from collections.abc import Sequence

from convnotes.architectures._architecture import Architecture, Descent, Printed, Result
from convnotes.architectures._blocks import conv_norm
from convnotes.layers import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Identity,
    Layer,
    Linear,
    MaxPool2d,
    Parallel,
    ReLU,
    Sequential,
)

GROWTH = 32  # channels that each layer adds, k in the paper


def dense_layer(in_channels: int, growth: int = GROWTH) -> Parallel:
    """All maps so far, and `growth` new ones from them: a 1×1 to 4·growth channels, then a 3×3, each after its norm."""
    return Parallel(
        kept=Identity(),
        new=Sequential(
            norm1=BatchNorm2d(in_channels),
            act1=ReLU(),
            conv1=Conv2d(in_channels, 4 * growth, 1, bias=False),
            norm2=BatchNorm2d(4 * growth),
            act2=ReLU(),
            conv2=Conv2d(4 * growth, growth, 3, padding=1, bias=False),
        ),
    )


def transition(in_channels: int) -> Sequential:
    """Half the channels by a 1×1, half the side by average pooling."""
    return Sequential(
        norm=BatchNorm2d(in_channels),
        act=ReLU(),
        conv=Conv2d(in_channels, in_channels // 2, 1, bias=False),
        pool=AvgPool2d(2),
    )


def densenet(repeats: Sequence[int]) -> Sequential:
    """A stem, four blocks of dense layers with transitions between them, global pooling and one dense layer."""
    parts: dict[str, Layer] = {"conv1": conv_norm(3, 64, 7, stride=2), "pool1": MaxPool2d(3, stride=2, padding=1)}
    channels = 64
    for number, repeat in enumerate(repeats, 1):
        if number > 1:
            parts[f"transition{number - 1}"] = transition(channels)
            channels //= 2
        parts[f"block{number}"] = Sequential(*[dense_layer(channels + GROWTH * n) for n in range(repeat)])
        channels += GROWTH * repeat
    parts["norm"] = Sequential(norm=BatchNorm2d(channels), act=ReLU())
    return Sequential(
        features=Sequential(**parts),
        head=Sequential(pool=AdaptiveAvgPool2d(1), flatten=Flatten(), fc=Linear(channels, 1000)),
    )


def densenet121() -> Sequential:
    """Blocks of 6, 12, 24 and 16 layers."""
    return densenet((6, 12, 24, 16))


DENSENET121 = Architecture(
    name="densenet121",
    title="DenseNet-121",
    family="DenseNet",
    year=2016,
    source="huang2017",
    variant="DenseNet-BC with growth rate 32: each 3×3 after a 1×1 to 128 channels, transitions halve the channels.",
    contribution="Concatenates where ResNet adds: every layer reads all earlier maps of its block and adds 32.",
    descent=Descent("DenseNet", ("ResNet",), "concatenates where ResNet adds", column=0),
    input=(3, 224, 224),
    build=densenet121,
    printed=(
        Printed("depth", "121", "table 1"),
        Printed("parameters", "7,978,856", "torchvision, densenet121", source="torchvision"),
        Printed("macs", "2.834", "torchvision, densenet121, GFLOPS", 10**9, source="torchvision"),
    ),
    results=(
        Result("top-5 error", "7.71 %", "ImageNet validation set, one network, one crop", "huang2017", "quoted"),
        Result("top-5 error", "6.66 %", "ImageNet validation set, one network, ten crops", "huang2017", "quoted"),
    ),
)
