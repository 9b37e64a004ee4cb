"""The effective receptive field: how much each pixel of a unit's theoretical field moves that unit.

Two protocols are in use, and their numbers cannot be compared. Luo's [luo2016] takes one unit's gradient over many
random networks or images; σ is the spread of its squares, the size the root of the number of pixels whose mean
magnitude exceeds 1 − 0.9545 of the centre's. RepLKNet's [ding2022], as its published scripts compute it, clips output
and gradient at zero, sums over channels, averages over images, takes log₁₀(x + 1), and gives the side of the smallest
centred square that holds a share of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from convnotes.experiments.intervals import Interval, interval

Protocol = Literal["luo2016", "ding2022"]
Map = NDArray[np.float64]


@dataclass(frozen=True)
class Effective:
    """One effective receptive field and what was measured on it; `protocol` says how, and is beside every number.

    map: how much each pixel counts, the largest being 1. sigma: standard deviation along the width in pixels, with the
    interval over runs, under Luo's protocol only. size: side in pixels as the protocol defines it.
    """

    protocol: Protocol
    map: Map
    size: float
    sigma: Interval | None = None


def gradient(net: nn.Module, x: Tensor, weights: Tensor | None = None) -> Tensor:
    """Gradient of the middle unit of net(x) with respect to `x`; of its channels' sum, each times its weight."""
    x = x.detach().requires_grad_(True)
    out = net(x)
    middle = out[:, :, out.shape[2] // 2, out.shape[3] // 2]
    total = middle.sum() if weights is None else (middle * weights).sum()
    (grad,) = torch.autograd.grad(total, x)
    return grad


def luo2016(runs: Iterable[Tensor], centre: float | None = None) -> Effective:
    """Luo's effective receptive field [luo2016] from the gradients (N, C, H, W) of several runs.

    `centre` is the column that the unit looks at, by default the middle of the image.

    >>> line = torch.tensor([1.0, 2.0, 1.0]).expand(1, 1, 1, 3)
    >>> field = luo2016([line, line])
    >>> field.sigma, round(field.size, 2)
    (Interval(mean=0.5774, low=0.5774, high=0.5774), 1.73)
    """
    magnitudes, spreads = [], []
    for grad in runs:
        squares = grad.detach().square().sum((0, 1)).double()
        if not squares.sum() > 0:
            raise ValueError("a run has no gradient at all: its unit is dead, or it does not depend on the input")
        columns = torch.arange(squares.shape[1]) - ((squares.shape[1] - 1) / 2 if centre is None else centre)
        spreads.append(float((squares.sum(0) * columns.square()).sum() / squares.sum()) ** 0.5)
        magnitude = grad.detach().abs().mean((0, 1)).double()
        magnitudes.append(magnitude / magnitude.sum())
    mean = torch.stack(magnitudes).mean(0)
    size = float((mean > (1 - 0.9545) * _middle(mean)).sum()) ** 0.5
    return Effective("luo2016", (mean / mean.max()).numpy(), size, interval(spreads))


def ding2022(grads: Tensor, share: float = 0.99) -> Effective:
    """RepLKNet's effective receptive field [ding2022] from gradients (N, C, H, W) of the *clipped* output.

    The scale of the gradients matters, because of the logarithm: ten thousand times the same gradient is another field.

    >>> grad = torch.ones(1, 1, 5, 5)
    >>> grad[..., 2, 2] = 1000
    >>> ding2022(grad, share=0.5).size, ding2022(grad / 10000, share=0.5).size
    (3.0, 1.0)
    """
    score = grads.detach().clamp(min=0).double().sum(1).mean(0)
    map = torch.log10(score + 1)
    return Effective("ding2022", (map / map.max()).numpy(), _square(map.numpy(), share))


def clipped_gradient(net: nn.Module, x: Tensor) -> Tensor:
    """Gradient of the middle unit's clipped channels, summed: what `ding2022` takes."""
    return gradient(nn.Sequential(net, nn.ReLU()), x)


def _middle(map: Tensor) -> Tensor:
    return map[map.shape[0] // 2, map.shape[1] // 2]


def _square(map: Map, share: float) -> float:
    row, column = map.shape[0] // 2, map.shape[1] // 2
    for reach in range(min(row, column) + 1):
        inner = map[row - reach : row + reach + 1, column - reach : column + reach + 1]
        if inner.sum() >= share * map.sum():
            return float(2 * reach + 1)
    return float(2 * min(row, column) + 1)
