"""The 1,797 handwritten digits that scikit-learn carries inside its package [alpaydin1998], CC BY 4.0. No download."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

SOURCE = {
    "digits": {
        "library": "scikit-learn",
        "author": "E. Alpaydin, C. Kaynak (UCI repository, test part)",
        "licence": "CC BY 4.0",
    }
}


@dataclass(frozen=True)
class Digits:
    """Images (N, 1, H, W) from 0 to 1 with their labels, the last 397 of them kept for testing."""

    images: Tensor
    labels: Tensor
    test_images: Tensor
    test_labels: Tensor


def digits(canvas: int = 24, digit: int = 16, seed: int = 0) -> Digits:
    """The digits, 8×8 as they come, enlarged to `digit` pixels and centred on a black square of `canvas` pixels.

    The order is shuffled with `seed` before it is split.

    >>> digits().images.shape, digits().test_images.shape
    (torch.Size([1400, 1, 24, 24]), torch.Size([397, 1, 24, 24]))
    >>> digits(canvas=8, digit=8).images.max()
    tensor(1.)
    >>> digits(canvas=23)
    Traceback (most recent call last):
    ValueError: a digit of 16 pixels cannot stand in the middle of 23: canvas - digit must be even and not negative
    """
    if canvas < digit or (canvas - digit) % 2:
        raise ValueError(
            f"a digit of {digit} pixels cannot stand in the middle of {canvas}: "
            "canvas - digit must be even and not negative"
        )
    from sklearn.datasets import load_digits

    data = load_digits()
    order = torch.randperm(len(data.target), generator=torch.Generator().manual_seed(seed))
    images = torch.tensor(data.images / 16, dtype=torch.float32)[order, None]
    if digit != 8:
        images = functional.interpolate(images, size=(digit, digit), mode="bilinear", align_corners=False)
    images = functional.pad(images, [(canvas - digit) // 2] * 4)
    labels = torch.tensor(data.target)[order]
    return Digits(images[:1400], labels[:1400], images[1400:], labels[1400:])


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
