"""The ledger of a network: every layer with its shape, parameters, MACs, memory in training and receptive field."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from convnotes.architectures import Architecture, find
from convnotes.cost import layer_macs, parameters
from convnotes.kept import kept
from convnotes.layers import AdaptivePool2d, Identity, Layer
from convnotes.receptive_field import ReceptiveField, growth, receptive_field
from convnotes.shapes import Row, Shape, check_shape, layer_shapes, output_shape
from convnotes.tree import leaves
from convnotes.words.forms import Form
from convnotes.words.numbers import by
from convnotes.words.table import table

HEADER = ("layer", "kind", "output", "parameters", "MACs", "kept", "size", "stride", "padding")
_HEAD_LINE = {"text": "{}", "md": "{}  ", "latex": "% {}", "html": "<p>{}</p>"}
_LARGEST_TRIED = 1024

Extent = tuple[int | None, int | None]


@dataclass(frozen=True)
class Entry:
    """One layer: its cost, what training keeps of it, and the receptive field after it, with any gates left out."""

    name: str
    kind: str
    output: Shape
    parameters: int
    macs: int
    kept: int
    field: ReceptiveField


@dataclass(frozen=True)
class Ledger:
    """A network, layer by layer. Fields are as in `to_dict`; `field` is of the last map before global pooling.

    kept: bytes that training keeps of one image for the way back, as `convnotes.kept` counts them. ungated: the field
    with the gates left out; None where the network has none.
    """

    architecture: Architecture
    input: Shape
    parameters: int
    macs: int
    kept: int
    field: ReceptiveField
    ungated: ReceptiveField | None
    entries: tuple[Entry, ...]

    def to_dict(self) -> dict[str, object]:
        """The ledger in plain lists and dictionaries, as JSON takes them; None where the whole input is read."""
        said: dict[str, object] = {
            "name": self.architecture.name,
            "variant": self.architecture.variant,
            "source": self.architecture.source,
            "input": list(self.input),
            "parameters": self.parameters,
            "macs": self.macs,
            "kept": self.kept,
            "receptive_field": _field_dict(self.field),
        }
        if self.ungated:
            said["receptive_field_without_gates"] = _field_dict(self.ungated)
        said["layers"] = [_entry_dict(entry) for entry in self.entries]
        return said

    def to(self, form: Form) -> str:
        """The ledger as text, Markdown, CSV, LaTeX, HTML or JSON. CSV holds the layers alone, in plain numbers."""
        if form == "json":
            return json.dumps(self.to_dict(), indent=1, ensure_ascii=False) + "\n"
        number: Callable[[int], str] = str if form == "csv" else "{:,}".format
        whole = "" if form == "csv" else "–"
        rows = [_cells(entry, number, whole) for entry in self.entries]
        head = "".join(_HEAD_LINE[form].format(line) + "\n" for line in self._head()) if form != "csv" else ""
        return head + ("\n" if head else "") + table(HEADER, rows, form)

    def _head(self) -> Iterator[str]:
        about = self.architecture
        yield f"{about.title} ({about.name}), {about.year} [{about.source}]"
        yield about.variant
        yield f"Input {by(self.input)}: {self.parameters:,} parameters, {self.macs:,} MACs"
        yield f"Training keeps {self.kept:,} bytes of each image for the way back"
        if self.ungated:
            yield f"Receptive field of the last map: {_said(self.field)}; with the gates left out {_said(self.ungated)}"
            yield "In the rows the gates are left out; – is the whole input"
        else:
            yield f"Receptive field of the last map: {_said(self.field)}"
            yield "In the rows – is the whole input"


def ledger(network: str | Architecture, input_shape: Sequence[int] | None = None) -> Ledger:
    """The ledger of an architecture, or of the one with that name, at `input_shape` (C, H, W) or its usual input.

    >>> vgg16 = ledger("vgg16")
    >>> vgg16.parameters, vgg16.macs, vgg16.field.size
    (138357544, 15470264320, (212, 212))
    >>> f"training keeps {vgg16.kept:,} bytes of each image"
    'training keeps 73,254,912 bytes of each image'

    A gate reads the whole map, so its network has a second field, along the gated path alone:

    >>> b0 = ledger("efficientnet-b0")
    >>> b0.field.whole, b0.ungated.size
    (True, (851, 851))
    >>> ledger("lenet5", (3, 32, 32))
    Traceback (most recent call last):
    ValueError: lenet5 cannot take (3, 32, 32): features.c1.conv (Conv2d): expects 1 channels (in_channels), got shape \
(3, 32, 32); square inputs from (1, 32, 32) to (1, 35, 35) work
    """
    architecture = find(network) if isinstance(network, str) else network
    shape = architecture.input if input_shape is None else check_shape(input_shape)
    try:
        rows = layer_shapes(architecture.network, shape)
    except ValueError as error:
        raise ValueError(f"{architecture.name} cannot take {shape}: {error}; {_working(architecture)}") from None
    fields = growth(architecture.network, _needed(architecture.network, shape), gates=False)
    held = kept(architecture.network, shape)
    entries = tuple(
        _entry(row, held[row.name], after)
        for row, (_, _, after) in zip(rows, fields, strict=True)
        if not isinstance(row.layer, Identity)
    )
    features = architecture.features
    field = receptive_field(features, _needed(features, shape))
    ungated = receptive_field(features, _needed(features, shape), gates=False) if field.whole else None
    total, work = sum(entry.parameters for entry in entries), sum(entry.macs for entry in entries)
    return Ledger(architecture, shape, total, work, sum(held.values()), field, ungated, entries)


def _entry(row: Row, held: int, field: ReceptiveField) -> Entry:
    work = layer_macs(row.layer, row.input, row.output)
    return Entry(row.name, type(row.layer).__name__, row.output, parameters(row.layer), work, held, field)


def _needed(layer: Layer, shape: Shape) -> Shape | None:
    """`shape` where receptive fields depend on it; following shapes costs as much again."""
    pools = (leaf for leaf in leaves(layer) if isinstance(leaf, AdaptivePool2d))
    return shape if any(pool.sizes != (1, 1) for pool in pools) else None


def _working(architecture: Architecture) -> str:
    """The square inputs that a network takes, found by trying them."""
    channels = architecture.input[0]

    def works(size: int) -> bool:
        try:
            output_shape(architecture.network, (channels, size, size))
        except ValueError:
            return False
        return True

    smallest = next(filter(works, range(1, _LARGEST_TRIED)))
    least = (channels, smallest, smallest)
    if works(_LARGEST_TRIED):
        return f"the smallest square input that works is {least}"
    largest = max(takewhile(works, range(smallest, _LARGEST_TRIED)))
    most = (channels, largest, largest)
    return f"square inputs from {least} to {most} work"


def _field_dict(field: ReceptiveField) -> dict[str, object]:
    return {**_extents(field), "aligned": field.aligned}


def _extents(field: ReceptiveField) -> dict[str, object]:
    return {"size": list(field.size), "stride": list(field.stride), "padding": list(field.padding)}


def _entry_dict(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.name,
        "kind": entry.kind,
        "output": list(entry.output),
        "parameters": entry.parameters,
        "macs": entry.macs,
        "kept": entry.kept,
        **_extents(entry.field),
    }


def _cells(entry: Entry, number: Callable[[int], str], whole: str) -> list[str]:
    field = entry.field
    extents = [_extent(extent, whole) for extent in (field.size, field.stride, field.padding)]
    counts = [number(n) for n in (entry.parameters, entry.macs, entry.kept)]
    return [entry.name, entry.kind, by(entry.output), *counts, *extents]


def _extent(extent: Extent, whole: str) -> str:
    height, width = (whole if length is None else str(length) for length in extent)
    return height if height == width else f"{height}×{width}"


def _said(field: ReceptiveField) -> str:
    if field.whole:
        return "the whole input"
    size, stride, padding = (_extent(extent, "whole") for extent in (field.size, field.stride, field.padding))
    return f"{size}, stride {stride}, padding {padding}" + (
        "" if field.aligned else ", centres differ between branches"
    )
