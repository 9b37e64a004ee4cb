"""The prose rule: a number of weight that a reader meets outside a session is printed by the page, or has a source.

Asked of: numbers of three digits or more, and any number with a unit that makes it a quantity (%, ×, k, million, …).
A plain number must stand in a session, as a literal or in its output, or in an exhibit. A quantity must be *output*:
that a session multiplies by 4 says nothing about "4× cheaper". "1.44 million" is met by 1.44 million or 1,440,000, not
by 1,441,792: rounding is a computation too, and a session can do it. Otherwise the sentence (or table row) links its
source, or the page of these notes that prints the number.
"""

import ast
import doctest
import html
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache

from convnotes.notes.page import Page

SCALES = {
    "%": "0.01",
    "percent": "0.01",
    "per cent": "0.01",
    "k": "1e3",
    "thousand": "1e3",
    "M": "1e6",
    "million": "1e6",
}
SCALES |= {"G": "1e9", "B": "1e9", "billion": "1e9", "T": "1e12", "trillion": "1e12", "×": "1", "times": "1"}

_SEPARATORS = ",_\u00a0\u2009\u202f"
_WHOLE = rf"\d{{1,3}}(?:[{_SEPARATORS}]\d{{3}})+(?!\d)|\d+"
_UNIT = (
    r"[ \u00a0\u202f]?(?:%|(?:percent|per cent|thousand|million|billion|trillion|times)\b)"
    r"|[kKMGBT]\b|×|\s?×(?=\s?10[\^⁰¹²³⁴-⁹])"
)
_NUMBER = re.compile(rf"(?<![\w.])(?P<whole>{_WHOLE})(?P<part>\.\d+)?(?P<unit>{_UNIT})?")
CITED = re.compile(r"references\.md#[\w.-]+")
_PAGE = re.compile(r"\]\(([\w./-]+\.md)")
# Where a sentence ends: not after an initial or "et al."
_SENTENCE = re.compile(r"(?<=[.!?])(?<!\bal\.)(?<!\b[A-Z]\.)[*_)\"”'’]*\s+(?=[*_(\[\"“'‘$A-Z\d])")
_BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+\.|\||#|!!!|\?\?\?|:)\s)|(?<=\|)[ \t]*\n|(?<=^)(?=#)")

_PLACE = (
    r"(?i)\b(?:sections?|chapters?|tables?|figures?|equations?|appendix|pages?|lectures?|issues?|version)\s+"
    r"[\d.]+(?:\s*(?:,|and|to|–|-)\s*[\d.]+)*"
)
# What has digits and is no claim. Order matters: a link becomes its text before anything else looks at it.
EXCEPTED = [
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\{:?\s*[#.][^}]*\}|<[^>]+>|https?://\S+"), " "),  # attributes, tags, addresses
    (re.compile(r"`[^`\d]*[A-Za-z(\[][^`]*`"), " "),  # code, what one types; a bare number in backticks still counts
    (re.compile(_PLACE), " "),  # a place in a text
    (re.compile(r"(?i)\b(?:arXiv|doi):\S+|\b(?:ES|PEP|RFC|ISO)\s?\d+"), " "),  # registers; ES 667 is a course
    (re.compile(r"\b\d+\.\d+\.\d+\S*|\b\d{4}-\d\d-\d\d\b"), " "),  # releases, dates
    (re.compile(r"\b[A-Za-z][A-Za-z\d]*[-‑][A-Z]?\d+k?\b(?![%×.,]\d)"), " "),  # names: ResNet-152, ImageNet-1k
    (re.compile(r"\([ \d]+(?:,\s*\d+)+\s*\)"), " "),  # shapes: (64, 112, 112)
    (re.compile(r"(?<![\d.,])\d{1,4}(?:\s*×\s*\d{1,4})+(?![\d.,]*[\d⁰-⁹^])"), " "),  # 224×224, and not 1.5×10⁶
    (re.compile(r"(?<![\d.,~≈])\b(?:19[5-9]|20[0-3])\d(?:s\b|\b)(?![.,]\d|\s?(?:%|×|million|times))"), " "),  # years
]


def unfounded(page: Page, exhibits: str = "", captions: Sequence[str] = (), others: Sequence[Page] = ()) -> list[str]:
    """`line: number in sentence` for each number of `page` that is neither printed nor sourced.

    exhibits: the text of what the page's exhibits show; captions: their words, which are held to the rule as well;
    others: the pages that a sentence may link instead.
    """
    given, printed = _session_numbers(page)
    printed = printed | _values(_readable(exhibits))
    elsewhere = {other.name: _session_numbers(other)[1] for other in others}
    found = []
    for line, sentence in [*_sentences(page.prose), *((0, caption) for caption in captions)]:
        if CITED.search(sentence):
            continue
        linked = set[Decimal]().union(*(elsewhere.get(name, ()) for name in _PAGE.findall(sentence)))
        for value, text, quantity in numbers(_readable(sentence)):
            weighty = quantity or len(re.sub(r"\D", "", text).lstrip("0")) >= 3
            if weighty and value not in printed | linked and (quantity or value not in given):
                where = f"docs/{page.name}:{line}" if line else f"docs/{page.name}, a caption"
                found.append(f"{where}: {text!r} is not printed and has no source: {' '.join(sentence.split())}")
    return found


def numbers(text: str) -> Iterator[tuple[Decimal, str, bool]]:
    """Value, spelling and whether it is a quantity, for each number in readable text."""
    for match in _NUMBER.finditer(text):
        unit = (match["unit"] or "").strip("\u00a0\u202f ").replace("K", "k")
        value = Decimal(re.sub(rf"[{_SEPARATORS}]", "", match["whole"]) + (match["part"] or ""))
        yield (value * Decimal(SCALES[unit] if unit else "1")).normalize(), match[0].strip(), bool(unit)


def _readable(text: str) -> str:
    """Prose without what is excepted, mathematics as it reads."""
    text = html.unescape(text).replace("{,}", ",").replace(r"\times", "×").replace(r"\%", "%")
    text = re.sub(r"(?<=\d)\\[,;:! ](?=\d{3})", ",", text)
    for pattern, replacement in EXCEPTED:
        text = pattern.sub(replacement, text)
    return text.replace("`", " ")


def _values(shown: str) -> set[Decimal]:
    """The numbers that a text shows; what prints 11.1% founds a column of 11.1 under a head of % too."""
    return {value for shape in (shown, re.sub(r"(?<=\d)\s?%", " ", shown)) for value, *_ in numbers(shape)}


@cache
def _session_numbers(page: Page) -> tuple[set[Decimal], set[Decimal]]:
    """The literals in the code of the page's sessions, and the numbers that these print."""
    given: set[Decimal] = set()
    printed: set[Decimal] = set()
    for example in doctest.DocTestParser().get_examples(page.sessions):
        for node in ast.walk(ast.parse(example.source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
                given |= _values(str(node.value))
        if not example.exc_msg:
            printed |= _values(example.want)
    return given, printed


def _sentences(prose: str) -> Iterator[tuple[int, str]]:
    """Each sentence, heading, table row and list item, with its line."""
    for offset, block in _split(_BLOCK, prose, 0):
        row = block.lstrip().startswith("|")
        for start, sentence in [(offset, block)] if row else _split(_SENTENCE, block, offset):
            if sentence.strip():
                lead = len(sentence) - len(sentence.lstrip())
                yield prose.count("\n", 0, start + lead) + 1, sentence


def _split(pattern: re.Pattern[str], text: str, offset: int) -> Iterator[tuple[int, str]]:
    start = 0
    for match in pattern.finditer(text):
        yield offset + start, text[start : match.end()]
        start = match.end()
    yield offset + start, text[start:]
