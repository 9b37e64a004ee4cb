"""Imports point down only, and what is said to be light is light."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

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
    ["wiring", "kept"],
    ["architectures"],
    ["ledger", "stages"],
    ["drawing"],
    ["tracing", "experiments", "exercises", "notes"],
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
    "drawing": {"numpy", "matplotlib", "PIL"},
    "notes": {"yaml", "markdown"},
    "exhibits": {"numpy"},
    "site": {"markdown", "pymdownx", "latex2mathml", "mkdocs", "rjsmin", "jupytext", "PIL", "pikepdf"},
}


def part(module: Path) -> str:
    """The rung's name of a module: its own, or its folder's."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(module: Path) -> set[str]:
    """What a module imports, inside functions and for types too; of `from a import b`, `a.b`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module.name}:{node.lineno}: a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def dotted(module: Path) -> str:
    return ".".join(module.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


IMPORTED = {module: imported(module) for module in MODULES}


def test_every_module_stands_on_a_rung() -> None:
    assert {part(module) for module in MODULES} - RUNG.keys() == {"__init__"}


def test_imports_point_down() -> None:
    up = [
        f"{module.relative_to(PACKAGE)} imports {name}"
        for module, names in IMPORTED.items()
        for name in sorted(names)
        if name.startswith("convnotes.") and (own := part(module)) != "__init__"
        if RUNG[other := name.split(".")[1]] > RUNG[own] or (RUNG[other] == RUNG[own] and other != own)
    ]
    assert up == []


def test_the_package_itself_imports_nothing_before_it_is_asked() -> None:
    body = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8")).body
    assert [ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom)] == [
        "from typing import TYPE_CHECKING"
    ]


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Neither inside functions nor for types."""
    known = {dotted(module): module for module in MODULES if module != PACKAGE / "__init__.py"}
    needs = {
        name: {full if full in known else full.rpartition(".")[0] for full in IMPORTED[module]} & known.keys() - {name}
        for name, module in known.items()
    }
    TopologicalSorter(needs).prepare()  # raises CycleError with the circle


def test_libraries_only_where_they_belong() -> None:
    strange = [
        f"{module.relative_to(PACKAGE)} imports {library}"
        for module, names in IMPORTED.items()
        for library in {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"convnotes"}
        if library not in LIBRARIES.get(part(module), ())
    ]
    assert strange == []


def test_another_generator_can_take_the_place_of_mkdocs() -> None:
    """What knows it are its hooks, and the pages that they keep while serving."""
    knowing = {module.stem for module, names in IMPORTED.items() if "mkdocs" in {name.split(".")[0] for name in names}}
    assert knowing == {"hooks", "kept_pages"}


def test_in_scripts_there_are_commands_only() -> None:
    files = [path for path in PACKAGE.parent.glob("scripts/*") if path.is_file() and path.name != "setup.sh"]
    assert files and [path.name for path in files if not path.read_bytes().startswith(b"#!")] == []


def test_the_core_runs_without_any_library() -> None:
    """From `architectures` down, importing needs the standard library alone."""
    low = [module for module in MODULES if RUNG.get(part(module), 99) <= RUNG["architectures"]]
    core = [module for module in low if part(module) not in LIBRARIES]
    names = [dotted(module) for module in core]
    code = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); import convnotes, {', '.join(names)}"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
