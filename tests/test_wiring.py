"""Depth, units and connections, by hand."""

import pytest

from convnotes.layers import (
    AdaptiveAvgPool2d,
    Conv2d,
    Flatten,
    Gate,
    Linear,
    Parallel,
    RadialBasis,
    ReLU,
    Residual,
    Sequential,
    Subsampling2d,
    TableConv2d,
    UnitBias,
)
from convnotes.wiring import connections, depth, units

SAME = Conv2d(2, 2, 3, padding=1)


@pytest.mark.parametrize(
    ("net", "expected"),
    [
        (ReLU(), 0),
        (Gate(Sequential(SAME, SAME)), 0),  # what weighs a path is not on it
        (Sequential(SAME, Gate(Sequential(AdaptiveAvgPool2d(1), Conv2d(2, 2, 1))), SAME), 2),
        (Residual(SAME, Sequential(SAME, SAME)), 2),
        (Parallel(Sequential(SAME, SAME, SAME), SAME), 3),
        (Sequential(TableConv2d(2, ((0,), (1,)), 3), Flatten(), Linear(8, 4), RadialBasis(4, 2)), 3),
    ],
)
def test_depth_counts_the_longest_path_and_no_gate(net, expected):
    assert depth(net) == expected


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (Conv2d(2, 3, 3, bias=False), (2, 5, 5), 27 * 18),
        (Conv2d(2, 3, 3), (2, 5, 5), 27 * 19),
        (TableConv2d(2, ((0,), (0, 1)), 3), (2, 5, 5), 9 * (10 + 19)),
        (Linear(4, 3), (4,), 15),
        (RadialBasis(4, 3), (4,), 12),
        (Subsampling2d(2, (2, 3)), (2, 4, 6), 8 * 7),
        (UnitBias(2, 3, 4), (2, 3, 4), 24),
        (ReLU(), (2, 3, 4), 0),
        (Flatten(), (2, 3, 4), 0),
    ],
)
def test_connections_by_hand(layer, shape, expected):
    assert connections(layer, shape) == expected


def test_units_are_what_weighted_layers_give():
    assert units(Sequential(SAME, ReLU(), Flatten(), Linear(50, 4)), (2, 5, 5)) == 54
