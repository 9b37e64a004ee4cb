"""An exhibit by its name, `module.function` and words: where it is defined and what its docstring says.

It is read without importing its module; what it shows is computed by `convnotes.site.exhibits`.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from convnotes import store
from convnotes.notes.page import exhibit_anchor


@dataclass(frozen=True)
class Exhibit:
    """A function of `convnotes.exhibits` with the words given to it."""

    name: str
    path: Path
    function: store.Function
    words: tuple[str, ...]
    caption: str
    alternative: str

    @property
    def title(self) -> str:
        """The function's name in words, and its arguments."""
        return " ".join([self.function.name.replace("_", " "), *self.words])

    @property
    def file(self) -> str:
        """The name of its files, without the extension."""
        return self.name.replace(" ", ".")

    @property
    def anchor(self) -> str:
        """Its address on a page."""
        return exhibit_anchor(self.name)

    @property
    def interactive(self) -> bool:
        """Whether readers can change it."""
        return self.function.returns == "Widget"


@cache
def find(name: str) -> Exhibit:
    """The exhibit called `name`.

    >>> find("receptive_field.five_3x3").title
    'five 3x3'
    >>> find("architectures.ledger resnet50").title
    'ledger resnet50'
    >>> find("receptive_field")
    Traceback (most recent call last):
    ValueError: an exhibit is named module.function, got 'receptive_field'
    >>> find("nosuch.thing")
    Traceback (most recent call last):
    ValueError: there is no module convnotes/exhibits/nosuch.py
    >>> find("architectures.ledger")
    Traceback (most recent call last):
    ValueError: architectures.ledger takes network, got nothing
    """
    called, *words = name.split() or [""]
    module, _, function = called.partition(".")
    if not module.isidentifier() or not function.isidentifier():
        raise ValueError(f"an exhibit is named module.function, got {name!r}")
    path = store.module_path(f"convnotes.exhibits.{module}")
    if path is None:
        raise ValueError(f"there is no module convnotes/exhibits/{module}.py")
    try:
        defined = store.functions(path)
    except SyntaxError as error:
        raise ValueError(f"convnotes/exhibits/{path.name}, line {error.lineno}: {error.msg}") from error
    if function not in defined or function.startswith("_"):
        known = [known for known in defined if not known.startswith("_")]
        raise ValueError(f"{path.name} has no exhibit {function!r}; it has {', '.join(known) or 'none'}")
    takes = defined[function].takes
    if len(takes) != len(words):
        raise ValueError(f"{called} takes {', '.join(takes) or 'nothing'}, got {', '.join(words) or 'nothing'}")
    given = dict(zip(takes, words, strict=True))
    caption, alternative = (text.format(**given) if given else text for text in _paragraphs(defined[function]))
    return Exhibit(" ".join([called, *words]), path, defined[function], tuple(words), caption, alternative)


def _paragraphs(of: store.Function) -> tuple[str, str]:
    parts = re.split(r"\n\s*\n", of.docstring)
    if len(parts) < 2:
        raise ValueError(f"the docstring of {of.name} needs two paragraphs: the caption, then the alternative text")
    caption, alternative = (" ".join(part.split()) for part in parts[:2])
    return caption, alternative
