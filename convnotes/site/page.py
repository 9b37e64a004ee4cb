"""The page in hand, as the generator tells of it, and what failed on it."""

from html import escape
from pathlib import Path
from typing import Any

SCRIPTS = "assets/cn"
failures: list[str] = []  # of this build: "chapter:line: cause"


class Page:
    """What the generator says about the page in hand: MkDocs through a tree processor, Zensical a preprocessor.

    `name` is the page's path under `docs`; without a generator there is neither.
    """

    def __init__(self, md: Any) -> None:
        address, self.name, self.docs, extra = self._told(md)
        self.path = self.docs / self.name if self.docs else None
        self.place = f"docs/{self.name}" if self.docs else "(text)"
        self.root = "../" * address.count("/")
        self.scripts = self.docs / SCRIPTS if self.docs else None
        self.repository = str(extra.get("repository") or "")

    @staticmethod
    def _told(md: Any) -> tuple[str, str, Path | None, dict[str, object]]:
        """The page's address and name, the folder of all pages, and what the settings hold under `extra`."""
        if "relpath" in md.treeprocessors:
            said = md.treeprocessors["relpath"]
            return said.file.dest_uri, said.file.src_uri, Path(said.config.docs_dir), said.config.extra
        if "rendering_context" in md.preprocessors:
            said = md.preprocessors["rendering_context"]
            return said.page.url, said.page.path, Path(said.config["docs_dir"]), said.config["extra"]
        return "", "", None, {}

    def failed(self, where: str, cause: str) -> str:
        """Note a failure at the line that holds `where`, and give the box that shows it."""
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path else []
        found = [number for number, text in enumerate(lines, 1) if where.split("\n")[0] in text] or [1]
        places = [f"{self.place}:{number}: {cause}" for number in found]
        failures.append(next((place for place in places if place not in failures), places[-1]))
        return f'<div class="cn-failed" role="alert">{escape(failures[-1])}</div>'
