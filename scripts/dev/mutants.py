"""Mutants of the core: each is one small mistake, put into a copy of the package, and the quick tests run against it.

A mutant is killed where a test fails, and alive where all pass: then a test is missing, or the mutant does the same as
the code. Those that do stand in equivalent.txt beside this, with the reason. Nothing is written into the tree itself.
"""

from __future__ import annotations

import argparse
import ast
import os
import py_compile
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).parents[2]
CORE = ("conv", "shapes", "cost", "receptive_field", "wiring", "tree", "sliding", "correlate", "gradients", "ledger",
        "layers", "words")  # fmt: skip
SEED = 2026
FLIPS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
    ast.Div: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
NAMES = {"all": "any", "any": "all", "min": "max", "max": "min"}


@dataclass(frozen=True)
class Mutant:
    """A mistake in a file: its line, what stood there and stands there now, and which mistake it is at which place."""

    path: str
    line: int
    before: str
    after: str
    at: int
    which: int

    @property
    def key(self) -> str:
        """What tells it from the others, wherever it moves in its file."""
        return f"{self.path}: {self.before} → {self.after}"

    def text(self, file: Path) -> str:
        """The whole file, with the mistake in it."""
        tree = ast.parse(file.read_text(encoding="utf-8"))
        new = broken((found := places(tree)[self.at]).node, self.which)
        assert new
        found.put(new)
        return ast.unparse(ast.fix_missing_locations(tree))


def core() -> list[Path]:
    """The modules to mutate: those of `CORE` that there are."""
    found = [path for name in CORE for path in (ROOT / "convnotes" / f"{name}.py", ROOT / "convnotes" / name)]
    files = [file for path in found for file in ([path] if path.is_file() else sorted(path.glob("*.py")))]
    return [file for file in files if file.name != "__init__.py"]


def mutants(file: Path) -> Iterator[Mutant]:
    """Every mutant of a file."""
    for at, place in enumerate(places(ast.parse(file.read_text(encoding="utf-8")))):
        for which in range(2):
            if (new := broken(place.node, which)) is not None:
                before = place.shown()
                place.put(new)
                yield Mutant(str(file.relative_to(ROOT)), place.line, before, place.shown(), at, which)
                place.put(place.node)


@dataclass(frozen=True)
class Place:
    """Where a node stands: its parent, the field, and the place in a list if it is one."""

    node: ast.AST
    parent: ast.AST
    field: str
    place: int | None

    @property
    def line(self) -> int:
        return getattr(self.node, "lineno", getattr(self.parent, "lineno", 0))

    def put(self, node: ast.AST) -> None:
        """Another node there."""
        if self.place is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.place] = node

    def shown(self) -> str:
        """The smallest whole expression or statement around what stands there, on one line."""
        node = getattr(self.parent, self.field)
        node = node if self.place is None else node[self.place]
        whole = node if isinstance(node, (ast.expr, ast.stmt)) and not isinstance(node, ast.Constant) else self.parent
        return ast.unparse(whole).splitlines()[0]


def places(tree: ast.AST) -> list[Place]:
    """Where each node of a tree stands. What only types read is left out."""
    found: list[Place] = []
    for field, value in ast.iter_fields(tree):
        if field not in ("annotation", "returns"):
            for at, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(node, ast.AST):
                    found += [Place(node, tree, field, at), *places(node)]
    return found


def broken(node: ast.AST, which: int) -> ast.AST | None:
    """The node with a mistake in it, the first or the second that there is; None where there is none."""
    made: list[ast.AST] = []
    match node:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            made = [ast.Constant(number + 1), ast.Constant(number - 1)]
        case ast.Compare():
            made = [with_op(node, "ops", [FLIPS[type(node.ops[0])](), *node.ops[1:]])]
        case ast.BoolOp() | ast.BinOp() if type(node.op) in FLIPS:
            made = [with_op(node, "op", FLIPS[type(node.op)]())]
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=inner):
            made = [inner]
        case ast.Name(id=name, ctx=ast.Load()) if name in NAMES:
            made = [ast.Name(NAMES[name], ast.Load())]
        case ast.Tuple(elts=[ast.Name() as first, ast.Name() as second], ctx=ast.Load()) if first.id != second.id:
            made = [ast.Tuple([second, first], ast.Load())]
        case ast.Call():
            made = [*swapped(node), *dropped(node)][:2]
        case ast.Raise():
            made = [ast.Pass()]
    return made[which] if which < len(made) else None


def with_op(node: ast.AST, field: str, value: object) -> ast.AST:
    """A copy of the node with another operator."""
    new = deepcopy(node)
    setattr(new, field, value)
    return new


def swapped(call: ast.Call) -> Iterator[ast.Call]:
    """The call with its first two arguments in the other order, where there are two."""
    same_either_way = ast.unparse(call.func) in ("min", "max", "gcd")
    if len(call.args) >= 2 and not same_either_way and not any(isinstance(one, ast.Starred) for one in call.args[:2]):
        first, second, *rest = call.args
        yield ast.Call(call.func, [second, first, *rest], call.keywords)


def dropped(call: ast.Call) -> Iterator[ast.Call]:
    """The call without each of its keywords, but for `strict` of zip, which asserts what is so by construction."""
    for at in range(len(call.keywords)):
        if call.keywords[at].arg != "strict":
            yield ast.Call(call.func, call.args, call.keywords[:at] + call.keywords[at + 1 :])


def copied(folder: Path) -> Path:
    """The files that git knows, new ones too, in a folder; byte code there is trusted by content, not by time."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "convnotes", "tests", "docs", "*.*"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for module in folder.glob("convnotes/**/*.py"):
        py_compile.compile(str(module), invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    return folder


def child(folder: Path, arguments: list[str], seconds: int) -> tuple[int, float]:
    """Exit status of pytest in a process of its own, and its processor time; an endless loop is ended."""
    pid = os.fork()
    if pid == 0:
        status = 99
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            os.chdir(folder)
            sys.path[:] = [str(folder), *(path for path in sys.path if Path(path or ".").resolve() != ROOT)]
            os.environ["PYTHONPATH"] = str(folder)
            quiet = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(quiet, stream)
            import pytest

            options = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
            status = int(pytest.main([*options, *arguments]))
        finally:
            os._exit(status)
    _, status, usage = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_utime


def imported(file: Path) -> set[str]:
    """Names of modules that a test imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names - {"convnotes"}


def reaches(names: set[str], path: str) -> bool:
    """Whether one of the names is the module at `path`, or its package."""
    module = path.removesuffix(".py").replace("/", ".")
    return any(module == name or module.startswith(f"{name}.") for name in names)


def quick_tests(folder: Path, only: list[Path], seconds: int) -> dict[str, float]:
    """Test files that import a module of the core and pass within some seconds of processor time, with that time."""
    paths, times = [str(file.relative_to(ROOT)) for file in only], {}
    for test in sorted((folder / "tests").glob("test_*.py")):
        if "built_site" in test.read_text(encoding="utf-8") or not any(reaches(imported(test), p) for p in paths):
            continue
        name = f"tests/{test.name}"
        status, taken = child(folder, [name], seconds)
        if status == 0:
            times[name] = taken
        else:
            print(f"left out: {name}, " + ("fails as it is" if status > 0 else f"over {seconds} s"), flush=True)
    return times


def tests_of(folder: Path, times: dict[str, float], path: str) -> list[str]:
    """What to run against a mutant of `path`: its doctests, its own tests, then those that import it, quick first."""
    near = [name for name in times if reaches(imported(folder / name), path)]
    own = f"tests/test_{Path(path).stem}.py"
    doctests = [str(file.relative_to(ROOT)) for file in core()]
    return [path, *sorted(near, key=lambda name: (name != own, times[name])), *(d for d in doctests if d != path)]


def survives(queue: Queue[Path], times: dict[str, float], mutant: Mutant) -> bool:
    """Whether the tests pass in spite of a mutant, in one of the copies, which is as before afterwards."""
    folder = queue.get()
    file = folder / mutant.path
    whole = file.read_bytes()
    tests = tests_of(folder, times, mutant.path)
    try:
        file.write_text(mutant.text(file), encoding="utf-8")
        for some in (tests[:2], tests[2:]):  # its own alone first: reading the others takes longer than running these
            status, _ = child(folder, some, int(20 + 3 * sum(times.get(name, 0) for name in some)))
            if status:  # 1: a test failed, 2: it cannot be imported, below 0: it never ends
                return False
    finally:
        file.write_bytes(whole)
        queue.put(folder)
    return True


def equivalent() -> dict[str, str]:
    """The mutants that do what the code does, each with the reason."""
    lines = (Path(__file__).parent / "equivalent.txt").read_text(encoding="utf-8").splitlines()
    return {line.split(" | ")[0]: line.split(" | ")[1] for line in lines if line and not line.startswith("#")}


def chosen(arguments: argparse.Namespace) -> list[Mutant]:
    """As many mutants as are wanted, drawn by the seed, those that are equivalent left out."""
    same = equivalent()
    every = {m.key: m for file in core() if arguments.only in str(file) for m in mutants(file) if m.key not in same}
    drawn = random.Random(arguments.seed).sample(sorted(every), min(arguments.limit, len(every)))
    print(f"{len(drawn)} of {len(every)} mutants, seed {arguments.seed}; {len(same)} more are equivalent", flush=True)
    return [every[key] for key in drawn[arguments.tried :]]  # in no order: a run that is stopped has tried every file


def main() -> int:
    """Try mutants; the exit status is 0 where none lives."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limit", type=int, default=400, help="how many mutants to try")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--tried", type=int, default=0, help="how many of them a run before this has tried")
    parser.add_argument("--only", default="", help="files whose path holds this, such as layers/ or conv.py")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--quick", type=int, default=8, help="tests that take more seconds than this are left out")
    arguments = parser.parse_args()
    drawn = chosen(arguments)
    for library in ("pytest", "hypothesis.strategies", "numpy", "torch.nn"):  # once, and not for each mutant
        import_module(library)
    sys.modules["torch"].set_num_threads(1)
    context = get_context("fork")
    with tempfile.TemporaryDirectory() as top, context.Manager() as manager:
        queue = manager.Queue()
        folders = [copied(Path(top, str(at))) for at in range(arguments.processes)]
        times = quick_tests(folders[0], [ROOT / path for path in {mutant.path for mutant in drawn}], arguments.quick)
        for folder in folders:
            queue.put(folder)
        tried, alive = Counter[str](), Counter[str]()
        with context.Pool(arguments.processes) as pool:
            lives = pool.imap(partial(survives, queue, times), drawn)
            for mutant, lived in zip(drawn, lives, strict=True):
                tried[mutant.path] += 1
                alive[mutant.path] += lived
                said = "alive " if lived else "killed"
                print(f"{said}  {mutant.path}:{mutant.line}  {mutant.before}  →  {mutant.after}", flush=True)
    for path, count in sorted(tried.items()):
        print(f"{path}: {count - alive[path]} killed, {alive[path]} alive")
    print(f"{len(drawn)} mutants: {len(drawn) - alive.total()} killed, {alive.total()} alive")
    return 1 if alive.total() else 0


if __name__ == "__main__":
    sys.exit(main())
