"""What only the stepper, the shifter and the mixer can do: cells to edit, a player, a cat to hold, a pixel to pick."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open, stop_clock, swipe, until

CELL = "cn-stepper .cn-board-grid input:enabled"


def ready(open_page: Open, path: str, element: str, **options: Any) -> Page:
    page = open_page(path, **options)
    page.locator(element).scroll_into_view_if_needed()  # its script comes when it is near
    page.wait_for_selector(f"{element}.cn-ready")
    page.locator(element).scroll_into_view_if_needed()
    return page


def state(page: Page, element: str) -> Any:
    return page.evaluate(f"document.querySelector('{element}').state")


def test_the_first_example_of_the_chapter_is_what_the_stepper_starts_with(open_page: Open) -> None:
    page = ready(open_page, "pooling/", "cn-stepper")
    page.get_by_role("slider", name="Window").focus()
    page.keyboard.press("End")
    assert page.evaluate("document.querySelector('cn-stepper').readout.outputs") == ["6", "8", "9", "3"]
    page.keyboard.press("Home")
    assert page.evaluate("document.querySelector('cn-stepper').readout.outputs") == ["6", "", "", ""]


def test_cells_are_edited_with_arrow_keys_and_digits(open_page: Open) -> None:
    page = ready(open_page, "pooling/", "cn-stepper")
    cells = page.locator(CELL)
    assert cells.count() == 16
    cells.first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    expect(cells.nth(4)).to_be_focused()
    page.keyboard.type("-7")
    assert state(page, "cn-stepper") == "pool_g1283.-7651.9723.5310"
    expect(cells.nth(4)).to_have_value("−7")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("9")
    assert page.evaluate("document.querySelector('cn-stepper').readout.sum") == "max(1, 2, −7, 9) = 9"
    assert page.locator(f"{CELL}[tabindex='0']").count() == 1


def test_what_does_not_fit_a_cell_is_clamped_with_a_word(open_page: Open) -> None:
    page = ready(open_page, "pooling/", "cn-stepper")
    page.locator(CELL).first.fill("-42")
    expect(page.locator("cn-stepper .cn-word")).to_have_text("cell −42 is outside −9 to 9: showing −9.")
    assert state(page, "cn-stepper") == "pool_g-9283.4651.9723.5310"
    page.locator(CELL).first.fill("x")
    page.locator(CELL).nth(1).focus()
    expect(page.locator(CELL).first).to_have_value("−9")


def test_every_layer_kernel_and_grid_can_be_reached_from_every_other(open_page: Open) -> None:
    page = ready(open_page, "convolution/", "cn-stepper")
    board = page.locator("cn-stepper")
    for layer in ("pool", "conv", "avg", "conv"):
        board.get_by_label("Layer").select_option(layer)
        for side in ("7", "4"):
            board.get_by_label("Grid", exact=True).select_option(side)
            assert page.locator(CELL).count() == int(side) ** 2
        assert board.locator(".cn-board-kernel").first.is_visible() == (layer == "conv")
        assert board.get_by_label("Weights").is_visible() == (layer == "conv")
        assert board.get_by_label("Channels").is_visible() == (layer == "conv")
    board.get_by_label("Weights").select_option("blur")
    assert "wblur" in state(page, "cn-stepper")
    board.locator(".cn-board-kernel input").first.fill("5")
    expect(board.get_by_label("Weights")).to_have_value("")
    assert not board.locator(".cn-word").is_visible()


def test_a_kernel_that_was_cut_comes_back(open_page: Open) -> None:
    page = ready(open_page, "convolution/", "cn-stepper")
    board = page.locator("cn-stepper")
    start = state(page, "cn-stepper")
    board.get_by_label("Kernel", exact=True).focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert state(page, "cn-stepper") == start
    page.keyboard.press("ArrowLeft")
    board.locator(".cn-board-kernel input").first.fill("5")
    board.get_by_label("Kernel", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert state(page, "cn-stepper") == "conv_w500.-100.000"


def test_channels_are_added_and_taken_away_and_the_named_kernel_stays(open_page: Open) -> None:
    page = ready(open_page, "convolution/", "cn-stepper")
    board = page.locator("cn-stepper")
    board.get_by_label("Weights").select_option("sharpen")
    board.get_by_label("Channels").select_option("3")
    assert state(page, "cn-stepper") == "conv_c3_wsharpen"
    assert board.locator(".cn-parts p").count() == 3
    board.get_by_label("Weights").select_option("redness")
    board.get_by_label("Channels").select_option("1")
    assert state(page, "cn-stepper") == "conv"  # redness has no one-channel form
    board.get_by_label("Layer").select_option("back")
    assert state(page, "cn-stepper").startswith("back")
    cells = board.locator(".cn-board-sent input:enabled")
    cells.first.fill("3")
    assert "_y3" in state(page, "cn-stepper")


def test_the_player_plays_once_and_only_when_asked(open_page: Open) -> None:
    page = open_page("pooling/", before=lambda page: page.clock.install())
    page.locator("cn-stepper").scroll_into_view_if_needed()
    page.wait_for_selector("cn-stepper.cn-ready")
    stop_clock(page)
    assert state(page, "cn-stepper") == "pool"
    page.get_by_role("button", name="Play").click()
    assert state(page, "cn-stepper") == "pool_t2"
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(3000)
    assert state(page, "cn-stepper") == "pool_t2"
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(3000)
    assert state(page, "cn-stepper") == "pool_t4"
    page.get_by_role("button", name="Play").click()
    assert state(page, "cn-stepper") == "pool"
    page.get_by_role("button", name="Step", exact=True).click()
    page.clock.run_for(3000)
    assert state(page, "cn-stepper") == "pool_t2"
    page.get_by_role("button", name="Play").click()
    page.evaluate("gone = document.querySelector('cn-stepper'), gone.remove()")
    page.clock.run_for(3000)
    assert page.evaluate("gone.state") == "pool_t3"


def test_an_output_cell_is_chosen_by_hovering_and_by_tapping(open_page: Open) -> None:
    page = ready(open_page, "pooling/", "cn-stepper")
    page.mouse.move(*_middle(page, 1))
    page.mouse.move(*_middle(page, 3))
    assert state(page, "cn-stepper") == "pool_t4"
    phone = ready(open_page, "pooling/", "cn-stepper", **PHONE)
    phone.touchscreen.tap(*_middle(phone, 2))
    assert state(phone, "cn-stepper") == "pool_t3"


def _middle(page: Page, cell: int) -> tuple[float, float]:
    box = page.locator(".cn-board-output span").nth(cell).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_no_number_is_wider_than_its_cell(open_page: Open) -> None:
    page = ready(open_page, "convolution/", "cn-stepper", viewport={"width": 320, "height": 800})
    grid = ".".join(["9999999"] * 7)
    for text in (
        f"conv_w-9-9-9.-9-9-9.-9-9-9_g{grid}_p1_t49",
        f"conv_wblur_d7_g{grid}_p1_t49",
        f"avg_k2_s1_g{grid}_p1_t64",
    ):
        page.evaluate(f"document.querySelector('cn-stepper').state = '{text}'")
        wide = page.eval_on_selector_all(
            "cn-stepper .cn-square input",
            "(all) => all.filter((el) => el.scrollWidth > el.clientWidth + 1).map((el) => el.value)",
        )
        assert wide == [], text


def test_the_cat_is_moved_by_arrow_keys_mouse_and_finger(open_page: Open) -> None:
    page = ready(open_page, "equivariance/", "cn-shifter")
    cat = page.get_by_role("application", name="Cat")
    cat.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    assert state(page, "cn-shifter") == "edge_x1_y-1"
    box = cat.bounding_box()
    assert box
    x, y, cell = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"] / 32
    page.mouse.move(x, y)
    page.mouse.down()
    assert state(page, "cn-shifter") == "edge_x1_y-1"
    page.mouse.move(x + 3 * cell, y + 4 * cell)
    assert state(page, "cn-shifter") == "edge_x4_y3"
    page.mouse.move(x + 900, y - 900)
    page.mouse.up()
    assert state(page, "cn-shifter") == "edge_x12_y-12"
    page.mouse.move(x, y)
    assert state(page, "cn-shifter") == "edge_x12_y-12"
    phone = ready(open_page, "equivariance/", "cn-shifter", **PHONE)
    phone.get_by_role("application", name="Cat").evaluate("(el) => el.scrollIntoView({ block: 'center' })")
    box = phone.get_by_role("application", name="Cat").bounding_box()
    assert box
    touch = phone.context.new_cdp_session(phone)
    for kind, right, down in (("touchStart", 0, 0), ("touchMove", 5, 0), ("touchMove", 5, 4)):  # first to the side
        cell = box["width"] / 32
        place = {"x": box["x"] + 60 + right * cell, "y": box["y"] + 60 + down * cell}
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_function("document.querySelector('cn-shifter').state === 'edge_x5_y4'")
    phone.touchscreen.tap(box["x"] + 20 * box["width"] / 32, box["y"] + 9 * box["width"] / 32)
    phone.wait_for_function("document.querySelector('cn-shifter').state === 'edge_x4_y-7'")


def test_the_worked_pixel_is_shown_and_another_can_be_picked(open_page: Open) -> None:
    page = ready(open_page, "pointwise-convolution/", "cn-mixer")
    mixer = page.locator("cn-mixer")
    expect(mixer).to_contain_text("0.3·255 + 0.59·100 + 0.11·50 = 141")
    expect(mixer).to_contain_text("0.5·255 − 0.5·100 + 0·50 = 77.5")
    mixer.get_by_label("Invert all other pixels").check()
    expect(mixer).to_contain_text("= 141")
    expect(mixer.locator(".cn-sum")).to_contain_text(re.compile(r"of 63 of 64 have changed"))
    page.get_by_role("application", name="Image").focus()
    page.keyboard.press("ArrowUp")
    assert state(page, "cn-mixer") == "30.59.11.50.-50.0_y3_n"
    box = mixer.locator("svg").nth(2).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.1)
    assert state(page, "cn-mixer") == "30.59.11.50.-50.0_x7_y0_n"


def test_a_swipe_that_scrolls_the_page_moves_no_slider(open_page: Open) -> None:
    phone = ready(open_page, "receptive-field/", "cn-rf-grower", **PHONE)
    before, slider = state(phone, "cn-rf-grower"), phone.locator("cn-rf-grower").get_by_label("Dilation")
    slider.evaluate("(el) => scrollBy(0, el.getBoundingClientRect().y - innerHeight + 90)")
    box = slider.bounding_box()
    assert box
    top = phone.locator("cn-rf-grower .cn-stage").bounding_box()
    assert top and 0 < top["y"] < top["y"] + top["height"] < box["y"], "the stage is in sight, above the control"
    scrolled = phone.evaluate("scrollY")
    swipe(phone, box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2, across=2, down=-90)
    until(phone, lambda: phone.evaluate("scrollY") != scrolled, "the page further down")
    until(phone, lambda: state(phone, "cn-rf-grower") == before, "the dilation as it was")
