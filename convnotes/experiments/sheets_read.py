"""What readers found in sheets of top patches that bore neither layer nor network. They are programs, not people.

The rule of a label was written down before: at least six of the nine patches of a channel must share something, and it
is the first of these that fits. Every label is kept here, in the order in which the groups were read.
"""

from collections import Counter
from functools import cache
from random import Random
from typing import Any

from convnotes.experiments import results
from convnotes.experiments.colour_pictures import CHANNELS

KINDS = {"p": "object", "t": "texture", "f": "form", "e": "edge", "c": "colour", "-": "nothing"}
OURS = (
    "-c-fp------e--ec--c--c---e--------cc--p-------t-----c-e--------p---------c---ee-",
    "-ec-p----c-ec-ee--fcfc---ef----c--ccf-c-c-cc--t---ecc-e--------ef--ec---ccf--ee-",
)
REAL = (
    "ee-e---pp-e-pp-p--------------------p--e---cp---e--ppp-pp----c---e-----ppe-c--e",
    "eece---pp-e-pp-p---t------f---------p--e---cp---e---pp-pp--f-c---e---ecppe-cece",
)
SIDE = 19  # pixels at which a patch of the real network was shown: the smallest field, so that size tells no block
ORDERS = (  # of three readers, who agreed: the order of the sheets of both networks, and which of these is trained
    ("BCAED", "CBEAD", "first"),
    ("BCAED", "CBEAD", "first"),
    ("BCAED", "CBEAD", "first"),
)

Group = tuple[bool, str, int]


@cache
def groups() -> list[Group]:
    """The groups of our network in the order in which they were read: whether trained, the layer, the channel.

    >>> len(groups()), groups()[4]
    (80, (True, 'conv4', 0))
    """
    return _shuffled(
        [(trained, name, one) for trained in (True, False) for name in CHANNELS for one in CHANNELS[name]], 0
    )


@cache
def real_groups() -> list[Group]:
    """The groups of EfficientNet-Lite0 in the order in which they were read: whether trained, the block, the channel.

    >>> len(real_groups()), real_groups()[7]
    (79, (True, 'block8', 420))
    """
    rows, whole = sorted(ordered(), key=lambda row: (not row["trained"], row["layer"])), _kept()["recipe"]["count"]
    found = [
        (row["trained"], row["layer"], int(channel))
        for row in rows
        for channel, patches in row["patches"].items()
        if len(patches) == whole
    ]
    return _shuffled(found, 2)


@cache
def ordered() -> list[dict[str, Any]]:
    """What is kept of the five blocks whose patches are shown at one size, of both networks."""
    return [row for row in _kept()["rows"] if "patches" in row and row["field"] >= SIDE]


def _kept() -> dict[str, Any]:
    return results.load("lite0_patches")


def _shuffled(found: list[Group], seed: int) -> list[Group]:
    Random(seed).shuffle(found)
    return found


def labels(layer: str, trained: bool, reader: int = 0) -> list[str]:
    """What each group of a layer shares for one of two readers, a letter of `KINDS`, in the order of the channels.

    >>> "".join(labels("block9", trained=True)), "".join(labels("block9", trained=True, reader=1))
    ('-pp-p-pp', '-pp---pp')
    """
    order, read = (groups(), OURS) if layer in CHANNELS else (real_groups(), REAL)
    told = zip(order, read[reader], strict=True)
    return [label for _, label in sorted((group, label) for group, label in told if group[:2] == (trained, layer))]


def found(layer: str, trained: bool, reader: int = 0) -> Counter[str]:
    """How many of the groups of a layer share an object, a texture, …, or nothing, for one reader.

    >>> found("conv4", trained=True), found("conv4", trained=True, reader=1)
    (Counter({'nothing': 6, 'object': 2}), Counter({'nothing': 6, 'object': 1, 'colour': 1}))
    """
    return Counter(KINDS[label] for label in labels(layer, trained, reader))


def agreement(read: tuple[str, str]) -> tuple[int, float]:
    """How many groups have one label for both readers, and Cohen's kappa: 0 if by chance alone, 1 if always.

    >>> [(same, round(kappa, 2)) for same, kappa in (agreement(OURS), agreement(REAL))]
    [(56, 0.45), (70, 0.8)]
    """
    first, second = read
    same = sum(one == other for one, other in zip(first, second, strict=True))
    chance = sum(first.count(kind) * second.count(kind) for kind in KINDS) / len(first) ** 2
    return same, (same / len(first) - chance) / (1 - chance)
