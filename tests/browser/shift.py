"""How the shifter is tried."""

from random import Random

from convnotes.exhibits.interactive import shifter
from convnotes.exhibits.interactive.signed import decimal

FIXED = (
    "edge", "edge_x1", "edge_x2_y-3", "edge_k1_s1_x1", "edge_x1_a", "edge_k1_s1_x-10", "edge_x-10_o", "edge_x12_y12",
    "rise_k3_s2_y5", "blur_k4_s4_x4_y4", "blur_k4_s4_x3_a_o", "same_k2_s1_x7", "same_k1_s2_x1", "same_s3_x-0",
    "edge_k9_s9_x99_y-99", "rise_k3_s1_x-12_y-12_a", "edge_x4_y2", "same_k4_s1_x1_a_o", "blur_k0_s0", "edge_s1_x1",
)  # fmt: skip
SUM = 1009  # of a map: each shade by its place, so that no two cells can change places
REPLAY = """(core, value, data) => {
  const found = core.measure(value, data);
  const sum = (map) => map.reduce((all, shade, at) => (all * 31 + shade + 8) % 1009, 0);
  return { rows: found.maps.map(core.row), change: core.change(found.maps[1]), sums: core.shades(found).map(sum) };
}"""
MUTANTS = (
    ("i * stride + a - 1,", "i * stride + a,"),
    ("j * stride + b - 1,", "j * stride - b + 1,"),
    ("sum += kernel[a][b] *", "sum += kernel[b][a] *"),
    ("b - before, wrap, -Infinity", "b - before, wrap, 0"),
    ("(size - 1) >> 1", "size >> 1"),
    ("a < size; a++", "a < size - 1; a++"),
    ("(i, j) => at(map, n, i - down, j - right, wrap, 0)", "(i, j) => at(map, n, i + down, j - right, wrap, 0)"),
    ("i - down, j - right, wrap, 0", "i - down, j - right, true, 0"),
    ("i < 0 || j < 0 ||", "j < 0 ||"),
    ("SIDE, size, 1, wrap), SIDE, binomial", "SIDE, size, 1, wrap), SIDE, binomial.slice().fill([0, 4, 0])"),
    ("Math.ceil(step / stride)]", "Math.floor(step / stride)]"),
    ("moved(before, n, x, y, wrap), error", "moved(before, n, y, x, wrap), error"),
    ("if (error < least)", "if (error > least || !best)"),
    ("smooth ? 16 : 1]", "1]"),
    ("value || was[i]", "value"),
    ("value && value === was[i]", "value === was[i]"),
    ("change(total, below * was.length)", "change(total, was.length)"),
    ("value - pooled.along[i]", "pooled.along[i] - value"),
    ("if (stride === 3)", "if (stride === 5)"),
    ("all(image, 15)", "all(image, 12)"),  # 16 would give every value from 0 to 15 the same shade
    ('part("s", stride, 2)', 'part("s", stride, 1)'),
)  # fmt: skip

Map = list[list[int]]


def random(rng: Random) -> str:
    """A state; now and then one with a value that is out of range."""
    text = rng.choice(["edge", "rise", "blur", "same"])
    text += rng.choice(["", f"_k{rng.randint(1, 4)}"]) + rng.choice(["", "_s1", "_s4", "_s2"])
    far = 14 if rng.random() < 0.1 else rng.choice([3, 12])
    text += rng.choice(["", f"_x{rng.randint(-far, far)}"]) + rng.choice(["", f"_y{rng.randint(-far, far)}"])
    return text + rng.choice(["", "_a"]) + rng.choice(["", "_o"])


def oracle(state: str) -> None:
    """Every map again, cell by cell, in plain lists; and what must hold of them."""
    read = shifter.parse(state)
    assert read is not None
    shift = read[0]
    cat = [list(row) for row in shifter.cat()]
    walked = _walk(cat, shift.right, shift.down, shift.wrap)
    old, new = (_windows(image, _sum(shifter.KERNELS[shift.kernel]), 3, 1, shift.wrap, 0) for image in (cat, walked))
    pools = [_pool(old, shift), _pool(new, shift)]
    stored = [[part.tolist() for part in parts[:2]] for parts in shifter.measure(shift).values()]
    assert stored == [[new, old], pools[::-1]], state
    for now, was, stride, name in ((new, old, 1, "feature map"), (pools[1], pools[0], shift.stride, "pooled map")):
        error = decimal(100 * _error(now, was, shift, stride), sum(abs(v) for row in was for v in row), 1)
        assert shifter.row(shift, name)[0] == f"{error}\N{NO-BREAK SPACE}%", state
        inside = max(abs(shift.right), abs(shift.down)) <= 5 or shift.wrap
        if inside and not shift.right % stride and not shift.down % stride:
            assert error == "0", state


def _error(now: Map, was: Map, shift: shifter.Shift, stride: int) -> int:
    """The least error over all whole moves not farther than a cell from the real one."""
    places = [
        [whole for whole in range(-40, 41) if abs(whole * stride - step) < stride] for step in (shift.right, shift.down)
    ]
    copies = [_walk(was, right, down, shift.wrap) for right in places[0] for down in places[1]]
    return min(
        sum(abs(a - b) for left, right in zip(now, copy, strict=True) for a, b in zip(left, right, strict=True))
        for copy in copies
    )


def _pool(features: Map, shift: shifter.Shift) -> Map:
    low = -(10**9)
    if not shift.smooth:
        return _windows(features, max, shift.size, shift.stride, shift.wrap, low)
    largest = _windows(features, max, shift.size, 1, shift.wrap, low)
    return _windows(largest, _sum(((1, 2, 1), (2, 4, 2), (1, 2, 1))), 3, shift.stride, shift.wrap, 0)


def _sum(kernel):  # type: ignore[no-untyped-def]
    flat = [weight for row in kernel for weight in row]
    return lambda seen: sum(weight * value for weight, value in zip(flat, seen, strict=True))


def _windows(image: Map, answer, size: int, stride: int, wrap: bool, fill: int) -> Map:  # type: ignore[no-untyped-def]
    side, before = len(image), (size - 1) // 2

    def cell(i: int, j: int) -> int:
        if wrap:
            return image[i % side][j % side]
        return image[i][j] if 0 <= i < side and 0 <= j < side else fill

    return [
        [
            answer([cell(top - before + a, left - before + b) for a in range(size) for b in range(size)])
            for left in range(0, side, stride)
        ]
        for top in range(0, side, stride)
    ]


def _walk(image: Map, right: int, down: int, wrap: bool) -> Map:
    side = len(image)
    out = [[0] * side for _ in image]
    for i, row in enumerate(image):
        for j, value in enumerate(row):
            y, x = i + down, j + right
            if wrap or (0 <= y < side and 0 <= x < side):
                out[y % side][x % side] = value
    return out


def golden(state: str) -> object:
    """What `REPLAY` must give for `state`."""
    read = shifter.parse(state)
    assert read is not None
    shown = shifter.reading(read[0])
    sums = []
    for cells in shifter.shades(read[0]).values():
        total = 0
        for shade in (shade for row in cells for shade in row):
            total = (total * 31 + shade + 8) % SUM
        sums.append(total)
    meters = shown["meters"]
    assert isinstance(meters, list)
    return {"rows": shown["rows"], "change": meters[2], "sums": sums}
