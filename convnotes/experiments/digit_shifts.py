"""The kept digit networks, asked about moved digits: what changes in each layer."""

from convnotes.experiments import kept
from convnotes.experiments.equivariance import Border, Change, equivariance
from convnotes.experiments.networks import Pooling, digit_network

CANVAS = 56  # a digit is centred as in training, modulo the total stride of 8, and no field touches both borders


def changes(
    columns: int, border: Border = "inside", pooling: Pooling = "max", trained: bool = True, images: int = 100
) -> list[Change]:
    """Each layer's change when the first test digits of MNIST, on a canvas of 56, move right by `columns`."""
    shown = kept.first_digits(CANVAS)[0][:images]
    return equivariance(digit_network(pooling), kept.digit(pooling, trained), shown, columns, border)
