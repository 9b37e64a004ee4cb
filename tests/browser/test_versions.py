"""Two releases, published by mike into a scratch repository and served as they would stand."""

import subprocess
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import small
from tests.browser.conftest import DESK, PHONE, Quiet

PAGES = {"index.md": "# Small\n\nA sentence.\n", "convolution.md": small.STEM}
ANCHOR = "convolution/#ex-imagenet-stem"


def git(folder: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True).stdout


def deploy(folder: Path, version: str, *aliases: str) -> None:
    options = ["--update-aliases", "--alias-type", "copy", "--ignore-remote-status"]
    done = small.run(folder, "mike", "deploy", *options, version, *aliases, SITE_URL="https://example.org/notes/")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of all versions: 0.0.9, with a page that is gone since and one that moved; and 0.1.0, the latest."""
    folder = tmp_path_factory.mktemp("versions")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "convnotes")
    git(folder, "config", "user.email", "convnotes@example.org")
    small.write(folder, {**PAGES, "gone.md": "# Gone\n", "conv.md": "# Moved\n\n## Here { #here }\n"})
    git(folder, "commit", "-q", "--allow-empty", "-m", "Sources")
    deploy(folder, "0.0.9", "latest")
    small.write(folder, PAGES, {"conv.md": "convolution.md"})
    deploy(folder, "0.1.0", "latest")
    done = small.run(folder, "mike", "set-default", "--ignore-remote-status", "latest")
    assert done.returncode == 0, done.stderr
    site = folder / "served/notes"
    site.mkdir(parents=True)
    subprocess.run(["tar", "-x"], cwd=site, input=git(folder, "archive", "gh-pages"), check=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site.parent)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/notes/"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser, published: str) -> Iterator[Page]:
    faults: list[str] = []
    context = chromium.new_context(**request.param)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith((published, "data:")) or faults.append(asked.url))
    yield page
    context.close()
    assert not faults


def test_an_old_page_says_so_and_leads_to_the_same_example(page: Page, published: str) -> None:
    page.goto(f"{published}0.0.9/{ANCHOR}")
    banner = page.locator("[data-md-component=outdated]")
    expect(banner).to_contain_text("You are reading an old version of these notes.")
    link = banner.get_by_role("link", name="The same place in the current version")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{published}latest/{ANCHOR}")
    expect(page.locator("#ex-imagenet-stem")).to_be_in_viewport()
    expect(page.locator(".md-version__current")).to_contain_text("0.1.0")
    expect(page.locator("[data-md-component=outdated]")).to_be_hidden()


def test_a_page_that_is_gone_leads_to_the_start_and_one_that_moved_to_its_place(page: Page, published: str) -> None:
    page.goto(f"{published}0.0.9/gone/")
    page.get_by_role("link", name="The same place in the current version").click()
    page.wait_for_url(f"{published}latest/")
    page.goto(f"{published}0.0.9/conv/#here")
    page.get_by_role("link", name="The same place in the current version").click()
    page.wait_for_url(f"{published}latest/convolution/#here")


def test_the_switch_leads_to_the_same_page_of_another_version(page: Page, published: str) -> None:
    page.goto(f"{published}latest/{ANCHOR}")
    page.locator(".md-version__current").focus()
    old = page.locator(".md-version__list a", has_text="0.0.9")
    old.click()
    page.wait_for_url(f"{published}0.0.9/{ANCHOR}")
    expect(page.locator("[data-md-component=outdated]")).to_be_visible()


def test_a_citation_names_the_permanent_address(page: Page, published: str) -> None:
    page.goto(f"{published}latest/{ANCHOR}")
    page.locator("#ex-imagenet-stem + .cn-cite summary").click()
    expect(page.locator(".cn-cite")).to_contain_text(f"\\url{{https://example.org/notes/0.1.0/{ANCHOR}}}")
    assert page.locator("link[rel=canonical]").get_attribute("href") == "https://example.org/notes/0.1.0/convolution/"


def test_without_scripts_the_current_version_and_moved_pages_are_a_link_away(chromium: Browser, published: str) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(f"{published}0.0.9/convolution/")
    page.get_by_role("link", name="The current version of these notes").click()
    page.wait_for_url(f"{published}latest/")
    page.goto(f"{published}latest/conv/")
    page.wait_for_url(f"{published}latest/convolution/")
    page.goto(published)
    page.wait_for_url(f"{published}latest/")
    page.context.close()
