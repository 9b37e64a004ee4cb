"""The record of what can be cited, made from CITATION.cff and the headings of the notes.

`python -m tests.chapters` writes it. `python -m tests.record ADDRESS` first gives this version the permanent address at
which it will stand, in CITATION.cff, as publishing does.
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import yaml
from mkdocs.utils import yaml_load

from convnotes.citing import record
from tests.chapters import ROOT, pages

CFF = ROOT / "CITATION.cff"


def configuration() -> dict[str, Any]:
    """What mkdocs.yml says."""
    with (ROOT / "mkdocs.yml").open(encoding="utf-8") as file:
        found: dict[str, Any] = yaml_load(file)
    return found


def order(entries: list[Any]) -> Iterator[str]:
    """The pages of a menu, in its order."""
    for entry in entries:
        below = next(iter(entry.values())) if isinstance(entry, dict) else entry
        yield from [below] if isinstance(below, str) else order(below)


def made() -> str:
    """The text of the record."""
    cff = yaml.safe_load(CFF.read_text("utf-8"))
    work = {
        "title": cff["title"],
        "author": ", ".join(author["name"] for author in cff["authors"]),
        "version": cff["version"],
        "released": str(cff.get("date-released", "")),
        "address": cff.get("url", ""),
        "licence": cff["license"][-1],
    }
    examples = [f"  {quoted(anchor)}: {quoted(about)}" for anchor, about in headings()]
    return f'{{\n "work": {quoted(work)},\n "examples": {{\n' + ",\n".join(examples) + "\n }\n}\n"


def quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def headings() -> Iterator[tuple[str, dict[str, str]]]:
    """Every worked example: its anchor, and what is told of it."""
    places = list(order(configuration()["nav"]))
    for page in sorted((page for page in pages() if page.name in places), key=lambda page: places.index(page.name)):
        for heading in page.headings:
            if heading.anchor.startswith("ex-"):
                title = heading.text.removeprefix("Worked example: ")
                about = {"title": title[0].upper() + title[1:], "page": page.name, "chapter": page.headings[0].text}
                yield heading.anchor, about


def write() -> None:
    """Write the record."""
    record.PATH.write_text(made(), "utf-8")


def give(address: str) -> None:
    """Give this version its permanent address."""
    if not re.fullmatch(r"https?://[!-~]+/", address):
        raise SystemExit(
            f"{address!r} is no address: give one that ends in a slash, such as https://example.org/0.1.0/"
        )
    text = re.sub(r"^url:.*\n", "", CFF.read_text("utf-8"), flags=re.M)
    CFF.write_text(re.sub(r"^(version:.*\n)", rf"\1url: {address}\n", text, flags=re.M), "utf-8")


if __name__ == "__main__":
    give(sys.argv[1])
    write()
