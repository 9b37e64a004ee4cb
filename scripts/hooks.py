"""The only code that knows MkDocs: fresh modules while serving, downloads, and a build that fails when an exhibit does."""

import sys
from hashlib import sha256
from pathlib import Path

from mkdocs.exceptions import BuildError

PACKAGE = Path(__file__).parent.parent / "convnotes"
state = {"command": "build", "sources": ""}


def on_startup(command, dirty):
    state["command"] = command


def on_config(config):
    """Forget the package's modules when a source has changed: Python would keep the old ones, and old numbers."""
    sources = sha256(b"".join(path.read_bytes() for path in sorted(PACKAGE.rglob("*.py")))).hexdigest()
    if sources != state["sources"]:
        state["sources"] = sources
        for name in [name for name in sys.modules if name.split(".")[0] == "convnotes"]:
            del sys.modules[name]


def on_pre_build(config):
    from convnotes import site

    site.failures.clear()


def on_post_build(config):
    """Write the files that the exhibits offer; list every failure of the build, and stop it unless it is served."""
    from convnotes import site

    site.write_downloads(Path(config.site_dir))
    if site.failures:
        report = "\n".join(["Exhibits and formulas that failed:", *site.failures])
        if state["command"] != "serve":
            raise BuildError(report)
        print(report, file=sys.stderr)
