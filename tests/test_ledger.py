"""The ledger, its forms, and the command."""

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from convnotes.architectures import TIMELINE, find
from convnotes.cli import main
from convnotes.cost import macs, parameters
from convnotes.layers import Residual, Sequential
from convnotes.ledger import ledger
from convnotes.words.forms import FORMS


@pytest.mark.parametrize("architecture", TIMELINE, ids=lambda architecture: architecture.name)
def test_totals_are_those_of_the_whole_network(architecture):
    made = ledger(architecture)
    assert made.parameters == parameters(architecture.network)
    assert made.macs == macs(architecture.network, architecture.input)


def test_the_dictionary_has_the_agreed_form():
    said = ledger("vgg11").to_dict()
    assert list(said) == [
        "name",
        "variant",
        "source",
        "input",
        "parameters",
        "macs",
        "kept",
        "receptive_field",
        "layers",
    ]
    assert said["receptive_field"] == {"size": [150, 150], "stride": [32, 32], "padding": [59, 59], "aligned": True}
    assert said["layers"][0] == {
        "name": "features.conv1_1",
        "kind": "Conv2d",
        "output": [64, 224, 224],
        "parameters": 1792,
        "macs": 86704128,
        "kept": 4 * 3 * 224 * 224,
        "size": [3, 3],
        "stride": [1, 1],
        "padding": [1, 1],
    }
    assert said["layers"][-1]["output"] == [1000]
    assert said["layers"][-1]["size"] == [None, None]
    assert json.loads(ledger("vgg11").to("json")) == said


def test_a_network_with_gates_states_both_fields():
    said = ledger("efficientnet-b0").to_dict()
    assert said["receptive_field"]["size"] == [None, None]
    assert said["receptive_field_without_gates"]["size"] == [851, 851]
    assert "the whole input; with the gates left out 851" in ledger("efficientnet-b0").to("text")


def test_rows_leave_out_what_does_nothing():
    assert "Identity" not in {entry.kind for entry in ledger("resnet18").entries}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_holds_every_layer(form):
    made = ledger("lenet5")
    text = made.to(form)
    assert text.endswith("\n") and text.count("TableConv2d") == 1
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [row["layer"] for row in rows] == [entry.name for entry in made.entries]
        assert sum(int(row["MACs"]) for row in rows) == made.macs


def test_another_input_changes_shapes_and_work_but_no_parameter():
    small, usual = ledger("resnet18", (3, 112, 96)), ledger("resnet18")
    assert small.parameters == usual.parameters and small.macs < usual.macs
    assert [entry.output for entry in small.entries if entry.kind == "MaxPool2d"] == [(64, 28, 24)]


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("resnet50", (1, 224, 224), "features.conv1.conv (Conv2d): expects 3 channels"),
        ("alexnet", (3, 224, 224), "square inputs from (3, 227, 227) to (3, 258, 258) work"),
        ("vgg16", (3, 300, 300), "head.fc6 (Linear): expects (25088,) (in_features), got shape (41472,)"),
        ("googlenet", (3, 16, 16), "the smallest square input that works is (3, 31, 31)"),
        ("convnext-tiny", (3, 31, 31), "the smallest square input that works is (3, 32, 32)"),
        ("zipcode1989", (1, 28, 28), "square inputs from (1, 15, 15) to (1, 16, 16) work"),
    ],
)
def test_an_input_that_does_not_fit_names_the_layer_and_what_works(name, shape, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        ledger(name, shape)


@pytest.mark.parametrize(("name", "smallest"), [("googlenet", 31), ("alexnet", 227), ("lenet5", 32)])
def test_the_smallest_input_that_is_named_works_and_the_next_smaller_does_not(name, smallest):
    channels = find(name).input[0]
    assert ledger(name, (channels, smallest, smallest)).macs
    with pytest.raises(ValueError, match="cannot take"):
        ledger(name, (channels, smallest - 1, smallest - 1))


def test_a_tree_of_the_readers_own_has_a_ledger_too():
    from convnotes.layers import AdaptiveAvgPool2d, Conv2d, Flatten, Linear

    body = Residual(Conv2d(3, 3, 3, padding=1))
    tree = Sequential(
        features=Sequential(body, AdaptiveAvgPool2d(2)),
        head=Sequential(Flatten(), Linear(12, 2)),
    )
    toy = replace(find("lenet5"), name="toy", input=(3, 8, 8), build=lambda: tree)
    assert ledger(toy).field.size == (6, 6)  # a 3×3, then means of 4×4


def own(features):
    """An architecture of the reader's own."""
    return replace(find("lenet5"), name="own", input=(3, 8, 8), build=lambda: Sequential(features=features))


def test_centres_are_said_to_differ_where_they_do():
    from convnotes.layers import Conv2d, Parallel

    plain, other = (Conv2d(3, 3, size, stride=2) for size in (1, 2))
    text = [ledger(own(Parallel(plain, last))).to("text") for last in (plain, other)]
    assert [("centres differ between branches" in one) for one in text] == [False, True]


def test_rows_leave_the_gates_out():
    sizes = [entry.field.size for entry in ledger("efficientnet-b0").entries if entry.name.startswith("features.")]
    assert sizes[-2] == (851, 851)


def test_a_network_with_two_adaptive_poolings_is_followed_with_its_shapes():
    from convnotes.layers import AdaptiveAvgPool2d

    made = ledger(own(Sequential(AdaptiveAvgPool2d(4), AdaptiveAvgPool2d(1))))
    assert [entry.field.size for entry in made.entries] == [(2, 2), (None, None)]


def test_a_pooling_to_one_row_alone_is_followed_too():
    from convnotes.layers import AdaptiveAvgPool2d

    assert ledger(own(AdaptiveAvgPool2d((1, 2)))).entries[0].field.size == (None, 4)


def test_the_command_prints_a_ledger(capsys):
    assert main(["ledger", "lenet5", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("layer,kind,output,parameters,MACs,kept,size,stride,padding\n")


def test_the_command_lists_every_network(capsys):
    assert main(["ledger", "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [about.name for about in TIMELINE]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ledger", "resnet5"], "near: resnet50, "),
        (["ledger", "lenet5", "--input", "1,8,8"], "the input has"),
        (["ledger", "lenet5", "--input", "8x8"], "got (8, 8)"),
        (["ledger"], "ledger needs the name of a network, such as resnet50"),
    ],
)
def test_what_cannot_be_done_is_said_on_standard_error_with_status_2(arguments, said, capsys):
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["ledger", "lenet5", "--input", "1,a,8"], ["ledger", "lenet5", "--format", "pdf"], []]
)
def test_bad_usage_ends_with_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: convnotes" in capsys.readouterr().err


def test_a_ledger_needs_the_standard_library_only():
    program = (
        "import sys; from convnotes.cli import main; main(['ledger', 'lenet5']); "
        "assert not {'torch', 'numpy', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)
