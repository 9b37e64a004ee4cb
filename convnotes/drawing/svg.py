"""A small drawing kit for teaching figures: SVG whose colours are the page's own and follow its scheme.

A colour is a role of the design language, never a value: `ink` data and text, `mute` labels, `edge` borders, `win`
what you move, `see` what it reads, `out` what it writes, `neg` and `pos` values below and above zero, and `cell`,
`bench`, `line` for what is idle. Fills carry
values or membership, outlines carry roles. No ids are used, so drawings never collide on a page.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from itertools import groupby

Point = tuple[float, float]
Fill = str | Callable[[int, int], str]

LIGHT = {
    "ink": "#1a2230", "mute": "#586474", "edge": "#7d8a9b", "win": "#c8440c", "see": "#2f5fd0",
    "out": "#0b7a62", "cell": "#cfd8e2", "bench": "#f4f6f9", "line": "#d3dae3", "neg": "#6b3fc9", "pos": "#d98200",
}  # fmt: skip
DARK = {
    "ink": "#e9edf3", "mute": "#9ba8b8", "edge": "#6f7d8f", "win": "#ff8d4f", "see": "#7ea6ff",
    "out": "#45c9a5", "cell": "#333e4d", "bench": "#1a202a", "line": "#323c4a", "neg": "#a98bff", "pos": "#f2a93b",
}  # fmt: skip
ROOMY = 1.2  # how much larger than drawn a picture is where there is room; text then matches a table's
XLINK = ' xmlns:xlink="http://www.w3.org/1999/xlink"'  # of pictures: the theme's scripts take a bare href for a link
LEGIBLE = 11  # pixels: about at this size a label stops shrinking, and the box scrolls instead
TALL = 400  # units: on paper a taller drawing is smaller than on a screen, but not so small that nobody can read it
STEP = 20  # pixels, from one least width to the next: the style sheet has a class for each
LINE = 1.5  # units: how wide a line is drawn


def n(value: float) -> str:
    """`value` to a hundredth, without trailing zeros: the same text on every machine.

    >>> n(3.0), n(1 / 3), n(-0.001)
    ('3', '0.33', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


class Drawing:
    """An SVG picture, drawn `width` by `height`; on a page it is `ROOMY` times as large and shrinks with it.

    >>> drawing = Drawing(120, 40)
    >>> drawing.row(10, 10, 4, 20, fill=lambda _, column: "see" if column < 3 else "cell")
    >>> drawing.inline("Three of four cells.").count("<rect")
    4
    >>> drawing.rect(0, 0, 1, 1, fill="red")
    Traceback (most recent call last):
        ...
    ValueError: no colour role 'red'; the roles are ink, mute, edge, win, see, out, cell, bench, line, neg, pos
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []
        self._smallest = 16.0

    def rect(self, x: float, y: float, width: float, height: float, fill: str | None = "cell",
             stroke: str | None = None, line: float = LINE, radius: float = 1.5, opacity: float = 1,
             ) -> None:  # fmt: skip
        """A rectangle from its top left corner, or its outline alone if `fill` is None."""
        box = f'x="{n(x)}" y="{n(y)}" width="{n(width)}" height="{n(height)}" rx="{n(radius)}"'
        self._parts.append(f"<rect {box}{_paint(fill or 'none', stroke, line, opacity)}/>")

    def grid(self, x: float, y: float, rows: int, columns: int, size: float, fill: Fill = "cell",
             values: Sequence[Sequence[object]] | None = None, ink: str = "ink", gap: float = 1.5) -> None:  # fmt: skip
        """Real squares of side `size`; `fill` is a role or a function of (row, column); `values` are printed."""
        for i in range(rows):
            for j in range(columns):
                left, top = x + j * size, y + i * size
                role = fill if isinstance(fill, str) else fill(i, j)
                self.rect(left + gap / 2, top + gap / 2, size - gap, size - gap, role)
                if values is not None:
                    self.text(left + size / 2, top + size / 2, values[i][j], ink, min(14, size * 0.6), middle=True)

    def row(self, x: float, y: float, columns: int, size: float, fill: Fill = "cell", gap: float = 1.5) -> None:
        """One row of squares."""
        self.grid(x, y, 1, columns, size, fill, gap=gap)

    def pixels(self, x: float, y: float, side: float, paint: Sequence[Sequence[tuple[str, float] | None]]) -> None:
        """A picture of squares of `side`, a role and an opacity for each; what has None stays empty.

        >>> drawing = Drawing(20, 10)
        >>> drawing.pixels(0, 0, 10, [[("pos", 0.5), ("pos", 0.5)]])
        >>> "M0 0h20v10h-20z" in drawing.inline("")
        True
        """
        runs: dict[tuple[str, float], str] = {}
        for i, row in enumerate(paint):
            at = 0
            for look, cells in groupby(row):
                wide = len(list(cells))
                if look:
                    box = f"M{n(x + at * side)} {n(y + i * side)}h{n(wide * side)}v{n(side)}h{n(-wide * side)}z"
                    runs[look] = runs.get(look, "") + box
                at += wide
        for (role, opacity), d in runs.items():
            self._parts.append(f'<path d="{d}"{_paint(role, opacity=opacity)}/>')

    def text(self, x: float, y: float, content: object, fill: str = "ink", size: float = 13, anchor: str = "start",
             bold: bool = False, italic: bool = False, middle: bool = False) -> None:  # fmt: skip
        """A line of text at its baseline, or centred on (x, y) if `middle`."""
        self._smallest = min(self._smallest, size)
        y, anchor = (y + size * 0.35, "middle") if middle else (y, anchor)
        face = (' font-weight="600"' if bold else "") + (' font-style="italic"' if italic else "")
        place = f'x="{n(x)}" y="{n(y)}" font-size="{n(size)}" text-anchor="{anchor}"'
        self._parts.append(f"<text {place}{face}{_paint(fill)}>{escape(str(content), quote=False)}</text>")

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str = "edge", line: float = LINE,
             dash: str | None = None) -> None:  # fmt: skip
        """A straight line."""
        self.path([(x1, y1), (x2, y2)], stroke=stroke, line=line, dash=dash)

    def path(self, points: Sequence[Point], fill: str | None = None, stroke: str | None = None, line: float = LINE,
             closed: bool = False, opacity: float = 1, dash: str | None = None) -> None:  # fmt: skip
        """Straight lines through `points`; a polygon if `closed`."""
        d = "M" + "L".join(f"{n(x)} {n(y)}" for x, y in points) + ("Z" if closed else "")
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(f'<path d="{d}"{_paint(fill or "none", stroke, line, opacity)}{dashes}/>')

    def dot(self, x: float, y: float, radius: float = 3.5, fill: str = "ink", stroke: str | None = None) -> None:
        """A disc."""
        self._parts.append(f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(radius)}"{_paint(fill, stroke)}/>')

    def ring(self, x: float, y: float, radius: float, stroke: str = "ink", line: float = 2) -> None:
        """A circle around something."""
        self._parts.append(f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(radius)}"{_paint("none", stroke, line)}/>')

    def arrow(self, x1: float, y1: float, x2: float, y2: float, stroke: str = "mute", head: float = 6) -> None:
        """A line with a head at its end."""
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
        ux, uy = (x2 - x1) / length * head, (y2 - y1) / length * head
        self.line(x1, y1, x2 - ux / 2, y2 - uy / 2, stroke)
        wings = [(x2 - ux - uy * 0.5, y2 - uy + ux * 0.5), (x2, y2), (x2 - ux + uy * 0.5, y2 - uy - ux * 0.5)]
        self.path(wings, fill=stroke, closed=True)

    def span(self, x1: float, x2: float, y: float, label: object = "", stroke: str = "mute", above: bool = False,
             size: float = 13) -> None:  # fmt: skip
        """A dimension mark from x1 to x2 with its label; the ticks point at what is measured."""
        tick = 5 if above else -5
        self.path([(x1, y + tick), (x1, y), (x2, y), (x2, y + tick)], stroke=stroke)
        self.text((x1 + x2) / 2, y - 5 if above else y + size + 3, label, stroke, size, "middle")

    def hatch(self, x: float, y: float, width: float, height: float, stroke: str = "mute", gap: float = 5) -> None:
        """Slanting lines cut to a rectangle: cells that nothing reads."""
        steps = range(1, int((width + height) / gap) + 1)
        for c in (step * gap for step in steps if step * gap < width + height):
            start = (x + min(c, width), y + max(0.0, c - width))
            self.path([start, (x + max(0.0, c - height), y + min(c, height))], stroke=stroke, line=1)

    @contextmanager
    def moved(self, dx: float, dy: float) -> Iterator[None]:
        """What is drawn inside is moved by (dx, dy)."""
        self._parts.append(f'<g transform="translate({n(dx)} {n(dy)})">')
        yield
        self._parts.append("</g>")

    def picture(self, x: float, y: float, width: float, height: float, png: str = "", webp: str = "") -> None:
        """A picture of pixels, a file in base64: a small PNG enlarged without smoothing, or a WebP photograph."""
        kind, file, sharp = ("webp", webp, "") if webp else ("png", png, ' class="cn-pixels"')
        box = f'x="{n(x)}" y="{n(y)}" width="{n(width)}" height="{n(height)}" preserveAspectRatio="none"'
        self._parts.append(f'<image {box}{sharp} xlink:href="data:image/{kind};base64,{file}"/>')

    def inline(self, alternative: str) -> str:
        """The SVG for a page, described by `alternative`; the page's style sheet gives the colours."""
        least = int(min(self.width, self.width * LEGIBLE / self._smallest)) // STEP * STEP
        kind = f" cn-least-{least}" + " cn-tall" * (self.height > TALL)
        return self._svg(f' role="img" aria-label="{escape(alternative)}"', scale=ROOMY, kind=kind)

    def ornament(self) -> str:
        """The SVG for a page where the words beside it say the same."""
        return self._svg(' aria-hidden="true"')

    def standalone(self) -> str:
        """The SVG as a file of its own, which carries its colours for both schemes."""
        names = ' xmlns="http://www.w3.org/2000/svg"' + XLINK * any("xlink:" in part for part in self._parts)
        return self._svg(names, f"<style>{_style()}</style>") + "\n"

    def _svg(self, attributes: str, first: str = "", scale: float = 1, kind: str = "") -> str:
        size = f'width="{n(self.width * scale)}" height="{n(self.height * scale)}"'
        box = f'viewBox="0 0 {n(self.width)} {n(self.height)}" stroke-width="{LINE}"'
        return f'<svg class="cn-svg{kind}" {size} {box}{attributes}>{first}{"".join(self._parts)}</svg>'


def _paint(fill: str | None = None, stroke: str | None = None, line: float = LINE, opacity: float = 1) -> str:
    """The attributes of a shape; a style in their place would be one that a server may forbid."""
    for role in (fill, stroke):
        if role is not None and role not in LIGHT and role != "none":
            raise ValueError(f"no colour role {role!r}; the roles are {', '.join(LIGHT)}")
    classes = " ".join(f"{kind}-{role}" for kind, role in (("f", fill), ("s", stroke)) if role and role != "none")
    empty = ' fill="none"' if fill == "none" else ""
    wide = f' stroke-width="{n(line)}"' if stroke and line != LINE else ""
    shown = f' opacity="{n(opacity)}"' if opacity != 1 else ""
    return f' class="{classes}"{empty}{wide}{shown}'


def _style() -> str:
    light, dark = (";".join(f"--cn-{role}:{value}" for role, value in scheme.items()) for scheme in (LIGHT, DARK))
    roles = "".join(f".f-{role}{{fill:var(--cn-{role})}}.s-{role}{{stroke:var(--cn-{role})}}" for role in LIGHT)
    face = "font-family:system-ui,sans-serif;font-variant-numeric:lining-nums tabular-nums"
    return (
        f"svg{{{light};background:var(--cn-bench)}}@media(prefers-color-scheme:dark){{svg{{{dark}}}}}"
        f"text{{{face}}}.cn-pixels{{image-rendering:pixelated}}{roles}"
    )
