"""Names beside dots, where there is room for them."""

from collections.abc import Iterator, Mapping, Sequence

from convnotes.drawing.svg import Drawing, Point

Box = tuple[float, float, float, float]  # left, top, right, bottom
SIZE = 13
LETTER = 8.6  # of a bold name of that size, in the widest of the common fonts
PLACES = (  # anchor, and how far the name is from the dot
    ("start", 8, 4.5), ("end", -8, 4.5), ("middle", 0, -9), ("middle", 0, 19), ("start", -8, -9), ("end", 8, -9),
)  # fmt: skip


def name_dots(drawing: Drawing, dots: Sequence[Point], names: Mapping[str, Sequence[Point]], within: Box) -> list[str]:
    """Write each name beside one of its own dots and clear of all `dots`: names of many dots first.

    Among others that with the fewest free places goes first. Gives the names that were written; one for which there is
    no room is left out.
    """
    taken = [(x - 4, y - 4, x + 4, y + 4) for x, y in dots]
    written, waiting = [], dict(names)
    while waiting:
        free = {name: list(_free(name, own, taken, within)) for name, own in waiting.items()}
        name = min(waiting, key=lambda name: (-len(waiting[name]), len(free[name])))
        del waiting[name]
        if free[name]:
            x, y, anchor = free[name][0]
            drawing.text(x, y, name, "ink", SIZE, anchor, bold=True)
            taken.append(_box(name, x, y, anchor))
            written.append(name)
    return written


def _free(name: str, dots: Sequence[Point], taken: Sequence[Box], within: Box) -> Iterator[tuple[float, float, str]]:
    for anchor, dx, dy in PLACES:
        for x, y in dots:
            box = _box(name, x + dx, y + dy, anchor)
            if _inside(box, within) and not any(_meet(box, other) for other in taken):
                yield x + dx, y + dy, anchor


def _box(name: str, x: float, y: float, anchor: str) -> Box:
    wide = LETTER * len(name)
    left = x - wide * {"start": 0, "middle": 0.5, "end": 1}[anchor]
    return left, y - 10, left + wide, y + 3


def _inside(box: Box, within: Box) -> bool:
    return box[0] >= within[0] and box[1] >= within[1] and box[2] <= within[2] and box[3] <= within[3]


def _meet(one: Box, other: Box) -> bool:
    """Whether two boxes share a point.

    >>> _meet((0, 0, 2, 2), (1, 1, 3, 3)), _meet((0, 0, 2, 2), (2, 3, 4, 5))
    (True, False)
    """
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
