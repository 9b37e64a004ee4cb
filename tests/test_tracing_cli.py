# ruff: noqa: E501  (the sentences stand on one line each)
"""`convnotes trace` at a terminal: what it prints, what it refuses, and with which exit status."""

import csv
import io
import json
import subprocess
import sys
import time

import pytest

from convnotes.cli import main
from convnotes.cli.terminal import Progress

NETS = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 7, stride=2, padding=3)
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.head = nn.Linear(8 * 16 * 16, classes)

    def forward(self, x):
        x = self.pool(torch.relu(self.stem(x)))
        return self.head(x.flatten(1))

made = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())
number = 3
state = made.state_dict()

def factory():
    return nn.Conv2d(1, 1, 5)

def nothing():
    pass

def needy(depth):
    return factory()

def broken():
    raise RuntimeError("no weights here")

class Words(nn.Module):
    def forward(self, x):
        return "words"

class Constant(nn.Module):
    def forward(self, x):
        return torch.ones(3)
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "nets.py"
    path.write_text(NETS)
    return path


def run(capsys, *argv):
    try:
        status = main([str(a) for a in argv])
    except SystemExit as stop:
        status = stop.code
    out, err = capsys.readouterr()
    return status, out, err


def test_text(file, capsys):
    status, out, err = run(capsys, "trace", f"{file}:Net", "--input", "3,64,64")
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert lines[0].split() == [
        "layer",
        "op",
        "output",
        "parameters",
        "MACs",
        "size",
        "stride",
        "start",
        "paths",
        "aligned",
        "status",
    ]
    assert lines[3].split() == ["pool", "MaxPool2d", "8×16×16", "0", "0", "11", "4", "−5", "11", "yes", "exact"]
    assert lines[4].split() == ["head", "Linear", "10", "20,490", "20,480", "all", "–", "–", "–", "yes", "whole"]
    assert "Output pool: receptive field 11, stride 4, start −5." in out
    assert "\033" not in out


def test_a_module_a_factory_and_a_target(file, capsys):
    assert run(capsys, "trace", f"{file}:made", "--input", "3,8,8")[0] == 0
    assert "receptive field 5" in run(capsys, "trace", f"{file}:factory", "--input", "1,9,9")[1]
    assert (
        "Output stem: receptive field 7"
        in run(capsys, "trace", f"{file}:Net", "--input", "3,64,64", "--target", "stem")[1]
    )


@pytest.mark.parametrize("form", ["text", "md", "csv", "latex", "html", "json"])
def test_every_format(file, capsys, form):
    status, out, err = run(capsys, "trace", f"{file}:Net", "--input", "3,64,64", "--format", form)
    assert (status, err) == (0, "")
    if form == "json":
        assert json.loads(out)["output"]["size"] == [11, 11]
    elif form == "csv":
        assert [r["layer"] for r in csv.DictReader(io.StringIO(out))] == ["stem", "relu", "pool", "head"]
    else:
        assert "pool" in out


def test_checks(file, capsys):
    command = ["trace", f"{file}:Net", "--input", "3,64,64"]
    assert run(capsys, *command, "--min-field", 11)[0] == 0
    status, _, err = run(capsys, *command, "--min-field", 12)
    assert (status, err) == (1, "the field of pool is 11, less than the 12 asked for\n")
    status, _, err = run(capsys, *command, "--min-field", 0)
    assert status == 2 and "'0' is no whole number from 1 on" in err
    status, _, err = run(capsys, *command, "--verify")
    assert (status, err) == (0, "9 of 9 units of pool agree (gradient)\n")
    status, _, err = run(capsys, *command, "--target", "head", "--min-field", 64)
    assert (status, err) == (0, "")


@pytest.mark.parametrize(
    ("spec", "size", "sentence"),
    [
        ("missing.py:Net", "3,64,64", "no file 'missing.py': give FILE.py:NAME, the path of a Python file and a name in it"),
        ("{file}:Nat", "3,64,64", "nets.py has no 'Nat'; it has the models Net, made, Words, Constant"),
        ("{file}", "3,64,64", "nets.py has the models Net, made, Words, Constant: say which as nets.py:NAME"),
        ("{file}:number", "3,64,64", "number in nets.py is of type int, expected a torch.nn.Module, its class or a factory"),
        ("{file}:nothing", "3,64,64", "nothing() in nets.py returned None, expected a torch.nn.Module"),
        ("{file}:needy", "3,64,64", "needy in nets.py needs depth: give them as 'needy(depth=…)'"),
        ("{file}:broken", "3,64,64",
         'broken() in nets.py raised RuntimeError: no weights here (nets.py, line 30: raise RuntimeError("no weights here"))'),
        ("{file}:made", "1,64,64", "Sequential fails at input 1×64×64 in 0, at convolution, which got 1 channels and expects 3"),
        ("{file}:Words", "3,8,8", "Words returned str, expected a tensor, or a tuple, list or dict that holds one"),
        ("{file}:Constant", "3,8,8", "nothing that Constant computes reads its input, so there is no receptive field"),
        ("{file}:made", "3,0,8", "input size (3, 0, 8) is empty: every number must be at least 1"),
        ("{file}:made", "1,2,3,4,5", "input size (1, 2, 3, 4, 5) is not (channels, …spatial axes): give 2 to 4 whole numbers, "
         "such as 3,224,224, without the batch, or a single one for a flat input"),
        ("{file}:Net.stem.weights", "3,8,8", "Net.stem in nets.py has no 'weights'; it has no modules"),
        ("{file}:Net.stam", "3,8,8", "Net in nets.py has no 'stam'; it has stem, pool, head"),
        ("{file}:Net(strange=3)", "3,8,8", "Net(strange=3) in nets.py raised TypeError: Net.__init__() got an unexpected keyword "
         "argument 'strange'"),
        ("{file}:Net(", "3,8,8", "a model is NAME, NAME(argument=value) or NAME.attribute, got 'Net('"),
        ("{file}:state", "3,8,8", "state in nets.py is of type OrderedDict, expected a torch.nn.Module, its class or a factory: "
         "a state dict has no forward"),
        ("weights.pt", "3,8,8", "weights.pt holds saved numbers, as a state dict does, and no forward: name the code of the model, "
         "FILE.py:NAME or package.module:NAME"),
    ],
)  # fmt: skip
def test_one_sentence_for_bad_input(file, capsys, spec, size, sentence):
    status, out, err = run(capsys, "trace", spec.format(file=file), "--input", size)
    assert (status, out, err) == (2, "", f"convnotes: {sentence}\n")


def test_files_that_cannot_be_run(tmp_path, capsys):
    for text, sentence in [
        ("x = (", "bad.py, line 1: '(' was never closed"),
        (
            "import nowhere_at_all",
            "bad.py raised ModuleNotFoundError: No module named 'nowhere_at_all' (bad.py, line 1: import nowhere_at_all)",
        ),
        ("import sys\nsys.exit(3)", "bad.py ended by itself (sys.exit) when it was run"),
    ]:
        bad = tmp_path / "bad.py"
        bad.write_text(text)
        assert run(capsys, "trace", f"{bad}:Net", "--input", "3,8,8") == (2, "", f"convnotes: {sentence}\n")


ENDING = """
import sys
from torch import nn

class Init(nn.Module):
    def __init__(self):
        super().__init__()
        sys.exit(0)

class Forward(nn.Module):
    def forward(self, x):
        sys.exit(0)

class Copied(nn.Module):
    def __deepcopy__(self, memo):
        sys.exit(0)

class Stopped(nn.Module):
    def forward(self, x):
        raise KeyboardInterrupt

class Once(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 1, 3)
    def forward(self, x):
        if x.dtype.itemsize == 8:
            sys.exit(0)  # where it is verified, in double precision
        return self.conv(x)

class Listed(nn.Module):
    def modules(self):
        sys.exit(0)
"""


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("Init", 2, "Init() in ending.py raised SystemExit: it called sys.exit(0) (ending.py, line 8: sys.exit(0))"),
        ("Forward", 2, "Forward fails at input 3×8×8: it called sys.exit(0) (ending.py, line 12: sys.exit(0))"),
        ("Copied", 2, "Copied cannot be copied (it called sys.exit(0)), and only a copy is traced"),
        ("Listed", 2, "the model ended the program: it called sys.exit(0)"),
        ("Stopped", 130, "interrupted"),
    ],
)  # fmt: skip
def test_a_model_that_ends_the_program_passes_no_check(tmp_path, capsys, name, status, sentence):
    file = tmp_path / "ending.py"
    file.write_text(ENDING)
    got = run(capsys, "trace", f"{file}:{name}", "--input", "3,8,8", "--verify", "--min-field", 9999)
    assert got == (status, "", f"convnotes: {sentence}\n")


def test_a_model_that_ends_the_program_while_it_is_verified_is_not_verified(tmp_path, capsys):
    file = tmp_path / "ending.py"
    file.write_text(ENDING)
    status, _, err = run(capsys, "trace", f"{file}:Once", "--input", "3,8,8", "--verify")
    assert (status, err) == (1, "not verified: the network cannot be run to verify it: it called sys.exit(0)\n")


def test_a_model_that_fails_at_this_size_shows_the_rows_before(file, capsys):
    status, out, err = run(capsys, "trace", f"{file}:Net", "--input", "3,96,96")
    assert status == 2
    assert [line.split()[0] for line in out.splitlines()[1:4]] == ["stem", "relu", "pool"]
    assert err.startswith("convnotes: Net fails at input 3×96×96 in head, at addmm of 10 and 1×4608 and 2048×10: ")
    assert err.endswith("(nets.py, line 14: return self.head(x.flatten(1)))\n")


def test_bad_usage_and_debug(file, capsys):
    status, _, err = run(capsys, "trace", f"{file}:Net", "--input", "3,a")
    assert status == 2 and "'3,a' is no input size: give whole numbers separated by commas, such as 3,224,224" in err
    assert run(capsys, "trace")[0] == 2
    with pytest.raises(Exception, match=r"no file 'no\.py'"):
        main(["trace", "no.py:Net", "--input", "3,8,8", "--debug"])


PACKAGE = {
    "shop/__init__.py": "",
    "shop/parts/__init__.py": "",
    "shop/parts/blocks.py": "from torch import nn\n\ndef block(n):\n    return nn.Conv2d(3, 4, n)\n",
    "shop/net.py": """
from torch import nn
from .parts.blocks import block
import beside

class Lit(nn.Module):
    def __init__(self, kernel=3, deep=False):
        super().__init__()
        self.backbone = nn.Sequential(block(kernel), *([nn.Conv2d(4, 4, beside.WIDE)] if deep else []))
    def forward(self, x):
        import beside as again
        return self.backbone(x)

class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = block(5)
    def forward(self, image, mask):
        return self.conv(image) * mask

class OfADict(Two):
    def forward(self, batch):
        return super().forward(batch["image"], batch["mask"])

class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.conv = nn.Embedding(9, 4), nn.Conv1d(4, 2, 3)
    def forward(self, tokens):
        return self.conv(self.table(tokens).mT)

flat = nn.Linear(784, 10)
""",
    "beside.py": "WIDE = 5\n",
    "loose/blocks.py": "K = 7\n",
    "loose/net.py": "from torch import nn\nfrom .blocks import K\nnet = nn.Conv2d(3, 4, K)\n",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in PACKAGE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("shop", "beside", "loose", "net", "again"):
            del sys.modules[name]


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("shop.net:Lit", "receptive field 3,"),
        ("shop.net:Lit(kernel=5)", "receptive field 5,"),
        ("shop.net:Lit(5, deep=True).backbone", "receptive field 9,"),
        ("shop.net:Lit.backbone", "receptive field 3,"),
        ("shop/net.py:Lit", "receptive field 3,"),
        ("loose/net.py:net", "receptive field 7,"),
        ("loose/net.py", "receptive field 7,"),
        (
            "shop.nat:Lit",
            "no module 'shop.nat' can be imported from {folder}: give FILE.py:NAME or package.module:NAME",
        ),
        ("shopp.net:Lit", "no module 'shopp' can be imported from {folder}: give FILE.py:NAME or package.module:NAME"),
        ("shop.net:Lot", "shop.net has no 'Lot'; it has the models Lit, Two, OfADict, Tokens, flat"),
    ],
)
def test_models_are_named_as_one_types_them(folder, capsys, model, told):
    _, out, err = run(capsys, "trace", model, "--input", "3,32,32")
    assert told.format(folder=folder) in (out + err)


@pytest.mark.parametrize("name", ["Two", "OfADict"])
def test_several_inputs(folder, capsys, name):
    sizes = ["--input", "image=3,32,32", "--input", "mask=1,28,28"]
    status, out, err = run(capsys, "trace", f"shop.net:{name}", *sizes, "--verify")
    assert (status, err) == (0, "9 of 9 units of mul agree (gradient)\n")
    assert "Output mul: receptive field 5, stride 1, start 0." in out
    assert "Inputs: image 3×32×32, mask 1×28×28. Fields are those in image; the others are constants." in out
    status, _, err = run(capsys, "trace", f"shop.net:{name}", "--input", "3,32,32", "--input", "1,28,28")
    assert (status, err) == (2, "convnotes: of several inputs each needs a name of its own: "
                                "--input image=3,224,224 --input mask=1,224,224\n")  # fmt: skip
    status, _, err = run(capsys, "trace", "shop.net:Two", "--input", "image=3,32,32", "--input", "maks=1,28,28")
    assert (status, err) == (2, "convnotes: Two takes image, mask, got inputs named maks\n")


def test_tokens_and_flat_inputs(folder, capsys):
    out = run(capsys, "trace", "shop.net:Tokens", "--input", "64", "--dtype", "int64")[1]
    assert "Tokens at 64, evaluation mode" in out and "Output conv: receptive field 3, stride 1, start 0." in out
    assert "every unit reads the whole input" in run(capsys, "trace", "shop.net:flat", "--input", "784")[1]
    status, _, err = run(capsys, "trace", "shop.net:flat", "--input", "784", "--dtype", "float31")
    assert (status, err) == (
        2,
        "convnotes: no type 'float31' of numbers: give one of torch, such as float32, float16 or int64\n",
    )
    status, _, err = run(capsys, "trace", "shop.net:Tokens", "--input", "64", "--dtype", "int64", "--verify")
    said = "not verified: whole numbers have no gradient and no NaN, so that nothing can be verified by them\n"
    assert (status, err) == (1, said)


def test_without_torch_it_says_what_to_install(file, capsys, monkeypatch):
    for name in [n for n in sys.modules if n.startswith("convnotes.tracing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    status, out, err = run(capsys, "trace", f"{file}:Net", "--input", "3,64,64")
    said = "convnotes: trace needs torch, which is not installed: pip install 'convnotes[torch]'\n"
    assert (status, out, err) == (2, "", said)


@pytest.mark.parametrize(
    ("given", "size", "told"),
    [
        ("224 --kernel-size 7 --stride 2 --padding 3", "112",
         "⌊(224 + 3 + 3 − 7) / 2⌋ + 1 = 112; 1 cell, padding included, is in no window"),
        ("224,100 -k 3,5 -s 2", "111×48", "⌊(100 + 0 + 0 − 5) / 2⌋ + 1 = 48"),
        ("6 -k 3 -s 2 --ceil-mode", "3", "⌈(6 + 0 + 0 − 3) / 2⌉ + 1 = 3"),
        ("2 -k 1 -s 3 --ceil-mode", "1", "⌈(2 + 0 + 0 − 1) / 3⌉ + 1 − 1 = 1, for a last window beyond the input is left out"),
        ("28 -k 5 -d 2 -p same", "28", "⌊(28 + 4 + 4 − (2·(5 − 1) + 1)) / 1⌋ + 1 = 28"),
        ("112 -k 7 -s 2 -p 3 --transposed --output-padding 1", "224", "2·(112 − 1) + 7 − 3 − 3 + 1 = 224"),
    ],
)  # fmt: skip
def test_the_size_of_one_layer(capsys, given, size, told):
    status, out, err = run(capsys, "size", *given.split())
    assert (status, out.splitlines()[0], err) == (0, size, "") and told in out


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("4 -k 7", "kernel_size=7 with dilation=1 spans 7 cells, but the input has 4 (size 4, padding 0 + 0)"),
        ("8 -k 3 -s 2 -p same", "padding same keeps the size at stride 1 only, got stride 2: give numbers"),
        ("8,8,8 -k 3,3", "got numbers for 1 and 2 and 3 axes: give one or 3"),
        ("8 -k 3 --output-padding 1", "--output-padding is of transposed convolutions: add --transposed, or leave it out"),
        ("8 -k 0", "kernel_size must be at least 1, got 0"),
    ],
)  # fmt: skip
def test_a_size_that_is_none(capsys, given, sentence):
    assert run(capsys, "size", *given.split()) == (2, "", f"convnotes: {sentence}\n")


def test_progress_counts_seconds_on_a_terminal(monkeypatch):
    err = Terminal()
    monkeypatch.setattr(sys, "stderr", err)
    with Progress("tracing"):
        time.sleep(2.6)
    assert "tracing …\r" in err.getvalue() and "tracing … 2 s" in err.getvalue()


def test_as_a_program_its_output_cut_short(file):
    command = f"{sys.executable} -m convnotes trace {file}:Net --input 3,64,64"
    done = subprocess.run(f"{command} | head -1", shell=True, capture_output=True, text=True)
    assert (done.stdout.split()[0], done.stderr) == ("layer", "")


@pytest.mark.parametrize("command", [
    "trace {file}:Net --input 3,64,64", "ledger lenet5", "ledger --list", "exercises --seed 1", "cite", "cite --list",
    "--help",
])  # fmt: skip
def test_what_cannot_be_written_is_said(file, command):
    """A full disk, a closed output, and a reader that left before all was checked."""
    words = f"env -u PYTHONUNBUFFERED {sys.executable} -m convnotes {command.format(file=file)}"  # as usual
    full, closed, left = (
        subprocess.run(["bash", "-c", f"{words} {end}"], capture_output=True, text=True)
        for end in ("> /dev/full", ">&-", "| true; exit ${PIPESTATUS[0]}")
    )
    said = "convnotes: the output cannot be written: No space left on device\n"
    assert (full.returncode, full.stderr) == (2, said)
    said = "convnotes: there is no standard output to write to: it is closed\n"
    assert (closed.returncode, closed.stderr) == (2, said)
    assert (left.returncode, left.stderr) == (141, "")


def test_nothing_can_be_said_where_both_are_closed(file):
    words = f"{sys.executable} -m convnotes trace {file}:Net --input 3,64,64 --min-field 999 >&- 2>&-"
    assert subprocess.run(["bash", "-c", words]).returncode == 2


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_colour_and_progress_on_a_terminal_only(file, monkeypatch):
    out, err = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert main(["trace", f"{file}:made", "--input", "3,8,8"]) == 0
    assert "\033[1mlayer" in out.getvalue() and "tracing …" in err.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    out.truncate(0)
    assert main(["trace", f"{file}:made", "--input", "3,8,8"]) == 0
    assert "\033[1m" not in out.getvalue()
