"""Exhibits of the chapters on published networks."""

from collections.abc import Callable, Sequence

from convnotes import ledger as ledgers
from convnotes.architectures import TIMELINE, Architecture, find
from convnotes.architectures.convnext import block
from convnotes.architectures.efficientnet import mbconv
from convnotes.architectures.googlenet import MODULES, inception
from convnotes.architectures.mobilenet import mobilenet
from convnotes.architectures.resnet import basic, bottleneck
from convnotes.drawing.kinds import Cell, Figure, Link, Rows, Summary, Table, Widget, source
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.svg import Drawing
from convnotes.exhibits import blocks
from convnotes.exhibits.families import FAMILIES, TOP5, family
from convnotes.exhibits.interactive import timeline as explorer
from convnotes.exhibits.stages import diagram, parts
from convnotes.receptive_field import ReceptiveField
from convnotes.wiring import depth


def _members(stem: str) -> list[Architecture]:
    if stem not in FAMILIES:
        raise ValueError(f"no family {stem!r}; the families are {', '.join(FAMILIES)}")
    return [architecture for architecture in TIMELINE if family(architecture) == stem]


def _named(architecture: Architecture) -> Link:
    return Link(architecture.title, f"architectures/{family(architecture)}.md#{architecture.name}")


def _size(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape))


def networks() -> Table:
    """The networks of these notes. Errors were measured under several protocols: compare within one only.

    A table to sort by year, depth, parameters, MACs, input or error, with one row for each of thirty networks from 1989
    to 2022. Depth, parameters and MACs are computed from the layers; errors are quoted, each with its protocol and
    source; a dash stands where none was published for that very network.
    """
    header = ["network", "year", "depth", "parameters", "MACs", "input", TOP5, "protocol (source)"]
    rows: Rows = []
    for network in TIMELINE:
        found = ledgers.ledger(network)
        counted = (depth(network.network), found.parameters, found.macs)
        rows.append([_named(network), network.year, *counted, _size(network.input[1:]), *_error(network)])
    note = (
        "No top-5 error: the first two networks read digits; for the MobileNets and ConvNeXt-T top-1 errors are "
        "printed, and none is quoted for VGG-11, VGG-13 and ResNet-18."
    )
    return Table(header, rows, formats={"year": "d"}, note=note, sortable=True, short=16)


def contributions() -> Table:
    """What each network brought, in a sentence; one for all the sizes of a network.

    A table with a row for each of the networks, or for all the sizes of one: a link to it, the year in which it was
    published, and what it contributed.
    """
    rows: Rows = []
    for said in dict.fromkeys(network.contribution for network in TIMELINE):
        alike = [network for network in TIMELINE if network.contribution == said]
        title = " to ".join(dict.fromkeys([alike[0].title, alike[-1].title]))
        rows.append([Link(title, _named(alike[0]).place), alike[0].year, said])
    return Table(["network", "year", "contribution"], rows, formats={"year": "d"})


def _error(network: Architecture) -> list[Cell]:
    """Top-5 error, and protocol with source; of one network on the validation set where that was published."""
    found = [result for result in network.results if result.metric == TOP5]
    if not found:
        return [None, source(network.source)]
    chosen = next((result for result in found if "one network, ten crops" in result.protocol), found[-1])
    return [chosen.value, Link(f"{chosen.protocol} ({chosen.source})", source(chosen.source).place)]


VARIANTS = ("alexnet-owt", "resnet50-v1.5", "resnet101-v1.5", "resnet152-v1.5")
# The name of a family, at which of its networks it stands, how it is set and where.
LABELS: tuple[tuple[str, str, str, float, float], ...] = (
    ("ZIP codes", "zipcode1989", "start", 8, 4.5),
    ("LeNet-5", "lenet5", "start", 8, 4.5),
    ("AlexNet", "alexnet", "end", -8, 4.5),
    ("VGG", "vgg16", "end", -8, 0),
    ("GoogLeNet", "googlenet", "middle", 0, 20),
    ("ResNet", "resnet152", "start", 8, 4.5),
    ("MobileNet", "mobilenet-v1-0.25", "middle", 0, 20),
    ("EfficientNet", "efficientnet-b7", "middle", 0, -11),
    ("ConvNeXt-T", "convnext-tiny", "end", 28, 20),
)


def timeline() -> Widget:
    """MACs and parameters over the years: since 2012 networks differ by what they are for, more than by their year.

    Two plots over the same years, 1989 and 1998, then after a break 2012 to 2022, both upwards on a logarithmic axis.
    MACs rise from 63,660 in 1989 and 326,520 for LeNet-5 to 724,406,816 for AlexNet in 2012 and 15,470,264,320 for
    VGG-16 in 2014; later networks lie between 41,030,272, the narrowest MobileNet, and 37,745,884,192, EfficientNet-B7.
    Parameters rise from 9,760 to 60,965,224 and 138,357,544 for VGG-16, then fall to 6,998,552 for GoogLeNet; later
    networks lie between 470,072 and 66,347,960.
    """
    drawing = Drawing(388, 600)
    drawn = [network for network in TIMELINE if network.name not in VARIANTS]
    counts = {network.name: ledgers.ledger(network) for network in drawn}
    names = ["1 k", "10 k", "100 k", "1 M", "10 M", "100 M", "1 G", "10 G", "100 G"]
    work = Axis(1e4, 1e11, [10.0**n for n in range(4, 12)], "MACs", log=True, names=names[1:])
    size = Axis(1e3, 1e9, [10.0**n for n in range(3, 10)], "parameters", log=True, names=names[:7])
    _over_years(drawing, 36, work, {network.name: counts[network.name].macs for network in drawn})
    _over_years(drawing, 340, size, {network.name: counts[network.name].parameters for network in drawn})
    rows: Rows = [[_named(n), n.year, counts[n.name].macs, counts[n.name].parameters, *_error(n)] for n in drawn]
    note = (
        "Later variants of a network of the same name, AlexNet in one tower and ResNet v1.5, are left out. "
        "Errors by different protocols are not to be compared."
    )
    header = ["network", "year", "MACs", "parameters", TOP5, "protocol (source)"]
    still = Figure(drawing, Table(header, rows, formats={"year": "d"}, note=note))
    return explorer.widget("year-macs", still)


def _over_years(drawing: Drawing, y: float, up: Axis, values: dict[str, int]) -> None:
    """One plot of `values` by name of network, against the years."""
    shown = [str(year) if year != 2015 else "" for year in explorer.YEARS]
    plot = Plot(drawing, 54, y, 310, 214, Axis(0, 9.6, list(explorer.YEARS.values()), "year", names=shown), up)
    plot.axes()
    broken = plot.at((explorer.BREAK, up.low))
    for x in (broken[0] - 3, broken[0] + 3):
        drawing.line(x - 3, broken[1] + 6, x + 3, broken[1] - 6, "mute")
    points = {name: (explorer.YEARS[find(name).year], float(value)) for name, value in values.items()}
    plot.dots(list(points.values()), "see")
    for label, name, anchor, dx, dy in LABELS:
        at = plot.at(points[name])
        drawing.text(at[0] + dx, at[1] + dy, label, "ink", 13, anchor, bold=True)


def degradation() -> Table:
    """Degradation as published: without shortcuts the deeper of two networks is the worse one, with them the better.

    Top-1 errors on the ImageNet validation set, ten crops. In per cent, plain networks have 27.94 at 18 layers and
    28.54 at 34, residual networks of the same depths and widths 27.88 and 25.03.
    """
    rows: Rows = [[18, 27.94, 27.88], [34, 28.54, 25.03]]
    note = "He et al., table 2: ImageNet validation set, ten crops; shortcuts without parameters (option A)."
    kinds = ("plain", "residual")
    units, formats = dict.fromkeys(kinds, "top-1 error, %"), dict.fromkeys(kinds, ".2f")
    return Table(["depth", *kinds], rows, units=units, formats=formats, note=note)


def degradation_in_miniature() -> Figure:
    """Measured: the loss on the training data at the end of training, for plain and residual stacks of equal depth.

    Across, 8 to 32 layers; upward, the loss on a logarithmic scale, with a bar for the interval over four seeds. The
    plain stacks gain nothing from 8 to 14 layers and are much worse at 20 and 32. The residual stacks get better all
    the way.
    """
    from convnotes.experiments import results
    from convnotes.experiments.intervals import interval

    kept = results.load("degradation")
    depths = kept["recipe"]["depths"]
    drawing = Drawing(380, 320)
    across, up = Axis(6, 34, depths, "layers"), Axis(0.003, 2, [0.01, 0.1, 1], "training loss", log=True, spec="g")
    plot = Plot(drawing, 40, 40, 262, 220, across, up)
    plot.axes()
    rows: Rows = []
    for kind, role in (("plain", "win"), ("residual", "see")):
        points = []
        for layers in depths:
            runs = [run["loss"] for run in kept["rows"] if (run["kind"], run["depth"]) == (kind, layers)]
            found = interval(runs)
            low, high = (plot.at((layers, max(up.low, edge))) for edge in (found.low, found.high))
            drawing.line(*low, *high, role)
            points.append((layers, found.mean))
            rows.append([kind, layers, *found, ", ".join(map(str, runs))])
        plot.curve(points, role, kind)
        plot.dots(points, role)
    recipe = kept["recipe"]
    note = (
        f"3×3 convolutions of {recipe['width']} channels with batch norm on 1,400 bundled digits of 8×8; "
        f"{recipe['steps']} steps of {recipe['batch_size']}; mean loss of the last 20 steps; 95 % interval over "
        f"{len(recipe['seeds'])} seeds. {kept['command']}, torch {kept['versions']['torch']}, {kept['cpu_seconds']} s."
    )
    return Figure(drawing, Table(["kind", "layers", "mean", "low", "high", "runs"], rows, note=note))


def ledger(network: str) -> Summary:
    """Ledger of {network}, part by part. Every layer: in the CSV, or by “convnotes ledger {network}”.

    For each part of {network}: what it is made of, the shape of its output, parameters, MACs, and size, stride and
    padding of the receptive field after it. The last row sums up.
    """
    about = ledgers.ledger(network)
    rows: Rows = []
    for part in parts(about.architecture):
        rows.append([part.name, part.what, _size(part.output), part.parameters, part.macs, *_field(part.field)])
    rows.append(["total", "", "", about.parameters, about.macs, *_field(about.ungated or about.field)])
    note = f"Input {_size(about.input)}. Field of the total: of the last map. – is the whole input. / 2 is stride 2."
    if about.ungated:
        note += " Fields with the gates left out; with them every unit behind the first gate reads the whole input."
    header = ["part", "made of", "output", "parameters", "MACs", "field", "stride", "padding"]
    return Summary(Table(header, rows, note=note, short=15), _layers(about), "Every layer")


def _layers(about: ledgers.Ledger) -> Table:
    rows: Rows = [
        [entry.name, entry.kind, _size(entry.output), entry.parameters, entry.macs, *_field(entry.field)]
        for entry in about.entries
    ]
    return Table(["layer", "kind", "output", "parameters", "MACs", "field", "stride", "padding"], rows, short=32)


def _field(field: ReceptiveField) -> list[Cell]:
    """Size, stride and padding along one axis: all these networks are square."""
    return [field.size[0], field.stride[0], field.padding[0]]


def stages(network: str) -> Figure:
    """The stages of {network}, drawn to scale: each box is as wide as its map and as high as it has channels.

    A column of boxes from the input of {network} at the bottom to its output at the top. Bottom up:
    """
    return diagram(find(network))


def printed(family: str) -> Table:
    """What is printed of these networks, beside what their layers give.

    For each number that a source prints of a network of the family {family}: the part it speaks of, the text as
    printed, where, what is computed here, and the reason where the two differ.
    """
    rows: Rows = []
    told: dict[tuple[str, str], str] = {}
    for network in _members(family):
        for number in network.printed:
            part = number.part.partition(".")[2] or "all"
            at = f" at {_size(number.input[1:])}" if number.input else ""
            key = number.source or network.source
            place = Link(f"{number.where} ({key})", source(key).place)
            stated: list[Cell] = [_named(network), number.quantity + at, part, number.text, place]
            first = told.setdefault((network.name, number.differs), part)  # a reason is given once for each network
            why = number.differs if first == part else f"as for {first}"
            rows.append([*stated, network.computed(number), why if number.differs else "agree"])
    header = ["network", "quantity", "part", "printed", "where (source)", "computed", "agree, or why not"]
    return Table(
        header, rows, note="Two agree if the computed, rounded to the printed digits, is the printed one.", short=16
    )


def results(family: str) -> Table:
    """Errors as published, each with its protocol; they are comparable only where the protocols are the same.

    A table with a row for each result that was published of a network of the family {family}: the network, the metric,
    its value, the protocol under which it was measured, and the source.
    """
    rows: Rows = [
        [_named(network), result.metric, result.value, result.protocol, source(result.source)]
        for network in _members(family)
        for result in network.results
    ]
    return Table(["network", "metric", "value", "protocol", "source"], rows)


def _separable() -> Figure:
    separable = dict(dict(mobilenet().children)["features"].children)["block7"]  # type: ignore[attr-defined]
    return blocks.side_by_side([blocks.column("separable", separable)])


def _two_bottlenecks() -> Figure:
    v1, v1_5 = (bottleneck(256, 128, 2, stride_on) for stride_on in (1, 3))
    return blocks.side_by_side([blocks.column("as published", v1), blocks.column("v1.5", v1_5)])


def _inception() -> Figure:
    widths = MODULES["inception_3a"]
    kept = " + ".join(str(widths[which]) for which in (1, 3, 5, 6))
    return blocks.side_by_side(blocks.branches(inception(*widths)), f"concatenate: {kept} = 256 channels")


UNITS: dict[str, Callable[[], Figure]] = {
    "residual": lambda: blocks.side_by_side(
        [blocks.column("basic", basic(64, 64, 1)), blocks.column("bottleneck", bottleneck(256, 64, 1))]
    ),
    "strided": _two_bottlenecks,
    "inception": _inception,
    "separable": _separable,
    "mbconv": lambda: blocks.side_by_side([blocks.column("MBConv", mbconv(40, 40, 6, 5, 1))]),
    "convnext": lambda: blocks.side_by_side([blocks.column("ConvNeXt", block(96))]),
}


def unit(kind: str) -> Figure:
    """The unit that is repeated ({kind}), with kernels and channels; normalisation and activations are not drawn.

    A diagram, from the input below to the output above, of the layers on each path with their channels.
    """
    if kind not in UNITS:
        raise ValueError(f"no unit {kind!r}; the units are {', '.join(UNITS)}")
    return UNITS[kind]()
