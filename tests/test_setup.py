"""The commands of the README set themselves up: once, offline afterwards, and again when something changed."""

import doctest
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from convnotes.cli import main
from convnotes.notes.page import Page

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = ("serve", "test", "check", "build", "bench")
# A Python that does nothing but note what it is asked to do; it says of itself the version in the file beside it.
FAKE = """#!/usr/bin/env bash
here=$(dirname "$(readlink -f "$0")")
case "$1 ${2:-}" in
  "-V "*) echo "Python $(cat "$here/version")" ;;
  "-c "*) exit 0 ;;
  "-m venv") mkdir -p "$3/bin"; ln -s "$here/python" "$3/bin/python" ;;
  "-m pip") echo "$3" >>"$here/asked" ;;
esac
"""


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A folder with a space in its name, which holds a Python."""
    folder = tmp_path / "my tools"
    folder.mkdir()
    (folder / "python").write_text(FAKE)
    (folder / "python").chmod(0o755)
    (folder / "version").write_text("3.12.1")
    for name in ("pyproject.toml", "constraints.txt", "scripts/setup.sh"):
        (tmp_path / "notes" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "notes" / name)
    return folder


def set_up(python: Path, extra: str = "docs", **given: str) -> int:
    """Set up, and tell how often something was installed."""
    (python / "asked").write_text("")
    environment = os.environ | {"PYTHON": str(python / "python")} | given
    command = ["bash", "-c", f"set -euo pipefail; . scripts/setup.sh {extra}"]
    done = subprocess.run(command, cwd=python.parent / "notes", env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return (python / "asked").read_text().split().count("install")


def test_the_second_start_installs_nothing(python: Path) -> None:
    assert [set_up(python), set_up(python)] == [1, 0]


def test_the_site_s_extra_is_part_of_the_tests_extra(python: Path) -> None:
    assert [set_up(python, "test"), set_up(python, "docs")] == [1, 0]


def test_another_version_of_python_or_of_a_package_is_set_up_again(python: Path) -> None:
    assert set_up(python) == 1
    (python / "version").write_text("3.12.2")
    assert set_up(python, PYTHON="") == 1
    with (python.parent / "notes/constraints.txt").open("a") as constraints:
        constraints.write("one-more==1\n")
    assert [set_up(python), set_up(python)] == [1, 0]


def test_what_is_compiled_is_kept_whatever_the_machine_says(python: Path) -> None:
    command = ["bash", "-c", 'set -euo pipefail; . scripts/setup.sh docs; echo "${PYTHONDONTWRITEBYTECODE-kept}"']
    environment = os.environ | {"PYTHON": str(python / "python"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=python.parent / "notes", env=environment, capture_output=True, text=True)
    assert done.stdout == "kept\n", done.stderr


def test_without_a_fitting_python_it_says_so(python: Path) -> None:
    command = ["bash", "-c", "set -euo pipefail; . scripts/setup.sh docs"]
    environment = os.environ | {"PYTHON": "/nowhere/python"}
    done = subprocess.run(command, cwd=python.parent / "notes", env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert "convnotes needs Python 3.11.5 or newer" in done.stderr


def test_the_commands_that_the_readme_names_are_there() -> None:
    named = set(re.findall(r"scripts/(\w+)(?!\w*/)", README))
    for name in named | set(COMMANDS):
        if (ROOT / f"scripts/{name}").is_file():
            assert os.access(ROOT / f"scripts/{name}", os.X_OK), f"scripts/{name} cannot be run"
        else:
            assert (ROOT / f"scripts/{name}.py").is_file(), f"the README names scripts/{name}, which is not there"


def test_the_lines_of_the_readme_for_a_terminal_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a `model.py` with a `Net`, as they suppose."""
    (tmp_path / "model.py").write_text(
        "import torch\n\nclass Net(torch.nn.Conv2d):\n    def __init__(self):\n        super().__init__(3, 8, 3)\n"
    )
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.M | re.S)
    lines = [line.partition("#")[0].split() for block in blocks for line in block.splitlines()]
    commands = [line[1:] for line in lines if line[:1] == ["convnotes"] and "--weights" not in line]  # a file to have
    assert len(commands) >= 2
    for command in commands:
        assert main(command) == 0, f"convnotes {' '.join(command)}"


def test_the_session_of_the_readme_prints_what_it_shows() -> None:
    page = Page("README.md", README)
    test = doctest.DocTestParser().get_doctest(page.sessions, {}, "README.md", "README.md", 0)
    assert test.examples and doctest.DocTestRunner(verbose=False).run(test).failed == 0
