"""The form of the start page: what it finds of a model is what the package finds."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from torch import nn

from convnotes.cost import layer_macs, parameters
from convnotes.layers import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
)
from convnotes.receptive_field import receptive_field
from convnotes.shapes import layer_shapes, output_shape
from tests.browser.conftest import Open, opener

ASK = """async ([text, input]) => {
  const core = await import("/assets/cn/ask-core.js");
  try { return core.rows(core.layers(text), input); } catch (error) { return error; }
}"""
MODULE = """import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
    def forward(self, x):
        return self.conv(x).relu()
"""
FIRST = "nn.Conv2d(3, 64, 7, stride=2, padding=3), nn.MaxPool2d(3, stride=2, padding=1)"  # what the form shows at first
SESSION = """async ([text, input]) => {
  const core = await import("/assets/cn/ask-core.js");
  return core.session(core.layers(text), input);
}"""


@pytest.fixture(scope="module")
def form(chromium: Browser, address: str) -> Iterator[Page]:
    """The form, opened once for the tests that type in it and read what it says."""
    with opener(chromium, address) as open_:
        yield opened(open_)


def network(rng: Random) -> tuple[str, Sequential, tuple[int, int, int]]:
    """A network as a text of PyTorch, as a tree of the package, and an input."""
    shape: tuple[int, ...] = (rng.choice((1, 3, 8)), rng.randrange(24, 200), rng.randrange(24, 200))
    given, layers = shape, list[Layer]()
    for _ in range(rng.randrange(1, 9)):
        kernel, stride, dilation = rng.choice((1, 3, 5, (3, 1))), rng.choice((1, 1, 2, (2, 1))), rng.choice((1, 1, 2))
        groups = rng.choice((1, shape[0]))
        options: list[Layer] = [
            Conv2d(shape[0], groups * 4, kernel, stride, rng.randrange(3), dilation, groups, rng.random() < 0.5),
            Conv2d(shape[0], 8, kernel, 1, "same"),
            MaxPool2d(3, 2, padding=1),
            AvgPool2d(2),
            ReLU(),
            BatchNorm2d(shape[0]),
        ]
        try:
            layer = rng.choice(options)
            shape = output_shape(layer, shape)
        except ValueError:
            continue
        layers.append(layer)
    if rng.random() < 0.5:
        layers += [AdaptiveAvgPool2d(1)] * rng.randrange(2)
        flat = output_shape(Sequential(*layers, Flatten()), given)[0]
        layers += [Flatten(), Linear(flat, 10)]
    layers = layers or [ReLU()]
    text = ",\n".join(f"nn.{layer!r}" for layer in layers)
    return f"nn.Sequential(\n{text},\n)  # a comment (with parentheses)", Sequential(*layers), given  # type: ignore[return-value]


def expected(tree: Sequential, given: tuple[int, int, int]) -> list[dict[str, Any]]:
    found = []
    for number, row in enumerate(layer_shapes(tree, given), 1):
        field = receptive_field(Sequential(*[part for _, part in tree.children][:number]), given)
        found.append({"shape": list(row.output), "parameters": parameters(row.layer),
                      "macs": layer_macs(row.layer, row.input, row.output), "field": list(field.size)})  # fmt: skip
    return found


def test_what_the_form_finds_is_what_the_package_finds(open_page: Open) -> None:
    page, rng = open_page(""), Random(5)
    for _ in range(150):
        text, tree, given = network(rng)
        got = page.evaluate(ASK, [text, given])
        assert isinstance(got, list), (text, given, got)
        assert [{name: row[name] for name in ("shape", "parameters", "macs", "field")} for row in got] == expected(
            tree, given
        ), text


def test_the_session_that_asks_the_package_finds_the_same(open_page: Open, capsys: pytest.CaptureFixture[str]) -> None:
    page, rng = open_page(""), Random(6)
    texts = [network(rng)[::2] for _ in range(40)]
    texts.append(
        ("ReLU6(inplace=True), Hardswish(), Dropout(.1), BatchNorm2d(3, eps=1e-3), Conv2d(3, 8, (3, 1))", (3, 20, 30))
    )
    for text, given in texts:
        exec(page.evaluate(SESSION, [text, given]), {})
        found = json.loads(capsys.readouterr().out)
        own = page.evaluate(ASK, [text, given])
        assert found == [{name: row[name] for name in found[0]} for row in own], text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Conv3d(3, 8, 3)", "Conv3d is not known here"),
        ("Conv2d(3, 8)", "Conv2d needs kernel_size."),
        ("Conv2d(3, 8, 3), Conv2d(4, 8, 3)", "reads 4 channels, but gets 8"),
        ("Conv2d(3, 8, k)", "k is no number here"),
        ("Conv2d(3, 8, 3, strides=2)", "Conv2d has no strides here"),
        ("Conv2d(3, 8, 99, padding=3), Conv2d(8, 8, 999)", "the window spans 999 cells"),
        ("Linear(3, 4)", "put Flatten() before it"),
        ("hello", "No layer yet"),
        ("MaxPool2d(2, padding=2)", "half of the kernel at most"),
        ("MaxPool2d(2, ceil_mode=True)", "ceil_mode=True"),
        ("Conv2d(3, 8, 3)\nMaxPool2d(3, stride=2", "MaxPool2d has no closing parenthesis."),
        ("Conv2d(3, 8, 3)\nconv3x3(8, 8)", "conv3x3 is not known here"),
        ("Conv2d(3, 8, 3), *[ReLU() for _ in layers]", "loops and products are not run here"),
        ("Conv2d(3, 8, 2.5)", "kernel_size is a whole number of at least 1, and not 2.5."),
        ("Conv2d(3, 8, 3, groups=0)", "groups is a whole number of at least 1"),
        ("AvgPool2d(2, padding='same')", "padding is a whole number of at least 0"),
        ("Flatten(start_dim=2)", "start_dim=2"),
        (MODULE, "Save the code as model.py and run: convnotes trace model.py:Net --input 3,224,224."),
    ],
)
def test_what_is_wrong_is_said(form: Page, text: str, said: str) -> None:
    form.get_by_label("Layers, or an nn.Sequential").fill(text)
    expect(form.locator(".cn-ask [role=status]")).to_contain_text(said)
    expect(form.locator(".cn-ask table")).not_to_be_visible()


def test_a_model_as_python_prints_it_is_read(open_page: Open) -> None:
    head = nn.Sequential(
        nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False),
        nn.BatchNorm2d(64),
        nn.Sequential(nn.ReLU(inplace=True), nn.GELU(), nn.Dropout()),
        nn.MaxPool2d(3, stride=2, padding=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, 10),
    )
    got = open_page("").evaluate(ASK, [str(head), [3, 224, 224]])
    assert [row["shape"] for row in got[-3:]] == [[64, 1, 1], [64], [10]], got
    assert sum(row["parameters"] for row in got) == sum(parameter.numel() for parameter in head.parameters())


def test_the_form_answers_as_one_types(open_page: Open) -> None:
    page = opened(open_page)
    status = page.locator(".cn-ask .cn-sum")
    expect(status).to_have_text(
        "9,472 parameters and 118,013,952 MACs. One number of the output depends on 11 × 11 pixels."
    )
    page.get_by_label("Input: channels, height, width").fill("3, 0, 224")
    expect(status).to_contain_text("three whole numbers")


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("self.a = nn.Conv2d(3, 8, 3)\nself.b = nn.ReLU()", True),
        ("self.fc = nn.Linear(9, 2)\nself.a = torch.nn.Conv2d(3, 8, 3)", True),  # and cannot be read so
        ("self.features = nn.Sequential(nn.ReLU())  # self.b = nn.ReLU()", False),
        ("net = nn.Sequential(nn.Conv2d(3, 8, kernel_size=3), nn.ReLU())", False),
        ("class scores from\nnn.Conv2d(3, 8, 3)", False),  # words, and no module
    ],
)
def test_layers_with_names_of_their_own_are_read_on_a_condition(form: Page, text: str, flagged: bool) -> None:
    form.get_by_label("Layers, or an nn.Sequential").fill(FIRST)
    expect(form.locator(".cn-ask .cn-sum")).to_contain_text("9,472")
    form.get_by_label("Layers, or an nn.Sequential").fill(text)
    word = form.locator(".cn-ask [role=status] .cn-word")
    if flagged:
        expect(word).to_contain_text("in the order in which they are written, each once")
    else:
        expect(form.locator(".cn-ask .cn-sum")).not_to_contain_text("9,472")
        expect(word).to_be_hidden()


def opened(open_page: Open) -> Page:
    page = open_page("")
    page.locator(".cn-ask summary").click()
    page.wait_for_selector(".cn-asked")
    return page
