"""What can be cited: the notes as a whole and every worked example, as record.json lists them.

The record ships with the package, so that citing needs neither the site nor a network. `python -m convnotes.notes`
writes it from CITATION.cff and from the headings of the notes; a test holds it to them.
"""

import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("record.json")
READS = ("convnotes/citing/record.json",)


@dataclass(frozen=True)
class Work:
    """The notes as a whole: one version of them, with its permanent address, or "" where it has none."""

    title: str
    author: str
    version: str
    released: str  # the day, 2026-11-22, or "" before
    address: str
    licence: str


@dataclass(frozen=True)
class Example:
    """A worked example; `page` is the path of its Markdown, `chapter` the title of that page."""

    anchor: str
    title: str
    page: str
    chapter: str

    @property
    def place(self) -> str:
        """Where it stands below the address of the notes.

        >>> Example("ex-a", "An example", "architectures/index.md", "Architectures").place
        'architectures/#ex-a'
        """
        return f"{page_address(self.page)}#{self.anchor}"


def page_address(page: str) -> str:
    """Where a page stands below the address of the notes.

    >>> page_address("cost.md"), page_address("index.md"), page_address("labs/convolution-from-scratch.py")
    ('cost/', '', 'labs/convolution-from-scratch/')
    """
    folder, _, name = page.rpartition("/")
    parts = [part for part in (folder, name.rpartition(".")[0]) if part not in ("", "index")]
    return "".join(f"{part}/" for part in parts)


@cache
def work() -> Work:
    """This version of the notes.

    >>> work().author
    'convnotes contributors'
    """
    return Work(**json.loads(PATH.read_text(encoding="utf-8"))["work"])


@cache
def examples() -> dict[str, Example]:
    """Every worked example by its anchor, in the order of the notes.

    >>> examples()["ex-imagenet-stem"].place
    'convolution/#ex-imagenet-stem'
    """
    found = json.loads(PATH.read_text(encoding="utf-8"))["examples"]
    return {anchor: Example(anchor, **about) for anchor, about in found.items()}


def find(name: str) -> Example:
    """The worked example with an anchor; an address that ends in the anchor names it too.

    >>> find("https://example.org/0.1.0/convolution/#ex-imagenet-stem").title
    'The ImageNet stem'
    >>> find("ex-imagenet-stam")
    Traceback (most recent call last):
    LookupError: no worked example is called 'ex-imagenet-stam'; did you mean ex-imagenet-stem?
    >>> find("ex-vgg16")
    Traceback (most recent call last):
    LookupError: no worked example is called 'ex-vgg16'; did you mean ex-vgg16-parameters or ex-vgg16-memory?
    >>> find("dragons")
    Traceback (most recent call last):
    LookupError: no worked example is called 'dragons'; convnotes cite --list names them all
    """
    known, anchor = examples(), name.rpartition("#")[2]
    if anchor in known:
        return known[anchor]
    bare = anchor.lower().removeprefix("ex-")
    names = [other.removeprefix("ex-") for other in known]
    close = [other for other in names if len(bare) > 2 and bare in other] or get_close_matches(bare, names)
    hint = f"did you mean ex-{' or ex-'.join(close[:3])}?" if close else "convnotes cite --list names them all"
    raise LookupError(f"no worked example is called {anchor!r}; {hint}")
