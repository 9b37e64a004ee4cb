"""GoogLeNet: nine inception modules, and two classifiers that hang from the middle during training."""

from convnotes.architectures._architecture import Architecture, Descent, Printed, Result
from convnotes.layers import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    LocalResponseNorm,
    MaxPool2d,
    Parallel,
    ReLU,
    Sequential,
)

# Table 1 of the paper: input channels; 1×1; 3×3 reduction, 3×3; 5×5 reduction, 5×5; projection after pooling.
MODULES = {
    "inception_3a": (192, 64, 96, 128, 16, 32, 32),
    "inception_3b": (256, 128, 128, 192, 32, 96, 64),
    "inception_4a": (480, 192, 96, 208, 16, 48, 64),
    "inception_4b": (512, 160, 112, 224, 24, 64, 64),
    "inception_4c": (512, 128, 128, 256, 24, 64, 64),
    "inception_4d": (512, 112, 144, 288, 32, 64, 64),
    "inception_4e": (528, 256, 160, 320, 32, 128, 128),
    "inception_5a": (832, 256, 160, 320, 32, 128, 128),
    "inception_5b": (832, 384, 192, 384, 48, 128, 128),
}


def inception(
    in_channels: int, one: int, reduce_three: int, three: int, reduce_five: int, five: int, project: int
) -> Parallel:
    """Four branches over one map: 1×1; 1×1 then 3×3; 1×1 then 5×5; pooling then 1×1."""
    return Parallel(
        one=_conv(in_channels, one, 1),
        three=Sequential(reduce=_conv(in_channels, reduce_three, 1), conv=_conv(reduce_three, three, 3)),
        five=Sequential(reduce=_conv(in_channels, reduce_five, 1), conv=_conv(reduce_five, five, 5)),
        pool=Sequential(pool=MaxPool2d(3, stride=1, padding=1), project=_conv(in_channels, project, 1)),
    )


def googlenet() -> Sequential:
    """The network without the auxiliary classifiers."""
    modules = {name: inception(*widths) for name, widths in MODULES.items()}
    stage = {n: {name: module for name, module in modules.items() if name[10] == n} for n in "345"}
    features = Sequential(
        conv1=_conv(3, 64, 7, stride=2),
        pool1=_halve(),
        norm1=LocalResponseNorm(5),
        conv2=Sequential(reduce=_conv(64, 64, 1), conv=_conv(64, 192, 3)),
        norm2=LocalResponseNorm(5),
        pool2=_halve(),
        **stage["3"],
        pool3=_halve(),
        **stage["4"],
        pool4=_halve(),
        **stage["5"],
    )
    head = Sequential(pool=AdaptiveAvgPool2d(1), flatten=Flatten(), dropout=Dropout(0.4), linear=Linear(1024, 1000))
    return Sequential(features=features, head=head)


def auxiliary() -> dict[str, Sequential]:
    """The two classifiers of training, by the module that each hangs from."""
    return {"inception_4a": _auxiliary(512), "inception_4d": _auxiliary(528)}


def _auxiliary(channels: int) -> Sequential:
    return Sequential(
        pool=AvgPool2d(5, stride=3),
        conv=_conv(channels, 128, 1),
        flatten=Flatten(),
        fc1=Linear(128 * 4 * 4, 1024),
        relu=ReLU(),
        dropout=Dropout(0.7),
        fc2=Linear(1024, 1000),
    )


def _conv(in_channels: int, out_channels: int, kernel_size: int, stride: int = 1) -> Sequential:
    return Sequential(conv=Conv2d(in_channels, out_channels, kernel_size, stride, kernel_size // 2), relu=ReLU())


def _halve() -> MaxPool2d:
    return MaxPool2d(3, stride=2, ceil_mode=True)


# Table 1's columns "params" and "ops", row by row; None where the printed number of operations comes out.
_TABLE_1 = (
    ("conv1", "2.7K", "34M", "a 7×7 kernel over 3 channels at 112 × 112 places takes 118 million"),
    ("conv2", "112K", "360M", None),
    ("inception_3a", "159K", "128M", None),
    ("inception_3b", "380K", "304M", None),
    ("inception_4a", "364K", "73M", "73.6 million, cut off"),
    ("inception_4b", "437K", "88M", None),
    ("inception_4c", "463K", "100M", None),
    ("inception_4d", "580K", "119M", None),
    ("inception_4e", "840K", "170M", None),
    ("inception_5a", "1072K", "54M", "the widths of the row take 51.1 million"),
    ("inception_5b", "1388K", "71M", None),
)
_WIDTHS = (
    "the column of parameters does not follow from the widths printed beside it, neither in thousands nor in units of "
    "1,024 (only conv2 does in the latter: 112 × 1,024 weights)"
)


def _table_1() -> tuple[Printed, ...]:
    rows = []
    for name, parameters, operations, differs in _TABLE_1:
        part, where = f"features.{name}", f"table 1, {name.replace('_', ' ')}"
        rows.append(Printed("parameters", parameters, where, part=part, seen="quoted", differs=_WIDTHS))
        rows.append(Printed("macs", operations, where, part=part, seen="quoted", differs=differs or ""))
    return tuple(rows)


GOOGLENET = Architecture(
    name="googlenet",
    title="GoogLeNet",
    family="GoogLeNet",
    year=2014,
    source="szegedy2015",
    variant="Table 1 of the paper: true 5×5 branches, biases, no batch norm. The common library version has 3×3 in "
    "their place and 6,624,904 parameters. Counted without the auxiliary classifiers, which are apart. Pooling rounds "
    "sizes up.",
    contribution="Several kernel sizes side by side, each after a cheap 1×1 that reduces the channels, and a global "
    "average in place of dense layers: deeper than VGG with a twentieth of its parameters.",
    descent=Descent("GoogLeNet", ("NiN",), "branches side by side, each after a 1×1", column=2),
    input=(3, 224, 224),
    build=googlenet,
    build_auxiliary=auxiliary,
    printed=(
        Printed("depth", "22", "section 5"),
        Printed(
            "macs", "1.5 billion", "section 1", differs="a budget rather than a count; the tree takes 1.58 billion"
        ),
        Printed(
            "macs",
            "1550",
            "table 8, millions",
            10**6,
            source="howard2017",
            differs="the tree takes 1,583 million; 1,550 comes with no convention",
        ),
        Printed(
            "parameters",
            "6.8",
            "table 8, millions",
            10**6,
            source="howard2017",
            differs="7.0 million by the widths of the paper; the sum of table 1's own column is near 6.8 million",
        ),
        *_table_1(),
        Printed("parameters", "1000K", "table 1, linear", part="head", seen="quoted", differs="1,025,000 with biases"),
        Printed("macs", "1M", "table 1, linear", part="head", seen="quoted"),
    ),
    results=(
        Result("top-5 error", "6.67 %", "ILSVRC-2014 test set, seven networks, 144 crops", "szegedy2015", "quoted"),
        Result("top-5 error", "9.15 %", "ImageNet validation set, one network, ten crops", "szegedy2015", "quoted"),
        Result("top-5 error", "10.07 %", "ImageNet validation set, one network, one crop", "szegedy2015", "quoted"),
    ),
)
