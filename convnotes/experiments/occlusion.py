"""Covering one part of a picture after another, and reading how one unit's answer changes."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from convnotes.experiments.activations import activations


@dataclass(frozen=True)
class Occlusion:
    """effect: the change of the unit's answer for each place of the cover, whose top left pixels are `starts`."""

    effect: NDArray[np.float64]
    starts: tuple[int, ...]
    cover: int
    answer: float


@torch.no_grad()
def occlusion(
    net: nn.Module, x: Tensor, unit: tuple[str, int, int, int], cover: int = 9, step: int = 8, batch: int = 64
) -> Occlusion:
    """The effect on `unit` (part, channel, row, column) of a grey square moved over the square picture `x` (3, H, H).

    `x` is normalised, so the cover is zero: the mean colour. Doubles are used, so that no rounding touches the zeros
    outside the field.

    >>> conv = nn.Conv2d(3, 1, 3, bias=False)
    >>> seen = occlusion(nn.Sequential(conv), torch.ones(3, 8, 8), ("0", 0, 2, 2), cover=1, step=1)
    >>> np.argwhere(seen.effect != 0).min(), np.argwhere(seen.effect != 0).max()
    (np.int64(2), np.int64(4))
    """
    part, channel, row, column = unit
    starts = tuple(range(0, x.shape[1] - cover + 1, step))
    places = [(top, left) for top in starts for left in starts]
    net = net.double()
    answers = []
    for at in range(0, len(places), batch):
        covered = x.double().repeat(len(places[at : at + batch]) + 1, 1, 1, 1)  # the last one stays uncovered
        for picture, (top, left) in zip(covered, places[at : at + batch], strict=False):
            picture[:, top : top + cover, left : left + cover] = 0
        out = activations(net, covered, part)[part][:, channel, row, column]
        answers.append(out[:-1] - out[-1])
    whole = float(out[-1])
    net.float()
    effect = torch.cat(answers).reshape(len(starts), len(starts)).numpy()
    return Occlusion(effect, starts, cover, whole)
