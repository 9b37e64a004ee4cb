"""The ledger of a network, side by side with torchinfo on the torch module built from the same tree.

Best of several calls. torchinfo runs the module: as it is usually called, on the CPU, and on the meta device, where no
arithmetic is done. Its module and the ledger's tree are built before the clock starts.

Parameters are equal. MACs are not: ours are the products of convolutions and dense layers, biases excluded; torchinfo
multiplies all parameters of a convolution, biases included, by the cells of its map, and adds the parameters of every
other layer once, of dense layers with their biases and of norms whatever their map.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from time import perf_counter

import torch
from torchinfo import summary

from convnotes.architectures import TIMELINE, find
from convnotes.experiments.build import build
from convnotes.ledger import ledger

NAMES = ("alexnet-owt", "vgg16", "googlenet", "resnet50-v1.5", "resnet152", "mobilenet-v1", "efficientnet-b0")


def best(work: Callable[[], object], repetitions: int) -> float:
    """Seconds of the fastest of several calls."""
    times = []
    for _ in range(repetitions):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def against_torchinfo(name: str) -> tuple[str, str, str]:
    """One network in both; ends the run where parameters differ."""
    about = find(name)
    ours = ledger(about)
    fast = best(lambda: ledger(about), 20)
    with torch.device("meta"):
        module = build(about.network).eval()
    shape = (1, *about.input)
    said = summary(module, shape, device="meta", verbose=0, depth=20)
    if said.total_params != ours.parameters:
        raise SystemExit(f"{name}: torchinfo has {said.total_params:,} parameters, the ledger {ours.parameters:,}")
    meta = best(lambda: summary(module, shape, device="meta", verbose=0, depth=20), 5)
    module = module.to_empty(device="cpu")
    usual = best(lambda: summary(module, shape, verbose=0, depth=20), 2)
    measured = (
        f"{usual / fast:.0f}× ({1000 * usual:.0f} ms against {1000 * fast:.1f}; on meta {meta / fast:.0f}×); "
        f"{ours.parameters:,} parameters in both; {ours.macs:,} MACs, torchinfo {said.total_mult_adds - ours.macs:+,}"
    )
    return f"ledger of {name}, faster than torchinfo", measured, "≥ 50×, parameters equal"


def process() -> float:
    """Seconds of `convnotes ledger resnet152`, from start to exit."""
    command = [sys.executable, "-m", "convnotes", "ledger", "resnet152"]
    return best(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL), 5)


def rows() -> Iterator[tuple[str, str, str]]:
    """What was measured, how much, and the goal."""
    slowest = max((best(lambda name=about.name: ledger(name), 5), about.name) for about in TIMELINE)
    yield "slowest ledger", f"{1000 * slowest[0]:.1f} ms ({slowest[1]})", "< 50 ms"
    yield "convnotes ledger resnet152, the process", f"{process():.2f} s", "< 0.3 s"
    yield from map(against_torchinfo, NAMES)
