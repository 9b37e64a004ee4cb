"""Exercises on receptive field, jump and start; a layer is (kernel_size, stride, padding, dilation) along one axis."""

from __future__ import annotations

from math import prod

from convnotes import receptive_field as rf
from convnotes.exercises.answers import written
from convnotes.exercises.choice import several
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.exercises.windows import POINTWISE, Window, window
from convnotes.layers import Conv2d, Sequential
from convnotes.words.numbers import minus

CHAPTER = "receptive-field"


def _layers(draws: Draws, least: int, most: int) -> list[Window]:
    return [window(draws, *POINTWISE) for _ in range(draws.whole(least, most))]


def _axis(rows: list[Window]) -> rf.Axis:
    net = Sequential(*(Conv2d(1, 1, k, s, p, d) for k, s, p, d in rows))
    axis = rf.receptive_field(net).axes[0]
    assert axis is not None  # nothing here reads the whole input
    return axis


def _listed(rows: list[Window]) -> str:
    return "\n".join(f"- `kernel_size={k}, stride={s}, padding={p}, dilation={d}`" for k, s, p, d in rows)


def _jumps(rows: list[Window]) -> list[int]:
    return [prod(s for _, s, _, _ in rows[:at]) for at in range(len(rows) + 1)]


def field_size(draws: Draws) -> Problem:
    """The size of the receptive field."""
    rows = _layers(draws, 2, 5)
    jumps, size = _jumps(rows), _axis(rows).size
    steps, r = [], 1
    for number, ((k, _, _, d), j) in enumerate(zip(rows, jumps, strict=False), 1):
        steps.append(f"Layer {number}: ${r:,} + {d}·({k} − 1)·{j} = {r + d * (k - 1) * j:,}$")
        r += d * (k - 1) * j
    return Problem(
        {"layers": rows},
        f"Along one axis, layers in this order:\n\n{_listed(rows)}\n\nHow large is the receptive field of one output "
        "unit, from the first cell that it reads to the last?",
        size,
        ["A layer adds $d(k − 1)$ steps, each as long as the strides of the layers before it, multiplied.", *steps],
        _field_mistakes(rows, jumps),
        "cells",
    )


def _field_mistakes(rows: list[Window], jumps: list[int]) -> list[Mistake]:
    grown = [d * (k - 1) for k, _, _, d in rows]
    weighted = list(zip(grown, jumps, strict=False))
    return [
        Mistake(1 + sum(grown), "left out the jumps", "A step of a later layer is as long as all strides before it."),
        Mistake(
            1 + sum(g * jumps[at + 1] for at, g in enumerate(grown)),
            "multiplied each layer by its own stride too",
            "A layer's own stride moves its windows apart and does not widen them.",
        ),
        Mistake(
            1 + sum((k - 1) * j for (k, _, _, _), j in zip(rows, jumps, strict=False)),
            "ignored the dilation",
            "A dilated kernel spans $d(k − 1) + 1$ cells.",
        ),
        Mistake(prod(k for k, *_ in rows), "multiplied the kernels", "Fields grow by adding; strides multiply."),
        Mistake(sum(g * j for g, j in weighted), "left out the first cell", "The recursion starts at 1, one cell."),
        Mistake(1 + sum(k * d * j for (k, _, _, d), j in zip(rows, jumps, strict=False)), "took $k$ for $k − 1$",
                "A kernel of $k$ taps has $k − 1$ gaps."),
        Mistake(
            1 + sum(g * (rows[at - 1][1] if at else 1) for at, g in enumerate(grown)),
            "took the stride of the layer before alone",
            "All strides before a layer multiply.",
        ),
    ]  # fmt: skip


def jump(draws: Draws) -> Problem:
    """The jump after some layers."""
    rows = _layers(draws, 3, 6)
    strides = [s for _, s, _, _ in rows]
    product = prod(strides)
    if product == 1:
        raise Redraw
    return Problem(
        {"layers": rows},
        f"Along one axis, layers in this order:\n\n{_listed(rows)}\n\nTwo neighbouring output units: how many input "
        "cells lie between the starts of their receptive fields (the step, or jump)?",
        product,
        [f"All strides multiply, whatever the kernels: ${'·'.join(map(str, strides))} = {product:,}$"],
        [
            Mistake(sum(strides), "added the strides", "A step of a later layer is so many steps of an earlier one."),
            Mistake(strides[-1], "took the last stride", "Its steps are steps on a map that is strided already."),
            Mistake(product // strides[-1], "left out the last stride", "The jump after a layer has its stride in it."),
            Mistake(prod(k for k, *_ in rows), "multiplied the kernels", "The jump does not depend on kernels."),
            Mistake(1 + sum(s - 1 for s in strides), "added the strides less one each", "Strides multiply."),
        ],
        "cells",
    )


def region(draws: Draws) -> Problem:
    """The first and the last input index that a unit sees."""
    rows, unit = _layers(draws, 2, 4), draws.whole(0, 12)
    axis, jumps = _axis(rows), _jumps(rows)
    first = axis.stride * unit - axis.padding
    last = first + axis.size - 1
    paddings = [p for _, _, p, _ in rows]
    terms = " + ".join(f"{p}·{j}" for p, j in zip(paddings, jumps, strict=False))
    return Problem(
        {"layers": rows, "unit": unit},
        f"Along one axis, layers in this order:\n\n{_listed(rows)}\n\nFrom which input cell to which does output "
        f"unit {unit} see? Answer as (first, last), indices from 0, negative ones in the padding.",
        (first, last),
        [
            f"Field ${axis.size}$, step ${axis.stride}$, padding in steps ${terms} = {axis.padding}$.",
            f"First: ${axis.stride}·{unit} − {axis.padding} = {minus(first)}$.",
            f"Last: ${minus(first)} + {axis.size} − 1 = {minus(last)}$. So {written((first, last))}",
        ],
        _region_mistakes(axis, unit, paddings),
        "cells",
    )


def _region_mistakes(axis: rf.Axis, unit: int, paddings: list[int]) -> list[Mistake]:
    first = axis.stride * unit - axis.padding
    plain = axis.stride * unit - sum(paddings)
    bare, alone = axis.stride * unit, axis.stride * unit - paddings[0]
    return [
        Mistake((bare, bare + axis.size - 1), "left out the padding", "Padding moves the first field to the left."),
        Mistake((plain, plain + axis.size - 1), "added the paddings as they are", "A padded cell is a jump wide."),
        Mistake((alone, alone + axis.size - 1), "counted the first padding alone", "Later layers pad as well."),
        Mistake((first, first + axis.size), "counted one cell too many", "From first to last, both included."),
        Mistake((unit - axis.padding, unit - axis.padding + axis.size - 1), "left out the jump",
                f"Fields of neighbours start {axis.stride} cells apart."),
    ]  # fmt: skip


def depth_for(draws: Draws) -> Problem:
    """How many layers a field takes."""
    k0, s0 = draws.pick(((3, 1), (3, 2), (5, 2), (7, 2), (7, 4), (11, 4)))
    k, d = draws.pick((3, 3, 5)), draws.pick((1, 1, 2))
    want = draws.whole(30, 300)
    grow = d * (k - 1) * s0
    n = -(-(want - k0) // grow)
    reached = k0 + n * grow
    return Problem(
        {"stem": (k0, s0), "kernel_size": k, "dilation": d, "field": want},
        f"A stem with `kernel_size={k0}, stride={s0}` is followed by layers with `kernel_size={k}, stride=1, "
        f"dilation={d}`. How many of these are needed for a receptive field of at least {want} cells?",
        n,
        [
            f"The stem sees {k0}; each layer adds $d(k − 1)$ steps of {s0}: ${d}·{k - 1}·{s0} = {grow}$ cells.",
            f"$⌈({want} − {k0})/{grow}⌉ = {n}$, which gives ${k0} + {n}·{grow} = {reached}$; one fewer gives "
            f"{reached - grow}.",
            f"So the number of layers is ${n}$",
        ],
        [
            Mistake(-(-(want - k0) // (d * (k - 1))), "left out the stride of the stem", f"A step is {s0} cells long."),
            Mistake(-(-(want - k0) // ((k - 1) * s0)), "ignored the dilation", f"It makes every gap {d} steps wide."),
            Mistake(-(-want // grow), "forgot what the stem sees", f"It sees {k0} cells already."),
            Mistake(-(-(want - k0) // (d * k * s0)), "took $k$ for $k − 1$", f"{k} taps have {k - 1} gaps."),
            Mistake(n - 1, "rounded down", f"The field is {reached - grow} then, less than {want}."),
        ],
        "layers",
    )


def field_claims(draws: Draws) -> Problem:
    """Which claims about the field of a stack hold."""
    rows = _layers(draws, 3, 3)
    axis = _axis(rows)
    size, step = axis.size, axis.stride
    grown = 1 + sum(d * (k - 1) for k, _, _, d in rows)
    told = {
        "size": draws.pick((size, size, grown, size + step)),
        "step": draws.pick((step, step, sum(s for _, s, _, _ in rows), rows[-1][1], 2 * step)),
        "more": draws.pick((2 * step, 2)),
        "layer": draws.whole(1, 3),
    }
    claims = _claims(rows, told)
    options = {code: claims[code] for code in draws.some(list(claims), 5)}
    return several(
        {"layers": rows, "told": told},
        f"Along one axis, layers in this order:\n\n{_listed(rows)}\n\nWhich of these are true of a unit after the last "
        "layer? (A field is counted from the first cell that a unit reads to the last, as if there were no border.)",
        options,
    )


def _claims(rows: list[Window], told: dict[str, int]) -> dict[str, tuple[str, bool, str]]:
    """What can be said of the field of three layers with the numbers told, whether it holds, and why."""
    axis = _axis(rows)
    size, step, start = axis.size, axis.stride, -axis.padding
    turned = _axis([rows[1], rows[0], rows[2]])
    seen = _read(rows)
    wider = _axis([(k, s, p + (number == told["layer"]), d) for number, (k, s, p, d) in enumerate(rows, 1)])
    sums = " + ".join(f"{d * (k - 1)}·{j}" for (k, _, _, d), j in zip(rows, _jumps(rows), strict=False))
    begins = "".join(f" − {p}·{j}" for (_, _, p, _), j in zip(rows, _jumps(rows), strict=False) if p)
    steps = "·".join(str(s) for _, s, _, _ in rows)
    return {
        "size": (f"its field spans {told['size']} cells", told["size"] == size, f"$1 + {sums} = {size}$."),
        "step": (f"the field of the next unit starts {told['step']} cells further on", told["step"] == step,
                 f"The strides multiply: ${steps} = {step}$."),
        "overlap": ("the fields of neighbouring units overlap", size > step,
                    f"A field spans {size} cells, and the next one starts {step} cells further on."),
        "turned": ("with the first two layers in the other order its field would have the same size",
                   turned.size == size,
                   f"It spans {size} cells either way." if turned.size == size else
                   f"It would span {turned.size} cells instead of {size}: a step in a layer is as long as the "
                   "product of the strides before it."),
        "padding": (f"with one cell more of padding in layer {told['layer']} its field would have the same size",
                    wider.size == size,
                    "Padding moves where a field starts, not how far it spans."),
        "stride": ("with another stride in the last layer its field would have the same size", True,
                   "A layer's own stride only moves its units apart; it enlarges the fields of later layers, not its "
                   "own."),
        "more": (f"a further layer with `kernel_size=3` would add {told['more']} cells to its field",
                 told["more"] == 2 * step,
                 f"It would add two steps of {step}: {2 * step} cells."),
        "border": ("the field of the first unit begins before the first cell of the input", start < 0,
                   f"It begins at $0{begins} = {minus(start)}$." if begins else "Without padding it begins at 0."),
        "holes": ("it reads every cell of its field", len(seen) == size,
                  f"The taps fall on {'all' if len(seen) == size else f'only {len(seen)} of the'} {size} cells."),
    }  # fmt: skip


def _read(rows: list[Window]) -> set[int]:
    """The cells that one unit reads."""
    seen = {0}
    for k, s, p, d in reversed(rows):
        seen = {s * at - p + d * tap for at in seen for tap in range(k)}
    return seen


# The sections that teach what is asked.
JUMPS = "receptive-field.md#ex-stride-multiplies"
PIXELS = "receptive-field.md#which-pixels"
GROWTH = "receptive-field.md#ex-stride-multiplies"
KINDS = (
    Kind("jump", CHAPTER, "recall", "The jump", jump, JUMPS),
    Kind("field-size", CHAPTER, "compute", "The size of the field", field_size, JUMPS),
    Kind("field-region", CHAPTER, "compute", "Which cells a unit sees", region, PIXELS),
    Kind("field-claims", CHAPTER, "why", "What holds for a field", field_claims, PIXELS),
    Kind("field-size-mistake", CHAPTER, "explain", "A wrong field", explain(field_size), JUMPS),
    Kind("depth-for-field", CHAPTER, "design", "Layers for a wanted field", depth_for, GROWTH),
)
