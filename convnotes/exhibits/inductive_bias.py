"""Exhibits of the chapter on inductive bias."""

from math import prod

from convnotes.cost import macs, parameters
from convnotes.exhibits.kit import Rows, Table, source
from convnotes.layers import Conv2d, Linear
from convnotes.shapes import output_shape


def counted_steps() -> Table:
    """From dense to convolutional in two steps, the output staying the same: locality saves work, sharing does not.

    Three layers from (3, 224, 224) to (64, 224, 224). The dense layer has 483,385,147,392 weights and takes as many
    MACs. Locality, 3×3 windows, leaves 86,704,128 of both, 5,575.1 times fewer. Sharing leaves 1,728 weights, 50,176
    times fewer, and the same 86,704,128 MACs.
    """
    photo = (3, 224, 224)
    convolution = Conv2d(3, 64, kernel_size=3, padding=1, bias=False)
    dense = parameters(Linear(prod(photo), prod(output_shape(convolution, photo)), bias=False))
    local, shared = macs(convolution, photo), parameters(convolution)  # local: a weight for each multiplication
    rows: Rows = [
        ["dense", None, dense, None, dense],
        ["locally connected", "locality", local, dense / local, local],
        ["convolution", "sharing", shared, local / shared, local],
    ]
    header = ["layer", "step", "weights", "times fewer", "MACs"]
    both = f"Both steps together: {dense / shared:,.1f} times fewer."
    note = f"All three turn (3, 224, 224) into (64, 224, 224). No biases. {both}"
    return Table(header, rows, formats={"times fewer": ",.1f"}, note=note)


PUBLISHED = (
    ("ViT-B/16", "ImageNet-1k", 77.9, 384, "table 5; fine-tuned on ImageNet-1k", "dosovitskiy2021"),
    ("ViT-B/16", "JFT-300M", 84.15, 384, "table 5; fine-tuned on ImageNet-1k", "dosovitskiy2021"),
    ("DeiT-B", "ImageNet-1k", 81.8, 224, "table 7; no distillation", "touvron2021"),
    ("DeiT-B", "ImageNet-1k", 83.1, 384, "abstract; fine-tuned at 384, no distillation", "touvron2021"),
)


def published_accuracy() -> Table:
    """One architecture, other data, another recipe: ImageNet-1k top-1 accuracy as published, one crop.

    Four rows, all of the same transformer, in per cent. ViT-B/16 trained on ImageNet-1k alone: 77.9; after JFT-300M:
    84.15. DeiT-B, which is ViT-B/16 with another training recipe, on ImageNet-1k alone: 81.8 at 224 pixels and 83.1 at
    384.
    """
    rows: Rows = [[*row[:3], f"{row[3]} × {row[3]}", row[4], source(row[5])] for row in PUBLISHED]
    header = ["model", "trained on", "top-1", "tested at", "where", "source"]
    note = "ImageNet validation set, one crop. The weights that DeiT's authors publish for 384 reach 82.9."
    return Table(header, rows, units={"top-1": "%"}, formats={"top-1": ".4g"}, note=note)
