"""The built site without a network: opened from a folder, and read again by a browser that has read it before."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from convnotes.site.offline import write_offline
from tests.browser.conftest import DESK, search, served, until


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    found = chromium.new_context(**DESK)
    yield found
    found.close()


@pytest.fixture
def folder(context: BrowserContext, built_site: Path) -> Iterator[Page]:
    """The start page, opened from the folder; an error in the page, or a request beyond the folder, fails the test."""
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(f"error: {error}"))
    page.goto((built_site / "index.html").as_uri())
    yield page
    assert [url for url in asked if not url.startswith((built_site.as_uri(), "data:", "blob:"))] == []


def test_from_a_folder_links_lead_to_pages(folder: Page) -> None:
    folder.locator("article").get_by_role("link", name="Receptive field").first.click()
    expect(folder.locator("h1")).to_contain_text("Receptive field")
    folder.wait_for_load_state()  # until then links lead to folders
    folder.locator(".md-footer").get_by_role("link", name="Next").focus()
    folder.keyboard.press("Enter")
    expect(folder.locator("h1")).to_contain_text("Effective receptive field")
    folder.locator(".md-nav--primary").get_by_role("link", name="Its cost").click()
    expect(folder.locator("h1")).to_contain_text("What a layer costs")
    assert folder.url.endswith("/cost/index.html")


def test_from_a_folder_interactives_and_buttons_work(folder: Page, built_site: Path) -> None:
    folder.goto((built_site / "receptive-field/index.html").as_uri() + "?rf=3-3#rf-grower")
    expect(folder.locator("#rf-grower .cn-live")).to_be_visible()
    assert folder.locator("#rf-grower").evaluate("grower => grower.state") == "3-3"
    assert folder.locator(".cn-play").count() == 0
    folder.goto((built_site / "architectures/index.html").as_uri())
    head = folder.locator("table.cn-sortable th", has_text="parameters")
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"


def test_from_a_folder_the_search_finds_and_leads(folder: Page) -> None:
    search(folder, "1,441,792")
    link = folder.locator(".md-search-result__link[href*='ex-three-3x3-at-256']")
    link.first.click()
    expect(folder.locator("#ex-three-3x3-at-256")).to_be_in_viewport()


def promised(page: Page, script: str) -> None:
    """Wait until the promise of `script` is kept with something true."""
    until(page, lambda: page.evaluate(script), script)


def ready(page: Page) -> None:
    """Until the browser keeps what it reads."""
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller")
    page.wait_for_load_state("networkidle")


def test_pages_once_read_are_read_without_a_network(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}pointwise-convolution/")
    ready(page)
    page.reload()
    page.locator("#params").scroll_into_view_if_needed()
    expect(page.locator("#params .cn-live")).to_be_visible()
    context.set_offline(True)
    page.goto(f"{address}pointwise-convolution/?params=c16_k7_n14#params")
    expect(page.locator("#params .cn-live")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('article p')).fontFamily").startswith("Charter")
    page.goto(address)  # of each version, the start is kept
    expect(page.locator("h1")).to_contain_text("Notes on convolutional networks")
    page.goto(f"{address}pooling/")
    expect(page.locator("h1")).to_have_text("This page is not kept here")


def test_a_new_version_is_shown_at_once_and_takes_over(
    context: BrowserContext, built_site: Path, tmp_path: Path
) -> None:
    """And what is no longer to keep anything forgets it."""
    site = tmp_path / "site"
    shutil.copytree(built_site, site)
    with ExitStack() as stack:
        address = stack.enter_context(served(site))
        page = context.new_page()
        page.goto(f"{address}cost/")
        ready(page)
        page.reload()
        kept = f"caches.match('{address}cost/').then(found => found?.text() ?? '')"
        promised(page, f"{kept}.then(text => text.includes('What a layer costs'))")
        before = page.evaluate("caches.keys()")
        html = site / "cost/index.html"
        html.write_text(html.read_text("utf-8").replace("What a layer costs", "What it costs"), encoding="utf-8")
        worker = site / "sw.js"
        worker.write_text(worker.read_text("utf-8").replace('VERSION = "', 'VERSION = "new'), encoding="utf-8")
        page.goto(f"{address}cost/")
        expect(page.locator("h1")).to_contain_text("What it costs")
        promised(page, "caches.keys().then(names => names.length === 1 && / new/.test(names[0]))")
        assert page.evaluate("caches.keys()") != before
        assert "What it costs" in page.evaluate(kept)
        write_offline(site, kept=False)
        page.goto(f"{address}cost/")
        promised(page, "caches.keys().then(names => names.length === 0)")
