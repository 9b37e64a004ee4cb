"""Tasks on the way back."""

from math import exp, fsum, log

from convnotes.exercises.draws import Draws
from convnotes.exercises.rows import Grid
from convnotes.exercises.tasks.task import Slip, Task, code, grid
from convnotes.gradients import input_gradient, kernel_gradient, max_pool2d_gradient


def to_kernel(image: Grid, sent: Grid, stride: int = 1) -> object:
    """The gradient to a square kernel of the only size that fits, as drawn below."""
    k = len(image) - stride * (len(sent) - 1)
    return kernel_gradient(sent, image, k, stride)


def to_input(sent: Grid, kernel: Grid, stride: int = 1) -> object:
    """The gradient to an input that the windows fill."""
    size = [stride * (cells - 1) + len(kernel) for cells in (len(sent), len(sent[0]))]
    return input_gradient(sent, kernel, (size[0], size[1]), stride)


def to_pooled(image: Grid, sent: Grid, k: int, stride: int) -> object:
    """The gradient to what was pooled."""
    return max_pool2d_gradient(sent, image, k, stride)


def to_scores(scores: list[float], right: int) -> object:
    """The slope of log Σ exp(z) − z_right, each probability by way of its logarithm."""
    total = log(fsum(map(exp, scores)))
    return [exp(score - total) - (place == right) for place, score in enumerate(scores)]


def different(height: int, width: int, seed: int) -> Grid:
    """Rows of numbers of which no two are equal."""
    numbers = Draws("task", seed).shuffled(range(1, 1 + height * width))
    return [numbers[width * row : width * (row + 1)] for row in range(height)]


TASKS = (
    Task(
        name="kernel-gradient",
        title="The gradient to the kernel",
        taught="backward.md#ex-three-by-three",
        text="A convolution without padding has read `image`, and the later layers have sent back `sent`, one "
        "gradient for each "
        "output. Give back the gradient to its square kernel, as a list of rows. The windows fill the image: "
        "$k = n − s (o − 1)$, with $n$ rows in the image and $o$ in `sent`.",
        starter=code("""
            def kernel_gradient(image, sent, stride=1):
                k = len(image) - stride * (len(sent) - 1)
                out = [[0] * k for _ in range(k)]
                ...
                return out
        """),
        solution=code("""
            def kernel_gradient(image, sent, stride=1):
                k = len(image) - stride * (len(sent) - 1)
                out = [[0] * k for _ in range(k)]
                for i in range(len(sent)):
                    for j in range(len(sent[0])):
                        for a in range(k):
                            for b in range(k):
                                out[a][b] += sent[i][j] * image[i * stride + a][j * stride + b]
                return out
        """),
        hints=(
            "Weight `(a, b)` was used at every place. At place `(i, j)`, on which number of the image was it laid?",
            "It changes output `(i, j)` by that number, so it gets `sent[i][j]` times it.",
            "Every place is another path to the loss. Paths are added.",
        ),
        slips=(
            Slip(
                "out[a][b] += sent",
                "out[a][b] = sent",
                "It looks as if only the last place was kept. A shared weight gets a gradient "
                "from every place, and they are added.",
            ),
            Slip(
                "out[a][b] +=",
                "out[k - 1 - a][k - 1 - b] +=",
                "It looks as if the gradient was flipped. Weight $(a, b)$ meets the "
                "number $a$ rows and $b$ columns from the corner of its window.",
            ),
            Slip(
                "return out",
                "return [[v / (len(sent) * len(sent[0])) for v in row] for row in out]",
                "It looks as if you took the mean over the places. They are added.",
            ),
            Slip(
                "image[i * stride + a][j * stride + b]",
                "image[i + a][j + b]",
                "It looks as if the stride was left out: the window of place $(i, j)$ begins at $(s i, s j)$.",
            ),
            Slip(
                "sent[i][j] * image",
                "image",
                "It looks as if the gradients that were sent back were left out. Each place counts as "
                "much as its output matters to the loss.",
            ),
        ),
        oracle=to_kernel,
        cases=[
            ([[1, 2, 0], [3, 1, 2], [0, 1, 4]], [[1, 0], [2, -1]]),
            ([[5, 6, 7], [0, 0, 0], [1, 2, 3]], [[1, 10], [0, 2]]),
            (grid(5, 5, 61), grid(3, 3, 62)),
            (grid(4, 6, 63), grid(2, 3, 64), 2),
            (grid(5, 7, 65), grid(2, 3, 66), 2),
        ],
    ),
    Task(
        name="input-gradient",
        title="The gradient to the input",
        taught="backward.md#ex-three-by-three",
        text="Now the way on to earlier layers. A convolution without padding has a square `kernel`, and `sent` "
        "holds one gradient for "
        "each of its outputs. Give back the gradient to its input, as a list of rows. The windows fill the input: it "
        "has "
        "$s (o − 1) + k$ rows, with $o$ rows in `sent`, and columns alike.",
        starter=code("""
            def input_gradient(sent, kernel, stride=1):
                k = len(kernel)
                rows = stride * (len(sent) - 1) + k
                columns = stride * (len(sent[0]) - 1) + k
                out = [[0] * columns for _ in range(rows)]
                ...
                return out
        """),
        solution=code("""
            def input_gradient(sent, kernel, stride=1):
                k = len(kernel)
                rows = stride * (len(sent) - 1) + k
                columns = stride * (len(sent[0]) - 1) + k
                out = [[0] * columns for _ in range(rows)]
                for i in range(len(sent)):
                    for j in range(len(sent[0])):
                        for a in range(k):
                            for b in range(k):
                                out[i * stride + a][j * stride + b] += kernel[a][b] * sent[i][j]
                return out
        """),
        hints=(
            "Each output hands its gradient back to the cells of its window.",
            "It hands it back through the weights through which it read them: times `kernel[a][b]`.",
            "A cell that several windows read gets the sum.",
        ),
        slips=(
            Slip(
                "+= kernel",
                "= kernel",
                "It looks as if a cell kept only what its last window sent. A cell that several windows read "
                "gets the sum.",
            ),
            Slip(
                "kernel[a][b]",
                "kernel[k - 1 - a][k - 1 - b]",
                "It looks as if the kernel was flipped as it was stamped. Handed out "
                "from the output, it lies as it did on the way there; it is flipped only if you collect from the "
                "input.",
            ),
            Slip(
                "out[i * stride + a][j * stride + b]",
                "out[i + a][j + b]",
                "It looks as if the stride was left out: the window of output $(i, j)$ begins at $(s i, s j)$.",
            ),
            Slip(
                "kernel[a][b] * sent[i][j]",
                "sent[i][j]",
                "It looks as if the weights were left out. A gradient goes back through "
                "the weights through which the cell was read.",
            ),
        ),
        oracle=to_input,
        cases=[
            ([[1, 0], [2, -1]], [[1, 2], [3, 4]]),
            ([[1, 10]], [[2, 3], [0, 1]]),
            (grid(2, 3, 71), grid(3, 3, 72)),
            (grid(3, 2, 73), grid(2, 2, 74), 2),
            (grid(2, 3, 75), grid(3, 3, 76), 2),
        ],
    ),
    Task(
        name="pool-gradient",
        title="The gradient of max-pooling",
        taught="backward.md#ex-pooling-gradients",
        text="A max-pooling with $k × k$ windows has read `image`, and `sent` holds one gradient for each of its "
        "outputs. Give back the "
        "gradient to the image, as a list of rows. If two cells of a window tie, the first of them takes all, row by "
        "row.",
        starter=code("""
            def pool_gradient(image, sent, k, stride):
                out = [[0] * len(image[0]) for _ in image]
                ...
                return out
        """),
        solution=code("""
            def pool_gradient(image, sent, k, stride):
                out = [[0] * len(image[0]) for _ in image]
                for i in range(len(sent)):
                    for j in range(len(sent[0])):
                        best = None
                        for u in range(i * stride, i * stride + k):
                            for v in range(j * stride, j * stride + k):
                                if best is None or image[u][v] > image[best[0]][best[1]]:
                                    best = u, v
                        out[best[0]][best[1]] += sent[i][j]
                return out
        """),
        hints=(
            "Look into each window once more: which cell won?",
            "The whole gradient of the output goes to the winner. The others get nothing.",
            "Windows may overlap. A cell that won several gets the sum.",
        ),
        slips=(
            Slip(
                "+= sent",
                "= sent",
                "It looks as if a cell that won several windows kept only the last gradient. They are added.",
            ),
            Slip(
                "out[best[0]][best[1]] += sent[i][j]",
                "for u in range(i * stride, i * stride + k):\n"
                "                for v in range(j * stride, j * stride + k):\n"
                "                    out[u][v] += sent[i][j] / k**2",
                "It looks as if the gradient was shared by all cells of the "
                "window. That is average pooling; here the winner takes all.",
            ),
            Slip(
                "> image[best",
                ">= image[best",
                "It looks as if the last of several equal cells took the gradient. The first one does.",
            ),
            Slip(
                "out[best[0]][best[1]] += sent[i][j]",
                "for u in range(i * stride, i * stride + k):\n"
                "                for v in range(j * stride, j * stride + k):\n"
                "                    out[u][v] += sent[i][j] * (image[u][v] == image[best[0]][best[1]])",
                "It looks as if all equal winners got the gradient. Only the first one gets it.",
            ),
            Slip(
                "+= sent[i][j]",
                "+= image[best[0]][best[1]]",
                "It looks as if the winner got its own value. It gets the gradient that was sent back.",
            ),
        ),
        oracle=to_pooled,
        cases=[
            ([[1, 2, 8, 3], [4, 6, 5, 1], [9, 7, 2, 3], [5, 3, 1, 0]], [[4, 8], [12, 16]], 2, 2),
            ([[7, 7], [7, 7]], [[5]], 2, 2),
            ([[1, 9, 2], [0, 3, 4], [8, 5, 6]], [[1, 2], [3, 4]], 2, 1),
            (different(5, 7, 81), grid(2, 3, 82), 3, 2),
            ([[2, 2, 5, 5], [1, 2, 5, 3]], [[3, -2]], 2, 2),
        ],
    ),
    Task(
        name="softmax-gradient",
        title="The gradient of softmax and cross-entropy",
        taught="backward.md#ex-whole-network",
        text="The scores of a classifier go through a softmax, and the loss is the cross-entropy of the right class, "
        "number `right`, "
        "counted from 0. Give back the gradient of the loss to each score, as a list.",
        starter=code("""
            from math import exp

            def softmax_gradient(scores, right):
                ...
        """),
        solution=code("""
            from math import exp

            def softmax_gradient(scores, right):
                powers = [exp(score) for score in scores]
                out = [power / sum(powers) for power in powers]
                out[right] -= 1
                return out
        """),
        hints=(
            "First the probabilities, $p_i$: the power of each score, divided by the sum of all of them.",
            "The gradient to a score is its probability minus what it should have been: 1 for the right class, 0 for "
            "the others.",
        ),
        slips=(
            Slip(
                "    out[right] -= 1\n",
                "",
                "It looks as if these are the probabilities. The right class should have had 1: subtract it there.",
            ),
            Slip(
                "return out",
                "return [-one for one in out]",
                "It looks as if the sign was turned around. More score for the right "
                "class makes the loss smaller, so its gradient is negative.",
            ),
            Slip(
                "return out",
                "return [one if place == right else 0 for place, one in enumerate(out)]",
                "It looks as if the wrong "
                "classes got 0. Each of them gets its probability: more score for it makes the loss larger.",
            ),
            Slip("power / sum(powers)", "power", "It looks as if the powers were not divided by their sum."),
        ),
        oracle=to_scores,
        cases=[
            ([0.0, log(2), log(5)], 1),
            ([0, 0, 0, 0], 2),
            ([2.5, -1, 0.5], 0),
            ([1, 3], 0),
            ([-2, 4, 1, 0, 0.5], 4),
        ],
    ),
)
