"""What a browser gets: bytes and requests of a first view, layout shift; how soon a search is answered, an edit served.

CONVNOTES_SITE=folder names a site that is built already.
"""

import gzip
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.error import URLError
from urllib.request import urlopen

from bench_build import build, copy

from convnotes.citing.record import page_address
from convnotes.notes.course import chapters

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None
)
SHIFT = """new Promise(done => { let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 800); })"""
FIRST = """(text) => new Promise((done) => {
  const field = document.querySelector("input[name=query]"), list = document.querySelector(".md-search-result__list");
  const start = performance.now();
  const drawn = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
  const watch = new MutationObserver(() => list.querySelector("a") && (watch.disconnect(), drawn()));
  watch.observe(list, { childList: true });
  field.focus();
  field.value = text;
  field.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }));
})"""
BELOW = """() => [...document.images].filter((one) => one.getBoundingClientRect().top > innerHeight)
  .map((one) => one.currentSrc)"""
EMPTIED = """() => {
  const field = document.querySelector("input[name=query]");
  field.value = "";
  field.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }));
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def rows() -> Iterator[tuple[str, str, str]]:
    with TemporaryDirectory() as temporary:
        folder = copy(Path(temporary) / "notes")
        site = built(folder)
        yield from views(site)
        yield from searches(site)
        yield from edits(folder)


def built(folder: Path) -> Path:
    """The site of the sources in `folder`, unless there is one."""
    if given := os.environ.get("CONVNOTES_SITE"):
        return Path(given)
    build(folder)
    return folder / "site"


@contextmanager
def served(site: Path, handler: type[SimpleHTTPRequestHandler] = Quiet) -> Iterator[str]:
    """The address at which `site` can be read."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def views(site: Path) -> Iterator[tuple[str, str, str]]:
    if CHROMIUM is None:
        yield "first view and layout shift", "not measured: no Chromium on the PATH", ""
        return
    from playwright.sync_api import sync_playwright

    with served(site) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        found, shifts = {}, {}
        for chapter in ["index.md", *chapters()]:
            page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
            found[chapter] = first_view(page, base, chapter, site)
            shifts[chapter] = page.evaluate(SHIFT)
        browser.close()
    for chapter, (files, ahead) in found.items():
        figures = f"{gzipped(files) / 1000:.0f} kB, {len(files)} files"
        more = f"; {gzipped(ahead) / 1000:.0f} kB of pictures below the screen, fetched ahead" * bool(ahead)
        yield f"first view of {chapter}, gzipped", figures + more, "< 150 kB, ≤ 20"
    worst = max(shifts, key=lambda chapter: shifts[chapter])
    yield "layout shift, worst chapter", f"{shifts[worst]:.3f} ({worst})", "0"


def first_view(page, base: str, name: str, site: Path) -> tuple[set[Path], set[Path]]:
    """The files of `site` that a page asks for before any scroll; apart, pictures below the screen, fetched ahead."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(base + page_address(name))
    page.wait_for_load_state("networkidle")
    return apart(asked, page, base, site)


def apart(asked: list[str], page, base: str, site: Path) -> tuple[set[Path], set[Path]]:
    """The files that were asked for; apart, pictures that are below the screen."""
    paths, below = (
        {site / url.removeprefix(base).partition("?")[0] for url in urls if url.startswith(base)}
        for urls in (asked, page.evaluate(BELOW))
    )
    return {path / "index.html" if path.is_dir() else path for path in paths - below}, paths & below


def gzipped(files: set[Path]) -> int:
    """Bytes of files as a server sends them."""
    return sum(_gzipped(file) for file in files)


@cache
def _gzipped(file: Path) -> int:
    return len(gzip.compress(file.read_bytes()))


def searches(site: Path) -> Iterator[tuple[str, str, str]]:
    """From a text that is typed at once to its first result; first with all still to be fetched, then with all read."""
    if CHROMIUM is None:
        return
    from playwright.sync_api import sync_playwright

    lines = (Path(__file__).parents[2] / "tests/data/searches.txt").read_text(encoding="utf-8").splitlines()
    texts = [line.partition(" > ")[0] for line in lines if line and not line.startswith("#")]
    texts = texts[:: len(texts) // 20][:20]
    new, read = [], []
    with served(site) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for text in texts:
            page = browser.new_context(service_workers="block").new_page()
            page.goto(base + "convolution/")
            page.wait_for_load_state("networkidle")
            new.append(page.evaluate(FIRST, text))
            page.wait_for_timeout(2000)
            page.evaluate(EMPTIED)
            page.wait_for_timeout(500)
            read.append(page.evaluate(FIRST, texts[0] if text != texts[0] else texts[1]))
            page.context.close()
        browser.close()
    taken = [f"{median(some):.0f}, {max(some):.0f} ms" for some in (new, read)]
    yield f"first result of {len(texts)} searches, new and read (median, worst)", "; ".join(taken), "300 ms"


def edits(folder: Path) -> Iterator[tuple[str, str, str]]:
    with serving(folder, "--dirty"):  # the edited page alone
        taken = {name: edit(folder / "docs" / name, page_address(name)) for name in chapters()}
    slowest = max(taken, key=lambda name: taken[name])
    figures = f"{min(taken.values()):.1f} to {taken[slowest]:.1f} s ({slowest})"
    yield f"edit of each of {len(taken)} chapters until it is served, serve --dirty", figures, "< 3 s"
    with serving(folder):
        every = edit(folder / "docs/convolution.md", "convolution/")
        figure = edit(folder / "convnotes/exhibits/convolution.py", "convolution/")
    yield "edit of a chapter until it is served, with every other page", f"{every:.1f} s", ""
    yield "edit of an exhibit until it is served, with every other page", f"{figure:.1f} s", ""


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[None]:
    command = [sys.executable, "-m", "mkdocs", "serve", "--quiet", "--dev-addr", "127.0.0.1:8017", *options]
    env = os.environ | {"PYTHONPATH": str(folder)}
    with subprocess.Popen(command, cwd=folder, env=env, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for("", lambda text: bool(text), 600)
            yield
        finally:
            server.terminate()


def edit(file: Path, page: str) -> float:
    """Seconds from an edit of `file` until `page` shows it; the edit is taken back."""
    time.sleep(1.5)
    mark = f"edited{time.monotonic_ns()}"
    text = file.read_text()
    figure = text.replace('() -> Figure:\n    """', f'() -> Figure:\n    """{mark} ', 1)
    file.write_text(text + f"\n{mark}\n" if file.suffix == ".md" else figure)
    taken = wait_for(page, lambda text: mark in text)
    file.write_text(text)
    wait_for(page, lambda text: mark not in text)
    return taken


def wait_for(page: str, ready, patience: float = 60) -> float:
    start = time.perf_counter()
    while time.perf_counter() - start < patience:
        try:
            if ready(urlopen(f"http://127.0.0.1:8017/{page}", timeout=30).read().decode()):
                return time.perf_counter() - start
        except (URLError, ConnectionError):
            pass
        time.sleep(0.05)
    raise TimeoutError(f"{page} was not served as expected within {patience} s")


if __name__ == "__main__":
    for row in rows():
        print(*row, sep=" | ")
