"""Training the colour network on seven photographs, by the exemplar task [dosovitskiy2014].

Each of 200 seed patches is a class of its own; a sample is its patch moved, turned, stretched, recoloured and lit
otherwise. No label is needed, and the first layer must find what survives all that: oriented edges, colour contrasts.
"""

from dataclasses import dataclass, replace
from math import cos, exp, log, pi

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrize

from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.networks import colour_network
from convnotes.experiments.photographs import PHOTOGRAPHS, Crop, cut, photograph, statistics
from convnotes.experiments.training import Progress

SCALES = (0.74, 2.7)  # photograph pixels for one pixel of a crop


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the weights, besides the code."""

    photographs: tuple[str, ...] = tuple(PHOTOGRAPHS)
    classes: int = 200
    crop_size: int = 72
    steps: int = 2000
    batch_size: int = 64
    lr: float = 0.08
    weight_decay: float = 5e-4
    first_weight_decay: float = 5e-3
    first_init: float = 0.01  # the first layer starts small, so that little of its initial noise is left
    whitening: float = 0.1
    seed: int = 0


class Draw:
    """Random numbers from one generator, as plain floats."""

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A number between `low` and `high`."""
        return low + (high - low) * float(torch.rand((), generator=self.generator))

    def tensor(self, *shape: int) -> Tensor:
        """Numbers from −1 to 1."""
        return torch.rand(*shape, generator=self.generator) * 2 - 1

    def crop(self, names: tuple[str, ...]) -> Crop:
        """A place in one of the photographs, a larger photograph more often, at a scale between `SCALES`."""
        sizes = torch.tensor([photograph(name)[0].numel() ** 0.5 for name in names])
        name = names[int(torch.multinomial(sizes, 1, generator=self.generator))]
        return Crop(name, self.uniform(), self.uniform(), exp(self.uniform(log(SCALES[0]), log(SCALES[1]))))


def seeds(recipe: Recipe, draw: Draw) -> list[Crop]:
    """The seed patches: drawn from six times as many places, likelier where the picture changes much."""
    candidates = [draw.crop(recipe.photographs) for _ in range(6 * recipe.classes)]
    energy = []
    for crop in candidates:
        grey = cut(crop, 32).mean(0)
        energy.append((grey.diff(dim=0).square().mean() + grey.diff(dim=1).square().mean()).sqrt())
    kept = torch.multinomial(torch.stack(energy), recipe.classes, generator=draw.generator)
    return [candidates[which] for which in kept.tolist()]


def moved(crop: Crop, size: int, draw: Draw) -> Crop:
    """`crop` shifted by up to an eighth of its side, scaled, turned, sheared and stretched a little."""
    height, width = photograph(crop.name).shape[1:]
    step = 0.12 * size * crop.scale
    return replace(
        crop,
        row=min(1, max(0, crop.row + draw.uniform(-step, step) / height)),
        column=min(1, max(0, crop.column + draw.uniform(-step, step) / width)),
        scale=crop.scale * exp(draw.uniform(-0.35, 0.35)),
        angle=draw.uniform(-0.5, 0.5),
        shear=draw.uniform(-0.15, 0.15),
        stretch=exp(draw.uniform(-0.15, 0.15)),
    )


def recoloured(x: Tensor, draw: Draw, grey: float = 0.25) -> Tensor:
    """`x` (N, 3, H, W) with contrast, brightness, saturation and hue changed; a share `grey` of it without colour."""
    amounts = draw.tensor(4, len(x), 1, 1, 1)
    middle = x.mean((1, 2, 3), keepdim=True)
    x = (x - middle) * (0.4 * amounts[0]).exp() + middle + 0.2 * amounts[1]
    luminance = x.mean(1, keepdim=True)
    saturation = (0.6 * amounts[2]).exp() * (draw.tensor(len(x), 1, 1, 1) > 2 * grey - 1)
    angle = 0.5 * amounts[3].flatten()
    c, s = angle.cos(), angle.sin() / 3**0.5
    k = (1 - c) / 3  # a turn about the grey axis
    turn = torch.stack([c + k, k - s, k + s, k + s, c + k, k - s, k - s, k + s, c + k], 1).reshape(-1, 3, 3)
    return (luminance + torch.einsum("nij,njhw->nihw", turn, (x - luminance) * saturation)).clamp(0, 1)


def lit(x: Tensor, draw: Draw, strength: float = 0.6) -> Tensor:
    """`x` under a smooth random light, so that the lowest frequencies tell nothing about the class."""
    n, generator = len(x), draw.generator
    light = torch.randn(n, 1, 4, 4, generator=generator) + 0.35 * torch.randn(n, 3, 4, 4, generator=generator)
    field = functional.interpolate(light, size=x.shape[2:], mode="bicubic", align_corners=True)
    return x + strength * torch.rand(n, 1, 1, 1, generator=generator) * field


class Whitened(nn.Module):
    """A first layer's kernels as V·P: the same functions, with a better-conditioned gradient for fine detail."""

    matrix: Tensor

    def __init__(self, recipe: Recipe, draw: Draw, kernel_size: int, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        cuts = torch.stack([cut(draw.crop(recipe.photographs), kernel_size) for _ in range(4000)])
        patches = ((cuts - mean[:, None, None]) / std).flatten(1).double()
        values, vectors = torch.linalg.eigh(patches.T.cov())
        scale = (values / values.mean() + 1e-3) ** (-recipe.whitening / 2)
        matrix = (vectors * scale) @ vectors.T
        self.register_buffer("matrix", (matrix / torch.linalg.matrix_norm(matrix) * len(matrix) ** 0.5).float())

    def forward(self, v: Tensor) -> Tensor:
        """The kernels for `v`."""
        return (v.flatten(1) @ self.matrix).reshape(v.shape)


def initial(recipe: Recipe) -> nn.Module:
    """The colour network as it is before training: what a picture of its kernels is compared with."""
    with seeded(recipe.seed):
        net = build(colour_network(recipe.classes))
        for module in net.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        with torch.no_grad():
            net.get_parameter("conv1.weight").mul_(recipe.first_init)
    return net


def train(recipe: Recipe, progress: Progress = iter) -> tuple[nn.Module, dict[str, float]]:
    """The trained colour network in evaluation mode, and its accuracy on the fresh samples of the last 200 steps."""
    with seeded(recipe.seed) as generator:
        draw, (mean, std) = Draw(generator), statistics(recipe.photographs)
        exemplars, net = seeds(recipe, draw), initial(recipe)
        first = net.get_submodule("conv1")
        parametrize.register_parametrization(first, "weight", Whitened(recipe, draw, 11, mean, std), unsafe=True)
        optimizer = torch.optim.SGD(_groups(net, recipe), lr=recipe.lr, momentum=0.9, nesterov=True)
        right = []
        for step in progress(range(recipe.steps)):
            for group in optimizer.param_groups:
                group["lr"] = recipe.lr * min(1, (step + 1) / 50) * (1 + cos(pi * step / recipe.steps)) / 2
            x, labels = _batch(exemplars, recipe, draw)
            logits = net((x - mean[:, None, None]) / std)
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(functional.cross_entropy(logits, labels))
            optimizer.step()
            right.append(float((logits.argmax(1) == labels).float().mean()))
        parametrize.remove_parametrizations(first, "weight")
    return net.eval(), {"accuracy": sum(right[-200:]) / len(right[-200:]), "chance": 1 / recipe.classes}


def _batch(exemplars: list[Crop], recipe: Recipe, draw: Draw) -> tuple[Tensor, Tensor]:
    labels = torch.randint(recipe.classes, (recipe.batch_size,), generator=draw.generator)
    size = recipe.crop_size
    crops = [cut(moved(exemplars[label], size, draw), size) for label in labels.tolist()]
    return lit(recoloured(torch.stack(crops), draw), draw), labels


def _groups(net: nn.Module, recipe: Recipe) -> list[dict[str, object]]:
    named = dict(net.named_parameters())
    first = [value for name, value in named.items() if name.startswith("conv1")]
    flat = [value for name, value in named.items() if value.ndim == 1]
    rest = [value for name, value in named.items() if value.ndim > 1 and not name.startswith("conv1")]
    decay = (recipe.first_weight_decay, 0.0, recipe.weight_decay)
    return [{"params": part, "weight_decay": amount} for part, amount in zip((first, flat, rest), decay, strict=True)]
