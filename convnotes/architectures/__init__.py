"""Published networks, every layer written down, with the numbers that their papers print."""

from collections.abc import Iterator
from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules

from convnotes.architectures._architecture import Architecture, Descent, Printed, Result

__all__ = ["FAMILIES", "TIMELINE", "Architecture", "Descent", "Printed", "Result", "find"]

READS = ("convnotes/architectures/*.py",)  # imported below by their names, which the cache of figures cannot see


def _found() -> Iterator[Architecture]:
    """Every architecture that a module of this package defines."""
    for module in iter_modules(__path__):
        for value in vars(import_module(f"{__name__}.{module.name}")).values():
            every = value if isinstance(value, tuple) else (value,)
            yield from (about for about in every if isinstance(about, Architecture))


TIMELINE: tuple[Architecture, ...] = tuple(
    sorted({about.name: about for about in _found()}.values(), key=lambda about: about.year)
)
FAMILIES = {about.family.lower(): about.family for about in TIMELINE}  # by the page of each


def find(name: str) -> Architecture:
    """The architecture called `name`, as on the command line.

    >>> find("resnet50-v1.5").title
    'ResNet-50 v1.5'
    >>> find("resnet5O")
    Traceback (most recent call last):
    LookupError: no architecture 'resnet5O'; near: resnet50, resnet152, resnet34; every name: convnotes ledger --list
    """
    named = {architecture.name: architecture for architecture in TIMELINE}
    if name not in named:
        near = get_close_matches(name, named, cutoff=0.5)
        said = f"; near: {', '.join(near)}" if near else ""
        raise LookupError(f"no architecture {name!r}{said}; every name: convnotes ledger --list")
    return named[name]
