"""What EfficientNet-Lite0 makes of the garments of `transfer`: read in blocks, each of them once."""

from base64 import b64decode, b64encode
from functools import cache

import torch
from torch import Tensor, nn

from convnotes.experiments import lite0, transfer_images
from convnotes.experiments.determinism import seeded
from convnotes.experiments.folded import folded
from convnotes.experiments.pieces import piece
from convnotes.experiments.transfer_images import Task

BLOCK = 100  # images of one class whose features are kept together
BATCH = 20  # images that the network reads at once
Block = tuple[Task, int]


def blocks(task: Task, numbers: Tensor) -> set[Block]:
    """Those in which these garments are.

    >>> sorted(blocks("plain", torch.tensor([250, 7, 299])))
    [('plain', 0), ('plain', 2)]
    """
    return {(task, one) for one in (numbers // BLOCK).tolist()}


def trained_features(task: Task, numbers: Tensor) -> Tensor:
    """What Lite0 with its weights gives to its dense layer for these garments, (N, 1280)."""
    wanted = sorted(blocks(task, numbers))
    kept = torch.stack([unpacked(piece(read_block, block), torch.half).reshape(BLOCK, -1) for block in wanted])
    block = torch.searchsorted(torch.tensor([number for _, number in wanted]), numbers // BLOCK)
    return kept[block, numbers % BLOCK].float()


@cache
def trained() -> nn.Module:
    """EfficientNet-Lite0 with its weights, folded."""
    return folded(lite0.trained())


def read_block(block: Block) -> str:
    """The features of the BLOCK garments of one block, as text."""
    task, number = block
    with seeded(0):
        found = features(trained(), task, torch.arange(BLOCK * number, BLOCK * (number + 1)))
    return packed(found.half())


def packed(numbers: Tensor) -> str:
    """The bytes of some numbers as text.

    >>> unpacked(packed(torch.tensor([1.5, -2.0])), torch.float32)
    tensor([ 1.5000, -2.0000])
    """
    return b64encode(numbers.numpy().tobytes()).decode()


def unpacked(text: str, dtype: torch.dtype) -> Tensor:
    """The numbers again, one after another."""
    return torch.frombuffer(bytearray(b64decode(text)), dtype=dtype)


@torch.no_grad()
def features(net: nn.Module, task: Task, numbers: Tensor) -> Tensor:
    """What all layers of `net` but the last make of these garments."""
    body = nn.Sequential(*list(net.children())[:-1])
    parts = numbers.split(BATCH)  # type: ignore[no-untyped-call]
    return torch.cat([body(prepared(transfer_images.shown(task, some))) for some in parts])


def prepared(images: Tensor) -> Tensor:
    """Bytes as the networks read them."""
    return lite0.normalised(images.float() / 255).contiguous(memory_format=torch.channels_last)
