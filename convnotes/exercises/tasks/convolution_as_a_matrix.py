"""Tasks on matrices that convolve."""

from itertools import product

from convnotes.correlate import correlate2d
from convnotes.exercises.tasks.task import Slip, Task, code, grid


def banded(kernel: list[int], size: int) -> object:
    """The matrix of a layer on a row, column by column: what it answers to a row that is 1 at one cell."""
    cells = [[int(place == cell) for place in range(size)] for cell in range(size)]
    answers = [correlate2d([cell], [kernel])[0].tolist() for cell in cells]
    return list(zip(*answers, strict=True))


def im2col(image: list[list[int]], k: int) -> object:
    """For each weight the numbers that it is laid on: what a kernel writes that is 1 there and 0 elsewhere."""
    kernels = [
        [[int((row, column) == one) for column in range(k)] for row in range(k)] for one in product(range(k), repeat=2)
    ]
    return [correlate2d(image, kernel).ravel() for kernel in kernels]


TASKS = (
    Task(
        name="banded-matrix",
        title="The matrix of a convolution",
        taught="convolution-as-a-matrix.md#ex-toeplitz",
        text="A convolution of a row of `size` cells, without padding and at stride 1, is a matrix times that row. "
        "Write the "
        "matrix, a list of rows.",
        starter=code("""
            def matrix(kernel, size):
                k = len(kernel)
                ...
        """),
        solution=code("""
            def matrix(kernel, size):
                k = len(kernel)
                out = []
                for place in range(size - k + 1):
                    out.append([0] * place + list(kernel) + [0] * (size - k - place))
                return out
        """),
        hints=(
            "There is one row for each output, and in it one number for each input cell.",
            "Output `place` reads the cells `place` to `place + k - 1`. The weights of all others are 0.",
        ),
        slips=(
            Slip(
                "list(kernel)",
                "list(kernel)[::-1]",
                "It looks as if the kernel was flipped. In deep learning it is laid on as it is.",
            ),
            Slip(
                "return out",
                "return [list(column) for column in zip(*out)]",
                "It looks as if rows and columns were "
                "exchanged. There is a row for each output and a column for each input cell.",
            ),
            Slip(
                "size - k + 1",
                "size - k",
                "It looks as if the last row is missing: the kernel finds $n − k + 1$ places.",
            ),
        ),
        oracle=banded,
        cases=[([2, -1, 3], 5), ([1, 2], 4), ([4], 3), ([3, 0, -2, 5], 6)],
    ),
    Task(
        name="im2col",
        title="im2col",
        taught="convolution-as-a-matrix.md#ex-im2col",
        text="Copy each $k × k$ window of an image into a **column**: the windows from left to right, then from top "
        "to bottom, "
        "and inside a window row by row. Give back the matrix as a list of its rows.",
        starter=code("""
            def im2col(image, k):
                rows = len(image) - k + 1  # of places
                columns = len(image[0]) - k + 1
                ...
        """),
        solution=code("""
            def im2col(image, k):
                rows = len(image) - k + 1  # of places
                columns = len(image[0]) - k + 1
                out = []
                for a in range(k):
                    for b in range(k):
                        out.append([image[i + a][j + b] for i in range(rows) for j in range(columns)])
                return out
        """),
        hints=(
            "The matrix has $k²$ rows, and as many columns as there are windows.",
            "A row of the matrix belongs to one weight `(a, b)` of the kernel: it holds the numbers that lie under "
            "this weight, "
            "window after window.",
        ),
        slips=(
            Slip(
                "return out",
                "return [list(column) for column in zip(*out)]",
                "It looks as if each window became a row. In "
                "im2col it becomes a column, so that the kernel, as a row, can be multiplied by it.",
            ),
            Slip(
                "image[i + a][j + b]",
                "image[i + b][j + a]",
                "It looks as if each window was read column by column. Read it row by row.",
            ),
            Slip(
                "for i in range(rows) for j in range(columns)",
                "for j in range(columns) for i in range(rows)",
                "It looks as if the windows were taken from top to bottom first. Take them from left to right first.",
            ),
            Slip(
                "for i in range(rows) for j in range(columns)",
                "for i in range(0, rows, k) for j in range(0, columns, k)",
                "It looks as if the window moved by its own size. At stride 1 windows overlap.",
            ),
        ),
        oracle=im2col,
        cases=[
            ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 2),
            (grid(3, 5, 21), 2),
            (grid(4, 5, 22), 3),
            (grid(2, 3, 23), 1),
        ],
    ),
)
