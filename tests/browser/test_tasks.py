"""Tasks in code, in the page: checked by the Python that `scripts/build --live` puts there, and readable without it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from convnotes.exercises.tasks.catalogue import TASKS, find
from convnotes.words import markup
from tests.browser.conftest import PHONE, Open, axe, opener

SLOW = 60_000  # starting Python takes seconds, and longer on a busy machine
PATIENT = 30_000  # as long as a page's loading of files may take on a busy machine
# What waits for the limit of ten seconds is kept for the test to call, for until then the loop would fill a core.
HOLD = """() => { const after = window.setTimeout;
  const held = (act) => ((window.atLimit = () => ((window.setTimeout = after), act())), 0);
  window.setTimeout = (act, wait, ...more) => (wait === 10_000 ? held(act) : after(act, wait, ...more)); }"""


@pytest.fixture(scope="module")
def phone(chromium: Browser, live_address: str) -> Iterator[Page]:
    """The page on a phone, for tests of different tasks: a start of Python would be most of the work of each."""
    with opener(chromium, live_address) as open_:
        yield open_("code-tasks/", **PHONE)


def write_here(page: Page, name: str) -> Locator:
    """The task, opened."""
    task = page.locator(f"#task-{name}")
    task.scroll_into_view_if_needed()
    task.locator(".cn-enter").click(timeout=PATIENT)
    expect(task.get_by_role("textbox")).to_be_focused(timeout=PATIENT)
    return task


def check(task: Locator, code: str, said: str) -> None:
    task.get_by_role("textbox").fill(code)
    task.get_by_role("status").evaluate("(el) => (el.textContent = '')")  # what is said next is of this check
    task.get_by_role("button", name="Check", exact=True).click()
    expect(task.get_by_role("status")).to_have_text(said, timeout=SLOW)


def kept(page: Page) -> dict[str, Any]:
    """What the browser keeps of the tasks."""
    found: dict[str, Any] = page.evaluate("({ ...localStorage })")
    return {name: json.loads(text) for name, text in found.items() if name.startswith("convnotes-task-")}


def test_a_mistake_is_named_the_solution_comes_and_code_is_kept(open_live: Open) -> None:
    asked: list[str] = []
    page = open_live("code-tasks/", before=lambda page: page.on("request", lambda one: asked.append(one.url)))
    assert not [url for url in asked if "/live" in url]  # nothing before it is wanted
    task, name = write_here(page, "convolve"), "convolve"
    told = find(name).data(markup.HTML)
    every = len(told["cases"])
    check(task, find(name).starter, f"0 of {every} calls are right.")
    expect(task.get_by_role("button", name="Solution")).to_be_hidden()  # the starter is no try
    for number, slip in enumerate(find(name).slips[:2], 1):
        task.get_by_role("textbox").fill(find(name).slipped(slip))
        task.get_by_role("button", name="Check", exact=True).click()
        expect(task.locator(".cn-why")).to_have_js_property("innerHTML", told["slips"][number - 1], timeout=SLOW)
        expect(task.get_by_role("button", name="Solution")).to_be_visible(visible=number == 2)
    expect(task.locator(".cn-verdict").first).to_contain_text("not [[8]]")
    task.get_by_role("button", name="Solution").click()
    expect(task.locator(".cn-result pre")).to_have_text(find(name).solution)
    check(task, find(name).solution, f"All {every} calls are right.")
    assert kept(page) == {"convnotes-task-convolve": {"code": find(name).solution, "solved": True}}
    task.get_by_role("textbox").press("Escape")
    expect(task.get_by_role("button", name="Solved. Look at your code")).to_be_focused()
    page.reload()
    task = page.locator("#task-convolve")
    task.get_by_role("button", name="Solved. Look at your code").click(timeout=PATIENT)
    expect(task.get_by_role("textbox")).to_have_value(find(name).solution, timeout=PATIENT)
    task.get_by_role("button", name="Start again").click()
    expect(task.get_by_role("textbox")).to_have_value(find(name).starter)
    assert kept(page) == {}


def test_ten_solutions_pass_in_the_page(phone: Page) -> None:
    page = phone
    for name in [*list(TASKS)[::2], "input-gradient"]:
        task = write_here(page, name)
        check(task, find(name).solution, f"All {len(find(name).cases)} calls are right.")
        task.get_by_role("button", name="Close").click()
    page.locator("#forget-code").get_by_role("button", name="Erase all my code").click()
    expect(page.locator("#forget-code").get_by_role("status")).to_contain_text("Erased.")
    assert kept(page) == {}


def test_lines_go_on_where_they_should(open_live: Open) -> None:
    task = write_here(open_live("code-tasks/"), "im2col")
    code = task.get_by_role("textbox")
    code.fill("def im2col(image, k):")
    code.press("End")
    code.press("Enter")
    code.press_sequentially("for i in [1]:")
    code.press("Enter")
    code.press_sequentially("return 0")
    assert code.input_value() == "def im2col(image, k):\n    for i in [1]:\n        return 0"


def test_an_open_task_is_accessible(phone: Page) -> None:
    page = phone
    page.emulate_media(color_scheme="dark")
    task = write_here(page, "field")
    check(task, "def field(layers):\n    print('here')\n    return 1, 1, 0", "0 of 6 calls are right.")
    task.locator(".cn-result summary").click()
    assert axe(page, "#task-field") == []
    page.emulate_media(color_scheme="light")
    assert axe(page, "#task-field", runOnly=["color-contrast"]) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_loops_floods_and_errors_are_said_and_nothing_is_lost(phone: Page) -> None:
    page = phone
    task = write_here(page, "output-size")
    head = "def output_size(size, kernel_size, stride=1, padding=0, dilation=1):\n"
    check(task, f"{head}    return size / 0", "0 of 7 calls are right.")
    expect(task.locator(".cn-verdict")).to_have_text(
        "output_size(10, 3) fails in line 2, return size / 0: ZeroDivisionError: division by zero."
    )
    loop = f"{head}    while True: print('again')"
    page.evaluate(HOLD)
    check(task, loop, "Checking …")
    page.wait_for_timeout(1000)  # it prints all the while
    page.evaluate("atLimit()")  # and from then on the limit is as ever
    expect(task.get_by_role("status")).to_have_text("Stopped after 10 seconds: this call did not end.")
    expect(task.locator(".cn-verdict").first).to_have_text("output_size(10, 3) did not end.")
    assert task.get_by_role("textbox").input_value() == loop
    expect(task.locator(".cn-printed")).to_contain_text("… and more, not shown")
    assert len(task.locator(".cn-printed").inner_text()) < 21_000
    check(task, f"{head}    return output_size(size, 3)", "0 of 7 calls are right.")
    expect(task.locator(".cn-verdict").first).to_contain_text("RecursionError")
    check(task, "def output_size(", "The code cannot be run.")
    expect(task.locator(".cn-verdict")).to_have_text("line 1, def output_size(: SyntaxError: '(' was never closed")
    check(task, "import numpy", "The code cannot be run.")
    expect(task.locator(".cn-verdict")).to_contain_text("ModuleNotFoundError")
    check(task, find("output-size").solution, "All 7 calls are right.")


def test_without_python_in_the_page_tasks_are_to_be_read(open_page: Open) -> None:
    for options in ({}, {"java_script_enabled": False}):
        page = open_page("code-tasks/", **options)
        task = page.locator("#task-convolve")
        expect(task.locator(".cn-starter")).to_contain_text("def convolve(image, kernel, stride=1):")
        assert page.locator(".cn-enter").count() == 0
        task.get_by_text("Hint 1").click()
        expect(task.get_by_text("Four loops")).to_be_visible()
        expect(page.locator("figure", has=task)).to_contain_text("convnotes tasks --task convolve --into folder")
    assert page.locator("cn-task").count() == len(TASKS)
