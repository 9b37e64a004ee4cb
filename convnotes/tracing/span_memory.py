"""Spans beside tensors, through views and writes into them."""

from __future__ import annotations

import gc
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from numpy.lib.stride_tricks import as_strided
from torch.utils.weak import WeakTensorKeyDictionary

from convnotes.tracing.places import reader
from convnotes.tracing.rules.registry import Lens
from convnotes.tracing.rules.shapes import empty
from convnotes.tracing.spans import Span, unpacked, whole


class Cell:
    """The span of one tensor; of a view, recomputed when its base has been written since."""

    __slots__ = ("lens", "ndim", "parent", "seen", "span", "version")

    def __init__(self, span: Span | None, ndim: int, parent: Cell | None = None, lens: Lens | None = None) -> None:
        self.span, self.ndim, self.parent, self.lens = span, ndim, parent, lens
        self.version = 0
        self.seen = self.root.version

    @property
    def root(self) -> Cell:
        """The cell of the tensor that owns the memory."""
        cell = self
        while cell.parent is not None:
            cell = cell.parent
        return cell

    def read(self) -> Span | None:
        """The span now."""
        if self.parent is not None and self.seen != self.root.version:
            base = self.parent.read()
            assert self.lens is not None
            self.span = None if base is None else self.lens.see(base)
            self.seen = self.root.version
        return self.span

    def write(self, span: Span) -> None:
        """Replace the span here and, through the views, in the tensor that owns the memory."""
        if self.parent is not None:
            assert self.lens is not None
            base = self.parent.read() or empty(span, self.parent.ndim)
            self.parent.write(self.lens.write(base, span))
            return
        self.span = span
        self.version += 1


def entangled(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether two views of one memory overlap without being the same view.

    >>> x = torch.empty(6)
    >>> entangled(x[::2], x[:3]), entangled(x[::2], x[1::2]), entangled(x, x.view(6))
    (True, False, False)
    """
    same = a.shape == b.shape and a.stride() == b.stride() and a.storage_offset() == b.storage_offset()
    if same or not a.numel() or not b.numel() or a.untyped_storage()._cdata != b.untyped_storage()._cdata:
        return False
    memory = np.empty(a.untyped_storage().nbytes(), np.int8)  # never touched: only addresses are compared
    try:
        places = _places(memory, a), _places(memory, b)
        return bool(np.shares_memory(*places, max_work=10_000))  # type: ignore[arg-type]  # any number is allowed
    except np.exceptions.TooHardError:
        return True


def _places(memory: npt.NDArray[np.int8], t: torch.Tensor) -> npt.NDArray[np.int8]:
    size = t.element_size()
    strides = [n * size for n in t.stride()] + [1]
    return as_strided(memory[t.storage_offset() * size :], [*t.shape, size], strides)


READ = "numbers read at "
"""How the flag of a bound begins that Python made, by reading numbers; the place follows."""


@contextmanager
def frozen() -> Iterator[None]:
    """While this lasts, `gc.get_objects` gives what has been made since, and `Memory.knows` can tell old from new."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class Memory:
    """Which tensor has which span.

    input: the span of the input. read: what Python has read the numbers of; from then on everything may depend on it.
    places: where it did. owed: the parameters that a constant was computed from. given: constants that were there
    before, by identity.
    """

    def __init__(self) -> None:
        self.cells: MutableMapping[Any, Cell] = WeakTensorKeyDictionary()
        self.owed: MutableMapping[Any, frozenset[torch.Tensor]] = WeakTensorKeyDictionary()
        self.given: set[int] = set()
        self.input: Span | None = None
        self.read: Span | None = None
        self.places: dict[str, str] = {}

    def span(self, tensor: object, packed: bool = False) -> Span | None:
        """What a tensor reads of the input, or None for a constant and for anything that is no tensor.

        packed: channels may stand in runs; otherwise each is written out.
        """
        if not isinstance(tensor, torch.Tensor):
            return None
        cell = self.cells.get(tensor)
        span = None if cell is None else cell.read()
        if self.read is not None:
            return whole([span, self.read], tensor.dim())
        return span if packed or span is None else unpacked(span)

    def around(self, tensor: torch.Tensor) -> Span | None:
        """What all of the memory reads in which a tensor lies; None where nothing in it reads the input."""
        cell = self.cells.get(tensor)
        return None if cell is None else cell.root.read()

    def note_read(self, tensors: Sequence[torch.Tensor]) -> None:
        """Python reads the numbers of these tensors."""
        spans = [s for t in tensors if (s := self.span(t, packed=True)) is not None]
        self._note(spans)

    def note_loss(self) -> None:
        """A tensor appears of which nothing is known but that the model made it: it may depend on all of the input."""
        self._note([self.input] if self.input is not None else [])

    def _note(self, spans: list[Span]) -> None:
        """Add to what has been read; what adds nothing is not named."""
        if not spans:
            return
        place, line = reader()
        more = whole([*spans, self.read], 0, READ + place)
        if self.read is None or any((v != w).any() for v, w in zip(more.arrays, self.read.arrays, strict=True)):
            self.read = more
            self.places.setdefault(READ + place, line)

    def parameters(self, tensor: torch.Tensor) -> frozenset[torch.Tensor]:
        """The parameters that a constant is, or was computed from."""
        if isinstance(tensor, torch.nn.Parameter):
            return frozenset((tensor,))
        return self.owed.get(tensor, frozenset())

    def knows(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor came out of operations that were seen, or was there before them, as `frozen` can tell."""
        if tensor in self.owed or isinstance(tensor, torch.nn.Parameter) or id(tensor) in self.given:
            return True
        cell = self.cells.get(tensor)
        if cell is not None and cell.read() is not None:
            return True
        if any(o is tensor for o in gc.get_objects()):  # since `frozen` began
            return False
        self.given.add(id(tensor))
        return True

    def value(self, tensor: object) -> npt.NDArray[Any] | None:
        """The numbers in a constant that lies on the CPU."""
        if (
            not isinstance(tensor, torch.Tensor)
            or tensor.device.type != "cpu"
            or self.span(tensor, packed=True) is not None
        ):
            return None
        return tensor.detach().numpy()

    def put(self, tensor: torch.Tensor, span: Span) -> None:
        """Give a new tensor its span."""
        self.cells[tensor] = Cell(span, tensor.dim())

    def view(self, tensor: torch.Tensor, base: torch.Tensor, lens: Lens) -> None:
        """Enter a tensor as a view of another."""
        parent = self.cells.get(base)
        if parent is None:
            parent = self.cells[base] = Cell(None, base.dim())
        own = parent.read()
        self.cells[tensor] = Cell(None if own is None else lens.see(own), tensor.dim(), parent, lens)

    def write(self, tensor: torch.Tensor, span: Span) -> None:
        """Replace the span of a tensor that an operation wrote into."""
        cell = self.cells.get(tensor)
        if cell is None:
            cell = self.cells[tensor] = Cell(None, tensor.dim())
        cell.write(span)
