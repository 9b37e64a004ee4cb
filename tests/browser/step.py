"""How the stepper is tried."""

from fractions import Fraction
from random import Random

from convnotes.exhibits.interactive import stepper

FIXED = (
    "conv", "pool", "conv_wblur_p1_t7", "avg", "pool_k2_s2_t3", "conv_wsharpen_p1_t25", "conv_widentity_p1",
    "conv_s2_p1_t9", "pool_g0128.0465.0972.0531_t4", "pool_g-5-7-9-6.-6-8-7-5.-4-9-8-7.-8-6-5-9_p1_t9",
    "avg_g-5-7-9-6.-6-8-7-5.-4-9-8-7.-8-6-5-9_p1_t9", "pool_k3_s1_p1_t16", "conv_w-0_g-0000.0000.0000.000-0",
    "conv_w9_d99_p9_t99", "conv_w-9-9-9.-9-9-9.-9-9-9_g9999.9999.9999.9999_t4", "conv_w12.-34_d0", "pool_g123.456.789",
    "avg_k3_g12345678.12345678.12345678.12345678.12345678.12345678.12345678.12345678_s1_p1_t49", "pool_k9_s9_p9_t999",
    "conv_w12345.12345.12345.12345.12345", "avg_k1_s3_t0", "conv_w121.242.121_d16",
    "pool_k2_s1_p1_t25", "conv_wblur_d4", "conv_d2_t2", "avg_k3_s2_p1_t4",
)  # fmt: skip
REPLAY = """(core, value) => {
  const all = core.sums(value), steps = all[0].length;
  return { sums: all, side: core.side(value), outputs: core.outputs(value, all), corner: core.corner(value, value.step),
    window: core.window(value, value.step), written: core.written(value, value.step, all).join(" "),
    last: core.written(value, steps, all).join(" ") };
}"""
MUTANTS = (
    ("2 * padding - size) / stride) + 1;", "2 * padding - size) / stride);"),
    ("2 * padding - size) / stride) + 1;", "padding - size) / stride) + 1;"),
    ("/ n) * value.stride - value.padding,", "/ n) * value.stride,"),
    ("column * value.stride - value.padding]", "column - value.padding]"),
    ("top + Math.floor(at / size)", "top + (at % size)"),
    ("left + (at % size)]", "left + size - 1 - (at % size)]"),
    ("seen.filter((cell) => cell !== null))", "seen.map((cell) => cell ?? 0))"),
    ("(cell ?? 0) * (weights?.[tap] ?? 1)", "(cell ?? 1) * (weights?.[tap] ?? 1)"),
    ("(weights?.[tap] ?? 1), 0)", "(weights?.[weights.length - 1 - tap] ?? 1), 0)"),
    ('mode === "avg" ? size * size : divisor', 'mode === "avg" ? size : divisor'),
    ('mode === "avg" ? size * size : divisor', "divisor"),
    ("(kernel ? 1 : size)), 1, 3", "1), 1, 3"),
    ("0, size >> 1, words)", "0, size - 1, words)"),
    ("side(value) ** 2, words)", "side(value), words)"),
    ("at < step ?", "at <= step ?"),
    (".map(Number));", ".map((n) => Math.abs(n)));"),
    ("row?.length === rows.length", "row?.length"),
    ("factor(cell ?? 0) +", "factor(cell) +"),
    ('"−∞" : signed(cell)', '"0" : signed(cell)'),
    ("below > 1 ?", "below > 2 ?"),
    ('clamp(what, rows.length, least, most, words)', "rows.length"),
    ('name !== "edge"', "!name"),
)  # fmt: skip


def random(rng: Random) -> str:
    """A state; now and then one with a value that is out of range."""
    mode = rng.choice(["conv", "conv", "pool", "avg"])
    low = rng.choice([0, -9])
    text = mode
    if mode == "conv":
        text += rng.choice(["", "_wblur", "_wsharpen", "_widentity", f"_w{_square(rng, rng.randint(1, 3), -9)}"])
        text += rng.choice(["", "", f"_d{rng.choice([2, 3, 9, 16])}"])
    else:
        text += rng.choice(["", f"_k{rng.randint(1, 3)}"])
    text += rng.choice(["", f"_g{_square(rng, rng.randint(4, 7), low)}"])
    text += rng.choice(["", f"_s{rng.randint(1, 3 + (rng.random() < 0.05))}"])
    text += rng.choice(["", "_p1", "_p2" if rng.random() < 0.1 else ""])
    return text + rng.choice(["", f"_t{rng.randint(1, 4)}", f"_t{rng.randint(1, 70)}"])


def _square(rng: Random, side: int, low: int) -> str:
    return ".".join("".join(str(rng.randint(low, 9)) for _ in range(side)) for _ in range(side))


def oracle(state: str) -> None:
    """Walk over a grid with its border in it, cell by cell, with fractions."""
    read = stepper.parse(state)
    assert read is not None
    step, answers = read[0], _answers(read[0])
    numerators, below = stepper.sums(step)
    assert [Fraction(number, below) for number in numerators] == answers, state
    assert len(answers) == stepper.reading(step)["steps"]
    if step.mode == "pool":
        assert max(answers) <= max(cell for row in step.grid for cell in row)
    if step.kernel == ((0, 0, 0), (0, 1, 0), (0, 0, 0)) and step.stride == step.divisor == step.padding == 1:
        assert answers == [cell for row in step.grid for cell in row]


def _answers(step: stepper.Step) -> list[Fraction]:
    void = [None] * step.padding
    wide = [[*void, *row, *void] for row in step.grid]
    border = [[None] * len(wide[0]) for _ in void]
    rows: list[list[int | None]] = [*border, *wide, *border]
    answers = []
    for top in range(0, len(rows) - step.size + 1, step.stride):
        for left in range(0, len(rows) - step.size + 1, step.stride):
            seen = [cell for row in rows[top : top + step.size] for cell in row[left : left + step.size]]
            real = [cell for cell in seen if cell is not None]
            if step.mode == "pool":
                answers.append(Fraction(sorted(real)[-1]))
            elif step.mode == "avg":
                answers.append(Fraction(sum(real), len(seen)))
            else:
                weights = [weight for row in step.kernel or () for weight in row]
                parts = [weight * cell for weight, cell in zip(weights, seen, strict=True) if cell is not None]
                answers.append(Fraction(sum(parts), step.divisor))
    return answers


def golden(state: str) -> object:
    """What `REPLAY` must give for `state`."""
    read = stepper.parse(state)
    assert read is not None
    step, shown = read[0], stepper.reading(read[0])
    return {
        "sums": list(stepper.sums(step)), "side": step.side, "outputs": shown["outputs"], "corner": shown["corner"],
        "window": stepper.window(step, step.step), "written": shown["sum"],
        "last": stepper.written(step, step.side**2),
    }  # fmt: skip
