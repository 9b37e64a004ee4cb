"""The built site as a whole: each link, anchor and file that a page names is there; nothing comes from elsewhere."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from convnotes.citing.record import examples
from tests import small

ABOUT = {"canonical", "alternate", "license", "author", "me", "search"}  # rel of links that a browser does not follow
ADDRESSES = {"src", "href", "srcset", "poster", "data", "action", "imagesrcset"}
STYLE_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)|@import\s+[\"']([^\"']+)")


@dataclass
class Found(HTMLParser):
    """What a page holds: its ids, what its readers may follow, and what a browser fetches for it."""

    ids: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        shown = tag in ("a", "area") or (tag == "link" and set(given.get("rel", "").split()) & ABOUT)
        for name in ADDRESSES & given.keys():
            several = re.split(r"\s+[\d.]+[wx],?\s*", given[name]) if "srcset" in name else [given[name]]
            (self.followed if shown else self.fetched).extend(address for address in several if address)
        self.fetched += [first or second for first, second in STYLE_URL.findall(given.get("style", ""))]


@cache
def found(page: Path) -> Found:
    parser = Found()
    parser.feed(page.read_text(encoding="utf-8"))
    parser.close()
    return parser


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def target(site: Path, page: Path, address: str) -> tuple[Path, str] | None:
    """The file and the anchor that an address on a page leads to; None if it leads out of the site."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    path = unquote(parts.path)
    file = page if not path else (site / path.lstrip("/") if path.startswith("/") else page.parent / path).resolve()
    return (file / "index.html" if file.is_dir() else file), unquote(parts.fragment)


def lost_links(site: Path) -> list[str]:
    """Links into the site that lead to no page of it, or to no anchor on that page."""
    lost = []
    for page in pages(site):
        for address in found(page).followed:
            if led := target(site, page, address):
                file, anchor = led
                known = file.is_file() and (not anchor or file.suffix != ".html" or anchor in found(file).ids)
                lost += [] if known else [f"{page.relative_to(site)}: {address}"]
    return lost


def foreign_files(site: Path) -> list[str]:
    """What pages fetch that is no file of the site."""
    foreign = []
    for page in pages(site):
        for address in found(page).fetched:
            led = target(site, page, address)
            known = address.startswith("data:") or (led and led[0].is_file())
            foreign += [] if known else [f"{page.relative_to(site)}: {address}"]
    return foreign


def test_links_lead_to_pages_and_anchors_that_are_there(built_site: Path) -> None:
    assert lost_links(built_site.resolve()) == []


def test_what_a_page_fetches_is_part_of_the_site(built_site: Path) -> None:
    assert foreign_files(built_site.resolve()) == []


def test_a_small_site_with_faults(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.html").write_text(
        '<h1 id="top">A</h1><a href="../#b">b</a><script src="https://x.y/s.js"></script>'
    )
    (tmp_path / "index.html").write_text(
        '<a href="a/#top">A</a><a href="a/#no">A</a><a href="c/">C</a><img src="d.svg">'
    )
    assert lost_links(tmp_path) == ["a/index.html: ../#b", "index.html: a/#no", "index.html: c/"]
    assert foreign_files(tmp_path) == ["a/index.html: https://x.y/s.js", "index.html: d.svg"]


def test_with_an_address_whatever_names_it_leads_to_a_page(tmp_path: Path) -> None:
    home = "https://example.org/notes/0.1.0/"
    corrections = "# Corrections\n\n## Part\n\n### One { #one }\n\nText.\n"
    changes = "# Changes\n\n## 0.1.0 – 2026-12-01\n\n- First.\n"
    anchors = [anchor for anchor, one in examples().items() if one.page == "cost.md"]
    chapters = {"index.md": "# Small\n", "cost.md": "# Cost\n" + "".join(f"\n## X {{ #{one} }}\n" for one in anchors)}
    small.write(tmp_path, {**chapters, "corrections.md": corrections, "changes.md": changes}, {"old.md": "changes.md"})
    site = small.build(tmp_path, SITE_URL=home)
    texts = [path.read_text(encoding="utf-8") for kind in ("html", "xml") for path in site.rglob(f"*.{kind}")]
    named = {address.rstrip(",.") for text in texts for address in re.findall(rf"{home}([^\s\"<>}}]*)", text)}
    assert {"", f"cost/#{anchors[0]}", "feed.xml", "corrections/#one"} <= named
    for address in named:
        file, anchor = target(site, site / "index.html", address) or pytest.fail(address)
        assert file.is_file() and (file.suffix != ".html" or not anchor or anchor in found(file).ids), address


def test_style_sheets_fetch_nothing_from_elsewhere(built_site: Path) -> None:
    for sheet in built_site.resolve().rglob("*.css"):
        for address in (first or second for first, second in STYLE_URL.findall(sheet.read_text(encoding="utf-8"))):
            led = target(built_site.resolve(), sheet, address)
            assert address.startswith(("data:", "#")) or (led and led[0].is_file()), f"{sheet.name}: {address}"


def test_no_id_twice_on_a_page(built_site: Path) -> None:
    doubled = {
        str(page.relative_to(built_site)): twice
        for page in pages(built_site)
        if (twice := [name for name, count in Counter(found(page).ids).items() if count > 1])
    }
    assert doubled == {}


@pytest.mark.parametrize(
    ("html", "followed", "fetched"),
    [
        ('<a href="a/">x</a><img src="b.svg">', ["a/"], ["b.svg"]),
        ('<link rel="stylesheet" href="https://x.y/z.css">', [], ["https://x.y/z.css"]),
        ('<link rel="canonical" href="https://x.y/">', ["https://x.y/"], []),
        ('<img srcset="a.png 1x, b.png 2x">', [], ["a.png", "b.png"]),
        ("<p style=\"background: url('c.png')\">", [], ["c.png"]),
    ],
)
def test_the_reader_of_pages(html: str, followed: list[str], fetched: list[str]) -> None:
    parser = Found()
    parser.feed(html)
    assert (parser.followed, parser.fetched) == (followed, fetched)
