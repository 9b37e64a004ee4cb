"""Exhibits of the chapter on the way back."""

from itertools import product

import numpy as np

from convnotes.correlate import correlate2d
from convnotes.drawing.cell_rows import Row
from convnotes.drawing.kinds import Figure, Rows, Table, Widget
from convnotes.drawing.stamps import frame, label, numbers, titled, total
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive import stepper as windows
from convnotes.exhibits.interactive import walk as network
from convnotes.gradients import avg_pool2d_gradient, input_gradient, kernel_gradient, max_pool2d_gradient

ROW, WEIGHTS, SENT = (5, 6, 7), (2, 3), (1, 10)
KERNEL, BACK = np.array([[1, 2], [3, 4]]), np.array([[1, 0], [2, -1]])
GRID = np.array([[1, 2, 8, 3], [4, 6, 5, 1], [9, 7, 2, 3], [5, 3, 1, 0]])


def there_and_back() -> Figure:
    """There: each output reads its window through the weights. Back: its gradient returns through the same weights.

    Two drawings of three inputs below two outputs, joined by four lines with the weights 2, 3, 2, 3. Upper,
    forward: the inputs 5, 6 and 7 give the outputs 28 and 33. Lower, backward: the outputs hold the gradients 1 and
    10; arrows lead down through the weights, and the inputs get 2, then 3 + 20 = 23, then 30.
    """
    drawing = Drawing(340, 372)
    outputs = [sum(w * ROW[u + a] for a, w in enumerate(WEIGHTS)) for u in range(2)]
    sums = [[w * SENT[n - a] for a, w in enumerate(WEIGHTS) if 0 <= n - a < 2][::-1] for n in range(3)]
    _panel(drawing, 0, "forward: multiply and add", outputs, ROW, back=False)
    back = [sum(terms) for terms in sums]
    _panel(drawing, 178, "backward: through the same weights", SENT, back, back=True)
    for n, terms in enumerate(sums):
        if len(terms) > 1:
            drawing.text(102 + 104 * n, 360, f"{total(terms)}", "see", 13, "middle")
    rows: Rows = [[n, ROW[n], total(terms), sum(terms)] for n, terms in enumerate(sums)]
    return Figure(drawing, Table(["input cell", "value", "gradients handed back", "sum"], rows))


def _panel(
    drawing: Drawing, top: float, title: str, upper: tuple[int, ...] | list[int], lower: tuple[int, ...] | list[int],
    back: bool,
) -> None:  # fmt: skip
    drawing.text(8, top + 18, title, "ink", 14, bold=True)
    outputs, inputs = Row(drawing, 154, top + 34, 40, 104), Row(drawing, 102, top + 128, 40, 104)
    for u, (a, weight) in product(range(2), enumerate(WEIGHTS)):
        ends = (outputs.middle(u), outputs.bottom + 2), (inputs.middle(u + a), inputs.y - 3)
        start, end = ends if back else ends[::-1]
        drawing.arrow(*start, *end, stroke="win" if back else "edge")
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        drawing.text(x + (-14 if a == 0 else 14), y + 5, f"·{weight}", "ink", 13, "middle")
    outputs.fill(range(2), "win" if back else "out", lambda cell: upper[cell])
    inputs.fill(range(3), "see", lambda cell: lower[cell])
    drawing.text(8, outputs.y + 25, "gradient" if back else "output", "mute", 13)
    drawing.text(8, inputs.y + 25, "gradient" if back else "input", "mute", 13)


def weights_add_up() -> Figure:
    """One weight is used at every place, so its gradient is the sum over all places: window times gradient, added.

    Three lines. First place: gradient 1 times the window 5, 6 gives 5, 6. Second place: gradient 10 times the
    window 6, 7 gives 60, 70. Below a line, the sum: 65 for the first weight and 76 for the second.
    """
    drawing = Drawing(340, 186)
    rows: Rows = []
    for name, x in (("gradient", 8), ("window", 96), ("product", 220)):
        drawing.text(x, 16, name, "mute", 13)
    for u, sent in enumerate(SENT):
        y, window = 26 + 44 * u, np.array([ROW[u : u + 2]])
        numbers(drawing, 8, y, np.array([[sent]]), 36, "win", {(0, 0)})
        drawing.text(70, y + 18, "×", "ink", 15, middle=True)
        numbers(drawing, 96, y, window, 36, "see")
        drawing.text(194, y + 18, "=", "ink", 15, middle=True)
        numbers(drawing, 220, y, sent * window, 36)
        rows.append([f"place {u + 1}", sent, *map(int, window[0]), *map(int, sent * window[0])])
    summed = kernel_gradient([SENT], [ROW], (1, 2))
    drawing.line(216, 118, 296, 118, "ink")
    drawing.text(204, 146, "sum", "ink", 13, "end", bold=True)
    numbers(drawing, 220, 126, summed, 36, "out", {(0, 0), (0, 1)})
    drawing.text(256, 180, "gradient of the kernel", "out", 13, "middle")
    rows.append(["sum", None, None, None, *map(int, summed[0])])
    header = ["step", "gradient", "first cell", "second cell", "to the first weight", "to the second weight"]
    return Figure(drawing, Table(header, rows))


def four_stamps() -> Figure:
    """Four gradients, four stamps of the kernel: each lies where its window was, and overlaps add up.

    At the top the gradients 1 0 over 2 −1 and the kernel 1 2 over 3 4. Below, four grids of 3 × 3, each with the
    kernel times one gradient at one corner: 1 2 3 4 at the top left, zeros at the top right, 2 4 6 8 at the bottom
    left and −1 −2 −3 −4 at the bottom right. At the bottom their sum: 1 2 0, 5 7 −2, 6 5 −4.
    """
    drawing = Drawing(340, 316)
    titled(drawing, 8, 16, "gradients", BACK, 30, "win")
    titled(drawing, 120, 16, "kernel", KERNEL, 30)
    rows: Rows = []
    for number, (i, j) in enumerate(product(range(2), range(2))):
        stamp = np.zeros((3, 3), dtype=int)
        stamp[i : i + 2, j : j + 2] = BACK[i, j] * KERNEL
        x, y = 8 + 83 * number, 120
        drawing.text(x, y - 8, f"{label(BACK[i, j])} × kernel", "mute", 12)
        numbers(drawing, x, y, stamp, 25)
        frame(drawing, x, y, 25, (i, j, 2, 2), "win")
        rows += [[f"stamp of {label(BACK[i, j])}", *map(int, line)] for line in stamp]
    summed = input_gradient(BACK, KERNEL, (3, 3))
    drawing.text(116, 216, "all four added", "ink", 13, bold=True)
    numbers(drawing, 116, 224, summed, 29, "see")
    rows += [["sum", *map(int, line)] for line in summed]
    return Figure(drawing, Table(["grid", "left", "middle", "right"], rows))


def flipped_kernel() -> Figure:
    """The same numbers as one correlation: pad the gradients with zeros, flip the kernel, slide.

    Left, the gradients 1 0 over 2 −1 inside a border of zeros one cell wide, with a window of two by two framed on
    them. Middle, the kernel turned by half a turn: 4 3 over 2 1. Right, the result 1 2 0, 5 7 −2, 6 5 −4, its
    middle cell framed. Below, that cell written out: 4 times 1 plus 3 times 0 plus 2 times 2 minus 1 times 1 is 7.
    """
    drawing = Drawing(340, 190)
    padded, flip = np.pad(BACK, 1), KERNEL[::-1, ::-1]
    result = correlate2d(padded, flip)
    titled(drawing, 6, 16, "gradients, padded", padded, 30, "win")
    frame(drawing, 6, 24, 30, (1, 1, 2, 2), "win")
    titled(drawing, 146, 16, "flipped", flip, 30)
    drawing.text(226, 56, "=", "ink", 16, middle=True)
    titled(drawing, 244, 16, "to the input", result, 30, "see")
    frame(drawing, 244, 24, 30, (1, 1, 1, 1), "win")
    terms = [f"{label(w)}·{label(g) if g >= 0 else f'({label(g)})'}" for w, g in zip(flip.flat, BACK.flat, strict=True)]
    drawing.text(170, 176, f"{' + '.join(terms)} = {label(result[1, 1])}", "ink", 14, "middle")
    grids = (("gradients, padded", padded), ("flipped kernel", flip), ("to the input", result))
    rows: Rows = [[name, " ".join(map(label, line))] for name, grid in grids for line in grid]
    return Figure(drawing, Table(["grid", "a row of it"], rows))


def spread_and_cropped() -> Figure:
    """Stride 2 and padding 1 on the way back: zeros between the gradients, and what fell on padding is cut off.

    Four rows. The gradients 1 and 10. The same with a zero between them: 1 0 10. After sliding the flipped kernel 1
    3 2 over them: 2 3 21 30 10 and a 0 for a cell that no window read. Without the first and the last of these six
    cells, which were padding: 3 21 30 10, the gradient of the four input cells.
    """
    drawing, sent, kernel = Drawing(340, 246), [1, 10], [2, 3, 1]
    full = input_gradient([sent], [kernel], (1, 6), stride=(1, 2))[0]
    lines = [
        ("gradients of the outputs", [None, 1, None, 10, None, None], "win"),
        ("stride 2: zeros between", [None, 1, 0, 10, None, None], "win"),
        ("flipped kernel 1 3 2 slid over them", [*full.tolist()], "cell"),
        ("padding 1: cut off on both sides", [None, *full.tolist()[1:-1], None], "see"),
    ]
    rows: Rows = []
    for number, (title, values, role) in enumerate(lines):
        y = 16 + 60 * number
        drawing.text(8, y, title, "mute", 13)
        row = Row(drawing, 44, y + 6, 36, 44)
        for cell, value in enumerate(values):
            if value is not None:
                numbers(drawing, row.left(cell), row.y, np.array([[value]]), 36, role)
            elif number == 3:
                row.pad([cell])
        rows.append([title, *values])
    header = ["step", "padding", "cell 1", "cell 2", "cell 3", "cell 4", "padding after"]
    return Figure(drawing, Table(header, rows))


def poolings_back() -> Figure:
    """Max-pooling hands each gradient to the winner of its window; average pooling shares it among all cells.

    Top, the gradients 4 8 over 12 16 of four outputs. Below, two grids of 4 × 4 in four windows. Left, max-pooling:
    the cells that had won, in the windows' order at row 2 column 2, row 1 column 3, row 3 column 1 and row 3 column
    4, hold 4, 8, 12 and 16, all others 0. Right, average pooling: the four cells of each window hold 1, 2, 3 or 4.
    """
    drawing, sent = Drawing(340, 280), np.array([[4, 8], [12, 16]])
    titled(drawing, 134, 16, "gradients", sent, 36, "win")
    to_winner, shared = max_pool2d_gradient(sent, GRID, 2), avg_pool2d_gradient(sent, (4, 4), 2)
    winners = {(int(i), int(j)) for i, j in np.argwhere(to_winner)}
    rows: Rows = []
    for x, title, grid, strong in ((6, "maximum", to_winner, winners), (182, "average", shared, set())):
        titled(drawing, x, 112, title, grid, 38, "see", strong)
        for i, j in product(range(2), range(2)):
            frame(drawing, x, 120, 38, (2 * i, 2 * j, 2, 2), "edge")
        rows += [[title, " ".join(map(label, line))] for line in grid]
    return Figure(drawing, Table(["pooling", "a row of the gradient to its input"], rows))


def training_memory() -> Figure:
    """What one training step of the small network holds, batch of 32, in bytes: the maps outweigh the parameters.

    Seven bars. Parameters 63,080 bytes, their gradients as many, the two averages of Adam 126,160. Then what the
    forward pass keeps: the photographs 100,352, the map after the ReLU 802,816, by far the longest bar, the places
    of the winners 401,408, the pooled map 200,704.
    """
    weights, batch = 8 * 9 + 8 + 10 * 1568 + 10, 32
    parts: list[tuple[str, int, str]] = [
        ("parameters", 4 * weights, "out"), ("gradients", 4 * weights, "win"), ("Adam's averages", 8 * weights, "win"),
        ("photographs", 4 * batch * 784, "see"), ("map after ReLU", 4 * batch * 8 * 784, "see"),
        ("winners' places", 8 * batch * 8 * 196, "see"), ("pooled map", 4 * batch * 8 * 196, "see"),
    ]  # fmt: skip
    drawing, most = Drawing(340, 246), max(size for _, size, _ in parts)
    for number, (name, size, role) in enumerate(parts):
        y = 8 + 34 * number
        drawing.text(8, y + 19, name, "ink", 13)
        drawing.rect(124, y + 4, 138 * size / most, 22, role)
        drawing.text(132 + 138 * size / most, y + 20, f"{size:,}", "ink", 13)
    return Figure(drawing, Table(["what", "bytes"], [[name, size] for name, size, _ in parts]))


def stepper() -> Widget:
    """One output after the other sends its gradient back: to the cells of its window, and to the weights.

    A grid of three by three numbers, a kernel of two by two, and the gradients of the four outputs. Each gradient,
    times the kernel, is added to the cells of its window; each, times its window, to the gradient of the kernel. When
    all four are done, the input has a gradient in every cell, and each weight the sum over the four places.
    """
    presets = {
        "2×2 kernel": "back",
        "edge, 5×5 grid": "back_wedge_g12010.31201.01412.20131.11020",
        "stride 2": "back_g1201.3120.0141.2013_s2",
        "padding 1": "back_p1",
    }
    return windows.stepper("back", presets)


def walk() -> Widget:
    """The gradient of a score on its way back through a trained network, at every map and at the picture.

    A handwritten 4, the answers of a small network, and the gradient of one score minus another at every pixel of the
    picture: amber where more ink would raise the difference, violet where it would lower it. Below them the maps after
    both poolings.
    """
    return network.walk("s4_upool2.15.3.2_g4", tour=False)
