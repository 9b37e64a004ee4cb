"""TeX formulas as MathML, made when the site is built: no script, no font, no layout shift.

It is read aloud too: what print leaves out, that neighbours are multiplied and that a function is taken of what stands
in brackets, is said by signs that are not drawn.
"""

import re
from functools import cache
from itertools import cycle, pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from latex2mathml.converter import convert

ENVIRONMENTS = {"aligned", "array", "bmatrix", "cases", "matrix", "pmatrix", "vmatrix"}
PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
RELATIONS = set("=≈≤≥<>→↦∼⇒←")
ADDED = set("+−")  # after which a displayed formula may break too: first in a formula, + is read "positive"
OPENING, CLOSING = set("([{⌊⌈⟨"), set(")]}⌋⌉⟩")
BARS, FORMS = set("|‖"), ("prefix", "postfix")  # and, in turns, their forms
FACTORS, SCRIPTS = {"mi", "mn", "mfrac", "msqrt"}, {"msub", "msup", "msubsup", "mover"}
TRANSPOSED = "\N{MATHEMATICAL SANS-SERIF CAPITAL T}"
FUNCTIONS = set("fgσ")  # letters
TIMES, OF = "\N{INVISIBLE TIMES}", "\N{FUNCTION APPLICATION}"
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
    >>> mathml(r"\lVert w \rVert").count('form="prefix" fence="true">‖')  # no room beside it, in any browser
    1
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
        return _breakable(list(math[0]), RELATIONS | ADDED, display="inline", displaystyle="true")
    return _breakable(list(math[0]), RELATIONS, display="inline")


def _parts(row: list[Element]) -> list[list[Element]]:
    """A row, cut at its wide spaces."""
    gaps = [at for at, element in enumerate(row) if element.get("width", "") in ("1em", "2em")]
    return [row[start + 1 : end] for start, end in pairwise([-1, *gaps, len(row)])]


def _breakable(row: list[Element], signs: set[str], **look: str) -> str:
    """A row as formulas between which a line may break, at each outer sign if it is long: no browser breaks one."""
    cuts, depth = [0], 0
    long = len("".join(text for element in row for text in element.itertext())) > LONG
    for at, element in enumerate(row):
        sign = str(element.text) if element.tag == "mo" else ""
        depth += (sign in OPENING) - (sign in CLOSING)
        if long and at and sign in signs and not depth and not _opens(row[at - 1]):
            cuts.append(at + (sign in ADDED))
            element.set("form", "infix")  # or it would be set as the sign of a number
    pieces = []
    for start, end in pairwise([*cuts, len(row)]):
        math = Element("math", look)
        SubElement(math, "mrow").extend(row[start:end])
        indices = [part[1] for part in math.iter() if part.tag in ("msub", "msubsup")]
        indices = [index for index in indices if all(part.tag == "mi" for part in index)]  # i and j of x_ij
        for element in [element for element in math.iter() if element not in indices]:
            _say(element)
        pieces.append(ElementTree.tostring(math, encoding="unicode"))
    return BREAK.join(pieces)


def _opens(element: Element) -> bool:
    """Whether a sign after this one belongs to a number."""
    return element.tag == "mo" and element.text not in CLOSING | {"!", "′"} and element.get("form") != FORMS[1]


def _mend(element: Element, display: bool) -> None:
    """Put right what the converter gets wrong: names and −1 as operators, limits beside a sum, 1{,}024 in pieces."""
    if element.tag == "mo" and re.fullmatch("[A-Za-z]{2,}|∞", element.text or ""):
        element.tag = "mi"
    elif element.tag == "mi" and element.text in OPENING | CLOSING | {"′"}:
        element.tag = "mo"
    if element.tag == "msup" and element[1].text == TRANSPOSED:
        element.set("intent", "transpose($of)")
        element[0].set("arg", "of")
        element[1].text, element[1].attrib["mathvariant"] = "T", "normal"
    upright = [part.get("mathvariant") == "normal" or part.tag == "mn" for part in element]
    if element.tag == "mrow" and len(element) > 1 and all(upright) and element[0].tag == "mi":
        element[0].text = "".join(element.itertext())  # a name, such as ReLU6, which is upright for its several letters
        del element[0].attrib["mathvariant"], element[1:]
    for bar, form in zip([part for part in element if part.text in BARS], cycle(FORMS), strict=False):
        bar.attrib.update(form=form, fence="true")
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


def _say(row: Element) -> None:
    """Put the signs that are read but not seen between the parts of a row."""
    if row.tag in PARTS:
        return  # whose parts are arguments
    parts = [part for part in row if part.tag != "mspace"]
    for at, (before, after) in reversed([*enumerate(pairwise(parts))]):
        if _factor(before, -1) and _factor(after, 0) and not before.tag == _first(after).tag == "mn":
            sign = Element("mo")
            place = list(row).index(before) + 1
            close = row[place] is after  # a factor before brackets stands apart from them
            sign.text = OF if _is_function(before, parts[at + 1 :], close) else TIMES
            row.insert(place, sign)


def _first(element: Element) -> Element:
    return _first(element[0]) if len(element) else element


def _factor(element: Element, side: int) -> bool:
    """Whether a factor can start (0) or end (-1) with it."""
    if element.tag == "mo":
        return element.text in (OPENING, CLOSING)[side] or (element.text in BARS and element.get("form") == FORMS[side])
    if element.tag in ("mrow", "mstyle"):
        return len(element) > 0 and _factor(element[side], side)
    if element.tag in SCRIPTS:
        return element[0].tag != "mo" or (side < 0 and element[0].text in CLOSING)
    return element.tag in FACTORS


def _is_function(name: Element, after: list[Element], close: bool) -> bool:
    """Whether it names a function of what comes after: a word, f, g or σ, or another letter before two arguments."""
    called = name if name.tag == "mfrac" else _first(name)
    if called.tag != "mi" or len(str(called.text)) > 1:
        return called.tag == "mi"
    if after[0].text != "(":
        return False
    signs = [part.text for part in after]
    return (close and called.text in FUNCTIONS) or "," in signs[: signs.index(")") if ")" in signs else 0]
