"""Exhibits of the chapters on published networks."""

from collections.abc import Sequence
from itertools import pairwise

from convnotes import ledger as ledgers
from convnotes.architectures import FAMILIES, TIMELINE, Architecture, find
from convnotes.architectures.squeezenet import FIRES
from convnotes.architectures.unet import WIDTHS, unet
from convnotes.cost import macs, parameters
from convnotes.drawing.kinds import Cell, Figure, Link, Rows, Summary, Table, Widget, source
from convnotes.drawing.labels import name_dots
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.svg import Drawing
from convnotes.exhibits import lineage, network_charts, network_drawings
from convnotes.exhibits.interactive import timeline as explorer
from convnotes.exhibits.interactive.timeline import TOP5
from convnotes.exhibits.stages import diagram
from convnotes.receptive_field import ReceptiveField
from convnotes.stages import parts
from convnotes.wiring import depth


def _members(stem: str) -> list[Architecture]:
    if stem not in FAMILIES:
        raise ValueError(f"no family {stem!r}; the families are {', '.join(FAMILIES)}")
    return [about for about in TIMELINE if about.family == FAMILIES[stem]]


def _named(architecture: Architecture) -> Link:
    return Link(architecture.title, architecture.place)


def _size(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape))


def networks() -> Table:
    """The networks of these notes. Errors were measured under several protocols: compare within one only.

    A table to sort by year, depth, parameters, MACs, input or error, with one row for each network from 1989 on. Depth,
    parameters and MACs are computed from the layers; errors are quoted, each with its protocol and source; a dash
    means that none was published for that very network.
    """
    header = ["network", "year", "depth", "parameters", "MACs", "input", TOP5, "protocol (source)"]
    rows: Rows = []
    for network in TIMELINE:
        found = ledgers.ledger(network)
        counted = (depth(network.network), found.parameters, found.macs)
        rows.append([_named(network), network.year, *counted, _size(network.input[1:]), *_error(network)])
    without = [network for network in explorer.networks() if not network.errors]
    why = {none: ", ".join(n.name for n in without if n.none == none) for none in sorted({n.none for n in without})}
    note = f"No top-5 error: {'; '.join(f'{none}: {names}' for none, names in why.items())}."
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


def timeline() -> Widget:
    """MACs and parameters over the years: since 2012 networks differ by what they are for, more than by their year.

    Two plots over the same years, 1989 and 1998, then after a break 2012 to 2022, both upwards on a logarithmic axis.
    MACs rise from 63,660 in 1989 and 326,520 for LeNet-5 to 724,406,816 for AlexNet in 2012 and 15,470,264,320 for
    VGG-16 in 2014. Parameters rise from 9,760 to 60,965,224 and 138,357,544 for VGG-16, then fall to 6,998,552 for
    GoogLeNet.
    """
    drawing = Drawing(388, 600)
    papers = {network.source for network in TIMELINE if network.descent}
    drawn = [network for network in TIMELINE if network.source in papers]
    counts = {network.name: ledgers.ledger(network) for network in drawn}
    names = ["1 k", "10 k", "100 k", "1 M", "10 M", "100 M", "1 G", "10 G", "100 G"]
    work = Axis(1e4, 1e11, [10.0**n for n in range(4, 12)], "MACs", log=True, names=names[1:])
    size = Axis(1e3, 1e9, [10.0**n for n in range(3, 10)], "parameters", log=True, names=names[:7])
    _over_years(drawing, 36, work, {name: count.macs for name, count in counts.items()})
    _over_years(drawing, 340, size, {name: count.parameters for name, count in counts.items()})
    rows: Rows = [[_named(n), n.year, counts[n.name].macs, counts[n.name].parameters, *_error(n)] for n in drawn]
    note = (
        "Only networks of the papers in the family tree: later variants, such as ResNet v1.5, are left out. Errors by "
        "different protocols are not to be compared."
    )
    header = ["network", "year", "MACs", "parameters", TOP5, "protocol (source)"]
    since = [counts[network.name] for network in drawn if network.year > 2014]
    said = "Later networks lie between {:,} and {:,} MACs, and between {:,} and {:,} parameters.".format(
        *(pick(values) for values in ([c.macs for c in since], [c.parameters for c in since]) for pick in (min, max))
    )
    still = Figure(drawing, Table(header, rows, formats={"year": "d"}, note=note), said)
    return explorer.widget("year-macs", still)


def _over_years(drawing: Drawing, y: float, up: Axis, values: dict[str, int]) -> None:
    """One plot of `values` by name of network, against the years."""
    near = {year for before, year in pairwise(explorer.YEARS) if year - before == 1 and year % 2}  # no room for a name
    shown = ["" if year in near else str(year) for year in explorer.YEARS]
    plot = Plot(drawing, 54, y, 310, 214, Axis(0, 9.6, list(explorer.YEARS.values()), "year", names=shown), up)
    plot.axes()
    broken = plot.at((explorer.BREAK, up.low))
    for x in (broken[0] - 3, broken[0] + 3):
        drawing.line(x - 3, broken[1] + 6, x + 3, broken[1] - 6, "mute")
    points = {name: (explorer.YEARS[find(name).year], float(value)) for name, value in values.items()}
    plot.dots(list(points.values()), "see")
    placed = {name: plot.at(point) for name, point in points.items()}
    papers = {about.descent.title: about.source for about in TIMELINE if about.descent}
    alike = {
        title: sorted(
            (placed[n.name] for n in TIMELINE if n.source == paper and n.name in placed), key=lambda at: at[1]
        )
        for title, paper in papers.items()
    }
    name_dots(drawing, list(placed.values()), alike, (plot.x, y - 12, drawing.width, y + plot.height))


def lenet5_errors() -> Figure:
    """Measured: the errors of LeNet-5 on MNIST's test digits, trained again, beside the 0.95 % that the paper prints.

    Across, the test error in per cent. Three dots, one for each seed, at 1.16, 0.88 and 0.91; below them their mean,
    0.98, with an interval from 0.60 to 1.37. A dashed line marks the printed 0.95, which lies inside the interval.
    """
    from convnotes.experiments import results
    from convnotes.experiments.intervals import interval

    kept = results.load("lenet5_seeds")
    errors = [run["wrong"] / 100 for run in kept["rows"]]
    mean, count = interval(errors), len(errors)
    drawing, levels = Drawing(340, 236), list(range(count, -1, -1))
    names = [*(f"seed {run['seed']}" for run in kept["rows"]), "mean"]
    across = Axis(0.6, 1.4, [0.6, 0.8, 1, 1.2, 1.4], "test error, %", spec="g")
    plot = Plot(drawing, 60, 36, 270, 148, across, Axis(-0.6, count + 0.6, levels, "", names=names))
    plot.axes()
    printed, top = plot.at((0.95, plot.up.high))
    drawing.line(printed, top, printed, plot.y + plot.height, "neg", 2, dash="4 3")
    drawing.text(printed, top - 10, "printed: 0.95", "neg", 13, "middle", bold=True)
    plot.dots([(error, level) for error, level in zip(errors, levels, strict=False)], "see")
    drawing.line(*plot.at((mean.low, 0)), *plot.at((mean.high, 0)), "win", 2)
    plot.dots([(mean.mean, 0)], "win")
    rows: Rows = [[f"seed {run['seed']}", run["wrong"] / 100, None, None] for run in kept["rows"]]
    rows += [["mean, 95 % interval", *mean], ["printed in 1998", 0.95, None, None]]
    note = f"{kept['command']}, torch {kept['versions']['torch']}. The interval is Student's, over {count} seeds."
    header = ["run", "error", "low", "high"]
    return Figure(drawing, Table(header, rows, formats=dict.fromkeys(header[1:], ".2f"), note=note))


def degradation() -> Table:
    """Degradation as published: without shortcuts the deeper of two networks is worse, with them it is better.

    Top-1 errors on the ImageNet validation set, ten crops. In per cent, plain networks have 27.94 at 18 layers and
    28.54 at 34, residual networks of the same depths and widths 27.88 and 25.03.
    """
    rows: Rows = [[18, 27.94, 27.88], [34, 28.54, 25.03]]
    note = "He et al., table 2: ImageNet validation set, ten crops; shortcuts without parameters (option A)."
    kinds = ("plain", "residual")
    units, formats = dict.fromkeys(kinds, "top-1 error, %"), dict.fromkeys(kinds, ".2f")
    return Table(["depth", *kinds], rows, units=units, formats=formats, note=note)


def degradation_in_miniature() -> Figure:
    """Measured: the training loss at the end of trainings of different lengths, for three stacks of layers.

    Across, 300, 900, 2,700 and 8,100 steps; upward, the loss on a logarithmic scale, with a bar for the interval over
    three seeds. All three lines fall. At 300 and 900 steps the plain stack of 32 layers has about three times the loss
    of that of 8; at 2,700 and 8,100 it is nearer, and still above. The residual stack of 32 layers, whose line ends at
    2,700, has the lowest mean of the three.
    """
    from convnotes.experiments import results
    from convnotes.experiments.intervals import interval

    kept = results.load("degradation")
    recipe, drawing, rows = kept["recipe"], Drawing(388, 320), list[list[Cell]]()
    across = Axis(250, 9600, [*recipe["steps"], recipe["longest"]], "steps of training", log=True)
    plot = Plot(drawing, 48, 40, 230, 220, across, Axis(0.01, 2, [0.01, 0.1, 1], "training loss", log=True, spec="g"))
    plot.axes()
    for (kind, layers), role, dy in zip(recipe["networks"], ("mute", "win", "see"), (-2, -6, 32), strict=True):
        points = []
        own = [run for run in kept["rows"] if (run["kind"], run["depth"]) == (kind, layers)]
        for steps in sorted({run["steps"] for run in own}):
            runs = [run for run in own if run["steps"] == steps]
            found = interval([run["loss"] for run in runs])
            low, high = (plot.at((steps, max(plot.up.low, edge))) for edge in (found.low, found.high))
            drawing.line(*low, *high, role)
            points.append((steps, found.mean))
            rows.append([f"{kind} {layers}", steps, *found, ", ".join(str(run["loss"]) for run in runs)])
        plot.curve(points, role, f"{kind} {layers}", dy)
        plot.dots(points, role)
    note = (
        "3×3 convolutions of 12 channels with batch norm on the 60,000 training digits of MNIST, at 10×10 pixels; SGD "
        "with momentum 0.9, 32 digits a step, a rate of 0.05 that falls to zero at the end of each training, after 20 "
        "steps of warm-up, gradients cut to a length of 5; mean loss of the last "
        f"50 steps; Student's 95 % interval over {len(recipe['seeds'])} seeds. {kept['command']}, torch "
        f"{kept['versions']['torch']}, {kept['cpu_seconds']} s."
    )
    formats = {"steps": ",", "mean": ".3f", "low": ".3f", "high": ".3f"}
    return Figure(drawing, Table(["stack", "steps", "mean", "low", "high", "runs"], rows, formats=formats, note=note))


def loss_along_training() -> Figure:
    """Measured: the training loss along 2,700 steps, for the same three stacks and three seeds of each.

    Across, steps up to 2,700; upward, the loss on a logarithmic scale. The three lines of the deep plain stack leave
    2 slowly: in steps 151 to 200 their means are still above 1.2, when those of the stack with shortcuts are below 0.5
    and those of the shallow stack between 0.4 and 0.7. Later the distance shrinks, but to the end each deep plain
    line is above the two others of its seed.
    """
    from convnotes.experiments import results

    kept = results.load("degradation")
    drawing, rows, longest = Drawing(388, 320), list[list[Cell]](), max(kept["recipe"]["steps"])
    across = Axis(0, longest, [0, 900, 1800, longest], "step")
    plot = Plot(drawing, 48, 40, 230, 220, across, Axis(0.03, 3, [0.03, 0.1, 0.3, 1, 3], "training loss", log=True))
    plot.axes()
    for (kind, layers), role, dy in zip(kept["recipe"]["networks"], ("mute", "win", "see"), (-9, -6, 12), strict=True):
        runs = [run for run in kept["rows"] if "curve" in run and (run["kind"], run["depth"]) == (kind, layers)]
        for run in runs:
            width = longest // len(run["curve"])
            points = [((place + 0.5) * width, loss) for place, loss in enumerate(run["curve"])]
            plot.curve(points, role, f"{kind} {layers}" if run is runs[-1] else "", dy)
            for place, loss in enumerate(run["curve"]):
                steps = f"{place * width + 1}–{(place + 1) * width}"
                rows.append([f"{kind} {layers}", run["seed"], steps, loss])
    note = (
        "Mean of every 50 steps. The rate falls to zero at the end of the training, along a cosine. Otherwise as above."
    )
    return Figure(drawing, Table(["stack", "seed", "steps", "loss"], rows, formats={"loss": ".3f"}, note=note))


# Winners of the classification task: year, entry, top-5 error in per cent on the challenge's own training data, what it
# was, source. Test set of the year; from 2012 on averages of several networks.
WINNERS: tuple[tuple[int, str, float, str, str], ...] = (
    (2010, "NEC-UIUC", 28.2, "no network: designed features", "russakovsky2015"),
    (2011, "XRCE", 25.8, "no network: designed features", "russakovsky2015"),
    (2012, "SuperVision", 16.4, "AlexNet, five averaged", "russakovsky2015"),
    (2013, "Clarifai", 11.7, "networks after AlexNet, averaged", "russakovsky2015"),
    (2014, "GoogLeNet", 6.7, "seven averaged, 144 crops", "russakovsky2015"),
    (2015, "MSRA", 3.57, "ResNets, six averaged", "he2016"),
    (2016, "Trimps-Soushen", 2.99, "several families averaged", "ilsvrc"),
    (2017, "WMW", 2.25, "SENets averaged", "hu2018"),
)


def challenge() -> Figure:
    """The ImageNet challenge: the winner's top-5 error each year, on the test set, without extra training data.

    Across, 2010 to 2017; upward, the error in per cent. 28.2 and 25.8 without networks, then 16.4 with AlexNet in 2012,
    11.7, 6.7 with GoogLeNet, 3.57 with ResNet, 2.99 and 2.25 in 2017. A dashed line at 5.1 is what one trained person
    made on 1,500 images.
    """
    drawing = Drawing(348, 330)
    years = [winner[0] for winner in WINNERS]
    across = Axis(2009.5, 2017.5, years, "year", names=[f"’{year % 100}" for year in years])
    plot = Plot(drawing, 40, 44, 300, 220, across, Axis(0, 30, [0, 10, 20, 30], "top-5 error, %"))
    plot.axes()
    drawing.line(*plot.at((2009.5, 5.1)), *plot.at((2017.5, 5.1)), "mute", dash="4 3")
    drawing.text(plot.x + 4, plot.at((0, 5.1))[1] - 5, "one person: 5.1", "mute", 12)
    plot.curve([(year, error) for year, _, error, *_ in WINNERS], "edge")
    for year, _, error, *_ in WINNERS:
        plot.dots([(year, error)], "neg" if year < 2012 else "see")
        x, y = plot.at((year, error))
        if error > 5.1:  # the line falls: above to the right is free
            drawing.text(x + 5, y - 5, f"{error:g}", "ink", 12)
        else:
            drawing.text(x, y + 15 if error > 2.5 else y - 7, f"{error:g}", "ink", 12, "middle")  # off the axis
    for year, error, label in (
        (2010, 28.2, ""),
        (2012, 16.4, "AlexNet"),
        (2014, 6.7, "GoogLeNet"),
        (2015, 3.57, "ResNet"),
    ):
        x, y = plot.at((year, error))
        drawing.text(x + 5, y - 20, label, "see", 12, bold=True)
    drawing.text(plot.x + 104, plot.y + 20, "designed features", "neg", 12, bold=True)
    rows: Rows = [[year, name, error, what, source(key)] for year, name, error, what, key in WINNERS]
    note = (
        "Errors on the test set of each year, which from 2012 on was the same kind of thousand classes; every winner "
        "from 2012 on averaged several networks. With extra training data: 15.3 in 2012, 11.2 in 2013. The 5.1 is one "
        "annotator on 1,500 images (russakovsky2015)."
    )
    return Figure(
        drawing,
        Table(
            ["year", "winner", "error", "what it was", "source"],
            rows,
            formats={"year": "d", "error": "g"},
            note=note,
            short=16,
        ),
    )


def family_tree() -> Figure:
    """What came from what: a row for each year, a line from each parent. Filled: networks with a ledger in these notes.

    A tree from the ZIP code network of 1989 over LeNet-5 to AlexNet in 2012. From AlexNet one branch leads by VGG to
    ResNet and on to DenseNet, ResNeXt, SENet, RegNet and ConvNeXt; one by NiN to GoogLeNet, Inception-v3 and Xception,
    and from there to MobileNet, MobileNetV2 and EfficientNet. U-Net and SqueezeNet are beside them.
    """
    return lineage.tree()


def block_orders() -> Figure:
    """The order inside a residual block: as published in 2015, and the pre-activation order of 2016.

    Two columns, input below. The first: convolution, batch norm, ReLU, convolution, batch norm, then the sum with the
    input, then a ReLU. The second: batch norm, ReLU, convolution, twice, then the sum with nothing after it.
    """
    return network_drawings.residual_orders()


def memory_and_work() -> Figure:
    """AlexNet on a processor of 10¹² MACs and 10¹¹ bytes per second: how long it reads weights, how long it multiplies.

    Three pairs of bars, in milliseconds. The convolutions of one image read for 0.09 and multiply for 0.67. The dense
    layers of one image read for 2.34, far longer than they multiply, 0.06; those of 128 images read for the same 2.34
    and multiply for 7.50.
    """
    alexnet = find("alexnet")
    parts = [("convolutions", alexnet.features, alexnet.input), ("dense layers", *alexnet.part("head"))]
    drawing, scale = Drawing(348, 216), 33.0
    rows: Rows = []
    for (title, part, shape), batch in ((parts[0], 1), (parts[1], 1), (parts[1], 128)):
        y = 14 + 72 * len(rows)
        read = 1000 * 4 * parameters(part, bias=False) / 1e11
        multiply = 1000 * batch * macs(part, shape) / 1e12
        images = "1 image" if batch == 1 else f"{batch} images"
        drawing.text(0, y, f"{title}, {images}", "ink", 13, bold=True)
        for lower, (what, took, paint) in enumerate((("read", read, "neg"), ("multiply", multiply, "see"))):
            at = y + 8 + 22 * lower
            drawing.rect(0, at, scale * took, 18, paint)
            drawing.text(scale * took + 5, at + 13.5, f"{what} {took:.2f}", "ink", 12.75)
        rows.append([title, batch, read, multiply])
    units = {"read": "ms", "multiply": "ms"}
    return Figure(drawing, Table(["part", "images", "read", "multiply"], rows, units=units))


def fire_module() -> Figure:
    """A fire module, SqueezeNet's unit: squeeze to few channels, then expand by a 1×1 and a 3×3 side by side.

    The input of 96 channels goes to a 1×1 convolution with 16 channels; its output goes to a 1×1 and to a 3×3 with 64
    channels each, which are concatenated to 128 channels.
    """
    return network_drawings.fire(*FIRES[0], before=96)


def where_parameters_are() -> Figure:
    """Parameters in the head, which gives the classes, and in the rest; below, SqueezeNet by kind of layer.

    Bars, in millions. AlexNet: head 58.63, the rest 2.33. SqueezeNet: head 0.51, the rest 0.74; both are hardly seen on
    the same scale. Enlarged below, SqueezeNet alone: the 3×3 kernels 0.55, the last 1×1 0.51, the squeezing 1×1 0.10,
    the expanding 1×1 0.06, the stem 0.01.
    """
    return network_charts.parameters_of_squeezenet()


def one_axis_or_three() -> Figure:
    """B0 made larger along one axis, or along all three at once: top-1 accuracy on ImageNet, as published.

    Across, the accuracy in per cent. A dashed line is B0, at 77.3, and from it a line leads to a dot for each larger
    network: four times as deep 79.0, twice as wide 78.9, with images twice as high and wide 79.1, with all three made
    larger 81.1.
    """
    return network_charts.scaled()


def step_by_step() -> Figure:
    """From ResNet-50 to ConvNeXt-T: top-1 accuracy on ImageNet after each step, as published. Dashed: a transformer.

    Accuracies in per cent, step below step. ResNet-50 76.1; new training 78.8; blocks 79.4; patches 79.5; depthwise 3×3
    down to 78.3; 96 channels 80.5; wide middle 80.6; depthwise first down to 79.9; 7×7 80.6; GELU 80.6; one activation
    81.3; one norm 81.4; layer norm 81.5; halving layers 82.0. The dashed line of Swin-T is at 81.3.
    """
    return network_charts.roadmap()


def u_shape() -> Figure:
    """U-Net: each row is a level; maps shrink on the way down, grow on the way up, and are copied across.

    Five levels. From the top the maps have 64, 128, 256, 512 and 1,024 channels and sides of 512, 256, 128, 64 and 32.
    Grey arrows lead down by max-pooling, orange ones up by transposed convolutions, green ones copy each map across.
    """
    return network_drawings.u_shape(WIDTHS, 512)


def u_net_parts() -> Table:
    """U-Net, layer by layer, at 512 × 512: what each level holds and costs.

    For each convolution of U-Net in order: its level, kernel, parameters, MACs, channels before it, and the shape of
    its output. The last row sums them up: 31,030,658 parameters.
    """
    from convnotes.cost import layer_macs, parameters
    from convnotes.layers import Conv2d, ConvTranspose2d
    from convnotes.shapes import layer_shapes

    rows: Rows = []
    for row in layer_shapes(unet(), (1, 512, 512)):
        if isinstance(row.layer, Conv2d | ConvTranspose2d):
            kernel = f"{row.layer.kernel_size}×{row.layer.kernel_size}"
            up = ", transposed" if isinstance(row.layer, ConvTranspose2d) else ""
            name = row.name.replace("features.", "").replace("below.", "").removesuffix(".conv")
            work = layer_macs(row.layer, row.input, row.output)
            rows.append([name, kernel + up, parameters(row.layer), work, row.input[0], _size(row.output)])
    total = [sum(int(str(row[at])) for row in rows) for at in (2, 3)]
    rows.append(["total", "", *total, None, ""])
    header = ["layer", "kernel", "parameters", "MACs", "channels in", "output"]
    return Table(
        header, rows, note="Grey images, two classes. Padded by 1; the weights are those of the paper.", short=14
    )


def sizes(family: str) -> Table:
    """The members of the family, counted from their layers; a name leads to its ledger.

    For each member of the family {family}: its year, depth in convolutions and dense layers, parameters, MACs, input
    and the receptive field of its last map, with gates left out where there are some.
    """
    rows: Rows = []
    for network in _members(family):
        about = ledgers.ledger(network)
        field = (about.ungated or about.field).size[0]
        counts = (depth(network.network), about.parameters, about.macs)
        rows.append([_named(network), network.year, *counts, _size(network.input[1:]), field])
    header = ["network", "year", "depth", "parameters", "MACs", "input", "field"]
    return Table(header, rows, formats={"year": "d"}, note="Field: of the last map, in pixels.", short=20)


def ledger(network: str) -> Summary:
    """What each part of the network gives, costs and sees. Every layer: in the CSV, or by “convnotes ledger {network}”.

    For each part of {network}: what it is made of, the shape of its output, parameters, MACs, what training keeps of an
    image, and size, stride and padding of the receptive field after it. The last row sums up.
    """
    about = ledgers.ledger(network)
    rows: Rows = []
    for part in parts(about.architecture):
        counts = part.parameters, part.macs, part.kept / 1000
        rows.append([part.name, part.what, _size(part.output), *counts, *_field(part.field)])
    counts = about.parameters, about.macs, about.kept / 1000
    rows.append(["total", "", "", *counts, *_field(about.ungated or about.field)])
    note = f"Input {_size(about.input)}. Field of the total: of the last map. – is the whole input. / 2 is stride 2."
    if about.ungated:
        note += " Fields with the gates left out; with them every unit after the first gate reads the whole input."
    note += " Kept: what training keeps of each image for the way back."
    header = ["part", "made of", "output", "parameters", "MACs", "kept", "field", "stride", "padding"]
    table = Table(header, rows, {"kept": "kB"}, {"kept": ",.0f"}, note=note, short=15)
    return Summary(table, _layers(about), "Every layer")


def _layers(about: ledgers.Ledger) -> Table:
    rows: Rows = [
        [entry.name, entry.kind, _size(entry.output), entry.parameters, entry.macs, entry.kept, *_field(entry.field)]
        for entry in about.entries
    ]
    header = ["layer", "kind", "output", "parameters", "MACs", "kept", "field", "stride", "padding"]
    return Table(header, rows, {"kept": "bytes"}, short=32)


def _field(field: ReceptiveField) -> list[Cell]:
    """Size, stride and padding along one axis: all these networks are square."""
    return [field.size[0], field.stride[0], field.padding[0]]


def stages(network: str) -> Figure:
    """The network from its input, at the bottom, to its output: boxes as wide as the map, as high as it has channels.

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
            why = number.differs if first == part else "the same reason"
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
        [_named(network), _unbroken(f"{result.value} {result.metric}"), result.protocol, source(result.source)]
        for network in _members(family)
        for result in network.results
    ]
    return Table(["network", "result", "protocol", "source"], rows, short=20)


def _unbroken(text: str) -> str:
    return text.replace("-", "\N{NON-BREAKING HYPHEN}")
