"""The trees against torch modules built from them, and the catalogue."""

import re
from dataclasses import replace

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from convnotes.architectures import FAMILIES, TIMELINE, Architecture, find
from convnotes.cost import macs, parameters
from convnotes.experiments.build import build
from convnotes.shapes import layer_shapes, output_shape
from convnotes.tree import leaves
from convnotes.wiring import connections, depth


def measured(layer, input_shape):
    """Parameters, output shape of each module by name, and MACs, of the torch module run on the meta device."""
    shapes = {}

    def keep(name):
        return lambda module, given, output: shapes.__setitem__(name, tuple(output.shape[1:]))

    with torch.device("meta"):
        module = build(layer).eval()
        image = torch.empty(1, *input_shape)
    for name, part in module.named_modules():
        part.register_forward_hook(keep(name))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(image)
    return sum(p.numel() for p in module.parameters()), shapes, counter.get_total_flops() // 2


@pytest.mark.parametrize("architecture", TIMELINE, ids=lambda architecture: architecture.name)
def test_tree_and_torch_agree_on_parameters_shapes_and_macs(architecture):
    count, shapes, work = measured(architecture.network, architecture.input)
    rows = layer_shapes(architecture.network, architecture.input)
    assert count == parameters(architecture.network)
    assert {row.name: row.output for row in rows} == {row.name: shapes[row.name] for row in rows}
    # torch counts products of matrices; the distances to LeNet-5's codes are not one
    assert work == macs(architecture.network, architecture.input) - 840 * (architecture.name == "lenet5")


def test_auxiliary_heads_hang_from_the_map_that_they_name():
    googlenet = find("googlenet")
    for name, head in googlenet.auxiliary.items():
        part, shape = googlenet.part(f"features.{name}")
        assert output_shape(head, output_shape(part, shape)) == (1000,)
    assert googlenet.part("features.inception_4d")[1] == (512, 14, 14)
    assert find("vgg16").auxiliary == {}


def test_sparse_wiring_of_the_first_networks_runs_as_it_is_counted():
    module = build(find("zipcode1989").features).double()
    image = torch.randn(1, 1, 16, 16, dtype=torch.float64, requires_grad=True)
    module(image)[0, :, 1, 1].sum().backward()
    rows, columns = image.grad[0, 0].nonzero(as_tuple=True)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (0, 10, 0, 10)  # 13 cells from −2 on, 11 inside


def test_maps_of_c3_read_the_maps_that_their_table_lists():
    table = find("lenet5").part("features.c3.conv")[0]
    module, maps = build(table), torch.randn(1, 6, 5, 5)
    for number, row in enumerate(table.table):
        others = maps.clone()
        others[:, [channel for channel in range(6) if channel not in row]] += 1
        assert torch.equal(module(maps)[:, number], module(others)[:, number])
        others[:, row[0]] += 1
        assert not torch.equal(module(maps)[:, number], module(others)[:, number])
    assert (parameters(table), connections(table, (6, 14, 14))) == (1516, 151600)


def test_depth_is_the_number_in_the_name():
    for architecture in TIMELINE:
        digits = re.match(r"(?:vgg|resnet)(\d+)", architecture.name)
        assert not digits or depth(architecture.network) == int(digits[1])


def test_names_are_distinct_and_years_rise_within_the_list_of_families():
    assert len({architecture.name for architecture in TIMELINE}) == len(TIMELINE)
    assert [architecture.year for architecture in TIMELINE] == sorted(architecture.year for architecture in TIMELINE)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_named_in_one_word(family):
    assert re.fullmatch("[a-z]{1,12}", family), f"{family!r} names a page, a fence and a state: 1 to 12 letters"


def test_quoted_results_carry_protocol_and_source():
    for architecture in TIMELINE:
        for result in architecture.results:
            assert result.protocol and re.fullmatch(r"[a-z]+(\d{4})?", result.source)


def test_an_unknown_name_lists_near_ones():
    with pytest.raises(LookupError, match=re.escape("no architecture 'vgg-16'; near: vgg16, ")):
        find("vgg-16")
    with pytest.raises(LookupError, match=re.escape("no architecture 'transformer'; every name: convnotes ledger")):
        find("transformer")


def test_parts_are_named_or_refused():
    with pytest.raises(KeyError, match=re.escape("vgg16 has no part 'features.conv9'")):
        find("vgg16").part("features.conv9")


def test_trees_are_built_when_asked_for_and_once():
    built = []
    architecture = replace(find("lenet5"), build=lambda: built.append(1) or find("lenet5").network)
    assert isinstance(architecture, Architecture) and not built
    assert len({id(architecture.network) for _ in range(2)}) == len(built) == 1
    assert list(leaves(architecture.network))
