"""Ways about the site: the menu in four parts, the path above a page, and addresses that hold a state."""

from playwright.sync_api import expect

from tests.browser.conftest import Open

PARTS = ["Learn", "Networks", "Practise", "Reference"]
OPEN = ".md-nav--primary > ul > .md-nav__item--nested:has(> .md-toggle:checked) > label"


def test_the_menu_has_four_parts_and_the_current_one_is_open(open_page: Open) -> None:
    page = open_page("architectures/vgg/")
    heads = page.locator(".md-nav--primary > ul > .md-nav__item--nested > label")
    assert [head.strip() for head in heads.all_inner_texts()] == PARTS
    assert page.locator(OPEN).inner_text().strip() == "Networks"
    pooling = page.locator(".md-nav--primary a[href$='pooling/']")
    expect(pooling).to_be_hidden()
    learn = page.locator(".md-nav--primary").get_by_role("button", name="Learn", exact=True)
    for key, opened in (("Enter", True), ("Space", False), ("Enter", True)):
        learn.press(key)
        expect(pooling).to_be_visible(visible=opened)
        expect(learn).to_have_attribute("aria-expanded", str(opened).lower())


def test_a_path_says_where_a_page_stands(open_page: Open) -> None:
    page = open_page("api/conv/")
    path = page.locator(".md-path").get_by_role("link").all_inner_texts()
    assert [name.strip() for name in path] == ["Overview", "Reference", "API"]


def test_a_state_in_the_address_leads_to_its_interactive(open_page: Open) -> None:
    page = open_page("receptive-field/?rf=3-3")
    expect(page.locator("#rf-grower .cn-live")).to_be_in_viewport()
    page.evaluate("scrollTo(0, 0)")
    page.reload()
    expect(page.locator("#rf-grower .cn-live")).to_be_attached()
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") == 0  # read again, the page stays where it was
    page = open_page("receptive-field/?rf=3-3#what-to-remember")
    expect(page.locator("#what-to-remember")).to_be_in_viewport()
