"""The page in hand, as the generator tells of it, and what failed on it."""

from html import escape
from pathlib import Path
from typing import Any

SCRIPTS = "assets/cn"
failures: list[str] = []  # of this build: "chapter:line: cause"


class Page:
    """What the generator says about the page in hand; MkDocs says it through its own tree processor."""

    def __init__(self, md: Any) -> None:
        said = md.treeprocessors["relpath"] if "relpath" in md.treeprocessors else None  # noqa: SIM401 - a Registry has no get
        self.path = Path(said.file.abs_src_path) if said else None
        self.name = f"docs/{said.file.src_uri}" if said else "(text)"
        self.root = "../" * said.file.dest_uri.count("/") if said else ""
        self.scripts = Path(said.config.docs_dir) / SCRIPTS if said else None
        self.repository = str(said.config.extra.get("repository") or "") if said else ""

    def failed(self, where: str, cause: str) -> str:
        """Note a failure at the line that holds `where`, and give the box that shows it."""
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path else []
        found = [number for number, text in enumerate(lines, 1) if where.split("\n")[0] in text] or [1]
        places = [f"{self.name}:{number}: {cause}" for number in found]
        failures.append(next((place for place in places if place not in failures), places[-1]))
        return f'<div class="cn-failed" role="alert">{escape(failures[-1])}</div>'
