"""What a model holds in memory: kept for the way back, layer by layer, and at most at any moment of a step."""

from __future__ import annotations

import json
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from html import escape
from typing import Any

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.autograd.graph import saved_tensors_hooks
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from convnotes.conv import integer
from convnotes.tracing.errors import TraceError, first_sentence
from convnotes.tracing.inputs import Inputs, Sizes, checked
from convnotes.tracing.model_copy import deep, model_copy, quiet, same_kind
from convnotes.tracing.places import place
from convnotes.tracing.recorder import every_tensor
from convnotes.tracing.rules import short_name
from convnotes.tracing.sizes import named
from convnotes.words.forms import Form
from convnotes.words.numbers import by
from convnotes.words.table import table

OPTIMISERS = {"SGD": 0, "SGD with momentum": 1, "Adam": 2}
"""Numbers that an optimiser remembers for each parameter, in the parameter's own type."""
NORMS = named("native_batch_norm native_group_norm native_layer_norm")
GIGABYTE = 10**9


@dataclass(frozen=True)
class Kept:
    """What one layer is the first to keep for the way back. saved: in bytes, each storage once."""

    name: str
    op: str
    shape: tuple[int, ...]
    saved: int


@dataclass(frozen=True)
class Memory:
    """Bytes that a model holds at one input and batch size, in training and in use.

    rows: what each layer keeps. saved: their sum. parameters, buffers, gradients: in bytes. states: what each optimiser
    remembers. peak: most that is held at once on the way there and back, beside parameters, buffers and states; None
    where the way back cannot be run. inference: the same of a forward pass in evaluation mode, without a way back.
    """

    model: str
    inputs: Inputs = field(repr=False)
    batch: int
    mixed: bool
    rows: tuple[Kept, ...]
    parameters: int
    buffers: int
    gradients: int
    states: dict[str, int]
    peak: int | None
    inference: int
    real: bool
    notes: tuple[str, ...] = ()

    @property
    def saved(self) -> int:
        """Bytes kept for the way back, each storage once, parameters and buffers excluded."""
        return sum(row.saved for row in self.rows)

    def step(self, optimiser: str) -> int | None:
        """Most bytes held at once in a training step, the optimiser's states included; None where it is not known."""
        if self.peak is None:
            return None
        return self.parameters + self.buffers + self.states[optimiser] + self.peak

    def __getitem__(self, name: str) -> int:
        """Bytes that a module keeps with all that is in it."""
        inside = [r.saved for r in self.rows if r.name == name or r.name.startswith((f"{name}.", f"{name}:"))]
        if name and not inside:
            raise KeyError(f"{name!r} keeps nothing, or is no layer of {self.model}")
        return sum(inside) if name else self.saved

    def to_dict(self) -> dict[str, Any]:
        """The memory as plain data, for JSON; sizes in bytes."""
        return {
            "model": self.model,
            "input": self.inputs.told(),
            "batch": self.batch,
            "mixed": self.mixed,
            "saved": self.saved,
            "parameters": self.parameters,
            "buffers": self.buffers,
            "gradients": self.gradients,
            "optimiser": self.states,
            "peak": self.peak,
            "inference": self.inference,
            "layers": [{"name": r.name, "op": r.op, "shape": list(r.shape), "saved": r.saved} for r in self.rows],
        }

    def to(self, form: Form) -> str:
        """The memory as text, Markdown, CSV, LaTeX, HTML or JSON; CSV and LaTeX hold the layers alone."""
        if form == "json":
            return json.dumps(self.to_dict(), indent=2) + "\n"
        count = str if form == "csv" else "{:,}".format
        rows = [[r.name, r.op, by(r.shape), count(r.saved)] for r in self.rows]
        body = table(["layer", "op", "output", "saved"], rows, form)
        if form in ("csv", "latex"):
            return body
        sums = table(["held in a training step", "bytes"], [[name, f"{n:,}"] for name, n in self._sums()], form)
        lines = [self._head(), *self.notes]
        if form == "html":
            return body + sums + "".join(f"<p>{escape(line)}</p>\n" for line in lines)
        return f"{body}\n{sums}\n" + "".join(line + {"text": "\n", "md": "\n\n"}[form] for line in lines)

    def _sums(self) -> Iterator[tuple[str, int]]:
        yield "kept for the way back", self.saved
        yield "parameters and buffers", self.parameters + self.buffers
        yield "gradients of parameters", self.gradients
        for name, size in self.states.items():
            if size:
                yield f"states of {name}", size
        for name in self.states:
            if (step := self.step(name)) is not None:
                yield f"most at once, {name}", step
        yield "most at once in use, no way back", self.parameters + self.buffers + self.inference

    def _head(self) -> str:
        kind = ", mixed precision (bfloat16)" if self.mixed else ""
        ran = "a real run on the CPU" if self.real else "shapes alone"
        return f"{self.model} at {self.inputs.told()}, batch of {self.batch}{kind}: bytes of tensors, from {ran}."

    def __str__(self) -> str:
        """The memory as text."""
        return self.to("text").rstrip("\n")

    def _repr_html_(self) -> str:
        return self.to("html")


def memory(
    model: nn.Module,
    input_size: Sizes,
    *,
    batch: int = 1,
    mixed: bool = False,
    dtype: torch.dtype | str | None = None,
    args: Sequence[Any] = (),
    kwargs: dict[str, Any] | None = None,
    device: str = "meta",
) -> Memory:
    """The bytes that training a model keeps and holds, exact by storage, from shapes alone.

    A copy of the model is run forward and back in training mode, as on a CPU, then forward in evaluation mode. batch:
    samples. mixed: whether under `torch.autocast` to bfloat16. device: `meta` computes no number; `cpu` runs the model
    for real, as a check. Other arguments are those of `trace`. What is counted are tensors. A loss, what a library
    takes for a moment, and what an allocator rounds up come on top. Raises TraceError where the model fails.

    >>> net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 28 * 28, 10))
    >>> held = memory(net, (1, 28, 28), batch=32)
    >>> [(row.name, row.saved) for row in held.rows]
    [('0', 100352), ('1', 802816)]
    >>> held.saved, held.parameters, held.states["Adam"]
    (903168, 251240, 502480)
    >>> memory(net, (1, 28, 28), batch=32, device="cpu").rows == held.rows
    True
    >>> memory(net, (1, 20, 20))
    Traceback (most recent call last):
        ...
    convnotes.tracing.TraceError: Sequential fails at input 1×20×20, batch of 1, at 3: mat1 and mat2 shapes cannot be multiplied (1x3200 and 6272x10)
    """  # noqa: E501
    if not isinstance(model, nn.Module):
        raise TypeError(f"memory() got {type(model).__name__} as the model, expected a torch.nn.Module")
    inputs = checked(input_size, dtype)
    run = _Run(model, inputs, integer("batch", batch, 1), mixed, tuple(args), dict(kwargs or {}), device == "cpu")
    with deep(model):
        return run.memory()


def largest_batch(held: Callable[[int], int], room: int) -> int:
    """The largest batch for which `held`, growing with it, gives at most `room` bytes; 0 where none fits.

    Memory nearly always grows by the same amount for each sample, so two batches tell where to look.

    >>> largest_batch(lambda n: 100 + 30 * n, 1000), largest_batch(lambda n: 2000, 1000)
    (30, 0)
    >>> largest_batch(lambda n: 10 * n * n, 1000)
    10
    """
    two = held(2)
    if two > room:  # some layers train on no fewer than two samples; where two do not fit, one may
        return 1 if held(1) <= room else 0
    each = max(1, held(4) - two) / 2
    low, high = 2, max(3, 2 + int((room - two) / each) + 1)
    while held(high) <= room:
        low, high = high, 2 * high
        if high > 1 << 24:
            raise ValueError("what is held does not grow with the batch")
    if high - low > 1 and held(high - 1) <= room:
        return high - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if held(middle) <= room else (low, middle)
    return low


@dataclass(frozen=True)
class _Run:
    """A model to run, and what to run it on."""

    model: nn.Module
    inputs: Inputs
    batch: int
    mixed: bool
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    real: bool

    def memory(self) -> Memory:
        with quiet():
            try:
                return self._measured(self.real)
            except _Failed as failed:
                if self.real:
                    raise TraceError(failed.told(self)) from failed.cause
                return self._for_real(failed)

    def _for_real(self, failed: _Failed) -> Memory:
        """As the user runs it, where shapes alone do not do."""
        try:
            held = self._measured(True)
        except _Failed as again:
            raise TraceError(again.told(self)) from again.cause
        why = f"Run for real on the CPU: it fails on shapes alone ({first_sentence(failed.cause)})."
        return _with_note(held, why)

    def _measured(self, real: bool) -> Memory:
        with nullcontext() if real else FakeTensorMode(allow_non_fake_inputs=True):
            copied = model_copy(self.model, "cpu", {} if real else _blanks(self.model)).train()
            own = {*copied.parameters(), *copied.buffers()}
            watch, notes = _Watch(copied, own), list[str]()
            peak: int | None
            with _Live(own) as live:
                outs = self._forward(copied, watch)
                try:
                    _backward(outs)
                    peak = live.most
                except Exception as error:
                    peak = None
                    notes.append(f"The way back cannot be run: {first_sentence(error)}.")
            del outs
            copied.zero_grad()
            copied.eval()
            with _Live(own) as used, torch.no_grad():
                self._forward(copied, None)
            learnt = [p for p in copied.parameters() if p.requires_grad]
            gradients = _bytes(learnt)
            return Memory(
                model=type(self.model).__name__,
                inputs=self.inputs,
                batch=self.batch,
                mixed=self.mixed,
                rows=tuple(watch.rows()),
                parameters=_bytes(copied.parameters()),
                buffers=_bytes(copied.buffers()),
                gradients=gradients,
                states={name: times * gradients for name, times in OPTIMISERS.items()},
                peak=peak,
                inference=used.most,
                real=real,
                notes=tuple(notes),
            )

    def _forward(self, copied: nn.Module, watch: _Watch | None) -> Any:
        """The outputs of one forward; _Failed where it fails."""
        tensors = [t.expand(self.batch, *t.shape[1:]).clone() for t in self.inputs.made(copied, "cpu")]
        first, named = self.inputs.given(copied, tensors)
        del tensors
        mixed = torch.autocast("cpu", torch.bfloat16) if self.mixed else nullcontext()
        try:
            with mixed, watch.on() if watch else nullcontext():
                return copied(*first, *self.args, **named, **self.kwargs)
        except (Exception, SystemExit) as error:  # the user's code may raise anything; it is told, not swallowed
            raise _Failed(error, watch.inside if watch else "") from error


class _Failed(Exception):
    def __init__(self, cause: BaseException, inside: str) -> None:
        super().__init__()
        self.cause, self.inside = cause, inside

    def told(self, run: _Run) -> str:
        where = f", at {self.inside}" if self.inside else ""
        line = place(self.cause)
        return (
            f"{type(run.model).__name__} fails at input {run.inputs.told()}, batch of {run.batch}{where}: "
            f"{first_sentence(self.cause)}" + (f" ({line})" if line else "")
        )


def _with_note(held: Memory, note: str) -> Memory:
    return Memory(**{**vars(held), "notes": (*held.notes, note)})


def _blanks(model: nn.Module) -> dict[int, torch.Tensor]:
    """A tensor on the CPU for each of the model's, by identity; in a fake mode without memory."""
    loose = (v for m in model.modules() for v in vars(m).values() if isinstance(v, torch.Tensor))
    tensors = [*model.parameters(), *model.buffers(), *loose]
    return {
        id(t): same_kind(torch.empty_strided(t.size(), t.stride(), dtype=t.dtype, device="cpu"), t) for t in tensors
    }


def _bytes(tensors: Any) -> int:
    """Bytes of the storages of tensors, each once."""
    return sum({t.untyped_storage()._cdata: t.untyped_storage().nbytes() for t in tensors}.values())


def _backward(output: Any) -> None:
    """Send a gradient of ones back from every output that has one."""
    outs = [t for t in every_tensor(output) if t.requires_grad]
    if outs:
        torch.autograd.backward(outs, [torch.ones_like(t) for t in outs])


class _Live(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Bytes of all storages made under it, while they live; `most` is the largest sum there was."""

    def __init__(self, own: set[torch.Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.own = {t.untyped_storage()._cdata for t in own}
        self.sizes: dict[int, int] = {}
        self.now = self.most = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # the default imports the whole compiler, which takes a second

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        name = short_name(func)
        out = func(*args, **(kwargs or {}))
        if name in NORMS:
            out = _wide_statistics(out, args)
        if name == "mkldnn_rnn_layer" and isinstance(out[0], FakeTensor):
            raise RuntimeError("a recurrent layer keeps what only a run of it can tell")
        for tensor in tree_leaves(out):
            if isinstance(tensor, torch.Tensor):
                self._meet(tensor.untyped_storage())
        return out

    def _meet(self, storage: torch.UntypedStorage) -> None:
        key = storage._cdata
        if key not in self.own and key not in self.sizes:
            self.sizes[key] = storage.nbytes()
            self.now += self.sizes[key]
            self.most = max(self.most, self.now)
            weakref.finalize(storage, self._part, key)

    def _part(self, key: int) -> None:
        self.now -= self.sizes.pop(key, 0)


def _wide_statistics(out: Any, args: Sequence[Any]) -> Any:
    """Means and deviations of a norm in the type of its weights: without numbers torch makes them as narrow as the map
    in mixed precision, and with numbers it does not."""
    weight = next((t for t in args[1:] if isinstance(t, torch.Tensor)), None)
    if weight is None or out[0].dtype == weight.dtype:
        return out
    return (out[0], *(t.to(weight.dtype) if t.is_floating_point() else t for t in out[1:]))


class _Watch:
    """Notes which layer is the first to keep each storage. inside: the name of what runs."""

    def __init__(self, model: nn.Module, own: set[torch.Tensor]) -> None:
        self.model, self.names = model, {m: name.replace("_orig_mod.", "") for name, m in model.named_modules()}
        self.seen = {t.untyped_storage()._cdata for t in own}
        self.stack: list[tuple[str, str]] = []
        self.used: Counter[str] = Counter()
        self.parents: set[str] = {""}
        self.kept: dict[tuple[str, str], int] = {}
        self.outputs: dict[str, tuple[str, tuple[int, ...]]] = {}
        self.inside = ""

    @contextmanager
    def on(self) -> Iterator[None]:
        """Watch the model while this lasts."""
        handles = []
        for module in self.model.modules():
            handles.append(module.register_forward_pre_hook(self._enter, prepend=True))
            handles.append(module.register_forward_hook(self._leave))
        try:
            with saved_tensors_hooks(self._keep, lambda t: t), _Functions(self):
                yield
        finally:
            for handle in handles:
                handle.remove()

    def rows(self) -> Iterator[Kept]:
        """What was kept, in the order in which it was."""
        sums: Counter[str] = Counter()
        for (frame, op), size in self.kept.items():
            sums[op if frame in self.parents and op else frame] += size
        for name, size in sums.items():
            op, shape = self.outputs.get(name, ("", ()))
            yield Kept(name or "output", op, shape, size)

    def _enter(self, module: nn.Module, _: Any) -> None:
        if self.stack:
            self.parents.add(self.stack[-1][0])
        name = self.names.get(module, type(module).__name__)
        self.stack.append((self._unique(name) if name else name, ""))
        self.inside = name

    def _leave(self, module: nn.Module, _: Any, output: Any) -> None:
        name = self.stack.pop()[0]
        self.outputs[name] = type(module).__name__, _shape(output)

    def called(self, func: Any, run: Callable[[], Any]) -> Any:
        """Run a function of torch, which belongs to the module that runs."""
        if not self.stack:
            return run()
        frame, outer = self.stack[-1]
        op = getattr(func, "__name__", "").strip("_")
        name = self._unique(f"{frame}.{op}" if frame else op)
        self.stack[-1] = frame, name
        out = run()
        self.stack[-1] = frame, outer
        if isinstance(out, (torch.Tensor, tuple, list)):
            self.outputs[name] = op, _shape(out)
        return out

    def _unique(self, name: str) -> str:
        self.used[name] += 1
        return name if self.used[name] == 1 else f"{name}:{self.used[name]}"

    def _keep(self, tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in self.seen and storage.nbytes():
            self.seen.add(storage._cdata)
            at = self.stack[-1] if self.stack else ("", "")
            self.kept[at] = self.kept.get(at, 0) + storage.nbytes()
        return tensor


class _Functions(TorchFunctionMode):
    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self.watch = watch

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return self.watch.called(func, lambda: func(*args, **(kwargs or {})))


def _shape(output: Any) -> tuple[int, ...]:
    """Of the first tensor, without the batch."""
    tensors = every_tensor(output)
    return tuple(tensors[0].shape[1:]) if tensors else ()
