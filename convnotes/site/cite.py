"""Under the heading of every worked example: how to cite it, in every form, without scripts."""

from dataclasses import replace
from html import escape
from typing import Any
from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from convnotes.citing.formats import FORMS, NAMES, Reference, citation
from convnotes.citing.record import examples, work
from convnotes.site.page import Page, build_day

WHOLE = "cite-the-notes"  # the anchor of the heading under which the notes as a whole are cited
HEADINGS = ("h1", "h2", "h3", "h4")


class Citations(Treeprocessor):
    """The control under each heading whose anchor is that of an example, or that of the notes as a whole."""

    def run(self, root: Element) -> None:
        md: Any = self.md
        for parent in list(root.iter()):
            for place, element in reversed(list(enumerate(parent))):
                anchor = element.get("id", "")
                if element.tag in HEADINGS and (anchor.startswith("ex-") or anchor == WHOLE):
                    box = Element("div", {"class": "cn-cite"})
                    box.text = AtomicString(md.htmlStash.store(_control(anchor, Page(md))))
                    parent.insert(place + 1, box)


def _control(anchor: str, page: Page) -> str:
    if anchor != WHOLE and anchor not in examples():
        return page.failed(f"#{anchor}", f"{anchor} is in no record of examples; write it: python -m convnotes.notes")
    here = replace(work(), address=page.address)
    return control(Reference(here, examples().get(anchor), build_day()))


def control(reference: Reference) -> str:
    """The folded texts of a citation."""
    what = f"“{reference.title}”" if reference.example else "the notes"
    forms = "".join(_form(form, reference) for form in FORMS)
    summary = f'<summary>Cite<span class="cn-sr"> {escape(what)}</span></summary>'
    content = f"{summary}<p>{_said(reference)}</p>{forms}"
    return f'<details class="cn-data" data-opens="cite" data-search-exclude>{content}</details>'


def _said(reference: Reference) -> str:
    day = f"The day of access below is {reference.accessed}: write the day on which you read it."
    here = "This is a local copy, without a permanent address: it is cited by title, version and anchor."
    where = f"Version {reference.work.version}, at its permanent address." if reference.url else here
    return f'{where} <span class="cn-day">{day}</span>'


def _form(form: str, reference: Reference) -> str:
    """One text, its day marked for the script that knows the reader's; in APA the title of the work is slanted."""
    text, title = escape(citation(form, reference).rstrip("\n"), quote=False), escape(reference.work.title, quote=False)
    if form == "apa":
        text = text.replace(title, f"<em>{title}</em>")
    before, day, after = text.rpartition(reference.day(form))
    time = f'<time datetime="{reference.accessed}" data-form="{form}">{day}</time>'
    return f"<p>{NAMES[form]}</p><pre><code>{before}{time}{after}</code></pre>"
