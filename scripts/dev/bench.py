"""Runs every `bench_<part>.py` beside it, whose `rows()` yields (what, measured, goal), and prints one table."""

import os
import platform
import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
WHEN_NAMED = {"sweep"}  # downloads libraries and takes half an hour


def main(chosen: list[str]) -> None:
    sys.path.insert(0, str(HERE))
    parts = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}", end="\n\n")
    print("| what | measured | goal |\n|---|---|---|")
    for part in chosen or [p for p in parts if p not in WHEN_NAMED]:
        for what, measured, goal in import_module(f"bench_{part}").rows():
            print(f"| {what} | {measured} | {goal} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
