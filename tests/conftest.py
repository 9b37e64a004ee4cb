"""What tests share: settings, and the site, built once however many processes run them."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, and no verdict that depends on how busy the machine is.
settings.register_profile("notes", derandomize=True, deadline=None, database=None)
settings.load_profile("notes")

# Several processes share the cores, so that a second thread of one would only wait for the others.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).parent.parent


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: tests in a browser wait for it. At most six, of half a gigabyte each."""
    return min(6, 3 * (os.cpu_count() or 1) // 2)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what is made once; the processes of a run share it."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def drawn(shared: Path) -> None:
    """Every exhibit, on all cores and once, for the tests and for the site.

    Processes that come to them in the same order would each draw them all; one process alone draws what it comes to.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        from convnotes.notes.page import pages  # here, for the core is tested where there is no site
        from convnotes.site.exhibits import files

        with once(shared / "drawn") as wanted:
            if wanted:
                with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
                    names = [name for page in pages() for name in page.exhibits]
                    pool.map(files, names, chunksize=16)  # those of a page share results; a fault is its own test's


@contextmanager
def once(folder: Path) -> Iterator[bool]:
    """Whether `folder` has still to be made; other processes wait until it is. One that was made in part has to be."""
    done = folder.with_suffix(".done")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not done.exists()
        done.touch()


def build(site: Path, **added: str) -> None:
    """The whole site, strictly."""
    common = {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    common["PYTHONHASHSEED"] = "1"  # sets are ordered otherwise than in the tests, and than where exhibits were drawn
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    # not --quiet, under which MkDocs counts no warnings
    done = subprocess.run(command, cwd=ROOT, env=os.environ | common | added, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def built_site(request: pytest.FixtureRequest, shared: Path) -> Path:
    """The site; CONVNOTES_SITE=folder is one built before."""
    if given := os.environ.get("CONVNOTES_SITE"):
        return Path(given)
    with once(shared / "site") as wanted:
        if wanted:
            request.getfixturevalue("drawn")
            build(shared / "site", SOURCE_DATE_EPOCH="0")
    return shared / "site"
