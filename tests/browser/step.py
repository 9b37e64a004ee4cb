"""How the stepper is tried."""

from fractions import Fraction
from random import Random

import torch
from torch.nn import functional

from convnotes.exhibits.interactive import stepper

FIXED = (
    "conv", "pool", "conv_wblur_p1_t7", "avg", "pool_k2_s2_t3", "conv_wsharpen_p1_t25", "conv_widentity_p1",
    "conv_s2_p1_t9", "pool_g0128.0465.0972.0531_t4", "pool_g-5-7-9-6.-6-8-7-5.-4-9-8-7.-8-6-5-9_p1_t9",
    "avg_g-5-7-9-6.-6-8-7-5.-4-9-8-7.-8-6-5-9_p1_t9", "pool_k3_s1_p1_t16", "conv_w-0_g-0000.0000.0000.000-0",
    "conv_w9_d99_p9_t99", "conv_w-9-9-9.-9-9-9.-9-9-9_g9999.9999.9999.9999_t4", "conv_w12.-34_d0", "pool_g123.456.789",
    "avg_k3_g12345678.12345678.12345678.12345678.12345678.12345678.12345678.12345678_s1_p1_t49", "pool_k9_s9_p9_t999",
    "conv_w12345.12345.12345.12345.12345", "avg_k1_s3_t0", "conv_w121.242.121_d16",
    "pool_k2_s1_p1_t25", "conv_wblur_d4", "conv_d2_t2", "avg_k3_s2_p1_t4",
    "conv_c3", "conv_c3_b1_t4", "conv_c3_wredness_p1_t7", "conv_c3_wedge_b-9_s2_p1", "conv_b3_t9", "conv_wblur_b-2_t2",
    "conv_c3_w1..-2..3_g12345.12345.12345.12345.12345_t25", "conv_c3_w10.01..0-1.10..11.11_d3_b99_s3_t2",
    "conv_c3_wmixed_g123456.123456.123456.123456.123456.123456", "back", "back_t4", "back_s2_p1_t4", "back_wedge_y5_t9",
    "back_w3_g-1-2-3.456.789_y123.456.-7-8-9_t9", "back_w-101.20-2.-101_g01234.56789.-1-2-3-4-5.00000.12321_p1_t25",
    "back_wsharpen_g12.34_s3", "back_wblur_p1_t5", "back_g1234567.1234567.1234567.1234567.1234567.1234567.1234567_t16",
)  # fmt: skip
REPLAY = """(core, value) => {
  const all = core.sums(value), steps = all[0].length;
  return { sums: all, side: core.side(value), outputs: core.outputs(value, all), corner: core.corner(value, value.step),
    window: value.grid.map((_, channel) => core.window(value, value.step, channel)), kind: core.kind(value),
    written: core.written(value, value.step, all).join(" "), last: core.written(value, steps, all).join(" "),
    parts: core.parts(value, value.step), back: value.sent && core.sentBack(value) };
}"""
MUTANTS = (
    ("2 * padding - size) / stride) + 1;", "2 * padding - size) / stride);"),
    ("2 * padding - size) / stride) + 1;", "padding - size) / stride) + 1;"),
    ("/ n) * value.stride - value.padding,", "/ n) * value.stride,"),
    ("column * value.stride - value.padding]", "column - value.padding]"),
    ("top + Math.floor(at / size)", "top + (at % size)"),
    ("left + (at % size)]", "left + size - 1 - (at % size)]"),
    ("step).filter((cell) => cell !== null))", "step).map((cell) => cell ?? 0))"),
    ("(cell ?? 0) * (weights?.[tap] ?? 1)", "(cell ?? 1) * (weights?.[tap] ?? 1)"),
    ("* (weights?.[tap] ?? 1))", "* (weights?.[weights.length - 1 - tap] ?? 1))"),
    ("window(value, step, channel).map((cell, tap) => (cell", "window(value, step).map((cell, tap) => (cell"),
    ("window(value, step, channel).map((cell, tap) => factor(", "window(value, step).map((cell, tap) => factor("),
    (" + bias * below;", " + bias;"),
    ("several || bias ?", "bias ?"),
    ("value.kernel?.[channel].flat();\n  return sum(", "value.kernel?.[0].flat();\n  return sum("),
    ("row[left + b] += g * kernel[a][b];", "row[left + b] += g * kernel[b][a];"),
    ("toKernel[a][b] += g * grid[top + a][left + b];", "toKernel[a][b] += g;"),
    (".slice(0, value.step).forEach(", ".forEach("),
    (".slice(0, step).map((g, at)", ".map((g, at)"),
    ("side(value), side(value), found[9] ? words : [])", "1, 9, [])"),
    ("squares.length < channels ?", "channels > 9 ?"),
    ("texts.every((text) => text === texts[0])", "texts.length === 1"),
    ('mode === "back" ? 1 : clamp', "clamp"),
    ('mode === "avg" ? size * size : divisor', 'mode === "avg" ? size : divisor'),
    ('mode === "avg" ? size * size : divisor', "divisor"),
    ("(kernel ? 1 : value.size)), 1, 3", "1), 1, 3"),
    ("0, value.size >> 1, words)", "0, value.size - 1, words)"),
    ("side(value) ** 2, words)", "side(value), words)"),
    ("at < step ?", "at <= step ?"),
    (".map(Number));", ".map((n) => Math.abs(n)));"),
    ("row?.length === square.length", "row?.length"),
    ("factor(cell ?? 0) +", "factor(cell) +"),
    ('"−∞" : signed(cell)', '"0" : signed(cell)'),
    ("below > 1 ?", "below > 2 ?"),
    ("clamp(what, squares[0].length, least, most, words)", "squares[0].length"),
    ("own === first && ", ""),
)  # fmt: skip


def random(rng: Random) -> str:
    """A state; now and then one with a value that is out of range."""
    mode = rng.choice(["conv", "conv", "conv_c3", "back", "pool", "avg"])
    low = rng.choice([0, -9])
    least, most = {"conv_c3": (4, 5), "back": (3, 5)}.get(mode, (4, 7))
    text = mode
    if mode.startswith("conv"):
        own = [_square(rng, side, -9) for side in [rng.randint(1, 3)] for _ in range(3 if mode == "conv_c3" else 1)]
        text += rng.choice(["", "_wblur", "_wsharpen", "_widentity", f"_w{'..'.join(own)}"])
        text += rng.choice(["", "", f"_d{rng.choice([2, 3, 9, 16])}"]) + rng.choice(["", f"_b{rng.randint(-9, 9)}"])
    elif mode == "back":
        text += rng.choice(["", "_wedge", f"_w{_square(rng, rng.randint(1, 3), -9)}"])
    else:
        text += rng.choice(["", f"_k{rng.randint(1, 3)}"])
    text += rng.choice(["", f"_g{_square(rng, rng.randint(least, most), low)}"])
    if mode == "back":
        text += rng.choice(["", f"_y{_square(rng, rng.randint(1, 4), -9)}"])
    text += rng.choice(["", f"_s{rng.randint(1, 3 + (rng.random() < 0.05))}"])
    text += rng.choice(["", "_p1", "_p2" if rng.random() < 0.1 else ""])
    return text + rng.choice(["", f"_t{rng.randint(1, 4)}", f"_t{rng.randint(1, 70)}"])


def _square(rng: Random, side: int, low: int) -> str:
    return ".".join("".join(str(rng.randint(low, 9)) for _ in range(side)) for _ in range(side))


def oracle(state: str) -> None:
    """Walk over a grid with its border in it, cell by cell, with fractions; backward, ask PyTorch."""
    read = stepper.parse(state)
    assert read is not None
    step, answers = read[0], _answers(read[0])
    numerators, below = stepper.sums(step)
    assert [Fraction(number, below) for number in numerators] == answers, state
    assert len(answers) == stepper.reading(step)["steps"]
    if step.mode == "pool":
        assert max(answers) <= max(cell for row in step.grid[0] for cell in row)
    if step.kernel == (((0, 0, 0), (0, 1, 0), (0, 0, 0)),) and step.stride == step.divisor == step.padding == 1:
        assert answers == [cell + step.bias for row in step.grid[0] for cell in row]
    if step.sent:
        _autograd(step)


def _autograd(step: stepper.Step) -> None:
    x, w = (torch.tensor([part], dtype=torch.float64, requires_grad=True) for part in (step.grid, step.kernel))
    sent = torch.tensor(step.sent, dtype=torch.float64)
    sent.view(-1)[step.step :] = 0
    functional.conv2d(x, w, stride=step.stride, padding=step.padding).backward(sent[None, None])
    assert x.grad is not None and w.grad is not None
    assert [x.grad[0, 0].tolist(), w.grad[0, 0].tolist()] == list(stepper.gradients(step))


def _answers(step: stepper.Step) -> list[Fraction]:
    channels = [_bordered(channel, step.padding) for channel in step.grid]
    wide = len(channels[0])
    answers = []
    for top in range(0, wide - step.size + 1, step.stride):
        for left in range(0, wide - step.size + 1, step.stride):
            seen = [
                cell
                for rows in channels
                for row in rows[top : top + step.size]
                for cell in row[left : left + step.size]
            ]
            real = [cell for cell in seen if cell is not None]
            if step.mode == "pool":
                answers.append(Fraction(sorted(real)[-1]))
            elif step.mode == "avg":
                answers.append(Fraction(sum(real), len(seen)))
            else:
                weights = [weight for slice in step.kernel or () for row in slice for weight in row]
                products = [weight * cell for weight, cell in zip(weights, seen, strict=True) if cell is not None]
                answers.append(Fraction(sum(products), step.divisor) + step.bias)
    return answers


def _bordered(channel: stepper.Cells, padding: int) -> list[list[int | None]]:
    void = [None] * padding
    wide = [[*void, *row, *void] for row in channel]
    border: list[list[int | None]] = [[None] * len(wide[0]) for _ in void]
    return [*border, *wide, *border]


def golden(state: str) -> object:
    """What `REPLAY` must give for `state`."""
    read = stepper.parse(state)
    assert read is not None
    step, shown = read[0], stepper.reading(read[0])
    return {
        "sums": list(stepper.sums(step)), "side": step.side, "outputs": shown["outputs"], "corner": shown["corner"],
        "window": [stepper.window(step, step.step, channel) for channel in range(len(step.grid))], "kind": step.kind,
        "written": shown["sum"], "last": stepper.written(step, step.side**2), "parts": shown["parts"],
        "back": step.sent and list(stepper.gradients(step)),
    }  # fmt: skip
