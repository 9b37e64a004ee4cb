"""TeX formulas as MathML, made when the site is built: no script, no font, no layout shift."""

import re
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from latex2mathml.converter import convert

ENVIRONMENTS = {"aligned", "array", "bmatrix", "cases", "matrix", "pmatrix", "vmatrix"}
PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
RELATIONS = set("=≈≤≥<>→↦∼")
LONG = 16  # letters: a longer formula in a line of text may break before a relation, as TeX breaks it
BREAK = "<wbr/>"
LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}


@cache
def mathml(tex: str, display: bool = False) -> str:
    r"""A MathML element for the formula `tex`, or several, between which a line may break; ValueError names what fails.

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
    math.set("display", "block" if display else "inline")
    for element in list(math.iter()):
        if len(element) != PARTS.get(element.tag, len(element)):
            raise ValueError(f"formula {tex}: an argument is missing")
        _mend(element, display)
    shown = [math] if display else _pieces(math)
    return BREAK.join(ElementTree.tostring(piece, encoding="unicode") for piece in shown)


def _pieces(math: Element) -> list[Element]:
    """The formula, cut before its outer relations if it is long: no browser breaks lines inside MathML."""
    row = math[0]
    cuts = [at for at, part in enumerate(row) if at and part.tag == "mo" and part.text in RELATIONS]
    if len("".join(math.itertext())) <= LONG or not cuts:
        return [math]
    pieces = []
    for start, end in pairwise([0, *cuts, len(row)]):
        pieces.append(Element("math", math.attrib))
        SubElement(pieces[-1], row.tag, row.attrib).extend(row[start:end])
    return pieces


def _mend(element: Element, display: bool) -> None:
    """Put right what the converter gets wrong: names set as operators, limits beside a big sum, 1{,}024 in pieces."""
    if element.tag == "mo" and re.fullmatch("[A-Za-z]{2,}", element.text or ""):
        element.tag = "mi"
    if display and element.tag in LIMITS and element[0].text in ("∑", "∏"):
        element.tag = LIMITS[element.tag]
    for comma in [child for child in element if child.tag == "mrow" and [part.text for part in child] == [","]]:
        at = list(element).index(comma)
        if 0 < at < len(element) - 1 and element[at - 1].tag == element[at + 1].tag == "mn":
            element[at - 1].text = f"{element[at - 1].text},{element[at + 1].text}"
            del element[at : at + 2]
