"""Transfer learning, measured: what the features of a network that knows ImageNet are worth on another task.

Two tasks of ten classes, Fashion-MNIST as it comes and the same garments on pieces of photographs, at 5 to 100
images a class. On each: a linear head on frozen features of EfficientNet-Lite0, a linear head on the pixels, and a
small network trained from scratch. Every run is kept in the cache, so an interrupted measurement goes on from there.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from convnotes import store
from convnotes.experiments import fashion, lite0
from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.fingerprint import digest
from convnotes.experiments.training import Progress
from convnotes.layers import AdaptiveMaxPool2d, BatchNorm2d, Conv2d, Flatten, Layer, Linear, MaxPool2d, ReLU, Sequential

Task = Literal["plain", "scenes"]
Method = Literal["frozen", "pixels", "scratch"]


@dataclass(frozen=True)
class Recipe:
    """`each` images a class to train on, `test` a class to test; AdamW with one cycle of the rate.

    Lite0 reads `side` pixels, the small network and the head on pixels 28, or 48 of a scene.
    """

    tasks: tuple[str, ...] = ("plain", "scenes")
    methods: tuple[str, ...] = ("frozen", "pixels", "scratch")
    each: tuple[int, ...] = (5, 20, 100)
    seeds: tuple[int, ...] = (0, 1, 2)
    test: int = 50
    side: int = 97  # 32·3 + 1
    scratch_steps: int = 300
    scratch_batch: int = 32
    scratch_lr: float = 1e-2
    head_steps: int = 60  # of L-BFGS
    head_decay: float = 1e-2


@dataclass(frozen=True)
class Run:
    """One training."""

    task: Task
    method: Method
    each: int
    seed: int


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """The share of test images that each run gets right."""
    runs = list(_runs(recipe))
    rows = []
    for which in progress(range(len(runs))):
        kept = store.remember(_key(runs[which], recipe), lambda: {"right": json.dumps(right(runs[which], recipe))})  # noqa: B023
        rows.append({**asdict(runs[which]), "right": round(json.loads(kept["right"]), 4)})
    return {"data": fashion.SOURCE, "weights": lite0.PACKAGE, "rows": rows}


def _runs(recipe: Recipe) -> Iterator[Run]:
    for method in recipe.methods:
        for seed in recipe.seeds:
            for task in recipe.tasks:
                for each in recipe.each:
                    yield Run(task, method, each, seed)  # type: ignore[arg-type]  # a tuple of str loses the literals


def _key(run: Run, recipe: Recipe) -> str:
    path = store.module_path(__name__)
    assert path is not None  # this module
    return f"transfer-{sha256(f'{digest(path)} {run} {recipe}'.encode()).hexdigest()}"


def right(run: Run, recipe: Recipe) -> float:
    """The share of test images that are right after one run; runs of one seed share their test images."""
    most = max(recipe.each)
    labels, test_labels = (torch.arange(10).repeat_interleave(count) for count in (run.each, recipe.test))
    among = (torch.arange(10)[:, None] * most + torch.arange(run.each)).flatten()  # the first of each class
    if run.method == "frozen":
        known, asked = features(run.task, run.seed, recipe)
        return _head(known[among], labels, asked, test_labels, recipe)
    known, asked = small(run.task, run.seed, recipe)
    if run.method == "pixels":
        return _head(known[among].flatten(1), labels, asked.flatten(1), test_labels, recipe)
    with seeded(run.seed) as draw:
        net = build(small_network(known.shape[1]))
        _fit(net, known[among], labels, recipe, draw)
        return _right(net, asked, test_labels)


@lru_cache(maxsize=1)
def small(task: Task, seed: int, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """The images as the small network reads them, class after class: garments of 28 pixels, scenes of 48 in colour."""
    if task == "scenes":
        known, asked = (torch.cat(list(_made(task, part, seed, 48, recipe))) for part in (0, 1))
        return known, asked
    known, asked = (part.flatten(0, 1)[:, None] for part in fashion.drawn(max(recipe.each), recipe.test, seed))
    return known, asked


@cache
@torch.no_grad()
def features(task: Task, seed: int, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """What Lite0 gives to its dense layer, 1,280 numbers for each image, once for all heads."""
    body = nn.Sequential(*list(lite0.trained().children())[:-1])
    with seeded(seed):
        known, asked = (torch.cat([body(x) for x in _made(task, part, seed, recipe.side, recipe)]) for part in (0, 1))
    return known, asked


def _made(task: Task, part: int, seed: int, side: int, recipe: Recipe) -> Iterator[Tensor]:
    """The images to train on (part 0) or to test (1), a hundred at a time; a scene is one picture at every `side`."""
    garments = fashion.drawn(max(recipe.each), recipe.test, seed)[part].flatten(0, 1)
    for number, some in enumerate(garments.split(100)):  # type: ignore[no-untyped-call]
        if task == "plain":
            made = fashion.enlarged(some, side)
        else:
            made = fashion.scenes(some, recipe.side, 1000 * (2 * seed + part) + number)
        if made.shape[2] != side:
            made = functional.interpolate(made, size=(side, side), mode="bilinear", antialias=True)
        yield lite0.normalised(made)


def _head(known: Tensor, labels: Tensor, asked: Tensor, test_labels: Tensor, recipe: Recipe) -> float:
    """A linear head on numbers of mean 0 and deviation 1, fitted by L-BFGS with weight decay."""
    mean, deviation = known.mean(0), known.std(0) + 1e-3
    x = ((known - mean) / deviation).double()
    head = nn.Linear(x.shape[1], 10).double()
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    optimizer = torch.optim.LBFGS(head.parameters(), max_iter=recipe.head_steps, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = functional.cross_entropy(head(x), labels) + recipe.head_decay / 2 * head.weight.square().sum()
        torch.autograd.backward(loss)
        return loss

    with seeded(0):
        optimizer.step(closure)  # type: ignore[no-untyped-call]
    return _right(head, ((asked - mean) / deviation).double(), test_labels)


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


def _fit(net: nn.Module, x: Tensor, labels: Tensor, recipe: Recipe, draw: torch.Generator) -> None:
    optimizer = torch.optim.AdamW(net.parameters(), lr=recipe.scratch_lr, weight_decay=1e-4)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.scratch_lr, total_steps=recipe.scratch_steps)
    net.train()
    for _ in range(recipe.scratch_steps):
        chosen = torch.randint(len(x), (recipe.scratch_batch,), generator=draw)
        loss = functional.cross_entropy(net(x[chosen]), labels[chosen])
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        cycle.step()
    net.eval()


@torch.no_grad()
def _right(net: nn.Module, x: Tensor, labels: Tensor) -> float:
    guesses = torch.cat([net(part).argmax(1) for part in x.split(100)])  # type: ignore[no-untyped-call]
    return float((guesses == labels).float().mean())
