"""The feed: valid Atom, the same ids for ever, the days of the releases."""

import re
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from convnotes.notes.page import DOCS
from convnotes.site.feed import entries, feed

ATOM = "{http://www.w3.org/2005/Atom}"
BUILT = date(2027, 3, 1)
CHANGELOG = """# Changes

## 0.2.0 – unreleased

- New: `feed`.

## 0.1.0 – 2026-12-01

- The [first](convolution.md).
"""
CORRECTIONS = """## Part

### About `five` { #five }

**The lecture** says five. [It](a.md) is $5$.

### Later { #later data-since=0.2.0 }

Text.
"""


def test_every_release_and_every_correction_has_its_day() -> None:
    told = entries(CHANGELOG, CORRECTIONS, BUILT)
    assert [(entry.title, entry.page, entry.day) for entry in told] == [
        ("Release 0.2.0 (unreleased)", "changes/", BUILT),
        ("Correction: Later", "corrections/#later", BUILT),
        ("Release 0.1.0 (2026-12-01)", "changes/", date(2026, 12, 1)),
        ("Correction: About five", "corrections/#five", date(2026, 12, 1)),
    ]
    assert "<li>The first.</li>" in told[2].html
    assert "It is" in told[3].html and "<mn>5</mn>" in told[3].html


def test_the_release_of_a_correction_must_exist() -> None:
    with pytest.raises(ValueError, match=r"correction later is said to be of 0\.3\.0; releases are 0\.2\.0, 0\.1\.0"):
        entries(CHANGELOG, CORRECTIONS.replace("since=0.2.0", "since=0.3.0"), BUILT)


def read(text: bytes) -> dict[str, str]:
    """Id and day of each entry, when the feed as a whole is what RFC 4287 asks for."""
    root = ElementTree.fromstring(text)
    assert root.tag == f"{ATOM}feed" and root.find(f"{ATOM}author/{ATOM}name") is not None
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert set(links) == {"self", "alternate"}
    found = {}
    for holder in (root, *root.findall(f"{ATOM}entry")):
        for needed in ("id", "title", "updated"):
            assert len(holder.findall(f"{ATOM}{needed}")) == 1 and holder.findtext(f"{ATOM}{needed}")
        assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", holder.findtext(f"{ATOM}id") or "")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", holder.findtext(f"{ATOM}updated") or "")
        if holder is not root:
            assert holder.find(f"{ATOM}link").get("rel") == "alternate"  # type: ignore[union-attr]
            found[holder.findtext(f"{ATOM}id") or ""] = holder.findtext(f"{ATOM}updated") or ""
    assert len(found) == len(root.findall(f"{ATOM}entry")), "two entries with one id"
    assert root.findtext(f"{ATOM}updated") == max(found.values(), default=root.findtext(f"{ATOM}updated"))
    return found


def test_ids_outlive_address_release_and_wording() -> None:
    before = read(feed(entries(CHANGELOG, CORRECTIONS, BUILT), "", BUILT))
    released = CHANGELOG.replace("unreleased", "2027-04-01").replace("- New", "- Newer")
    after = read(feed(entries(released, CORRECTIONS, BUILT), "https://example.org/notes/", BUILT))
    assert set(before) == set(after)
    assert sorted(after.values()) == ["2026-12-01T00:00:00Z"] * 2 + ["2027-04-01T00:00:00Z"] * 2
    assert "urn:uuid:864612ee-7734-513e-81ec-01d3e675cc56" in after, "ids of release 0.1.0 are published"


def test_without_a_release_there_is_an_empty_feed() -> None:
    assert read(feed(entries("# Changes\n", "", BUILT), "", BUILT)) == {}


def test_the_feed_of_the_site_tells_all_corrections_and_leads_to_them(built_site: Path) -> None:
    text = (built_site / "feed.xml").read_bytes()
    corrections = (DOCS / "corrections.md").read_text(encoding="utf-8")
    releases = (DOCS / "changes.md").read_text(encoding="utf-8").count("\n## ")
    assert len(read(text)) == corrections.count("\n### ") + releases
    for link in ElementTree.fromstring(text).iter(f"{ATOM}link"):
        parts = urlsplit(link.get("href", ""))
        page = built_site / parts.path
        assert (
            page.is_file()
            or f'id="{parts.fragment}"' in (page / "index.html").read_text(encoding="utf-8")
            or (not parts.fragment and (page / "index.html").is_file())
        )
    assert 'type="application/atom+xml"' in (built_site / "pooling/index.html").read_text(encoding="utf-8")
