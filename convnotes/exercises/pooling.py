"""Exercises on pooling: sizes and values."""

from __future__ import annotations

from convnotes.conv import output_size
from convnotes.exercises import rows
from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain

CHAPTER = "pooling"


def shape_after(draws: Draws) -> Problem:
    """The shape after a pooling without overlap."""
    k, c = draws.pick((2, 2, 3, 4)), draws.pick((16, 32, 64, 96, 256, 512))
    h, w = (k * draws.whole(3, 60) for _ in range(2))
    return Problem(
        {"kernel_size": k, "shape": (c, h, w)},
        f"An input of shape ({c}, {h}, {w}) goes through `MaxPool2d({k})`. What is the shape of the output? (The "
        "stride is the kernel size unless given.)",
        (c, h // k, w // k),
        [
            f"Height: $({h} − {k})/{k} + 1 = {h // k}$. Width: $({w} − {k})/{k} + 1 = {w // k}$.",
            f"Every channel is pooled by itself, so they stay: ({c}, {h // k}, {w // k})",
        ],
        [
            Mistake((c // k, h // k, w // k), "divided the channels too", "Pooling does not mix channels."),
            Mistake((c, h // k, w), "divided the height only", "The window is as wide as it is high."),
            Mistake((c, h - k + 1, w - k + 1), "moved by one cell", "The stride is the kernel size unless given."),
            Mistake(
                (c, h // k // k, w // k // k), "divided each side by the area", "Each axis is divided by the stride."
            ),
            Mistake((1, h // k, w // k), "took the maximum over the channels", "Pooling does not mix channels."),
        ],
    )


def pooled_size(draws: Draws) -> Problem:
    """The size after a pooling with ceil_mode."""
    (k, s), i = (
        draws.pick(((2, 2), (3, 2), (3, 2), (3, 3), (4, 2), (4, 3), (4, 4), (5, 2), (5, 3))),
        draws.whole(6, 120),
    )
    p = draws.whole(0, k // 2)
    room = i + 2 * p - k
    up, down = -(-room // s) + 1, room // s + 1
    o = output_size(i, k, s, p, ceil_mode=True)
    last = (up - 1) * s
    drop = (
        f"The last would start at {last}, beyond the input and the padding before it (${i} + {p}$): it is dropped."
        if o < up
        else f"The last starts at {last}, inside the input and the padding before it (${i} + {p}$): it stays."
    )
    return Problem(
        {"size": i, "kernel_size": k, "stride": s, "padding": p},
        f"An axis of {i} cells goes through `MaxPool2d({k}, stride={s}, padding={p}, ceil_mode=True)`. How many cells "
        "does the output have?",
        o,
        [f"$⌈({i} + 2·{p} − {k})/{s}⌉ + 1 = ⌈{room}/{s}⌉ + 1 = {up}$ windows.", drop, f"So the size is ${o}$"],
        [
            Mistake(down, "rounded down", "`ceil_mode=True` keeps a last window that is not full."),
            Mistake(up, "kept a window that lies in the padding", f"It would start at {last}, after the last cell."),
            Mistake(-(-(i - k) // s) + 1, "left out the padding", f"Each side gets {p} cells."),
            Mistake(room + 1, "left out the stride", f"Windows start only every {s} cells."),
            Mistake(-(-(i + 2 * p) // s) + 1, "left out the kernel", f"The first window takes {k} cells."),
            Mistake(-(-(i + p - k) // s) + 1, "padded one side only", "`padding` is cells per side."),
            Mistake(-(-i // s), "divided the input by the stride", "The kernel and the padding count too."),
            Mistake(
                i // s, "divided the input by the stride and rounded down", "The kernel and the padding count too."
            ),
        ],
        "cells",
    )


def _windows(grid: rows.Grid, k: int, s: int) -> list[list[tuple[int, int]]]:
    places = range(0, len(grid) - k + 1, s)
    return [[(y + i, x + j) for i in range(k) for j in range(k)] for y in places for x in places]


def pooled_values(draws: Draws) -> Problem:
    """The values of a max-pooling."""
    grid, k, s = rows.grid(draws, 4), *draws.pick(((2, 2), (3, 1)))
    windows = [[grid[y][x] for y, x in cells] for cells in _windows(grid, k, s)]
    out = tuple(map(max, windows))
    listed = "; ".join(f"{', '.join(map(str, window))}: {max(window)}" for window in windows)
    return Problem(
        {"grid": grid, "kernel_size": k, "stride": s},
        f"`MaxPool2d({k}, stride={s})` reads\n\n{rows.shown(grid)}\n\nGive its four outputs, row by row.",
        out,
        ["Window by window: " + listed + ".", f"So {written(out)}"],
        [
            Mistake(tuple(map(min, windows)), "took the least value", "Max-pooling keeps the largest."),
            Mistake(
                tuple(sum(w) // len(w) for w in windows), "took the mean, rounded down", "That is average pooling."
            ),
            Mistake(tuple(window[0] for window in windows), "took the first value", "Max-pooling keeps the largest."),
            Mistake((out[0], out[2], out[1], out[3]), "went column by column", "The order is row by row."),
            Mistake(
                tuple(max(row) for row in grid), "took the maximum of each row", "A window is as high as it is wide."
            ),
        ],
    )


def averaged_values(draws: Draws) -> Problem:
    """The values of an average pooling."""
    grid = [[4 * value for value in row] for row in rows.grid(draws, 4)]
    windows = [[grid[y][x] for y, x in cells] for cells in _windows(grid, 2, 2)]
    sums = [sum(window) for window in windows]
    out = tuple(total // 4 for total in sums)
    listed = [f"({' + '.join(map(str, window))})/4 = {mean}" for window, mean in zip(windows, out, strict=True)]
    return Problem(
        {"grid": grid},
        f"`AvgPool2d(2)` reads\n\n{rows.shown(grid)}\n\nGive its four outputs, row by row.",
        out,
        ["Window by window: " + ", ".join(f"${text}$" for text in listed) + ".", f"So {written(out)}"],
        [
            Mistake(tuple(map(max, windows)), "took the largest value", "That is max-pooling."),
            Mistake(tuple(sums), "added up and did not divide", "A mean is the sum over the number of values, here 4."),
            Mistake(tuple(total // 2 for total in sums), "divided by the side of the window", "It holds 2·2 values."),
            Mistake((out[0], out[2], out[1], out[3]), "went column by column", "The order is row by row."),
            Mistake(tuple(sum(row) // 4 for row in grid), "took the mean of each row", "A window is 2×2."),
        ],
    )


def poolings_to(draws: Draws) -> Problem:
    """How many poolings reach a side."""
    side, most = draws.whole(30, 1200), draws.whole(2, 9)
    sides = [side]
    while sides[-1] > most:
        sides.append(sides[-1] // 2)
    n = len(sides) - 1
    return Problem(
        {"side": side, "most": most},
        f"A map has a side of {side}. How many `MaxPool2d(2)` in a row does it take until the side is at most {most}?",
        n,
        [f"Each halves the side and rounds down: {', '.join(map(str, sides))}.", f"The number of poolings is ${n}$"],
        [
            Mistake(n - 1, "stopped one too early", f"The side is {sides[-2]} then."),
            Mistake(n + 1, "counted the sides and not the steps", "There is one step fewer than sides."),
            Mistake(-(-n // 2), "divided the side by four", "The area is divided by four, the side by two."),
            Mistake(side // (2 * most), "divided by two once", "Every pooling halves what is left."),
        ],
        "poolings",
    )


# The sections that teach what is asked.
POOLED = "pooling.md#ex-max-pool-4x4"
AVERAGED = "pooling.md#ex-average-pool-4x4"
ROUNDED_UP = "convolution.md#ex-ceil-mode"
KINDS = (
    Kind("pool-shape", CHAPTER, "recall", "The shape after pooling", shape_after, POOLED),
    Kind("max-pool", CHAPTER, "compute", "Max-pooling by hand", pooled_values, POOLED),
    Kind("average-pool", CHAPTER, "compute", "Average pooling by hand", averaged_values, AVERAGED),
    Kind("ceil-mode", CHAPTER, "compute", "Sizes with ceil_mode", pooled_size, ROUNDED_UP),
    Kind("ceil-mode-mistake", CHAPTER, "explain", "A wrong size after pooling", explain(pooled_size), ROUNDED_UP),
    Kind("poolings-to-size", CHAPTER, "design", "How often to pool", poolings_to, POOLED),
)
