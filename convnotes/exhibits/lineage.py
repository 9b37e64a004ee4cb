"""What came from what among convolutional networks: each one's parents, its idea, and a drawing of them all."""

import re
from dataclasses import dataclass

from convnotes import ledger as ledgers
from convnotes.architectures import find
from convnotes.drawing.kinds import Figure, Link, Rows, Table, source
from convnotes.drawing.svg import Drawing


@dataclass(frozen=True)
class Node:
    """A network: its year, the column that it stands in, its parents, what it added, and where that is published.

    known: its name among the architectures of these notes, if it is one.
    """

    title: str
    year: int
    column: int
    parents: tuple[str, ...]
    idea: str
    source: str
    known: str = ""


NODES = (
    Node("ZIP code net", 1989, 1, (), "kernels learned by back-propagation", "lecun1989", "zipcode1989"),
    Node("LeNet-5", 1998, 1, ("ZIP code net",), "subsampling between convolutions, at the size of a product",
         "lecun1998", "lenet5"),
    Node("AlexNet", 2012, 1, ("LeNet-5",), "ReLU, dropout and two graphics cards at the size of ImageNet",
         "krizhevsky2012", "alexnet"),
    Node("ZFNet", 2013, 1, ("AlexNet",), "a finer first layer, chosen by looking at the filters", "zeiler2014"),
    Node("NiN", 2013, 2, ("AlexNet",), "1×1 convolutions, and a global average in place of dense layers", "lin2014"),
    Node("VGG", 2014, 0, ("AlexNet",), "nothing but 3×3, up to nineteen layers", "simonyan2015", "vgg16"),
    Node("GoogLeNet", 2014, 2, ("NiN",), "branches side by side, each after a 1×1", "szegedy2015", "googlenet"),
    Node("U-Net", 2015, 0, ("VGG",), "down and up again, with large maps copied across", "ronneberger2015"),
    Node("Highway", 2015, 2, (), "paths around layers, with learned gates", "srivastava2015"),
    Node("ResNet", 2015, 1, ("VGG", "Highway"), "the input of a block added to its output", "he2016", "resnet50"),
    Node("Inception-v3", 2015, 3, ("GoogLeNet",), "large kernels taken apart, batch norm", "szegedy2016",
         "inception-v3"),
    Node("DenseNet", 2016, 0, ("ResNet",), "concatenates where ResNet adds", "huang2017", "densenet121"),
    Node("ResNeXt", 2016, 1, ("ResNet",), "the 3×3 in 32 groups", "xie2017", "resnext50-32x4d"),
    Node("Xception", 2016, 3, ("Inception-v3", "ResNet"), "every convolution depthwise separable", "chollet2017"),
    Node("SqueezeNet", 2016, 4, ("GoogLeNet",), "1×1 layers before everything, no dense layer", "iandola2016",
         "squeezenet-1.0"),
    Node("SENet", 2017, 2, ("ResNeXt",), "channels weighed by their means", "hu2018", "se-resnet50"),
    Node("MobileNet", 2017, 3, ("Xception",), "depthwise separable throughout, with a dial for width", "howard2017",
         "mobilenet-v1"),
    Node("ShuffleNet", 2017, 4, ("ResNeXt", "Xception"), "1×1 layers in groups, and channels shuffled between them",
         "zhang2018"),
    Node("MobileNetV2", 2018, 3, ("MobileNet", "ResNet"), "narrow maps passed on, wide ones inside a block",
         "sandler2018", "mobilenet-v2"),
    Node("EfficientNet", 2019, 3, ("MobileNetV2", "SENet"), "depth, width and resolution scaled together", "tan2019",
         "efficientnet-b0"),
    Node("RegNet", 2020, 0, ("ResNeXt",), "widths of all stages from one linear rule", "radosavovic2020"),
    Node("EfficientNetV2", 2021, 3, ("EfficientNet",), "full 3×3 in early stages, images that grow in training",
         "tan2021"),
    Node("RepLKNet", 2022, 4, ("MobileNetV2",), "depthwise kernels up to 31×31", "ding2022"),
    Node("ConvNeXt", 2022, 1, ("ResNeXt", "MobileNetV2"), "a ResNet with the habits of transformers", "liu2022",
         "convnext-tiny"),
    Node("ConvNeXt V2", 2023, 1, ("ConvNeXt",), "masked training, and norms across channels", "woo2023"),
)  # fmt: skip
LEFT, WIDE, BOX, HIGH, ROW = 30, 61, 57, 30, 50  # of the columns, a column, a box, its height, from year to year
LETTERS = 8  # on one line of a box


def drawing() -> Drawing:
    """The tree: a row for each year, oldest on top, a line from each parent; filled boxes have a ledger here."""
    years = sorted({node.year for node in NODES})
    picture = Drawing(LEFT + 5 * WIDE, ROW * len(years) + 4)
    places = {node.title: (LEFT + WIDE * (node.column + 0.5), ROW * years.index(node.year) + 18.0) for node in NODES}
    for number, year in enumerate(years):
        picture.text(0, ROW * number + 22, year, "mute", 12)
    for node in NODES:
        for parent in node.parents:
            (x1, y1), (x2, y2) = places[parent], places[node.title]
            down = HIGH / 2 if y1 < y2 else 0  # of one year: side by side
            picture.line(x1, y1 + down, x2, y2 - down, "edge", 1.2)
    for node in NODES:
        x, y = places[node.title]
        picture.rect(x - BOX / 2, y - HIGH / 2, BOX, HIGH, "cell" if node.known else "bench", "see", 1, 3)
        for line, part in enumerate(parts := _lines(node.title)):
            picture.text(x, y + 12 * (line - (len(parts) - 1) / 2), part, size=11, middle=True)
    return picture


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
        about = find(node.known) if node.known else None
        name = Link(node.title, about.place) if about else node.title
        count = ledgers.ledger(about).parameters if about else None
        rows.append([name, node.year, ", ".join(node.parents) or "–", node.idea, count, source(node.source)])
    header = ["network", "year", "came from", "what it added", "parameters", "source"]
    note = "Parameters of the member that these notes count; a dash where they count none."
    return Figure(drawing(), Table(header, rows, formats={"year": "d"}, note=note, short=16))
