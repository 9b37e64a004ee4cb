# ruff: noqa: E501  (the sentences stand on one line each)
"""`convnotes trace` at a terminal: what it prints, what it refuses, and with which exit status."""

import csv
import io
import json
import subprocess
import sys

import pytest

from convnotes.cli import main

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
        ("{file}:needy", "3,64,64", "needy in nets.py needs depth: write a function without arguments that calls it"),
        ("{file}:broken", "3,64,64",
         'broken() in nets.py raised RuntimeError: no weights here (nets.py, line 29: raise RuntimeError("no weights here"))'),
        ("{file}:made", "1,64,64", "Sequential fails at input 1×64×64 in 0, at convolution, which got 1 channels and expects 3"),
        ("{file}:Words", "3,8,8", "Words returned str, expected a tensor, or a tuple, list or dict that holds one"),
        ("{file}:Constant", "3,8,8", "nothing that Constant computes reads its input, so there is no receptive field"),
        ("{file}:made", "3,0,8", "input size (3, 0, 8) is empty: every number must be at least 1"),
        ("{file}:made", "3", "input size (3,) is not (channels, …spatial axes): give 2 to 4 whole numbers, such as 3,224,224, "
         "without the batch"),
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
