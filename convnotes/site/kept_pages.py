"""While the notes are served: pages are kept, and rendered again only when something that they show has changed.

What a page shows is its own text, its exhibits, on an API page what modules say, and what any page can take from the
rest: titles, times, records. All of it is in a page's key. Navigation, search and the checks of links are made anew for
every page, from what was kept.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

ROOT = Path(__file__).parents[2]
RENDERED = ("content", "toc", "present_anchor_ids", "links_to_anchors", "_title_from_render")


@dataclass
class Kept:
    """What a page was rendered to and, once it has been indexed, what the search finds in it."""

    key: tuple[str, ...]
    rendered: dict[str, Any]
    found: list[Any] | None = None


class KeptPages:
    """The pages kept, by the path of their Markdown."""

    def __init__(self) -> None:
        self.pages: dict[str, Kept] = {}
        self.rest = ""

    def begin(self, config: MkDocsConfig) -> None:
        """Read what every page may take from the rest: the code that writes pages, settings, the fronts of chapters."""
        rooms = ("site", "notes", "citing", "words")
        code = (path for room in rooms for path in sorted((ROOT / "convnotes" / room).glob("*.*")))
        read = [path.read_bytes() for path in [*code, Path(config.config_file_path)] if path.is_file()]
        for path in sorted(Path(config.docs_dir).rglob("*.md")):
            read += [str(path).encode(), path.read_bytes().partition(b"\n---\n")[0]]
        self.rest = sha256(b"\n".join(read)).hexdigest()

    def key(self, page: Any, markdown: str) -> tuple[str, ...]:
        """All that decides how a page looks."""
        return (markdown, self.rest, *_exhibits(markdown), *_modules(page.file.src_uri))

    def same(self, page: Any) -> bool:
        """Whether the page looks as it did when it was kept."""
        return page.file.src_uri in self.pages and self.pages[page.file.src_uri].key == page.key

    def keep(self, page: Any) -> None:
        """Keep what a page has been rendered to."""
        self.pages[page.file.src_uri] = Kept(page.key, {name: getattr(page, name, None) for name in RENDERED})

    def restore(self, page: Any, files: Files) -> None:
        """Give a page what it was rendered to; its links lead to the files of this build."""
        for name, value in self.pages[page.file.src_uri].rendered.items():
            setattr(page, name, value)
        links = (page.links_to_anchors or {}).items()
        page.links_to_anchors = {new: asked for old, asked in links if (new := files.src_uris.get(old.src_uri))}

    def index(self, page: Any, search: Any) -> bool:
        """Give the search what it found in a page that is as it was, if it has been indexed since."""
        found = self.pages[page.file.src_uri].found if self.same(page) else None
        search.entries += found or []
        return found is not None

    def indexed(self, page: Any, entries: list[Any]) -> None:
        """Keep what the search has found in a page."""
        if self.same(page):
            self.pages[page.file.src_uri].found = entries


def _exhibits(markdown: str) -> list[str]:
    from convnotes import store
    from convnotes.notes.exhibit import find
    from convnotes.notes.page import fences

    named = [find(fence.text.strip()) for fence in fences(markdown) if fence.kind == "exhibit"]
    return [
        f"{store.key(exhibit.path, exhibit.name)} {exhibit.function.line}" for exhibit in named
    ]  # the line is shown


def _modules(name: str) -> list[str]:
    """For an API page, the sources of its module or folder."""
    stem = ROOT / "convnotes" / Path(name).stem
    files = [stem.with_suffix(".py"), *sorted(stem.rglob("*.py"))] if name.startswith("api/") else []
    return [path.read_text(encoding="utf-8") for path in files if path.is_file()]
