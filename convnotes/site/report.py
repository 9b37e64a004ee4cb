"""Where a reader reports an error: among the issues of the repository, by mail, or nowhere."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from convnotes.citing.record import work


def report(place: str, extra: Mapping[str, Any]) -> str:
    """The address for what is wrong at `place`, a page or its anchor: place and version are filled in. "" for none.

    >>> report("cost/#fig-price", {"repository": "https://example.org/notes"})[:75]
    'https://example.org/notes/issues/new?title=Error%20at%20cost%2F%23fig-price'
    >>> report("cost/", {"mail": "notes@example.org"})[:56]
    'mailto:notes@example.org?subject=Error%20at%20cost%2F&bo'
    >>> report("cost/", {})
    ''
    """
    title = f"Error at {place or 'the start page'}"
    body = f"Place: {place or 'the start page'}\nVersion: {work().version}\n\nWhat is wrong, and how do you know?\n"
    if extra.get("repository"):
        return f"{extra['repository']}/issues/new?title={_quoted(title)}&body={_quoted(body)}"
    if extra.get("mail"):
        return f"mailto:{extra['mail']}?subject={_quoted(title)}&body={_quoted(body)}"
    return ""


def said(extra: Mapping[str, Any]) -> str:
    """One line on where readers are told to report, for who builds the notes."""
    if extra.get("repository"):
        return f"Readers report errors at {extra['repository']}/issues."
    if extra.get("mail"):
        return f"Readers report errors to {extra['mail']}."
    return "Readers are offered no way to report an error: set extra.repository or extra.mail in mkdocs.yml."


def _quoted(text: str) -> str:
    return quote(text, safe="")
