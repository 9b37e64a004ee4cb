"""Tracing beside torchinfo and TorchLens: fields against brute force, time and memory, in one run.

Stores what it found in convnotes/exhibits/your_model_tools.json, which the chapter shows.
"""

import json
import platform
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from convnotes.tracing import examples, trace, verify
from convnotes.tracing.examples import LARGE, SMALL

warnings.simplefilter("ignore")
STORED = Path(__file__).parents[2] / "convnotes/exhibits/your_model_tools.json"
GOALS = {"ResNet-50 at 640": 0.2, "VGG-16 at 224": 0.06, "U-Net at 572": 0.1}
FASTER = 5
"""How many times as fast as other tools a trace of the first of them is to be."""


class Recurrent(nn.Module):
    """A convolution, then two layers of an LSTM in both directions."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.lstm = nn.Conv1d(4, 16, 5, padding=2), nn.LSTM(16, 16, 2, batch_first=True, bidirectional=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Along the sequence."""
        out: torch.Tensor = self.lstm(self.conv(x).transpose(1, 2))[0]
        return out


def deep(layers: int = 10_000) -> nn.Module:
    """Convolutions in a row."""
    return nn.Sequential(*(nn.Conv2d(3, 3, 3, padding=1) for _ in range(layers)))


EXTREME: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...], float, int]] = {
    "10,000 layers at 4096": (deep, (3, 4096, 4096), 10, 2000),
    "LSTM of 800 steps, two layers, both ways": (Recurrent, (4, 800), 1, 100),
}
"""Networks that are long: seconds and megabytes that their first trace may take."""


FIRST = """
import resource, sys, time
sys.path.insert(0, sys.argv[2])
import torch
from bench_tracing import EXTREME, LARGE
from convnotes.tracing import trace
make, size, *_ = {**LARGE, **EXTREME}[sys.argv[1]]
with torch.device("meta"):
    model = make()
memory, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
trace(model, size)
print(time.process_time() - begin, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024)
"""


def first(name: str) -> tuple[float, float]:
    """Processor time of the first trace in a fresh process, after importing torch, and the megabytes it added."""
    command = [sys.executable, "-c", FIRST, name, str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    return seconds, megabytes


def best(work: Callable[[], Any], times: int = 3) -> float:
    """Shortest processor time of a few runs after one to warm up, in seconds: the machine may be shared."""
    work()
    taken = []
    for _ in range(times):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return min(taken)


def torchlens_field(model: nn.Module, size: tuple[int, ...]) -> str:
    """The size that TorchLens gives for the last operation, as text."""
    import torchlens

    try:
        log = torchlens.trace(model, torch.rand(1, *size))
        ops = [op for op in log if "output" not in str(getattr(op, "layer_label", ""))]
        view = ops[-1].receptive_field
        status = str(getattr(view.status, "value", view.status)).lower()
        return f"{spelled(view.size)} ({status})"
    except Exception as error:  # whatever a tool says about a network is its answer
        return f"error ({type(error).__name__})"


def spelled(size: Any) -> str:
    """Sizes per axis as one text."""
    if size is None:
        return "–"
    sizes = [str(s) for s in size]
    return sizes[0] if len(set(sizes)) == 1 else "×".join(sizes)


def ours(model: nn.Module, size: tuple[int, ...]) -> str:
    """The size that `trace` gives."""
    from convnotes.tracing.text import size_cell

    out = trace(model, size).output
    return f"{size_cell(out)} ({out.status})"


def compared() -> list[dict[str, str]]:
    """One row per small network: fields by each tool, and whether ours holds against brute force at some units."""
    rows = []
    for name, (make, size) in SMALL.items():
        torch.manual_seed(0)
        model = make().eval()
        agreed = verify(model, size)
        held = sum(c.passed for c in agreed.checks)
        rows.append(
            {
                "network": name,
                "convnotes": ours(model, size),
                "units that agree with gradients": f"{held} of {len(agreed.checks)}",
                "TorchLens": torchlens_field(model, size),
                "torchinfo": "–",
            }
        )
    return rows


def timed() -> Iterator[dict[str, Any]]:
    """One row per large network: seconds by each tool, and the memory that ours took."""
    import torchinfo
    import torchlens

    torch.set_num_threads(1)  # threads that wait for each other take processor time, too
    for name, (make, size) in LARGE.items():
        with torch.device("meta"):
            hollow = make().eval()
        fresh, grown = first(name)
        own = best(lambda m=hollow, s=size: trace(m, s))
        shapes = best(lambda m=hollow, s=size: torchinfo.summary(m, (1, *s), device="meta", verbose=0))
        model, x = make().eval(), torch.rand(1, *size)
        with torch.no_grad():
            info = best(lambda m=model, s=size: torchinfo.summary(m, (1, *s), verbose=0))
            lens = best(lambda m=model, x=x: torchlens.trace(m, x))
        others = {"torchinfo": info, "torchinfo on meta": shapes, "TorchLens": lens}
        yield {"network": name, "convnotes": own, **others, "first": fresh, "megabytes": grown}


def compiled() -> float:
    """How many times as long a trace of a compiled model takes as one of the model, both after one to warm up."""
    model, size = examples.resnet50().eval(), (3, 224, 224)
    plain = best(lambda: trace(model, size))
    return best(lambda: trace(torch.compile(model), size)) / plain


def extremes() -> Iterator[tuple[str, str, str]]:
    """Long networks, and compiled ones."""
    for name, (_, _, most, room) in EXTREME.items():
        seconds, megabytes = first(name)
        yield f"first trace of {name}", f"{seconds:.2f} s, {megabytes:.0f} MB", f"< {most} s, {room} MB"
    yield "trace of a compiled ResNet-50 against the plain one", f"{compiled():.2f}", "< 1.5"


def rows() -> Iterator[tuple[str, str, str]]:
    """What, measured, goal; the table for the chapter is stored on the way."""
    yield from extremes()
    fields = compared()
    for row in fields:
        yield f"field of {row['network']}", f"{row['convnotes']}, TorchLens {row['TorchLens']}", "exact"
    times = list(timed())
    for row in times:
        others = ", ".join(f"{tool} {row[tool]:.2f} s" for tool in ("torchinfo", "torchinfo on meta", "TorchLens"))
        yield f"trace of {row['network']}", f"{row['convnotes']:.3f} s; {others}", f"< {GOALS[row['network']]} s"
        slower = min(row[tool] for tool in ("torchinfo", "TorchLens")) / row["convnotes"]
        yield f"how many times as fast for {row['network']}", f"{slower:.0f}", f"{FASTER}"
        yield f"first trace of {row['network']} in a process", f"{row['first']:.3f} s", f"< {GOALS[row['network']]} s"
        yield f"memory for {row['network']}", f"{row['megabytes']:.0f} MB", "< 100 MB"
    import torchinfo
    import torchlens

    versions = {"torch": torch.__version__, "torchinfo": torchinfo.__version__, "TorchLens": torchlens.__version__}
    made = {
        "made by": "scripts/bench",
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "python": platform.python_version(),
    }
    found = made | {"versions": versions, "fields": fields, "times": times}
    STORED.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
