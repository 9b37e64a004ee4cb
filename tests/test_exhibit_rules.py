"""What is asked of every exhibit that a page names. They are found in the pages, so none escapes."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from convnotes.drawing.svg import LEGIBLE
from convnotes.notes.exhibit import Exhibit, find
from convnotes.notes.page import ROOT, pages
from convnotes.site.exhibits import computed, files

NAMES = [name for page in pages() for name in page.exhibits]
PHONE = 336  # pixels that a picture has on a phone 390 wide
SVG = "{http://www.w3.org/2000/svg}"
PLACE = re.compile(r"([-\d.]+) ([-\d.]+)")
MAKE_ALL = """
import sys
from convnotes.site.exhibits import files
for name in sys.argv[1:]:
    try:
        files(name)
    except Exception as error:  # its own test says so
        print(name, error)
"""


@pytest.fixture(scope="module")
def made_elsewhere() -> None:
    """Every exhibit is in the store, made by another process, which orders its sets otherwise."""
    given = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "1"}
    subprocess.run([sys.executable, "-c", MAKE_ALL, *NAMES], cwd=ROOT, env=given, check=True)


@pytest.mark.parametrize("name", NAMES)
def test_an_exhibit_keeps_the_rules(name: str) -> None:
    made = files(name)
    assert [*of_its_words(find(name), made["html"]), *(of_its_picture(made["svg"]) if "svg" in made else ())] == []


@pytest.mark.parametrize("name", NAMES)
def test_an_exhibit_is_the_same_in_two_processes(name: str, made_elsewhere: None) -> None:
    assert computed(find(name)) == files(name)


def of_its_words(exhibit: Exhibit, html: str) -> Iterator[str]:
    """What is wrong with its caption and with what is said to those who do not see it."""
    if not exhibit.caption.endswith("."):
        yield f"the caption ends without a full stop: {exhibit.caption}"
    if (letters := len(exhibit.caption)) >= 130:
        yield f"the caption has {letters} letters, of at most 129"
    said = re.search(r'aria-label="([^"]*)"', html)
    if (words := len((said[1] if said else exhibit.alternative).split())) < 25:
        yield f"the alternative text has {words} words, and needs 25 to stand for what is seen"


def of_its_picture(svg: str) -> Iterator[str]:
    """What nobody can read on a phone, and what is drawn beyond the sheet."""
    root = ElementTree.fromstring(svg)
    width, height = (float(side) for side in root.attrib["viewBox"].split()[2:])
    for text in root.iter(f"{SVG}text"):
        if (size := float(text.attrib["font-size"]) * min(1, PHONE / width)) < LEGIBLE:
            yield f"{text.text!r} is {size:.1f} px high on a phone, of at least {LEGIBLE}"
        if not (0 <= float(text.attrib["x"]) <= width and 10 <= float(text.attrib["y"]) <= height - 3):
            yield f"{text.text!r} stands beyond the sheet"
    for element in root.iter():
        if any(not (0 <= x <= width and 0 <= y <= height) for x, y in corners(element)):
            yield f"{element.tag.removeprefix(SVG)} {element.attrib} reaches beyond the sheet"


def corners(element: Element) -> list[tuple[float, float]]:
    """Opposite corners of a rectangle, the places that a path names."""
    if element.tag == f"{SVG}rect":
        x, y, wide, high = (float(element.attrib[name]) for name in ("x", "y", "width", "height"))
        return [(x, y), (x + wide, y + high)]
    return [(float(x), float(y)) for x, y in PLACE.findall(element.get("d", ""))]
