"""What leaves the tensors: numbers that Python reads, constants, other devices, compiled and quantised models."""

import copy
import threading
import time

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from convnotes.tracing import TraceError, trace
from tests.tracing_nets import Fn


def conv(k=5):
    return nn.Conv1d(2, 2, k, padding=k // 2)


def through_numpy(s, x):
    return s.b(torch.from_numpy(s.a(x).detach().numpy() * 2)) + x


def through_a_list(s, x):
    return s.b(torch.tensor(s.a(x).tolist())) + x


def by_its_maximum(s, x):
    return s.b(x) / x.abs().max().item()


def where_it_is_largest(s, x):
    at = int(x[0, 0].argmax())
    return s.b(x)[..., at % 4 :]


def a_branch(s, x):
    a, b = s.a(x), s.b(x)
    return a if bool((x > 0.5).all()) else b


def as_many_as_there_are(s, x):
    return s.b(x) / (1 + len(torch.nonzero(x > 0.5)))


def a_mask(s, x):
    return s.b(x) + x[x > 0.5].shape[0]


def a_list_of_numbers(s, x):
    return s.b(x) * torch.tensor([x.mean(), x.sum()])[0]


def an_old_constructor(s, x):
    return s.b(x) * torch.Tensor([x.mean()])


def a_formatted_number(s, x):
    return s.b(x) * float(f"{x.mean():.3f}")


def memory_that_numpy_shares(s, x):
    shared = torch.zeros(1, 2, x.shape[2])
    array = shared.numpy()
    shared.copy_(s.a(x))
    return s.b(x) + torch.from_numpy(array * 2)


def memory_of_numpy(s, x):
    array = np.zeros((1, 2, x.shape[2]), np.float32)
    torch.from_numpy(array).copy_(s.a(x))
    return s.b(x) + torch.from_numpy(array)


def its_memory(s, x):
    return s.b(x) + sum(s.a(x).contiguous().untyped_storage().tolist()) % 7


def another_thread(s, x):
    out = []
    thread = threading.Thread(target=lambda: out.append(s.a(x)))
    thread.start()
    thread.join()
    return s.b(x) + out[0].detach()


READERS = [
    through_numpy, through_a_list, by_its_maximum, where_it_is_largest, a_branch, as_many_as_there_are, a_mask,
    a_list_of_numbers, an_old_constructor, a_formatted_number, memory_that_numpy_shares, memory_of_numpy, its_memory,
    another_thread,
]  # fmt: skip


@pytest.mark.parametrize("forward", READERS, ids=lambda f: f.__name__)
def test_after_python_has_read_numbers_all_is_a_bound(forward):
    report = trace(Fn(forward, a=conv(), b=conv(1)), (2, 24))
    assert (report.output.status, report.output.whole) == ("bound", True)
    (place,) = report.output.bounds
    assert place.startswith("numbers read at test_tracing_python.py, line ")
    (note,) = [n for n in report.notes if n.startswith("The forward reads numbers that depend on the input")]
    assert place.removeprefix("numbers read at ") in note
    assert f"every unit reads the whole input at most ({place})" in str(report)


def asserted(s, x):
    assert torch.isfinite(x).all()
    return s.b(x)


def raised(s, x):
    if not torch.isfinite(x).all():
        raise ValueError("not finite")
    return s.b(x)


@pytest.mark.parametrize(
    ("forward", "cure"),
    [
        (asserted, "line {}: assert torch.isfinite(x).all()). {} trace without it (python -O -m convnotes trace …)"),
        (raised, 'line {}: if not torch.isfinite(x).all(): raise ValueError("not finite")). {} take it out'),
        (by_its_maximum, "line {}: return s.b(x) / x.abs().max().item()). {}"),
    ],
)
def test_a_check_of_numbers_makes_bounds_and_the_report_says_how_to_leave_it_out(forward, cure):
    report = trace(Fn(forward, a=conv(), b=conv(1)), (2, 24))
    assert report.output.status == "bound"
    (note,) = [n for n in report.notes if n.startswith("The forward reads numbers")]
    where, how = cure.split(" {}")[0], cure.rpartition("{}")[2]
    assert where.format(forward.__code__.co_firstlineno + 1) in note
    assert how in note and ("makes no bound" in note) == bool(how)


def test_what_comes_before_stays_exact_and_a_part_that_is_read_is_all_that_is_added():
    def forward(s, x):
        y = s.a(x)
        return s.b(y) * float(y[0, 0, 3])

    report = trace(Fn(forward, a=conv(), b=conv(1)), (2, 24))
    assert (report["b"].status, report["b"].size, report.output.status) == ("exact", (5,), "bound")
    first = trace(Fn(lambda s, x: x[..., 2:5] * float(s.a(x)[0, 0, 3]), a=conv()), (2, 24))
    assert first.box(first.output.name) == (range(1, 6),)


def test_constants_may_be_read():
    def forward(s, x):
        scale = torch.arange(4).float().mean().item() + np.asarray(torch.ones(3)).sum()
        kept = s.a.weight[0, 0, 0].item()  # of a parameter
        return s.a(x) * scale * kept + torch.tensor(x.shape).sum()

    report = trace(Fn(forward, a=conv()), (2, 24))
    assert (report.output.status, report.output.size) == ("exact", (5,))


def test_lists_as_indices_and_copies_are_followed():
    report = trace(Fn(lambda s, x: s.a(x)[:, [1, 0]][:, (0, 1)], a=conv()), (2, 24))
    assert (report.device, report.output.status, report.output.size) == ("meta", "exact", (5,))
    report = trace(Fn(lambda s, x: x + copy.deepcopy(s.a(x)), a=conv()), (2, 24))
    assert (report.output.status, report.output.size) == ("exact", (5,))


ON_CPU = [
    lambda x: x.device.type == "cpu",
    lambda x: x.is_cpu,
    lambda x: not x.is_meta,
    lambda x: "cpu" in str(x.device),
]


@pytest.mark.parametrize("asked", ON_CPU)
def test_a_model_is_run_as_on_the_cpu(asked):
    report = trace(Fn(lambda s, x: s.a(x) if asked(x) else s.b(x), a=conv(), b=conv(1)), (2, 24))
    assert (report.device, report.output.size) == ("meta", (5,))
    moved = trace(Fn(lambda s, x: s.a(x).to(x.device) + torch.ones(24, device=x.device), a=conv()), (2, 24))
    assert (moved.device, moved.output.size) == ("meta", (5,))


def test_a_failure_on_shapes_alone_is_no_failure():
    report = trace(Fn(lambda s, x: torch.quantile(s.a(x), 0.5, dim=1), a=conv()), (2, 24))
    assert report.device == "cpu" and report.output.size == (5,)
    assert report.notes[0].startswith(
        "Run on the CPU, for this input only: it fails on shapes alone (quantile() q tensor"
    )
    window = Fn(lambda s, x: torch.stft(x[:, 0], 16, 4, window=torch.hann_window(16), return_complex=True).abs())
    report = trace(window, (1, 400))
    assert (report.device, report.output.size, report.output.stride, report.output.start) == (
        "meta",
        (16,),
        (4,),
        (-8,),
    )
    with pytest.raises(TraceError, match="Fn fails at input 2×24: boom"):
        trace(Fn(lambda s, x: exec('raise ValueError("boom")')), (2, 24))


class Position(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.table, self.mlp = conv(3), nn.Embedding(24, 2), nn.Linear(2, 2)

    def forward(self, x):
        return self.conv(x) + self.mlp(self.table(torch.arange(x.shape[2], device=x.device))).T


class Padded(nn.Conv1d):
    def __init__(self):
        super().__init__(2, 4, 3)
        self.pad = nn.ConstantPad1d((2, 0), 0.0)

    def forward(self, x):
        return super().forward(self.pad(x))


def test_modules_called_with_constants_have_rows():
    report = trace(Position(), (2, 24))
    rows = {row.name: (row.status, row.parameters, row.macs) for row in report}
    assert rows["table"] == ("constant", 48, 0) and rows["mlp"] == ("constant", 6, 96)
    assert sum(row.parameters for row in report) == report.parameters == 68
    assert sum(row.macs for row in report) == report.macs == 2 * 2 * 3 * 24 + 96
    assert report.output.name == "add" and report.output.size == (3,) and not report.notes


def test_parameters_of_a_reparametrised_layer_are_counted_and_called():
    report = trace(nn.Sequential(nn.utils.parametrizations.weight_norm(Padded()), nn.ReLU()), (2, 24))
    assert sum(row.parameters for row in report) == report.parameters == 32 and not report.notes


def test_constants_alone_are_no_receptive_field():
    with pytest.raises(TraceError, match="nothing that Fn computes reads its input"):
        trace(Fn(lambda s, x: s.t(torch.arange(4)), t=nn.Embedding(4, 2)), (2, 24))


def test_a_compiled_model_is_traced_as_it_is_written():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    compiled = torch.compile(model, backend="eager")
    plain = trace(model, (3, 16, 16))
    begin = time.process_time()
    report = trace(compiled, (3, 16, 16))
    assert time.process_time() - begin < 2  # minutes, where the compiler compiles the tracing
    assert [(r.name, r.size) for r in report] == [(r.name, r.size) for r in plain]


class Quantised(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(48, 4))

    def forward(self, x):
        return self.body(x)


@pytest.mark.filterwarnings("ignore")
def test_quantised_and_scripted_models_are_refused_in_one_sentence():
    packed = torch.ao.quantization.quantize_dynamic(Quantised(), {nn.Linear})
    with pytest.raises(TraceError, match=r"^body\.1 is quantised, which hides its weights: trace the model as it was"):
        trace(packed, (2, 24))
    with pytest.raises(TraceError, match=r"is compiled by torch\.jit, which hides its operations"):
        trace(torch.jit.script(Quantised()), (2, 24))


def test_a_float_network_that_is_made_to_be_quantised_later_is_traced():
    class Sum(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.sum = conv(), torch.ao.nn.quantized.FloatFunctional()

        def forward(self, x):
            return self.sum.add(x, self.conv(x))

    assert trace(Sum(), (2, 24))["add"].size == (5,)


PRODUCTS = {
    "vector": (192, lambda s, x: x.flatten(1) @ s.w, (192,)),
    "map and vector": (192, lambda s, x: x.permute(0, 2, 3, 1) @ s.w, (3,)),
    "einsum": (192, lambda s, x: torch.einsum("bchw,c->bhw", x, s.w), (3,)),
    "addmv": (192, lambda s, x: torch.addmv(x[0, 0, 0, :1], x.flatten(1), s.w), (192,)),
    "outer": (64, lambda s, x: torch.outer(x[0, 0, 0], x[0, 0, 1]), (1,)),
    "addr": (64, lambda s, x: torch.addr(s.w, x[0, 0, 0], x[0, 0, 1]), (8,)),
    "inner": (192, lambda s, x: torch.inner(x.reshape(24, 8), s.w), (8,)),
    "dot": (8, lambda s, x: torch.dot(x[0, 0, 0], s.w), (8,)),
    "vdot": (8, lambda s, x: torch.vdot(x[0, 0, 0], s.w), (8,)),
    "addbmm": (3 * 64 * 5, lambda s, x: torch.addbmm(x[0, 0, :, :5], x[0], s.w), (3, 8, 5)),
    "gate": (0, lambda s, x: x * x.mean((2, 3), keepdim=True), (1,)),
}


@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize("device", ["meta", "cpu"])
def test_products_with_vectors_are_counted(name, device):
    macs, function, shape = PRODUCTS[name]
    model = Fn(function)
    model.w = nn.Parameter(torch.rand(shape))
    report = trace(model, (3, 8, 8), device=device)
    assert report.macs == macs and not any(row.uncounted or row.bounds for row in report)


LSTM = 4 * (8 * 6 + 36) * 8


@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize(
    ("kind", "options", "macs"),
    [
        (nn.LSTM, {}, LSTM),
        (nn.LSTM, {"bidirectional": True}, 2 * LSTM),
        (nn.LSTM, {"num_layers": 2, "proj_size": 3}, (24 * (8 + 3) + 18 + 24 * (3 + 3) + 18) * 8),
        (nn.GRU, {}, LSTM * 3 // 4),
        (nn.RNN, {"nonlinearity": "relu"}, LSTM // 4),
    ],
)
def test_recurrent_layers_are_counted(kind, options, macs, device):
    report = trace(Fn(lambda s, x: s.r(x.mean(1))[0], r=kind(8, 6, **options)), (3, 8, 8), device=device)
    assert report.macs == report["r"].macs == macs
    assert report["r"].parameters == report.parameters


NAMED = {
    "bilinear": (lambda s, x: s.m(x[:, 0], x[:, 1]), nn.Bilinear(8, 8, 2), "Bilinear"),
    "distances": (lambda s, x: s.m(torch.cdist(x, x)), nn.ReLU(), "cdist_forward"),
    "inverse": (lambda s, x: s.m(torch.linalg.inv(x)), nn.ReLU(), "linalg_inv_ex"),
    "Fourier": (lambda s, x: s.m(torch.fft.rfft(x).abs()), nn.ReLU(), "fft_r2c"),
}


@pytest.mark.parametrize("name", NAMED)
def test_what_multiplies_and_is_not_counted_is_named(name):
    function, module, op = NAMED[name]
    report = trace(Fn(function, m=module), (3, 8, 8))
    row = next(row for row in report if row.uncounted)
    assert op in (row.op, *row.uncounted) and row.macs == 0 and " ? " in str(report)
    assert any(note.startswith("MACs of ") and note.endswith(" are not counted.") for note in report.notes)
    assert row.to_dict()["uncounted"]


def test_deformable_convolutions_are_counted():
    with torch.library._scoped_library("torchvision", "FRAGMENT") as library:
        library.define("deform_conv2d(Tensor input, Tensor weight, Tensor offset) -> Tensor")
        library.impl("deform_conv2d", lambda x, w, o: x.new_empty(1, w.shape[0], *x.shape[2:]), "Meta")
        library.impl("deform_conv2d", lambda x, w, o: x.new_zeros(1, w.shape[0], *x.shape[2:]), "CPU")
        net = Fn(lambda s, x: torch.ops.torchvision.deform_conv2d(x, s.w, x))
        net.w = nn.Parameter(torch.rand(4, 3, 3, 3))
        report = trace(net, (3, 8, 8))
    assert report.macs == 3 * 4 * 9 * 64 and report.output.status == "bound" and not report.output.uncounted


class Recurrent(nn.Module):
    def __init__(self, kind, options):
        super().__init__()
        self.first, self.run = nn.Conv1d(2, 4, 3, padding=1), kind(4, 3, **options)
        self.first_of_batch = options.get("batch_first", False)

    def forward(self, x):
        y = self.first(x).movedim(1, 2) if self.first_of_batch else self.first(x).permute(2, 0, 1)
        out = self.run(y)[0]
        return out.movedim(1, 2) if self.first_of_batch else out.permute(1, 2, 0)


BOTH = {"bidirectional": True}


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("options", [{}, {"batch_first": True}, BOTH, {"num_layers": 2} | BOTH, {"bias": False}])
def test_recurrent_layers_read_what_they_read_step_by_step(kind, options):
    """Forward up to a unit, backward from it on, unit by unit and channel by channel."""
    report = trace(Recurrent(kind, options), (2, 9))
    layers, both = options.get("num_layers", 1), options.get("bidirectional")
    for t in range(9):
        forward, backward = range(min(t + 2, 9)), range(max(t - 1, 0), 9)
        expected = [range(9)] * 2 if layers > 1 and both else [forward, backward if both else forward]
        for channel, box in zip((0, -1), expected, strict=True):
            assert report.box("", t, channel=channel % (6 if both else 3)) == (box,)


def test_a_state_carries_what_it_read_and_a_wrong_input_is_refused():
    def forward(s, x):
        y = x.permute(2, 0, 1)
        return s.r(y[3:5], s.r(y[:3])[1])[1].permute(1, 2, 0)

    report = trace(Fn(forward, r=nn.GRU(2, 3, 2)), (2, 9))
    assert report.traced.box(report.output.name) == (range(5),)
    with pytest.raises(TraceError, match=r"in r: input\.size\(-1\) must be equal to input_size\. Expected 3, got 9"):
        trace(Fn(lambda s, x: s.r(x)[0], r=nn.GRU(3, 3)), (2, 9))


def test_a_long_recurrent_network_takes_no_time():
    model = Recurrent(nn.LSTM, {"num_layers": 2, "bidirectional": True})
    trace(model, (2, 50))
    begin = time.process_time()
    trace(model, (2, 800))
    assert time.process_time() - begin < 1


class Columns(nn.Module):
    """A convolution as a product, then a convolution."""

    def __init__(self):
        super().__init__()
        self.weight, self.conv = nn.Parameter(torch.rand(4, 27)), nn.Conv2d(4, 4, 3)

    def forward(self, x):
        n = x.shape[2] - 2
        return self.conv((self.weight @ F.unfold(x, 3)).view(1, 4, n, n))


def test_a_convolution_as_a_product_has_size_stride_and_start():
    report = trace(Columns(), (3, 32, 32))
    assert [(r.size, r.stride, r.start) for r in list(report)[1:]] == [
        ((3, 3), (1, 1), (0, 0)),
        ((5, 5), (1, 1), (0, 0)),
    ]
    assert report.box("matmul", 4, 5) == (range(4, 7), range(5, 8))


@pytest.mark.parametrize("route", ["unfold", "convolution", "views"])
def test_patches_have_size_stride_and_start(route):
    def forward(s, x):
        if route == "unfold":
            return s.linear(F.unfold(x, 8, stride=8).mT)
        if route == "convolution":
            return s.conv(x).flatten(2).mT
        c, h, w = x.shape[1:]
        return s.linear(x.view(1, c, h // 8, 8, w // 8, 8).permute(0, 2, 4, 1, 3, 5).reshape(1, h * w // 64, -1))

    report = trace(Fn(forward, linear=nn.Linear(192, 4), conv=nn.Conv2d(3, 4, 8, stride=8)), (3, 32, 48))
    out = report.output
    assert (out.shape, out.size, out.stride, out.start) == ((1, 24, 4), (8, 8), (8, 8), (0, 0))
    assert report.box(out.name, 1, 5) == (range(8, 16), range(40, 48))


def test_windows_of_attention_have_a_size():
    def forward(s, x):
        n, c = x.shape[2], x.shape[1]
        y = x.view(1, c, n // 4, 4, n // 4, 4).permute(0, 2, 4, 3, 5, 1).reshape(-1, 16, c)
        y = F.scaled_dot_product_attention(y, y, y)
        return y.view(1, n // 4, n // 4, 4, 4, c).permute(0, 5, 1, 3, 2, 4).reshape(1, c, n, n)

    out = trace(Fn(forward), (2, 24, 24)).output
    assert (out.size, out.stride, out.phases, out.status) == ((4, 4), (1, 1), 4, "exact")


def test_frames_have_a_size_and_the_headline_is_about_the_last_map():
    def forward(s, x):
        return s.c(torch.stft(x[:, 0], 64, 16, window=torch.hann_window(64), return_complex=True).abs()[:, None])

    out = trace(Fn(forward, c=nn.Conv2d(1, 4, 3, padding=1)), (1, 1600)).output
    assert (out.name, out.size, out.stride, out.start) == ("c", (96,), (16,), (-48,))
    lost = trace(Fn(lambda s, x: torch.linalg.inv(s.c(x)), c=nn.Conv2d(1, 4, 3)), (1, 9, 9)).output
    assert (lost.name, lost.status) == ("linalg_inv_ex", "bound")


def test_the_reason_why_there_is_no_size():
    report = trace(nn.Sequential(nn.Conv2d(3, 3, 3), nn.Softmax(3)), (3, 12, 16))
    assert str(report).endswith("Output 1: no size, for its units read along a whole axis, or up to where they are.")
    report = trace(nn.Sequential(nn.Conv2d(3, 4, 9, padding=4), nn.AdaptiveAvgPool2d(3)), (3, 9, 9))
    assert "Output 1: no size, for too few units are clear of the border to read a size." in str(report)
