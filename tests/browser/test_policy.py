"""The site as served by a host that forbids scripts in pages (Content-Security-Policy)."""

import re
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, UNKEPT, Quiet, search, served

POLICY = re.search(r"Content-Security-Policy: (.+)", Path("CONTRIBUTING.md").read_text(encoding="utf-8"))
BROKEN = """window.broken = []; addEventListener("securitypolicyviolation", (event) =>
  broken.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));"""


class Strict(Quiet):
    """A server that sends the header which the notes for maintainers name."""

    def end_headers(self) -> None:
        assert POLICY
        self.send_header("Content-Security-Policy", POLICY[1])
        super().end_headers()


@pytest.fixture(scope="module")
def page(chromium: Browser, built_site: Path) -> object:
    with served(built_site, Strict) as address, closing(chromium.new_context(**DESK, **UNKEPT)) as context:
        found = context.new_page()
        found.add_init_script(BROKEN)
        found.goto(address)
        yield found


PAGES = ["", "convolution/", "receptive-field/?rf=5-3", "architectures/", "exercises/", "labs/mini-vgg/", "404.html"]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_on_a_page_breaks_the_policy(page: Page, name: str) -> None:
    page.goto(re.sub(r"(?<=\d/).*", name, page.url))
    for widget in page.locator("[data-widget]").all()[:2]:
        widget.scroll_into_view_if_needed()
        expect(widget).to_contain_class("cn-ready")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), { text: '0' }))")
    page.wait_for_function("broken.length")  # told of in turn, so what was broken before is there too
    [only] = page.evaluate("broken")
    assert only.startswith("script-src-elem inline")


def test_search_schemes_and_moved_sections_work_under_the_policy(page: Page) -> None:
    root = re.sub(r"(?<=\d/).*", "", page.url)
    page.goto(f"{root}pooling/?sh=edge_x1#shifter")
    page.wait_for_url("**/equivariance/?sh=edge_x1#shifter")
    search(page, "stride")
    page.keyboard.press("Escape")
    for _ in range(2):
        page.locator("[data-md-component=palette] label:visible").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    assert page.evaluate("broken") == []
