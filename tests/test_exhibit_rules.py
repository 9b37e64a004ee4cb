"""What is asked of every exhibit that a page names. They are found in the pages, so none escapes."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from convnotes.drawing.svg import LEGIBLE
from convnotes.experiments import results, weights
from convnotes.experiments.fingerprint import uses
from convnotes.notes.exhibit import Exhibit, find
from convnotes.notes.page import ROOT, pages
from convnotes.site.exhibits import files
from tests.conftest import once

pytestmark = pytest.mark.usefixtures("drawn")
NAMES = [name for page in pages() for name in page.exhibits]
PHONE = 336  # pixels that a picture has on a phone 390 wide
SVG = "{http://www.w3.org/2000/svg}"
PLACE = re.compile(r"([-\d.]+) ([-\d.]+)")
MOVED = re.compile(r"translate\(([-\d.]+) ([-\d.]+)\)")
ELSEWHERE = """
import json, sys
from convnotes.site.exhibits import files
made = {}
for name in sys.argv[1:]:
    try:
        made[name] = files(name)
    except Exception as error:
        made[name] = str(error)
json.dump(made, sys.stdout)
"""


@pytest.fixture(scope="session")
def made_elsewhere(request: pytest.FixtureRequest, shared: Path) -> dict[str, object]:
    """The exhibits that are asked for, made by another process, which orders its sets otherwise and finds none kept."""
    twice = test_an_exhibit_is_the_same_in_two_processes.__name__
    asked = [item for item in request.session.items if getattr(item, "originalname", "") == twice]
    names = [item.callspec.params["name"] for item in asked]  # type: ignore[attr-defined]
    given = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "1", "CONVNOTES_CACHE": str(shared / "empty")}
    kept = shared / "elsewhere.json"
    with once(kept) as wanted:
        if wanted:
            made = subprocess.run(
                [sys.executable, "-c", ELSEWHERE, *names], cwd=ROOT, env=given, check=True, stdout=PIPE
            )
            kept.write_bytes(made.stdout)
    found: dict[str, object] = json.loads(kept.read_bytes())
    return found


@pytest.mark.parametrize("name", NAMES)
def test_an_exhibit_keeps_the_rules(name: str) -> None:
    made = files(name)
    faults = [*of_its_words(find(name), made["html"]), *of_its_origin(find(name), made)]
    assert [*faults, *(of_its_picture(made["svg"]) if "svg" in made else ())] == []
    assert made["csv"].count("\n") > 1, "its table has no row"


@pytest.mark.parametrize("name", NAMES if os.environ.get("EXHIBITS") == "all" else NAMES[::4])
def test_an_exhibit_is_the_same_in_two_processes(name: str, made_elsewhere: dict[str, object]) -> None:
    """One of four, for they take a while; EXHIBITS=all is each, which is a job of CI."""
    assert files(name) == made_elsewhere[name]


def of_its_words(exhibit: Exhibit, html: str) -> Iterator[str]:
    """What is wrong with its caption and with what is said to those who do not see it."""
    if not exhibit.caption.endswith("."):
        yield f"the caption ends without a full stop: {exhibit.caption}"
    if (letters := len(exhibit.caption)) >= 130:
        yield f"the caption has {letters} letters, of at most 129"
    said = re.search(r'aria-label="([^"]*)"', html)
    if (words := len((said[1] if said else exhibit.alternative).split())) < 25:
        yield f"the alternative text has {words} words, and needs 25 to stand for what is seen"


def of_its_origin(exhibit: Exhibit, made: dict[str, str]) -> Iterator[str]:
    """That it shows what was measured or trained before, and does not say how that is made again."""
    needed = needs(exhibit.path, exhibit.function.name)
    kept = any(file.parent in (results.FOLDER, weights.FOLDER) and name in ("load", "card") for file, name in needed)
    if kept and not any(re.search(r"scripts/train [\w-]+", text) for text in made.values()):
        yield "it shows a kept result or kept weights; its note names no scripts/train that makes them"


def needs(path: Path, name: str) -> set[tuple[Path, str]]:
    """The definitions that one of them needs, in its file and through imports in others."""
    found, waiting = set[tuple[Path, str]](), [(path, name)]
    while waiting:
        if (place := waiting.pop()) not in found:
            found.add(place)
            waiting += uses(place)
    return found


def of_its_picture(svg: str) -> Iterator[str]:
    """What nobody can read on a phone, and what is drawn beyond the sheet."""
    root = ElementTree.fromstring(svg)
    width, height = (float(side) for side in root.attrib["viewBox"].split()[2:])
    for element, dx, dy in placed(root):
        tag = element.tag.removeprefix(SVG)
        if tag == "text":
            x, y = float(element.attrib["x"]) + dx, float(element.attrib["y"]) + dy
            if (size := float(element.attrib["font-size"]) * min(1, PHONE / width)) < LEGIBLE:
                yield f"{element.text!r} is {size:.1f} px high on a phone, of at least {LEGIBLE}"
            if not (0 <= x <= width and 10 <= y <= height - 3):
                yield f"{element.text!r} at ({x:g}, {y:g}) is beyond the sheet of {width:g} by {height:g}"
        elif any(not (0 <= x + dx <= width and 0 <= y + dy <= height) for x, y in corners(element)):
            yield f"{tag} {element.attrib} reaches beyond the sheet"


def placed(element: Element, dx: float = 0, dy: float = 0) -> Iterator[tuple[Element, float, float]]:
    """An element and all in it, each with how far it was moved."""
    if moved := MOVED.fullmatch(element.get("transform", "")):
        dx, dy = dx + float(moved[1]), dy + float(moved[2])
    yield element, dx, dy
    for inner in element:
        yield from placed(inner, dx, dy)


def corners(element: Element) -> list[tuple[float, float]]:
    """Opposite corners of a rectangle, the places that a path names."""
    if element.tag == f"{SVG}rect":
        x, y, wide, high = (float(element.attrib[name]) for name in ("x", "y", "width", "height"))
        return [(x, y), (x + wide, y + high)]
    return [(float(x), float(y)) for x, y in PLACE.findall(element.get("d", ""))]
