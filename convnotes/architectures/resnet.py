"""Residual networks: basic blocks (18, 34) and bottlenecks (50, 101, 152), and what others made of the bottleneck."""

from collections.abc import Callable, Sequence
from functools import partial

from convnotes.architectures._architecture import Architecture, Descent, Printed, Result
from convnotes.architectures._blocks import conv_norm
from convnotes.layers import (
    AdaptiveAvgPool2d,
    Conv2d,
    Flatten,
    Gate,
    Identity,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
)

_PLAIN = Identity()


def basic(in_channels: int, width: int, stride: int) -> Sequential:
    """Two 3×3 convolutions beside a shortcut."""
    body = Sequential(
        conv1=conv_norm(in_channels, width, 3, stride), conv2=conv_norm(width, width, 3, activation=_PLAIN)
    )
    return _block(body, in_channels, width, stride)


def bottleneck(in_channels: int, width: int, stride: int, stride_on: int = 1) -> Sequential:
    """1×1, 3×3 and 1×1 convolutions beside a shortcut; the stride is on the first, or with `stride_on=3` the 3×3."""
    first, second = (stride, 1) if stride_on == 1 else (1, stride)
    body = Sequential(
        conv1=conv_norm(in_channels, width, 1, first),
        conv2=conv_norm(width, width, 3, second),
        conv3=conv_norm(width, 4 * width, 1, activation=_PLAIN),
    )
    return _block(body, in_channels, 4 * width, stride)


def grouped(in_channels: int, width: int, stride: int, groups: int = 32) -> Sequential:
    """ResNeXt's bottleneck: twice as wide inside, its 3×3 in groups, which takes the stride."""
    inner = 2 * width
    body = Sequential(
        conv1=conv_norm(in_channels, inner, 1),
        conv2=conv_norm(inner, inner, 3, stride, groups=groups),
        conv3=conv_norm(inner, 4 * width, 1, activation=_PLAIN),
    )
    return _block(body, in_channels, 4 * width, stride)


def squeeze_excite(channels: int, reduction: int = 16) -> Gate:
    """A weight for each channel from the means of all: dense to channels / reduction, ReLU, dense back, sigmoid."""
    return Gate(
        Sequential(
            pool=AdaptiveAvgPool2d(1),
            reduce=Conv2d(channels, channels // reduction, 1),
            act=ReLU(),
            expand=Conv2d(channels // reduction, channels, 1),
            sigmoid=Sigmoid(),
        )
    )


def gated(in_channels: int, width: int, stride: int) -> Sequential:
    """The published bottleneck with a squeeze-and-excitation gate on what it adds."""
    body = Sequential(
        conv1=conv_norm(in_channels, width, 1, stride),
        conv2=conv_norm(width, width, 3),
        conv3=conv_norm(width, 4 * width, 1, activation=_PLAIN),
        gate=squeeze_excite(4 * width),
    )
    return _block(body, in_channels, 4 * width, stride)


def _block(body: Layer, in_channels: int, out_channels: int, stride: int) -> Sequential:
    same = stride == 1 and in_channels == out_channels
    shortcut = _PLAIN if same else conv_norm(in_channels, out_channels, 1, stride, activation=_PLAIN)
    return Sequential(add=Residual(body, shortcut), relu=ReLU())


Block = Callable[[int, int, int], Sequential]


def resnet(repeats: Sequence[int], block: Block) -> Sequential:
    """A stem, four stages of residual blocks, global pooling and one dense layer.

    block: makes one of them from its input channels, its width and its stride.
    """
    stages: dict[str, Layer] = {}
    channels = 64
    for stage, repeat in enumerate(repeats):
        blocks = []
        for number in range(repeat):
            width = 64 * 2**stage
            blocks.append(block(channels, width, 2 if stage and not number else 1))
            channels = width if block is basic else 4 * width
        stages[f"conv{stage + 2}_x"] = Sequential(*blocks)
    features = Sequential(conv1=conv_norm(3, 64, 7, stride=2), pool1=MaxPool2d(3, stride=2, padding=1), **stages)
    return Sequential(
        features=features,
        head=Sequential(pool=AdaptiveAvgPool2d(1), flatten=Flatten(), fc=Linear(channels, 1000)),
    )


_REPEATS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
_TEN_CROPS = "ImageNet validation set, one network, ten crops"
_CONTRIBUTION = (
    "Let every block learn a change to its input instead of a new map; with that shortcut, and batch norm, networks of "
    "a hundred layers train better than those of twenty, not worse."
)


def _published(depth: int, printed: tuple[Printed, ...], results: tuple[Result, ...] = ()) -> Architecture:
    where = "stride on the first 1×1 of a stage" if depth >= 50 else "basic blocks"
    return Architecture(
        name=f"resnet{depth}",
        title=f"ResNet-{depth}",
        family="ResNet",
        year=2015,
        source="he2016",
        variant=f"As published: {where}; 1×1 projection shortcuts where the shape changes (option B of the paper).",
        contribution=_CONTRIBUTION,
        descent=Descent("ResNet", ("VGG", "Highway"), "the input of a block added to its output", column=1)
        if depth == 50
        else None,
        input=(3, 224, 224),
        build=partial(resnet, _REPEATS[depth], bottleneck if depth >= 50 else basic),
        printed=(*printed, Printed("depth", str(depth), "table 1")),
        results=results,
    )


def _v1_5(depth: int, giga: str, top5: str) -> Architecture:
    return Architecture(
        name=f"resnet{depth}-v1.5",
        title=f"ResNet-{depth} v1.5",
        family="ResNet",
        year=2017,
        source="goyal2017",
        variant="The stride is on the 3×3 of a stage's first block instead of the 1×1 before it: what most libraries "
        "call ResNet. Same parameters as published, more operations, a smaller receptive field. Dated by the recipe "
        "that made it common, which took it from earlier code.",
        contribution="A 1×1 convolution with stride 2 throws away three quarters of its input unread; moving the "
        "stride to the 3×3 reads them all, for a little more work.",
        input=(3, 224, 224),
        build=partial(resnet, _REPEATS[depth], partial(bottleneck, stride_on=3)),
        printed=(
            Printed(
                "macs",
                giga,
                f"torchvision, resnet{depth}, GFLOPS",
                10**9,
                source="torchvision",
                seen="paper" if depth == 50 else "quoted",
            ),
        ),
        results=(
            Result("top-5 error", top5, "ImageNet validation set, one crop, first weights", "torchvision", "quoted"),
        ),
    )


RESNET18 = _published(18, (Printed("macs", "1.8×10⁹", "table 1"),))
RESNET34 = _published(
    34,
    (
        Printed(
            "macs",
            "3.6×10⁹",
            "table 1",
            differs="3.66 with projections; 3.64, which rounds to 3.6, with shortcuts that learn nothing (option A)",
        ),
    ),
    (Result("top-5 error", "7.46 %", f"{_TEN_CROPS}, option B", "he2016", "quoted"),),
)
RESNET50 = _published(
    50,
    (
        Printed("macs", "3.8×10⁹", "table 1", differs="3.86, which the table cuts off where rounding gives 3.9"),
        Printed("macs", "4.1B", "table 2", source="tan2019", differs="the count of the later variant, v1.5"),
        Printed("parameters", "26M", "table 2", source="tan2019"),
    ),
    (Result("top-5 error", "6.71 %", _TEN_CROPS, "he2016", "quoted"),),
)
RESNET101 = _published(
    101,
    (Printed("macs", "7.6×10⁹", "table 1"),),
    (Result("top-5 error", "6.05 %", _TEN_CROPS, "he2016", "quoted"),),
)
RESNET152 = _published(
    152,
    (
        Printed("macs", "11.3×10⁹", "table 1"),
        Printed("macs", "11B", "table 2", source="tan2019"),
        Printed("parameters", "60M", "table 2", source="tan2019"),
    ),
    (
        Result("top-5 error", "3.57 %", "ILSVRC-2015 test set, six networks of several depths averaged", "he2016"),
        Result("top-5 error", "4.49 %", "ImageNet validation set, one network, several scales", "he2016", "quoted"),
        Result("top-5 error", "5.71 %", _TEN_CROPS, "he2016", "quoted"),
    ),
)
RESNET50_V1_5 = _v1_5(50, "4.089", "7.14 %")
RESNET101_V1_5 = _v1_5(101, "7.801", "6.45 %")
RESNET152_V1_5 = _v1_5(152, "11.514", "5.95 %")
RESNEXT50 = Architecture(
    name="resnext50-32x4d",
    title="ResNeXt-50 32×4d",
    family="ResNet",
    year=2016,
    source="xie2017",
    variant="32 groups of 4 channels in the first stage; the stride is on a stage's first 3×3, as in the code.",
    contribution="Divides the 3×3 of a bottleneck into groups and makes it wider for the same cost: the "
    "number of groups is a third thing to choose beside depth and width.",
    descent=Descent("ResNeXt", ("ResNet",), "the 3×3 in 32 groups", column=1),
    input=(3, 224, 224),
    build=partial(resnet, _REPEATS[50], grouped),
    printed=(
        Printed("parameters", "25.0", "table 1, millions", 10**6, seen="quoted"),
        Printed("macs", "4.2×10⁹", "table 1", seen="quoted"),
        Printed("parameters", "25,028,904", "torchvision, resnext50_32x4d", source="torchvision"),
        Printed("macs", "4.23", "torchvision, resnext50_32x4d, GFLOPS", 10**9, source="torchvision"),
    ),
    results=(
        Result("top-1 error", "22.2 %", "ImageNet validation set, one network, one crop", "xie2017", "quoted"),
        Result("top-5 error", "6.3 %", "ImageNet validation set, one crop, first weights", "torchvision"),
    ),
)
SE_RESNET50 = Architecture(
    name="se-resnet50",
    title="SE-ResNet-50",
    family="ResNet",
    year=2017,
    source="hu2018",
    variant="ResNet-50 as published, with a gate of reduction 16 on what each block adds.",
    contribution="Lets a block weigh its channels by what the whole map holds: two small dense layers a block, a tenth "
    "more parameters, hardly any work, and the last challenge won with it.",
    descent=Descent("SENet", ("ResNeXt",), "channels weighed by their means", column=2),
    input=(3, 224, 224),
    build=partial(resnet, _REPEATS[50], gated),
    printed=(
        Printed("parameters", "28.1", "table 16, millions", 10**6, seen="quoted"),
        Printed(
            "macs",
            "3.87",
            "table 2, GFLOPs",
            10**9,
            seen="quoted",
            differs="3.860 billion; the paper does not say which operations it counts besides",
        ),
    ),
    results=(Result("top-5 error", "6.62 %", "ImageNet validation set, one network, one crop", "hu2018", "quoted"),),
)
