"""Tasks on batch norm."""

from collections.abc import Callable
from math import sqrt
from statistics import fmean, pvariance

from convnotes.exercises.tasks.task import Slip, Task, code


def batch_norm(numbers: list[float], scale: float, shift: float, eps: float) -> object:
    """One channel, by the library's mean and variance."""
    mean, deviation = fmean(numbers), sqrt(pvariance(numbers) + eps)
    return [scale * (number - mean) / deviation + shift for number in numbers]


def folded(
    weights: list[float], bias: float, mean: float, variance: float, scale: float, shift: float, eps: float
) -> object:
    """The folded layer, found by asking both layers in a row: its bias is what 0 gives, each weight what one 1 adds."""

    def both(inputs: list[float]) -> float:
        wrote = sum(map(float.__mul__, weights, inputs)) + bias
        return scale * (wrote - mean) / sqrt(variance + eps) + shift

    weights = list(map(float, weights))
    zero = both([0.0] * len(weights))
    ones: Callable[[int], list[float]] = lambda at: [float(place == at) for place in range(len(weights))]  # noqa: E731
    return [both(ones(at)) - zero for at in range(len(weights))], zero


TASKS = (
    Task(
        name="batch-norm",
        title="Batch norm on one channel",
        taught="normalization.md#ex-four-numbers",
        text="`numbers` are all numbers of one channel, over the whole batch. Normalise them as in training: "
        "subtract the mean, "
        "divide by the standard deviation, with `eps` under the root, then scale and shift.",
        starter=code("""
            from math import sqrt

            def batch_norm(numbers, scale=1, shift=0, eps=1e-5):
                ...
        """),
        solution=code("""
            from math import sqrt

            def batch_norm(numbers, scale=1, shift=0, eps=1e-5):
                m = len(numbers)
                mean = sum(numbers) / m
                variance = sum((x - mean) ** 2 for x in numbers) / m
                return [scale * (x - mean) / sqrt(variance + eps) + shift for x in numbers]
        """),
        hints=(
            "First the mean, then the mean of the squared differences from it: that is the variance.",
            "Divide by `sqrt(variance + eps)`.",
        ),
        slips=(
            Slip(
                "for x in numbers) / m",
                "for x in numbers) / (m - 1)",
                "It looks as if the variance was divided by $m − 1$. To "
                "normalise the batch it is divided by $m$; $m − 1$ is for the running variance.",
            ),
            Slip(
                "sqrt(variance + eps)",
                "(variance + eps)",
                "It looks as if you divided by the variance. Divide by its root.",
            ),
            Slip(
                "sqrt(variance + eps)",
                "(sqrt(variance) + eps)",
                "It looks as if `eps` was added to the standard deviation. It "
                "is added to the variance, under the root.",
            ),
            Slip(
                "scale * (x - mean) / sqrt(variance + eps) + shift",
                "scale * ((x - mean) / sqrt(variance + eps) + shift)",
                "It looks as if the shift was scaled too. Scale first, then shift.",
            ),
            Slip("(x - mean) / sqrt", "x / sqrt", "It looks as if the mean was not subtracted."),
        ),
        oracle=batch_norm,
        cases=[
            ([1, 7, 9, 15], 10, 3, 0),
            ([1, 7, 9, 15], 1, 0, 11),
            ([5, 7, 9], 2, -1, 1e-5),
            ([4, 4, 4, 4], 3, 1, 1e-5),
            ([0.5, -1.5, 2.0, 0.25, 3.0, -0.75], 0.5, 2, 0.01),
        ],
    ),
    Task(
        name="fold",
        title="Fold a batch norm away",
        taught="normalization.md#ex-folding",
        text="A filter has the `weights` of a list and a `bias`; a batch norm in evaluation mode follows, with its "
        "running `mean` "
        "and `variance`, `scale` and `shift`. Give back the weights and the bias of the one filter that does both, "
        "as a pair.",
        starter=code("""
            from math import sqrt

            def fold(weights, bias, mean, variance, scale, shift, eps=1e-5):
                ...
        """),
        solution=code("""
            from math import sqrt

            def fold(weights, bias, mean, variance, scale, shift, eps=1e-5):
                factor = scale / sqrt(variance + eps)
                return [factor * w for w in weights], factor * (bias - mean) + shift
        """),
        hints=(
            "Write the batch norm of $wx + b$ and sort by $x$. What is multiplied by $x$? What is not?",
            "One factor, $γ/√(σ² + ε)$, multiplies every weight. The bias is what comes out at $x = 0$.",
        ),
        slips=(
            Slip(
                "sqrt(variance + eps)",
                "(variance + eps)",
                "It looks as if you divided by the variance. Divide by its root.",
            ),
            Slip(
                "factor * (bias - mean) + shift",
                "bias - mean + shift",
                "It looks as if the bias was not scaled. It goes through the batch norm as the weights do.",
            ),
            Slip(
                "factor * (bias - mean) + shift",
                "shift - factor * mean",
                "It looks as if the filter's own bias was left out.",
            ),
            Slip(
                "factor * (bias - mean) + shift",
                "factor * bias + shift",
                "It looks as if the running mean was left out.",
            ),
            Slip(
                "factor * (bias - mean) + shift",
                "factor * (bias - mean + shift)",
                "It looks as if the shift was scaled too. It is added after the scaling.",
            ),
            Slip("factor = scale / sqrt", "factor = 1 / sqrt", "It looks as if the scale was left out."),
        ),
        oracle=folded,
        cases=[
            ([3], 2, 8, 25, 10, 3, 0),
            ([1, -2, 0.5], 4, 1, 4, 3, -1, 0),
            ([2, 0, -1, 6], 0, -3, 9, 0.5, 2, 0),
            ([1.5, -0.25], -1, 0.5, 2, 1.5, 0.75, 0.01),
        ],
    ),
)
