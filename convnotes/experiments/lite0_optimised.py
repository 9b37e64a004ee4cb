"""Pictures made so that EfficientNet-Lite0 answers strongly: for classes and channels, and with random weights.

The prior has three parts. Two are those of [olah2017]: a sum of waves, of which the short ones cost more, in colours
that vary together as those of photographs do; and at every step another part of the picture, turned and resized, so
that nothing lasts that hangs on single pixels. The third is that of [yin2020]: each channel keeps the mean and the
variance that batch norm has noted of it in training.
"""

from collections.abc import Iterator
from contextlib import contextmanager
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
from convnotes.experiments.folded import Folded, folded
from convnotes.experiments.photographs import PHOTOGRAPHS, photograph
from convnotes.experiments.pieces import pieces
from convnotes.experiments.training import Progress

QUALITY = 50  # of the kept WebP files
PRIORS = ("nothing", "waves and colours", "and moves", "and statistics")  # each with those before it


@dataclass(frozen=True)
class Recipe:
    """Two groups of classes, and for two layers four channels at equal steps. Each group has its own random weights.

    The second group was chosen before any picture of it was seen, the rest by eye, on both, among about twenty recipes.
    """

    classes: tuple[tuple[int, ...], ...] = ((285, 967, 698, 985), (130, 323, 417, 963))
    compared: tuple[int, ...] = (985, 963)  # made with less of the prior, too
    layers: tuple[str, ...] = ("block5", "block14")
    channels: int = 4
    side: int = 225  # of a class's picture, in pixels
    inner: int = 161  # of a channel's
    margin: int = 32  # the network reads so many fewer: a part of the picture, resized
    part: float = 0.5  # the smallest part, as a share of the side
    steps: int = 120
    lr: float = 0.07
    exponent: float = 1.4  # by which the strength of a wave falls with its frequency
    noise: float = 0.02  # deviation of what is added to every pixel read
    kept: float = 2.0  # weight of the statistics
    seed: int = 0


@dataclass(frozen=True)
class Job:
    """Wishes of one layer, the network's draw of random weights or None if it is trained, and how much of `PRIORS`."""

    layer: str
    wishes: tuple[int, ...]
    draw: int | None
    prior: int = len(PRIORS) - 1


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """The pictures of the classes and of each layer, of both networks; and what the trained one believes of them."""
    found = pieces(_rows, [(job, recipe) for job in jobs(recipe)], progress)
    return {"weights": lite0.PACKAGE, "file": lite0.SHA256, "rows": [row for rows in found for row in rows]}


def jobs(recipe: Recipe) -> list[Job]:
    """What is asked, the longest first: the classes and the channels of both networks, and classes with less prior.

    >>> len(jobs(Recipe())), jobs(Recipe())[3].draw
    (11, 1)
    """
    groups = [("fc", wishes) for wishes in recipe.classes]
    groups += [(layer, tuple(channels(layer, recipe.channels))) for layer in recipe.layers]
    both = [Job(*group, draw) for n, group in enumerate(groups) for draw in (None, n % 2)]
    return both + [Job("fc", recipe.compared, None, prior) for prior in range(len(PRIORS) - 1)]


def _rows(what: tuple[Job, Recipe]) -> list[dict[str, Any]]:
    job, recipe = what
    net = lite0.trained() if job.draw is None else lite0.untrained(recipe.seed + job.draw)
    made = optimised(net, job.layer, list(job.wishes), recipe, job.prior)
    with torch.no_grad():
        beliefs = lite0.trained()(lite0.normalised(made)).softmax(1)
    return [
        {
            "layer": job.layer, "trained": job.draw is None, "draw": job.draw, "prior": job.prior, "wish": wish,
            "best": int(belief.argmax()),
            "believed": round(float(belief[wish] if job.layer == "fc" else belief.max()), 4),
            "picture": encoded(picture.permute(1, 2, 0).numpy(), "webp", quality=QUALITY),
        }
        for wish, picture, belief in zip(job.wishes, made, beliefs, strict=True)
    ]  # fmt: skip


def channels(layer: str, count: int) -> list[int]:
    """`count` channels of `layer` at equal steps, from 0 on."""
    last = [part for part in lite0.empty().get_submodule(layer).modules() if isinstance(part, nn.Conv2d)][-1]
    return list(range(0, last.out_channels, last.out_channels // count))[:count]


def optimised(net: nn.Module, layer: str, wishes: list[int], recipe: Recipe, prior: int = 3) -> Tensor:
    """For each of `wishes` a picture (3, side, side), from 0 to 1, to which this output of `layer` answers strongly.

    A class answers with its score, a channel with the mean of its map; in both cases less the mean answer of the layer,
    and in units of what its answers differ by at the start, so that the statistics weigh the same in any network.
    """
    places, net = torch.arange(len(wishes)), folded(net).requires_grad_(False)
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    side = recipe.side if layer == "fc" else recipe.inner
    with seeded(recipe.seed) as draw, straying(net if prior > 2 else nn.Sequential()) as strayed:
        picture = Waves(len(wishes), side, draw, recipe.exponent) if prior else Pixels(len(wishes), side, draw)
        unit = 1.0
        optimizer = torch.optim.Adam(picture.parameters(), lr=recipe.lr)
        for step in range(recipe.steps):
            x = moved(picture(), draw, recipe) if prior > 1 else picture()
            x = lite0.normalised(x).contiguous(memory_format=torch.channels_last)
            out = activations(net, x, layer)[layer]
            answers = out.flatten(2).mean(2) if out.ndim == 4 else out
            if step == 0:
                unit = float(answers.detach().std(1).mean())
            answer = (answers[places, wishes] - answers.mean(1)) / unit
            kept = sum(strayed, torch.zeros(()))
            strayed.clear()
            optimizer.param_groups[0]["lr"] = recipe.lr * min(1, 2 - 2 * step / recipe.steps)
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(recipe.kept * len(wishes) * kept - answer.sum())
            optimizer.step()
        made: Tensor = picture().detach()
    return made


@contextmanager
def straying(net: nn.Module) -> Iterator[list[Tensor]]:
    """Collects, from each block that a folded network computes, how far its channels stray from what they did.

    That is the square of how far the mean is off, and that of the deviation, each in deviations; the mean of both over
    channels. It is read at the end of the block, before the shortcut.
    """
    found: list[Tensor] = []

    def read(conv: nn.Module, _: object, out: Tensor) -> None:
        norm = conv.norm
        assert isinstance(norm, nn.BatchNorm2d)
        variance, mean = torch.var_mean(out, (0, 2, 3), correction=0)
        scale = norm.weight.abs().clamp(min=0.05)
        means, spreads = mean - norm.bias, (variance + 1e-6).sqrt() - norm.weight.abs()
        found.append((means / scale).square().mean() + (spreads / scale).square().mean())

    blocks = [part for name, part in net.named_children() if name.startswith("block")]
    ends = [[part for part in block.modules() if isinstance(part, Folded)][-1] for block in blocks]
    hooks = [end.register_forward_hook(read) for end in ends]
    try:
        yield found
    finally:
        for hook in hooks:
            hook.remove()


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

    def __init__(self, count: int, side: int, draw: torch.Generator, exponent: float) -> None:
        super().__init__()
        self.side = side
        frequency = torch.fft.fftfreq(side)[:, None].hypot(torch.fft.rfftfreq(side)[None])
        scale = frequency.clamp(min=1 / side) ** -exponent
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


def moved(pictures: Tensor, draw: torch.Generator, recipe: Recipe) -> Tensor:
    """Of each picture a square part at random, turned by up to 10°, with a little noise, at one size."""
    turns, sizes, rights, downs = torch.rand(4, len(pictures), generator=draw).tolist()
    side, rows = pictures.shape[-1] - recipe.margin, []
    for turn, size, right, down in zip(turns, sizes, rights, downs, strict=True):
        part, angle = recipe.part ** (1 - size), radians(20 * turn - 10)
        a, b, room = part * cos(angle), part * sin(angle), 1 - part
        rows.append([[a, -b, room * (2 * right - 1)], [b, a, room * (2 * down - 1)]])
    grid = functional.affine_grid(torch.tensor(rows), [len(pictures), 3, side, side], align_corners=False)
    turned = functional.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)
    return turned + recipe.noise * torch.randn(turned.shape, generator=draw)
