"""The figures of the chapter on cost."""

from convnotes.exhibits import cost
from tests.test_exhibits import rows, shapes, texts


def test_counted_by_hand() -> None:
    """Every cell of the picture is one weight or one number: counted, they are the counts of the text."""
    figure = cost.counted_by_hand()
    assert rows(cost.counted_by_hand) == [["one filter", 27, 432, 16], ["the layer: two of them", 54, 864, 32]]
    assert len(shapes(figure, "rect", "f-win")) == 54 and len(shapes(figure, "rect", "f-see")) == 27
    written = len(shapes(figure, "rect", "f-cell")) - 3 * (36 - 9) + len(shapes(figure, "rect", "f-out"))
    assert written == 32 and texts(figure).count("16 numbers") == 2


def test_conv_against_dense() -> None:
    inputs, outputs, window = 224 * 224 * 3, 112 * 112 * 64, 7 * 7 * 3
    assert rows(cost.conv_against_dense) == [
        ["convolution", 64 * window, 1, outputs * window, 1],
        ["locally connected", outputs * window, 112 * 112, outputs * window, 1],
        ["dense", inputs * outputs, 12_845_056, 120_846_286_848, 1024],
    ]
