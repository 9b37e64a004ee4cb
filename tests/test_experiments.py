"""What is measured, against what is known: exact zeros, theory within its interval, kept weights met again."""

import ast
import json
import time
from collections import Counter
from itertools import product
from math import log
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import fisher_exact
from torch import Tensor, nn
from torch.nn import functional

from convnotes.correlate import translate
from convnotes.exhibits import feature_visualization
from convnotes.experiments import (
    album,
    colour_circuit,
    degradation,
    first_layer,
    gabor,
    kept,
    mnist,
    photographs,
    pieces,
    results,
    sheets_read,
    weights,
)
from convnotes.experiments.activations import activations
from convnotes.experiments.colour_deconvnet import projection
from convnotes.experiments.colour_fields import effective
from convnotes.experiments.colour_patches import NAMES, TREE
from convnotes.experiments.colour_pictures import CHANNELS, covered, patches
from convnotes.experiments.determinism import seeded
from convnotes.experiments.digit_shifts import changes
from convnotes.experiments.fingerprint import plain
from convnotes.experiments.intervals import interval
from convnotes.experiments.mnist import shifted
from convnotes.experiments.networks import Pooling
from convnotes.experiments.photographs import PHOTOGRAPHS, Crop, cut, photograph, scaled, statistics
from convnotes.experiments.random_stacks import Stack, luo
from convnotes.experiments.saliency import cascade, saliency
from convnotes.experiments.train import jobs, measurements
from convnotes.experiments.training import accuracy, digit_classifier
from convnotes.receptive_field import growth

MEASURED = measurements()
KEPT = jobs().keys() - MEASURED
SAMPLES = {"walk-samples", "few-digits"}  # pictures, not weights


@pytest.mark.parametrize("move", [(0, 1), (2, 0), (-1, 3), (0, -9), (20, 0)])
def test_shifting_is_the_translation_of_the_core(move: tuple[int, int]) -> None:
    image = torch.arange(48.0).reshape(1, 1, 6, 8)
    assert np.array_equal(shifted(image, *move)[0, 0].numpy(), translate(image[0, 0].numpy(), move))


@pytest.mark.skipif(not mnist.ARCHIVE.place.is_file(), reason="MNIST is not here; scripts/train fetches it")
def test_the_kept_digits_are_the_first_of_mnist() -> None:
    few, whole = kept.few_digits(), mnist.mnist()
    for part in ("images", "labels", "test_images", "test_labels"):
        assert torch.equal(getattr(few, part), getattr(whole, part)[:1000])


def test_an_upright_crop_is_a_piece_of_the_photograph() -> None:
    whole = photograph("astronaut")  # even sides and an even crop: the centre lies between two pixels
    piece = cut(Crop("astronaut", 0.5, 0.5), 64)
    middle = 0.25 * sum(whole[:, 224 - i : 288 - i, 224 - j : 288 - j] for i in (0, 1) for j in (0, 1))
    assert torch.allclose(piece, whole[:, 224:288, 224:288], atol=1e-4) or torch.allclose(piece, middle, atol=1e-4)


@pytest.mark.parametrize("border", ["inside", "circular"])
@pytest.mark.parametrize("trained", [True, False])
def test_equivariance_is_exact_for_multiples_of_the_stride_and_for_nothing_else(border: str, trained: bool) -> None:
    for move in (1, 4):
        for row in changes(move, border, trained=trained, images=20):  # type: ignore[arg-type]  # a str
            if row.stride is not None and row.left is not None:
                assert row.left < 1e-5 if move % row.stride == 0 else row.left > 0.05, (move, row)


@pytest.mark.parametrize(
    "stack", [Stack(5), Stack(10, relu=False), Stack(6, kernel_size=5), Stack(6, dilation=3)], ids=str
)
def test_random_stacks_spread_as_theory_says(stack: Stack) -> None:
    found = luo(stack, seed=7).sigma
    assert found is not None
    assert found.mean == pytest.approx(stack.sigma, rel=0.08)  # twenty runs vary by about two per cent


def test_skips_narrow_the_effective_field() -> None:
    plain, skipping = luo(Stack(12)).sigma, luo(Stack(12, skip=True)).sigma
    assert plain and skipping
    assert skipping.high < plain.low


def test_the_colour_networks_gradient_stays_inside_its_field() -> None:
    assert effective("conv3", trained=True).map.shape == (55, 55)  # a gradient outside raises


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_kept_pictures_are_whole_and_say_where_they_come_from(name: str) -> None:
    assert weights.load(name)
    card = weights.card(name)
    assert card["command"] == f"scripts/train {name}"
    assert all(source["licence"] and source["author"] for source in card["data"].values())


@pytest.mark.parametrize("name", sorted(KEPT - SAMPLES))
def test_kept_weights_are_whole_and_say_where_they_come_from(name: str) -> None:
    assert weights.load(name)
    card = weights.card(name)
    assert {"command", "seed", "data", "recipe", "metrics", "tolerance", "versions", "sha256"} <= card.keys()
    assert all(source["licence"] for source in card["data"].values())
    assert card["metrics"]["accuracy"] > 20 * card["metrics"]["chance"] or card["metrics"]["accuracy"] > 0.93


def test_kept_files_are_small() -> None:
    """Six megabytes in all are what a clone may cost: weights, results, and the photographs that no library carries."""
    folders = (weights.FOLDER, results.FOLDER, album.FOLDER)
    files = [
        file for folder in folders for file in folder.iterdir() if file.suffix in (".json", ".safetensors", ".webp")
    ]
    assert len(files) > 80 and sum(file.stat().st_size for file in files) < 6_000_000


@pytest.mark.parametrize("pooling", ["max", "blur", "stride"])
def test_the_kept_digit_networks_read_the_kept_digits_as_stated(pooling: Pooling) -> None:
    found = accuracy(kept.digit(pooling), *kept.first_digits())
    assert found == pytest.approx(weights.card(f"digits-{pooling}")["metrics"]["first_accuracy"], abs=0.011)


@pytest.mark.skipif(not mnist.ARCHIVE.place.is_file(), reason="MNIST is not here; scripts/train fetches it")
def test_training_again_meets_the_kept_metrics() -> None:
    kept_card = weights.card("digits-max")
    _, metrics = digit_classifier("max")
    assert metrics["accuracy"] == pytest.approx(
        kept_card["metrics"]["accuracy"], abs=kept_card["tolerance"]["accuracy"]
    )


def test_damaged_weights_say_how_to_mend_them(tmp_path: Path) -> None:
    weights.save("toy", {"a": torch.ones(2)}, {"seed": 0}, tmp_path)
    assert weights.load("toy", tmp_path)["a"].tolist() == [1, 1]
    file = tmp_path / "toy.safetensors"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(ValueError, match=r"toy.safetensors is damaged; scripts/train toy makes it again"):
        weights.load("toy", tmp_path)
    (tmp_path / "toy.json").write_text("{")
    with pytest.raises(ValueError, match=r"toy.json is damaged"):
        weights.load("toy", tmp_path)


@pytest.mark.parametrize("name", sorted(MEASURED))
def test_kept_results_were_measured_by_the_code_as_it_is(name: str) -> None:
    kept_result = results.load(name)
    assert kept_result["rows"] and kept_result["command"] == f"scripts/train {name}"


def test_everything_that_is_kept_has_a_job_that_makes_it_again() -> None:
    """And scripts/train NAME makes what a new job lacks."""
    files = {file.stem for folder in (weights.FOLDER, results.FOLDER) for file in folder.glob("*.json")}
    assert files == jobs().keys()


def test_stale_and_damaged_results_are_refused(tmp_path: Path) -> None:
    results.save("degradation", {"rows": [{"loss": 1.0}]}, tmp_path)
    file = tmp_path / "degradation.json"
    text = file.read_text()
    assert results.load("degradation", tmp_path)["rows"] == [{"loss": 1.0}]
    file.write_text(text.replace("1.0", "0.5"))
    with pytest.raises(ValueError, match="is damaged; scripts/train degradation measures it again"):
        results.load("degradation", tmp_path)
    stale = json.loads(text) | {"fingerprint": "0"}
    file.write_text(json.dumps(stale | {"sha256": results._digest(stale)}))
    with pytest.raises(ValueError, match=r"measured by other code than degradation.py has now; scripts/train"):
        results.load("degradation", tmp_path)


def test_a_result_depends_on_the_weights_that_its_code_names_and_on_no_others() -> None:
    named = {
        name: {file.stem for file in results._named(plain(ast.parse(name)))} for name in ("'colour'", "f'digits-{x}'")
    }
    assert named == {"'colour'": {"colour"}, "f'digits-{x}'": {"digits-max", "digits-blur", "digits-stride"}}


def test_the_same_seed_gives_the_same_run(monkeypatch: pytest.MonkeyPatch) -> None:
    made = torch.rand(64, 1, 10, 10, generator=torch.Generator().manual_seed(0)), torch.arange(64) % 10
    monkeypatch.setattr(degradation, "images", lambda: made)
    assert degradation.losses("residual", 8, 1, steps=3) == degradation.losses("residual", 8, 1, steps=3)


def test_the_deep_plain_stack_learns_more_slowly_as_the_chapter_says() -> None:
    recipe, rows = (results.load("degradation")[part] for part in ("recipe", "rows"))
    ends = {(row["kind"], row["depth"], row["seed"], row["steps"]): row["loss"] for row in rows}
    for steps, seed in product([*recipe["steps"], recipe["longest"]], recipe["seeds"]):
        assert ends["plain", 8, seed, steps] < ends["plain", 32, seed, steps]
    for steps, seed in product(recipe["steps"], recipe["seeds"]):
        assert ends["residual", 32, seed, steps] < ends["plain", 8, seed, steps]
        again = ends["plain", 32, seed, 3 * steps] / ends["plain", 8, seed, steps]
        assert 0.6 < again < 1.4  # about where the shallow one ended
    short, long = ([log(_lead(ends, seed, steps)) for seed in recipe["seeds"]] for steps in (2700, 8100))
    assert interval(long).low > 0  # clearly behind, still
    shrunk = interval([one - other for one, other in zip(short, long, strict=True)])
    assert shrunk.low < 0 < shrunk.mean  # nearer, by less than three seeds can tell


def _lead(ends: dict[tuple[str, int, int, int], float], seed: int, steps: int) -> float:
    return ends["plain", 32, seed, steps] / ends["plain", 8, seed, steps]


def test_gabor_fits_tell_an_edge_detector_from_noise() -> None:
    rng = np.random.default_rng(0)
    edge = np.stack([gabor._waves((0.4, -0.3, 0.8, 0.2, 0.7, 0.18), 11)[1].reshape(11, 11)] * 3)
    assert gabor.fit(edge).r2 > 0.99
    assert gabor.fit(edge).oriented
    noise = gabor.fit(rng.standard_normal((3, 11, 11)))
    assert noise.r2 < 0.3
    assert not noise.oriented


def test_the_noise_is_as_smooth_as_the_trained_kernels() -> None:
    def roughness(kernel: np.ndarray) -> float:
        return float(sum(np.square(np.diff(kernel, axis=axis)).mean() for axis in (1, 2)) / kernel.var())

    sets = first_layer.kernels()
    for trained, noise in zip(sets["trained"], sets["noise"], strict=True):
        assert roughness(noise) == pytest.approx(roughness(trained))


def test_the_noise_keeps_the_shape_of_ramps_and_passes_as_no_detector() -> None:
    """In each draw: what stays as it was is no oriented kernel but once, and few of the noise count as oriented."""
    measured = results.load("first_layer")
    trained = [row for row in measured["rows"] if row["kernels"] == "trained"]
    ramps = [
        row["oriented"]
        for draw in measured["noise"]
        for row, alike in zip(trained, first_layer.kept_shape(draw["seed"]), strict=True)
        if alike > 0.9
    ]
    assert len(measured["noise"]) == 20 and ramps.count(True) == 1 and ramps.count(False) > 40
    assert 3 * max(draw["oriented"] for draw in measured["noise"]) < sum(row["oriented"] for row in trained)
    shown = [row for row in measured["rows"] if row["kernels"] == "noise"]
    assert first_layer.summary(shown).items() <= measured["noise"][0].items()


def test_every_shown_group_was_read_once_and_the_chapters_counts_are_theirs() -> None:
    groups = [(trained, layer, n) for trained in (True, False) for layer, ns in CHANNELS.items() for n in ns]
    assert sorted(sheets_read.groups()) == sorted(groups) and len(groups) == 80
    later = [layer for layer in CHANNELS if layer != "conv1"]
    for reader, (trained, untrained) in enumerate(((6, 4), (15, 7))):
        assert _shared(later, reader) == ((trained, 32), (untrained, 32))
        assert fisher_exact([[trained, 32 - trained], [untrained, 32 - untrained]]).pvalue > 0.05
        first = sheets_read.found("conv1", True, reader)
        assert first["colour"] + first["edge"] == 8


def test_in_the_real_network_early_groups_share_edges_and_deep_ones_objects_as_the_chapter_says() -> None:
    blocks = [row["layer"] for row in sheets_read.ordered() if row["trained"]]
    assert blocks == ["block3", "block4", "block5", "block8", "block9"]
    for reader, (trained, untrained) in enumerate(((19, 7), (24, 9))):
        assert _shared(blocks, reader) == ((trained, 39), (untrained, 40))
        assert fisher_exact([[trained, 39 - trained], [untrained, 40 - untrained]]).pvalue < 0.01
        early, deep, random = (
            sum((sheets_read.found(block, known, reader) for block in some), Counter())
            for some, known in ((blocks[:2], True), (blocks[3:], True), (blocks[3:], False))
        )
        assert early["edge"] + early["colour"] > early["object"] + early["texture"] + early["form"]
        assert sheets_read.found("block5", True, reader)["nothing"] >= 7
        assert deep["object"] in (9, 10) and deep["object"] + deep["nothing"] == 16 and random["object"] == 3
    pairs = [zip(*(sheets_read.labels(block, True, reader) for reader in (0, 1)), strict=True) for block in blocks[3:]]
    assert [pair for found in pairs for pair in found].count(("-", "-")) == 6
    assert sheets_read.agreement(sheets_read.REAL)[0] == 70 and sheets_read.agreement(sheets_read.OURS)[0] == 56


def _shared(layers: list[str], reader: int) -> tuple[tuple[int, int], ...]:
    """Of the trained and of the untrained network: in how many groups a reader found something, and of how many."""
    labels = [[one for name in layers for one in sheets_read.labels(name, known, reader)] for known in (True, False)]
    return tuple((len(every) - every.count("-"), len(every)) for every in labels)


def test_each_reader_put_the_sheets_in_order_and_named_the_trained_network() -> None:
    rows = {(network, letter): (weights, field) for network, letter, weights, field in _sheets_to_order()}
    for *orders, trained in sheets_read.ORDERS:
        for network, order in zip(("first", "second"), orders, strict=True):
            fields = [rows[network, letter][1] for letter in order]
            assert fields == sorted(fields) and len(set(fields)) == 5
        assert {rows[trained, letter][0] for letter in "ABCDE"} == {"ImageNet"}
    assert len(sheets_read.ORDERS) == 3


def _sheets_to_order() -> list[tuple[str, str, str, int]]:
    rows = feature_visualization.put_in_order().data.rows
    return [(*str(sheet).split(", "), weights, field) for sheet, weights, _, field in rows]  # type: ignore[misc]


def test_what_the_first_maps_add_and_a_constant_make_the_answer() -> None:
    """Of a unit of the second layer, at every strongest patch of some channels: the account of the circuit is whole."""
    for channel in (0, 17):
        found = patches("conv2")["conv2"][channel]
        left = [patch.value - float(colour_circuit.added(channel, patch).sum()) for patch in found]
        assert left == pytest.approx([left[0]] * 9, abs=1e-4)
    assert (
        colour_circuit.without(0, int(colour_circuit.added(0, patches("conv2")["conv2"][0][0]).argmax()))[0].value < 4
    )


def test_a_patch_holds_all_that_its_unit_read() -> None:
    mean, std = statistics(NAMES)
    axis = {name: field.axes[0] for name, _, field in growth(TREE)}["conv1"]
    assert axis is not None
    net = kept.colour()
    for channel in (0, 7, 33):
        patch = patches("conv1")["conv1"][channel][0]
        with torch.no_grad():
            answer = activations(net, ((patch.pixels() - mean[:, None, None]) / std)[None], "relu1")["relu1"]
        assert answer.shape[2:] == (1, 1)
        assert float(answer[0, channel]) == pytest.approx(patch.value, rel=1e-4)


def test_occlusion_outside_the_field_changes_nothing() -> None:
    found = covered()
    starts = np.array(found.seen.starts)
    touches = (starts + found.seen.cover > found.start) & (starts < found.start + found.size)
    assert not found.seen.effect[~np.outer(touches, touches)].any()
    assert (found.seen.effect[np.outer(touches, touches)] != 0).mean() > 0.9
    assert found.seen.answer == pytest.approx(found.patch.value, rel=1e-4)


def test_a_deconvnet_learns_of_a_picture_by_its_poolings_alone() -> None:
    found = patches("conv1", "conv3")
    one, other = found["conv1"][0][:2]
    assert torch.equal(projection("conv1", 0, one), projection("conv1", 0, other))
    one, other = found["conv3"][0][:2]
    assert not torch.allclose(projection("conv3", 0, one), projection("conv3", 0, other))
    whole = scaled(photograph(one.name), one.scale)
    mean, std = statistics(NAMES)
    parts = list(kept.colour().children())[: [name for name, _ in TREE.children].index("relu3") + 1]
    net, x = nn.Sequential(*parts), ((whole - mean[:, None, None]) / std)[None]
    axis = {name: field.axes[0] for name, _, field in growth(TREE)}["conv3"]
    assert axis is not None
    row, column = ((at + axis.padding) // axis.stride for at in (one.row, one.column))
    unit = row * net(x).shape[3] + column  # of channel 0
    drawn = saliency(nn.Sequential(net, nn.Flatten()), x, torch.tensor([unit]), "deconvnet")[0]
    field = drawn[:, one.row : one.row + one.size, one.column : one.column + one.size]
    assert torch.allclose(projection("conv3", 0, one), field, atol=1e-6)
    assert field.count_nonzero() == drawn.count_nonzero()


@pytest.fixture
def new_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVNOTES_CACHE", str(tmp_path))
    monkeypatch.setattr(pieces, "_SAVED", {})


@pytest.mark.usefixtures("new_cache")
def test_time_that_a_kept_piece_took_counts_once_more_in_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A measurement that was interrupted says what all of it took, not what its last call did."""

    def work(name: str) -> str:
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass
        return name

    work.__module__ = photographs.__name__
    assert pieces.piece(work, "camera") == "camera" and pieces.saved() < 0.05
    monkeypatch.setattr(pieces, "_SAVED", {})
    assert [pieces.piece(work, "camera") for _ in range(2)] == ["camera"] * 2 and 0.1 < pieces.saved() < 0.3


@pytest.mark.usefixtures("new_cache")
def test_pieces_go_on_where_they_were_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def credit(name: str) -> str:
        asked.append(name)
        if asked == ["camera", "coffee"]:
            raise KeyboardInterrupt
        return name.title()

    credit.__module__ = photographs.__name__
    monkeypatch.setattr(pieces, "processors", lambda: 1)
    with pytest.raises(KeyboardInterrupt):
        pieces.pieces(credit, ["camera", "coffee"])
    assert pieces.pieces(credit, ["camera", "coffee"]) == ["Camera", "Coffee"]
    assert asked == ["camera", "coffee", "coffee"]


@pytest.mark.usefixtures("new_cache")
def test_a_piece_is_asked_again_with_another_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = pieces._entry(photographs.credit, "camera")
    pieces._made_by.cache_clear()
    monkeypatch.setattr(weights, "versions", lambda: {"torch": "9.9"})
    assert pieces._entry(photographs.credit, "camera") != entry
    pieces._made_by.cache_clear()


@pytest.mark.usefixtures("new_cache")
def test_several_processes_give_the_pieces_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    names, seen = list(PHOTOGRAPHS), list[int]()

    def shown(numbers: range) -> range:
        seen.extend(numbers)
        return numbers

    monkeypatch.setattr(pieces, "processors", lambda: 2)
    assert pieces.pieces(photographs.credit, names, shown) == list(map(photographs.credit, names))
    assert seen == list(range(len(names))) and pieces.saved() >= 0
    monkeypatch.setattr(pieces, "processors", lambda: pytest.fail("asked for a process, though all are kept"))
    assert pieces.pieces(photographs.credit, names) == list(map(photographs.credit, names))


def _toy() -> tuple[nn.Sequential, Tensor]:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 2))
    return net, torch.randn(2, 1, 8, 8)


def test_guided_backpropagation_drops_negative_signals_and_leaves_no_hook() -> None:
    net, x = _toy()
    plain = saliency(net, x, torch.tensor([0, 1]))
    guided = saliency(net, x, torch.tensor([0, 1]), "guided")
    with torch.no_grad():
        first, second = net[0](x), net[:3](x)
        signal = net[5].weight.reshape(2, 4, 4, 4).clamp(min=0) * (second > 0)
        signal = functional.conv_transpose2d(signal, net[2].weight).clamp(min=0) * (first > 0)
        by_hand = functional.conv_transpose2d(signal, net[0].weight)
    assert torch.allclose(guided, by_hand, atol=1e-6)
    assert not torch.allclose(plain, guided)
    assert torch.equal(plain, saliency(net, x, torch.tensor([0, 1])))


def test_the_cascade_leaves_the_network_as_it_was() -> None:
    net, x = _toy()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    likeness = cascade(net, x, torch.tensor([0, 0]), ["5", "2", "0"], "gradient")
    assert len(likeness) == 3
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def test_seeding_puts_the_settings_back() -> None:
    threads = torch.get_num_threads()
    with seeded(0):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == threads
    assert not torch.are_deterministic_algorithms_enabled()


def test_every_photograph_has_a_licence() -> None:
    assert all(
        about.author and about.licence in ("CC0", "CC BY 2.0", "public domain") for about in PHOTOGRAPHS.values()
    )
