"""A chapter on paper: light, without navigation, its links as notes; what is folded stays away unless it was opened."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

LOOK = """selector => { const style = getComputedStyle(document.querySelector(selector));
  return [style.display, style.color, style.backgroundColor] }"""

# What is shown and belongs to a screen. A question is asked on paper too; what sorts is a heading without its arrow.
CONTROLS = """[...document.querySelectorAll(
  "header, nav, aside, footer, button, .headerlink, .md-sidebar, .cn-links, .cn-live, .cn-data, .cn-copy")]
  .filter((el) => !el.closest("cn-practice") && el.checkVisibility())
  .filter((el) => !el.matches("th *") || getComputedStyle(el, "::after").display !== "none")
  .map((el) => el.outerHTML.slice(0, 80))"""


def on_paper(page: Page) -> Page:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    return page


# The last one leads nowhere else, so that nothing is noted at its end.
@pytest.mark.parametrize("path", ["pointwise-convolution/", "architectures/", "how-these-notes-are-made/"])
def test_a_page_is_light_and_bare(open_page: Open, path: str) -> None:
    page = on_paper(open_page(path, color_scheme="dark"))
    assert page.evaluate(CONTROLS) == []
    assert page.evaluate(LOOK, "article p")[1] == "rgb(26, 34, 48)"
    assert page.evaluate(LOOK, "body")[2] in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    assert all(still.is_visible() for still in page.locator(".cn-still").all()[:1])


def test_links_get_numbers_and_a_list_which_goes_when_printing_ends(open_page: Open) -> None:
    page = open_page("cost/")
    on_paper(page)
    marks = page.locator(".cn-mark").all_inner_texts()
    links = page.locator(".cn-addresses li").all_inner_texts()
    assert {int(mark.strip("[]")) for mark in marks} == set(range(1, len(links) + 1))
    assert len(links) == len(set(links)) > 5
    assert any("/references/#" in link for link in links)
    assert not [link for link in links if "/cost/" in link]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".cn-mark, .cn-addresses, .cn-noted").count() == 0


def test_what_was_opened_prints(open_page: Open) -> None:
    page = open_page("cost/")
    numbers = page.locator("details", has_text="The numbers")
    numbers.first.locator("summary").click()
    expect(numbers.first).to_have_class(re.compile("cn-shown"))  # comes with an event, after the click
    on_paper(page)
    assert numbers.first.locator("table").is_visible()
    assert not numbers.nth(1).is_visible()


def test_a_question_prints_without_its_answer(open_page: Open) -> None:
    page = open_page("cost/")
    question = page.locator("details.question").first
    on_paper(page)
    assert question.evaluate("(fold) => fold.open")  # the theme opens all
    assert question.locator("summary").is_visible() and not question.locator("pre").is_visible()


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="no pdftotext: on Debian, apt install poppler-utils")
def test_the_pages_have_numbers_and_whole_lines_of_code(open_page: Open, tmp_path: Path) -> None:
    page = open_page("cost/")
    page.pdf(path=str(tmp_path / "cost.pdf"), format="A4", outline=True, tagged=True)
    text = subprocess.run(
        ["pdftotext", "-layout", "cost.pdf", "-"], cwd=tmp_path, capture_output=True, text=True
    ).stdout
    pages = text.removesuffix("\f").split("\f")
    assert 3 <= len(pages) <= 12
    for number, sheet in enumerate(pages, 1):
        last = sheet.rstrip().splitlines()[-1]
        assert re.search(rf"\b{number}$", last) and "Its cost" in last
    assert "stem = Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)" in text
