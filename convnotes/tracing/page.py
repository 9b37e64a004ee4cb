"""A report to look at: one file of HTML that needs no network, or the graph alone as SVG."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from mimetypes import guess_type
from pathlib import Path
from typing import NamedTuple, Protocol

from convnotes.drawing.svg import DARK, LIGHT, Drawing, n
from convnotes.tracing.rails import Rail, folded, lines, rails
from convnotes.tracing.row import Row
from convnotes.tracing.spans import extent
from convnotes.tracing.text import axes, sentence, size_cell, start_cell
from convnotes.words.numbers import by, minus

OPEN = 40  # rows up to which all modules are unfolded at first
LANE, WIDEST = 12, 96  # pixels from one rail to the next, and of all rails
PICTURES = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/avif")
THIN = ' vector-effect="non-scaling-stroke"'  # lines as thick however the drawing is stretched
LONGEST = 60  # rows of a graph on paper: deeper modules are drawn as one


class Report(Protocol):
    """What a page needs of a report."""

    @property
    def model(self) -> str: ...
    @property
    def input(self) -> tuple[int, ...]: ...
    @property
    def parameters(self) -> int: ...
    @property
    def macs(self) -> int: ...
    @property
    def rows(self) -> tuple[Row, ...]: ...
    @property
    def output(self) -> Row: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    def box(self, name: str, *unit: int) -> tuple[range, ...]: ...


class Memory(Protocol):
    """What a page needs of a memory."""

    @property
    def saved(self) -> int: ...
    @property
    def batch(self) -> int: ...
    def __getitem__(self, name: str) -> int: ...


class Line(NamedTuple):
    """A row with its rail. row: None for the input."""

    name: str
    row: Row | None
    rail: Rail


def page(
    report: Report, *, image: Path | None = None, memory: Memory | None = None, size: int | None = None,
    failure: str = "", cures: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """The report as one file of HTML. image: a photograph to draw fields on. size: that of the objects to be seen.

    memory: what training keeps, shown at each layer. failure: the sentence about what ended the forward. cures: what
    aligns the branches that meet at a layer, by its name. Raises ValueError for a file that is no picture.
    """
    rows = report.rows
    paths = rails([("input", ()), *((r.name, r.reads) for r in rows)])
    listed = [Line(name, row, rail) for (name, row), rail in zip([("input", None), *((r.name, r) for r in rows)], paths, strict=True)]  # noqa: E501  # fmt: skip
    tree = "".join(_items(listed, 0, report, memory, len(rows) <= OPEN))
    if failure:
        tree += f'<li class="fails"><span class="text"><b>✕ Here the model fails.</b> {escape(failure)}.</span></li>'
    last = "Last map before the fault" if failure else "Output"
    told = "".join(f"<li>{text}</li>" for text in problems(report, size, failure, cures or {}))
    title = f"{report.model} at {by(report.input)}"
    totals = [f"{report.parameters:,} parameters", f"{report.macs:,} MACs"]
    if memory is not None:
        totals.append(f"{_bytes(memory.saved)} kept by training, batch of {memory.batch}")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_style()}</style></head>\n<body><header><h1>{escape(title)}</h1>"
        f"<p>{'; '.join(totals)}. {last} {escape(report.output.name)}: {escape(sentence(report.output))}</p>"
        + (
            f'<section aria-labelledby="see"><h2 id="see">Look at this</h2><ul class="told">{told}</ul></section>'
            if told
            else ""
        )
        + f"</header>\n<main>{_picture(report, image)}"
        f'<section aria-labelledby="layers"><h2 id="layers">Layers, in the order in which they run</h2>\n'
        f'<ol style="--rails:{_width(paths)}px">{tree}</ol></section></main>\n'
        f"<footer>{''.join(f'<p>{escape(note)}</p>' for note in report.notes)}<p>MACs: multiplications of "
        "convolutions and matrix products; bias excluded, taps on padding included. A field is the part of the input "
        f"that a unit reads; drawn is that of the unit in the middle.</p></footer>\n<script>{_beside('page.js')}</script></body></html>\n"  # noqa: E501
    )


def problems(report: Report, size: int | None, failure: str, cures: Mapping[str, str]) -> Iterator[str]:
    """What a reader should look at, as HTML: what failed, branches that are not aligned, objects too large."""
    if failure:
        yield f"<strong>The model fails.</strong> {escape(failure)}. It is drawn up to there."
    for row in first_apart(report.rows):
        apart = axes([minus(f"{s:g}") for s in row.shift])
        cure = f": {escape(cures[row.name])}" if row.name in cures else ""
        yield (
            f"<strong>Branches apart.</strong> Of the branches that meet at {_link(row.name)}, the centres lie {apart} "
            f"input pixel{'s' * (apart != '1')} apart{cure}."
        )
    if size is not None and not failure:
        yield _covering(report, size)


def first_apart(rows: Sequence[Row]) -> Iterator[Row]:
    """Rows at which branches that are not aligned meet, without those that only read such a row."""
    off: set[str] = set()
    for row in rows:
        if not row.aligned:
            if not off & set(row.reads):
                yield row
            off.add(row.name)


def _covering(report: Report, size: int) -> str:
    wide = [r for r in report.rows if r.whole or (r.size and min(r.size) >= size)]
    out = report.output
    known = "all" if out.whole else size_cell(out)
    if not wide:
        return (
            f"<strong>Too small.</strong> The field of {_link(out.name)} is {known}, an object {size}, and no layer "
            "covers it: a stride, a dilation or more layers before it make fields larger."
        )
    return f"An object of {size} pixels is first covered by {_link(wide[0].name)}, whose field is {size_cell(wide[0])}."


def _link(name: str) -> str:
    return f'<a href="#{escape(_anchor(name))}">{escape(name)}</a>'


def _anchor(name: str) -> str:
    return "layer-" + "".join(c if c.isalnum() or c in ".-_" else "-" for c in name)


def _path(line: Line) -> list[str]:
    return line.name.split(".")


def _items(listed: Sequence[Line], depth: int, report: Report, memory: Memory | None, unfolded: bool) -> Iterator[str]:
    """List items: one row each, or a module that can be folded."""
    for _, group in groupby(listed, lambda line: (_path(line)[: depth + 1], len(_path(line)) == depth + 1)):
        inner = list(group)
        if len(inner) == 1 or len(_path(inner[0])) == depth + 1:
            for line in inner:
                yield _item(line, depth, report, memory)
            continue
        name = ".".join(_path(inner[0])[: depth + 1])
        closed, first = folded(inner[0].rail, inner[-1].rail), inner[0].rail
        rows = [line.row for line in inner if line.row]
        facts = [_shape(rows[-1]), *_counts(sum(r.parameters for r in rows), sum(r.macs for r in rows))]
        if memory is not None and (kept := _saved(memory, name)):
            facts.append(f"{_bytes(kept)} kept")
        opened = Rail(first.node, first.before, first.before, ())
        yield (
            f"<li><details{' open' if unfolded else ''}><summary>{_rail(closed, 'closed', square=True)}"
            f'{_rail(opened, "opened")}<span class="text" style="--depth:{min(depth, 5)}"><b>{escape(name)}</b> '
            f'<span class="op">{len(rows)} rows</span> <span class="facts">{" · ".join(facts)}</span></span></summary>'
            f"<ol>{''.join(_items(inner, depth + 1, report, memory, unfolded))}</ol></details></li>\n"
        )


def _item(line: Line, depth: int, report: Report, memory: Memory | None) -> str:
    row = line.row
    text = f'<span class="text" style="--depth:{min(depth, 5)}">'
    if row is None:
        return f'<li>{_rail(line.rail)}{text}<b>input</b> <span class="facts">{by(report.input)}</span></span></li>\n'
    facts = [_shape(row), *_counts(row.parameters, row.macs)]
    if memory is not None and (kept := _saved(memory, row.name)):
        facts.append(f"{_bytes(kept)} kept")
    facts.append(_field(row))
    say, box = _unit(report, row)
    mark = "" if row.aligned else ' <em class="off">branches apart</em>'
    data = f' data-box="{box}" data-say="{escape(say)}"' if box else ""
    return (
        f'<li id="{escape(_anchor(row.name))}">{_rail(line.rail)}{text}<button type="button"{data}>{escape(row.name)}'
        f'</button> <span class="op">{escape(row.op)}</span>{mark} <span class="facts">{" · ".join(facts)}</span></span></li>\n'  # noqa: E501
    )


def _shape(row: Row) -> str:
    return by(row.shape[1:]) or "1"


def _counts(parameters: int, macs: int) -> list[str]:
    return [f"{parameters:,} parameters"] * bool(parameters) + [f"{macs:,} MACs"] * bool(macs)


def _field(row: Row) -> str:
    if row.status in ("whole", "constant"):
        return "reads everything" if row.whole else "reads nothing"
    if not all(row.sizes):
        return "field not known here"
    most = "at most " if row.bounds else ""
    stride = axes([minus(s) for s in row.stride]) if row.stride else "–"
    return f"field {most}{size_cell(row)}, stride {stride}, start {start_cell(row)}"


def _saved(memory: Memory, name: str) -> int:
    try:
        return memory[name]
    except KeyError:
        return 0


def _bytes(size: int) -> str:
    """A size in the largest unit that leaves a number from 1 on.

    >>> _bytes(1_505_280), _bytes(12)
    ('1.51 MB', '12 B')
    """
    for unit, power in (("GB", 9), ("MB", 6), ("kB", 3)):
        if size >= 10**power:
            return f"{size / 10**power:.3g} {unit}"
    return f"{size} B"


def _unit(report: Report, row: Row) -> tuple[str, str]:
    """What is said of the field of the unit in the middle, and its box: left, top, width, height."""
    lengths = extent(report.input)
    places = row.shape[len(row.shape) - len(lengths) :]
    try:
        unit = tuple(length // 2 for length in places)
        box = report.box(row.name, *unit)
    except (ValueError, IndexError, KeyError):
        try:
            unit, box = (), report.box(row.name)
        except (ValueError, IndexError, KeyError):
            return "", ""
    if not all(box):
        return "", ""
    where = f"unit {unit}" if unit else "all of it"
    say = f"{row.name}, {where}: reads {' × '.join(f'{r.start}…{r.stop - 1}' for r in box)} of the input, {by(len(r) for r in box)}"  # noqa: E501
    down, across = _plane(box, lengths)
    return say, f"{across.start} {down.start} {len(across)} {len(down)}"


def _plane(box: Sequence[range], lengths: Sequence[int]) -> tuple[range, range]:
    """Down and across: the last two axes; a sequence is drawn as a band."""
    return (range(_band(lengths[0])), box[0]) if len(box) == 1 else (box[-2], box[-1])


def _band(length: int) -> int:
    return max(1, length // 8)


def _picture(report: Report, image: Path | None) -> str:
    lengths = extent(report.input)
    height, width = (_band(lengths[0]), lengths[0]) if len(lengths) == 1 else lengths[-2:]
    say, box = _unit(report, report.output)
    left, top, wide, high = box.split() if box else (0, 0, width, height)
    step = next(s for s in (1, 2, 4, 8, 16, 32, 64, 128, 1 << 20) if max(height, width) / s <= 32)
    if image is None:
        across = "".join(f"M{x} 0V{height}" for x in range(0, width + 1, step))
        down = "".join(f"M0 {y}H{width}" for y in range(0, height + 1, step))
        ground = f'<path class="grid"{THIN} d="{across}{down}"/>'
        what = f"A grid, one line every {step} pixel{'s' * (step > 1)}"
    else:
        ground = f'<image href="{_embedded(image)}" width="{width}" height="{height}" preserveAspectRatio="none"/>'
        what = f"{image.name}, stretched to the size of the input"
    return (
        f'<figure><svg id="input" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(what)}, with the field of a unit.">{ground}'
        f'<rect id="field"{THIN} x="{left}" y="{top}" width="{wide}" height="{high}"/></svg>'
        f'<figcaption><span id="said" aria-live="polite">{escape(say or "No unit has a field that could be drawn.")}</span> '  # noqa: E501
        f"<small>{escape(what)}. Point at a layer, or step to it with the Tab key.</small></figcaption></figure>\n"
    )


def _embedded(image: Path) -> str:
    kind = guess_type(image.name)[0]
    if kind not in PICTURES:
        raise ValueError(f"{image.name} is no picture that a browser shows: give a PNG, JPEG, WebP, GIF or AVIF file")
    return f"data:{kind};base64,{base64.b64encode(image.read_bytes()).decode()}"


def _width(paths: Sequence[Rail]) -> int:
    return min(WIDEST, LANE * _lanes(paths)) + 4


def _lanes(paths: Sequence[Rail]) -> int:
    return 1 + max(max((p.node, *p.before, *p.after)) for p in paths)


def _rail(rail: Rail, kind: str = "", square: bool = False) -> str:
    """The rails beside a row, stretched to its height, and its dot; lanes closer where there are many."""
    drawn = "".join(f"M{_x(a)} {n(10.6 * y - 0.3)}L{_x(b)} {n(10.6 * z - 0.3)}" for a, y, b, z in lines(rail))
    dot = "" if kind == "opened" else f'<i class="{"box" if square else "dot"}" style="left:{_x(rail.node)}px"></i>'
    return (
        f'<span class="rail {kind}" aria-hidden="true"><svg viewBox="0 0 {WIDEST} 10" preserveAspectRatio="none">'
        f'<path{THIN} d="{drawn or "M0 0"}"/></svg>{dot}</span>'
    )


def _x(lane: int) -> str:
    return n(7 + min(LANE * lane, WIDEST - 14))


def graph(report: Report) -> str:
    """The graph as SVG, for a paper: modules are drawn as one where there are more than some sixty rows."""
    rows = _folded(report.rows)
    paths = rails([("input", ()), *((name, reads) for name, reads, _ in rows)])
    left, step = 16 + 12 * _lanes(paths), 24
    longest = max(len(name) for name, _, _ in rows)
    column = left + 7.5 * max(longest, 5) + 16
    widest = max(len(f"{_shape(row)}   {_field(row)}") for _, _, row in rows)
    drawing = Drawing(column + 7 * widest + 16, step * len(paths) + 16)
    for number, ((name, row), path) in enumerate(
        zip([("input", None), *((name, row) for name, _, row in rows)], paths, strict=True)
    ):
        top = 8 + step * number
        for a, y, b, z in lines(path):
            drawing.line(12 + 12 * a, top + step * y, 12 + 12 * b, top + step * z, "edge")
        drawing.dot(12 + 12 * path.node, top + step / 2, 4, "see" if row is None else "out" if row.aligned else "win")
        drawing.text(left, top + 16, name, "ink", 13)
        drawing.text(
            column, top + 16, by(report.input) if row is None else f"{_shape(row)}   {_field(row)}", "mute", 13
        )
    return drawing.standalone()


def _folded(rows: Sequence[Row]) -> list[tuple[str, tuple[str, ...], Row]]:
    """Rows, or modules as deep as leave few enough: a name, what it reads, and the last row inside."""
    depth = 1 + max(r.name.count(".") for r in rows)
    while depth > 1 and len({_top(r.name, depth) for r in rows}) > LONGEST:
        depth -= 1
    found: dict[str, tuple[str, tuple[str, ...], Row]] = {}
    for row in rows:
        name = _top(row.name, depth)
        before = found.get(name, (name, (), row))[1]
        reads = [_top(r, depth) for r in row.reads]
        found[name] = name, tuple(dict.fromkeys([*before, *(r for r in reads if r != name)])), row
    return list(found.values())


def _top(name: str, depth: int) -> str:
    return ".".join(name.split(".")[:depth])


def framed(report: Report) -> str:
    """The page in a frame of its own, for a notebook, whose style it does not touch."""
    shown = page(report)
    height = min(900, 420 + 44 * len(report.rows))
    return (
        f'<iframe title="{escape(report.model)}, traced" srcdoc="{escape(shown)}" '
        f'style="width:100%;height:{height}px;border:0"></iframe>'
    )


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _style() -> str:
    light, dark = (";".join(f"--{role}:{value}" for role, value in s.items()) for s in (LIGHT, DARK))
    return f":root{{{light};--paper:#fff;color-scheme:light dark}}@media(prefers-color-scheme:dark){{:root{{{dark};--paper:#11151c}}}}{_beside('page.css')}"  # noqa: E501
