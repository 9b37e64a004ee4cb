"""LeNet-5 as published [lecun1998], trained on MNIST: sparse C3, learned subsampling, scaled tanh, distances to codes.

What differs from the paper: the optimiser, which there takes second-order steps after each digit; batches; the number
of passes; and the codes, which there are drawings of the characters and here random signs.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from convnotes.architectures.lenet import lenet5
from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.mnist import mnist
from convnotes.experiments.modules import Subsampling2d, TableConv2d
from convnotes.experiments.training import Progress


@dataclass(frozen=True)
class Plan:
    """Adam with one cycle of the learning rate; each pass sees all 60,000 digits once, in a new order."""

    passes: int = 8
    batch_size: int = 64
    lr: float = 2e-3


class ScaledTanh(nn.Module):
    """1.7159 · tanh(2x/3), which maps 1 to 1 and −1 to −1 [lecun1998]."""

    def forward(self, x: Tensor) -> Tensor:
        """The activation, number by number."""
        return 1.7159 * torch.tanh(x * 2 / 3)


class Together(nn.Module):
    """A sparse convolution as one dense one in which the other weights are zero: the same maps, many times as fast."""

    def __init__(self, sparse: TableConv2d) -> None:
        super().__init__()
        self.table, self.kernels = sparse.table, sparse.kernels

    def forward(self, x: Tensor) -> Tensor:
        """Each output map from its input maps."""
        held = torch.cat([kernel.get_parameter("weight")[0] for kernel in self.kernels])
        places = torch.tensor([(to, read) for to, row in enumerate(self.table) for read in row])
        dense = held.new_zeros(len(self.table), x.shape[1], *held.shape[1:]).index_put(tuple(places.T), held)
        return functional.conv2d(x, dense, torch.cat([kernel.get_parameter("bias") for kernel in self.kernels]))


def network(seed: int) -> nn.Module:
    """LeNet-5 before training: every weight and bias uniform within ±2.4 divided by the inputs of its unit [lecun1998].

    >>> sum(parameter.numel() for parameter in network(0).parameters())
    60000
    """
    with seeded(seed):
        net = build(lenet5())
        for name, module in list(net.named_modules()):
            if isinstance(module, nn.Tanh | TableConv2d):
                parent, _, last = name.rpartition(".")
                other = Together(module) if isinstance(module, TableConv2d) else ScaledTanh()
                setattr(net.get_submodule(parent), last, other)
            for parameter in module.parameters(recurse=False):
                inputs = 4 if isinstance(module, Subsampling2d) else module.get_parameter("weight")[0].numel()
                nn.init.uniform_(parameter, -2.4 / inputs, 2.4 / inputs)
    return net


def prepared(images: Tensor) -> Tensor:
    """Digits (N, 1, 28, 28) from 0 to 1 as the paper feeds them: 32×32, the ground −0.1 and the ink 1.175.

    >>> found = prepared(torch.ones(1, 1, 28, 28))
    >>> found.shape, found.min(), found.max()
    (torch.Size([1, 1, 32, 32]), tensor(-0.1000), tensor(1.1750))
    """
    return functional.pad(images, [2] * 4) * 1.275 - 0.1


def loss(distances: Tensor, labels: Tensor) -> Tensor:
    """The distance to the right code, plus the logarithm of e⁻¹ and of e to minus every distance [lecun1998].

    >>> f"{loss(torch.tensor([[0.0, 50.0]]), torch.tensor([0])):.3f}"
    '0.313'
    """
    right = distances.gather(1, labels[:, None])[:, 0]
    rivals = torch.cat([-distances, distances.new_full((len(distances), 1), -1.0)], 1)
    return (right + rivals.logsumexp(1)).mean()


def train(plan: Plan, seed: int, progress: Progress = iter) -> tuple[nn.Module, dict[str, float]]:
    """The network trained on MNIST's 60,000 digits and rounded to float16; its accuracy on test and training digits."""
    data, net = mnist(), network(seed)
    images = prepared(data.images)
    steps = len(images) // plan.batch_size
    with seeded(seed) as draw:
        optimizer = torch.optim.Adam(net.parameters(), plan.lr)
        cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, plan.lr, total_steps=plan.passes * steps)
        for step in progress(range(plan.passes * steps)):
            if step % steps == 0:
                order = torch.randperm(len(images), generator=draw)
            chosen = order[step % steps * plan.batch_size :][: plan.batch_size]
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss(net(images[chosen]), data.labels[chosen]))
            optimizer.step()
            cycle.step()
        net.half().float()
        found = {
            "accuracy": accuracy(net, data.test_images, data.test_labels),
            "training_accuracy": accuracy(net, data.images, data.labels),
        }
    return net.eval(), {**found, "chance": 0.1}


@torch.no_grad()
def accuracy(net: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Share of `images` (N, 1, 28, 28) whose nearest code is the one of their label."""
    answers = [net(prepared(images[start : start + 1000])).argmin(1) for start in range(0, len(images), 1000)]
    return float((torch.cat(answers) == labels).double().mean())
