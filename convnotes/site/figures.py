"""Exhibits as figures: their captions, links and downloads."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from markdown import Markdown

from convnotes.citing.record import page_address
from convnotes.drawing.kinds import NOTES
from convnotes.notes.exhibit import Exhibit, find
from convnotes.site.exhibits import files
from convnotes.site.licences import licences
from convnotes.site.page import SCRIPTS, Page
from convnotes.site.report import report

FOLDER = "assets/exhibits"
DOWNLOADS = {"csv": "Data", "svg": "SVG", "json": "Variants", "tests.json": "Tests"}
PLACE = re.compile(rf'href="{NOTES}([^"#]*?)(?:/index)?\.md')


def fence(source: str, language: str, css_class: str, options: object, md: Markdown, **_: Any) -> str:
    """The figure that stands for a fence `exhibit`; never raises, since superfences would hide it."""
    name, page = source.strip(), Page(md)
    try:
        return _figure(find(name), page)
    except Exception as error:
        cause = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        return page.failed(name, f"exhibit {name}: {cause}")


def write_downloads(site: Path) -> list[Path]:
    """Write the files of every exhibit that the pages under `site` show; their addresses never change."""
    pages = (page.read_text(encoding="utf-8") for page in site.rglob("*.html"))
    names = {name for page in pages for name in re.findall(r'data-exhibit="(.*?)"', page)}
    written = []
    for exhibit in map(find, sorted(names)):
        for kind, content in files(exhibit.name).items():
            if kind in DOWNLOADS or kind[0].isdigit():  # pictures are numbered
                written.append(site / FOLDER / f"{exhibit.file}.{kind}")
                written[-1].parent.mkdir(parents=True, exist_ok=True)
                written[-1].write_bytes(content.encode() if kind in DOWNLOADS else b64decode(content))
            elif kind.endswith(".js"):
                (site / SCRIPTS / kind).write_text(content, encoding="utf-8")
        written.append(site / FOLDER / f"{exhibit.path.name}.txt")
        written[-1].parent.mkdir(parents=True, exist_ok=True)
        written[-1].write_bytes(exhibit.path.read_bytes())
    written = sorted(set(written))
    return [*written, write_archive(site, written)]


def write_archive(site: Path, files: list[Path]) -> Path:
    """All drawings, data and pictures in one zip file with their licences, the same bytes for the same files."""
    archive = site / FOLDER / "all.zip"
    archive.parent.mkdir(parents=True, exist_ok=True)  # a site without exhibits
    shown = {file.name: file.read_bytes() for file in files if file.suffix in (".svg", ".csv", ".webp", ".png")}
    if shown:
        shown = {"LICENCES.txt": licences().encode(), **shown}
    with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
        for name, content in shown.items():
            packed.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, ZIP_DEFLATED)
    return archive


def _figure(exhibit: Exhibit, page: Page) -> str:
    made = files(exhibit.name)
    caption = f"{escape(exhibit.caption)} <span class='cn-links'>{' · '.join(_links(exhibit, made, page))}</span>"
    pictures = f'src="{page.root}{FOLDER}/{exhibit.file}.'
    content = "".join(_preloads(made.get("script"), page)) + made["html"].replace('src="files:', pictures)
    shown = f"<figure>{content}<figcaption>{caption}</figcaption></figure>{made['folded']}"
    shown = PLACE.sub(rf'href="{page.root}\1/', shown)
    return f'<div class="cn-exhibit" id="{exhibit.anchor}" data-exhibit="{exhibit.name}">{shown}</div>'


def _preloads(name: str | None, page: Page) -> Iterator[str]:
    """Links that fetch all scripts of an interactive at once, rather than each when the one before asks for it."""
    if page.scripts and name:
        found = [f"{name}.js"]
        for script in found:
            needed = re.findall(
                r'^import .* from "\./(.+)";', (page.scripts / script).read_text(encoding="utf-8"), re.M
            )
            found += [other for other in needed if other not in found]
            yield f'<link rel="modulepreload" href="{page.root}{SCRIPTS}/{script}">'


def _links(exhibit: Exhibit, made: Mapping[str, str], page: Page) -> Iterator[str]:
    """Where the exhibit comes from and what one may do with it, in one line."""
    source = f"{page.root}{FOLDER}/{exhibit.path.name}.txt"
    if page.repository:
        source = f"{page.repository}/blob/main/convnotes/exhibits/{exhibit.path.name}#L{exhibit.function.line}"
    place = f"convnotes/exhibits/{exhibit.path.name}:{exhibit.function.line}"
    yield f'<a href="{source}" title="{place}" aria-label="Source: {exhibit.title}">Source</a>'
    for kind, label in DOWNLOADS.items():
        if kind in made:
            address = f"{page.root}{FOLDER}/{exhibit.file}.{kind}"
            yield f'<a href="{address}" download aria-label="{label}: {exhibit.title}">{label}</a>'
    yield f'<a href="#{exhibit.anchor}" aria-label="Cite: {exhibit.title}">Cite</a>'
    if address := report(f"{page_address(page.name)}#{exhibit.anchor}", page.extra):
        yield f'<a href="{escape(address)}" aria-label="Report an error: {exhibit.title}">Report</a>'
