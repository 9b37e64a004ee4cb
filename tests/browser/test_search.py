"""What readers look for is found: worked examples, terms, numbers, names of functions, however they spell them."""

import gzip
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from convnotes.site import search as made
from convnotes.site.search.words import SECTIONS
from tests.browser.conftest import Open, search, until

WANTED = {  # what is typed: an address that must be among the first five places found
    "1,441,792": "cost/#ex-three-3x3-at-256",
    "118,013,952": "cost/#ex-conv-against-dense",
    "imagenet stem": "convolution/#ex-imagenet-stem",
    "dilated kernel": "convolution/#ex-dilated-kernel",
    "output_size": "api/conv/#convnotes.conv.output_size",
    "convnotes.conv.output_size": "api/conv/#convnotes.conv.output_size",
    "ReceptiveField": "api/receptive_field/#convnotes.receptive_field.ReceptiveField",
    "bottleneck": "pointwise-convolution/#ex-bottleneck",
    "equivariance": "equivariance/",
    "recptive feild 1x1": "pointwise-convolution/",
}
TYPED = (Path(__file__).parents[1] / "data/searches.txt").read_text(encoding="utf-8").splitlines()
SEARCHES = dict(line.split(" > ") for line in TYPED if line and not line.startswith("#"))
ASK = """async (searches) => {
  const { search, base } = JSON.parse(document.querySelector("#__config").textContent);
  const worker = new Worker(search);
  const told = (message) => new Promise((done) => {
    worker.onmessage = ({ data }) => done(data.data);
    worker.postMessage(message);
  });
  const part = async (name) => (await fetch(`${base}/search/${name}.json`)).json();
  const [first, rest] = [await part("search_index"), await part("rest")];
  await told({ type: 0, data: { config: { ...first.config, rest: false }, docs: [...first.docs, ...rest.docs] } });
  const places = {};
  for (const text of searches) {
    const { items } = await told({ type: 2, data: text });
    const shown = items.flatMap((page) => page.filter(({ score }) => score >= page[0].score));
    places[text] = shown.map(({ location }) => location);
  }
  return places;
}"""


def found(page: Page) -> list[str]:
    """The addresses that are listed, from the first on."""
    links = page.locator(".md-search-result__link").evaluate_all("links => links.map(link => link.href)")
    return [link.partition("?")[0] + ("#" + link.partition("#")[2] if "#" in link else "") for link in links]


@pytest.mark.parametrize("text", WANTED)
def test_a_search_finds(open_page: Open, address: str, text: str) -> None:
    page = open_page("notation/")
    with page.expect_response("**/" + made.REST):  # what is listed before it came stays, so that the focus does
        page.keyboard.press("Control+K")
    until(page, lambda: wanted_is_listed(page, text, address), f"{WANTED[text]}, but {found(page)[:5]}")


def wanted_is_listed(page: Page, text: str, address: str) -> bool:
    """Whether the place is among the first five once the text is typed anew."""
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    search(page, text)
    return address + WANTED[text] in found(page)[:5]


@pytest.mark.parametrize("in_list", [False, True])
def test_what_is_read_last_is_listed_too_unless_the_reader_is_in_the_list(
    open_page: Open, address: str, in_list: bool
) -> None:
    wanted = address + WANTED["output_size"]
    held: list[Route] = []
    hold = ("**/" + made.REST, lambda route: held.append(route))
    page = open_page("notation/", before=lambda page: page.route(*hold))
    search(page, "output_size")
    until(page, lambda: held, "a request for what is read last")
    assert wanted not in found(page)
    first = page.locator(".md-search-result__link").first
    if in_list:
        page.keyboard.press("ArrowDown")
        expect(first).to_be_focused()
    with page.expect_response(hold[0]):
        held[0].continue_()
    if in_list:
        page.wait_for_timeout(1000)
        expect(first).to_be_focused()
        page.keyboard.press("e")  # from what is found one types on
        page.keyboard.press("Backspace")
    until(page, lambda: wanted in found(page), "what was read last")


def test_what_students_type_is_answered_in_the_first_three_places(open_page: Open) -> None:
    assert len(SEARCHES) > 60
    places = open_page("notation/").evaluate(ASK, list(SEARCHES))
    missed = [
        f"{text!r} gives {places[text][:3]}, not {wanted}"
        for text, wanted in SEARCHES.items()
        if not {*wanted.split()} & {*places[text][:3]}
    ]
    assert missed == []


def test_a_result_marks_the_words_as_the_page_spells_them(open_page: Open) -> None:
    page = open_page("notation/")
    search(page, "three 3x3")
    first = page.locator(".md-search-result__item").first
    assert "3×3" in first.locator("mark").all_inner_texts()
    assert "<" not in first.inner_text()


def test_the_index_comes_in_two_parts_and_the_first_is_small(built_site: Path) -> None:
    first, rest = ((built_site / name).read_bytes() for name in (made.FIRST, made.REST))
    assert len(gzip.compress(first)) < 120_000
    docs = [doc["location"] for part in (first, rest) for doc in json.loads(part)["docs"]]
    assert len(set(docs)) == len(docs)
    places = {*docs, *(doc.partition("#")[0] for doc in docs)}
    wanted = [place for places in SEARCHES.values() for place in places.split()]
    assert [place for place in (*SECTIONS, *wanted) if place not in places] == []
