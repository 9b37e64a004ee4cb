"""One forward under a dispatch mode: each operation runs, then its rule tells what its result reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from convnotes.tracing import meta_run, recurrent, strict
from convnotes.tracing.macs import COUNTED, macs, uncounted
from convnotes.tracing.rules import RULES, Call, Lens, NeedsNumbers, bind, is_pointwise, local, short_name
from convnotes.tracing.rules.shapes import one_way, seen
from convnotes.tracing.sizes import named
from convnotes.tracing.span_memory import Memory, entangled
from convnotes.tracing.spans import Span, whole
from convnotes.words.numbers import by

Record = Callable[[Call, Span | None, int, bool], None]

CONSTANT = named("""
    _assert_async _assert_scalar _assert_tensor_metadata dim empty_like empty_strided equal full_like is_contiguous
    is_nonzero is_same_size new_empty new_empty_strided new_full new_ones new_zeros ones_like rand_like randint_like
    randn_like scalar_tensor size stride sym_numel sym_size sym_stride zeros_like
""")
"""Operations whose result takes a shape from its argument, and no number."""


SHAPED = named("dim is_contiguous is_same_size numel size storage_offset stride sym_numel sym_size sym_stride")
"""Operations that return a number which says something of the shape alone."""


RESHAPED = frozenset(
    f"aten::{name}_" for name in ("as_strided", "squeeze", "swapaxes", "swapdims", "t", "transpose", "unsqueeze")
)
"""Operations that make of a tensor a view of itself."""


def _rule(func: Any) -> Any:
    return RULES.get(short_name(func)) or (local if is_pointwise(func) else None)


@lru_cache(4096)
def _is_view(func: Any) -> bool:
    return any(a.alias_info is not None and not a.alias_info.is_write for a in func._schema.arguments)


def tensors_in(values: Iterable[Any]) -> list[torch.Tensor]:
    """Tensors among arguments, also one level down in lists."""
    out: list[torch.Tensor] = []
    for v in values:
        if isinstance(v, torch.Tensor):
            out.append(v)
        elif isinstance(v, (list, tuple)):
            out += [t for t in v if isinstance(t, torch.Tensor)]
    return out


class Running(NamedTuple):
    """The operation that runs, for an error to name."""

    func: Any
    args: Sequence[Any]
    kwargs: dict[str, Any]

    def told(self) -> str:
        """The operation and the shapes it was given; for a convolution, the channels it expects."""
        name, given = short_name(self.func), bind(self.func, self.args, self.kwargs)
        shapes = [spelled(t.shape) for t in tensors_in(given.values())]
        told = f"{name} of {' and '.join(shapes[:3])}" if shapes else name
        weight, x = given.get("weight"), given.get("input")
        if "convolution" not in name or not isinstance(weight, torch.Tensor) or not isinstance(x, torch.Tensor):
            return told
        expects = weight.shape[0] if given.get("transposed") else weight.shape[1] * given.get("groups", 1)
        return told if expects == x.shape[1] else f"{name}, which got {x.shape[1]} channels and expects {expects}"


def spelled(shape: Sequence[int]) -> str:
    """A shape in words.

    >>> spelled((1, 3, 8))
    '1×3×8'
    """
    return by(shape) or "a number"


class Tracer(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Follows what every tensor reads. record: called with each operation that reads the input, its span, its MACs and
    whether it multiplies in a way that is not counted; of constants with the products alone, and no span.

    strict: whether on meta what the CPU refuses is refused as well. refused: the exception that the CPU raises too.
    """

    def __init__(self, record: Record, device: str, strict: bool = True) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.memory, self.record, self.device, self.strict = Memory(), record, device, strict
        self.running: Running | None = None
        self.refused: BaseException | None = None

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # the default imports the whole compiler, which takes a second

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        with torch._C.DisableTorchFunction():  # what a tensor says of its device here is true
            return self._dispatch(func, args, kwargs or {})

    def recurrent(self, func: Any, args: Sequence[Any]) -> Any:
        """Run `torch.lstm` and its kin in one step."""
        name, layers = func.__name__, recurrent.Layers.of(args)
        out = recurrent.results(func, args, layers, self.device)
        inputs = [layers.x, *layers.states, *layers.weights]
        call = Call(name, {}, out, self.memory, inputs)
        tracked = any(self.memory.span(t, packed=True) is not None for t in inputs)
        if tracked:
            for tensor, span in zip(out, recurrent.spans(name, layers, out, self.memory.span), strict=True):
                self.memory.put(tensor, span)
        else:
            self._derive(inputs, out)
        self.record(call, self.memory.span(out[0], packed=True), layers.macs, False)
        return out

    def _dispatch(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        inputs = tensors_in((*args, *kwargs.values()))
        tracked = any(self.memory.span(t, packed=True) is not None for t in inputs)
        if tracked and _rule(func) is None and short_name(func) not in CONSTANT:
            with self:
                parts = func.decompose(*args, **kwargs) if isinstance(func, torch._ops.OpOverload) else NotImplemented
            if parts is not NotImplemented:
                return parts
        if tracked:
            self._note_strangers(inputs)
        before = self._before(func, inputs) if tracked else None
        self.running = Running(func, args, kwargs)
        out = self._run(func, args, kwargs, inputs)
        self.running = None
        if before is not None:
            args, inputs = (before, *args[1:]), [before]
        if tracked:
            self._note_reads(func, args, inputs, out)
        if tracked or _is_view(func):
            self._follow(func, args, kwargs, inputs, out, tracked)
        elif short_name(func) in COUNTED:
            call = Call(short_name(func), bind(func, args, kwargs), out, self.memory, inputs)
            self.record(call, None, macs(call), False)
        if not tracked:
            self._derive([] if short_name(func) == "lift_fresh" else inputs, out)  # how new constants come in
        elif short_name(func) in CONSTANT:
            self._derive([], out)
        return out

    def _before(self, func: Any, inputs: list[torch.Tensor]) -> torch.Tensor | None:
        """The tensor that an operation is about to give another shape, under its old one."""
        if func._schema.name not in RESHAPED:
            return None
        old: torch.Tensor = torch.ops.aten.alias.default(inputs[0])
        self.memory.cells[old] = self.memory.cells[inputs[0]]
        return old

    def _note_strangers(self, inputs: list[torch.Tensor]) -> None:
        """Note a tensor that no operation made which was seen here: another thread may have."""
        if not all(map(self.memory.knows, inputs)):
            self.memory.note_loss()

    def _derive(self, inputs: list[torch.Tensor], out: Any) -> None:
        """Note of which parameters a constant is made; nothing, where something in it is unknown."""
        if not all(map(self.memory.knows, inputs)):
            return
        owed: frozenset[torch.Tensor] = frozenset().union(*(self.memory.parameters(t) for t in inputs))
        for tensor in tensors_in([out]):
            self.memory.owed[tensor] = owed | self.memory.owed.get(tensor, frozenset())

    def _note_reads(self, func: Any, args: Sequence[Any], inputs: list[torch.Tensor], out: Any) -> None:
        """Note where numbers leave the tensors: as a number of Python, or as the shape of the result."""
        number = isinstance(out, (bool, int, float, complex)) and short_name(func) not in SHAPED
        if number or torch.Tag.data_dependent_output in func.tags:
            self.memory.note_read(inputs)
        elif torch.Tag.dynamic_output_shape in func.tags:
            masks = [t for t in tensors_in(args[1:2]) if t.dtype in (torch.bool, torch.uint8)]
            self.memory.note_read(masks if "index" in short_name(func) else inputs)
        elif short_name(func) == "set" and any(isinstance(v, torch.UntypedStorage) for v in args):
            self.memory.note_loss()

    def _run(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any], inputs: list[torch.Tensor]) -> Any:
        if self.device != "meta":
            return func(*args, **kwargs)
        try:
            out = meta_run.run(func, args, kwargs, inputs)
        except Exception as error:
            self._check(func, args, kwargs, inputs, error)
            raise
        if self.strict and any(t.device.type == "meta" for t in inputs):
            self._check(func, args, kwargs, inputs)
        return out

    def _check(
        self,
        func: Any,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        inputs: list[torch.Tensor],
        failed: BaseException | None = None,
    ) -> None:
        """Raise what the CPU refuses, or note that it refuses what has failed on meta."""
        try:
            strict.check(func, args, kwargs, inputs)
        except Exception as error:
            self.refused = failed or error
            if failed is None:
                raise

    def _follow(
        self,
        func: Any,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        inputs: list[torch.Tensor],
        out: Any,
        tracked: bool,
    ) -> None:
        outs = tensors_in([out])
        name = short_name(func)
        emptied = name == "set" and len(args) == 1  # memory given back: nothing is read, and no base is written
        if not outs or not inputs or name in CONSTANT or emptied:
            return
        call = Call(name, bind(func, args, kwargs), out, self.memory, inputs)
        result = self._apply(func, call, tracked)
        if isinstance(result, (Span, Lens)):
            result = [result] * len(outs)
        if not tracked and not result:
            result = [None] * len(outs)
        for tensor, one in zip(outs, result, strict=False):
            span = one if not isinstance(one, Span) or one.layout else one.at(seen(one, tensor.shape))
            if isinstance(span, Lens):
                self._view(tensor, call, span)
            elif _is_view(func) and not any(tensor is t for t in inputs):
                self._view(tensor, call, _looked_at(span, tensor.dim(), name))
            elif span is not None:
                self._give(tensor, span, inputs)
        if tracked:
            self._note(func, call, outs[0])

    def _apply(self, func: Any, call: Call, tracked: bool) -> Any:
        """The rule's answer, or a flagged bound where there is no rule or it cannot follow these arguments."""
        rule = _rule(func)
        try:
            known = rule is not None and (self.memory.read is None or _is_view(func)) and not _overwrites(func, call)
            result = rule(call) if known else None
            if result is not None and (not tracked or _fits(result, call)):
                return result
        except NeedsNumbers:
            raise
        except Exception:  # a bound is right whatever went wrong, and its flag tells
            result = None
        if not tracked:
            return []
        spans = [self.memory.span(t, packed=True) for t in call.inputs]
        why = [] if self.memory.read is not None else [call.name]  # else the reason is that numbers were read
        return [whole(spans, t.dim(), *why) for t in tensors_in([call.out])]

    def _give(self, tensor: torch.Tensor, span: Span, inputs: list[torch.Tensor]) -> None:
        if any(tensor is t for t in inputs):
            try:
                self.memory.write(tensor, span)
            except Exception:  # a view that cannot be written back: everything in its base becomes a bound
                self._spoil(tensor, span)
            if tensor.device.type == "cpu" and not tensor.untyped_storage().resizable():
                self.memory.note_read([tensor])  # numpy has a hand on the memory
        else:
            self.memory.put(tensor, span)

    def _view(self, tensor: torch.Tensor, call: Call, lens: Lens) -> None:
        try:
            self.memory.view(tensor, call.x, lens)
        except Exception:  # as above
            self.memory.put(tensor, whole([call.span(packed=True)], tensor.dim(), call.name))

    def _spoil(self, tensor: torch.Tensor, span: Span) -> None:
        root = self.memory.cells[tensor].root
        root.write(whole([root.read(), span], root.ndim, "copy_"))

    def _note(self, func: Any, call: Call, tensor: torch.Tensor) -> None:
        span = self.memory.span(tensor, packed=True)
        if span is not None:
            self.record(call, span, macs(call), uncounted(call, func))


def _looked_at(span: Span | None, ndim: int, name: str) -> Lens:
    """A view of which is known what it reads now, but not where: once either is written, the other is a bound."""
    now = [span]

    def get(base: Span) -> Span:
        first = now.pop() if now else None
        return whole([base], ndim, name) if first is None else first

    return Lens(get, one_way)


def _overwrites(func: Any, call: Call) -> bool:
    """Whether an operation writes over numbers that it still reads, so that its result depends on torch's order."""
    writes = [a.alias_info is not None and a.alias_info.is_write for a in func._schema.arguments]
    return writes[:1] == [True] and any(entangled(call.inputs[0], t) for t in call.inputs[1:])


def _fits(result: Any, call: Call) -> bool:
    """Whether the spans of a rule broadcast to the results: a rule that went astray must not give a number."""
    outs = tensors_in([call.out])
    spans = [result] * len(outs) if isinstance(result, (Span, Lens)) else list(result)
    arrays = max(len(s.arrays) for t in call.inputs if (s := call.memory.span(t, packed=True)) is not None)
    for tensor, span in zip(outs, spans, strict=False):
        if isinstance(span, Span):
            if len(span.arrays) != arrays or (span.runs and sum(span.runs) != tensor.shape[1]):
                return False
            shape = tensor.shape if span.runs is None else (tensor.shape[0], len(span.runs), *tensor.shape[2:])
            for v in span.arrays:
                if v.ndim != tensor.dim() + 1 or any(n not in (1, m) for n, m in zip(v.shape[1:], shape, strict=True)):
                    return False
    return True
