"""The figures of the chapter on pooling, counted cell by cell."""

import numpy as np

from convnotes.correlate import max_pool2d
from convnotes.drawing.kinds import Figure
from convnotes.exhibits import pooling
from tests.test_exhibits import number, rows, shapes, texts

GRID = [[1, 2, 8, 3], [4, 6, 5, 1], [9, 7, 2, 3], [5, 3, 1, 0]]


def ringed(figure: Figure) -> list[int]:
    """The values inside the rings, row by row."""
    values = {
        (number(t, "x"), round(number(t, "y") - 0.35 * number(t, "font-size"), 2)): t.text
        for t in shapes(figure, "text")
    }
    rings = [(number(ring, "cx"), number(ring, "cy")) for ring in shapes(figure, "circle")]
    return [int(values[at] or "") for at in rings]


def test_max_pool_4x4() -> None:
    figure = pooling.max_pool_4x4()
    assert [row[-1] for row in figure.data.rows] == [6, 8, 9, 3]
    assert all(row[-1] == max(map(int, row[1:5])) for row in figure.data.rows)
    assert [text for text in texts(figure) if "max" in text] == [
        "max(1, 2, 4, 6) = 6", "max(8, 3, 5, 1) = 8", "max(9, 7, 5, 3) = 9", "max(2, 3, 1, 0) = 3",
    ]  # fmt: skip
    assert ringed(figure) == [8, 6, 9, 3]


def test_global_average() -> None:
    figure = pooling.global_average()
    assert rows(pooling.global_average) == [[f"channel {n + 1}", s, 16, s / 16] for n, s in enumerate((60, 32, 4))]
    assert [float(text) for text in texts(figure) if text in ("3.75", "2", "0.25")][-1] == 0.25
    printed = [int(text) for text in texts(figure) if text.isdigit()]
    assert sum(printed) == 60 + 32 + 4 + 2  # all cells, and the one mean that is whole


def test_shift_the_4x4() -> None:
    figure = pooling.shift_the_4x4()
    printed: dict[tuple[str, str], list[str]] = {}
    for grid, kind, values in rows(pooling.shift_the_4x4):
        printed.setdefault((str(grid), str(kind)), []).append(str(values))
    assert printed["as it was", "input"] == [" ".join(map(str, row)) for row in GRID]
    assert printed["moved right by one", "input"] == [" ".join(map(str, [0, *row[:3]])) for row in GRID]
    assert printed["as it was", "output"] == ["6 8", "9 3"]
    assert printed["moved right by one", "output"] == ["4 8", "9 7"]
    assert ringed(figure) == [8, 6, 9, 3, 8, 4, 9, 7]
    assert len(shapes(figure, "rect", "s-ink")) == 2


def test_peak_positions() -> None:
    """The cells hold values, a 9 among zeros; positions stand above them."""
    figure = pooling.peak_positions()
    words = ["–", "stays", "jumps", "stays", "jumps"]
    assert rows(pooling.peak_positions) == [[n, 2 + n, (2 + n) // 2, words[n]] for n in range(5)]
    assert texts(figure)[:10] == [str(cell) for cell in range(10)]
    peaks, pooled = shapes(figure, "rect", "f-see"), shapes(figure, "rect", "f-out")
    assert len(peaks) == len(pooled) == 5 and texts(figure).count("9") == 1 + 2 * 5
    for n, (peak, output) in enumerate(zip(peaks, pooled, strict=True)):
        aside = number(peak, "x") - number(output, "x")
        assert aside == (12 if n % 2 else -12)  # the right or the left cell of the pair above


def test_a_maximum_is_made_of_a_difference_and_a_relu_but_of_no_kernel() -> None:
    pairs = np.random.RandomState(0).randint(-9, 10, (50, 2))
    for a, b in pairs:
        assert max(a, b) == b + max(0, a - b) and min(a, b) == -max(-a, -b)
    x, y = np.array([[1, 0]]), np.array([[0, 1]])
    apart, together = max_pool2d(x, (1, 2)) + max_pool2d(y, (1, 2)), max_pool2d(x + y, (1, 2))
    assert apart.item() == 2 and together.item() == 1
