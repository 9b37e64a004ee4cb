"""Layers as plain data: what a network is made of, with no weights and no framework.

Names, argument order and defaults are PyTorch's, so `Conv2d(3, 64, 7, stride=2, padding=3)` reads the same here. Sizes
take an int or a pair `(height, width)`; a pair of equals is kept as one int. A network is a tree: `Sequential`
composes, `Residual` adds, `Parallel` concatenates channels, `Gate` multiplies. Layers are values: equal arguments make
equal layers.
"""

from convnotes.layers.base import Layer
from convnotes.layers.combinators import Combinator, Gate, Parallel, Residual, Sequential, check_layer
from convnotes.layers.convolution import Conv2d, ConvTranspose2d, TableConv2d
from convnotes.layers.dense import Flatten, Linear, RadialBasis
from convnotes.layers.elementwise import GELU, Dropout, Elementwise, Identity, ReLU, Sigmoid, SiLU, Tanh
from convnotes.layers.normalisation import BatchNorm2d, LayerNorm2d, LayerScale, LocalResponseNorm, Norm, UnitBias
from convnotes.layers.pooling import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AdaptivePool2d,
    AvgPool2d,
    MaxPool2d,
    Subsampling2d,
)

__all__ = [
    "GELU",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "AdaptivePool2d",
    "AvgPool2d",
    "BatchNorm2d",
    "Combinator",
    "Conv2d",
    "ConvTranspose2d",
    "Dropout",
    "Elementwise",
    "Flatten",
    "Gate",
    "Identity",
    "Layer",
    "LayerNorm2d",
    "LayerScale",
    "Linear",
    "LocalResponseNorm",
    "MaxPool2d",
    "Norm",
    "Parallel",
    "RadialBasis",
    "ReLU",
    "Residual",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Subsampling2d",
    "TableConv2d",
    "Tanh",
    "UnitBias",
    "check_layer",
]
