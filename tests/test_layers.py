"""Layers as values: what they accept, how they compare, what they say."""

import numpy as np
import pytest
import torch

from convnotes import layers, tree
from convnotes.layers import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Linear,
    LocalResponseNorm,
    MaxPool2d,
    Parallel,
    RadialBasis,
    ReLU,
    Residual,
    Sequential,
    TableConv2d,
)
from convnotes.layers.base import Window, pair


def test_a_pair_of_equals_is_the_int():
    assert Conv2d(1, 1, (3, 3), [2, 2], (1, 1)) == Conv2d(1, 1, 3, 2, 1)
    assert AdaptiveAvgPool2d((7, 7)) == AdaptiveAvgPool2d(7)


def test_equal_layers_hash_alike_and_kinds_differ():
    assert len({MaxPool2d(2), MaxPool2d((2, 2)), AvgPool2d(2)}) == 2
    assert AdaptiveAvgPool2d(1) != AdaptiveMaxPool2d(1)
    assert Sequential(ReLU(), ReLU()) != Parallel(ReLU(), ReLU())


def test_a_table_of_lists_and_foreign_integers_is_the_table_of_tuples():
    plain = TableConv2d(3, ((0, 1), (1,)), 5)
    assert TableConv2d(3, [[0, np.int8(1)], [np.int64(1)]], 5) == plain
    assert hash(TableConv2d(3, [[0, 1], [1]], 5)) == hash(plain)


def test_numbers_are_kept_as_they_are_given():
    assert repr(LocalResponseNorm(5, alpha=5e-4, k=2)) == "LocalResponseNorm(size=5, alpha=0.0005, k=2)"
    assert Dropout(0).p == 0 and LocalResponseNorm(5, k=10**400).k == 10**400


def test_a_window_is_plain_unless_said():
    assert Window(3) == Window(3, 1, (0, 0), 1, False) and Window(3).output_size(5) == 3


def test_a_layer_cannot_be_changed():
    with pytest.raises(AttributeError):
        Conv2d(1, 1, 3).stride = 2


@pytest.mark.parametrize(
    "layer",
    [
        Conv2d(4, 4, (1, 7), padding=(0, 3), groups=2, bias=False),
        ConvTranspose2d(4, 4, 2, stride=2, dilation=(1, 2)),
        Sequential(Residual(ReLU(), Conv2d(4, 4, 1)), last=AdaptiveMaxPool2d((None, 3))),
        Parallel(MaxPool2d(3, stride=1, ceil_mode=True), a=Dropout(0.25)),
    ],
)
def test_repr_makes_the_layer_again(layer):
    assert eval(repr(layer), vars(layers)) == layer


@pytest.mark.parametrize("kind", ["Conv2d", "ConvTranspose2d", "AvgPool2d", "BatchNorm2d", "Linear", "Dropout"])
def test_positions_and_defaults_are_those_of_torch(kind):
    values = (4, 4, 2, 2, 1)[: {"AvgPool2d": 2, "BatchNorm2d": 1, "Linear": 2, "Dropout": 0}.get(kind, 5)]
    ours, theirs = getattr(layers, kind)(*values), getattr(torch.nn, kind)(*values)
    for name in ours.__dataclass_fields__:
        given = getattr(theirs, name)
        given = given is not None if name == "bias" else given
        same = getattr(ours, name)
        assert same == given or (isinstance(given, tuple) and pair(name, same, 0) == given), name


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: pair("stride", [1]), ValueError, "stride must be an integer or a pair (height, width), got (1,)"),
        (lambda: Conv2d(3, 8, (3, 0)), ValueError, "kernel_size must be at least 1, got 0"),
        (lambda: Conv2d(3, 8, None), TypeError, "kernel_size must be an integer, got None"),
        (lambda: Conv2d(3, 8, 3, stride=0.5), TypeError, "stride must be an integer, got 0.5"),
        (lambda: Conv2d(3, 8, 3, stride=(1, 2, 1)), ValueError,
         "stride must be an integer or a pair (height, width), got (1, 2, 1)"),
        (lambda: Conv2d(3, 8, 3, padding=-1), ValueError, "padding must be at least 0, got -1"),
        (lambda: Conv2d(3, 8, 3, dilation=0), ValueError, "dilation must be at least 1, got 0"),
        (lambda: Conv2d(3, 8, 3, groups=0), ValueError, "groups must be at least 1, got 0"),
        (lambda: Conv2d(0, 8, 3), ValueError, "in_channels must be at least 1, got 0"),
        (lambda: Conv2d(4, 6, 3, groups=4), ValueError, "out_channels=6 is not divisible by groups=4"),
        (lambda: Conv2d(3, 8, 3, bias=2), TypeError, "bias must be True or False, got 2"),
        (lambda: Conv2d(3, 8, 3, padding="full"), ValueError,
         "padding must be an integer, a pair, 'same' or 'valid', got 'full'"),
        (lambda: Conv2d(3, 8, 3, stride=2, padding="same"), ValueError,
         "padding='same' needs stride=1, got stride=2; give the padding as a number"),
        (lambda: ConvTranspose2d(3, 8, 3, output_padding=-1), ValueError, "output_padding must be at least 0, got -1"),
        (lambda: MaxPool2d(2, padding="same"), ValueError,
         "padding of a pooling layer must be an integer or a pair, got 'same'"),
        (lambda: MaxPool2d(2, ceil_mode=1), TypeError, "ceil_mode must be True or False, got 1"),
        (lambda: MaxPool2d((2, 4), padding=2), ValueError,
         "padding=2 is more than half of kernel_size=2: a window could lie in the padding alone"),
        (lambda: AdaptiveAvgPool2d(None), TypeError,
         "output_size must be an integer or a pair, got None; None in a pair keeps an axis"),
        (lambda: AdaptiveAvgPool2d((1, 2, 3)), ValueError,
         "output_size must be an integer or a pair (height, width), got (1, 2, 3)"),
        (lambda: BatchNorm2d(0), ValueError, "num_features must be at least 1, got 0"),
        (lambda: BatchNorm2d(8, affine="no"), TypeError, "affine must be True or False, got 'no'"),
        (lambda: RadialBasis(0, 0), ValueError, "in_features must be at least 1, got 0"),  # the first that is wrong
        (lambda: Linear(10, 0), ValueError, "out_features must be at least 1, got 0"),
        (lambda: Linear(10, 10, bias=10), TypeError, "bias must be True or False, got 10"),
        (lambda: Dropout(2), ValueError, "p must be a probability, from 0 to 1, got 2"),
        (lambda: Dropout(-0.5), ValueError, "p must be a probability, from 0 to 1, got -0.5"),
        (lambda: Dropout("half"), TypeError, "p must be a number, got 'half'"),
        (lambda: Dropout(True), TypeError, "p must be a number, got True"),
        (lambda: Dropout(float("nan")), ValueError, "p must be a finite number, got nan"),
        (lambda: LocalResponseNorm(5, alpha="x", k=None), TypeError, "alpha must be a number, got 'x'"),
        (lambda: LocalResponseNorm(5, beta=True), TypeError, "beta must be a number, got True"),
        (lambda: LocalResponseNorm(5, k=float("inf")), ValueError, "k must be a finite number, got inf"),
        (lambda: TableConv2d(3, ((0.0, 1.0), (True,)), 5), TypeError, "table row 0 must be an integer, got 0.0"),
        (lambda: TableConv2d(3, ((0, 1), (True,)), 5), TypeError, "table row 1 must be an integer, got True"),
        (lambda: TableConv2d(3, 5, 5), TypeError,
         "table must list the input maps of each output map, such as ((0, 1), (1, 2)), got 5"),
        (lambda: TableConv2d(3, (0, 1), 5), TypeError,
         "table must list the input maps of each output map, such as ((0, 1), (1, 2)), got (0, 1)"),
        (lambda: TableConv2d(3, (), 5), ValueError, "rows of table must be at least 1, got 0"),
        (lambda: TableConv2d(3, ((0,), ()), 5), ValueError,
         "table row 1 must list input maps from 0 to 2, each once and in order, got ()"),
        (lambda: TableConv2d(3, ((-1, 0),), 5), ValueError,
         "table row 0 must list input maps from 0 to 2, each once and in order, got (-1, 0)"),
        (lambda: Conv2d(3, 8, 3, stride=None), TypeError, "stride must be an integer, got None"),
        (lambda: Parallel(), ValueError, "Parallel needs at least one layer, got none; Identity() does nothing"),
        (lambda: Sequential([ReLU()]), TypeError,
         "Sequential part '0' must be a convnotes layer, got [ReLU()] (list); see convnotes.layers"),
        (lambda: Sequential(**{"a.b": ReLU()}), ValueError,
         "Sequential part 'a.b' must be named as a Python variable could be"),
        (lambda: Sequential(ReLU(), **{"0": ReLU()}), ValueError,
         "Sequential part '0' must be named as a Python variable could be"),
        (lambda: Residual(ReLU), TypeError,
         "Residual body must be a convnotes layer, got <class 'convnotes.layers.elementwise.ReLU'> (type); "
         "see convnotes.layers"),
        (lambda: layers.Gate(ReLU), TypeError,
         "Gate body must be a convnotes layer, got <class 'convnotes.layers.elementwise.ReLU'> (type); "
         "see convnotes.layers"),
        (lambda: Residual(ReLU(), None), TypeError,
         "Residual shortcut must be a convnotes layer, got None (NoneType); see convnotes.layers"),
        (lambda: list(tree.leaves(None)), TypeError,
         "network must be a convnotes layer, got None (NoneType); see convnotes.layers"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == message
