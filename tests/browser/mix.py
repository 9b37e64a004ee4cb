"""How the mixer is tried."""

from fractions import Fraction
from random import Random

from convnotes.exhibits.interactive import mixer

FIXED = (
    "30.59.11.50.-50.0", "100.0.0.0.100.0", "50.-50.0.-25.-25.50_x1_y2_r", "30.59.11.-30.-59.-11_b0.255_n",
    "-50.-50.100.30.59.11_r", "0.0.0.0.0.0", "-0.0.0.0.0.-0_b-0.0", "100.100.100.-100.-100.-100_b255.-255_x7_y7_r_n",
    "1.2.3.-4.-5.-6_b-7.8_x0_y0", "999.-999.0.0.0.0_b999.-999_x99_y99", "33.33.33.7.-13.29_x5_y3_n",
    "030.059.011.050.-050.000", "10.0.0.0.0.1_b0.1", "10.0.0.0.0.1_b-1.0_y7",
)  # fmt: skip
REPLAY = """(core, value, data) => {
  const seen = core.pixels(value, data), out = core.mixed(value, seen);
  return { pixel: seen[value.y * core.SIDE + value.x], corner: seen[0], out, lines: core.written(value, seen),
    shades: core.shades(out[0]).slice(0, 40), touched: core.touched(out, core.mixed(value, data.picture)) };
}"""
MUTANTS = (
    ("weight * pixel[channel]", "weight * pixel[2 - channel]"),
    ("sum + weight *", "sum - weight *"),
    ("+ 100 * bias[out])));", "+ bias[out])));"),
    ("relu ? 0 : -Infinity", "relu ? -Infinity : 0"),
    ("relu ? 0 : -Infinity", "-Infinity"),
    ("BRIGHTEST - value)", "value)"),
    ("at === y * SIDE + x ? pixel", "at === x * SIDE + y ? pixel"),
    ("others ? picture.map", "!others ? picture.map"),
    ("weights.slice(3)]", "weights.slice(0, 3)]"),
    ("clamp(name, +found[4 + n], 0, SIDE - 1", "clamp(name, +found[4 + n], 0, SIDE"),
    (": start[n]));", ": 0));"),
    ("shade(value, 100 * BRIGHTEST)", "shade(value, 50 * BRIGHTEST)"),
    ("value !== b[0][at] ||", "value !== b[0][at] &&"),
    ('replaceAll("+ −", "− ")', 'replaceAll("+ −", "+ ")'),
    ("if (bias[out]) terms", "terms"),
    ("decimal(Math.max(0, total), 100)", "decimal(total, 100)"),
    ("bias.some(Boolean)", "bias.every(Boolean)"),
    ("const pixel = seen[y * SIDE + x]", "const pixel = seen[x * SIDE + y]"),
    ('"weight", +number, -100, 100', '"weight", +number, -99, 100'),
)  # fmt: skip


def random(rng: Random) -> str:
    """A state; now and then one with a value that is out of range."""
    far = 120 if rng.random() < 0.05 else 100
    text = ".".join(str(rng.randint(-far, far)) for _ in range(6))
    text += rng.choice(["", f"_b{rng.randint(-255, 255)}.{rng.choice([0, rng.randint(-300, 300)])}"])
    text += rng.choice(["", f"_x{rng.randint(0, 8)}"]) + rng.choice(["", f"_y{rng.randint(0, 7)}"])
    return text + rng.choice(["", "_r"]) + rng.choice(["", "_n"])


def oracle(state: str) -> None:
    """Pixel by pixel with fractions; and nothing at this pixel moves when its neighbours do."""
    read = mixer.parse(state)
    assert read is not None
    mix, shown = read[0], mixer.mixed(read[0]).tolist()
    for y, row in enumerate(mixer.sunset()):
        for x, colour in enumerate(row):
            far = mix.others and (x, y) != (mix.x, mix.y)
            pixel = [255 - value if far else value for value in colour]
            for out in (0, 1):
                total = Fraction(mix.bias[out])
                for weight, value in zip(mix.weights[out], pixel, strict=True):
                    total += Fraction(weight, 100) * value
                expected = max(Fraction(0), total) if mix.relu else total
                assert Fraction(shown[out][y][x], 100) == expected, (state, x, y)
    flipped = mixer.Mix(mix.weights, mix.bias, mix.x, mix.y, mix.relu, not mix.others)
    assert (mixer.mixed(flipped)[:, mix.y, mix.x] == mixer.mixed(mix)[:, mix.y, mix.x]).all()


def golden(state: str) -> object:
    """What `REPLAY` must give for `state`."""
    read = mixer.parse(state)
    assert read is not None
    mix, out = read[0], mixer.mixed(read[0])
    usual = mixer.mixed(mixer.Mix(mix.weights, mix.bias, mix.x, mix.y, mix.relu, False))
    seen = mixer.picture(mix)
    return {
        "pixel": seen[:, mix.y, mix.x].tolist(), "corner": seen[:, 0, 0].tolist(), "out": out.reshape(2, -1).tolist(),
        "lines": mixer.written(mix), "shades": [shade for row in mixer.shades(mix)[0] for shade in row][:40],
        "touched": int((out != usual).any(axis=0).sum()),
    }  # fmt: skip
