"""The store: keys follow what is reached, entries survive damage."""

from pathlib import Path

import pytest

from convnotes import store


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package `notes` whose module `a` reaches `b` at its top, `c` inside a function, and never `d`."""
    root = tmp_path / "notes"
    root.mkdir()
    sources = {
        "__init__": "",
        "a": "from notes import b\n\ndef f():\n    import notes.c\n    import numpy\n",
        "b": "from notes.e import one\n",
        "c": "two = 2\n",
        "d": "three = 3\n",
        "e": "one = 1\n",
    }
    for name, source in sources.items():
        (root / f"{name}.py").write_text(source)
    return root


def key(package: Path, name: str = "f") -> str:
    for remembered in (store.parsed, store.facts, store.content, store._targets, store._code_of, store._installed):
        remembered.cache_clear()
    return store.key(package / "a.py", name, package)


def test_reaches_the_import_closure_and_the_libraries(package: Path) -> None:
    files, libraries = store.reached(package / "a.py", package)
    assert {file.stem for file in files} == {"a", "b", "c", "e", "__init__"}
    assert libraries == ["numpy"]


@pytest.mark.parametrize("module", ["a", "b", "c", "e", "__init__"])
def test_editing_a_reached_module_changes_the_key(package: Path, module: str) -> None:
    before = key(package)
    file = package / f"{module}.py"
    file.write_text(file.read_text() + "edited = 1\n")
    assert key(package) != before


@pytest.mark.parametrize("module", ["a", "b", "c"])
def test_a_comment_or_another_layout_does_not(package: Path, module: str) -> None:
    before = key(package)
    file = package / f"{module}.py"
    file.write_text("# edited\n\n" + file.read_text().replace(" = ", "  =  ") + "# edited\n")
    assert key(package) == before


def test_a_docstring_counts_where_it_is_shown_and_nowhere_else(package: Path) -> None:
    before = key(package)
    (package / "b.py").write_text('"""Says."""\nfrom notes.e import one\n')
    assert key(package) == before
    file = package / "a.py"
    file.write_text(file.read_text().replace("def f():\n", 'def f():\n    """A caption."""\n'))
    assert key(package) != before


def test_editing_an_unreached_module_does_not(package: Path) -> None:
    before = key(package)
    (package / "d.py").write_text("three = 4\n")
    assert key(package) == before


def test_a_file_that_a_reached_module_reads_is_in_the_key(package: Path) -> None:
    (package / "b.py").write_text('READS = ("notes/*.json",)\n')
    before = key(package)
    (package / "numbers.json").write_text("[1]")
    first = key(package)
    (package / "numbers.json").write_text("[2]")
    assert len({before, first, key(package)}) == 3


def test_the_function_and_the_library_version_are_in_the_key(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key(package)
    assert key(package, "g") != before
    monkeypatch.setattr(store, "version", lambda library: "0.0.0")
    assert key(package) != before


def test_the_key_does_not_know_where_the_package_lies(package: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "notes"
    elsewhere.parent.mkdir()
    before = key(package)
    package.rename(elsewhere)
    assert key(elsewhere) == before


def test_computes_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVNOTES_CACHE", str(tmp_path / "cache"))
    assert store.remember("k", lambda: {"csv": "1 × 2"}) == {"csv": "1 × 2"}
    assert store.remember("k", lambda: pytest.fail("computed twice")) == {"csv": "1 × 2"}
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["k.json"]


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"half", None])
def test_a_damaged_entry_is_computed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None
) -> None:
    monkeypatch.setenv("CONVNOTES_CACHE", str(tmp_path))
    store.remember("k", lambda: {"csv": "old"})
    whole = (tmp_path / "k.json").read_bytes()
    (tmp_path / "k.json").write_bytes(whole.replace(b"old", b"odd") if damage is None else damage)
    assert store.remember("k", lambda: {"csv": "new"}) == {"csv": "new"}
    assert store.remember("k", lambda: pytest.fail("not mended")) == {"csv": "new"}


def test_a_failing_computation_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVNOTES_CACHE", str(tmp_path))
    with pytest.raises(ZeroDivisionError):
        store.remember("k", lambda: {"csv": str(1 / 0)})
    assert list(tmp_path.iterdir()) == []
