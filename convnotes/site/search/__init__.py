"""The search: the theme's field, with an index and a worker of our own behind it.

The theme's plugin reads the sections of every page. Here its index is made smaller and parted in two: chapters first,
with their sentences, since these are shown with what is found; all other pages are fetched later. Of code, tables and
other pages only the words are kept. The worker ranks sections with MiniSearch (https://github.com/lucaong/minisearch,
7.2.0, MIT) and takes the place of the theme's, so that nothing else of the theme has to change.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

from rjsmin import jsmin

from convnotes.citing.record import page_address
from convnotes.notes.course import chapters
from convnotes.notes.navigation import parts
from convnotes.notes.page import DOCS
from convnotes.site.search.words import SECTIONS, WORDS

Entry = Mapping[str, Any]
HERE = Path(__file__).parent
WORKER = "assets/javascripts/workers/search.*.min.js"
FIRST, REST = "search/search_index.json", "search/rest.json"
BLOCK = re.compile(r"</?(?:p|li|ol|ul|pre)\b[^>]*>")
# Figures that are looked for only where they stand in a sentence: short or decimal, of a format, of a tuple.
FIGURE = re.compile(r"[\d.,]{1,4}|\d+\.\d+|\d+\.?\d*e\d*|\d?[defg]|(?:\d{1,2},)+\d{1,2}")
WHOLE, TEASER = 600, 160  # letters kept of a section that teaches, and of any other
CODE, TAG, WRITTEN = re.compile(r"<pre>.*?</pre>", re.S), re.compile(r"<[^>]+>"), re.compile(r"\w[\w.,×-]*\w|\w")
WEIGHTS = {"Learn": 1.3, "Networks": 1.15, "Practise": 0.4, "Reference": 0.3}  # by the part of the menu
OWN = {"questions.md": 1.1, "glossary.md": 0.75, "notation.md": 0.7}
OWN |= {"index.md": 0.5, "examples.md": 0.2, "changes.md": 0.2}
LESS = {"check-yourself": 0.6, "what-to-remember": 0.8}  # sections of a chapter, against those that teach
STOP = re.compile(r'STOP = new Set\("(.*?)"')
SKIPPED = {*STOP.findall((HERE / "worker.js").read_text(encoding="utf-8"))[0].split()}  # by the worker
NOISE = set(re.findall(r"\w+", "answer convnote def else false import int len none print return str traceback true"))
LEFT_OUT = ("practise", "elsewhere")


def write(site: Path, docs: Path = DOCS) -> None:
    """Put index and worker in place of the theme's under `site`, if it has a search."""
    index = site / FIRST
    if not index.is_file():
        return
    said = json.loads(index.read_text(encoding="utf-8"))
    first = soon(docs)
    entries = [*compact(said["docs"], weights(docs), first)]
    now = [entry for entry in entries if _page(entry) in first]
    later = [entry for entry in entries if _page(entry) not in first]
    _write(index, {"config": {**said["config"], "words": WORDS, "rest": bool(later)}, "docs": now})
    _write(site / REST, {"docs": later})
    for worker in site.glob(WORKER):
        library = (HERE / "minisearch.min.js").read_text(encoding="utf-8")
        worker.write_text(library + jsmin((HERE / "worker.js").read_text(encoding="utf-8")), encoding="utf-8")


def both(site: Path) -> str:
    """The whole index, for a copy that is read from a folder, where nothing can be fetched later."""
    first, rest = (json.loads((site / name).read_text(encoding="utf-8")) for name in (FIRST, REST))
    return _text({"config": {**first["config"], "rest": False}, "docs": first["docs"] + rest["docs"]})


def weights(docs: Path = DOCS) -> dict[str, float]:
    """How much a page counts, by its address: chapters before all else.

    >>> weights()["convolution/"] > weights()["glossary/"] > weights()["api/conv/"]
    True
    """
    return {page_address(name): OWN.get(name, WEIGHTS.get(part, 1)) for name, part in parts(docs).items()}


def soon(docs: Path = DOCS) -> set[str]:
    """The addresses of the pages that are read first, and whose sentences are shown."""
    return {page_address(name) for name in [*chapters(docs), "questions.md", "glossary.md", "notation.md"]}


def compact(
    entries: Iterable[Mapping[str, Any]], weight: Mapping[str, float], first: set[str]
) -> Iterator[dict[str, Any]]:
    """The entries of the theme's index without markup; `more` are the words of a section that its text does not have.

    >>> one = {"location": "a/#b", "title": "<code>f</code>", "text": "<p>Two words.</p><pre>three(12345)</pre>"}
    >>> [*compact([one], {"a/": 0.5}, {"a/"})]
    [{'location': 'a/#b', 'title': 'f', 'text': 'Two words.', 'more': '12345 three', 'weight': 0.5}]
    """
    for entry in entries:
        page, _, anchor = entry["location"].partition("#")
        if anchor in LEFT_OUT:
            continue
        text = _plain(CODE.sub(" ", entry["text"]))
        longest = WHOLE if page in first and anchor not in LESS else TEASER
        text = text if len(text) <= longest else text[:longest].rpartition(" ")[0]
        also = SECTIONS.get(entry["location"], anchor if anchor.startswith("convnotes.") else "")
        title, every = _plain(entry["title"]), _plain(entry["text"])
        more = _others(WRITTEN.findall(every), {*_terms(f"{text} {title} {also}")})
        said = {name: value for name, value in {"text": text, "more": " ".join(more), "also": also}.items() if value}
        factor = round(weight.get(page, 1) * LESS.get(anchor, 1), 2)
        counted = {} if factor == 1 else {"weight": factor}
        yield {"location": entry["location"], "title": title, **said, **counted}


def _others(words: Iterable[str], known: set[str]) -> Iterator[str]:
    """The words that say something not yet `known`, in lower case and once; of a name with dots its parts.

    >>> [*_others(["Kernels", "kernel", "nn.Conv2d", "73,728", "0.25", "1,3", "those"], {"nn"})]
    ['73,728', 'conv2d', 'kernel']
    """
    written = {word.lower() for word in words if not FIGURE.fullmatch(word)}
    for word in sorted({part for name in written for part in ([name] if name[0].isdigit() else name.split("."))}):
        terms = {*_terms(word)} - SKIPPED - NOISE
        if len(word) > 1 and not terms <= known:
            known |= terms
            yield word


def _terms(text: str) -> Iterator[str]:
    """What the worker looks words up by, or near it: in lower case, without the "s" at their end, and their parts."""
    for word in WRITTEN.findall(text.lower()):
        number = re.fullmatch(r"[\d.,_]+", word)
        parts = [re.sub("[,_]", "", word)] if number else [word, *re.split(r"[-._,]", word)]
        yield from (re.sub(r"(?<=..[^su])s$", "", part) for part in parts if part)


def _page(entry: Entry) -> str:
    return str(entry["location"]).partition("#")[0]


def _plain(html: str) -> str:
    return " ".join(unescape(TAG.sub("", BLOCK.sub(" ", html))).split())


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _write(path: Path, value: object) -> None:
    path.write_text(_text(value), encoding="utf-8")
