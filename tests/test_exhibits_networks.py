"""Exhibits of published networks: they account for every layer, quote no number bare, and are drawn as built."""

import re
from collections.abc import Callable
from itertools import pairwise
from math import ceil, log, prod

import pytest

from convnotes import stages
from convnotes.architectures import TIMELINE, Descent, find
from convnotes.architectures.convnext import block
from convnotes.architectures.densenet import dense_layer
from convnotes.architectures.efficientnet import SCALES, STAGES, mbconv
from convnotes.architectures.googlenet import MODULES, inception
from convnotes.architectures.mobilenet import inverted_residual
from convnotes.architectures.resnet import basic, bottleneck, grouped
from convnotes.drawing.kinds import FOLDED_AT_MOST, Figure, Link, Summary, Table
from convnotes.drawing.labels import name_dots
from convnotes.drawing.svg import Drawing
from convnotes.exhibits import architectures, inductive_bias, lineage, network_charts, units, why_numbers_differ
from convnotes.exhibits.interactive import timeline as explorer
from convnotes.experiments import results
from convnotes.layers import Conv2d
from convnotes.ledger import ledger
from convnotes.notes.exhibit import find as find_exhibit
from convnotes.shapes import output_shape
from convnotes.site.exhibits import files
from convnotes.tree import leaves
from tests.test_exhibits import number, shapes, texts

NAMES = [network.name for network in TIMELINE]


@pytest.mark.parametrize("name", NAMES)
def test_parts_account_for_the_whole_network(name: str) -> None:
    network, whole = find(name), ledger(name)
    found = stages.parts(network)
    assert sum(part.parameters for part in found) == whole.parameters
    assert sum(part.macs for part in found) == whole.macs
    assert prod(found[-1].output) == prod(output_shape(network.network, network.input))
    maps = [part for part in found if not part.field.whole]
    assert maps[-1].field == (whole.ungated or whole.field)


@pytest.mark.parametrize("name", NAMES)
def test_the_ledger_sums_up_what_it_folds_or_offers(name: str) -> None:
    made = architectures.ledger(name)
    *rows, total = made.table.rows
    for column in (3, 4):
        assert sum(row[column] for row in rows) == total[column] == sum(row[column] for row in made.whole.rows)
    assert made.downloads()["csv"].count("\n") == len(made.whole.rows) + 1 == len(ledger(name).entries) + 1
    assert bool(made.folded()) == (len(made.whole.rows) <= FOLDED_AT_MOST)


def test_boxes_of_the_stages_are_as_wide_as_their_maps() -> None:
    figure = architectures.stages("resnet50")
    boxes = shapes(figure, "rect", "f-see")
    sides = [224, 112, 56, 56, 28, 14, 7]
    assert [number(box, "width") for box in boxes] == pytest.approx([96 * side / 224 for side in sides])
    assert {"conv4_x", "6 × (1×1, 3×3, 1×1)", "1024 × 14 × 14"} <= set(texts(figure))
    assert "conv4_x, 6 × (1×1, 3×3, 1×1), 1024 × 14 × 14" in figure.said


@pytest.mark.parametrize(
    "name, first, last, made",
    [
        ("vgg16", "conv1_1", "conv1_1 … 2", "2 × (3×3)"),
        ("googlenet", "inception_4a", "inception_4a … 4c", "3 × (4 branches)"),
        ("mobilenet-v1", "block7", "block7 … 11", "5 × (3×3 depthwise, 1×1)"),
    ],
)
def test_parts_that_are_alike_are_drawn_as_one(name: str, first: str, last: str, made: str) -> None:
    stage = next(stage for stage in stages.stages(find(name)) if stage.name.startswith(first))
    assert (stage.name, stage.what) == (last, made)


@pytest.mark.parametrize("name", NAMES)
def test_every_diagram_leads_from_the_input_to_the_output(name: str) -> None:
    shown = stages.stages(find(name))
    assert prod(shown[-1].output) == prod(output_shape(find(name).network, find(name).input))
    assert architectures.stages(name).said.startswith("input, " + " × ".join(map(str, find(name).input)))


UNITS = {  # the layers that each drawing shows
    units.residual: [basic(64, 64, 1), bottleneck(256, 64, 1)],
    units.strided: [bottleneck(256, 128, 2), bottleneck(256, 128, 2, stride_on=3)],
    units.grouped: [bottleneck(256, 64, 1), grouped(256, 64, 1)],
    units.inception: [inception(*MODULES["inception_3a"])],
    units.separable: [find("mobilenet-v1").part("features.block7")[0]],
    units.inverted: [bottleneck(256, 64, 1), inverted_residual(24, 24)],
    units.mbconv: [mbconv(40, 40, 6, 5, 1)],
    units.dense: [dense_layer(256)],
    units.convnext: [block(96)],
}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.__name__)
def test_units_hold_every_convolution_once(unit: Callable[[], Figure]) -> None:
    count = sum(isinstance(leaf, Conv2d) for layer in UNITS[unit] for leaf in leaves(layer))
    gates = sum(text == "gate" for text in texts(unit()))  # drawn as one box for two
    drawn = [text for text in texts(unit()) if re.match(r"\d+×\d+(?! max)", text)]
    assert len(drawn) == count - 2 * gates


def test_the_strided_blocks_differ_in_the_place_of_the_stride_only() -> None:
    published, later = units.strided().data.rows[:3], units.strided().data.rows[3:]
    assert [row[1] for row in published] == ["1×1 / 2", "3×3", "1×1"]
    assert [row[1] for row in later] == ["1×1", "3×3 / 2", "1×1"]
    assert [row[2:] for row in published] == [row[2:] for row in later]


def test_the_table_of_networks_says_under_which_protocol() -> None:
    table = architectures.networks()
    assert table.sortable and len(table.rows) == len(TIMELINE)
    for row, network in zip(table.rows, TIMELINE, strict=True):
        error, under = row[6:]
        assert isinstance(under, Link) and under.place.startswith("references.md#")
        protocol, _, key = under.text.rpartition(" (")
        assert (error is None) == (protocol == "")
        if error:
            found = [(result.value, result.protocol, f"{result.source})") for result in network.results]
            assert (error, protocol, key) in found
            assert re.search("validation|test", protocol)
    ten = {str(row[0]): row[6] for row in table.rows if "one network, ten crops" in str(row[7])}
    assert ten["ResNet-152"] == "5.71 %" and ten["VGG-16"] == "9.33 %" and ten["AlexNet"] == "18.2 %"


def test_the_families_hold_every_printed_number_and_result_once() -> None:
    printed = [row for family in architectures.FAMILIES for row in architectures.printed(family).rows]
    results = [row for family in architectures.FAMILIES for row in architectures.results(family).rows]
    assert len(printed) == sum(len(network.printed) for network in TIMELINE)
    assert len(results) == sum(len(network.results) for network in TIMELINE)
    with pytest.raises(ValueError, match="no family 'resnext'; the families are lenet, alexnet"):
        architectures.printed("resnext")


def test_the_timeline_places_every_network_and_names_those_with_room() -> None:
    figure = architectures.timeline().still
    left_out = {network.title for network in TIMELINE} - {str(row[0]) for row in figure.data.rows}
    assert {"ResNet-50 v1.5", "AlexNet, one tower"} <= left_out
    assert not left_out & {network.title for network in TIMELINE if network.descent}
    assert len(shapes(figure, "circle")) == 2 * len(figure.data.rows)
    for name in ("LeNet-5", "AlexNet", "VGG", "GoogLeNet", "ResNet", "MobileNet", "EfficientNet", "ConvNeXt"):
        assert texts(figure).count(name) == 2, name


def test_names_are_clear_of_dots_and_of_each_other() -> None:
    drawing, dots = Drawing(200, 100), [(20.0, 50.0), (40.0, 50.0), (60.0, 50.0)]
    names = {"one": dots[:1], "two": dots[1:2], "far too long to be written": dots[2:], "three": dots[2:]}
    assert name_dots(drawing, dots, names, (0, 0, 200, 100)) == ["one", "two", "three"]
    places = re.findall(r'<text x="([^"]+)" y="([^"]+)"', drawing.standalone())
    assert places == [("20", "41"), ("40", "69"), ("68", "54.5")]  # above, below, to the right


def test_what_the_prose_says_of_error_against_macs() -> None:
    ten = [network for network in explorer.networks() if "ten" in network.errors]
    assert max(ten, key=lambda network: network.macs).name == "VGG-16"
    assert sorted(ten, key=lambda network: -network.errors["ten"].value)[1].name == "VGG-16"


def test_what_the_prose_says_of_parameters_and_years() -> None:
    most = max(TIMELINE, key=lambda about: ledger(about).parameters)
    assert most.name == "vgg19"
    at_ten = [w[2] for w in architectures.WINNERS]
    assert at_ten == sorted(at_ten, reverse=True) and 1 / 0.0225 > 44 and at_ten[1] > 25


def test_every_network_of_the_tree_is_younger_than_its_parents_and_drawn() -> None:
    years = {node.descent.title: node.year for node in lineage.NODES}
    for node in lineage.NODES:
        assert all(years[parent] <= node.year for parent in node.descent.parents), node.descent.title
    figure = architectures.family_tree()
    assert len(shapes(figure, "rect")) == len(lineage.NODES) == len(years) == len(figure.data.rows)


@pytest.mark.parametrize("family", architectures.FAMILIES.values())
def test_every_family_is_in_the_tree(family: str) -> None:
    assert [about for about in TIMELINE if about.family == family and about.descent], (
        f"give the first network of {family} a `descent`: Descent(title, parents, idea, column)"
    )


def test_two_networks_in_one_place_of_the_tree_are_refused() -> None:
    first, second, third = (lineage.Node(2016, "", Descent(name, (), "", 7 * (name == "c"))) for name in "abc")
    with pytest.raises(
        ValueError, match=re.escape("b is drawn in the place of a: free columns of 2016 are [1, 2, 3, 4]")
    ):
        lineage.checked([first, second])
    with pytest.raises(ValueError, match=re.escape("c is drawn outside: free columns of 2016 are [1, 2, 3, 4]")):
        lineage.checked([first, third])


def test_u_net_is_counted_as_a_module_written_for_it() -> None:
    nn = pytest.importorskip("torch").nn

    def two(a: int, b: int) -> list[object]:
        return [nn.Conv2d(a, b, 3), nn.Conv2d(b, b, 3)]

    down = [two(a, b) for a, b in ((1, 64), (64, 128), (128, 256), (256, 512), (512, 1024))]
    up = [[nn.ConvTranspose2d(2 * b, b, 2, 2), *two(2 * b, b)] for b in (512, 256, 128, 64)]
    module = nn.ModuleList([layer for level in (*down, *up) for layer in level] + [nn.Conv2d(64, 2, 1)])
    rows = architectures.u_net_parts().rows
    assert sum(tensor.numel() for tensor in module.parameters()) == rows[-1][2]
    assert len(rows) == 24 and rows[-2][5] == "2 × 512 × 512"
    levels = {n: [row for row in rows if re.fullmatch(rf"(down|up){n}\..*", str(row[0]))] for n in range(5)}
    work = [sum(row[3] for row in levels[n]) for n in range(4)]
    assert max(work) < 1.2 * min(work)
    assert sum(row[2] for n in (3, 4) for row in levels[n]) > 0.6 * rows[-1][2]


def test_counted_steps() -> None:
    dense, local, shared = inductive_bias.counted_steps().rows
    assert (dense[2], local[2], shared[2]) == (150528 * 3211264, 9 * 3 * 3211264, 9 * 3 * 64)
    assert (local[3], shared[3]) == (pytest.approx(224**2 / 9), 224**2)
    assert "279,736,775.1 times" in inductive_bias.counted_steps().note


def test_published_accuracies_carry_source_and_resolution() -> None:
    rows = inductive_bias.published_accuracy().rows
    assert [(row[0], row[1], row[2]) for row in rows] == [
        ("ViT-B/16", "ImageNet-1k", 77.9),
        ("ViT-B/16", "JFT-300M", 84.15),
        ("DeiT-B", "ImageNet-1k", 81.8),
        ("DeiT-B", "ImageNet-1k", 83.1),
    ]
    assert all(isinstance(row[4], Link) and "×" in str(row[3]) for row in rows)


def test_what_stands_beside_the_numbers_in_the_wild() -> None:
    table = why_numbers_differ.in_the_wild()
    rows = {(row[0], row[1], str(row[2]).partition(" (")[0]): row[3] for row in table.rows}
    assert rows["VGG-16", "activations", "24M, 93 MB"] == "15,237,608 numbers, 60.95 MB"
    assert rows["VGG-16", "receptive field", "308"] == "212"
    assert rows["AlexNet", "weights of the first two dense layers", "nearly 1 GB"] == "218 MB"
    assert rows["GoogLeNet", "parameters", "6,624,904"] == "6,998,552"
    assert len(rows) == len(why_numbers_differ.IN_THE_WILD) == 15


def test_one_convolution_by_seven_counts() -> None:
    torch = pytest.importorskip("torch")
    block = torch.nn.Sequential(torch.nn.Conv2d(64, 128, 3, padding=1), torch.nn.BatchNorm2d(128))
    counts = [row[1] for row in why_numbers_differ.one_network_many_counts().rows]
    learned = sum(tensor.numel() for tensor in block.parameters())
    stored = sum(tensor.numel() for tensor in block.state_dict().values())
    assert counts[:4] == [block[0].weight.numel(), block[0].weight.numel() + 128, learned, stored]
    assert counts[4:] == [9 * 64 * 128 * 56**2, 2 * 9 * 64 * 128 * 56**2, (9 * 64 + 1) * 128 * 56**2]


def test_an_exhibit_with_arguments_names_its_files_and_its_address() -> None:
    exhibit = find_exhibit("architectures.ledger  resnet50-v1.5")
    assert (exhibit.name, exhibit.file) == (
        "architectures.ledger resnet50-v1.5",
        "architectures.ledger.resnet50-v1.5",
    )
    assert exhibit.anchor == "fig-ledger-resnet50-v1.5"
    assert "convnotes ledger resnet50-v1.5" in exhibit.caption


@pytest.mark.parametrize(
    "name, message",
    [
        ("architectures.ledger", "architectures.ledger takes network, got nothing"),
        ("architectures.ledger vgg11 vgg13", "architectures.ledger takes network, got vgg11, vgg13"),
        ("architectures.timeline vgg11", "architectures.timeline takes nothing, got vgg11"),
        ("", "an exhibit is named module.function, got ''"),
    ],
)
def test_wrong_arguments_of_a_fence_are_told(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        find_exhibit(name)


def test_a_fence_with_an_unknown_network_names_near_ones() -> None:
    with pytest.raises(LookupError, match="no architecture 'resnet5O'; near: resnet50"):
        files("architectures.ledger resnet5O")


def test_links_and_long_tables_of_the_kit() -> None:
    table = Table(["a", "b"], [["x", Link("he2016", "references.md#he2016")]], sortable=True)
    assert '<a href="notes:references.md#he2016">he2016</a>' in table.html("")
    assert 'class="cn-table cn-sortable"' in table.html("")
    assert table.csv() == "a,b\nx,he2016\n"
    long = Table(["n"], [[n] for n in range(FOLDED_AT_MOST + 1)])
    assert Summary(table, long, "All").folded() == "" and Summary(long, table, "All").folded().startswith("<details")
    assert Summary(table, long, "All").downloads() == {"csv": long.csv()}
    assert isinstance(architectures.timeline().still, Figure)


def test_kernels_leave_out_shortcuts_and_gates() -> None:
    block = find("efficientnet-b0").part("features.stage2")[0]
    convolutions = [leaf for leaf in leaves(block) if isinstance(leaf, Conv2d)]
    assert len(convolutions) == 10  # two blocks of three, and two in each gate
    assert stages.what(block) == "2 × (1×1, 3×3 depthwise, 1×1)"


def test_the_deep_plain_stack_starts_slowly() -> None:
    """Each point of a curve is the mean of fifty steps; the fourth is that of steps 151 to 200."""
    runs = [run for run in results.load("degradation")["rows"] if "curve" in run]
    deep = {run["seed"]: run["curve"] for run in runs if (run["kind"], run["depth"]) == ("plain", 32)}
    assert min(curve[3] for curve in deep.values()) > 1.2
    assert all(run["curve"][3] < 0.5 for run in runs if run["kind"] == "residual")
    assert all(0.4 < run["curve"][3] < 0.6 for run in runs if run["depth"] == 8)
    others = [run for run in runs if run["curve"] is not deep[run["seed"]]]
    for run in others:  # of the same seed, so on the same digits
        assert all(own > other for own, other in zip(deep[run["seed"]][1:], run["curve"][1:], strict=True))


def test_three_axes_gain_twice_as_much_as_one_and_the_table_says_with_which_work() -> None:
    figure = architectures.one_axis_or_three()
    assert len(shapes(figure, "circle")) == len(figure.data.rows) == 5
    base, *alone, together = [(row[4], row[5], row[6]) for row in figure.data.rows]
    gains = [accuracy - base[2] for *_, accuracy in alone]
    assert max(gains) < 2 < 2 * max(gains) < together[2] - base[2] < 4
    assert all(4 <= printed / base[0] < 5 for printed, *_ in (*alone, together))
    counts = [counted for _, counted, _ in alone]
    assert max(counts) < 1.6 < 1.79 < together[1] and all(counted < printed for printed, counted, _ in alone)
    assert base[1] == pytest.approx(ledger("efficientnet-b0").macs / 1e9)


def test_what_the_prose_says_of_the_rule_of_efficientnet() -> None:
    steps = [(log(depth, 1.2), log(width, 1.1), log(side / 224, 1.15)) for width, depth, side, _ in SCALES]
    assert all(depth < min(width, side) for depth, width, side in steps[3:])
    assert not all(depth < min(width, side) for depth, width, side in steps[:3])
    blocks = [sum(ceil(depth * stage[-1]) for stage in STAGES) for _, depth, *_ in SCALES]
    assert (blocks[0], blocks[7]) == (16, 55)
    assert all(depth < log(count / 16, 1.2) for (depth, *_), count in zip(steps[1:], blocks[1:], strict=True))
    assert {round(log(55 / 16, 1.2)), *map(round, steps[7][1:])} == {7}
    b0 = ledger("efficientnet-b0")
    works = [log(ledger(f"efficientnet-b{n}").macs / b0.macs, 1.2 * 1.1**2 * 1.15**2) for n in range(8)]
    assert steps[1][1] == 0 and all(abs(works[n] - n) > 0.5 for n in (2, 3))
    assert all(abs(found - n) < 0.3 for n in (5, 6, 7) for found in (works[n], *steps[n][1:]))
    gates = sum(entry.parameters for entry in b0.entries if ".gate." in entry.name)
    assert gates / b0.parameters == pytest.approx(1 / 8, rel=0.05)
    assert sum(entry.macs for entry in b0.entries if ".depthwise." in entry.name) < b0.macs / 10


def test_every_unit_of_the_last_map_of_b0_reaches_the_whole_image() -> None:
    field = ledger("efficientnet-b0").ungated
    assert field
    first = -field.padding[0]
    last = first + 6 * field.stride[0]
    assert last <= 0 and first + field.size[0] >= 224


def test_the_steps_to_convnext_are_drawn_and_told_as_published() -> None:
    figure = architectures.step_by_step()
    rows = {str(name): (accuracy, spread) for name, accuracy, spread, _ in figure.data.rows}
    assert len(shapes(figure, "circle")) == len(rows) == 14
    accuracies = [accuracy for accuracy, _ in rows.values()]
    gains = dict(zip([*rows][1:], [b - a for a, b in pairwise(accuracies)], strict=True))
    assert max(gains, key=lambda name: gains[name]) == "new training"
    assert [name for name, gain in gains.items() if gain < 0] == ["depthwise 3×3", "depthwise first"]
    whole = accuracies[-1] - accuracies[0]
    assert 0.4 < gains["new training"] / whole < 0.5
    named = ("depthwise 3×3", "96 channels", "one activation", "3, 3, 9, 3 blocks", "halving layers")
    others = gains.keys() - {"new training", *named}
    rest = whole - gains["new training"]
    assert sum(gains[name] for name in named) > 0.8 * rest
    assert max(gains[name] for name in others - {"7×7"}) < min(gains[name] for name in named[2:])
    assert gains["7×7"] + gains["depthwise first"] < 0  # one made room for the other
    assert all(abs(gains[name]) < rows[name][1] for name in ("4×4 patches", "GELU", "layer norm"))
    work = {str(row[0]): row[3] for row in figure.data.rows}
    assert work["96 channels"] > work["4×4 patches"] > work["depthwise 3×3"]
    assert work["halving layers"] / work["ResNet-50"] == pytest.approx(1.1, abs=0.005)
    assert work["halving layers"] == pytest.approx(ledger("convnext-tiny").macs / 1e9, rel=0.01)
    assert accuracies[-1] > network_charts.SWIN_T == 81.3


def test_where_the_parameters_of_squeezenet_are() -> None:
    figure = architectures.where_parameters_are()
    rows = figure.data.rows
    bars = [number(rect, "width") for rect in shapes(figure, "rect")]
    for first, past in ((0, 4), (4, 9)):  # each group has a scale of its own
        scales = [bar / row[2] for bar, row in zip(bars[first:past], rows[first:past], strict=True) if bar > 1]
        assert max(scales) == pytest.approx(min(scales), rel=0.05)
    whole = ledger("squeezenet-1.0").parameters
    assert rows[0][2] + rows[1][2] == ledger("alexnet").parameters
    assert rows[2][2] + rows[3][2] == sum(row[2] for row in rows[4:]) == whole
    assert [row[2] for row in rows[4:]] == sorted((row[2] for row in rows[4:]), reverse=True)
    assert 2.9 < rows[1][2] / rows[3][2] < 3.5
    assert [row[1] for row in rows[4:6]] == ["3×3", "last 1×1"] and rows[4][2] + rows[5][2] > 0.8 * whole


def test_a_dense_block_reads_as_many_channels_as_its_formula_says() -> None:
    for before, count, growth in ((64, 6, 32), (128, 12, 32), (5, 7, 3)):
        read = [before + growth * layer for layer in range(count)]
        assert sum(read) == count * before + growth * count * (count - 1) // 2


def test_a_dense_layer_keeps_what_it_reads_twice_and_256_maps() -> None:
    first = [entry for entry in ledger("densenet121").entries if ".block1." in entry.name]
    channels = sum(entry.parameters // 2 for entry in first if entry.kind == "BatchNorm2d")
    assert sum(entry.kept for entry in first) == 4 * 56**2 * 3264 + 8 * channels  # and two numbers per channel


def test_where_the_blocks_of_a_densenet_start() -> None:
    network = find("densenet121")
    assert [network.part(f"features.block{n}")[1][0] for n in range(1, 5)] == [64, 128, 256, 512]
    fifth = [leaf for leaf in leaves(network.part("features.block2")[0]) if isinstance(leaf, Conv2d)][8]
    assert fifth.in_channels == 256  # of the layer that is drawn
