"""Training a small network on digits: one loop for every experiment, and the digit networks that the notes keep."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zlib import compress

import torch
from torch import Tensor, nn
from torch.nn import functional

from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.mnist import digits, jittered, mnist
from convnotes.experiments.networks import Pooling, digit_network, walk_network

Progress = Callable[[range], Iterable[int]]  # shows how far a loop has come


@dataclass(frozen=True)
class Schedule:
    """AdamW with one cycle of the learning rate, up to `lr` and down again."""

    steps: int = 250
    batch_size: int = 32
    lr: float = 1e-2
    weight_decay: float = 1e-4


def fit(
    net: nn.Module, images: Tensor, labels: Tensor, schedule: Schedule, seed: int, progress: Progress = iter
) -> list[float]:
    """The training loss at each step; `net` is left trained, in evaluation mode. `seed` draws the batches."""
    draw = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(net.parameters(), lr=schedule.lr, weight_decay=schedule.weight_decay)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, schedule.lr, total_steps=schedule.steps)
    net.train()
    losses = []
    for _ in progress(range(schedule.steps)):
        chosen = torch.randint(len(images), (min(schedule.batch_size, len(images)),), generator=draw)
        loss = functional.cross_entropy(net(images[chosen]), labels[chosen])
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        cycle.step()
        losses.append(float(loss.detach()))
    net.eval()
    return losses


@torch.no_grad()
def accuracy(net: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Share of `images` whose largest output is the one of their label."""
    return float((net(images).argmax(1) == labels).float().mean())


DIGITS = Schedule(steps=1200)


def digit_classifier(pooling: Pooling = "max", seed: int = 0) -> tuple[nn.Module, dict[str, float]]:
    """The digit network trained on 6,000 digits of MNIST, and its accuracy on 2,000 test digits and the first 100."""
    data = digits()
    with seeded(seed):
        net = build(digit_network(pooling))
        blur(net)
        fit(net, data.images, data.labels, DIGITS, seed)
    found = accuracy(net, data.test_images, data.test_labels)
    first = accuracy(net, data.test_images[:100], data.test_labels[:100])
    return net, {"accuracy": found, "first_accuracy": first, "chance": 0.1}


WALK = Schedule(steps=6000, batch_size=64, lr=5e-3)
COPIES = 3  # of each training digit, turned, stretched and moved a little: readers draw less neatly than MNIST


def walk_classifier(seed: int = 0) -> tuple[nn.Module, dict[str, float]]:
    """The network of the walk, trained on MNIST and rounded to float16, and its accuracy on the 10,000 test digits."""
    data = mnist()
    with seeded(seed) as generator:
        net = build(walk_network())
        images = torch.cat([data.images, *(jittered(data.images, generator) for _ in range(COPIES))])
        fit(net, images, data.labels.repeat(1 + COPIES), WALK, seed)
    right = accuracy(net.half().float(), data.test_images, data.test_labels)
    return net.half(), {"accuracy": right, "chance": 0.1}


TAKEN_FOR = {7: 1}  # the mistake that the walk tells of


@torch.no_grad()
def walk_samples(net: nn.Module) -> dict[str, Tensor]:
    """Twenty test digits: of each class the first, and the one that `net` most surely takes for another class.

    `images` are bytes (20, 28, 28), `labels` what is drawn, `places` where they are in MNIST's test set.
    """
    data = mnist()
    sure, answers = net(data.test_images).softmax(1).max(1)
    places = [int((data.test_labels == digit).nonzero()[0]) for digit in range(10)]
    for digit in range(10):
        wrong = (data.test_labels == digit) & (answers != digit)
        wrong &= answers == TAKEN_FOR.get(digit, answers)
        places.append(int((sure * wrong).argmax()))
    images = (data.test_images[places, 0] * 255).round().to(torch.uint8)
    return {"images": images, "labels": data.test_labels[places], "places": torch.tensor(places)}


def few_digits(each: int = 1000) -> dict[str, Tensor]:
    """The first digits to train on and then the first to test: `packed`, their bytes compressed, and `labels`."""
    data = mnist()
    images = torch.cat([data.images[:each], data.test_images[:each]])
    packed = compress((images * 255).round().to(torch.uint8).numpy().tobytes(), 9)
    labels = torch.cat([data.labels[:each], data.test_labels[:each]]).to(torch.uint8)
    return {"packed": torch.frombuffer(bytearray(packed), dtype=torch.uint8), "labels": labels}


def blur(net: nn.Module) -> None:
    """Set each convolution called `blur` to the kernel (1, 2, 1) along both axes, and keep it there."""
    for name, module in net.named_modules():
        if name.rpartition(".")[2].startswith("blur") and isinstance(module, nn.Conv2d):
            line = torch.tensor([1.0, 2.0, 1.0]) / 4
            module.weight.data.copy_(torch.outer(line, line).expand_as(module.weight))
            module.weight.requires_grad_(False)
