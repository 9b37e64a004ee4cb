"""The kinds of exhibit: a Table, a Summary of a longer one, a Figure with its data, or a Widget that readers change.

Every kind gives its `html`, what is `folded` below the caption, and its `downloads`: all that the site asks of it, so
a new kind is one class.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from convnotes.drawing.svg import Drawing
from convnotes.words.numbers import minus
from convnotes.words.table import table

NOTES = "notes:"  # before a place in the notes, where a page says how to get there
FOLDED_AT_MOST = 200  # rows: a longer table is a file to download, not a page to scroll
NUMBERS_AT_MOST, FIRST = 100, 20  # rows: the numbers of a figure that are folded whole, and what is of longer ones


@dataclass(frozen=True)
class Link:
    """A cell whose `text` leads to a place in the notes: the path of its Markdown, with an anchor."""

    text: str
    place: str

    def __str__(self) -> str:
        return self.text


Cell = str | int | float | Link | None
Rows = list[list[Cell]]


def source(key: str) -> Link:
    """A cell that names a source and leads to it."""
    return Link(key, f"references.md#{key}")


LONG = 40  # letters in a cell from which a column of text is given room
WITH_HYPHEN = re.compile(r"\b[A-Za-z]\w{0,11}-[\w.]{1,6}(?![\w-])")  # a name such as ResNet-50: no line ends inside it
AFTER_DOT = re.compile(r"(?<=\w\.)(?=[a-z])")  # in a name such as features.conv1.norm, where a line may end
ROOM = (4, 6, 7, 8)  # columns from which cells are closer, on paper or a phone or everywhere
SHORT = 12  # letters: a cell with no more stays on one line, unless a table says otherwise


@dataclass(frozen=True)
class Table:
    """Columns with a header. Numbers are printed with separators, and stay raw in the CSV.

    `formats` gives a column's format specification, `units` its unit; both by header. The first column names
    its row unless `row_headers` is false. `note` is below the table, `None` is a value that does not exist. A
    reader can sort the rows by any column if the table is `sortable`, and choose rows by a word or by their value in
    the column `filtered`. Cells of up to `short` letters stay on one line.

    >>> table = Table(["design", "weights"], [["one 7×7", 3211264], ["three 3×3", 1769472]])
    >>> print(table.csv(), end="")
    design,weights
    one 7×7,3211264
    three 3×3,1769472
    >>> "3,211,264" in table.html("")
    True
    >>> Table(["C", "share"], [[64, 0.449]], formats={"share": ".1%"}).printed(1, 0.449)
    '44.9%'
    >>> Table(["a", "b"], [[1]])
    Traceback (most recent call last):
        ...
    ValueError: row 1 has 1 cells, the header 2: [1]
    """

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    units: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    row_headers: bool = True
    note: str = ""
    sortable: bool = False
    filtered: str = ""
    short: int = SHORT

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.header):
                raise ValueError(f"row {number} has {len(row)} cells, the header {len(self.header)}: {list(row)}")
        for argument, given in (("units", self.units), ("formats", self.formats)):
            for name in given.keys() - set(self.header):
                raise ValueError(f"{argument} names the column {name!r}; the header is {list(self.header)}")
        if self.filtered and self.filtered not in self.header:
            raise ValueError(f"filtered names the column {self.filtered!r}; the header is {list(self.header)}")

    def printed(self, column: int, value: Cell) -> str:
        """The text of `value` as `column` shows it."""
        if value is None:
            return "–"
        usual = ",.4g" if isinstance(value, float) else "," if isinstance(value, int) else ""
        text = format(value, self.formats.get(self.header[column], usual))
        return minus(text) if text.startswith("-") else text

    def csv(self) -> str:
        """The raw values, units in the header, lines ended by a newline."""
        named = [f"{name} [{self.units[name]}]" if name in self.units else name for name in self.header]
        return table(named, self.rows, "csv")

    def downloads(self) -> dict[str, str]:
        """The files that the site offers, by extension."""
        return {"csv": self.csv()}

    def folded(self) -> str:
        """What is folded below the caption: nothing."""
        return ""

    def html(self, alternative: str) -> str:
        """A table in a box that scrolls sideways by itself, named by `alternative`; a column of numbers sits right."""
        head = "".join(self._head(column) for column in range(len(self.header)))
        rows = ("".join(self._cell(column, value) for column, value in enumerate(row)) for row in self.rows)
        table = f"<thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody>"
        label = f'role="group" aria-label="{escape(alternative)}"'
        note = f'<p class="cn-note">{escape(self.note)}</p>' if self.note else ""
        kind = "cn-table" + " cn-sortable" * self.sortable + " cn-filtered" * bool(self.filtered)
        kind += "".join(f" cn-from-{columns}" for columns in ROOM if len(self.header) >= columns)
        chosen = f' data-by="{self.header.index(self.filtered)}"' if self.filtered else ""
        return f'<div class="cn-scroll" {label}><table class="{kind}"{chosen}>{table}</table></div>{note}'

    def _head(self, column: int) -> str:
        name = self.header[column]
        unit = f' <span class="cn-unit">{escape(self.units[name])}</span>' if name in self.units else ""
        return f'<th scope="col"{self._side(column)}>{escape(name)}{unit}</th>'

    def _cell(self, column: int, value: Cell) -> str:
        tag, scope = ("th", ' scope="row"') if self.row_headers and column == 0 else ("td", "")
        text = self.printed(column, value)
        whole = text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= self.short else text
        shown = AFTER_DOT.sub("<wbr>", WITH_HYPHEN.sub(r'<span class="cn-whole">\g<0></span>', escape(whole)))
        if isinstance(value, Link):
            shown = f'<a href="{NOTES}{value.place}">{shown}</a>'
        return f"<{tag}{scope}{self._side(column)}>{shown}</{tag}>"

    def _side(self, column: int) -> str:
        values = [row[column] for row in self.rows]
        if all(isinstance(value, int | float | None) for value in values):
            return ' class="cn-num"'
        longest = max(len(str(value)) for value in values)
        return ' class="cn-longer"' if longest > 3 * LONG else ' class="cn-long"' if longest > LONG else ""


@dataclass(frozen=True)
class Summary:
    """A table that sums up a longer one, which is folded below it if it is not too long, and is what one downloads."""

    table: Table
    whole: Table
    called: str

    def downloads(self) -> dict[str, str]:
        """The files that the site offers, by extension."""
        return self.whole.downloads()

    def html(self, alternative: str) -> str:
        """The short table."""
        return self.table.html(alternative)

    def folded(self) -> str:
        """The whole table, unless it is too long."""
        if len(self.whole.rows) > FOLDED_AT_MOST:
            return ""
        return f'<details class="cn-data"><summary>{self.called}</summary>{self.whole.html(self.called)}</details>'


def numbers(data: Table) -> str:
    """The data behind a picture, folded; of a long table the first rows, and how many more are in its file.

    >>> long = Table(["n"], [[n] for n in range(101)])
    >>> numbers(long)[-68:-14]
    'The file under ‘Data’ has these rows and the other 81.'
    """
    more = len(data.rows) - FIRST
    if len(data.rows) > NUMBERS_AT_MOST:
        note = f"{data.note} The file under ‘Data’ has these rows and the other {more}."
        data = replace(data, rows=data.rows[:FIRST], note=note.strip())
    table = data.html("The numbers of this figure")
    return f'<details class="cn-data" data-search-exclude><summary>The numbers</summary>{table}</details>'


@dataclass(frozen=True)
class Figure:
    """A picture and the data that it shows; `said` ends the alternative text where that depends on an argument."""

    svg: Drawing
    data: Table
    said: str = ""

    def downloads(self) -> dict[str, str]:
        """The files that the site offers, by extension."""
        return {"csv": self.data.csv(), "svg": self.svg.standalone()}

    def html(self, alternative: str) -> str:
        """The picture in its sheet, described by `alternative`."""
        picture = self.svg.inline(f"{alternative} {self.said}".strip())
        return f'<div class="cn-bench" data-search-exclude>{picture}</div>'

    def folded(self) -> str:
        """The data as a table, for who cannot see the picture or wants its numbers."""
        return numbers(self.data)


@dataclass(frozen=True)
class Card:
    """A way into a page: where it leads, a sentence, a word below it, and a picture that says no more than they do."""

    link: Link
    sentence: str
    below: str
    picture: Drawing


@dataclass(frozen=True)
class Cards:
    """Ways into pages, side by side; the same as a table is a file to download, and is folded below."""

    cards: Sequence[Card]
    table: Table

    def downloads(self) -> dict[str, str]:
        """The files that the site offers, by extension."""
        return {"csv": self.table.csv()}

    def html(self, alternative: str) -> str:
        """The cards, described together by `alternative`."""
        cards = "".join(
            f'<li>{card.picture.ornament()}<a href="{NOTES}{card.link.place}">{escape(card.link.text)}</a>'
            f"<p>{escape(card.sentence)}</p><small>{escape(card.below)}</small></li>"
            for card in self.cards
        )
        return f'<ul class="cn-cards" aria-label="{escape(alternative)}">{cards}</ul>'

    def folded(self) -> str:
        """The table."""
        return (
            f'<details class="cn-data"><summary>As a table</summary>{self.table.html("The same as a table")}</details>'
        )


@dataclass(frozen=True)
class Widget:
    """An interactive: the element `cn-NAME` of docs/assets/cn/NAME.js, wrapped round the figure shown without it.

    `key` is its name in the address, `?key=state`, and `state` the one it starts with, which `still` must show; `data`
    is what its script reads, and `made` scripts that it asks for later, by name. `pictures` are files in base64, by
    their name NUMBER.FORMAT; the script finds their addresses in the element's `.cn-files`, in this order. How to write
    one is at the top of docs/assets/cn/element.js.
    """

    name: str
    key: str
    label: str
    state: str
    still: Figure
    data: Mapping[str, object] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    pictures: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    lazy: bool = field(default=True, kw_only=True)  # its scripts come when the reader is near, not with the page

    def downloads(self) -> dict[str, str]:
        """The files that the site offers, by extension: those of the figure; and the scripts that the page needs."""
        script = {} if self.lazy else {"script": self.name}
        return {**self.still.downloads(), **self.pictures, **script, **self.made}

    def folded(self) -> str:
        """What is folded below the caption: nothing, since the numbers are in the element."""
        return ""

    def html(self, alternative: str) -> str:
        """The element, holding its data and the figure and the table that print and readers without scripts see."""
        still = self.still.html(alternative) + self.still.data.html("The numbers of this figure")
        given = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        named = {"id": self.name, "data-widget": self.name, "key": self.key, "state": self.state, "label": self.label}
        attributes = " ".join(f'{name}="{escape(value)}"' for name, value in {**named, "data-given": given}.items())
        listed = "".join(f'<img src="files:{name}" alt="" loading="lazy">' for name in self.pictures)
        files = f'<span class="cn-files" hidden>{listed}</span>' if listed else ""
        late = " data-lazy" * self.lazy
        return f'<cn-{self.name} {attributes}{late}><div class="cn-still">{still}</div>{files}</cn-{self.name}>'
