"""What a report says: rows, formats, multiplications, verification, and that the model is left alone."""

import copy
import csv
import io
import json
import math
import re
import subprocess
import sys
import tracemalloc
import warnings
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import prune
from torch.utils.flop_counter import FlopCounterMode

import convnotes
from convnotes.tracing import Span, TraceError, local, register_rule, trace, verify
from convnotes.tracing.rules import RULES
from tests.tracing_nets import CASES, SE, Fn, UNet

BY_NAME = {case.name: case for case in CASES}


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def stem():
    return nn.Sequential(
        nn.Conv2d(3, 8, 7, stride=2, padding=3), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)
    )


def bottleneck(width, strides=(2, 2, 2)):
    """A chain with the windows of ResNet-50 v1.5 [he2016], stride on the 3×3."""
    layers, c = [nn.Conv2d(3, width, 7, 2, 3), nn.MaxPool2d(3, 2, 1)], width
    for stage, blocks in enumerate((3, 4, 6, 3)):
        for b in range(blocks):
            s = 2 if stage and not b else 1
            layers += [nn.Conv2d(c, c, 1), nn.Conv2d(c, c, 3, s, 1), nn.Conv2d(c, c, 1)]
    return nn.Sequential(*layers)


def test_importing_convnotes_imports_neither_torch_nor_numpy():
    code = "import sys, convnotes; assert not {'torch', 'numpy'} & set(sys.modules); print(convnotes.trace.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "trace\n", done.stderr


def test_unknown_attribute_of_the_package():
    with pytest.raises(AttributeError, match="module 'convnotes' has no attribute 'tracee'"):
        convnotes.tracee  # noqa: B018


def test_resnet_50_at_224_is_read_at_a_larger_input_and_checked():
    report = trace(bottleneck(8), (3, 224, 224))
    assert report.output.shape == (1, 8, 7, 7)
    assert report.output.size == (427, 427)
    assert report.output.stride == (32, 32)
    assert report.output.start == (-213, -213)
    assert report.output.read_at is not None
    assert report.output.covers and not report.output.whole
    assert "read at 3×" in str(report)


def test_a_size_that_depends_on_the_input_is_never_taken_from_a_larger_one():
    report = trace(nn.Sequential(nn.Conv2d(3, 4, 9, padding=4), nn.AdaptiveAvgPool2d(3)), (3, 12, 12))
    assert report.output.size is None and report.output.stride is None


def test_paths_and_alignment():
    case = BY_NAME["inception"]
    cat = trace(case.make(), case.size)["cat"]
    assert (cat.size, cat.path_min, cat.path_max, cat.aligned) == ((5, 5), (1, 1), (5, 5), True)
    case = BY_NAME["misaligned branches"]
    add = trace(case.make(), case.size)["add"]
    assert (add.size, add.path_min, add.path_max) == ((2, 2), (1, 1), (2, 2))
    assert add.shift == (0.5, 0.5) and not add.aligned


def test_phases_of_a_decoder():
    out = trace(UNet(), (2, 64, 64)).output
    assert out.name == "e1" and out.size is None and out.stride == (1, 1) and out.start is None
    assert out.sizes == ((22, 24, 26), (22, 24, 26)) or out.sizes[0][0] < out.sizes[0][-1]
    assert out.phases == 4


def test_fractional_stride():
    out = trace(nn.Upsample(scale_factor=2), (1, 16, 16)).output
    assert out.size == (1, 1) and [float(s) for s in out.stride] == [0.5, 0.5]
    assert out.to_dict()["stride"] == [0.5, 0.5] and out.to_dict()["start"] is None


def test_gridding_shows_in_the_rows_read():
    case = BY_NAME["gridding"]
    report = trace(case.make(), case.size)
    assert [len(r) for r in report.box("2", 0, 0)] == [13, 13]
    assert report.rows_read("2", 0, 0)[0] == (0, 2, 4, 6, 8, 10, 12)


@pytest.mark.parametrize("size", [224, (3, 8.0, 8), (True, 8, 8), ("3", 8, 8), (), (1, 2, 3, 4, 5)])
def test_an_input_size_is_one_to_four_whole_numbers(size):
    with pytest.raises(ValueError, match=r"is not \(channels, …spatial axes\): give 2 to 4 whole numbers"):
        trace(stem(), size)


def test_an_input_size_may_be_of_numpy():
    assert trace(stem(), np.array([3, 32, 32])).input == (3, 32, 32)


def nested(levels, net):
    for _ in range(levels):
        net = nn.Sequential(net)
    return net


def test_modules_nested_hundreds_of_levels_deep_are_traced_and_verified():
    limit, net = sys.getrecursionlimit(), nested(600, nn.Conv2d(1, 1, 3))
    report = trace(net, (1, 16, 16))
    assert report.output.size == (3, 3) and report.rows_read(report.output.name, 0, 0) == ((0, 1, 2), (0, 1, 2))
    assert verify(net, (1, 16, 16)).passed and verify(net, (1, 8, 8), "nan").passed
    with pytest.raises(TraceError, match="Sequential has modules in modules more than 2000 levels deep"):
        trace(nested(2001, nn.ReLU()), (1, 8, 8))
    assert sys.getrecursionlimit() == limit


def test_units_to_verify_are_named():
    with pytest.raises(ValueError, match="no choice of units 'every': choose some or all"):
        verify(stem(), (3, 32, 32), units="every")


def test_boxes_are_clipped_and_checked():
    report = trace(stem(), (3, 32, 32))
    assert report.box("3", 0, 7) == (range(6), range(23, 32))
    assert report.box("3", -1, -1) == report.box("3", 7, 7)
    with pytest.raises(IndexError, match=r"unit \(8, 0\) lies outside 3, whose dimension 2 has length 8"):
        report.box("3", 8, 0)
    with pytest.raises(ValueError, match="3 has 2 spatial axes, got the unit"):
        report.box("3", 1)
    with pytest.raises(TypeError, match=r"a position must be an integer, got 1\.5"):
        report.box("3", 0, 1.5)
    with pytest.raises(TypeError, match="a position must be an integer, got True"):
        report.box("3", 0, 0, channel=True)
    with pytest.raises(KeyError, match="no layer 'conv'; it has 0, 1, 2, 3"):
        report.box("conv", 0, 0)


def test_a_box_of_one_channel():
    case = BY_NAME["inception"]
    report = trace(case.make(), case.size)
    assert report.box("cat", 8, 8, channel=0) == (range(8, 9), range(8, 9))
    assert report.box("cat", 8, 8, channel=4) == (range(6, 11), range(6, 11))


def test_target_may_be_any_layer_or_block():
    model = nn.Sequential(stem(), nn.Conv2d(8, 8, 3), nn.Flatten(), nn.Linear(8 * 36, 5))
    assert trace(model, (3, 32, 32)).output.name == "1"
    assert trace(model, (3, 32, 32), target="0").output.size == (11, 11)
    assert trace(model, (3, 32, 32), target="0.0").output.size == (7, 7)
    with pytest.raises(TraceError, match="no layer 'o'; "):
        trace(model, (3, 32, 32), target="o")


def test_the_last_map_is_the_target_although_maxima_were_put_back():
    def unpool(s, x):
        y, at = F.max_pool2d(s.a(x), 2, return_indices=True)
        return F.max_unpool2d(y, at, 2)

    report = trace(Fn(unpool, a=nn.Conv2d(2, 2, 3)), (2, 12, 12))
    assert (report.output.name, report.output.shape) == ("max_unpool2d", (1, 2, 10, 10))
    assert report.output.bounds == ("max_unpool2d",) and report.box("max_unpool2d", 0, 0) == (range(12), range(12))


def test_rows_that_read_everything_are_not_off_by_anything():
    model = Fn(lambda s, x: F.group_norm(s.a(x) + s.b(x), 1), a=nn.Conv2d(2, 2, 2, 2), b=nn.Conv2d(2, 2, 1, 2))
    report = trace(model, (2, 16, 16))
    assert not report["add"].aligned and report["group_norm"].whole and report["group_norm"].aligned


def test_tied_parameters_count_once_and_unused_ones_are_told():
    shared = nn.Conv2d(2, 2, 3, padding=1)
    model = nn.Sequential(shared, nn.ReLU(), shared)
    report = trace(model, (2, 8, 8))
    assert report.parameters == sum(p.numel() for p in model.parameters()) == sum(r.parameters for r in report)
    assert [r.name for r in report] == ["0", "1", "0:2"] and report["0:2"].parameters == 0
    assert report["0:2"].size == (5, 5)
    model.spare = nn.Linear(3, 3)
    unused = trace(Fn(lambda s, x: s.a(x), a=nn.Conv2d(2, 2, 3), spare=nn.Linear(3, 3)), (2, 8, 8))
    assert "12 parameters belong to modules that this forward does not call." in unused.notes


@pytest.mark.parametrize("case", [c for c in CASES if c.device == "meta"], ids=lambda c: c.name)
def test_rows_add_up_and_multiplications_are_half_the_flops(case):
    model = case.make()
    report = trace(model, case.size)
    unused = [int(n.split()[0]) for n in report.notes if "does not call" in n]
    assert sum(unused) + sum(r.parameters for r in report) == report.parameters
    assert report.parameters == sum(p.numel() for p in model.parameters())
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        copy.deepcopy(model).eval().to("meta")(torch.zeros(1, *case.size, device="meta"))
    assert 2 * report.macs == counter.get_total_flops()


class Touchy(nn.Module):
    """Everything that a tool may disturb: modes, flags, buffers, hooks, in-place work, an attribute that counts."""

    def __init__(self, fail=False):
        super().__init__()
        self.conv, self.norm, self.drop = nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2), nn.Dropout()
        self.conv.weight.requires_grad_(False)
        self.norm.eval()
        self.calls, self.seen, self.fail = 0, [], fail
        self.register_buffer("steps", torch.zeros(1))
        self.conv.register_forward_hook(lambda m, i, o: None)

    def forward(self, x):
        self.calls += 1
        self.seen.append(tuple(x.shape))
        self.steps += 1
        y = F.relu(self.drop(self.norm(self.conv(x))), inplace=True)
        if self.fail == "numbers":
            return y * float(y.sum() > 0)
        return y.view(3) if self.fail else y


def state(model):
    """All of a model that tracing must leave alone."""
    tensors = {
        n: (id(t), t._version, t.requires_grad, t.device, t.clone())
        for n, t in [*model.named_parameters(), *model.named_buffers()]
    }
    modules = {
        n: (
            id(m),
            m.training,
            len(m._forward_hooks),
            len(m._forward_pre_hooks),
            len(m._backward_hooks),
            sorted(vars(m)),
        )
        for n, m in model.named_modules()
    }
    return tensors, modules, (model.calls, list(model.seen))


@pytest.mark.parametrize("fail", [False, True, "numbers"])
def test_the_model_is_left_alone(fail):
    model = Touchy(fail)
    before, rng = state(model), torch.get_rng_state()
    switch = torch.backends.mha.get_fastpath_enabled()
    for call in (trace, verify):
        if fail is True:
            with pytest.raises(TraceError, match="at view of 1×2×6×6"):
                call(model, (2, 8, 8))
        else:
            call(model, (2, 8, 8))
    after = state(model)
    assert after[1:] == before[1:]
    for name, (*facts, values) in before[0].items():
        *now, values_now = after[0][name]
        assert facts == now and torch.equal(values, values_now)
    assert torch.equal(rng, torch.get_rng_state())
    assert torch.backends.mha.get_fastpath_enabled() == switch and torch.is_grad_enabled()
    assert not torch.nn.modules.module._global_forward_hooks


class Prepared(nn.Module):
    """A module whose own method is a hook, and does part of the work."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 2, 3)
        self.register_forward_pre_hook(self.pad)

    def pad(self, module, args):
        return (F.pad(args[0], (2, 2, 2, 2)),)

    def forward(self, x):
        return self.conv(x)


def test_hooks_that_may_write_anywhere_are_not_called_and_this_is_told():
    seen, model = [], nn.Sequential(nn.Conv2d(2, 2, 3), nn.ReLU())
    model[0].register_forward_hook(lambda module, args, output: seen.append(output))
    model.register_forward_pre_hook(lambda module, args: seen.append(args))
    everywhere = torch.nn.modules.module.register_module_forward_hook(lambda *all: seen.append(all))
    try:
        report = trace(model, (2, 8, 8))
        assert verify(model, (2, 8, 8)).passed and verify(model, (2, 8, 8), "nan").passed
        assert seen == []
        assert report.notes == (
            "2 forward hooks are not called, for a hook may write anywhere; "
            "what it changes in the output is not in these numbers.",
        )
        model(torch.rand(1, 2, 8, 8))
        assert len(seen) == 5
    finally:
        everywhere.remove()
    assert not torch.nn.modules.module._global_forward_hooks


def test_a_forward_that_needs_a_hook_says_that_it_was_not_called():
    kept, model = [], Fn(lambda s, x: s.a(x) + kept[0], a=nn.Conv2d(2, 2, 3))
    model.a.register_forward_hook(lambda module, args, output: kept.append(output))
    with pytest.raises(TraceError) as raised:
        trace(model, (2, 8, 8))
    assert "list index out of range (test_tracing_report.py, line" in str(raised.value)
    assert str(raised.value).endswith(
        "; 1 forward hook is not called, for a hook may write anywhere: "
        "if the forward needs what a hook keeps, make the hook a method of a module"
    )
    assert kept == []
    with pytest.raises(TraceError, match=r"got 3 channels and expects 2$"):
        trace(model.a, (3, 8, 8))


def test_hooks_that_are_part_of_the_model_are_called():
    assert trace(Prepared(), (2, 8, 8)).output.shape == (1, 2, 10, 10)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the old form of weight normalisation, which is made of a hook
        normalised = torch.nn.utils.weight_norm(nn.Conv2d(2, 2, 3))
    pruned = prune.l1_unstructured(nn.Conv2d(2, 2, 5), "weight", 3)
    report = trace(nn.Sequential(normalised, pruned), (2, 12, 12))
    assert report.output.size == (7, 7) and report.notes == ()


def test_the_first_trace_waits_for_no_compiler():
    code = """
import sys
import tracemalloc
import torch
others = set(sys.modules)
from convnotes.tracing import trace
from convnotes.tracing.examples import LARGE
for make, size in LARGE.values():
    before = set(sys.modules)
    with torch.device("meta"):
        model = make()
    others |= set(sys.modules) - before  # torch 2.6 loads sympy to make a model without numbers
    trace(model, size)
print(sorted({"sympy", "torch._dynamo", "torch._inductor"} & (set(sys.modules) - others)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_numbers_that_steer_the_forward_are_computed_on_the_cpu():
    report = trace(Touchy("numbers"), (2, 8, 8))
    assert report.device == "cpu" and (report.output.status, report.output.whole) == ("bound", True)
    assert report["conv"].size == (3, 3) and report["conv"].status == "exact"
    assert report.notes[0].startswith(
        "Run on the CPU, for this input only: the model asks for the numbers in a tensor ("
    )


def test_arguments_beside_the_input():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(2, 2, 3), nn.Conv2d(2, 2, 5)

        def forward(self, x, scale, wide=False):
            return (self.b if wide else self.a)(x) * scale

    assert trace(Two(), (2, 9, 9), args=[2.0]).output.size == (3, 3)
    assert trace(Two(), (2, 9, 9), args=[torch.ones(1)], kwargs={"wide": True}).output.size == (5, 5)


def test_outputs_of_any_kind_that_holds_a_tensor():
    for wrap in (lambda y: (y, None), lambda y: {"out": y, "n": 3}, lambda y: [[y]]):
        report = trace(Fn(lambda s, x, w=wrap: w(s.a(x)), a=nn.Conv2d(2, 2, 3)), (2, 9, 9))
        assert report.output.size == (3, 3)


def test_half_precision_and_weight_normalised_layers():
    assert trace(stem().half(), (3, 32, 32)).output.size == (11, 11)
    model = nn.Sequential(torch.nn.utils.parametrizations.weight_norm(nn.Conv2d(2, 2, 3)), nn.ReLU())
    report = trace(model, (2, 9, 9))
    assert report.output.size == (3, 3) and report.parameters == sum(p.numel() for p in model.parameters())


def test_decorated_with_inference_mode():
    class Inferring(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(2, 2, 3), nn.Linear(7, 4)

        @torch.inference_mode()
        def forward(self, x):
            return F.layer_norm(self.b(F.relu(self.a(x))), (4,))

    report = trace(Inferring(), (2, 9, 9))
    assert not any(row.bounds for row in report)
    assert report.macs == 2 * 2 * 9 * 49 + 2 * 7 * 7 * 4


def test_an_operation_without_a_rule_is_a_flagged_bound_until_it_has_one():
    @torch.library.custom_op("convnotes_test::blur", mutates_args=())
    def blur(x: torch.Tensor) -> torch.Tensor:
        return x * 2

    blur.register_fake(torch.empty_like)
    model = Fn(lambda s, x: s.b(blur(s.a(x))), a=nn.Conv2d(2, 2, 3), b=nn.Conv2d(2, 2, 3))
    report = trace(model, (2, 12, 12))
    assert report.output.status == "bound" and report.output.bounds == ("convnotes_test::blur",) and report.output.whole
    assert any("no exact rule for convnotes_test::blur" in note for note in report.notes)
    register_rule("convnotes_test::blur", local)
    try:
        assert trace(model, (2, 12, 12)).output.size == (5, 5)
    finally:
        RULES.pop("convnotes_test::blur")


def test_a_rule_that_is_wrong_gives_a_bound_and_no_number():
    register_rule("aten::erfinv", lambda call: Span((), None))
    try:
        out = trace(Fn(lambda s, x: torch.erfinv(x)), (2, 5, 5)).output
    finally:
        RULES.pop("erfinv")
    assert out.status == "bound" and out.bounds == ("erfinv",)


def test_too_large_to_write_out_is_a_bound():
    model = Fn(lambda s, x: s.a(x).flatten(1) * 2, a=nn.Conv2d(2, 64, 3, padding=1))
    row = trace(model, (2, 200, 200)).rows[-1]
    assert row.status == "bound"


def test_a_weight_of_zero_is_a_tap():
    blank = nn.Conv2d(1, 1, 3)
    nn.init.zeros_(blank.weight)
    assert trace(blank, (1, 8, 8)).output.size == (3, 3)


def test_a_maximum_that_stays_a_tensor_makes_no_bound():
    model = Fn(lambda s, x: s.a(x) / x.abs().max(), a=nn.Conv2d(1, 4, 3, padding=1))
    assert trace(model, (1, 32, 32)).rows[-1].status == "whole"


def test_squeeze_and_excitation_reads_everything_and_batch_norm_does_not():
    model = nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), SE(4))
    report = trace(model, (2, 16, 16))
    assert report["1"].size == (3, 3) and report["2.mul"].whole and report["2.mul"].status == "whole"
    assert report["2.mul"].path_min is None and report.output.size is None


REPORT_CASES = ("resnet", "u-net", "1-d", "3-d", "squeeze and excitation", "grid sample")


@pytest.mark.parametrize("name", REPORT_CASES)
def test_formats_parse_back(name):
    case = BY_NAME[name]
    report = trace(case.make(), case.size)
    names = [row.name for row in report]
    rows = list(csv.DictReader(io.StringIO(report.to("csv"))))
    assert [r["layer"] for r in rows] == names
    assert sum(int(r["MACs"]) for r in rows) == report.macs
    text = report.to("text").split("\n\n")[0].splitlines()
    assert [line.split()[0] for line in text[1:]] == names
    lines = report.to("md").split("\n\n")[0].splitlines()
    assert [line.split(" | ")[0].removeprefix("| ").replace("\\", "") for line in lines[2:]] == names
    assert len({len(re.split(r"(?<!\\)\|", line)) for line in lines}) == 1
    body = [line for line in report.to("latex").splitlines() if line.endswith(r"\\")][1:]
    assert [line.split(" & ")[0].replace(r"\_", "_") for line in body] == names
    assert html_cells(report.to("html"))[0::11][1:] == names
    assert json.loads(report.to("json")) == report.to_dict()


def html_cells(text):
    class Reader(HTMLParser):
        cells, inside = [], False

        def handle_starttag(self, tag, attrs):
            if tag in ("td", "th"):
                self.inside = True
                self.cells.append("")

        def handle_endtag(self, tag):
            self.inside = self.inside and tag not in ("td", "th")

        def handle_data(self, data):
            if self.inside:
                self.cells[-1] += data

    reader = Reader()
    reader.cells = []
    reader.feed(text)
    return reader.cells


def test_the_dictionary_has_the_documented_keys():
    report = trace(stem(), (3, 32, 32))
    plain = report.to_dict()
    assert list(plain) == ["model", "input", "parameters", "macs", "output", "layers"]
    assert list(plain["output"]) == ["name", "shape", "size", "stride", "start", "sizes", "whole", "status"]
    assert list(plain["layers"][0]) == [
        "name",
        "op",
        "shape",
        "parameters",
        "macs",
        "uncounted",
        "size",
        "stride",
        "start",
        "whole",
        "status",
    ]
    assert plain["output"] == {
        "name": "3",
        "shape": [1, 8, 8, 8],
        "size": [11, 11],
        "stride": [4, 4],
        "start": [-5, -5],
        "sizes": [[11], [11]],
        "whole": False,
        "status": "exact",
    }
    assert plain["layers"][0]["macs"] == math.prod((8, 16, 16, 3, 7, 7))
    assert report._repr_html_().startswith("<iframe title=")
    assert len(report) == 4


@pytest.mark.parametrize("name", ["vgg", "u-net", "1-d", "3-d", "grid sample", "dilated pool"])
@pytest.mark.parametrize("method", ["gradient", "nan"])
def test_verify_agrees(name, method):
    case = BY_NAME[name]
    found = verify(case.make(), case.size, method)
    assert found.passed and len(found.checks) > 2, found


def test_deep_in_a_network_one_unit_stands_for_all():
    report = trace(nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=1) for _ in range(20))), (1, 16, 12))
    assert [row.whole for row in report].index(True) == 14
    assert all(v[0].size == 1 for v in report.traced.entry("19").span.arrays)
    assert report.box("19", 0, 11) == report.box("19", 15, 0) == (range(16), range(12))


def test_where_a_larger_input_would_take_too_much_there_is_no_size(monkeypatch):
    net = nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=1) for _ in range(4)))
    assert trace(net, (1, 8, 8)).output.size == (9, 9)
    monkeypatch.setattr("convnotes.tracing.summarise.MOST_GROWN", 1000)
    assert trace(net, (1, 8, 8)).output.size is None


def test_verify_follows_weights_that_modules_compute():
    """A module that returns a constant, here a weight, is none of the rows."""
    net = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Conv1d(2, 2, 3)), nn.ReLU())
    assert verify(net, (2, 16)).passed


def test_verify_all_units_and_a_target():
    found = verify(stem(), (3, 24, 20), target="0", units="all")
    assert found.passed and len(found.checks) == 12 * 10


def test_verify_finds_a_wrong_rule():
    right = RULES["max_pool2d_with_indices"]
    RULES["max_pool2d_with_indices"] = lambda call: [call.tracked().map(lambda v: v[:, :, :, ::2, ::2])] * 2
    try:
        found = verify(BY_NAME["vgg"].make(), (2, 16, 16), target="4")
    finally:
        RULES["max_pool2d_with_indices"] = right
    assert not found.passed
    assert "the report says" in str(found)


@pytest.mark.parametrize("method", ["gradient", "nan"])
def test_verify_of_pooling_without_a_batch(method):
    model = Fn(lambda s, x: s.b(F.max_pool2d(s.a(x)[0], 3, 2, 1)[None]), a=nn.Conv2d(2, 2, 3), b=nn.Conv2d(2, 2, 2))
    found = verify(model, (2, 15, 14), method, units="all")
    assert found.passed and len(found.checks) == 6 * 5, found


def test_pooling_of_sequences_is_named_as_it_was_written():
    model = Fn(lambda s, x: F.adaptive_avg_pool1d(F.avg_pool1d(F.max_pool1d(s.a(x), 2), 2), 3), a=nn.Conv1d(2, 4, 3))
    assert [row.op for row in trace(model, (2, 30)).rows[1:4]] == ["max_pool1d", "avg_pool1d", "adaptive_avg_pool1d"]
    model = Fn(lambda s, x: F.max_pool2d(s.a(x).unflatten(2, (4, 7)), 2), a=nn.Conv1d(2, 4, 3))
    assert "max_pool2d" in [row.op for row in trace(model, (2, 30)).rows]


def test_verify_refuses_another_method():
    with pytest.raises(ValueError, match="no method 'guess': choose gradient or nan"):
        verify(stem(), (3, 16, 16), "guess")


def test_verify_by_gradient_needs_one():
    model = Fn(torch.no_grad()(lambda s, x: s.a(x)), a=nn.Conv2d(2, 2, 3))
    with pytest.raises(TraceError, match="no gradient reaches the input: verify with the method nan"):
        verify(model, (2, 8, 8))
    assert verify(model, (2, 8, 8), "nan").passed


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: nn.LazyConv2d(4, 3), "lazy modules without parameters yet: run it once"),
        (lambda: torch.jit.trace(nn.Conv2d(3, 4, 3), torch.rand(1, 3, 9, 9)), "compiled by torch.jit"),
    ],
)
@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore:Lazy modules", "ignore:.torch.jit.trace.:FutureWarning"
)
def test_models_without_operations_or_parameters_are_refused(make, why):
    with pytest.raises(TraceError, match=why):
        trace(make(), (3, 9, 9))


@pytest.mark.parametrize("last", [nn.Softmax(1), nn.LayerNorm([4, 1, 1])], ids=["softmax", "normalised"])
def test_verify_by_gradient_where_the_channels_add_up_to_a_constant(last):
    net = nn.Sequential(nn.Conv2d(3, 4, 3, stride=4), last)
    size = (3, 3, 3) if isinstance(last, nn.LayerNorm) else (3, 11, 11)
    assert verify(net, size, "gradient").passed


def test_an_empty_map_is_told():
    with pytest.raises(TraceError, match="has no elements at this input: its shape is 1×4×0×0"):
        trace(nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(0)), (3, 9, 9))


class Pairs(nn.Module):
    """What each pair of pixels has in common, as the scores of attention, in another shape."""

    def forward(self, x):
        tokens = x.flatten(2)
        return torch.unsqueeze(tokens.mT @ tokens, 1)


def test_many_pairs_in_another_shape_stay_exact():
    report = trace(Pairs(), (1, 33, 33))
    assert not report.output.bounds
    assert report.output.shape == (1, 1, 33**2, 33**2)


def test_too_many_pairs_make_a_flagged_bound_instead_of_gigabytes():
    tracemalloc.start()
    report = trace(Pairs(), (1, 64, 64))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.output.bounds == ("a union of too many pairs",)
    assert peak < 10e6


def test_memory_given_back_is_no_row_and_writes_no_base():
    def spared(self, x):
        half = x[:, :1]
        y = x + 1
        half.set_()
        return x + y

    report = trace(Fn(spared), (2, 8, 8))
    assert report.output.size == (1, 1) and not report.output.bounds
