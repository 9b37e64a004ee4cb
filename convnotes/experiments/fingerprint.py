"""A digest of what a module computes: of the definitions that it reaches, not of their spelling or of where they stand.

From every definition of the module, names are followed through imports into the other modules of the package. Of each
definition that is reached the syntax tree enters, without docstrings, types and what is raised. So a comment, a new
layout, a moved or renamed module, another error message, a function beside those that are used change nothing. Nor does
what only keeps numbers: the modules in KEEPING. (What they call to measure is named where it is handed to them.)
"""

import ast
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from convnotes import store

TYPES = {"annotation", "returns", "type_comment", "type_params", "ctx", "kind"}  # say nothing of what is computed
KEEPING = {"store.py", "experiments/fingerprint.py", "experiments/pieces.py", "experiments/results/__init__.py"}
Place = tuple[Path, str]  # of a definition: its file and its name


def reached(module: Path, package: Path = store.PACKAGE) -> dict[Place, str]:
    """Each definition that those of `module` need, itself and what it needs in its turn, as plain text.

    Of a table whose keys are definitions, only the entries count whose keys are needed otherwise.
    """
    found: dict[Place, str] = {}
    tables: dict[Place, list[tuple[ast.expr, ast.expr]]] = {}
    waiting: list[tuple[Place, ast.AST]] = [((module, name), node) for name, node in _definitions(module).items()]
    while waiting:
        while waiting:
            place, node = waiting.pop()
            if place not in found and place not in tables:
                if entries := _table(node):
                    tables[place] = entries
                    continue
                found[place] = plain(node)
                used = (other for other in _used(place[0], node, package) if not _keeps(other[0], package))
                waiting += [(other, _definitions(other[0])[other[1]]) for other in used]
        for (path, name), entries in tables.items():
            for key, value in entries:
                if any(other in found for other in _used(path, key, package)):
                    waiting.append(((path, f"{name}[{plain(key)}]"), ast.Tuple([key, value])))
        waiting = [(place, node) for place, node in waiting if place not in found]
    return found


def uses(place: Place, package: Path = store.PACKAGE) -> set[Place]:
    """The definitions that one names, in its own file or through imports in others."""
    return set(_used(place[0], _definitions(place[0])[place[1]], package))


def _used(path: Path, node: ast.AST, package: Path) -> Iterator[Place]:
    return (place for name in _names(node) for place in _resolved(path, name, package))


def _keeps(path: Path, package: Path) -> bool:
    return path.relative_to(package).as_posix() in KEEPING


def _table(node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    """The entries of a table whose keys are names, else nothing."""
    table = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if not isinstance(table, ast.Dict):
        return []
    entries = [(key, value) for key, value in zip(table.keys, table.values, strict=True) if key is not None]
    return entries if all(isinstance(key, ast.Name | ast.Attribute) for key, _ in entries) else []


def digest(module: Path, package: Path = store.PACKAGE) -> str:
    """The digest, the same on every machine and every Python."""
    return sha256("\n".join(sorted(set(reached(module, package).values()))).encode()).hexdigest()


def plain(value: object) -> str:
    """A piece of a syntax tree as text in which nothing but the computation counts.

    >>> one, other = ast.parse("def f(x: int): 'Says.'; return (x)"), ast.parse("def f(x):  # says\\n return x")
    >>> plain(one) == plain(other)
    True
    """
    if isinstance(value, list):
        return f"[{','.join(plain(one) for one in value if not isinstance(one, ast.Import | ast.ImportFrom))}]"
    if isinstance(value, ast.Raise) or not isinstance(value, ast.AST):
        return "raise" if isinstance(value, ast.Raise) else repr(value)
    fields = (f"{name}={plain(part)}" for name, part in _fields(value) if part not in (None, []))
    return f"{type(value).__name__}({','.join(fields)})"


def _fields(node: ast.AST) -> Iterator[tuple[str, object]]:
    for name, part in ast.iter_fields(node):
        said = name == "body" and isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node)
        if name not in TYPES:
            yield name, part[1:] if said else part


def _names(value: object) -> Iterator[str]:
    """The names that a definition uses, dotted where an attribute is asked of one."""
    if isinstance(value, list):
        for one in value:
            yield from _names(one)
    elif isinstance(value, ast.AST) and not isinstance(value, ast.Raise):
        if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
            yield f"{value.value.id}.{value.attr}"
        if isinstance(value, ast.Name):
            yield value.id
        for _, part in _fields(value):
            yield from _names(part)


def _resolved(path: Path, name: str, package: Path) -> list[Place]:
    """Where a name that a file uses is defined, if in `package`."""
    first, _, attribute = name.partition(".")
    if first in _definitions(path):
        return [] if attribute else [(path, first)]
    source, imported = _imported(path).get(first, ("", ""))
    if attribute and (module := store.module_path(f"{source}.{imported}", package)):
        return _resolved(module, attribute, package)
    target = store.module_path(source, package) if source.split(".")[0] == package.name and not attribute else None
    return _resolved(target, imported, package) if target else []


@cache
def _definitions(path: Path) -> dict[str, ast.stmt]:
    """What a file defines at its top, by name."""
    found: dict[str, ast.stmt] = {}
    for node in store.parsed(path)[1].body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {part.id: node for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return found


@cache
def _imported(path: Path) -> dict[str, tuple[str, str]]:
    """The names that a file takes from others: the module, and the name there."""
    nodes = [node for node in ast.walk(store.parsed(path)[1]) if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name: (str(node.module), alias.name) for node in nodes for alias in node.names}
