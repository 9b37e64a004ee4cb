"""Every page in a real browser, on a desk by day and on a phone by night: accessible, private, no wider than it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(
    path.relative_to(ROOT / "docs").with_suffix("").as_posix().removesuffix("index")
    for pattern in ("*.md", "api/*.md", "labs/*.md", "labs/*.py")
    for path in ROOT.glob(f"docs/{pattern}")
)
DESK_BY_DAY: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PHONE_BY_NIGHT: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


@pytest.fixture(scope="module", params=[DESK_BY_DAY, PHONE_BY_NIGHT], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(**request.param)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", [*PAGES, "404.html"])
def test_accessible_private_and_no_wider_than_the_screen(page: Page, address: str, name: str) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address + (name if name.endswith((".html", "/")) or not name else f"{name}/"))
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    wrong = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in wrong] == []
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
