"""What machines read in the head of a page: reference managers, search engines, and sites that show a link to it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape

from convnotes.citing.record import examples, page_address, work
from convnotes.notes.course import chapters, title
from convnotes.site.page import build_day

LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}
CARD = "assets/card.png"  # what other sites show beside a link: 1200 by 630, one for all pages
DESCRIPTION = 200  # letters at most
# What a page is, for schema.org, by the beginning of its path; what is read from start to end is an article too.
KINDS = {
    "api/": "TechArticle",
    "labs/": "LearningResource",
    "glossary.md": "DefinedTermSet",
    "references.md": "Collection",
}
KINDS |= dict.fromkeys(("exercises.md", "examples.md", "questions.md", "index.md"), "LearningResource")
RESOURCES = {"labs/": "lab", "exercises.md": "exercise", "examples.md": "worked example", "questions.md": "question"}
READERS: dict[str, object] = {
    "educationalLevel": "undergraduate",
    "audience": {"@type": "EducationalAudience", "educationalRole": "student"},
    "accessMode": ["textual", "visual"],
    "accessModeSufficient": {"@type": "ItemList", "itemListElement": ["textual"]},
    "accessibilityFeature": [
        *("alternativeText", "MathML", "structuralNavigation", "tableOfContents", "ARIA"),
    ],
    "accessibilityHazard": "none",
}
FIRST = re.compile(r"<p>(.*?)</p>", re.S)


@dataclass(frozen=True)
class Sheet:
    """A page: the path of its source, what it is called and about, the address of all pages, or "" in a copy.

    `pdf` is the file of all notes, "" where there is none.
    """

    page: str
    title: str
    description: str
    address: str
    pdf: str = ""

    @property
    def url(self) -> str:
        """Its permanent address."""
        return self.address + page_address(self.page) if self.address else ""


def description(html: str) -> str:
    """What a page is about: the first sentences of its first paragraph of text.

    >>> description("<h1>A</h1><p>One &amp; <em>two</em>. Three.</p><p>Four.</p>")
    'One & two. Three.'
    >>> description("<h1>A</h1>")
    ''
    """
    for paragraph in FIRST.findall(html):
        text = " ".join(unescape(re.sub(r"<[^>]+>", "", paragraph)).split())
        if "<math" not in paragraph and len(text) > 1:
            cut = text[: DESCRIPTION + 1]
            end = max(cut.rfind(mark) for mark in (". ", "? ", "! "))
            return text if len(text) <= DESCRIPTION else cut[: end + 1] if end > 60 else f"{cut.rpartition(' ')[0]} …"
    return ""


def tags(sheet: Sheet) -> str:
    """The elements, one a line."""
    named = "\n".join(f'<meta {kind}="{name}" content="{escape(text)}">' for kind, name, text in _named(sheet) if text)
    data = json.dumps(_linked(sheet), ensure_ascii=False, separators=(",", ":")).replace("<", r"\u003c")
    return f'{named}\n<script type="application/ld+json">{data}</script>'


def _named(sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    about, whole = work(), sheet.page == "index.md"
    title = about.title if whole else sheet.title
    yield "name", "citation_title", title
    yield "name", "citation_author", about.author
    yield "name", "citation_inbook_title", "" if whole else about.title
    yield "name", "citation_publication_date", about.released.replace("-", "/")
    yield "name", "citation_language", "en"
    yield "name", "citation_public_url", sheet.url
    yield "name", "citation_pdf_url", sheet.address + sheet.pdf if whole and sheet.address and sheet.pdf else ""
    yield "property", "og:type", "website" if whole else "article"
    yield "property", "og:site_name", about.title
    yield "property", "og:title", title
    yield "property", "og:description", sheet.description
    yield "property", "og:url", sheet.url
    if sheet.address:
        yield "property", "og:image", sheet.address + CARD
        yield "property", "og:image:width", "1200"
        yield "property", "og:image:height", "630"
        yield "property", "og:image:alt", about.title
        yield "name", "twitter:card", "summary_large_image"


def _linked(sheet: Sheet) -> dict[str, object]:
    """The page as schema.org describes it."""
    about, whole = work(), sheet.page == "index.md"
    version = {"version": about.version, "license": LICENCES[about.licence], "inLanguage": "en-GB"}
    author = {"@type": "Organization", "name": about.author}
    common = {"@context": "https://schema.org", "author": author, **version, "isAccessibleForFree": True}
    notes = {"@type": "LearningResource", "name": about.title, "url": sheet.address}
    own = {**_kind(sheet.page), "name": sheet.title, "headline": sheet.title, "isPartOf": _stated({**notes, **version})}
    dated = {"datePublished": about.released, "dateModified": build_day().isoformat()}
    shown = {"url": sheet.url, "image": sheet.address + CARD if sheet.address else ""}
    parts = [_example(sheet, anchor) for anchor, one in examples().items() if one.page == sheet.page]
    told = {**(notes if whole else own), "description": sheet.description, **_taught(sheet), "hasPart": parts}
    return _stated({**common, **told, **dated, **shown})


def _kind(page: str) -> dict[str, object]:
    """What a page is, and what one does with it."""
    begun = [begin for begin in KINDS if page.startswith(begin)]
    if page in chapters():
        return {"@type": ["Article", "LearningResource"], "learningResourceType": "lecture notes"}
    found = next(iter(begun), "")
    return _stated({"@type": KINDS.get(found, "Article"), "learningResourceType": RESOURCES.get(found, "")})


def _taught(sheet: Sheet) -> dict[str, object]:
    """What the front matter of a chapter says of it, and for whom all of it is."""
    chapter = chapters().get(sheet.page)
    if not chapter:
        return READERS
    needs = [title(needed) for needed in chapter.needs]
    told = {"teaches": list(chapter.able), "timeRequired": f"PT{chapter.minutes}M", "competencyRequired": needs}
    return {**told, **READERS}


def _example(sheet: Sheet, anchor: str) -> dict[str, object]:
    known: dict[str, object] = {
        "@type": "LearningResource",
        "learningResourceType": "worked example",
        "identifier": anchor,
    }
    return _stated({**known, "name": examples()[anchor].title, "url": sheet.url and f"{sheet.url}#{anchor}"})


def _stated(about: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in about.items() if value}
