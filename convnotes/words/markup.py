"""The markup of questions and solutions, and its five ways out.

Blocks stand apart by an empty line. A block is a paragraph, a list whose lines start with `- `, or, indented by four
spaces, text to be set as it is. Inside stand `code`, **strong** and formulas between dollars. A formula is written in
one line as one would in an e-mail, `$⌊(224 + 2·3 − 7)/2⌋ + 1$`, with `_` and `^` for one index or power.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import NamedTuple

from convnotes.words.latex import MATH, escaped

INLINE = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|\$([^$]+)\$")
TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|[²³]|[^\W\d_²³]+|\S|\s+")
LONG = 20  # letters and spaces
POWERS = {"²": "2", "³": "3"}
TEX = {**MATH, "%": r"\%", "…": r"\dots "}


class Way(NamedTuple):
    """How one format writes plain text, code, strong text, formulas, and the three kinds of block."""

    text: Callable[[str], str]
    code: Callable[[str], str]
    strong: Callable[[str], str]
    formula: Callable[[str], str]
    paragraph: Callable[[str], str]
    items: Callable[[list[str]], str]
    verbatim: Callable[[str], str]


def write(source: str, way: Way) -> str:
    """All blocks of the source, an empty line between them.

    >>> write("A `k` of **3**: $k² = 9$.", TEXT)
    'A k of 3: k² = 9.'
    >>> write("**Answer: $k − 1$**", HTML)
    '<p><strong>Answer: <math><mi>k</mi><mo>−</mo><mn>1</mn></math></strong></p>'
    >>> write("A `k` of **3**: $k² = 9$.", LATEX)
    'A \\\\texttt{k} of \\\\textbf{3}: $k^{2} = 9$.'
    >>> write("At $1,024$:\\n\\n- one\\n- two", MD)
    'At $1{,}024$:\\n\\n- one\\n- two'
    >>> write("of lines that differ\\n- no list\\n    and no code", HTML)
    '<p>of lines that differ\\n- no list\\n    and no code</p>'
    """
    return "\n\n".join(_block(block, way) for block in source.split("\n\n"))


def line(source: str, way: Way) -> str:
    """The inline markup of the source alone."""
    out, at = [], 0
    for found in INLINE.finditer(source):
        out.append(way.text(source[at : found.start()]))
        code, strong, formula = found.groups()
        out.append(way.code(code) if code else way.strong(line(strong, way)) if strong else way.formula(formula))
        at = found.end()
    return "".join([*out, way.text(source[at:])])


def _block(block: str, way: Way) -> str:
    lines = block.split("\n")
    if all(text.startswith("    ") for text in lines):
        return way.verbatim("\n".join(text[4:] for text in lines))
    if all(text.startswith("- ") for text in lines):
        return way.items([line(text[2:], way) for text in lines])
    return way.paragraph(line(block, way))


def capital(text: str) -> str:
    """The text with a capital at its start.

    >>> capital("it is odd"), capital("`stride=2` is odd"), capital("")
    ('It is odd', '`stride=2` is odd', '')
    """
    return text[:1].upper() + text[1:]


def tex(formula: str) -> str:
    """A formula for TeX.

    >>> print(tex("⌊(224 + 2·3 − 7)/2⌋ + 1 = 112"))
    \\lfloor (224 + 2\\cdot 3 - 7)/2\\rfloor  + 1 = 112
    >>> print(tex("k² C_in = 1,024 weights"))
    k^{2} C_{\\text{in}} = 1{,}024 \\text{weights}
    """
    out: list[str] = []
    for token in TOKEN.findall(formula):
        if token in POWERS:
            out.append(f"^{{{POWERS[token]}}}")
        elif token in TEX:
            out.append(TEX[token])
        elif token.isalpha() and len(token) > 1:
            out.append(rf"\text{{{token}}}")
        else:
            out.append(token.replace(",", "{,}") if token[0].isdigit() else token)
        if out[-2:-1] in (["_"], ["^"]):
            out[-1] = f"{{{out[-1]}}}"
    return "".join(out)


def mathml(formula: str) -> str:
    """A formula as MathML; a long one in pieces, so that a line can break before " = ".

    >>> print(mathml("k²/2"))
    <math><msup><mi>k</mi><mn>2</mn></msup><mo>/</mo><mn>2</mn></math>
    >>> mathml("⌈(115 + 2·1 − 3)/3⌉ + 1 = 39").count("<math>")
    2
    """
    formula = formula.replace("'", "′")
    cut = re.split(r" (?=[=≈≤≥→] )", formula) if len(formula) > LONG else [formula]
    return "<wbr/>".join(f"<math>{_elements(piece)}</math>" for piece in cut)


def _elements(formula: str) -> str:
    out: list[str] = []
    script = ""
    for token in TOKEN.findall(formula.replace("²", "^2").replace("³", "^3")):
        if token in ("_", "^"):
            script = "msub" if token == "_" else "msup"
        elif not token.isspace():
            tag = "mn" if token[0].isdigit() else "mi" if token.isalpha() else "mo"
            element = f"<{tag}>{escape(token)}</{tag}>"
            out.append(f"<{script}>{out.pop()}{element}</{script}>" if script else element)
            script = ""
    return "".join(out)


def _same(text: str) -> str:
    return text


def _dashes(items: list[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _indented(text: str) -> str:
    return "\n".join(f"    {row}" for row in text.split("\n"))


def _html_items(items: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def _tex_items(items: list[str]) -> str:
    return "\n".join([r"\begin{itemize}", *(rf"\item {item}" for item in items), r"\end{itemize}"])


TEXT = Way(_same, _same, _same, _same, _same, _dashes, _indented)
MD = Way(_same, "`{}`".format, "**{}**".format, lambda f: f"${tex(f)}$", _same, _dashes, _indented)
HTML = Way(
    lambda text: escape(text, quote=False),
    lambda code: f"<code>{escape(code, quote=False)}</code>",
    "<strong>{}</strong>".format,
    mathml,
    "<p>{}</p>".format,
    _html_items,
    lambda text: f"<pre>{escape(text, quote=False)}</pre>",
)
MOODLE = HTML._replace(formula=lambda f: rf"\({escape(tex(f), quote=False)}\)")  # its filter sets TeX, and drops MathML
LATEX = Way(
    escaped,
    lambda code: rf"\texttt{{{escaped(code)}}}",
    r"\textbf{{{}}}".format,
    lambda f: f"${tex(f)}$",
    _same,
    _tex_items,
    lambda text: "\\begin{verbatim}\n" + text.replace("−", "-") + "\n\\end{verbatim}",
)
