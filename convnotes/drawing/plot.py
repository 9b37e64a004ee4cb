"""Axes for the drawing kit: linear or logarithmic, with grid lines, and curves that carry their own labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from convnotes.drawing.svg import Drawing, Point


@dataclass(frozen=True)
class Axis:
    """The values from `low` to `high`, marked at `ticks`, which are printed as `spec` says or as the `names` given.

    >>> Axis(1, 100, [1, 10, 100], "C", log=True).share(10)
    0.5
    """

    low: float
    high: float
    ticks: Sequence[float]
    label: str
    log: bool = False
    spec: str = ","
    names: Sequence[str] = ()

    def marks(self) -> list[tuple[float, str]]:
        """The ticks with what is printed at each."""
        return list(zip(self.ticks, self.names or [format(tick, self.spec) for tick in self.ticks], strict=True))

    def share(self, value: float) -> float:
        """How far along the axis `value` lies, from 0 to 1."""
        low, high, at = (log10(v) if self.log else v for v in (self.low, self.high, value))
        return (at - low) / (high - low)


@dataclass(frozen=True)
class Plot:
    """A frame in `drawing` whose corner is (x, y); draw `axes` first, then what they measure."""

    drawing: Drawing
    x: float
    y: float
    width: float
    height: float
    across: Axis
    up: Axis

    def at(self, point: Point) -> Point:
        """Where in the drawing a point of the plot lies."""
        return (self.x + self.across.share(point[0]) * self.width, self.y + (1 - self.up.share(point[1])) * self.height)

    def axes(self) -> None:
        """Grid lines, ticks and the names of the axes; the upward one is named above its ticks, never turned."""
        right, bottom = self.x + self.width, self.y + self.height
        for tick, name in self.up.marks():
            y = self.at((self.across.low, tick))[1]
            self.drawing.line(self.x, y, right, y, "line", 1)
            self.drawing.text(self.x - 8, y + 4.5, name, "mute", 13, "end")
        self.drawing.line(self.x, bottom, right, bottom, "edge")
        for tick, name in self.across.marks():
            x = self.at((tick, self.up.low))[0]
            self.drawing.line(x, bottom, x, bottom + 5, "edge")
            self.drawing.text(x, bottom + 19, name, "mute", 13, "middle")
        self.drawing.text(right, bottom + 38, self.across.label, "ink", 13, "end")
        self.drawing.text(0, self.y - 14, self.up.label, "ink", 13)

    def curve(self, points: Sequence[Point], role: str, label: str = "", dy: float = 0) -> None:
        """A line through `points` in the colour of `role`, named at its end, `dy` lower; a label may have lines."""
        placed = [self.at(point) for point in points]
        self.drawing.path(placed, stroke=role, line=2)
        x, y = placed[-1]
        for number, part in enumerate(label.split("\n") if label else []):
            self.drawing.text(x + 7, y + 4.5 + dy + 16 * number, part, role, 13, bold=True)

    def dots(self, points: Sequence[Point], role: str) -> None:
        """A disc at each of `points`."""
        for point in points:
            self.drawing.dot(*self.at(point), fill=role, stroke="bench")
