"""The figures of the chapter on equivariance, and what it says about them."""

from collections.abc import Callable

import numpy as np

from convnotes.correlate import correlate2d
from convnotes.exhibits import equivariance
from tests.test_exhibits import rows, shapes, texts


def sums(row: list[int], stride: int = 1) -> list[int]:
    """Sums of three neighbours, added up one by one."""
    wide = [0, *row, 0]
    return [sum(wide[i : i + 3]) for i in range(0, len(row), stride)]


def test_the_two_ways_round_the_square_meet() -> None:
    assert rows(equivariance.commuting_square)[0][2] == 0
    paths = [path.attrib["d"] for path in shapes(equivariance.commuting_square(), "path")]
    assert len(paths) > 20


def test_at_the_border_one_cell_differs() -> None:
    found = {str(name): values for name, *values in rows(equivariance.at_the_border)}
    assert found["f(x)"] == sums(found["x"]) and found["f(Tx)"] == sums(found["Tx"])  # type: ignore[arg-type]
    assert found["Tx"] == [0] * 4 + found["x"][:4] and found["T f(x)"] == [0] * 4 + found["f(x)"][:4]
    assert [a == b for a, b in zip(found["T f(x)"], found["f(Tx)"], strict=True)] == [True] * 7 + [False]
    figure = equivariance.at_the_border()
    assert len(shapes(figure, "rect", "s-win")) == 2 and len(shapes(figure, "path", "s-edge")) == 1


def test_at_stride_two_a_move_by_one_gives_other_numbers() -> None:
    made = [[list(map(int, str(text).split())) for text in row[1:]] for row in rows(equivariance.at_stride_two)]
    for n, (row, out) in enumerate(made):
        assert out == sums(row, 2) and row == [0] * n + made[0][0][: 10 - n]
    start, one, two = (out for _, out in made)
    assert two == [0, *start[:-1]]
    assert all(one != [0] * cells + start[: 5 - cells] for cells in range(5))
    assert "moved by 1: other numbers" in texts(equivariance.at_stride_two())


def equivariant(f: Callable[[np.ndarray], np.ndarray], axis: int) -> bool:
    image = np.random.RandomState(0).random_sample((6, 6))
    return np.array_equal(f(np.roll(image, 1, axis)), np.roll(f(image), 1, axis))


def test_turned_upside_down() -> None:
    """What the self-check says: equivariant to the right, and the other way for down."""
    assert equivariant(np.flipud, 1) and not equivariant(np.flipud, 0)
    image = np.arange(36).reshape(6, 6)
    assert np.array_equal(np.flipud(np.roll(image, 1, 0)), np.roll(np.flipud(image), -1, 0))


def test_a_convolution_is_not_equivariant_to_turns() -> None:
    """A kernel for vertical edges is silent on the same edge turned to lie flat."""
    image, kernel = np.zeros((6, 6)), [[-1, 1]]
    image[:, 3:] = 1
    assert correlate2d(image, kernel).any() and not correlate2d(np.rot90(image), kernel).any()
