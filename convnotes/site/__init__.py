"""Markdown in, exhibits out: the one part that knows that the notes are a website.

One Python-Markdown extension. A fence `exhibit` holding `module.function`, with words as its arguments, becomes that
exhibit with its caption and downloads; a formula becomes MathML; a session `>>>` outside a fence, as docstrings have
it, becomes a code block; a chapter opens with what its front matter says that one learns from it; under the heading of
a worked example stands how to cite it. What fails is shown in a red box in its place and noted in `page.failures`, so
that a build can list them all and stop.
"""

from typing import Any

from markdown import Markdown
from markdown.extensions import Extension

from convnotes.site.cite import Citations
from convnotes.site.columns import Columns
from convnotes.site.figures import fence
from convnotes.site.formulas import Formulas
from convnotes.site.lines import Lines
from convnotes.site.mistakes import Mistakes
from convnotes.site.opening import Opening
from convnotes.site.sessions import Marks, Sessions
from convnotes.site.tables import Tables


class Notes(Extension):
    """The extension `convnotes.site`: it brings the fences and the formula syntax that it rests on."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register everything with `md`."""
        exhibit = {"name": "exhibit", "class": "", "format": fence}
        md.registerExtensions(
            ["def_list", "md_in_html", "pymdownx.superfences", "pymdownx.arithmatex"],
            {"pymdownx.superfences": {"custom_fences": [exhibit]}, "pymdownx.arithmatex": {"generic": True}},
        )
        md.preprocessors.register(Mistakes(md), "convnotes-mistakes", 41)
        md.preprocessors.register(Opening(md), "convnotes-opening", 40)
        md.preprocessors.register(Lines(md), "convnotes-lines", 29)  # before the fences are taken out
        md.preprocessors.register(sessions := Sessions(md), "convnotes-sessions", 29.5)  # fences of the page alone
        md.postprocessors.register(Marks(md, sessions), "convnotes-live", 5)  # after the fences are put back
        md.postprocessors.register(Columns(md), "convnotes-columns", 4)
        md.treeprocessors.register(Citations(md), "convnotes-citations", 7)  # when headings have their anchors
        md.treeprocessors.register(Formulas(md), "convnotes-formulas", 6)  # before toc copies the headings
        md.treeprocessors.register(Tables(md), "convnotes-tables", 5)


def makeExtension(**_: Any) -> Notes:
    """The entry point of Python-Markdown."""
    return Notes()  # type: ignore[no-untyped-call]
