"""A small picture for each chapter, to know it by: what its card on the start page shows."""

from collections.abc import Callable
from math import cos, exp, pi

from convnotes.drawing.svg import Drawing

WIDTH, HEIGHT = 132, 76


def picture(chapter: str) -> Drawing:
    """The picture of a chapter, by its path under docs.

    >>> "<rect" in picture("pooling.md").inline("")
    True
    >>> picture("sums.md")
    Traceback (most recent call last):
    ValueError: no picture of sums.md: give it one in convnotes/exhibits/cards.py
    """
    if chapter not in PICTURES:
        raise ValueError(f"no picture of {chapter}: give it one in convnotes/exhibits/cards.py")
    drawing = Drawing(WIDTH, HEIGHT)
    PICTURES[chapter](drawing)
    return drawing


def _convolution(d: Drawing) -> None:
    d.grid(6, 8, 6, 6, 10)
    d.rect(6, 8, 30, 30, None, "win", 2)
    d.arrow(70, 38, 86, 38)
    d.grid(90, 18, 4, 4, 10, lambda i, j: "out" if (i, j) == (0, 0) else "cell")


def _matrix(d: Drawing) -> None:
    d.grid(30, 11, 6, 8, 9, lambda i, j: "see" if 0 <= j - i < 3 else "cell")


def _cost(d: Drawing) -> None:
    d.rect(14, 8, 60, 60, "cell")
    d.rect(92, 44, 24, 24, "out")


def _block(d: Drawing) -> None:
    for x, name, role in ((4, "conv", "see"), (48, "norm", "cell"), (92, "ReLU", "out")):
        d.rect(x, 20, 36, 36, None, role, 2, 3)
        d.text(x + 18, 38, name, "ink", 12, middle=True)
    d.arrow(40, 38, 48, 38)
    d.arrow(84, 38, 92, 38)


def _normalization(d: Drawing) -> None:
    for x, member in ((4, lambda i, j: i == 1), (50, lambda i, j: j == 2), (96, lambda i, j: (i, j) == (1, 2))):
        d.grid(x, 22, 4, 4, 8, lambda i, j, member=member: "see" if member(i, j) else "cell")  # type: ignore[misc]


def _pooling(d: Drawing) -> None:
    largest = {(0, 1), (1, 2), (2, 0), (3, 3)}
    d.grid(8, 10, 4, 4, 14, lambda i, j: "pos" if (i, j) in largest else "cell")
    d.arrow(72, 38, 88, 38)
    d.grid(94, 24, 2, 2, 14, "pos")


def _equivariance(d: Drawing) -> None:
    for x, at in ((6, 1), (76, 3)):
        cross = {(2, at - 1), (1, at), (2, at), (3, at), (2, at + 1)}
        d.grid(x, 13, 5, 5, 10, lambda i, j, on=cross: "see" if (i, j) in on else "cell")  # type: ignore[misc]
    d.arrow(58, 38, 74, 38, "win")


def _aliasing(d: Drawing) -> None:
    d.row(6, 14, 12, 10, lambda _, j: "ink" if j % 3 == 0 else "cell")
    for j in range(0, 12, 2):
        d.line(11 + 10 * j, 28, 11 + 10 * j, 46, "mute")
    d.row(36, 50, 6, 10, lambda _, j: "ink" if 2 * j % 3 == 0 else "cell")


def _field(d: Drawing) -> None:
    for row, (y, wide) in enumerate(((8, 1), (26, 3), (44, 5), (62, 7))):
        d.row(66 - 5 * 9, y, 9, 10, lambda _, j, wide=wide, row=row: (  # type: ignore[misc]
            ("see" if row else "win") if abs(j - 4) <= wide // 2 else "cell"))  # fmt: skip


def _effective(d: Drawing) -> None:
    paint = [[("see", round(exp(-((i - 5) ** 2 + (j - 5) ** 2) / 9), 2)) for j in range(11)] for i in range(11)]
    d.rect(36, 8, 60, 60, "cell", radius=0)
    d.pixels(36, 8, 60 / 11, paint)
    d.rect(36, 8, 60, 60, None, "see", 1.5, 0)


def _pointwise(d: Drawing) -> None:
    for channel, y in enumerate((8, 30, 52)):
        d.grid(8 + 7 * channel, y - 2, 3, 3, 6, lambda i, j: "win" if (i, j) == (1, 1) else "cell")
        d.line(22 + 7 * channel, y + 7, 92, 38, "edge")
    d.grid(92, 26, 4, 4, 6, lambda i, j: "out" if (i, j) == (1, 1) else "cell")


def _backward(d: Drawing) -> None:
    for x in (4, 52, 100):
        d.rect(x, 24, 28, 28, "cell")
    for x in (34, 82):
        d.arrow(x, 32, x + 16, 32)
        d.arrow(x + 16, 45, x, 45, "win")


def _transposed(d: Drawing) -> None:
    d.grid(10, 26, 2, 2, 12, lambda i, j: "win" if (i, j) == (0, 0) else "cell")
    d.arrow(42, 38, 58, 38)
    d.grid(64, 8, 5, 5, 12, lambda i, j: "out" if i < 3 and j < 3 else "cell")


def _architectures(d: Drawing) -> None:
    for x, high, wide in ((6, 64, 6), (20, 52, 10), (38, 38, 16), (62, 26, 24), (94, 14, 32)):
        d.rect(x, 38 - high / 2, wide, high, "see")


def _bias(d: Drawing) -> None:
    for x, near in ((10, 4), (80, 1)):
        for a in range(5):
            for b in range(5):
                if abs(a - b) <= near:
                    d.line(x + 10 * a, 16, x + 10 * b, 60, "edge", 1)
            d.dot(x + 10 * a, 16, 3.5, "out")
            d.dot(x + 10 * a, 60, 3.5, "see")


def _features(d: Drawing) -> None:
    for x, (down, across) in ((6, (0, 1)), (50, (1, 1)), (94, (1, 0))):
        waves = [[cos((i - 4) * down + (j - 4) * across) * exp(-((i - 4) ** 2 + (j - 4) ** 2) / 14) for j in range(9)]
                 for i in range(9)]  # fmt: skip
        d.rect(x, 21, 33, 33, "cell", radius=0)
        d.pixels(x, 21, 33 / 9, [[("pos" if w > 0 else "neg", round(abs(w), 2)) for w in row] for row in waves])


def _numbers(d: Drawing) -> None:
    for y, wide, role in ((14, 108, "see"), (34, 54, "out"), (54, 82, "win")):
        d.rect(12, y, wide, 12, role)


def _questions(d: Drawing) -> None:
    for x, side in ((8, 1), (30, 3), (72, 5)):
        d.grid(x, 38 - 5 * side, side, side, 10, "see")


def _model(d: Drawing) -> None:
    d.path([(20, 38), (46, 18), (86, 18), (112, 38)], stroke="edge")
    d.path([(20, 38), (46, 58), (86, 58), (112, 38)], stroke="edge")
    for x, y, role in ((20, 38, "see"), (46, 18, "cell"), (86, 18, "cell"), (66, 58, "cell"), (112, 38, "out")):
        d.rect(x - 9, y - 9, 18, 18, role, "edge")


def _optimizers(d: Drawing) -> None:
    for wide in (20, 38, 56):
        turn = [(70 + wide * cos(n / 8), 38 + wide / 2 * cos(n / 8 - pi / 2)) for n in range(51)]
        d.path(turn, stroke="edge", line=1)
    d.path([(12, 38), (24, 18), (36, 56), (46, 28), (56, 46), (64, 36), (70, 38)], stroke="win", line=2)
    d.dot(70, 38, 3, "ink")


def _transfer(d: Drawing) -> None:
    for n in range(4):
        d.rect(8 + 20 * n, 12 + 4 * n, 14, 52 - 8 * n, "cell")
    d.line(92, 10, 92, 66, "edge", 1.5)
    d.rect(102, 26, 20, 24, None, "out", 2, 3)
    d.arrow(86, 38, 100, 38, "out")


PICTURES: dict[str, Callable[[Drawing], None]] = {
    "convolution.md": _convolution, "convolution-as-a-matrix.md": _matrix, "cost.md": _cost, "conv-block.md": _block,
    "normalization.md": _normalization, "pooling.md": _pooling, "equivariance.md": _equivariance,
    "aliasing.md": _aliasing, "receptive-field.md": _field, "effective-receptive-field.md": _effective,
    "pointwise-convolution.md": _pointwise, "backward.md": _backward, "optimizers.md": _optimizers,
    "transposed-convolution.md": _transposed,
    "architectures/index.md": _architectures, "inductive-bias.md": _bias, "feature-visualization.md": _features,
    "transfer-learning.md": _transfer,
    "why-numbers-differ.md": _numbers, "questions.md": _questions, "your-model.md": _model,
}  # fmt: skip
