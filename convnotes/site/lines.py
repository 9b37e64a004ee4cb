"""The lines of a page before its fences are taken out."""

import re

from markdown.preprocessors import Preprocessor

from convnotes.notes.page import fences
from convnotes.site.page import Page

MISWRITTEN = re.compile(r"{?\.?(exhibit.*)")


class Lines(Preprocessor):
    """Sessions outside fences; and headers of `exhibit` that superfences would silently show as text."""

    def run(self, lines: list[str]) -> list[str]:
        fenced = set[int]()
        for fence in fences("\n".join(lines)):
            fenced.update(fence.lines)
            if (header := MISWRITTEN.fullmatch(fence.info)) and header[1] != "exhibit":
                cause = f"the fence is called exhibit and takes no options, got {header[1]!r}"
                Page(self.md).failed(lines[fence.line - 2].strip(), cause)
        out: list[str] = []
        session = False
        for number, line in enumerate(lines, 1):
            if session and not line.strip():
                out.append("```")
                session = False
            elif line.startswith(">>> ") and number not in fenced and not session:
                out += ["", "```pycon"]
                session = True
            out.append("" if number in fenced and line == "<BLANKLINE>" else line)  # as a doctest writes an empty line
        return [*out, "```"] if session else out
