"""Random programs of torch operations, traced, and compared with what NaN and noise in the input really change.

A program is a few lines on values v0, v1, …: views, crops, products, reductions, loops, recurrent layers, writes into
views, and excursions through numpy or numbers of Python. Two oracles owe nothing to the package. An element depends on
an input row if new noise in the row changes it; what is reported must contain that, always. It can depend on no row
that neither noise nor NaN tells of; where a row is exact, and nothing in the program chooses or clips, what is reported
must not go beyond.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from fuzz_programs import CHOOSES, OPERATIONS, Net, Program, drawn, picture
from torch.nn.attention import SDPBackend, sdpa_kernel

sys.path.insert(0, str(Path(__file__).parents[2]))
from convnotes.tracing import TraceError, trace
from convnotes.tracing.spans import EMPTY, HIGH, LOW, unpacked

Reads = npt.NDArray[np.bool_]


@dataclass
class Oracle:
    """What a program really does. size: of its input. net: run at another input for each question."""

    net: Net
    size: tuple[int, ...]
    noise: torch.Generator = field(default_factory=lambda: torch.Generator().manual_seed(1))

    def __post_init__(self) -> None:
        self.base = picture(self.size)
        with torch.no_grad():
            self.plain = self.net(self.base.clone()).clone()

    def changed(self, q: int, row: int, scales: Sequence[float]) -> Reads:
        """Which elements noise in a row along axis q changes; several times, larger and smaller."""
        moved = torch.zeros(self.plain.shape, dtype=torch.bool)
        for scale in scales:
            x = self.base.clone()
            part = x.select(q + 2, row)
            part.add_(torch.rand(part.shape, generator=self.noise, dtype=torch.float64) * scale)
            moved |= _changed(self.net, x, self.plain)
            if moved.all():
                break
        found: Reads = moved.numpy()
        return found

    def reached(self, q: int, row: int) -> Reads:
        """Which elements NaN in a row along axis q reaches."""
        x = self.base.clone()
        x.select(q + 2, row).fill_(torch.nan)
        with sdpa_kernel(SDPBackend.MATH):  # fused attention on the CPU makes zeros of NaN
            return _nan(self.net, x, self.plain)


def _changed(net: Net, x: torch.Tensor, plain: torch.Tensor) -> torch.Tensor:
    other = _result(net, x)
    return (other != plain) if other.shape == plain.shape else torch.ones(plain.shape, dtype=torch.bool)


def _nan(net: Net, x: torch.Tensor, plain: torch.Tensor) -> Reads:
    other = _result(net, x)
    found: Reads = torch.isnan(other).numpy() if other.shape == plain.shape else np.ones(plain.shape, bool)
    return found


def _result(net: Net, x: torch.Tensor) -> torch.Tensor:
    try:
        with torch.no_grad():
            return net(x)  # type: ignore[no-any-return]
    except (RuntimeError, ValueError, IndexError):  # a branch for other numbers that torch refuses
        return torch.empty(0)


def wrong(program: Program) -> str:
    """What is wrong with the trace of a program, or nothing."""
    net = Net(program)
    report = trace(net, program.size)
    entry = report.traced.entry("")
    span = unpacked(entry.span)
    oracle = Oracle(net, program.size)
    shape = tuple(oracle.plain.shape)
    if tuple(entry.shape) != shape:
        return f"the trace has the shape {entry.shape}, the program {shape}"
    # a box that is empty along one axis is empty
    ends = [np.broadcast_to(v, (len(v), *shape)) for v in span.arrays[: len(program.size) - 1]]
    none = np.logical_or.reduce([v[LOW] == EMPTY for v in ends])
    chooses = bool(CHOOSES & set(program.kinds))
    for q, v in enumerate(ends):
        rows = np.arange(program.size[1 + q]).reshape(-1, *[1] * len(shape))
        inside = (rows >= v[LOW]) & (rows <= -v[HIGH]) & ~none
        # what chooses nothing changes with the first noise, and only where NaN comes out as well
        scales = (1.0, 1.0, 5.0, -5.0) if chooses else (1.0,)
        changed = np.stack([oracle.changed(q, row, scales) for row in range(len(rows))])
        if (changed & ~inside).any():
            at = np.argwhere(changed & ~inside)[0].tolist()
            kind = "BOUND" if span.bounds else "EXACT"
            ends_here = int(v[LOW][tuple(at[1:])]), int(-v[HIGH][tuple(at[1:])])
            return f"{kind}: axis {q}, element {at[1:]} depends on row {at[0]}, reported {ends_here}"
        if not chooses and not span.bounds and _loose(inside, changed):
            reached = changed | np.stack([oracle.reached(q, row) for row in range(len(rows))])
            if _loose(inside, reached):
                at = np.argwhere(_hull(inside) & ~_hull(reached))[0].tolist()
                return f"LOOSE: axis {q}, element {at[1:]} is said to reach to row {at[0]}, NaN does not"
    return ""


def _hull(mask: Reads) -> Reads:
    """Rows from the first to the last of each element."""
    return np.asarray(np.logical_or.accumulate(mask, 0) & np.logical_or.accumulate(mask[::-1], 0)[::-1])


def _loose(inside: Reads, reached: Reads) -> bool:
    return bool((_hull(inside) & ~_hull(reached)).any())


def shrunk(program: Program, fault: Callable[[Program], str]) -> Program:
    """The program without its last lines, as long as the fault stays of one kind."""
    kind = fault(program).split(":")[0]
    while len(program.lines) > 1:
        shorter = Program(program.size, program.lines[:-1], program.weights, program.kinds[:-1])
        if fault(shorter).split(":")[0] != kind:
            break
        program = shorter
    return program


def safely(program: Program) -> str:
    """What is wrong, an exception of the trace included."""
    try:
        return wrong(program)
    except TraceError as error:
        return "" if "nothing that" in str(error) else f"REFUSED: {error}"
    except Exception:
        return "CRASH: " + traceback.format_exc(limit=-3)


def main() -> int:
    """Run programs of consecutive seeds and print what is wrong with each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=1e9, help="stop after so long")
    args = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    begin, faults, kinds, done = time.monotonic(), Counter[str](), Counter[str](), 0
    for seed in range(args.first, args.first + args.count):
        if time.monotonic() - begin > args.seconds:
            break
        program = drawn(seed)
        done += 1
        kinds.update(program.kinds)
        if program.lines and (fault := safely(program)):
            small = shrunk(program, safely)
            faults[fault.split(":")[0]] += 1
            print(f"seed {seed}: {safely(small) or fault}\n{small}", flush=True)
    never = sorted(OPERATIONS.keys() - kinds.keys())
    print(f"{done} programs of {sum(kinds.values())} operations, seeds {args.first}…{args.first + done - 1}: "
          f"{dict(faults) or 'nothing wrong'}; never drawn: {', '.join(never) or 'none'}")  # fmt: skip
    return int(bool(faults))


if __name__ == "__main__":
    raise SystemExit(main())
