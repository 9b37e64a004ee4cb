"""The interactives as a reader meets them: what is drawn; mouse, touch and keyboard; and where there is no script."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import DESK, PHONE, ROOT, WCAG, Open, axe, drawn, opener, stop_clock, swipe, until
from tests.browser.widgets import ENTRIES, Entry, alike

COMMON = "page.js"  # what every page loads
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
once_for_each_page = pytest.mark.parametrize("place", dict.fromkeys(entry.page for entry in ENTRIES))


@pytest.fixture(scope="module", params=ENTRIES, ids=lambda entry: entry.name)
def entry(request: pytest.FixtureRequest) -> Entry:
    """Each interactive; its tests run one after the other, and share its pages."""
    found: Entry = request.param
    return found


@pytest.fixture(scope="module")
def asked(entry: Entry) -> list[str]:
    """What its page on a desk has asked for."""
    return []


@dataclass(frozen=True)
class Arrival:
    """A page as it was loaded. Heights in px: of the figure before and after its script came, of the empty sheet."""

    page: Page
    before: list[float]
    after: list[float]
    empty: list[float]


@pytest.fixture(scope="module")
def arrival(entry: Entry, asked: list[str], chromium: Browser, address: str) -> Iterator[Callable[[bool], Arrival]]:
    """Loads its page on a desk or a phone, once for all tests that only read or set it."""
    with opener(chromium, address) as open_:
        yield cache(lambda phone: arrived(open_, entry, phone, asked))


def arrived(open_: Open, entry: Entry, phone: bool, asked: list[str]) -> Arrival:
    """A page whose interactive comes late; until then its script, held back, is one that never comes."""
    script, held = f"**/{entry.name}.js", list[Route]()
    widths = (390,) if phone else (1280, 768, 320)
    options: dict[str, Any] = PHONE if phone else {**DESK, "permissions": ["clipboard-read", "clipboard-write"]}

    def before(page: Page) -> None:
        if not phone:
            page.on("request", lambda one: asked.append(one.url))
        page.route(script, lambda route: held.append(route))

    def at_each_width(*scripts: str) -> list[list[float]]:
        found = []
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            drawn(page)
            found.append([page.evaluate(script, entry.element) for script in scripts])
        return [list(column) for column in zip(*found, strict=True)]

    page = open_(entry.page, before=before, **options)
    page.locator(entry.element).scroll_into_view_if_needed()  # some ask for it when it is near
    until(page, lambda: held, f"a request for {entry.name}.js")
    [still] = at_each_width(HEIGHT)
    assert page.locator(f"{entry.element} .cn-still svg").is_visible()
    page.set_viewport_size(options["viewport"])  # where it is built and first laid out
    drawn(page)
    for route in held:
        route.continue_()
    page.unroute(script)
    ready(page, entry)
    return Arrival(page, still, *at_each_width(HEIGHT, EMPTY))


@pytest.fixture(scope="module")
def tab(entry: Entry, arrival: Callable[[bool], Arrival]) -> Callable[..., Page]:
    """Gives its page on a desk or a phone as it was when it was loaded."""

    def as_new(phone: bool = False) -> Page:
        page = arrival(phone).page
        page.emulate_media(**USUAL)
        page.set_viewport_size((PHONE if phone else DESK)["viewport"])
        begin(page, entry)
        return page

    return as_new


def begin(page: Page, entry: Entry) -> None:
    """Go back to the first state, with nothing in the address."""
    page.evaluate(f"document.querySelector('{entry.element}').state = {home(entry, page)!r}")
    page.evaluate("history.replaceState(null, '', location.pathname)")
    page.locator(entry.element).scroll_into_view_if_needed()


@pytest.fixture
def page(tab: Callable[..., Page]) -> Page:
    return tab()


@pytest.fixture
def phone(tab: Callable[..., Page]) -> Page:
    return tab(phone=True)


def opened(open_page: Open, entry: Entry, query: str = "", **options: Any) -> Page:
    """The entry's page, its interactive at work and in view."""
    page = open_page(entry.page + query, **options)
    ready(page, entry)
    return page


def ready(page: Page, entry: Entry) -> None:
    page.locator(entry.element).scroll_into_view_if_needed()  # one of them begins when it is near
    page.wait_for_selector(f"{entry.element}.cn-ready")


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
  return JSON.stringify(states.map((state) => { // as text: taken over part by part, it costs as much as the drawing
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
  }));
}"""
ALONE = """([name, hide]) => {
  const aside = [...document.querySelectorAll(":is(.md-sidebar, .md-header, .md-tabs, .md-footer) > *")];
  for (let el = document.querySelector(name); !el.matches(".md-content"); el = el.parentElement)
    aside.push(...[...el.parentElement.children].filter((one) => one !== el));
  for (const { style } of aside)
    hide ? style.setProperty("display", "none", "important") : style.removeProperty("display");
}"""


@pytest.fixture
def alone(page: Page, entry: Entry) -> Iterator[Page]:
    """Its page on a desk with nothing else on it, which each change would have to be laid out with; as wide as ever."""
    page.evaluate(ALONE, [entry.element, True])
    yield page
    page.evaluate(ALONE, [entry.element, False])


@cache
def expected(name: str, state: str) -> tuple[str, bool, Any]:
    """What Python says of a state, once for all widths: its shortest form, whether something is said, its reading."""
    python = next(entry.python for entry in ENTRIES if entry.name == name)
    stands, words = python.parse(state)
    return python.form(stands), bool(words), python.reading(stands)


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_what_is_drawn_is_what_python_says(entry: Entry, alone: Page, width: int) -> None:
    """The same states at three widths: numbers equal, no text clipped or overlapping, no sideways scroll."""
    shown = [other.page for other in ENTRIES if other.name == entry.name]  # its pages share the states among them
    place, rng = shown.index(entry.page), Random(entry.page)
    states = [*entry.fixed[place :: len(shown)], *(entry.random(rng) for _ in range(60 // len(shown)))]
    alone.set_viewport_size({"width": width, "height": 900})
    drawn(alone)
    for state, got in zip(states, json.loads(alone.evaluate(DRAWN, [entry.element, states])), strict=True):
        form, said, reading = expected(entry.name, state)
        assert alike(got["readout"], reading), state
        assert (got["state"], got["said"]) == (form, said), state
        assert (got["clash"], got["cut"], got["sideways"]) == ([], [], 0), state


@pytest.fixture(scope="module")
def misled(entry: Entry, chromium: Browser, address: str) -> Iterator[Page]:
    """Its page at an address that holds no state, under a clock."""
    with opener(chromium, address) as open_:
        query = f"?{entry.key}={quote(HOSTILE[3])}"
        yield opened(open_, entry, query, before=lambda page: page.clock.install())


@once_for_each_element
def test_hostile_values_show_the_default_and_say_so(entry: Entry, misled: Page) -> None:
    page, word = misled, misled.locator(f"{entry.element} .cn-word")
    if not page.evaluate("window.restless"):  # as it was loaded
        assert value(page, entry, "state") == home(entry, page) and word.is_visible()
    for text in HOSTILE:
        page.evaluate(
            "(to) => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }",
            f"?{entry.key}={quote(text)}&x={quote(text)}",
        )
        assert value(page, entry, "state") == home(entry, page) and word.is_visible()
    for odd in ("null", "undefined", "42", "{}", "'x'.repeat(1e5)"):
        page.evaluate(f"document.querySelector('{entry.element}').state = {odd}")
        value(page, entry, "readout")


@once_for_each_element
def test_axe_finds_nothing(entry: Entry, alone: Page) -> None:
    """By day on a desk and by night on a phone, each in another state, and the contrasts of a third."""
    for state, scheme, width in zip(entry.fixed, ("light", "dark", "light"), (1280, 390, 390), strict=False):
        alone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        alone.set_viewport_size({"width": width, "height": 900})
        alone.evaluate(f"document.querySelector('{entry.element}').state = {state!r}")
        asked = ["color-contrast"] if (scheme, width) == ("light", 390) else WCAG
        assert axe(alone, entry.element, runOnly=asked) == []


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
    # The address follows a quarter of a second after the last change: on a slow machine it may hold one before.
    page.wait_for_function("end => location.href.endsWith(end)", arg=f"?{entry.key}={value(page, entry, 'state')}")
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
        swipe(phone, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, across=54, down=0)
        phone.wait_for_function(f"document.querySelector('{entry.element}').state !== {start!r}")
    before = value(phone, entry, "state")
    button = phone.locator(f"{entry.element} .cn-bar [aria-pressed=false]").first

    def tapped() -> bool:  # a tap may only end the swipe before it
        button.tap()
        return bool(value(phone, entry, "state") != before)

    until(phone, tapped, "a state that a tap sets")


MOVED = ".cn-move:not(.cn-paper-hit), .cn-maps-hit"  # on the paper a finger draws in every direction


@once_for_each_element
def test_a_swipe_down_the_page_scrolls_it_and_changes_nothing_and_a_tap_does(entry: Entry, phone: Page) -> None:
    for surface in phone.locator(entry.element).locator(MOVED).all():
        surface.evaluate("(el) => el.scrollIntoView({ block: 'center' })")
        box, before, scrolled = surface.bounding_box(), value(phone, entry, "state"), phone.evaluate("scrollY")
        assert box
        swipe(phone, box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.8, across=3, down=-120)
        until(phone, lambda scrolled=scrolled: phone.evaluate("scrollY") != scrolled, "the page further down")
        assert value(phone, entry, "state") == before

        def tapped(surface: Locator = surface, before: str = before) -> bool:  # a tap may only end the swipe before it
            surface.evaluate("(el) => el.scrollIntoView({ block: 'center' })")  # the page may have run on
            box = surface.bounding_box()
            assert box
            phone.touchscreen.tap(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.7)
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


@once_for_each_page
def test_the_address_restores_the_states(place: str, open_page: Open, address: str) -> None:
    """Those of all interactives of a page at once."""
    entries = [entry for entry in ENTRIES if entry.page == place]
    states = {entry: entry.python.form(entry.python.parse(entry.fixed[1])[0]) for entry in entries}
    page = open_page(f"{place}?other=1&{query(states)}#{entries[0].name}")
    for entry in entries:
        ready(page, entry)
        assert value(page, entry, "state") == states[entry]
        page.locator(f"{entry.element} .cn-bar [aria-pressed=false]").first.click()
        states[entry] = value(page, entry, "state")
    kept = query({entry: state for entry, state in states.items() if state != home(entry, page)})
    page.wait_for_url(f"{address}{place}?other=1{'&' * bool(kept)}{kept}#{entries[0].name}")
    page.reload()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    for entry in entries:
        ready(page, entry)
        assert value(page, entry, "state") == states[entry]
        page.locator(entry.element).get_by_role("button", name="Copy link").click()
        link = page.locator(f"{entry.element} textarea")
        expect(link).to_have_value(re.compile(rf"{place}\?other=1&[^#]+#{entry.name}$"))
        others = {other: state for other, state in states.items() if other != entry and state != home(other, page)}
        given = link.input_value().partition("?other=1&")[2].partition("#")[0]
        assert sorted(given.split("&")) == sorted(query({**others, entry: states[entry]}).split("&"))


def query(states: dict[Entry, str]) -> str:
    return "&".join(f"{entry.key}={state}" for entry, state in states.items())


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
def test_a_restless_hand_is_announced_once(entry: Entry, misled: Page) -> None:
    page = misled
    begin(page, entry)
    stop_clock(page)
    page.evaluate(
        """(name) => { window.said = window.written = 0; window.restless = true;
        const status = document.querySelector(name + " [role=status]");
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


@once_for_each_page
def test_without_scripts_there_is_a_figure_and_a_table(place: str, open_page: Open) -> None:
    page = open_page(place, java_script_enabled=False)
    for element in {entry.element for entry in ENTRIES if entry.page == place}:
        still = page.locator(f"{element} .cn-still")
        assert still.locator("svg[aria-label]").is_visible() and still.locator("tbody tr").count() >= 2


def test_in_print_there_is_the_figure(entry: Entry, page: Page) -> None:
    page.emulate_media(media="print")
    assert page.locator(f"{entry.element} .cn-still svg").is_visible()
    assert not page.locator(f"{entry.element} .cn-live").is_visible()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_figure_stands_until_the_script_comes_and_then_nothing_moves(
    arrival: Callable[[bool], Arrival], phone: bool
) -> None:
    seen = arrival(phone)
    moved = [abs(now - then) for now, then in zip(seen.after, seen.before, strict=True)]
    assert max(moved) <= 8, (seen.before, seen.after)
    assert max(seen.empty) <= 130, "too many px of empty sheet"


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


def test_only_what_is_needed_is_loaded_and_what_comes_with_the_page_at_once(page: Page, asked: list[str]) -> None:
    named = "(all) => all.map((el) => el.dataset.widget)"
    preloaded = page.eval_on_selector_all("link[rel=modulepreload]", "(all) => all.map((el) => el.href)")
    with_the_page = page.eval_on_selector_all("[data-widget]:not([data-lazy])", named)
    assert {name(url) for url in preloaded} == with_imports(with_the_page)
    others = {COMMON, "sort.js", "figures.js", "code.js", "review.js", "review-core.js"}  # of other things of the page
    near = with_imports(page.eval_on_selector_all("[data-widget]", named))
    weights = {"walk-network.js"} & {f"{script.removesuffix('.js')}-network.js" for script in near}
    loaded = {name(url) for url in scripts(asked)}
    assert COMMON in loaded and loaded <= others | near | weights


def name(url: str) -> str:
    return url.rpartition("/")[2]


def with_imports(names: list[str]) -> set[str]:
    """The scripts of these elements, and all that they import."""
    found = [f"{name}.js" for name in names]
    for script in found:
        text = (ROOT / "docs/assets/cn" / script).read_text(encoding="utf-8")
        found += [other for other in re.findall(r'^import .* from "\./(.+)";', text, re.M) if other not in found]
    return set(found)


def test_a_page_without_any_loads_one_small_script(open_page: Open) -> None:
    asked: list[str] = []
    page = open_page("notation/", before=lambda page: page.on("request", lambda one: asked.append(one.url)))
    page.wait_for_load_state("networkidle")
    assert {name(url) for url in scripts(asked)} == {COMMON}
    assert sum(len(gzip.compress(page.request.get(url).body())) for url in scripts(asked)) <= 2048


def scripts(asked: list[str]) -> set[str]:
    """The scripts of the notes among what was asked for."""
    return {url for url in asked if "/assets/cn/" in url and url.endswith(".js")}
