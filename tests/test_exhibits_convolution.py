"""What the chapters on convolution show, against sums written out and windows placed one by one."""

import numpy as np
import pytest
import torch
from scipy.signal import convolve2d
from torch.nn import functional

from convnotes.exhibits import convolution
from convnotes.experiments import weights
from convnotes.layers import Conv2d
from tests.test_exhibits import levels, middle, number, rows, shapes, texts


def test_where_each_term_comes_from() -> None:
    figure = convolution.where_each_term_comes_from()
    cells = {str(row[1]): row[2] for row in figure.data.rows}
    places = [start for start in range(0, 12, 2) if start + 3 <= 12]
    assert cells == {"i": 10, "p": 1, "k": 3, "s": 2, "i + 2p": 12, "i + 2p − k": 9, "⌊(i + 2p − k) / s⌋": 4,
                     "(i + 2p − k) mod s": 12 - places[-1] - 3, "⌊(i + 2p − k) / s⌋ + 1": len(places)}  # fmt: skip
    assert len(shapes(figure, "rect", "f-out")) == len(places)
    assert texts(figure).count("+1") == texts(figure).count("s = 2") == len(places) - 1
    assert {"i + 2p = 12 cells", "i + 2p − k = 9 cells of room", "1 left"} <= set(texts(figure))
    assert "⌊9 / 2⌋ + 1  =  5" in texts(figure)[-1]


def test_imagenet_stem() -> None:
    figure = convolution.imagenet_stem()
    windows = {w: range(2 * w - 3, 2 * w + 4) for w in range(112)}
    unread = set(range(-3, 227)) - {cell for window in windows.values() for cell in window}
    assert unread == {226}
    padded = {w: len(set(windows[w]) - set(range(224))) for w in (0, 111)}
    assert rows(convolution.imagenet_stem) == [[w, windows[w][0], windows[w][-1], padded[w]] for w in (0, 111)]
    assert {"−3", "−1", "0", "111", "216", "225", "226 is unread"} <= set(texts(figure))
    for w, frame in zip((0, 111), shapes(figure, "rect", "s-win"), strict=True):
        output = shapes(figure, "rect", "f-out")[bool(w)]
        assert middle(frame) == middle(output)
        assert number(frame, "width") == 7 * 33 + 3


def test_dilated_kernel() -> None:
    figure = convolution.dilated_kernel()
    spans = [max(d * tap for tap in range(3)) + 1 for d in (1, 2, 4)]
    assert [row[2] for row in figure.data.rows] == spans == [3, 5, 9]
    assert levels(shapes(figure, "rect", "f-see")) == [3, 3, 3]
    assert [(number(frame, "width") - 3) / 36 for frame in shapes(figure, "rect", "s-win")] == spans


def test_photograph_and_maps() -> None:
    table = {str(row[0]): row[1:] for row in rows(convolution.photograph_and_maps)}
    assert list(table) == list(convolution.FILTERS)
    picture = np.asarray(convolution.scaled(convolution.photograph("astronaut"), 128 / 512))
    assert picture.shape == (3, 128, 128)
    rise = (picture[:, :, 2:] - picture[:, :, :-2]).sum(0)  # written out: right column minus left one, all colours
    by_hand = (rise[:-2] + rise[1:-1] + rise[2:]) / 9
    assert table["vertical edges"] == pytest.approx([by_hand.min(), by_hand.max(), by_hand.mean()], abs=1e-6)
    redness = functional.avg_pool2d(torch.tensor(picture[None, :1] - picture[None, 1:2]), 3, 1)[0, 0].numpy()
    assert table["red, not green"] == pytest.approx([redness.min(), redness.max(), redness.mean()], abs=1e-6)


def test_a_kernel_that_adds_up_to_zero_is_blind_to_sheer_brightness_and_a_blur_is_not() -> None:
    bright = torch.ones(1, 1, 5, 5) * 9
    edge, blur = torch.tensor([[[[-1.0, 0, 1]] * 3]]), torch.tensor([[[[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]]])
    assert not functional.conv2d(bright, edge).any()
    assert (functional.conv2d(bright, blur) == 9 * 16).all()


def test_channels() -> None:
    layer = torch.nn.Conv2d(3, 2, 2)
    layer.weight.data, layer.bias.data = (
        torch.tensor(part).float() for part in (convolution.WEIGHTS, convolution.BIASES)
    )
    maps = layer(torch.tensor(convolution.CHANNELS)[None].float())[0].int().tolist()
    figure = convolution.channels()
    assert [row[-1] for row in figure.data.rows] == [maps[o][0][0] for o in range(2)] == [5, 2]
    assert all(sum(row[1:-1]) == row[-1] for row in figure.data.rows)  # type: ignore[arg-type]
    drawn = [text for text in texts(figure) if text.lstrip("−").isdigit() and len(text) < 3]
    inputs, *filters = np.split(np.array([int(text.replace("−", "-")) for text in drawn]), [27, 27 + 17])
    assert inputs.tolist() == convolution.CHANNELS.ravel().tolist()
    for o, printed in enumerate(filters):  # a slice, the first of them followed by its term; then the map
        first = int(convolution.CHANNELS[0, :2, :2].ravel() @ convolution.WEIGHTS[o, 0].ravel())
        assert printed.tolist() == [
            *convolution.WEIGHTS[o, 0].ravel(),
            first,
            *convolution.WEIGHTS[o, 1:].ravel(),
            *np.ravel(maps[o]),
        ]
    assert sum(parameter.numel() for parameter in layer.parameters()) == 2 * (2 * 2 * 3 + 1)


def test_flip() -> None:
    spot, kernel = np.zeros((5, 5), int), np.arange(1, 10).reshape(3, 3)
    spot[2, 2] = 1
    straight, flipped = (row[1:] for row in rows(convolution.flip))
    assert flipped == convolve2d(spot, kernel, "valid").ravel().tolist() == list(range(1, 10))
    assert (
        straight == functional.conv2d(torch.tensor(spot)[None, None], torch.tensor(kernel)[None, None]).ravel().tolist()
    )


def test_padding_three_ways() -> None:
    figure = convolution.padding_three_ways()
    for (name, p, wide, places), mode in zip(figure.data.rows, ("valid", "same", "full"), strict=True):
        assert convolve2d(np.ones((4, 4)), np.ones((3, 3)), mode).shape == (places, places), name
        assert wide == 4 + 2 * p  # type: ignore[operator]
    assert len(shapes(figure, "rect", "f-see")) == 3 * 16
    assert len(shapes(figure, "rect", "f-cell")) == 2 * 2 + 4 * 4 + 6 * 6


def test_same_is_refused_at_a_stride_and_windows_after_the_input_are_dropped() -> None:
    with pytest.raises(ValueError, match="padding='same' needs stride=1, got stride=2"):
        Conv2d(3, 64, kernel_size=3, stride=2, padding="same")
    with pytest.raises(ValueError, match="not supported for strided"):
        torch.nn.Conv2d(3, 64, 3, stride=2, padding="same")
    assert functional.max_pool2d(torch.ones(1, 4, 4), 1, 2, ceil_mode=True).shape == (1, 2, 2)


def test_a_bias_makes_a_filter_that_only_an_exact_match_passes() -> None:
    pattern = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
    weights = torch.tensor(2 * pattern - 1).float().reshape(1, 1, 3, 3)
    every = torch.tensor([[n >> bit & 1 for bit in range(9)] for n in range(512)]).float().reshape(-1, 1, 3, 3)
    answers = functional.conv2d(every, weights, torch.tensor([-4.0])).ravel()
    assert every[answers > 0].int().reshape(-1, 3, 3).tolist() == [pattern.tolist()]


def test_the_walk_stands_still_with_one_layer() -> None:
    """Its numbers by torch; the frames are where the window is and where the unit is."""
    kept, digit = weights.load("walk"), weights.load("walk-samples")["images"].reshape(-1, 28, 28)[4] / 255
    window = digit.double()[13:18, 7:12]
    total = (kept["conv1.weight"][0, 0].double() * window).sum().item()
    bias = kept["conv1.bias"][0].item()
    still = convolution.walk().still
    parts = ("25 products", total), ("bias", bias), ("the unit", total + bias)
    assert still.data.rows == [[name, round(value, 2)] for name, value in parts]
    (read,), (unit,) = shapes(still, "rect", "s-see"), shapes(still, "rect", "s-win")
    assert [number(read, name) for name in ("x", "y", "width")] == [4 * 7, 20 + 4 * 13, 4 * 5]
    assert [number(unit, name) for name in ("x", "y", "width")] == [4 * 7, 166 + 4 * 13, 4]
