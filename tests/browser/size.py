"""How the output-size ruler is tried."""

from random import Random

from convnotes.exhibits.interactive import size_ruler as ruler

FIXED = (
    "i224_k7_s2_p3", "i10_k3_s2_p1", "i28_k2_s2", "i4_k7", "i32_k5", "i10_d2", "i1_k1", "i512_k15_s8_p16_d8", "i1_p16",
    "i9999_k99_s99_p99_d99", "i0_k0_s0_d0", "i24", "i25", "i26_k1_s3", "i27_k11_s4", "i26_k3_p16",
    "i28_k4", "i28_k3_s2_p1",
)  # fmt: skip
REPLAY = """(core, value) => ({ ...core.count(value), unread: core.unread(value), windows: core.windows(value),
  last: core.taps(value, 3), same: core.same(value), shown: core.shown(value) })"""
MUTANTS = (
    ("d * (k - 1) + 1, padded", "d * k, padded"),
    ("padded = i + 2 * p", "padded = i + p"),
    ("Math.floor((padded - span) / s) + 1)", "Math.ceil((padded - span) / s) + 1)"),
    ("Math.floor((padded - span) / s) + 1)", "Math.floor((padded - span) / s))"),
    ("Math.max(0, Math.floor", "Math.max(1, Math.floor"),
    ("window * s + tap * d", "window * s + tap"),
    ("window * s + tap * d", "window + tap * d"),
    ("padded <= 2 * ENDS + 2", "padded <= 2 * ENDS"),
    ("cells.slice(-ENDS)", "cells.slice(-ENDS - 1)"),
    ("cells.has(reads[0]) || ", ""),
    ("|| cells.has(reads.at(-1))", ""),
    ("read || out.push(cell)", "read && out.push(cell)"),
    ("window < output; window++", "window < output - 1; window++"),
    ("s > 1 || (d * (k - 1)) % 2", "(d * (k - 1)) % 2"),
    ("s > 1 || (d * (k - 1)) % 2", "s > 1"),
    ('clamp("stride", +s, 1, 8', 'clamp("stride", +s, 1, 9'),
    ("d: 1 }).map", "d: 2 }).map"),
)  # fmt: skip


def random(rng: Random) -> str:
    """A state; now and then one with a value that is out of range."""
    size = rng.choice([rng.randint(1, 30), rng.randint(1, 30), rng.randint(1, 512), 224])
    kernel, stride = rng.choice([1, 2, 3, 3, 4, 5, 7, 11, 15]), rng.choice([1, 1, 2, 2, 3, 4, 8])
    padding, dilation = rng.choice([0, 0, 1, 1, 2, 3, 5, 16]), rng.choice([1, 1, 1, 2, 3, 8])
    return f"i{size}_k{kernel}_s{stride}_p{padding}" + rng.choice(
        ["", f"_d{dilation}", "_d40"] if rng.random() < 0.3 else [""]
    )


def oracle(state: str) -> None:
    """Slide the window by hand until it runs out of the padded row, marking what it reads."""
    read = ruler.parse(state)
    assert read is not None
    axis = read[0]
    marks, places, start = [False] * (axis.size + axis.padding + axis.padding), 0, 0
    while True:
        here, tap = [], start
        for _ in range(axis.kernel_size):
            here.append(tap)
            tap += axis.dilation
        if here[-1] >= len(marks):
            break
        for cell in here:
            marks[cell] = True
        places, start = places + 1, start + axis.stride
    shown = ruler.reading(axis)
    assert (shown["output"], shown["unread"], shown["padded"]) == (places, marks.count(False), len(marks)), state
    assert [cell for cell, mark in enumerate(marks) if not mark] == ruler.unread(axis)
    kept = [p for p in range(300) if ruler.Axis(axis.size, axis.kernel_size, 1, p, axis.dilation).output == axis.size]
    assert kept == ([] if _same(axis) is None and axis.stride == 1 else kept) and len(kept) <= 1
    if axis.stride == 1:
        assert kept == [p for p in [_same(axis)] if p is not None], state


def _same(axis: ruler.Axis) -> int | None:
    total = axis.dilation * (axis.kernel_size - 1)
    return None if axis.stride > 1 or total % 2 else total // 2


def golden(state: str) -> object:
    """What `REPLAY` must give for `state`."""
    read = ruler.parse(state)
    assert read is not None
    axis = read[0]
    return {
        "span": axis.span, "padded": axis.padded, "output": axis.output, "unread": ruler.unread(axis),
        "windows": ruler.windows(axis), "last": axis.taps(3), "same": _same(axis), "shown": axis.shown,
    }  # fmt: skip
