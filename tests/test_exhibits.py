"""What the chapters show: numbers against other ways to find them, and pictures counted square by square."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import product
from math import isclose
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from convnotes.drawing.kinds import Figure, Table
from convnotes.exhibits import receptive_field

Exhibit = Callable[[], Figure | Table]


def shapes(figure: Figure, tag: str, role: str = "") -> list[Element]:
    """The elements of one kind in a figure, those of one role alone if it is given."""
    root = ElementTree.fromstring(figure.svg.standalone())
    found = root.iter("{http://www.w3.org/2000/svg}" + tag)
    return [element for element in found if not role or role in (element.get("class") or "").split(" ")]


def texts(figure: Figure) -> list[str]:
    return [element.text or "" for element in shapes(figure, "text")]


def number(element: Element, name: str) -> float:
    return float(element.attrib[name])


def middle(rect: Element) -> float:
    return number(rect, "x") + number(rect, "width") / 2


def corners(path: Element) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"([-\d.]+) ([-\d.]+)", path.attrib["d"])]


def levels(rects: Iterable[Element]) -> list[int]:
    """How many squares stand at each height, from the top."""
    return [count for _, count in sorted(Counter(number(rect, "y") for rect in rects).items())]


def read(units: set[int], *layers: tuple[int, int, int, int]) -> set[int]:
    """Input cells that `units` read through layers (kernel size, stride, padding, dilation), tap by tap."""
    for k, s, p, d in reversed(layers):
        units = {s * unit - p + d * tap for unit in units for tap in range(k)}
    return units


def rows(exhibit: Exhibit) -> list[list[object]]:
    made = exhibit()
    return [list(row) for row in (made.data if isinstance(made, Figure) else made).rows]


def test_cone_three_3x3_against_7x7() -> None:
    figure = receptive_field.cone_three_3x3_against_7x7()
    half = figure.svg.width / 2
    lit = shapes(figure, "rect", "f-see")
    assert levels(rect for rect in lit if middle(rect) < half) == [3, 5, 7]
    assert levels(rect for rect in lit if middle(rect) > half) == [7]
    units = shapes(figure, "rect", "f-win")
    assert levels(units) == [2]
    assert all(number(unit, "y") < number(rect, "y") for unit in units for rect in lit)  # the cone opens downwards
    assert rows(receptive_field.cone_three_3x3_against_7x7) == [
        ["three 3×3", "1 ← 3 ← 5 ← 7", 3 * 9, 3], ["one 7×7", "1 ← 7", 49, 1],
    ]  # fmt: skip
    assert {"27 C² weights, 3 ReLUs", "49 C² weights, 1 ReLU"} <= set(texts(figure))


def test_five_3x3() -> None:
    assert rows(receptive_field.five_3x3) == [
        ["input", None, 1], ["layer 1", "1 + 2", 3], ["layer 2", "3 + 2", 5],
        ["layer 3", "5 + 2", 7], ["layer 4", "7 + 2", 9], ["layer 5", "9 + 2", 11],
    ]  # fmt: skip


def test_stride_growth() -> None:
    stacks = [
        [(3, 1, 0, 1)] * 8,
        [(3, 1, 0, 1), (3, 2, 0, 1)] * 4,
        [(3, 2, 0, 1)] * 8,
        [(3, 1, 0, 2**n) for n in range(8)],
    ]
    for depth, *sizes in rows(receptive_field.stride_growth):
        cells = [read({0}, *stack[: int(str(depth))]) for stack in stacks]
        assert sizes == [max(read) - min(read) + 1 for read in cells]
        assert all(len(read) == size for read, size in zip(cells, sizes, strict=True))  # no holes
    assert rows(receptive_field.stride_growth)[-1] == [8, 17, 61, 511, 511]


def test_what_one_unit_reads() -> None:
    figure = receptive_field.what_one_unit_reads()
    layers = ((3, 1, 1, 1), (2, 2, 0, 1), (3, 1, 1, 1))
    names = ("input", "after the 3×3", "after the pooling", "output")
    for unit, name, first, last, count in rows(receptive_field.what_one_unit_reads):
        cells = read({int(str(unit))}, *layers[names.index(str(name)) :])
        assert (first, last, count) == (min(cells), max(cells), len(cells))
    assert {"unit 1: 8 cells", "unit 2: 8 cells", "2 apart"} <= set(texts(figure))
    bottom = max(number(rect, "y") for rect in shapes(figure, "rect", "f-cell"))
    source = sorted(number(r, "x") for r in shapes(figure, "rect", "f-cell") if number(r, "y") == bottom)
    assert len(source) == 12
    for role, cells in (("f-see", (-1, 6)), ("f-win", (1, 8))):
        last = max(shapes(figure, "path", role), key=lambda path: max(y for _, y in corners(path)))
        edges = sorted(x for x, y in corners(last))
        assert isclose(edges[0], source[0] + 24 * cells[0], abs_tol=2)
        assert isclose(edges[-1], source[0] + 24 * (cells[1] + 1), abs_tol=2)


@pytest.mark.parametrize(("column", "ends"), [(1, [35, 99, 291, 483]), (2, [35, 91, 267, 427])])
def test_resnet50_variants(column: int, ends: list[int]) -> None:
    assert [row[column] for row in rows(receptive_field.resnet50_variants)] == ends
    layers, found = [(7, 2, 3, 1), (3, 2, 1, 1)], []
    for stage, blocks in enumerate((3, 4, 6, 3)):
        for block in range(blocks):
            s = 2 if stage and not block else 1
            first, second = (s, 1) if column == 1 else (1, s)
            layers += [(1, first, 0, 1), (3, second, 1, 1), (1, 1, 0, 1)]
        cells = read({0}, *layers)
        found.append(max(cells) - min(cells) + 1)
    assert found == ends


def test_paths_through_three_3x3() -> None:
    figure = receptive_field.paths_through_three_3x3()
    for depth in (1, 2, 3):
        paths = Counter(map(sum, product((-1, 0, 1), repeat=depth)))
        shown = {row[0]: row[depth] for row in figure.data.rows if row[depth] is not None}
        assert shown == paths
    counts = [row[3] for row in figure.data.rows]
    assert counts == [1, 3, 6, 7, 6, 3, 1]
    bars = [rect for rect in shapes(figure, "rect", "f-see") if number(rect, "width") == 36]
    heights = [number(bar, "height") for bar in bars]
    assert [round(27 * height / sum(heights)) for height in heights] == counts
    assert [text for text in texts(figure) if "%" in text] == [
        "3.7%",
        "11.1%",
        "22.2%",
        "25.9%",
        "22.2%",
        "11.1%",
        "3.7%",
    ]
