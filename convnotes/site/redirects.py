"""Pages and sections that have moved: whoever opens an old address is led to the new one, with its query and fragment.

An old page is left as a stub. For a section that moved to another page, its old page ends in a list of links; each has
the old anchor as its id, so a browser without scripts jumps to the link, and a script follows it at once.
"""

import json
import posixpath
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

from convnotes.citing.record import page_address

STUB = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>This page has moved</title>
<link rel="canonical" href="{canonical}">
{script}
<meta http-equiv="refresh" content="0; url={href}">
</head>
<body>
<main>
<h1>This page has moved</h1>
<p>It is now <a href="{href}">at another address</a>; its anchors are the same.</p>
{links}</main>
</body>
</html>
"""
SCRIPT = """\
<script>(() => {{
const moved = {table};
const lead = () => {{
const anchor = location.hash.slice(1);
if (Object.hasOwn(moved, anchor)) location.replace(moved[anchor].replace("#", location.search + "#"));{otherwise}
}};
addEventListener("hashchange", lead);
lead();
}})()</script>
"""
LINKS = """\
<nav class="cn-moved" aria-label="Sections that have moved" data-search-exclude>
<p>Sections that have moved from this page:</p>
<ul>
{items}
</ul>
</nav>
"""


def write(site: Path, moved: Mapping[str, str], address: str = "") -> list[Path]:
    """Lead on from every old place of `moved`, {old: new}, and return the files that do.

    Both are paths of Markdown, or both are places in one, `page.md#anchor`. ValueError if the new place is not in the
    built `site`, or the old one still is.
    """
    places: dict[str, dict[str, str]] = {}
    for old, new in moved.items():
        page, mark, anchor = old.partition("#")
        places.setdefault(page, {}).update({anchor: new} if mark else {})
    return [
        _stub(site, page, moved[page], anchors, address) if page in moved else _ended(site, page, anchors)
        for page, anchors in places.items()
    ]


def _stub(site: Path, old: str, new: str, anchors: Mapping[str, str], address: str) -> Path:
    """A page at the old address that leads to the new one."""
    stub, target = _file(site, old), _file(site, new)
    if stub.is_file():
        raise ValueError(f"redirects: {old} leads to {new}, but there is a page {old}: remove one of them")
    if not target.is_file():
        raise ValueError(f"redirects: {old} leads to {new}, and there is no such page")
    href = _way(old, new)
    script = _script(old, anchors, f'\nelse location.replace("{href}" + location.search + location.hash);')
    links = _links(site, old, anchors) if anchors else ""
    canonical = escape(address + page_address(new) if address else href)
    stub.parent.mkdir(parents=True, exist_ok=True)
    text = STUB.format(href=escape(href), script=script, canonical=canonical, links=links)
    stub.write_text(text, encoding="utf-8", newline="")
    return stub


def _ended(site: Path, page: str, anchors: Mapping[str, str]) -> Path:
    """The page, which now ends in links to its sections that have moved."""
    file = _file(site, page)
    if not file.is_file():
        raise ValueError(f"redirects: {page}#{next(iter(anchors))} has moved, and there is no page {page}")
    before, end, after = file.read_text(encoding="utf-8").rpartition("</article>")
    for anchor in anchors:
        if f' id="{anchor}"' in before:
            raise ValueError(f"redirects: {page}#{anchor} has moved, but it is still on its page: remove one of them")
    added = _script(page, anchors) + _links(site, page, anchors)
    file.write_text(before + added + end + after, encoding="utf-8", newline="")
    return file


def _script(page: str, anchors: Mapping[str, str], otherwise: str = "") -> str:
    table = json.dumps({anchor: _way(page, new) for anchor, new in anchors.items()})
    return SCRIPT.format(table=table, otherwise=otherwise)


def _links(site: Path, page: str, anchors: Mapping[str, str]) -> str:
    """The list of links, each of which has the old anchor as its id."""
    items = (
        f'<li id="{escape(old)}"><a href="{escape(_way(page, new))}">{_title(site, f"{page}#{old}", new)}</a></li>'
        for old, new in anchors.items()
    )
    return LINKS.format(items="\n".join(items))


def _title(site: Path, old: str, new: str) -> str:
    """The heading at the new place in HTML, or its anchor where there is no heading."""
    page, _, anchor = new.partition("#")
    target = _file(site, page)
    found = target.read_text(encoding="utf-8") if target.is_file() else ""
    if not anchor or f' id="{anchor}"' not in found:
        raise ValueError(f"redirects: {old} leads to {new}, and there is no such place")
    heading = re.search(rf'<h(\d) id="{re.escape(anchor)}"[^>]*>(.*?)(?:<a class="headerlink".*?)?</h\1>', found, re.S)
    return re.sub("<[^>]+>", "", heading[2]).strip() if heading else escape(anchor)


def _file(site: Path, page: str) -> Path:
    return site / page_address(page) / "index.html"


def _way(old: str, new: str) -> str:
    """The relative address from one page to a place on another."""
    page, mark, anchor = new.partition("#")
    return posixpath.relpath(f"/{page_address(page)}", f"/{page_address(old)}") + "/" + mark + anchor
