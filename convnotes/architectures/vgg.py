"""The VGG networks, configurations A, B, D and E."""

from collections.abc import Sequence
from functools import partial

from convnotes.architectures._architecture import Architecture, Descent, Printed, Result
from convnotes.layers import Conv2d, Dropout, Flatten, Layer, Linear, MaxPool2d, ReLU, Sequential

_WIDTHS = (64, 128, 256, 512, 512)


def vgg(repeats: Sequence[int]) -> Sequential:
    """Five stages of 3×3 convolutions, `repeats` in each, every stage ended by a pooling; then three dense layers."""
    parts: dict[str, Layer] = {}
    channels = 3
    for stage, (width, repeat) in enumerate(zip(_WIDTHS, repeats, strict=True), 1):
        for number in range(1, repeat + 1):
            parts[f"conv{stage}_{number}"] = Conv2d(channels, width, 3, padding=1)
            parts[f"relu{stage}_{number}"] = ReLU()
            channels = width
        parts[f"pool{stage}"] = MaxPool2d(2)
    head = Sequential(
        flatten=Flatten(),
        fc6=Linear(512 * 7 * 7, 4096),
        relu6=ReLU(),
        drop6=Dropout(),
        fc7=Linear(4096, 4096),
        relu7=ReLU(),
        drop7=Dropout(),
        fc8=Linear(4096, 1000),
    )
    return Sequential(features=Sequential(**parts), head=head)


def _architecture(
    letter: str,
    repeats: Sequence[int],
    million: str,
    printed: tuple[Printed, ...] = (),
    results: tuple[Result, ...] = (),
) -> Architecture:
    depth = sum(repeats) + 3
    return Architecture(
        name=f"vgg{depth}",
        title=f"VGG-{depth}",
        family="VGG",
        year=2014,
        source="simonyan2015",
        variant=f"Configuration {letter}, without batch norm, which is younger than the network.",
        contribution="Showed with one kernel size, 3×3, that depth itself pays, up to nineteen layers in a row.",
        descent=Descent("VGG", ("AlexNet",), "nothing but 3×3, up to nineteen layers", column=0)
        if depth == 16
        else None,
        input=(3, 224, 224),
        build=partial(vgg, repeats),
        printed=(
            Printed("parameters", million, "table 2, millions", 10**6),
            Printed("depth", str(depth), "table 1"),
            *printed,
        ),
        results=results,
    )


VGG11 = _architecture("A", (1, 1, 2, 2, 2), "133")
VGG13 = _architecture("B", (2, 2, 2, 2, 2), "133")
VGG16 = _architecture(
    "D",
    (2, 2, 3, 3, 3),
    "138",
    (
        Printed(
            "macs",
            "15.3 billion",
            "section 4.1",
            source="he2016",
            differs="15.3 billion are the convolutions alone; the dense layers add 0.12 billion",
        ),
        Printed("macs", "15.3 billion", "section 4.1, convolutions alone", source="he2016", part="features"),
    ),
    (
        Result(
            "top-5 error",
            "7.3 %",
            "ILSVRC-2014 test set, seven networks averaged, as submitted",
            "simonyan2015",
            "quoted",
        ),
        Result("top-5 error", "9.33 %", "ImageNet validation set, one network, ten crops", "he2016", "quoted"),
    ),
)
VGG19 = _architecture(
    "E",
    (2, 2, 4, 4, 4),
    "144",
    (Printed("macs", "19.6 billion", "section 4.1", source="he2016"),),
    (
        Result(
            "top-5 error",
            "6.8 %",
            "ILSVRC-2014 test set, two networks (D and E), many crops and dense",
            "simonyan2015",
            "quoted",
        ),
    ),
)
