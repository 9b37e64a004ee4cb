"""How long `receptive_field` takes on a tree as deep as networks get: the 152 layers of the largest ResNet."""

import time
from collections.abc import Iterator

from convnotes.layers import BatchNorm2d, Conv2d, Layer, MaxPool2d, ReLU, Residual, Sequential
from convnotes.receptive_field import receptive_field


def block(channels: int, width: int, stride: int) -> Layer:
    norm = BatchNorm2d(width)
    body = [Conv2d(channels, width, 1, bias=False), norm, ReLU()]
    body += [Conv2d(width, width, 3, stride, padding=1, bias=False), norm, ReLU()]
    body += [Conv2d(width, 4 * width, 1, bias=False), BatchNorm2d(4 * width)]
    if channels == 4 * width:
        return Residual(Sequential(*body))
    return Residual(Sequential(*body), Conv2d(channels, 4 * width, 1, stride, bias=False))


def resnet152() -> Layer:
    parts: list[Layer] = [Conv2d(3, 64, 7, 2, padding=3, bias=False), MaxPool2d(3, 2, padding=1)]
    channels = 64
    for stage, blocks in enumerate((3, 8, 36, 3)):
        width = 64 << stage
        for number in range(blocks):
            parts += [block(channels, width, 2 if stage and not number else 1), ReLU()]
            channels = 4 * width
    return Sequential(*parts)


def rows() -> Iterator[tuple[str, str, str]]:
    times = []
    for _ in range(20):
        net = resnet152()  # a fresh one: layers remember their windows
        start = time.process_time()
        receptive_field(net)
        times.append((time.process_time() - start) * 1000)
    yield "`receptive_field` of ResNet-152, CPU, best of twenty", f"{min(times):.1f} ms", "< 5 ms"
