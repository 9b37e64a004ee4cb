"""What the chapter on convolution as a matrix shows and claims, against PyTorch."""

import numpy as np
import torch
from torch.nn import Conv2d, Linear, MaxPool2d, ReLU, Sequential, functional

from convnotes.exhibits import convolution_as_a_matrix as chapter
from tests.test_exhibits import rows, shapes, texts


def test_banded() -> None:
    table = np.array(rows(chapter.banded))
    slid = functional.conv1d(torch.tensor([[[1.0, 2, 3, 4, 5]]]), torch.tensor([[[2.0, -1, 3]]]))
    assert table[:, -1].tolist() == slid.ravel().tolist() == [9, 13, 17]
    assert all(len(set(np.diag(table[:, 1:-1], offset))) == 1 for offset in range(-2, 5)), "a diagonal differs"


def test_two_axes() -> None:
    matrix = np.array([row[1:] for row in rows(chapter.two_axes)], float)
    image, kernel = torch.arange(9.0).reshape(1, 1, 3, 3) ** 2, torch.tensor([[[[1.0, 2], [3, 4]]]])
    assert (matrix @ image.ravel().numpy()).tolist() == functional.conv2d(image, kernel).ravel().tolist()
    back = functional.conv_transpose2d(torch.ones(1, 1, 2, 2), kernel)
    assert (matrix.T @ np.ones(4)).tolist() == back.ravel().tolist(), "turned over, it is the transposed convolution"
    assert np.count_nonzero(matrix) == 16 and matrix.size == 36
    assert len([box for role in chapter.TINTS for box in shapes(chapter.two_axes(), "rect", f"f-{role}")]) == 16


def test_windows_as_columns() -> None:
    columns = functional.unfold(torch.tensor(chapter.SQUARE)[None, None].float(), 2)[0].numpy()
    table = np.array(rows(chapter.windows_as_columns))
    assert (columns == table[:, 1:5].T).all()
    assert table[:, 5].tolist() == (np.array([1, 2, 3, 4]) @ columns).tolist() == [37, 47, 67, 77]
    assert {"37", "77"} <= set(texts(chapter.windows_as_columns()))


def test_with_channels_filters_are_rows_and_one_product_is_the_convolution() -> None:
    x, w = torch.rand(1, 3, 6, 6, dtype=torch.float64), torch.rand(4, 3, 3, 3, dtype=torch.float64)
    product = w.reshape(4, 27) @ functional.unfold(x, 3, padding=1)[0]
    assert torch.allclose(product.reshape(4, 6, 6), functional.conv2d(x, w, padding=1)[0])


def test_dense_head_slides() -> None:
    assert [row[-2:] for row in rows(chapter.dense_head_slides)] == [[1, 1], [4, 16]]
    figure = chapter.dense_head_slides()
    assert len(shapes(figure, "rect", "f-see")) == 7 * 7 + 10 * 10
    assert len(shapes(figure, "rect", "f-out")) == 1 + 16


def test_a_dense_layer_is_a_convolution_with_its_weights() -> None:
    dense, conv = Linear(2 * 3 * 3, 5), Conv2d(2, 5, 3)
    conv.weight.data, conv.bias.data = dense.weight.data.reshape(5, 2, 3, 3), dense.bias.data  # type: ignore[union-attr]
    x = torch.rand(1, 2, 3, 3)
    assert torch.allclose(dense(x.flatten(1)), conv(x).flatten(1), atol=1e-6)


def _answers(padding: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The map of answers of a small network on 20 pixels, and its answers to crops of 12, as many."""
    torch.manual_seed(0)
    body = Sequential(Conv2d(3, 4, 3, padding=padding), ReLU(), MaxPool2d(2), Conv2d(4, 4, 3, padding=padding), ReLU())
    size = body(torch.zeros(1, 3, 12, 12)).shape[-1]
    network = Sequential(body, Conv2d(4, 5, size)).double()
    photograph = torch.rand(1, 3, 20, 20, dtype=torch.float64)
    whole = network(photograph)[0]
    crops = [[network(photograph[..., i : i + 12, j : j + 12]) for j in range(0, 9, 2)] for i in range(0, 9, 2)]
    return whole, torch.stack([torch.stack([crop[0, :, 0, 0] for crop in row], -1) for row in crops], -2)


def test_a_sliding_head_answers_as_for_crops_and_differs_a_little_where_layers_pad() -> None:
    whole, crops = _answers(padding=0)
    assert whole.shape == crops.shape == (5, 5, 5) and torch.allclose(whole, crops)
    whole, crops = _answers(padding=1)
    assert whole.shape == crops.shape and not torch.allclose(whole, crops)
    assert (whole - crops).abs().mean() < crops.std(), "they differ a little"
