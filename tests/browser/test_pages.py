"""Every page in a browser, on a desk by day and on a phone by night: accessible, private, still, no wider than it."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import Any, BinaryIO

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import UNTOLD, Open, Quiet, axe, drawn, search, served, with_axe
from tests.browser.widgets import ENTRIES

sys.path.append(str(Path(__file__).parents[2] / "scripts/dev"))
from bench_page import apart, gzipped

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(
    path.relative_to(ROOT / "docs").with_suffix("").as_posix().removesuffix("index")
    for path in [*ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/labs/*.py")]
)
DESK_BY_DAY: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
SHIFTS = """new Promise((done) => {
  const moved = [];
  const named = ({ node }) => `${node?.nodeName}.${node?.className} ${node?.textContent?.trim().slice(0, 40)}`;
  const add = (list) => list.getEntries().forEach((entry) => moved.push([entry.value, ...entry.sources.map(named)]));
  const watch = new PerformanceObserver(add);
  const drawn = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
  watch.observe({ type: "layout-shift", buffered: true });
  const told = () => (add({ getEntries: () => watch.takeRecords() }), done(moved));
  requestIdleCallback(() => drawn(() => setTimeout(told)), { timeout: 1000 });
})"""
STRETCHED = """[...document.querySelectorAll('article img[width][height]')].filter(picture => {
  const { width, height } = picture.getBoundingClientRect();
  const [wide, high] = ['width', 'height'].map(side => picture.getAttribute(side));
  return height && Math.abs(width / height / (wide / high) - 1) > 0.02;
}).map(picture => picture.alt)"""
CUT = """[...document.querySelectorAll(':not(.cn-columns) > pre > code, .jp-Notebook pre')]
  .filter(code => code.scrollWidth > code.clientWidth + 1).map(code => code.textContent)"""
# What a reader at 400 % misses: text that is cut off; text that scrolls both ways, which only what is laid out in two
# directions may (WCAG 1.4.10); text covered by what stays in sight. The arrow of a summary, no text, may still turn.
MISSED = """() => {
  const all = (within) => [...document.querySelectorAll(within)].filter((el) => el.checkVisibility());
  const over = (el) => getComputedStyle(el).overflowX;
  const wide = (el) => el.clientWidth > 1 && el.scrollWidth > el.clientWidth + 1;
  const text = all("article :not(summary)").filter((el) => !el.closest("math, svg") && wide(el));
  const cut = text.filter((el) => /hidden|clip/.test(over(el)) && el.textContent.trim());
  const free = "table, svg, canvas, math, .cn-columns *, .cn-strip";  // tables, pictures, formulas; a row of pictures
  const both = text.filter((el) => /auto|scroll/.test(over(el)) && !el.matches(free) && !el.querySelector(free));
  const stuck = all("body :not(table *)").filter((el) => /fixed|sticky/.test(getComputedStyle(el).position));
  const covers = stuck.filter((el) => el.getBoundingClientRect().right > 0 && el.clientHeight > innerHeight / 4);
  return [...cut, ...both, ...covers].map((el) => `${el.className}: ${el.textContent.trim().slice(0, 60)}`);
}"""
HIDDEN = """() => {
  const el = document.activeElement, { left, top, width, height } = el.getBoundingClientRect();
  const seen = (x, y) => document.elementFromPoint(left + x * width, top + y * height);
  const parts = [el, ...(el.labels ?? [])];
  const own = (spot) => !spot || spot.contains(el) || parts.some((part) => part.contains(spot));
  const spots = [[0.5, 0.5], [0.1, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.9]];
  return height && el.closest("article") && !spots.some(([x, y]) => own(seen(x, y))) ? el.outerHTML.slice(0, 120) : "";
}"""
# The shade at the edge of what scrolls is a gradient, and of a text on one axe-core says nothing.
UNSHADED = """() => { const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { background-image: none !important }"); document.adoptedStyleSheets.push(sheet); }"""
# A table's rows are alike, and so are folded exercises, a formula's letters and a code's words, so a few of each stand
# for all; so do, for each look, a few of the texts that have it. All pages have one navigation, which two of them keep.
FEW_ROWS = """
  const seen = {};
  for (const word of document.querySelectorAll(".highlight code span:not(:has(*))")) {
    seen[word.className] = (seen[word.className] ?? 0) + 1;
    if (seen[word.className] > 3) word.replaceWith(word.textContent);
  }
  document.querySelectorAll("math").forEach((one) => one.replaceChildren(...[...one.textContent.trim()].slice(0, 1)));
  document.querySelectorAll("tbody").forEach((body) => [...body.rows].slice(8).forEach((row) => row.remove()));
  document.querySelectorAll(".cn-others").forEach((fold) =>
    [...fold.querySelectorAll("details")].slice(3).forEach((one) => one.remove()));
"""
EACH_LOOK = """() => {
  const found = new Map(), grounds = new Map();
  const ground = (el) => {
    if (!el) return "";
    if (!grounds.has(el)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(el);
      const own = `${backgroundColor}${backgroundImage}${opacity}`, bare = own === "rgba(0, 0, 0, 0)none1";
      grounds.set(el, ground(el.parentElement) + (bare ? "" : own));
    }
    return grounds.get(el);
  };
  const texts = [...document.body.querySelectorAll("*")]
    .filter((el) => [...el.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .sort((a, b) => (b.textContent.trim().length > 1) - (a.textContent.trim().length > 1));  // one letter is no text
  for (const el of texts) {
    const { color, fontSize, fontWeight } = getComputedStyle(el);
    const beside = el.matches("a") && getComputedStyle(el.parentElement).color;
    const look = [color, fontSize, fontWeight, ground(el), beside].join();
    found.set(look, (found.get(look) ?? 0) + 1);
    if (found.get(look) <= 2) el.dataset.look = "";
  }
  return found.size;
}"""
LOOKS = """axe.configure({ rules: [{ id: "color-contrast", selector: "[data-look]" },
  { id: "link-in-text-block", selector: "a[href][data-look]" }] })"""
FULL: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}  # of WCAG 2.2: not by default
WIDTHS = {"runOnly": ["target-size", "scrollable-region-focusable", "color-contrast"]}  # what a screen changes
NARROW = (320, 360)  # pixels: other phones, and a desk at 400 %
ZOOMED: Any = {"width": 320, "height": 256}  # a desk of 1280 by 1024 at 400 %
# On a busy machine the theme, which looks at the focus a moment later, does not see that it was away.
BACK_AT_ONCE = """() => {
  const pressed = (key, ctrlKey) => new KeyboardEvent("keydown", { key, ctrlKey, bubbles: true });
  const press = (...what) => document.activeElement.dispatchEvent(pressed(...what));
  document.querySelector("[data-md-component=search-query]").focus();
  return new Promise((seen) => setTimeout(seen, 100)).then(() => {
    press("Tab");
    document.activeElement.blur();
    press("k", true);
  });
}"""
LETTERS = "fs/np,."  # each a key of the theme
MOST = 13  # files that a chapter asks for, apart from pictures
MORE = {"": 19, "exercises": 16, "code-tasks": 15, "examples": 14}  # no chapters
PICTURES = "/assets/exhibits/"
HEAVY = 150_000  # bytes on a phone before any scroll, gzipped, without the pictures that Chromium fetches ahead
LARGER = {"exercises": 175_000}  # no chapter, of which it is promised
LATE = {entry.core for entry in ENTRIES}  # scripts that come when the reader is near
PHONE_BY_NIGHT: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


@pytest.fixture(scope="module", params=[DESK_BY_DAY, PHONE_BY_NIGHT], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(**request.param)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", [*PAGES, "404.html"])
def test_accessible_private_still_and_no_wider_than_the_screen(
    page: Page, address: str, built_site: Path, name: str
) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("response", lambda got: got.ok or got.status == 304 or said.append(f"{got.status} {got.url}"))  # 304: kept
    page.goto(address + (name if name.endswith((".html", "/")) or not name else f"{name}/"))
    assert still(page)
    if page.viewport_size == DESK_BY_DAY["viewport"]:
        files = [url for url in asked if PICTURES not in url and not url.startswith("data:")]
        assert len(files) <= MORE.get(name, MOST) and len(set(files)) == len(files), files
    else:
        first, _ = apart(asked, page, address, built_site)
        heaviest = sorted((gzipped({file}), file.name) for file in first)[-6:]
        assert gzipped(first) <= LARGER.get(name.strip("/"), HEAVY), heaviest
        assert name == "" or not LATE & {file.name for file in first}
    assert page.locator("article.cn-home").count() == (name == "")
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    drawn(page)
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert said == []
    assert page.evaluate(STRETCHED) == []
    assert page.evaluate(UNTOLD) == []
    wide = page.viewport_size or {}
    for width in {wide["width"], *NARROW} if wide == PHONE_BY_NIGHT["viewport"] else {wide["width"]}:
        page.set_viewport_size({**wide, "width": width})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT) == []
    if wide == PHONE_BY_NIGHT["viewport"]:
        page.set_viewport_size(ZOOMED)
        assert page.evaluate(MISSED) == []
    page.set_viewport_size(wide)
    page.evaluate(FEW_ROWS)
    if name not in ("", "convolution/"):
        page.evaluate("document.querySelector('.md-sidebar--primary')?.remove()")
    page.evaluate(UNSHADED)
    assert page.evaluate(EACH_LOOK) > 3
    with_axe(page)
    page.evaluate(LOOKS)
    assert axe(page, **(WIDTHS if wide == PHONE_BY_NIGHT["viewport"] else FULL)) == []


@pytest.mark.parametrize(("name", "size"), [("convolution/", ZOOMED), ("receptive-field/", PHONE_BY_NIGHT["viewport"])])
def test_nothing_that_stays_in_sight_hides_what_has_the_focus(open_page: Open, name: str, size: Any) -> None:
    """The Tab key, backwards: what is reached comes in at the top of the window (WCAG 2.4.11)."""
    page = open_page(name, viewport=size)
    page.locator("[data-widget]").first.scroll_into_view_if_needed()
    page.wait_for_selector("[data-widget].cn-ready")
    page.locator("article .md-path, article h2").last.evaluate("(el) => el.querySelector('a').focus()")
    hidden = []
    for _ in range(120):
        page.keyboard.press("Shift+Tab")
        hidden.append(page.evaluate(HIDDEN))
    assert [found for found in hidden if found] == []


def still(page: Page) -> bool:
    """Whether nothing moved while it was loaded; if something did, what it was."""
    moved = page.evaluate(SHIFTS)
    assert sum(value for value, *_ in moved) < 0.001, moved  # 0 to the three digits that a layout shift is told in
    return True


class InPieces(Quiet):
    """A server of pages over a slow line, so that they are drawn before they are whole."""

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        piece = 1500 if self.path.endswith("/") else -1
        while data := source.read(piece):
            outputfile.write(data)
            outputfile.flush()
            sleep(0.05)


def test_a_table_that_comes_row_by_row_does_not_move(chromium: Browser, built_site: Path) -> None:
    with served(built_site, InPieces) as slow, closing(chromium.new_context(**PHONE_BY_NIGHT)) as context:
        page = context.new_page()
        page.goto(f"{slow}why-numbers-differ/")
        assert still(page)
        assert page.locator("table").first.is_visible()


def test_a_table_sorts_by_a_pressed_heading_and_by_the_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}architectures/")
    table = page.locator("table.cn-sortable")
    head = table.locator("th", has_text="parameters")
    button = head.get_by_role("button")
    column = table.locator("tbody tr td:nth-child(4)")
    for direction in ("ascending", "descending"):
        button.press("Enter")
        assert head.get_attribute("aria-sort") == direction
        counts = [int(text.replace(",", "")) for text in column.all_inner_texts()]
        assert counts == sorted(counts, reverse=direction == "descending")
    table.locator("th", has_text="top-5 error").get_by_role("button").click()
    errors = table.locator("tbody tr td:nth-child(7)").all_inner_texts()
    shown = [float(text.replace("%", "")) for text in errors if text != "–"]
    assert shown == sorted(shown) and errors[len(shown) :] == ["–"] * (len(errors) - len(shown))
    assert table.locator("th[aria-sort]").count() == 1


def test_the_second_half_of_a_gallery_is_beside_the_first_where_there_is_room(page: Page, address: str) -> None:
    page.goto(f"{address}feature-visualization/")
    sheets = page.locator("[data-exhibit$=put_in_order] img")
    first, last = (sheets.nth(number).bounding_box() for number in (0, sheets.count() // 2))
    assert first and last
    if page.viewport_size == DESK_BY_DAY["viewport"]:
        assert first["y"] == last["y"] and first["x"] + first["width"] < last["x"]
    else:
        assert first["x"] == last["x"] and first["y"] + first["height"] < last["y"]


def test_the_start_page_asks_for_few_files_until_its_walk_is_ready(chromium: Browser, address: str) -> None:
    page = chromium.new_context(**DESK_BY_DAY).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_selector("cn-walk.cn-ready")
    page.wait_for_load_state("networkidle")
    assert len(asked) <= MORE[""] and len(set(asked)) == len(asked), asked
    page.context.close()


def test_the_search_index_is_fetched_when_the_search_is_first_used(chromium: Browser, address: str) -> None:
    page = chromium.new_context(**DESK_BY_DAY).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(f"{address}convolution/")
    page.wait_for_load_state("networkidle")
    assert "search_index.json" not in asked
    search(page, "dilated kernel")
    found = page.locator(".md-search-result__article h2").all_inner_texts()
    assert "Worked example: a dilated kernel" in found
    assert "search_index.json" in asked
    page.context.close()


def test_no_single_letter_leads_away(open_page: Open, address: str) -> None:
    """Speech is typed letter by letter, and so are words meant for a search that is not open yet (WCAG 2.1.4)."""
    page = open_page("convolution/")
    page.evaluate("window.heard = []; addEventListener('keydown', (event) => heard.push(event.key))")  # like the theme
    field = page.get_by_role("textbox", name="Search")
    expect(field).to_have_attribute("aria-keyshortcuts", "Control+K Meta+K")
    page.keyboard.type(LETTERS)
    assert page.evaluate("heard") == []
    field.focus()
    page.keyboard.press("Tab")
    page.keyboard.type(LETTERS)
    assert page.evaluate("heard.splice(0)") == ["Tab"]
    expect(page.locator("#__search")).not_to_be_checked()
    page.evaluate(BACK_AT_ONCE)
    expect(page.locator("#__search")).to_be_checked()
    search(page, "gabor")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".md-search-result__link").first).to_be_focused()
    page.keyboard.type("s")  # from what is found one types on
    expect(field).to_have_value("gabors")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    page.evaluate("heard.length = 0")
    page.keyboard.type(LETTERS)
    assert page.evaluate("heard") == []
    page.keyboard.press("Meta+K")
    expect(field).to_be_focused()
    expect(field).to_have_value("gabors")
    assert page.url == f"{address}convolution/"


def test_what_a_copy_button_did_is_heard_each_time(open_page: Open) -> None:
    page = open_page("convolution/", permissions=["clipboard-read", "clipboard-write"])
    heard = page.locator("body > p[role=status]")
    button = page.get_by_role("button", name="Copy code 1", exact=True)
    expect(heard).to_be_empty()
    page.evaluate(
        """() => { window.heard = []; const status = document.querySelector("body > p[role=status]");
        new MutationObserver(() => heard.push(status.textContent)).observe(status, { childList: true }); }"""
    )
    for _ in range(2):
        button.press("Enter")
        expect(button).to_have_text("Copied")
        expect(button).to_have_text("Copy")
    assert page.evaluate("heard") == ["Copied", "", "Copied", ""]
    typed = page.evaluate("navigator.clipboard.readText()")
    assert typed.endswith("\n") and ">>>" not in typed and typed.strip()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    button.press("Enter")
    expect(heard).to_have_text("Not copied")
    expect(button).to_have_text("Not copied")


def test_a_section_that_has_moved_is_followed_with_its_state(open_page: Open) -> None:
    page = open_page("pooling/?sh=edge_x1#shifter")
    page.wait_for_url("**/equivariance/?sh=edge_x1#shifter")
    expect(page.locator("cn-shifter")).to_have_attribute("state", "edge")
    page.wait_for_function("document.querySelector('cn-shifter').value?.right === 1")
