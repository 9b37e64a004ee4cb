"""The forms in which a thing can be written, each by one name."""

from collections.abc import Collection
from typing import Literal

Form = Literal["text", "md", "csv", "latex", "html", "json"]
FORMS: tuple[Form, ...] = ("text", "md", "csv", "latex", "html", "json")


def check_form(form: str, known: Collection[str], what: str) -> None:
    """Raise ValueError if `form` is none of the `known` forms of `what`.

    >>> check_form("pdf", FORMS, "of a sheet")
    Traceback (most recent call last):
    ValueError: no form 'pdf' of a sheet: choose text, md, csv, latex, html or json
    """
    if form not in known:
        *others, last = known
        raise ValueError(f"no form {form!r} {what}: choose {', '.join(others)} or {last}")
