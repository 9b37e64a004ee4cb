"""An exhibit by its name, `module.function`: where it is defined, what its docstring says, what it shows."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from inspect import cleandoc
from pathlib import Path

from convnotes import store


@dataclass(frozen=True)
class Exhibit:
    """A function of `convnotes.exhibits`, read without importing its module: that waits until it must be computed."""

    name: str
    path: Path
    node: ast.FunctionDef
    caption: str
    alternative: str

    @property
    def title(self) -> str:
        """The function's name in words."""
        return self.node.name.replace("_", " ")

    @cached_property
    def files(self) -> dict[str, str]:
        """Its html, what is folded below it, and its downloads by extension; computed unless the store has them."""
        return store.remember(store.key(self.path, self.node.name), self._compute)

    def _compute(self) -> dict[str, str]:
        module = import_module(f"convnotes.exhibits.{self.path.stem}")
        content = getattr(module, self.node.name)()
        return {"html": content.html(self.alternative), "folded": content.folded(), **content.downloads()}


def find(name: str) -> Exhibit:
    """The exhibit called `name`.

    >>> find("receptive_field.five_3x3").title
    'five 3x3'
    >>> find("receptive_field")
    Traceback (most recent call last):
    ValueError: an exhibit is named module.function, got 'receptive_field'
    >>> find("nosuch.thing")
    Traceback (most recent call last):
    ValueError: there is no module convnotes/exhibits/nosuch.py
    """
    module, _, function = name.partition(".")
    if not module.isidentifier() or not function.isidentifier():
        raise ValueError(f"an exhibit is named module.function, got {name!r}")
    path = store.module_path(f"convnotes.exhibits.{module}")
    if path is None:
        raise ValueError(f"there is no module convnotes/exhibits/{module}.py")
    defined = {node.name: node for node in store.parsed(path)[1].body if isinstance(node, ast.FunctionDef)}
    if function not in defined or function.startswith("_"):
        known = [known for known in defined if not known.startswith("_")]
        raise ValueError(f"{path.name} has no exhibit {function!r}; it has {', '.join(known) or 'none'}")
    return Exhibit(name, path, defined[function], *_paragraphs(defined[function]))


def _paragraphs(node: ast.FunctionDef) -> tuple[str, str]:
    parts = re.split(r"\n\s*\n", cleandoc(ast.get_docstring(node) or ""))
    if len(parts) < 2:
        raise ValueError(f"the docstring of {node.name} needs two paragraphs: the caption, then the alternative text")
    caption, alternative = (" ".join(part.split()) for part in parts[:2])
    return caption, alternative
