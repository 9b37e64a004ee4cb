"""Pictures made so that EfficientNet-Lite0 answers strongly: for classes and channels, and with random weights.

The prior is that of [olah2017]: a sum of waves, of which the short ones cost more; colours that vary together as those
of photographs do; and at every step another place, turn and size, so that nothing lasts that hangs on single pixels.
"""

from dataclasses import dataclass
from math import cos, radians, sin
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from convnotes.drawing.raster import encoded
from convnotes.experiments import lite0
from convnotes.experiments.activations import activations
from convnotes.experiments.determinism import seeded
from convnotes.experiments.photographs import PHOTOGRAPHS, photograph
from convnotes.experiments.pieces import pieces
from convnotes.experiments.training import Progress


@dataclass(frozen=True)
class Recipe:
    """Classes, and for each layer four channels at equal steps; both networks start from the same picture."""

    classes: tuple[int, ...] = (285, 967, 698, 985)
    layers: tuple[str, ...] = ("block5", "block11")
    channels: int = 4
    side: int = 129  # 32·4 + 1
    steps: int = 96
    lr: float = 0.05
    seed: int = 0


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """The pictures of the classes and of each layer, of both networks; and what the trained one believes of them."""
    jobs = parts(recipe)
    found = pieces(_rows, [(*job, recipe) for job in jobs], progress)
    return {"weights": lite0.PACKAGE, "file": lite0.SHA256, "rows": [row for rows in found for row in rows]}


def parts(recipe: Recipe) -> list[tuple[str, bool, bool]]:
    """What is asked: a layer, whether of the trained network, whether with the prior."""
    layers = ("fc", *recipe.layers)
    return [*((layer, trained, True) for trained in (True, False) for layer in layers), ("fc", True, False)]


def _rows(job: tuple[str, bool, bool, Recipe]) -> list[dict[str, Any]]:
    layer, trained, prior, recipe = job
    net = lite0.trained() if trained else lite0.untrained(recipe.seed)
    wishes = list(recipe.classes) if layer == "fc" else channels(layer, recipe.channels)
    made = optimised(net, layer, wishes, recipe, prior)
    with torch.no_grad():
        beliefs = lite0.trained()(lite0.normalised(made)).softmax(1)
    return [
        {
            "layer": layer, "trained": trained, "prior": prior, "wish": wish, "best": int(belief.argmax()),
            "believed": round(float(belief[wish] if layer == "fc" else belief.max()), 4),
            "picture": encoded(picture.permute(1, 2, 0).numpy(), "webp", quality=82),
        }
        for wish, picture, belief in zip(wishes, made, beliefs, strict=True)
    ]  # fmt: skip


def channels(layer: str, count: int) -> list[int]:
    """`count` channels of `layer` at equal steps, from 0 on."""
    last = [part for part in lite0.empty().get_submodule(layer).modules() if isinstance(part, nn.Conv2d)][-1]
    return list(range(0, last.out_channels, last.out_channels // count))[:count]


def optimised(net: nn.Module, layer: str, wishes: list[int], recipe: Recipe, prior: bool = True) -> Tensor:
    """For each of `wishes` a picture (3, side, side), from 0 to 1, to which this output of `layer` answers strongly.

    A class answers with its score, a channel with the mean of its map.
    """
    places = torch.arange(len(wishes))
    with seeded(recipe.seed) as draw:
        picture = (Waves if prior else Pixels)(len(wishes), recipe.side, draw)
        optimizer = torch.optim.Adam(picture.parameters(), lr=recipe.lr)
        for _ in range(recipe.steps):
            x = moved(picture(), draw) if prior else picture()
            out = activations(net, lite0.normalised(x), layer)[layer]
            answer = out[places, wishes].flatten(1).mean(1) if out.ndim == 4 else out[places, wishes]
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(-answer.sum())
            optimizer.step()
        made: Tensor = picture().detach()
    return made


class Pixels(nn.Module):
    """Pictures without a prior: every pixel by itself."""

    def __init__(self, count: int, side: int, draw: torch.Generator) -> None:
        super().__init__()
        self.values = nn.Parameter(0.1 * torch.randn(count, 3, side, side, generator=draw))

    def forward(self) -> Tensor:
        """The pictures, from 0 to 1."""
        return self.values.sigmoid()


class Waves(nn.Module):
    """Pictures as sums of waves, of which short ones count less, in colours that vary together as photographs' do."""

    scale: Tensor
    mix: Tensor

    def __init__(self, count: int, side: int, draw: torch.Generator) -> None:
        super().__init__()
        self.side = side
        frequency = torch.fft.fftfreq(side)[:, None].hypot(torch.fft.rfftfreq(side)[None])
        scale = frequency.clamp(min=1 / side) ** -1.6
        self.register_buffer("scale", scale / scale.square().mean().sqrt() * side * 2.2)
        self.register_buffer("mix", colours())
        self.values = nn.Parameter(0.01 * torch.randn(count, 3, *frequency.shape, 2, generator=draw))

    def forward(self) -> Tensor:
        """The pictures, from 0 to 1."""
        waves = torch.view_as_complex(self.values * self.scale[..., None])
        free = torch.fft.irfft2(waves, s=(self.side, self.side))
        pictures: Tensor = torch.einsum("ij,njhw->nihw", self.mix, free).sigmoid()
        return pictures


def colours() -> Tensor:
    """A root of the covariance of the photographs' colours; its longest column has length 1."""
    pixels = torch.cat([photograph(name).flatten(1)[:, ::97] for name in PHOTOGRAPHS], dim=1)
    values, vectors = torch.linalg.eigh(torch.cov(pixels))
    root = vectors * values.clamp(min=0).sqrt()
    mix: Tensor = root / root.norm(dim=0).max()
    return mix


def moved(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """Each picture turned by up to 10°, made larger or smaller by up to 15 % and moved by up to a tenth."""
    turns, sizes, rights, downs = (2 * torch.rand(4, len(pictures), generator=draw) - 1).tolist()
    rows = []
    for turn, size, right, down in zip(turns, sizes, rights, downs, strict=True):
        a, b = (1.15**size * part for part in (cos(radians(10 * turn)), sin(radians(10 * turn))))
        rows.append([[a, -b, 0.2 * right], [b, a, 0.2 * down]])
    grid = functional.affine_grid(torch.tensor(rows), list(pictures.shape), align_corners=False)
    turned: Tensor = functional.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)
    return turned
