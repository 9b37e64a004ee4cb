"""What readers look for is found: worked examples, terms, numbers, names of functions."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open, search

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
}


def found(page: Page, text: str) -> list[str]:
    """The addresses that a search finds, from the first on."""
    search(page, text)
    links = page.locator(".md-search-result__link").evaluate_all("links => links.map(link => link.href)")
    return [link.partition("?")[0] + ("#" + link.partition("#")[2] if "#" in link else "") for link in links]


@pytest.mark.parametrize("text", WANTED)
def test_a_search_finds(open_page: Open, address: str, text: str) -> None:
    page = open_page("notation/")
    places = [place.removeprefix(address) for place in found(page, text)]
    assert WANTED[text] in places[:5], places
