"""Questions that come back: when, from where, and that nothing of it leaves the browser."""

import json
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, PHONE, UNKEPT, Open, axe

CORE = "const core = await import('/assets/cn/review-core.js');"
DAY = 24 * 3600  # seconds, as Playwright sets its clock


def run(page: Page, body: str, given: Any = None) -> Any:
    return page.evaluate(f"async (given) => {{ {CORE} {body} }}", given)


def test_a_known_question_waits_three_times_as_long_and_an_unknown_one_a_day(open_page: Open) -> None:
    page = open_page("cost/")
    waits = run(
        page,
        """let kept = core.read(core.sound(null), "cost/", 2, 10), day = 11; const waits = [];
        for (const known of [true, true, true, true, true, false]) {
          kept = core.rated(kept, "cost/", 0, known, day);
          waits.push(kept["cost/"].questions[0].due - day); day = kept["cost/"].questions[0].due;
        }
        return waits;""",
    )
    assert waits == [3, 9, 27, 81, 90, 1]


def test_three_come_back_at_once_those_first_that_have_waited_longest(open_page: Open) -> None:
    found = run(
        open_page("cost/"),
        """let kept = core.read(core.read(core.sound(null), "b/", 2, 5), "a/", 3, 4);
        const due = (here, day) => core.due(kept, here, day);
        return [due("c/", 4), due("c/", 6), due("a/", 6), due("c/", 5).length];""",
    )
    a = [{"path": "a/", "place": place} for place in range(3)]
    assert found == [[], a, [{"path": "b/", "place": 0}, {"path": "b/", "place": 1}], 3]


def test_what_cannot_be_kept_is_left_out(open_page: Open) -> None:
    hostile = [
        None, 3, "x", [], {"../x": {"day": 1, "questions": []}}, {"//evil.example/": {"day": 1, "questions": []}},
        {"https://evil.example/": {"day": 1, "questions": []}}, {"a/": {"day": "1", "questions": []}},
        {"a/": {"day": 1, "questions": [{"due": -1, "wait": 1}]}}, {"a/": {"day": 1}}, {"a/": None},
    ]  # fmt: skip
    page = open_page("cost/")
    assert run(page, "return given.map((one) => Object.keys(core.sound(one)).length)", hostile) == [0] * len(hostile)


def test_questions_of_a_chapter_read_before_come_back_and_are_forgotten(chromium: Browser, address: str) -> None:
    asked: list[str] = []
    for options in (DESK, PHONE):
        context = chromium.new_context(**options, **UNKEPT)
        page = context.new_page()
        page.clock.install(time=20_000 * DAY)

        page.goto(f"{address}pooling/")
        page.locator("#check-yourself").scroll_into_view_if_needed()
        page.wait_for_function("localStorage.getItem('convnotes-review')")
        kept = json.loads(page.evaluate("localStorage.getItem('convnotes-review')"))
        count = page.locator("#check-yourself ~ details.question").count()
        assert list(kept) == ["pooling/"] and len(kept["pooling/"]["questions"]) == count > 3
        assert page.locator("section.cn-review").count() == 0
        expect(page.locator(".cn-kept")).to_contain_text("kept in this browser only")
        page.clock.set_fixed_time(20_001 * DAY)
        page.on("request", lambda one: asked.append(one.url))
        page.goto(f"{address}cost/")
        page.locator("#check-yourself").scroll_into_view_if_needed()
        box = page.locator("section.cn-review")
        expect(box.locator("details.question")).to_have_count(3)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        first = box.locator("details.question").first
        first.locator("summary").click()
        first.get_by_role("button", name="I knew it").click()
        expect(first.get_by_role("status")).to_have_text("It comes back later.")
        kept = json.loads(page.evaluate("localStorage.getItem('convnotes-review')"))
        assert kept["pooling/"]["questions"][0] == {"due": 20_004, "wait": 3}
        small = box.locator("button").evaluate_all("(all) => all.map((el) => el.getBoundingClientRect().height)")
        assert min(height for height in small if height) >= 24
        forget(page)
        expect(box).to_have_count(0)
        assert all(url.startswith(address) for url in asked)
        context.close()


def forget(page: Page) -> None:
    """By the keyboard: what is kept is gone, and that is said where the focus goes."""
    line = page.locator(".cn-kept")
    line.get_by_role("button", name="Forget it all").press("Enter")
    expect(line.get_by_role("status")).to_have_text("Forgotten. The next chapter that you read is kept again.")
    expect(line.get_by_role("status")).to_be_focused()
    assert page.evaluate("localStorage.getItem('convnotes-review')") is None


def test_from_the_first_chapter_on_it_is_said_what_is_kept_and_can_be_forgotten(open_page: Open) -> None:
    for options in (DESK, PHONE):
        page = open_page("pooling/", **options)
        page.locator("#check-yourself").scroll_into_view_if_needed()
        line = page.locator(".cn-kept")
        expect(line).to_contain_text("what you knew is kept in this browser only")
        expect(line.get_by_role("status")).to_be_empty()  # it is there before it speaks
        assert page.evaluate("document.querySelector('.cn-kept').nextElementSibling.tagName") == "H2"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert axe(page, ".cn-kept") == []
        assert line.get_by_role("button").evaluate("(el) => el.getBoundingClientRect().height") >= 24
        forget(page)
        page.reload()
        page.locator("#check-yourself").scroll_into_view_if_needed()
        expect(page.locator(".cn-kept")).to_contain_text("kept in this browser only")


def test_where_nothing_can_be_kept_nothing_is_said(open_page: Open) -> None:
    page = open_page("pooling/", before=lambda page: page.add_init_script("delete Storage.prototype.setItem"))
    page.locator("#check-yourself").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert page.locator(".cn-review").count() == 0
    page = open_page("pooling/", java_script_enabled=False)
    assert page.locator(".cn-review").count() == 0
