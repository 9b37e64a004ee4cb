"""The one traversal, on trees that no stack of Python would hold."""

import pytest

from convnotes import cost, receptive_field, shapes, tree, wiring
from convnotes.layers import Conv2d, Gate, Parallel, ReLU, Residual, Sequential


def nested(kind, levels, layer):
    for _ in range(levels):
        layer = kind(layer)
    return layer


@pytest.mark.parametrize("kind", [Sequential, Residual, Parallel])
def test_thousands_of_levels_are_walked(kind):
    net = nested(kind, 3000, Conv2d(2, 2, 3, padding=1))
    assert shapes.output_shape(net, (2, 8, 8)) == (2, 8, 8)
    assert cost.parameters(net) == 38 and wiring.depth(net) == 1
    assert receptive_field.receptive_field(net).size == (3, 3)
    assert sum(isinstance(leaf, Conv2d) for leaf in tree.leaves(net)) == 1
    with pytest.raises(ValueError, match=r"\.(0|body) \(Conv2d\): expects 2 channels"):
        shapes.output_shape(net, (3, 8, 8))


def test_each_branch_starts_from_what_the_combinator_got_and_joins_in_order():
    net = Sequential(ReLU(), Parallel(a=Sequential(ReLU(), ReLU()), b=Gate(ReLU())), last=ReLU())
    seen, joined = [], []

    def join(combinator, ends):
        joined.append((type(combinator).__name__, ends))
        return sum(ends)

    end = tree.thread(net, 1, lambda _, state: state + 1, join, lambda *row: seen.append((row[0], *row[2:])))
    assert seen == [("0", 1, 2), ("1.a.0", 2, 3), ("1.a.1", 3, 4), ("1.b.body", 2, 3), ("1.b.input", 2, 3),
                    ("last", 10, 11)]  # fmt: skip
    assert joined == [("Gate", [3, 3]), ("Parallel", [4, 6])] and end == 11
