"""What an interactive costs: bytes of its scripts as they are served, and work for each event of a drag."""

import gzip
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from math import cos, sin
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING

from bench_build import build, copy
from bench_page import Quiet

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PARTS = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration")
EVENTS = 60
# Where drags of surfaces begin, if not at the first state: with a unit and a gradient in view, drawn on and covered.
STARTS = {"walk": ("s17_uconv2.3.4.4_g7v1", "s17_c7.4_uconv2.3.4.4_g7v1")}
MOVE = """async ([index, name, events]) => {
  const input = document.querySelectorAll(`${name} input[type=range]:not([disabled])`)[index];
  const low = +input.min, span = +input.max - low;
  for (let event = 0; event < events; event++) {
    input.value = low + Math.round(span * Math.abs(Math.sin(event)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise(requestAnimationFrame);
  }
}"""


# From an event at the start of a frame until the frame is painted: ink drawn, with a unit and a gradient in view.
PAINT = """async (events) => {
  const el = document.querySelector("cn-walk"), taken = [], channel = new MessageChannel();
  el.state = "s17_uconv2.3.4.4_g7v1";
  for (let event = 0; event < events; event++) {
    await new Promise(requestAnimationFrame);
    const begin = performance.now();
    el.use([14 + 10 * Math.sin(event), 14 + 10 * Math.cos(1.7 * event)], event % 6 === 0);
    taken.push(await new Promise((done) => {
      channel.port1.onmessage = () => done(performance.now() - begin);
      channel.port2.postMessage(null);
    }));
  }
  return taken;
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
    yield "script of every page, gzipped", f"{zipped(scripts, ['page.js'])} bytes", "≤ 2 kB"
    for name in pages:
        most = "≤ 60 kB, its network too" if name == "walk" else "< 9 kB"
        yield f"scripts of {name}, gzipped", f"{zipped(scripts, needed(scripts, name)) / 1000:.2f} kB", most
    if CHROMIUM is None:
        yield "work for each event of a drag", "not measured: no Chromium on the PATH", ""
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    for name, page in pages.items():
        worst = max(work(f"http://127.0.0.1:{server.server_port}/{page}/", name))
        yield f"script, style and layout for each event of a drag, {name} at 390 px", f"{worst:.1f} ms", "< 8 ms"
    for width, slower, most in ((1280, 1, 16), (390, 4, 50)):
        middle, late = painted(f"http://127.0.0.1:{server.server_port}/", width, slower)
        what = f"walk, a stroke until it is painted, at {width} px, {slower}× slower processor: median, 95th percentile"
        yield what, f"{middle:.1f}, {late:.1f} ms", f"< {most} ms"
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


@contextmanager
def opened(url: str, name: str, width: int = 390) -> "Iterator[Page]":
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": width, "height": 844}, device_scale_factor=2).new_page()
        page.goto(url)
        page.locator(f"cn-{name}").scroll_into_view_if_needed()  # one begins when it is near
        page.wait_for_selector(f"cn-{name}.cn-ready")
        yield page
        browser.close()


def painted(url: str, width: int, slower: int) -> tuple[float, float]:
    """Milliseconds from a stroke in the walk until it is painted: the median and the 95th percentile."""
    with opened(url, "walk", width) as page:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        page.evaluate(PAINT, EVENTS)
        taken = sorted(page.evaluate(PAINT, EVENTS))
        return taken[EVENTS // 2], taken[EVENTS * 95 // 100]


def work(url: str, name: str) -> list[float]:
    """Milliseconds of the page's thread for each event, slider by slider, then surfaces; the least of three runs."""
    with opened(url, name) as page:
        counters = page.context.new_cdp_session(page)
        counters.send("Performance.enable", {"timeDomain": "threadTicks"})

        def spent() -> float:
            metrics = counters.send("Performance.getMetrics")["metrics"]
            return sum(metric["value"] for metric in metrics if metric["name"] in PARTS) * 1000

        def least(drag: Callable[[int], None], index: int, start: str) -> float:
            runs = []
            for _ in range(3):
                page.evaluate(f"document.querySelector('cn-{name}').state = {start!r}")
                before = spent()
                drag(index)
                runs.append((spent() - before) / EVENTS)
            return min(runs)

        def slide(index: int) -> None:
            page.evaluate(MOVE, [index, f"cn-{name}", EVENTS])

        def sweep(index: int) -> None:
            surface = page.locator(f"cn-{name} .cn-move").nth(index)
            surface.scroll_into_view_if_needed()
            box = surface.bounding_box()
            if not box:
                return
            for event in range(EVENTS):
                across, down = 0.5 + 0.4 * sin(event), 0.5 + 0.4 * cos(1.7 * event)
                page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
                if not event:
                    page.mouse.down()
                page.evaluate("new Promise(requestAnimationFrame)")
            page.mouse.up()

        sliders = page.locator(f"cn-{name} input[type=range]:not([disabled])").count()
        surfaces = page.locator(f"cn-{name} .cn-move").count()
        home = page.get_attribute(f"cn-{name}", "state") or ""
        return [
            *(least(slide, index, home) for index in range(sliders)),
            *(least(sweep, index, start) for start in STARTS.get(name, (home,)) for index in range(surfaces)),
        ]


if __name__ == "__main__":
    for row in rows():
        print(*row, sep=" | ")
