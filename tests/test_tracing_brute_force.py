"""Every row of a trace against brute force: NaN put into one input row at a time, and gradients that are not zero."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.overrides import TorchFunctionMode

from convnotes.tracing import trace
from convnotes.tracing.spans import EMPTY, HIGH, LOW, unpacked
from tests.tracing_nets import CASES


def generic(model):
    """A double-precision copy with positive numbers everywhere, so that no path is silenced."""
    model = copy.deepcopy(model).double().eval()
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.rand_like(p) * 0.5 / max(p[0].numel() if p.dim() else 1, 1) + 0.01)
    return model


class MeanForMax(TorchFunctionMode):
    """The mean of a window in place of its maximum, so that the gradient reaches every tap."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        if name.startswith("max_pool2d") or name == "boolean_dispatch":
            x, size, stride, padding, *_ = (*args, *list((kwargs or {}).values())[: 4 - len(args)])
            return torch.nn.functional.avg_pool2d(x, size, stride, padding)
        return func(*args, **(kwargs or {}))


def module_outputs(model, x):
    """Outputs of every module, by name; of one called several times, the first."""
    found, hooks = {}, []
    for name, module in model.named_modules():

        def keep(_m, _i, out, name=name):
            found.setdefault(name, out[0] if isinstance(out, tuple) else out)

        hooks.append(module.register_forward_hook(keep))
    model(x)
    for hook in hooks:
        hook.remove()
    return found


def nan_support(model, size):
    """Per module and input axis, low and high ends for every element of its output."""
    found = {}
    for q, n in enumerate(size[1:]):
        torch.manual_seed(0)
        x = torch.rand(1, *size, dtype=torch.float64).add(0.5).repeat(n, *[1] * len(size))
        for r in range(n):
            x[r].select(q + 1, r).fill_(torch.nan)
        with torch.no_grad():
            for name, out in module_outputs(model, x).items():
                found[name, q] = ends(torch.isnan(out).numpy().reshape(n, -1))
    return found


def gradient_support(model, size):
    """The same for the model's output, united over its channels, from the Jacobian."""
    torch.manual_seed(0)
    x = (torch.rand(1, *size, dtype=torch.float64) + 0.5).requires_grad_()
    with MeanForMax():
        out = model(x).sum(1, keepdim=True)
    eye = torch.eye(out.numel(), dtype=torch.float64).reshape(out.numel(), *out.shape)
    (jacobian,) = torch.autograd.grad(out, x, eye, is_grads_batched=True)
    reads = (jacobian.abs() > 1e-13).sum((1, 2)) > 0
    found = {}
    for q in range(len(size) - 1):
        rest = tuple(d + 1 for d in range(len(size) - 1) if d != q)
        rows = (reads.any(dim=rest) if rest else reads).numpy().T
        found["", q] = ends(rows)
    return found


def ends(reads):
    """First and last index of the true entries along the first dimension."""
    n, any_ = len(reads), reads.any(0)
    low, high = reads.argmax(0), n - 1 - reads[::-1].argmax(0)
    return np.where(any_, low, EMPTY), np.where(any_, high, -EMPTY)


def disagreements(report, support):
    """Elements whose interval differs from what they read or, for a bound, does not contain it."""
    wrong = []
    for (name, q), (low, high) in support.items():
        entry = report.traced.entry(name)
        span = unpacked(entry.span)
        v = np.broadcast_to(span.arrays[q], (7, *entry.shape)).reshape(7, -1)
        if low.size < v.shape[1]:  # united over the channels
            v = v.reshape(7, entry.shape[1], -1).min(1)
        every = [np.broadcast_to(a[LOW], entry.shape).ravel() == EMPTY for a in span.arrays]
        none = np.any(every, axis=0)  # a box that is empty along one axis is empty
        none = none if none.size == v.shape[1] else none.reshape(entry.shape[1], -1).all(0)
        mine = (np.where(none, EMPTY, v[LOW]), np.where(none, -EMPTY, -v[HIGH]))
        inside, equal = (mine[0] <= low) & (mine[1] >= high), (mine[0] == low) & (mine[1] == high)
        right = inside if entry.span.bounds else equal
        wrong += [
            (name, q, int(e), [int(m[e]) for m in mine], int(low[e]), int(high[e])) for e in np.nonzero(~right)[0]
        ]
    return wrong


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_every_element_of_every_module(case):
    torch.manual_seed(0)
    model = case.make()
    report = trace(model, case.size)
    assert report.device == case.device
    assert any(row.bounds for row in report) is not case.exact
    probe = generic(model)
    if case.nan:
        assert disagreements(report, nan_support(probe, case.size)) == []
    else:
        assert disagreements(report, gradient_support(probe, case.size)) == []


@st.composite
def graphs(draw):
    """A random graph of layers and branches, as a list of (operation, sources, parameters)."""
    steps = []
    for _ in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(sorted(OPERATIONS)))
        sources = draw(st.tuples(*[st.integers(0, len(steps))] * 2))
        steps.append((kind, sources, draw(st.tuples(*[st.integers(0, 5)] * 6))))
    return steps


def window(p):
    return {"kernel_size": (1 + p[0] % 3, 1 + p[1] % 4), "stride": (1 + p[2] % 2, 1 + p[3] % 3)}


def crop(x, like):
    return x[:, :, : like.shape[2], : like.shape[3]]


def joined(a, b):
    return crop(a, b), crop(b, a)


OPERATIONS = {
    "conv": lambda s, x, _, p: s.weighted(torch.nn.Conv2d, x, **window(p), padding=p[4] % 3, dilation=1 + p[5] % 2),
    "grouped": lambda s, x, y, p: s.weighted(torch.nn.Conv2d, torch.cat(joined(x, y), 1), groups=2, **window(p)),
    "transposed": lambda s, x, _, p: s.weighted(
        torch.nn.ConvTranspose2d, x, **window(p), padding=(p[4] % 2 and p[0] % 3) and 1
    ),
    "max": lambda s, x, _, p: F.max_pool2d(x, 2 + p[0] % 2, 1 + p[1] % 3, p[2] % 2, ceil_mode=bool(p[3] % 2)),
    "average": lambda s, x, _, p: F.avg_pool2d(x, (1 + p[0] % 3, 1 + p[1] % 3), (1 + p[2] % 2, 1)),
    "add": lambda s, x, y, _: torch.add(*joined(x, y)),
    "cat": lambda s, x, y, p: s.weighted(
        torch.nn.Conv2d, torch.cat(joined(x, y), 1), kernel_size=1 + p[0] % 3, padding=1
    ),
    "nearest": lambda s, x, _, p: F.interpolate(x, scale_factor=(1 + p[0] % 3, 1 + p[1] % 2)),
    "pad": lambda s, x, _, p: F.pad(
        x, (p[0] % 2, p[1] % 2, p[2] % 2, p[3] % 3), mode=("constant", "reflect", "replicate", "circular")[p[4] % 4]
    ),
    "roll": lambda s, x, _, p: x.roll((p[0] - 2, p[1]), (2, 3)),
    "flip": lambda s, x, _, p: x.flip(2 + p[0] % 2),
    "crop": lambda s, x, _, p: x[:, :, p[0] % 3 :: 1 + p[1] % 2, : -1 - p[2] % 2],
    "transpose": lambda s, x, _, p: x.transpose(2, 3),
    "gate": lambda s, x, _, p: x * x.mean((2, 3)[: 1 + p[0] % 2], keepdim=True).sigmoid(),
    "write": lambda s, x, y, p: s.write(*joined(x, y), p),
    "norm": lambda s, x, _, p: F.group_norm(x, 1 + p[0] % 2),
}


class Graph(torch.nn.Module):
    """The network of such a list; a step that its sizes do not allow is left out."""

    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def weighted(self, kind, x, **how):
        layer = kind(x.shape[1], 2, **how).to(x.device, x.dtype)
        for parameter in layer.parameters():
            torch.nn.init.constant_(parameter, 0.1)
        return layer(x)

    def write(self, x, y, p):
        out = x.clone()
        out[:, :, p[0] % 3 :: 2] = y[:, :, p[0] % 3 :: 2]
        return out

    def forward(self, x):
        made = [x]
        for kind, sources, p in self.steps:
            y = made[sources[0]], made[sources[1]]
            small = min(min(t.shape[2:]) for t in y) < 7
            made.append(made[-1] if small or max(y[0].shape[2:]) > 30 else OPERATIONS[kind](self, *y, p))
        return made[-1] * 1


@given(graphs(), st.integers(9, 14), st.integers(9, 13))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_random_graphs(steps, height, width):
    model, size = Graph(steps), (2, height, width)
    report = trace(model, size)
    assert not any(row.bounds for row in report)
    assert disagreements(report, nan_support(model, size)) == []
