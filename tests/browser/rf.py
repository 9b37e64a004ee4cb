"""How the receptive-field grower is tried: random states, brute force, golden values, mutants."""

from random import Random

from convnotes.exhibits.interactive import rf_grower as grower
from convnotes.layers.base import Window

FIXED = (
    "3-3-3", "7", "3-3-3-3-3", "3s2-3s2-3s2", "3-3d2-3d4", "7s2-p3s2-3-3", "1", "1-1", "vgg16", "resnet50v1",
    "resnet50v1.5_u0", "2-2-2_u0", "p2-p2-p2-p2-p2-p2", "12s9d9", "3_u99", "3_i0", "03s02", "11s4-11s4-11s4_u999_e",
    "3-3-3_i9999", "p2", "p3s1", "4s4-4s4-4s4_i20", "3-p3s1",
)  # fmt: skip
REPLAY = """(core, value) => {
  const rows = core.trace(value.layers), sizes = core.widths(value.layers, value.input), top = rows.at(-1);
  const from = top.start + value.unit * top.stride - (top.size - 1) / 2;
  const levels = core.reach(value).map(({ from, paths }) => paths.map((n, i) => [from + i, n]).filter(([, n]) => n));
  return { rows: rows.map((row) => [row.size, row.stride, row.adds]), sizes, from,
    bottom: levels[0].length > 40 ? [levels[0][0], levels[0].at(-1)] : levels[0],
    lit: levels.map((level, l) => level.filter(([cell]) => cell >= 0 && cell < sizes[l]).length),
    weights: core.weights(value.layers, top.size) };
}"""
MUTANTS = (
    ("size += adds;", "size += adds + 1;"),
    ("size += adds;", "size += layer.k - 1;"),
    ("stride *= layer.s;", "stride += layer.s - 1;"),
    ("(layer.k - 1) * layer.d * before;", "layer.k * layer.d * before;"),
    ("(layer.k - 1) * layer.d * before;", "(layer.k - 1) * before;"),
    ("start += ((layer.k - 1) * layer.d * 0.5", "start += ((layer.k - 1) * layer.d"),
    ("Math.floor((d * (k - 1)) / 2)", "Math.ceil((d * (k - 1)) / 2)"),
    ("- layer.d * (layer.k - 1) - 1) / layer.s) + 1);", "- layer.d * (layer.k - 1) - 1) / layer.s));"),
    ("const first = Math.max(0, level.from)", "const first = level.from"),
    ("level.from + level.paths.length) - 1;", "level.from + level.paths.length);"),
    ("(cell - first) * s + tap * d] +=", "(cell - first) + tap * d] +="),
    ("+= level.paths[cell - level.from]", "+= 1"),
    ("tap < k; tap++", "tap < k - 1; tap++"),
    ("return pool ? Math.min(side, k >> 1) : side", "return side"),
    ("sum + k * k, 0", "sum + k, 0"),
    ("s === 1 && d === 1", "s === 1"),
    ("!pool && ", ""),
    ("top >> 1;", "(top - 1) >> 1;"),
    ("(p ? k : 1)", "1"),
    ('named ? 224 : 28', '28'),
    ("if (least > input)", "if (least >= input)"),
    ("(n - 1) * layer.s + layer.d", "n * layer.s + layer.d"),
    ("!!found[4]", "false"),
    ('"(p?)([0-9]{1,2})', '"(p?)([0-9]{1,3})'),
    ("(?:s([0-9]{1,2}))?", "(?:s([0-9]{1,3}))?"),
    ("(?:d([0-9]{1,2}))?", "(?:d([0-9]{1,3}))?"),
)  # fmt: skip


def random(rng: Random) -> str:
    """A state; now and then one with a value that is out of range."""
    parts = []
    for _ in range(rng.randint(1, 8)):
        pool = rng.random() < 0.2
        kernel = rng.choice([2, 2, 3]) if pool else rng.choice([1, 2, 3, 3, 3, 4, 5, 7, 11])
        stride = rng.choice([1, 2, 2]) if pool else rng.choice([1, 1, 1, 2, 3, 4])
        dilation = rng.choice([1, 1, 1, 2, 4])
        parts.append(f"{'p' * pool}{kernel}s{stride}" + f"d{dilation}" * (dilation > 1))
    if rng.random() < 0.05:
        parts[0] = "13s7"
    width = rng.choice(["", "", "_i17", "_i64", "_i224", "_i512"])
    unit = rng.choice(["", f"_u{rng.randint(0, 5)}", f"_u{rng.randint(0, 80)}"])
    return "-".join(parts) + width + unit + rng.choice(["", "_e"])


def oracle(state: str) -> None:
    """Poke every cell of every level, one after the other, and see whether and how much the unit moves."""
    read = grower.parse(state)
    assert read is not None
    stack, levels = read[0], grower.reach(read[0])
    for level, width in enumerate(stack.widths if stack.input <= 64 else ()):
        above = stack.layers[level:]
        moved = {cell: value for cell in range(width) if (value := _run(above, width, cell)[stack.unit])}
        assert moved == {cell: n for cell, n in levels[level].items() if 0 <= cell < width}, (state, level)
    assert grower.reading(stack)["lit"] == [
        len(_inside(level, width)) for level, width in zip(levels, stack.widths, strict=True)
    ]
    _interior(state, stack)


def _interior(state: str, stack: grower.Stack) -> None:
    """Far from every border, what the unit depends on is as wide as the field is said to be."""
    size, stride = (grower.reading(stack)[name] for name in ("size", "stride"))
    assert isinstance(size, int) and isinstance(stride, int)
    if size > 400:
        return
    wide = grower.Stack(stack.layers, stack.pools, 2 * size + 8 * stride)
    spans = []
    for unit in (wide.widths[-1] // 2, wide.widths[-1] // 2 + 1):
        cells = grower.reach(grower.Stack(wide.layers, wide.pools, wide.input, unit))[0]
        spans.append((min(cells), max(cells)))
    assert [high - low + 1 for low, high in spans] == [size, size], state
    assert spans[1][0] - spans[0][0] == stride, state


def _inside(level: dict[int, int], width: int) -> list[int]:
    return [cell for cell in level if 0 <= cell < width]


def _run(layers: tuple[Window, ...], width: int, cell: int) -> list[int]:
    """A unit impulse through zero-padded sums: plain lists, no index arithmetic shared with the package."""
    row = [int(place == cell) for place in range(width)]
    for layer in layers:
        row = [0] * layer.padding[0] + row + [0] * layer.padding[1]
        taps = range(0, layer.dilation * layer.kernel_size, layer.dilation)
        starts = range(0, len(row) - taps[-1], layer.stride)
        row = [sum(row[start + tap] for tap in taps) for start in starts]
    return row


def golden(state: str) -> object:
    """What `REPLAY` must give for `state`."""
    read = grower.parse(state)
    assert read is not None
    stack = read[0]
    shown, levels = grower.reading(stack), grower.reach(stack)
    rows, size, stride = [], 1, 1
    for layer in stack.layers:
        adds = layer.dilation * (layer.kernel_size - 1) * stride
        size, stride = size + adds, stride * layer.stride
        rows.append([size, stride, adds])
    region = shown["region"]
    assert isinstance(region, list)
    bottom = [list(pair) for pair in levels[0].items()]
    return {
        "rows": rows, "sizes": stack.widths, "from": region[0], "lit": shown["lit"], "weights": shown["weights"],
        "bottom": [bottom[0], bottom[-1]] if len(bottom) > 40 else bottom,
    }  # fmt: skip
