"""The picture that other sites show beside a link to a page: its title, and a receptive field as it grows."""

from base64 import b64decode, b64encode
from io import BytesIO
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from convnotes import store
from convnotes.citing.record import work
from convnotes.drawing.svg import LIGHT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE = (1200, 630)
DPI = 100
CELL, GAP = 46, 6  # of the drawn cells, in pixels
ROWS = (("see", 7), ("cell", 5), ("win", 3), ("out", 1))  # what one output reads, from the input up
LETTERS = 24  # of a title on one line


def card(title: str) -> bytes:
    """The picture of a page as PNG, kept in the store."""
    stored = store.remember(store.key(Path(__file__), f"card {work().title} {title}"), lambda: {"png": _drawn(title)})
    return b64decode(stored["png"])


def _drawn(title: str) -> str:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(SIZE[0] / DPI, SIZE[1] / DPI), dpi=DPI, facecolor="#ffffff")
    _field(figure)
    lines = wrap(title, LETTERS)
    _text(figure, 500, "\n".join(lines), "ink", 52 if len(lines) < 4 else 40, "bold")
    _text(figure, 105, work().title, "mute", 26)
    _text(figure, 62, "Every number is computed.", "mute", 22)
    picture = BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return b64encode(picture.getvalue()).decode()


def _text(figure: "Figure", top: float, text: str, role: str, size: float, weight: str = "normal") -> None:
    look = {"color": LIGHT[role], "fontsize": size * 72 / DPI, "weight": weight, "family": "DejaVu Sans"}
    figure.text(70, top, text, look, va="top", transform=None)


def _field(figure: "Figure") -> None:
    """Rows of cells on the right, narrowing upwards."""
    from matplotlib.patches import Rectangle

    centre = 965
    for height, (role, cells) in enumerate(ROWS):
        for cell in range(cells):
            left = centre + (cell - cells / 2) * (CELL + GAP)
            corner = (left, 150 + height * (CELL + 40))
            figure.add_artist(Rectangle(corner, CELL, CELL, color=LIGHT[role], transform=None, linewidth=0))
