"""Exhibits of the chapter on why two right numbers of one network can differ."""

from collections.abc import Callable
from dataclasses import dataclass

from convnotes.architectures import find
from convnotes.cost import activations, macs, parameters
from convnotes.drawing.kinds import Link, Rows, Table, source
from convnotes.layers import BatchNorm2d, Conv2d, Linear
from convnotes.ledger import ledger
from convnotes.tree import leaves


@dataclass(frozen=True)
class Found:
    """A number as a source prints it, what is computed for the same network, and why."""

    network: str
    quantity: str
    prints: str
    key: str
    computed: Callable[[], str]
    why: str


def _million(count: int, digits: int = 2) -> str:
    return f"{count / 1e6:,.{digits}f} million"


def _billion(count: int) -> str:
    return f"{count / 1e9:.2f} billion"


def _vgg_memory() -> str:
    network = find("vgg16")
    numbers = activations(network.network, network.input) + 3 * 224 * 224
    return f"{numbers:,} numbers, {4 * numbers / 1e6:.2f} MB"


def _dense_megabytes() -> str:
    head = [leaf for leaf in leaves(find("alexnet").network) if isinstance(leaf, Linear)][:2]
    return f"{4 * sum(parameters(layer, bias=False) for layer in head) / 1e6:.0f} MB"


def _with_norm() -> str:
    convolutions = [leaf for leaf in leaves(find("vgg16").network) if isinstance(leaf, Conv2d)]
    norms = sum(parameters(BatchNorm2d(layer.out_channels)) for layer in convolutions)
    return f"{parameters(find('vgg16').network):,}; {norms:,} more with batch norm"


IN_THE_WILD = (
    Found("ResNet-50", "MACs", "3.8×10⁹", "he2016", lambda: _billion(ledger("resnet50").macs),
          "v1, cut off to two digits"),
    Found("ResNet-50", "MACs", "4.089 GFLOPS", "torchvision", lambda: _billion(ledger("resnet50-v1.5").macs),
          "another variant, v1.5; and MACs under the name of FLOPs"),
    Found("ResNet-50", "receptive field", "483", "araujo2019", lambda: f"{ledger('resnet50').field.size[0]}", "v1"),
    Found("ResNet-50", "receptive field", "427", "delf15", lambda: f"{ledger('resnet50-v1.5').field.size[0]}", "v1.5"),
    Found("AlexNet", "parameters", "61,100,840", "torchvision", lambda: f"{ledger('alexnet').parameters:,}",
          "the single tower of 2014, not the two groups of 2012"),
    Found("AlexNet", "weights of the first two dense layers", "nearly 1 GB", "d2l", _dense_megabytes,
          "a slip: 54.5 million weights take four bytes each"),
    Found("VGG-16", "activations", "24M, 93 MB", "cs231n", _vgg_memory,
          "a slip in the sum; the rows above it are right"),
    Found("VGG-16", "parameters", "138,365,992", "torchvision", _with_norm, "vgg16_bn, a later network"),
    Found("VGG-16", "MACs", "15.3 billion", "he2016", lambda: _billion(ledger("vgg16").macs),
          "convolutions alone; the dense layers add 0.12 billion"),
    Found("VGG-16", "receptive field", "308", "caffe164", lambda: f"{ledger('vgg16').field.size[0]}",
          "sizes multiplied where strides should be"),
    Found("GoogLeNet", "parameters", "4M", "cs231n", lambda: _million(ledger("googlenet").parameters),
          "a count from memory, it seems; no variant has it"),
    Found("GoogLeNet", "parameters", "6,624,904", "torchvision", lambda: f"{ledger('googlenet').parameters:,}",
          "3×3 in place of the 5×5 branches, batch norm in place of biases"),
    Found("LeNet-5", "parameters", "61,706, by its layers", "d2l", lambda: f"{ledger('lenet5').parameters:,}",
          "the usual rewriting: C3 reads all maps, pooling has no weights, the output is dense"),
    Found("LeNet-like", "parameters of its two convolutions", "208 and 416", "mbadry178",
          lambda: " and ".join(f"{parameters(layer):,}" for layer in (Conv2d(3, 8, 5), Conv2d(8, 16, 5))),
          "5×5 kernels to 8 and 16 channels, counted as if they had one input channel"),
    Found("MobileNet 0.5", "parameters", "1.32 million", "howard2017",
          lambda: _million(ledger("mobilenet-v1-0.5").parameters), "without the scales and shifts of batch norm"),
)  # fmt: skip


def in_the_wild() -> Table:
    """The same network in the wild: what a source prints, what the layers give, and what lies between them.

    For each of fifteen numbers: the network and the quantity, the number as printed, which leads to its source, the
    number computed here, and the reason for the difference: another variant, another convention, rounding, or a slip.
    """
    rows: Rows = []
    for found in IN_THE_WILD:
        printed = Link(f"{found.prints} ({found.key})", source(found.key).place)
        rows.append([found.network, found.quantity, printed, found.computed(), found.why])
    return Table(["network", "quantity", "printed", "computed here", "why"], rows)


def one_network_many_counts() -> Table:
    """One convolution, counted by seven rules that are all in use: none is wrong, each needs its name.

    A 3×3 convolution from 64 to 128 channels with bias, and a batch norm, on maps of 56 × 56. Parameters: 73,728
    without biases, 73,856 with them, 74,112 with the batch norm's, 74,369 with its buffers too. Work: 231,211,008 MACs,
    462,422,016 FLOPs, and 231,612,416 if each bias counts as an addition.
    """
    conv, norm, shape = Conv2d(64, 128, 3, padding=1), BatchNorm2d(128), (64, 56, 56)
    weights, learned = parameters(conv, bias=False), parameters(conv) + parameters(norm)
    work, places = macs(conv, shape), 128 * 56 * 56
    rows: Rows = [
        ["weights", weights, "the convolution's kernels"],
        ["and biases", parameters(conv), "what its layer reports"],
        ["and batch norm", learned, "all that is learned"],
        ["and buffers", learned + 2 * 128 + 1, "all that is stored: the size of the file"],
        ["MACs", work, "these notes, and most papers, some as “FLOPs”"],
        ["FLOPs", 2 * work, "a multiplication and an addition for each"],
        ["MACs and biases", work + places, "each bias as one addition"],
    ]
    return Table(["what is counted", "count", "by whom"], rows)
