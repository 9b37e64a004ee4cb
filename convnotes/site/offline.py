"""A built site read without a network: from a folder, and by a browser that has read it before."""

import json
import re
from hashlib import sha256
from pathlib import Path

from convnotes.site import search
from convnotes.site.sessions import LIVE, live_files

LIST = re.compile(r'<(?:link rel="(?:stylesheet|icon)" href|script[^>]* src)="([^":]+)"')
RETIRED = """// These notes no longer keep anything: what was kept goes.
const forget = async () => {
  const names = await caches.keys();
  const own = names.filter((name) => name.startsWith(`convnotes ${registration.scope} `));
  await Promise.all([registration.unregister(), ...own.map((name) => caches.delete(name))]);
};
self.addEventListener("install", () => skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(forget()));
"""


def write_offline(site: Path, kept: bool) -> None:
    """Complete the scripts for both under `site`, as the last step of a build; not `kept` ends what browsers keep."""
    worker = site / "sw.js"
    if not worker.is_file():
        return  # not these notes
    _write_folder(site)
    text = f"{_settings(site)}\n{worker.read_text(encoding='utf-8')}" if kept else RETIRED
    worker.write_text(text, encoding="utf-8")


def _write_folder(site: Path) -> None:
    """For pages opened from a folder: what they cannot load: scripts, as texts, and the search index, as a script."""
    modules = _texts(site, "assets/cn/*.js")
    workers = _texts(site, "assets/javascripts/workers/*.js")
    script = site / "assets/offline/folder.js"
    text = script.read_text(encoding="utf-8")
    script.write_text(f"const modules = {modules}, workers = {workers};\n{text}", encoding="utf-8")
    if (site / search.FIRST).is_file():
        (site / search.FIRST).with_suffix(".js").write_text(f"var __index = {search.both(site)}", encoding="utf-8")


def _texts(site: Path, pattern: str) -> str:
    return json.dumps({path.name: path.read_text(encoding="utf-8") for path in sorted(site.glob(pattern))})


def _settings(site: Path) -> str:
    """The version of what is built, what its first page needs, and the folder of the browser's Python."""
    files = sorted(path for path in site.rglob("*") if path.is_file() and not path.is_relative_to(site / LIVE))
    version = sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
    start = (site / "index.html").read_text(encoding="utf-8")
    python = live_files()
    live = f"/{LIVE}/{python.name}/" if python else ""
    needed = [path for path in dict.fromkeys(LIST.findall(start)) if not path.startswith("assets/offline/")]
    named = {"VERSION": version, "CORE": ["./", *needed], "LIVE": live}
    return "".join(f"const {name} = {json.dumps(value)};\n" for name, value in named.items())
