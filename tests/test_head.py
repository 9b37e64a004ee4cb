"""What machines read in the head of every page, pictures for links, and pages that moved."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from convnotes.citing import record
from convnotes.notes.course import chapters, title
from convnotes.notes.navigation import navigation
from convnotes.notes.page import DOCS
from convnotes.site import redirects
from convnotes.site.head import Sheet, description, tags
from tests import small

ADDRESS = "https://example.org/notes/0.1.0/"
NAV = list(navigation())
META = re.compile(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">')
LINKED = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)


def said(html: str) -> tuple[dict[str, str], dict[str, object]]:
    """The meta elements and the linked data of a page."""
    return {name: unescape(text) for name, text in META.findall(html)}, json.loads(LINKED.findall(html)[0])


@pytest.mark.parametrize("page", NAV)
def test_every_page_says_what_it_is(built_site: Path, page: str) -> None:
    meta, linked = said((built_site / record.page_address(page) / "index.html").read_text("utf-8"))
    about = record.work()
    assert 20 < len(meta["description"]) <= 201 and meta["og:description"] == meta["description"]
    assert meta["citation_title"] == meta["og:title"] and meta["citation_author"] == about.author
    assert linked["author"] == {"@type": "Organization", "name": about.author}
    assert linked["version"] == about.version and linked["license"].endswith("/by/4.0/")  # type: ignore[attr-defined]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(linked["dateModified"]))
    if page != "index.md":
        assert meta["citation_inbook_title"] == linked["isPartOf"]["name"] == about.title  # type: ignore[index]
    found = [part["identifier"] for part in linked.get("hasPart", [])]  # type: ignore[attr-defined]
    assert found == [one.anchor for one in record.examples().values() if one.page == page]


TYPES = {"Article", "LearningResource", "TechArticle", "DefinedTermSet", "Collection"}


@pytest.mark.parametrize("page", NAV)
def test_linked_data_say_what_the_front_matter_knows(built_site: Path, page: str) -> None:
    linked: Any = said((built_site / record.page_address(page) / "index.html").read_text("utf-8"))[1]
    kinds = linked["@type"] if isinstance(linked["@type"], list) else [linked["@type"]]
    assert {*kinds} <= TYPES and linked["accessibilityFeature"] and linked["educationalLevel"] == "undergraduate"
    if chapter := chapters().get(page):
        assert linked["teaches"] == list(chapter.able) and linked["timeRequired"] == f"PT{chapter.minutes}M"
        assert linked.get("competencyRequired", []) == [title(needed) for needed in chapter.needs]
    if page in ("exercises.md", "glossary.md", "examples.md"):
        assert "Article" not in kinds and "teaches" not in linked


def test_every_page_has_a_description_of_its_own(built_site: Path) -> None:
    pages = [(built_site / record.page_address(page) / "index.html").read_text("utf-8") for page in NAV]
    descriptions = [said(page)[0]["description"] for page in pages]
    assert len(set(descriptions)) == len(descriptions)


def test_a_copy_without_an_address_claims_none(built_site: Path) -> None:
    html = (built_site / "convolution/index.html").read_text("utf-8")
    meta, linked = said(html)
    assert not {"citation_public_url", "og:url", "og:image"} & set(meta) and "url" not in linked
    assert 'rel="canonical"' not in html
    assert "This is a local copy" in html and "versions.json" not in html


def test_with_an_address_everything_is_permanent(tmp_path: Path) -> None:
    pages = {"index.md": "# Small\n", "convolution.md": small.STEM, "architectures/vgg.md": "# A & B\n"}
    small.write(tmp_path, pages, {"old/conv.md": "convolution.md"})
    first = {path: path.read_bytes() for path in small.build(tmp_path, SITE_URL=ADDRESS).rglob("*") if path.is_file()}
    assert {p: p.read_bytes() for p in small.build(tmp_path, SITE_URL=ADDRESS).rglob("*") if p.is_file()} == first
    html = (tmp_path / "site/convolution/index.html").read_text("utf-8")
    meta, linked = said(html)
    url = f"{ADDRESS}convolution/"
    assert meta["citation_public_url"] == meta["og:url"] == linked["url"] == url
    assert f'<link rel="canonical" href="{url}">' in html
    assert f"{url}#ex-imagenet-stem" in [part["url"] for part in linked["hasPart"]]  # type: ignore[attr-defined]
    assert f"\\url{{{url}#ex-imagenet-stem}}" in re.sub("<[^>]+>", "", html) and "local copy" not in html
    deep = said((tmp_path / "site/architectures/vgg/index.html").read_text("utf-8"))[0]
    assert deep["citation_title"] == "A & B"
    for card in (meta["og:image"], deep["og:image"]):
        picture = (tmp_path / "site" / card.removeprefix(ADDRESS)).read_bytes()
        assert picture.startswith(b"\x89PNG") and picture[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)
    stub = (tmp_path / "site/old/conv/index.html").read_text("utf-8")
    assert 'content="0; url=../../convolution/"' in stub and f'<link rel="canonical" href="{url}">' in stub


def test_a_served_copy_has_no_address(tmp_path: Path) -> None:
    small.write(tmp_path, {"index.md": "# Small\n", "convolution.md": small.STEM})
    html = (small.build(tmp_path, SITE_URL="http://127.0.0.1:8000/") / "convolution/index.html").read_text("utf-8")
    assert "This is a local copy" in html and "citation_public_url" not in html


def test_a_redirect_must_lead_from_no_page_to_one(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new/index.html").touch()
    with pytest.raises(ValueError, match=r"old\.md leads to gone\.md, and there is no such page"):
        redirects.write(tmp_path, {"old.md": "gone.md"})
    with pytest.raises(ValueError, match=r"there is a page new\.md: remove one of them"):
        redirects.write(tmp_path, {"new.md": "new.md"})
    assert redirects.write(tmp_path, {"a/old.md": "new.md"}) == [tmp_path / "a/old/index.html"]


def test_a_section_that_moved_leads_on(tmp_path: Path) -> None:
    """With a script at once, without one by a link that has the old anchor."""
    for name, text in (
        ("old", '<article><h2 id="here">H</h2></article>'),
        ("new", '<h2 id="ex-a">One &amp; <i>two</i></h2>'),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(f"<html>{text}</html>", "utf-8")
    moved = {"old.md#ex-a": "new.md#ex-a"}
    assert redirects.write(tmp_path, moved) == [tmp_path / "old/index.html"]
    text = (tmp_path / "old/index.html").read_text("utf-8")
    assert '<li id="ex-a"><a href="../new/#ex-a">One &amp; two</a></li>' in text and text.endswith("</article></html>")
    assert '{"ex-a": "../new/#ex-a"}' in text
    for old, new, said in (
        ("old.md#ex-b", "new.md#ex-b", "and there is no such place"),
        ("old.md#ex-b", "new.md", "and there is no such place"),
        ("old.md#here", "new.md#ex-a", "it is still on its page"),
        ("gone.md#ex-b", "new.md#ex-a", "there is no page gone.md"),
    ):
        with pytest.raises(ValueError, match=said):
            redirects.write(tmp_path, {old: new})


def test_a_section_of_a_page_that_moved_too(tmp_path: Path) -> None:
    for name in ("new", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text('<main><span id="ex-a"></span></main>', "utf-8")
    redirects.write(tmp_path, {"old.md": "new.md", "old.md#ex-a": "other.md#ex-a"})
    text = (tmp_path / "old/index.html").read_text("utf-8")
    assert (
        'else location.replace("../new/" +' in text
        and '{"ex-a": "../other/#ex-a"}' in text
        and '<li id="ex-a">' in text
    )


def test_an_example_that_is_in_no_record_fails_the_build(tmp_path: Path) -> None:
    small.write(tmp_path, {"index.md": "# Small\n\n## Worked example: new { #ex-new }\n"})
    done = small.run(tmp_path, "mkdocs", "build", "--quiet")
    assert "docs/index.md:3: ex-new is in no record of examples; write it: python -m convnotes.notes" in done.stderr
    assert done.returncode == 1


def test_text_cannot_leave_its_place() -> None:
    html = tags(Sheet("cost.md", 'A "title" </script><b>', "1 < 2", ""))
    meta, linked = said(html)
    assert (meta["citation_title"], meta["og:description"]) == ('A "title" </script><b>', "1 < 2")
    assert linked["name"] == 'A "title" </script><b>' and html.count("</script>") == 1


def test_descriptions_end_where_a_sentence_does() -> None:
    long = "One sentence of some length stands here. " * 9
    assert description(f"<p>{long}</p>") == ("One sentence of some length stands here. " * 4).strip()
    assert description("<p>$<math>x</math>$</p><p>Words.</p>") == "Words."
    assert len(description(f"<p>{'word ' * 90}</p>")) <= 201


def test_every_page_of_the_menu_is_there() -> None:
    assert [page for page in NAV if not (DOCS / page).is_file()] == []
