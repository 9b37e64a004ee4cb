"""What an interactive costs: bytes of its scripts as they are served, and work for each movement of a slider."""

import gzip
import re
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from bench_build import build, copy
from bench_page import Quiet

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PARTS = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration")
EVENTS = 60
MOVE = """async ([index, name, events]) => {
  const input = document.querySelectorAll(`${name} input[type=range]:not([disabled])`)[index];
  const low = +input.min, span = +input.max - low;
  for (let event = 0; event < events; event++) {
    input.value = low + Math.round(span * Math.abs(Math.sin(event)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise(requestAnimationFrame);
  }
}"""


def rows() -> Iterator[tuple[str, str, str]]:
    with TemporaryDirectory() as temporary:
        folder = copy(Path(temporary) / "notes")
        build(folder)
        yield from measured(folder / "site")


def measured(site: Path) -> Iterator[tuple[str, str, str]]:
    scripts = site / "assets/cn"
    pages = {}
    for page in sorted(site.rglob("index.html")):
        for name in re.findall(r'data-widget="(.+?)"', page.read_text(encoding="utf-8")):
            pages[name] = page.parent.relative_to(site).as_posix()
    yield "script of every page, gzipped", f"{zipped(scripts, ['page.js'])} bytes", "≤ 1 kB"
    yield "what follows for paper, gzipped", f"{zipped(scripts, ['print.js'])} bytes", "≤ 1 kB"
    for name in pages:
        most = "≤ 60 kB, its network too" if name == "walk" else "< 9 kB"
        yield f"scripts of {name}, gzipped", f"{zipped(scripts, needed(scripts, name)) / 1000:.2f} kB", most
    if CHROMIUM is None:
        yield "work for each slider event", "not measured: no Chromium on the PATH", ""
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    for name, page in pages.items():
        worst = max(work(f"http://127.0.0.1:{server.server_port}/{page}/", name))
        yield f"script, style and layout for each slider event, {name} at 390 px", f"{worst:.1f} ms", "< 8 ms"
    server.shutdown()


def needed(scripts: Path, name: str) -> list[str]:
    """The files that an interactive loads."""
    found = [f"{name}.js"]
    for script in found:
        asked = re.findall(r'(?:from\s*|import\()"\./(.+?)"', (scripts / script).read_text(encoding="utf-8"))
        found += [other for other in asked if other not in found]
    return found


def zipped(scripts: Path, names: list[str]) -> int:
    return sum(len(gzip.compress((scripts / name).read_bytes())) for name in names)


def work(url: str, name: str) -> list[float]:
    """Milliseconds of the page's thread for each event, slider by slider; the least of three runs."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2).new_page()
        page.goto(url)
        page.locator(f"cn-{name}").scroll_into_view_if_needed()  # one begins when it is near
        page.wait_for_selector(f"cn-{name}.cn-ready")
        counters = page.context.new_cdp_session(page)
        counters.send("Performance.enable", {"timeDomain": "threadTicks"})

        def spent() -> float:
            metrics = counters.send("Performance.getMetrics")["metrics"]
            return sum(metric["value"] for metric in metrics if metric["name"] in PARTS) * 1000

        taken = []
        for index in range(page.locator(f"cn-{name} input[type=range]:not([disabled])").count()):
            runs = []
            for _ in range(3):
                page.evaluate(f"const el = document.querySelector('cn-{name}'); el.state = el.getAttribute('state')")
                before = spent()
                page.evaluate(MOVE, [index, f"cn-{name}", EVENTS])
                runs.append((spent() - before) / EVENTS)
            taken.append(min(runs))
        browser.close()
    return taken


if __name__ == "__main__":
    for row in rows():
        print(*row, sep=" | ")
