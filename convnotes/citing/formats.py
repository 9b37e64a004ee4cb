"""A citation as text: of the notes, or of a worked example in them, in each form that coursework asks for.

The day of access stands last of all days in every form, so that a page can put the reader's own day in its place.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from convnotes.citing.record import Example, Work
from convnotes.words.forms import check_form
from convnotes.words.latex import latex

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Reference:
    """What is cited, and the day on which it was read."""

    work: Work
    example: Example | None
    accessed: date

    @property
    def key(self) -> str:
        """Its name in a bibliography."""
        return f"convnotes-{self.example.anchor}" if self.example else "convnotes"

    @property
    def title(self) -> str:
        """Its own title."""
        return self.example.title if self.example else self.work.title

    @property
    def url(self) -> str:
        """Its permanent address, "" in a local copy."""
        place = self.example.place if self.example else ""
        return self.work.address + place if self.work.address else ""

    @property
    def year(self) -> str:
        """The year of release; before it, that there is none."""
        return self.work.released[:4] or "n.d."

    def day(self, form: str) -> str:
        """The day of access as a format writes it."""
        day = self.accessed
        if form == "apa":
            return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"
        return f"{day.year}, {day.month}, {day.day}" if form == "csl-json" else day.isoformat()


def citation(form: str, reference: Reference) -> str:
    """The text of a citation, ended by a newline.

    >>> from convnotes.citing.record import find, work
    >>> stem = Reference(work(), find("ex-imagenet-stem"), date(2026, 11, 22))
    >>> print(citation("plain", stem), end="")  # doctest: +ELLIPSIS
    convnotes contributors. “The ImageNet stem”, worked example ex-imagenet-stem in “Convolution”, convnotes, ...
    >>> citation("mla", stem)
    Traceback (most recent call last):
    ValueError: no form 'mla' of a citation: choose bibtex, biblatex, apa, plain or csl-json
    """
    check_form(form, FORMS, "of a citation")
    return FORMS[form](reference) + "\n"


def _bibtex(ref: Reference) -> str:
    where = rf"\url{{{ref.url}}}" if ref.url else _local(ref)
    fields = {
        "author": f"{{{latex(ref.work.author)}}}",
        "title": f"{{{latex(ref.title)}}}",
        "year": ref.year,
        "howpublished": _within(ref, f"version {ref.work.version}") or f"Version {ref.work.version}",
        "note": f"{where}, accessed {ref.day('bibtex')}",
    }
    return _entry("misc", ref.key, fields)


def _biblatex(ref: Reference) -> str:
    fields = {
        "author": f"{{{latex(ref.work.author)}}}",
        "title": f"{{{latex(ref.title)}}}",
        "titleaddon": _within(ref),
        "version": latex(ref.work.version),
        "date": ref.work.released,
        "url": ref.url,
        "urldate": ref.day("biblatex") if ref.url else "",
        "note": "" if ref.url else f"{_local(ref)}, accessed {ref.day('biblatex')}",
    }
    return _entry("online" if ref.url else "misc", ref.key, fields)


def _within(ref: Reference, *more: str) -> str:
    if not ref.example:
        return ""
    work, chapter = latex(ref.work.title), latex(f"chapter “{ref.example.chapter}”")
    return ", ".join([rf"Worked example in \emph{{{work}}}", chapter, *more])


def _local(ref: Reference) -> str:
    return f"Local copy, example {ref.example.anchor}" if ref.example else "Local copy"


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = [f"  {name:<12} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _apa(ref: Reference) -> str:
    work, example = ref.work, ref.example
    if example:
        what = f"{ref.title} [Worked example {example.anchor}]. In {work.title}"
        edition = f"(Version {work.version}, chapter “{example.chapter}”)"
    else:
        what, edition = work.title, f"(Version {work.version}) [Lecture notes and software]"
    day = ref.day("apa")
    where = f"Retrieved {day}, from {ref.url}" if ref.url else f"Local copy, read {day}."
    return f"{work.author}. ({ref.year}). {what} {edition}. {where}"


def _plain(ref: Reference) -> str:
    work, example = ref.work, ref.example
    within = f"“{ref.title}”, worked example {example.anchor} in “{example.chapter}”, " if example else ""
    released = f" ({work.released})" if work.released else ""
    where = f". {ref.url}" if ref.url else ", local copy"
    return f"{work.author}. {within}{work.title}, version {work.version}{released}{where}, accessed {ref.day('plain')}."


def _csl(ref: Reference) -> str:
    fields: dict[str, object] = {
        "id": ref.key,
        "type": "webpage" if ref.example else "software",
        "title": ref.title,
        "author": [{"literal": ref.work.author}],
        "container-title": ref.work.title if ref.example else "",
        "section": ref.example.chapter if ref.example else "",
        "genre": f"Worked example {ref.example.anchor}" if ref.example else "Lecture notes and software",
        "version": ref.work.version,
        "issued": {"date-parts": [[int(part) for part in ref.work.released.split("-")]]} if ref.work.released else "",
        "URL": ref.url,
        "note": "" if ref.url else "Local copy",
        "accessed": {"date-parts": [[ref.accessed.year, ref.accessed.month, ref.accessed.day]]},
    }
    lines = [f'  "{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in fields.items() if value]
    return "[{\n" + ",\n".join(lines) + "\n}]"


FORMS: dict[str, Callable[[Reference], str]] = {
    "bibtex": _bibtex,
    "biblatex": _biblatex,
    "apa": _apa,
    "plain": _plain,
    "csl-json": _csl,
}
NAMES = {"bibtex": "BibTeX", "biblatex": "BibLaTeX", "apa": "APA", "plain": "plain text", "csl-json": "CSL-JSON"}
