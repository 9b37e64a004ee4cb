"""The small networks that the notes train, as layer trees: sizes, costs and receptive fields come from the core."""

from typing import Literal

from convnotes.layers import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
)

Pooling = Literal["max", "blur", "stride"]


def colour_network(classes: int = 200) -> Sequential:
    """Five convolutions in the order of AlexNet, small enough to train in minutes.

    >>> from convnotes.receptive_field import growth
    >>> [field.size[0] for name, _, field in growth(colour_network()) if name.startswith("conv")]
    [11, 31, 55, 71, 87]
    """
    stages: dict[str, Layer] = {}
    convolutions = [
        Conv2d(3, 40, 11, stride=2, bias=False),  # no padding: zeros at the border draw rulings into the kernels
        Conv2d(40, 48, 5, padding=2, bias=False),
        Conv2d(48, 64, 3, padding=1, bias=False),
        Conv2d(64, 64, 3, padding=1, bias=False),
        Conv2d(64, 64, 3, padding=1, bias=False),
    ]
    for number, conv in enumerate(convolutions, 1):
        stages |= {f"conv{number}": conv, f"norm{number}": BatchNorm2d(conv.out_channels), f"relu{number}": ReLU()}
        if number <= 2:
            stages[f"pool{number}"] = MaxPool2d(3, stride=2, padding=1)
    return Sequential(**stages, mean=AdaptiveAvgPool2d(1), flatten=Flatten(), fc=Linear(64, classes))


def digit_network(pooling: Pooling = "max", widths: tuple[int, int, int] = (8, 16, 32)) -> Sequential:
    """Three blocks of convolution, normalisation and subsampling, then a global maximum: the notes' digit network.

    `pooling` says how a block halves its map: the maximum of 2×2, the same maximum at stride 1 followed by a blur at
    stride 2 [zhang2019], or a convolution of stride 2.

    >>> from convnotes.cost import parameters
    >>> parameters(digit_network()), parameters(digit_network("stride"))
    (6274, 6274)
    >>> digit_network("mean")
    Traceback (most recent call last):
    ValueError: pooling must be 'max', 'blur' or 'stride', got 'mean'
    """
    if pooling not in ("max", "blur", "stride"):
        raise ValueError(f"pooling must be 'max', 'blur' or 'stride', got {pooling!r}")
    stages: dict[str, Layer] = {}
    for number, (before, after) in enumerate(zip((1, *widths), widths, strict=False), 1):
        stride = 2 if pooling == "stride" else 1
        stages[f"conv{number}"] = Conv2d(before, after, 3, stride, padding=1, bias=False)
        stages |= {f"norm{number}": BatchNorm2d(after), f"relu{number}": ReLU()}
        if pooling == "max":
            stages[f"pool{number}"] = MaxPool2d(2)
        if pooling == "blur":
            stages[f"pool{number}"] = MaxPool2d(2, stride=1)
            stages[f"blur{number}"] = Conv2d(after, after, 3, stride=2, padding=1, groups=after, bias=False)
    return Sequential(**stages, max=AdaptiveMaxPool2d(1), flatten=Flatten(), fc=Linear(widths[-1], 10))


def walk_network() -> Sequential:
    """Two convolutions and one dense layer for MNIST: small enough to be sent with a page and shown unit by unit.

    There is no padding, so the field of every unit is whole; pixels go in as they are, from 0 to 1.

    >>> from convnotes.cost import parameters
    >>> from convnotes.shapes import layer_shapes
    >>> parameters(walk_network())
    5142
    >>> [str(row.output) for row in layer_shapes(walk_network(), (1, 28, 28)) if row.name.startswith("pool")]
    ['(6, 12, 12)', '(16, 4, 4)']
    """
    first = {"conv1": Conv2d(1, 6, 5), "relu1": ReLU(), "pool1": MaxPool2d(2)}
    second = {"conv2": Conv2d(6, 16, 5), "relu2": ReLU(), "pool2": MaxPool2d(2)}
    return Sequential(**first, **second, flatten=Flatten(), fc=Linear(256, 10))


def dense_network(pixels: int, width: int = 32) -> Sequential:
    """Two hidden layers that read every pixel with weights of their own."""
    hidden = {"fc1": Linear(pixels, width), "relu1": ReLU(), "fc2": Linear(width, width), "relu2": ReLU()}
    return Sequential(flatten=Flatten(), **hidden, fc=Linear(width, 10))
