"""Pages that have moved: a stub at each old address that leads on, with the fragment where scripts run."""

import posixpath
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
<script>location.replace({script} + location.search + location.hash)</script>
<meta http-equiv="refresh" content="0; url={href}">
</head>
<body>
<main>
<h1>This page has moved</h1>
<p>It now stands <a href="{href}">at another address</a>; its anchors are the same.</p>
</main>
</body>
</html>
"""


def write(site: Path, moved: Mapping[str, str], address: str = "") -> list[Path]:
    """Write a stub for every page of `moved`, {old: new}, both paths of Markdown; the new page must have been built."""
    written = []
    for old, new in moved.items():
        stub, target = (site / page_address(page) / "index.html" for page in (old, new))
        if stub.is_file():
            raise ValueError(f"redirects: {old} leads to {new}, but there is a page {old}: remove one of them")
        if not target.is_file():
            raise ValueError(f"redirects: {old} leads to {new}, and there is no such page")
        href = posixpath.relpath(f"/{page_address(new)}", f"/{page_address(old)}") + "/"
        stub.parent.mkdir(parents=True, exist_ok=True)
        canonical = address + page_address(new) if address else href
        text = STUB.format(href=escape(href), script=f'"{href}"', canonical=escape(canonical))
        stub.write_text(text, encoding="utf-8", newline="")
        written.append(stub)
    return written
