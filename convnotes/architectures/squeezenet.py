"""SqueezeNet: AlexNet's accuracy with a fiftieth of its parameters."""

from functools import partial

from convnotes.architectures._architecture import Architecture, Descent, Printed, Result
from convnotes.layers import AdaptiveAvgPool2d, Conv2d, Dropout, Flatten, Layer, MaxPool2d, Parallel, ReLU, Sequential

# Table 1 of the paper, fire modules 2 to 9: channels after the squeezing 1×1, and of each of the two expanding layers.
FIRES = ((16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256))


def fire(in_channels: int, squeezed: int, expanded: int) -> Sequential:
    """A 1×1 to few channels, then a 1×1 and a 3×3 side by side, whose maps are concatenated."""
    return Sequential(
        squeeze=_conv(in_channels, squeezed, 1),
        expand=Parallel(one=_conv(squeezed, expanded, 1), three=_conv(squeezed, expanded, 3, padding=1)),
    )


def squeezenet(stem: Conv2d, pooled: tuple[int, ...]) -> Sequential:
    """A stem, eight fire modules with poolings before those numbered in `pooled`, and a 1×1 to the classes."""
    parts: dict[str, Layer] = {"conv1": Sequential(conv=stem, relu=ReLU())}
    channels = stem.out_channels
    for number, (squeezed, expanded) in enumerate(FIRES, 2):
        if number in pooled:
            parts[f"pool{number - 1}"] = MaxPool2d(3, stride=2, ceil_mode=True)
        parts[f"fire{number}"] = fire(channels, squeezed, expanded)
        channels = 2 * expanded
    head = Sequential(dropout=Dropout(), conv10=_conv(channels, 1000, 1), pool=AdaptiveAvgPool2d(1), flatten=Flatten())
    return Sequential(features=Sequential(**parts), head=head)


def _conv(in_channels: int, out_channels: int, kernel_size: int, padding: int = 0) -> Sequential:
    return Sequential(conv=Conv2d(in_channels, out_channels, kernel_size, padding=padding), relu=ReLU())


_TABLE_1 = (
    ("features.conv1", "14,208"),
    ("features.fire2", "11,920"),
    ("features.fire3", "12,432"),
    ("features.fire4", "45,344"),
    ("features.fire5", "49,440"),
    ("features.fire6", "104,880"),
    ("features.fire7", "111,024"),
    ("features.fire8", "188,992"),
    ("features.fire9", "197,184"),
    ("head.conv10", "513,000"),
)
_CONTRIBUTION = (
    "Asked how few parameters reach the accuracy of AlexNet: 1×1 layers thin the maps before every 3×3, and there "
    "is no dense layer at all. A fiftieth was enough."
)

SQUEEZENET_1_0 = Architecture(
    name="squeezenet-1.0",
    title="SqueezeNet 1.0",
    family="SqueezeNet",
    year=2016,
    source="iandola2016",
    variant="Without bypasses and before compression. The input is 227: the paper prints 224 and a map of 111 × 111, "
    "as AlexNet's did 55 × 55; libraries feed 224 and get 109 × 109.",
    contribution=_CONTRIBUTION,
    descent=Descent("SqueezeNet", ("GoogLeNet",), "1×1 layers before everything, no dense layer", column=4),
    input=(3, 227, 227),
    build=partial(squeezenet, Conv2d(3, 96, 7, stride=2), (2, 5, 9)),
    printed=(
        Printed("parameters", "1,248,424", "table 1, before pruning"),
        *(Printed("parameters", text, "table 1, before pruning", part=part, seen="quoted") for part, text in _TABLE_1),
        Printed(
            "macs",
            "0.819",
            "torchvision, squeezenet1_0, GFLOPS",
            10**9,
            input=(3, 224, 224),
            source="torchvision",
        ),
    ),
    results=(
        Result("top-5 error", "19.7 %", "ImageNet validation set, one network, one crop", "iandola2016", "quoted"),
        Result("top-5 error", "19.58 %", "ImageNet validation set, one crop, library weights", "torchvision"),
    ),
)

SQUEEZENET_1_1 = Architecture(
    name="squeezenet-1.1",
    title="SqueezeNet 1.1",
    family="SqueezeNet",
    year=2016,
    source="iandola2016",
    variant="The authors' later version in their repository: a stem of 64 kernels of 3×3, and earlier poolings.",
    contribution=_CONTRIBUTION,
    input=(3, 227, 227),
    build=partial(squeezenet, Conv2d(3, 64, 3, stride=2), (2, 4, 6)),
    printed=(
        Printed("parameters", "1,235,496", "torchvision, squeezenet1_1", source="torchvision"),
        Printed(
            "macs",
            "0.349",
            "torchvision, squeezenet1_1, GFLOPS",
            10**9,
            input=(3, 224, 224),
            source="torchvision",
        ),
    ),
    results=(Result("top-5 error", "19.38 %", "ImageNet validation set, one crop, library weights", "torchvision"),),
)
