"""The only code that knows MkDocs: fresh modules while serving, downloads, lean labs, and builds that fail in time."""

import re
import shutil
import sys
from hashlib import sha256
from pathlib import Path

from mkdocs.exceptions import BuildError
from mkdocs.plugins import event_priority
from rjsmin import jsmin

ROOT = Path(__file__).parent.parent
LABS = ROOT / ".cache" / "labs"
LEAN = [  # mkdocs-jupyter ships half a megabyte of styles, scripts from another origin and its own copy buttons
    (r"<(style|script|clipboard-copy)\b.*?</\1>", ""),
    (r'<div class="clipboard-copy-txt".*?</div>', ""),
    (r' id="cell-id=\w+"| tabindex="0"', ""),  # ids drawn at random; stops where nothing can be done
    ("highlight-ipynb hl-python", "highlight"),
    (r'<a class="anchor-link"( href="[^"]*")>', r'<a class="headerlink"\1 title="Link to this section">'),
]
state = {"command": "build", "sources": ""}
rendered = {}  # API pages while serving: module and Markdown, then html and table of contents


def on_startup(command, dirty):
    state["command"] = command


def on_config(config):
    """Forget the package's modules when a source has changed, or Python keeps the old numbers."""
    sources = sha256(b"".join(path.read_bytes() for path in sorted((ROOT / "convnotes").rglob("*.py")))).hexdigest()
    if sources != state["sources"]:
        state["sources"] = sources
        for name in [name for name in sys.modules if name.split(".")[0] == "convnotes"]:
            del sys.modules[name]
    from convnotes import store
    from convnotes.exhibits.catalogue import find

    for remembered in (store.content, find):  # some exhibits read the chapters
        remembered.cache_clear()
    if "mkdocs-jupyter" in config.plugins:
        _key_labs(config.plugins["mkdocs-jupyter"].config)


def _key_labs(options):
    """The plugin's own key knows nothing of imported code: keep its cache in a folder named by what the labs reach."""
    from convnotes import store

    keys = "".join(store.key(lab) for lab in sorted(ROOT.glob("docs/labs/*.py")))
    current = LABS / sha256(keys.encode()).hexdigest()[:16]
    options["cache_dir"] = str(current)
    for old in set(LABS.glob("*")) - {current}:
        shutil.rmtree(old)


def on_pre_build(config):
    from convnotes.site.page import failures

    failures.clear()


def on_page_markdown(markdown, page, config, files):
    """While serving, an API page whose sources have not changed is kept: half of a rebuild."""
    from convnotes import store

    page.key, module = None, ROOT / "convnotes" / f"{Path(page.file.src_uri).stem}.py"
    if state["command"] == "serve" and page.file.src_uri.startswith("api/") and module.is_file():
        page.key = (page.file.src_uri, store.content(module), markdown)
    return "" if page.key in rendered else markdown


@event_priority(100)  # before the plugins, which read the table of contents
def on_page_content(html, page, config, files):
    if page.file.src_uri.endswith(".py"):
        for pattern, replacement in LEAN:
            html = re.sub(pattern, replacement, html, flags=re.DOTALL)
    elif page.key in rendered:
        html, page.toc = rendered[page.key]
    elif page.key:
        rendered[page.key] = (html, page.toc)
    return html


def on_post_build(config):
    """Write the files that the exhibits offer; list every failure of the build, and stop it unless it is served."""
    from convnotes.site.figures import write_downloads
    from convnotes.site.page import failures
    from convnotes.site.sessions import LIVE, live_files

    write_downloads(Path(config.site_dir))
    if files := live_files():
        shutil.copytree(files, Path(config.site_dir, LIVE, files.name))
    for script in Path(config.site_dir, "assets/cn").glob("*.js"):  # served without comments and indentation
        script.write_text(jsmin(script.read_text(encoding="utf-8")), encoding="utf-8")
    if failures:
        report = "\n".join(["These exhibits and formulas failed:", *failures])
        if state["command"] != "serve":
            raise BuildError(report)
        print(report, file=sys.stderr)
