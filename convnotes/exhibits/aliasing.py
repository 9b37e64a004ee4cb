"""Exhibits of the chapter on aliasing."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from convnotes.drawing.cell_rows import Row
from convnotes.drawing.kinds import Figure, Rows, Table
from convnotes.drawing.plot import Axis, Plot
from convnotes.drawing.svg import Drawing

EXACT = 1e-5  # below this a difference is rounding


def fine_stripes() -> Figure:
    """Fine stripes, halved. Without a blur a move by one turns black into white; after a blur both are grey.

    Four rows of cells, each with the cells that are kept below it. Above, without a blur: stripes 0 4 0 4 0 4 0, of
    which every second cell is kept, 0 0 0 0; and, moved by one, 4 0 4 0 4 0 4, of which 4 4 4 4 is kept. Below, the
    same two rows after a blur with (1, 2, 1)/4, which makes every cell 2: what is kept is 2 2 2 2 both times.
    """
    drawing = Drawing(340, 262)
    rows: Rows = []
    stripes = np.array([0, 4] * 5)
    for y, title, blurred in ((16, "keep every second cell", False), (152, "blur first, then keep every second", True)):
        drawing.text(170, y, title, "ink", 13.5, "middle", bold=True)
        for x, moved in ((8, 0), (184, 1)):
            row = np.roll(stripes, moved)
            if blurred:
                row = (np.roll(row, 1) + 2 * row + np.roll(row, -1)) // 4
            _stripe(drawing, x, y + 14, list(map(int, row[:7])), f"moved by {moved}" if moved else "as it was")
            kept = " ".join(str(v) for v in row[:7:2])
            rows.append([title, moved, " ".join(map(str, row[:7])), kept])
    return Figure(drawing, Table(["way", "moved by", "row", "kept"], rows))


def _stripe(drawing: Drawing, x: float, y: float, values: Sequence[int], title: str) -> None:
    """A row of cells whose shade is their value, and every second of them once more below."""
    upper, lower = (Row(drawing, x + 11, y + at, 22, pitch) for at, pitch in ((0, 22), (42, 44)))
    drawing.text(x + 77, y + 86, title, "mute", 13, "middle")
    for strip, shown in ((upper, values), (lower, values[::2])):
        for cell, value in enumerate(shown):
            drawing.rect(strip.left(cell) + 1, strip.y, 20, 22, "see", opacity=0.12 + 0.1 * value)
            strip.print(cell, value, "ink")
    for cell in range(len(values[::2])):
        drawing.arrow(lower.middle(cell), upper.bottom + 2, lower.middle(cell), lower.y - 1, head=5)


LINES = {  # of the networks measured: what is printed, the role of the line, whether its digits were moved in training
    "max": ("max-pooling", "win", False),
    "blur": ("max, then blur", "out", False),
    "stride": ("stride", "see", False),
    "moved": ("stride, trained on moved digits", "neg", True),
}


def class_kept() -> Figure:
    """Measured: how many test digits keep their class when they move right by 0 to 8 pixels, for four networks.

    Two plots over the move. The upper runs from 0 to 100 per cent: the strided network falls from 100 to below 65 at a
    move by 4 and climbs back to above 99 at 8; the other three lines stay near the top. The lower plot enlarges the
    part from 90 to 100 per cent: the max-pooled network keeps about 97.5 per cent at moves by 1 to 3, almost all
    at 4, and the same once more up to 8; the blurred one stays near 99; the strided one trained on moved digits stays
    near 95.
    """
    drawing, (found, right, made) = Drawing(340, 480), _kept_classes()
    moves = list(range(9))
    across = Axis(0, 8, moves, "moved right by, in pixels")
    whole = Plot(drawing, 40, 32, 290, 180, across, Axis(0, 100, [0, 25, 50, 75, 100], "class kept, %"))
    top = Plot(drawing, 40, 284, 290, 140, across, Axis(90, 100, [90, 92, 94, 96, 98, 100], "the top, enlarged"))
    for plot in (whole, top):
        plot.axes()
    for name, (_, role, _) in LINES.items():
        points = list(zip(moves, (kept.mean for kept in found[name]), strict=True))
        for plot in (whole, top) if name != "stride" else (whole,):
            plot.curve(points, role)
            plot.dots(points, role)
    labels = {"stride": (whole, 4, 50), "max": (top, 4, 96.2), "blur": (top, 6, 100), "moved": (top, 4, 93.2)}
    for name, (plot, *at) in labels.items():
        x, y = plot.at((at[0], at[1]))
        drawing.text(x, y - 4 * (name == "blur"), LINES[name][0], LINES[name][1], 13, "middle", bold=True)
    rows: Rows = [["right in place", *right]]
    for move in moves:
        kept = (found[name][move] for name in LINES)
        rows.append([f"{move} pixels", *(f"{share.mean:.1f} % ± {share.half:.1f}" for share in kept)])
    header = ["moved by", *(label for label, _, _ in LINES.values())]
    return Figure(drawing, Table(header, rows, note=made))


def _kept_classes() -> tuple[dict[str, list[Any]], list[str], str]:
    """For each network the shares that keep their class, over seeds; its accuracy; and how both were measured."""
    from convnotes.experiments import results
    from convnotes.experiments.intervals import interval

    measured = results.load("subsampling")
    found, right = {}, []
    for name, (_, _, moved) in LINES.items():
        pooling = "stride" if name == "moved" else name
        runs = [run for run in measured["rows"] if (run["pooling"], run["moved"]) == (pooling, moved)]
        moves = zip(*(run["same"] for run in runs), strict=True)
        found[name] = [interval([100 * share for share in shares]) for shares in moves]
        accuracy = interval([100 * run["accuracy"] for run in runs])
        right.append(f"{accuracy.mean:.1f} % ± {accuracy.half:.1f}")
    made = (
        "First the accuracy in place, then the share of 2,000 test digits of MNIST that get the class that they got in "
        "place, on a canvas of 40 pixels. Trained for 1,200 steps on 6,000 digits. Mean, 95 % interval, five seeds. "
        f"{measured['command']}, torch {measured['versions']['torch']}, {measured['cpu_seconds']} s."
    )
    return found, right, made


LAYERS = {
    "conv1": "convolution 1",
    "pool1": "pooling 1",
    "conv2": "convolution 2",
    "pool2": "pooling 2",
    "conv3": "convolution 3",
    "pool3": "pooling 3",
}


def left_over() -> Figure:
    """Measured: how far each layer's map is from having moved along. 0: exactly. The stronger, the farther.

    A chessboard of shades: a row for each layer of the trained max-pooled digit network, a column for each move from 0
    to 8 pixels. There is a zero wherever the move is a multiple of the layer's stride so far: everywhere after
    convolution 1, at every second move after pooling 1 and convolution 2, at every fourth after pooling 2 and
    convolution 3, and at 0 and 8 after pooling 3. All other cells are tinted, the darkest between those zeros.
    """
    from convnotes.experiments import weights
    from convnotes.experiments.digit_shifts import changes

    by = [{row.name: row for row in changes(move)} for move in range(9)]
    before = {row.name: row for row in changes(1, trained=False)}
    drawing, side = Drawing(340, 232), 24
    drawing.text(334, 14, "moved right by, in pixels", "ink", 13, "end")
    rows: Rows = []
    for line, (name, title) in enumerate(LAYERS.items()):
        left, y = [found[name].left or 0.0 for found in by], 40 + line * 31
        drawing.text(2, y + 17, title, "ink", 12.5)
        drawing.text(112, y + 17, by[0][name].stride, "mute", 12.5, "end")
        for move, share in enumerate(left):
            x = 122 + move * side
            drawing.rect(x + 1, y, side - 2, 27, "win", opacity=max(0.04, round(share / 0.7, 2)))
            if share < EXACT:
                drawing.text(x + side / 2, y + 13.5, 0, "ink", 13, bold=True, middle=True)
            if line == 0:
                drawing.text(x + side / 2, 33, move, "mute", 12.5, "middle")
        rows.append([title, by[0][name].stride, *left, before[name].left])
    drawing.text(112, 33, "stride", "mute", 12.5, "end")
    header = ["layer", "stride so far", *(f"moved {move}" for move in range(9)), "moved 1, untrained"]
    note = (
        "‖f(Tx) − T f(x)‖ / ‖T f(x)‖ over units that see no border, T f(x) moved by the whole number of cells that "
        "fits best; mean of the first 100 test digits of MNIST on a canvas of 56. "
        f"Seed 0. {weights.made('digits-max')}"
    )
    return Figure(drawing, Table(header, rows, formats=dict.fromkeys(header[2:], ".0%"), note=note))
