"""The prose rule itself: what it must flag, what it must let pass."""

import re
from collections import Counter

import pytest

from convnotes.notes.page import ROOT, Page
from tests.prose import unfounded

SESSION = """
```pycon
>>> 256 * 9, 1441792, 4.0  # 777
(2304, 1441792, 4.0)
>>> print("44.9% of 1.44 million, 120,846,286,848")
44.9% of 1.44 million, 120,846,286,848
>>> raise ValueError(8 * 111)
Traceback (most recent call last):
ValueError: 888
```
"""


def flagged(prose: str, exhibits: str = "", **more) -> list[str]:
    """The numbers that the rule names in `prose` beside SESSION."""
    return [line.split("'")[1] for line in unfounded(Page("page.md", prose + "\n" + SESSION), exhibits, **more)]


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("It saves ~1.5 million parameters.", ["1.5 million"]),
        ("99% of production CNNs", ["99%"]),
        ("99 % of them", ["99 %"]),
        ("A CNN at 50k images behaves like a ViT at 500k.", ["50k", "500k"]),
        ("| ~500 | the whole image |", ["500"]),
        ("a factor of ~350,000", ["350,000"]),
        ("616,000,000 vs. 1,728", ["616,000,000", "1,728"]),
        ("It runs 8× cheaper and is 3 times smaller.", ["8×", "3 times"]),
        ("It takes 9 times as long.", ["9 times"]),  # 9 is given, not printed
        ("AlexNet has 61M weights and 1.43 GMACs.", ["61M", "1.43"]),
        ("There are $150{,}528$ inputs, or $1\\,024$.", ["150,528", "1,024"]),
        ("It is $8.5 \\times 10^6$ or 1.5×10⁶.", ["8.5 ×", "1.5×"]),
        ("a comment is no output: 777", ["777"]),
        ("nor is an error: 888", ["888"]),
        ("`12345` weights", ["12345"]),
        ("## 333 pixels", ["333"]),
        ('!!! note "444 pixels"', ["444"]),
        ("- a list with 555", ["555"]),
        ("> a quotation of 666", ["666"]),
        ("1.44 here; 1,441 there", ["1.44", "1,441"]),
        ("VGG has 138 million ([Simonyan](references.md#simonyan2015)). ResNet has 25.6 million.", ["25.6 million"]),
        ("150,528×4,096 weights", ["150,528×", "4,096"]),
        ("[a link with 321](cost.md)", ["321"]),
        ("0.449 of them and 0.45", []),
        ("0.443 of them", ["0.443"]),
    ],
)
def test_the_rule_flags(prose, expected):
    assert flagged(prose) == expected


@pytest.mark.parametrize(
    "prose",
    [
        "1,441,792 or 1.44 million, 44.9 % fewer, 4× cheaper, 2,304, 120,846,286,848 and $1{,}441{,}792$.",
        "At 256 channels, $C = 256$, a 256-wide map.",
        "a 224×224 photo, (64, 112, 112), a 3×3 kernel, $7 \\times 7$, 320 × 224",
        "`Conv2d(3, 999, kernel_size=7)` and `x[123]`",
        "In 2015, in the 1990s of CIFAR-100, ResNet-152, VGG-16 and ImageNet-1k; 2012–2014; arXiv:1603.07285",
        "[Luo et al., section 4.11](references.md#luo2016) measured 78.2 % and 1,024.",
        "See section 10.25 and figures 111 to 113, issue 164, ES 667, release 9.8.1, 2026-11-22.",
        "# A heading { #ex-three-3x3-at-257 }",
        "[text](https://example.org/12345) and <https://example.org/67890> <span data-x=\"999\">",
        "Ten of 12 cells, layers 3, 5 and 11; one of 10.",
        "```text\n98765\n```",
        "<!-- 54321 -->",
        "a product: 49 · 256² = 2304",
    ],
)  # fmt: skip
def test_the_rule_lets_pass(prose):
    assert flagged(prose) == []


def test_the_rule_knows_what_exhibits_show_and_holds_captions_to_it():
    assert flagged("It is 3,211,264.", exhibits="weights 3,211,264") == []
    assert flagged("", captions=["Here 4,444 is drawn."]) == ["4,444"]


def test_a_sentence_may_link_the_page_that_prints_its_number():
    other = Page("cost.md", "```pycon\n>>> 2 * 617\n1234\n```\n")
    assert flagged("[There](cost.md#x) it is 1,234. And 1,234 here.", others=[other]) == ["1,234"]


def test_a_finding_names_page_line_and_sentence():
    (finding,) = unfounded(Page("page.md", "# Title\n\nSome words\nand 12,345 cells. More."))
    assert finding == "docs/page.md:3: '12,345' is not printed and has no source: Some words and 12,345 cells."


def test_a_fence_inside_an_admonition_is_a_session():
    page = Page("page.md", '!!! note "x"\n\n    text\n\n    ```pycon\n    >>> 1\n    1\n    ```\n')
    assert page.sessions.splitlines() == ["", "", "", "", "", ">>> 1", "1", ""]


def test_anchors_are_what_the_site_makes():
    page = Page("page.md", "# A `b` *c*, d\n## Two\n## Two\n### E { #ex-e }\n\n```exhibit\ncost.two_words\n```\n")
    assert page.anchors == {"a-b-c-d", "two", "two_1", "ex-e", "fig-two-words"}


def test_the_list_of_changes_is_whole():
    """Merging keeps both sides of an entry that two have edited: sentences are then cut, or there twice."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    entries = [" ".join(entry.split()) for entry in re.split(r"\n\n|\n(?=- )", text)]
    assert [cut for entry in entries for cut in re.findall(r".{30}(?<!al)\. [a-z].{30}", entry)] == []
    sentences = Counter(said for entry in entries for said in re.split(r"(?<=[.:;]) ", entry) if len(said) > 40)
    assert [said for said, times in sentences.items() if times > 1] == []
