"""What one reader found in the sheets of top patches, whose groups were shuffled and bore neither layer nor network.

The rule was written down before: at least six of the nine patches of a channel must share something, and it is the
first of these that fits. Every label is kept here, in the order in which the groups were read.
"""

from collections import Counter
from random import Random

from convnotes.experiments.colour_pictures import CHANNELS

KINDS = {"p": "thing", "t": "texture", "f": "form", "e": "edge", "c": "colour", "-": "nothing"}
LABELS = "-c-fp------e--ec--c--c---e--------cc--p-------t-----c-e--------p---------c---ee-"


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


def found(layer: str, trained: bool) -> Counter[str]:
    """How many of the eight groups of a layer share a thing, a texture, …, or nothing.

    >>> found("conv4", trained=True)
    Counter({'nothing': 6, 'thing': 2})
    """
    labels = zip(groups(), LABELS, strict=True)
    return Counter(KINDS[label] for group, label in labels if group[:2] == (trained, layer))
