"""Exercises on batch norm and its relatives: by hand, over which numbers, running statistics, folding."""

from __future__ import annotations

from fractions import Fraction

from convnotes.cost import buffers, parameters
from convnotes.exercises import rows
from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.layers import BatchNorm2d
from convnotes.words.numbers import bracketed, minus

CHAPTER = "normalization"
DEVIATIONS = ((-7, -1, 1, 7), (-5, 1, 1, 3), (-3, -1, -1, 5), (-2, -2, 2, 2), (-4, -4, 4, 4), (-1, -1, 1, 1))
ORDINALS = ("first", "second", "third", "last")


def norm_numbers(draws: Draws) -> Problem:
    """Numbers that a batch norm learns, or stores."""
    c, learned = draws.whole(2, 64) * 8, draws.pick((True, False))
    norm = BatchNorm2d(c)
    total = parameters(norm) if learned else buffers(norm)
    if learned:
        prompt = "learned parameters"
        steps = ["A scale and a shift for each channel.", f"$2·{c} = {total:,}$"]
    else:
        prompt = "numbers that are stored and not learned (the buffers)"
        steps = [
            "A running mean and a running variance for each channel, and one counter of batches.",
            f"$2·{c} + 1 = {total:,}$",
        ]
    return Problem(
        {"channels": c, "learned": learned},
        f"How many {prompt} does PyTorch's `BatchNorm2d({c})` have?",
        total,
        steps,
        [
            Mistake(4 * c, "counted means, variances, scales and shifts", "Two of the four are learned, two stored."),
            Mistake(4 * c + 1, "counted everything", "Learned numbers and buffers are told apart."),
            Mistake(c, "counted one number per channel", "There are two."),
            Mistake(2 * c + learned, f"{'added' if learned else 'left out'} the counter of batches",
                    "It is a buffer."),
            Mistake(2 * c, "left out the counter of batches", "It is a buffer too."),
        ],
        "numbers",
    )  # fmt: skip


def normalised(draws: Draws) -> Problem:
    """One number of a batch, normalised, scaled and shifted."""
    away, mean = draws.shuffled(draws.pick(DEVIATIONS)), draws.whole(3, 12)
    scale, shift, which = draws.whole(1, 4), draws.whole(-3, 5), draws.whole(0, 3)
    batch = [mean + deviation for deviation in away]
    squares = sum(deviation**2 for deviation in away)
    std, at = round((squares / 4) ** 0.5), away[which]
    right = Fraction(scale * at, std) + shift
    return Problem(
        {"batch": batch, "which": which, "scale": scale, "shift": shift},
        f"In training, one channel of a batch holds the numbers {rows.told(batch)}. A batch norm with scale {scale} "
        f"and shift {minus(shift)} follows (leave out its epsilon). What becomes of the number {minus(batch[which])}? "
        "Answer as a fraction.",
        right,
        [
            f"Mean: ${'+'.join(bracketed(x) for x in batch)} = {minus(sum(batch))}$, divided by 4: {mean}.",
            f"Squared differences: ${' + '.join(str(d * d) for d in away)} = {squares}$; the variance is "
            f"${squares}/4 = {std**2}$, the standard deviation {std}.",
            f"Normalised: ${bracketed(at)}/{std} = {written(Fraction(at, std))}$.",
            f"Scaled and shifted: ${scale}·({written(Fraction(at, std))}) + ({minus(shift)}) = {written(right)}$",
        ],
        [
            Mistake(Fraction(scale * at, std**2) + shift, "divided by the variance", "Divide by its root."),
            Mistake(Fraction(at, std), "left out scale and shift", "They come after the normalisation."),
            Mistake(Fraction(scale * batch[which], std) + shift, "left out the mean", "It is subtracted first."),
            Mistake(Fraction(scale * at) + shift, "left out the standard deviation", "Differences are divided by it."),
            Mistake(scale * (Fraction(at, std) + shift), "shifted before scaling", "Scale first, then shift."),
        ],
    )


def running(draws: Draws) -> Problem:
    """A running mean after two batches."""
    start, first, second = draws.whole(0, 9), draws.whole(0, 30), draws.whole(0, 30)
    momentum = draws.pick((Fraction(1, 10), Fraction(1, 10), Fraction(1, 5), Fraction(1, 2)))
    if len({start, first, second}) < 3:
        raise Redraw
    keep = 1 - momentum
    after = keep * start + momentum * first
    right = keep * after + momentum * second
    return Problem(
        {"start": start, "batches": [first, second], "momentum": momentum},
        f"The running mean of a channel is {start}. Two training steps follow; the channel's mean is {first} in the "
        f"first batch and {second} in the second. PyTorch's `momentum` is {float(momentum):g}. What is the running "
        "mean then? Answer as a fraction.",
        right,
        [
            f"After the first: ${written(keep)}·{start} + {written(momentum)}·{first} = {written(after)}$.",
            f"After the second: ${written(keep)}·{written(after)} + {written(momentum)}·{second} = {written(right)}$",
        ],
        [
            Mistake(
                momentum * (momentum * start + keep * first) + keep * second,
                "took the momentum as the weight of the old value",
                "In PyTorch it is the weight of the new batch.",
            ),
            Mistake(Fraction(start + first + second, 3), "took the plain mean", "Old batches fade out."),
            Mistake(after, "stopped after the first batch", "There are two."),
            Mistake(keep * start + momentum * second, "left out the first batch", "Each step starts from the last."),
            Mistake(Fraction(second), "took the last batch", "It counts for a part only."),
        ],
    )


def means(draws: Draws) -> Problem:
    """How many means a norm computes."""
    n, groups = draws.pick((2, 4, 8, 16, 32)), draws.pick((2, 4, 8))
    c, side = groups * draws.pick((4, 8, 16)), draws.pick((7, 14, 28, 56))
    found = {"batch": c, "layer": n, "instance": n * c, "group": n * groups}
    kind = draws.pick(tuple(found))
    name = f"group norm with {groups} groups" if kind == "group" else f"{kind} norm"
    why = {
        "batch": "One for each channel, over the whole batch",
        "layer": "One for each image, over all its channels",
        "instance": "One for each map: images times channels",
        "group": "One for each group of each image",
    }
    told = {
        "batch": "It has one mean for each channel.",
        "layer": "It has one mean for each image.",
        "instance": "It has one mean for each map of each image.",
        "group": "It has one mean for each group of each image.",
    }
    return Problem(
        {"norm": kind, "shape": (n, c, side, side), "groups": groups},
        f"A batch has the shape ({n}, {c}, {side}, {side}): images, channels, height, width. How many means does "
        f"{name} compute in training?",
        found[kind],
        [f"{why[kind]}: ${found[kind]:,}$"],
        [Mistake(count, f"took {other} norm", told[other]) for other, count in found.items() if other != kind]
        + [Mistake(side * side, "took one for each place", "Places share a mean in all four.")],
        "means",
    )


def folded(draws: Draws) -> Problem:
    """Weight and bias of a convolution into which its batch norm is folded."""
    w, b, mean = draws.whole(1, 9), draws.whole(0, 9), draws.whole(0, 9)
    std, scale, shift = draws.whole(2, 5), draws.whole(1, 6), draws.whole(0, 9)
    scale *= std if draws.whole(0, 1) else 1
    if scale % std:
        scale *= std
    f = scale // std
    out = (w * f, f * (b - mean) + shift)
    fold = Fraction(scale, std)
    return Problem(
        {"weight": w, "bias": b, "mean": mean, "std": std, "scale": scale, "shift": shift},
        f"A convolution with the single weight {w} and the bias {b} is followed by a batch norm in evaluation mode: "
        f"mean {mean}, standard deviation {std} (its epsilon included), scale {scale}, shift {shift}. Which "
        "convolution does the same as both? Answer as (weight, bias).",
        out,
        [
            f"$γ((w x + b) − μ)/σ + β$ with $γ/σ = {scale}/{std} = {written(fold)}$.",
            f"Weight: ${f}·{w} = {out[0]}$.",
            f"Bias: ${f}·({b} − {mean}) + {shift} = {written(out[1])}$. So {written(out)}",
        ],
        [
            Mistake((w * f, b), "left the bias as it is", "It is normalised and shifted as well."),
            Mistake((w * f, f * b + shift), "forgot the mean", f"{mean} is subtracted before the scaling."),
            Mistake((w * scale, scale * (b - mean) + shift), "forgot the standard deviation", f"It divides by {std}."),
            Mistake((w * f, f * (b - mean)), "forgot the shift", f"{shift} is added at the end."),
            Mistake((w * f, f * b - mean + shift), "scaled before the mean was taken off", "Mean first, then scale."),
            Mistake((w, f * (b - mean) + shift), "left the weight as it is", "The scale acts on it too."),
        ],
    )


def steps_to_forget(draws: Draws) -> Problem:
    """Steps until the start of the running statistics has faded."""
    momentum = draws.pick((Fraction(1, 10), Fraction(1, 10), Fraction(1, 100), Fraction(1, 5), Fraction(1, 2)))
    share = draws.pick((Fraction(1, 2), Fraction(1, 5), Fraction(1, 10), Fraction(1, 20), Fraction(1, 100)))
    keep, n, left = 1 - momentum, 0, Fraction(1)
    while left >= share:
        n, left = n + 1, left * keep
    return Problem(
        {"momentum": momentum, "share": share},
        f"The running mean of a new batch norm starts at 0, and `momentum={float(momentum):g}` as PyTorch counts it. "
        f"After how many training steps does this start weigh less than {written(share)} for the first time?",
        n,
        [
            f"Each step multiplies the weight of all that was before by ${written(keep)}$.",
            f"The smallest $t$ with $({written(keep)})^t < {written(share)}$ is ${n:,}$",
        ],
        [
            Mistake(n - 1, "stopped one step early", f"The weight is not below {written(share)} yet."),
            Mistake(n + 1, "went one step too far", f"It is below {written(share)} one step before."),
            Mistake(-(-(1 - share) // momentum), "subtracted the same amount each step", "The weight is multiplied."),
            Mistake(int(1 / share), "took one over the share", "The momentum decides how fast it fades."),
        ],
        "steps",
    )


def norm_gradient(draws: Draws) -> Problem:
    """What one input of a batch norm gets on the way back."""
    away, mean, which = draws.shuffled(draws.pick(DEVIATIONS)), draws.whole(5, 12), draws.whole(0, 3)
    sent = [draws.whole(0, 3) for _ in away]
    batch = [mean + deviation for deviation in away]
    std = round((sum(deviation**2 for deviation in away) / 4) ** 0.5)
    hats = [Fraction(deviation, std) for deviation in away]
    total, along = sum(sent), sum((g * hat for g, hat in zip(sent, hats, strict=True)), Fraction(0))
    right = (4 * sent[which] - total - hats[which] * along) / (4 * std)
    if total in (0, 4 * sent[which]) or along == 0:
        raise Redraw
    return Problem(
        {"batch": batch, "sent": sent, "which": which},
        f"One channel of a batch holds the numbers {rows.told(batch)}. A batch norm with scale 1 and shift 0 reads "
        f"them in training (leave out its epsilon), and the gradients {rows.told(sent)} come back for its outputs. "
        f"Which gradient does the {ORDINALS[which]} number get? Answer as a fraction.",
        right,
        [
            f"Mean {mean}, standard deviation {std}. Normalised: {', '.join(written(hat) for hat in hats)}.",
            f"The gradients add up to {total}; each times its normalised number, to {written(along)}.",
            f"$(4·{sent[which]} − {total} − ({written(hats[which])})·({written(along)}))/(4·{std}) = {written(right)}$",
        ],
        [
            Mistake(
                Fraction(sent[which], std), "took the direct path only", "It also moves the mean and the variance."
            ),
            Mistake((4 * sent[which] - total) / Fraction(4 * std), "left out the variance", "It depends on x too."),
            Mistake((4 * sent[which] - hats[which] * along) / (4 * std), "left out the mean", "It depends on x too."),
            Mistake(4 * right, "left out the number of values", "The two sums are means over the four numbers."),
            Mistake(right * std, "left out the standard deviation", "Its slope is divided by it."),
        ],
    )


def dropped(draws: Draws) -> Problem:
    """What dropout writes in training, or hands back."""
    share, back = draws.pick((Fraction(1, 2), Fraction(1, 4), Fraction(1, 5))), draws.pick((True, False))
    numbers = [draws.whole(1, 9) * (1 - share).numerator for _ in range(4)]
    kept = draws.shuffled((1, 1, 0, draws.whole(0, 1)))
    factor = 1 / (1 - share)
    right = tuple(int(factor * number * keep) for number, keep in zip(numbers, kept, strict=True))
    gone = rows.told([at + 1 for at, keep in enumerate(kept) if not keep]) if kept.count(0) > 1 else kept.index(0) + 1
    what = ("the gradients", "come back for its outputs. What do its inputs get?") if back else (
        "the numbers", "come in. What does it write?")  # fmt: skip
    return Problem(
        {"numbers": numbers, "kept": kept, "share": share},
        f"Dropout with the probability {written(share)} is in training mode, and its draw drops "
        f"{'number' if kept.count(0) == 1 else 'numbers'} {gone} of four. As in PyTorch, what is left is scaled. "
        f"{what[0].capitalize()} ({rows.listed(numbers)}) {what[1]}",
        right,
        [
            f"Those kept are multiplied by $1/(1 − {written(share)}) = {written(factor)}$, those dropped by 0"
            + ("; gradients alike." if back else "."),
            f"So {written(right)}",
        ],
        [
            Mistake(tuple(n * k for n, k in zip(numbers, kept, strict=True)), "did not scale",
                    "Then the mean would be smaller in training than in use."),
            Mistake(tuple(int(factor * n) * (1 - k) for n, k in zip(numbers, kept, strict=True)),
                    "kept what was dropped", "The draw says which are set to 0."),
            Mistake(tuple(numbers), "left all as it is", "That is what it does in evaluation mode."),
            Mistake(tuple(int(factor * n) for n in numbers), "scaled all and dropped none", "Dropped numbers are 0."),
        ],
    )  # fmt: skip


KINDS = (
    Kind("norm-numbers", CHAPTER, "recall", "The numbers of a batch norm", norm_numbers, "normalization.md#ex-counted"),
    Kind("norm-means", CHAPTER, "recall", "How many means", means, "normalization.md#the-other-three"),
    Kind("normalised-number", CHAPTER, "compute", "Batch norm by hand", normalised, "normalization.md#ex-four-numbers"),
    Kind("running-mean", CHAPTER, "compute", "The running mean", running, "normalization.md#ex-running-statistics"),
    Kind("folded-norm", CHAPTER, "compute", "Batch norm folded into the convolution", folded,
         "normalization.md#ex-folding"),
    Kind("dropped-numbers", CHAPTER, "compute", "Dropout by hand", dropped, "normalization.md#ex-dropout"),
    Kind("normalised-number-mistake", CHAPTER, "explain", "Normalised wrongly", explain(normalised),
         "normalization.md#ex-four-numbers"),
    Kind("steps-to-forget", CHAPTER, "design", "When the start is forgotten", steps_to_forget,
         "normalization.md#ex-running-statistics"),
)  # fmt: skip
