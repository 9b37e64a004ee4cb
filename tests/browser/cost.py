"""How the cost explorer is tried."""

from random import Random

from convnotes.exhibits.interactive import params

FIXED = (
    "c256_k7_n14", "c256", "c64_k7", "c512_n7", "c16_k11_n224_r16_g1_b", "c1024_k11_n224_r1_g1024_b",
    "c99999_k99_n999_r99_g9999",
    "c0_k0_n0_r0_g0", "c100_k6_r3_g5", "c16", "c32_g32", "c128_k5_b",
)  # fmt: skip
REPLAY = "(core, value) => ({ designs: core.costs(value), dense: core.dense(value) })"
MUTANTS = (
    ("(k * k * before * after) / groups", "(k * before * after) / groups"),
    ("(k * k * before * after) / groups", "k * k * before * after"),
    ("value.bias ? outputs : 0", "value.bias ? 1 : 0"),
    ("value.bias ? outputs : 0", "0"),
    ("places = value.n ** 2", "places = value.n"),
    ("1 + sum(layers, ([, , k]) => k - 1)", "sum(layers, ([, , k]) => k - 1)"),
    ("activations: outputs * places", "activations: layers[0][1] * places"),
    ("macs: weights * places", "macs: outputs * places"),
    ("inner = c / r", "inner = c"),
    ("deep = (k - 1) / 2", "deep = (k + 1) / 2"),
    ("[inner, inner, k, 1]", "[inner, inner, 3, 1]"),
    ("[[c, c, k, g]]", "[[c, c, k, 32]]"),
    ("[c, c, k, c], [c, c, 1, 1]", "[c, c, k, c], [c, c, 1, c]"),
    ("(c * n * n) ** 2", "(c * n) ** 2"),
    ("Math.ceil(Math.log2(value))", "Math.floor(Math.log2(value))"),
    ("if (k % 2 === 0)", "if (k % 2 === 3)"),
    ("groups ?? Math.min(32, c)", "groups ?? 32"),
    ("g: Math.min(32, value.c)", "g: 32, x: value.c"),
)  # fmt: skip


def random(rng: Random) -> str:
    """A state; now and then one with a value that is out of range."""
    channels = 2 ** rng.randint(4, 10)
    state = f"c{channels}_k{rng.choice([3, 5, 7, 9, 11])}_n{rng.choice([1, 7, 14, 28, 56, 112, 224, 33])}"
    if rng.random() < 0.5:
        state += f"_r{2 ** rng.randint(0, 4)}_g{2 ** rng.randint(0, 10)}"
    return state.replace("_k3", "_k4") if rng.random() < 0.05 else state + rng.choice(["", "_b"])


def oracle(state: str) -> None:
    """Count the numbers of every kernel, one output channel after the other, and what one place reads and writes."""
    read = params.parse(state)
    assert read is not None
    choice = read[0]
    inner, channels, k = choice.channels // choice.reduction, choice.channels, choice.kernel_size
    kernels = {  # per layer: output channels, the numbers of one kernel
        f"one {k}×{k}": [(channels, channels * k * k)],
        f"{(k - 1) // 2} of 3×3": [(channels, channels * 9)] * ((k - 1) // 2),
        "bottleneck": [(inner, channels), (inner, inner * k * k), (channels, inner)],
        "grouped": [(channels, channels // choice.groups * k * k)],
        "separable": [(channels, k * k), (channels, channels)],
    }
    shown = params.reading(choice)["designs"]
    assert isinstance(shown, list) and [row["name"] for row in shown] == list(kernels)
    for row, layers in zip(shown, kernels.values(), strict=True):
        outputs = [numbers for count, numbers in layers for _ in range(count)]
        places = choice.side * choice.side
        assert row["parameters"] == sum(outputs) + choice.bias * len(outputs), state
        assert row["macs"] == sum(outputs) * places and row["activations"] == len(outputs) * places, state
        assert row["field"] == k, state


def golden(state: str) -> object:
    """What `REPLAY` must give for `state`."""
    read = params.parse(state)
    assert read is not None
    shown = params.reading(read[0])
    return {"designs": shown["designs"], "dense": shown["dense"]}
