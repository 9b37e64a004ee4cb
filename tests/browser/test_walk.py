"""What only the walk can do: read a drawing, a file or numbers, cover a part, follow a unit, lead through a tour."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from struct import pack
from typing import Any
from zlib import compress, crc32

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, FilePayload, Page, Request, expect

from convnotes.drawing.raster import encoded
from convnotes.exhibits.interactive import walk
from tests.browser.conftest import PHONE, UNKEPT, UNTOLD, Open, Quiet, drawn, opener, served, until
from tests.browser.walk import asked, sent

NUMBERS = """async (pixels) => {
  const el = document.querySelector("cn-walk");
  el.draw(pixels);
  el.change({ of: 3, against: 8 });
  return { readout: el.readout, maps: el.found.maps.map((map) => [...map]), sent: el.sent.map((map) => [...map]) };
}"""


def ready(open_page: Open, query: str = "", **options: Any) -> Page:
    page = open_page(query, **options)
    page.wait_for_selector("cn-walk.cn-ready")
    return page


def state(page: Page) -> str:
    found: str = page.evaluate("document.querySelector('cn-walk').state")
    return found


def answers(page: Page) -> list[float]:
    found: list[float] = page.evaluate("document.querySelector('cn-walk').readout.probabilities")
    return found


def test_drawings_of_numbers_are_read_as_torch_reads_them(open_page: Open) -> None:
    """Every map, forward and backward, of pixels that no address could hold."""
    page, draws = ready(open_page), np.random.default_rng(0)
    for density in (0.05, 0.2, 0.6, 1):
        picture = draws.random((28, 28)) * (draws.random((28, 28)) < density)
        got = page.evaluate(NUMBERS, picture.tolist())
        maps = asked(torch.tensor(picture)[None])
        for own, other in zip(got["maps"], maps, strict=True):
            np.testing.assert_allclose(own, other.detach().ravel(), atol=1e-5)
        for own, other in zip(got["sent"], sent(maps, 3, 8), strict=True):
            np.testing.assert_allclose(own, other.ravel(), atol=1e-5)
        shares = maps[-1].softmax(1).ravel().tolist()
        np.testing.assert_allclose(got["readout"]["probabilities"], shares, atol=1e-5)


def test_what_is_no_picture_is_left_out_with_a_word(open_page: Open) -> None:
    page = ready(open_page)
    before = state(page)
    for bad in ("[1, 2]", "new Array(784).fill(2)", "new Array(784).fill(NaN)", "null", "'x'.repeat(784)"):
        page.evaluate(f"document.querySelector('cn-walk').draw({bad})")
        expect(page.locator("cn-walk .cn-word")).to_contain_text("28×28 numbers from 0 to 1")
        assert state(page) == before


def png(picture: np.ndarray) -> FilePayload:
    return {"name": "digit.png", "mimeType": "image/png", "buffer": b64decode(encoded(picture))}


def blank(width: int, height: int) -> bytes:
    """A PNG file of one shade: one bit for each pixel, and so hardly any bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return pack(">I", len(content)) + kind + content + pack(">I", crc32(kind + content))

    head = pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = compress(bytes(1 + -(-width // 8)) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_picture_file_is_fitted_and_centred(open_page: Open) -> None:
    """A digit enlarged and put into a corner, black on white and white on black, has the answer that it had."""
    page = ready(open_page)
    for sample, ground in product((0, 2, 3, 4, 6, 7, 8), (0, 1)):
        digit = (walk.samples()[0][sample] / 255).repeat(6, 0).repeat(6, 1)
        canvas = np.zeros((400, 300))
        canvas[200:368, 100:268] = digit
        page.set_input_files("cn-walk input[type=file]", png(abs(ground - canvas)))
        page.wait_for_function("document.querySelector('cn-walk').value.drawing")
        shares = answers(page)
        assert shares.index(max(shares)) == sample, (sample, ground)
        page.locator("cn-walk").get_by_role("button", name="Reset").click()


def test_files_that_cannot_be_read_leave_the_picture(open_page: Open, tmp_path: Path) -> None:
    page, cut = ready(open_page), blank(40, 40)[:-30]
    before, file, word = state(page), "cn-walk input[type=file]", page.locator("cn-walk .cn-word")
    page.set_input_files(file, {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(word).to_contain_text("could not be read")
    for name, content in (("empty.png", b""), ("renamed.jpg", b"%PDF-1.7\n%%EOF\n"), ("cut.png", cut)):
        page.locator("cn-walk").get_by_role("button", name="Reset").click()
        expect(word).to_be_hidden()
        page.set_input_files(file, {"name": name, "mimeType": "image/png", "buffer": content})
        expect(word).to_have_text("This file could not be read as a picture: the one before stays.")
    page.set_input_files(file, {"name": "huge.png", "mimeType": "image/png", "buffer": blank(8_000, 6_251)})
    expect(word).to_have_text("This picture has more than 50 million pixels: choose a smaller one.")
    page.set_input_files(file, png(np.full((40, 40), 0.5)))
    expect(word).to_contain_text("Nothing stands out")
    (tmp_path / "a.png").write_bytes(bytes(20_000_001))  # a file, or all of it is handed to the browser as text
    page.set_input_files(file, tmp_path / "a.png")
    expect(word).to_contain_text("larger than 20 MB")
    assert state(page) == before


DROP = """(el, [name, content]) => {
  const dataTransfer = new DataTransfer(), bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  dataTransfer.items.add(new File([bytes], name, { type: "image/png" }));
  const over = new DragEvent("dragover", { dataTransfer, bubbles: true, cancelable: true });
  const dropped = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
  el.dispatchEvent(over);
  el.dispatchEvent(dropped);
  return over.defaultPrevented && dropped.defaultPrevented;  // or the browser opens the file in place of the page
}"""


def test_a_picture_is_dropped_on_the_walk(open_page: Open) -> None:
    """It is read as one that is opened; one that is broken leaves what was there."""
    page = ready(open_page)
    paper, word = page.locator("cn-walk .cn-paper-hit"), page.locator("cn-walk .cn-word")
    picture = np.pad((walk.samples()[0][6] / 255).repeat(6, 0).repeat(6, 1), ((30, 90), (20, 70)))
    assert paper.evaluate(DROP, ["six.png", encoded(1 - picture)])
    page.wait_for_function("document.querySelector('cn-walk').value.drawing")
    shares, read = answers(page), state(page)
    assert shares.index(max(shares)) == 6
    expect(word).to_be_hidden()
    for name, content in (("a.png", b"no picture"), ("cut.png", blank(40, 40)[:-30])):
        assert page.locator("cn-walk .cn-answers").evaluate(DROP, [name, b64encode(content).decode()])
        expect(word).to_have_text("This file could not be read as a picture: the one before stays.")
        assert state(page) == read
        page.evaluate("document.querySelector('cn-walk').tell('')")


def test_a_file_is_not_read_where_the_script_that_reads_it_is_missing(chromium: Browser, address: str) -> None:
    page = chromium.new_context(**UNKEPT).new_page()
    page.route("**/walk-picture.js", lambda route: route.abort())
    page.goto(address)
    page.wait_for_selector("cn-walk.cn-ready")
    before = state(page)
    page.set_input_files("cn-walk input[type=file]", png(np.eye(40)))
    said = "The script that reads pictures could not be loaded. Are you offline?"
    expect(page.locator("cn-walk .cn-word")).to_have_text(said)
    assert state(page) == before
    page.context.close()


def test_an_empty_picture_is_said_to_be_empty(open_page: Open) -> None:
    page = ready(open_page)
    page.locator("cn-walk").get_by_role("button", name="Clear").click()
    expect(page.locator("cn-walk .cn-sum")).to_contain_text("The picture is empty")
    assert abs(sum(answers(page)) - 1) < 1e-9


def test_a_hand_draws_erases_and_covers(open_page: Open) -> None:
    page = ready(open_page)
    own = page.locator("cn-walk")
    own.get_by_role("button", name="Clear").click()

    def line(start: tuple[float, float], end: tuple[float, float]) -> None:
        page.locator("cn-walk .cn-paper-hit").scroll_into_view_if_needed()
        box = page.locator("cn-walk .cn-paper-hit").bounding_box()
        assert box
        (x, y), (to_x, to_y) = ((box["x"] + a * box["width"], box["y"] + b * box["height"]) for a, b in (start, end))
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(to_x, to_y, steps=6)
        page.mouse.up()

    line((0.5, 0.2), (0.5, 0.8))
    shares = answers(page)
    assert shares.index(max(shares)) == 1
    drawn = state(page)
    own.get_by_role("button", name="Erase").click()
    line((0.5, 0.2), (0.5, 0.8))
    assert len(re.findall("[0-9a-z]", state(page))) < len(re.findall("[0-9a-z]", drawn))
    own.get_by_role("button", name="Reset").click()
    own.get_by_role("button", name="Cover").click()
    line((0.5, 0.5), (0.4, 0.3))
    assert "_c5.8" in state(page)
    expect(own.locator(".cn-sum")).to_contain_text("covered")
    expect(own.locator(".cn-answers u").first).to_be_visible()
    own.get_by_role("button", name="Draw").click()
    assert "_c" not in state(page)


def test_one_finger_draws_on_the_picture_and_scrolls_elsewhere(open_page: Open) -> None:
    page = ready(open_page, **PHONE)
    page.locator("cn-walk").get_by_role("button", name="Clear").click()
    touch = page.context.new_cdp_session(page)

    def swipe(selector: str, down: float) -> None:
        page.locator(selector).evaluate("(el) => el.scrollIntoView({ block: 'center' })")
        box = page.locator(selector).bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for kind, part in [("touchStart", 0.0), *(("touchMove", step / 8) for step in range(1, 9))]:
            points = [{"x": x, "y": y + down * part}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    page.locator("cn-walk .cn-paper-hit").evaluate("(el) => el.scrollIntoView({ block: 'center' })")
    empty, top = state(page), page.evaluate("scrollY")
    swipe("cn-walk .cn-paper-hit", -50)
    until(page, lambda: state(page) != empty, "ink under the finger")
    assert page.evaluate("scrollY") == top
    for elsewhere in ("cn-walk .cn-maps-hit", "cn-walk .cn-sum"):
        drawn = state(page)
        page.locator(elsewhere).evaluate("(el) => el.scrollIntoView({ block: 'center' })")
        top = page.evaluate("scrollY")
        swipe(elsewhere, -120)
        until(page, lambda top=top: page.evaluate("scrollY") > top, "the page further down")  # type: ignore[misc]
        assert state(page) == drawn


DRAWING = f"d{walk.packed(([0] * 13 + [walk.INK] * 2 + [0] * 13) * walk.SIDE)}"


@pytest.fixture
def received(chromium: Browser, built_site: Path) -> Iterator[tuple[Open, list[str]]]:
    """Opens pages of a server, and what that is told: the address that each request names, and from where it comes."""
    told: list[str] = []

    class Listening(Quiet):
        def do_GET(self) -> None:
            told.append(f"{self.path} {self.headers['Referer']}")
            super().do_GET()

    with served(built_site, Listening) as address, opener(chromium, address) as open_:
        yield open_, told


def at_work(page: Page) -> str:
    """The state of the walk, once it has one."""
    page.wait_for_selector("cn-walk.cn-ready")
    return state(page)


def test_a_drawing_stays_in_the_page_and_in_its_address(received: tuple[Open, list[str]]) -> None:
    """It is there when the page is read again, or come back to from another; the server is told nothing of it."""
    open_, told = received
    page = open_("convolution/?size=i10_s2_p1")
    page.wait_for_selector("cn-size-ruler.cn-ready")  # the page goes there
    page.locator("cn-walk").scroll_into_view_if_needed()
    at_work(page)
    page.locator("cn-walk").get_by_role("button", name="Clear").click()
    page.locator("cn-walk .cn-paper-hit").click()
    drawn = state(page)
    assert re.search("[0-9a-z]", drawn[1:])
    page.wait_for_url(re.compile(rf"/convolution/\?size=i10_s2_p1#walk={re.escape(drawn)}$"))
    page.reload()
    assert at_work(page) == drawn
    assert page.evaluate("document.querySelector('cn-size-ruler').state") == "i10_s2_p1"
    for link in (".md-footer__link--next", ".md-nav--primary a[href$='pooling/']"):
        page.locator(link).first.evaluate("(link) => link.click()")
        page.wait_for_function("!location.pathname.includes('/convolution/')")
        page.wait_for_load_state("networkidle")
        page.go_back()
        assert at_work(page) == drawn
    assert any(one.startswith("/convolution/?size=") for one in told) and not any(drawn in one for one in told)
    page.locator("cn-walk").get_by_role("button", name="Reset").click()
    page.wait_for_url(re.compile(r"/convolution/\?size=i10_s2_p1$"))


def test_an_old_address_of_a_drawing_becomes_one_that_is_not_sent(received: tuple[Open, list[str]]) -> None:
    open_, told = received
    for query, at in ((f"?walk={DRAWING}", "walk"), (f"?st=pool&walk={DRAWING}#flip", "flip")):
        told.clear()
        page = open_(f"convolution/{query}")
        assert at_work(page) == DRAWING
        kept = "?st=pool" if "st=" in query else ""
        page.wait_for_url(re.compile(rf"/convolution/{re.escape(kept)}#walk={DRAWING}$"))
        expect(page.locator(f"#{at}")).to_be_in_viewport()
        page.reload()
        assert at_work(page) == DRAWING
        assert [DRAWING in one for one in told].count(True) == 1  # the address as it was typed


def test_a_link_to_another_place_leaves_the_drawing_and_back_undoes(open_page: Open) -> None:
    page = open_page("convolution/")
    page.locator("cn-walk").scroll_into_view_if_needed()
    first = at_work(page)
    page.evaluate("(state) => document.querySelector('cn-walk').go(state)", DRAWING)
    page.wait_for_url(re.compile(f"#walk={DRAWING}$"))
    page.locator(".md-sidebar--secondary a[href='#flip']").click()
    expect(page.locator("#flip")).to_be_in_viewport()
    page.wait_for_url(re.compile(f"#walk={DRAWING}$"))
    assert state(page) == DRAWING
    page.locator("a[href^='?walk=']").first.click()
    page.wait_for_url(re.compile(r"convolution/(\?walk=s\w+[\w.]*)?$"))
    assert state(page) != DRAWING
    page.go_back()
    page.wait_for_function(f"document.querySelector('cn-walk').state === {DRAWING!r}")
    page.goto(page.url.partition("#")[0])
    page.locator("cn-walk").scroll_into_view_if_needed()
    assert at_work(page) == first


def test_a_copied_drawing_opens_where_it_is_read(open_page: Open) -> None:
    page = open_page(f"convolution/?size=i10_s2_p1#walk={DRAWING}")
    assert at_work(page) == DRAWING
    expect(page.locator("cn-walk")).to_be_in_viewport()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    for element, link in (("walk", f"?size=i10_s2_p1#walk={DRAWING}"), ("size-ruler", "?size=i10_s2_p1#size-ruler")):
        page.locator(f"cn-{element}").get_by_role("button", name="Copy link").click()
        expect(page.locator(f"cn-{element} textarea")).to_have_value(re.compile(f"/convolution/{re.escape(link)}$"))


def test_keys_draw_cover_and_walk(open_page: Open) -> None:
    page = ready(open_page)
    own = page.locator("cn-walk")
    own.get_by_role("button", name="Clear").click()
    page.focus("cn-walk .cn-paper-hit")
    for key in ("Space", "ArrowDown", "Space", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    drawn = state(page)
    assert re.search("[0-9a-z]", drawn[1:])
    page.keyboard.press("Delete")
    assert state(page) != drawn
    own.get_by_role("button", name="Cover").click()
    page.focus("cn-walk .cn-paper-hit")
    page.keyboard.press("ArrowLeft")
    assert "_c10.9" in state(page)
    page.evaluate("document.querySelector('cn-walk').state = 's3_uconv2.4.3.3'")
    page.focus("cn-walk .cn-maps-hit")
    for key, then in (("ArrowRight", "conv2.4.3.4"), ("ArrowUp", "conv2.4.2.4"), ("PageDown", "relu2.4.2.4"),
                      ("PageDown", "pool2.4.1.2"), ("PageUp", "relu2.4.3.5")):  # fmt: skip
        page.keyboard.press(key)
        assert state(page) == f"s3_u{then}"


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_a_unit_is_chosen_where_it_is_touched(open_page: Open, options: dict[str, Any]) -> None:
    page = ready(open_page, **options)
    maps = page.evaluate("document.querySelector('cn-walk').plan.maps")
    for box in maps[:: len(maps) // 9]:
        place = {"x": box["x"] + box["width"] * 0.49, "y": box["y"] + box["height"] * 0.49}
        page.locator("cn-walk .cn-maps-hit").click(position=place)
        unit = page.evaluate("document.querySelector('cn-walk').readout.unit")
        _, height, width = list(walk.shapes().values())[box["layer"]]
        assert (unit["layer"], unit["channel"]) == (list(walk.shapes())[box["layer"]], box["channel"])
        assert (unit["row"], unit["column"]) == (int(height * 0.49), int(width * 0.49))
    page.locator("cn-walk .cn-answers li").nth(4).click()
    assert page.evaluate("document.querySelector('cn-walk').readout.unit.layer") == "fc"


VIEW = """() => {
  const el = document.querySelector("cn-walk"), seen = (one) => one.getClientRects().length > 0;
  return [[...new Set(el.plan.maps.map(({ layer }) => layer))].length, el.plan.maps.length,
    seen(el.querySelector(".cn-answers")), [...el.querySelectorAll(".cn-choice")].filter(seen).length];
}"""


def test_one_layer_is_in_view_until_the_reader_goes_on(open_page: Open) -> None:
    """Where a chapter is on it: its maps alone, without answers and gradients; what is drawn stays."""
    maps = [shape[0] for shape in walk.shapes().values()]
    one, whole = [1, maps[0], False, 1], [len(maps) - 1, sum(maps[:-1]), True, 3]
    for options in ({}, PHONE):
        page = open_page("convolution/", **options)
        page.locator("cn-walk").scroll_into_view_if_needed()
        at_work(page)
        assert page.evaluate(VIEW) == one
        page.locator("a[href^='?walk=s4_uconv2']").click()
        assert page.evaluate(VIEW) == whole
        switch = page.locator("cn-walk").get_by_role("switch", name="Whole network")
        expect(switch).to_be_checked()
        beyond = f"{DRAWING}_uconv2.15.6.4_g4"
        page.evaluate("(state) => (document.querySelector('cn-walk').state = state)", beyond)
        switch.click()
        assert (page.evaluate(VIEW), state(page)) == (one, f"{DRAWING}_uconv1.0.13.7")
        switch.click()
        assert (page.evaluate(VIEW), state(page)) == (whole, f"{DRAWING}_uconv1.0.13.7")
    page = open_page("pooling/")
    page.locator("cn-walk").scroll_into_view_if_needed()
    at_work(page)
    assert page.evaluate(VIEW) == whole


def test_a_product_is_chosen_in_the_working(open_page: Open) -> None:
    page = ready(open_page, "?walk=s3_uconv1.2.8.9.t0")
    page.locator("cn-walk .cn-works").click(position={"x": 40, "y": 26})
    assert re.fullmatch(r"s3_uconv1\.2\.8\.9\.t[12]", state(page))
    expect(page.locator("cn-walk .cn-calc")).to_contain_text(re.compile("Product [23] of 25: .* = "))


def test_the_working_says_of_which_unit_and_picture_it_is(open_page: Open) -> None:
    """The unit of a tour, or of a link, stays chosen while a hand goes on to another picture."""
    page = ready(open_page, "?walk=s3_uconv1.2.8.9")
    work = page.locator("cn-walk .cn-calc")
    where = ("the unit in row 8, column 9 of map 2 after conv1", "the unit in row 3, column 5 of map 12 after relu2",
             "the unit in row 1, column 2 of map 7 after pool2", "the score of 5")  # fmt: skip
    for unit, named in zip(("conv1.2.8.9", "relu2.12.3.5", "pool2.7.1.2", "fc.5"), where, strict=True):
        for picture, seen in ((f"d{'z' * 37}l", "your picture"), ("s3", "this 3"), ("s17", "this 7")):
            page.evaluate("(state) => document.querySelector('cn-walk').state = state", f"{picture}_u{unit}")
            value = page.evaluate("document.querySelector('cn-walk').readout.unit.value")
            expect(work).to_have_text(re.compile(f"^In {seen}, {named} is "))
            told = re.findall(r" = (−?[\d.]+)", work.inner_text())[0]
            assert abs(float(told.replace("−", "-")) - value) <= 0.0501


def test_every_share_fits_into_its_column(open_page: Open) -> None:
    page = ready(open_page, "?walk=s4")
    wide = "[...document.querySelectorAll('cn-walk .cn-answers em')].map((el) => el.scrollWidth - el.clientWidth)"
    expect(page.locator("cn-walk .cn-answers")).to_contain_text(">99.9")  # the longest
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        drawn(page)
        assert page.evaluate(wide) == [0] * 10


def test_that_there_are_more_samples_is_shown_where_they_do_not_fit(open_page: Open) -> None:
    page = ready(open_page, **PHONE)
    beyond = "((row) => row.scrollWidth - row.clientWidth)(document.querySelector('cn-walk .cn-strip'))"
    for width, fit in ((320, False), (390, False), (800, False), (1280, True)):
        page.set_viewport_size({"width": width, "height": 900})
        drawn(page)
        assert (page.evaluate(beyond) == 0) == fit
        assert page.evaluate(UNTOLD) == []


def test_the_tour_leads_from_the_question_to_the_answer(open_page: Open) -> None:
    """Each step sets the state that Python says, and the numbers in its words are those of the state."""
    page = ready(open_page)
    tour = page.locator("cn-walk .cn-tour")
    steps = page.evaluate("document.querySelector('cn-walk').data.tour")
    assert len(steps) == 9
    for number, step in enumerate(steps):
        if number:
            tour.get_by_role("button").nth(1).click()
        assert state(page) == step["state"]
        expect(tour.locator(".cn-told")).to_have_text(step["text"])
        shares = answers(page)
        assert shares.index(max(shares)) == (7 if "That is why" in step["text"] else 1)
        assert number != 1 or "That is why" in step["text"]  # soon answered
    assert tour.get_by_role("button").nth(1).is_disabled()
    tour.get_by_role("button", name="Back", exact=True).click()
    assert state(page) == steps[-2]["state"]
    paper = page.locator("cn-walk .cn-paper-hit")
    place = paper.bounding_box()
    page.locator("cn-walk .cn-thumb").nth(3).click()
    assert paper.bounding_box() == place  # a hand that draws keeps its paper
    expect(tour.locator(".cn-count")).to_have_text("Your turn")
    expect(tour.locator(".cn-told")).to_contain_text("The network answers")  # and no longer the numbers of the step
    tour.get_by_role("button", name="Back to the tour").click()
    assert state(page) == steps[-2]["state"]


def test_the_network_is_fetched_when_the_walk_is_near(open_page: Open) -> None:
    asked_for: list[str] = []

    def far(page: Page) -> None:
        page.on("request", lambda request: asked_for.append(named(request)))
        page.add_init_script("addEventListener('DOMContentLoaded', () => document.body.style.paddingTop = '5000px')")

    page = open_page("", before=far)
    page.wait_for_load_state("networkidle")
    assert "walk.js" in asked_for and "walk-network.js" not in asked_for
    page.locator("cn-walk").scroll_into_view_if_needed()
    until(page, lambda: "walk-network.js" in asked_for, "the network")
    page.wait_for_selector("cn-walk.cn-ready")


def named(request: Request) -> str:
    return request.url.rpartition("/")[2]


def test_a_state_of_an_older_version_keeps_what_was_shown(open_page: Open) -> None:
    page = ready(open_page, "?walk=s3_uconv9.4.1.1")
    expect(page.locator("cn-walk .cn-word")).to_contain_text("no layer is called conv9: showing conv1.")
    assert state(page) == "s3_uconv1.4.1.1"
    page.evaluate("document.querySelector('cn-walk').state = 'w3~old'")
    assert state(page) == "s3_uconv1.4.1.1"
    expect(page.locator("cn-walk .cn-word")).to_have_text("No state is called that: the one before stays.")
