"""The page in hand, as the generator tells of it, and what failed on it."""

import os
import re
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SCRIPTS = "assets/cn"
UNSEARCHED = re.compile(
    r'<svg\b.*?</svg>|<details class="cn-data".*?</details>|<span class=.cn-links.>.*?</span>'
    r"|<dt>(?:Builds on|Takes)</dt>\s*<dd>.*?</dd>",
    re.S,
)
FORMULA = re.compile(r"<math\b.*?</math>", re.S)
TAG = re.compile("<[^>]+>|[\N{FUNCTION APPLICATION}\N{INVISIBLE TIMES}]")  # and signs that are read aloud alone
TABLE = re.compile(r"<table\b.*?</table>", re.S)
failures: list[str] = []  # of this build: "chapter:line: cause"


def permanent(site_url: str | None) -> str:
    """The address at which the pages will stand for good; "" for a copy that is served or read on this machine.

    >>> permanent("https://example.org/notes/0.1.0"), permanent("http://127.0.0.1:8000/"), permanent(None)
    ('https://example.org/notes/0.1.0/', '', '')
    """
    here = urlsplit(site_url or "").hostname in (None, "127.0.0.1", "localhost", "0.0.0.0", "::1")
    return "" if here or not site_url else f"{site_url.rstrip('/')}/"


def build_day() -> date:
    """The day of the build, or the one that SOURCE_DATE_EPOCH names, so that the same sources give the same bytes."""
    moment = os.environ.get("SOURCE_DATE_EPOCH")
    return (datetime.fromtimestamp(int(moment), UTC) if moment else datetime.now(UTC)).date()


def searched(html: str) -> str:
    """A page as the search is to read it: without what it leaves out, each formula as its text, which is quicker.

    A table becomes a block of words, as code is one.

    >>> searched('<p>a <svg><text>b</text></svg><math><mi>c</mi></math></p><details class="cn-data">d</details>')
    '<p>a c</p>'
    >>> searched("<table><tr><td>3×3</td><td>256</td></tr></table>")
    '<pre>3×3 256</pre>'
    """
    text = FORMULA.sub(lambda found: TAG.sub("", found[0]), UNSEARCHED.sub("", html))
    return TABLE.sub(lambda found: f"<pre>{' '.join(TAG.sub(' ', found[0]).split())}</pre>", text)


class Page:
    """What the generator says about the page in hand: MkDocs through a tree processor, Zensical a preprocessor.

    `name` is the page's path under `docs`; without a generator there is neither.
    """

    def __init__(self, md: Any) -> None:
        address, self.name, self.docs, extra, home = self._told(md)
        self.path = self.docs / self.name if self.docs else None
        self.place = f"docs/{self.name}" if self.docs else "(text)"
        self.root = "../" * address.count("/")
        self.scripts = self.docs / SCRIPTS if self.docs else None
        self.address = permanent(home)
        self.extra = extra
        self.repository = str(extra.get("repository") or "")

    @staticmethod
    def _told(md: Any) -> tuple[str, str, Path | None, dict[str, object], str | None]:
        """The page's address and name, the folder of all pages, the settings' `extra`, and the address of all pages."""
        if "relpath" in md.treeprocessors:
            said = md.treeprocessors["relpath"]
            settings = said.config
            return said.file.dest_uri, said.file.src_uri, Path(settings.docs_dir), settings.extra, settings.site_url
        if "rendering_context" in md.preprocessors:
            said = md.preprocessors["rendering_context"]
            settings = said.config
            home = settings.get("site_url")
            return said.page.url, said.page.path, Path(settings["docs_dir"]), settings["extra"], home
        return "", "", None, {}, None

    def failed(self, where: str, cause: str) -> str:
        """Note a failure at the line that holds `where`, and give the box that shows it."""
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path else []
        found = [number for number, text in enumerate(lines, 1) if where.split("\n")[0] in text] or [1]
        places = [f"{self.place}:{number}: {cause}" for number in found]
        failures.append(next((place for place in places if place not in failures), places[-1]))
        return _box(failures[-1])

    def failed_at(self, line: int, cause: str) -> str:
        """Note a failure at a line of the page, once, and give the box that shows it."""
        place = f"{self.place}:{line}: {cause}"
        if place not in failures:
            failures.append(place)
        return _box(place)


def _box(failure: str) -> str:
    return f'<div class="cn-failed" role="alert">{escape(failure)}</div>'
