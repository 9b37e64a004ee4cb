"""The torch modules that layers describe."""

import re
from itertools import pairwise

import pytest
import torch

from convnotes import layers
from convnotes.experiments.build import PLAIN, build
from convnotes.layers import BatchNorm2d, Conv2d, Flatten, Linear, Parallel, ReLU, Residual, Sequential
from convnotes.shapes import layer_shapes, output_shape

NET = Sequential(
    stem=Conv2d(3, 8, 3, stride=2, padding=1, bias=False),
    block=Residual(Sequential(Conv2d(8, 8, 3, padding="same"), BatchNorm2d(8), ReLU())),
    mix=Parallel(Conv2d(8, 4, 1), three=Conv2d(8, 4, (1, 3), padding=(0, 1))),
    pool=layers.AdaptiveMaxPool2d(1),
    flatten=Flatten(),
    head=Linear(8, 5),
)


def test_submodules_carry_the_names_of_the_trace():
    names = {name for name, module in build(NET).named_modules() if not list(module.children())}
    assert names == {row.name for row in layer_shapes(NET, (3, 16, 16))}


def test_output_has_the_traced_shape():
    assert tuple(build(NET)(torch.zeros(2, 3, 16, 16)).shape) == (2, *output_shape(NET, (3, 16, 16)))


def test_residual_adds_and_parallel_concatenates():
    image = torch.arange(8.0).reshape(1, 2, 2, 2) - 3
    assert torch.equal(build(Residual(ReLU()))(image), image.relu() + image)
    assert torch.equal(build(Parallel(ReLU(), layers.Identity()))(image), torch.cat([image.relu(), image], 1))


def test_a_layer_that_stands_twice_has_weights_of_its_own():
    module = build(Sequential(*[Conv2d(2, 2, 1)] * 3))
    assert all(first is not second for first, second in pairwise(module.parameters()))
    assert len(list(module.parameters())) == 6


def test_every_layer_of_the_package_can_be_built():
    plain = {
        kind
        for kind in vars(layers).values()
        if isinstance(kind, type) and issubclass(kind, layers.Layer) and not kind.__subclasses__()
    }
    assert plain - {Sequential, Parallel, Residual, layers.Gate, layers.Norm} == set(PLAIN)


def test_a_layer_without_a_torch_class_is_named():
    message = "no torch module for AdaptivePool2d; add a case to convnotes.experiments.build"
    with pytest.raises(TypeError, match=re.escape(message)):
        build(Sequential(layers.AdaptivePool2d(1)))
