"""Exercises in the page: read and judged as Python does, by keyboard, by touch, and of use without scripts."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from random import Random
from string import ascii_lowercase
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from convnotes.exercises.answers import key, read, written
from convnotes.exercises.catalogue import CHAPTERS, KINDS
from convnotes.exhibits.interactive import practice
from convnotes.words import markup
from tests.browser.conftest import DESK, PHONE, UNKEPT, WCAG, Open, axe, opener

TYPED = (
    "3,211,264", "3 211 264", "3211264", "3\u202f211\u202f264",
    "3'211'264", "3_211_264", "3,21", "3,211 264", "0,125", "",
    " = 7 ", "−7", "-7", "--7", "7.", "7.0", "7.5", "007", "-0", "7 cells", "7" * 60, "7" * 61, "1e6", "٣", "３", "🐈",
    "22/49", "44 / 98", "-1/3", "1/-3", "-1/-3", ".5",
    "-.5", "-.0", "0.50", "50%", "12.5 %", "1/0", "0/5", "1/2/3", "/2", "1/",
    "%", "55×55", "55 x 55", "55*55", "(55,55)", "[1, 2, 3]", "1 2 3",
    "1,024×7×7", "−3, 3", "1;2", "1,,2", "a,b", "(", "()",
    "1.000", "-1.000", "12.000", "1234.000", "0.000", "1.0000", "1,000.000", "1.000.000", "1.000 %",
    "1.000×2", "2/1.000", "1,125", "−1,125", "1,125 %", "1,125,000", "1,125/8", "1.125", "1'125",
    "5)", "1, 2,", "x", "1 × 2", "constructor", "__proto__",
)  # fmt: skip
UNITS = (
    "57 cells",
    "57cells",
    "1 cell",
    "57 Cells",
    "57 CELLS",
    "cells",
    "57 cells cells",
    "3 MACs",
    "3 mac",
    "57 cell s",
    "1 entry",
    "2 entries",
    "1 pass",
)


def ready(open_page: Open, query: str = "", **options: Any) -> Page:
    page = open_page(f"exercises/{query}", **options)
    page.wait_for_selector("cn-practice.cn-ready")
    return page


@pytest.fixture(scope="module")
def sheet(chromium: Browser, address: str) -> Iterator[Page]:
    """The page, loaded once for the tests to which it does not matter what others had shown."""
    with opener(chromium, address) as open_:
        yield ready(open_)


def card(page: Page, chapter: str) -> Locator:
    found = page.locator(f"#practice-{chapter}")
    found.scroll_into_view_if_needed()
    return found


def alone(page: Page, *chapters: str) -> None:
    """Leave these cards alone on the page, which is long: after each click all of it would be laid out again."""
    page.evaluate(
        "(ids) => document.querySelectorAll('cn-practice').forEach((el) => ids.includes(el.id) || el.remove())",
        [f"practice-{chapter}" for chapter in chapters],
    )


def choose(found: Locator, kind: str) -> None:
    """Another kind, and wait until it is there."""
    found.locator("select").select_option(kind)
    expect(found).to_have_attribute("state", f"{kind}_1")


def test_answers_are_read_as_python_reads_them(sheet: Page) -> None:
    page, rng = sheet, Random(0)
    texts = [*TYPED, *("".join(rng.choices("0123456789,. /x×%-−()", k=rng.randint(1, 9))) for _ in range(3000))]
    cases = [[text, form, ""] for text in texts for form in ("whole", "fraction", "tuple")]
    cases += [[text, "whole", unit] for text in UNITS for unit in ("cells", "MACs", "entries", "passes", "")]
    got = page.evaluate(
        "async (cases) => { const core = await import('/assets/cn/practice-core.js');"
        " return cases.map((one) => core.read(...one)); }",
        cases,
    )
    expected = [read(*one) for one in cases]
    assert [(c, g, e) for c, g, e in zip(cases, got, expected, strict=True) if g != e] == []
    assert sum(value is not None for value in expected) > 1000


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_variant_is_judged(sheet: Page, chapter: str) -> None:
    """The file that the page fetches is what Python says; the right answer is right, every mistake is named."""
    kinds = sheet.evaluate("(id) => document.getElementById(id).kinds()", f"practice-{chapter}")
    assert kinds == json.loads(json.dumps(practice.variants([kind.name for kind in KINDS if kind.chapter == chapter])))
    cases = []
    for name, records in kinds.items():
        for number, record in enumerate(records, 1):
            problem = practice.variant(name, number).problem
            if record["form"] == "several":
                continue
            right = record["answer"] if record["options"] else written(problem.answer)
            cases.append([record, right, True, record["because"]])
            for (given, why), mistake in zip(record["mistakes"], problem.mistakes, strict=True):
                wrong = given if record["options"] else written(mistake.answer)
                cases.append([record, wrong, False, why])
    got = sheet.evaluate(
        "async (cases) => { const core = await import('/assets/cn/practice-core.js');"
        " const told = ({ right, why }) => [right, why];"
        " return cases.map(([variant, typed]) => told(core.judge(variant, typed))); }",
        cases,
    )
    assert [case for case, found in zip(cases, got, strict=True) if found != case[2:]] == []


SEVERAL = [kind for kind in KINDS if practice.variant(kind.name, 1).form == "several"]


def test_some_of_several_options_are_judged_as_python_judges_them(sheet: Page) -> None:
    """Every choice of options: what it earns in the words of Python, and of each option whether it is right and why."""
    cases, expected = [], []
    for kind in SEVERAL:
        for number in (1, 2, 3):
            found = practice.variant(kind.name, number)
            record: dict[str, Any] = practice.record(found)
            why = {place: ("yes", text) for place, text in record["reasons"]}
            why |= {place: ("no", text) for place, text in record["mistakes"]}
            places = range(len(found.options))
            for chosen in (some for size in range(1, 6) for some in combinations(places, size)):
                cases.append([record, ",".join(map(str, chosen))])
                told = found.check("".join(ascii_lowercase[place] for place in chosen))
                told = told.partition(" points.")[0] + " points." if told else "Right."
                expected.append(
                    [told == "Right.", told, [(found.options[place], *why[str(place)]) for place in chosen]]
                )
    got = sheet.evaluate(
        """async (cases) => { const core = await import('/assets/cn/practice-core.js');
        return cases.map(([variant, typed]) => { const { right, text, why } = core.judge(variant, typed);
          return [right, text, why]; }); }""",
        cases,
    )
    for (right, text, why), (holds, told, each) in zip(got, expected, strict=True):
        assert (right, text) == (holds, told)
        lines = re.findall('<span class="cn-each">(.*?)</span>(?=<span class="cn-each">|$)', why)
        said = [f"{markup.line(said, markup.HTML)}: <strong>{word}.</strong> {reason}" for said, word, reason in each]
        assert lines == said


def test_states_are_parsed_as_python_parses_them(sheet: Page) -> None:
    states = [
        *("ceil-mode_3", "ceil-mode_12", "ceil-mode_13", "ceil-mode_0", "ceil-mode_03", "ceil-mode", "ceil-mode_1\n"),
        *("CEIL-MODE_1", "nosuch_1", "", "__proto___1", "constructor_1", "<img src=x>_1", "max-pool_7"),
    ]
    got = sheet.evaluate(
        "async (states) => { const core = await import('/assets/cn/practice-core.js');"
        " const kinds = await document.getElementById('practice-pooling').kinds();"
        " return [core.GRAMMAR, ...states.map((state) => core.parse(state, kinds))]; }",
        states,
    )
    parsed = (practice.parse(state) for state in states)
    assert got == [practice.GRAMMAR, *(found and {"kind": found[0], "number": found[1]} for found in parsed)]


def test_by_keyboard_alone(open_page: Open) -> None:
    page = ready(open_page)
    found = card(page, "cost")
    problem = practice.variant("conv-macs", 2).problem
    found.locator("select").focus()
    page.keyboard.type("Compute: MACs")
    expect(found).to_have_attribute("state", "conv-macs_1")
    expect(found.locator("select")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(found.locator(".cn-count")).to_have_text("2 of 12")
    expect(found.locator(".cn-prompt")).to_be_focused()
    page.keyboard.press("Tab")
    expect(found.get_by_label("Your answer")).to_be_focused()
    status = found.get_by_role("status")
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    expect(status).to_have_text("That does not read as a whole number. Type digits, as in 3,211,264, and no point.")
    page.keyboard.press("Control+A")
    page.keyboard.type(f"{2 * problem.answer:,}".replace(",", " "))  # type: ignore[operator]
    page.keyboard.press("Enter")
    expect(status).to_have_text(
        "No. It looks as if you counted FLOPs. A MAC is a multiplication and its addition together."
    )
    page.keyboard.press("Control+A")
    page.keyboard.type("12")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(status).to_contain_text("none of the usual mistakes")
    found.get_by_label("Your answer").fill(written(problem.answer))
    page.keyboard.press("Enter")
    expect(status).to_have_text("Right.")
    summary = found.locator(".cn-told summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(found.locator(".cn-told strong")).to_have_text(f"{written(problem.answer)} MACs")
    assert page.url.endswith("?practice-cost=conv-macs_2")


def test_options_are_chosen_by_arrow_keys(sheet: Page) -> None:
    page = sheet
    found = card(page, "pooling")
    choose(found, "ceil-mode-mistake")
    found.locator(".cn-prompt").focus()
    exercise = practice.variant("ceil-mode-mistake", 1)
    expect(found.get_by_label("Your answer", exact=True)).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(exercise.options.index(str(exercise.problem.answer))):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(found.get_by_role("status")).to_have_text("Right.")
    found.get_by_role("button", name="Another one").click()
    expect(found.get_by_role("status")).to_be_empty()
    found.get_by_role("button", name="Check").click()
    expect(found.get_by_role("status")).to_have_text("Choose an answer first.")


def test_several_are_ticked_by_keyboard(sheet: Page) -> None:
    """The group is named, each box is reached by Tab and ticked by Space, Enter checks; a part is told as a part."""
    page = sheet
    found = card(page, "transposed-convolution")
    choose(found, "doubles")
    exercise = practice.variant("doubles", 1)
    expect(found.get_by_role("group", name="All that are right")).to_be_visible()
    assert found.get_by_role("checkbox").count() == len(exercise.options)
    status = found.get_by_role("status")
    found.get_by_role("button", name="Check").click()
    expect(status).to_have_text("Choose at least one first.")
    found.locator(".cn-prompt").focus()
    places = [exercise.options.index(option) for option in exercise.right]
    for place in range(max(places) + 1):
        page.keyboard.press("Tab")
        if place in places[:1] or place == min(set(range(len(exercise.options))) - set(places)):
            page.keyboard.press("Space")
    page.keyboard.press("Enter")
    r, w = len(places), len(exercise.options) - len(places)
    expect(status).to_contain_text(f"Chosen: 1 of the {r} right options, 1 of the {w} wrong ones.")
    expect(status.locator(".cn-each")).to_have_count(2)
    for place, option in enumerate(exercise.options):
        found.get_by_role("checkbox").nth(place).set_checked(option in exercise.right)
    page.keyboard.press("Enter")
    expect(status).to_contain_text("Right.")
    expect(status.locator(".cn-each")).to_have_count(r)
    found.get_by_role("button", name="Another one").click()
    expect(found.get_by_role("checkbox", checked=True)).to_have_count(0)


def test_by_touch(open_page: Open) -> None:
    page = ready(open_page, **PHONE)
    found = card(page, "receptive-field")
    found.get_by_role("button", name="Another one").tap()
    expect(found.locator(".cn-count")).to_have_text("2 of 12")
    found.get_by_label("Your answer").fill(key(practice.variant("jump", 2).problem.answer))
    found.get_by_role("button", name="Check").tap()
    expect(found.get_by_role("status")).to_have_text("Right.")
    choose(found, "field-claims")
    for option in practice.variant("field-claims", 1).right:
        found.locator(".cn-option").nth(practice.variant("field-claims", 1).options.index(option)).tap()
    found.get_by_role("button", name="Check").tap()
    expect(found.get_by_role("status")).to_contain_text("Right.")
    small = page.eval_on_selector_all(
        "cn-practice :is(button, select, input[type=text], .cn-option, summary)",
        "(all) => all.map((el) => [el.outerHTML.slice(0, 80), el.getBoundingClientRect().height])",
    )
    assert [one for one in small if 0 < one[1] < 44] == []


DRAW = """async ([id, names]) => {
  const el = document.getElementById(id), find = (kind) => el.querySelector(`.cn-live ${kind}`);
  const text = (place) => find(place).textContent;
  const until = async (met) => { while (!met()) await new Promise((on) => setTimeout(on)); };
  const drawn = [];
  for (const name of names) {
    find("select").value = name;
    find("select").dispatchEvent(new Event("change", { bubbles: true }));
    await until(() => el.getAttribute("state") === `${name}_1`);
    find(".cn-another").click();
    await until(() => text(".cn-count") === "2 of 12");
    drawn.push([text(".cn-prompt"), text(".cn-told ol"), el.querySelectorAll(".cn-option").length,
      el.querySelector(".cn-live").scrollWidth <= el.clientWidth]);
  }
  return drawn;
}"""
TEXTS = """(all) => all.map((html) => { const el = document.createElement("div"); el.innerHTML = html;
  return el.textContent; })"""


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_kind_can_be_drawn_and_shows_what_python_says(sheet: Page, chapter: str) -> None:
    names = [kind.name for kind in KINDS if kind.chapter == chapter]
    records = [practice.record(practice.variant(name, 2)) for name in names]
    card(sheet, chapter)
    drawn = sheet.evaluate(DRAW, [f"practice-{chapter}", names])
    prompts = sheet.evaluate(TEXTS, [record["prompt"] for record in records])
    steps = sheet.evaluate(TEXTS, ["".join(record["steps"]) for record in records])  # type: ignore[arg-type]
    options = [len(record["options"]) for record in records]  # type: ignore[arg-type]
    for name, *found in zip(names, drawn, prompts, steps, options, strict=True):
        shown, *said = found
        assert shown == [*said, True], name


@pytest.mark.parametrize("options", [{**PHONE, "color_scheme": "dark"}, DESK], ids=["phone", "desk"])
def test_a_question_may_be_a_picture(open_page: Open, options: dict[str, Any]) -> None:
    """It is there, named by its words, as wide as there is room, and its answer is judged; all fit a narrow phone."""
    page = ready(open_page, **options)
    alone(page, "convolution", "receptive-field")
    for chapter, kind in (
        ("convolution", "read-window"),
        ("convolution", "picture-to-kernel"),
        ("receptive-field", "read-field"),
    ):
        found = card(page, chapter)
        choose(found, kind)
        exercise = practice.variant(kind, 1)
        picture = found.locator(".cn-prompt").get_by_role("img")
        assert exercise.problem.picture
        expect(picture).to_have_accessible_name(exercise.problem.picture.words)
        assert picture.evaluate("(el) => el.scrollWidth <= el.parentElement.clientWidth") is True
        if exercise.options:
            found.locator(".cn-option input").nth(exercise.options.index(exercise.right[0])).check()
        else:
            found.get_by_label("Your answer", exact=True).fill(written(exercise.problem.answer))
        found.get_by_role("button", name="Check").click()
        expect(found.get_by_role("status")).to_contain_text("Right.")
        if "is_mobile" not in options:
            continue
        page.set_viewport_size({"width": 320, "height": 900})
        for number in range(2, practice.VARIANTS + 1):
            found.get_by_role("button", name="Another one").click()
            expect(found.locator(".cn-count")).to_have_text(f"{number} of {practice.VARIANTS}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, (kind, number)


def test_the_twelfth_is_followed_by_the_first(open_page: Open) -> None:
    page = ready(open_page, "?practice-cost=growth_12")
    found = card(page, "cost")
    expect(found.locator(".cn-count")).to_have_text("12 of 12")
    found.get_by_role("button", name="Another one").click()
    expect(found.locator(".cn-count")).to_have_text("1 of 12")


def test_the_way_back_leads_to_the_first(open_page: Open) -> None:
    page = ready(open_page)
    found = card(page, "cost")
    prompt = found.locator(".cn-prompt").inner_text()
    page.evaluate("location.hash = 'practice-cost'")
    choose(found, "conv-macs")
    expect(found.locator(".cn-prompt")).not_to_have_text(prompt)
    page.go_back()
    expect(found).to_have_attribute("state", "growth_1")
    assert found.locator(".cn-prompt").inner_text() == prompt and found.locator("select").input_value() == "growth"
    page.go_forward()
    expect(found).to_have_attribute("state", "conv-macs_1")


def test_hostile_addresses_change_nothing(open_page: Open) -> None:
    """The first is there when the page is loaded; after each the variants are there too, and what they would change."""
    hostile = ("%3Cimg%20src=x%20onerror=alert(1)%3E_1", "banana", "", "growth_99", "__proto___1")
    page = ready(open_page, f"?practice-cost={hostile[0]}")
    found = card(page, "cost")
    for state in hostile:
        page.evaluate(
            """async (to) => { history.pushState(null, "", to); dispatchEvent(new PopStateEvent("popstate"));
            await document.getElementById("practice-cost").kinds(); await new Promise(requestAnimationFrame); }""",
            f"?practice-cost={state}",
        )
        assert page.evaluate("document.getElementById('practice-cost').state") == "growth_1", state
        expect(found.locator(".cn-count")).to_have_text("1 of 12")


def test_without_scripts_there_are_questions_and_solutions(open_page: Open) -> None:
    """Folds are opened by hand in the first chapter, and as quickly as can be in the others, where they are alike."""
    page = open_page("exercises/", java_script_enabled=False)
    assert page.locator("cn-practice").count() == len(CHAPTERS)
    for chapter, kinds in ((chapter, [kind for kind in KINDS if kind.chapter == chapter]) for chapter in CHAPTERS):
        found = page.locator(f"#practice-{chapter}")

        def unfold(summary: Locator, by_hand: bool = chapter == next(iter(CHAPTERS))) -> None:
            if by_hand:
                summary.click()
            else:
                summary.evaluate("(el) => (el.parentElement.open = true)")

        assert found.locator(".cn-prompt").is_visible() and not found.locator(".cn-needs").first.is_visible()
        unfold(found.locator(".cn-told summary"))
        assert found.locator(".cn-told .cn-answer").is_visible()
        unfold(found.locator(".cn-others > summary"))
        assert found.locator(".cn-others details").count() == len(kinds) - 1
        unfold(found.locator(".cn-others details summary").first)
        assert found.locator(".cn-others .cn-answer").first.is_visible()


@pytest.fixture
def printed(sheet: Page) -> Iterator[Page]:
    """The sheet, for a test that prints it; afterwards it is on a screen again."""
    yield sheet
    sheet.emulate_media(media="screen")


def test_printed_there_is_the_question_and_no_control(printed: Page) -> None:
    page = printed
    page.emulate_media(media="print")
    found = page.locator("#practice-pooling")
    assert found.locator(".cn-prompt").is_visible() and not found.locator(".cn-needs").first.is_visible()
    page.emulate_media(media="screen")
    choose(found, "map-to-pooling")
    page.emulate_media(media="print")
    assert found.locator(".cn-option").first.is_visible()
    assert not any(control.is_visible() for control in found.locator("button, select, input[type=text]").all())


@pytest.mark.parametrize("options", [DESK, PHONE])
def test_nothing_moves_when_the_script_comes(open_page: Open, options: dict[str, Any]) -> None:
    heights = "[...document.querySelectorAll('cn-practice')].map((el) => el.getBoundingClientRect().height)"
    empty = {"body": "", "content_type": "text/javascript"}
    page = open_page(
        "exercises/", before=lambda page: page.route("**/practice.js", lambda one: one.fulfill(**empty)), **options
    )
    before = page.evaluate(heights)
    assert not page.locator("#practice-pooling select").is_visible()
    assert page.locator("#practice-pooling .cn-prompt").is_visible()
    assert ready(open_page, **options).evaluate(heights) == before


def test_variants_that_do_not_come_are_told_of_and_asked_for_again(chromium: Browser, address: str) -> None:
    context = chromium.new_context(**DESK, **UNKEPT)
    page = context.new_page()
    page.route("**/*.json", lambda route: route.abort())
    page.goto(f"{address}exercises/")
    page.wait_for_selector("cn-practice.cn-ready")
    found = card(page, "pooling")
    found.get_by_role("button", name="Another one").click()
    expect(found.get_by_role("status")).to_contain_text("The variants could not be fetched.")
    expect(found.locator(".cn-count")).to_have_text("1 of 12")
    page.unroute("**/*.json")
    found.get_by_role("button", name="Another one").click()
    expect(found.locator(".cn-count")).to_have_text("2 of 12")
    context.close()


def test_nothing_is_fetched_before_it_is_needed(open_page: Open) -> None:
    asked: list[str] = []
    page = open_page("exercises/", before=lambda page: page.on("request", lambda one: asked.append(one.url)))
    page.wait_for_selector("cn-practice.cn-ready")
    page.evaluate("new Promise(requestIdleCallback)")
    assert [url for url in asked if re.search("assets/exhibits/.*json", url)] == []
    card(page, "pooling").get_by_role("button", name="Another one").click()
    expect(page.locator("#practice-pooling .cn-count")).to_have_text("2 of 12")
    assert [url.rpartition("/")[2] for url in asked if url.endswith(".json")] == ["exercises.practice.pooling.json"]


def test_at_the_end_of_a_chapter_it_comes_when_it_is_near(open_page: Open) -> None:
    """Nothing of it is fetched before; then it asks what the chapter teaches, and no more."""
    asked: list[str] = []
    page = open_page("architectures/resnet/", before=lambda page: page.on("request", lambda one: asked.append(one.url)))
    page.evaluate("new Promise(requestIdleCallback)")
    assert [url for url in asked if re.search("practice|review|exercises.here", url)] == []
    found = page.locator("#practise-resnet")
    before = found.evaluate("(el) => el.getBoundingClientRect().height")
    found.scroll_into_view_if_needed()
    expect(found).to_have_class("cn-ready")
    assert found.evaluate("(el) => el.getBoundingClientRect().height") == before
    names = found.locator("select option").evaluate_all("(all) => all.map((el) => el.value)")
    assert names == [kind.name for kind in KINDS if kind.taught.startswith("architectures/resnet.md#")]
    choose(found, "which-shortcut")
    exercise = practice.variant("which-shortcut", 1)
    found.locator(".cn-option input").nth(exercise.options.index(str(exercise.problem.answer))).check()
    found.get_by_role("button", name="Check").click()
    expect(found.get_by_role("status")).to_contain_text("Right. The block turns")
    assert [url.rpartition("/")[2] for url in asked if url.endswith(".json")] == ["exercises.here.resnet.json"]


@pytest.mark.parametrize(
    ("scheme", "width", "shown"),
    [
        ("light", 390, {"pooling": "ceil-mode", "convolution": "keeps-size", "receptive-field": "field-claims"}),
        (
            "dark",
            1280,
            {"pooling": "ceil-mode-mistake", "convolution": "picture-to-kernel", "receptive-field": "field-claims"},
        ),
    ],
)
def test_axe_finds_nothing(open_page: Open, scheme: Any, width: int, shown: dict[str, str]) -> None:
    page = ready(open_page, color_scheme=scheme, viewport={"width": width, "height": 900})
    alone(page, *shown)
    found = card(page, "pooling")
    found.locator(".cn-told summary").click()
    found.locator(".cn-others > summary").click()
    for chapter, kind in shown.items():
        found = card(page, chapter)
        choose(found, kind)
        for box in found.get_by_role("checkbox").all():
            box.check()
        found.get_by_role("button", name="Check").click()
        expect(found.get_by_role("status")).not_to_be_empty()
    assert axe(page, ", ".join(f"#practice-{chapter}" for chapter in shown), runOnly=WCAG) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
