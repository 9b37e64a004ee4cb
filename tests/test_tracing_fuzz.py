"""Random programs, and what the fuzzer has found in them."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from convnotes.tracing import trace, verify
from convnotes.tracing.rules import RULES, local
from convnotes.tracing.spans import reduce
from tests.tracing_nets import Fn

sys.path.append(str(Path(__file__).parents[1] / "scripts/dev"))
from fuzz import safely
from fuzz_programs import Program, drawn


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("first", range(0, 60, 10))
def test_programs_are_right(first):
    """A few of the thousands that scripts/dev/fuzz runs."""
    for program in map(drawn, range(first, first + 10)):
        assert safely(program) == "", f"\n{program}"


def test_the_fuzzer_sees_what_is_wrong(monkeypatch):
    program = Program((2, 9), ["v1 = v0.roll(1, 2)"], [], ["roll"])
    assert safely(program) == ""
    monkeypatch.setitem(RULES, "roll", local)
    assert safely(program) == "EXACT: axis 0, element [0, 0, 1] depends on row 0, reported (1, 1)"
    monkeypatch.setitem(RULES, "sin", lambda call: reduce(local(call), [2], 3))
    program = Program((2, 9), ["v1 = torch.sin(v0)"], [], ["sine"])
    assert safely(program).startswith("LOOSE: axis 0, element [0, 0, 1] is said to reach to row 0")


@pytest.mark.parametrize("factor", [1.05, 2.05, (1.0, 2.1), 1.02])
def test_nearest_resizing_by_a_factor_that_kernels_of_torch_take_or_leave(factor):
    """To an output as long as the input, or twice as long: some kernels then copy, others compute with the factor."""
    report = trace(Fn(lambda s, x: F.interpolate(x, scale_factor=factor)), (1, 9, 9))
    assert report.output.status == "bound"
    x = torch.arange(9.0).view(1, 1, 9, 1).expand(1, 1, 9, 9)
    reads = F.interpolate(x, scale_factor=factor)[0, 0, :, 0].tolist()
    boxes = [report.box(report.output.name, i, 0)[0] for i in range(len(reads))]
    assert all(row in box for row, box in zip(reads, boxes, strict=True))
    for plain in (2, 1.7, 3):
        assert trace(Fn(lambda s, x, f=plain: F.interpolate(x, scale_factor=f)), (1, 9, 9)).output.status == "exact"


def _halves(y):
    y[:, ::2] = y[:, :5]
    return y


def _shifted(y):
    y[:, ::2] = y[:, 1::2][:, [0, 1, 2, 3, 3]]
    return y


def test_numbers_that_are_written_over_while_they_are_read():
    """Cell 4 takes cell 2, which may have been given cell 1 before: torch promises no order."""
    report = trace(Fn(lambda s, x: _halves(x[0] * 1)), (1, 9, 9))
    assert report.output.status == "bound"
    assert report.output.bounds == ("copy",)
    assert trace(Fn(lambda s, x: _shifted(x[0] * 1)), (1, 9, 9)).output.status == "exact"


@pytest.mark.parametrize(
    "reshape",
    [
        lambda x: x.mean(1, keepdim=True).squeeze_(1),
        lambda x: x.clone().unsqueeze_(0),
        lambda x: x.clone().transpose_(1, 2),
        lambda x: x[0].clone().t_(),
        lambda x: x.clone().swapaxes_(1, 2).squeeze_(0),
    ],
)
def test_tensors_that_become_views_of_themselves(reshape):
    report = trace(Fn(lambda s, x: reshape(x)), (2, 9))
    entry = report.traced.entry("")
    assert not entry.span.bounds and entry.span.arrays[0].ndim - 1 == len(entry.shape)
    (along,) = (d for d, n in enumerate(entry.shape) if n == 9)
    assert entry.span.arrays[0][0].take(4, along).ravel().tolist() == [4]


def test_the_parts_of_a_complex_number_that_read_unlike_are_a_bound():
    def forward(s, x):
        return torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (-1, 2))))

    assert trace(Fn(forward), (2, 8)).output.status == "bound"
    pairs = trace(Fn(lambda s, x: torch.view_as_real(torch.view_as_complex(x.mT.contiguous()))), (2, 8))
    assert pairs.output.status == "exact"  # two channels at one place


def test_memory_asked_for_on_meta_is_taken_on_the_cpu():
    import pickle

    report = trace(Fn(lambda s, x: x + pickle.loads(pickle.dumps(x.flip(2)))), (2, 9))
    assert (report.device, report.output.status) == ("cpu", "bound")


def test_a_slice_of_nothing_is_no_fault():
    def forward(s, x):
        y = x.sum(2)
        y[..., 5:] *= 0.5
        y.view(-1)[2:].add_(y.mean())
        return x + y[..., None]

    assert trace(Fn(forward), (2, 9)).output.whole


def test_a_slice_of_nothing_may_be_the_last_to_be_written():
    def forward(s, x):
        y = torch.sin(x)
        y[..., 9:].mul_(2)
        return y

    report = trace(Fn(forward), (2, 9))
    assert (report.output.status, report.output.size) == ("exact", (1,))


def test_a_view_by_strides_reads_the_memory_around_a_part_of_it():
    def forward(s, x):
        return x[:, :, 2:-2].as_strided((15, 2), (1, 1))

    row = trace(Fn(forward), (2, 7, 5))["as_strided"]
    assert (row.status, row.whole) == ("bound", True)
    moved = trace(Fn(lambda s, x: x[:, :, 3:].as_strided((1, 2, 4, 5), (70, 35, 5, 1), 0)), (2, 7, 5))["as_strided"]
    assert (moved.status, moved.whole) == ("bound", True)


def _onto_the_diagonal(s, x):
    y = x * 1
    y.diagonal(0, -2, -1).copy_(x.flip(-1)[..., 0])
    return y


def _onto_that_of_a_constant(s, x):
    y = torch.zeros_like(x)
    y.diagonal(0, -2, -1).add_(x.flip(-1)[..., 0])
    return y


def _under_a_diagonal(s, x):
    y = x * 1
    z = y.diagonal(0, -2, -1)
    y.copy_(x.flip(-1))
    return z * 1


@pytest.mark.parametrize(
    ("forward", "columns"),
    [(_onto_the_diagonal, range(5)), (_onto_that_of_a_constant, range(4, 5)), (_under_a_diagonal, range(5))],
)
def test_writes_reach_a_view_whose_place_has_no_rule(forward, columns):
    report = trace(Fn(forward), (2, 5, 5))
    assert report.traced.entry("").span.bounds and report.box("") == (range(5), columns)


@pytest.mark.parametrize(
    "laid", [lambda y: y.flatten(2), lambda y: y.as_strided((1, 2, 135), (270, 135, 1)), lambda y: F.unfold(y, (1, 1))]
)
def test_what_reads_nothing_reads_nothing_in_another_order(laid):
    """Between the rows of a transposed convolution whose stride is larger than its kernel."""
    weight = torch.ones(2, 2, 1, 1)
    report = trace(Fn(lambda s, x: laid(F.conv_transpose2d(x, weight, stride=2))[..., 8:10].mean(-1)), (2, 8, 5))
    assert report.box(report.output.name) == (range(1), range(4, 5))


def test_attention_passes_nan_on_while_it_is_verified():
    """The fused kernel of the CPU makes zeros of it."""

    def forward(s, x):
        y = x[:, None]
        return s.a(F.scaled_dot_product_attention(y, y, y)[:, 0])

    assert verify(Fn(forward, a=torch.nn.Conv1d(2, 2, 1)), (2, 9), "nan").passed


def test_shapes_that_numbers_decide_are_no_fault():
    def forward(s, x):
        return x * (1 + len(torch.nonzero(x > 9))) + np.float32(0)

    assert trace(Fn(forward), (2, 9)).output.status == "bound"
