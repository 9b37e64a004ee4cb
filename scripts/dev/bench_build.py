"""Builds of the site: cold; warm against the same Markdown without exhibits and labs, in turns; after one change."""

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

from convnotes.notes.page import without

ROOT = Path(__file__).parents[2]
CHANGES = {  # one line more in each; what depends on it is known
    "a chapter": "docs/cost.md",
    "a module of exhibits": "convnotes/exhibits/cost.py",
    "an experiment": "convnotes/experiments/occlusion.py",
    "a lab": "docs/labs/mini-vgg.py",
}


def build(folder: Path, out: str = "site", *options: str) -> tuple[float, float]:
    """CPU and wall seconds of one build in `folder`."""
    env = os.environ | {"PYTHONPATH": str(folder), "PYTHONWARNINGS": "ignore"}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", *options, "--site-dir", out]
    subprocess.run(command, cwd=folder, env=env, check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - start


def copy(folder: Path) -> Path:
    """All that a build reads, without caches."""
    ignored = shutil.ignore_patterns(".*", "__pycache__")
    top = str(ROOT)  # where site/ is what was built; convnotes/site is a part of the package
    shutil.copytree(ROOT, folder, ignore=lambda at, names: {*ignored(at, names), *(["site"] if at == top else [])})
    return folder


def bare(folder: Path) -> Path:
    """The same without exhibits and labs, whose links then lead nowhere."""
    copy(folder)
    for page in (folder / "docs").rglob("*.md"):
        page.write_text(without("exhibit", page.read_text()))
    for lab in (folder / "docs" / "labs").glob("*.py"):
        lab.unlink()
    config = folder / "mkdocs.yml"
    # Sections that moved lead to exhibits too, which are not there.
    gone = re.compile(r"^ +- .*labs/[\w-]+\.py\n|^  redirects:\n(    .*\n)*", re.M)
    config.write_text(gone.sub("", config.read_text()))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def cached(folder: Path) -> set[Path]:
    return {path for path in (folder / ".cache").rglob("*") if path.is_file()}


def rows() -> Iterator[tuple[str, str, str]]:
    with TemporaryDirectory() as temporary:
        full, without = copy(Path(temporary) / "full"), bare(Path(temporary) / "bare")
        cpu, wall = build(full, "site", "--strict")
        yield "cold build, every cache empty", f"{wall:.0f} s ({cpu:.0f} s CPU)", "< 180 s"
        yield from warm(full, without)
        yield from changed(full)


def warm(full: Path, without: Path) -> Iterator[tuple[str, str, str]]:
    times: dict[Path, list[float]] = {full: [], without: []}
    for _ in range(3):
        for folder in times:
            times[folder].append(build(folder)[0])
    most, least = min(times[full]), min(times[without])
    yield "warm build, CPU, best of three", f"{most:.1f} s", ""
    yield "the same Markdown without exhibits and labs, CPU, best of three", f"{least:.1f} s", ""
    yield "ratio", f"{most / least:.2f}", "≤ 1.5"
    build(full, "again")
    same = contents(full / "site") == contents(full / "again")
    yield "two builds, byte for byte", "the same" if same else "DIFFERENT", "the same"


def changed(folder: Path) -> Iterator[tuple[str, str, str]]:
    for what, name in CHANGES.items():
        before = cached(folder)
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("\n# changed\n" if name.endswith(".py") else "\nOne more sentence.\n")
        cpu, _ = build(folder)
        new = cached(folder) - before
        labs = sum("labs" in path.parts for path in new)
        yield f"after a change to {what}", f"{len(new) - labs} exhibits, {labs} labs again; {cpu:.1f} s CPU", ""
