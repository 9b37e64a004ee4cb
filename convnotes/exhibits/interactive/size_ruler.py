"""The output-size ruler: one axis of a convolution, its windows laid out, and the cells that none of them reads."""

import re
from typing import NamedTuple

from convnotes import conv
from convnotes.drawing.kinds import Figure, Table, Widget
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive.state import as_given, clamp

GRAMMAR = "i([0-9]{1,5})(?:_k([0-9]{1,3}))?(?:_s([0-9]{1,3}))?(?:_p([0-9]{1,3}))?(?:_d([0-9]{1,3}))?"
ENDS = 11  # cells shown at either end of an axis that is too long to show whole
PRESETS = {
    "VGG": "i224_p1",
    "ImageNet stem": "i224_k7_s2_p3",
    "pooling 2/2": "i28_k2_s2",
    "LeNet": "i32_k5",
    "dilated": "i10_d2",
    "nothing fits": "i4_k7",
}


class Axis(NamedTuple):
    """A state, in the names of PyTorch."""

    size: int
    kernel_size: int
    stride: int
    padding: int
    dilation: int

    @property
    def padded(self) -> int:
        """Cells with the padding."""
        return self.size + 2 * self.padding

    @property
    def span(self) -> int:
        """Cells from the first tap to the last."""
        return conv.effective_kernel_size(self.kernel_size, self.dilation)

    @property
    def output(self) -> int:
        """Output cells; 0 where the kernel does not fit."""
        return conv.output_size(*self) if self.span <= self.padded else 0

    @property
    def shown(self) -> list[int]:
        """Cells of the padded input that the figure has room for, counted from 0."""
        cells = list(range(self.padded))
        return cells if self.padded <= 2 * ENDS + 2 else cells[:ENDS] + cells[-ENDS:]

    def taps(self, window: int) -> list[int]:
        """Cells of the padded input that a window reads."""
        return [window * self.stride + tap * self.dilation for tap in range(self.kernel_size)]


def parse(text: str) -> tuple[Axis, list[str]] | None:
    """The axis that `text` stands for and what had to be said about it; None if it stands for none.

    >>> parse("i224_k7_s2_p3")
    (Axis(size=224, kernel_size=7, stride=2, padding=3, dilation=1), [])
    >>> parse("i10_s0")
    (Axis(size=10, kernel_size=3, stride=1, padding=0, dilation=1), ['stride 0 is outside 1 to 8: showing 1.'])
    >>> parse("224")
    """
    found = re.fullmatch(GRAMMAR, text)
    if not found:
        return None
    words: list[str] = []
    size = clamp("input", int(found[1]), 1, 512, words)
    kernel = clamp("kernel", int(found[2] or 3), 1, 15, words)
    stride = clamp("stride", int(found[3] or 1), 1, 8, words)
    padding = clamp("padding", int(found[4] or 0), 0, 16, words)
    dilation = clamp("dilation", int(found[5] or 1), 1, 8, words)
    return Axis(size, kernel, stride, padding, dilation), words


def form(axis: Axis) -> str:
    """The shortest text that parses to `axis`.

    >>> form(Axis(28, 3, 1, 0, 1)), form(Axis(28, 2, 2, 0, 1))
    ('i28', 'i28_k2_s2')
    """
    usual = {"k": (axis.kernel_size, 3), "s": (axis.stride, 1), "p": (axis.padding, 0), "d": (axis.dilation, 1)}
    return f"i{axis.size}" + "".join(f"_{name}{value}" for name, (value, default) in usual.items() if value != default)


def windows(axis: Axis) -> list[int]:
    """The windows that the figure draws: those with an end among the cells that it shows."""
    shown = set(axis.shown)
    return [w for w in range(axis.output) if axis.taps(w)[0] in shown or axis.taps(w)[-1] in shown]


def unread(axis: Axis) -> list[int]:
    """Cells of the padded input that no window reads, counted from 0."""
    read = {cell for window in range(axis.output) for cell in axis.taps(window)}
    return [cell for cell in range(axis.padded) if cell not in read]


def reading(axis: Axis) -> dict[str, object]:
    """What the ruler must show of `axis`. Cells are numbered as pixels, so those of the padding before are negative.

    >>> {name: value for name, value in reading(parse("i224_k7_s2_p3")[0]).items() if name in ("output", "unread")}
    {'output': 112, 'unread': 1}
    """
    shown = set(axis.shown)
    return {
        "output": axis.output,
        "span": axis.span,
        "padded": axis.padded,
        "unread": conv.unused(*axis) if axis.output else axis.padded,
        "hatched": [cell - axis.padding for cell in unread(axis) if cell in shown],
        "windows": [[w + 1, axis.taps(w)[0] - axis.padding, axis.taps(w)[-1] - axis.padding] for w in windows(axis)],
        "taps": [[tap - axis.padding for tap in axis.taps(w) if tap in shown] for w in windows(axis)],
        "code": _code(axis),
    }


def _code(axis: Axis) -> str:
    named = zip(("stride", "padding", "dilation"), axis[2:], (1, 0, 1), strict=True)
    more = "".join(f", {name}={value}" for name, value, default in named if value != default)
    return f"nn.Conv2d(in_channels, out_channels, kernel_size={axis.kernel_size}{more})"


def ruler(state: str) -> Widget:
    """The interactive, which starts with `state`, and the picture that stands for it in print."""
    chosen = as_given(parse, state, "i224_k7_s2_p3")
    named = ((name, parse(text)) for name, text in PRESETS.items())
    rows: list[list[str | int]] = [[name, *preset[0], preset[0].output] for name, preset in named if preset]
    header = ["layer", "input", "kernel", "stride", "padding", "dilation", "output"]
    still = Figure(_picture(chosen), Table(header, rows))
    return Widget("size-ruler", "size", "Output-size ruler", state, still, {"presets": PRESETS})


def _picture(axis: Axis) -> Drawing:
    side, left, top = 13.0, 2.0, 26.0
    shown, drawn = axis.shown, windows(axis)
    place = {
        cell: left + side * (column + (column >= ENDS and len(shown) < axis.padded))
        for column, cell in enumerate(shown)
    }
    drawing = Drawing(2 * left + side * (len(shown) + 1), top + side + 14 + 15 * len(drawn))
    drawing.text(left, top - 9, f"{axis.size} pixels, {axis.padding} of padding at each end", "mute", 12)
    for cell, x in place.items():
        inside = axis.padding <= cell < axis.padding + axis.size
        drawing.rect(x + 1, top, side - 2, side, "see" if inside else "cell")
        if cell in unread(axis):
            drawing.hatch(x + 1, top, side - 2, side, "ink")
    for row, window in enumerate(drawn):
        y, taps = top + side + 8 + 15 * row, [place[tap] for tap in axis.taps(window) if tap in place]
        drawing.line(min(taps) + 2, y + 5, max(taps) + side - 2, y + 5, "win")
        for x in taps:
            drawing.rect(x + 1, y, side - 2, 10, "win")
        late = max(taps) > drawing.width / 2
        drawing.text(
            min(taps) - 4 if late else max(taps) + side + 4, y + 9, window + 1, "mute", 12, "end" if late else "start"
        )
    return drawing
