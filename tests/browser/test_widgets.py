"""The interactives as a reader meets them: what is drawn; mouse, touch and keyboard; and where there is no script."""

import gzip
import re
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import DESK, PHONE, WCAG, Open, axe, opener, stop_clock, until
from tests.browser.widgets import ENTRIES, Entry, alike

COMMON = ("/page.js",)  # what every page loads
HEIGHT = "(name) => document.querySelector(name).getBoundingClientRect().height"
EMPTY = """(name) => { const sheet = document.querySelector(`${name} .cn-live`);
  const foot = (el) => el.getBoundingClientRect().bottom;
  return foot(sheet) - Math.max(...[...sheet.querySelectorAll(":scope > :not(.cn-sr)")].map(foot)); }"""
HOSTILE = ("", "banana", "%00", "<img src=x onerror=alert(1)>", "３", "__proto__", "3" * 3000, "%E0%A4%A")
USUAL: dict[str, Any] = {
    "media": "screen", "color_scheme": "light", "reduced_motion": "no-preference", "forced_colors": "none"
}  # fmt: skip


ELEMENTS = list({entry.name: entry for entry in reversed(ENTRIES)}.values())[::-1]  # the first page of each
once_for_each_element = pytest.mark.parametrize(  # and not on each page that has it
    "entry", ELEMENTS, indirect=True, scope="module", ids=lambda entry: entry.name
)


@pytest.fixture(scope="module", params=ENTRIES, ids=lambda entry: entry.name)
def entry(request: pytest.FixtureRequest) -> Entry:
    """Each interactive; its tests run one after the other, and share its pages."""
    found: Entry = request.param
    return found


@pytest.fixture(scope="module")
def asked(entry: Entry) -> list[str]:
    """What its page on a desk has asked for."""
    return []


@pytest.fixture(scope="module")
def tab(entry: Entry, asked: list[str], chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Gives its page on a desk or a phone, loaded once for all tests that only read or set it, as it was then."""
    desk: dict[str, Any] = {**DESK, "permissions": ["clipboard-read", "clipboard-write"]}
    desk["before"] = lambda page: page.on("request", lambda one: asked.append(one.url))
    with opener(chromium, address) as open_:
        opened_ = cache(lambda phone: opened(open_, entry, **(PHONE if phone else desk)))

        def as_new(phone: bool = False) -> Page:
            page = opened_(phone)
            page.emulate_media(**USUAL)
            page.set_viewport_size((PHONE if phone else DESK)["viewport"])
            page.evaluate(f"document.querySelector('{entry.element}').state = {home(entry, page)!r}")
            page.evaluate("history.replaceState(null, '', location.pathname)")
            page.locator(entry.element).scroll_into_view_if_needed()
            return page

        yield as_new


@pytest.fixture
def page(tab: Callable[..., Page]) -> Page:
    return tab()


@pytest.fixture
def phone(tab: Callable[..., Page]) -> Page:
    return tab(phone=True)


def drawn(page: Page) -> None:
    """Wait until the page is drawn as it now is."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def opened(open_page: Open, entry: Entry, query: str = "", **options: Any) -> Page:
    """The entry's page, its interactive at work and in view."""
    page = open_page(entry.page + query, **options)
    page.locator(entry.element).scroll_into_view_if_needed()  # one of them begins when it is near
    page.wait_for_selector(f"{entry.element}.cn-ready")
    return page


def value(page: Page, entry: Entry, name: str) -> Any:
    return page.evaluate(f"document.querySelector('{entry.element}').{name}")


def home(entry: Entry, page: Page) -> str:
    state: str = entry.python.form(entry.python.parse(page.get_attribute(entry.element, "state"))[0])
    return state


DRAWN = """([name, states]) => {
  const el = document.querySelector(name);
  const shared = (a, b, low, high) => Math.min(a[high], b[high]) - Math.max(a[low], b[low]);
  const overlaps = (a, b) => shared(a, b, "left", "right") > 1 && shared(a, b, "top", "bottom") > 3;
  const beyond = (a, b) =>
    Math.max(b.left - a.left - 1, a.right - b.right - 1, b.top - a.top - 2, a.bottom - b.bottom - 2) > 0;
  return states.map((state) => {
    el.state = state;
    const live = el.querySelector(".cn-live"), stage = el.querySelector(".cn-stage");
    const sheet = stage.getBoundingClientRect();
    const texts = [...stage.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()])
      .filter(([text]) => text);
    const clash = texts.flatMap(([a, box], i) =>
      texts.slice(i + 1).filter(([, other]) => overlaps(box, other)).map(([b]) => `${a}|${b}`));
    return { readout: el.readout, state: el.state, said: !el.querySelector(".cn-word").hidden, clash,
      cut: texts.filter(([, box]) => beyond(box, sheet)).map(([text]) => text),
      sideways: live.scrollWidth - live.clientWidth };
  });
}"""


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_what_is_drawn_is_what_python_says(entry: Entry, page: Page, width: int) -> None:
    """Hundreds of states: numbers equal, no text clipped or overlapping, no sideways scroll."""
    shown = [other.page for other in ENTRIES if other.name == entry.name]  # its pages share the states
    rng = Random(f"{width} {shown.index(entry.page)}")
    states = [*entry.fixed, *(entry.random(rng) for _ in range(120 // len(shown)))]
    page.set_viewport_size({"width": width, "height": 900})
    drawn(page)
    for state, got in zip(states, page.evaluate(DRAWN, [entry.element, states]), strict=True):
        stands, words = entry.python.parse(state)
        expected = entry.python.reading(stands)
        assert alike(got["readout"], expected), state
        assert got["state"] == entry.python.form(stands), state
        assert got["said"] == bool(words), state
        assert (got["clash"], got["cut"], got["sideways"]) == ([], [], 0), state


@once_for_each_element
def test_hostile_values_show_the_default_and_say_so(entry: Entry, open_page: Open) -> None:
    page = opened(open_page, entry, f"?{entry.key}={quote(HOSTILE[3])}")
    for text in HOSTILE:
        assert value(page, entry, "state") == home(entry, page)
        assert page.locator(f"{entry.element} .cn-word").is_visible()
        page.evaluate(
            "(to) => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }",
            f"?{entry.key}={quote(text)}&x={quote(text)}",
        )
    for odd in ("null", "undefined", "42", "{}", "'x'.repeat(1e5)"):
        page.evaluate(f"document.querySelector('{entry.element}').state = {odd}")
        value(page, entry, "readout")


@once_for_each_element
def test_axe_finds_nothing(entry: Entry, page: Page) -> None:
    """By day, by night, and on a phone, each in another state."""
    for state, scheme, width in zip(entry.fixed, ("light", "dark", "light"), (1280, 1280, 390), strict=False):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(f"document.querySelector('{entry.element}').state = {state!r}")
        assert axe(page, entry.element, runOnly=WCAG) == []


def test_targets_are_large_enough(entry: Entry, page: Page, phone: Page) -> None:
    for shown, least in ((page, 24), (phone, 44)):
        controls = f"{entry.element} :is(button, select, input[type=range], .cn-switch)"
        heights = shown.eval_on_selector_all(
            controls, "(all) => all.map((el) => [el.outerHTML.slice(0, 80), el.getBoundingClientRect().height])"
        )
        assert [found for found in heights if 0 < found[1] < least] == []


@once_for_each_element
def test_the_keyboard_alone_reaches_and_works_everything(entry: Entry, page: Page) -> None:
    start = value(page, entry, "state")
    page.focus(f"{entry.element} button")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")  # there by key: a test before this one may have left the page to a mouse
    controls = page.locator(
        f"{entry.element} .cn-live :is(button, select, input, [tabindex='0'])"
        ":not([disabled], [hidden], [hidden] *, [tabindex='-1'])"
    ).count()
    reached = set()
    for _ in range(controls):
        reached.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
        assert page.evaluate(f"!!document.activeElement.closest('{entry.element}')")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Tab")
    assert len(reached) == controls
    for index in range(page.locator(f"{entry.element} input[type=range]:not([disabled])").count()):
        page.evaluate(f"document.querySelector('{entry.element}').state = {start!r}")
        page.locator(f"{entry.element} input[type=range]:not([disabled])").nth(index).focus()
        before = value(page, entry, "state")
        page.keyboard.press("ArrowRight")
        if value(page, entry, "state") == before:
            page.keyboard.press("ArrowLeft")
        assert value(page, entry, "state") != before
    page.wait_for_function(f"new URLSearchParams(location.search).get('{entry.key}')")
    assert page.url.endswith(f"?{entry.key}={value(page, entry, 'state')}")
    page.locator(entry.element).get_by_role("button", name="Reset").focus()
    page.keyboard.press("Enter")
    assert value(page, entry, "state") == start
    page.wait_for_function("!location.search")


@once_for_each_element
def test_touch(entry: Entry, phone: Page) -> None:
    start = value(phone, entry, "state")
    stage = phone.locator(f"{entry.element} .cn-move")
    if stage.count():
        stage.first.evaluate("(el) => el.scrollIntoView({ block: 'center' })")
        box = stage.first.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        touch = phone.context.new_cdp_session(phone)
        for kind, dx in [("touchStart", 0), *(("touchMove", 6 * step) for step in range(10)), ("touchEnd", 0)]:
            points = [] if kind == "touchEnd" else [{"x": x + dx, "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        phone.wait_for_function(f"document.querySelector('{entry.element}').state !== {start!r}")
    before = value(phone, entry, "state")
    button = phone.locator(f"{entry.element} .cn-bar [aria-pressed=false]").first

    def tapped() -> bool:  # a tap may only end the swipe before it
        button.tap()
        return bool(value(phone, entry, "state") != before)

    until(phone, tapped, "a state that a tap sets")


def test_links_in_the_prose_set_it_in_place_and_back_undoes(entry: Entry, page: Page) -> None:
    page.evaluate("window.here = true")
    links = page.locator(f".md-content a[href*='?{entry.key}=']")
    assert links.count() >= 2
    for index in range(links.count()):
        before = value(page, entry, "state")
        state = re.search(rf"[?&]{entry.key}=([^&#]+)#{entry.name}$", links.nth(index).get_attribute("href") or "")
        assert state, links.nth(index).get_attribute("href")
        stands, words = entry.python.parse(state[1])
        assert not words
        links.nth(index).click()
        after = value(page, entry, "state")
        assert after == entry.python.form(stands)
        assert alike(page.locator(entry.element).evaluate("(el) => el.readout"), entry.python.reading(stands))
        if after != before:
            page.go_back()
            page.wait_for_function(f"document.querySelector('{entry.element}').state === {before!r}")
            page.go_forward()
            page.wait_for_function(f"document.querySelector('{entry.element}').state === {after!r}")
    assert page.evaluate("window.here")


def test_the_address_restores_the_state(entry: Entry, open_page: Open, address: str) -> None:
    state = entry.python.form(entry.python.parse(entry.fixed[2])[0])
    page = opened(open_page, entry, f"?other=1&{entry.key}={state}#{entry.name}")
    assert value(page, entry, "state") == state
    page.locator(f"{entry.element} .cn-bar [aria-pressed=false]").first.click()
    shown = value(page, entry, "state")
    query = "?other=1" if shown == home(entry, page) else f"?other=1&{entry.key}={shown}"
    page.wait_for_url(f"{address}{entry.page}{query}#{entry.name}")
    page.reload()
    page.wait_for_selector(f"{entry.element}.cn-ready")
    assert value(page, entry, "state") == shown
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.locator(entry.element).get_by_role("button", name="Copy link").click()
    expect(page.locator(f"{entry.element} textarea")).to_have_value(
        re.compile(rf"{entry.page}\?other=1&{entry.key}={re.escape(shown)}#{entry.name}$")
    )


@once_for_each_element
def test_copying_a_link_and_a_citation(entry: Entry, page: Page) -> None:
    state, own = value(page, entry, "state"), page.locator(entry.element)
    own.get_by_role("button", name="Copy link").click()
    own.get_by_role("button", name="Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith(f"{entry.page}?{entry.key}={state}#{entry.name}")
    own.get_by_role("button", name="Cite this state").click()
    page.wait_for_function("link => navigator.clipboard.readText().then(text => text !== link)", arg=link)
    cited = page.evaluate("navigator.clipboard.readText()")
    assert cited.endswith(link) and f"state {entry.key}={state}" in cited


@once_for_each_element
def test_a_restless_hand_is_announced_once(entry: Entry, open_page: Open) -> None:
    page = opened(open_page, entry, before=lambda page: page.clock.install())
    stop_clock(page)
    page.evaluate(
        """(name) => { window.said = window.written = 0; const status = document.querySelector(name + " [role=status]");
        new MutationObserver(() => status.textContent && said++)
          .observe(status, { childList: true, characterData: true, subtree: true });
        const own = history.replaceState;
        history.replaceState = function (...all) { written++; return own.apply(this, all); }; }""",
        entry.element,
    )
    slider = page.locator(f"{entry.element} input[type=range]:not([disabled])").first
    slider.focus()
    for press in range(40):
        page.keyboard.press("ArrowLeft" if press % 2 else "ArrowRight")
        page.clock.run_for(50)
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("[said, written]") == [0, 0]
    page.clock.run_for(5000)
    assert page.evaluate("said") == 1
    assert page.evaluate("written") == (value(page, entry, "state") != home(entry, page))


@once_for_each_element
def test_reduced_motion_and_forced_colours(entry: Entry, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce", forced_colors="active")
    moving = page.eval_on_selector_all(
        f"{entry.element} *",
        """(all) => all.map((el) => getComputedStyle(el)).filter((style) => style.animationName !== 'none'
          || style.transitionProperty !== 'none' && style.transitionDuration !== '0s').length""",
    )
    assert moving == 0
    roles = page.evaluate(
        """(live) => ['cn-cell', 'cn-see', 'cn-win', 'cn-bench'].map((role) => {
          const probe = document.createElement('i');
          probe.style.cssText = `forced-color-adjust: none; color: var(--${role})`;
          document.querySelector(live).append(probe);
          return getComputedStyle(probe).color; })""",
        f"{entry.element} .cn-live",
    )
    assert len(set(roles)) == 4, roles


def test_without_scripts_and_in_print_there_is_a_figure_and_a_table(entry: Entry, open_page: Open, page: Page) -> None:
    bare = open_page(entry.page, java_script_enabled=False)
    still = bare.locator(f"{entry.element} .cn-still")
    assert still.locator("svg[aria-label]").is_visible() and still.locator("tbody tr").count() >= 2
    page.emulate_media(media="print")
    assert page.locator(f"{entry.element} .cn-still svg").is_visible()
    assert not page.locator(f"{entry.element} .cn-live").is_visible()


@pytest.mark.parametrize("look", [(DESK, 1280, 768, 320), (PHONE, 390)], ids=["desk", "phone"])
def test_the_figure_stands_until_the_script_comes_and_then_nothing_moves(
    entry: Entry, open_page: Open, look: tuple[Any, ...]
) -> None:
    """Held back, the script is one that never comes."""
    options, *widths = look
    held: list[Route] = []
    page = open_page(
        entry.page, before=lambda page: page.route(f"**/{entry.name}.js", lambda route: held.append(route)), **options
    )
    page.locator(entry.element).scroll_into_view_if_needed()  # some ask for it when it is near
    until(page, lambda: held, f"a request for {entry.name}.js")

    def at_each_width(script: str) -> list[float]:
        found = []
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            drawn(page)
            found.append(page.evaluate(script, entry.element))
        return found

    before = at_each_width(HEIGHT)
    assert page.locator(f"{entry.element} .cn-still svg").is_visible()
    for route in held:
        route.continue_()
    page.locator(entry.element).scroll_into_view_if_needed()
    page.wait_for_selector(f"{entry.element}.cn-ready")
    after = at_each_width(HEIGHT)
    assert max(abs(now - then) for now, then in zip(after, before, strict=True)) <= 8, (before, after)
    assert max(at_each_width(EMPTY)) <= 130, "too many px of empty sheet"


@once_for_each_element
def test_instant_navigation_away_and_back(entry: Entry, open_page: Open, address: str) -> None:
    def instant(page: Page) -> None:
        def patch(route: Route) -> None:
            reply = route.fetch()
            body = (
                reply.text()
                .replace('"features": [', '"features": ["navigation.instant", ')
                .replace('"features":[', '"features":["navigation.instant",')
            )
            route.fulfill(response=reply, body=body)

        urls = "".join(f"<url><loc>{address}{path}</loc></url>" for path in ("", "notation/", entry.page))
        sitemap = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        page.route(re.compile(r"/$|/\?"), patch)
        page.route("**/sitemap.xml", lambda route: route.fulfill(body=sitemap, content_type="application/xml"))

    page = opened(open_page, entry, before=lambda page: (page.clock.install(), instant(page)))
    start = value(page, entry, "state")
    page.evaluate("window.here = true")
    page.locator(f"{entry.element} .cn-bar [aria-pressed=false]").first.click()
    page.locator(".md-nav--primary a[href*='notation']").first.evaluate("(link) => link.click()")  # its part is folded
    page.wait_for_function(f"!document.querySelector('{entry.element}')")
    page.clock.fast_forward(5000)  # nothing of it may still be at work
    assert page.evaluate("window.here") and page.url == f"{address}notation/"
    page.evaluate(
        "(to) => [...document.querySelectorAll('.md-nav--primary a')].find(({ href }) => href === to).click()",
        address + entry.page,
    )
    page.locator(entry.element).scroll_into_view_if_needed()
    page.wait_for_selector(f"{entry.element}.cn-ready")
    assert page.evaluate("window.here") and value(page, entry, "state") == start
    page.locator(f"{entry.element} .cn-bar [aria-pressed=false]").first.click()
    assert value(page, entry, "state") != start


def test_only_what_is_needed_is_loaded_and_all_of_it_at_once(page: Page, asked: list[str]) -> None:
    preloaded = page.eval_on_selector_all("link[rel=modulepreload]", "(all) => all.map((el) => el.href)")
    sorts = {
        url for url in scripts(asked) if url.endswith(("/sort.js", "/figures.js", "/code.js"))
    }  # of other things of the page
    common = {url for url in scripts(asked) if url.endswith(COMMON)}
    assert len(common) == len(COMMON)
    weights = {url for url in scripts(asked) if url.endswith("-network.js")}  # of what runs one, when it is near
    near = {url for url in scripts(asked) if re.search(r"/(practice|review|walk)(-core|-paint)?\.js$", url)}
    assert scripts(asked) - set(preloaded) == common | sorts | weights | (near - set(preloaded))


def test_a_page_without_any_loads_one_small_script(open_page: Open) -> None:
    asked: list[str] = []
    page = open_page("notation/", before=lambda page: page.on("request", lambda one: asked.append(one.url)))
    page.wait_for_load_state("networkidle")
    assert {url.rpartition("/")[2] for url in scripts(asked)} == {name.strip("/") for name in COMMON}
    assert sum(len(gzip.compress(page.request.get(url).body())) for url in scripts(asked)) <= 2048


def scripts(asked: list[str]) -> set[str]:
    """The scripts of the notes among what was asked for."""
    return {url for url in asked if "/assets/cn/" in url and url.endswith(".js")}
