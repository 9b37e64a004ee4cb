"""What a reader's browser gets: bytes of a chapter's first view, layout shift; and how soon an edit is served."""

import gzip
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.error import URLError
from urllib.request import urlopen

from bench_build import build, copy

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SHIFT = """new Promise(done => { let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 800); })"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def rows() -> Iterator[tuple[str, str, str]]:
    with TemporaryDirectory() as temporary:
        folder = copy(Path(temporary) / "notes")
        build(folder)
        yield from views(folder / "site", [page.stem for page in sorted((folder / "docs").glob("*.md"))])
        yield from edits(folder)


def views(site: Path, chapters: list[str]) -> Iterator[tuple[str, str, str]]:
    if CHROMIUM is None:
        yield "first view and layout shift", "not measured: no Chromium on the PATH", ""
        return
    from playwright.sync_api import sync_playwright

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        sizes, shifts = {}, {}
        for chapter in chapters:
            page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
            seen: list[str] = []
            page.on("request", lambda request, seen=seen: seen.append(request.url))
            page.goto(base + ("" if chapter == "index" else f"{chapter}/"), wait_until="networkidle")
            shifts[chapter] = page.evaluate(SHIFT)
            paths = {url.removeprefix(base).partition("?")[0] or "index.html" for url in seen}
            files = (site / path / "index.html" if path.endswith("/") else site / path for path in paths)
            sizes[chapter] = sum(len(gzip.compress(file.read_bytes())) for file in files if file.is_file())
        browser.close()
    server.shutdown()
    for chapter, size in sizes.items():
        yield f"first view of {chapter}, gzipped", f"{size / 1000:.0f} kB", "< 150 kB"
    worst = max(shifts, key=lambda chapter: shifts[chapter])
    yield "layout shift, worst chapter", f"{shifts[worst]:.3f} ({worst})", "0"


def edits(folder: Path) -> Iterator[tuple[str, str, str]]:
    command = [sys.executable, "-m", "mkdocs", "serve", "--quiet", "--dev-addr", "127.0.0.1:8017"]
    env = os.environ | {"PYTHONPATH": str(folder)}
    with subprocess.Popen(command, cwd=folder, env=env, stderr=subprocess.DEVNULL) as server:
        wait_for("convolution", lambda text: bool(text))
        for what, path in (("a chapter", "docs/convolution.md"), ("an exhibit", "convnotes/exhibits/convolution.py")):
            file = folder / path
            for _ in range(2):
                time.sleep(1.5)
                mark = f"edited{time.monotonic_ns()}"
                text = file.read_text()
                if path.endswith(".md"):
                    file.write_text(text + f"\n{mark}\n")
                else:
                    file.write_text(text.replace('() -> Figure:\n    """', f'() -> Figure:\n    """{mark} ', 1))
                taken = wait_for("convolution", lambda text, mark=mark: mark in text)
                file.write_text(text)
                wait_for("convolution", lambda text, mark=mark: mark not in text)
            yield f"edit of {what} until it is served", f"{taken:.1f} s", "< 3 s"
        server.terminate()


def wait_for(page: str, ready) -> float:
    start = time.perf_counter()
    while time.perf_counter() - start < 60:
        try:
            if ready(urlopen(f"http://127.0.0.1:8017/{page}/", timeout=30).read().decode()):
                return time.perf_counter() - start
        except (URLError, ConnectionError):
            pass
        time.sleep(0.05)
    raise TimeoutError(f"{page} was not served as expected within a minute")


if __name__ == "__main__":
    for row in rows():
        print(*row, sep=" | ")
