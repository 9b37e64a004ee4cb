"""Where EfficientNet-Lite0 sees a class in a photograph: its score with one square after another covered, and Grad-CAM.

The same is asked of the network with random weights, drawn three times, whose answers mean nothing.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from convnotes.experiments import lite0
from convnotes.experiments.activations import activations
from convnotes.experiments.folded import network
from convnotes.experiments.pieces import pieces
from convnotes.experiments.saliency import rank_correlation
from convnotes.experiments.training import Progress

PASTED = "cat and cup"


@dataclass(frozen=True)
class Recipe:
    """Pictures, each with the class asked and another one; a square of `cover` pixels moved by `step`; random draws."""

    asked: tuple[tuple[str, int, int], ...] = (("camera", 872, 759), (PASTED, 285, 967))
    cover: int = 45
    step: int = 15
    seeds: tuple[int, ...] = (0, 1, 2)


def measure(recipe: Recipe, progress: Progress = iter) -> dict[str, Any]:
    """For each picture and each network: belief and score, the map of covers, Grad-CAM of both classes."""
    jobs = [(*asked, draw) for asked in recipe.asked for draw in (None, *recipe.seeds)]
    rows = pieces(_row, [(*job, recipe) for job in jobs], progress)
    return {"weights": lite0.PACKAGE, "file": lite0.SHA256, "rows": rows}


def _row(job: tuple[str, int, int, int | None, Recipe]) -> dict[str, Any]:
    name, number, other, draw, recipe = job
    net = network(draw)
    x = lite0.normalised(picture(name))
    with torch.no_grad():
        scores = net(x[None])[0]
    falls = covered(net, x, number, recipe.cover, recipe.step)
    cams = {one: grad_cam(net, x, one) for one in (number, other)}
    alike = rank_correlation(falls[None], at_covers(cams[number], recipe.cover, recipe.step)[None])
    return {
        "picture": name, "class": number, "other": other, "draw": draw,
        "believed": [round(float(scores.softmax(0)[one]), 4) for one in cams],
        "score": [round(float(scores[one]), 2) for one in cams],
        "falls": _short(falls),
        "cams": [_short(cam) for cam in cams.values()],
        "centres": [[round(place, 1) for place in centre(cam)] for cam in cams.values()],
        "alike": round(alike, 3),
    }  # fmt: skip


def _short(values: Tensor) -> list[list[float]]:
    return [[float(f"{value:.3g}") for value in row] for row in values.tolist()]


@torch.no_grad()
def covered(net: nn.Module, x: Tensor, number: int, cover: int, step: int) -> Tensor:
    """By how much the score of class `number` falls for each place of a grey square that lies wholly on `x`."""
    starts = range(0, x.shape[1] - cover + 1, step)
    rows = []
    for top in starts:
        pictures = x.repeat(len(starts) + 1, 1, 1, 1)  # the last one stays uncovered
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        for picture, left in zip(pictures, starts, strict=False):
            picture[:, top : top + cover, left : left + cover] = 0
        scores = net(pictures)[:, number]
        rows.append(scores[-1] - scores[:-1])
    return torch.stack(rows)


def grad_cam(net: nn.Module, x: Tensor, number: int, layer: str = "last") -> Tensor:
    """Grad-CAM [selvaraju2017]: the maps of `layer`, weighted by the mean gradient of a class, added, cut at zero."""
    with torch.no_grad():
        maps = activations(net, x[None], layer)[layer]
    maps = maps.requires_grad_(True)
    names = [name for name, _ in net.named_children()]
    score = nn.Sequential(*list(net.children())[names.index(layer) + 1 :])(maps)[0, number]
    (grad,) = torch.autograd.grad(score, maps)
    cam: Tensor = (grad.mean((2, 3), keepdim=True) * maps).sum(1)[0].clamp(min=0).detach()
    return cam


def centre(cam: Tensor) -> tuple[float, float]:
    """Row and column of a map's centre of mass, in pixels of the picture: its units look at the pixels 0, 32, …

    >>> centre(torch.tensor([[0.0, 0.0, 0.0], [0.0, 3.0, 1.0]]))
    (32.0, 40.0)
    >>> centre(torch.zeros(2, 3))
    Traceback (most recent call last):
    ArithmeticError: a map that is 0 everywhere has no centre
    """
    if not cam.any():
        raise ArithmeticError("a map that is 0 everywhere has no centre")
    rows, columns = (float(lite0.field("last").stride) * torch.arange(length) for length in cam.shape)
    return float((cam.sum(1) * rows).sum() / cam.sum()), float((cam.sum(0) * columns).sum() / cam.sum())


def picture(name: str) -> Tensor:
    """A photograph; or the middle of the cat's beside the middle of the cup's, pasted together by us.

    >>> picture("cat and cup").shape
    torch.Size([3, 225, 225])
    """
    if name != PASTED:
        return lite0.square(name)
    return torch.cat([lite0.square("chelsea")[:, :, 20:132], lite0.square("coffee")[:, :, 60:173]], 2)


def enlarged(cam: Tensor, side: int = lite0.SIDE) -> Tensor:
    """A map of the units that look at the pixels 0, 32, … as one of all pixels, linear between them."""
    large: Tensor = functional.interpolate(cam[None, None], size=(side, side), mode="bilinear", align_corners=True)
    return large[0, 0]


def at_covers(cam: Tensor, cover: int, step: int) -> Tensor:
    """The map at the middles of the covers."""
    middles = slice(cover // 2, lite0.SIDE - cover // 2, step)
    return enlarged(cam)[middles, middles]
