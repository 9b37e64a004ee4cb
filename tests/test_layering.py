"""Imports point down only, and what is said to be light is light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "convnotes"
MODULES = sorted(PACKAGE.rglob("*.py"))

# From the bottom up; a module may import its own rung and those below. A folder's name stands for all that is in it.
RUNGS = [
    ["conv", "console", "store", "words"],
    ["citing"],
    ["layers"],
    ["tree", "sliding"],
    ["shapes"],
    ["cost", "receptive_field", "correlate", "gradients"],
    ["wiring"],
    ["architectures"],
    ["ledger"],
    ["tracing", "experiments", "exercises", "drawing", "notes"],
    ["exhibits"],
    ["cli", "site"],
    ["__main__"],
]
RUNG = {name: height for height, names in enumerate(RUNGS) for name in names}
LIBRARIES = {  # what each part may import beside the standard library and the package
    "sliding": {"numpy"},
    "correlate": {"numpy"},
    "gradients": {"numpy"},
    "tracing": {"numpy", "torch"},
    "experiments": {"numpy", "torch", "scipy", "sklearn", "skimage", "safetensors", "tqdm"},
    "drawing": {"numpy", "matplotlib"},
    "notes": {"yaml", "markdown"},
    "exhibits": {"numpy"},
    "site": {"markdown", "pymdownx", "latex2mathml"},
}


def part(module: Path) -> str:
    """The rung's name of a module: its own, or its folder's."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(module: Path) -> set[str]:
    tree = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
    names: set[str] = set()
    for node in tree:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module.name}:{node.lineno}: a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def top_level(module: Path) -> set[str]:
    """What a module imports as soon as it is imported."""
    body = ast.parse(module.read_text(encoding="utf-8")).body
    return {f"{n.module}.{a.name}" for n in body if isinstance(n, ast.ImportFrom) for a in n.names} | {
        a.name for n in body if isinstance(n, ast.Import) for a in n.names
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(module: Path) -> None:
    own = part(module)
    if own == "__init__":
        assert top_level(module) <= {"typing.TYPE_CHECKING"}
        return
    assert own in RUNG, f"{own} stands on no rung: say where in RUNGS"
    inside = {name.split(".")[1] for name in imported(module) if name.startswith("convnotes.")}
    above = {name for name in inside if RUNG[name] > RUNG[own] or (RUNG[name] == RUNG[own] and name != own)}
    assert not above, f"{module.name} imports {above}, which is not below it"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_only_where_they_belong(module: Path) -> None:
    outside = {name.split(".")[0] for name in imported(module)} - sys.stdlib_module_names - {"convnotes"}
    assert outside <= LIBRARIES.get(part(module), set())


def test_the_core_runs_without_any_library() -> None:
    """From `architectures` down, importing needs the standard library alone."""
    low = [module for module in MODULES if RUNG.get(part(module), 99) <= RUNG["architectures"]]
    core = [module for module in low if part(module) not in LIBRARIES]
    names = [".".join(m.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__") for m in core]
    code = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); import convnotes, {', '.join(names)}"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
