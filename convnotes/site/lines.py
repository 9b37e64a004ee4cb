"""The lines of a page before its fences are taken out."""

import re

from markdown.preprocessors import Preprocessor

from convnotes.site.page import Page

MISWRITTEN = re.compile(r"\s*(?:`{3,}|~{3,})\s*{?\.?(exhibit.*?)\s*")


class Lines(Preprocessor):
    """Sessions outside fences; and headers of `exhibit` that superfences would silently show as text."""

    def run(self, lines: list[str]) -> list[str]:
        for line in lines:
            if (header := MISWRITTEN.fullmatch(line)) and header[1] != "exhibit":
                Page(self.md).failed(
                    line.strip(), f"the fence is called exhibit and takes no options, got {header[1]!r}"
                )
        out: list[str] = []
        fenced = session = False
        for line in lines:
            fenced ^= line.lstrip().startswith(("```", "~~~"))
            if session and not line.strip():
                out.append("```")
                session = False
            elif line.startswith(">>> ") and not fenced and not session:
                out += ["", "```pycon"]
                session = True
            out.append("" if fenced and line == "<BLANKLINE>" else line)  # as a doctest writes an empty line of output
        return [*out, "```"] if session else out
