"""Formulas become MathML when the site is built."""

import re
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from convnotes.site.mathml import mathml
from convnotes.site.page import Page

PUNCTUATION = re.compile(r"[).,;:?!]+")


class Formulas(Treeprocessor):
    """Every formula that arithmatex has found, wherever it stands; a full stop after it stays on its line."""

    def run(self, root: Element) -> None:
        md: Any = self.md
        page = Page(md)
        for element in root.iter():
            if element.get("class") == "arithmatex":
                tex = unescape(element.text or "").strip()[2:-2].strip()  # without \( \) or \[ \]
                try:
                    shown = mathml(tex, display=element.tag == "div")
                except ValueError as error:
                    shown = page.failed(tex, str(error))
                if element.tag == "span" and (after := PUNCTUATION.match(element.tail or "")):
                    pieces, math, last = shown.rpartition("<math")
                    shown = f'{pieces}<span class="cn-whole">{math}{last}{after[0]}</span>'
                    element.tail = str(element.tail)[after.end() :]
                element.text = AtomicString(md.htmlStash.store(shown))
