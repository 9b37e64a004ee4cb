"""Effective receptive fields of the colour network, on photographs, before and after training."""

from functools import cache

import torch
from torch import Tensor, nn

from convnotes.experiments import kept
from convnotes.experiments.determinism import seeded
from convnotes.experiments.effective_receptive_field import Effective, gradient, luo2016
from convnotes.experiments.exemplar import Draw
from convnotes.experiments.networks import colour_network
from convnotes.experiments.photographs import cut, statistics
from convnotes.receptive_field import Axis, growth

RUNS, SIZE = 20, 151
LAYERS = ("conv1", "conv2", "conv3", "conv4", "conv5")


@cache
def effective(layer: str, trained: bool, seed: int = 0) -> Effective:
    """Luo's protocol for the middle unit of `layer`, cut to its theoretical field.

    20 runs, each on one random crop of a photograph with random channel weights. Trained, the network is always the
    kept one; untrained, every run draws another.
    """
    axis, place = theoretical(layer), _place(layer)
    start = place * axis.stride - axis.padding
    runs = []
    with seeded(seed) as generator:
        draw, (mean, std) = Draw(generator), statistics(kept.RECIPE.photographs)
        for run in range(RUNS):
            net = kept.colour() if trained else kept.colour_initial(run)
            part = nn.Sequential(*[net.get_submodule(name) for name in _upto(layer)])
            x = (cut(draw.crop(kept.RECIPE.photographs), SIZE) - mean[:, None, None]) / std
            grad = gradient(part, x[None], torch.randn(1, _channels(part), generator=generator))
            runs.append(_field(grad, start, axis.size))
    return luo2016(runs)


def _field(grad: Tensor, start: int, size: int) -> Tensor:
    """The gradient inside the theoretical field; outside it must be exactly zero."""
    inner = grad[..., start : start + size, start : start + size]
    if grad.count_nonzero() != inner.count_nonzero():
        raise ArithmeticError("a gradient reaches beyond the theoretical receptive field")
    return inner


def theoretical(layer: str) -> Axis:
    """The theoretical receptive field of `layer` along one axis.

    >>> [theoretical(layer).size for layer in LAYERS]
    [11, 31, 55, 71, 87]
    """
    axis = {name: field.axes[0] for name, _, field in growth(colour_network())}[layer]
    assert axis is not None  # convolutions read part of the image
    return axis


def _place(layer: str) -> int:
    """The middle unit's index: what `gradient` takes."""
    from convnotes.shapes import layer_shapes

    size = {step.name: step.output for step in layer_shapes(colour_network(), (3, SIZE, SIZE))}[layer]
    return size[1] // 2


def _upto(layer: str) -> list[str]:
    names = [name for name, _ in colour_network().children]
    return names[: names.index(layer) + 1]


def _channels(part: nn.Sequential) -> int:
    channels = part[-1].out_channels
    assert isinstance(channels, int)
    return channels
