"""What a phone fetches before any scroll: as little as the README promises, on every page."""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.widgets import ENTRIES
from tests.test_head import NAV

sys.path.append(str(Path(__file__).parents[2] / "scripts/dev"))
from bench_page import first_view, gzipped

AT_MOST = 150_000  # bytes, gzipped; without pictures below the screen, which Chromium fetches ahead
LARGER = {"exercises.md": 175_000, "labs/look-inside-a-network.py": 200_000}  # no chapters, of which it is promised
LATE = {entry.core for entry in ENTRIES}


@pytest.mark.parametrize("name", NAV)
def test_the_first_view_of_a_page_is_small(name: str, chromium: Browser, address: str, built_site: Path) -> None:
    """And the scripts of interactives further down are not part of it."""
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    files, _ = first_view(page, address, name, built_site)
    page.context.close()
    assert gzipped(files) <= LARGER.get(name, AT_MOST), sorted((gzipped({file}), file.name) for file in files)[-6:]
    assert not LATE & {file.name for file in files} or name == "index.md"
