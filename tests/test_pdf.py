"""One PDF of all notes: whole, linked within itself, the same each time."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.chapters import ROOT

sys.path.append(str(ROOT / "scripts"))
import pdf

FOLDED = (
    '<p>Q</p><details class="x"><summary>Answer</summary><p>42</p>'
    '<details class="cn-data"><summary>a</summary>b</details></details>'
)


@pytest.fixture(scope="module")
def page(built_site: Path) -> str:
    config = pdf.load_config(str(ROOT / "mkdocs.yml"))
    return pdf.book(built_site, [pdf.chapter(built_site, *entry) for entry in pdf.listed(config.nav)], config)


def test_every_link_within_leads_to_an_anchor(page: str) -> None:
    anchors = Counter(re.findall(r'<[a-z][^>]* id="([^"]*)"', page))
    assert [anchor for anchor, count in anchors.items() if count > 1] == []
    tags = re.findall(r"<[a-zA-Z][^>]*>", page)
    links = {link for tag in tags for link in re.findall(r'href="([^"]*)"', tag)}
    within = {link.removeprefix("#") for link in links if link.startswith("#")}
    assert within - set(anchors) == set() and len(within) > 100
    assert [link for link in links if not link.startswith(("#", "http", "mailto:", "assets/", "data:"))] == []
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= set(anchors)


def test_it_holds_every_chapter_in_the_order_of_the_navigation(page: str) -> None:
    names = re.findall(r'<section class="cn-chapter" id="([^"]*)">', page)
    assert names[:4] == ["start", "convolution", "cost", "pooling"] and "architectures-resnet" in names
    assert not [name for name in names if name.startswith(("api", "labs"))]
    assert page.count("<h1") == len(names) + 1
    assert "<script" not in page and "<button" not in page


def test_answers_stand_at_the_end_of_their_chapter() -> None:
    assert pdf.unfolded(FOLDED) == (
        '<p>Q</p><p><a href="#folded-1">Answer (1)</a></p>'
        '<h2>Answers</h2><div id="folded-1"><p><strong>1. Answer</strong></p><p>42</p></div>'
    )
    assert pdf.unfolded('<details class="cn-data"><summary>The numbers</summary>1</details>') == ""


def test_without_chromium_there_is_one_plain_sentence(tmp_path: Path) -> None:
    empty = {"PATH": str(tmp_path), "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, str(ROOT / "scripts/pdf.py"), str(tmp_path), str(tmp_path / "all.pdf")]
    done = subprocess.run(command, env=empty, capture_output=True, text=True)
    assert done.returncode == 1
    assert (
        done.stderr == "--pdf needs Chromium: install it (on Debian, apt install chromium) or name it in $CHROMIUM.\n"
    )


def test_it_prints_with_links_an_outline_and_tags(built_site: Path, tmp_path: Path) -> None:
    if not (os.environ.get("CHROMIUM") or any(map(shutil.which, pdf.NAMES))):
        pytest.skip("no Chromium on the PATH: install it (Debian: apt install chromium) or name it in $CHROMIUM")
    command = [sys.executable, str(ROOT / "scripts/pdf.py"), str(built_site), str(tmp_path / "all.pdf")]
    added = {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "86400", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=os.environ | added, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = (tmp_path / "all.pdf").read_bytes()
    assert made.startswith(b"%PDF") and len(made) < 20e6
    assert b"/Outlines" in made and b"/StructTreeRoot" in made and b"/Lang (en)" in made
    assert made.count(b"/Subtype /Link") > 300 and b"(file:" not in made
    assert set(re.findall(rb"Date (\(D:\d{8})", made)) == {b"(D:19700102"}
    assert not (built_site / "all-notes.html").exists()
