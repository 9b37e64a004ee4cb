"""Numbers that chapters work out by hand in their text, and what they claim of them, found another way."""

import numpy as np
import pytest
import torch
from torch import nn

from convnotes.conv import output_size
from convnotes.correlate import max_pool2d


@pytest.mark.parametrize(
    ("mode", "padded"),
    [
        ("constant", [0, 1, 2, 3, 4, 5, 0]),
        ("replicate", [1, 1, 2, 3, 4, 5, 5]),
        ("reflect", [2, 1, 2, 3, 4, 5, 4]),
        ("circular", [5, 1, 2, 3, 4, 5, 1]),
    ],
)
def test_what_padding_may_hold(mode: str, padded: list[int]) -> None:
    row = torch.arange(1.0, 6).reshape(1, 1, 5)
    assert nn.functional.pad(row, (1, 1), mode=mode).ravel().tolist() == padded


def test_sobel_is_a_column_times_a_row_and_the_flip_makes_the_order_irrelevant() -> None:
    assert np.outer([1, 2, 1], [-1, 0, 1]).tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert np.convolve([1, 2], [3, 4]).tolist() == np.convolve([3, 4], [1, 2]).tolist() == [3, 10, 8]
    assert np.correlate([1, 2], [3, 4], "full").tolist() == [4, 11, 6]
    assert np.correlate([3, 4], [1, 2], "full").tolist() == [6, 11, 4]


@pytest.mark.parametrize(("period", "step", "seen"), [(3, 2, 3), (4, 3, 4), (5, 2, 2.5), (8, 3, 8 / 3), (7, 5, 3.5)])
def test_the_wave_that_comes_back_has_the_distance_from_the_nearest_whole_number(
    period: int, step: int, seen: float
) -> None:
    turns = step / period
    assert abs(turns - round(turns)) == pytest.approx(1 / seen)
    kept = np.arange(60) * step
    new = turns - round(turns)  # periods per kept value, backwards if negative
    np.testing.assert_allclose(np.sin(2 * np.pi * kept / period), np.sin(2 * np.pi * np.arange(60) * new), atol=1e-9)


def test_the_gradients_of_a_dense_layer_and_of_softmax_with_cross_entropy() -> None:
    weight = torch.tensor([[1.0, 2], [3, 4]], requires_grad=True)
    x = torch.tensor([5.0, 6], requires_grad=True)
    (weight @ x).backward(torch.tensor([1.0, 10]))
    assert weight.grad is not None and weight.grad.tolist() == [[5, 6], [50, 60]]
    assert x.grad is not None and x.grad.tolist() == [31, 42]
    scores = torch.tensor([1.0, 2, 5]).log().requires_grad_()
    nn.functional.cross_entropy(scores, torch.tensor(1)).backward()
    assert scores.grad is not None
    torch.testing.assert_close(scores.grad, torch.tensor([1 / 8, -6 / 8, 5 / 8]))


def test_checkpoints_are_fewest_at_the_root() -> None:
    held = {k: 64 / k + k for k in range(1, 65)}
    assert min(held, key=lambda k: held[k]) == 8 and held[8] == 16


def test_ten_times_the_weights_answer_alike_and_a_batch_norm_cancels_the_factor() -> None:
    torch.manual_seed(0)
    x, first, second = torch.randn(9, 5).double(), torch.randn(7, 5).double(), torch.randn(3, 7).double()

    def scores(factor: float) -> torch.Tensor:
        return torch.relu(x @ (factor * first).T) @ (factor * second).T

    torch.testing.assert_close(scores(10), 100 * scores(1))
    norm = nn.BatchNorm1d(7, eps=1e-12, affine=False).double()
    torch.testing.assert_close(norm(x @ (10 * first).T), norm(x @ first.T))


def test_batch_norm_leaves_what_channels_have_in_common() -> None:
    one = torch.tensor([1.0, 7, 9, 15])
    both = nn.BatchNorm1d(2, eps=1e-12, affine=False)(torch.stack([one, 2 * one], dim=1))
    torch.testing.assert_close(both[:, 0], both[:, 1])


def test_a_threshold_is_no_convolution() -> None:
    def threshold(value: int) -> int:
        return 9 if value > 5 else 0

    assert threshold(4) + threshold(4) == 0 and threshold(8) == 9


def test_derivatives_are_differences_of_differences_and_laplace_cannot_be_split() -> None:
    assert np.convolve([-1, 1], [-1, 1]).tolist() == [1, -2, 1]
    along = np.zeros((3, 3), int)
    along[1] = [1, -2, 1]
    laplace = along + along.T
    assert laplace.tolist() == [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
    identity = np.zeros((3, 3), int)
    identity[1, 1] = 1
    assert (identity - laplace).tolist() == [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    assert np.linalg.matrix_rank(laplace) == 2
    assert np.outer([2, 1], [1, 3]).tolist() == [[2, 6], [1, 3]]
    ramp = 3 * np.arange(5)[:, None] + 2 * np.arange(5)
    assert (laplace * ramp[1:4, 1:4]).sum() == 0


def test_what_commutes_with_the_move_of_a_ring_is_circulant_and_waves_are_its_eigenvectors() -> None:
    move = np.roll(np.eye(5), 1, axis=0)
    assert (move @ [1, 2, 3, 4, 5]).tolist() == [5, 1, 2, 3, 4]
    ring = np.array([np.roll([2, -1, 3, 0, 0], place) for place in range(5)])
    np.testing.assert_array_equal(ring @ move, move @ ring)
    # A S = S A as linear equations for the 25 entries of A: the solutions have five dimensions, the first columns
    equations = np.kron(move.T, np.eye(5)) - np.kron(np.eye(5), move)
    assert 25 - np.linalg.matrix_rank(equations) == 5
    for turns in range(5):
        wave = np.exp(2j * np.pi * turns * np.arange(5) / 5)
        np.testing.assert_allclose(ring @ wave, (ring @ wave)[0] / wave[0] * wave, atol=1e-12)
    small = np.array([[1, 4, 0], [0, 1, 4], [4, 0, 1]])
    assert (small @ [2, 0, 5]).tolist() == [2, 20, 13]


def test_one_score_with_a_sigmoid_gets_the_probability_minus_the_target() -> None:
    for target in (0.0, 1.0):
        score = torch.tensor([0.7], requires_grad=True)
        nn.functional.binary_cross_entropy_with_logits(score, torch.tensor([target])).backward()
        assert score.grad is not None
        assert score.grad.item() == pytest.approx(torch.sigmoid(torch.tensor(0.7)).item() - target)


def test_a_convolution_and_an_average_pooling_are_one_strided_convolution() -> None:
    x, w = torch.randn(1, 1, 11, 11), torch.randn(1, 1, 3, 3)
    two = nn.functional.avg_pool2d(nn.functional.conv2d(x, w), 2)
    merged = nn.functional.conv_transpose2d(w, torch.full((1, 1, 2, 2), 0.25))
    assert merged.shape[-1] == 4
    torch.testing.assert_close(two, nn.functional.conv2d(x, merged, stride=2), atol=1e-5, rtol=1e-4)


def test_dropout_keeps_the_mean_and_stretches_the_mean_square() -> None:
    x = torch.full((100_000,), 3.0)
    out = nn.functional.dropout(x, 0.2)
    assert out.mean().item() == pytest.approx(3, rel=0.02)
    assert out.square().mean().item() == pytest.approx(9 / 0.8, rel=0.02)


def test_twice_the_weights_before_a_batch_norm_have_half_the_slope() -> None:
    x, w = torch.randn(64, 5, dtype=torch.float64), torch.randn(5, 1, dtype=torch.float64)
    slopes = []
    for times in (1, 2):
        weights = (times * w).requires_grad_()
        y = nn.functional.batch_norm(x @ weights, None, None, training=True, eps=1e-12)
        (y**3).mean().backward()
        slopes.append(weights.grad)
    torch.testing.assert_close(slopes[0], 2 * slopes[1], rtol=1e-6, atol=1e-9)


def test_batch_norm_of_one_image_with_one_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        nn.BatchNorm2d(3)(torch.zeros(1, 3, 1, 1))


def test_sizes_that_self_checks_turn_round() -> None:
    assert output_size(64, 8, 2, padding=3) == output_size(64, 3, 2, padding=7, dilation=7) == 32
    assert [output_size(size, 3, stride=2, padding=1) for size in (15, 225)] == [8, 113]


def test_in_evaluation_mode_a_bias_before_batch_norm_shows() -> None:
    torch.manual_seed(0)
    conv, norm, image = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4).eval(), torch.rand(2, 3, 8, 8)
    before = norm(conv(image))
    with torch.no_grad():
        conv.bias += 3  # type: ignore[operator]  # the layer has one
    assert not torch.allclose(before, norm(conv(image)))


def test_two_convolutions_are_one_unless_a_relu_is_between() -> None:
    x = np.random.default_rng(0).normal(size=50)
    first, one = np.correlate(x, [1, 2]), np.correlate(x, [3, 7, 2])
    np.testing.assert_allclose(np.correlate(first, [3, 1]), one)
    assert not np.allclose(np.correlate(np.maximum(first, 0), [3, 1]), one)


def test_two_max_poolings_are_one() -> None:
    grid = np.random.default_rng(0).normal(size=(8, 8))
    assert np.array_equal(max_pool2d(max_pool2d(grid, 2), 2), max_pool2d(grid, 4))
