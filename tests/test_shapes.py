"""Shapes against torch: whatever it accepts or refuses, with the size that it gives."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import example, given, settings

from convnotes import layers
from convnotes.experiments.build import build
from convnotes.layers import AdaptiveAvgPool2d, Conv2d, Flatten, Linear, Parallel, Residual, Sequential
from convnotes.shapes import check_shape, layer_shapes, output_shape
from tests.strategies import pairs, stacks, torch_shape, verdict

pytestmark = [
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning"),  # it costs torch a copy
    pytest.mark.filterwarnings("ignore:Initializing zero-element tensors:UserWarning"),  # before torch refuses them
]

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 9), st.integers(1, 9))
# Beyond what is valid on purpose. A dilation of 0 is left out: torch accepts it in transposed convolutions alone.
SIZES = {"kernel_size": pairs(0, 5), "stride": pairs(0, 3), "padding": pairs(-1, 4)}
CHANNELS = {
    "in_channels": st.integers(0, 4),
    "out_channels": st.sampled_from([0, 1, 2, 4, 6]),
    "groups": st.integers(0, 3),
    "bias": st.booleans(),
}
POOL = {**SIZES, "stride": st.none() | SIZES["stride"], "ceil_mode": st.booleans()}
KINDS = {
    "Conv2d": {**SIZES, **CHANNELS, "padding": SIZES["padding"] | st.sampled_from(["same", "valid", "full"])},
    "ConvTranspose2d": {**SIZES, **CHANNELS, "output_padding": pairs(-1, 2), "dilation": pairs(1, 3)},
    "MaxPool2d": {**POOL, "dilation": pairs(0, 3)},
    "AvgPool2d": POOL,
    "AdaptiveAvgPool2d": {"output_size": st.none() | st.tuples(*[st.none() | st.integers(0, 9)] * 2)},
    "AdaptiveMaxPool2d": {"output_size": st.integers(0, 9)},
    "BatchNorm2d": {"num_features": st.integers(0, 4)},
}
KINDS["Conv2d"]["dilation"] = pairs(0, 3)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=120)
@given(data=st.data())
def test_a_layer_is_accepted_and_sized_as_torch_does(kind, data):
    arguments = data.draw(st.fixed_dictionaries(KINDS[kind]))
    shape = data.draw(SHAPES)
    if arguments.get("in_channels"):
        shape = (arguments["in_channels"], *shape[1:])
    theirs = torch_shape(lambda: getattr(torch.nn, kind)(**arguments).eval(), shape)
    assert verdict(lambda: output_shape(getattr(layers, kind)(**arguments), shape)) == theirs


def test_a_dilated_pool_is_padded_by_half_its_kernel_size_at_most():
    """torch compares the padding with the kernel's size, not with its span."""
    with pytest.raises(RuntimeError, match="half of kernel size"):
        torch.nn.MaxPool2d(3, padding=2, dilation=2)(torch.zeros(1, 1, 9, 9))
    with pytest.raises(ValueError, match="padding=2 is more than half of kernel_size=3"):
        layers.MaxPool2d(3, padding=2, dilation=2)


@settings(max_examples=50)
@given(stacks(), st.integers(1, 24), st.integers(1, 24))
@example(Sequential(Conv2d(2, 2, 4, padding="same"), layers.MaxPool2d(2, ceil_mode=True)), 5, 6)
def test_a_network_is_accepted_and_sized_as_torch_does(net, height, width):
    ours = verdict(lambda: output_shape(net, (2, height, width)))
    assert ours == torch_shape(lambda: build(net), (2, height, width))


@settings(max_examples=30)
@given(stacks())
def test_every_row_of_a_trace_is_what_the_module_of_that_name_sees(net):
    module, seen = build(net).eval(), {}

    def note(name):
        return lambda _, inputs, output: seen.update({name: (inputs[0].shape[1:], output.shape[1:])})

    for name, part in module.named_modules():
        part.register_forward_hook(note(name))
    if verdict(lambda: output_shape(net, (2, 20, 17))) != "refused":
        module(torch.zeros(1, 2, 20, 17))
        for row in layer_shapes(net, (2, 20, 17)):
            assert (row.input, row.output) == tuple(map(tuple, seen[row.name]))


@pytest.mark.parametrize(
    ("layer", "shape", "error", "message"),
    [
        (layers.UnitBias(2, 3, 4), (2, 4, 3), ValueError,
         "UnitBias: has one bias for each unit of (2, 3, 4), got shape (2, 4, 3)"),
        (layers.Gate(layers.AdaptiveAvgPool2d(2)), (2, 5, 5), ValueError,
         "Gate: body gives (2, 2, 2); it must give (2, 5, 5) or (2, 1, 1) to weigh its input"),
        (layers.Subsampling2d(3, 2), (8, 4, 4), ValueError, "Subsampling2d: expects 3 channels (channels), got shape "
         "(8, 4, 4)"),
        (layers.LayerScale(3), (8, 1, 1), ValueError,
         "LayerScale: expects 3 channels (num_features), got shape (8, 1, 1)"),
        (layers.LocalResponseNorm(3), (8,), ValueError,
         "LocalResponseNorm: expects a feature map (C, H, W), got shape (8,)"),
        (Flatten(), (3, 0, 2), ValueError, "each size of a shape must be at least 1, got 0"),
        (Flatten(), "abc", TypeError, "a shape is (C, H, W) or (features,), got 'abc'"),
        (Flatten(), 3, TypeError, "a shape is (C, H, W) or (features,), got 3"),
        (Flatten(), (3, 2.5, 2), TypeError, "each size of a shape must be an integer, got 2.5"),
        (Conv2d(3, 8, 1), (8,), ValueError, "Conv2d: expects a feature map (C, H, W), got shape (8,)"),
        (layers.ConvTranspose2d(3, 8, 1), (8, 1, 1), ValueError,
         "ConvTranspose2d: expects 3 channels (in_channels), got shape (8, 1, 1)"),
        (layers.BatchNorm2d(3), (8, 1, 1), ValueError,
         "BatchNorm2d: expects 3 channels (num_features), got shape (8, 1, 1)"),
        (Linear(3, 8), (4,), ValueError, "Linear: expects (3,) (in_features), got shape (4,)"),
        (Sequential(Residual(Conv2d(2, 4, 1))), (2, 5, 5), ValueError,
         "0 (Residual): body gives (4, 5, 5) and shortcut (2, 5, 5); only equal shapes can be added"),
        (Parallel(Conv2d(2, 4, 1), Conv2d(2, 4, 3)), (2, 5, 5), ValueError,
         "Parallel: branches give (4, 5, 5), (4, 3, 3); heights and widths must agree"),
        (Parallel(Flatten(), Flatten()), (2, 5, 5), ValueError,
         "Parallel: branches give (50,), (50,); heights and widths must agree"),
        (Sequential(a=Residual(Sequential(Conv2d(2, 2, 9)))), (2, 5, 5), ValueError,
         "a.body.0 (Conv2d): kernel_size=9 with dilation=1 spans 9 cells, but the input has 5 (size 5, padding 0 + 0)"),
        (layers.Layer(), (2, 5, 5), TypeError, "Layer: no shape rule for Layer; add a case to convnotes.shapes.step"),
        ("vgg16", (2, 5, 5), TypeError, "network must be a convnotes layer, got 'vgg16' (str); see convnotes.layers"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(layer, shape, error, message):
    with pytest.raises(error) as caught:
        output_shape(layer, shape)
    assert str(caught.value) == message


def test_a_shape_may_be_a_list_or_a_torch_size():
    assert check_shape([3, 4, 5]) == check_shape(torch.Size([3, 4, 5])) == (3, 4, 5)


def test_none_keeps_an_axis():
    assert output_shape(AdaptiveAvgPool2d((None, 1)), (3, 5, 7)) == (3, 5, 1)
