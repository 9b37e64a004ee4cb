"""Inception-v3: GoogLeNet's modules with large kernels taken apart, and batch norm throughout."""

from convnotes.architectures._architecture import Architecture, Descent, Printed, Result
from convnotes.layers import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Layer,
    Linear,
    MaxPool2d,
    Parallel,
    ReLU,
    Sequential,
)

Size = int | tuple[int, int]


def _conv(in_channels: int, out_channels: int, kernel_size: Size, stride: int = 1, padding: Size = 0) -> Sequential:
    conv = Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=False)
    return Sequential(conv=conv, norm=BatchNorm2d(out_channels), relu=ReLU())


def _same(in_channels: int, out_channels: int, *kernels: Size) -> Sequential:
    """Convolutions in a row that keep the size of the map."""
    layers = []
    for size in kernels:
        rows, columns = (size, size) if isinstance(size, int) else size
        layers.append(_conv(in_channels, out_channels, size, padding=(rows // 2, columns // 2)))
        in_channels = out_channels
    return Sequential(*layers)


def _pooled(in_channels: int, out_channels: int) -> Sequential:
    return Sequential(pool=AvgPool2d(3, stride=1, padding=1), project=_conv(in_channels, out_channels, 1))


def mixed_35(in_channels: int, pooled: int) -> Parallel:
    """At 35×35: GoogLeNet's module, its 5×5 beside two 3×3 in a row."""
    return Parallel(
        one=_conv(in_channels, 64, 1),
        five=Sequential(_conv(in_channels, 48, 1), _same(48, 64, 5)),
        threes=Sequential(_conv(in_channels, 64, 1), _same(64, 96, 3, 3)),
        pool=_pooled(in_channels, pooled),
    )


def mixed_17(inner: int) -> Parallel:
    """At 17×17: each 7×7 as a 1×7 and a 7×1."""
    long = [_same(inner, inner, (7, 1), (1, 7), (7, 1)), _same(inner, 192, (1, 7))]
    return Parallel(
        one=_conv(768, 192, 1),
        seven=Sequential(_conv(768, inner, 1), _same(inner, inner, (1, 7)), _same(inner, 192, (7, 1))),
        sevens=Sequential(_conv(768, inner, 1), *long),
        pool=_pooled(768, 192),
    )


def mixed_8(in_channels: int) -> Parallel:
    """At 8×8: each 3×3 as a 1×3 beside a 3×1."""

    def fan() -> Parallel:
        return Parallel(wide=_same(384, 384, (1, 3)), tall=_same(384, 384, (3, 1)))

    return Parallel(
        one=_conv(in_channels, 320, 1),
        three=Sequential(_conv(in_channels, 384, 1), fan()),
        threes=Sequential(_conv(in_channels, 448, 1), _same(448, 384, 3), fan()),
        pool=_pooled(in_channels, 192),
    )


def _halve_35() -> Parallel:
    return Parallel(
        three=_conv(288, 384, 3, 2),
        threes=Sequential(_conv(288, 64, 1), _same(64, 96, 3), _conv(96, 96, 3, 2)),
        pool=MaxPool2d(3, stride=2),
    )


def _halve_17() -> Parallel:
    return Parallel(
        three=Sequential(_conv(768, 192, 1), _conv(192, 320, 3, 2)),
        seven=Sequential(_conv(768, 192, 1), _same(192, 192, (1, 7), (7, 1)), _conv(192, 192, 3, 2)),
        pool=MaxPool2d(3, stride=2),
    )


def inception_v3() -> Sequential:
    """The network without the auxiliary classifier; parts are called as in the authors' code."""
    stem: dict[str, Layer] = {
        "conv1a": _conv(3, 32, 3, 2),
        "conv2a": _conv(32, 32, 3),
        "conv2b": _conv(32, 64, 3, padding=1),
        "pool1": MaxPool2d(3, stride=2),
        "conv3b": _conv(64, 80, 1),
        "conv4a": _conv(80, 192, 3),
        "pool2": MaxPool2d(3, stride=2),
    }
    at_35 = {"mixed5b": mixed_35(192, 32), "mixed5c": mixed_35(256, 64), "mixed5d": mixed_35(288, 64)}
    at_17 = {f"mixed6{letter}": mixed_17(inner) for letter, inner in zip("bcde", (128, 160, 160, 192), strict=True)}
    at_8 = {"mixed7b": mixed_8(1280), "mixed7c": mixed_8(2048)}
    features = Sequential(**stem, **at_35, mixed6a=_halve_35(), **at_17, mixed7a=_halve_17(), **at_8)
    head = Sequential(pool=AdaptiveAvgPool2d(1), flatten=Flatten(), dropout=Dropout(), fc=Linear(2048, 1000))
    return Sequential(features=features, head=head)


def auxiliary() -> dict[str, Sequential]:
    """The classifier of training, by the module that it hangs from."""
    layers = (_conv(768, 128, 1), _conv(128, 768, 5))
    head = Sequential(AvgPool2d(5, stride=3), *layers, AdaptiveAvgPool2d(1), Flatten(), Linear(768, 1000))
    return {"mixed6e": head}


_ONE_CROP = "ImageNet validation set, 48,238 of its images, one network, one crop"
INCEPTION_V3 = Architecture(
    name="inception-v3",
    title="Inception-v3",
    family="GoogLeNet",
    year=2015,
    source="szegedy2016",
    variant="As in the authors' code and in libraries, with input 299. Counted without the auxiliary classifier; "
    "libraries count it in and say 27,161,264.",
    contribution="Takes large kernels apart, a 5×5 into two 3×3 and a 7×7 into 1×7 and 7×1, and adds batch norm.",
    descent=Descent("Inception-v3", ("GoogLeNet",), "large kernels taken apart, batch norm", column=3),
    input=(3, 299, 299),
    build=inception_v3,
    build_auxiliary=auxiliary,
    printed=(
        Printed(
            "parameters",
            "25 million",
            "abstract",
            seen="quoted",
            differs='23.8 million; the abstract says "less than 25 million"',
        ),
        Printed("macs", "5 billion", "abstract", seen="quoted", differs="5.7 billion as the code has it"),
        Printed("macs", "5.713", "torchvision, inception_v3, GFLOPS", 10**9, source="torchvision"),
    ),
    results=(
        Result("top-5 error", "3.58 %", "ILSVRC-2012 test set, four networks, 144 crops", "szegedy2016", "quoted"),
        Result("top-5 error", "5.6 %", _ONE_CROP, "szegedy2016", "quoted"),
    ),
)
