"""The ledger of a network, side by side with torchinfo on the torch module built from the same tree.

`python scripts/bench_ledger.py [NAME ...]`. Needs torch and torchinfo. Best of several calls, in one process. torchinfo
runs the module: as it is usually called, on the CPU, and on the meta device, where no arithmetic is done. Both get a
module that is built already; the ledger's tree is built already too.

Parameters are equal. MACs are not: ours are the products of convolutions and dense layers, biases excluded; torchinfo
multiplies all parameters of a convolution, biases included, by the cells of its map, and adds the parameters of every
other layer once, of dense layers with their biases and of norms whatever their map. The column "theirs" is its surplus.
"""

import sys
from collections.abc import Callable
from time import perf_counter

import torch
from torchinfo import summary

from convnotes.architectures import find
from convnotes.experiments.build import build
from convnotes.ledger import ledger
from convnotes.tables import table

NAMES = ("alexnet-owt", "vgg16", "googlenet", "resnet50-v1.5", "resnet152", "mobilenet-v1", "efficientnet-b0")


def best(work: Callable[[], object], repetitions: int) -> float:
    """Seconds of the fastest of several calls."""
    times = []
    for _ in range(repetitions):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def row(name: str) -> list[object]:
    """One network: the times, and both counts of multiply–adds; ends the run where parameters differ."""
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
    times = [f"{1000 * seconds:.1f}" for seconds in (usual, meta, fast)]
    faster = [f"{usual / fast:.0f}×", f"{meta / fast:.0f}×"]
    return [name, *times, *faster, f"{ours.parameters:,}", f"{ours.macs:,}", f"{said.total_mult_adds - ours.macs:+,}"]


HEADER = (
    "network",
    "torchinfo ms",
    "on meta ms",
    "ledger ms",
    "faster",
    "than on meta",
    "parameters",
    "MACs",
    "theirs",
)


def main(names: list[str]) -> None:
    """Print the table."""
    rows = [row(name) for name in names or NAMES]
    print(table(HEADER, rows))


if __name__ == "__main__":
    main(sys.argv[1:])
