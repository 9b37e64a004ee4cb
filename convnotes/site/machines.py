"""What programs read of the notes as a whole: llms.txt, a list of the pages, and facts.json, every computed number."""

import ast
import csv
import json
import re
from collections.abc import Iterator
from doctest import DocTestParser
from html import unescape
from pathlib import Path

from convnotes.architectures import TIMELINE
from convnotes.citing.record import page_address, work
from convnotes.ledger import Ledger, ledger
from convnotes.notes.course import title
from convnotes.notes.exhibit import find
from convnotes.notes.navigation import navigation, parts
from convnotes.notes.page import DOCS, Page, page
from convnotes.site.exhibits import files
from convnotes.words.numbers import by

NOTE = re.compile(r'<p class="cn-note">(.*?)</p>', re.S)
FACTS, LIST = "facts.json", "llms.txt"  # the second as https://llmstxt.org has it
Fact = dict[str, object]


def write(site: Path, docs: Path = DOCS, address: str = "") -> None:
    """Write both under `site`; `address` is that of all pages, "" in a copy, whose links lead from where they are."""
    about = work()
    said = {"work": about.title, "version": about.version, "licence": about.licence, "address": address}
    lines = ",\n".join(json.dumps(fact, ensure_ascii=False) for fact in facts(docs))
    head = json.dumps(said, ensure_ascii=False)[:-1]
    (site / FACTS).write_text(f'{head}, "facts": [\n{lines}\n]}}\n', encoding="utf-8")
    (site / LIST).write_text("\n".join(listed(docs, address)) + "\n", encoding="utf-8")


def facts(docs: Path = DOCS) -> Iterator[Fact]:
    """What the package has counted or measured: of each published network, what every session of every chapter prints,
    and the numbers behind every figure and table.

    >>> one = next(fact for fact in facts() if fact["anchor"] == "architectures/vgg/#vgg16")
    >>> one["what"], one["value"], one["unit"], one["variant"][:24]
    ('parameters', 138357544, 'parameters', 'VGG-16. Configuration D,')
    """
    shown = navigation(docs)
    for network in TIMELINE:
        if network.place.partition("#")[0] in shown:
            yield from _counted(ledger(network))
    for name in shown:
        if name.endswith(".md"):
            yield from _printed(page(name, docs))
            yield from _shown(page(name, docs))


def _counted(about: Ledger) -> Iterator[Fact]:
    network = about.architecture
    name, _, anchor = network.place.partition("#")
    variant = f"{network.title}. {network.variant} Input {by(about.input)}"
    field = about.ungated or about.field
    numbers = [("parameters", about.parameters, "parameters"), ("cost of one input", about.macs, "MACs")]
    seen = "receptive field of the last map" + (", gates left out" if about.ungated else "")
    if field.size[0] is not None:
        numbers.append((seen, field.size[0], "input cells along an axis"))
    for what, value, unit in numbers:
        yield {
            "what": what,
            "value": value,
            "unit": unit,
            "variant": variant,
            "anchor": f"{page_address(name)}#{anchor}",
        }


def _printed(found: Page) -> Iterator[Fact]:
    """What the sessions of a page print; the unit is in the words around it."""
    for example in DocTestParser().get_examples(found.sessions):
        if example.want and not example.exc_msg:
            heading = [heading for heading in found.headings if heading.line <= example.lineno][-1]
            anchor = f"{page_address(found.name)}#{heading.anchor}"
            yield {"session": example.source.strip(), "value": _value(example.want.strip()), "anchor": anchor}


def _shown(found: Page) -> Iterator[Fact]:
    """The numbers of a page's figures and tables, raw; exercises have files of their own."""
    for exhibit in map(find, dict.fromkeys(found.exhibits)):
        made = files(exhibit.name)
        if "csv" not in made or "json" in made:
            continue
        columns, *rows = csv.reader(made["csv"].splitlines())
        if re.search(r"\d", str(rows)):
            values = [[_value(cell) for cell in row] for row in rows]
            said = NOTE.search(made["html"] + made["folded"])
            note = {"note": unescape(said[1])} if said else {}
            anchor = f"{page_address(found.name)}#{exhibit.anchor}"
            yield {"what": exhibit.caption, "columns": columns, "rows": values, **note, "anchor": anchor}


def _value(printed: str) -> object:
    """A number, or numbers, as such; anything else as it is printed.

    >>> _value("(112, 112)"), _value("118,013,952"), _value("Conv2d")
    ((112, 112), 118013952, 'Conv2d')
    """
    if re.fullmatch(r"\d{1,3}(,\d{3})+", printed):
        return int(printed.replace(",", ""))
    try:
        value = ast.literal_eval(printed)
    except (ValueError, SyntaxError):
        return printed
    return value if isinstance(value, (int, float, str, list, tuple)) else printed


def listed(docs: Path = DOCS, address: str = "") -> Iterator[str]:
    """The lines of llms.txt.

    >>> [line[:42] for line in listed() if "/vgg" in line]
    ['- [VGG](architectures/vgg/): Where are the']
    """
    about = work()
    yield from (f"# {about.title}", "", "> Every number on these pages is computed, measured or cited.", "")
    yield f"Version {about.version}. Text and figures: {about.licence}; code: MIT."
    yield f"All computed numbers with variant and place: [{FACTS}]({address}{FACTS})"
    of = parts(docs)
    for part in dict.fromkeys(of.values()):
        yield from ("", f"## {part or 'Start'}", "")
        for name in (name for name, its in of.items() if its == part):
            described = page(name, docs).front.get("description", "") if name.endswith(".md") else ""
            said = title(name, docs) if name.endswith(".md") else navigation(docs)[name]
            yield f"- [{said}]({address + page_address(name) or './'})" + (f": {described}" if described else "")
