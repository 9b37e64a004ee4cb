"""What single units of EfficientNet-Lite0 read of one photograph, and how much of it counts.

For units of several layers at the same places: how much each pixel moves them (the glow), the square that holds nine
tenths of it, and what changes when the pixels outside the theoretical field are replaced by noise (nothing, exactly),
and those outside that square, or inside, by grey. The same with random weights, one draw, is the control.
"""

from base64 import b64decode, b64encode
from bz2 import compress, decompress
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from convnotes.experiments import lite0
from convnotes.experiments.activations import activations
from convnotes.experiments.determinism import seeded
from convnotes.experiments.folded import network
from convnotes.experiments.photographs import PHOTOGRAPHS
from convnotes.experiments.pieces import pieces
from convnotes.experiments.training import Progress
from convnotes.receptive_field import Axis


@dataclass(frozen=True)
class Recipe:
    """Units of `layers` that look at the pixels 0, 32, … along both axes; `draws` random weights of their channels."""

    photograph: str = "chelsea"
    layers: tuple[str, ...] = ("block1", "block3", "block4", "block5", "block8", "block11", "block16")
    step: int = 32
    draws: int = 6
    share: float = 0.9
    seed: int = 0


SMALL, CELL = 75, 3  # fields up to SMALL pixels are kept whole; of larger ones the photograph, in cells of CELL pixels
LEVELS = 31  # the glow is kept in whole steps from 0 to LEVELS


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For each layer, trained and random: each place's glow, the side that holds `share`, what three covers change."""
    jobs = [(layer, trained, recipe) for trained in (True, False) for layer in recipe.layers]
    rows = pieces(_layer, jobs, progress)
    data = vars(PHOTOGRAPHS[recipe.photograph])
    return {"data": {recipe.photograph: data}, "weights": lite0.PACKAGE, "file": lite0.SHA256, "rows": rows}


def places(step: int = 32) -> list[int]:
    """The pixels that the units look at, along one axis."""
    return list(range(0, lite0.SIDE, step))


def box(axis: Axis, centre: int) -> tuple[int, int]:
    """First pixel of the field of the unit that looks at `centre`, and one past the last; both may lie outside.

    >>> box(lite0.field("block5"), 32)
    (-1, 66)
    """
    return centre - axis.size // 2, centre + axis.size // 2 + 1


def _layer(job: tuple[str, bool, Recipe]) -> dict[str, Any]:
    layer, trained, recipe = job
    x = lite0.normalised(lite0.square(recipe.photograph))
    axis, net = lite0.field(layer), network(None if trained else recipe.seed)
    exact = deepcopy(net).double()
    found = places(recipe.step)
    maps, sides, changes = [], [], []
    for centre in ((row, column) for row in found for column in found):
        squares = squared_gradient(net, x, layer, axis, centre, recipe)
        sides.append(side_of(squares, centre, recipe.share))
        maps.append(_kept(squares.sqrt(), axis, centre))
        changes.append(covered(exact, x, layer, axis, centre, sides[-1]))
    glow = (LEVELS * (2 * torch.stack(maps).sqrt()).clamp(max=1)).round().to(torch.uint8).numpy()
    return {
        "layer": layer, "trained": trained, "field": axis.size, "shape": list(glow.shape), "sides": sides,
        "changes": changes, "glow": b64encode(compress(glow.tobytes(), 9)).decode(),
    }  # fmt: skip


def squared_gradient(
    net: nn.Module, x: Tensor, layer: str, axis: Axis, centre: tuple[int, int], recipe: Recipe
) -> Tensor:
    """Mean over `draws` of the squared derivative of one unit, its channels weighted at random, by pixel of `x`."""
    x = x[None].clone().requires_grad_(True)
    unit = activations(net, x, layer)[layer][0, :, centre[0] // axis.stride, centre[1] // axis.stride]
    with seeded(recipe.seed) as draw:
        weights = torch.randn(recipe.draws, len(unit), generator=draw)
    grads = [torch.autograd.grad(unit, x, each, retain_graph=True)[0][0] for each in weights]
    squares = torch.stack(grads).square().mean(0).sum(0)
    (top, bottom), (left, right) = (box(axis, place) for place in centre)
    if squares.count_nonzero() != squares[max(0, top) : bottom, max(0, left) : right].count_nonzero():
        raise ArithmeticError(f"a unit of {layer} depends on pixels beyond its theoretical field")
    return squares


def side_of(squares: Tensor, centre: tuple[int, int], share: float) -> int:
    """Side of the smallest square around `centre` that holds `share` of `squares`.

    >>> side_of(torch.tensor([[0.0, 1, 0], [1, 4, 1], [0, 1, 0]]), (1, 1), 0.5), side_of(torch.ones(3, 3), (0, 0), 0.9)
    (1, 5)
    """
    rows, columns = (torch.arange(length) for length in squares.shape)
    reach = torch.maximum((rows - centre[0]).abs()[:, None], (columns - centre[1]).abs()[None])
    total = squares.double().sum()
    rings = torch.zeros(int(reach.max()) + 1, dtype=torch.float64)
    within = rings.index_add(0, reach.flatten(), squares.double().flatten())
    return 2 * int((within.cumsum(0) >= share * total).nonzero()[0]) + 1


def _kept(glow: Tensor, axis: Axis, centre: tuple[int, int]) -> Tensor:
    """The glow from 0 to 1: the whole field, zero off the photograph; or the photograph in cells."""
    glow = glow / glow.max()
    if axis.size > SMALL:
        cells = functional.avg_pool2d(glow[None], CELL)[0]
        return cells / cells.max()
    reach = axis.size // 2
    wide = functional.pad(glow, (reach,) * 4)
    return wide[centre[0] : centre[0] + axis.size, centre[1] : centre[1] + axis.size]


@torch.no_grad()
def covered(
    net: nn.Module, x: Tensor, layer: str, axis: Axis, centre: tuple[int, int], side: int
) -> tuple[float | None, float, float]:
    """How much a unit changes, as a share of its length: by noise off its field, by grey off its middle and on it.

    The first is None where no pixel of `x` lies off the field; the middle is the square of `side` pixels. `net` is one
    of double precision.
    """
    with seeded(0) as draw:
        noise = torch.rand(x.shape, generator=draw) * 2 - 1
    field, middle = _inside(x, centre, axis.size), _inside(x, centre, side)
    pictures = [x, torch.where(field, x, noise), x * middle, x * ~middle]
    answers = [_unit(net, picture, layer, axis, centre) for picture in pictures]  # one by one: all are computed alike
    off, kept, lost = (float((answer - answers[0]).norm() / answers[0].norm()) for answer in answers[1:])
    return None if bool(field.all()) else off, round(kept, 4), round(lost, 4)


def _unit(net: nn.Module, picture: Tensor, layer: str, axis: Axis, centre: tuple[int, int]) -> Tensor:
    maps = activations(net, picture.double()[None], layer)[layer]
    return maps[0, :, centre[0] // axis.stride, centre[1] // axis.stride]


def _inside(x: Tensor, centre: tuple[int, int], side: int) -> Tensor:
    """Which pixels of `x` lie in the square of `side` pixels around `centre`."""
    near = [(torch.arange(length) - at).abs() <= side // 2 for length, at in zip(x.shape[1:], centre, strict=True)]
    return near[0][:, None] & near[1][None]


def glow(row: dict[str, Any]) -> NDArray[np.uint8]:
    """The maps of a kept row (places, H, W), from 0 to LEVELS: twice the root of the share of the largest, up to 1."""
    flat = np.frombuffer(decompress(b64decode(row["glow"])), np.uint8)
    return cast(NDArray[np.uint8], flat.reshape(row["shape"]))
