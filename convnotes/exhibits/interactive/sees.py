"""What one unit of a real network reads of a photograph: its theoretical field, and how much each pixel counts."""

import re
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.raster import encoded, mosaic
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive.signed import decimal
from convnotes.exhibits.interactive.state import as_given, clamp
from convnotes.experiments import lite0, lite0_sees, results
from convnotes.experiments.lite0_sees import LEVELS, SMALL
from convnotes.experiments.photographs import credit

GRAMMAR = "block([0-9]{1,2})(_random)?(?:_x([0-9]{1,3}))?(?:_y([0-9]{1,3}))?"
STEP, HOME = 32, 64  # pixels from place to place; where a state that names none looks
DIM = 0.25  # how bright the photograph is where the glow is zero
PERCENT = "\N{NO-BREAK SPACE}%"
PRESETS = {
    "the iris": "block3_x64_y96",
    "an eye": "block5_x64_y96",
    "a face": "block8_x128_y128",
    "the cat": "block11_x128_y128",
    "mostly padding": "block16_x0_y0",
    "the face, random weights": "block8_random_x128_y128",
}
NOTE = (
    f"Photograph: {credit('chelsea')}, 225 pixels. Blocks of EfficientNet-Lite0 with the weights of ImageNet, or with "
    "one draw of random ones. A unit is all channels at one place. Its derivative is that of the channels’ sum with "
    "random weights: the root of the mean square over six draws of these. A pixel is as bright as the root of its "
    "derivative, and full from a quarter of the largest on. On the photograph: the share of the field that is no "
    "padding. Holds 90 %: side of the square around the centre with nine tenths of the squared derivative; where the "
    "field is larger than the photograph, the border makes the square small. Then by how much the unit changes, as a "
    "share of its length, when noise covers all pixels outside the field, and when grey covers those outside that "
    "square, and those in it."
)
HEADER = [
    "block",
    "field",
    "on the photograph",
    "holds 90 %",
    "random: 90 %",
    "noise outside the field",
    "grey outside the square",
    "grey in it",
]


class Unit(NamedTuple):
    """A state: the block, the pixel that its unit looks at, and whether the weights are random."""

    block: int
    x: int
    y: int
    random: bool = False


@cache
def blocks(random: bool = False) -> dict[int, dict[str, Any]]:
    """The measured rows of the trained network or of the random one, by number of the block."""
    rows = [row for row in results.load("lite0_sees")["rows"] if row["trained"] != random]
    return {int(row["layer"].removeprefix("block")): row for row in rows}


def parse(text: str) -> tuple[Unit, list[str]] | None:
    """The state that `text` stands for and what had to be said about it; None if it stands for none.

    >>> parse("block5_random")[0]
    Unit(block=5, x=64, y=64, random=True)
    >>> parse("block6_x40_y999")[1]
    ['block 6 was not measured: showing 5.', 'row 999 is outside 0 to 224: showing 224.']
    >>> parse("block") is parse("eye") is None
    True
    """
    found = re.fullmatch(GRAMMAR, text)
    if not found:
        return None
    words: list[str] = []
    asked, known = int(found[1]), list(blocks())
    block = max((number for number in known if number <= asked), default=known[0])
    if block != asked:
        words.append(f"block {asked} was not measured: showing {block}.")
    most = lite0.SIDE - 1
    x, y = (
        clamp(name, int(found[n] or HOME), 0, most, words) // STEP * STEP for name, n in (("column", 3), ("row", 4))
    )
    return Unit(block, x, y, bool(found[2])), words


def form(unit: Unit) -> str:
    """The shortest text that parses to `unit`.

    >>> form(parse("block5_x64_y65")[0]), form(parse("block1_random_x0")[0])
    ('block5', 'block1_random_x0')
    """
    return (
        f"block{unit.block}"
        + "_random" * unit.random
        + f"_x{unit.x}" * (unit.x != HOME)
        + f"_y{unit.y}" * (unit.y != HOME)
    )


def row(unit: Unit) -> list[str]:
    """What the table says of the unit of `unit.block` at this place."""
    kept, place = blocks(unit.random)[unit.block], _place(unit)
    size, side, (off, outer, inner) = kept["field"], kept["sides"][place], kept["changes"][place]
    shown = _overlap(unit.x, size) * _overlap(unit.y, size)
    noise = "–" if off is None else decimal(round(off * 1000), 10, 0) + PERCENT
    shares = (decimal(round(change * 1000), 10, 0) + PERCENT for change in (outer, inner))
    return [str(size), decimal(100 * shown, size * size, 0) + PERCENT, str(side), noise, *shares]


def reading(unit: Unit) -> dict[str, object]:
    """What the interactive must show of `unit`."""
    kept = blocks(unit.random)[unit.block]
    size, side = kept["field"], kept["sides"][_place(unit)]
    return {
        "field": [unit.x - size // 2, unit.y - size // 2, size],
        "square": [unit.x - side // 2, unit.y - side // 2, side],
        "tile": _place(unit),
        "file": 1 + list(blocks()).index(unit.block) + len(blocks()) * unit.random,
        "rows": [row(unit._replace(block=block)) for block in blocks()],
    }


def sees(state: str) -> Widget:
    """The interactive, which starts with `state`, and the figure that stands for it in print."""
    unit = as_given(parse, state, "block5_x64_y96")
    data = {
        "presets": PRESETS,
        "side": lite0.SIDE,
        "small": SMALL,
        "blocks": [
            {
                "block": block,
                "field": kept[0]["field"],
                "sides": [one["sides"] for one in kept],
                "changes": [_thousandths(one) for one in kept],
            }
            for block, kept in ((block, (blocks()[block], blocks(True)[block])) for block in blocks())
        ],
    }
    photograph = _photograph()
    pictures = {"1.webp": encoded(photograph, "webp")}
    for number, kept in enumerate((*blocks().values(), *blocks(True).values()), 2):
        glow = _bright(lite0_sees.glow(kept))
        columns = round(len(glow) ** 0.5)
        pictures[f"{number}.webp"] = encoded(mosaic(list(glow[..., None].repeat(3, 3)), columns, 0), "webp")
    still = Figure(_picture(unit, photograph), _numbers(unit))
    return Widget("sees", "eye", "What a unit sees", state, still, data, pictures=pictures)


def spotlight(unit: Unit, photograph: NDArray[np.floating]) -> NDArray[np.floating]:
    """The part of the photograph that lies in the unit's field, each pixel as bright as it counts."""
    kept = blocks(unit.random)[unit.block]
    glow = _bright(lite0_sees.glow(kept)[_place(unit)])
    (left, right), (top, bottom) = (_clipped(at, kept["field"]) for at in (unit.x, unit.y))
    if kept["field"] > SMALL:
        glow = glow.repeat(lite0_sees.CELL, 0).repeat(lite0_sees.CELL, 1)[top:bottom, left:right]
    else:
        reach = kept["field"] // 2
        glow = glow[top - unit.y + reach : bottom - unit.y + reach, left - unit.x + reach : right - unit.x + reach]
    bright: NDArray[np.floating] = photograph[top:bottom, left:right] * glow[..., None]
    return bright


def _bright(glow: NDArray[np.uint8]) -> NDArray[np.floating]:
    """How much light a pixel gets: by the root of how much it counts, and all from a quarter of the largest on."""
    bright: NDArray[np.floating] = DIM + (1 - DIM) * glow / LEVELS
    return bright


def _photograph() -> NDArray[np.floating]:
    kept = results.load("lite0_sees")["recipe"]["photograph"]
    pixels: NDArray[np.floating] = lite0.square(kept).permute(1, 2, 0).numpy()
    return pixels


def _place(unit: Unit) -> int:
    return unit.y // STEP * len(lite0_sees.places(STEP)) + unit.x // STEP


def _clipped(centre: int, size: int) -> tuple[int, int]:
    return max(0, centre - size // 2), min(lite0.SIDE, centre + size // 2 + 1)


def _overlap(centre: int, size: int) -> int:
    first, last = _clipped(centre, size)
    return last - first


def _thousandths(kept: dict[str, Any]) -> list[list[int | None]]:
    return [[None if one is None else round(one * 1000) for one in found] for found in kept["changes"]]


def _numbers(unit: Unit) -> Table:
    rows: Rows = []
    for block in blocks():
        known, drawn = (row(unit._replace(block=block, random=random)) for random in (False, True))
        rows.append([block, *known[:3], drawn[2], *known[3:]])
    return Table(HEADER, rows, note=f"{NOTE} {results.made('lite0_sees')}")


def _picture(unit: Unit, photograph: NDArray[np.floating]) -> Drawing:
    """Three blocks at the unit’s place, each field as bright as it counts: trained, and below with random weights."""
    drawing, side = Drawing(376, 306), 119
    shown = sorted({unit.block, *[block for block in (5, 8, 11) if block != unit.block][-2:]})
    for line, random in enumerate((False, True)):
        for column, block in enumerate(shown):
            one = unit._replace(block=block, random=random)
            x, y = 2 + (side + 7) * column, 22 + (side + 42) * line
            name = "random weights" * (column == 0) if random else f"block {block}: {blocks()[block]['field']} px"
            drawing.text(x, y - 7, name, "win" if one == unit else "ink", 13, bold=True)
            _spotlit(drawing, x, y, side, one, photograph)
    return drawing


def _spotlit(drawing: Drawing, x: float, y: float, side: float, unit: Unit, photograph: NDArray[np.floating]) -> None:
    """The field of a unit in a square of `side`; hatched where it lies outside the photograph."""
    size = blocks()[unit.block]["field"]
    scale = side / size
    drawing.rect(x, y, side, side, "cell", radius=0)
    drawing.hatch(x, y, side, side, "mute", 7)
    (left, right), (top, bottom) = (_clipped(at, size) for at in (unit.x, unit.y))
    at = x + (left - unit.x + size / 2) * scale, y + (top - unit.y + size / 2) * scale
    lit = spotlight(unit, photograph)
    if size > SMALL:  # half its pixels along each axis are enough for its place in print
        rows, columns = (length // 2 for length in lit.shape[:2])
        lit = lit[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2, 3).mean((1, 3))
    drawing.picture(*at, (right - left) * scale, (bottom - top) * scale, webp=encoded(lit, "webp"))
    drawing.rect(x, y, side, side, None, "win", 2, radius=0)
