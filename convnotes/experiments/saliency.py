"""Gradients as pictures, and the check that most pretty ones fail.

The deconvnet [zeiler2014] and guided backpropagation [springenberg2015] change the gradient at each ReLU: both drop
negative signals. What remains is close to an edge filter over the input, whatever the weights are [adebayo2018].
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, Literal

import torch
from torch import Tensor, nn

from convnotes.experiments.determinism import seeded

Rule = Literal["gradient", "deconvnet", "guided"]


def saliency(net: nn.Module, x: Tensor, outputs: Tensor, rule: Rule = "gradient") -> Tensor:
    """What flows back from each image's chosen one of `outputs` to `x` (N, C, H, W), by `rule`.

    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(1, 2, bias=False), nn.ReLU(), nn.Linear(2, 1, bias=False))
    >>> _ = net[1].weight.data.copy_(torch.tensor([[1.0], [-1.0]])), net[3].weight.data.fill_(1.0)
    >>> [float(saliency(net, torch.ones(1, 1, 1, 1), torch.tensor([0]), rule)) for rule in ("gradient", "deconvnet")]
    [1.0, 0.0]
    """
    x = x.detach().requires_grad_(True)
    with _altered(net, rule):
        chosen = net(x)[torch.arange(len(x)), outputs]
        (grad,) = torch.autograd.grad(chosen.sum(), x)
    return grad


def cascade(
    net: nn.Module, x: Tensor, outputs: Tensor, layers: Sequence[str], rule: Rule, seed: int = 0
) -> list[float]:
    """Rank correlation of the maps with the trained network's, once after each of `layers` has been destroyed.

    The layers lose their weights one after the other, those before staying destroyed: each weight tensor is put in a
    random order, so that its values keep their distribution. Maps are compared as magnitudes, averaged over images.
    """
    broken = deepcopy(net)
    trained = saliency(net, x, outputs, rule).abs().sum(1)
    likeness = []
    with seeded(seed) as draw, torch.no_grad():
        for layer in layers:
            weight = broken.get_submodule(layer).weight
            assert isinstance(weight, Tensor)
            weight.copy_(weight.flatten()[torch.randperm(weight.numel(), generator=draw)].reshape(weight.shape))
            with torch.enable_grad():
                maps = saliency(broken, x, outputs, rule).abs().sum(1)
            likeness.append(rank_correlation(trained, maps))
    return likeness


def edges(x: Tensor) -> Tensor:
    """How steep each picture of `x` (N, 3, H, W) is at each pixel: an edge filter that knows of no network.

    >>> step = torch.zeros(1, 3, 3, 4)
    >>> step[..., 2:] = 1
    >>> edges(step)[0, 1]
    tensor([0., 1., 1., 0.])
    """
    grey = nn.functional.pad(x.mean(1, keepdim=True), (1, 1, 1, 1), mode="replicate")
    across, down = grey[..., 1:-1, 2:] - grey[..., 1:-1, :-2], grey[..., 2:, 1:-1] - grey[..., :-2, 1:-1]
    return across.hypot(down)[:, 0]


def rank_correlation(a: Tensor, b: Tensor) -> float:
    """Spearman's rank correlation of the pixels of two stacks of maps, averaged over the maps.

    >>> rank_correlation(torch.tensor([[[1.0, 2.0, 3.0]]]), torch.tensor([[[1.0, 4.0, 9.0]]]))
    1.0
    """
    pairs = zip(_ranks(a), _ranks(b), strict=True)
    return float(torch.stack([torch.corrcoef(torch.stack(pair))[0, 1] for pair in pairs]).mean())


def _ranks(maps: Tensor) -> Tensor:
    order = maps.flatten(1).argsort(1)
    return torch.empty(order.shape).scatter_(1, order, torch.arange(1.0, order.shape[1] + 1).expand(order.shape))


@contextmanager
def _altered(net: nn.Module, rule: Rule) -> Iterator[None]:
    def drop(_: nn.Module, grad_in: Any, grad_out: Any) -> tuple[Tensor]:
        passed: Tensor = grad_out[0] if rule == "deconvnet" else grad_in[0]
        return (passed.clamp(min=0),)

    rectifiers = [module for module in net.modules() if isinstance(module, nn.ReLU)] if rule != "gradient" else []
    hooks = [module.register_full_backward_hook(drop) for module in rectifiers]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
