"""Stacks of convolutions with random weights: the networks for which theory predicts the effective receptive field."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import torch
from torch import Tensor, nn

from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.effective_receptive_field import Effective, clipped_gradient, ding2022, gradient, luo2016
from convnotes.experiments.intervals import Interval, interval
from convnotes.layers import Conv2d, Layer, ReLU, Residual, Sequential
from convnotes.layers.base import pair
from convnotes.receptive_field import growth, receptive_field

RUNS, IMAGES = 20, 4


@dataclass(frozen=True)
class Stack:
    """`depth` square convolutions without bias; with `skip`, each but the first adds its input."""

    depth: int
    kernel_size: int = 3
    dilation: int = 1
    first_stride: int = 1
    relu: bool = True
    skip: bool = False
    width: int = 8

    @property
    def tree(self) -> Sequential:
        """The layers; padded where skips need equal sizes, which leaves the middle unit's field inside the image."""
        reach = (self.kernel_size - 1) // 2 * self.dilation
        parts: list[Layer] = []
        for layer in range(self.depth):
            conv = Conv2d(
                self.width if layer else 1,
                self.width,
                self.kernel_size,
                stride=1 if layer else self.first_stride,
                padding=reach if self.skip else 0,
                dilation=self.dilation,
                bias=False,
            )
            body = Sequential(conv, ReLU()) if self.relu and layer < self.depth - 1 else conv
            parts.append(Residual(body) if self.skip and layer else body)
        return Sequential(*parts)

    @property
    def field(self) -> int:
        """Side of the theoretical field."""
        size = receptive_field(self.tree).size[0]
        assert size is not None  # only convolutions
        return size

    @property
    def sigma(self) -> float | None:
        """The spread that theory gives for independent weights, √(Σ j²d²(k² − 1)/12) [luo2016]; None with skips.

        >>> round(Stack(20).sigma, 2), round((2 * 20 / 3) ** 0.5, 2)
        (3.65, 3.65)
        """
        if self.skip:
            return None
        spread, jump = 0.0, 1
        for _, layer, field in growth(self.tree):
            if isinstance(layer, Conv2d):
                spread += (jump * self.dilation) ** 2 * (pair("kernel_size", layer.kernel_size)[0] ** 2 - 1) / 12
                jump = field.stride[0] or jump
        return float(spread**0.5)

    def network(self) -> nn.Module:
        """The stack with weights drawn for its activation."""
        net = build(self.tree)
        for module in net.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu" if self.relu else "linear")
        return net


@cache
def luo(stack: Stack, seed: int = 0) -> Effective:
    """Luo's protocol on 20 fresh networks, each with its own four random images and random channel weights."""
    with seeded(seed):
        return luo2016([_run(stack) for _ in range(RUNS)])


def ding(stack: Stack, scale: float = 1.0, share: float = 0.99, seed: int = 0) -> Effective:
    """RepLKNet's protocol on 20 fresh networks, with all their gradients multiplied by `scale`."""
    with seeded(seed):
        grads = [clipped_gradient(stack.network(), _images(stack)) for _ in range(RUNS)]
        return ding2022(scale * torch.cat(grads), share)


@cache
@torch.no_grad()
def covered(stack: Stack, keep: int, seed: int = 0) -> tuple[Interval, Interval]:
    """How far a unit moves when all but the middle `keep`×`keep` pixels of its field are covered, and when those are.

    Covered is grey, 0. Root mean square over 32 random images, as a share of the unit's standard deviation over them;
    the intervals are over 20 fresh networks.
    """
    inner = torch.zeros(stack.field, stack.field)
    edge = (stack.field - keep) // 2
    inner[edge : edge + keep, edge : edge + keep] = 1
    moved: list[list[float]] = [[], []]
    with seeded(seed):
        for _ in range(RUNS):
            net, images, weights = stack.network(), torch.randn(32, 1, *inner.shape), torch.randn(stack.width)
            answer = partial(answers_of, net, weights) if stack.relu else as_one_kernel(net, weights, stack.field)
            whole, *parts = (answer(images * mask) for mask in (torch.ones(()), inner, 1 - inner))
            for found, part in zip(moved, parts, strict=True):
                found.append(float((whole - part).square().mean().sqrt() / whole.std()))
    return interval(moved[0]), interval(moved[1])


def answers_of(net: nn.Module, weights: Tensor, images: Tensor) -> Tensor:
    """The answers of a network to images as large as the field, one number each: its channels weighted and added."""
    answers: Tensor = net(images)[..., 0, 0] @ weights
    return answers


@torch.enable_grad()
def as_one_kernel(net: nn.Module, weights: Tensor, side: int) -> Callable[[Tensor], Tensor]:
    """A network without ReLUs as a function of images: one sum of products with a kernel as large as the field."""
    kernel = gradient(net, torch.zeros(1, 1, side, side), weights[None])
    return lambda images: (images * kernel).sum((1, 2, 3))


def _run(stack: Stack) -> Tensor:
    net, images = stack.network(), _images(stack)
    return gradient(net, images, torch.randn(IMAGES, stack.width))


def _images(stack: Stack) -> Tensor:
    return torch.randn(IMAGES, 1, stack.field, stack.field)
