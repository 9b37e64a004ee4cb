"""Exhibits of the chapter on receptive fields."""

from convnotes.exhibits.interactive import rf_grower
from convnotes.exhibits.kit import Table, Widget


def five_3x3() -> Table:
    """Five 3×3 layers at stride 1: each adds two pixels.

    Each row is a layer, with the side of its kernel, what it adds and the side of its field: 3, 5, 7, 9, 11.
    """
    return Table(["layer", "kernel", "adds", "field"], [[n, "3×3", 2, 2 * n + 1] for n in range(1, 6)])


def grower() -> Widget:
    """One unit at the top, and every unit and pixel that it can depend on. Drag across the figure to move the unit.

    Four rows of 28 cells, the output above and the input below. One cell of layer 3 is marked; below it, three cells of
    layer 2, five of layer 1 and seven pixels of the input form a cone that opens downwards.
    """
    return rf_grower.grower("3-3-3")
