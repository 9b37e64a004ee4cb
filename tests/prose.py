"""The prose rule: a number of weight that a reader meets outside a session is printed by the page, or has a source.

Asked of: numbers of three digits or more, and any number with a unit that makes it a quantity (%, ×, k, million, …).
A plain number must stand in a session, as a literal or in its output, or in an exhibit. A quantity must be *output*:
that a session multiplies by 4 says nothing about "4× cheaper". "1.44 million" is met by 1.44 million or 1,440,000, not
by 1,441,792: rounding is a computation too, and a session can do it. Otherwise the sentence links its source.
"""

import doctest
import html
import io
import re
import tokenize
from collections.abc import Iterator
from decimal import Decimal

from tests.chapters import Page

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
_NUMBER = re.compile(
    rf"(?<![\w.])(?P<whole>\d{{1,3}}(?:[{_SEPARATORS}]\d{{3}})+(?!\d)|\d+)(?P<part>\.\d+)?"
    r"(?P<unit>[ \u00a0\u202f]?(?:%|percent\b|per cent\b|thousand\b|million\b|billion\b|trillion\b|times\b)|[kKMGBT]\b|×)?"
)
CITED = re.compile(r"references\.md#[\w.-]+|\]\(#[\w.-]+\)(?=.*\breferences\b)")
# Where a sentence ends: not after an initial or "et al."
_SENTENCE = re.compile(r"(?<=[.!?])(?<!\bal\.)(?<!\b[A-Z]\.)[*_)\"”'’]*\s+(?=[*_(\[\"“'‘$A-Z\d])")
_BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+\.|\||#|!!!|\?\?\?|:)\s)|(?<=\|)[ \t]*\n|(?<=^)(?=#)")

# What has digits and is no claim.
EXCEPTED = [
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),  # a link is its text
    (re.compile(r"\{:?\s*[#.][^}]*\}|<[^>]+>|https?://\S+"), " "),  # attributes, tags, addresses
    (re.compile(r"`[^`\d]*[A-Za-z(\[][^`]*`"), " "),  # code: what one types; a bare number in backticks still counts
    (re.compile(r"(?i)\b(?:sections?|chapters?|tables?|figures?|fig\.|equations?|eq\.|appendix|pages?|lectures?|issues?|algorithm|version|§+)\s*"
                r"[\d.]+(?:\s*(?:,|and|to|–|-)\s*[\d.]+)*"), " "),  # a place in a text
    (re.compile(r"(?i)\b(?:arXiv|doi):\S+|\b(?:ES|PEP|RFC|ISO|PR)\s?#?\d+"), " "),  # registers; ES 667 is the lecture's course
    (re.compile(r"\b\d+\.\d+\.\d+\S*|\b\d{4}-\d\d-\d\d\b"), " "),  # releases, dates
    (re.compile(r"\b[A-Za-z][A-Za-z\d]*[-‑](?:[A-Z]?\d+[kK]?\b)(?![%×.,]\d)"), " "),  # names: ResNet-152, CIFAR-100, ImageNet-1k
    (re.compile(r"\([ \d]+(?:,\s*\d+)+\s*\)"), " "),  # shapes: (64, 112, 112)
    (re.compile(r"(?<![\d.,])\d{1,4}(?:\s*×\s*\d{1,4})+(?![\d.,]*[\d⁰-⁹^])"), " "),  # 224×224, and not 1.5×10⁶
    (re.compile(r"(?<![\d.,~≈])\b(?:19[5-9]|20[0-3])\d\b(?![.,]\d|\s?(?:%|×|million|times))(?!,\d)"), " "),  # years
]  # fmt: skip


def unfounded(page: Page, exhibits: str = "", captions: list[str] | None = None) -> list[str]:
    """`line: number in sentence` for each number of `page` that is neither printed nor sourced.

    exhibits: the text of what the page's exhibits show; captions: their words, which are held to the rule as well.
    """
    literals, printed = _session_numbers(page)
    printed |= {value for value, *_ in numbers(_readable(exhibits))}
    found = []
    for line, sentence in [*_sentences(page.prose), *((0, caption) for caption in captions or [])]:
        if CITED.search(sentence):
            continue
        for value, text, quantity in numbers(_readable(sentence)):
            digits = len(re.sub(r"\D", "", text).lstrip("0"))
            known = value in printed or (not quantity and value in literals)
            if not known and (quantity or digits >= 3):
                where = f"docs/{page.name}:{line}" if line else f"docs/{page.name}, a caption"
                found.append(
                    f"{where}: {text!r} is printed nowhere on the page and has no source: {' '.join(sentence.split())}"
                )
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


def _session_numbers(page: Page) -> tuple[set[Decimal], set[Decimal]]:
    """The literals of the page's sessions, and the numbers that these print."""
    literals: set[Decimal] = set()
    printed: set[Decimal] = set()
    for example in doctest.DocTestParser().get_examples(page.sessions):
        for token in tokenize.generate_tokens(io.StringIO(example.source).readline):
            if token.type == tokenize.NUMBER:
                literals |= {value for value, *_ in numbers(token.string)}
        output = "" if example.exc_msg else example.want
        printed |= {value for value, *_ in numbers(output)}
        printed |= {value for value, *_ in numbers(re.sub(r"(?<=\d),(?=\d)", ", ", output))}
    return literals | printed, printed


def _sentences(prose: str) -> Iterator[tuple[int, str]]:
    """Each sentence, heading, table row and list item, with its line."""
    position = 0
    for block in _split(_BLOCK, prose, position):
        for start, sentence in _split(_SENTENCE, block[1], block[0]):
            if sentence.strip():
                lead = len(sentence) - len(sentence.lstrip())
                yield prose.count("\n", 0, start + lead) + 1, sentence


def _split(pattern: re.Pattern[str], text: str, offset: int) -> Iterator[tuple[int, str]]:
    start = 0
    for match in pattern.finditer(text):
        yield offset + start, text[start : match.end()]
        start = match.end()
    yield offset + start, text[start:]
