"""EfficientNet: one small network, scaled in depth, width and resolution at once."""

from functools import partial
from math import ceil

from convnotes.architectures._architecture import Architecture, Descent, Printed, Result
from convnotes.architectures._blocks import conv_norm
from convnotes.architectures.mobilenet import inverted_residual
from convnotes.layers import (
    AdaptiveAvgPool2d,
    Conv2d,
    Dropout,
    Flatten,
    Gate,
    Layer,
    Linear,
    Sequential,
    Sigmoid,
    SiLU,
)

# The stages of B0: expansion, kernel size, stride of the first block, output channels, blocks. Strides as in the
# authors' code; the first version of the paper exchanged those of the stages with 80 and 112 channels.
STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)

# Width and depth factors, resolution and dropout of B0 to B7, from the authors' code. For B1 and on they follow the
# compound rule, 1.1^φ, 1.2^φ and 1.15^φ, only roughly.
SCALES = (
    (1.0, 1.0, 224, 0.2),
    (1.0, 1.1, 240, 0.2),
    (1.1, 1.2, 260, 0.3),
    (1.2, 1.4, 300, 0.3),
    (1.4, 1.8, 380, 0.4),
    (1.6, 2.2, 456, 0.4),
    (1.8, 2.6, 528, 0.5),
    (2.0, 3.1, 600, 0.5),
)


def scaled_channels(channels: int, width: float) -> int:
    """`channels` times `width`, to the nearest multiple of 8 that is not more than a tenth too small.

    >>> scaled_channels(32, 1.1), scaled_channels(24, 1.6)
    (32, 40)
    """
    wanted = channels * width
    nearest = max(8, int(wanted + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * wanted else nearest


def squeeze_excite(channels: int, squeezed: int) -> Gate:
    """A weight for each channel, computed from the mean of every channel."""
    return Gate(
        Sequential(
            pool=AdaptiveAvgPool2d(1),
            reduce=Conv2d(channels, squeezed, 1),
            act=SiLU(),
            expand=Conv2d(squeezed, channels, 1),
            sigmoid=Sigmoid(),
        )
    )


def mbconv(in_channels: int, out_channels: int, expansion: int, kernel_size: int, stride: int) -> Layer:
    """MobileNetV2's inverted residual block with SiLU and a gate."""
    gate = squeeze_excite(in_channels * expansion, in_channels // 4)
    return inverted_residual(in_channels, out_channels, expansion, kernel_size, stride, SiLU(), gate)


def efficientnet(width: float, depth: float, dropout: float) -> Sequential:
    """B0 with its channels multiplied by `width` and the blocks of each stage by `depth`, rounded up."""
    channels = scaled_channels(32, width)
    parts: dict[str, Layer] = {"stem": conv_norm(3, channels, 3, stride=2, activation=SiLU())}
    for number, (expansion, kernel_size, stride, base, repeat) in enumerate(STAGES, 1):
        out_channels = scaled_channels(base, width)
        blocks = []
        for block in range(ceil(depth * repeat)):
            blocks.append(mbconv(channels, out_channels, expansion, kernel_size, 1 if block else stride))
            channels = out_channels
        parts[f"stage{number}"] = Sequential(*blocks)
    last = scaled_channels(1280, width)
    parts["last"] = conv_norm(channels, last, 1, activation=SiLU())
    return Sequential(
        features=Sequential(**parts),
        head=Sequential(pool=AdaptiveAvgPool2d(1), flatten=Flatten(), dropout=Dropout(dropout), fc=Linear(last, 1000)),
    )


_UNTOLD = "the paper does not say how it counted; the authors' own factors and input size give {}"
_DIFFERS = {
    (1, "macs"): _UNTOLD.format("0.69 billion"),
    (2, "parameters"): _UNTOLD.format("9.11 million"),
    (4, "macs"): _UNTOLD.format("4.4 billion"),
    (5, "macs"): _UNTOLD.format("10.3 billion"),
    (7, "macs"): _UNTOLD.format("37.7 billion, which is 37 only cut off"),
}


def _architecture(number: int, parameters: str, macs: str, top5: str) -> Architecture:
    width, depth, resolution, dropout = SCALES[number]
    return Architecture(
        name=f"efficientnet-b{number}",
        title=f"EfficientNet-B{number}",
        family="EfficientNet",
        year=2019,
        source="tan2019",
        variant=f"Width {width}, depth {depth}, input {resolution}, from the authors' code. Strided layers are padded "
        "alike on both sides, where the code pads an even input after it only. Each block has a squeeze-and-excitation "
        "gate, which reads the whole map.",
        contribution="Found a good small network by search, then a fixed rate at which depth, width and resolution "
        "grow together: accuracy per operation that scaling one of them alone does not reach.",
        descent=Descent(
            "EfficientNet", ("MobileNetV2", "SENet"), "depth, width and resolution scaled together", column=3
        )
        if number == 0
        else None,
        input=(3, resolution, resolution),
        build=partial(efficientnet, width, depth, dropout),
        printed=(
            Printed("parameters", parameters, "table 2", differs=_DIFFERS.get((number, "parameters"), "")),
            Printed("macs", macs, "table 2", differs=_DIFFERS.get((number, "macs"), "")),
        ),
        results=(
            Result("top-5 error", top5, "ImageNet validation set, one crop; first arXiv version", "tan2019", "quoted"),
        ),
    )


EFFICIENTNETS = (
    _architecture(0, "5.3M", "0.39B", "6.8 %"),
    _architecture(1, "7.8M", "0.70B", "5.6 %"),
    _architecture(2, "9.2M", "1.0B", "5.1 %"),
    _architecture(3, "12M", "1.8B", "4.5 %"),
    _architecture(4, "19M", "4.2B", "3.7 %"),
    _architecture(5, "30M", "9.9B", "3.3 %"),
    _architecture(6, "43M", "19B", "3.1 %"),
    _architecture(7, "66M", "37B", "2.9 %"),
)
