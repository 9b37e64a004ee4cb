"""Tasks on what subsampling does."""

from convnotes.correlate import correlate2d
from convnotes.exercises.tasks.task import Slip, Task, code, grid


def blur_pool(row: list[int], stride: int) -> object:
    """Blurred and subsampled in one convolution."""
    return correlate2d([row], [[1 / 4, 1 / 2, 1 / 4]], stride=(1, stride))[0]


TASKS = (
    Task(
        name="blur-pool",
        title="Blur, then subsample",
        taught="aliasing.md#ex-fine-stripes",
        text="Blur a row with the weights (1, 2, 1)/4, without padding. Then keep every `stride`-th number of what "
        "came out, "
        "beginning with the first.",
        starter=code("""
            def blur_pool(row, stride=2):
                ...
        """),
        solution=code("""
            def blur_pool(row, stride=2):
                blurred = []
                for left, middle, right in zip(row, row[1:], row[2:]):
                    blurred.append((left + 2 * middle + right) / 4)
                return blurred[::stride]
        """),
        hints=(
            "The blurred row has two numbers fewer than the row.",
            "`numbers[::stride]` keeps every `stride`-th.",
        ),
        slips=(
            Slip(
                "zip(row, row[1:], row[2:])",
                "zip(row[::stride], row[stride::stride], row[2 * stride :: stride])",
                "It looks as if "
                "it was subsampled before the blur. Then the fine detail has already come back as something else: "
                "blur first.",
            ),
            Slip("return blurred[::stride]", "return blurred", "It looks as if nothing was dropped after the blur."),
            Slip(" / 4", "", "It looks as if the sum was not divided by 4. The weights of a blur add up to 1."),
            Slip(
                "blurred[::stride]",
                "blurred[1::stride]",
                "It looks as if the first number was dropped. Keep it, and then every `stride`-th.",
            ),
        ),
        oracle=blur_pool,
        cases=[
            ([0, 4, 0, 4, 0, 4, 0], 2),
            ([4, 0, 4, 0, 4, 0, 4, 0], 2),
            (grid(1, 9, 31)[0], 2),
            (grid(1, 12, 32)[0], 3),
            (grid(1, 6, 33)[0], 1),
        ],
    ),
)
