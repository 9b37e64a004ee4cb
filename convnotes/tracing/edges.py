"""Which rows each row reads: the edges of the graph that a forward draws."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils.weak import WeakTensorKeyDictionary

Sources = frozenset[int]
INPUT = -1


@dataclass(slots=True)
class Edges:
    """Rows by number, in the order in which they began. at: the rows that made each tensor, by tensor.

    parts: rows written into a part of a tensor's memory. inside: the module's row that an operation's became part of.
    """

    at: MutableMapping[Any, Sources] = field(default_factory=WeakTensorKeyDictionary)
    parts: dict[int, Sources] = field(default_factory=dict)
    reads: list[Sources] = field(default_factory=list)
    inside: dict[int, int] = field(default_factory=dict)

    def sources(self, tensors: Iterable[torch.Tensor]) -> Sources:
        """The rows that made the tensors."""
        found: set[int] = set()
        for t in tensors:
            found |= self.at.get(t, frozenset()) | self.parts.get(t.untyped_storage()._cdata, frozenset())
        return frozenset(found)

    def pass_on(self, inputs: list[torch.Tensor], outs: list[torch.Tensor]) -> None:
        """Outputs that only rename or move what they were given."""
        self._made(outs, self.sources(inputs), inputs)

    def row(self, inputs: list[torch.Tensor], outs: list[torch.Tensor]) -> int:
        """A new row, and its number."""
        self.reads.append(self.sources(inputs))
        self._made(outs, frozenset([len(self.reads) - 1]), inputs)
        return len(self.reads) - 1

    def module(self, rows: list[int], inputs: list[torch.Tensor], outs: list[torch.Tensor]) -> int:
        """A module's row in place of those of its operations; of one without any, what it returns came through it."""
        if not rows:
            known = [t for t in outs if not any(t is i for i in inputs)]
            return self.row(inputs, known)
        self.reads.append(frozenset().union(*(self.reads[n] for n in rows)) - set(rows))
        self.inside |= dict.fromkeys(rows, len(self.reads) - 1)
        return len(self.reads) - 1

    def of(self, number: int) -> list[int]:
        """The rows that a row reads, in order; the model's input is `INPUT`."""
        return sorted({self._outer(n) for n in self.reads[number]} - {number})

    def _outer(self, number: int) -> int:
        while number in self.inside:
            number = self.inside[number]
        return number

    def _made(self, outs: list[torch.Tensor], sources: Sources, inputs: list[torch.Tensor]) -> None:
        for t in outs:
            storage = t.untyped_storage()
            written = any(t is i for i in inputs)
            if written and t.numel() * t.element_size() < storage.nbytes():
                self.parts[storage._cdata] = self.parts.get(storage._cdata, frozenset()) | sources
            self.at[t] = sources
