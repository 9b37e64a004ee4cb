"""Exhibits of the chapter on receptive fields."""

from convnotes.exhibits.kit import Table


def five_3x3() -> Table:
    """Five 3×3 layers at stride 1: each adds two pixels.

    Each row is a layer, with the side of its kernel, what it adds and the side of its field: 3, 5, 7, 9, 11.
    """
    return Table(["layer", "kernel", "adds", "field"], [[n, "3×3", 2, 2 * n + 1] for n in range(1, 6)])
