"""Tracing networks of public libraries: how many, how exactly, how fast; some checked against themselves.

Run only when named: the first time it downloads the libraries into .cache/sweep, and then it traces for half an hour.
Stores what it found in convnotes/exhibits/your_model_sweep.json, which the chapter shows.
"""

import contextlib
import json
import os
import platform
import resource
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from sweep_libraries import LIBRARIES, Entry, plain_torchvision
from torch import nn

from convnotes.tracing import Report, TraceError, trace, verify

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".cache/sweep"
WANTED = ROOT / "scripts/dev/sweep.txt"
STORED = ROOT / "convnotes/exhibits/your_model_sweep.json"
MOST_PARAMETERS = 200e6
MOST_TO_VERIFY = 6e6, 3e8  # parameters, multiplications: a check runs the network forwards and backwards
TAKEN = {"timm": slice(0, 523, 3), "pytorchcv": slice(0, 535, 3)}
"""Of the two longest lists every third of the first part, for the rest are the same at other widths or depths."""
SECONDS = 20.0  # of processor time that a network is given
MEMORY = 8 << 30


class OutOfTime(BaseException):
    """No Exception, so that a library does not take it for one of its own."""


def out_of_time(*_: Any) -> None:
    raise OutOfTime


def installed() -> None:
    """Put the libraries into .cache/sweep, once for each list of packages."""
    ready, wanted = HOME / "ready", WANTED.read_text(encoding="utf-8")
    if not ready.exists() or ready.read_text(encoding="utf-8") != wanted:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--target", str(HOME)]
        subprocess.run([*pip, "--requirement", str(WANTED)], check=True)
        ready.write_text(wanted, encoding="utf-8")


def build(entry: Entry) -> nn.Module:
    """The network without numbers where it can be built so, for that takes neither time nor memory."""
    try:
        with torch.device("meta"):
            return entry[1]().eval()
    except Exception:
        return entry[1]().eval()


def found(entry: Entry) -> dict[str, Any] | None:
    """What a trace of one network says; None for a network that is too large, or cannot be built here."""
    name, _, size, args = entry
    try:
        model = build(entry)
    except Exception:  # asks for a download, a compiler, another size
        return None
    parameters = sum(p.numel() for p in model.parameters())
    if parameters > MOST_PARAMETERS:
        return None
    row = {"name": name, "parameters": parameters, "input": list(size)}
    begin = time.process_time()
    try:
        try:
            report = trace(model, size, args=args)
        except TraceError as error:
            if "meta device" not in str(error):
                raise
            report = trace(entry[1]().eval(), size, args=args)
    except (TraceError, MemoryError) as error:
        return (row | {"failed": str(error)}) if runs(entry) else None
    seconds = round(time.process_time() - begin, 2)
    kinds = [r.status for r in report]
    row |= {"rows": len(kinds), "bound": kinds.count("bound"), "whole": kinds.count("whole"), "seconds": seconds}
    row["by"] = sorted({op for r in report for op in r.bounds})
    cheap = parameters < MOST_TO_VERIFY[0] and report.macs < MOST_TO_VERIFY[1]
    return row | ({"units": agreed(entry, report)} if cheap else {})


def runs(entry: Entry) -> bool:
    """Whether a network that could not be traced runs by itself, at this size and with these arguments."""
    try:
        with torch.no_grad():
            entry[1]().eval()(torch.rand(1, *entry[2]), *entry[3])
    except Exception:
        return False
    return True


def agreed(entry: Entry, report: Report) -> str:
    """How many units agree with gradients, in the deepest map whose units do not read the whole input."""
    maps = [r for r in report if r.size and not r.covers and not r.bounds and max(r.shape[2:], default=1) > 1]
    if not maps:
        return "nothing to check"
    try:
        checked = verify(entry[1]().eval(), entry[2], target=maps[-1].name, args=entry[3])
    except TraceError as error:
        return f"not checked: {str(error)[:60]}"
    return f"{sum(c.passed for c in checked.checks)} of {len(checked.checks)}"


def work(library: str) -> None:
    """Prints a line of JSON for each network of a library; run in a process of its own."""
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, out_of_time)
    torch.set_num_threads(1)
    sys.path.append(str(HOME))
    plain_torchvision()
    for entry in list(LIBRARIES[library]())[TAKEN.get(library, slice(None))]:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            with contextlib.redirect_stdout(sys.stderr):
                row = found(entry)
        except OutOfTime:
            row = {"name": entry[0], "failed": f"more than {SECONDS:.0f} seconds"}
        signal.setitimer(signal.ITIMER_PROF, 0)
        if row:
            print(json.dumps(row), flush=True)


def swept(library: str) -> list[dict[str, Any]]:
    """The networks of a library, in a process of its own."""
    settings = os.environ | {"HF_HUB_OFFLINE": "1", "YOLO_CONFIG_DIR": str(HOME)}
    command = [sys.executable, __file__, library]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=settings)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def rows() -> Iterator[tuple[str, str, str]]:
    """What, measured, goal; what was found is stored on the way."""
    installed()
    libraries = {name: swept(name) for name in LIBRARIES}
    store(libraries)
    for name, networks in libraries.items():
        traced = [n for n in networks if "failed" not in n]
        exact = [n for n in traced if not n["bound"]]
        yield f"networks of {name} traced, and without a bound", f"{len(traced)}, {len(exact)}", str(len(networks))


def store(libraries: dict[str, list[dict[str, Any]]]) -> None:
    """Write what was found, with the versions of everything that took part; a line a network."""
    sys.path.append(str(HOME))
    packages = metadata.packages_distributions()  # a library need not be named as what is installed
    versions = {name: metadata.version(packages[name][0]) for name in libraries} | {"torch": torch.__version__}
    lines = {k: [json.dumps(n, ensure_ascii=False) for n in v] for k, v in libraries.items()}
    body = ",\n".join(f'  "{k}": [\n   ' + ",\n   ".join(v) + "\n  ]" for k, v in lines.items())
    made = {"made by": "scripts/bench sweep", "python": platform.python_version()}
    head = {**made, "date": time.strftime("%Y-%m-%d", time.gmtime()), "versions": versions}
    text = json.dumps(head, indent=1)[:-2] + ',\n "libraries": {\n' + body + "\n }\n}\n"
    STORED.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    work(*sys.argv[1:])
