"""Sessions run in the page, by the Python that `scripts/build --live` puts beside it."""

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PHONE, UNKEPT, Open, axe

SLOW = 60_000  # starting Python takes seconds, and longer on a busy machine


def session(page: Page, number: int) -> Locator:
    """The block of a session of the page."""
    return page.locator("[data-live]").nth(number - 1)


def start(page: Page, number: int) -> Locator:
    session(page, number).get_by_role("button", name="Run and edit").click()
    return session(page, number)


def says(block: Locator, text: str) -> None:
    expect(block.get_by_role("status")).to_contain_text(text, timeout=SLOW)


def test_a_session_runs_after_those_above_it_is_edited_and_reset_and_what_differs_is_marked(open_live: Open) -> None:
    asked: list[str] = []
    page = open_live("cost/", before=lambda page: page.on("request", lambda request: asked.append(request.url)))
    assert not [url for url in asked if "/live" in url or "python" in url]  # nothing before it is wanted
    block = start(page, 2)
    says(block, "Ran. 2 results, as on the page.")
    expect(block.locator(".cn-printed").first).to_have_text("'150,528 × 802,816 = 120,846,286,848'\n")
    code = block.get_by_role("textbox")
    code.fill("inputs\ninputs / 2")
    code.press("Control+Enter")
    says(block, "Ran. 2 results.")
    expect(block.locator(".cn-printed")).to_have_text(["150528\n", "75264.0\n"])
    block.get_by_role("button", name="Reset").click()
    assert code.input_value().startswith("from convnotes.layers import Linear")
    code.press("Control+Enter")
    says(block, "as on the page")
    code.press("Escape")
    expect(block.locator("pre").first).to_be_visible()
    expect(block.get_by_role("button", name="Run and edit")).to_be_focused()
    first = start(page, 1)
    says(first, "as on the page")
    code = first.get_by_role("textbox")
    code.fill(code.input_value().replace("Conv2d(3, 2,", "Conv2d(3, 4,"))
    code.press("Control+Enter")
    says(first, "not as on the page")
    expect(first.locator(".cn-differs").first).to_have_text("On the page: (56, 864, 32)")
    start(page, 2)  # goes on from the first as it now is
    expect(block.locator(".cn-printed").first).to_have_text("'150,528 × 802,816 = 120,846,286,848'\n", timeout=SLOW)


def test_each_session_prints_what_the_page_says_and_errors_and_endless_loops_are_told(open_live: Open) -> None:
    """In one page on a phone: a start of Python costs as much as all the rest."""
    page = open_live("corrections/", **PHONE, color_scheme="dark")
    for number in range(1, page.locator("[data-live]").count() + 1):
        block = start(page, number)
        expect(block.get_by_role("status")).to_contain_text("Ran.", timeout=SLOW)
        assert "not as" not in block.get_by_role("status").inner_text(), block.inner_text()
    block = page.locator("[data-live]").filter(has_text="Traceback").first
    says(block, "as on the page")  # the error that it prints is none
    code, run = block.get_by_role("textbox"), block.get_by_role("button", name="Run", exact=True)
    for text, error in (("f(", "SyntaxError"), ("input()", "EOFError")):
        code.fill(text)
        code.press("Control+Enter")
        says(block, f"Stopped at an error: {error}")
    code.fill("print('before')\n\n1 / 0\nprint('never')")
    code.press("Control+Enter")
    says(block, "Stopped at an error: ZeroDivisionError: division by zero")
    expect(block.locator(".cn-printed").first).to_have_text("before\n")
    assert axe(page) == []
    block.get_by_text("The whole traceback").click()
    expect(block.locator("details pre")).to_contain_text("line 3")
    page.emulate_media(color_scheme="light")
    block.evaluate("(el) => (el.id = 'open')")
    assert axe(page, "#open", runOnly=["color-contrast"]) == []
    code.press("Tab")
    expect(run).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    code.fill("for _ in range(9999): print('again')\nwhile True: pass")
    code.press("Control+Enter")
    expect(block.locator(".cn-printed")).to_contain_text("… and more, not shown", timeout=SLOW)
    assert len(block.locator(".cn-result").inner_text()) < 21_000
    block.get_by_role("button", name="Stop").click()
    says(block, "Stopped. All names are gone")
    block.get_by_role("button", name="Reset").click()
    block.get_by_role("button", name="Run", exact=True).click()
    says(block, "as on the page")


def test_python_that_is_gone_is_said_and_hurts_nothing(chromium: Browser, live_address: str) -> None:
    page = chromium.new_context(**UNKEPT).new_page()
    page.route("**/assets/live/**", lambda route: route.abort())
    page.goto(live_address + "cost/")
    block = start(page, 1)
    says(block, "Python could not be run")
    block.get_by_role("button", name="Close").click()
    expect(block.locator("pre").first).to_be_visible()
    page.context.close()


LAYERS = "Layers, or an nn.Sequential"


def test_the_package_answers_the_form_of_the_start_page(open_live: Open) -> None:
    page = open_live("")
    page.locator(".cn-ask summary").click()
    page.get_by_label(LAYERS).fill("nn.Conv2d(3, 64, 7, stride=2, padding=3), nn.MaxPool2d(3, stride=2, padding=1)")
    own = page.locator(".cn-asked")
    expect(own.locator(".cn-by")).to_contain_text("Computed by the package", timeout=SLOW)
    expect(own.locator(".cn-sum")).to_contain_text("9,472 parameters and 118,013,952 MACs")
    expect(own.locator("tbody tr").nth(1)).to_contain_text("64 × 56 × 56")
    page.evaluate("document.querySelector('.cn-asked tbody').replaceChildren()")  # what is shown now is the next answer
    page.get_by_label(LAYERS).fill(", ".join(["nn.Conv2d(3, 3, 3, padding=1)"] * 400))
    expect(own.locator("tbody tr")).to_have_count(400)
    expect(own.locator(".cn-sum")).to_contain_text("801 × 801 pixels")
    expect(own.locator(".cn-by")).to_contain_text("Computed by the package")
    page.get_by_label(LAYERS).fill("nn.Conv2d(4, 3, 3)")
    expect(own.locator(".cn-sum")).to_contain_text("reads 4 channels, but gets 3")
    expect(own.locator(".cn-by")).to_have_text("")


def test_without_python_the_script_of_the_page_answers_the_form(chromium: Browser, live_address: str) -> None:
    page = chromium.new_context(**UNKEPT).new_page()
    page.route("**/assets/live/**", lambda route: route.abort())
    page.goto(live_address)
    page.locator(".cn-ask summary").click()
    page.get_by_label(LAYERS).fill("nn.Conv2d(3, 64, 7)")
    expect(page.locator(".cn-by")).to_contain_text("the package could not be loaded")
    expect(page.locator(".cn-asked .cn-sum")).to_contain_text("9,472 parameters")
    page.context.close()


def test_without_those_files_there_is_no_button(open_page: Open) -> None:
    page = open_page("cost/")
    assert page.locator("[data-live], .cn-play").count() == 0
