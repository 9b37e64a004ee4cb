"""The parts of a network as a reader would list them, and the stages that they make."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from convnotes.architectures import Architecture
from convnotes.cost import macs, parameters
from convnotes.kept import kept
from convnotes.layers import (
    AdaptivePool2d,
    Combinator,
    Conv2d,
    Elementwise,
    Flatten,
    Gate,
    Identity,
    Linear,
    Norm,
    Parallel,
    RadialBasis,
    Residual,
    Sequential,
    Subsampling2d,
    TableConv2d,
)
from convnotes.layers.base import Layer, Windowed
from convnotes.receptive_field import ReceptiveField, receptive_field
from convnotes.shapes import Shape, output_shape
from convnotes.tree import leaves


@dataclass(frozen=True)
class Part:
    """A layer or stage of a network: what it is made of, its output, its cost, the field after it without gates.

    kept: bytes that training keeps of an image for the way back, those of layers that follow and are no part included.
    """

    name: str
    what: str
    output: Shape
    parameters: int
    macs: int
    kept: int
    field: ReceptiveField


def parts(architecture: Architecture) -> list[Part]:
    """The parts of the features and of the head, in order; what neither counts nor changes a shape is left out."""
    found, shape, before, held = list[Part](), architecture.input, list[Layer](), 0
    every = kept(architecture.network, architecture.input)
    for which, half in architecture.network.children:
        assert isinstance(half, Sequential)
        for name, layer in half.children:
            held += sum(size for leaf, size in every.items() if f"{leaf}.".startswith(f"{which}.{name}."))
            after, work = output_shape(layer, shape), macs(layer, shape)
            before.append(layer)
            field = receptive_field(Sequential(*before), architecture.input, gates=False)
            shape = after
            plain = all(isinstance(leaf, Elementwise | Norm | Flatten) for leaf in leaves(layer))
            if parameters(layer) or not plain:
                found.append(Part(name, what(layer), after, parameters(layer), work, held, field))
            elif found:
                found[-1] = replace(found[-1], kept=found[-1].kept + held)
            else:
                continue
            held = 0
    return found


def what(layer: Layer) -> str:
    """A layer in a few words; of a stage the number of its blocks and the kernels of the last, which is the usual one.

    >>> from convnotes.architectures import find
    >>> what(find("resnet50").part("features.conv3_x")[0])
    '4 × (1×1, 3×3, 1×1)'
    >>> what(find("googlenet").part("features.inception_3a")[0])
    '4 branches'
    """
    blocks = list(layer.children) if isinstance(layer, Sequential) else []
    if blocks and all(name.isdigit() for name, _ in blocks):
        last = what(blocks[-1][1])
        return last if len(blocks) == 1 else f"{len(blocks)} × ({last})"
    return ", ".join(kernels(layer)) or "normalisation"


def kernels(layer: Layer) -> Iterator[str]:
    """The layers with a window or with weights along the main path: shortcuts and gates are left out."""
    match layer:
        case Residual():
            yield from kernels(layer.children[0][1])
        case Gate():
            return
        case Parallel(layers=(Identity(), new)):  # what is kept needs no mention
            yield from kernels(new)
        case Parallel():
            yield f"{len(layer.children)} branches"
        case Combinator():
            for _, inner in layer.children:
                yield from kernels(inner)
        case Conv2d() | TableConv2d() | Subsampling2d() | Linear() | RadialBasis():
            yield _named(layer)
        case AdaptivePool2d():
            yield "global average"
        case Windowed():
            yield f"{_named(layer)} max-pooling" if type(layer).__name__.startswith("Max") else _named(layer)


def _named(layer: Layer) -> str:
    if isinstance(layer, Linear):
        return "dense"
    if isinstance(layer, RadialBasis):
        return "distances to codes"
    assert isinstance(layer, Windowed)
    rows, columns = layer.windows
    size = f"{rows.kernel_size}×{columns.kernel_size}"
    stride = f" / {rows.stride}" if rows.stride > 1 and not isinstance(layer, Subsampling2d) else ""
    if isinstance(layer, Conv2d) and layer.groups > 1:
        return (
            f"{size} depthwise{stride}"
            if layer.groups == layer.in_channels
            else f"{size}{stride}, {layer.groups} groups"
        )
    tail = {TableConv2d: " by table", Subsampling2d: " subsampling"}.get(type(layer), "")
    return f"{size}{stride}{tail}"


@dataclass(frozen=True)
class Stage:
    """Parts in a row that are alike, drawn as one."""

    name: str
    what: str
    output: Shape


def stages(architecture: Architecture) -> list[Stage]:
    """The parts, those in a row with the same output and the same kernels as one."""
    found = []
    for (output, made), group in groupby(parts(architecture), lambda part: (part.output, part.what)):
        names = [part.name for part in group]
        tail = re.sub(r"^.*?(?=\d+[a-e]?$)", "", names[-1])  # what tells it from the names before
        name = names[0] if len(names) == 1 else f"{names[0]} … {tail}"
        found.append(Stage(name, made if len(names) == 1 else f"{len(names)} × ({made})", output))
    return found
