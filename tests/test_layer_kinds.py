"""Every kind of layer has its case in every analysis, and a kind without one is named."""

import re
from copy import copy
from dataclasses import FrozenInstanceError, dataclass, fields, replace

import pytest
import torch

from convnotes import cost, layers, wiring
from convnotes.experiments.build import build
from convnotes.kept import kept
from convnotes.layers import Gate, Layer, Residual, Sequential
from convnotes.receptive_field import growth, receptive_field
from convnotes.shapes import output_shape
from convnotes.tracing import memory

MAP, VECTOR = (4, 6, 6), (4,)
EXAMPLES = [
    (layers.Conv2d(4, 2, 3), MAP),
    (layers.TableConv2d(4, ((0, 1), (1, 3), (2,)), 3, stride=2), MAP),
    (layers.ConvTranspose2d(4, 2, 3), MAP),
    (layers.MaxPool2d(2), MAP),
    (layers.AvgPool2d(2), MAP),
    (layers.Subsampling2d(4, 2), MAP),
    (layers.AdaptiveAvgPool2d(1), MAP),
    (layers.AdaptiveMaxPool2d(3), MAP),
    (layers.BatchNorm2d(4), MAP),
    (layers.LayerNorm2d(4), MAP),
    (layers.LocalResponseNorm(3), MAP),
    (layers.LayerScale(4), MAP),
    (layers.UnitBias(4, 6, 6), MAP),
    (layers.Linear(4, 3), VECTOR),
    (layers.RadialBasis(4, 3), VECTOR),
    (layers.Flatten(), MAP),
    (layers.Identity(), MAP),
    (layers.ReLU(), MAP),
    (layers.Sigmoid(), MAP),
    (layers.Tanh(), MAP),
    (layers.SiLU(), MAP),
    (layers.GELU(), MAP),
    (layers.Dropout(), MAP),
]


@dataclass(frozen=True, repr=False)
class Unheard(Layer):
    """A kind that no analysis knows."""


def kinds(base=Layer):
    """Every kind that a network can be made of: the leaves of the class tree in `convnotes.layers`."""
    below = [kind for kind in base.__subclasses__() if kind.__module__.startswith("convnotes.")]
    return {base} if not below else set().union(*map(kinds, below))


def test_the_examples_are_all_the_kinds_there_are():
    combinators = {layers.Sequential, layers.Parallel, layers.Residual, layers.Gate}
    assert {type(layer) for layer, _ in EXAMPLES} == kinds() - combinators


COMBINED = [(kind(layers.ReLU()), MAP) for kind in (layers.Sequential, layers.Parallel, Residual, Gate)]


@pytest.mark.parametrize("layer", [layer for layer, _ in EXAMPLES + COMBINED], ids=lambda layer: type(layer).__name__)
def test_no_kind_can_be_changed_and_each_says_its_name(layer):
    for field in fields(layer):
        with pytest.raises(FrozenInstanceError):
            setattr(layer, field.name, getattr(layer, field.name))
    if not fields(layer):
        with pytest.raises(FrozenInstanceError):
            layer.another = 1
    assert layer == copy(layer) and hash(layer) == hash(copy(layer))
    named = type("Named", (type(layer),), {"__qualname__": "elsewhere.Named"})
    other = copy(layer)
    object.__setattr__(other, "__class__", named)
    assert repr(other) == repr(layer).replace(type(layer).__name__, "Named", 1)


COUNTS = [(layer, field.name) for layer, _ in EXAMPLES for field in fields(layer) if field.type == "int"]


@pytest.mark.parametrize(("layer", "name"), COUNTS, ids=lambda value: value if isinstance(value, str) else repr(value))
@pytest.mark.parametrize(("wrong", "error"), [(0, ValueError), (2.5, TypeError), (True, TypeError), ("2", TypeError)])
def test_every_count_is_a_whole_number_from_one_on(layer, name, wrong, error):
    with pytest.raises(error, match=f"^{name} must be "):
        replace(layer, **{name: wrong})


FLAGS = [(layer, field.name) for layer, _ in EXAMPLES for field in fields(layer) if field.type == "bool"]


@pytest.mark.parametrize(("layer", "name"), FLAGS, ids=lambda value: value if isinstance(value, str) else repr(value))
def test_every_flag_is_true_or_false(layer, name):
    with pytest.raises(TypeError, match=f"^{name} must be True or False, got 1"):
        replace(layer, **{name: 1})


@pytest.mark.parametrize(("layer", "shape"), EXAMPLES, ids=lambda value: type(value).__name__)
def test_every_kind_is_known_to_every_analysis(layer, shape):
    module, given = build(layer).eval(), torch.randn(2, *shape)
    assert tuple(module(given).shape[1:]) == output_shape(layer, shape)
    assert cost.parameters(layer) == sum(p.numel() for p in module.parameters())
    assert cost.macs(layer, shape) >= 0 and cost.activations(layer, shape) >= 0
    assert receptive_field(layer, shape) == growth(layer, shape)[0][2]


@pytest.mark.parametrize("learns", [False, True], ids=["on the image", "behind a layer that learns"])
@pytest.mark.parametrize(
    ("layer", "shape"), [*EXAMPLES, *COMBINED, (layers.Dropout(0), MAP)], ids=lambda value: type(value).__name__
)
def test_what_training_keeps_is_what_torch_keeps(layer, shape, learns):
    first = layers.Conv2d(4, 4, 1) if shape == MAP else layers.Linear(4, 4)
    net = Sequential(first, layer) if learns else layer
    assert sum(kept(net, shape).values()) == memory(build(net), shape, device="cpu").saved


@pytest.mark.parametrize("analysis", [cost.weights, cost.biases, cost.writes])
def test_an_analysis_that_lacks_a_kind_names_it(analysis):
    with pytest.raises(TypeError, match=rf"no .* for Unheard; add a case to convnotes\.cost\.{analysis.__name__}"):
        analysis(Unheard())


def test_the_analyses_of_shapes_fields_and_work_name_a_kind_that_they_lack():
    with pytest.raises(TypeError, match=re.escape("add a case to convnotes.shapes.step")):
        output_shape(Unheard(), MAP)
    with pytest.raises(TypeError, match=re.escape("add a case to convnotes.shapes.step")):
        kept(Unheard(), MAP)
    with pytest.raises(TypeError, match=re.escape("add a case to convnotes.receptive_field")):
        receptive_field(Unheard())
    with pytest.raises(TypeError, match=re.escape("add a case to convnotes.cost.layer_macs")):
        cost.layer_macs(Unheard(), MAP, MAP)


def test_biases_are_the_additive_parameters():
    for layer, _ in EXAMPLES:
        names = dict(build(layer).named_parameters())
        assert cost.biases(layer) == sum(p.numel() for name, p in names.items() if name.endswith("bias"))


def test_a_gate_multiplies_its_input():
    gate = Gate(Sequential(layers.AdaptiveAvgPool2d(1), layers.Conv2d(4, 4, 1), layers.Sigmoid()))
    module, image = build(gate), torch.randn(1, *MAP)
    assert torch.equal(module(image), image * module.body(image))
    assert output_shape(gate, MAP) == MAP


def test_a_gate_refuses_weights_of_another_shape():
    with pytest.raises(ValueError, match=re.escape("body gives (4, 3, 3); it must give (4, 6, 6) or (4, 1, 1)")):
        output_shape(Gate(layers.MaxPool2d(2)), MAP)


def test_the_field_of_a_gate_is_that_of_both_factors_or_of_the_gated_one():
    local = Sequential(layers.Conv2d(4, 4, 3, padding=1), Gate(layers.Conv2d(4, 4, 3, padding=1)))
    assert receptive_field(local).size == (5, 5)
    assert receptive_field(local, gates=False).size == (3, 3)
    inside = Residual(Gate(Sequential(layers.AdaptiveAvgPool2d(1), layers.Conv2d(4, 4, 1))))
    assert receptive_field(inside).whole and not receptive_field(inside, gates=False).whole


def test_a_unit_bias_fits_one_shape():
    with pytest.raises(ValueError, match=re.escape("has one bias for each unit of (4, 6, 6), got shape (4, 5, 6)")):
        output_shape(layers.UnitBias(4, 6, 6), (4, 5, 6))


def test_units_and_connections_of_dense_and_sparse_layers():
    table = layers.TableConv2d(4, ((0, 1), (1, 3), (2,)), 3)
    assert (wiring.units(table, MAP), wiring.connections(table, MAP)) == (3 * 16, (5 * 9 + 3) * 16)
    assert wiring.connections(layers.Linear(4, 3), VECTOR) == 15
    assert wiring.connections(layers.RadialBasis(4, 3), VECTOR) == 12
