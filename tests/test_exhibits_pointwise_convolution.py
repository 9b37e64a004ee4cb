"""The figures of the chapter on pointwise, grouped and depthwise convolution, and what it says is lost."""

import re

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d

from convnotes.exhibits import pointwise_convolution
from tests.test_exhibits import number, rows, shapes, texts


def test_a_column_of_numbers() -> None:
    figure = pointwise_convolution.column()
    assert len(shapes(figure, "rect", "f-see")) == 6 and len(shapes(figure, "rect", "f-out")) == 3
    assert "W, 3×6" in texts(figure)


def test_connections_are_what_a_gradient_finds() -> None:
    """A line stands for each pair of channels between which torch's layer has a derivative."""
    for (name, lines, each, weights), (k, groups) in zip(
        rows(pointwise_convolution.connections), pointwise_convolution.PATTERNS.values(), strict=True
    ):
        layer = torch.nn.Conv2d(4, 4, k, padding=k // 2, groups=groups, bias=False)
        image = torch.rand(1, 4, 5, 5, requires_grad=True)
        joined = 0
        for out in layer(image)[0, :, 2, 2]:
            (grad,) = torch.autograd.grad(out, image, retain_graph=True)
            joined += int((grad[0].abs().amax((1, 2)) > 0).sum())
        assert (lines, each, weights) == (joined, k * k, layer.weight.numel()), name
    paths = shapes(pointwise_convolution.connections(), "path")
    assert len(paths) == 16 + 8 + 4 + 16


def test_one_pixel_rgb() -> None:
    figure = pointwise_convolution.one_pixel_rgb()
    assert [row[1:] for row in rows(pointwise_convolution.one_pixel_rgb)] == [
        ["0.30", "0.59", "0.11", "76.5", "59", "5.5", "141"], ["0.5", "−0.5", "0.0", "127.5", "−50", "0", "77.5"],
    ]  # fmt: skip
    assert texts(figure)[-4:] == [
        "0.30 · 255 + 0.59 · 100 + 0.11 · 50", "= 76.5 + 59 + 5.5 = 141",
        "0.5 · 255 − 0.5 · 100 + 0.0 · 50", "= 127.5 − 50 + 0 = 77.5",
    ]  # fmt: skip
    assert not any(re.search(r"\.\d{3}|e[+-]", text) for text in texts(figure))  # no traces of binary fractions


def test_bottleneck() -> None:
    figure = pointwise_convolution.bottleneck()
    weights = [256 * 64, 64 * 64 * 9, 64 * 256]
    assert [row[1:] for row in rows(pointwise_convolution.bottleneck)] == [
        *([n, 196 * n] for n in weights), [69_632, 13_647_872], [589_824, 115_605_504],
    ]  # fmt: skip
    areas = [number(box, "width") * number(box, "height") for box in shapes(figure, "rect", "f-see")]
    scale = areas[-1] / 589_824
    assert [area / scale for area in areas[:3]] == [pytest.approx(n, rel=0.005) for n in reversed(weights)]
    assert {"69,632 weights", "589,824 weights", "13,647,872 MACs", "115,605,504 MACs"} <= set(texts(figure))


def test_reductions() -> None:
    assert rows(pointwise_convolution.reductions) == [
        ["256 → 256", 9 * 256 * 256, 196 * 9 * 256 * 256, 1],
        ["64 → 256", 9 * 64 * 256, 196 * 9 * 64 * 256, 4],
        ["64 → 64", 9 * 64 * 64, 196 * 9 * 64 * 64, 16],
    ]


def test_a_separable_pair_gives_every_output_the_same_shape() -> None:
    """With nothing between them the two layers are one 3×3 whose kernel is w[o, i] d[i]: rank one for each input."""
    torch.manual_seed(0)
    depthwise, pointwise, image = torch.rand(4, 1, 3, 3), torch.rand(5, 4, 1, 1), torch.rand(1, 4, 6, 6)
    whole = pointwise * depthwise[:, 0]  # (out, in, 3, 3)
    assert torch.allclose(conv2d(conv2d(image, depthwise, groups=4), pointwise), conv2d(image, whole), atol=1e-5)
    for i in range(4):
        assert np.linalg.matrix_rank(whole[:, i].reshape(5, 9).numpy(), tol=1e-5) == 1
    assert np.linalg.matrix_rank(torch.rand(5, 4, 3, 3)[:, 0].reshape(5, 9).numpy()) == 5


@pytest.mark.parametrize(("k", "c", "out"), [(3, 256, 256), (5, 32, 128), (7, 64, 96)])
def test_the_share_of_a_separable_pair(k: int, c: int, out: int) -> None:
    pair = torch.nn.Conv2d(c, c, k, groups=c, bias=False).weight.numel() + out * c
    full = torch.nn.Conv2d(c, out, k, bias=False).weight.numel()
    assert pair / full == pytest.approx(1 / out + 1 / k**2) and pair / full > 1 / k**2


def test_one_by_one_as_three_by_three() -> None:
    small, image = torch.rand(2, 3, 1, 1), torch.rand(1, 3, 5, 5)
    wide = torch.nn.functional.pad(small, [1, 1, 1, 1])
    assert torch.allclose(conv2d(image, wide, padding=1), conv2d(image, small), atol=1e-6)
