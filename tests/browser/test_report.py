"""The page of a traced model in a browser: axe finds nothing, nothing is fetched, and the keyboard draws fields."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from convnotes.tracing import memory, trace
from convnotes.tracing.examples import UNet, resnet50
from convnotes.tracing.page import page as written
from tests.browser.conftest import DESK, PHONE, axe
from tests.test_tracing_page import failed


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    unet = written(trace(UNet(), (3, 68, 68)), memory=memory(UNet(), (3, 68, 68)), size=90)
    made = {"U-Net": unet, "ResNet-50": written(trace(resnet50(), (3, 64, 64))), "broken": failed()}
    for name, html in made.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.mark.parametrize("look", [DESK | {"color_scheme": "light"}, PHONE | {"color_scheme": "dark"}])
@pytest.mark.parametrize("name", ["U-Net", "ResNet-50", "broken"])
def test_axe_finds_nothing(chromium: Browser, pages: dict[str, Path], name: str, look: dict[str, Any]) -> None:
    with closing(chromium.new_context(**look)) as context:
        page, asked, said = context.new_page(), list[str](), list[str]()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(pages[name].as_uri())
        page.evaluate("for (const e of document.querySelectorAll('details')) e.open = true")
        assert axe(page) == []
        assert asked == [pages[name].as_uri()] and said == []
        assert page.evaluate("document.documentElement.scrollWidth") <= look["viewport"]["width"]


def test_the_keyboard_draws_fields(chromium: Browser, pages: dict[str, Path]) -> None:
    with closing(chromium.new_context(**DESK)) as context:
        page = context.new_page()
        page.goto(pages["U-Net"].as_uri())
        page.get_by_role("button", name="down1", exact=True).focus()
        expect(page.locator("#field")).to_have_attribute("width", "3")
        expect(page.locator("#said")).to_contain_text("down1, unit (33, 33): reads 33…35 × 33…35")
        page.keyboard.press("Tab")
        expect(page.locator("#said")).to_contain_text("relu, unit")


def test_a_link_to_a_folded_layer_unfolds_it(chromium: Browser, pages: dict[str, Path]) -> None:
    with closing(chromium.new_context(**DESK)) as context:
        page = context.new_page()
        page.goto(pages["ResNet-50"].as_uri() + "#layer-4.conv1")
        expect(page.get_by_role("button", name="4.conv1", exact=True)).to_be_visible()
