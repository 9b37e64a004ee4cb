"""Exhibits of the chapter on feature visualisation: one small network, what it saw, and its controls."""

from collections.abc import Sequence
from itertools import combinations, count, product
from random import Random
from statistics import fmean, median
from typing import Any, get_args
from urllib.parse import unquote

import numpy as np

from convnotes.drawing.kinds import Cell, Figure, Rows, Table
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.raster import Gallery, Panel, Pixels, decoded, encoded, exact, lighted, mosaic, signed
from convnotes.drawing.svg import Drawing
from convnotes.experiments import (
    album,
    colour_circuit,
    colour_deconvnet,
    colour_pictures,
    first_layer,
    lite0,
    lite0_destroyed,
    lite0_where,
    results,
    sheets_read,
    weights,
)
from convnotes.experiments.colour_patches import alike
from convnotes.experiments.intervals import interval
from convnotes.experiments.lite0_optimised import PRIORS
from convnotes.experiments.lite0_patches import Cut
from convnotes.experiments.photographs import PHOTOGRAPHS, scaled
from convnotes.experiments.saliency import Rule, edges
from convnotes.experiments.top_patches import Patch

SIDE = 44  # pixels of the page for a patch of our network
LARGE = 48  # and of the real one: two sheets fit beside each other
NINE = 9  # patches of a channel
LETTERS = {letter: kind for letter, kind in sheets_read.KINDS.items() if letter != "-"}
ORDERED_ONLY = "block4"  # measured, but only in the sheets to be put in order: the others are five already
TITLES = ("tripod, and Egyptian cat", "reflex camera, and espresso")
LIT = 160  # and for a photograph with a map
RULES: tuple[Rule, ...] = get_args(Rule)
SCORES = {  # by their keys in `first_layer.summary`
    "r2": "median R²",
    "good": "R² ≥ 0.75, of 40",
    "orientation": "median direction",
    "oriented": "oriented, of 40",
}
COUNTED = {"accuracy": "accuracy"} | {SCORES[key]: f"trained_{key}" for key in ("r2", "good", "oriented")}
MORE_CLASSES = {  # that only optimised inputs of random weights are taken for
    78: "tick", 657: "missile", 812: "space shuttle", 868: "tray", 885: "velvet", 973: "coral reef", 974: "geyser",
    980: "volcano",
}  # fmt: skip


def photographs_used() -> Gallery:
    """The seven photographs that the colour network was trained on, and all that it has ever seen.

    Seven small squares, the middle of each photograph, in the order of the table below: an astronaut in an orange suit
    with a helmet, a man with a camera in grey, the face of a striped cat, a red cup of coffee with a spoon, a rocket on
    its pad at dusk, a Chinese palace with tiled roofs, an orange dahlia.
    """
    shown = [lite0.square(name, 112).permute(1, 2, 0).numpy() for name in PHOTOGRAPHS]
    rows: Rows = [[name, photo.author, photo.licence, photo.library] for name, photo in PHOTOGRAPHS.items()]
    names = ", ".join(PHOTOGRAPHS)
    return Gallery(
        [Panel(names, mosaic(shown, 4, gap=3), 1, "webp")],
        Table(["photograph", "author", "licence", "bundled with"], rows),
    )


def the_network() -> Table:
    """How the colour network was trained: every number of its recipe, and what came of it.

    Rows: task, images, steps, samples in a step, learning rate, seed, accuracy on the fresh samples of the last 200
    steps, accuracy of guessing, processor time, versions.
    """
    card = weights.card("colour")
    recipe, metrics = card["recipe"], card["metrics"]
    rows: Rows = [
        ["task", f"tell {recipe['classes']} patches apart, however they are moved, turned, recoloured and lit"],
        ["steps × samples", f"{recipe['steps']:,} × {recipe['batch_size']}, crops of {recipe['crop_size']} pixels"],
        ["optimiser", f"SGD, Nesterov momentum 0.9, rate {recipe['lr']} falling as a cosine, seed {recipe['seed']}"],
        ["accuracy, last 200 steps", f"{metrics['accuracy']:.1%}; guessing gives {metrics['chance']:.1%}"],
        ["processor time", f"{card['cpu_seconds']} s on one thread"],
        ["made with", f"{card['command']}, torch {card['versions']['torch']}"],
    ]
    return Table(["what", "value"], rows)


def first_layer_filters() -> Gallery:
    """All 40 kernels of the first layer, 11×11 pixels in colour: before training, after, and noise as smooth.

    Three grids of forty small squares. The first, before training, is coloured noise throughout. The second, after
    training, holds dark and bright bars and edges at several angles on grey ground, and smooth blobs and gradients of
    blue, orange, green and purple. The third is noise with the same smoothness and colours: blobs and ramps, few bars.
    """
    titles = {"initial": "before training", "trained": "after training", "noise": "noise, as smooth: draw 0"}
    sets = first_layer.kernels()
    panels = [
        Panel(title, mosaic([signed(kernel).transpose(1, 2, 0) for kernel in sets[name]], 5), enlarge=3)
        for name, title in titles.items()
    ]
    scores = results.load("first_layer")["rows"]
    rows: Rows = [
        [titles[row["kernels"]], row["channel"], row["r2"], row["orientation"], str(row["oriented"])] for row in scores
    ]
    note = (
        "Each kernel is scaled by its own largest weight; middle grey is zero. All channels, in order. "
        f"{weights.made('colour')} Scores: {results.made('first_layer')}"
    )
    return Gallery(panels, Table(["kernels", "channel", "Gabor R²", "orientation", "oriented"], rows, note=note))


def gabor_scores() -> Table:
    """How much the kernels look like edge detectors, before training, after, and of noise as smooth.

    Rows: the sets of 40 kernels; noise as the median of twenty draws, and their range. Columns: the median share of
    energy that the best Gabor function explains, the number of kernels of which it explains three quarters, how much
    they have one direction, and the number that also hardly answer to an even brightness, fill a part of the kernel,
    have one direction and are mostly in brightness. Only the trained set has a good number of those.
    """
    measured = results.load("first_layer")
    sets = {
        title: [row for row in measured["rows"] if row["kernels"] == name]
        for name, title in (("initial", "before training"), ("trained", "after training"))
    }
    summaries = {title: first_layer.summary(scores) for title, scores in sets.items()}
    rows: Rows = [[title, *(found[key] for key in SCORES)] for title, found in summaries.items()]
    draws = [[draw[key] for draw in measured["noise"]] for key in SCORES]
    rows.append([f"noise, as smooth: median of {len(draws[0])} draws", *map(median, draws)])
    rows.append(["noise: smallest", *map(min, draws)])
    rows.append(["noise: largest", *map(max, draws)])
    detectors = [row["channel"] for row in sets["after training"] if row["oriented"]]
    shapes = [first_layer.kept_shape(draw["seed"]) for draw in measured["noise"]]
    turned = [sum(one > 0.9 for one in shape) for shape in shapes]
    highest = max(shape[channel] for shape in shapes for channel in detectors)
    middle = median(shape[channel] for shape in shapes for channel in detectors)
    return Table(
        ["kernels", *SCORES.values()],
        rows,
        formats={SCORES[key]: ".2f" for key in ("r2", "orientation")},
        note="R² of the nearest Gabor function in colour. Direction: 0 for all directions alike, 1 for one only. "
        "Oriented: R² ≥ 0.75; the part that answers to even brightness below a quarter of the energy; the "
        "wave narrower than 0.3 of the kernel; mostly in brightness; direction above 0.3. The correlation of a trained "
        f"kernel with its noise, without its sign, is above 0.9 in {min(turned)} to {max(turned)} of 40, and of the "
        f"{len(detectors)} oriented ones {middle:.2f} (median) and at most {highest:.2f}. "
        f"{results.made('first_layer')}",
    )


def top_patches() -> Gallery:
    """What excites eight channels of each layer most: the nine strongest spots in the photographs, cut to the exact
    field.

    Five sheets of eight groups of nine patches. First layer, 11 pixels: edges and bars, each group at one angle, and
    flat colours. Second, 31 pixels: corners, stripes, rims. Third, 55 pixels: arcs, petals, roof lines. Fourth, 71, and
    fifth, 87: parts of the flower, the cup, the cat's face, the astronaut's suit, the roofs of the palace.
    """
    return _sheets(colour_pictures.patches())


def top_patches_untrained() -> Gallery:
    """The control: the same channels before training. The strongest spots of a network that has learned nothing.

    Five sheets of eight groups of nine patches, as above. From the second layer on every group is a mixture of
    high-contrast spots: the white reflection on black, the rim of the helmet, the tripod, roofs against the sky, the
    collar of the suit. The same few spots are in many groups.
    """
    return _sheets(colour_pictures.patches(trained=False))


def circuit() -> Figure:
    """Two kernels of the first layer and channel 0 of the second: where they excite it, and its patches without them.

    Kernel 12 is a horizontal edge, bright above dark: its 5×5 weights are positive in the two upper rows and nearly all
    negative below. Kernel 33 is a bright bar, with negative weights in the middle. The strongest patches of the channel
    are edges in their upper third, bright above dark. Without kernel 12 most are other things, spots and stripes, and
    the answer is less than half. Without kernel 33 they are nearly the same.
    """
    found = colour_pictures.patches("conv2")["conv2"][0]
    excited = np.mean([colour_circuit.added(0, patch).numpy() for patch in found], 0)
    usual, read = colour_circuit.usually_added(0).numpy(), colour_circuit.weights()[0].numpy()
    pair = {int(excited.argmax()): "adds most", int(usual.argmin()): "takes away most"}
    drawing, largest = Drawing(396, 470), float(np.abs(read[list(pair)]).max())
    for y, (kernel, part) in zip((10, 92), pair.items(), strict=True):
        _read(drawing, y, kernel, part, read[kernel] / largest)
    strips = {"what channel 0 answers to most": found}
    strips |= {f"without kernel {kernel}": colour_circuit.without(0, kernel) for kernel in pair}
    for y, (title, patches) in zip((192, 285, 378), strips.items(), strict=True):
        drawing.text(3, y, f"{title}: up to {patches[0].value:.1f}", "ink", 13)
        sheet = mosaic([patch.shown(62) for patch in patches[:6]], 6, gap=3)
        drawing.picture(3, y + 9, 387, 62, webp=encoded(sheet, "webp", quality=50))
    constant = found[0].value - float(colour_circuit.added(0, found[0]).sum())
    order = np.argsort(-excited)
    rows: Rows = [[f"kernel {kernel}", excited[kernel], usual[kernel]] for kernel in order.tolist()]
    rows += [["all that excites", excited.clip(min=0).sum(), None], ["constant", constant, constant]]
    rows += [["answer", excited.sum() + constant, None]]
    leading = [f"{median(colour_circuit.leading_shares(trained)):.0%}" for trained in (True, False)]
    note = (
        "What each first map adds to the unit: on average over the nine strongest patches, and over all places of the "
        f"photographs. Of all that excites a channel at its strongest patches, one kernel brings {leading[0]}, median "
        f"of 48 channels; before training {leading[1]}. {_before_training()} {weights.made('colour')}"
    )
    header = ["part", "at the strongest patches", "everywhere"]
    return Figure(drawing, Table(header, rows, formats=dict.fromkeys(header[1:], ".2f"), note=note))


def _read(drawing: Drawing, y: float, kernel: int, part: str, shares: Pixels) -> None:
    """A kernel of the first layer, what it does, and the shares of the largest weight with which its map is read."""
    drawing.picture(3, y, 72, 72, exact(signed(first_layer.kernels()["trained"][kernel]).transpose(1, 2, 0)))
    tints = [[("pos" if share > 0 else "neg", round(abs(share), 1)) for share in row] for row in shares.tolist()]
    drawing.pixels(86, y, 14.4, tints)
    drawing.rect(86, y, 72, 72, None, "edge")
    drawing.text(170, y + 16, f"kernel {kernel} {part}", "ink", 13, bold=True)
    drawing.text(170, y + 36, "orange: excites there", "pos", 13)
    drawing.text(170, y + 55, "violet: inhibits there", "neg", 13)


def _before_training() -> str:
    """The control of the circuit: the kernel that adds most to channel 0 of the untrained network, and its cut."""
    found = colour_pictures.patches("conv2", trained=False)["conv2"][0]
    excited = np.mean([colour_circuit.added(0, patch, trained=False).numpy() for patch in found], 0)
    first = int(excited.argmax())
    cut = colour_circuit.without(0, first, trained=False)
    return (
        f"Then kernel {first} adds most to channel 0, {excited.max():.2f} of {excited.clip(min=0).sum():.2f}; without "
        f"it the strongest answer falls from {found[0].value:.1f} to {cut[0].value:.1f}."
    )


def patches_alike() -> Table:
    """Measured: how alike the nine patches of a channel are, in the trained network and before training.

    Rows: the five layers. Columns: the mean correlation of every two patches of a channel, over all channels, trained
    and untrained, with intervals. Trained, it is clearly higher in the first layer and in the fifth; in the three
    between there is no clear difference.
    """
    rows: Rows = []
    trained, untrained = (alike(colour_pictures.patches(trained=trained)) for trained in (True, False))
    for layer in trained:
        whole = trained[layer], untrained[layer]
        rows.append([layer, *(f"{interval(values):.2f}" for values in whole), *map(len, whole)])
    note = (
        "Pixel correlation at 16×16 in colour. Mean and 95 % interval over the channels that answer at nine spots, and "
        f"how many those are. The network of seed 0, and what it started from. {weights.made('colour')}"
    )
    return Table(["layer", "trained", "untrained", "channels", "untrained channels"], rows, note=note)


def other_seeds() -> Table:
    """Measured: the same numbers for three trainings, each from its own seed, and what their mean leaves open.

    Rows: accuracy, counts of first kernels, and how much more alike patches are than before training: so in the first
    layer and in the fifth, and in no other.
    """
    measured = results.load("colour_seeds")["rows"]
    found = {title: [row[key] for row in measured] for title, key in COUNTED.items()}
    for name in colour_pictures.CHANNELS:
        found[f"patches of {name} more alike by"] = [r["alike"][name] - r["alike_untrained"][name] for r in measured]
    rows: Rows = []
    for title, values in found.items():
        digits = 2 if isinstance(values[0], float) else 1
        rows.append([title, *(round(value, 2) for value in values), f"{interval(values):.{digits}f}"])
    note = f"Pictures: seed 0. Mean and Student's 95 % interval. {results.made('colour_seeds')}"
    return Table(["measure", *(f"seed {row['seed']}" for row in measured), "mean"], rows, note=note)


def photographs_asked() -> Gallery:
    """The sixty photographs in which the strongest patches of the real network were looked for, all of them.

    Three sheets of small squares, the middle of each photograph. Animals: bees, cats, cattle, birds, apes, reptiles, a
    crab, a panda and others. Buildings: palaces, cathedrals, temples, towers, two bridges. Others: an astronaut, a man
    with a camera, a cup of coffee, a rocket, a dahlia, a canyon, hills, slices of citrus fruit, drums.
    """
    titles, panels = {"animal": "animals", "building": "buildings", "other": "other things"}, []
    for kind, title in titles.items():
        squares = [album.square(name, LARGE) for name in album.NAMES if album.KINDS[name] == kind]
        sheet = mosaic([square.permute(1, 2, 0).numpy() for square in squares], 6)
        panels.append(Panel(f"{len(squares)} {title}", sheet, 1, "webp"))
    rows: Rows = [
        [name, album.KINDS[name], photo.author, photo.licence, f"bundled with {photo.library}", "scaled"]
        for name, photo in PHOTOGRAPHS.items()
    ]
    for name, about in album.CREDITS.items():
        page = unquote(about["source"]).removeprefix("https://")
        rows.append([name, about["kind"], about["author"], about["licence"], page, about["changed"]])
    addresses = sorted({about["licence_url"] for about in album.CREDITS.values() if "CC BY" in about["licence"]})
    note = (
        f"Those not bundled with a library are from the Debian packages {', '.join(album.PACKAGES)}. The licences of "
        f"those under CC BY: {', '.join(addresses)}. Figures show squares and patches of them."
    )
    header = ["photograph", "kind", "author", "licence", "source", "changed"]
    return Gallery(panels, Table(header, rows, note=note))


def real_top_patches() -> Gallery:
    """A network that has seen ImageNet: nine strongest patches for eight channels of five blocks, cut to the field.

    Five sheets of eight groups of nine patches. Block 1, 7 pixels: stripes and edges in one direction, blues, oranges.
    Block 3, 19: edges, rims and bars at one angle. Block 5, 67: towers among other things in two groups, arches
    beside ears and heads in others. Block 8, 147: fronts of buildings in one group, spotted and scaly skins in one,
    mixtures. Block 9, 211: only animals in one group, palaces and bridges in another, mixtures in the others.
    """
    return _real_sheets(True)


def real_top_patches_untrained() -> Gallery:
    """The control: the same channels of the same network with random weights.

    Five sheets as above. Block 1: edges, many of them level, and stripes. Block 3: wood, petals, scales and spines at
    all angles. From block 5 on the same few photographs are in most groups: striped drums, a hedgehog, slices of
    citrus fruit, a rock temple, a crocodile, a chameleon, whatever the channel.
    """
    return _real_sheets(False)


def real_patches_alike() -> Figure:
    """How often two patches of a channel show the same kind of thing: an animal, a building, or something else.

    Six blocks across, the share of pairs upward, with intervals. Up to block 5 the line of ImageNet lies between 0.37
    and 0.41, a little above the three of random weights in blocks 1, 3 and 4 and among them in block 5. Then it
    climbs, to 0.47 in block 8 and 0.51 in block 9. The random ones stay between 0.33 and 0.41, two of the three below
    the 0.40 that photographs drawn by chance give.
    """
    kept = results.load("lite0_patches")
    drawing, rows, blocks = Drawing(388, 300), list[list[Cell]](), kept["recipe"]["layers"]
    names = [block.removeprefix("block") for block in blocks]
    across = Axis(-0.2, 5.2, range(6), "block", names=names)
    plot = Plot(drawing, 36, 40, 250, 200, across, Axis(0.3, 0.55, [0.3, 0.4, 0.5], "share of pairs"))
    plot.axes()
    for draw in (None, *kept["recipe"]["seeds"]):
        own = [row for row in kept["rows"] if row["draw"] == draw]
        role, name = ("mute", f"random, {draw}") if own[0]["draw"] is not None else ("win", "ImageNet")
        for place, row in enumerate(own):
            mean, low, high = row["kinds"]
            drawing.line(*plot.at((place, low)), *plot.at((place, high)), role)
            counts = (row["kinds_of_output"][0], row["alike"][0], row["count"], row["spots"])
            rows.append([name, row["layer"], row["field"], row["channels"], mean, low, high, *counts])
        points = [(float(place), row["kinds"][0]) for place, row in enumerate(own)]
        plot.curve(points, role, {None: "ImageNet", 0: "random"}.get(draw, ""))
        plot.dots(points, role)
    chance = album.by_chance()
    plot.curve([(0.0, chance), (5.0, chance)], "see", "by chance")
    header = ["weights", "block", "field", "channels", "same kind", "low", "high", "of output", "alike", "patches"]
    note = (
        "Same kind: of every two of the nine patches of a channel, the share from photographs of the same kind; mean "
        f"and 95 % interval over channels. Nine photographs chosen by chance give {chance:.2f}. Of output: the same, "
        "read at the block's own output. All channels are asked about the same sixty photographs, so the intervals say "
        f"nothing about others. {_by_channel(kept['rows'])} Alike: pixel correlation of the nine at 16×16. Spots: how "
        f"many different ones the patches of all channels show. {results.made('lite0_patches')}"
    )
    return Figure(drawing, Table([*header, "spots"], rows, formats=dict.fromkeys(header[4:9], ".2f"), note=note))


def _by_channel(kept: list[dict[str, Any]]) -> str:
    """How often two shown patches of block 9 are of one kind: of one channel, and of different ones."""
    (shown,) = (row["patches"] for row in kept if row["trained"] and row["layer"] == "block9")
    places = [(channel, name) for channel, patches in shown.items() for _, name, *_ in patches]
    pairs = [(one, other) for one, other in combinations(places, 2) if one[1] != other[1]]

    def share(together: bool) -> float:
        found = [(one[1], other[1]) for one, other in pairs if (one[0] == other[0]) == together]
        return fmean(album.KINDS[one] == album.KINDS[other] for one, other in found)

    return (
        f"Of the {len(places)} patches shown of block 9, two from different photographs are of the same kind in "
        f"{share(True):.2f} of the pairs from one channel and in {share(False):.2f} of those from different channels."
    )


def put_in_order() -> Gallery:
    """Ten sheets without labels: five blocks of two networks, shuffled, for you to put in order.

    Ten small sheets, A to E of a first network and A to E of a second. Each has four channels, and of each the nine
    strongest patches, all of them coarse: 19 by 19 pixels, whatever the field. Some sheets show pieces of rims and
    bars, others arches, heads or spines, others whole animals, palaces and cups.
    """
    draw = Random(1)
    panels = []
    rows: Rows = []
    for number, trained in zip(("first", "second"), draw.sample((True, False), 2), strict=True):
        own = [row for row in sheets_read.ordered() if row["trained"] == trained]
        for letter, row in zip("ABCDE", draw.sample(own, 5), strict=True):
            shown = list(_cut(row).values())[:4]
            groups = [mosaic([one.shown(sheets_read.SIDE) for one in patches], 3, gap=0) for patches in shown]
            panels.append(Panel(f"{number} network, {letter}", mosaic(groups, 2, gap=3), 2, "webp"))
            rows.append([f"{number}, {letter}", "ImageNet" if trained else "random", row["layer"], row["field"]])
    note = (
        "EfficientNet-Lite0, the first four channels of the sheets above, and of block 4, which they leave out; the "
        f"nine strongest patches of each, shown at {sheets_read.SIDE} pixels. Shuffled by seed 1. "
        f"{results.made('lite0_patches')}"
    )
    return Gallery(panels, Table(["sheet", "weights", "block", "field"], rows, note=note), halves=True)


def five_layers() -> Figure:
    """What groups of nine patches share, for two readers of each network, who were told neither layer nor weights.

    Two parts, each for trained and for random weights: EfficientNet-Lite0 with ImageNet above, our small network below.
    In each, five layers with two rows of squares, one row for each reader. With ImageNet most squares of blocks 3 and 4
    say edge or colour, nearly all of block 5 is empty, and about half of those of blocks 8 and 9 say object. With
    random weights most are empty. In our network the first layer is full of edges and colours, the others mostly empty.
    """
    drawing, rows = Drawing(388, 560), list[list[Cell]]()
    parts = {
        "EfficientNet-Lite0": ("ImageNet", [row["layer"] for row in sheets_read.ordered() if row["trained"]]),
        "Our network": ("trained", list(colour_pictures.CHANNELS)),
    }
    for top, (name, (known, layers)) in zip((4, 270), parts.items(), strict=True):
        drawing.text(2, top + 14, name, "ink", 13, bold=True)
        for number, layer in enumerate(layers):
            title = layer.replace("block", "block ").replace("conv", "layer ")
            drawing.text(2, top + 67 + 42 * number, title, "mute", 13)
        for x, trained, title in ((76, True, known), (236, False, "random weights")):
            drawing.text(x, top + 36, title, "ink", 13)
            rows += [[name, layer, title, *told] for layer, *told in _as_read(drawing, x, top + 46, layers, trained)]
    for x, (letter, word) in zip((2, 80, 150, 218, 302), reversed(LETTERS.items()), strict=True):
        _labelled(drawing, x, 534, [letter])
        drawing.text(x + 22, 547, word, "ink", 13)
    note = (
        "A square is a channel; something counts as shared if six of its nine patches have it. One training each, one "
        f"draw of random weights (seed 0). Both readers gave the same label to {_agreed(sheets_read.REAL)} of Lite0’s "
        f"groups and to {_agreed(sheets_read.OURS)} of ours; a kappa of 0 is what chance gives, 1 is always. "
        f"{results.made('lite0_patches')} {weights.made('colour')}"
    )
    return Figure(drawing, Table(["network", "layer", "weights", "reader", "of the channels"], rows, note=note))


def _as_read(drawing: Drawing, x: float, y: float, layers: Sequence[str], trained: bool) -> Rows:
    """Two lines of squares for each layer, one for each reader; and as rows what each found there."""
    rows: Rows = []
    for (number, layer), reader in product(enumerate(layers), (0, 1)):
        _labelled(drawing, x, y + 42 * number + 18 * reader, sheets_read.labels(layer, trained, reader))
        shared = sorted(sheets_read.found(layer, trained, reader).items())
        rows.append([layer, reader + 1, ", ".join(f"{n} × {kind}" for kind, n in shared)])
    return rows


def _agreed(read: tuple[str, str]) -> str:
    same, kappa = sheets_read.agreement(read)
    return f"{same} of {len(read[0])} (Cohen’s kappa {kappa:.2f})"


def _labelled(drawing: Drawing, x: float, y: float, labels: Sequence[str]) -> None:
    """A row of squares, one for each channel, with the letter of what its patches share, if anything."""
    drawing.rect(x, y, 18 * len(labels) - 2, 16, opacity=0.4)
    for left, label in zip(count(x, 18), labels):
        if label in LETTERS:
            role, opacity = ("win", 0.35) if label in "pt" else ("cell", 1)
            drawing.rect(left, y, 16, 16, role, opacity=opacity)
            drawing.text(left + 8, y + 8, LETTERS[label][0], "ink", 13, middle=True)


def covered_classes() -> Gallery:
    """By how much the scores of “tripod” and “Egyptian cat” fall while a grey square covers one spot after another.

    Three panels of two pictures: a man with a camera on a tripod, and half a cat's face pasted beside a cup of coffee.
    With covers they are dark but for the camera and the legs of the tripod, and for much of the cat's face. With
    random weights other spots are bright: the man's face and parts of the sky, the cat's chin.
    """
    kept = results.load("lite0_where")
    cover, step = kept["recipe"]["cover"], kept["recipe"]["step"]
    middles = np.arange(cover // 2, lite0.SIDE - cover // 2, step)
    rows, lit = list[list[Cell]](), dict[int | None, list[Pixels]]()
    for row in kept["rows"]:
        falls = np.array(row["falls"])
        lit.setdefault(row["draw"], []).append(_lit(row["picture"], falls / falls.max(), middles))
        name = lite0.CLASSES[row["class"]]
        beliefs = [row["believed"][0], row["score"][0], falls.max(), falls.min()]
        rows.append([row["picture"], _weights(row["draw"]), name, *beliefs])
    header = ["picture", "weights", "class", "probability", "score", "largest fall", "least"]
    note = (
        f"EfficientNet-Lite0. A square of {cover} pixels at {len(middles)}×{len(middles)} places; bright where the "
        "score falls most, dark where it does not fall. Each map is scaled by its own maximum. The middles of the "
        f"squares go from {middles[0]} to {middles[-1]}; the {middles[0]} pixels off them repeat the nearest value. "
        f"Random weights: three draws, of which draw 0 is shown. Class names: ImageNet. {results.made('lite0_where')}"
    )
    seen = [_photo(name) for name, *_ in kept["recipe"]["asked"]]
    panels = {"the pictures": seen, "covered: where the score falls": lit[None], "the same, random weights": lit[0]}
    formats = {"probability": ".1%", "largest fall": ".2f", "least": ".2f", "score": ".2f"}
    return Gallery(_pairs(panels), Table(header, rows, formats=formats, note=note))


def grad_cams() -> Gallery:
    """Grad-CAM for what is in each picture and for another class, and both with random weights.

    Four panels of the same two pictures. Asked for the tripod, and for the cat, the tripod is bright, and the cat's
    half. Asked for the reflex camera, the camera and less of the legs are; asked for the espresso, only the cup's half.
    With random weights: spots on man, sky and grass, and on the cat's eye and chin; asked for the reflex camera, next
    to nothing; asked for the espresso, the cup and a part of the cat.
    """
    rows, lit, units = list[list[Cell]](), dict[str, list[Pixels]](), np.arange(0.0, lite0.SIDE, 32)
    for row in results.load("lite0_where")["rows"]:
        cams, asked = np.array(row["cams"]), (row["class"], row["other"])
        added, brightest = "" if row["draw"] is None else ": random weights", cams.max()
        found = zip(asked, cams, row["believed"], row["centres"], TITLES, strict=True)
        for number, cam, believed, centre, title in found:
            if row["draw"] in (None, 0):
                lit.setdefault(title + added, []).append(_lit(row["picture"], cam / brightest, units))
            agreement = row["alike"] if number == row["class"] else _agreement(row)
            rows.append([_weights(row["draw"]), lite0.CLASSES[number], believed, cam.max(), *centre, agreement])
    header = ["weights", "class", "probability", "largest", "centre: row", "column", "agreement with occlusion"]
    note = (
        "EfficientNet-Lite0, whose last maps are 8×8. Each network shows both classes of a picture at one scale. "
        "Centre: the map’s centre of mass, in pixels of the picture, from 0 to 224. Agreement: rank correlation with "
        "the occlusion map of tripod, and of Egyptian cat. Random weights: three draws, of which draw 0 is shown. "
        f"{results.made('lite0_where')}"
    )
    formats = {"probability": ".1%", "largest": ".3f", "centre: row": ".0f", "column": ".0f"}
    formats |= {"agreement with occlusion": ".2f"}
    return Gallery(_pairs(lit), Table(header, rows, formats=formats, note=note))


def _agreement(row: dict[str, Any]) -> float:
    """The rank correlation of the other class's map with the same occlusion map."""
    recipe, units = lite0_where.Recipe(), np.arange(0.0, lite0.SIDE, 32)
    middles = np.arange(recipe.cover // 2, lite0.SIDE - recipe.cover // 2, recipe.step)
    lines = np.array([np.interp(middles, units, line) for line in row["cams"][1]])
    seen = np.array([np.interp(middles, units, line) for line in lines.T]).T
    ranks = [values.ravel().argsort(kind="stable").argsort() for values in (np.array(row["falls"]), seen)]
    return float(np.asarray(np.corrcoef(ranks))[0, 1])


def optimised_inputs() -> Gallery:
    """Optimised input, made by us, for classes and for channels of two blocks; with random weights; with less prior.

    Twelve panels. Four classes: a spotted cat with pointed ears, brown foam around a dark hole, towers in clouds, white
    petals. Four more: pink birds by water, orange wings among flowers, balloons in the sky, a slice of pizza. Channels
    of block 5: nets, ropes, stripes. Of block 14: a head with a round eye, noses, an eye in spotted fur, shining
    buttons. Beside each, with random weights: coloured clouds. Last, daisy and pizza with ever more prior: noise;
    petals and scraps; flowers, and food with a crust; fewer and larger things.
    """
    kept, pictures, rows = results.load("lite0_optimised"), dict[str, list[Pixels]](), list[list[Cell]]()
    recipe, less, names = kept["recipe"], {part: list[Pixels]() for part in PRIORS}, lite0.CLASSES | MORE_CLASSES
    for row in kept["rows"]:
        picture, prior, classes = decoded(row["picture"]), PRIORS[row["prior"]], row["layer"] == "fc"
        if prior == PRIORS[-1]:
            title = f"channels of block {row['layer'].removeprefix('block')}"
            if classes:
                (group,) = (ones for ones in recipe["classes"] if row["wish"] in ones)
                title = ", ".join(names[one] for one in group)
            pictures.setdefault(title + ("" if row["trained"] else ", random"), []).append(picture)
        if classes and row["trained"] and row["wish"] in recipe["compared"]:
            less[prior].append(picture)
        wish = names[row["wish"]] if classes else f"channel {row['wish']}"
        rows.append([row["layer"], wish, _weights(row["draw"]), prior, names[row["best"]], row["believed"]])
    pictures |= {f"prior: {'… ' * part.startswith('and')}{part}": found for part, found in less.items()}
    panels = [Panel(title, mosaic(found, 2, gap=3), 140 / len(found[0]), "webp") for title, found in pictures.items()]
    note = (
        "EfficientNet-Lite0. Classes by their scores, channels at equal steps by the means of their maps; less the "
        f"mean of the layer. {recipe['steps']} steps of Adam at a rate of {recipe['lr']}, {recipe['side']} pixels, for "
        f"channels {recipe['inner']}. Each start has seed {recipe['seed']}; each group, one draw of random weights. "
        f"A wave falls with its frequency to the power {recipe['exponent']}. Taken for: what the trained network says. "
        f"Probability: of the class wished; for a channel, of the class named. {results.made('lite0_optimised')}"
    )
    header = ["layer", "wish", "weights", "prior", "taken for", "probability"]
    return Gallery(panels, Table(header, rows, formats={"probability": ".2f"}, note=note))


def maps_destroyed() -> Gallery:
    """Three gradient maps of one cat, while the network is destroyed from the top: weights are put in random order.

    First the photograph, and its edges. Then four panels of three maps: the gradient, speckled, with the eye as a faint
    ring; the deconvnet, an even grid of dots without any cat; guided backpropagation, clear outlines of both eyes and
    the nose. Without the classifier, and then without blocks 12 to 16, guided backpropagation draws the same outlines;
    the gradient becomes other speckles. With everything destroyed all three are scattered dots and stripes.
    """
    kept = results.load("lite0_destroyed")
    titles = {
        "": "gradient, deconvnet, guided backpropagation",
        "fc": "classifier destroyed",
        "block12": "and blocks 12 to 16",
        "stem": "everything destroyed",
    }
    name = kept["recipe"]["photographs"][0][0]
    drawn = lite0_destroyed.brightened(edges(lite0.square(name)[None])[0]).expand(3, -1, -1)
    pair = [_photo(name, 169), scaled(drawn, 169 / 112).permute(1, 2, 0).numpy()]  # as wide as three maps
    panels = [Panel("photograph, and an edge filter", mosaic(pair, 2, gap=2), 1, "webp")]
    rows = list[list[Cell]]()
    for part, title in titles.items():
        found = {row["rule"]: row for row in kept["rows"] if row["part"] == part and "map" in row}
        maps = [decoded(found[rule]["map"]) for rule in RULES]
        panels.append(Panel(title, mosaic(maps, 3, gap=2), 1, "webp"))
        rows += [[title if part else "nothing", rule, found[rule]["alike"], found[rule]["edges"]] for rule in RULES]
    note = (
        "For the score of Egyptian cat: the largest absolute value over the colours; the strongest hundredth is white. "
        "Alike: rank correlation with the trained network's maps, mean of four photographs. EfficientNet-Lite0. "
        f"{results.made('lite0_destroyed')}"
    )
    return Gallery(panels, Table(["destroyed", "rule", "alike", "like edges"], rows, note=note))


def randomisation_check() -> Figure:
    """A network is destroyed from the top; a map that explains what it has learned must become another map.

    Across: the part down to which all is destroyed, from none to the stem. Upward: rank correlation with the map of the
    trained network, with a bar for the interval over three random orders. The gradient's line falls at once to under
    one half, and then slowly. The lines of the deconvnet and of guided backpropagation stay at 1 without the
    classifier, and near it down to block 14; below block 6 all three are low.
    """
    kept = results.load("lite0_destroyed")
    parts, lines = ["", *kept["recipe"]["parts"]], list(zip(RULES, ("see", "mute", "win"), (10, -11, 2), strict=True))
    drawing = Drawing(396, 320)
    names = ["none", *(part.removeprefix("block") for part in parts[1:])]
    across = Axis(0, len(parts) - 1, [], "")
    plot = Plot(drawing, 36, 40, 252, 220, across, Axis(-0.5, 1, [-0.5, 0, 0.5, 1], "rank correlation"))
    plot.axes()
    for place, name in enumerate(names):
        x = plot.at((place, 0))[0]
        drawing.text(x + 6 * (not place), 278, name, "mute", 13, "middle" if place else "end")
    drawing.text(288, 304, "destroyed from the top down to", "ink", 13, "end")
    rows = list[list[Cell]]()
    for rule, role, dy in lines:
        own = [[row for row in kept["rows"] if (row["rule"], row["part"]) == (rule, part)] for part in parts]
        found = [interval([row["alike"] for row in some]) for some in own]
        for place, part in enumerate(found):
            drawing.line(*plot.at((place, part.low)), *plot.at((place, part.high)), role)
        points = [(float(place), part.mean) for place, part in enumerate(found)]
        plot.curve(points, role, rule, dy)
        plot.dots(points, role)
        rows.append([rule, *(f"{part.mean:.2f}" for part in found), f"{own[0][0]['edges']:.2f}"])
    note = (
        "Spearman's correlation of absolute maps, mean of four photographs; mean and 95 % interval over three random "
        "orders. EfficientNet-Lite0, its weights in random order from the dense layer (fc) down to the part named. The "
        "part “last” is the 1×1 layer before it; numbers are blocks; the stem is the first convolution. Last column: "
        f"the trained network's map against a plain edge filter. {results.made('lite0_destroyed')}"
    )
    return Figure(drawing, Table(["rule", *names, "edge filter"], rows, note=note))


def projections() -> Gallery:
    """What a deconvnet draws of strongest patches of our small network, and of the same patches before training.

    Four panels of eight patches each: two channels of the third layer in the first two, two of the fifth in the others.
    Below each patch is its projection, grey, with few black and white strokes: an arc of the rim, the back of a head,
    the posts of a tower, each at its place in the patch. Below that is the projection by the untrained network:
    coloured noise, in which the same outlines are faintly there.
    """
    panels = []
    rows: Rows = []
    for layer in ("conv3", "conv5"):
        found, channels = colour_pictures.patches(layer)[layer], colour_pictures.CHANNELS[layer][:4]
        for pair in (channels[:2], channels[2:]):
            shown = [(channel, patch) for channel in pair for patch in found[channel][:4]]
            strips = [patch.shown(SIDE) for _, patch in shown]
            for trained in (True, False):
                strips += [colour_deconvnet.drawn(layer, *which, trained, SIDE) for which in shown]
            title = f"{layer}, channels {pair[0]} and {pair[1]}: patch, trained, before training"
            panels.append(Panel(title, mosaic(strips, len(shown), gap=2), 1, "webp"))
            rows += [[layer, channel, patch.value, patch.name, patch.row, patch.column] for channel, patch in shown]
    note = (
        "The first four of the channels shown above, and of each the four strongest patches. Zero is middle grey; each "
        f"picture has its own scale, and its strongest half per cent is cut. {weights.made('colour')}"
    )
    return Gallery(panels, Table(["layer", "channel", "activation", "photograph", "row", "column"], rows, note=note))


def _sheets(found: dict[str, list[list[Patch]]]) -> Gallery:
    """Five sheets, one for each layer: the patches of the shown channels."""
    panels = []
    rows: Rows = []
    for layer, channels in colour_pictures.CHANNELS.items():
        groups = [[patch.shown(SIDE) for patch in found[layer][channel]] for channel in channels]
        sheet = mosaic([mosaic(group, 3) for group in groups], 4, gap=8)
        title = f"{layer}: fields of {found[layer][0][0].size} px, channels {', '.join(map(str, channels))}"
        panels.append(Panel(title, sheet, 1, "webp"))
        rows += [
            [layer, channel, rank, patch.value, patch.name, patch.scale, patch.row, patch.column]
            for channel in channels
            for rank, patch in enumerate(found[layer][channel], 1)
        ]
    header = ["layer", "channel", "rank", "activation", "photograph", "scale", "row", "column"]
    note = (
        "Eight channels at equal steps, chosen by number, not by look. Seven photographs at four scales; a spot counts "
        "once; fields that would cross an edge take no part. Shown at one size; smaller fields are enlarged. "
        f"{weights.made('colour')}"
    )
    return Gallery(panels, Table(header, rows, note=note))


def _photo(name: str, side: int = LIT) -> Pixels:
    """A picture that the network was asked about, with `side` pixels."""
    shown: Pixels = scaled(lite0_where.picture(name), side / lite0.SIDE).permute(1, 2, 0).numpy()
    return shown


def _lit(name: str, values: Pixels, middles: Pixels) -> Pixels:
    """A picture as bright as `values`, from 0 to 1, are at the places `middles` of both axes; linear between them."""
    picture = _photo(name) ** 0.6  # lighter, so that a black coat is seen where it counts
    return lighted(picture, values, middles * (len(picture) - 1) / (lite0.SIDE - 1), dark=0.25)


def _weights(draw: int | None) -> str:
    return "ImageNet" if draw is None else f"random, {draw}"


def _pairs(panels: dict[str, list[Pixels]]) -> list[Panel]:
    """A panel for each title: the pictures of the two photographs, side by side."""
    return [Panel(title, mosaic(pictures, 2, gap=4), 1, "webp") for title, pictures in panels.items()]


def _real_sheets(trained: bool) -> Gallery:
    """Five sheets, one for each block: the patches of the kept channels."""
    panels, rows = list[Panel](), list[list[Cell]]()
    for row in results.load("lite0_patches")["rows"]:
        if row["trained"] == trained and "patches" in row and row["layer"] != ORDERED_ONLY:
            found = _cut(row)
            groups = [mosaic([patch.shown(LARGE) for patch in patches], 3) for patches in found.values()]
            number, channels = row["layer"].removeprefix("block"), ", ".join(found)
            title = f"block {number}: fields of {row['field']} px, channels {channels}"
            panels.append(Panel(title, mosaic(groups, 2, gap=8), 1, "webp"))
            rows += [
                [row["layer"], channel, rank, one.value, one.name, one.scale, one.row, one.column]
                for channel, patches in found.items()
                for rank, one in enumerate(patches, 1)
            ]
    header = ["block", "channel", "rank", "answer", "photograph", "scale", "row", "column"]
    note = (
        "EfficientNet-Lite0. Read at the 1×1 layer that begins the next block, before its activation. Channels at "
        "equal steps. Sixty photographs at three scales, each at most once in a group; fields that would "
        f"cross an edge take no part. {results.made('lite0_patches')}"
    )
    return Gallery(panels, Table(header, rows, formats={"answer": ".1f"}, note=note))


def _cut(row: dict[str, Any]) -> dict[str, list[Cut]]:
    """The patches of a kept row, by channel; a channel that answers in fewer than nine photographs is not shown."""
    return {
        channel: [Cut(*(*patch, row["field"])) for patch in patches]
        for channel, patches in row["patches"].items()
        if len(patches) == NINE
    }
