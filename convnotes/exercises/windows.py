"""Windows as networks have them: kernel size, stride, padding and dilation along one axis."""

from __future__ import annotations

from convnotes.exercises.draws import Draws

Window = tuple[int, int, int, int]
PLAIN: tuple[Window, ...] = (
    *((3, 1, 1, 1), (3, 1, 1, 1), (3, 2, 1, 1), (5, 1, 2, 1), (5, 2, 2, 1), (7, 2, 3, 1)),  # the map kept, or halved
    *((3, 1, 0, 1), (5, 1, 0, 1), (3, 2, 0, 1), (2, 2, 0, 1)),  # without padding; poolings
)
WIDE: tuple[Window, ...] = ((3, 1, 2, 2), (3, 1, 4, 4), (5, 1, 4, 2), (3, 1, 0, 2))  # dilated
STEMS: tuple[Window, ...] = ((11, 4, 2, 1), (11, 4, 0, 1), (7, 4, 3, 1), (4, 4, 0, 1), (4, 2, 1, 1), (6, 2, 2, 1))
# Kernel size, stride and padding of layers whose way back one asks for; kernel size and stride of stamps.
HALVING: tuple[tuple[int, int, int], ...] = (
    *((3, 2, 1), (5, 2, 2), (7, 2, 3), (3, 2, 0), (4, 2, 1), (2, 2, 0)),
    *((4, 4, 0), (7, 4, 3), (11, 4, 2), (11, 4, 0), (6, 2, 2), (3, 3, 0)),
)
STAMPS: tuple[tuple[int, int], ...] = (
    *((2, 2), (3, 2), (4, 2), (5, 2), (6, 2), (7, 2), (3, 3), (5, 3), (6, 3)),
    *((4, 4), (7, 4), (8, 4), (11, 4), (16, 8)),
)
# Sides of maps: of photographs halved again and again, and some beside them.
MAPS = (14, 15, 16, 28, 32, 35, 56, 57, 64, 75, 112, 113, 128, 224)
POINTWISE: tuple[Window, ...] = ((1, 1, 0, 1), (1, 2, 0, 1))


def window(draws: Draws, *more: Window) -> Window:
    """One of the usual windows, dilated or not, or one of `more`: strides no larger than kernels, dilation at stride 1.

    >>> window(Draws(1)), window(Draws(2), *STEMS)
    ((3, 2, 0, 1), (5, 1, 2, 1))
    """
    return draws.pick((*PLAIN, *WIDE, *more))
