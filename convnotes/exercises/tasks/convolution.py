"""Tasks on the operation."""

from convnotes.conv import output_size
from convnotes.correlate import correlate2d
from convnotes.exercises.tasks.task import Slip, Task, code, grid


def layer(maps: list[list[list[int]]], filters: list[list[list[list[int]]]], biases: list[int]) -> object:
    """What a layer writes."""
    return [one + bias for one, bias in zip(correlate2d(maps, filters), biases, strict=True)]


PHOTO = [[[1, 2, 0], [0, 1, 3], [2, 0, 1]], [[0, 1, 1], [2, 0, 1], [1, 1, 0]], [[2, 0, 1], [1, 1, 0], [0, 2, 1]]]
FILTERS = [
    [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[-1, 0], [0, 1]]],
    [[[0, 1], [0, 0]], [[-1, 0], [0, 2]], [[0, 0], [1, 1]]],
]

TASKS = (
    Task(
        name="output-size",
        title="The size of an output",
        taught="convolution.md#formula",
        text="How many places does a window find along one axis? Write the formula, with padding on **each** side and "
        "with dilation. A window that does not fit whole is not counted.",
        starter=code("""
            def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
                ...
        """),
        solution=code("""
            def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
                span = dilation * (kernel_size - 1) + 1
                return (size + 2 * padding - span) // stride + 1
        """),
        hints=(
            "A dilated kernel reaches over more cells than it has weights. How many cells are there from its first "
            "weight "
            "to its last?",
            "The padded input has `size + 2 * padding` cells. The first window uses some of them. What is left is "
            "room to "
            "move.",
            "Each move takes `stride` cells, and half a move does not count: `//` divides and rounds down.",
        ),
        slips=(
            Slip("2 * padding", "padding", "It looks as if the padding was counted once. It is added on each side."),
            Slip(
                "// stride",
                "/ stride",
                "It looks as if the floor was forgotten. A window that does not fit is not counted: divide with `//`.",
            ),
            Slip(
                "// stride + 1",
                "// stride",
                "It looks as if the first window was forgotten. It is there before any move: add 1.",
            ),
            Slip(
                "- span",
                "- kernel_size",
                "It looks as if the dilation was forgotten. A kernel of $k$ weights spans $d(k − 1) + 1$ cells.",
            ),
            Slip(
                "dilation * (kernel_size - 1) + 1",
                "dilation * kernel_size",
                "It looks as if a dilated kernel was taken to "
                "span $dk$ cells. There are only $k − 1$ gaps between $k$ weights: it spans $d(k − 1) + 1$.",
            ),
            Slip(
                "(size + 2 * padding - span) // stride",
                "-(-(size + 2 * padding - span) // stride)",
                "It looks as if it was rounded up. A window that does not fit whole is not counted.",
            ),
        ),
        oracle=output_size,
        cases=[
            (10, 3),
            (10, 3, 1, 1),
            (10, 3, 2, 1),
            (224, 7, 2, 3),
            (227, 11, 4),
            (32, 3, 1, 2, 2),
            (224, 5, 3, 1, 2),
        ],
    ),
    Task(
        name="convolve",
        title="A convolution in loops",
        taught="convolution.md#kernel",
        text="Slide a square `kernel` over an `image`, both lists of rows, without padding. At each place multiply "
        "each "
        "weight by the number under it, and add. From one place to the next the window moves by `stride` cells. As in "
        "deep learning, the kernel is not flipped. Give back the map as a list of rows.",
        starter=code("""
            def convolve(image, kernel, stride=1):
                k = len(kernel)
                rows = ...  # of the map
                columns = ...
                out = []
                ...
                return out
        """),
        solution=code("""
            def convolve(image, kernel, stride=1):
                k = len(kernel)
                rows = (len(image) - k) // stride + 1
                columns = (len(image[0]) - k) // stride + 1
                out = []
                for i in range(rows):
                    out.append([])
                    for j in range(columns):
                        total = 0
                        for a in range(k):
                            for b in range(k):
                                total += kernel[a][b] * image[i * stride + a][j * stride + b]
                        out[i].append(total)
                return out
        """),
        hints=(
            "Four loops: two over the places of the map, inside them two over the weights of the kernel.",
            "Along each axis the window finds $⌊(n − k)/s⌋ + 1$ places.",
            "The window of place `(i, j)` begins in row `i * stride`, column `j * stride`. Weight `(a, b)` lies `a` "
            "rows "
            "and `b` columns further.",
        ),
        slips=(
            Slip(
                "kernel[a][b]",
                "kernel[k - 1 - a][k - 1 - b]",
                "It looks as if the kernel was flipped. That is what "
                "mathematicians do; here each weight meets the number under it as the kernel lies.",
            ),
            Slip(
                "kernel[a][b]",
                "kernel[b][a]",
                "It looks as if rows and columns of the kernel were exchanged: `kernel[a]` is row `a`.",
            ),
            Slip(
                "image[i * stride + a][j * stride + b]",
                "image[i + a][j + b]",
                "It looks as if the stride counted the places "
                "but did not move the window: that of place `(i, j)` begins at `(i * stride, j * stride)`.",
            ),
            Slip(
                "// stride + 1",
                "// stride",
                "It looks as if the last place of each axis was left out. The first window "
                "is there before any move: add 1.",
            ),
        ),
        oracle=correlate2d,
        cases=[
            ([[1, 0, 1], [0, 1, 2], [1, 1, 7]], [[-1, 0, 1]] * 3),
            ([[1, 2, 0], [0, 1, 3], [2, 0, 1]], [[1, 2], [0, 1]]),
            (grid(4, 6, 1), [[1, 2], [3, 4]]),
            (grid(5, 6, 2), [[1, 2], [3, -4]], 2),
            (grid(7, 5, 3), [[0, 1, 0], [1, -4, 2], [0, 3, 0]], 2),
        ],
    ),
    Task(
        name="channels",
        title="A layer with channels",
        taught="convolution.md#ex-channels",
        text="Now with channels. `maps` is a list of maps, `filters` a list of filters, and each filter has one "
        "kernel for "
        "each input map. Give back one map for each filter: over all input maps add up the products of kernel and "
        "window, "
        "then add the filter's bias. Stride 1, no padding.",
        starter=code("""
            def layer(maps, filters, biases):
                k = len(filters[0][0])
                rows = len(maps[0]) - k + 1
                columns = len(maps[0][0]) - k + 1
                out = []
                ...
                return out
        """),
        solution=code("""
            def layer(maps, filters, biases):
                k = len(filters[0][0])
                rows = len(maps[0]) - k + 1
                columns = len(maps[0][0]) - k + 1
                out = []
                for weights, bias in zip(filters, biases):
                    written = [[bias] * columns for _ in range(rows)]
                    for i in range(rows):
                        for j in range(columns):
                            for c in range(len(maps)):
                                for a in range(k):
                                    for b in range(k):
                                        written[i][j] += weights[c][a][b] * maps[c][i + a][j + b]
                    out.append(written)
                return out
        """),
        hints=(
            "One map for each filter, not for each input map. How many are there to write?",
            "`filters[o][c]` is the kernel of filter `o` for input map `c`.",
            "The bias belongs to the filter and is added once at each place: let the sum start with it.",
        ),
        slips=(
            Slip(
                "[bias]", "[0]", "It looks as if the biases were left out. Each output map adds the bias of its filter."
            ),
            Slip(
                "[bias]",
                "[bias * len(maps)]",
                "It looks as if the bias was added for each input map. It is added once at each place.",
            ),
            Slip(
                "for c in range(len(maps))",
                "for c in range(1)",
                "It looks as if the first input map alone was read. A filter reads all of them, and adds.",
            ),
            Slip(
                "weights[c]",
                "weights[0]",
                "It looks as if one kernel was laid on all input maps. A filter has a kernel of its own for each.",
            ),
            Slip(
                "weights[c][a][b]",
                "weights[c][k - 1 - a][k - 1 - b]",
                "It looks as if the kernels were flipped. In deep learning they are not.",
            ),
        ),
        oracle=layer,
        cases=[
            (PHOTO, FILTERS, [1, -2]),
            ([grid(3, 4, 4)], [[[[1, 2], [3, 4]]]], [5]),
            ([grid(3, 3, 5), grid(3, 3, 6)], [[grid(2, 2, 7), grid(2, 2, 8)]], [-3]),
            ([grid(4, 3, 9), grid(4, 3, 10)], [[grid(3, 3, n), grid(3, 3, n + 1)] for n in (11, 13, 15)], [1, 0, -4]),
        ],
    ),
)
