"""A cache of computed text, keyed by the content of everything that the computation reaches.

The key of a function in a convnotes module holds the code of that module, docstrings included since exhibits show them,
and that of every convnotes module that it imports, directly or not, inside functions too, without docstrings; the files
that one of them names in READS, as patterns from the top of the repository; and the versions of the numerical libraries
among them. Comments and layout do not count. So an entry is never stale, a damaged one is computed again, and deleting
the folder is always safe.
"""

import ast
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parent
VERSIONED = ("numpy", "scipy", "torch", "matplotlib")
# With another Python or other rules here, the same text has other facts.
_RULE = f"{sys.version_info[:2]}".encode() + Path(__file__).read_bytes()


@cache
def parsed(path: Path) -> tuple[str, ast.Module]:
    """The source of a file and its syntax tree, read once in a process."""
    source = path.read_text(encoding="utf-8")
    return source, ast.parse(source, str(path))


@cache
def facts(path: Path) -> dict[str, str]:
    """What keys need to know of a file, remembered by its text, so that a build parses only what is new.

    `imports`: the dotted names that it imports; `code` and `whole`: digests of its syntax tree, without docstrings and
    with them; `reads`: the patterns that it names in READS; `functions`, in JSON: what `functions` reads back.
    """
    text = path.read_bytes()
    return remember(f"module-{sha256(text + _RULE).hexdigest()}", lambda: _facts(parsed(path)[1]))


def _facts(tree: ast.Module) -> dict[str, str]:
    whole = ast.dump(tree)
    reads = [ast.literal_eval(n.value) for n in tree.body if isinstance(n, ast.Assign) and _named(n) == "READS"]
    return {
        "imports": "\n".join(sorted(_imports(tree))),
        "code": sha256(_code(tree).encode()).hexdigest(),
        "whole": sha256(whole.encode()).hexdigest(),
        "reads": "\n".join(pattern for patterns in reads for pattern in patterns),
        "functions": json.dumps([_function(node) for node in tree.body if isinstance(node, ast.FunctionDef)]),
    }


class Function(NamedTuple):
    """A function at the top of a module: where it stands, what it takes and says of itself."""

    name: str
    line: int
    takes: list[str]
    returns: str
    docstring: str


def functions(path: Path) -> dict[str, Function]:
    """The functions at the top of a file, by their names."""
    return {found[0]: Function(*found) for found in json.loads(facts(path)["functions"])}


def _function(node: ast.FunctionDef) -> Function:
    takes = [argument.arg for argument in node.args.args]
    returns = ast.unparse(node.returns) if node.returns else ""
    return Function(node.name, node.lineno, takes, returns, ast.get_docstring(node) or "")


def _named(node: ast.Assign) -> str:
    return ast.unparse(node.targets[0])


def _imports(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def imports(path: Path) -> set[str]:
    """The dotted names that a file imports anywhere in it, `from a import b` giving both `a` and `a.b`."""
    return set(facts(path)["imports"].split())


def module_path(name: str, package: Path = PACKAGE) -> Path | None:
    """The file of a module in `package`, or None if it has no such module."""
    stem = package.parent.joinpath(*name.split("."))
    return next((path for path in (stem.with_suffix(".py"), stem / "__init__.py") if path.is_file()), None)


def reached(path: Path, package: Path = PACKAGE) -> tuple[list[Path], list[str]]:
    """The files of `package` that `path` needs, itself first, and the versioned libraries that they import."""
    files, found, libraries = [path], {path}, set[str]()
    for file in files:  # grows on the way
        targets, named = _targets(file, package)
        libraries |= named
        files += [target for target in targets if target not in found]
        found |= targets.keys()
    return files, sorted(libraries)


@cache
def _targets(path: Path, package: Path) -> tuple[dict[Path, None], set[str]]:
    """The files of `package` that `path` imports itself, in order, and the versioned libraries."""
    names = dict.fromkeys(part for name in sorted(imports(path)) for part in _inside(name, package))
    libraries = {name.split(".")[0] for name in imports(path)} & set(VERSIONED)
    return dict.fromkeys(filter(None, (module_path(name, package) for name in names))), libraries


def _inside(name: str, package: Path) -> list[str]:
    """`name` and the packages above it, whose __init__ runs too, if it belongs to `package`."""
    parts = name.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))] if parts[0] == package.name else []


@cache
def content(path: Path, package: Path = PACKAGE) -> str:
    """A digest of everything that the module at `path` reaches; read once in a process, as the modules are."""
    files, libraries = reached(path, package)
    inside = files if package in path.parents else files[1:]
    codes = dict(_code_of(file, package) for file in inside)
    read = {name: sha256(file.read_bytes()).hexdigest() for name, file in _read([path, *files], package.parent)}
    versions = {library: _installed(library) for library in libraries}
    own = facts(path)["whole"] if inside is files else parsed(path)[0]  # the comments of a notebook are its text
    stated = [own, *(sorted(part.items()) for part in (codes, read, versions))]
    return sha256(json.dumps(stated).encode()).hexdigest()


@cache
def _code_of(file: Path, package: Path) -> tuple[str, str]:
    """The path of a file from the folder of its package, and the digest of its code."""
    return str(file.relative_to(package.parent)), facts(file)["code"]


@cache
def _installed(library: str) -> str:
    return version(library)


def _code(tree: ast.Module) -> str:
    """What a file computes: its syntax tree as text, without docstrings."""
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef
    documented = [node for node in ast.walk(tree) if isinstance(node, kinds) and ast.get_docstring(node) is not None]
    said = [node.body.pop(0) for node in documented]
    try:
        return ast.dump(tree)
    finally:
        for node, first in zip(documented, said, strict=True):
            node.body.insert(0, first)


def _read(modules: list[Path], top: Path) -> Iterator[tuple[str, Path]]:
    """The files that `modules` name in READS, each with its path from `top`, wherever that lies."""
    for pattern in (pattern for module in modules for pattern in facts(module)["reads"].split("\n") if pattern):
        yield from ((str(file.relative_to(top)), file) for file in top.glob(pattern))


def key(path: Path, name: str = "", package: Path = PACKAGE) -> str:
    """The key of what the function `name` of the module at `path` computes."""
    return sha256(f"{content(path, package)} {name}".encode()).hexdigest()


def remember(entry: str, compute: Callable[[], dict[str, str]]) -> dict[str, str]:
    """What is stored under `entry`; if nothing whole is there, what `compute` gives, which is stored."""
    path = cache_folder() / f"{entry}.json"
    try:
        digest, _, text = path.read_text(encoding="utf-8").partition("\n")
        if digest == sha256(text.encode()).hexdigest():
            whole: dict[str, str] = json.loads(text)
            return whole
    except (OSError, UnicodeDecodeError):
        pass  # not there, or damaged: compute it
    value = compute()
    text = json.dumps(value, ensure_ascii=False)
    try:
        _write(path, f"{sha256(text.encode()).hexdigest()}\n{text}")
    except OSError as error:
        _complain(f"the cache {path.parent} cannot be written ({error.strerror}): nothing is kept for the next build")
    return value


def holds(entry: str) -> bool:
    """Whether something is stored under `entry`, perhaps damaged."""
    return (cache_folder() / f"{entry}.json").is_file()


def cache_folder() -> Path:
    """Where entries are kept: the folder that CONVNOTES_CACHE names, or one at the top of the repository.

    Where the package stands in no repository, in the folder from which it is run.
    """
    top = PACKAGE.parent if (PACKAGE.parent / "mkdocs.yml").is_file() else Path()
    return Path(os.environ.get("CONVNOTES_CACHE") or top / ".cache" / "convnotes")


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


@cache
def _complain(sentence: str) -> None:
    """Say it on standard error, once."""
    print(sentence, file=sys.stderr)
