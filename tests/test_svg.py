"""The drawing kit: well-formed, without ids, in the page's colours only, the same every time."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.svg import DARK, LIGHT, STEP, Drawing, n

STYLES = Path(__file__).parent.parent / "docs/assets/cn/convnotes.css"


def everything() -> Drawing:
    drawing = Drawing(200, 100)
    drawing.grid(0, 0, 2, 3, 20, "see", values=[["a", "<", "&"], [1, 2, 3]])
    drawing.span(0, 60, 50, "W")
    drawing.arrow(0, 0, 30, 40)
    drawing.hatch(100, 0, 20, 30)
    drawing.dot(5, 5)
    with drawing.moved(10, 10):
        plot = Plot(drawing, 30, 20, 100, 50, Axis(1, 100, [1, 10, 100], "C", log=True), Axis(0, 2, [0, 1, 2], "y"))
        plot.axes()
        plot.curve([(1, 0), (100, 2)], "win", "all")
        plot.dots([(10, 1)], "out")
    return drawing


def test_well_formed_labelled_and_without_ids() -> None:
    root = ElementTree.fromstring(everything().inline('Cells "a" & <b>'))
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Cells "a" & <b>'
    assert all("id" not in element.attrib for element in root.iter())


def test_no_colour_but_by_role() -> None:
    inline = everything().inline("x")
    assert not re.search(r"#[0-9a-f]{3}|rgb|fill=.(?!none)|stroke=|style=", inline)
    used = set(re.findall(r'<(?!svg)[^>]*class="([^"]+)"', inline))
    roles = {f"{kind}-{role}" for kind in "fs" for role in LIGHT}
    assert {name for names in used for name in names.split()} <= roles


def test_a_file_carries_both_schemes() -> None:
    text = everything().standalone()
    assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
    assert "prefers-color-scheme:dark" in text
    assert all(value in text for value in (*LIGHT.values(), *DARK.values()))


def test_the_same_drawing_is_the_same_text() -> None:
    assert everything().standalone() == everything().standalone()


def test_hatching_stays_inside_its_rectangle() -> None:
    drawing = Drawing(100, 100)
    drawing.hatch(10, 20, 30, 15)
    points = [tuple(map(float, pair)) for pair in re.findall(r"[ML]([\d.]+) ([\d.]+)", drawing.inline(""))]
    assert len(points) > 8
    assert all(10 <= x <= 40 and 20 <= y <= 35 for x, y in points)


def test_small_text_stops_shrinking() -> None:
    drawing = Drawing(440, 10)
    drawing.text(0, 0, "x", size=12.1)
    assert 'class="cn-svg cn-least-400"' in drawing.inline("")


def test_the_page_has_a_class_for_each_least_width() -> None:
    """A drawing may be no narrower on a phone than 336 px, which another test asks of every exhibit."""
    known = re.findall(r"\.cn-least-(\d+) { min-width: (\d+)px; }", STYLES.read_text())
    assert [int(name) for name, width in known if name == width] == [*range(200, 336, STEP)]


@pytest.mark.parametrize(("value", "text"), [(1.005, "1"), (-0.001, "0"), (12.5, "12.5"), (1e3, "1000")])
def test_numbers_are_written_one_way(value: float, text: str) -> None:
    assert n(value) == text


def test_the_page_has_the_kit_s_colours() -> None:
    """The tokens stand twice, for pages and for files; they must agree."""
    schemes = dict(re.findall(r'\[data-md-color-scheme(="\w+")?\] {\n(.*?)\n *}', STYLES.read_text(), re.DOTALL)[:2])
    for name, tokens in (("", LIGHT), ('="slate"', DARK)):
        assert dict(re.findall(r"--cn-(\w+): (#\w+);", schemes[name])).items() >= tokens.items()
        for role in tokens:
            assert f".cn-svg .f-{role} {{ fill: var(--cn-{role}); }}" in STYLES.read_text()
