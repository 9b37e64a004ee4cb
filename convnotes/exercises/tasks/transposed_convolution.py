"""Tasks on transposed convolution."""

from convnotes.exercises.tasks.task import Slip, Task, code, grid
from convnotes.gradients import conv_transpose2d

TASKS = (
    Task(
        name="transposed",
        title="Transposed convolution by stamps",
        taught="transposed-convolution.md#ex-two-dimensions",
        text="Each number of the `image` stamps the square `kernel`, times itself, on the output. Neighbouring "
        "stamps begin `stride` "
        "cells apart, and where they overlap they add up. No padding. Give back the output as a list of rows.",
        starter=code("""
            def transposed(image, kernel, stride=1):
                k = len(kernel)
                rows = ...  # of the output
                columns = ...
                out = [[0] * columns for _ in range(rows)]
                ...
                return out
        """),
        solution=code("""
            def transposed(image, kernel, stride=1):
                k = len(kernel)
                rows = stride * (len(image) - 1) + k
                columns = stride * (len(image[0]) - 1) + k
                out = [[0] * columns for _ in range(rows)]
                for i in range(len(image)):
                    for j in range(len(image[0])):
                        for a in range(k):
                            for b in range(k):
                                out[i * stride + a][j * stride + b] += kernel[a][b] * image[i][j]
                return out
        """),
        hints=(
            "How far apart are the first and the last stamp? The output ends with the last cell of the last one: "
            "$s (n − 1) + k$.",
            "Two loops over the image, two over the kernel, and one line that adds to a cell of the output.",
            "The stamp of image cell `(i, j)` begins at `(i * stride, j * stride)`.",
        ),
        slips=(
            Slip(
                "+= kernel",
                "= kernel",
                "It looks as if a later stamp replaced an earlier one. Where stamps overlap they add up.",
            ),
            Slip(
                "kernel[a][b]",
                "kernel[k - 1 - a][k - 1 - b]",
                "It looks as if the kernel was flipped. It is stamped as it is.",
            ),
            Slip(
                "out[i * stride + a][j * stride + b]",
                "out[i + a][j + b]",
                "It looks as if the output has room for the stride, but "
                "the stamps lie one cell apart. They begin `stride` cells apart.",
            ),
            Slip(
                "out[i * stride + a][j * stride + b] += kernel[a][b] * image[i][j]",
                "out[i * stride + a][j * stride + b] += kernel[a][b]",
                "It looks as if the kernel was stamped as it is. It is multiplied by the number of the image first.",
            ),
            Slip(
                "stride * (len(image",
                "(stride + 1) * (len(image",
                "It looks as if the output is too large: stamps begin `stride` cells apart, without a gap more.",
            ),
        ),
        oracle=conv_transpose2d,
        cases=[
            ([[1, 2], [3, 4]], [[1, 2, 1], [2, 4, 2], [1, 2, 1]], 2),
            ([[1, 2], [3, 4]], [[1, 2], [0, 1]]),
            (grid(2, 3, 51), [[1, 2], [3, 4]], 2),
            (grid(3, 2, 52), [[1, -1, 0], [2, 3, 1], [0, 1, 4]], 2),
            ([[2, -1, 3]], [[1, 2], [3, 4]], 3),
        ],
    ),
)
