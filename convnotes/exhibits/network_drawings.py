"""Drawings of single ideas: two orders of a residual block, a fire module, the shape of U-Net."""

from collections.abc import Sequence

from convnotes.drawing.kinds import Figure, Rows, Table
from convnotes.drawing.svg import Drawing

ROLES = {"conv": "see", "norm": "out", "ReLU": "win", "1×1": "see", "3×3": "see"}
ORDERS = {
    "ResNet (2015)": (("conv", "norm", "ReLU", "conv", "norm"), ("ReLU",)),
    "pre-activation (2016)": (("norm", "ReLU", "conv", "norm", "ReLU", "conv"), ()),
}


def residual_orders() -> Figure:
    """Two residual blocks side by side, input below, each layer a box; what follows the sum is above it."""
    drawing, rows = Drawing(348, 372), list[list[object]]()
    for number, (title, (inside, after)) in enumerate(ORDERS.items()):
        _residual(drawing, 72 + 174 * number, title, inside, after)
        rows.append([title, ", ".join(inside), ", ".join(after) or "nothing"])
    table: Rows = [[str(cell) for cell in row] for row in rows]
    return Figure(drawing, Table(["block", "inside, in order", "after the sum"], table))


def _residual(drawing: Drawing, x: float, title: str, inside: Sequence[str], after: Sequence[str]) -> None:
    drawing.text(x + 12, 14, title, bold=True, anchor="middle")
    drawing.text(x, 366, "x", italic=True, anchor="middle")
    y, side = 350.0, x + 62
    for layer in inside:
        _box(drawing, x, y, layer)
        y -= 42
    drawing.arrow(x, y, x, y - 12)
    drawing.path([(x, 341), (side, 341), (side, y - 21), (x + 10, y - 21)], stroke="out", line=2)
    drawing.ring(x, y - 21, 9, "out")
    drawing.text(x, y - 21, "+", bold=True, middle=True)
    drawing.text(side - 6, y - 27, "x", "out", anchor="end", italic=True)
    y -= 30
    for layer in after:
        _box(drawing, x, y, layer)
        y -= 42
    drawing.arrow(x, y, x, 24)


def _box(drawing: Drawing, x: float, floor: float, layer: str) -> None:
    """One layer whose arrow starts at `floor`, 42 high with it."""
    drawing.arrow(x, floor, x, floor - 16)
    drawing.rect(x - 42, floor - 42, 84, 26, "bench", ROLES[layer.split()[0]], radius=3)
    drawing.text(x, floor - 29, {"conv": "3×3 conv", "norm": "batch norm"}.get(layer, layer), middle=True)


def fire(squeezed: int, expanded: int, before: int) -> Figure:
    """A fire module: one narrow 1×1, then a 1×1 and a 3×3 side by side, concatenated."""
    drawing = Drawing(348, 214)
    for x, y, kernel, channels in (
        (174, 128, "1×1", f"{before} → {squeezed}"),
        (94, 54, "1×1", f"{squeezed} → {expanded}"),
        (254, 54, "3×3", f"{squeezed} → {expanded}"),
    ):
        drawing.rect(x - 56, y, 112, 38, "bench", "see", radius=3)
        drawing.text(x, y + 15, kernel, anchor="middle", bold=True)
        drawing.text(x, y + 31, channels, size=12.5, anchor="middle")
    drawing.arrow(174, 192, 174, 168)
    drawing.text(174, 208, f"input, {before} channels", "mute", anchor="middle")
    for x in (94, 254):
        drawing.arrow(174, 128, x, 94)
        drawing.arrow(x, 54, x + (174 - x) * 0.25, 30)
    drawing.text(174, 22, f"concatenate: {expanded} + {expanded} = {2 * expanded} channels", anchor="middle")
    rows: Rows = [["squeeze", "1×1", before, squeezed], ["expand", "1×1", squeezed, expanded]]
    rows.append(["expand", "3×3", squeezed, expanded])
    return Figure(drawing, Table(["part", "kernel", "channels in", "channels out"], rows, row_headers=False))


def u_shape(widths: Sequence[int], side: int) -> Figure:
    """Levels of a U-Net from the largest map at the top to the smallest, down on the left and up on the right."""
    drawing, rows = Drawing(348, 58 * len(widths) + 30), list[list[str | int | float | None]]()
    last = len(widths) - 1
    for level, wide in enumerate(widths):
        y, long = 24.0 + 58 * level, 92 - 16 * level
        at = 52 + 20 * level
        said = f"{wide} × {side >> level}²"
        for x in [at, 348 - at] if level < last else [174]:
            drawing.rect(x - long / 2, y, long, 14, "see")
        place = (at, y - 5) if level < last else (174, y + 27)
        drawing.text(*place, said, size=12, anchor="middle")
        if level < last:
            drawing.arrow(at + long / 2 + 6, y + 7, 348 - at - long / 2 - 6, y + 7, "out")
            drawing.text(174, y + 2, "copy", "out", 12, "middle")
            step = 20 if level < last - 1 else 174 - at - 14
            drawing.arrow(at, y + 18, at + step * 0.8, y + 40, "mute")
            drawing.arrow(348 - at - step * 0.8, y + 52, 348 - at, y + 20, "win")
        rows.append([level, wide, side >> level, side >> level])
    drawing.text(8, drawing.height - 6, "down: max-pooling", "mute", 12)
    drawing.text(340, drawing.height - 6, "up: transposed 2×2", "win", 12, "end")
    return Figure(drawing, Table(["level", "channels", "height", "width"], rows))
