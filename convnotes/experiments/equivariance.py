"""How far a layer is from moving with its input: f(Tx) against T f(x), and against f(x), measured.

Both are relative changes, ‖difference‖ / ‖f(x)‖, averaged over images: 0 is exact, and 1 is as far off as nothing.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from convnotes.experiments.activations import activations
from convnotes.layers import Sequential
from convnotes.receptive_field import Axis, growth

Border = Literal["zeros", "inside", "circular"]


@dataclass(frozen=True)
class Change:
    """One layer under one move: its stride so far, how much its output changed, and how much is left once moved back.

    `left` is None for an output without places.
    """

    name: str
    stride: int | None
    changed: float
    left: float | None


@torch.no_grad()
def equivariance(
    tree: Sequential, net: nn.Module, images: Tensor, columns: int, border: Border = "zeros"
) -> list[Change]:
    """The change of each part of `net` when `images` move right by `columns`; the object must stay in the frame.

    `left` compares with the output moved by whole cells, by as many as fit best. `border` says what is compared:
    `"zeros"` the whole map, `"inside"` only units whose fields, before and after, touch no padding, `"circular"` the
    whole map of the same network with borders that wrap around, without padding in between.
    """
    moved = torch.roll(images, columns, 3)
    with _wrapped(net, border == "circular"):
        before, after = activations(net, images), activations(net, moved)
    fields = {name: field.axes[1] for name, _, field in growth(tree, images.shape[1:])}
    rows = []
    for name, axis in fields.items():
        f, g = before[name], after[name]
        changed = _relative(g - f, f)
        left = None
        if axis is not None:
            keep = _inside(axis, f.shape[3], images.shape[3], columns) if border == "inside" else None
            left = min(_left(f, g, cells, keep) for cells in _nearest(columns, axis.stride))
        rows.append(Change(name, axis and axis.stride, changed, left))
    return rows


def _relative(difference: Tensor, f: Tensor) -> float:
    sizes = f.flatten(1).norm(dim=1)
    return float((difference.flatten(1).norm(dim=1) / sizes)[sizes > 0].mean())


def _nearest(columns: int, stride: int) -> set[int]:
    return {columns // stride, -(-columns // stride)}


def _left(f: Tensor, g: Tensor, cells: int, keep: Tensor | None) -> float:
    difference, reference = g - torch.roll(f, cells, 3), torch.roll(f, cells, 3)
    if keep is not None:
        difference, reference = difference[..., keep], reference[..., keep]
    return _relative(difference, reference)


def _inside(axis: Axis, cells: int, size: int, columns: int) -> Tensor:
    starts = [place * axis.stride - axis.padding for place in range(cells)]
    shift = -(-abs(columns) // axis.stride)
    clear = [start >= 0 and start + axis.size <= size for start in starts]
    return torch.tensor([clear[i] and i >= shift and clear[i - shift] for i in range(cells)])


class _wrapped:
    """Inside, every convolution of `net` that pads wraps around instead, if asked."""

    def __init__(self, net: nn.Module, asked: bool) -> None:
        self.convs = [m for m in net.modules() if isinstance(m, nn.Conv2d)] if asked else []

    def __enter__(self) -> None:
        self._set("circular")

    def __exit__(self, *_: object) -> None:
        self._set("zeros")

    def _set(self, mode: Literal["zeros", "circular"]) -> None:
        for conv in self.convs:
            conv.padding_mode = mode
