"""Tasks on convolutions that mix channels."""

from convnotes.correlate import correlate2d
from convnotes.cost import macs, parameters
from convnotes.exercises.tasks.task import Slip, Task, code, grid
from convnotes.layers import Conv2d, Sequential


def bottleneck(channels: int, width: int, side: int) -> object:
    """Weights and MACs, as the package counts them."""
    block = Sequential(
        Conv2d(channels, width, 1, bias=False),
        Conv2d(width, width, 3, padding=1, bias=False),
        Conv2d(width, channels, 1, bias=False),
    )
    return parameters(block), macs(block, (channels, side, side))


def grouped(pixel: list[int], weights: list[list[int]], groups: int) -> object:
    """A grouped 1×1 convolution of a map of one pixel."""
    maps, kernels = [[[number]] for number in pixel], [[[[weight]] for weight in row] for row in weights]
    return correlate2d(maps, kernels, groups=groups).ravel()


TASKS = (
    Task(
        name="bottleneck",
        title="What a bottleneck costs",
        taught="pointwise-convolution.md#ex-bottleneck",
        text="A bottleneck is a 1×1 convolution from `channels` to `width`, a 3×3 at that width with padding 1, and "
        "a 1×1 back to "
        "`channels`, all without biases, on maps of `side` cells along each axis. Give back its weights and its "
        "MACs, as a pair.",
        starter=code("""
            def bottleneck(channels, width, side):
                weights = ...
                macs = ...
                return weights, macs
        """),
        solution=code("""
            def bottleneck(channels, width, side):
                weights = channels * width + 9 * width * width + width * channels
                macs = weights * side**2
                return weights, macs
        """),
        hints=(
            "The weights of a convolution are $k² C_in C_out$.",
            "All three layers write maps of the same size. How often is each weight used?",
        ),
        slips=(
            Slip(
                "9 * width * width",
                "9 * channels * channels",
                "It looks as if the 3×3 was counted at all channels. It lies between the two 1×1 layers and is narrow.",
            ),
            Slip(
                "9 * width * width",
                "9 * width",
                "It looks as if the 3×3 had one kernel for each channel. A standard convolution has "
                "one for each pair of an input and an output channel.",
            ),
            Slip("9 * width * width", "width * width", "It looks as if the nine weights of a 3×3 were counted once."),
            Slip(" + width * channels", "", "It looks as if the way back up to all channels was left out."),
            Slip(
                "weights * side**2",
                "2 * weights * side**2",
                "It looks as if FLOPs were counted. A MAC is one multiplication with its addition.",
            ),
            Slip("side**2", "side", "It looks as if the places along one axis were counted."),
        ),
        oracle=bottleneck,
        cases=[(256, 64, 14), (64, 16, 56), (512, 128, 28), (8, 2, 1), (48, 96, 7)],
    ),
    Task(
        name="grouped",
        title="A grouped 1×1 convolution",
        taught="pointwise-convolution.md#ex-grouped",
        text="`pixel` holds the numbers of one pixel, one for each input channel. Cut the channels into `groups` "
        "groups of neighbours. "
        "Each group of outputs reads its own group of inputs only. `weights[o]` are the weights of output `o`, one "
        "for each channel "
        "that it reads. Give back the output channels as a list.",
        starter=code("""
            def grouped(pixel, weights, groups):
                inputs = len(pixel) // groups  # channels that an output reads
                outputs = len(weights) // groups  # outputs of a group
                ...
        """),
        solution=code("""
            def grouped(pixel, weights, groups):
                inputs = len(pixel) // groups  # channels that an output reads
                outputs = len(weights) // groups  # outputs of a group
                out = []
                for o in range(len(weights)):
                    first = o // outputs * inputs
                    total = 0
                    for c in range(inputs):
                        total += weights[o][c] * pixel[first + c]
                    out.append(total)
                return out
        """),
        hints=(
            "Output `o` belongs to group `o // outputs`.",
            "Group `g` reads the input channels from `g * inputs` on.",
        ),
        slips=(
            Slip(
                "o // outputs * inputs",
                "0",
                "It looks as if every output read the first group. Each group of outputs has inputs of its own.",
            ),
            Slip(
                "o // outputs * inputs",
                "o % groups * inputs",
                "It looks as if the outputs were dealt out to the groups in turn. "
                "Neighbouring outputs belong to one group.",
            ),
            Slip(
                "pixel[first + c]",
                "pixel[o // outputs + c * groups]",
                "It looks as if the inputs were dealt out to the groups in "
                "turn. Neighbouring channels belong to one group.",
            ),
        ),
        oracle=grouped,
        cases=[
            ([1, 2, 3, 4], [[1, 1], [1, -1], [2, 0], [0, 3]], 2),
            ([5, 1, 2], [[1, 2, 3], [0, 1, 0]], 1),
            ([5, 1, 2], [[2], [3], [4]], 3),
            (grid(1, 6, 41)[0], grid(9, 2, 42), 3),
            (grid(1, 9, 43)[0], grid(6, 3, 44), 3),
        ],
    ),
)
