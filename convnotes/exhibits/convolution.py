"""Exhibits of the chapter on convolution."""

from convnotes.exhibits.interactive import size_ruler
from convnotes.exhibits.kit import Figure, Table, Widget
from convnotes.exhibits.svg import Drawing


def sliding_window() -> Figure:
    """A kernel of 3 at stride 2 over 10 pixels padded by 1 on each side: five windows, and one padded pixel left over.

    Twelve squares in a row, the first and the last of them padding. Five windows of three squares start at squares
    1, 3, 5, 7 and 9. The last square is hatched: no window reaches it.
    """
    return _windows(size=10, kernel_size=3, stride=2, padding=1)


def _windows(size: int, kernel_size: int, stride: int, padding: int) -> Figure:
    padded = size + 2 * padding
    count = (padded - kernel_size) // stride + 1
    last = (count - 1) * stride + kernel_size
    side, left, top = 26.0, 14.0, 24.0
    drawing = Drawing(2 * left + padded * side, top + 78 + count * 17)

    def role(_: int, column: int) -> str:
        return "see" if padding <= column < padding + size else "cell"

    drawing.text(left, top - 9, f"{size} pixels, {padding} of padding at each end", "mute", 12)
    drawing.row(left, top, padded, side, role)
    for column in range(last, padded):
        drawing.hatch(left + column * side, top, side, side, "ink")
    for window in range(count):
        x, y = left + window * stride * side, top + side + 12 + window * 17
        drawing.rect(x + 1, y, kernel_size * side - 2, 11, "win", radius=2)
        drawing.text(
            x + kernel_size * side + 6, y + 10, f"window {window + 1}" if window == 0 else window + 1, "mute", 12
        )
    rows = [[w + 1, w * stride - padding, w * stride - padding + kernel_size - 1] for w in range(count)]
    return Figure(drawing, Table(["window", "first pixel", "last pixel"], rows))


def ruler() -> Widget:
    """The windows of one axis under its cells, at both ends of it; cells that no window reads are hatched.

    The first and the last cells of a padded row of 224 pixels, three cells of padding at each end. Below them the
    windows of seven cells, two cells apart, number 1 to 112. The last cell of the padding is hatched: none reaches it.
    """
    return size_ruler.ruler("i224_k7_s2_p3")
