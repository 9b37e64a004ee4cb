"""An author's mistakes fail the build, with page and line."""

from markdown.preprocessors import Preprocessor

from convnotes.notes import mistakes
from convnotes.notes.page import page
from convnotes.site.page import Page


class Mistakes(Preprocessor):
    """Looks at the file of the page in hand, whose lines the generator has not numbered anew."""

    def run(self, lines: list[str]) -> list[str]:
        here = Page(self.md)
        if here.docs is None or here.path is None or here.path.suffix != ".md" or not here.path.is_file():
            return lines
        found = mistakes.mistakes(page(here.name, here.docs), here.docs)
        return [*(here.failed_at(line, cause) for line, cause in found), *lines]
