"""The timeline: published networks on two axes to choose, errors by one protocol at a time."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import floor
from typing import NamedTuple

from convnotes.architectures import FAMILIES, TIMELINE, Architecture, Result
from convnotes.drawing.kinds import Figure, Widget
from convnotes.drawing.plot import Axis
from convnotes.exhibits.interactive.state import as_given, clamp
from convnotes.ledger import ledger

GRAMMAR = (
    "(year|params|macs)-(error|params|macs)(?:_x(log|lin))?(?:_y(log|lin))?(?:_p(ten|one))?(_all)?"
    "(?:_f([a-z]{1,12}))?(?:_to([0-9]{1,4}))?"
)
TOP5 = "top-5 error"
PRESETS = {
    "MACs by year": "year-macs",
    "parameters by year": "year-params",
    "MACs by parameters": "params-macs",
    "error by MACs": "macs-error",
}
NAMES = {"year": "year", "params": "parameters", "macs": "MACs", "error": f"{TOP5}, %"}
PROTOCOLS = {"ten": "ten crops", "one": "one crop"}


def _year(year: int) -> float:
    """Where a year is on the axis: seven tenths a year, and before the break nine years from 0 to 1.2."""
    return (year - 1989) * 1.2 / 9 if year < 2000 else round(2.3 + 0.7 * (year - 2012), 1)


YEARS = {year: _year(year) for year in sorted({about.year for about in TIMELINE})}
BREAK = 1.75  # between 1998 and 2012
YEAR_AXIS = Axis(0, 9.6, list(YEARS.values()), "year", names=[str(year) for year in YEARS])
POWERS = {3: "1 k", 4: "10 k", 5: "100 k", 6: "1 M", 7: "10 M", 8: "100 M", 9: "1 G", 10: "10 G", 11: "100 G"}


def _powers(low: int, high: int, label: str) -> Axis:
    names = [POWERS[power] for power in range(low, high + 1)]
    return Axis(10.0**low, 10.0**high, [10.0**power for power in range(low, high + 1)], label, log=True, names=names)


def _even(high: int, step: int, label: str, unit: int = 1, name: str = "") -> Axis:
    ticks = list(range(0, high + 1, step))
    return Axis(0, high * unit, [tick * unit for tick in ticks], label, names=[f"{tick}{name}" for tick in ticks])


AXES = {  # beside an error, which no network before 2012 has, logarithmic axes start higher
    "year-lin": YEAR_AXIS,
    "params-log": _powers(3, 9, "parameters"),
    "params-log-error": _powers(6, 9, "parameters"),
    "params-lin": _even(150, 25, "parameters", 10**6, " M"),
    "macs-log": _powers(4, 11, "MACs"),
    "macs-log-error": _powers(8, 11, "MACs"),
    "macs-lin": _even(40, 10, "MACs", 10**9, " G"),
    "error-log": Axis(2, 25, [2, 5, 10, 20], NAMES["error"], log=True, names=["2", "5", "10", "20"]),
    "error-lin": _even(25, 5, NAMES["error"]),
}


class Choice(NamedTuple):
    """A state. x, y: the axes. protocol: of the errors to compare. every: show the others too, marked. to: a year."""

    x: str
    y: str
    x_log: bool
    y_log: bool
    protocol: str
    every: bool
    family: str
    to: int


def parse(text: str) -> tuple[Choice, list[str]] | None:
    """The choice that `text` stands for and what had to be said about it; None if it stands for none.

    >>> parse("macs-error_pone_to2019")[0]
    Choice(x='macs', y='error', x_log=True, y_log=False, protocol='one', every=False, family='', to=2019)
    >>> parse("macs-macs_to2013")[1][0]
    'both axes show MACs: the vertical axis shows parameters instead.'
    >>> parse("banana")
    """
    found = re.fullmatch(GRAMMAR, text)
    if not found:
        return None
    words: list[str] = []
    x, y, x_scale, y_scale, protocol, every, chosen, to = found.groups()
    if x == y:
        y = "params" if x == "macs" else "macs"
        words.append(f"both axes show {NAMES[x]}: the vertical axis shows {NAMES[y]} instead.")
    if x == "year" and x_scale == "log":
        words.append("years have no logarithmic axis.")
    if chosen and chosen not in FAMILIES:
        words.append(f"there is no family {chosen}: showing all.")
        chosen = ""
    year = clamp("year", int(to or max(YEARS)), min(YEARS), max(YEARS), words)
    last = max(known for known in YEARS if known <= year)
    if last != year:
        words.append(f"of {year} there is no network: showing up to {last}.")
    x_log = x != "year" and x_scale != "lin"
    y_log = y_scale == "log" if y == "error" else y_scale != "lin"
    return Choice(x, y, x_log, y_log, protocol or "ten", bool(every), chosen or "", last), words


def form(choice: Choice) -> str:
    """The shortest text that parses to `choice`.

    >>> form(parse("year-error_xlin_ylin_pten_all_to2022")[0])
    'year-error_all'
    """
    x = "" if choice.x_log or choice.x == "year" else "_xlin"
    usual = choice.y != "error"
    y = "" if choice.y_log == usual else "_ylin" if usual else "_ylog"
    protocol = "" if choice.protocol == "ten" else f"_p{choice.protocol}"
    chosen = f"_f{choice.family}" if choice.family else ""
    to = "" if choice.to == max(YEARS) else f"_to{choice.to}"
    return f"{choice.x}-{choice.y}{x}{y}{protocol}{'_all' * choice.every}{chosen}{to}"


@dataclass(frozen=True)
class Quoted:
    """An error in per cent as published, with its protocol and the key of its source."""

    value: float
    protocol: str
    source: str


@dataclass(frozen=True)
class Network:
    """What is shown of a network. errors: by kind of protocol; none: why there are none. source: networks of one are
    joined.
    """

    name: str
    family: str
    year: int
    params: int
    macs: int
    errors: dict[str, Quoted]
    none: str
    source: str

    def picked(self, protocol: str) -> tuple[str, Quoted | None]:
        """The error by `protocol`, or else the one most like it, with the kind that it is of."""
        order = dict.fromkeys([protocol, "ten", "one", "other"])
        return next(((kind, self.errors[kind]) for kind in order if kind in self.errors), ("", None))


def _kind(result: Result) -> str:
    """`ten` or `one` crop of the validation set; what else was done, mostly by several networks at once, is `other`."""
    said = re.search("ImageNet validation set.*(ten|one) crop", result.protocol)
    return said[1] if said else "other"


@cache
def networks() -> tuple[Network, ...]:
    """All networks of the timeline: counts from their layers, errors as quoted.

    >>> [(network.name, network.errors["ten"].value) for network in networks() if "ten" in network.errors][:2]
    [('AlexNet', 18.2), ('GoogLeNet', 9.15)]
    >>> networks()[1].none
    'reads digits'
    """
    return tuple(map(_network, TIMELINE))


def _network(about: Architecture) -> Network:
    found = {}
    for result in about.results:
        if result.metric == TOP5:
            found[_kind(result)] = Quoted(float(result.value.removesuffix(" %")), result.protocol, result.source)
    metrics = {result.metric for result in about.results}
    none = "reads digits" if "test error" in metrics else "top-1 error only" if metrics else "none quoted"
    whole = ledger(about)
    return Network(
        about.title, about.family.lower(), about.year, whole.parameters, whole.macs, found, none, about.source
    )


def reading(choice: Choice) -> dict[str, object]:
    """What must be shown of `choice`. Positions are in ten thousandths of an axis.

    >>> shown = reading(parse("macs-error_all_falexnet")[0])
    >>> [(point["name"], point["same"]) for point in shown["points"]]
    [('AlexNet', True), ('AlexNet, one tower', False)]
    >>> reading(parse("year-error_flenet")[0])["missing"]
    [{'name': 'ZIP code network', 'x': 0}, {'name': 'LeNet-5', 'x': 1250}]
    """
    across, up = _axis(choice, choice.x, choice.x_log), _axis(choice, choice.y, choice.y_log)
    points, missing, drawn, joined = [], [], [], []
    shown = [n for n in networks() if n.year <= choice.to and choice.family in ("", n.family)]
    for network in shown:
        kind, quoted = network.picked(choice.protocol)
        x = _place(across, YEARS[network.year] if choice.x == "year" else getattr(network, choice.x))
        same = choice.y != "error" or kind == choice.protocol
        if choice.y == "error" and not quoted:
            if x >= 0:  # or it lies before the axis begins, and is in the table alone
                missing.append({"name": network.name, "x": x})
        elif same or choice.every:
            value = getattr(network, choice.y) if choice.y != "error" else quoted.value if quoted else 0
            points.append({"name": network.name, "x": x, "y": _place(up, value), "same": same})
            if same:
                drawn.append((network.source, x, points[-1]["y"]))
    for _, run in groupby(drawn, key=lambda point: point[0]):
        line = [[x, y] for _, x, y in run]
        if len(line) > 1:
            joined.append(line)
    return {
        "across": across.label, "up": up.label, "points": points, "missing": missing, "joined": joined,
        "rows": [_row(network, choice) for network in shown],
    }  # fmt: skip


def _axis(choice: Choice, name: str, log: bool) -> Axis:
    scale = f"{name}-{'log' if log else 'lin'}"
    return AXES.get(f"{scale}-{choice.y}", AXES[scale])


def _place(axis: Axis, value: float) -> int:
    return floor(axis.share(value) * 10_000 + 0.5)


def _row(network: Network, choice: Choice) -> list[str]:
    return [*_counts(network), *_error(network, choice.protocol)]


def _counts(network: Network) -> list[str]:
    return [network.name, str(network.year), f"{network.params:,}", f"{network.macs:,}"]


def _error(network: Network, protocol: str) -> list[str]:
    """Error, protocol and source; an error by another protocol than the chosen one is in brackets."""
    kind, quoted = network.picked(protocol)
    if quoted is None:
        return ["–", network.none, network.source]
    said = f"{quoted.value:g} %"
    return [said if kind == protocol else f"({said})", quoted.protocol, quoted.source]


def widget(state: str, still: Figure) -> Widget:
    """The interactive, which starts with `state`; `still` stands for it in print and without scripts."""
    as_given(parse, state, "year-macs")
    axes = {
        name: {"low": axis.low, "high": axis.high, "log": axis.log, "ticks": axis.marks()}
        for name, axis in AXES.items()
    }
    data = {
        "presets": PRESETS, "names": NAMES, "families": FAMILIES, "protocols": PROTOCOLS, "years": list(YEARS),
        "cut": BREAK, "axes": axes, "networks": [_given(network) for network in networks()],
    }  # fmt: skip
    return Widget("timeline", "time", "Timeline", state, still, data)


def _given(network: Network) -> dict[str, object]:
    """What the script reads of a network; all that is quoted comes with its protocol and source."""
    errors = {}
    for protocol in PROTOCOLS:
        kind, quoted = network.picked(protocol)
        value = quoted.value if quoted else None
        errors[protocol] = {"same": kind == protocol, "error": value, "cells": _error(network, protocol)}
    at = {"year": YEARS[network.year], "params": network.params, "macs": network.macs}
    about = {"name": network.name, "family": network.family, "year": network.year, "source": network.source}
    return {**about, "at": at, "errors": errors, "cells": _counts(network)}
