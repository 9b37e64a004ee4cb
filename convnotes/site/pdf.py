"""All chapters of a built site as one PDF, printed by Chromium as the last of a build whose settings name the file.

The chapters are put into one page, in the order of the navigation, with their anchors made distinct and the links among
them kept, so that links, outline and reading order are those of one document. What the site folds away, answers above
all, stands at the end of its chapter. Labs and API pages are left out: a lab is to be run, the API to be looked up.
"""

import os
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from io import BytesIO
from itertools import groupby
from pathlib import Path
from posixpath import join, normpath
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

from convnotes.drawing.svg import LIGHT

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "chromium-headless-shell")
LEFT_OUT = ("labs/", "api/")
ARTICLE = re.compile(r'<article class="[^"]*">(.*?)</article>', re.S)
FOLD = re.compile(
    r"<details([^>]*)>\s*<summary[^>]*>((?:(?!</summary>).)*)</summary>((?:(?!<details\b).)*?)</details>", re.S
)
DROPPED = re.compile(
    r'<(script|button|template)\b.*?</\1>|<link\b[^>]*>|<a class="headerlink".*?</a>|<p class="cn-foot">.*?</p>'
    r'|<nav class="cn-moved".*?</nav>',
    re.S,
)
TAG = re.compile(r"<[a-zA-Z][^>]*>")
NAMED = re.compile(r'\b(id|for|headers|aria-labelledby|aria-describedby)="([^"]+)"')
LINK = re.compile(r'\b((?:xlink:)?href)="([^"]*)"')
PHOTOGRAPH = re.compile(r'src="([^":]+\.webp)"|data:image/webp;base64,([^"]+)"')
PICTURE = re.compile(r'\bsrc="(?![a-z]+:)([^"]*)"')
LOOK = """
@page { size: A4; }
@page :first { @bottom-right { content: ""; } }
.cn-cover { height: 250mm; display: flex; flex-direction: column; }
.md-typeset .cn-cover h1 { margin-top: 70mm; font-size: 3.4rem; }
.cn-cover .cn-fine { margin-top: auto; font-family: var(--cn-sans); font-size: 0.7rem; }
.cn-contents, .cn-chapter { break-before: page; }
.md-typeset .cn-contents :is(ol, li) { list-style: none; margin: 0; padding: 0; }
.md-typeset .cn-contents > ol > li { margin-top: 0.6em; font-weight: 650; }
.md-typeset .cn-contents li li { margin: 0.1em 0 0 1.2em; font-weight: 400; }
.cn-contents a { text-decoration: none; }
"""


@dataclass(frozen=True)
class Chapter:
    """A page of the navigation: its part, its title, its address on the site, its content."""

    part: str
    title: str
    url: str
    content: str

    @property
    def name(self) -> str:
        """Its anchor, which its own anchors start with."""
        return self.url.strip("/").replace("/", "-") or "start"


def write(site: Path, target: Path, config: Mapping[str, Any]) -> None:
    """Print the site that `config` describes into `target`."""
    page = site / "all-notes.html"  # beside the style sheets that it names
    page.write_text(printable(book(site, config), site), encoding="utf-8")
    try:
        with TemporaryDirectory() as profile:
            printed(browser(), page, target, profile)
    finally:
        page.unlink()
    dated(target)
    packed(target)


def browser() -> str:
    """Chromium, or a plain sentence and no PDF."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(which, NAMES)), None)
    if not found:
        sys.exit("The PDF needs Chromium: install it (on Debian, apt install chromium) or name it in $CHROMIUM.")
    return found


def listed(entries: list[Any], part: str = "") -> Iterator[tuple[str, str, str]]:
    """Part, title and source of each page of the navigation."""
    for entry in entries:
        for title, content in entry.items() if isinstance(entry, dict) else [("", entry)]:
            if isinstance(content, list):
                yield from listed(content, title)
            elif not content.startswith((*LEFT_OUT, "http")):
                yield part, title, content


def chapter(site: Path, part: str, title: str, source: str) -> Chapter:
    url = re.sub(r"(^|/)index$", r"\1", source.rpartition(".")[0])
    url += "/" if url and not url.endswith("/") else ""
    article = ARTICLE.search((site / url / "index.html").read_text(encoding="utf-8"))
    assert article, f"{source} has no article"
    return Chapter(part, title, url, DROPPED.sub("", article[1]))


def unfolded(text: str) -> str:
    """A chapter with what it folds away at its end, but for the numbers of its figures, which the site has."""
    answers: list[str] = []

    def move(fold: re.Match[str]) -> str:
        attributes, summary, body = fold.groups()
        if "cn-data" in attributes:
            return ""
        number = len(answers) + 1
        answers.append(f'<div id="folded-{number}"><p><strong>{number}. {summary}</strong></p>{body}</div>')
        return f'<p><a href="#folded-{number}">{summary} ({number})</a></p>'

    while (changed := FOLD.sub(move, text)) != text:
        text = changed
    return text + (f"<h2>Answers</h2>{''.join(answers)}" if answers else "")


def joined(one: Chapter, urls: dict[str, Chapter], address: str) -> str:
    """The content of a chapter with the anchors and links that it has among the others."""

    def led(link: re.Match[str]) -> str:
        kind, target = link.groups()
        if re.match(r"[a-z]+:", target):
            return link[0]
        path, _, anchor = target.partition("#")
        path = path.partition("?")[0]
        url = f"{normpath(join(one.url, path))}/".removeprefix("./") if path else one.url
        if url in urls:
            return f'{kind}="#{urls[url].name}{"--" * bool(anchor)}{anchor}"'
        return f'{kind}="{address}{url.removesuffix("/") if "." in url else url}"' if address else ""

    def tag(found: re.Match[str]) -> str:
        text = NAMED.sub(lambda m: f'{m[1]}="{" ".join(f"{one.name}--{name}" for name in m[2].split())}"', found[0])
        text = PICTURE.sub(lambda m: f'src="{normpath(join(one.url, m[1]))}"', text).replace(' loading="lazy"', "")
        return LINK.sub(led, text).replace("url(#", f"url(#{one.name}--")

    return TAG.sub(tag, unfolded(one.content))


def book(site: Path, config: Mapping[str, Any]) -> str:
    """The page that holds all chapters."""
    found = [chapter(site, *entry) for entry in listed(config["nav"])]
    urls = {one.url: one for one in found}
    sheets = [*sorted(site.glob("assets/stylesheets/main.*.css")), *(site / path for path in config["extra_css"])]
    links = "".join(f'<link rel="stylesheet" href="{sheet.relative_to(site)}">' for sheet in sheets)
    body = "".join(
        f'<section class="cn-chapter" id="{one.name}">{joined(one, urls, config["site_url"] or "")}</section>'
        for one in found
    )
    return (
        f'<!doctype html><html lang="en" class="cn-book"><head><meta charset="utf-8">'
        f"<title>{config['site_name']}</title>{links}<style>{LOOK}</style></head>"
        f'<body dir="ltr" data-md-color-scheme="default"><div class="md-typeset">'
        f"{cover(config)}{contents(found)}{body}</div></body></html>"
    )


def printable(html: str, site: Path) -> str:
    """The same with photographs as JPEG, which a PDF takes as it is; of WebP it would hold every pixel."""

    def photograph(found: re.Match[str]) -> str:
        file, said = found.groups()
        made = b64encode(jpeg((site / file).read_bytes() if file else b64decode(said))).decode()
        return ('src="' if file else "") + f'data:image/jpeg;base64,{made}"'

    return PHOTOGRAPH.sub(photograph, html)


def jpeg(file: bytes) -> bytes:
    """A picture as JPEG, on the sheet that it lies on."""
    from PIL import Image

    with Image.open(BytesIO(file)) as read:
        picture = read.convert("RGBA")
    flat, made = Image.new("RGBA", picture.size, LIGHT["bench"]), BytesIO()
    Image.alpha_composite(flat, picture).convert("RGB").save(made, "JPEG", quality=80)
    return made.getvalue()


def cover(config: Mapping[str, Any]) -> str:
    from convnotes.citing.record import work
    from convnotes.site.page import build_day

    day = work().released or f"built on {build_day()}"
    where = f" Their home is {escape(config['site_url'])}." if config["site_url"] else ""
    return (
        f'<section class="cn-cover"><h1>{config["site_name"]}</h1><p>{escape(config["site_description"])}</p>'
        f"<p>Version {work().version}, {day}</p>"
        f'<p class="cn-fine">All chapters of the notes, without the labs and the API pages.{where} '
        f"Figures that can be moved on the site are shown in their first state. "
        f"{escape(config['copyright'])}</p></section>"
    )


def contents(found: list[Chapter]) -> str:
    rows = ""
    for part, chapters in groupby(found, lambda one: one.part):
        inner = "".join(f'<li><a href="#{one.name}">{one.title}</a></li>' for one in chapters)
        rows += f"<li>{part}<ol>{inner}</ol></li>" if part else inner
    return f'<nav class="cn-contents"><h2>Contents</h2><ol>{rows}</ol></nav>'


def printed(chromium: str, page: Path, target: Path, profile: str) -> None:
    options = ["--headless", "--disable-gpu", "--no-pdf-header-footer", "--generate-pdf-document-outline"]
    options += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # as root it needs that
    options += [f"--user-data-dir={profile}", f"--print-to-pdf={target}", page.resolve().as_uri()]
    target.unlink(missing_ok=True)
    done = subprocess.run([chromium, *options], capture_output=True, text=True, timeout=300)
    if done.returncode or not target.is_file():
        sys.exit(f"Chromium printed no PDF:\n{done.stderr.strip()}")


def dated(target: Path) -> None:
    """Give it the date of its sources, so that the same notes make the same bytes."""
    from convnotes.site.page import build_day

    stamp = build_day().strftime("(D:%Y%m%d000000").encode()
    target.write_bytes(re.sub(rb"(?<=Date )\(D:\d{14}", stamp, target.read_bytes()))


def packed(target: Path) -> None:
    """Pack what Chromium leaves as plain text, above all the tags for screen readers: more than half of the file."""
    import pikepdf

    with pikepdf.open(target, allow_overwriting_input=True) as whole:
        whole.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
