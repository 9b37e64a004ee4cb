"""Parameters, buffers and MACs against torch's own modules and counter."""

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from torch.utils.flop_counter import FlopCounterMode

from convnotes import cost
from convnotes.experiments.build import build
from convnotes.layers import (
    AdaptiveMaxPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Flatten,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
)
from convnotes.shapes import output_shape
from tests.strategies import stacks, verdict

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")

TRANSPOSED = Sequential(
    ConvTranspose2d(2, 6, (3, 2), stride=2, padding=1, groups=2), ConvTranspose2d(6, 2, 3, bias=False)
)
ends = st.sampled_from(
    [ReLU(), BatchNorm2d(2), BatchNorm2d(2, affine=False), BatchNorm2d(2, track_running_stats=False)]
)
heads = st.sampled_from(
    [Flatten(), Sequential(AdaptiveMaxPool2d(2), Flatten(), Linear(8, 5), Linear(5, 3, bias=False))]
)
networks = st.builds(Sequential, st.just(TRANSPOSED), stacks(stride=2), ends, heads)


def described(net: Layer) -> torch.nn.Module:
    """The module of `net` without numbers: torch counts them all the same."""
    with torch.device("meta"):
        return build(net).eval()


@settings(max_examples=30)
@given(networks)
def test_parameters_and_buffers_are_those_of_torch(net):
    module = described(net)
    parameters = dict(module.named_parameters())
    assert cost.parameters(net) == sum(p.numel() for p in parameters.values())
    assert cost.parameters(net, bias=False) == sum(p.numel() for n, p in parameters.items() if not n.endswith("bias"))
    assert cost.buffers(net) == sum(b.numel() for b in module.buffers())


@settings(max_examples=25)
@given(networks)
def test_macs_are_half_of_what_torch_counts_as_flops(net):
    shape = (2, 12, 10)
    assume(verdict(lambda: output_shape(net, shape)) != "refused")
    module = described(net)
    with FlopCounterMode(display=False) as counter:
        module(torch.zeros(1, *shape, device="meta"))
    assert 2 * cost.macs(net, shape) == counter.get_total_flops()


@settings(max_examples=15)
@given(networks)
def test_activations_are_the_numbers_that_torch_modules_of_these_kinds_return(net):
    shape, written = (2, 12, 10), []
    assume(verdict(lambda: output_shape(net, shape)) != "refused")
    module = described(net)
    for part in module.modules():
        if type(part).__name__.endswith(("Conv2d", "Transpose2d", "Pool2d", "Linear")):
            part.register_forward_hook(lambda *call: written.append(call[2].numel()))
    module(torch.zeros(1, *shape, device="meta"))
    assert cost.activations(net, shape) == sum(written)


def test_a_layer_that_stands_twice_is_counted_twice():
    conv = Conv2d(4, 4, 3)
    assert cost.parameters(Sequential(conv, conv)) == 2 * cost.parameters(conv) == 296


def test_small_integers_of_other_libraries_do_not_overflow():
    layers = [kind(*map(np.int8, (100, 100, 3))) for kind in (Conv2d, ConvTranspose2d)]
    assert [cost.parameters(layer) for layer in layers] == [90_100, 90_100]
    assert cost.macs(Linear(np.int8(100), np.int8(100)), [np.int8(100)]) == 10_000


@pytest.mark.parametrize(
    "count", [cost.weights, cost.biases, cost.writes, lambda layer: cost.layer_macs(layer, (), ())]
)
def test_a_layer_without_a_rule_is_never_counted_as_nothing(count):
    with pytest.raises(TypeError, match=r"for Layer; add a case to convnotes\.cost"):
        count(Layer())


def test_taps_on_padding_are_counted_and_biases_are_not():
    assert cost.macs(Conv2d(1, 1, 3, padding=1, bias=True), (1, 1, 1)) == 9


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: cost.parameters(Sequential(Residual(Layer()))), TypeError,
         "no parameter count for Layer; add a case to convnotes.cost.weights"),
        (lambda: cost.parameters(Conv2d(3, 8, 3), bias="no"), TypeError, "bias must be True or False, got 'no'"),
        (lambda: cost.buffers(3), TypeError, "network must be a convnotes layer, got 3 (int); see convnotes.layers"),
        (lambda: cost.macs(MaxPool2d(2), (8,)), ValueError,
         "MaxPool2d: expects a feature map (C, H, W), got shape (8,)"),
        (lambda: cost.activations(Linear(2, 2), (2, 2)), ValueError,
         "a shape is (C, H, W) or (features,), got (2, 2)"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
