"""Two ways to one number: the core's arithmetic on a tree of layers, the trace of the torch module built of it."""

import pytest
import torch

from convnotes.architectures import TIMELINE, find
from convnotes.cost import layer_macs, macs, parameters
from convnotes.experiments.build import build
from convnotes.kept import kept
from convnotes.layers import RadialBasis
from convnotes.receptive_field import growth
from convnotes.shapes import layer_shapes
from convnotes.tracing import memory, trace


def field_of(axes):
    """Size, stride and start along each axis as a trace has them; None along an axis that is read whole."""
    return [axis and (axis.size, axis.stride, -axis.padding) for axis in axes]


def traced(row):
    """The same of a row."""
    if row.size is None or row.stride is None:
        return [None, None]
    return list(zip(row.size, map(int, row.stride), row.start, strict=True))


def work(layer):
    """Multiplications of one row of shapes."""
    return layer_macs(layer.layer, layer.input, layer.output)


def total(report, name, count):
    """Parameters or multiplications of a layer, which may be several rows."""
    return sum(getattr(row, count) for row in report if f"{row.name}.".startswith(f"{name}."))


@pytest.mark.parametrize("architecture", TIMELINE, ids=lambda a: a.name)
def test_the_core_and_the_trace_agree_on_every_layer(architecture):
    small = parameters(architecture.network) < 100_000  # some of these hold tables of numbers
    with torch.device("cpu" if small else "meta"):
        network = build(architecture.network)
    report = trace(network, architecture.input)
    layers = layer_shapes(architecture.network, architecture.input)
    other = sum(
        work(layer) for layer in layers if isinstance(layer.layer, RadialBasis)
    )  # differences squared, no product
    assert report.parameters == parameters(architecture.network)
    assert report.macs + other == macs(architecture.network, architecture.input)
    fields = growth(architecture.network, architecture.input)
    for layer, (name, _, field) in zip(layers, fields, strict=True):
        row = report[name]
        assert row.status != "bound" and row.shape[1:] == layer.output
        assert total(report, name, "parameters") == parameters(layer.layer)
        assert total(report, name, "macs") == (0 if isinstance(layer.layer, RadialBasis) else work(layer))
        unread = architecture.name == "zipcode1989" and row.stride is None  # a small map; none larger has its biases
        if name.startswith("features") and not unread:
            assert (traced(row), row.aligned) == (field_of(field.axes), field.aligned), name
            assert row.whole or not field.whole


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "googlenet", "resnet18", "efficientnet-b0", "convnext-tiny"])
def test_the_core_and_the_trace_agree_on_what_training_keeps(name):
    architecture = find(name)
    small = parameters(architecture.network) < 100_000
    with torch.device("cpu" if small else "meta"):
        network = build(architecture.network)
    held, found = memory(network, architecture.input), kept(architecture.network, architecture.input)
    assert held.saved == sum(found.values())
    own = {leaf: sum(r.saved for r in held.rows if f"{r.name}.".startswith(f"{leaf}.")) for leaf in found}
    gated = name.startswith("efficientnet")  # a gate's product is a row of its own in a trace, none in a ledger
    assert gated or own == found
