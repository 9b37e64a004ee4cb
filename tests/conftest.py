"""What tests share: settings, and the site, built once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, and no verdict that depends on how busy the machine is.
settings.register_profile("notes", derandomize=True, deadline=None, database=None)
settings.load_profile("notes")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built strictly and with no exhibit in the cache; CONVNOTES_SITE=folder is one built before."""
    if given := os.environ.get("CONVNOTES_SITE"):
        return Path(given)
    folder = tmp_path_factory.mktemp("built")
    added = {
        "PYTHONPATH": str(ROOT),
        "CONVNOTES_CACHE": str(folder / "cache"),
        "NO_MKDOCS_2_WARNING": "1",
        "SOURCE_DATE_EPOCH": "0",
    }
    # not --quiet, under which MkDocs counts no warnings
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder / "site")]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | added, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "site"
