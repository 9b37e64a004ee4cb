"""What the chapters show: numbers against other ways to find them, and pictures counted square by square."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from convnotes.drawing.kinds import Figure, Table
from convnotes.site.exhibits import files

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


def rows_of_file(name: str) -> list[list[str]]:
    """The rows of an exhibit that takes long, from its file of numbers, which is made once for all tests."""
    return list(csv.reader(files(name)["csv"].splitlines()))[1:]
