"""What two readers found in the sheets of top patches, whose groups were shuffled and bore neither layer nor network.

The rule was written down before: at least six of the nine patches of a channel must share something, and it is the
first of these that fits. Every label is kept here, in the order in which the groups were read.
"""

from collections import Counter
from random import Random

from convnotes.experiments.colour_pictures import CHANNELS

KINDS = {"p": "thing", "t": "texture", "f": "form", "e": "edge", "c": "colour", "-": "nothing"}
FIRST = "-c-fp------e--ec--c--c---e--------cc--p-------t-----c-e--------p---------c---ee-"
SECOND = "-ec-p----c-ec-ee--fcfc---ef----c--ccf-c-c-cc--t---ecc-e--------ef--ec---ccf--ee-"


def groups() -> list[tuple[bool, str, int]]:
    """The groups in the order in which they were read: whether of the trained network, the layer, the channel.

    >>> len(groups()), groups()[4]
    (80, (True, 'conv4', 0))
    """
    order = [
        (trained, layer, channel) for trained in (True, False) for layer in CHANNELS for channel in CHANNELS[layer]
    ]
    Random(0).shuffle(order)
    return order


def found(layer: str, trained: bool, read: str = FIRST) -> Counter[str]:
    """How many of the eight groups of a layer share a thing, a texture, …, or nothing, for one reader.

    >>> found("conv4", trained=True), found("conv4", trained=True, read=SECOND)
    (Counter({'nothing': 6, 'thing': 2}), Counter({'nothing': 6, 'thing': 1, 'colour': 1}))
    """
    labels = zip(groups(), read, strict=True)
    return Counter(KINDS[label] for group, label in labels if group[:2] == (trained, layer))


def agreement() -> tuple[int, float]:
    """How many groups have one label for both readers, and Cohen's kappa: 0 if by chance alone, 1 if always.

    >>> same, kappa = agreement()
    >>> same, round(kappa, 2)
    (56, 0.45)
    """
    same = sum(one == other for one, other in zip(FIRST, SECOND, strict=True))
    chance = sum(FIRST.count(kind) * SECOND.count(kind) for kind in KINDS) / len(FIRST) ** 2
    return same, (same / len(FIRST) - chance) / (1 - chance)
