"""One garment of each class as both tasks of `transfer` show it, kept as a picture for the chapter."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from convnotes.experiments import fashion
from convnotes.experiments.training import Progress


@dataclass(frozen=True)
class Recipe:
    """The first garment of each class in the draw of `seed`, made at `side` pixels and kept at `shown`."""

    side: int = 97
    shown: int = 65
    seed: int = 0


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """The ten pictures of each task."""
    rows = []
    for which in progress(range(2)):
        garments = fashion.drawn(1, 1, recipe.seed)[0].flatten(0, 1)
        if which == 0:
            made = fashion.enlarged(garments, recipe.side)
        else:
            made = fashion.scenes(garments, recipe.side, recipe.seed)
        small = functional.interpolate(made, size=(recipe.shown,) * 2, mode="bilinear", antialias=True).clamp(0, 1)
        levels = (small * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()
        pictures = b64encode(levels.numpy().tobytes()).decode()
        rows.append({"task": ("plain", "scenes")[which], "names": fashion.NAMES, "pictures": pictures})
    return {"data": fashion.SOURCE, "rows": rows}


def pictures(row: dict[str, Any]) -> list[NDArray[np.float64]]:
    """The kept pictures (H, H, 3) of a row, from 0 to 1."""
    flat = np.frombuffer(b64decode(row["pictures"]), np.uint8) / 255
    side = round((len(flat) / 3 / len(row["names"])) ** 0.5)
    return list(cast(NDArray[np.float64], flat.reshape(-1, side, side, 3)))
