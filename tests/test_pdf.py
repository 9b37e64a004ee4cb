"""One PDF of all notes: whole, linked within itself, linked from every page where there is one, the same each time."""

import os
import re
import shutil
from collections import Counter
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from mkdocs.config import load_config

from convnotes.notes.navigation import navigation
from convnotes.notes.page import ROOT
from convnotes.site import pdf
from tests import small

FOLDED = (
    '<p>Q</p><details class="x"><summary>Answer</summary><p>42</p>'
    '<details class="cn-data"><summary>a</summary>b</details></details>'
)


printing = pytest.mark.skipif(
    not (os.environ.get("CHROMIUM") or any(map(shutil.which, pdf.NAMES))),
    reason="no Chromium on the PATH: install it (Debian: apt install chromium) or name it in $CHROMIUM",
)
LINK = '<p class="cn-foot"><a href="{}">All notes as one PDF</a></p>'


def plain(file: Path) -> bytes:
    """A PDF with nothing packed, to be searched."""
    out = BytesIO()
    with pikepdf.open(file) as whole:
        whole.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


@pytest.fixture(scope="module")
def page(built_site: Path) -> str:
    return pdf.book(built_site, load_config(str(ROOT / "mkdocs.yml")))


def test_every_link_within_leads_to_an_anchor(page: str) -> None:
    anchors = Counter(re.findall(r'<[a-z][^>]* id="([^"]*)"', page))
    assert [anchor for anchor, count in anchors.items() if count > 1] == []
    tags = re.findall(r"<[a-zA-Z][^>]*>", page)
    links = {link for tag in tags for link in re.findall(r'href="([^"]*)"', tag)}
    within = {link.removeprefix("#") for link in links if link.startswith("#")}
    assert within - set(anchors) == set() and len(within) > 100
    assert [link for link in links if not link.startswith(("#", "http", "mailto:", "assets/", "data:"))] == []
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= set(anchors)


def test_every_picture_is_there_and_none_waits_to_be_scrolled_to(page: str, built_site: Path) -> None:
    pictures = [one for one in re.findall(r' src="([^"]*)"', page) if not one.startswith("data:")]
    assert len(pictures) > 10 and [one for one in pictures if not (built_site / one).is_file()] == []
    assert 'loading="lazy"' not in page


def test_it_holds_every_chapter_in_the_order_of_the_navigation(page: str) -> None:
    names = re.findall(r'<section class="cn-chapter" id="([^"]*)">', page)
    chapters = [name for name in navigation() if name.endswith(".md") and not name.startswith(("api/", "labs/"))]
    assert names == ["start", *(re.sub(r"(/index)?\.md$", "", name).replace("/", "-") for name in chapters[1:])]
    assert not [name for name in names if name.startswith(("api", "labs"))]
    assert re.findall(r'<a href="#([^"]*)">', page.partition("</nav>")[0]) == names
    assert page.count("<h1") == len(names) + 1
    assert "<script" not in page and "<button" not in page


def test_answers_stand_at_the_end_of_their_chapter() -> None:
    assert pdf.unfolded(FOLDED) == (
        '<p>Q</p><p><a href="#folded-1">Answer (1)</a></p>'
        '<h2>Answers</h2><div id="folded-1"><p><strong>1. Answer</strong></p><p>42</p></div>'
    )
    assert pdf.unfolded('<details class="cn-data"><summary>The numbers</summary>1</details>') == ""


def test_without_chromium_there_is_one_plain_sentence(tmp_path: Path) -> None:
    small.write(tmp_path, {"index.md": "# Small\n"})
    done = small.run(tmp_path, "mkdocs", "build", CONVNOTES_PDF="notes.pdf", PATH=str(tmp_path), CHROMIUM="")
    assert done.returncode == 1 and not (tmp_path / "site").exists()
    said = "The PDF needs Chromium: install it (on Debian, apt install chromium) or name it in $CHROMIUM."
    assert done.stderr.splitlines()[-1] == said


@printing
def test_it_prints_with_links_an_outline_and_tags(
    built_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    site = shutil.copytree(built_site, tmp_path / "site")  # other processes read the shared one meanwhile
    pdf.write(site, tmp_path / "all.pdf", load_config(str(ROOT / "mkdocs.yml")))
    assert (tmp_path / "all.pdf").stat().st_size < 10e6
    made = plain(tmp_path / "all.pdf")
    assert b"/Outlines" in made and b"/StructTreeRoot" in made and b"/Lang (en)" in made
    assert made.count(b"/Subtype /Link") > 300 and b"(file:" not in made
    assert made.count(b"/S /TD") > 3000  # cells of tables that can be seen
    assert set(re.findall(rb"Date (\(D:\d{8})", made)) == {b"(D:19700102"}
    assert not (site / "all-notes.html").exists()


@printing
def test_a_build_that_is_told_to_holds_it_links_it_from_every_page_and_repeats_it(tmp_path: Path) -> None:
    home = "https://example.org/notes/0.1.0/"
    fed = '# Small\n\n<a href="feed.xml">Feed</a>\n'
    small.write(tmp_path, {"index.md": fed, "convolution.md": small.STEM})
    site = small.build(tmp_path, SITE_URL=home, CONVNOTES_PDF="notes.pdf")
    first = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    start, chapter = (first[site / name].decode() for name in ("index.html", "convolution/index.html"))
    assert start.count(LINK.format("notes.pdf")) == 2 and "</h1>" + LINK.format("notes.pdf") in start
    assert chapter.count(LINK.format("../notes.pdf")) == 1
    assert f'<meta name="citation_pdf_url" content="{home}notes.pdf">' in start and "citation_pdf_url" not in chapter
    made = plain(site / "notes.pdf")
    assert f"({home}convolution/#ex".encode() not in made, "a link that leads out of the PDF"
    assert f"({home}feed.xml)".encode() in made
    assert small.build(tmp_path, SITE_URL=home, CONVNOTES_PDF="notes.pdf") == site
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == first


def test_a_build_that_is_not_told_to_links_none(tmp_path: Path) -> None:
    small.write(tmp_path, {"index.md": "# Small\n"})
    start = (small.build(tmp_path, SITE_URL="https://example.org/") / "index.html").read_text(encoding="utf-8")
    assert "PDF" not in start and "citation_pdf_url" not in start
