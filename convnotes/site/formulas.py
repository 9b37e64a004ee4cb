"""Formulas become MathML when the site is built."""

from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from convnotes.site.mathml import mathml
from convnotes.site.page import Page


class Formulas(Treeprocessor):
    """Every formula that arithmatex has found, wherever it stands."""

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
                element.text = AtomicString(md.htmlStash.store(shown))
