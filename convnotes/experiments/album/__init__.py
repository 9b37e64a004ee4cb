"""Sixty photographs: the seven that libraries carry, and 53 that are kept here with their credits.

Those kept are from Debian packages, and are in the public domain, under CC0 or under CC BY. They were scaled with
Pillow (Lanczos) to 320 pixels on the shorter side, none enlarged, and written as WebP of quality 72. `credits.json`
says of each what it shows, whose it is, from where, and what was changed.
"""

import json
from base64 import b64encode
from collections import Counter
from functools import cache
from hashlib import sha256
from pathlib import Path

import torch
from torch import Tensor

from convnotes.drawing.raster import decoded
from convnotes.experiments import photographs
from convnotes.experiments.photographs import PHOTOGRAPHS, middle_square, scaled

READS = ("convnotes/experiments/album/*.json", "convnotes/experiments/album/*.webp")
FOLDER = Path(__file__).parent
SHORTER = 320  # pixels of the shorter side
CREDITS: dict[str, dict[str, str]] = json.loads((FOLDER / "credits.json").read_text(encoding="utf-8"))
KINDS = {  # what each shows, written down before any network was asked
    **dict.fromkeys(PHOTOGRAPHS, "other"),
    "chelsea": "animal",
    "china": "building",
    **{name: credit["kind"] for name, credit in CREDITS.items()},
}
NAMES = tuple(KINDS)
PACKAGES = tuple(sorted({credit["package"] for credit in CREDITS.values()}))


def by_chance() -> float:
    """Of every two of the photographs, the share that shows the same kind.

    >>> Counter(KINDS.values())
    Counter({'animal': 33, 'building': 16, 'other': 11})
    >>> round(by_chance(), 3)
    0.397
    """
    return sum(n * (n - 1) for n in Counter(KINDS.values()).values()) / (len(NAMES) * (len(NAMES) - 1))


def credit(name: str) -> str:
    """Whose photograph this is.

    >>> credit("kitten")
    '“kitten” by GalgenTX (CC BY 2.0)'
    >>> credit("coffee")
    '“coffee” by Rachel Michetti (CC0)'
    """
    if name in PHOTOGRAPHS:
        return photographs.credit(name)
    return f"“{name}” by {CREDITS[name]['author']} ({CREDITS[name]['licence']})"


@cache
def photograph(name: str) -> Tensor:
    """The photograph as a (3, H, W) tensor from 0 to 1, with at most 320 pixels on its shorter side.

    >>> photograph("kitten").shape, photograph("coffee").shape, photograph("chelsea").shape
    (torch.Size([3, 320, 569]), torch.Size([3, 320, 480]), torch.Size([3, 300, 451]))
    >>> photograph("lena")
    Traceback (most recent call last):
    ValueError: no photograph 'lena'; convnotes/experiments/album/credits.json names those that there are
    """
    if name in PHOTOGRAPHS:
        whole = photographs.photograph(name)
        return scaled(whole, min(1.0, SHORTER / min(whole.shape[1:])))
    if name not in CREDITS:
        raise ValueError(f"no photograph {name!r}; convnotes/experiments/album/credits.json names those that there are")
    content = (FOLDER / CREDITS[name]["file"]).read_bytes()
    if sha256(content).hexdigest() != CREDITS[name]["sha256"]:
        raise ValueError(f"{CREDITS[name]['file']} is not the file that credits.json names")
    return torch.from_numpy(decoded(b64encode(content).decode())).float().permute(2, 0, 1).contiguous()


def square(name: str, side: int) -> Tensor:
    """The middle square of a photograph, (3, side, side) from 0 to 1."""
    return middle_square(photograph(name), side)
