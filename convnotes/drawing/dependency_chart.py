"""A chart of what needs what: boxes in rows, each below those it needs, and lines that pass between the boxes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from convnotes.drawing.svg import Drawing, Point

Needs = Mapping[str, Sequence[str]]
Slot = tuple[str, str]  # a box and "", or the two ends of a line that passes through a row
WIDTH, HIGH, FLOOR, TOP = 336, 44, 66, 6  # of the drawing, of a box, from row to row, above the first
BOX, GAP, LANE = 104, 8, 10  # widest box, between boxes, room for a line
MOST, LETTERS = 3, 13  # boxes in a row, letters on one line of a box


def depths(needs: Needs) -> dict[str, int]:
    """The row of each box, no more than `MOST` in one; those that others need come first.

    >>> depths({"c": ("b", "a"), "b": ("a",), "a": ()})
    {'c': 2, 'b': 1, 'a': 0}
    >>> depths({"a": ("b",), "b": ("a",)})
    Traceback (most recent call last):
    ValueError: these need each other: a, b
    """
    known: dict[str, int] = {}
    while waiting := [name for name in needs if name not in known]:
        ready = [name for name in waiting if all(before in known for before in needs[name])]
        if not ready:
            raise ValueError(f"these need each other: {', '.join(sorted(waiting))}")
        ready.sort(key=lambda name: -sum(name in has for has in needs.values()))
        known |= dict.fromkeys(ready[:MOST], max(known.values(), default=-1) + 1)
    return {name: known[name] for name in needs}


def direct(needs: Needs) -> dict[str, tuple[str, ...]]:
    """`needs` without what follows from the rest of it.

    >>> direct({"a": (), "b": ("a",), "c": ("a", "b")})
    {'a': (), 'b': ('a',), 'c': ('b',)}
    """

    def behind(name: str) -> set[str]:
        return {far for before in needs[name] for far in {before, *behind(before)}}

    return {name: tuple(b for b in has if all(b not in behind(o) for o in has)) for name, has in needs.items()}


def chart(needs: Needs, titles: Mapping[str, str]) -> Drawing:
    """The drawing: a box for each name, a line from each that it needs.

    >>> chart({"a": (), "b": ("a",)}, {"a": "Alpha", "b": "Beta"}).inline("").count("<rect")
    2
    """
    deep = depths(needs)
    places = _places(needs, deep)
    drawing = Drawing(WIDTH, TOP + FLOOR * max(deep.values()) + HIGH + TOP)
    for name, before in needs.items():
        for other in before:
            *points, last = _points(other, name, places, deep)
            drawing.path(points, stroke="mute")
            drawing.arrow(*points[-1], *last)
    wide = _wide(needs, deep)
    for name, row in deep.items():
        _box(drawing, places[name, ""][row], TOP + FLOOR * row, wide, titles[name])
    return drawing


def _places(needs: Needs, deep: Mapping[str, int]) -> dict[Slot, dict[int, float]]:
    """Where each slot stands in each row it is in; a row is in the order of the middles of what its slots need."""
    places: dict[Slot, dict[int, float]] = {}
    wide = _wide(needs, deep)

    def room(slots: Iterable[Slot]) -> float:
        return sum(LANE if end else wide + GAP for _, end in slots)

    for row in range(max(deep.values()) + 1):
        above = {slot: _above(slot, row, needs, deep) for slot in _slots(row, needs, deep)}
        middles = {slot: sum(places[o][row - 1] for o in has) / (len(has) or 1) for slot, has in above.items()}
        ordered = sorted(above, key=lambda slot: middles[slot])
        for number, slot in enumerate(ordered):
            at = room(ordered[:number]) + room([slot]) / 2
            places.setdefault(slot, {})[row] = WIDTH * at / room(ordered)
    return places


def _wide(needs: Needs, deep: Mapping[str, int]) -> float:
    """The width of a box: as wide as the fullest row leaves room for."""
    rows = [list(_slots(row, needs, deep)) for row in set(deep.values())]
    boxes = [sum(not end for _, end in row) for row in rows]
    return min(BOX, *((WIDTH - LANE * (len(row) - n)) / n - GAP for row, n in zip(rows, boxes, strict=True)))


def _slots(row: int, needs: Needs, deep: Mapping[str, int]) -> Iterator[Slot]:
    for name, before in needs.items():
        if deep[name] == row:
            yield name, ""
        yield from ((other, name) for other in before if deep[other] < row < deep[name])


def _above(slot: Slot, row: int, needs: Needs, deep: Mapping[str, int]) -> list[Slot]:
    """The slots of the row above that lines come from."""
    name, end = slot
    ends = [(name, end)] if end else [(other, name) for other in needs[name]]
    return [(start, "") if deep[start] == row - 1 else (start, finish) for start, finish in ends]


def _points(start: str, end: str, places: Mapping[Slot, Mapping[int, float]], deep: Mapping[str, int]) -> list[Point]:
    points: list[Point] = [(places[start, ""][deep[start]], TOP + FLOOR * deep[start] + HIGH)]
    for row in range(deep[start] + 1, deep[end]):
        x, y = places[start, end][row], TOP + FLOOR * row
        points += [(x, y), (x, y + HIGH)]
    return [*points, (places[end, ""][deep[end]], TOP + FLOOR * deep[end] - 1)]


def _box(drawing: Drawing, x: float, y: float, wide: float, title: str) -> None:
    drawing.rect(x - wide / 2, y, wide, HIGH, "bench", "see", radius=3)
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LETTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    for number, line in enumerate(lines):
        drawing.text(x, y + HIGH / 2 + (number - (len(lines) - 1) / 2) * 13, line, size=11, middle=True)
