"""Chromium, and the built site served on this machine for it to read. CHROMIUM=path names another browser.

Where there is one, it is the shell: the same engine without the window, which takes a third of the time to open a page.
It sees the widest of the common fonts alone (fonts.conf), so that no verdict depends on those that happen to be there.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import build, once

ROOT = Path(__file__).parents[2]
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 2,
}
# Nothing is kept between pages, or a test would not see the answers that it gives in place of the server's.
UNKEPT: dict[str, Any] = {"service_workers": "block"}
BLOCKED = "Service Worker registration blocked"
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
# What scrolls sideways and does not show it by a shade, which so little on the right would keep hidden.
UNTOLD = """[...document.querySelectorAll('article :not(svg *)')].filter(box => {
  const { overflowX, backgroundImage } = getComputedStyle(box), over = box.scrollWidth - box.clientWidth;
  return /auto|scroll/.test(overflowX) && box.clientWidth && over > 1 && (backgroundImage === 'none' || over < 8);
}).map(box => `${box.className}, ${box.scrollWidth - box.clientWidth} px: ${box.textContent.trim().slice(0, 60)}`)"""
FONTS = Path(__file__).parent / "fonts.conf"
WIDEST = "DejaVuMathTeXGyre.ttf"  # of the faces for formulas, measured over the notes' own; Debian: fonts-dejavu-extra
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """async ([within, options]) => {
  const ends = (one) => isFinite(one.effect.getComputedTiming().endTime) && one.effect.target.checkVisibility();
  const atRest = (one) => ends(one) && one.finished;  // in a closed fold nothing moves on
  await Promise.allSettled(document.getAnimations().map(atRest));  // a colour that fades in is no colour yet
  const { violations } = await axe.run(within ?? document, options);
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 120))]);
}"""
Open = Callable[..., Page]
expect.set_options(timeout=30_000)  # as for all else: a busy machine is late, not wrong


class Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path, handler: type[Quiet] = Quiet) -> Iterator[str]:
    """The address at which a folder is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def address(built_site: Path) -> Iterator[str]:
    """Where the site is served."""
    with served(built_site) as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium; without one its tests are skipped, and fail in CI."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        reason = (
            "no Chromium on the PATH: install it (Debian: apt install chromium-headless-shell) or name it in $CHROMIUM"
        )
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    environment = os.environ | ({"FONTCONFIG_FILE": str(FONTS)} if has_fonts() else {})
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments, env=environment)
        yield browser
        browser.close()


def has_fonts() -> bool:
    """Whether the fonts of the tests are here; without them it is read with others, which fails in CI."""
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", Path.home() / ".local/share/fonts")
    found = any(True for folder in folders for _ in Path(folder).rglob(WIDEST))
    if os.environ.get("CI") and not found:
        pytest.fail(f"no {WIDEST}: on Debian, apt install fonts-dejavu-core fonts-dejavu-extra")
    return found


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Open]:
    """Opens a page of the site in a fresh profile. An error in it, or a request to elsewhere, fails the test."""
    with opener(chromium, address) as open_:
        yield open_


def drawn(page: Page) -> None:
    """Wait until the page is drawn as it now is."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def until(page: Page, met: Callable[[], Any], what: str) -> None:
    """Wait until something is met; `what` says so, should it never be."""
    for _ in range(300):
        if met():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"this does not come: {what}")


def swipe(phone: Page, x: float, y: float, *, across: float, down: float) -> None:
    """A finger comes down, goes this far and is lifted."""
    touch = phone.context.new_cdp_session(phone)
    for kind, part in [("touchStart", 0.0), *(("touchMove", step / 5) for step in range(1, 6))]:
        place = {"x": x + across * part, "y": y + down * part}
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    touch.detach()


def stop_clock(page: Page) -> None:
    """The page's clock stands, an hour later, until a test runs it; `page.clock.install()` came before."""
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 3600"))


def search(page: Page, text: str) -> None:
    """Look for a text, with one query: each letter typed would be another, and its answer could come late."""
    page.keyboard.press("Control+K")
    page.keyboard.insert_text(text)
    page.keyboard.press("End")
    expect(page.locator(".md-search-result__meta")).to_have_text(re.compile(r"\d matching document"))
    expect(page.locator(".md-search-result__link").first).to_be_visible()  # listed after they are counted


def with_axe(page: Page) -> None:
    """Hand a page the rules of axe-core, once."""
    if page.evaluate("!window.axe"):
        page.evaluate(Axe().axe_script)


def axe(page: Page, within: str | None = None, **options: Any) -> list[tuple[str, list[str]]]:
    """Rules that a page breaks, or a part of it, and where."""
    with_axe(page)
    options["resultTypes"] = ["violations"]  # nothing is told of what is right, which would be most of the work
    options["preload"] = False  # of styles and sound, for a rule on sound alone, of which there is none
    broken: list[tuple[str, list[str]]] = page.evaluate(AXE, [within, options])
    return broken


@contextmanager
def opener(chromium: Browser, address: str) -> Iterator[Open]:
    """What opens pages of the site at an address; afterwards there must have been no error and no request elsewhere."""
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    def open_(path: str, before: Callable[[Page], None] | None = None, **options: Any) -> Page:
        contexts.append(chromium.new_context(**{**DESK, **UNKEPT, **options}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("console", lambda said: said.type in ("error", "warning") and faults.append(said.text))
        page.on("request", lambda asked: asked.url.startswith((address, "data:", "blob:")) or faults.append(asked.url))
        if before:
            before(page)
        page.goto(address + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [fault for fault in faults if not fault.startswith(BLOCKED)] == []


@pytest.fixture(scope="session")
def live_site(shared: Path) -> Path:
    """The site built with the files that run sessions; CONVNOTES_LIVE_SITE=folder is one built before."""
    if given := os.environ.get("CONVNOTES_LIVE_SITE"):
        return Path(given)
    with once(shared / "live") as wanted:
        if wanted:
            made = subprocess.run(
                [sys.executable, "-m", "convnotes.site.live"], cwd=ROOT, capture_output=True, text=True
            )
            if made.returncode:  # no npm, or no way to its registry
                (pytest.fail if os.environ.get("GITHUB_ACTIONS") else pytest.skip)(made.stderr.strip())
            build(shared / "live", CONVNOTES_LIVE=made.stdout.strip())
    return shared / "live"


@pytest.fixture(scope="module")
def live_address(live_site: Path) -> Iterator[str]:
    with served(live_site) as found:
        yield found


@pytest.fixture
def open_live(chromium: Browser, live_address: str) -> Iterator[Open]:
    with opener(chromium, live_address) as open_:
        yield open_
