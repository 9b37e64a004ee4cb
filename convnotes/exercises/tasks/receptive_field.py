"""Tasks on what one unit sees."""

from convnotes.exercises.tasks.task import Slip, Task, code
from convnotes.layers import Conv2d, Sequential
from convnotes.receptive_field import receptive_field

VGG_BLOCK = [(3, 1, 1, 1), (3, 1, 1, 1), (2, 2, 0, 1)]


def field(layers: list[tuple[int, int, int, int]]) -> object:
    """The field, as the package finds it."""
    found = receptive_field(Sequential(*(Conv2d(1, 1, k, s, p, d) for k, s, p, d in layers)))
    return found.size[0], found.stride[0], -(found.padding[0] or 0)


TASKS = (
    Task(
        name="field",
        title="The three recursions of the receptive field",
        taught="receptive-field.md#which-pixels",
        text="`layers` lists for each layer its kernel size, stride, padding and dilation, the first layer first. "
        "Give back the size "
        "of the field of one unit of the last layer, the step from one unit to the next, in pixels, and the pixel at "
        "which the "
        "field of the first unit starts.",
        starter=code("""
            def field(layers):
                size, step, start = 1, 1, 0
                for kernel_size, stride, padding, dilation in layers:
                    ...
                return size, step, start
        """),
        solution=code("""
            def field(layers):
                size, step, start = 1, 1, 0
                for kernel_size, stride, padding, dilation in layers:
                    size += dilation * (kernel_size - 1) * step
                    start -= padding * step
                    step *= stride
                return size, step, start
        """),
        hints=(
            "A window over units that lie `step` pixels apart is wider in pixels: each gap between two weights is "
            "worth `step`.",
            "What counts for size and start is the step **before** the layer. So which of the three is to change last?",
            "Padding of `padding` cells moves the first window that many units to the left.",
        ),
        slips=(
            Slip(
                "(kernel_size - 1) * step",
                "(kernel_size - 1) * step * stride",
                "It looks as if a layer's own stride was counted in "
                "its own size. The stride moves the units apart, and only later layers see further by it.",
            ),
            Slip(
                "(kernel_size - 1) * step",
                "(kernel_size - 1)",
                "It looks as if the steps were left out of the size. After a "
                "stride, neighbouring units are several pixels apart.",
            ),
            Slip(
                "dilation * (kernel_size - 1)",
                "kernel_size",
                "It looks as if the kernel size was added. A kernel has $k − 1$ gaps between its weights.",
            ),
            Slip(
                "dilation * (kernel_size - 1)",
                "(kernel_size - 1)",
                "It looks as if the dilation was left out: each gap is $d$ units wide.",
            ),
            Slip(
                "padding * step",
                "padding",
                "It looks as if the padding was counted in pixels. It counts units of the layer's input, "
                "which lie `step` pixels apart.",
            ),
            Slip("step *= stride", "step += stride", "It looks as if the strides were added. They multiply."),
            Slip(
                "start -= padding",
                "start += padding",
                "It looks as if the padding moved the start to the right. Windows begin "
                "outside the picture, at negative pixels.",
            ),
        ),
        oracle=field,
        cases=[
            ([(3, 1, 1, 1)],),
            ([(3, 1, 1, 1)] * 3,),
            ([(3, 2, 1, 1)] * 3,),
            (VGG_BLOCK,),
            ([(3, 1, 1, 1), (3, 1, 2, 2), (3, 1, 4, 4)],),
            ([(7, 2, 3, 1), (3, 2, 1, 1), *VGG_BLOCK, (3, 1, 2, 2)],),
        ],
    ),
)
