"""How the timeline is tried."""

from bisect import bisect
from functools import cache
from random import Random
from typing import Any

from convnotes.architectures import TIMELINE, Architecture
from convnotes.exhibits.interactive import timeline
from convnotes.ledger import ledger

whole = cache(ledger)  # most states ask for that of each network
FIXED = (
    "year-macs", "macs-error", "macs-error_pone_all", "year-error_flenet", "params-macs_xlin_ylin", "macs-macs",
    "params-params", "year-params_xlog", "year-macs_to1990", "year-macs_to0", "year-macs_to9999",
    "params-error_fnosuch", "params-error_xlin_ylog_pten_all_fvgg_to2014", "year-error_all",
    "macs-params_fefficientnet", "year-macs_fresnet_to2012", "macs-error_ylog_pone",
    "params-error_fconstructor", "macs-error_pone_fgooglenet",
    "year-params_fmobilenet", "year-macs_to1989",
)  # fmt: skip
REPLAY = """(core, value, data) => {
  const { points, missing, joined, rows } = core.layout(value, data), last = rows.at(-1);
  return { points: points.map(({ name, x, y, same }) => [name, x, y, same]), missing, joined, last: last ?? null,
    errors: rows.map((row) => row[4]) };
}"""
MUTANTS = (
    ("one.year > to", "one.year >= to"),
    ("family !== one.family", "family === one.family"),
    ("if (one.year > to ||", "if ("),
    ("log ? [low, high, at].map(Math.log10)", "log ? [low, high, at].map(Math.sqrt)"),
    ("* 10000 + 0.5)", "* 1000 + 0.5)"),
    ('"lin"}-${y}`] ??', '"lin"}`] ??'),
    ("place(across, at[x])", "place(across, at[y])"),
    ("y: place(up, at[y])", "y: place(across, at[y])"),
    ("one.errors[protocol]", "one.errors.ten"),
    ('same = y !== "error" || exact', "same = exact"),
    ('same = y !== "error" || exact', "same = true"),
    ("if (at[y] === null)", "if (error === null)"),
    ("if (point.x >= 0)", "if (point.x > 0)"),
    ("if (point.x >= 0) missing", "missing"),
    ("else if (same || every)", "else if (same)"),
    ("else if (same || every)", "else"),
    ("if (!same) continue;", ""),
    ("if (one.source !== last)", "if (!last)"),
    ("line.length > 1", "line.length > 0"),
    ("...one.cells, ...cells", "...one.cells"),
    ("if (x === y)", "if (false)"),
    ('y = x === "macs" ? "params" : "macs";', 'y = "macs";'),
    ('if (x === "year" && xScale === "log")', "if (false)"),
    ("!Object.hasOwn(families, family)", "!(family in families)"),
    ("one <= year)", "one < year)"),
    ("if (last !== year)", "if (false)"),
    ('y === "error" ? yScale === "log"', 'y === "error" ? yScale !== "lin"'),
    ('(yLog ? "ylog" : "ylin")', '"ylin"'),
    ('!xLog && x !== "year" && "xlin"', '!xLog && "xlin"'),
)  # fmt: skip


def random(rng: Random) -> str:
    """A state; now and then one with a value that is out of range."""
    state = f"{rng.choice(['year', 'params', 'macs'])}-{rng.choice(['error', 'error', 'params', 'macs'])}"
    state += rng.choice(["", "", "_xlin", "_xlog"]) + rng.choice(["", "", "_ylin", "_ylog"])
    state += rng.choice(["", "_pten", "_pone"]) + rng.choice(["", "_all"])
    state += rng.choice(["", "", "", *(f"_f{name}" for name in timeline.FAMILIES), "_fnone"])
    return state + rng.choice(["", "", f"_to{rng.randint(1985, 2025)}"])


TICKS = {  # of the logarithmic axes, written down once more; between two of them the logarithm is looked up by halving
    ("params", False): (10**3, 6), ("params", True): (10**6, 3),
    ("macs", False): (10**4, 7), ("macs", True): (10**8, 3),
}  # fmt: skip
MOST = {"params": 150 * 10**6, "macs": 40 * 10**9, "error": 25}
CROPS = {"ten": "ten crops", "one": "one crop"}


def oracle(state: str) -> None:
    """Go through the records of the networks and place each by comparing whole numbers, without a logarithm."""
    read = timeline.parse(state)
    assert read is not None
    choice = read[0]
    shown: Any = timeline.reading(choice)
    points = {point["name"]: point for point in shown["points"]}
    missing = {mark["name"] for mark in shown["missing"]}
    rows = {row[0]: row for row in shown["rows"]}
    for network in TIMELINE:
        errors = [result for result in network.results if result.metric == "top-5 error"]
        wanted = [r for r in errors if CROPS[choice.protocol] in r.protocol and "validation" in r.protocol]
        inside = network.year <= choice.to and (not choice.family or _of(network, choice.family))
        assert (network.title in rows) == inside, (state, network.title)
        drawn = inside and (choice.y != "error" or bool(wanted or (choice.every and errors)))
        assert (network.title in points) == drawn, (state, network.title)
        starts = {"year": 0, "params": 10**6 * choice.x_log, "macs": 10**8 * choice.x_log}[choice.x]
        beyond = (
            choice.x != "year" and (whole(network).macs if choice.x == "macs" else whole(network).parameters) < starts
        )
        unknown = inside and choice.y == "error" and not errors and not beyond
        assert (network.title in missing) == unknown, (state, network.title)
        if not inside:
            continue
        cells = rows[network.title]
        quoted = [(result.value, result.protocol, result.source) for result in wanted or errors]
        assert (cells[4].strip("()"), cells[5], cells[6]) in quoted or (not errors and cells[4] == "–"), state
        assert cells[4].startswith("(") == bool(errors and not wanted), state
        if drawn:
            point = points[network.title]
            assert point["same"] == (choice.y != "error" or bool(wanted))
            values = {
                "params": whole(network).parameters,
                "macs": whole(network).macs,
                "error": float(cells[4].strip("() %") if errors else 0),
            }
            if choice.x != "year":
                _placed(point["x"], values[choice.x], choice.x, choice.x_log, choice.y == "error")
            _placed(point["y"], values[choice.y], choice.y, choice.y_log, False)


def _of(network: Architecture, family: str) -> bool:
    return network.family.lower() == family


def _placed(at: int, value: float, name: str, log: bool, beside_error: bool) -> None:
    if not log:
        assert abs(at * MOST[name] - value * 10_000) <= MOST[name], (name, value, at)
    elif name == "error":
        assert abs((25 / 2) ** (at / 10_000) * 2 / value - 1) < 0.001, (name, value, at)
    else:
        low, decades = TICKS[name, beside_error]
        steps = [low**20 * 10 ** (decades * step) for step in range(21)]  # twentieths of the axis, as 20th powers
        assert abs(at - 500 * (bisect(steps, int(value) ** 20) - 1) - 250) <= 251, (name, value, at)


def golden(state: str) -> object:
    """What `REPLAY` must give for `state`."""
    read = timeline.parse(state)
    assert read is not None
    shown: Any = timeline.reading(read[0])
    rows = shown["rows"]
    return {
        "points": [list(point.values()) for point in shown["points"]], "missing": shown["missing"],
        "joined": shown["joined"], "last": rows[-1] if rows else None, "errors": [row[4] for row in rows],
    }  # fmt: skip
