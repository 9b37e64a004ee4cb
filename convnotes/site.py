"""Markdown in, exhibits out: the one module that knows that the notes are a website.

One Python-Markdown extension. A fence `exhibit` holding `module.function`, with words as its arguments, becomes that
exhibit with its caption and downloads; a formula becomes MathML; a session `>>>` outside a fence, as docstrings have
it, becomes a code block. What fails is shown in a red box in its place and noted in `failures`, so that a build can
list them all and stop.
"""

import re
import sys
from base64 import b64decode
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from convnotes.exhibits.catalogue import Exhibit, find
from convnotes.exhibits.kit import NOTES
from convnotes.mathml import mathml

FOLDER, SCRIPTS = "assets/exhibits", "assets/cn"
DOWNLOADS = {"csv": "Data (CSV)", "svg": "SVG"}
MISWRITTEN = re.compile(r"\s*(?:`{3,}|~{3,})\s*{?\.?(exhibit.*?)\s*")
PLACE = re.compile(rf'href="{NOTES}([^"#]*?)(?:/index)?\.md')
failures: list[str] = []  # of this build: "chapter:line: cause"


class Notes(Extension):
    """The extension `convnotes.site`: it brings the fences and the formula syntax that it rests on."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register everything with `md`."""
        exhibit = {"name": "exhibit", "class": "", "format": fence}
        md.registerExtensions(
            ["pymdownx.superfences", "pymdownx.arithmatex"],
            {"pymdownx.superfences": {"custom_fences": [exhibit]}, "pymdownx.arithmatex": {"generic": True}},
        )
        md.preprocessors.register(_Lines(md), "convnotes-lines", 29)  # before the fences are taken out
        md.treeprocessors.register(_Formulas(md), "convnotes-formulas", 6)  # before toc copies the headings


def makeExtension(**_: Any) -> Notes:
    """The entry point of Python-Markdown."""
    return Notes()  # type: ignore[no-untyped-call]


def fence(source: str, language: str, css_class: str, options: object, md: Markdown, **_: Any) -> str:
    """The figure that stands for a fence `exhibit`; never raises, since superfences would hide it."""
    name, page = source.strip(), _Page(md)
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
        for kind in (kind for kind in exhibit.files if kind in DOWNLOADS or kind[0].isdigit()):  # pictures are numbered
            written.append(site / FOLDER / f"{exhibit.file}.{kind}")
            written[-1].parent.mkdir(parents=True, exist_ok=True)
            content = exhibit.files[kind]
            written[-1].write_bytes(content.encode() if kind in DOWNLOADS else b64decode(content))
    return sorted(written)


class _Page:
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


class _Formulas(Treeprocessor):
    def run(self, root: Element) -> None:
        md: Any = self.md
        page = _Page(md)
        for element in root.iter():
            if element.get("class") == "arithmatex":
                tex = unescape(element.text or "").strip()[2:-2].strip()  # without \( \) or \[ \]
                try:
                    shown = mathml(tex, display=element.tag == "div")
                except ValueError as error:
                    shown = page.failed(tex, str(error))
                element.text = AtomicString(md.htmlStash.store(shown))


class _Lines(Preprocessor):
    """Sessions outside fences; and headers of `exhibit` that superfences would silently show as text."""

    def run(self, lines: list[str]) -> list[str]:
        for line in lines:
            if (header := MISWRITTEN.fullmatch(line)) and header[1] != "exhibit":
                _Page(self.md).failed(
                    line.strip(), f"the fence is called exhibit and takes no options, got {header[1]!r}"
                )
        out: list[str] = []
        fenced = session = False
        for line in lines:
            fenced ^= line.lstrip().startswith(("```", "~~~"))
            if session and not line.strip():
                out.append("```")
                session = False
            elif line.startswith(">>> ") and not fenced and not session:
                out += ["", "```pycon"]
                session = True
            out.append("" if fenced and line == "<BLANKLINE>" else line)  # as a doctest writes an empty line of output
        return [*out, "```"] if session else out


def _figure(exhibit: Exhibit, page: _Page) -> str:
    caption = f"{escape(exhibit.caption)} <span class='cn-links'>{' · '.join(_links(exhibit, page))}</span>"
    content = "".join(_preloads(exhibit, page)) + exhibit.files["html"].replace(
        'src="files:', f'src="{page.root}{FOLDER}/{exhibit.file}.'
    )
    figure = f"{content}<figcaption>{caption}</figcaption>{exhibit.files['folded']}"
    figure = PLACE.sub(rf'href="{page.root}\1/', figure)
    return f'<figure class="cn-exhibit" id="{exhibit.anchor}" data-exhibit="{exhibit.name}">{figure}</figure>'


def _preloads(exhibit: Exhibit, page: _Page) -> Iterator[str]:
    """Links that fetch all scripts of an interactive at once, rather than each when the one before asks for it."""
    if page.scripts and (name := exhibit.files.get("script")):
        found = [f"{name}.js"]
        for script in found:
            needed = re.findall(
                r'^import .* from "\./(.+)";', (page.scripts / script).read_text(encoding="utf-8"), re.M
            )
            found += [other for other in needed if other not in found]
            yield f'<link rel="modulepreload" href="{page.root}{SCRIPTS}/{script}">'


def _links(exhibit: Exhibit, page: _Page) -> Iterator[str]:
    for kind, label in DOWNLOADS.items():
        if kind in exhibit.files:
            address = f"{page.root}{FOLDER}/{exhibit.file}.{kind}"
            yield f'<a href="{address}" download aria-label="{label}: {exhibit.title}">{label}</a>'
    source = f"convnotes/exhibits/{exhibit.path.name}"
    if page.repository:
        address = f"{page.repository}/blob/main/{source}#L{exhibit.node.lineno}"
        yield f'<a href="{address}" aria-label="How it is made: {exhibit.title}">How it is made</a>'
    else:
        yield f"<code>{source}:{exhibit.node.lineno}</code>"


if __name__ == "__main__":
    for written in write_downloads(Path(sys.argv[1])):
        print(written)
