"""What is recorded of a network: its layers as a tree, where it comes from, and the numbers that were printed of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

from convnotes import cost, wiring
from convnotes.layers import Layer, Sequential
from convnotes.shapes import Shape, output_shape

Quantity = Literal["parameters", "macs", "connections", "units", "depth"]
Seen = Literal["paper", "quoted"]  # read in the source itself; read where others quote it

_POWERS = {"": 0, "K": 3, "M": 6, "B": 9, "G": 9, "thousand": 3, "million": 6, "billion": 9, "×10⁹": 9}
_NUMBER = re.compile(rf"([\d,]+(?:\.\d+)?) ?({'|'.join(power for power in _POWERS if power)})?")


@dataclass(frozen=True)
class Printed:
    """A number that a source prints of a network, to be compared with the computed one.

    text: as printed, "138" or "3.8×10⁹". where: table, page or section. unit: what a table's heading multiplies it by.
    part: dotted name of the part it speaks of; empty for the whole network. input: where it is not the network's usual
    one. source: where it is not the network's own. differs: why the computed number is another; empty where they agree.
    """

    quantity: Quantity
    text: str
    where: str
    unit: int = 1
    part: str = ""
    input: Shape | None = None
    source: str = ""
    seen: Seen = "paper"
    differs: str = ""

    @property
    def value(self) -> Decimal:
        """The printed number.

        >>> Printed("macs", "3.8×10⁹", "table 1").value
        Decimal('3.8E+9')
        >>> Printed("parameters", "about 60", "abstract").value
        Traceback (most recent call last):
        ValueError: 'about 60' is not a printed number such as 60,000, 3.8×10⁹ or 5.3M
        """
        found = _NUMBER.fullmatch(self.text)
        if found is None:
            raise ValueError(f"{self.text!r} is not a printed number such as 60,000, 3.8×10⁹ or 5.3M")
        return Decimal(found[1].replace(",", "")).scaleb(_POWERS[found[2] or ""]) * self.unit

    @property
    def exact(self) -> bool:
        """Whether it is printed to the last digit.

        >>> Printed("parameters", "7,978,856", "").exact, Printed("parameters", "8.0M", "").exact
        (True, False)
        """
        return self.unit == 1 and bool(re.fullmatch(r"[\d,]+", self.text))

    def agrees(self, number: int) -> bool:
        """Whether `number`, rounded to the digits that are printed, is the printed number.

        >>> Printed("parameters", "138", "table 2", unit=10**6).agrees(138357544)
        True
        >>> Printed("macs", "3.8×10⁹", "table 1").agrees(3857973248)
        False
        """
        found = _NUMBER.fullmatch(self.text)
        decimals = len(found[1].partition(".")[2]) if found else 0
        last_digit = Decimal(10) ** (_POWERS[found[2] or ""] - decimals if found else 0) * self.unit
        return abs(number - self.value) * 2 <= last_digit


@dataclass(frozen=True)
class Result:
    """A measured result as published: nothing here is computed, so protocol and source always go with it.

    Errors throughout: where a source prints an accuracy, its difference from 100 %.
    """

    metric: str
    value: str
    protocol: str
    source: str
    seen: Seen = "paper"


@dataclass(frozen=True)
class Descent:
    """The place of a network in the family tree of the chapter on architectures.

    title: in the tree. parents: their titles there. idea: what it added, in a few words. column: 0 to 4, from the left,
    where it is drawn.
    """

    title: str
    parents: tuple[str, ...]
    idea: str
    column: int


def _none() -> Mapping[str, Sequential]:
    return {}


@dataclass(frozen=True)
class Architecture:
    """A published network.

    name: as on the command line. family: whose page it is on. variant: which of the networks under that title this is.
    source: key of the reference. build: makes the tree, a `Sequential` of `features` (to the last map before global
    pooling or flattening) and `head`. build_auxiliary: heads used in training only, by the part that each
    hangs from. descent: its place in the family tree; none for further sizes and variants of a network that is there.
    """

    name: str
    title: str
    family: str
    year: int
    source: str
    variant: str
    contribution: str
    input: Shape
    build: Callable[[], Sequential]
    printed: tuple[Printed, ...] = ()
    results: tuple[Result, ...] = ()
    descent: Descent | None = None
    build_auxiliary: Callable[[], Mapping[str, Sequential]] = field(default=_none)

    @property
    def place(self) -> str:
        """Its section in the notes: page and anchor."""
        return f"architectures/{self.family.lower()}.md#{self.name}"

    @cached_property
    def network(self) -> Sequential:
        """The tree, built when first asked for."""
        return self.build()

    @cached_property
    def features(self) -> Layer:
        """The part that ends with the last map before global pooling or flattening."""
        return dict(self.network.children)["features"]

    @cached_property
    def auxiliary(self) -> Mapping[str, Sequential]:
        """Heads used in training only, by the name of the part that they hang from; empty for most networks."""
        return self.build_auxiliary()

    def part(self, name: str, input_shape: Shape | None = None) -> tuple[Layer, Shape]:
        """The part with a dotted name, and the shape of its input; the empty name is the whole network.

        Names go through `Sequential`s only, where the input of a part is the output of the one before.
        """
        layer: Layer = self.network
        shape = self.input if input_shape is None else input_shape
        for step in filter(None, name.split(".")):
            if not isinstance(layer, Sequential) or step not in layer.names:
                raise KeyError(f"{self.name} has no part {name!r}")
            for inner, before in layer.children:
                if inner == step:
                    layer = before
                    break
                shape = output_shape(before, shape)
        return layer, shape

    def computed(self, printed: Printed) -> int:
        """The number that `printed` speaks of, computed from the tree."""
        layer, shape = self.part(printed.part, printed.input)
        match printed.quantity:
            case "parameters":
                return cost.parameters(layer)
            case "macs":
                return cost.macs(layer, shape)
            case "connections":
                return wiring.connections(layer, shape)
            case "units":
                return wiring.units(layer, shape)
            case "depth":
                return wiring.depth(layer)
