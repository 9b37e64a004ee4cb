"""The questions with several right options, decided a second time: by running layers, or by following every tap.

Each function gets what the question gives and returns the codes of all right options.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from tests.solvers import Given, cells, learned, span

Layer = tuple[int, int, int, int]


@cache
def _written(size: int, layer: Layer) -> int:
    kernel_size, stride, padding, dilation = layer
    row, kernel = torch.zeros(1, 1, size), torch.zeros(1, 1, kernel_size)
    return F.conv1d(row, kernel, stride=stride, padding=padding, dilation=dilation).shape[-1]


def keeping(size: int, layers: dict[str, Layer]) -> set[str]:
    return {code for code, layer in layers.items() if _written(size, layer) == size}


@cache
def _unchanged(in_channels: int, out_channels: int, kernel_size: int, other: int, factor: int) -> set[str]:
    """By making the layer before and after."""
    a, b, k = in_channels, out_channels, kernel_size
    usual = {"padding": k // 2, "device": "meta"}
    made = {
        "stride": nn.Conv2d(a, b, k, stride=2, **usual),
        "padding": nn.Conv2d(a, b, k, device="meta"),
        "dilation": nn.Conv2d(a, b, k, dilation=2, **usual),
        "map": nn.Conv2d(a, b, k, **usual),
        "batch": nn.Conv2d(a, b, k, **usual),
        "bias": nn.Conv2d(a, b, k, bias=False, **usual),
        "kernel": nn.Conv2d(a, b, other, **usual),
        "swap": nn.Conv2d(b, a, k, **usual),
        "wide": nn.Conv2d(a, factor * b, k, **usual),
    }
    before = learned(nn.Conv2d(a, b, k, **usual))
    return {code for code, layer in made.items() if learned(layer) == before}


def claims(layers: list[Layer], told: dict[str, int]) -> set[str]:
    """By following every tap down to the cells, before and after each change."""

    def seen(rows: list[Layer], unit: int = 0) -> tuple[int, int]:
        found = cells(rows, unit)
        return min(found), max(found)

    first, last = seen(layers)
    following, size = seen(layers, 1)[0], last - first + 1

    def spans(rows: list[Layer]) -> int:
        low, high = seen(rows)
        return high - low + 1

    number = told["layer"]
    padded = [(k, s, p + 1, d) if at == number else (k, s, p, d) for at, (k, s, p, d) in enumerate(layers, 1)]
    restrided = [*layers[:2], (layers[2][0], layers[2][1] + 1, *layers[2][2:])]
    holds = {
        "size": size == told["size"],
        "step": following - first == told["step"],
        "overlap": following <= last,
        "turned": spans([layers[1], layers[0], layers[2]]) == size,
        "padding": spans(padded) == size,
        "stride": spans(restrided) == size,
        "more": spans([*layers, (3, 1, 0, 1)]) == size + told["more"],
        "border": first < 0,
        "holes": len(cells(layers, 0)) == size,
    }
    return {code for code, held in holds.items() if held}


def doubling(size: int, layers: dict[str, Layer]) -> set[str]:
    row = torch.zeros(1, 1, size)
    found = set()
    for code, (k, s, p, extra) in layers.items():
        kernel = torch.zeros(1, 1, span(k))
        made = F.conv_transpose1d(row, kernel, stride=s, padding=p, output_padding=extra)
        if made.shape[-1] == 2 * size:
            found.add(code)
    return found


SEVERAL = {
    "keeps-size": keeping,
    "same-parameters": _unchanged,
    "field-claims": claims,
    "doubles": doubling,
}


def solver(name: str) -> Any:
    """A solver that names all right options."""

    def solve(options: dict[str, str], **given: Given) -> tuple[str, ...]:
        held = SEVERAL[name](**given)
        return tuple(said for code, said in options.items() if code in held)

    return solve


SEVERAL_SOLVERS = {name: solver(name) for name in SEVERAL}
