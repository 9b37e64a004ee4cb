"""Tables in Markdown that are too wide for a phone are marked; styles keep their first column in sight there."""

from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor

WIDE = 4  # columns


class Tables(Treeprocessor):
    """Sets `data-wide`. A style that counts the cells itself (`:has`) is costly: each change has it count again.

    >>> from markdown import markdown
    >>> wide, narrow = ("|a" * n + "|\\n" + "|-" * n + "|\\n" + "|1" * n + "|" for n in (4, 3))
    >>> [markdown(text, extensions=["tables", "convnotes.site"])[:24] for text in (wide, narrow)]
    ['<table data-wide="">\\n<th', '<table>\\n<thead>\\n<tr>\\n<th']
    """

    def run(self, root: Element) -> None:
        for table in root.iter("table"):
            columns = max((len(row) for row in table.iter("tr")), default=0)
            if columns >= WIDE and not table.get("class"):
                table.set("data-wide", "")
