"""Computed against printed: the papers' own numbers, counts of others, and receptive fields published by others."""

import pytest

from convnotes.architectures import TIMELINE, find
from convnotes.cost import parameters
from convnotes.layers import Sequential
from convnotes.receptive_field import receptive_field

PRINTED = [
    pytest.param(architecture, printed, id=f"{architecture.name} {printed.quantity} {printed.text} {printed.where}")
    for architecture in TIMELINE
    for printed in architecture.printed
]

# The evidence that a count is right is a count by somebody else: the `printed` of a network, if it has one to the last
# digit. For those of which only rounded numbers are shown: the parameters that libraries report of their own builds of
# the same variants (torchvision, Keras), and the sums that the papers' layer lists give. Not computed here.
COUNTED = {
    "alexnet": 60_965_224,
    "vgg11": 132_863_336,
    "vgg13": 133_047_848,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "googlenet": 6_998_552,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "resnet50-v1.5": 25_557_032,
    "resnet101-v1.5": 44_549_160,
    "resnet152-v1.5": 60_192_808,
    "mobilenet-v1": 4_231_976,
    "mobilenet-v1-0.75": 2_585_560,
    "mobilenet-v1-0.5": 1_331_592,
    "mobilenet-v1-0.25": 470_072,
    "se-resnet50": 28_088_024,
    "inception-v3": 23_834_568,
    "efficientnet-b0": 5_288_548,
    "efficientnet-b1": 7_794_184,
    "efficientnet-b2": 9_109_994,
    "efficientnet-b3": 12_233_232,
    "efficientnet-b4": 19_341_616,
    "efficientnet-b5": 30_389_784,
    "efficientnet-b6": 43_040_704,
    "efficientnet-b7": 66_347_960,
    "convnext-tiny": 28_589_128,
}

# github.com/google-research/receptive_field, RECEPTIVE_FIELD_TABLE.md [araujo2019], computed there from TF-Slim graphs:
# end point, size, stride, padding. Rows at resolution 321, where "SAME" pads odd maps alike on both sides as we do.
ALEXNET_V2 = (
    ("conv1", 11, 4, 0),
    ("pool1", 19, 8, 0),
    ("conv2", 51, 8, 16),
    ("conv3", 99, 16, 32),
    ("conv4", 131, 16, 48),
    ("conv5", 163, 16, 64),
    ("pool5", 195, 32, 64),
)
VGG_A = (
    ("conv1_1", 3, 1, 1),
    ("pool1", 4, 2, 1),
    ("conv2_1", 8, 2, 3),
    ("pool2", 10, 4, 3),
    ("conv3_1", 18, 4, 7),
    ("conv3_2", 26, 4, 11),
    ("pool3", 30, 8, 11),
    ("conv4_1", 46, 8, 19),
    ("conv4_2", 62, 8, 27),
    ("pool4", 70, 16, 27),
    ("conv5_1", 102, 16, 43),
    ("conv5_2", 134, 16, 59),
    ("pool5", 150, 32, 59),
)
VGG_16 = (
    ("conv1_1", 3, 1, 1),
    ("pool1", 6, 2, 2),
    ("conv2_1", 10, 2, 4),
    ("pool2", 16, 4, 6),
    ("conv3_1", 24, 4, 10),
    ("conv3_2", 32, 4, 14),
    ("pool3", 44, 8, 18),
    ("conv4_1", 60, 8, 26),
    ("conv4_2", 76, 8, 34),
    ("pool4", 100, 16, 42),
    ("conv5_1", 132, 16, 58),
    ("conv5_2", 164, 16, 74),
    ("pool5", 212, 32, 90),
)
MOBILENET_V1 = (
    ("conv1", 3, 2, 1),
    ("block1", 7, 2, 3),
    ("block2", 11, 4, 5),
    ("block3", 19, 4, 9),
    ("block4", 27, 8, 13),
    ("block5", 43, 8, 21),
    ("block6", 59, 16, 29),
    ("block7", 91, 16, 45),
    ("block8", 123, 16, 61),
    ("block9", 155, 16, 77),
    ("block10", 187, 16, 93),
    ("block11", 219, 16, 109),
    ("block12", 251, 32, 125),
    ("block13", 315, 32, 157),
)
# TF-Slim strides at the end of a stage instead of its beginning, so stride and padding coincide after the last alone.
RESNET_V1_LAST = {"resnet50": (483, 32, 241), "resnet101": (1027, 32, 513), "resnet152": (1507, 32, 753)}
RESNET_V1_SIZES = {
    "resnet50": (35, 99, 291, 483),
    "resnet101": (35, 99, 835, 1027),
    "resnet152": (35, 163, 1315, 1507),
}
FIELDS = [
    pytest.param(name, *row, id=f"{name} {row[0]}")
    for name, rows in {
        "alexnet": ALEXNET_V2,
        "vgg11": VGG_A,
        "vgg16": VGG_16,
        "mobilenet-v1": MOBILENET_V1,
        "mobilenet-v1-0.75": MOBILENET_V1,
    }.items()
    for row in rows
]


def field_after(name, part):
    """The receptive field after one part of a network's features."""
    children = find(name).features.children
    names = [inner for inner, _ in children]
    return receptive_field(Sequential(*[layer for _, layer in children[: names.index(part) + 1]]), gates=False)


@pytest.mark.parametrize(("architecture", "printed"), PRINTED)
def test_the_tree_gives_the_printed_number_or_the_entry_says_why_not(architecture, printed):
    computed = architecture.computed(printed)
    said = "`differs` says why they differ, but they agree" if printed.differs else "say in `differs` why"
    assert printed.agrees(computed) is not bool(printed.differs), (
        f"{printed.text} printed, {computed:,} computed: {said}"
    )


@pytest.mark.parametrize("architecture", TIMELINE, ids=lambda architecture: architecture.name)
def test_every_network_has_a_printed_number_that_agrees(architecture):
    assert any(not printed.differs for printed in architecture.printed), "its `printed` has no number that agrees"


def test_inception_v3_with_its_auxiliary_classifier_is_what_torchvision_counts():
    about = find("inception-v3")
    assert sum(map(parameters, [about.network, *about.auxiliary.values()])) == 27_161_264


@pytest.mark.parametrize("architecture", TIMELINE, ids=lambda architecture: architecture.name)
def test_every_network_is_counted_elsewhere_with_the_same_result(architecture):
    whole = [printed for printed in architecture.printed if printed.quantity == "parameters" and not printed.part]
    counts = {int(printed.value) for printed in whole if printed.exact and not printed.differs}
    listed = COUNTED.get(architecture.name)
    assert counts or listed, (
        f"nobody else's count of {architecture.name} to the last digit: put one into its `printed`, such as "
        'Printed("parameters", "7,978,856", "torchvision, densenet121", source="torchvision")'
    )
    assert not counts or listed is None, f"{architecture.name} is counted in `printed`: take it out of COUNTED"
    assert counts | ({listed} - {None}) == {parameters(architecture.network)}


def test_counts_are_of_networks_that_there_are():
    assert COUNTED.keys() <= {architecture.name for architecture in TIMELINE}


@pytest.mark.parametrize(("name", "part", "size", "stride", "padding"), FIELDS)
def test_receptive_fields_are_those_of_the_published_table(name, part, size, stride, padding):
    field = field_after(name, part)
    assert (field.size, field.stride, field.padding) == ((size, size), (stride, stride), (padding, padding))
    assert field.aligned


@pytest.mark.parametrize("name", RESNET_V1_SIZES)
def test_residual_receptive_fields_are_those_of_the_published_table(name):
    assert tuple(field_after(name, f"conv{n}_x").size[0] for n in (2, 3, 4, 5)) == RESNET_V1_SIZES[name]
    last = field_after(name, "conv5_x")
    assert (last.size[0], last.stride[0], last.padding[0]) == RESNET_V1_LAST[name]


@pytest.mark.parametrize(("name", "size"), [("resnet18", 435), ("resnet34", 899), ("resnet50-v1.5", 427)])
def test_library_variants_have_the_fields_that_libraries_measure(name, size):
    assert receptive_field(find(name).features).size == (size, size)


def test_a_gate_makes_the_field_whole_and_without_it_the_field_is_the_published_one():
    features = find("efficientnet-b0").features
    assert receptive_field(features).whole
    assert receptive_field(features, gates=False).size == (851, 851)
