"""The notes in Firefox and WebKit: what readers of a phone meet, and no test in Chromium sees.

A few pages each time; ENGINES=all is every page and every interactive, the rules of axe-core, Python in the page and a
server that ends, and then no engine may be missing.
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe

from convnotes.exercises.tasks.catalogue import find
from tests.browser.conftest import AXE, Quiet, served
from tests.browser.engines import ENGINES, Engine, Firefox, Noting, drag, press
from tests.browser.test_pages import EACH_LOOK, FEW_ROWS, FULL, LOOKS, PAGES, UNSHADED
from tests.browser.test_print import CONTROLS
from tests.browser.widgets import ENTRIES

ALL = os.environ.get("ENGINES") == "all"
only_all = pytest.mark.skipif(not ALL, reason="more than a second in another engine: ENGINES=all, which is a job of CI")
SLOW = 300  # seconds: starting Python takes some, and on a busy machine a minute
READ = PAGES if ALL else ["convolution", "effective-receptive-field", "normalization"]
PRINTED = PAGES if ALL else ["pointwise-convolution"]
SEARCHES = {  # what is typed, and where one of the first three places found is: a sign, typing errors, another name
    "1x1": "/pointwise-convolution/", "recptive feild": "/receptive-field/", "deconvolution": "/transposed-convolution/"
}  # fmt: skip
WIDGETS = ENTRIES if ALL else [entry for entry in ENTRIES if entry.name == "rf-grower"]
# What is wrong with the formulas of a page: a sign drawn over the one before it, a full stop on a line of its own.
FORMULAS = """(() => {
  const all = (wanted, within = document) => [...within.querySelectorAll(wanted)];
  const box = (node) => {
    const range = document.createRange();
    range.selectNode(node);
    return range.getBoundingClientRect();
  };
  all("details").forEach((fold) => (fold.open = true));
  const hung = all("math mo").filter((sign) => /first|last/.test(getComputedStyle(sign).hangingPunctuation));
  const over = all("math mrow").flatMap((row) => {
    const shown = [...row.children].filter((part) => part.tagName !== "mspace" && box(part).width);
    const crossed = shown.filter((part, at) => at && box(part).left < box(shown[at - 1]).right - 1.5);
    return crossed.map((part) => `${part.textContent} in ${row.textContent}`);
  });
  const parted = all(".cn-whole:has(math)").filter(({ lastChild, firstChild }) => {
    const [math, stop] = [box(firstChild), box(lastChild)];
    return lastChild.nodeType === 3 && stop.height && (stop.top > math.bottom - 1 || stop.left < math.right - 2);
  });
  const cut = all("div.arithmatex").filter((line) => innerWidth >= 390 && line.scrollWidth > line.clientWidth + 1);
  return [...hung, ...parted, ...cut].map((el) => el.textContent).concat(over);
})()"""

WITH_AXE = """new Promise((onload, onerror) =>
  document.head.append(Object.assign(document.createElement("script"), { src: "/axe.js", onload, onerror })))
  .then(() => axe.version)"""
# The rules for paper and those for a screen change places; a page is told that it is about to be printed.
ON_PAPER = """(() => {
  const other = { print: "screen", screen: "print" };
  const turn = ({ media, cssRules }) => {
    if (media?.mediaText) media.mediaText = media.mediaText.replace(/\\b(print|screen)\\b/g, (kind) => other[kind]);
    [...(cssRules ?? [])].forEach(turn);
  };
  [...document.styleSheets].forEach(turn);
  dispatchEvent(new Event("beforeprint"));
})()"""


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    start, programs = ENGINES[request.param]
    if missing := [program for program in programs if not shutil.which(program)]:
        reason = f"no {' and no '.join(missing)} on the PATH; Debian: apt install firefox-esr webkit2gtk-driver xvfb"
        (pytest.fail if ALL else pytest.skip)(reason)
    with start() as found:
        yield found


@pytest.fixture(scope="session")
def noting(built_site: Path) -> Iterator[str]:
    """Where the site is served, its pages noting their own errors."""
    with served(built_site, Noting) as found:
        yield found


class Ruled(Noting):
    """A server that has the rules of axe-core too, half a megabyte that a page reads from its own origin at once."""

    def do_GET(self) -> None:
        if self.path != "/axe.js":
            return super().do_GET()
        body = Axe().axe_script.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="session")
def ruled(built_site: Path) -> Iterator[str]:
    """As `noting`, and an origin of its own, whose scheme can be set for good."""
    with served(built_site, Ruled) as found:
        yield found


def until(met: Callable[[], Any], what: str) -> None:
    for _ in range(300):  # a busy machine is late, not wrong
        if met():
            return
        time.sleep(0.1)
    raise AssertionError(f"this does not come: {what}")


def place(name: str) -> str:
    return f"{name}/" if name and not name.endswith("/") else name


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", READ)
def test_a_page_is_read_without_an_error_and_no_formula_is_misprinted(
    engine: Engine, noting: str, name: str, width: int
) -> None:
    engine.open(noting + place(name), width)
    assert engine.run(FORMULAS) == []
    assert engine.run("document.documentElement.scrollWidth") <= width
    assert engine.run("faults") == []


@pytest.mark.parametrize("entry", WIDGETS, ids=lambda entry: f"{entry.name}-{entry.page.strip('/')}")
def test_an_interactive_follows_keys_and_mouse(engine: Engine, noting: str, entry: Any) -> None:
    engine.open(noting + entry.page)
    one = f"document.querySelector('{entry.element}')"
    engine.run(f"{one}.scrollIntoView()")  # some begin when they are near
    until(lambda: engine.run(f"{one}.classList.contains('cn-ready')"), "the interactive")
    first = engine.run(f"{one}.state")
    slider = f"[...{one}.querySelectorAll('input[type=range]')].find((it) => it.offsetWidth && it.min !== it.max)"
    engine.run(f"{slider}.focus()")
    press(engine, "ArrowLeft" if engine.run(f"{slider}.value === {slider}.max") else "ArrowRight")
    until(lambda: engine.run(f"{one}.state") != first, "what the arrow key changes")
    second = engine.run(f"{one}.state")
    until(lambda: second in engine.run("decodeURIComponent(location.search)"), "the state in the address")
    engine.run(f"{one}.live.scrollIntoView({{ block: 'start' }}) ?? scrollBy(0, -80)")
    reset = f"[...{one}.querySelectorAll('button')].find((it) => it.textContent === 'Reset').getBoundingClientRect()"
    engine.run(f"scrollBy(0, {reset}.top - innerHeight / 2)")
    drag(engine, tuple(engine.run(f"[{reset}.x + 10, {reset}.y + 10]")))
    until(lambda: engine.run(f"{one}.state") == first, "the first state again")
    if engine.run(f"Boolean({one}.querySelector('.cn-move'))"):
        engine.run(f"{one}.querySelector('.cn-move').scrollIntoView({{ block: 'center' }})")
        box = f"{one}.querySelector('.cn-move').getBoundingClientRect()"
        x, y, wide, high = engine.run(f"[{box}.x, {box}.y, {box}.width, {box}.height]")
        drag(engine, (x + wide / 2, y + high / 2), (x + wide * 0.7, y + high * 0.7), (x + wide * 0.9, y + high * 0.9))
        until(lambda: engine.run(f"{one}.state") != first, "what the mouse moves")
    assert engine.run("faults") == []


@pytest.mark.parametrize("name", PRINTED)
def test_a_printed_page_has_no_control_and_no_formula_is_misprinted(engine: Engine, noting: str, name: str) -> None:
    engine.open(noting + place(name), 700)  # as wide as the text of an A4 sheet
    engine.run(ON_PAPER)
    assert engine.run(CONTROLS) == []
    assert engine.run(FORMULAS) == []
    assert engine.run("faults") == []


@only_all
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_and_dark(engine: Engine, ruled: str, name: str) -> None:
    if not isinstance(engine, Firefox):
        pytest.skip("axe-core reads the pages in two engines: Chromium, which test_pages.py drives, and Firefox")
    engine.open(ruled + place(name))
    engine.run(WITH_AXE)
    engine.run("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    engine.run(f"(() => {{ {FEW_ROWS} }})()")
    if name not in ("", "convolution"):
        engine.run("document.querySelector('.md-sidebar--primary')?.remove()")
    engine.run(f"({UNSHADED})()")
    for scheme in ("default", "slate"):
        engine.run(f"document.querySelector('[data-md-color-scheme={scheme}][name=__palette]').click()")
        until(lambda scheme=scheme: engine.run(f"document.body.matches('[data-md-color-scheme={scheme}]')"), scheme)
        engine.run("document.querySelectorAll('[data-look]').forEach((el) => delete el.dataset.look)")
        assert engine.run(f"({EACH_LOOK})()") > 3
        engine.run(f"{LOOKS} ?? null")
        options = {**FULL, "resultTypes": ["violations"]}
        assert engine.run(f"({AXE})([null, {json.dumps(options)}])") == [], scheme


class Brief(Quiet):
    """A server that keeps no connection, so that nothing answers once it has ended."""

    protocol_version = "HTTP/1.0"


@only_all
def test_a_page_once_read_is_read_when_the_server_is_gone(engine: Engine, built_site: Path) -> None:
    with served(built_site, Brief) as address:
        engine.visit(f"{address}pooling/")
        until(lambda: engine.run("Boolean(navigator.serviceWorker.controller)"), "what keeps the pages")
        engine.visit(f"{address}pooling/")
        engine.run("document.querySelector('cn-stepper').scrollIntoView()")
        until(lambda: engine.run("Boolean(document.querySelector('cn-stepper.cn-ready'))"), "the interactive")
    with pytest.raises(URLError):
        urlopen(address)
    engine.visit(f"{address}pooling/?st=pool_t3")
    until(
        lambda: engine.run("document.querySelector('cn-stepper')?.state") == "pool_t3", "the page and its interactive"
    )
    assert engine.run("getComputedStyle(document.querySelector('article p')).fontFamily").startswith("Charter")
    engine.visit(f"{address}cost/")
    assert engine.run("document.querySelector('h1').textContent") == "This page is not kept here"


def says(engine: Engine, status: str, text: str) -> None:
    deadline = time.monotonic() + SLOW
    while (found := engine.run(f"{status}.textContent")) != text:
        assert time.monotonic() < deadline, f"{found!r} and never {text!r}"
        time.sleep(0.2)


def run_code(engine: Engine, field: str, code: str) -> None:
    """Put code into a field, and press the keys that run it."""
    engine.run(f"{field}.value = {json.dumps(code)}")
    engine.run(f"{field}.dispatchEvent(new Event('input'))")
    press(engine, "Control+Enter")


@only_all
def test_a_session_is_run_and_edited(engine: Engine, live_site: Path) -> None:
    block = "document.querySelectorAll('[data-live]')[1]"
    status, field = f"{block}.querySelector('.cn-status')", f"{block}.querySelector('textarea')"
    with served(live_site, Noting) as address:
        engine.open(f"{address}cost/")
        engine.run(f"{block}.scrollIntoView()")
        until(lambda: engine.run(f"Boolean({block}.querySelector('.cn-play'))"), "the button that opens the session")
        engine.run(f"{block}.querySelector('.cn-play').focus()")
        press(engine, "Enter")
        until(lambda: engine.run(f"Boolean({status})"), "the session, opened")
        says(engine, status, "Ran. 2 results, as on the page.")
        engine.run(f"{field}.focus()")
        run_code(engine, field, "inputs\ninputs / 2")
        says(engine, status, "Ran. 2 results.")
        printed = f"[...{block}.querySelectorAll('.cn-printed')].map((it) => it.textContent)"
        assert engine.run(printed) == ["150528\n", "75264.0\n"]
        assert engine.run("faults") == []


@only_all
def test_a_code_task_is_checked(engine: Engine, live_site: Path) -> None:
    """Python starts, says what fails, is stopped in a loop without end, and passes the solution."""
    task, told = "document.getElementById('task-output-size')", find("output-size")
    head = "def output_size(size, kernel_size, stride=1, padding=0, dilation=1):\n"
    tried = {f"{head}    return size / 0": f"0 of {len(told.cases)} calls are right."}
    tried[f"{head}    while True: pass"] = "Stopped after 10 seconds: this call did not end."
    tried[told.solution] = f"All {len(told.cases)} calls are right."
    status = f"{task}.querySelector('.cn-status')"
    with served(live_site, Noting) as address:
        engine.open(f"{address}code-tasks/")
        engine.run(f"{task}.scrollIntoView()")
        until(lambda: engine.run(f"Boolean({task}.querySelector('.cn-enter'))"), "the button that opens the task")
        engine.run(f"{task}.querySelector('.cn-enter').focus()")
        press(engine, "Enter")
        field = f"{task}.querySelector('textarea')"
        until(lambda: engine.run(f"document.activeElement === {field}"), "the field, focused")
        for code, said in tried.items():
            engine.run(f"{status}.textContent = ''")
            run_code(engine, field, code)
            says(engine, status, said)
        assert engine.run("faults") == []


def test_search_and_schemes(engine: Engine, noting: str) -> None:
    engine.open(f"{noting}pooling/")
    press(engine, "Control+k")
    until(lambda: engine.run("document.activeElement?.name === 'query'"), "the search field")
    found = "[...document.querySelectorAll('.md-search-result__link')].slice(0, 3).map((it) => it.pathname)"
    for typed, wanted in SEARCHES.items():
        press(engine, "Control+a", *typed)
        until(lambda wanted=wanted: wanted in engine.run(found), f"{wanted}, looked for as {typed}")
    engine.open(f"{noting}pooling/")
    paper = "getComputedStyle(document.body).backgroundColor"
    seen = set()
    for _ in range(3):
        seen.add(engine.run(paper))
        label = "document.querySelector('[data-md-component=palette] label:not([hidden])')"
        x, y = engine.run(f"[{label}.getBoundingClientRect().x + 10, {label}.getBoundingClientRect().y + 10]")
        drag(engine, (x, y))
        time.sleep(0.3)
    assert len(seen) == 2
    assert engine.run("faults") == []
