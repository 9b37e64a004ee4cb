"""Text as LaTeX, so that it prints as the notes do."""

import re
from unicodedata import normalize

MATH = {  # signs that LaTeX has in formulas alone
    "⌊": r"\lfloor ", "⌋": r"\rfloor ", "⌈": r"\lceil ", "⌉": r"\rceil ", "·": r"\cdot ", "×": r"\times ",
    "−": "-", "±": r"\pm ", "≥": r"\ge ", "≤": r"\le ", "≈": r"\approx ", "√": r"\surd ", "→": r"\to ",
    "←": r"\gets ", "η": r"\eta ", "γ": r"\gamma ", "β": r"\beta ", "μ": r"\mu ", "σ": r"\sigma ", "Σ": r"\sum ",
}  # fmt: skip
SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", "–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "…": r"\ldots{}",
    "\N{NO-BREAK SPACE}": "~",
    "ß": r"{\ss}", "ø": r"{\o}", "Ø": r"{\O}", "æ": r"{\ae}", "Æ": r"{\AE}", "ł": r"{\l}", "Ł": r"{\L}",
    **{sign: f"${command.strip()}$" for sign, command in MATH.items()},
}  # fmt: skip
ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0307": ".", "\u0308": '"',
    "\u030a": "r", "\u030c": "v", "\u0327": "c", "\u0328": "k",
}  # fmt: skip
DOTLESS = {"i": r"\i", "j": r"\j"}


def escaped(text: str) -> str:
    r"""The text with everything that LaTeX would read as a command written out; signs that it does not know stay.

    >>> print(escaped("three 3×3 & 50 %: a_b {c} #1"))
    three 3$\times$3 \& 50 \%: a\_b \{c\} \#1
    """
    return "".join(map(_letter, normalize("NFC", text)))


def latex(text: str) -> str:
    r"""The same of prose: in ASCII, with the marks that LaTeX has for quotations.

    >>> print(latex("“naïve”, the 'same' of Müller"))
    ``na{\"\i}ve'', the `same' of M{\"u}ller
    >>> latex("畳")
    Traceback (most recent call last):
    ValueError: no LaTeX for '畳' in '畳'; add it to SPECIAL in convnotes/words/latex.py
    """
    quoted = re.sub(r"""(^|[\s(\[])(['"])(?=\S)""", lambda m: m[1] + "‘“"[m[2] == '"'], text).replace('"', "”")
    written = escaped(quoted)
    if unknown := [letter for letter in written if not letter.isascii()]:
        raise ValueError(f"no LaTeX for {unknown[0]!r} in {text!r}; add it to SPECIAL in convnotes/words/latex.py")
    return written


def _letter(letter: str) -> str:
    if letter in SPECIAL or letter.isascii():
        return SPECIAL.get(letter, letter)
    base, *marks = list(normalize("NFD", letter))
    if len(marks) != 1 or marks[0] not in ACCENTS or not base.isascii():
        return letter
    accent = ACCENTS[marks[0]]
    base = DOTLESS.get(base, base) if not accent.isalpha() else base
    return f"{{\\{accent}{{{base}}}}}" if accent.isalpha() else f"{{\\{accent}{base}}}"
