"""A small site with the configuration, theme and scripts of the notes, for tests that need a site of their own."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
CONFIG = f"""
INHERIT: settings.yml
docs_dir: docs
theme:
  custom_dir: {ROOT}/docs/theme
hooks: [{ROOT}/convnotes/site/hooks.py]
plugins: [search]
watch: []
"""
MOVED = re.compile(r"^  redirects:\n(?:    .*\n)*", re.M)  # what has moved in the notes is not in these
STEM = "# Convolution\n\nOne sentence.\n\n## Worked example: the ImageNet stem { #ex-imagenet-stem }\n\nText.\n"


def write(folder: Path, pages: Mapping[str, str], redirects: Mapping[str, str] | None = None) -> None:
    """Lay out the sources in `folder`, in place of any before."""
    shutil.rmtree(folder / "docs", ignore_errors=True)
    shutil.copytree(ROOT / "docs/assets", folder / "docs/assets")
    for name, text in pages.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    nav = "".join(f"  - {name}\n" for name in pages)
    moved = "".join(f"    {old}: {new}\n" for old, new in (redirects or {}).items())
    text = f"{CONFIG}nav:\n{nav}" + (f"extra:\n  redirects:\n{moved}" if moved else "")
    (folder / "mkdocs.yml").write_text(text, encoding="utf-8")
    (folder / "settings.yml").write_text(MOVED.sub("", (ROOT / "mkdocs.yml").read_text("utf-8")), encoding="utf-8")


def run(folder: Path, name: str, *arguments: str, **added: str) -> subprocess.CompletedProcess[str]:
    """A command of the Python environment, run in `folder`."""
    common = {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "1795000000", "NO_COLOR": "1"}
    programs = Path(sys.executable).parent
    here = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}  # mike calls mkdocs by its name
    command = [str(programs / name), *arguments]
    return subprocess.run(command, cwd=folder, env=os.environ | common | here | added, capture_output=True, text=True)


def build(folder: Path, *options: str, **added: str) -> Path:
    """The built site."""
    done = run(folder, "mkdocs", "build", "--strict", *options, **added)
    assert done.returncode == 0, done.stderr
    return folder / "site"
