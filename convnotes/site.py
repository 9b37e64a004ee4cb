"""Markdown in, exhibits out: the one module that knows that the notes are a website.

One Python-Markdown extension. A fence `exhibit` holding `module.function` becomes that function of
`convnotes.exhibits.module` with its caption and downloads; every formula becomes MathML. What fails is shown in a red
box in its place and noted in `failures`, so that a build can list them all and stop.
"""

import ast
import re
import sys
from collections.abc import Iterator
from html import escape, unescape
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from convnotes import store
from convnotes.mathml import mathml

FOLDER = "assets/exhibits"
failures: list[str] = []  # of this build: "chapter:line: cause"


class Notes(Extension):
    """The extension `convnotes.site`: it brings the fences and the formula syntax that it rests on."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register everything with `md`."""
        exhibit = {"name": "exhibit", "class": "", "format": fence, "validator": _any_option}
        md.registerExtensions(
            ["pymdownx.superfences", "pymdownx.arithmatex"],
            {"pymdownx.superfences": {"custom_fences": [exhibit]}, "pymdownx.arithmatex": {"generic": True}},
        )
        md.treeprocessors.register(_Formulas(md), "convnotes-formulas", 6)  # before toc copies the headings


def makeExtension(**_: Any) -> Notes:
    """The entry point of Python-Markdown."""
    return Notes()


def exhibit(name: str) -> tuple[ast.FunctionDef, dict[str, str]]:
    """The definition of the exhibit `module.function`, and its html and downloads, computed at most once."""
    module, dot, function = name.partition(".")
    path = store.module_path(f"convnotes.exhibits.{module}")
    if not dot or path is None:
        raise ValueError(f"no module convnotes/exhibits/{module}.py; an exhibit is named module.function")
    functions = [node for node in store.parsed(path)[1].body if isinstance(node, ast.FunctionDef)]
    found = next((node for node in functions if node.name == function), None)
    if found is None:
        known = ", ".join(node.name for node in functions if node.name[0] != "_")
        raise ValueError(f"{path.name} has no function {function!r}; it has {known or 'none'}")
    return found, store.remember(store.key(path, function), lambda: _compute(module, found))


def paragraphs(node: ast.FunctionDef) -> tuple[str, str]:
    """The caption and the alternative text of an exhibit, from its docstring."""
    parts = re.split(r"\n\s*\n", cleandoc(ast.get_docstring(node) or ""))
    if len(parts) < 2:
        raise ValueError(f"the docstring of {node.name} needs two paragraphs: the caption, then the alternative text")
    caption, alternative = (" ".join(part.split()) for part in parts[:2])
    return caption, alternative


def fence(source: str, language: str, css_class: str, options: dict[str, str], md: Markdown, **_: Any) -> str:
    """The figure that stands for a fence `exhibit`; never raises, since superfences would hide it."""
    name, page = source.strip(), _Page(md)
    try:
        if options:
            raise ValueError(f"an exhibit takes no options; got {', '.join(options)}")
        return _figure(name, page)
    except Exception as error:
        return page.failed(name, f"exhibit {name}: {_cause(error)}")


def write_downloads(site: Path) -> list[Path]:
    """Write the files of every exhibit that the pages under `site` show; their addresses never change."""
    names = {name for page in site.rglob("*.html") for name in re.findall(r'data-exhibit="(.*?)"', page.read_text("utf-8"))}
    written = []
    for name in sorted(names):
        for extension, text in exhibit(name)[1].items():
            if extension != "html":
                written.append(site / FOLDER / f"{name}.{extension}")
                written[-1].parent.mkdir(parents=True, exist_ok=True)
                written[-1].write_text(text, encoding="utf-8", newline="")
    return written


class _Page:
    """What the generator says about the page in hand; MkDocs says it through its own tree processor."""

    def __init__(self, md: Markdown) -> None:
        said = md.treeprocessors["relpath"] if "relpath" in md.treeprocessors else None
        self.path = Path(said.file.abs_src_path) if said else None
        self.name = f"docs/{said.file.src_uri}" if said else "(text)"
        self.root = "../" * said.file.url.count("/") if said else ""
        self.repository = (said.config.extra.get("repository") or "") if said else ""

    def failed(self, where: str, cause: str) -> str:
        """Note a failure at the line that holds `where`, and give the box that shows it."""
        lines = self.path.read_text("utf-8").splitlines() if self.path else []
        line = next((number for number, text in enumerate(lines, 1) if where.split("\n")[0] in text), 1)
        failures.append(f"{self.name}:{line}: {cause}")
        return f'<div class="cn-failed" role="alert">{escape(failures[-1])}</div>'


class _Formulas(Treeprocessor):
    def run(self, root: Element) -> None:
        page = _Page(self.md)
        for element in root.iter():
            if element.get("class") == "arithmatex":
                tex = unescape(element.text or "").strip()[2:-2].strip()
                try:
                    shown = mathml(tex, display=element.tag == "div")
                except ValueError as error:
                    shown = page.failed(tex, str(error))
                element.text = AtomicString(self.md.htmlStash.store(shown))


def _figure(name: str, page: _Page) -> str:
    node, made = exhibit(name)
    caption, _ = paragraphs(node)
    anchor = "fig-" + name.partition(".")[2].replace("_", "-")
    links = " · ".join(_links(name, node, made, page))
    text = f'{escape(caption)} <span class="cn-links">{links}</span>'
    return f'<figure class="cn-exhibit" id="{anchor}" data-exhibit="{name}">{made["html"]}<figcaption>{text}</figcaption></figure>'


def _links(name: str, node: ast.FunctionDef, made: dict[str, str], page: _Page) -> Iterator[str]:
    title = name.partition(".")[2].replace("_", " ")
    for extension, label in (("csv", "Data (CSV)"), ("svg", "SVG")):
        if extension in made:
            address = f"{page.root}{FOLDER}/{name}.{extension}"
            yield f'<a href="{address}" download aria-label="{label}: {title}">{label}</a>'
    path = f"convnotes/exhibits/{name.partition('.')[0]}.py"
    if page.repository:
        address = f"{page.repository}/blob/main/{path}#L{node.lineno}"
        yield f'<a href="{address}" aria-label="How it is made: {title}">How it is made</a>'
    else:
        yield f"<code>{path}</code>"


def _compute(module: str, node: ast.FunctionDef) -> dict[str, str]:
    _, alternative = paragraphs(node)
    content = getattr(import_module(f"convnotes.exhibits.{module}"), node.name)()
    return {"html": content.html(alternative), **content.downloads()}


def _any_option(language: str, inputs: dict[str, str], options: dict[str, str], attrs: Any, md: Markdown) -> bool:
    options.update(inputs)  # `fence` refuses them by name; superfences would silently show the source instead
    return True


def _cause(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if not isinstance(error, ValueError) else str(error)


if __name__ == "__main__":
    for written in write_downloads(Path(sys.argv[1])):
        print(written)
