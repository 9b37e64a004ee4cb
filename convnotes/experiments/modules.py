"""Torch modules for the layers that torch has no class for. Each takes the fields of its layer as keywords."""

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional


class Residual(nn.Module):
    """body(x) + shortcut(x)."""

    def __init__(self, body: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x: Tensor) -> Tensor:
        """The sum of both branches."""
        total: Tensor = self.body(x) + self.shortcut(x)
        return total


class Parallel(nn.Module):
    """Branches over one input, concatenated along the channels."""

    def __init__(self, branches: "OrderedDict[str, nn.Module]") -> None:
        super().__init__()
        for name, branch in branches.items():
            self.add_module(name, branch)

    def forward(self, x: Tensor) -> Tensor:
        """The branches' outputs, one after the other along the channel axis of (N, C, H, W)."""
        return torch.cat([branch(x) for branch in self.children()], dim=1)


class Gate(nn.Module):
    """x · body(x)."""

    def __init__(self, body: nn.Module, input: nn.Module) -> None:
        super().__init__()
        self.body, self.input = body, input

    def forward(self, x: Tensor) -> Tensor:
        """The input, weighed."""
        weighed: Tensor = self.input(x) * self.body(x)
        return weighed


class TableConv2d(nn.Module):
    """Convolution whose output maps read the input maps that `table` lists; one weight for each output map."""

    def __init__(
        self,
        in_channels: int,
        table: tuple[tuple[int, ...], ...],
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int],
        padding: int | tuple[int, int] | str,
        bias: bool,
    ) -> None:
        super().__init__()
        self.table = table
        kernels = [nn.Conv2d(len(row), 1, kernel_size, stride, padding, bias=bias) for row in table]
        self.kernels = nn.ModuleList(kernels)

    def forward(self, x: Tensor) -> Tensor:
        """Each output map from its input maps."""
        return torch.cat([kernel(x[:, row]) for row, kernel in zip(self.table, self.kernels, strict=True)], dim=1)


class Subsampling2d(nn.Module):
    """Sum over a window, times a coefficient, plus a bias, one of each a map."""

    def __init__(
        self,
        channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None,
        padding: int | tuple[int, int],
    ) -> None:
        super().__init__()
        self.window = (kernel_size, stride, padding)
        self.weight = nn.Parameter(torch.ones(channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """The scaled and shifted sums."""
        kernel_size, stride, padding = self.window
        sums = functional.avg_pool2d(x, kernel_size, stride, padding, divisor_override=1)
        return sums * self.weight + self.bias


class LayerNorm2d(nn.Module):
    """Normalisation over the channels of each pixel."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(num_features, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        """The normalised map; the channels go last and come back."""
        normed: Tensor = self.norm(x.movedim(1, -1)).movedim(-1, 1)
        return normed


class LayerScale(nn.Module):
    """One learned factor per channel."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((num_features, 1, 1), 1e-6))

    def forward(self, x: Tensor) -> Tensor:
        """The scaled map."""
        return x * self.weight


class UnitBias(nn.Module):
    """One learned bias for each unit of a map."""

    def __init__(self, channels: int, height: int, width: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels, height, width))

    def forward(self, x: Tensor) -> Tensor:
        """The shifted map."""
        return x + self.bias


class RadialBasis(nn.Module):
    """Squared distances to fixed codes; a buffer of random ±1 stands in for the drawn characters of the paper."""

    codes: Tensor

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.register_buffer("codes", torch.randn(out_features, in_features).sign())

    def forward(self, x: Tensor) -> Tensor:
        """One distance for each code."""
        return (x[:, None] - self.codes).square().sum(-1)
