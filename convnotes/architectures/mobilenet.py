"""MobileNet, first version, at its four widths; and the second, with inverted residual blocks."""

from functools import partial

from convnotes.architectures._architecture import Architecture, Descent, Printed, Result
from convnotes.architectures._blocks import RELU, conv_norm
from convnotes.layers import AdaptiveAvgPool2d, Dropout, Flatten, Identity, Layer, Linear, Residual, Sequential

# Table 1 of the paper: output channels and stride of each depthwise separable block.
BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))


def mobilenet(width: float = 1.0) -> Sequential:
    """One convolution, then thirteen pairs of a depthwise 3×3 and a 1×1; `width` multiplies all channels."""
    channels = int(32 * width)
    parts: dict[str, Layer] = {"conv1": conv_norm(3, channels, 3, stride=2)}
    for number, (out_channels, stride) in enumerate(BLOCKS, 1):
        wide = int(out_channels * width)
        parts[f"block{number}"] = Sequential(
            depthwise=conv_norm(channels, channels, 3, stride, groups=channels),
            pointwise=conv_norm(channels, wide, 1),
        )
        channels = wide
    return Sequential(
        features=Sequential(**parts),
        head=Sequential(pool=AdaptiveAvgPool2d(1), flatten=Flatten(), fc=Linear(channels, 1000)),
    )


# Table 2 of the second paper: expansion, output channels, blocks, stride of the first.
STAGES_V2 = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


def inverted_residual(
    in_channels: int,
    out_channels: int,
    expansion: int = 6,
    kernel_size: int = 3,
    stride: int = 1,
    activation: Layer = RELU,
    gate: Layer | None = None,
) -> Layer:
    """1×1 to more channels, depthwise, `gate` if there is one, 1×1 back, not activated; added if the shape stays."""
    wide = in_channels * expansion
    parts: dict[str, Layer] = (
        {"expand": conv_norm(in_channels, wide, 1, activation=activation)} if expansion > 1 else {}
    )
    parts["depthwise"] = conv_norm(wide, wide, kernel_size, stride, groups=wide, activation=activation)
    if gate:
        parts["gate"] = gate
    parts["project"] = conv_norm(wide, out_channels, 1, activation=Identity())
    body = Sequential(**parts)
    return Residual(body) if stride == 1 and in_channels == out_channels else body


def mobilenet_v2() -> Sequential:
    """A stem, seventeen inverted residual blocks, a 1×1 to 1,280 channels, global pooling and one dense layer."""
    parts: dict[str, Layer] = {"conv1": conv_norm(3, 32, 3, stride=2)}
    channels = 32
    for number, (expansion, out_channels, repeat, stride) in enumerate(STAGES_V2, 1):
        blocks = []
        for block in range(repeat):
            blocks.append(inverted_residual(channels, out_channels, expansion, stride=1 if block else stride))
            channels = out_channels
        parts[f"stage{number}"] = Sequential(*blocks)
    parts["last"] = conv_norm(channels, 1280, 1)
    head = Sequential(pool=AdaptiveAvgPool2d(1), flatten=Flatten(), dropout=Dropout(0.2), fc=Linear(1280, 1000))
    return Sequential(features=Sequential(**parts), head=head)


def _architecture(
    width: float, millions_macs: str, millions: str, top1: str, printed: tuple[Printed, ...] = ()
) -> Architecture:
    return Architecture(
        name="mobilenet-v1" if width == 1 else f"mobilenet-v1-{width}",
        title=f"{width} MobileNet-224",
        family="MobileNet",
        year=2017,
        source="howard2017",
        variant=f"Width multiplier {width}, input 224. Strided layers are padded by 1 on each side; the authors' code "
        "pads an even input after it only, which shifts the fields by half a stride and changes no size.",
        contribution="Splits each convolution after the first into one over space and one over channels: an eighth of "
        "the work for a point of accuracy, with two dials, width and resolution, to fit a phone.",
        descent=Descent("MobileNet", ("Xception",), "depthwise separable throughout, with a dial for width", column=3)
        if width == 1
        else None,
        input=(3, 224, 224),
        build=partial(mobilenet, width),
        printed=(
            Printed("macs", millions_macs, "table 6, millions", 10**6),
            Printed("parameters", millions, "table 6, millions", 10**6),
            *printed,
        ),
        results=(Result("top-1 error", top1, "ImageNet validation set, one network", "howard2017"),),
    )


MOBILENET_V1 = _architecture(
    1.0,
    "569",
    "4.2",
    "29.4 %",
    (
        Printed("macs", "418", "table 7, millions", 10**6, input=(3, 192, 192)),
        Printed(
            "macs", "290", "table 7, millions", 10**6, input=(3, 160, 160), differs="290.7 million, which is cut off"
        ),
        Printed("macs", "186", "table 7, millions", 10**6, input=(3, 128, 128)),
        Printed("depth", "28", "section 3.2", seen="quoted"),
    ),
)
MOBILENET_V1_075 = _architecture(0.75, "325", "2.6", "31.6 %")
MOBILENET_V1_05 = _architecture(
    0.5,
    "149",
    "1.3",
    "36.3 %",
    (
        Printed(
            "macs", "76", "table 9, millions", 10**6, input=(3, 160, 160), differs="76.5 million, which is cut off"
        ),
        Printed(
            "parameters",
            "1.32",
            "table 9, millions",
            10**6,
            differs="1.33 million; 1.32 without the scales and shifts of batch norm",
        ),
    ),
)
MOBILENET_V1_025 = _architecture(0.25, "41", "0.5", "49.4 %")

MOBILENET_V2 = Architecture(
    name="mobilenet-v2",
    title="MobileNetV2",
    family="MobileNet",
    year=2018,
    source="sandler2018",
    variant="Width multiplier 1, input 224. ReLU stands for ReLU6, which cuts off at 6 and changes no count.",
    contribution="Turns the bottleneck inside out: narrow maps are passed on and added, the wide ones are "
    "inside a block and filtered depthwise; no ReLU follows the last 1×1, where it would lose too much.",
    descent=Descent(
        "MobileNetV2", ("MobileNet", "ResNet"), "narrow maps passed on, wide ones inside a block", column=3
    ),
    input=(3, 224, 224),
    build=mobilenet_v2,
    printed=(
        Printed("parameters", "3.4", "table 4, millions", 10**6, seen="quoted",
                differs="3.50 million; 3.47 without the scales and shifts of batch norm"),
        Printed("macs", "300", "table 4, millions", 10**6, seen="quoted", differs="300.8 million, cut off"),
        Printed("parameters", "3,504,872", "torchvision, mobilenet_v2", source="torchvision"),
        Printed("macs", "0.301", "torchvision, mobilenet_v2, GFLOPS", 10**9, source="torchvision"),
    ),
    results=(
        Result("top-1 error", "28.0 %", "ImageNet validation set, one network", "sandler2018", "quoted"),
        Result("top-5 error", "9.71 %", "ImageNet validation set, one crop, first weights", "torchvision"),
    ),
)  # fmt: skip
