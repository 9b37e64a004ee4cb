"""`convnotes trace --train`: what training the model holds in memory."""

from __future__ import annotations

import argparse
import sys
from functools import lru_cache
from typing import Any

from convnotes.cli.terminal import GREEN, Fault, Progress, coloured, positive


def add_memory(parser: argparse.ArgumentParser) -> None:
    """The arguments that ask for memory instead of fields."""
    group = parser.add_argument_group("memory")
    group.add_argument("--train", action="store_true", help="print what training keeps in memory, instead of fields")
    group.add_argument("--batch", type=positive, default=1, metavar="N", help="samples in a batch; 1 by default")
    group.add_argument("--mixed", action="store_true", help="in mixed precision: torch.autocast to bfloat16")
    group.add_argument("--card", type=positive, metavar="GB", help="also the largest batch for so many 10^9 bytes")


def run_memory(args: argparse.Namespace, model: Any) -> int:
    """Print the memory; with `--verify` check it against a real run. Exit status 1 where they differ."""
    from convnotes.tracing import TraceError, memory
    from convnotes.tracing.training import GIGABYTE, OPTIMISERS, largest_batch

    @lru_cache(None)
    def held(batch: int, device: str = "meta") -> Any:
        return memory(model, args.input, batch=batch, mixed=args.mixed, dtype=args.dtype, device=device)

    def step(batch: int, optimiser: str) -> int:
        bytes_held: int | None = held(batch).step(optimiser)
        if bytes_held is None:
            raise Fault("the way back cannot be run on shapes alone, so the largest batch is not known")
        return bytes_held

    try:
        with Progress("measuring"):
            found = held(args.batch)
        sys.stdout.write(found.to(args.format))
        if args.card:
            for optimiser in OPTIMISERS:
                with Progress(f"looking for the largest batch with {optimiser}"):
                    most = largest_batch(lambda n, o=optimiser: step(n, o), args.card * GIGABYTE)  # type: ignore[misc]
                print(_told(most, args.card, optimiser), file=sys.stdout if args.format == "text" else sys.stderr)
        if args.verify:
            with Progress("running the model"):
                real = held(args.batch, "cpu")
            return _compared(found, real)
    except (TraceError, ValueError) as error:
        raise Fault(str(error)) from error
    return 0


def _told(most: int, card: int, optimiser: str) -> str:
    fits = f"the largest batch is {most:,}" if most else "not even one sample fits"
    return f"In {card} GB ({card}·10⁹ bytes) with {optimiser} {fits}, if nothing else needs memory."


def _compared(found: Any, real: Any) -> int:
    if found.rows == real.rows:
        line = f"a real run on the CPU keeps the same {real.saved:,} bytes, layer by layer"
        print(coloured(line, GREEN, sys.stderr), file=sys.stderr)
        return 0
    names = sorted({row.name for row in {*found.rows} ^ {*real.rows}})
    print(f"a real run on the CPU keeps {real.saved:,} bytes; it differs in {', '.join(names[:5])}", file=sys.stderr)
    return 1
