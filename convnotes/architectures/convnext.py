"""ConvNeXt, the tiny one."""

from collections.abc import Sequence

from convnotes.architectures._architecture import Architecture, Descent, Printed, Result
from convnotes.layers import (
    GELU,
    AdaptiveAvgPool2d,
    Conv2d,
    Flatten,
    Layer,
    LayerNorm2d,
    LayerScale,
    Linear,
    Residual,
    Sequential,
)


def block(channels: int) -> Residual:
    """Depthwise 7×7, then at each pixel a dense layer to four times the channels and one back."""
    return Residual(
        Sequential(
            depthwise=Conv2d(channels, channels, 7, padding=3, groups=channels),
            norm=LayerNorm2d(channels),
            expand=Conv2d(channels, 4 * channels, 1),
            act=GELU(),
            project=Conv2d(4 * channels, channels, 1),
            scale=LayerScale(channels),
        )
    )


def convnext(repeats: Sequence[int], widths: Sequence[int]) -> Sequential:
    """A stem that cuts the image into 4×4 patches, and four stages of blocks, halving the map in between."""
    parts: dict[str, Layer] = {"stem": Sequential(conv=Conv2d(3, widths[0], 4, stride=4), norm=LayerNorm2d(widths[0]))}
    channels = widths[0]
    for stage, (repeat, width) in enumerate(zip(repeats, widths, strict=True), 1):
        if stage > 1:
            parts[f"down{stage}"] = Sequential(norm=LayerNorm2d(channels), conv=Conv2d(channels, width, 2, stride=2))
        parts[f"stage{stage}"] = Sequential(*[block(width)] * repeat)
        channels = width
    return Sequential(
        features=Sequential(**parts),
        head=Sequential(
            pool=AdaptiveAvgPool2d(1), norm=LayerNorm2d(channels), flatten=Flatten(), fc=Linear(channels, 1000)
        ),
    )


def convnext_tiny() -> Sequential:
    """Stages of 3, 3, 9 and 3 blocks, 96 to 768 channels."""
    return convnext((3, 3, 9, 3), (96, 192, 384, 768))


CONVNEXT_TINY = Architecture(
    name="convnext-tiny",
    title="ConvNeXt-T",
    family="ConvNeXt",
    year=2022,
    source="liu2022",
    variant="With a learned scale at the end of each block, as in the authors' code; the dense layers at each pixel "
    "are written as 1×1 convolutions, which they are.",
    contribution="Gave a residual network, step by step, what vision transformers had brought, large kernels, patches, "
    "layer norm and their training, and came out level with them.",
    descent=Descent("ConvNeXt", ("ResNeXt", "MobileNetV2"), "a ResNet with the habits of transformers", column=1),
    input=(3, 224, 224),
    build=convnext_tiny,
    printed=(
        Printed("parameters", "29M", "table 1", seen="quoted"),
        Printed("macs", "4.5G", "table 1", seen="quoted"),
        Printed(
            "parameters",
            "28M",
            "table of models in the authors' repository",
            seen="quoted",
            differs="28.6 million, cut off",
        ),
    ),
    results=(Result("top-1 error", "17.9 %", "ImageNet validation set, trained on it alone", "liu2022", "quoted"),),
)
