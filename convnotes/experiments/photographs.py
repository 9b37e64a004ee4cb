"""Photographs that scikit-image and scikit-learn carry inside their packages: nothing is downloaded.

Only those with a licence that says so. Textures (brick, gravel, grass) are left out by choice: their patches have no
parts and no rims to recognise.
"""

from dataclasses import dataclass
from functools import cache
from math import cos, sin

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Photograph:
    """Where a photograph comes from and what may be done with it."""

    library: str
    author: str
    licence: str


PHOTOGRAPHS = {
    "astronaut": Photograph("scikit-image", "NASA", "public domain"),
    "camera": Photograph("scikit-image", "Lav Varshney", "CC0"),
    "chelsea": Photograph("scikit-image", "Stéfan van der Walt", "CC0"),
    "coffee": Photograph("scikit-image", "Rachel Michetti", "CC0"),
    "rocket": Photograph("scikit-image", "SpaceX", "public domain"),
    "china": Photograph("scikit-learn", "danielbuechele", "CC BY 2.0"),
    "flower": Photograph("scikit-learn", "vultilion", "CC BY 2.0"),
}


def credit(name: str) -> str:
    """Whose photograph this is.

    >>> credit("coffee")
    '“coffee” by Rachel Michetti (CC0)'
    """
    return f"“{name}” by {PHOTOGRAPHS[name].author} ({PHOTOGRAPHS[name].licence})"


@cache
def photograph(name: str) -> Tensor:
    """The photograph as a (3, H, W) tensor from 0 to 1; a grey one has three equal channels.

    >>> photograph("chelsea").shape
    torch.Size([3, 300, 451])
    >>> photograph("lena")
    Traceback (most recent call last):
    ValueError: no photograph 'lena'; there are astronaut, camera, chelsea, coffee, rocket, china, flower
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"no photograph {name!r}; there are {', '.join(PHOTOGRAPHS)}")
    if PHOTOGRAPHS[name].library == "scikit-learn":
        from sklearn.datasets import load_sample_image

        pixels = load_sample_image(f"{name}.jpg")
    else:
        from skimage import data

        pixels = getattr(data, name)()
    rows = np.array(pixels, dtype=np.float32)[..., None] if pixels.ndim == 2 else np.array(pixels, dtype=np.float32)
    return torch.from_numpy(rows / 255).permute(2, 0, 1).expand(3, -1, -1).contiguous()


def scaled(picture: Tensor, scale: float) -> Tensor:
    """`picture` (3, H, W) at `scale` times its size, smoothed before it shrinks."""
    size = [round(side * scale) for side in picture.shape[1:]]
    shrunk = functional.interpolate(picture[None], size=size, mode="bilinear", align_corners=False, antialias=True)
    return shrunk[0].clamp(0, 1)


def middle_square(picture: Tensor, side: int) -> Tensor:
    """The largest square in the middle of `picture` (3, H, W), scaled to (3, side, side)."""
    edge = min(picture.shape[1:])
    top, left = ((length - edge) // 2 for length in picture.shape[1:])
    return scaled(picture[:, top : top + edge, left : left + edge], side / edge)


@dataclass(frozen=True)
class Crop:
    """Which square of which photograph: its centre as shares of both sides, and how it is turned and stretched."""

    name: str
    row: float
    column: float
    scale: float = 1.0  # photograph pixels for one pixel of the crop
    angle: float = 0.0
    shear: float = 0.0
    stretch: float = 1.0  # width over height


LEVELS = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18)  # sizes kept of each photograph, so that a crop never skips pixels


@cache
def _level(name: str, which: int) -> Tensor:
    return scaled(photograph(name), LEVELS[which])


def cut(crop: Crop, size: int) -> Tensor:
    """The crop as (3, size, size), moved and shrunk as far as needed to lie inside its photograph."""
    level = max(which for which, part in enumerate(LEVELS) if which == 0 or 1 / part <= 1.2 * crop.scale)
    picture = _level(crop.name, level)
    height, width = picture.shape[1:]
    side, turn = crop.scale * LEVELS[level], (cos(crop.angle), sin(crop.angle))
    reach = abs(turn[0]) + abs(turn[1]) + abs(crop.shear)
    half = size / 2 * side * reach * max(crop.stretch, 1 / crop.stretch) + 1
    fit = min(1.0, (min(height, width) / 2 - 1) / half)
    side, half = side * fit, half * fit
    column, row = half + (width - 1 - 2 * half) * crop.column, half + (height - 1 - 2 * half) * crop.row
    a, b = size / 2 * side * crop.stretch**0.5, size / 2 * side / crop.stretch**0.5
    matrix = torch.tensor([
        [turn[0] * a * 2 / width, (turn[0] * crop.shear - turn[1]) * b * 2 / width, (2 * column + 1) / width - 1],
        [turn[1] * a * 2 / height, (turn[1] * crop.shear + turn[0]) * b * 2 / height, (2 * row + 1) / height - 1],
    ])  # fmt: skip
    grid = functional.affine_grid(matrix[None], [1, 3, size, size], align_corners=False)
    return functional.grid_sample(picture[None], grid, padding_mode="border", align_corners=False)[0]


@cache
def statistics(names: tuple[str, ...]) -> tuple[Tensor, Tensor]:
    """Mean colour (3,) and the mean of the three standard deviations, over every pixel of `names`."""
    pixels = torch.cat([photograph(name).flatten(1) for name in names], dim=1)
    return pixels.mean(1), pixels.std(1).mean()
