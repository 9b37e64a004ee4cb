"""Makes the kept weights and the kept results again: what `scripts/train` runs.

Each job prints what it measured beside what was kept, and stops if they differ by more than the tolerance stated there.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, get_args

from torch import Tensor, nn
from tqdm import tqdm

from convnotes import experiments
from convnotes.experiments import exemplar, kept, lenet5, mnist, results, training, weights
from convnotes.experiments.determinism import leave_new_memory
from convnotes.experiments.networks import Pooling
from convnotes.experiments.photographs import PHOTOGRAPHS
from convnotes.experiments.pieces import saved


def colour() -> None:
    """The colour network whose filters the notes show."""
    recipe = exemplar.Recipe()
    data = {name: asdict(PHOTOGRAPHS[name]) for name in recipe.photographs}
    said = {"seed": recipe.seed, "data": data, "recipe": asdict(recipe), "tolerance": {"accuracy": 0.05}}
    _keep("colour", said, lambda: exemplar.train(recipe, partial(tqdm, desc="colour")))


def digits(pooling: Pooling) -> None:
    """The digit network with one kind of pooling."""
    recipe = {"pooling": pooling, "images": 6000, "canvas": 40, **asdict(training.DIGITS)}
    said = {"seed": 0, "data": mnist.SOURCE, "recipe": recipe, "tolerance": {"accuracy": 0.02}}
    _keep(f"digits-{pooling}", said, lambda: training.digit_classifier(pooling))


def walk() -> None:
    """The network that readers walk through in the page."""
    recipe = {"images": 60_000, "copies": training.COPIES, **asdict(training.WALK)}
    said = {"seed": 0, "data": mnist.SOURCE, "recipe": recipe, "tolerance": {"accuracy": 0.003}}
    _keep("walk", said, training.walk_classifier)


def lenet() -> None:
    """LeNet-5 as published."""
    plan = lenet5.Plan()
    said = {"seed": 0, "data": mnist.SOURCE, "recipe": asdict(plan), "tolerance": {"accuracy": 0.003}}

    def train() -> tuple[nn.Module, dict[str, float]]:
        net, found = lenet5.train(plan, 0, partial(tqdm, desc="lenet5"))
        return net.half(), found

    _keep("lenet5", said, train)


def samples(name: str, chosen: Callable[[], dict[str, Tensor]]) -> None:
    """Digits that are shown, or asked about while the notes are built."""
    weights.save(name, chosen(), {"command": f"scripts/train {name}", "data": mnist.SOURCE})


def _keep(name: str, said: dict[str, Any], train: Callable[[], tuple[nn.Module, dict[str, float]]]) -> None:
    start = time.process_time()
    net, metrics = train()
    try:
        _compare(name, metrics, weights.card(name))
    except FileNotFoundError:
        print(f"{name}: new, {metrics}")
    spent = round(time.process_time() - start)
    stated = {"command": f"scripts/train {name}", **said, "metrics": metrics, "cpu_seconds": spent}
    weights.save(name, net.state_dict(), stated)


def _compare(name: str, metrics: dict[str, float], kept: dict[str, Any]) -> None:
    for key, allowed in kept["tolerance"].items():
        before, now = kept["metrics"][key], metrics[key]
        print(f"{name}: {key} {now:.4f}, kept {before:.4f}, tolerance {allowed}")
        if abs(now - before) > allowed:
            raise SystemExit(f"{name}: {key} is {now:.4f} instead of {before:.4f} ± {allowed}; nothing was written")


def measure(name: str, module: ModuleType) -> None:
    """One result that takes too long for a build."""
    recipe, start = module.Recipe(), time.process_time() + saved()
    result = module.measure(recipe, partial(tqdm, desc=name))
    said = {"command": f"scripts/train {name}", "recipe": asdict(recipe), **result}
    results.save(name, {**said, "cpu_seconds": round(time.process_time() + saved() - start)})


def measurements() -> dict[str, ModuleType]:
    """The modules that measure, by name: each has a `Recipe` and a function `measure` of its own.

    >>> sorted(measurements())[:2]
    ['colour_seeds', 'degradation']
    """
    named = (f"{experiments.__name__}.{module.name}" for module in iter_modules(experiments.__path__))
    modules = [module for module in map(import_module, named) if hasattr(module, "Recipe")]
    own = [module for module in modules if getattr(module, "measure", measure).__module__ == module.__name__]
    return {module.__name__.rpartition(".")[2]: module for module in own}


def jobs() -> dict[str, Callable[[], None]]:
    """Everything that is kept, by name: first the weights, which some results are measured of."""
    trained = {f"digits-{pooling}": partial(digits, pooling) for pooling in get_args(Pooling)}
    shown = {"walk-samples": lambda: training.walk_samples(kept.walk()), "few-digits": training.few_digits}
    pictures = {name: partial(samples, name, chosen) for name, chosen in shown.items()}
    results = {name: partial(measure, name, module) for name, module in measurements().items()}
    return {**trained, "colour": colour, "walk": walk, "lenet5": lenet, **pictures, **results}


def main() -> None:
    """Run the jobs named, or all of them."""
    every = jobs()
    parser = argparse.ArgumentParser(prog="scripts/train", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(every)}; all, if none is given")
    names = parser.parse_args().names or list(every)
    for name in names:
        if name not in every:
            parser.error(f"nothing is called {name!r}; there are {', '.join(every)}")
    leave_new_memory()
    for name in names:
        every[name]()


if __name__ == "__main__":
    main()
