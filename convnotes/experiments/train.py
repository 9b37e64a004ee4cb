"""Makes the kept weights and the kept results again: what `scripts/train` runs."""

import argparse
import time
from collections.abc import Iterable
from dataclasses import asdict

from tqdm import tqdm

from convnotes.experiments import exemplar, weights
from convnotes.experiments.photographs import PHOTOGRAPHS


def colour() -> None:
    """The colour network whose filters the notes show."""
    recipe, start = exemplar.Recipe(), time.process_time()
    net, metrics = exemplar.train(recipe, _bar("colour"))
    data = {name: asdict(PHOTOGRAPHS[name]) for name in recipe.photographs}
    said = {
        "command": "scripts/train colour",
        "seed": recipe.seed,
        "data": data,
        "recipe": asdict(recipe),
        "metrics": metrics,
        "tolerance": {"accuracy": 0.05},
        "cpu_seconds": round(time.process_time() - start),
    }
    weights.save("colour", net.state_dict(), said)


def _bar(label: str):  # type: ignore[no-untyped-def]
    def progress(steps: range) -> Iterable[int]:
        return tqdm(steps, label)

    return progress


JOBS = {"colour": colour}


def main() -> None:
    """Run the jobs named, or all of them."""
    parser = argparse.ArgumentParser(prog="scripts/train", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(JOBS)}; all, if none is given")
    for name in parser.parse_args().names or JOBS:
        if name not in JOBS:
            parser.error(f"nothing is called {name!r}; there are {', '.join(JOBS)}")
        JOBS[name]()


if __name__ == "__main__":
    main()
