"""The notes in Firefox and WebKit: what readers of a phone meet, and no test in Chromium sees.

A few pages each time; ENGINES=all is every page and every interactive, and then no engine may be missing.
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from convnotes.exercises.tasks.catalogue import find
from tests.browser.conftest import served
from tests.browser.engines import ENGINES, Engine, Noting, drag, press
from tests.browser.test_pages import PAGES
from tests.browser.widgets import ENTRIES

ALL = os.environ.get("ENGINES") == "all"
SLOW = 300  # seconds: starting Python takes some, and on a busy machine a minute
READ = PAGES if ALL else ["convolution", "effective-receptive-field", "normalization"]
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


def until(met: Callable[[], Any], what: str) -> None:
    for _ in range(100):
        if met():
            return
        time.sleep(0.1)
    raise AssertionError(f"this does not come: {what}")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", READ)
def test_a_page_is_read_without_an_error_and_no_formula_is_misprinted(
    engine: Engine, noting: str, name: str, width: int
) -> None:
    engine.open(noting + (f"{name}/" if name and not name.endswith("/") else name), width)
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


@pytest.mark.skipif(not ALL, reason="a task in another engine takes half a minute: ENGINES=all, which is a job of CI")
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
            engine.run(f"{field}.value = {json.dumps(code)}")
            engine.run(f"{field}.dispatchEvent(new Event('input'))")
            engine.run(f"{status}.textContent = ''")
            press(engine, "Control+Enter")
            deadline = time.monotonic() + SLOW
            while (found := engine.run(f"{status}.textContent")) != said:
                assert time.monotonic() < deadline, f"{found!r} and never {said!r}"
                time.sleep(0.2)
        assert engine.run("faults") == []


def test_search_and_schemes(engine: Engine, noting: str) -> None:
    engine.open(f"{noting}pooling/")
    press(engine, "Control+k")
    until(lambda: engine.run("document.activeElement?.name === 'query'"), "the search field")
    press(engine, *"stride")
    until(lambda: engine.run("document.querySelectorAll('.md-search-result__link').length > 2"), "what is found")
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
