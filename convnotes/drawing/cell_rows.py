"""Rows of cells along one axis, drawn where they are: the picture behind windows, padding and cones."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from convnotes.drawing.svg import Drawing

Label = Callable[[int], object]
Ends = tuple[int, int]  # the first and the last of some cells


@dataclass(frozen=True)
class Row:
    """A row whose cells are squares of `side`; the middle of cell n lies at `x` + n · `pitch`, all tops at `y`.

    A map after stride 2 has twice the pitch of its input, so its cells stand above the middles of what they read.

    >>> row = Row(Drawing(100, 40), x=20, y=10, side=20, pitch=40)
    >>> row.middle(1), row.left(1), row.right(1), row.bottom
    (60, 50.0, 70.0, 30)
    """

    drawing: Drawing
    x: float
    y: float
    side: float
    pitch: float

    def middle(self, cell: int) -> float:
        """The x of a cell's middle."""
        return self.x + cell * self.pitch

    def left(self, cell: int) -> float:
        """The x of a cell's left edge."""
        return self.middle(cell) - self.side / 2

    def right(self, cell: int) -> float:
        """The x of a cell's right edge."""
        return self.middle(cell) + self.side / 2

    @property
    def bottom(self) -> float:
        """The y of the cells' lower edge."""
        return self.y + self.side

    def fill(self, cells: Iterable[int], role: str = "cell", label: Label | None = None) -> None:
        """Filled cells; `label` gives what is printed in each."""
        for cell in cells:
            self.drawing.row(self.left(cell), self.y, 1, self.side, role)
            if label:
                self.print(cell, label(cell), "ink" if role == "cell" else "bench")

    def pad(self, cells: Iterable[int], role: str = "edge", label: Label | None = None) -> None:
        """Cells of padding: dashed and empty, since they are no pixels."""
        for cell in cells:
            left, right, top, bottom = self.left(cell) + 2, self.right(cell) - 2, self.y + 2, self.bottom - 2
            corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
            self.drawing.path(corners, stroke=role, closed=True, dash="3 3")
            if label:
                self.print(cell, label(cell), "mute")

    def hatch(self, cell: int) -> None:
        """Mark a cell that no window reads."""
        self.drawing.hatch(self.left(cell) + 2, self.y + 2, self.side - 4, self.side - 4, "ink")

    def frame(self, cells: Ends, role: str = "win") -> None:
        """An outline around `cells`, first and last."""
        x, width = self.left(cells[0]), self.right(cells[1]) - self.left(cells[0])
        self.drawing.rect(x - 1.5, self.y - 1.5, width + 3, self.side + 3, None, role, 2.5, radius=3)

    def cone(self, cells: Ends, lower: "Row", reads: Ends, role: str = "see") -> None:
        """The lines of sight from `cells` of this row, first and last, to those of the `lower` row that they read."""
        left, right = (self.left(cells[0]) + 1, self.bottom), (self.right(cells[1]) - 1, self.bottom)
        base = (lower.left(reads[0]) + 1, lower.y), (lower.right(reads[1]) - 1, lower.y)
        self.drawing.path([left, right, base[1], base[0]], fill=role, closed=True, opacity=0.14)
        self.drawing.line(*left, *base[0], stroke=role)
        self.drawing.line(*right, *base[1], stroke=role)

    def span(self, cells: Ends, label: object, role: str = "mute", y: float | None = None, above: bool = False) -> None:
        """A dimension mark over `cells`, first and last; below the row unless `y` gives its height."""
        at = self.bottom + 12 if y is None else y
        self.drawing.span(self.left(cells[0]) + 2, self.right(cells[1]) - 2, at, label, role, above)

    def print(self, cell: int, content: object, ink: str) -> None:
        """Something in the middle of a cell."""
        self.drawing.text(self.middle(cell), self.y + self.side / 2, content, ink, 13, middle=True)
