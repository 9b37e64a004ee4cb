"""TeX formulas as MathML, made when the site is built: no script, no font, no layout shift."""

import re
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from latex2mathml.converter import convert

ENVIRONMENTS = {"aligned", "array", "bmatrix", "cases", "matrix", "pmatrix", "vmatrix"}
PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
RELATIONS = set("=≈≤≥<>→↦∼⇒←")
SIGNS = RELATIONS | set("+−")  # before which a displayed formula may break too
OPENING, CLOSING = set("([{⌊⌈⟨"), set(")]}⌋⌉⟩")
LONG = 16  # letters: a longer formula may break before a relation, as TeX breaks it
BREAK = "<wbr/>"
GAP = '<span class="cn-gap"> </span>'  # where a line breaks first
LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}


@cache
def mathml(tex: str, display: bool = False) -> str:
    r"""MathML of the formula `tex`, an element or several that a line may part; ValueError names what fails.

    >>> "<mfrac>" in mathml(r"\frac{1}{2}")
    True
    >>> "<mn>1,024</mn>" in mathml("1{,}024")
    True
    >>> mathml(r"(224 + 2 \cdot 3 - 7)/2 + 1 = 112").count("<math")
    2
    >>> mathml(r"\nosuch{x}")
    Traceback (most recent call last):
        ...
    ValueError: formula \nosuch{x}: \nosuch has no conversion to MathML
    """
    if strange := set(re.findall(r"\\begin{(.*?)}", tex)) - ENVIRONMENTS:
        raise ValueError(f"formula {tex}: unknown environment {', '.join(sorted(strange))}")
    braces = re.sub(r"\\.", "", tex)
    if braces.count("{") != braces.count("}"):  # the converter closes them itself, somewhere
        raise ValueError(f"formula {tex}: {braces.count('{')} braces open and {braces.count('}')} close")
    source = re.sub(r"\\begin{aligned}", r"\\begin{array}{rl}", tex).replace(r"\end{aligned}", r"\end{array}")
    try:
        math = ElementTree.fromstring(convert(source).replace(' xmlns="http://www.w3.org/1998/Math/MathML"', ""))
    except Exception as error:
        raise ValueError(f"formula {tex}: {type(error).__name__} {error}".rstrip()) from error
    if unknown := [text for text in math.itertext() if "\\" in text]:  # an unknown command comes through as a letter
        raise ValueError(f"formula {tex}: {unknown[0]} has no conversion to MathML")
    for element in list(math.iter()):
        if len(element) != PARTS.get(element.tag, len(element)):
            raise ValueError(f"formula {tex}: an argument is missing")
        _mend(element, display)
    parts = _parts(list(math[0])) if display else []
    if len(parts) > 1:
        return GAP.join(_breakable(part, set(), display="inline", displaystyle="true") for part in parts)
    if display:
        return _breakable(list(math[0]), SIGNS, display="inline", displaystyle="true")
    return _breakable(list(math[0]), RELATIONS, display="inline")


def _parts(row: list[Element]) -> list[list[Element]]:
    """A row, cut at its wide spaces."""
    gaps = [at for at, element in enumerate(row) if element.get("width", "") in ("1em", "2em")]
    return [row[start + 1 : end] for start, end in pairwise([-1, *gaps, len(row)])]


def _breakable(row: list[Element], signs: set[str], **look: str) -> str:
    """A row as formulas between which a line may break, before each outer sign if it is long: no browser breaks one."""
    cuts, depth = [0], 0
    long = len("".join(text for element in row for text in element.itertext())) > LONG
    for at, element in enumerate(row):
        sign = str(element.text) if element.tag == "mo" else ""
        depth += (sign in OPENING) - (sign in CLOSING)
        if long and at and sign in signs and not depth and not _opens(row[at - 1]):
            cuts.append(at)
            element.set("form", "infix")  # or it would be set as the sign of a number
    pieces = []
    for start, end in pairwise([*cuts, len(row)]):
        math = Element("math", look)
        SubElement(math, "mrow").extend(row[start:end])
        pieces.append(ElementTree.tostring(math, encoding="unicode"))
    return BREAK.join(pieces)


def _opens(element: Element) -> bool:
    """Whether a sign after this one belongs to a number."""
    return element.tag == "mo" and element.text not in CLOSING | {"!", "′"}


def _mend(element: Element, display: bool) -> None:
    """Put right what the converter gets wrong: names and −1 as operators, limits beside a sum, 1{,}024 in pieces."""
    if element.tag == "mo" and re.fullmatch("[A-Za-z]{2,}|∞", element.text or ""):
        element.tag = "mi"
    for before, sign in pairwise(element):
        if sign.text in ("−", "+") and _opens(before):
            sign.set("form", "prefix")  # of a number: no room after it
    if display and element.tag in LIMITS and element[0].text in ("∑", "∏"):
        element.tag = LIMITS[element.tag]
    for comma in [child for child in element if child.tag == "mrow" and [part.text for part in child] == [","]]:
        at = list(element).index(comma)
        if 0 < at < len(element) - 1 and element[at - 1].tag == element[at + 1].tag == "mn":
            element[at - 1].text = f"{element[at - 1].text},{element[at + 1].text}"
            del element[at : at + 2]
