"""How the figure of what a unit sees is tried."""

from random import Random

from convnotes.exhibits.interactive import sees
from convnotes.experiments import lite0

FIXED = (
    "block5", "block1_x0_y0", "block16_x224_y224", "block8_y96", "block11_x128_y128", "block3_x32", "block4_x64_y64",
    "block8_random_x128_y128", "block16_random", "block6_x40_y999", "block0", "block99_x999_y999", "block5_x31_y33",
    "block16_x0",
)  # fmt: skip
REPLAY = """(core, value, data) => ({ place: core.place(value, data),
  file: core.file(value, data), field: core.square(value, core.of(value, data).field),
  rows: core.rows(value, data) })"""
MUTANTS = (
    ("number <= +found[1]", "number < +found[1]"),
    ("Math.max(known[0], ", "Math.max("),
    ("/ STEP) * STEP", "/ STEP) * HOME"),
    ("side - 1, words) / STEP", "side, words) / STEP"),
    ("(y / STEP) * (Math.floor((side - 1) / STEP) + 1)", "(y / STEP) * Math.floor((side - 1) / STEP)"),
    ("+ x / STEP", "+ y / STEP"),
    ("[x - (size - 1) / 2, y", "[x - size / 2, y"),
    ("Math.min(side, centre + (size + 1) / 2)", "Math.min(side, centre + (size - 1) / 2)"),
    ("Math.max(0, centre", "Math.max(1, centre"),
    ("overlap(value.x, size, data.side) * overlap(value.y", "overlap(value.x, size, data.side) * overlap(value.x"),
    ("thousandths, 10, 0)", "thousandths, 10, 1)"),
    ("share(outer), share(inner)", "share(inner), share(outer)"),
    ("kept.sides[+random]", "kept.sides[0]"),
    ("kept.changes[+random]", "kept.changes[0]"),
    ("(random ? blocks.length : 0)", "(random ? 1 : 0)"),
    ('(x === HOME ? "" : `_x${x}`)', '(x === 0 ? "" : `_x${x}`)'),
)  # fmt: skip


def random(rng: Random) -> str:
    """A state; now and then one that was not measured, or that lies out of range."""
    block = rng.choice([1, 3, 4, 5, 8, 11, 16, rng.randint(0, 99)])
    x, y = (rng.choice([32 * rng.randint(0, 7), rng.randint(0, 300)]) for _ in range(2))
    return f"block{block}" + rng.choice(["", "_random"]) + rng.choice(["", f"_x{x}"]) + rng.choice(["", f"_y{y}"])


def oracle(state: str) -> None:
    """Count the pixels of the field, one by one, that lie on the photograph."""
    read = sees.parse(state)
    assert read is not None
    unit = read[0]
    field = lite0.field(f"block{unit.block}")
    assert unit.x % field.stride == unit.y % field.stride == 0  # a unit looks there
    shown, side = 0, range(lite0.SIDE)
    for y in range(unit.y // field.stride * field.stride - field.padding, 10**4)[: field.size]:
        if y in side:
            start = unit.x // field.stride * field.stride - field.padding
            shown += sum(x in side for x in range(start, start + field.size))
    share = 100 * shown / field.size**2
    said = sees.row(unit)
    assert said[0] == str(field.size)
    assert abs(int(said[1].split("\N{NO-BREAK SPACE}")[0]) - share) <= 0.5, state
    assert int(said[2]) <= 2 * lite0.SIDE and said[3] in ("–", "0\N{NO-BREAK SPACE}%"), state


def golden(state: str) -> object:
    """What `REPLAY` must give for `state`."""
    read = sees.parse(state)
    assert read is not None
    shown = sees.reading(read[0])
    return {"place": shown["tile"], "file": shown["file"], "field": shown["field"], "rows": shown["rows"]}
