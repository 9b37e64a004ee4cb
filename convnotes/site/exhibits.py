"""What an exhibit shows: computed once, and kept in the store."""

from importlib import import_module

from convnotes import store
from convnotes.notes.exhibit import Exhibit, find


def files(name: str) -> dict[str, str]:
    """The html of the exhibit called `name`, what is folded below it, and its downloads by extension.

    >>> files("receptive_field.five_3x3").keys()
    dict_keys(['html', 'folded', 'csv'])
    """
    exhibit = find(name)
    key = store.key(exhibit.path, " ".join([exhibit.function.name, *exhibit.words]))
    return store.remember(key, lambda: computed(exhibit))


def computed(exhibit: Exhibit) -> dict[str, str]:
    """The same, computed whatever the store has."""
    module = import_module(f"convnotes.exhibits.{exhibit.path.stem}")
    content = getattr(module, exhibit.function.name)(*exhibit.words)
    return {"html": content.html(exhibit.alternative), "folded": content.folded(), **content.downloads()}
