"""`convnotes features`: the page from published weights, and what is said of files that are not such weights."""

import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from convnotes.cli import main
from convnotes.experiments import pretrained, top_patches
from convnotes.experiments.build import build
from convnotes.experiments.photographs import PHOTOGRAPHS
from convnotes.experiments.pretrained import KNOWN, recognised, theirs

# The numbers that torchvision gives to the layers with weights, written down from its published state dicts.
NUMBERS = {
    "AlexNet": ([0, 3, 6, 8, 10], [1, 4, 6]),
    "VGG-16": ([0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28], [0, 3, 6]),
}


def published(name: str) -> dict[str, Tensor]:
    """A state dict with torchvision's keys and the right shapes, allocating next to nothing."""
    with torch.device("meta"):
        net = build(KNOWN[name]())
    shapes = [value.shape for value in net.parameters()]
    features, classifier = NUMBERS[name]
    layers = [*(f"features.{number}" for number in features), *(f"classifier.{number}" for number in classifier)]
    keys = [f"{layer}.{part}" for layer in layers for part in ("weight", "bias")]
    return {key: torch.zeros(1).expand(shape) for key, shape in zip(keys, shapes, strict=True)}


@pytest.mark.parametrize("name", KNOWN)
def test_torchvisions_keys_are_mapped_to_our_names(name: str) -> None:
    state = published(name)
    found = recognised(state)
    assert found.name == name
    assert list(theirs(name, found.net)) == list(state)
    assert found.net.get_parameter("head.fc8.weight").shape == (1000, 4096)


def test_a_wrong_state_dict_is_told_key_by_key() -> None:
    state = published("AlexNet")
    state["features.3.weight"] = state["features.3.weight"][:1]
    del state["classifier.6.bias"]
    state["features.99.bias"] = torch.zeros(1)
    wrong = r"AlexNet: classifier.6.bias is missing; features.99.bias is not part of it; "
    with pytest.raises(ValueError, match=wrong) as caught:
        recognised(state)
    assert "features.3.weight has shape (1, 64, 5, 5) instead of (192, 64, 5, 5)" in str(caught.value)


def test_the_page_shows_kernels_beside_random_ones_and_patches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pretrained, "PHOTOGRAPHS", {"coffee": PHOTOGRAPHS["coffee"]})
    monkeypatch.setattr(top_patches, "SCALES", (0.7,))
    generator = torch.Generator().manual_seed(0)
    state = {
        key: torch.randn(shape.shape, generator=generator) / 100 if key.startswith("features") else shape.contiguous()
        for key, shape in published("AlexNet").items()
    }
    save_file(state, tmp_path / "alexnet.safetensors")
    page = tmp_path / "features.html"
    assert main(["features", "--weights", str(tmp_path / "alexnet.safetensors"), "--out", str(page)]) == 0
    html = page.read_text()
    titles = re.findall("<h2>(.*?)</h2>", html)
    assert titles[:2] == ["first kernels, as read from the file", "first kernels, random weights"]
    assert titles[2].startswith("conv1: fields of 11 px, channels 0, 8, 16")
    assert f"features.html: {html.count('<img')} pictures of AlexNet" in capsys.readouterr().out
    assert "://" not in html  # it asks for nothing


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.pth", None, "there is no file"),
        ("cut.pth", b"PK\x03\x04 half a file", "it is damaged or something else; fetch it again"),
        ("cut.safetensors", b"\x08", "it is damaged or something else; fetch it again"),
        ("checkpoint.pth", {"epoch": 3, "state_dict": {}}, "a dict of epoch, state_dict and not a state dict"),
        ("other.pth", {"conv1.weight": torch.zeros(1)}, "features.0.weight is missing"),
    ],
)
def test_files_that_are_no_such_weights(
    name: str, content: object, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content is not None:
        torch.save(content, file)
    assert main(["features", "--weights", str(file)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("convnotes: ") and said in error and error.count("\n") == 1
