"""The Cite control and the index of examples in a browser: by hand, by keyboard, and without scripts."""

from dataclasses import replace
from datetime import date

import pytest
from playwright.sync_api import Browser, expect

from convnotes.citing import record
from convnotes.citing.formats import FORMS, NAMES, Reference, citation
from tests.browser.conftest import PHONE, Open

REPORT = (
    """<a class="cn-report" data-place="cost/" href="mailto:notes@example.org?body=Place%3A%20cost%2F%0A">Report</a>"""
)
READERS = {"desk": ({}, 3), "phone": (PHONE, 3), "auckland": ({"timezone_id": "Pacific/Auckland"}, 4)}  # and their day


def at_noon(page):
    page.clock.install(time="2031-02-03T12:00:00")


@pytest.mark.parametrize(("options", "day"), READERS.values(), ids=READERS)
def test_opened_by_the_keyboard_it_offers_the_text_of_the_terminal_with_the_readers_day(open_page: Open, options, day):
    page = open_page("convolution/", before=at_noon, permissions=["clipboard-read", "clipboard-write"], **options)
    page.clock.pause_at("2031-02-03T12:30:00")  # what a button says of itself stays until it was read
    control = page.locator("#ex-imagenet-stem + .cn-cite")
    summary = control.locator("summary")
    assert summary.inner_text().split() == ["Cite", "“The", "ImageNet", "stem”"]
    summary.press("Enter")
    expect(control.locator(".cn-day")).to_have_text("The day of access is today.")
    copy = replace(record.work(), address="")  # as the site is built for tests, also while a release is made
    reference = Reference(copy, record.find("ex-imagenet-stem"), date(2031, 2, day))
    for form, name in NAMES.items():
        button = control.get_by_role("button", name=f"Copy {name}", exact=True)
        button.press("Enter")
        expect(control.get_by_role("button", name="Copied").last).to_be_focused()
        expect(page.locator("body > p[role=status]")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == citation(form, reference)
        html = page.evaluate(
            "async () => { const [item] = await navigator.clipboard.read();"
            " return item.types.includes('text/html') ? (await item.getType('text/html')).text() : ''; }"
        )
        slanted = citation(form, reference).strip().replace(reference.work.title, f"<em>{reference.work.title}</em>")
        assert html.endswith(f"<p>{slanted}</p>") if form == "apa" else html == ""
        page.clock.run_for(2000)
        expect(button).to_be_focused()
    assert control.locator("pre").count() == len(FORMS)
    page.keyboard.press("Shift+Tab")  # the way back is open
    expect(control.locator(":focus")).to_have_count(1)


def test_every_example_of_a_page_has_one_and_the_scripts_wait_until_one_is_opened(open_page: Open):
    asked: list[str] = []
    page = open_page("convolution/", before=lambda page: page.on("request", lambda one: asked.append(one.url)))
    page.wait_for_load_state("networkidle")
    examples = page.locator("h2[id^=ex-]")
    assert examples.count() == page.locator("h2[id^=ex-] + .cn-cite > details").count() > 3
    assert not [url for url in asked if url.endswith("cite.js")]
    page.locator(".cn-cite summary").first.click()
    expect(page.locator(".cn-cite button").first).to_be_visible()


def test_without_scripts_every_text_is_there(chromium: Browser, address: str):
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}convolution/")
    control = page.locator("#ex-imagenet-stem + .cn-cite")
    control.locator("summary").click()
    for shown in control.locator("pre").all():
        expect(shown).to_be_visible()
    expect(control).to_contain_text("write the day on which you read it")
    page.goto(f"{address}examples/")
    expect(page.locator("table.cn-filtered tbody tr")).to_have_count(len(record.examples()))
    page.context.close()


def test_the_index_is_chosen_from_by_word_and_chapter(open_page: Open):
    page = open_page("examples/")
    rows = page.locator("table.cn-filtered tbody tr:visible")
    known = record.examples().values()
    expect(rows).to_have_count(len(known))
    page.get_by_label("Word").fill("RESNET two")
    words = {one.anchor: f"{one.title} {one.anchor} {one.chapter}".lower() for one in known}
    found = [anchor for anchor, text in words.items() if "resnet" in text and "two" in text]
    expect(page.get_by_role("search", name="Choose rows").get_by_role("status")).to_have_text(
        f"{len(found)} of {len(known)}"
    )
    assert rows.locator("td:nth-child(2)").all_inner_texts() == found
    page.get_by_label("Word").fill("3x3")  # as one types 3×3
    assert rows.count() == len([one for one in known if "3×3" in one.title or "3x3" in one.anchor])
    page.get_by_label("Word").fill("")
    page.get_by_label("Chapter", exact=True).select_option("Receptive field")
    chapter = [one.anchor for one in known if one.chapter == "Receptive field"]
    assert rows.locator("td:nth-child(2)").all_inner_texts() == chapter
    rows.get_by_role("link").first.click()
    page.wait_for_url(f"**/receptive-field/#{chapter[0]}")
    expect(page.locator(f"#{chapter[0]}")).to_be_in_viewport()


def test_a_figure_is_cited_by_its_caption_and_its_address(open_page: Open, address: str):
    page = open_page("cost/", permissions=["clipboard-read", "clipboard-write"])
    cite = page.locator(".cn-links a", has_text="Cite").first
    anchor = cite.get_attribute("href")
    cite.press("Enter")
    expect(page.locator("body > p[role=status]")).to_have_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    work = record.work()
    assert (
        text.startswith(f"{work.author}. ")
        and f", {work.title}, version {work.version}. {address}cost/{anchor}" in text
    )
    assert page.locator(f"{anchor} .cn-links").inner_text().split(" · ")[0] == "Source"
    assert page.request.get(page.locator(f"{anchor} .cn-links a").first.evaluate("link => link.href")).ok


def test_a_report_names_the_place_that_is_read(open_page: Open):
    """The built site has nobody to report to; the link is what the theme writes where there is one."""
    page = open_page(
        "cost/",
        before=lambda page: page.route(
            "**/cost/",
            lambda route: route.fulfill(
                body=route.fetch().text().replace("</article>", REPORT + "</article>"), content_type="text/html"
            ),
        ),
    )
    page.evaluate("location.hash = 'ex-count-by-hand'")
    link = page.locator("a.cn-report")
    link.evaluate("link => link.addEventListener('click', (event) => event.preventDefault())")
    link.click()
    assert "cost%2F%23ex-count-by-hand%0A" in str(link.get_attribute("href"))
    page.evaluate("location.hash = 'walk=dZZ4fAk'")  # what a reader has drawn is left out
    link.click()
    assert "cost%2F%23walk%0A" in str(link.get_attribute("href"))
