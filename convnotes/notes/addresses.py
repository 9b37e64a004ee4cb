"""Every address that the notes have, and the list of those that they have ever had, which only grows."""

from convnotes.notes.page import DOCS, ROOT, pages

PUBLISHED = ROOT / "tests/data/anchors.txt"


def addresses() -> list[str]:
    """Every page, and `page#anchor` for every anchor that a page names, sorted."""
    labs = [path.relative_to(DOCS).as_posix() for path in DOCS.glob("labs/*.py")]
    anchors = [f"{page.name}#{anchor}" for page in pages() for anchor in page.ids]
    return sorted([*labs, *(page.name for page in pages()), *anchors])


def add() -> None:
    """Add the new ones to the list."""
    known = set(PUBLISHED.read_text("utf-8").splitlines()) if PUBLISHED.exists() else set()
    PUBLISHED.write_text("".join(f"{address}\n" for address in sorted(known | set(addresses()))), "utf-8")
