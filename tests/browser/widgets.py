"""What the tests know of each interactive. A new one is covered by a new entry here."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from types import ModuleType

from convnotes.exhibits.interactive import mixer, params, rf_grower, sees, shifter, size_ruler, stepper, timeline, walk
from tests.browser import cost, eye, mix, rf, shift, size, step, time
from tests.browser import walk as walked


@dataclass(frozen=True)
class Entry:
    """An interactive, what Python knows of it, and how to try it.

    random: a state to try. oracle: raises where Python is wrong, by counting that shares no code with it. replay: in
    JavaScript, what `golden` of the module gives, from the core alone. mutants: (line, changed line) of the core.
    """

    name: str
    key: str
    page: str
    python: ModuleType
    core: str
    random: Callable[[Random], str]
    oracle: Callable[[str], None]
    golden: Callable[[str], object]
    replay: str
    fixed: tuple[str, ...]
    mutants: tuple[tuple[str, str], ...]

    @property
    def element(self) -> str:
        return f"cn-{self.name}"


def alike(got: object, expected: object) -> bool:
    """Whether two readings are the same: numbers with a fraction to a millionth, all else exactly."""
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and got.keys() == expected.keys()
            and all(alike(got[name], value) for name, value in expected.items())
        )
    if isinstance(expected, list):
        return isinstance(got, list) and len(got) == len(expected) and all(map(alike, got, expected))
    if isinstance(expected, float) and isinstance(got, int | float):
        return abs(got - expected) <= 1e-6
    return got == expected


ENTRIES = [
    Entry("rf-grower", "rf", "receptive-field/", rf_grower, "rf-core.js", rf.random, rf.oracle, rf.golden, rf.REPLAY,
          rf.FIXED, rf.MUTANTS),
    Entry("size-ruler", "size", "convolution/", size_ruler, "size-core.js", size.random, size.oracle, size.golden,
          size.REPLAY, size.FIXED, size.MUTANTS),
    Entry("params", "params", "pointwise-convolution/", params, "params-core.js", cost.random, cost.oracle,
          cost.golden, cost.REPLAY, cost.FIXED, cost.MUTANTS),
    *(Entry("stepper", "st", page, stepper, "stepper-core.js", step.random, step.oracle, step.golden, step.REPLAY,
            step.FIXED, step.MUTANTS) for page in ("convolution/", "pooling/", "backward/")),
    Entry("shifter", "sh", "equivariance/", shifter, "shifter-core.js", shift.random, shift.oracle, shift.golden,
          shift.REPLAY, shift.FIXED, shift.MUTANTS),
    Entry("mixer", "mx", "pointwise-convolution/", mixer, "mixer-core.js", mix.random, mix.oracle, mix.golden,
          mix.REPLAY, mix.FIXED, mix.MUTANTS),
    Entry("sees", "eye", "effective-receptive-field/", sees, "sees-core.js", eye.random, eye.oracle, eye.golden,
          eye.REPLAY, eye.FIXED, eye.MUTANTS),
    Entry("timeline", "time", "architectures/", timeline, "timeline-core.js", time.random, time.oracle, time.golden,
          time.REPLAY, time.FIXED, time.MUTANTS),
    *(Entry("walk", "walk", page, walk, "walk-core.js", walked.random, walked.oracle, walked.golden, walked.REPLAY,
            walked.FIXED, walked.MUTANTS) for page in ("", "convolution/", "pooling/", "backward/")),
]  # fmt: skip
