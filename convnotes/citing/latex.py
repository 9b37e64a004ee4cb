"""Text as LaTeX, so that BibTeX prints it as the notes do."""

import re
from unicodedata import normalize

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"$<$", ">": r"$>$", "|": r"$|$",
    "×": r"$\times$", "−": r"$-$", "→": r"$\to$", "≤": r"$\le$", "≥": r"$\ge$", "·": r"$\cdot$",
    "–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "…": r"\ldots{}", "\N{NO-BREAK SPACE}": "~",
    "ß": r"{\ss}", "ø": r"{\o}", "Ø": r"{\O}", "æ": r"{\ae}", "Æ": r"{\AE}", "ł": r"{\l}", "Ł": r"{\L}",
}  # fmt: skip
ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0307": ".", "\u0308": '"',
    "\u030a": "r", "\u030c": "v", "\u0327": "c", "\u0328": "k",
}  # fmt: skip
DOTLESS = {"i": r"\i", "j": r"\j"}


def latex(text: str) -> str:
    r"""The text with everything that LaTeX would read as a command written out, in ASCII.

    >>> print(latex("three 3×3 & 50 %: a_b {c} #1"))
    three 3$\times$3 \& 50 \%: a\_b \{c\} \#1
    >>> print(latex("“naïve”, the 'same' of Müller"))
    ``na{\"\i}ve'', the `same' of M{\"u}ller
    >>> latex("畳")
    Traceback (most recent call last):
    ValueError: no LaTeX for '畳' in '畳'; add it to SPECIAL in convnotes/citing/latex.py
    """
    text = re.sub(r"""(^|[\s(\[])(['"])(?=\S)""", lambda m: m[1] + "‘“"[m[2] == '"'], text)
    return "".join(_letter(letter, text) for letter in normalize("NFC", text.replace('"', "”")))


def _letter(letter: str, text: str) -> str:
    if letter in SPECIAL or letter.isascii():
        return SPECIAL.get(letter, letter)
    base, *marks = list(normalize("NFD", letter))
    if len(marks) == 1 and marks[0] in ACCENTS and base.isascii():
        accent = ACCENTS[marks[0]]
        base = DOTLESS.get(base, base) if not accent.isalpha() else base
        return f"{{\\{accent}{{{base}}}}}" if accent.isalpha() else f"{{\\{accent}{base}}}"
    raise ValueError(f"no LaTeX for {letter!r} in {text!r}; add it to SPECIAL in convnotes/citing/latex.py")
