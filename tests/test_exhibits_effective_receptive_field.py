"""The figures of the chapter on the effective receptive field, and what it says about them."""

import numpy as np
import pytest
import torch

from convnotes.exhibits import effective_receptive_field as chapter
from convnotes.experiments import lite0, lite0_sees, results
from convnotes.experiments.colour_fields import LAYERS, effective
from convnotes.experiments.determinism import seeded
from convnotes.experiments.random_stacks import Stack, answers_of, as_one_kernel, covered, luo
from tests.test_exhibits import number, rows, rows_of_file, shapes


def test_the_outer_half_counts_for_little_and_the_inner_for_all() -> None:
    measured = rows_of_file("effective_receptive_field.covered_half")
    found = {(part, name): float(mean) for part, name, mean, *_ in measured}
    assert 0.005 < found["outer half", "linear"] < 0.02, "a hundredth"
    assert 0.15 < found["outer half", "with ReLU"] < 0.3, "a quarter"
    assert found["inner half", "linear"] == pytest.approx(1, abs=0.02)
    assert found["inner half", "with ReLU"] > 5 * found["outer half", "with ReLU"]


def test_with_relus_a_unit_without_its_middle_loses_its_mean_as_well() -> None:
    """It moves by its whole variation, as without ReLUs, and by the mean that all images share."""
    stack, inner = Stack(40), torch.zeros(81, 81)
    inner[20:61, 20:61] = 1
    with seeded(0), torch.no_grad():
        for _ in range(4):
            net, images, weights = stack.network(), torch.randn(32, 1, 81, 81), torch.randn(stack.width)
            whole, outer = (answers_of(net, weights, images * part) for part in (torch.ones(()), 1 - inner))
            assert float((whole - outer).std() / whole.std()) == pytest.approx(1, abs=0.05)
            assert abs(float(whole.mean())) > 0.3 * float(whole.std()) and abs(float(outer.mean())) < 0.1 * float(
                whole.std()
            )


def test_of_a_linear_unit_what_is_covered_is_what_its_weights_say() -> None:
    """Of a linear stack the share that moves is the root of the share of squared derivative that is covered."""
    stack = Stack(10, relu=False)
    outer, inner = covered(stack, 11)
    squares = luo(stack).map ** 2
    share = 1 - squares[5:16, 5:16].sum() / squares.sum()
    assert outer.mean == pytest.approx(share**0.5, rel=0.35)
    assert inner.mean == pytest.approx((1 - share) ** 0.5, rel=0.1)
    with seeded(0), torch.no_grad():
        net, images, weights = stack.network(), torch.randn(2, 1, 21, 21), torch.randn(stack.width)
        answers = as_one_kernel(net, weights, 21)(images)
        torch.testing.assert_close(answers, answers_of(net, weights, images), rtol=1e-4, atol=1e-4)


def test_the_bell_is_that_of_the_paths() -> None:
    for depth in (1, 2, 5, 20):
        shares = {
            int(str(at)): float(str(share))
            for layers, at, share in rows(chapter.paths_become_a_bell)
            if layers == depth
        }
        assert sum(shares.values()) == pytest.approx(1) and max(shares) == depth
        assert sum(at**2 * share for at, share in shares.items()) == pytest.approx(2 * depth / 3)


def test_the_ring_is_two_deviations_of_what_is_drawn() -> None:
    """Drawn is the square of the map, whose spread is σ; the ring holds most of it, as of a Gaussian (86 %)."""
    for depth in (5, 10, 20, 40):
        found = luo(Stack(depth))
        assert found.sigma is not None
        squares = found.map**2
        at = np.arange(len(squares)) - len(squares) // 2
        assert (squares.sum(0) @ at**2 / squares.sum()) ** 0.5 == pytest.approx(found.sigma.mean, rel=0.03)
        inside = np.add.outer(at**2, at**2) <= (2 * found.sigma.mean) ** 2
        assert 0.84 < squares[inside].sum() / squares.sum() < 0.9
    assert len(shapes(chapter.stack_maps(), "circle")) == 4


def test_what_the_share_does_with_depth() -> None:
    shares = [float(str(row[-1])) for row in rows(chapter.growth_with_depth)]
    assert shares == sorted(shares, reverse=True) and shares[-1] == pytest.approx(0.25, abs=0.02)


def test_the_bell_is_as_wide_as_predicted_with_relus_and_without() -> None:
    for depth in (5, 10, 20, 40):
        for relu in (False, True):
            sigma = luo(Stack(depth, relu=relu)).sigma
            assert sigma is not None and sigma.low < (2 * depth / 3) ** 0.5 < sigma.high


def test_luos_size_is_about_six_deviations() -> None:
    for depth in (20, 40):
        found = luo(Stack(depth))
        assert found.sigma is not None and found.size / found.sigma.mean == pytest.approx(6.2, abs=0.3)


def test_designs_are_ordered_as_the_chapter_says() -> None:
    measured = {str(name): float(str(mean)) for name, _, _, mean, *_ in rows(chapter.designs)}
    plain, large, dilated, strided, skips = measured.values()
    assert skips < plain < large < strided < dilated
    for _, _, predicted, _, low, high in rows(chapter.designs):
        assert predicted is None or float(str(low)) - 0.05 < float(str(predicted)) < float(str(high)) + 0.05
    read = luo(Stack(10, dilation=2)).map.any(0)
    assert (read.sum(), len(read)) == (21, 41), "gridding"
    bars = shapes(chapter.designs(), "rect", "f-see")
    assert [number(bar, "width") / number(bars[0], "width") for bar in bars] == pytest.approx(
        [value / plain for value in measured.values()], rel=0.01
    )


def test_training_narrowed_every_layer_and_in_one_the_intervals_overlap() -> None:
    overlap = []
    for layer in LAYERS:
        before, after = (effective(layer, trained).sigma for trained in (False, True))
        assert before is not None and after is not None and after.mean < before.mean
        if after.high > before.low:
            overlap.append(layer)
    assert overlap == ["conv3"]


def test_in_each_block_whose_field_fits_the_trained_network_looks_less_far_than_random_ones() -> None:
    """And each block further than the one before, by a smaller share of its field; deeper ones are not compared."""
    kept = results.load("lite0_fields")
    known, drawn = (
        [row for row in kept["rows"] if row["trained"] == trained and row["field"] <= kept["recipe"]["side"]]
        for trained in (True, False)
    )
    assert [row["layer"] for row in known] == [row["layer"] for row in drawn]
    assert known[-1]["layer"] == "block11"
    for what in ("side", "size"):
        assert all(own[what][2] < other[what][1] for own, other in zip(known, drawn, strict=True))
    sides = [row["side"][0] for row in known]
    shares = [row["side"][0] / row["field"] for row in known]
    assert sides == sorted(sides) and [f"{shares[at]:.0%}" for at in (0, -1)] == ["63%", "23%"]
    assert shares[-1] == min(shares)


def test_no_share_is_told_of_a_field_that_the_photograph_cuts_off() -> None:
    table = rows(chapter.real_network)
    assert [(row[0], f"{row[2]:.0%}") for row in table if row[5] is None] == [(13, "71%"), (16, "28%")]
    assert {row[2] for row in table if row[5] is not None} == {1}
    assert table[-1][-1] == "438 ± 9" and len(shapes(chapter.real_network(), "circle")) == 2 * 7


def test_in_block_8_the_square_is_small_where_the_frame_fits_and_wider_with_random_weights() -> None:
    kept = {row["trained"]: row["sides"] for row in results.load("lite0_sees")["rows"] if row["layer"] == "block8"}
    places = lite0_sees.places()
    boxes = {at: lite0_sees.box(lite0.field("block8"), at) for at in places}
    within = [at for at, (first, end) in boxes.items() if first >= 0 and end <= lite0.SIDE]
    at = [places.index(y) * len(places) + places.index(x) for y in within for x in within]
    sides = {trained: [found[place] for place in at] for trained, found in kept.items()}
    assert (len(at), min(sides[True]), max(sides[True])) == (4, 33, 37)
    assert (min(sides[False]), max(sides[False])) == (73, 79)
    assert min(kept[False]) > max(kept[True])  # at all 64 places
