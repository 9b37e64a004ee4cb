"""Receptive fields against what a gradient reaches.

The oracle: a network with positive weights, whose maxima are sums and whose ReLUs pass everything, has a non-zero
gradient exactly where a unit depends on the input.
"""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import assume, example, given, settings

from convnotes.experiments.build import build
from convnotes.layers import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Flatten,
    Layer,
    Linear,
    MaxPool2d,
    Parallel,
    ReLU,
    Residual,
    Sequential,
)
from convnotes.receptive_field import Axis, growth, receptive_field
from convnotes.shapes import output_shape
from tests.strategies import pairs, stacks

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")

SIDE = 60


class _Sum(torch.nn.Module):
    """The sum over a max-pool's square window, so that each cell of it counts, not only the largest."""

    def __init__(self, pool: torch.nn.MaxPool2d) -> None:
        super().__init__()
        self.pool = pool

    def forward(self, x):
        pool, channels = self.pool, x.shape[1]
        if pool.ceil_mode:  # room after the map for the last window, and for some that the pool does not have
            x = torch.nn.functional.pad(x, (0, 16, 0, 16))
        ones = torch.ones(channels, 1, pool.kernel_size, pool.kernel_size, dtype=x.dtype)
        return torch.nn.functional.conv2d(x, ones, None, pool.stride, pool.padding, pool.dilation, channels)


def linear(layer: Layer) -> torch.nn.Module:
    """`layer` as a module whose gradient is positive wherever there is a path."""
    module = build(layer).double().eval()
    for name, part in list(module.named_modules()):
        if isinstance(part, torch.nn.ReLU | torch.nn.MaxPool2d):
            new = _Sum(part) if isinstance(part, torch.nn.MaxPool2d) else torch.nn.Identity()
            module.set_submodule(name, new)
    for parameter in module.parameters():
        torch.nn.init.constant_(parameter, 0.5)
    return module


def support(module: torch.nn.Module, place: tuple[int, int], size: tuple[int, int]) -> tuple[range, range]:
    """Rows and columns, from first to last, of the cells that reach the unit at `place`."""
    image = torch.ones(1, 2, *size, dtype=torch.float64, requires_grad=True)
    module(image)[0, :, place[0], place[1]].sum().backward()
    reached = image.grad[0].sum(0).nonzero()
    if not len(reached):  # at the border: nothing but padding
        return range(0), range(0)
    low, high = reached.min(0).values.tolist(), reached.max(0).values.tolist()
    return range(low[0], high[0] + 1), range(low[1], high[1] + 1)


def inside(region: range, size: int) -> range:
    return range(max(region.start, 0), min(region.stop, size))


def same(kernel_size) -> Conv2d:
    return Conv2d(2, 2, kernel_size, padding="same")


def narrow(kernel_size) -> MaxPool2d:
    return MaxPool2d(kernel_size, stride=1)


@settings(max_examples=40)
@given(stacks(depth=1, stride=2), st.data())
def test_region_is_the_support_of_the_gradient(net, data):
    """Exactly for a unit that reads no padding; never more than the region for a unit at the border."""
    net = Sequential(net, ReLU())
    _, height, width = output_shape(net, (2, SIDE, SIDE))
    field, module = receptive_field(net), linear(net)
    assume(max(field.size) < SIDE)
    place = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    for at in (place, (height // 2, width // 2)):
        found, region = support(module, at, (SIDE, SIDE)), field.region(*at)
        seen = tuple(inside(cells, SIDE) for cells in region)
        assert found == region if seen == region else all(set(a) <= set(b) for a, b in zip(found, seen, strict=True))


@settings(max_examples=40)
@given(st.lists(st.integers(1, 4).map(narrow) | pairs(1, 4).map(same), min_size=1, max_size=4))
@example([same((1, 4)), narrow(4)])
def test_field_at_the_border_is_the_region_cut_off(parts):
    """Undilated layers at stride 1 leave no gap, so that even a border unit reads all of its region in the input."""
    net = Sequential(*parts)
    module, field = linear(net), receptive_field(net)
    _, height, width = output_shape(net, (2, 24, 24))
    for at in ((0, 0), (height - 1, width - 1)):
        assert support(module, at, (24, 24)) == tuple(inside(region, 24) for region in field.region(*at))


@settings(max_examples=30)
@given(stacks(depth=2, stride=2))
def test_growth_ends_at_the_receptive_field(net):
    (*_, (_, _, last)) = growth(Sequential(net, ReLU()))
    assert last == receptive_field(net)


def test_a_stride_1_transposed_convolution_has_a_field():
    net = Sequential(Conv2d(2, 2, 3, stride=2), ConvTranspose2d(2, 2, (3, 2), padding=(0, 1), dilation=(1, 2)))
    field, module = receptive_field(net), linear(net)
    assert support(module, (8, 8), (SIDE, SIDE)) == field.region(8, 8)


def test_adaptive_pooling_to_equal_windows_has_a_field():
    net = Sequential(Conv2d(2, 2, 3, padding=1), AdaptiveAvgPool2d((4, None)))
    field = receptive_field(net, (2, 24, 24))
    assert field.size == (8, 3) and field.stride == (6, 1)
    assert support(linear(net), (2, 5), (24, 24)) == field.region(2, 5)


@pytest.mark.parametrize("last", [AdaptiveAvgPool2d(1), Sequential(Flatten(), Linear(2 * 24 * 24, 7))])
def test_a_layer_that_reads_everything_says_so(last):
    net = Sequential(Residual(Conv2d(2, 2, 3, padding=1)), last, ReLU())
    field = receptive_field(net)
    assert field.whole and field.centre == (None, None) and field.region(0, 0) == (None, None)


def test_whole_along_one_axis_only():
    field = receptive_field(
        Sequential(AdaptiveAvgPool2d((1, None)), Conv2d(2, 2, 3), ConvTranspose2d(2, 2, (2, 1), (2, 1)))
    )
    assert not field.whole
    assert field.region(0, 4) == (None, range(4, 7))


def test_flattening_keeps_what_a_number_depends_on():
    assert receptive_field(Sequential(Conv2d(2, 2, 3), Flatten(), BatchNorm2d(2))) == receptive_field(Conv2d(2, 2, 3))


def test_the_hull_holds_a_branch_that_starts_earlier_and_one_that_ends_later():
    early, late = Conv2d(2, 2, 3, padding=2), Conv2d(2, 2, 5, padding=0)
    field = receptive_field(Sequential(Parallel(Sequential(early, AvgPool2d(3, 1)), Sequential(late, Conv2d(2, 2, 1)))))
    assert field.region(0, 0) == (range(-2, 5), range(-2, 5)) and not field.aligned


def test_an_even_same_kernel_beside_its_input_is_not_aligned():
    assert receptive_field(Residual(Conv2d(2, 2, 3, padding="same"))).aligned
    assert not receptive_field(Sequential(Residual(Conv2d(2, 2, 4, padding="same")), ReLU())).aligned


@pytest.mark.parametrize(("kernel_size", "aligned"), [((2, 1), False), ((1, 2), False), (1, True)])
def test_branches_are_aligned_only_along_both_axes(kernel_size, aligned):
    net = Parallel(Conv2d(2, 2, kernel_size, stride=2), Conv2d(2, 2, 1, stride=2))
    assert receptive_field(net).aligned is aligned
    assert receptive_field(Sequential(net, Conv2d(4, 4, 1))).aligned is aligned


def test_centre_of_a_lopsided_field_lies_between_cells():
    assert receptive_field(Conv2d(2, 2, (4, 3), padding="same")).centre == (0.5, 0.0)
    assert Axis(7, 2, 3).centre == 0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: receptive_field(None), TypeError,
         "network must be a convnotes layer, got None (NoneType); see convnotes.layers"),
        (lambda: receptive_field(Sequential(a=Layer())), TypeError,
         "a (Layer): no receptive-field rule for Layer; add a case to convnotes.receptive_field"),
        (lambda: receptive_field(ConvTranspose2d(2, 2, 3, stride=2)), ValueError,
         "ConvTranspose2d: stride=2 makes neighbouring units read different numbers of input cells, so no single size "
         "is right"),
        (lambda: receptive_field(AdaptiveAvgPool2d(7), (3, 10, 14)), ValueError,
         "AdaptiveAvgPool2d: 10 cells do not divide into 7 equal windows, so units read different numbers of cells"),
        (lambda: receptive_field(Residual(Conv2d(2, 2, 1, stride=2))), ValueError,
         "Residual: branches have strides 2, 1; they must be equal"),
        (lambda: receptive_field(Residual(Conv2d(2, 2, 3)), (2, 8, 8)), ValueError,
         "Residual: body gives (2, 6, 6) and shortcut (2, 8, 8); only equal shapes can be added"),
        (lambda: receptive_field(Conv2d(2, 2, 3), (8, 8)), ValueError,
         "a shape is (C, H, W) or (features,), got (8, 8)"),
        (lambda: receptive_field(Conv2d(2, 2, 3), gates="no"), TypeError, "gates must be True or False, got 'no'"),
        (lambda: growth(Conv2d(2, 2, 3), gates=1), TypeError, "gates must be True or False, got 1"),
        (lambda: receptive_field(Conv2d(2, 2, 3)).region(-1, 0), ValueError, "row must be at least 0, got -1"),
        (lambda: receptive_field(Conv2d(2, 2, 3)).region(0, 0.5), TypeError, "column must be an integer, got 0.5"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
