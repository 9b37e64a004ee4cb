"""The images of `transfer`: ten garments of Fashion-MNIST as they come, or on pieces of photographs, by number.

Of each class the first POOL garments are there to be trained on, and those behind them to test. Each seed has its own
garments for both, as long as it asks for no more than OWN of a class. A garment lies on the same piece of the same
photograph whoever asks for it.
"""

from functools import lru_cache
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from convnotes.experiments import fashion

Task = Literal["plain", "scenes"]
CLASSES = len(fashion.NAMES)
POOL, OWN, TEST = 5000, 500, 100
EACH = POOL + OWN  # of a class: to train on, and to test for five seeds
SIDE, SMALL = 97, 32  # pixels for EfficientNet-Lite0 (32·3 + 1), and of a scene for small networks


def known(each: int, seed: int) -> Tensor:
    """The numbers of `each` garments of every class to train on, class after class; more of them include fewer.

    >>> known(3, 1)[:6].tolist()
    [500, 501, 502, 6000, 6001, 6002]
    >>> sorted(known(POOL, 0).tolist()) == sorted(known(POOL, 1).tolist())
    True
    """
    order = (OWN * seed + torch.arange(each)) % POOL
    return (torch.arange(CLASSES)[:, None] * EACH + order).flatten()


def asked(seed: int) -> Tensor:
    """The numbers of the garments to test with, class after class.

    >>> len(asked(0)), bool(set(asked(0).tolist()) & set(known(POOL, 0).tolist() + asked(1).tolist()))
    (1000, False)
    """
    order = torch.arange(POOL + TEST * seed, POOL + TEST * (seed + 1))
    return (torch.arange(CLASSES)[:, None] * EACH + order).flatten()


def labels(numbers: Tensor) -> Tensor:
    """The class of each garment."""
    return numbers // EACH


def shown(task: Task, numbers: Tensor, side: int = SIDE) -> Tensor:
    """The images (N, 3, side, side) as bytes; a scene is one picture at every `side`."""
    return torch.cat([(_made(task, some, side) * 255).round().to(torch.uint8) for some in numbers.split(100)])  # type: ignore[no-untyped-call]


def _made(task: Task, numbers: Tensor, side: int) -> Tensor:
    garments = fashion.garments()[labels(numbers), numbers % EACH].float() / 255
    if task == "plain":
        return fashion.enlarged(garments, side)
    drawn = [fashion.scenes(one[None], SIDE, number) for one, number in zip(garments, numbers.tolist(), strict=True)]
    made = torch.cat(drawn)
    if side != SIDE:
        made = functional.interpolate(made, size=(side, side), mode="bilinear", antialias=True)
    return made.clamp(0, 1)


def small(task: Task, numbers: Tensor) -> Tensor:
    """The images as a small network reads them, bytes: garments (N, 1, 28, 28), scenes (N, 3, SMALL, SMALL)."""
    if task == "plain":
        return fashion.garments()[labels(numbers), numbers % EACH][:, None]
    return shown(task, numbers, SMALL) if len(numbers) < POOL else _all_scenes()[numbers]


@lru_cache(maxsize=1)
def _all_scenes() -> Tensor:
    return shown("scenes", torch.arange(CLASSES * EACH), SMALL)
