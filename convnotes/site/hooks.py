"""The only code that knows MkDocs: fresh modules while serving, downloads, lean labs, and builds that fail in time."""

import os
import re
import shutil
import sys
from base64 import b64decode
from hashlib import sha256
from html import escape, unescape
from pathlib import Path
from struct import unpack
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.plugins import CombinedEvent, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.utils import get_relative_url
from rjsmin import jsmin

from convnotes.site import kept_pages, pdf

ROOT = Path(__file__).parents[2]
LABS = ROOT / ".cache" / "labs"
LEAN = [  # mkdocs-jupyter ships half a megabyte of styles, scripts from another origin and its own copy buttons
    (r"<(style|script|clipboard-copy)\b.*?</\1>", ""),
    (r'<div class="clipboard-copy-txt".*?</div>', ""),
    (r' id="cell-id=\w+"| tabindex="0"', ""),  # ids drawn at random; stops where nothing can be done
    ("highlight-ipynb hl-python", "highlight"),
    (r'<a class="anchor-link"( href="[^"]*")>', r'<a class="headerlink"\1 title="Link to this section">'),
]
IN_PAGE = re.compile(r'src="data:image/png;base64,([^"]+)"')
NO_WORDS = "No description has been provided for this image"  # a lab's comment "# Picture: …" has them
log = get_plugin_logger("labs")
state: dict[str, Any] = {"command": "build", "sources": "", "labs": {}}
kept = kept_pages.KeptPages()  # while serving


def on_startup(command: str, dirty: bool) -> None:
    state["command"] = command
    os.environ["JUPYTER_CONFIG_PATH"] = str(Path(__file__).parent)  # settings that keep the kernel of labs quiet


def on_config(config: MkDocsConfig) -> None:
    """Forget the package's modules when a source has changed, or Python keeps the old numbers."""
    config.extra["offline"] = config.extra.get("offline", False) and state["command"] != "serve"  # edits show at once
    sources = sha256(b"".join(path.read_bytes() for path in sorted((ROOT / "convnotes").rglob("*.py")))).hexdigest()
    if sources != state["sources"]:
        state["sources"] = sources
        for name in [name for name in sys.modules if name.split(".")[0] == "convnotes"]:
            del sys.modules[name]
    from convnotes import store
    from convnotes.citing import record
    from convnotes.notes.exhibit import find
    from convnotes.notes.navigation import settings
    from convnotes.site.report import said

    for remembered in (store.content, find, settings, record.work, record.examples):  # some exhibits read the chapters
        remembered.cache_clear()
    if "MIKE_DOCS_VERSION" in os.environ:  # a copy that stands alone has no other versions to ask for
        config.extra["version"] = {"provider": "mike", "default": "latest"}
    get_plugin_logger("feedback").info(said(dict(config.extra)))
    if state["command"] == "serve":
        config.extra["pdf"] = ""  # a minute, for each edit
    elif config.extra.get("pdf"):
        pdf.browser()  # before the work, rather than after it
    if "mkdocs-jupyter" in config.plugins:
        _key_labs()


def _key_labs() -> None:
    """The plugin's key knows nothing of imported code: each lab gets a cache in a folder named by what it reaches."""
    from convnotes import store

    state["labs"] = {str(lab): LABS / store.key(lab)[:16] for lab in ROOT.glob("docs/labs/*.py")}
    for old in set(LABS.glob("*")) - set(state["labs"].values()):
        shutil.rmtree(old)
    for lab, folder in state["labs"].items():
        if folder.is_dir() and not _sealed(folder):
            log.info("What was kept of %s is damaged or half written; the lab is run again", Path(lab).name)
            shutil.rmtree(folder)


def _sums(folder: Path) -> str:
    return "".join(f"{sha256(kept.read_bytes()).hexdigest()}  {kept.name}\n" for kept in sorted(folder.glob("*.json")))


def _seal(folder: Path) -> None:
    (folder / "SHA256SUMS").write_text(_sums(folder), encoding="utf-8")


def _sealed(folder: Path) -> bool:
    """Whether all that the plugin kept of a lab is as it was written: it would take any file for whole."""
    seal = folder / "SHA256SUMS"
    return seal.is_file() and seal.read_text(encoding="utf-8", errors="replace") == _sums(folder)


@event_priority(100)  # before the plugin, which reads the option for every page
def on_pre_page(page: Any, config: MkDocsConfig, files: Files) -> Any:
    if folder := state["labs"].get(page.file.abs_src_path):
        config.plugins["mkdocs-jupyter"].config["cache_dir"] = str(folder)
    return page


def on_pre_build(config: MkDocsConfig) -> None:
    from convnotes.site.page import failures

    failures.clear()
    if state["command"] == "serve":
        kept.begin(config)


def on_page_markdown(markdown: str, page: Any, config: MkDocsConfig, files: Files) -> str:
    """While serving, a page that looks as it did is not rendered again."""
    page.key = None
    if state["command"] == "serve":
        try:
            page.key = kept.key(page, markdown)
        except (ValueError, SyntaxError):
            return markdown  # an exhibit that is not there, a slip in what it uses: rendering says so
    return "" if kept.same(page) else markdown


@event_priority(100)  # before the plugins, which read the table of contents
def on_page_content(html: str, page: Any, config: MkDocsConfig, files: Files) -> str:
    from convnotes.site.page import failures

    if page.file.src_uri.endswith(".py"):
        if (folder := state["labs"].get(page.file.abs_src_path)) and folder.is_dir():
            _seal(folder)
        for pattern, replacement in LEAN:
            html = re.sub(pattern, replacement, html, flags=re.DOTALL)
        said = re.findall(r"^# Picture: (.+)$", Path(page.file.abs_src_path).read_text(encoding="utf-8"), re.M)
        if (pictures := html.count(NO_WORDS)) != len(said):
            log.warning(f"{page.file.src_uri} has {pictures} pictures and words for {len(said)}: # Picture: …")
        for words in said:
            html = html.replace(NO_WORDS, escape(words), 1)
        html = IN_PAGE.sub(lambda found: _apart(b64decode(found[1]), page, config, files), html)
    elif kept.same(page):
        kept.restore(page, files)
        return str(page.content)
    # A heading is read out without its ¶; the table of contents leads to the same places.
    html = html.replace('class="headerlink"', 'class="headerlink" aria-hidden="true" tabindex="-1"')
    page.present_anchor_ids = (page.present_anchor_ids or set()).union(
        re.findall(r' id="([^"]+)"', html)
    )  # of exhibits
    if page.key and not any(failure.startswith(f"docs/{page.file.src_uri}:") for failure in failures):
        page.content = html
        kept.keep(page)
    return html


def _apart(picture: bytes, page: Any, config: MkDocsConfig, files: Files) -> str:
    """The attributes of an `img` that shows a lab's picture from a file of its own, fetched when the reader is near."""
    name = f"assets/labs/{sha256(picture).hexdigest()[:16]}.png"
    if files.get_file_from_path(name) is None:
        files.append(File.generated(config, name, content=picture))
    width, height = unpack(">II", picture[16:24])  # room is kept for it
    return f'loading="lazy" width="{width}" height="{height}" src="{get_relative_url(name, page.url)}"'


def _before_search(context: object, page: Any, config: MkDocsConfig, nav: object) -> None:
    """The search reads a page without what it leaves out; while serving, not again one that is as it was."""
    from convnotes.site.page import searched

    page.whole, page.content = page.content, searched(page.content)
    if page.key:
        page.searched = len(_search(config).entries)
    if page.key and kept.index(page, _search(config)):
        page.meta["search"] = {"exclude": True}


def _after_search(context: object, page: Any, config: MkDocsConfig, nav: object) -> None:
    page.content = page.whole
    if page.key:
        kept.indexed(page, _search(config).entries[page.searched :])


def _search(config: MkDocsConfig) -> Any:
    plugin: Any = config.plugins["material/search"]
    return plugin.search_index


def _head(context: dict[str, Any], page: Any, config: MkDocsConfig, nav: object) -> None:
    """What machines read in the head of a page."""
    from convnotes.site import head
    from convnotes.site.page import permanent
    from convnotes.site.report import report

    title = next((item.title for item in page.toc if item.level == 1), page.title)
    about = str(page.meta.get("description") or head.description(page.content))
    page.meta["description"] = escape(about)  # the theme prints it as it stands
    address = permanent(config.site_url)
    sheet = head.Sheet(page.file.src_uri, unescape(title), about, address, config.extra.get("pdf") or "")
    context["head"] = head.tags(sheet)
    context["report"] = report(page.url, dict(config.extra))


on_page_context = CombinedEvent(event_priority(100)(_before_search), event_priority(-50)(_after_search), _head)


def on_post_page(output: str, page: object, config: MkDocsConfig) -> str:
    """The styles of API pages go to API pages alone: a request less for every other."""
    return output if 'class="doc ' in output else re.sub(r'<link[^>]*_mkdocstrings\.css">\s*', "", output)


def on_post_build(config: MkDocsConfig) -> None:
    """Write downloads, feed and stubs of moved pages; list what failed, and stop the build unless it is served."""
    from convnotes.site import machines, redirects, search
    from convnotes.site.feed import write_feed
    from convnotes.site.figures import write_downloads
    from convnotes.site.offline import write_offline
    from convnotes.site.page import failures, permanent
    from convnotes.site.policy import move_scripts
    from convnotes.site.sessions import LIVE, live_files

    write_downloads(Path(config.site_dir))
    write_feed(Path(config.site_dir), Path(config.docs_dir), permanent(config.site_url))
    search.write(Path(config.site_dir), Path(config.docs_dir))
    if files := live_files():
        shutil.copytree(files, Path(config.site_dir, LIVE, files.name))
    try:
        redirects.write(Path(config.site_dir), config.extra.get("redirects") or {}, permanent(config.site_url))
    except ValueError as error:
        raise BuildError(str(error)) from error
    if state["command"] != "serve":  # counted anew, and not what one edits
        machines.write(Path(config.site_dir), Path(config.docs_dir), permanent(config.site_url))
    _write_notebooks(Path(config.site_dir), config.extra.get("repository"))
    _lean_scripts(Path(config.site_dir, "assets/cn"))
    move_scripts(Path(config.site_dir))
    if name := config.extra.get("pdf"):
        pdf.write(Path(config.site_dir), Path(config.site_dir, name), config)
    if state["command"] != "serve":
        write_offline(Path(config.site_dir), kept=config.extra.get("offline", False))
    if failures:
        report = "\n".join(["These exhibits and formulas failed:", *failures])
        if state["command"] != "serve":
            raise BuildError(report)
        print(report, file=sys.stderr)


def _lean_scripts(folder: Path) -> None:
    """Served without comments and indentation; a module imported for no name stands in the one that asks."""
    texts = {script.name: script.read_text(encoding="utf-8") for script in folder.glob("*.js")}
    for name, text in texts.items():
        whole = re.sub(r'^import "\./(.+)";$', lambda found: f"{{\n{texts[found[1]]}\n}}", text, flags=re.M)
        (folder / name).write_text(jsmin(whole), encoding="utf-8")


def _write_notebooks(built: Path, repository: str | None) -> None:
    """Each lab beside its page as a notebook without outputs; its first cell installs the package, if it has a home."""
    import jupytext

    for lab in sorted(built.glob("labs/*/*.py")):
        notebook = jupytext.read(lab)
        if repository:
            install = f'%pip install --quiet "convnotes[experiments] @ git+{repository}"'
            notebook.cells.insert(0, jupytext.reads(install, "py:percent").cells[0])
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{number}"  # drawn at random otherwise
        jupytext.write(notebook, lab.with_suffix(".ipynb"))
