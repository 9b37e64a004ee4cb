"""Transfer learning: what is measured, on made-up garments; and the archives that hold the real ones."""

from pathlib import Path

import pytest
import torch

from convnotes.experiments import fashion, lite0, npm, results, transfer, transfer_features
from convnotes.experiments.transfer import Recipe, Run

with_weights = pytest.mark.skipif(lite0.weights_file() is None, reason=f"needs {lite0.PACKAGE}")
SHORT = Recipe(each=(4,), seeds=(0,), test=4, side=33, scratch_steps=30)


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten kinds of garments that anybody can tell apart: a bright bar at one of ten heights, under noise."""
    draw = torch.Generator().manual_seed(0)
    pictures = torch.randint(0, 40, (10, 12, 28, 28), generator=draw, dtype=torch.uint8)
    for kind in range(10):
        pictures[kind, :, 2 * kind + 3 : 2 * kind + 6, 4:24] = 220
    monkeypatch.setattr(fashion, "garments", lambda: pictures)
    transfer.small.cache_clear()
    transfer.features.cache_clear()


def test_what_is_drawn_to_train_on_is_not_drawn_to_test(bars: None) -> None:
    known, asked = fashion.drawn(6, 4, seed=1)
    assert known.shape == (10, 6, 28, 28) and asked.shape == (10, 4, 28, 28)
    for kind in range(10):
        assert not any(torch.equal(one, other) for one in known[kind] for other in asked[kind])
    assert torch.equal(asked, fashion.drawn(2, 4, seed=1)[1])  # however many one trains on


def test_a_scene_holds_a_piece_of_a_photograph_and_the_garment(bars: None) -> None:
    garment = torch.zeros(1, 28, 28)
    bare = fashion.scenes(garment, 65, seed=3)
    garment[0, 10:18, 10:18] = 1
    worn = fashion.scenes(garment, 65, seed=3)
    changed = (worn != bare).any(1)[0]
    assert bare.std() > 0.01 and 0.01 < changed.float().mean() < 0.3
    assert torch.equal(worn, fashion.scenes(garment, 65, seed=3))


def test_the_head_on_pixels_and_the_small_network_learn_what_can_be_learned(bars: None) -> None:
    assert transfer.right(Run("plain", "pixels", 4, 0), SHORT) > 0.9
    assert transfer.right(Run("scenes", "pixels", 4, 0), SHORT) < 0.6
    again = [transfer.right(Run("plain", "scratch", 4, 0), SHORT) for _ in range(2)]
    assert again[0] == again[1] > 0.15


def test_every_run_is_kept() -> None:
    kept = results.load("transfer")
    recipe = kept["recipe"]
    wanted = len(recipe["tasks"]) * len(recipe["methods"]) * len(recipe["each"]) * len(recipe["seeds"])
    assert len({(row["task"], row["method"], row["each"], row["seed"]) for row in kept["rows"]}) == wanted


@with_weights
def test_features_do_not_depend_on_their_neighbours(bars: None) -> None:
    pictures = fashion.scenes(fashion.drawn(1, 1, 0)[0].flatten(0, 1), 33, seed=0)
    together = transfer_features.features(pictures[:3])
    assert together.shape == (3, 1280)
    assert torch.allclose(together[1:2], transfer_features.features(pictures[1:2]), atol=1e-4)


def test_an_archive_with_another_checksum_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVNOTES_CACHE", str(tmp_path))
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "toy-1.0.0.tgz"
    path.write_bytes(b"something else")
    with pytest.raises(ValueError, match=r"toy-1.0.0.tgz is not the package that it was: SHA-256 \w+, expected 00"):
        npm.Archive("toy", "1.0.0", "00").path()
    assert not path.exists()


def test_without_npm_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVNOTES_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        FileNotFoundError, match=r"toy comes with npm, which is not here: install Node.js, or put toy-1"
    ):
        npm.Archive("toy", "1.0.0", "00").path()
