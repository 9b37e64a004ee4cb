"""What EfficientNet-Lite0 makes of 400 garments on photographs, 1,280 numbers each: kept, so a lab needs no weights.

A feature is the mean of a channel of the last layer, so it lies between 0 and 6; it is kept in 255 steps up to LARGEST.
Beside them the same pictures are kept, smaller, so that the lab can learn from pixels, too.
"""

from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from typing import Any
from zlib import compress, decompress

import torch
from torch import Tensor, nn
from torch.nn import functional

from convnotes.drawing.raster import decoded, encoded, mosaic
from convnotes.experiments import fashion, lite0
from convnotes.experiments.photographs import PHOTOGRAPHS
from convnotes.experiments.training import Progress

LARGEST = 3.0
ACROSS = 20  # pictures in a row of the kept sheet


@dataclass(frozen=True)
class Recipe:
    """`each` garments of every class to train on, and as many others to test."""

    each: int = 20
    side: int = 97  # 32·3 + 1
    small: int = 32  # pixels of a kept picture, as the small network of `transfer` reads them
    seed: int = 3


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """The features of the garments to train on, and of those to test, class after class; and the pictures, smaller."""
    parts = fashion.drawn(recipe.each, recipe.each, recipe.seed)
    rows = []
    for which in progress(range(2)):
        scenes = fashion.scenes(parts[which].flatten(0, 1), recipe.side, 2 * recipe.seed + which)
        levels = (features(scenes).clamp(0, LARGEST) * 255 / LARGEST).round().to(torch.uint8)
        kept = b64encode(compress(levels.numpy().tobytes(), 9)).decode()
        row = {"part": ("train", "test")[which], "each": recipe.each, "side": recipe.small}
        rows.append({**row, "features": kept, "pictures": sheet(scenes, recipe.small)})
    grounds = {name: asdict(PHOTOGRAPHS[name]) for name in fashion.GROUNDS}
    return {"data": fashion.SOURCE | grounds, "weights": lite0.PACKAGE, "file": lite0.SHA256, "rows": rows}


@torch.no_grad()
def features(pictures: Tensor) -> Tensor:
    """What the trained network gives to its dense layer for `pictures` (N, 3, H, W) from 0 to 1: (N, 1280)."""
    body = nn.Sequential(*list(lite0.trained().children())[:-1])
    answers: Tensor = body(lite0.normalised(pictures))
    return answers


def sheet(scenes: Tensor, side: int) -> str:
    """Pictures (N, 3, H, W) from 0 to 1, shrunk to `side` pixels and put side by side, as WebP with small losses."""
    small = functional.interpolate(scenes, size=(side, side), mode="bilinear", antialias=True).clamp(0, 1)
    return encoded(mosaic(list(small.permute(0, 2, 3, 1).numpy()), ACROSS, gap=0), "webp", quality=95)


def pictures(row: dict[str, Any]) -> Tensor:
    """The small pictures (N, 3, side, side) of a kept row, from 0 to 1, in the order of its features."""
    whole, side = torch.from_numpy(decoded(row["pictures"])).float(), row["side"]
    cut = whole.unfold(0, side, side).unfold(1, side, side)  # rows, columns, colours, and the sides of a picture
    return cut.flatten(0, 1)[: row["each"] * len(fashion.NAMES)].contiguous()


def unpacked(row: dict[str, Any]) -> tuple[Tensor, Tensor]:
    """The features (N, 1280) of a kept row, and their labels."""
    levels = torch.frombuffer(bytearray(decompress(b64decode(row["features"]))), dtype=torch.uint8)
    labels = torch.arange(len(fashion.NAMES)).repeat_interleave(row["each"])
    return levels.reshape(-1, 1280).float() * LARGEST / 255, labels
