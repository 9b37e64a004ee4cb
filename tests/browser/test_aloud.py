"""What a screen reader is handed: the browser's tree of a page, part by part."""

from typing import Any
from unicodedata import normalize

import pytest

from tests.browser.conftest import Open

UNSAID = {"MathMLMath", "MathMLRow", "MathMLIdentifier", "MathMLOperator", "MathMLNumber", "MathMLText", "none"}
NAMED, SIGNS = ("heading", "button", "link", "DisclosureTriangle"), set("¶▸▾↕↑↓")
FORMULAS = {  # page: formulas on it, × for a product and "of" for a function that print leaves to the eye
    "receptive-field/": ["d × ( k − 1 )", "Sub(j l) = Sub(j l − 1) × Sub(s l)"],
    "conv-block/": ["max of ( 0 , 10 × x )"],
    "architectures/resnet/": ["ReLU of ( x + f of ( x ) )", "Fraction(∂ y ∂ x) = 1 + Sup(f ′) of ( x )"],
    "effective-receptive-field/": ["Sub(x i j)"],
    "convolution/": ["⌊ Fraction(i + 2 × p − k s) ⌋"],
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_is_told_in_its_parts(open_page: Open, name: str) -> None:
    page = open_page(name)
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    known = {node["nodeId"]: node for node in nodes}
    told = [_told(node, known) for node in nodes if node["role"]["value"] == "MathMLMath"]
    assert [wanted for wanted in FORMULAS[name] if not any(wanted in found for found in told)] == []


@pytest.mark.parametrize("name", ["architectures/", "receptive-field/"])
def test_what_has_a_name_is_called_by_it_without_signs_beside_it(open_page: Open, name: str) -> None:
    page = open_page(name)
    page.locator("[data-widget]").first.scroll_into_view_if_needed()
    page.wait_for_selector("[data-widget].cn-ready")
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    named = {role: [_name(node) for node in nodes if node["role"]["value"] == role] for role in NAMED}
    assert all(named.values())
    assert [found for names in named.values() for found in names if not found.strip() or set(found) & SIGNS] == []


def _name(node: Any) -> str:
    return str(node["name"]["value"])


def _told(node: Any, known: dict[str, Any]) -> str:
    """A node's kind, unless it is plain, and what is in it."""
    role = node["role"]["value"]
    if role == "StaticText":
        text = str(node["name"]["value"]).replace("\N{INVISIBLE TIMES}", "×").replace("\N{FUNCTION APPLICATION}", "of")
        return normalize("NFKC", text)  # letters come slanted
    inside = " ".join(filter(None, (_told(known[one], known) for one in node.get("childIds", []) if one in known)))
    return inside if role in UNSAID or not inside else f"{role.removeprefix('MathML')}({inside})"
