"""U-Net: down to a small map and up again, with a copy of every map of the way down laid beside that of the way up.

It is no `Architecture`: after its transposed convolutions neighbouring units read different numbers of pixels, so a
ledger could not say their field. Padded by 1, as most libraries build it, so that the output is as large as the input;
the paper's convolutions have no padding, and what is copied is cropped. The weights are the same.
"""

from convnotes.layers import Conv2d, ConvTranspose2d, Identity, Layer, MaxPool2d, Parallel, ReLU, Sequential

WIDTHS = (64, 128, 256, 512, 1024)  # channels of the maps, from the largest map to the smallest


def two_convs(in_channels: int, out_channels: int) -> dict[str, Layer]:
    """Two 3×3 convolutions with ReLU, as named parts."""
    layers = (in_channels, out_channels), (out_channels, out_channels)
    return {
        f"conv{number}": Sequential(conv=Conv2d(a, b, 3, padding=1), relu=ReLU())
        for number, (a, b) in enumerate(layers, 1)
    }


def below(level: int) -> Parallel:
    """What is copied at a level, beside what comes up from the level under it; the channels of both together."""
    wide, narrow = WIDTHS[level + 1], WIDTHS[level]
    down = {f"down{level + 1}": Sequential(pool=MaxPool2d(2), **two_convs(narrow, wide))}
    deeper = level + 2 < len(WIDTHS)
    back = {"below": below(level + 1), f"up{level + 1}": Sequential(**two_convs(2 * wide, wide))} if deeper else {}
    return Parallel(
        copied=Identity(),
        below=Sequential(**down, **back, **{f"double{level + 1}": ConvTranspose2d(wide, narrow, 2, stride=2)}),
    )


def unet(in_channels: int = 1, classes: int = 2) -> Sequential:
    """Five levels, 64 to 1,024 channels, and a 1×1 to one map for each class."""
    first, last = Sequential(**two_convs(in_channels, WIDTHS[0])), Sequential(**two_convs(2 * WIDTHS[0], WIDTHS[0]))
    features = Sequential(down0=first, below=below(0), up0=last)
    return Sequential(features=features, head=Sequential(conv=Conv2d(WIDTHS[0], classes, 1)))
