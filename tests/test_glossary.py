"""The glossary: every entry is short and leads to a page that uses its word."""

import posixpath
import re

import pytest

from convnotes.notes.page import DOCS, Page

GLOSSARY = Page("glossary.md", (DOCS / "glossary.md").read_text(encoding="utf-8"))
LINES = GLOSSARY.text.splitlines()
TERMS = {
    LINES[heading.line - 1].partition("### ")[2].partition(" {")[0]: "\n".join(LINES[heading.line : heading.end])
    for heading in GLOSSARY.headings
    if heading.level == 3
}
each = pytest.mark.parametrize("term", TERMS)


def words(term: str) -> list[list[str]]:
    """Ways to write a term, each as its words without endings."""
    parts = [part.split() for part in re.split(r"[,()]\s*|\s+and\s+", term.lower()) if part.strip()]
    return [[re.sub(r"(ment|ance|ion|ed|ing|s|y)$", "", word) for word in part] for part in parts]


@each
def test_the_chapter_that_teaches_a_term_uses_it(term: str) -> None:
    taught = re.findall(r"→\s+\[[^\]]+\]\(([^)#]+\.md)(?:#[^)]*)?\)\s*$", TERMS[term].strip())
    assert len(taught) == 1, f"{term} must end with an arrow and one link to its chapter"
    assert taught[0] != "glossary.md"
    text = (DOCS / posixpath.normpath(taught[0])).read_text(encoding="utf-8").lower()
    assert any(all(word in text for word in part) for part in words(term)), f"{taught[0]} does not speak of {term}"


@each
def test_a_term_is_told_in_few_words(term: str) -> None:
    assert len(TERMS[term].split()) <= 60


def test_what_a_term_is_confused_with_has_an_entry() -> None:
    anchors = {heading.anchor for heading in GLOSSARY.headings}
    named = {target.removeprefix("#") for _, target in GLOSSARY.links if target.startswith("#")}
    assert named <= anchors


def test_terms_are_no_double() -> None:
    assert len({term.lower() for term in TERMS}) == len(TERMS) >= 50
