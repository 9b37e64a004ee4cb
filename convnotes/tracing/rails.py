"""A graph drawn as a list: one row under the other, and rails that lead from each to those that read it.

No layout has to be found, it reads from top to bottom on a phone as well, and a list can be folded by module. Version
control draws its histories so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rail:
    """Rails beside one row. node: the lane of its dot. before, after: what lanes carry above and below it.

    read: the lanes above whose contents the row reads.
    """

    node: int
    before: dict[int, str]
    after: dict[int, str]
    read: tuple[int, ...]


def rails(rows: Sequence[tuple[str, Sequence[str]]]) -> list[Rail]:
    """The rails of rows, each a name and the names that it reads. A lane is free again after the last who reads it.

    >>> skip = rails([("x", []), ("conv", ["x"]), ("add", ["conv", "x"])])
    >>> [(rail.node, rail.read) for rail in skip]
    [(0, ()), (1, (0,)), (0, (0, 1))]
    """
    last = {name: number for number, (_, reads) in enumerate(rows) for name in reads}
    lanes: dict[int, str] = {}
    made = []
    for number, (name, reads) in enumerate(rows):
        before = dict(lanes)
        read = tuple(sorted(lane for lane, carried in lanes.items() if carried in reads))
        for lane in [lane for lane in read if last[lanes[lane]] == number]:
            del lanes[lane]
        node = next(lane for lane in range(len(lanes) + 1) if lane not in lanes)
        if last.get(name, -1) > number:
            lanes[node] = name
        made.append(Rail(node, before, dict(lanes), read))
    return made


def folded(first: Rail, last: Rail) -> Rail:
    """The rail of rows from `first` to `last`, drawn as one."""
    ended = (lane for lane, name in first.before.items() if last.after.get(lane) != name)
    return Rail(last.node, first.before, last.after, tuple(sorted({*ended, *first.read})))


def lines(rail: Rail) -> list[tuple[int, float, int, float]]:
    """Lines of a rail: lane and height of both ends, 0 at the top of the row, 1 at its bottom, and the dot between."""
    through = [lane for lane, name in rail.before.items() if rail.after.get(lane) == name]
    drawn = [(lane, 0.0, lane, 1.0) for lane in through]
    drawn += [(lane, 0.0, rail.node, 0.5) for lane in rail.read]
    drawn += [(rail.node, 0.5, lane, 1.0) for lane in rail.after if lane not in through]
    return drawn
