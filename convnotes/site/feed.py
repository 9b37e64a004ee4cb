"""The feed of changes and corrections, in Atom (RFC 4287).

An entry for each release of the changelog, and one for each correction to the lecture, dated by the release that
brought it: the first, unless the heading of the correction names another, `{ #anchor data-since=0.2.0 }`. What is
not released yet bears the day of the build. Ids are made from version and anchor, so they outlive every address.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from markdown import Markdown

from convnotes.site.page import build_day

NAME, TITLE = "feed.xml", "convnotes: changes and corrections"
NAMESPACE = UUID("c3b4b1d0-6d1c-5c57-9a86-6f0c0a7f5a11")  # of the ids: never to be changed
RELEASE = re.compile(r"^## (?P<version>\S+) – (?P<day>\S+)\n(?P<text>.*?)(?=^## |\Z)", re.M | re.S)
CORRECTION = re.compile(
    r"^### (?P<title>.+?) \{ #(?P<anchor>\S+)(?: data-since=(?P<since>\S+))? \}\n+(?P<text>.+?)(?=\n\n|\Z)", re.M | re.S
)
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Entry:
    """One change: what makes its id, its title, its page, its day, and its text as HTML."""

    key: str
    title: str
    page: str
    day: date
    html: str


def entries(changelog: str, corrections: str, built: date) -> list[Entry]:
    """What the feed tells, newest first; `built` is the day of what is not released yet."""
    found = list(RELEASE.finditer(changelog))
    if not found:
        return []
    days = {release["version"]: _day(release["day"], built) for release in found}
    first = found[-1]["version"]
    releases = [_release(release, days) for release in found]
    return sorted([*releases, *_corrections(corrections, days, first)], key=lambda entry: entry.day, reverse=True)


def _release(found: re.Match[str], days: dict[str, date]) -> Entry:
    version, said = found["version"], f"{found['version']} ({found['day']})"
    return Entry(f"release {version}", f"Release {said}", "changes/", days[version], _html(found["text"]))


def _day(text: str, built: date) -> date:
    return built if text == "unreleased" else date.fromisoformat(text)


def _corrections(text: str, days: dict[str, date], first: str) -> Iterator[Entry]:
    for match in CORRECTION.finditer(text):
        since = match["since"] or first
        if since not in days:
            raise ValueError(f"correction {match['anchor']} is said to be of {since}; releases are {', '.join(days)}")
        page = f"corrections/#{match['anchor']}"
        title = f"Correction: {_plain(match['title'])}"
        yield Entry(f"correction {match['anchor']}", title, page, days[since], _html(match["text"]))


def _html(text: str) -> str:
    """Markdown without its links, which lead from the page it stands on and not from a feed."""
    md: Any = Markdown
    return str(md(extensions=["convnotes.site"]).convert(LINK.sub(r"\1", text).strip()))


def _plain(title: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", _html(title)))


def feed(told: list[Entry], address: str, built: date) -> bytes:
    """The feed as a file that stands at `address`, the address of all pages; "" where that is not known."""
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    _add(root, "title", TITLE)
    _add(root, "id", uuid5(NAMESPACE, "feed").urn)
    _add(root, "updated", _moment(max((entry.day for entry in told), default=built)))
    SubElement(SubElement(root, "author"), "name").text = "convnotes contributors"
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": address + NAME})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": address + "changes/"})
    for entry in told:
        element = SubElement(root, "entry")
        _add(element, "title", entry.title)
        _add(element, "id", uuid5(NAMESPACE, entry.key).urn)
        _add(element, "updated", _moment(entry.day))
        SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": address + entry.page})
        SubElement(element, "content", {"type": "html"}).text = entry.html
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def write_feed(site: Path, docs: Path, address: str) -> None:
    """Write into the built `site` the feed of the pages under `docs`, which stand at `address`, if it tells changes."""
    changelog, corrections = docs / "changes.md", docs / "corrections.md"
    if changelog.is_file() and corrections.is_file():
        told = entries(changelog.read_text(encoding="utf-8"), corrections.read_text(encoding="utf-8"), build_day())
        (site / NAME).write_bytes(feed(told, address, build_day()))


def _add(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
