"""The study of aliasing: each sentence about its two figures, computed."""

from functools import cache

import numpy as np
import pytest
import torch

from convnotes.exhibits import aliasing
from convnotes.experiments import kept, results
from convnotes.experiments.digit_shifts import changes
from convnotes.experiments.mnist import shifted
from convnotes.site.exhibits import files
from tests.test_exhibits import rows, rows_of_file, shapes, texts


@cache
def same() -> dict[str, list[float]]:
    """For each line of the chart, the percentage that keeps its class at each move."""
    _, *columns = zip(*rows(aliasing.class_kept)[1:], strict=True)
    shares = [[float(str(cell).split()[0]) for cell in column] for column in columns]
    return dict(zip(aliasing.LINES, shares, strict=True))


def test_fine_stripes() -> None:
    kept = [row[-1] for row in rows(aliasing.fine_stripes)]
    assert kept == ["0 0 0 0", "4 4 4 4", "2 2 2 2", "2 2 2 2"]
    assert len(shapes(aliasing.fine_stripes(), "rect", "f-see")) == 4 * (7 + 4)


def test_the_chart_draws_what_is_kept() -> None:
    runs = results.load("subsampling")["rows"]
    for name, (_, _, moved) in aliasing.LINES.items():
        own = [
            run["same"] for run in runs if (run["pooling"], run["moved"]) == (name.replace("moved", "stride"), moved)
        ]
        assert len(own) == 5
        assert same()[name] == [pytest.approx(20 * sum(run[move] for run in own), abs=0.06) for move in range(9)]
    figure = aliasing.class_kept()
    assert len(shapes(figure, "circle")) == 9 * (4 + 3)
    assert {label for label, *_ in aliasing.LINES.values()} <= set(texts(figure))


def test_the_strided_network_falls_until_four_and_is_back_at_eight() -> None:
    kept = same()["stride"]
    assert kept[0] == 100 and kept[8] > 99 and kept[4] == min(kept) < 65
    assert kept[:5] == sorted(kept[:5], reverse=True) and kept[4:] == sorted(kept[4:])


def test_the_max_pooled_network_is_back_at_four_already() -> None:
    kept = same()["max"]
    assert kept[4] > 99.8 and kept[8] > 99.5
    assert max(kept[1:4] + kept[5:8]) < 98 and min(kept) > 97


def test_the_blurred_network_falls_least_and_the_one_trained_on_moved_digits_less_than_the_strided() -> None:
    assert all(blurred > pooled for blurred, pooled in zip(same()["blur"][1:4], same()["max"][1:4], strict=True))
    assert min(same()["blur"]) > 98.5
    assert all(94 < kept < 96.5 for kept in same()["moved"][1:8])


def test_only_the_border_keeps_answers_from_repeating() -> None:
    """On a canvas on which no field that sees a digit reaches the border, they all do."""
    images, _ = kept.first_digits(canvas=72)
    for pooling, by in (("stride", 8), ("max", 4), ("max", 8), ("blur", 8)):
        net = kept.digit(pooling)  # type: ignore[arg-type]  # a tuple loses the literal
        assert torch.equal(net(shifted(images, 0, by)).argmax(1), net(images).argmax(1))


def test_the_networks_do_not_read_digits_in_place_equally_well() -> None:
    assert all(0.93 < run["accuracy"] < 0.99 for run in results.load("subsampling")["rows"])
    assert [str(cell)[:4] for cell in rows(aliasing.class_kept)[0][1:]] == ["97.0", "98.1", "94.1", "94.4"]


def test_zeros_stand_where_the_move_is_a_multiple_of_the_stride_and_nowhere_else() -> None:
    zeros = 0
    for _, stride, *left, _ in rows_of_file("aliasing.left_over"):
        for move, share in enumerate(left):
            exact = move % int(stride) == 0
            assert (float(share) < aliasing.EXACT) is exact
            zeros += exact
    assert files("aliasing.left_over")["svg"].count(">0</text>") == zeros + 1  # and the head of the first column


def test_what_is_left_over_falls_with_depth_and_does_not_vanish() -> None:
    """Trained or not, it is smaller after the last pooling than after the first."""
    by = {row[0]: row for row in rows_of_file("aliasing.left_over")}
    trained = [float(by[name][3]) for name in ("pooling 1", "pooling 3")]
    untrained = [float(by[name][-1]) for name in ("pooling 1", "pooling 3")]
    assert 0.2 < trained[1] < trained[0] and 0.2 < untrained[1] < untrained[0]
    assert [f"{share:.0%}" for share in trained + untrained] == ["44%", "29%", "46%", "27%"]


def test_the_blurred_network_is_off_by_less_at_every_move_in_between() -> None:
    for move in range(1, 8):
        blurred = next(row.left for row in changes(move, pooling="blur") if row.name == "blur3")
        pooled = next(row.left for row in changes(move) if row.name == "pool3")
        assert blurred is not None and pooled is not None and 0.05 < blurred < pooled


def test_an_average_pooling_makes_the_stripes_grey() -> None:
    for stripes in ([0, 4] * 5, [4, 0] * 5):
        assert np.convolve(stripes, [0.5, 0.5], mode="valid")[::2].tolist() == [2.0] * 5


@pytest.mark.parametrize(("period", "held"), [(2, False), (4, False), (5, True), (8, True)])
def test_a_wave_of_more_than_four_cells_survives_the_halving(period: int, held: bool) -> None:
    """Halved, it has both its signs wherever it begins; one of four cells may be kept at its zeros alone."""
    waves = [np.cos(2 * np.pi * (np.arange(40) + start) / period)[::2] for start in (0.0, 0.5, 1.0)]
    assert all(wave.max() > 0.1 and wave.min() < -0.1 for wave in waves) is held
