"""How the walk is tried."""

from functools import cache
from random import Random
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from convnotes.exhibits.interactive import walk
from convnotes.experiments import weights

BLANK = "Z" * 30 + "D"
FIXED = (
    "s17", "s17_uconv2.12.3.5", f"d{BLANK}", "s0_uconv1.0.t0_g3", "s4_urelu1.5.23.23", "s5_upool1.2.4.9_g5v6",
    "s16_c0.0_urelu2.15.7.7", "s9_c21.21_upool2.7.3.3_g4", "s12_ufc.9.t255_g7v2", "s19_ufc.4_g9v9", "s03_c9.7",
    "s99_c40.40_uconv2.99.99.99.t999", "s1_uold3.1.2.3", "s7_uconv2.3.0.7.t149_g0v9", f"d{'z' * 37}l_g1",
    f"d0123456789abcdef{'Z' * 29}Lff_uconv1.3.0.14.t24_g8v2", "s11_upool1.0.11.2", "s8_urelu2.1.3.2.t0_g8",
)  # fmt: skip
REPLAY = """async (core, value, data) => {
  const net = core.unpack(await import("/assets/cn/walk-network.js"), data.layers), { of, against, unit } = value;
  const sum = (cells) => Array.from(cells).reduce((all, cell, at) => all + cell * ((at * 37) % 101), 0) / 101;
  const found = core.forward(net, core.pixels(value, net)), told = unit && core.unit(net, found, unit);
  return { probabilities: found.probabilities, maps: found.maps.map(sum),
    sent: of === null ? null : core.backward(net, found, of, against).map(sum),
    unit: told && { ...told, products: [told.products.length, sum(told.products)] } };
}"""
MUTANTS = (
    ("SIDE = 28, PATCH = 7", "SIDE = 28, PATCH = 6"),
    ("edge = SIDE - PATCH", "edge = SIDE"),
    ("samples.length - 1", "samples.length"),
    ("against !== of ?", "true ?"),
    ("unit.row || unit.column ?", "unit.row ?"),
    ("unit.tap !== null", "unit.tap"),
    ("code - 101 : code - 64", "code - 100 : code - 64"),
    ("out.push(full ? INK : 0)", "out.push(full ? INK - 1 : 0)"),
    ("level === 0 ? 26", "level === 0 ? 25"),
    ("level === INK ? 21", "level === INK ? 20"),
    ("(1 + fraction) * 2 ** (exponent - 15)", "(1 + fraction) * 2 ** (exponent - 14)"),
    ("bits >> 15 ? -size : size", "size"),
    ("(level) => level / 255", "(level) => level / 256"),
    ("level / INK", "level / 16"),
    ("a < PATCH; a++", "a < PATCH - 1; a++"),
    ("+ i * stride + a - padding)", "+ i * stride + b - padding)"),
    ("* columns + b - padding,", "* columns + a - padding,"),
    ("input[place] > input[best]", "input[place] < input[best]"),
    ("input[place] > input[best]", "input[place] >= input[best]"),
    ("Math.max(0, value)", "Math.abs(value)"),
    ("sum + bias[", "sum - bias["),
    ("Math.exp(score - most)", "Math.exp(score / 2 - most)"),
    ("sent.at(-1)[against] = -1", "sent.at(-1)[against] = 1"),
    ("input[unit] > 0 ? g : 0", "g"),
    ("back[place] += from[unit]", "back[place] = -from[unit]"),
    ("back[to + b] += g", "back[to + b] = g"),
    ("(channel * rows + top + a) * columns + left", "(channel * rows + top) * columns + left"),
    ("last * stride - padding + kernel - 1)", "last * stride - padding + kernel)"),
    ("channel * own * size * size + found.length", "found.length"),
    ("kind === \"relu\" ? layer - 1 : layer", "layer"),
    ("(at ? layers[at - 1].shape", "(at ? layers[at].shape"),
)  # fmt: skip


def random(rng: Random) -> str:
    """A state; now and then one with a value that is out of range."""
    if rng.random() < 0.6:
        text = f"s{rng.randrange(20)}"
    else:
        cells = [rng.choice((0, 0, 0, walk.INK, walk.INK, rng.randrange(16)))] * walk.SIDE**2
        for _ in range(60):
            start = rng.randrange(len(cells))
            cells[start : start + 9] = [rng.choice((0, walk.INK, rng.randrange(16)))] * len(cells[start : start + 9])
        text = f"d{walk.packed(cells)}"
    text += rng.choice(["", f"_c{rng.randrange(22)}.{rng.randrange(24)}"])
    if rng.random() < 0.7:
        name = rng.choice(list(walk.shapes()))
        channels, height, width = walk.shapes()[name]
        text += f"_u{name}.{rng.randrange(channels)}.{rng.randrange(height)}.{rng.randrange(width)}"
        text += rng.choice(["", f".t{rng.randrange(walk.taps(name))}", ".t300"])
    return text + rng.choice(["", f"_g{rng.randrange(10)}", f"_g{rng.randrange(10)}v{rng.randrange(10)}"])


@cache
def kept() -> dict[str, Tensor]:
    return {name: tensor.double() for name, tensor in weights.load("walk").items()}


def asked(picture: Tensor) -> list[Tensor]:
    """The maps of the picture (1, 28, 28), each with a gradient to come, by torch in double precision."""
    given, maps = kept(), [picture[None].double().requires_grad_()]
    for n in (1, 2):
        maps.append(functional.conv2d(maps[-1], given[f"conv{n}.weight"], given[f"conv{n}.bias"]))
        maps += [functional.relu(maps[-1])]
        maps += [functional.max_pool2d(maps[-1], 2)]
    maps.append(functional.linear(maps[-1].flatten(1), given["fc.weight"], given["fc.bias"]))
    for values in maps[1:]:
        values.retain_grad()
    return maps


def sent(maps: list[Tensor], of: int, against: int | None) -> list[Tensor]:
    """Their gradients."""
    score = maps[-1][0, of] - (0 if against is None else maps[-1][0, against])
    score.backward()  # type: ignore[no-untyped-call]
    return [values.grad for values in maps]  # type: ignore[misc]


def oracle(state: str) -> None:
    """All maps and their gradients again by torch; a unit's sum from its products; its field by what changes it."""
    read = walk.parse(state)
    assert read is not None
    given = read[0]
    picture, maps = walk.pixels(given), walk.found(given.text, given.cover)
    theirs = asked(torch.tensor(picture)[None])
    for own, other in zip(maps, theirs, strict=True):
        np.testing.assert_allclose(own.ravel(), other.detach().ravel(), atol=1e-9)
    shares = functional.softmax(theirs[-1], 1).ravel().tolist()
    told = walk.reading(given)
    np.testing.assert_allclose(told["probabilities"], shares, atol=1e-9)  # type: ignore[arg-type]
    if given.of is not None:
        back = sent(asked(torch.tensor(picture)[None]), given.of, given.against)
        for own, other in zip(walk.backward(maps, given.of, given.against), back, strict=True):
            np.testing.assert_allclose(own.ravel(), other.ravel(), atol=1e-9)
    if given.unit:
        _explained(told["unit"], theirs)


def _explained(unit: Any, maps: list[Tensor]) -> None:
    at = 1 + list(walk.shapes()).index(unit["layer"])
    value = maps[at].reshape(-1, *walk.shapes()[unit["layer"]][1:])[unit["channel"], unit["row"], unit["column"]]
    assert abs(value.item() - unit["value"]) < 1e-9
    before = sum(unit["products"]) + unit["bias"]
    if unit["layer"].startswith("relu"):
        before = max(0.0, before)
    assert unit["layer"].startswith("pool") or abs(before - unit["value"]) < 1e-9
    (top, bottom), (left, right) = unit["field"]
    reached = torch.autograd.grad(value, maps[0], allow_unused=True)[0].reshape(walk.SIDE, walk.SIDE)
    outside = reached.clone()
    outside[top : bottom + 1, left : right + 1] = 0
    assert not outside.any()
    size = {"conv1": 5, "relu1": 5, "pool1": 6, "conv2": 14, "relu2": 14, "pool2": 16, "fc": 28}[unit["layer"]]
    assert (bottom - top + 1, right - left + 1) == (size, size)


def golden(state: str) -> object:
    """What `REPLAY` must give for `state`."""
    read = walk.parse(state)
    assert read is not None
    given = read[0]
    told, maps = walk.reading(given), walk.found(given.text, given.cover)
    back = None if given.of is None else walk.backward(maps, given.of, given.against)
    unit = told["unit"]
    if isinstance(unit, dict):
        unit = {name: value if name == "layer" else _short(value) for name, value in unit.items()}
        unit["products"] = [len(unit["products"]), _sum(np.array(unit["products"]))]
    return {
        "probabilities": _short(told["probabilities"]),
        "maps": [_sum(values) for values in maps],
        "sent": back and [_sum(values) for values in back],
        "unit": unit,
    }


def _sum(values: Any) -> float:
    flat = values.ravel()
    return round(float(flat @ (np.arange(len(flat)) * 37 % 101)) / 101, 9)


def _short(value: Any) -> Any:
    """Numbers as the file holds them."""
    return [_short(one) for one in value] if isinstance(value, list) else round(value, 9)
