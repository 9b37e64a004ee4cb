"""What training keeps: equal to a real run layer by layer, and what the command says."""

import json

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from convnotes.cli import main
from convnotes.tracing import TraceError, memory
from convnotes.tracing.examples import Interleaved, Rolled, UNet, resnet50

NET = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.qkv = nn.LayerNorm(16), nn.Linear(16, 48)

    def forward(self, x):
        q, k, v = (t.view(*t.shape[:2], 2, 8).transpose(1, 2) for t in self.qkv(self.norm(x)).chunk(3, -1))
        return F.scaled_dot_product_attention(q, k, v)


class Tied(nn.Module):
    """One layer used twice, an addition in place, and a map that nobody needs."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.register_buffer("shift", torch.arange(4))

    def forward(self, x):
        y = self.conv(F.gelu(self.conv(x)))
        y += x
        return y[..., self.shift]


class Reads(nn.Module):
    """Needs the numbers in a tensor, so shapes alone do not do."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        return self.conv(x) * (2 if float(x.sum()) > 0 else 1)


CASES = {
    "chain": (NET, (1, 28, 28)),
    "ResNet-50": (resnet50(), (3, 64, 64)),
    "U-Net": (UNet(), (3, 68, 68)),
    "roll": (Rolled(), (3, 16, 16)),
    "slices written": (Interleaved(), (3, 16, 16)),
    "attention": (Attention(), (10, 16)),
    "tied": (Tied(), (3, 8, 8)),
    "dropout, group norm, softmax": (
        nn.Sequential(nn.Conv2d(3, 8, 3), nn.GroupNorm(2, 8), nn.Dropout(), nn.GELU(), nn.Softmax(1)),
        (3, 12, 12),
    ),
}


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_shapes_alone_give_what_a_real_run_keeps_to_the_byte(name, mixed):
    model, size = CASES[name]
    shapes, real = (memory(model, size, batch=3, mixed=mixed, device=device) for device in ("meta", "cpu"))
    assert not shapes.real and real.real and not shapes.notes
    assert shapes.rows == real.rows and shapes.saved > 0
    assert shapes.inference == real.inference
    if not mixed:
        assert shapes.peak == real.peak


def test_what_is_kept_is_what_torchs_own_hooks_see():
    own, kept = {p.untyped_storage().data_ptr() for p in NET.parameters()}, {}

    def keep(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        out = NET(torch.zeros(32, 1, 28, 28))
    assert memory(NET, (1, 28, 28), batch=32).saved == sum(kept.values()) == 1_505_280
    assert out.shape == (32, 10)


def test_most_held_at_once_worked_by_hand():
    """Forward: input, and the map that the ReLU writes in place. Back: two gradients of the map, one of the weights."""
    net = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1, bias=False), nn.ReLU(inplace=True))
    held, unit = memory(net, (1, 10, 10)), 400
    assert held.saved == 2 * unit
    assert held.inference == 2 * unit
    assert held.peak == 4 * unit + held.gradients
    assert held.step("Adam") == held.parameters * 3 + held.peak


def test_parts_add_up_and_the_batch_multiplies():
    small, large = (memory(resnet50(), (3, 64, 64), batch=n) for n in (2, 4))
    per_channel = 8 * 26_560  # means and deviations of batch norm, two numbers a channel, whatever the batch
    assert 2 * (small.saved - per_channel) == large.saved - per_channel
    assert small["4"] + small["5"] < small.saved == small[""]
    with pytest.raises(KeyError, match="'44' keeps nothing, or is no layer of Sequential"):
        small["44"]


def test_a_model_that_needs_numbers_is_run_and_says_so():
    held = memory(Reads(), (3, 8, 8))
    assert held.real and "Run for real on the CPU" in held.notes[0]
    assert "from a real run on the CPU" in str(held)


def test_the_model_is_left_alone():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).eval()
    before = {name: t.clone() for name, t in net.state_dict().items()}
    memory(net, (3, 8, 8), batch=2)
    assert not net.training and all(torch.equal(before[name], t) for name, t in net.state_dict().items())
    assert all(p.grad is None for p in net.parameters())


def test_failures_are_told_in_a_sentence():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    with pytest.raises(TraceError, match=r"fails at input 3×3×3, batch of 1, at 1: Expected more than 1 value per ch"):
        memory(net, (3, 3, 3))
    with pytest.raises(ValueError, match="batch"):
        memory(net, (3, 8, 8), batch=0)
    with pytest.raises(TypeError, match=r"got int as the model, expected a torch\.nn\.Module"):
        memory(3, (3, 8, 8))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "kept_net.py"
    path.write_text("from torch import nn\nnet = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU())\n")
    return f"{path}:net"


def test_command(file, capsys):
    argv = ["trace", file, "--input", "1,30,30", "--train", "--batch", "4", "--verify", "--card", "1"]
    assert main(argv) == 0
    out, err = capsys.readouterr()
    assert "kept for the way back" in out and f"{4 * 4 * (30 * 30 + 8 * 28 * 28):,}" in out
    assert "In 1 GB (1·10⁹ bytes) with Adam the largest batch is " in out
    assert f"a real run on the CPU keeps the same {4 * 4 * (900 + 6272):,} bytes, layer by layer" in err


def test_the_largest_batch_fits_and_one_more_does_not(file, capsys):
    assert main(["trace", file, "--input", "1,30,30", "--train", "--card", "1"]) == 0
    told = next(line for line in capsys.readouterr().out.splitlines() if "with SGD the" in line)
    most = int(told.split("batch is ")[1].split(", ")[0].replace(",", ""))
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU())
    fits, over = (memory(net, (1, 30, 30), batch=n).step("SGD") for n in (most, most + 1))
    assert fits <= 10**9 < over


@pytest.mark.parametrize("form", ["json", "csv", "md", "latex", "html"])
def test_forms(file, capsys, form):
    assert main(["trace", file, "--input", "1,30,30", "--train", "--format", form]) == 0
    out = capsys.readouterr().out
    if form == "json":
        assert json.loads(out)["saved"] == 4 * (900 + 6272)
    else:
        assert ("25088" in out) == (form == "csv") and ("25,088" in out) == (form != "csv")
