"""A report checked against the network itself: which input positions do its numbers really depend on?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from typing import Any

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from convnotes.tracing.engine import Tracer
from convnotes.tracing.errors import TraceError, first_sentence
from convnotes.tracing.inputs import Inputs, Sizes, checked
from convnotes.tracing.model_copy import deep, model_copy, quiet
from convnotes.tracing.recorder import Recorder, every_tensor
from convnotes.tracing.report import Report
from convnotes.tracing.run import trace
from convnotes.tracing.smooth_maxima import Events
from convnotes.tracing.span_memory import frozen
from convnotes.tracing.spans import extent, first_axis, of_input

METHODS = ("gradient", "nan")
UNITS = ("some", "all")


@dataclass(frozen=True, slots=True)
class Check:
    """One unit: the box that the report expects, the one that the network has. passed: equal, or within a bound."""

    unit: tuple[int, ...]
    expected: tuple[range, ...]
    got: tuple[range, ...]
    passed: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """The checks of one row. method: `gradient` or `nan`."""

    name: str
    method: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(c.passed for c in self.checks)

    def __str__(self) -> str:
        """One line, and one more for each unit that differs."""
        wrong = [c for c in self.checks if not c.passed]
        head = f"{len(self.checks) - len(wrong)} of {len(self.checks)} units of {self.name} agree ({self.method})"
        lines = [
            f"unit {c.unit}: the report says {spoken(c.expected)}, the network reads {spoken(c.got)}" for c in wrong
        ]
        return "\n".join([head, *lines])


def spoken(box: Sequence[range]) -> str:
    """A box in words.

    >>> spoken([range(0, 6), range(3, 4)])
    '0…5 × 3…3'
    """
    return " × ".join(f"{r.start}…{r.stop - 1}" if r else "nothing" for r in box)


def verify(
    model: nn.Module,
    input_size: Sizes,
    method: str = "gradient",
    *,
    dtype: torch.dtype | str | None = None,
    target: str | None = None,
    units: str = "some",
    args: Sequence[Any] = (),
    kwargs: dict[str, Any] | None = None,
) -> Verification:
    """Checks of a traced row against a double-precision copy of the network with random positive weights.

    method: `gradient` looks for gradients that are not zero, one backward per unit, with means in place of maxima;
    `nan` puts NaN in one input row at a time, one forward per row, and needs nothing differentiable. units: `some`
    (corners, centre and their neighbours) or `all`. Raises ValueError for another word, TraceError as `trace` does.

    >>> print(verify(nn.Sequential(nn.Conv2d(1, 1, 3, dilation=2), nn.MaxPool2d(2)), (1, 16, 16)))
    9 of 9 units of 1 agree (gradient)
    """
    if method not in METHODS:
        raise ValueError(f"no method {method!r}: choose gradient or nan")
    if units not in UNITS:
        raise ValueError(f"no choice of units {units!r}: choose some or all")
    inputs = checked(input_size, dtype)
    if dtype is not None and not inputs.made(nn.Identity(), "meta")[0].is_floating_point():
        raise TraceError("whole numbers have no gradient and no NaN, so that nothing can be verified by them")
    report = trace(model, input_size, dtype=dtype, target=target, args=args, kwargs=kwargs)
    with deep(model):
        probe = Probe(model, report, inputs, tuple(args), dict(kwargs or {}))
        wanted = list(product(*(places(n, units) for n in probe.extent)))
        boxes = probe.by_gradient(wanted) if method == "gradient" else probe.by_nan(wanted)
        checks = tuple(_check(report, u, b) for u, b in zip(wanted, boxes, strict=True))
    return Verification(report.output.name, method, checks)


def places(n: int, units: str) -> list[int]:
    """Positions to check along an axis of length n.

    >>> places(9, "some"), places(2, "some"), places(3, "all")
    ([0, 4, 8], [0, 1], [0, 1, 2])
    """
    return list(range(n)) if units == "all" else sorted({0, n // 2, n - 1})


def _check(report: Report, unit: tuple[int, ...], got: tuple[range, ...]) -> Check:
    expected = report.box(report.output.name, *unit)
    if report.output.bounds:
        passed = all(not g or (e.start <= g.start and g.stop <= e.stop) for e, g in zip(expected, got, strict=True))
    else:
        passed = expected == got
    return Check(unit, expected, got, passed)


def positive(model: nn.Module) -> nn.Module:
    """A double-precision CPU copy whose every weight is positive, of the size that keeps activations near one."""
    model = model_copy(model, "cpu").double()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for p in model.parameters():
            fan_in = max(p[0].numel() if p.dim() > 1 else 1, 1)
            p.copy_((torch.rand(p.shape, generator=generator, dtype=torch.float64) + 0.5) / fan_in)
        for name, buffer in model.named_buffers():
            if name.endswith(("running_mean", "running_var")):
                buffer.fill_(name.endswith("var"))
    return model


class Probe:
    """Runs a copy of the network and keeps the tensor of the row in question.

    That tensor is told by its place among the results of its shape, of torch functions and modules, in one traced run.
    """

    def __init__(
        self, model: nn.Module, report: Report, inputs: Inputs, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.report, self.inputs, self.args, self.kwargs = report, inputs, args, kwargs
        self.copy = positive(model)
        self.layout = report.traced.entry(report.output.name).span.layout
        self.extent = () if self.layout is None else tuple(report.output.shape[d] for d in self.layout)
        self.place = self._locate()

    def _image(self) -> torch.Tensor:
        generator = torch.Generator().manual_seed(1)
        return torch.rand((1, *self.report.input), generator=generator, dtype=torch.float64) + 0.5

    def _forward(self, x: torch.Tensor, seen: Callable[[Any], None], means: bool, *modes: Any) -> None:
        hooks = [m.register_forward_hook(lambda _m, _i, out: seen(out)) for m in self.copy.modules()]
        try:
            with ExitStack() as stack:
                # fused attention on the CPU makes zeros of NaN
                for mode in (quiet(), sdpa_kernel(SDPBackend.MATH), Events(seen, means), *modes):
                    stack.enter_context(mode)
                others = [t.double() if t.is_floating_point() else t for t in self.inputs.made(self.copy, "cpu")[1:]]
                first, named = self.inputs.given(self.copy, [x, *others])
                self.copy(*first, *self.args, **named, **self.kwargs)
        except (Exception, SystemExit) as error:
            raise TraceError(f"the network cannot be run to verify it: {first_sentence(error)}") from error
        finally:
            for hook in hooks:
                hook.remove()

    def _locate(self) -> int:
        names = {m: name for name, m in self.copy.named_modules()}
        recorder = Recorder(names)
        tracer = Tracer(recorder.operation, "cpu")
        recorder.memory = tracer.memory
        x = self._image()
        tracer.memory.input = of_input(tuple(x.shape))
        tracer.memory.put(x, tracer.memory.input)
        count, found, wanted = 0, -1, self.report.output

        def seen(out: Any) -> None:
            nonlocal count, found
            if _of_shape(out, wanted.shape) is None:
                return
            count += 1
            rows = recorder.entries[-1:]
            named = bool(rows) and rows[0].name == wanted.name
            left = recorder.left == wanted.name and wanted.name not in {r.name for r in self.report.rows}
            if left or (named and found < 0):
                found = count

        hooks = recorder.watch(self.copy)
        with torch.no_grad(), frozen():
            self._forward(x, seen, False, tracer)
        for hook in hooks:
            hook.remove()
        if found < 0:
            raise TraceError(f"no tensor was found for {wanted.name}: name a module as the target")
        return found

    def output(self, x: torch.Tensor, means: bool) -> torch.Tensor:
        """The tensor of the row, for one input."""
        count, found = 0, None

        def seen(out: Any) -> None:
            nonlocal count, found
            tensor = _of_shape(out, self.report.output.shape)
            count += tensor is not None
            if tensor is not None and count == self.place:
                found = tensor

        self._forward(x, seen, means)
        if found is None:
            raise TraceError(f"the tensor of {self.report.output.name} was not met again: the network's runs differ")
        return found

    def by_gradient(self, units: list[tuple[int, ...]]) -> Iterator[tuple[range, ...]]:
        """The box of each unit: where the gradient of its channels is not zero.

        They are added with unequal weights, for the plain sum of a softmax or of a normalisation is always the same.
        """
        x = self._image().requires_grad_()
        out = self.output(x, means=True)
        if not out.requires_grad:
            raise TraceError("no gradient reaches the input: verify with the method nan")
        for unit in units:
            try:
                values = self._at(out, unit)
                weights = torch.rand(values.shape, generator=torch.Generator().manual_seed(2)) + 0.5
                (gradient,) = torch.autograd.grad((values * weights).sum(), x, retain_graph=True)
            except RuntimeError as error:
                why = first_sentence(error)
                raise TraceError(f"no gradient can be taken ({why}): verify with the method nan") from error
            yield box_of(gradient.abs().sum(tuple(range(first_axis(self.report.input)))) > 0)

    def by_nan(self, units: list[tuple[int, ...]]) -> Iterator[tuple[range, ...]]:
        """The box of each unit: the input rows whose NaN turns it into NaN."""
        reads = [[self._rows(q, r, units) for r in range(n)] for q, n in enumerate(extent(self.report.input))]
        for i in range(len(units)):
            yield tuple(_range([r for r, row in enumerate(axis) if row[i]]) for axis in reads)

    def _rows(self, q: int, r: int, units: list[tuple[int, ...]]) -> list[bool]:
        x = self._image()
        x.select(q + first_axis(self.report.input), r).fill_(torch.nan)
        with torch.no_grad():
            out = torch.isnan(self.output(x, means=False))
        return [bool(self._at(out, unit).any()) for unit in units]

    def _at(self, out: torch.Tensor, unit: tuple[int, ...]) -> torch.Tensor:
        for d, i in zip(self.layout or (), unit, strict=True):
            out = out.narrow(d, i, 1)
        return out


def _of_shape(out: Any, shape: tuple[int, ...]) -> torch.Tensor | None:
    return next((t for t in every_tensor(out) if tuple(t.shape) == shape), None)


def box_of(reads: torch.Tensor) -> tuple[range, ...]:
    """The box around the true entries of a mask.

    >>> box_of(torch.tensor([[False, True], [False, True]]))
    (range(0, 2), range(1, 2))
    """
    places = reads.nonzero()
    return tuple(_range(places[:, q].tolist()) for q in range(reads.dim()))


def _range(places: list[int]) -> range:
    return range(min(places), max(places) + 1) if places else range(0)
