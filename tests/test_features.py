"""Published weights that a reader has: kernels, patches, and what is said of files that are not such weights."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from convnotes.experiments import pretrained, top_patches
from convnotes.experiments.build import build
from convnotes.experiments.photographs import PHOTOGRAPHS
from convnotes.experiments.pretrained import KNOWN, Features, read, recognised, theirs

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


def test_kernels_stand_beside_random_ones_and_channels_have_patches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained, "PHOTOGRAPHS", {"coffee": PHOTOGRAPHS["coffee"]})
    monkeypatch.setattr(top_patches, "SCALES", (0.7,))
    generator = torch.Generator().manual_seed(0)
    state = {
        key: torch.randn(shape.shape, generator=generator) / 100 if key.startswith("features") else shape.contiguous()
        for key, shape in published("AlexNet").items()
    }
    features = Features(recognised(state))
    kernels = features.kernels()
    assert list(kernels) == ["as read from the file", "random weights"]
    assert np.array_equal(kernels["as read from the file"], state["features.0.weight"].double().numpy())
    found = features.patches()
    assert len(found["conv1"]) == 64 and any(len(channel) == 9 for channel in found["conv1"])
    assert {patch.size for channel in found["conv1"] for patch in channel} == {11}


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
def test_files_that_are_no_such_weights(name: str, content: object, said: str, tmp_path: Path) -> None:
    file = tmp_path / name
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content is not None:
        torch.save(content, file)
    with pytest.raises((OSError, ValueError), match=re.escape(said)):
        recognised(read(file))
