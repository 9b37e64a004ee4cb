"""What mkdocs.yml says of the notes: the menu, and the pages that have moved."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from convnotes.notes.page import DOCS


class _Settings(yaml.SafeLoader):  # type: ignore[misc]  # no types
    """Reads the tags that only a generator understands, such as !ENV, as None."""


_Settings.add_multi_constructor("!", lambda loader, suffix, node: None)


@cache
def settings(docs: Path = DOCS) -> dict[str, Any]:
    """The settings beside the folder `docs`, read once in a process."""
    found: dict[str, Any] = yaml.load((docs.parent / "mkdocs.yml").read_text(encoding="utf-8"), _Settings)
    return found


def navigation(docs: Path = DOCS) -> dict[str, str]:
    """Every page of the menu in its order, with its short title, "" where it has none.

    >>> list(navigation())[:2], navigation()["cost.md"]
    (['index.md', 'convolution.md'], 'Its cost')
    """
    return dict(_listed(settings(docs).get("nav", [])))


def _listed(entries: list[Any]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        title, below = next(iter(entry.items())) if isinstance(entry, dict) else ("", entry)
        yield from [(below, title)] if isinstance(below, str) else _listed(below)


def moved(docs: Path = DOCS) -> dict[str, str]:
    """The pages that have moved, by their old names."""
    return settings(docs).get("extra", {}).get("redirects") or {}


def parts(docs: Path = DOCS) -> dict[str, str]:
    """Every page of the menu with the part in which it stands, "" for one that stands in none.

    >>> parts()["index.md"], parts()["architectures/vgg.md"]
    ('', 'Networks')
    """
    found: dict[str, str] = {}
    for entry in settings(docs).get("nav", []):
        title = next(iter(entry)) if isinstance(entry, dict) and isinstance(next(iter(entry.values())), list) else ""
        found.update(dict.fromkeys(dict(_listed([entry])), title))
    return found
