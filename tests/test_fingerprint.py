"""The fingerprint of a measurement changes with what is computed, and with nothing else."""

from pathlib import Path

import pytest

from convnotes import store
from convnotes.experiments import fingerprint

SOURCES = {
    "__init__": "",
    "measure": "from notes import tools\nfrom notes.sizes import size\n\n"
    "def run():\n    return tools.double(size(3))\n",
    "tools": "SCALE = 2\n\ndef double(x):\n    return SCALE * x\n\ndef other(x):\n    return x\n",
    "sizes": "def size(k):\n    if k < 1:\n        raise ValueError('too small')\n    return k + 1\n",
}


def digest(folder: Path, sources: dict[str, str]) -> str:
    package = folder / "notes"
    package.mkdir(parents=True, exist_ok=True)
    for file in package.glob("*.py"):
        file.unlink()
    for name, source in sources.items():
        (package / f"{name}.py").write_text(source)
    for remembered in (store.parsed, store.facts, fingerprint._definitions, fingerprint._imported):
        remembered.cache_clear()
    return fingerprint.digest(package / "measure.py", package)


def changed(**parts: tuple[str, str]) -> dict[str, str]:
    for name, (old, _) in parts.items():
        assert old in SOURCES[name]
    return SOURCES | {name: SOURCES[name].replace(old, new) for name, (old, new) in parts.items()}


@pytest.mark.parametrize(
    "sources",
    [
        changed(tools=("def double(x):\n", "def double(x: int) -> int:\n    '''Says.'''  # and more\n")),
        changed(tools=("return SCALE * x", "return (\n        SCALE\n        * x\n    )")),
        changed(tools=("def other(x):\n    return x", "def other(x):\n    return x + 1")),
        changed(sizes=("'too small'", "f'too small: {k}'")),
        changed(measure=("from notes import tools\n", "from notes import tools  # first\nimport notes\n")),
        {
            **changed(measure=("from notes.sizes import size", "from notes.lengths import size")),
            "lengths": SOURCES["sizes"],
            "sizes": "",
        },
        {**SOURCES, "deep": SOURCES["sizes"], "sizes": "from notes.deep import size\n"},
    ],
    ids=["words and types", "layout", "not reached", "what is raised", "imports", "a module renamed", "re-exported"],
)
def test_spelling_does_not_count(tmp_path: Path, sources: dict[str, str]) -> None:
    assert digest(tmp_path, sources) == digest(tmp_path, SOURCES)


@pytest.mark.parametrize(
    "sources",
    [
        changed(measure=("size(3)", "size(4)")),
        changed(tools=("SCALE = 2", "SCALE = 3")),
        changed(tools=("SCALE * x", "SCALE + x")),
        changed(sizes=("k < 1", "k < 2")),
        changed(measure=("tools.double", "tools.other")),
    ],
)
def test_what_is_computed_counts(tmp_path: Path, sources: dict[str, str]) -> None:
    assert digest(tmp_path, sources) != digest(tmp_path, SOURCES)


def test_of_a_table_the_entries_count_that_are_needed(tmp_path: Path) -> None:
    table = "from notes import sizes\n\nMADE = {sizes.size: 1, sizes.unused: 2}\n\ndef double(x):\n    return MADE[x]\n"
    sources = SOURCES | {"tools": table, "sizes": SOURCES["sizes"] + "\ndef unused():\n    return 1\n"}
    assert digest(tmp_path, sources) == digest(tmp_path, sources | {"tools": table.replace(": 2", ": 3")})
    assert digest(tmp_path, sources) != digest(tmp_path, sources | {"tools": table.replace(": 1", ": 3")})


def test_layers_and_what_is_built_of_them_are_in_it() -> None:
    path = store.module_path("convnotes.experiments.degradation")
    assert path is not None
    found = {f"{file.parent.name}/{file.stem}.{name}" for file, name in fingerprint.reached(path)}
    assert {"layers/convolution.Conv2d", "layers/base.Windowed", "experiments/build.build"} <= found
    assert {"experiments/modules.Residual", "convnotes/conv.integer"} <= found
    assert not any("RadialBasis" in name for name in found), "not built here, so of no account"


def test_what_keeps_numbers_does_not_make_them() -> None:
    assert all((store.PACKAGE / name).is_file() for name in fingerprint.KEEPING)
    path = store.module_path("convnotes.experiments.transfer")
    assert path is not None
    found = {(file.stem, name) for file, name in fingerprint.reached(path)}
    assert ("transfer_blocks", "read_block") in found, "what is computed is named where it is asked for"
    assert not {("pieces", "piece"), ("pieces", "pieces"), ("store", "remember")} & found
