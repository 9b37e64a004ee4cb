"""The figures of the chapter on the convolution block, and what it says about them."""

import numpy as np
import pytest
import torch
from torch import nn

from convnotes.exhibits import conv_block
from tests.test_exhibits import rows, texts


def test_one_channel_is_rescaled_and_then_cut() -> None:
    found = {str(name): values for name, *values in rows(conv_block.one_channel)}
    assert list(found) == ["input", "convolution", "batch norm", "ReLU"]
    assert found["input"][2] == 0  # no pixel is negative
    assert abs(float(str(found["convolution"][0]))) > 0.1 > float(str(found["convolution"][1]))  # off zero, and narrow
    mean, sd, negative = found["batch norm"]
    assert mean == pytest.approx(0) and sd == pytest.approx(1)
    assert found["ReLU"][2] == 0 < float(str(negative))
    assert {"mean 0.00", "sd 1.00"} <= set(texts(conv_block.one_channel()))


def test_the_hat_is_what_two_layers_with_a_relu_compute_and_without_it_a_line() -> None:
    first, second = nn.Linear(1, 3), nn.Linear(3, 1, bias=False)
    with torch.no_grad():
        first.weight.fill_(1)
        first.bias.copy_(torch.tensor([1.0, 0.0, -1.0]))
        second.weight.copy_(torch.tensor([[1.0, -2.0, 1.0]]))
    x = torch.linspace(-2, 2, 9)[:, None]
    bent = second(torch.relu(first(x))).flatten().tolist()
    assert bent == pytest.approx([conv_block._hat(value) for value in x.flatten().tolist()], abs=1e-6)
    assert bent == pytest.approx([max(0.0, 1 - abs(value)) for value in x.flatten().tolist()], abs=1e-6)
    assert second(first(x)).abs().max() < 1e-6  # zero for every x, as the chapter says
    assert np.ptp(np.diff([conv_block._straight(value) for value in np.linspace(-2, 2, 9).tolist()])) < 1e-9
