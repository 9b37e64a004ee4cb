"""The writer of the record of what can be cited, which is made from CITATION.cff and the headings of the notes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from convnotes.citing import record
from convnotes.notes.navigation import navigation
from convnotes.notes.page import ROOT, page
from convnotes.words.markup import capital

CFF = ROOT / "CITATION.cff"


def made() -> str:
    """The text of the record."""
    cff = yaml.safe_load(CFF.read_text("utf-8"))
    work = {
        "title": cff["title"],
        "author": ", ".join(author["name"] for author in cff["authors"]),
        "version": cff["version"],
        "released": str(cff.get("date-released", "")),
        "address": cff.get("url", ""),
        "licence": cff["license"],
    }
    examples = [f"  {_quoted(anchor)}: {_quoted(about)}" for anchor, about in _examples()]
    return f'{{\n "work": {_quoted(work)},\n "examples": {{\n' + ",\n".join(examples) + "\n }\n}\n"


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _examples() -> Iterator[tuple[str, dict[str, str]]]:
    """Every worked example in the order of the menu: its anchor, and what is told of it."""
    for found in map(page, (name for name in navigation() if name.endswith(".md"))):
        for heading in found.headings:
            if heading.anchor.startswith("ex-"):
                title = heading.text.removeprefix("Worked example: ")
                about = {"title": capital(title), "page": found.name, "chapter": found.headings[0].text}
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


def give_repository(address: str, root: Path = ROOT) -> None:
    """Say where the sources are and errors are reported; "" takes it back."""
    if address and not re.fullmatch(r"https?://[!-~]+[^/]", address):
        raise SystemExit(
            f"{address!r} is no address: give one without a slash at its end, such as https://example.org/a/b"
        )
    sentence = (
        f"\nFound an error? [Open an issue]({address}/issues), or press *Report* below a figure.\n" if address else ""
    )
    for name, pattern, text in (
        ("mkdocs.yml", r'^  repository: ".*"$', f'  repository: "{address}"'),
        (
            "CITATION.cff",
            r"(?:^repository-code:.*\n)?^keywords:",
            f"repository-code: {address}\nkeywords:" if address else "keywords:",
        ),
        ("README.md", r"\n(?:\nFound an error\? .*\n)?\n## Read the notes", f"\n{sentence}\n## Read the notes"),
    ):
        path = root / name
        plain = text.replace("\\", r"\\")
        path.write_text(re.sub(pattern, plain, path.read_text("utf-8"), count=1, flags=re.M), "utf-8")
