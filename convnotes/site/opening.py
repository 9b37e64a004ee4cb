"""What stands under the title of a chapter: what its reader will be able to do, what it builds on, its length."""

import posixpath
from collections.abc import Iterator

from markdown.preprocessors import Preprocessor

from convnotes.notes.course import Chapter, read, title
from convnotes.site.page import Page


class Opening(Preprocessor):
    """Writes it as Markdown, so that links in it are followed and checked like any other."""

    def run(self, lines: list[str]) -> list[str]:
        page = Page(self.md)
        heading = next((number for number, line in enumerate(lines, 1) if line.startswith("# ")), None)
        if page.docs is None or heading is None:
            return lines
        try:
            chapter = read(page.name, page.docs)
            block = [*_block(chapter, page)] if chapter else []
        except (KeyError, TypeError, ValueError, OSError) as error:
            block = [page.failed("# ", f"front matter: {error}")]
        return [*lines[:heading], *block, *lines[heading:]]


def _block(chapter: Chapter, page: Page) -> Iterator[str]:
    yield from ("", '<div class="cn-opening" markdown="1">', "", "You will be able to")
    for number, able in enumerate(chapter.able):
        yield f"{' ' if number else ':'}   - {able}"
    if chapter.needs:
        yield from ("", "Builds on", f":   {', '.join(_link(needed, page) for needed in chapter.needs)}")
    yield from ("", "Takes", f":   about {chapter.minutes} minutes")
    if "{ #check-yourself }" in chapter.page.text:
        yield "    with [a self-check](#check-yourself) at the end"
    yield from ("", "</div>", "")


def _link(name: str, page: Page) -> str:
    assert page.docs is not None
    here = posixpath.dirname(page.name) or "."
    return f"[{title(name, page.docs)}]({posixpath.relpath(name, here)})"
