"""What came from what among convolutional networks: each one's parents, its idea, and a drawing of them all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from convnotes import ledger as ledgers
from convnotes.architectures import TIMELINE, Architecture, Descent
from convnotes.drawing.kinds import Figure, Link, Rows, Table, source
from convnotes.drawing.svg import Drawing


@dataclass(frozen=True)
class Node:
    """A network: its year, how it came to be, where that is published; `about` if these notes count its layers."""

    year: int
    source: str
    descent: Descent
    about: Architecture | None = None


# Networks that these notes do not count: those that they do carry their `descent` themselves.
OTHERS = (
    Node(
        2013, "zeiler2014", Descent("ZFNet", ("AlexNet",), "a finer first layer, chosen by looking at the filters", 1)
    ),
    Node(
        2013,
        "lin2014",
        Descent("NiN", ("AlexNet",), "1×1 convolutions, and a global average in place of dense layers", 2),
    ),
    Node(2015, "ronneberger2015", Descent("U-Net", ("VGG",), "down and up again, with large maps copied across", 0)),
    Node(2015, "srivastava2015", Descent("Highway", (), "paths around layers, with learned gates", 2)),
    Node(
        2016, "chollet2017", Descent("Xception", ("Inception-v3", "ResNet"), "every convolution depthwise separable", 3)
    ),
    Node(
        2017,
        "zhang2018",
        Descent("ShuffleNet", ("ResNeXt", "Xception"), "1×1 layers in groups, and channels shuffled between them", 4),
    ),
    Node(2020, "radosavovic2020", Descent("RegNet", ("ResNeXt",), "widths of all stages from one linear rule", 0)),
    Node(
        2021,
        "tan2021",
        Descent("EfficientNetV2", ("EfficientNet",), "full 3×3 in early stages, images that grow in training", 3),
    ),
    Node(2022, "ding2022", Descent("RepLKNet", ("MobileNetV2",), "depthwise kernels up to 31×31", 4)),
    Node(2023, "woo2023", Descent("ConvNeXt V2", ("ConvNeXt",), "masked training, and norms across channels", 1)),
)
COUNTED = tuple(Node(about.year, about.source, about.descent, about) for about in TIMELINE if about.descent)
NODES = tuple(sorted([*OTHERS, *COUNTED], key=lambda node: (node.year, node.descent.column)))
COLUMNS = 5
LEFT, WIDE, BOX, HIGH, ROW = 34, 60, 56, 30, 50  # of the columns, a column, a box, its height, from year to year
LETTERS = 8  # on one line of a box


def drawing() -> Drawing:
    """The tree: a row for each year, oldest on top, a line from each parent; filled boxes have a ledger here."""
    years = sorted({node.year for node in NODES})
    picture = Drawing(LEFT + COLUMNS * WIDE, ROW * len(years) + 4)
    places = {node.descent.title: _place(node, years) for node in checked(NODES)}
    for number, year in enumerate(years):
        picture.text(0, ROW * number + 22, year, "mute", 12)
    for node in NODES:
        for parent in node.descent.parents:
            (x1, y1), (x2, y2) = places[parent], places[node.descent.title]
            down = HIGH / 2 if y1 < y2 else 0  # of one year: side by side
            picture.line(x1, y1 + down, x2, y2 - down, "edge", 1.2)
    for node in NODES:
        x, y = places[node.descent.title]
        picture.rect(x - BOX / 2, y - HIGH / 2, BOX, HIGH, "cell" if node.about else "bench", "see", 1, 3)
        for line, part in enumerate(parts := _lines(node.descent.title)):
            picture.text(x, y + 12 * (line - (len(parts) - 1) / 2), part, size=11, middle=True)
    return picture


def _place(node: Node, years: Sequence[int]) -> tuple[float, float]:
    return LEFT + WIDE * (node.descent.column + 0.5), ROW * years.index(node.year) + 18.0


def checked(nodes: Sequence[Node]) -> Sequence[Node]:
    """The same, if the parents of each are there and no two are in one place.

    >>> checked([Node(2016, "zagoruyko2016", Descent("Wide ResNet", ("Resnet",), "wider blocks", 2))])
    Traceback (most recent call last):
    ValueError: Wide ResNet comes from 'Resnet', which is not in the tree; there are Wide ResNet
    """
    titles, taken = [node.descent.title for node in nodes], dict[tuple[int, int], str]()
    for node in nodes:
        title, column = node.descent.title, node.descent.column
        for parent in node.descent.parents:
            if parent not in titles:
                raise ValueError(
                    f"{title} comes from {parent!r}, which is not in the tree; there are {', '.join(titles)}"
                )
        if (other := taken.setdefault((node.year, column), title)) != title or column not in range(COLUMNS):
            free = [n for n in range(COLUMNS) if (node.year, n) not in taken]
            where = f"in the place of {other}" if other != title else "outside"
            raise ValueError(f"{title} is drawn {where}: free columns of {node.year} are {free}")
    return nodes


def _lines(title: str) -> list[str]:
    """A title on the lines of its box: a long one is broken at a space or where its second part begins.

    >>> _lines("ConvNeXt V2"), _lines("MobileNetV2"), _lines("ResNet")
    (['ConvNeXt', 'V2'], ['Mobile', 'NetV2'], ['ResNet'])
    """
    return re.split(r" (?=V2|net)|(?=Net|-v)", title) if len(title) > LETTERS else [title]


def tree() -> Figure:
    """The drawing with its table: network, year, what it came from, what it added, parameters where counted here."""
    rows: Rows = []
    for node in NODES:
        about, descent = node.about, node.descent
        name = Link(descent.title, about.place) if about else descent.title
        count = ledgers.ledger(about).parameters if about else None
        rows.append([name, node.year, ", ".join(descent.parents) or "–", descent.idea, count, source(node.source)])
    header = ["network", "year", "came from", "what it added", "parameters", "source"]
    note = "Parameters of the member that these notes count; a dash where they count none."
    return Figure(drawing(), Table(header, rows, formats={"year": "d"}, note=note, short=16))
