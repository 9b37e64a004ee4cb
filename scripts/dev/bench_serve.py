"""Edits until they are served: seconds from saving a chapter or a figure until the page of `scripts/serve` shows it."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from bench_build import copy  # beside this

ROOT = Path(__file__).parents[2]
CHAPTER = ("docs/cost.md", "cost/")
FIGURE = ("convnotes/exhibits/cost.py", "cost/")
ROUNDS = 3


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[str]:
    """The address at which the notes of `folder` are served, as soon as they are."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "mkdocs", "serve", "--quiet", "--dev-addr", place, *options]
    server = subprocess.Popen(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)})
    address = f"http://{place}/"
    try:
        until(lambda: read(address) != "")
        yield address
    finally:
        server.kill()
        server.wait()


def read(address: str) -> str:
    """What stands at an address; nothing while nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=120) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def until(met: Callable[[], bool]) -> float:
    """Seconds until something is met."""
    start = time.perf_counter()
    while not met():
        if time.perf_counter() - start > 300:
            raise SystemExit("not served within five minutes")
        time.sleep(0.02)
    return time.perf_counter() - start


def chapter(path: Path, mark: str) -> None:
    path.write_text(path.read_text("utf-8") + f"\nSaved: {mark}.\n", "utf-8")


def figure(path: Path, mark: str) -> None:
    """A new word in the first caption of a module of exhibits."""
    path.write_text(re.sub(r'(\) -> \w+:\n    """)', rf"\g<1>Saved{mark}: ", path.read_text("utf-8"), count=1), "utf-8")


def times(folder: Path, address: str, what: tuple[str, str], edit: Callable[[Path, str], None]) -> list[float]:
    found = []
    for turn in range(ROUNDS):
        mark = f"mark{turn}{what[0].count('/')}"
        edit(folder / what[0], mark)
        found.append(until(lambda mark=mark: mark in read(address + what[1])))
        time.sleep(3)  # what follows behind is done before the next edit
    return found


def rows() -> Iterator[tuple[str, str, str]]:
    with TemporaryDirectory() as temporary:
        folder = copy(Path(temporary) / "notes")
        if (ROOT / ".cache").is_dir():  # edits are timed, not the first build
            copytree(ROOT / ".cache", folder / ".cache")
        with serving(folder) as address:
            for name, what, edit, goal in (
                ("a chapter", CHAPTER, chapter, "< 3 s"),
                ("a figure", FIGURE, figure, "< 5 s"),
            ):
                seconds = times(folder, address, what, edit)
                yield f"saved {name} until it is served", " ".join(f"{second:.1f} s" for second in seconds), goal


if __name__ == "__main__":
    for row in rows():
        print(*row, sep=" | ")
