"""Small networks, and two large ones, that the notes trace and the benchmark compares tools on."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn


class Bottleneck(nn.Module):
    """The bottleneck of ResNet, with its stride on the 3×3 (v1.5) [he2016]."""

    def __init__(self, in_channels: int, width: int, stride: int = 1) -> None:
        super().__init__()
        out = 4 * width
        self.conv1, self.bn1 = nn.Conv2d(in_channels, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, out, 1, bias=False), nn.BatchNorm2d(out)
        project = nn.Sequential(nn.Conv2d(in_channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))
        self.downsample = project if stride > 1 or in_channels != out else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Body plus shortcut."""
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        return F.relu(self.bn3(self.conv3(y)) + (x if self.downsample is None else self.downsample(x)))


def stem(width: int = 64) -> list[nn.Module]:
    """The first layers of a ResNet."""
    return [nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]


def resnet50() -> nn.Module:
    """ResNet-50, v1.5."""
    layers, channels = stem(), 64
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            layers.append(Bottleneck(channels, width, stride if block == 0 else 1))
            channels = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


def vgg16() -> nn.Module:
    """VGG-16."""
    layers: list[nn.Module] = []
    channels = 3
    for width, convolutions in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(convolutions):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    head = [nn.Linear(512 * 49, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]
    return nn.Sequential(*layers, nn.Flatten(), *head)


class UNet(nn.Module):
    """Two steps down, two up, crops and concatenations: a small U-Net without padding."""

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.down1, self.down2 = nn.Conv2d(3, width, 3), nn.Conv2d(width, width, 3)
        self.middle = nn.Conv2d(width, width, 3)
        self.up2, self.up1 = (nn.ConvTranspose2d(width, width, 2, 2) for _ in range(2))
        self.merge2, self.merge1 = (nn.Conv2d(2 * width, width, 3) for _ in range(2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Down, up, with skips cropped to fit."""
        a = F.relu(self.down1(x))
        b = F.relu(self.down2(F.max_pool2d(a, 2)))
        y = self.up2(F.relu(self.middle(F.max_pool2d(b, 2))))
        y = self.up1(F.relu(self.merge2(beside(b, y))))
        out: torch.Tensor = self.merge1(beside(a, y))
        return out


def beside(skip: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The skip, cropped to the middle, and y, as channels of one tensor."""
    top, left = (skip.shape[2] - y.shape[2]) // 2, (skip.shape[3] - y.shape[3]) // 2
    return torch.cat([skip[:, :, top : top + y.shape[2], left : left + y.shape[3]], y], 1)


class Rolled(nn.Module):
    """A convolution of a map moved by three pixels, written as functions."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.rand(4, 3, 3, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Roll, then convolve."""
        return F.conv2d(torch.roll(x, 3, 2), self.weight)


class Interleaved(nn.Module):
    """Two branches written into every second row of one tensor."""

    def __init__(self) -> None:
        super().__init__()
        self.even, self.odd = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(3, 4, 7, padding=3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Slice assignment."""
        y = x.new_zeros(x.shape[0], 4, 2 * x.shape[2], x.shape[3])
        y[:, :, ::2], y[:, :, 1::2] = self.even(x), self.odd(x)
        return y


def dilated() -> nn.Module:
    """Dilation 2, then 4, then a stride: holes where a cut unit looks whole."""
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, dilation=2, padding=2),
        nn.Conv2d(4, 4, 3, dilation=4, padding=4),
        nn.Conv2d(4, 4, 3, stride=2),
    )


def rectangular() -> nn.Module:
    """Kernels and strides that differ by axis."""
    return nn.Sequential(nn.Conv2d(3, 4, (1, 7), padding=(0, 3)), nn.Conv2d(4, 4, (5, 1), stride=(2, 1)))


def bicubic() -> nn.Module:
    """Bicubic upsampling of a convolution."""
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Upsample(scale_factor=2, mode="bicubic"))


SMALL: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "ResNet stem": (lambda: nn.Sequential(*stem(8)), (3, 64, 64)),
    "dilation, then a stride": (dilated, (3, 64, 64)),
    "rectangular kernels": (rectangular, (3, 64, 64)),
    "U-Net": (UNet, (3, 68, 68)),
    "bicubic upsampling": (bicubic, (3, 34, 34)),
    "rolled map": (Rolled, (3, 64, 64)),
    "slice assignment": (Interleaved, (3, 32, 32)),
}
"""Networks to compare tools on: a chain, and what formulas get wrong."""

LARGE: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "ResNet-50 at 640": (resnet50, (3, 640, 640)),
    "VGG-16 at 224": (vgg16, (3, 224, 224)),
    "U-Net at 572": (lambda: UNet(64), (3, 572, 572)),
}
"""Networks to measure time on."""


class _OnAnImage(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.pool, self.block = nn.Conv2d(3, 64, 7, 2, 3), nn.MaxPool2d(3, 2, 1), Bottleneck(64, 16, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.block(self.pool(self.conv(x)))
        return y


def traced_on_an_image() -> nn.Module:
    """Convolution, pooling and a strided bottleneck, by the names conv, pool and block."""
    return _OnAnImage()
