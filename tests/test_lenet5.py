"""LeNet-5 as published, trained: the parts that the paper gives, and the kept weights."""

import pytest
import torch
from torch import nn

from convnotes.architectures.lenet import C3_TABLE
from convnotes.architectures.lenet import lenet5 as tree
from convnotes.cost import parameters
from convnotes.experiments import kept, lenet5, results, weights
from convnotes.experiments.modules import Subsampling2d


def test_the_kept_weights_are_those_of_the_ledger_and_the_codes() -> None:
    stored = weights.load("lenet5")
    codes = stored.pop("head.output.codes")
    assert sum(value.numel() for value in stored.values()) == parameters(tree()) == 60_000
    assert codes.shape == (10, 84) and set(codes.flatten().tolist()) == {-1.0, 1.0}
    assert len({tuple(code) for code in codes.tolist()}) == 10


def test_every_tanh_is_the_papers_and_every_weight_starts_within_its_bound() -> None:
    net = lenet5.network(3)
    assert not any(isinstance(module, nn.Tanh) for module in net.modules())
    assert sum(isinstance(module, lenet5.ScaledTanh) for module in net.modules()) == 6
    ones = lenet5.ScaledTanh()(torch.tensor([-1.0, 1.0]))
    assert ones.tolist() == pytest.approx([-1, 1], abs=1e-4)
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear | Subsampling2d):
            inputs = 4 if isinstance(module, Subsampling2d) else module.weight[0].numel()
            assert module.weight.abs().max() <= 2.4 / inputs and module.bias.abs().max() <= 2.4 / inputs


def test_a_map_of_c3_is_the_convolution_of_the_maps_that_its_row_lists() -> None:
    c3 = lenet5.network(1).get_submodule("features.c3.conv")
    assert isinstance(c3, lenet5.Together)
    x = torch.randn(2, 6, 14, 14, generator=torch.Generator().manual_seed(0))
    each = [kernel(x[:, row]) for row, kernel in zip(C3_TABLE, c3.kernels, strict=True)]
    assert torch.allclose(c3(x), torch.cat(each, 1), atol=1e-5)


def test_the_prepared_digits_have_a_mean_of_about_0() -> None:
    """As the paper says of its values for ground and ink."""
    found = lenet5.prepared(kept.first_digits(28)[0])
    assert abs(found.mean()) < 0.05 and found.std() > 0.3


def test_the_loss_is_least_where_the_right_distance_is_small_and_the_others_are_large() -> None:
    near, far = torch.tensor([[0.1, 60.0], [60.0, 0.1]]), torch.tensor([[60.0, 0.1], [0.1, 60.0]])
    labels = torch.tensor([0, 1])
    assert lenet5.loss(near, labels) < 0.5 < 50 < lenet5.loss(far, labels)


def test_the_kept_network_reads_the_kept_digits() -> None:
    images, labels = kept.first_digits(28)
    assert lenet5.accuracy(kept.lenet(), images, labels) >= 0.98


def test_the_first_seed_is_the_kept_network() -> None:
    rows = results.load("lenet5_seeds")["rows"]
    assert {row["parameters"] for row in rows} == {60_000}
    assert rows[0]["wrong"] == round(10_000 * (1 - weights.card("lenet5")["metrics"]["accuracy"]))
