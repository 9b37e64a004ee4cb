"""Builds of the site: warm against the same Markdown without its exhibits, in turns; cold; twice the same bytes."""

import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
PARTS = ["mkdocs.yml", "docs", "convnotes", "scripts"]
FENCE = re.compile(r"^[ \t]*```exhibit\n.*?```\n", re.DOTALL | re.MULTILINE)


def build(folder: Path, out: str = "site") -> tuple[float, float]:
    """CPU and wall seconds of one strict build in `folder`."""
    env = os.environ | {"PYTHONPATH": str(folder), "PYTHONWARNINGS": "ignore"}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", out]
    subprocess.run(command, cwd=folder, env=env, check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - start


def copy(folder: Path) -> Path:
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            folder.mkdir(exist_ok=True)
            shutil.copy(source, folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows() -> Iterator[tuple[str, str, str]]:
    with TemporaryDirectory() as temporary:
        full, bare = (copy(Path(temporary) / name) for name in ("full", "bare"))
        for page in (bare / "docs").glob("*.md"):
            page.write_text(FENCE.sub("", page.read_text()))
        cpu, wall = build(full)
        yield "cold build, every cache empty", f"{wall:.1f} s ({cpu:.1f} s CPU)", "< 60 s"
        build(bare)
        times: dict[Path, list[float]] = {full: [], bare: []}
        for _ in range(5):
            for folder in times:
                times[folder].append(build(folder)[0])
        with_, without = min(times[full]), min(times[bare])
        yield "warm build, CPU, best of five", f"{with_:.2f} s", ""
        yield "the same Markdown without exhibits, CPU, best of five", f"{without:.2f} s", ""
        yield "ratio", f"{with_ / without:.2f}", "≤ 1.10"
        build(full, "again")
        same = contents(full / "site") == contents(full / "again")
        yield "two builds, byte for byte", "the same" if same else "DIFFERENT", "the same"
