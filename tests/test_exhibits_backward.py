"""What the chapters on the way back and on transposed convolution show, against torch and against other routes."""

import numpy as np
import torch

from convnotes.exhibits import backward, transposed_convolution
from tests.test_exhibits import rows, shapes, texts


def slopes(layer, inputs, sent):
    """The gradient of a layer to its inputs, by torch."""
    x = torch.tensor(np.array(inputs), dtype=torch.float64)[None, None].requires_grad_()
    layer(x).backward(torch.tensor(np.array(sent), dtype=torch.float64)[None, None])
    return x.grad[0, 0].int().tolist()


def test_there_and_back() -> None:
    figure, weights = backward.there_and_back(), torch.tensor([[[[2.0, 3.0]]]], dtype=torch.float64)
    back = slopes(lambda x: torch.nn.functional.conv2d(x, weights), [[5, 6, 7]], [[1, 10]])
    assert [row[3] for row in rows(backward.there_and_back)] == back[0] == [2, 23, 30]
    assert {"28", "33", "1", "10", "2", "23", "30", "3 + 20"} <= set(texts(figure))
    assert len(shapes(figure, "path", "s-win")) == len(shapes(figure, "path", "s-edge")) == 4


def test_weights_add_up() -> None:
    table = rows(backward.weights_add_up)
    assert [row[4:] for row in table] == [[5, 6], [60, 70], [65, 76]]


def test_four_stamps_and_the_flipped_kernel_agree_with_torch() -> None:
    weights = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]], dtype=torch.float64)
    back = slopes(lambda x: torch.nn.functional.conv2d(x, weights), np.zeros((3, 3)), [[1, 0], [2, -1]])
    table = rows(backward.four_stamps)
    assert [row[1:] for row in table[-3:]] == back
    assert np.array_equal(sum(np.array([row[1:] for row in table[3 * n : 3 * n + 3]]) for n in range(4)), back)
    told = [str(row[1]).replace("−", "-").split() for row in rows(backward.flipped_kernel)[-3:]]
    assert [[int(value) for value in line] for line in told] == back
    assert "4·1 + 3·0 + 2·2 + 1·(−1) = 7" in texts(backward.flipped_kernel())


def test_spread_and_cropped() -> None:
    weights = torch.tensor([[[[2.0, 3.0, 1.0]]]], dtype=torch.float64)
    back = slopes(lambda x: torch.nn.functional.conv2d(x, weights, None, (1, 2), (0, 1)), [[0, 0, 0, 0]], [[1, 10]])
    assert rows(backward.spread_and_cropped)[-1][2:-1] == back[0] == [3, 21, 30, 10]


def test_poolings_back() -> None:
    sent, told = [[4, 8], [12, 16]], rows(backward.poolings_back)
    for start, pool in ((0, torch.nn.MaxPool2d(2)), (4, torch.nn.AvgPool2d(2))):
        back = slopes(pool, backward.GRID, sent)
        assert [[int(value) for value in str(row[1]).split()] for row in told[start : start + 4]] == back
    assert len(shapes(backward.poolings_back(), "rect", "s-edge")) == 8


def test_training_memory_is_what_torch_holds() -> None:
    told = dict(rows(backward.training_memory))  # type: ignore[arg-type]
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 8, 3, padding=1), torch.nn.Linear(1568, 10))
    parameters = sum(p.numel() for p in net.parameters())
    assert told["parameters"] == told["gradients"] == 4 * parameters and told["Adam's averages"] == 8 * parameters
    photographs = torch.zeros(32, 1, 28, 28)
    after = net[0](photographs)
    pooled, places = torch.nn.functional.max_pool2d(after, 2, return_indices=True)
    held = [photographs, after, places, pooled]
    names = ["photographs", "map after ReLU", "winners' places", "pooled map"]
    assert [told[name] for name in names] == [tensor.nbytes for tensor in held]


def transposed(image, kernel, stride):
    """Torch's transposed convolution of one map."""
    x, w = (torch.tensor(np.array(a))[None, None] for a in (image, kernel))
    return torch.nn.functional.conv_transpose2d(x, w, stride=stride)[0, 0]


def test_stamps() -> None:
    figure, table = transposed_convolution.stamps(), rows(transposed_convolution.stamps)
    for first, stride in ((0, 1), (3, 2)):
        summed = np.zeros(2 * stride + 3, int)
        for _, start, *stamp in table[first : first + 3]:
            summed[int(start) : int(start) + 3] += stamp  # type: ignore[call-overload]
        assert summed.tolist() == transposed([[1, 2, 3]], [[1, 2, 1]], (1, stride))[0].tolist()
    assert len(shapes(figure, "rect", "f-out")) == 5 + 7


def test_two_dimensions() -> None:
    told = [[int(value) for value in str(row[1]).split()] for row in rows(transposed_convolution.two_dimensions)]
    assert told[:4] == transposed([[1, 2], [3, 4]], [[1, 1], [1, 1]], 2).tolist()
    assert told[4:] == transposed([[1, 2], [3, 4]], [[1, 2, 1], [2, 4, 2], [1, 2, 1]], 2).tolist()


def test_zeros_between() -> None:
    told = [[int(value) for value in str(row[1]).split()] for row in rows(transposed_convolution.zeros_between)]
    assert told[1] == [0, 0, 1, 0, 2, 0, 3, 0, 0]
    assert told[2] == transposed([told[0]], [[1, 2, 1]], (1, 2))[0].tolist()
    assert told[2][2] == 1 * 1 + 2 * 0 + 1 * 2


def test_overlap_counts() -> None:
    told = [[int(value) for value in str(row[1]).split()] for row in rows(transposed_convolution.overlap_counts)]
    for first, kernel_size in ((0, 3), (8, 4)):
        counts = transposed(np.ones((20, 20), int), np.ones((kernel_size, kernel_size), int), 2)
        assert told[first : first + 8] == counts[11:19, 11:19].tolist()
    assert {value for line in told[8:] for value in line} == {4}
