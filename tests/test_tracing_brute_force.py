"""Every row of a trace against brute force: NaN put into one input row at a time, and gradients that are not zero."""

import copy

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode
from tracing_nets import CASES

from convnotes.tracing import trace
from convnotes.tracing.spans import EMPTY, HIGH, LOW


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
    """The same for the model's output, from its Jacobian."""
    torch.manual_seed(0)
    x = (torch.rand(1, *size, dtype=torch.float64) + 0.5).requires_grad_()
    with MeanForMax():
        out = model(x)
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
        entry = report.entry(name)
        v = np.broadcast_to(entry.span.arrays[q], (7, *entry.shape)).reshape(7, -1)
        every = (np.broadcast_to(a[LOW], entry.shape).ravel() for a in entry.span.arrays)
        none = np.any([a == EMPTY for a in every], axis=0)  # a box that is empty along one axis is empty
        mine = (np.where(none, EMPTY, v[LOW]), np.where(none, -EMPTY, -v[HIGH]))
        if entry.span.bounds:
            right = (mine[0] <= low) & (mine[1] >= high)
        else:
            right = (mine[0] == low) & (mine[1] == high)
        wrong += [(name, q, int(e), [int(m[e]) for m in mine], int(low[e]), int(high[e])) for e in np.nonzero(~right)[0]]
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
