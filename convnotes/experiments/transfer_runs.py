"""One training of `transfer`: a way to learn ten garments from a few images of each, and the share that it gets right.

Frozen: a linear head on the features of EfficientNet-Lite0. Tuned: all its weights go on learning from there. Random is
frozen with random weights instead of those of ImageNet, as a control. Scratch: a small network. Pixels: a linear head
with no network before it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from convnotes.experiments import lite0, transfer_images
from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.folded import folded
from convnotes.experiments.transfer_blocks import BATCH, features, prepared, trained_features
from convnotes.experiments.transfer_heads import head, trained_head
from convnotes.experiments.transfer_images import Task
from convnotes.layers import AdaptiveMaxPool2d, BatchNorm2d, Conv2d, Flatten, Layer, Linear, MaxPool2d, ReLU, Sequential

Method = Literal["frozen", "tuned", "scratch", "pixels", "random"]


@dataclass(frozen=True)
class Plan:
    """AdamW with one cycle of the rate, up to `lr` and down again."""

    steps: int
    batch: int
    lr: float


# By images per class.
SCRATCH = {
    5: Plan(300, 32, 1e-2),
    20: Plan(300, 32, 1e-2),
    100: Plan(400, 64, 1e-2),
    500: Plan(800, 64, 1e-2),
    5000: Plan(3200, 64, 1e-2),
}
TUNED = {
    5: Plan(20, 16, 3e-4),
    20: Plan(40, 16, 3e-4),
    100: Plan(100, 16, 3e-4),
    500: Plan(200, 16, 3e-4),
    5000: Plan(400, 16, 3e-4),
}


@dataclass(frozen=True)
class Run:
    """One training, on `each` images of every class; `seed` draws the images, the weights and the batches."""

    task: Task
    method: Method
    each: int
    seed: int


def right(run: Run) -> float:
    """The share of the test images that are right after one run; runs of one seed share their test images."""
    known, asked = transfer_images.known(run.each, run.seed), transfer_images.asked(run.seed)
    learn, true = transfer_images.labels(known), transfer_images.labels(asked)
    with seeded(run.seed) as draw:
        match run.method:
            case "frozen":
                return _right(trained_head(run.task, run.each, run.seed), trained_features(run.task, asked), true)
            case "random":
                untrained = folded(lite0.untrained(run.seed))
                net = head(features(untrained, run.task, known), learn)
                return _right(net, features(untrained, run.task, asked), true)
            case "pixels":
                net = head(_pixels(run.task, known), learn)
                return _right(net, _pixels(run.task, asked), true)
            case "scratch":
                images = transfer_images.small(run.task, known)
                module: nn.Module = build(small_network(images.shape[1]))
                _fit(module.train(), images.__getitem__, learn, SCRATCH[run.each], draw)
                return _right(module.eval(), transfer_images.small(run.task, asked), true)
        module = _ready(run)
        _fit(module, lambda chosen: transfer_images.shown(run.task, known[chosen]), learn, TUNED[run.each], draw)
        return _right(module.eval(), transfer_images.shown(run.task, asked), true)


def _ready(run: Run) -> nn.Module:
    """Lite0 before all its weights learn, with those of ImageNet and the frozen head."""
    net = folded(lite0.trained())  # the mean and the variance by which it normalises stay
    net.fc = trained_head(run.task, run.each, run.seed)
    return net


def small_network(channels: int) -> Sequential:
    """Three blocks of convolution, normalisation and pooling, a global maximum, a dense layer.

    >>> from convnotes.cost import parameters
    >>> parameters(small_network(1)), parameters(small_network(3))
    (24058, 24346)
    """
    stages: list[Layer] = []
    for before, after in ((channels, 16), (16, 32), (32, 64)):
        stages += [Conv2d(before, after, 3, padding=1, bias=False), BatchNorm2d(after), ReLU(), MaxPool2d(2)]
    return Sequential(*stages, AdaptiveMaxPool2d(1), Flatten(), Linear(64, 10))


def _pixels(task: Task, numbers: Tensor) -> Tensor:
    """What a head without a network reads: 28 pixels in grey, 16 of a scene in colour."""
    images = transfer_images.small(task, numbers)
    if task == "plain":
        return images.flatten(1).float() / 255
    parts = [functional.avg_pool2d(part / 255, 2).flatten(1) for part in images.split(1000)]  # type: ignore[no-untyped-call]
    return torch.cat(parts)


def _fit(net: nn.Module, images: Callable[[Tensor], Tensor], labels: Tensor, plan: Plan, draw: torch.Generator) -> None:
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch names it in no other overload
    optimizer = torch.optim.AdamW(net.parameters(), lr=plan.lr, weight_decay=1e-4, fused=True)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, plan.lr, total_steps=plan.steps)
    for _ in range(plan.steps):
        chosen = torch.randint(len(labels), (plan.batch,), generator=draw)
        loss = functional.cross_entropy(net(prepared(images(chosen))), labels[chosen])
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        cycle.step()


@torch.no_grad()
def _right(net: Callable[[Tensor], Tensor], x: Tensor, labels: Tensor) -> float:
    parts = x.split(BATCH)  # type: ignore[no-untyped-call]
    guesses = torch.cat([net(part if part.is_floating_point() else prepared(part)).argmax(1) for part in parts])
    return float((guesses == labels).float().mean())
