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
from convnotes.experiments.transfer_blocks import BATCH, Block, blocks, features, prepared, trained_features
from convnotes.experiments.transfer_images import Task
from convnotes.layers import AdaptiveMaxPool2d, BatchNorm2d, Conv2d, Flatten, Layer, Linear, MaxPool2d, ReLU, Sequential

Method = Literal["frozen", "tuned", "scratch", "pixels", "random"]
DECAYS = (0.1, 0.01, 0.001)  # of a head; a fifth of its training images chooses
HEAD_STEPS = 60  # of L-BFGS


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
    1000: Plan(1600, 64, 1e-2),
    5000: Plan(3200, 64, 1e-2),
}
TUNED = {
    5: Plan(20, 16, 3e-4),
    20: Plan(40, 16, 3e-4),
    100: Plan(100, 16, 3e-4),
    500: Plan(200, 16, 3e-4),
    1000: Plan(400, 16, 3e-4),
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
                net: Callable[[Tensor], Tensor] = head(trained_features(run.task, known), learn)
                return _right(net, trained_features(run.task, asked), true)
            case "random":
                untrained = lite0.untrained(run.seed)
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
        module = _ready(run, known, learn)
        _fit(module, lambda chosen: transfer_images.shown(run.task, known[chosen]), learn, TUNED[run.each], draw)
        return _right(module.eval(), transfer_images.shown(run.task, asked), true)


def asked_of_lite0(run: Run) -> set[Block]:
    """The blocks of garments whose features of the trained network a run asks for."""
    known = blocks(run.task, transfer_images.known(run.each, run.seed))
    match run.method:
        case "frozen":
            return known | blocks(run.task, transfer_images.asked(run.seed))
        case "tuned":
            return known
    return set()


def _ready(run: Run, known: Tensor, learn: Tensor) -> nn.Module:
    """Lite0 before all its weights learn, with those of ImageNet and the frozen head."""
    net = lite0.empty()
    net.load_state_dict(lite0.trained().state_dict())
    net.fc = head(trained_features(run.task, known), learn)
    return net.eval()  # its normalisation stays as it is


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


def head(features: Tensor, labels: Tensor) -> nn.Linear:
    """A linear head on `features`, fitted by L-BFGS on numbers of mean 0 and deviation 1, with weight decay."""
    mean, deviation = features.mean(0), features.std(0) + 1e-2
    x, held = (features - mean) / deviation, torch.arange(len(features)) % 5 == 4
    tried = {decay: _fitted(x[~held], labels[~held], decay) for decay in DECAYS}
    with torch.no_grad():
        losses = {decay: float(functional.cross_entropy(one(x[held]), labels[held])) for decay, one in tried.items()}
    found = _fitted(x, labels, min(losses, key=lambda decay: losses[decay]))
    with torch.no_grad():
        found.weight /= deviation
        found.bias -= found.weight @ mean  # type: ignore[misc]  # torch types `-=` of a parameter as a tensor
    return found


def _fitted(x: Tensor, labels: Tensor, decay: float) -> nn.Linear:
    linear = nn.Linear(x.shape[1], transfer_images.CLASSES)
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    optimizer = torch.optim.LBFGS(linear.parameters(), max_iter=HEAD_STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = functional.cross_entropy(linear(x), labels) + decay / 2 * linear.weight.square().sum()
        torch.autograd.backward(loss)
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return linear


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
