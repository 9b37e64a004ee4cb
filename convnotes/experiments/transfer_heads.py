"""Linear heads of `transfer`.

That on the features of the trained network is fitted once and kept: the frozen way ends with it, fine-tuning begins.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from convnotes.experiments import transfer_images
from convnotes.experiments.determinism import seeded
from convnotes.experiments.pieces import piece
from convnotes.experiments.transfer_blocks import packed, trained_features, unpacked
from convnotes.experiments.transfer_images import Task

DECAYS = (0.1, 0.01, 0.001)  # a fifth of the training images chooses
STEPS = 60  # of L-BFGS
Asked = tuple[Task, int, int]  # the task, images of every class, the seed


def trained_head(task: Task, each: int, seed: int) -> nn.Linear:
    """A head on the features of EfficientNet-Lite0, fitted to `each` images of every class."""
    numbers = unpacked(piece(fit_head, (task, each, seed)), torch.float32).reshape(transfer_images.CLASSES, -1)
    linear = nn.Linear(numbers.shape[1] - 1, len(numbers))
    with torch.no_grad():
        linear.weight.copy_(numbers[:, :-1])
        linear.bias.copy_(numbers[:, -1])
    return linear


def fit_head(which: Asked) -> str:
    """The weights of `trained_head`, its bias behind them, as text."""
    task, each, seed = which
    known = transfer_images.known(each, seed)
    with seeded(seed):
        linear = head(trained_features(task, known), transfer_images.labels(known))
    return packed(torch.cat([linear.weight, linear.bias[:, None]], 1).detach())


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
    optimizer = torch.optim.LBFGS(linear.parameters(), max_iter=STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = functional.cross_entropy(linear(x), labels) + decay / 2 * linear.weight.square().sum()
        torch.autograd.backward(loss)
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return linear
