"""The cost explorer: designs that lead from C channels to C and all see k×k, side by side."""

import re
from typing import NamedTuple

from convnotes import cost
from convnotes.drawing.kinds import Cell, Figure, Table, Widget
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive.state import as_given, clamp
from convnotes.layers import Conv2d, Layer, Sequential
from convnotes.receptive_field import receptive_field

GRAMMAR = "c([0-9]{1,5})(?:_k([0-9]{1,3}))?(?:_n([0-9]{1,4}))?(?:_r([0-9]{1,3}))?(?:_g([0-9]{1,5}))?(_b)?"
PRESETS = {
    "early: 64 at 56": "c64_k7",
    "middle: 256 at 14": "c256_k7_n14",
    "3×3, 256": "c256",
    "late: 512 at 7": "c512_n7",
}


class Choice(NamedTuple):
    """A state. channels: C. side: of the map. reduction: of the bottleneck. groups: of the grouped design."""

    channels: int
    kernel_size: int
    side: int
    reduction: int
    groups: int
    bias: bool


def parse(text: str) -> tuple[Choice, list[str]] | None:
    """The choice that `text` stands for and what had to be said about it; None if it stands for none.

    >>> parse("c256_k7")
    (Choice(channels=256, kernel_size=7, side=56, reduction=4, groups=32, bias=False), [])
    >>> parse("c99_k4")[1]
    ['channels 99 is no power of two: showing 128.', 'kernel 4 is even: showing 5.']
    >>> parse("256")
    """
    found = re.fullmatch(GRAMMAR, text)
    if not found:
        return None
    words: list[str] = []
    channels = _power("channels", clamp("channels", int(found[1]), 16, 1024, words), words)
    kernel = clamp("kernel", int(found[2] or 3), 3, 11, words)
    if kernel % 2 == 0:
        words.append(f"kernel {kernel} is even: showing {kernel + 1}.")
        kernel += 1
    side = clamp("side", int(found[3] or 56), 1, 224, words)
    reduction = _power("reduction", clamp("reduction", int(found[4] or 4), 1, 16, words), words)
    groups = int(found[5] or min(32, channels))
    groups = _power("groups", clamp("groups", groups, 1, channels, words), words)
    return Choice(channels, kernel, side, reduction, groups, bool(found[6])), words


def _power(what: str, value: int, words: list[str]) -> int:
    """`value`, or the next power of two."""
    power = 1 << (value - 1).bit_length()
    if power != value:
        words.append(f"{what} {value} is no power of two: showing {power}.")
    return power


def form(choice: Choice) -> str:
    """The shortest text that parses to `choice`.

    >>> form(parse("c256_k3_n14_g32_b")[0])
    'c256_n14_b'
    """
    usual = (3, 56, 4, min(32, choice.channels))
    named = zip("knrg", choice[1:5], usual, strict=True)
    return f"c{choice.channels}" + "".join(f"_{n}{v}" for n, v, default in named if v != default) + "_b" * choice.bias


def designs(choice: Choice) -> dict[str, Layer]:
    """The designs by name, as layers of the package."""
    channels, k, bias = choice.channels, choice.kernel_size, choice.bias
    inner = channels // choice.reduction

    def conv(before: int, after: int, kernel: int, groups: int = 1) -> Conv2d:
        return Conv2d(before, after, kernel, padding=kernel // 2, groups=groups, bias=bias)

    deep = (k - 1) // 2
    return {
        f"one {k}×{k}": conv(channels, channels, k),
        f"{deep} of 3×3": Sequential(*[conv(channels, channels, 3) for _ in range(deep)]),
        "bottleneck": Sequential(conv(channels, inner, 1), conv(inner, inner, k), conv(inner, channels, 1)),
        "grouped": conv(channels, channels, k, choice.groups),
        "separable": Sequential(conv(channels, channels, k, channels), conv(channels, channels, 1)),
    }


def reading(choice: Choice) -> dict[str, object]:
    """What the explorer must show of `choice`, by the package's own counts.

    >>> one, three, *_ = reading(parse("c256_k7")[0])["designs"]
    >>> one["parameters"] - three["parameters"]
    1441792
    """
    shape = (choice.channels, choice.side, choice.side)
    rows = [
        {
            "name": name,
            "field": receptive_field(layer).size[0],
            "parameters": cost.parameters(layer),
            "macs": cost.macs(layer, shape),
            "activations": cost.activations(layer, shape),
        }
        for name, layer in designs(choice).items()
    ]
    return {
        "designs": rows,
        "dense": (choice.channels * choice.side**2) ** 2,
        "true": True,
    }  # true: drawn in proportion


def explorer(state: str) -> Widget:
    """The interactive, which starts with `state`, and the squares that stand for it in print."""
    chosen = as_given(parse, state, "c256_k7_n14")
    wide = [designs(chosen._replace(channels=channels)) for channels in (64, 256, 512)]
    rows: list[list[Cell]] = [
        [name, receptive_field(wide[0][name]).size[0], *(cost.parameters(layers[name]) for layers in wide)]
        for name in wide[0]
    ]
    note = "Parameters, for C channels in and out."
    still = Figure(_squares(chosen), Table(["design", "field", "C = 64", "C = 256", "C = 512"], rows, note=note))
    return Widget("params", "params", "Cost explorer", state, still, {"presets": PRESETS})


def _squares(choice: Choice) -> Drawing:
    """One square for each design, as large as its parameters are many."""
    drawing, most, slot = Drawing(340, 130), 0, 68
    counts = {name: cost.parameters(layer) for name, layer in designs(choice).items()}
    most = max(counts.values())
    for column, (name, count) in enumerate(counts.items()):
        side, middle = 62 * (count / most) ** 0.5, slot * column + slot / 2
        drawing.rect(middle - side / 2, 74 - side, side, side, "see")
        drawing.text(middle, 94, name, "ink", 11.25, "middle", bold=True)
        drawing.text(middle, 112, f"{count:,}", "mute", 11.25, "middle")
    return drawing
