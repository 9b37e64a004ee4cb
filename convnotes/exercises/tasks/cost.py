"""Tasks on what a layer costs."""

from convnotes.cost import macs, parameters
from convnotes.exercises.tasks.task import Slip, Task, code
from convnotes.layers import Conv2d


def counted(in_channels: int, out_channels: int, kernel_size: int, side: int, stride: int, padding: int) -> object:
    """Parameters and MACs, as the package counts them."""
    layer = Conv2d(in_channels, out_channels, kernel_size, stride, padding)
    return parameters(layer), macs(layer, (in_channels, side, side))


TASKS = (
    Task(
        name="layer-cost",
        title="What a layer costs",
        taught="cost.md#ex-count-by-hand",
        text="A convolution with biases reads square maps of `side` cells. Give back its parameters and its MACs, as "
        "a pair.",
        starter=code("""
            def cost(in_channels, out_channels, kernel_size, side, stride=1, padding=0):
                parameters = ...
                macs = ...
                return parameters, macs
        """),
        solution=code("""
            def cost(in_channels, out_channels, kernel_size, side, stride=1, padding=0):
                weights = kernel_size**2 * in_channels * out_channels
                parameters = weights + out_channels
                places = (side + 2 * padding - kernel_size) // stride + 1
                macs = weights * places**2
                return parameters, macs
        """),
        hints=(
            "A filter has a kernel for each input channel, and there is a filter, with one bias, for each output "
            "channel.",
            "Every weight is used once at each place of the **output** map. How large is that map?",
            "MACs count the multiplications: biases are only added.",
        ),
        slips=(
            Slip(
                "weights + out_channels",
                "weights",
                "It looks as if the biases were left out: one for each output channel.",
            ),
            Slip(
                "weights * places**2",
                "weights * side**2",
                "It looks as if the places of the input were counted. Each weight is used at each place of the output.",
            ),
            Slip(
                "weights * places**2",
                "2 * weights * places**2",
                "It looks as if FLOPs were counted. A MAC is one multiplication with its addition.",
            ),
            Slip(
                "weights * places**2",
                "parameters * places**2",
                "It looks as if the biases were counted among the MACs. They are added, not multiplied.",
            ),
            Slip(
                "* in_channels * out_channels",
                "* out_channels",
                "It looks as if a filter had one kernel. It has one for each input channel.",
            ),
            Slip(
                "weights * places**2",
                "weights * places",
                "It looks as if the places along one axis were counted. There are as many rows of them as columns.",
            ),
        ),
        oracle=counted,
        cases=[
            (3, 2, 3, 6, 1, 0),
            (3, 64, 3, 224, 1, 1),
            (3, 64, 7, 224, 2, 3),
            (256, 64, 1, 14, 1, 0),
            (1, 6, 5, 32, 1, 0),
        ],
    ),
)
