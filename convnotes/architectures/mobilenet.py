"""MobileNet, first version, at its four widths."""

from functools import partial

from convnotes.architectures._architecture import Architecture, Printed, Result
from convnotes.architectures._blocks import conv_norm
from convnotes.layers import AdaptiveAvgPool2d, Flatten, Layer, Linear, Sequential

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


def _architecture(
    width: float, millions_macs: str, millions: str, top1: str, printed: tuple[Printed, ...] = ()
) -> Architecture:
    return Architecture(
        name="mobilenet-v1" if width == 1 else f"mobilenet-v1-{width}",
        title=f"{width} MobileNet-224",
        year=2017,
        source="howard2017",
        variant=f"Width multiplier {width}, input 224. Strided layers are padded by 1 on each side; the authors' code "
        "pads an even input after it only, which shifts the fields by half a stride and changes no size.",
        contribution="Splits each convolution after the first into one over space and one over channels: an eighth of "
        "the work for a point of accuracy, with two dials, width and resolution, to fit a phone.",
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
