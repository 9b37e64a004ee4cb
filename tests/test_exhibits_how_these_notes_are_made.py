"""The page on how the notes are made: its rooms and its way are those of the code."""

import sys
from pathlib import Path
from types import FrameType

import pytest
from markdown import Markdown

from convnotes import store
from convnotes.exhibits import how_these_notes_are_made as how
from convnotes.notes.exhibit import find
from convnotes.notes.page import page


def test_no_room_needs_one_on_its_floor_or_above() -> None:
    rows = [str(row[0]) for row in how.rooms().data.rows]
    floors = {name: height for height, names in enumerate(how._floors()) for name in names}
    assert sorted(rows) == sorted(floors) and len(rows) > 20
    assert all(floors[needed] > floors[room] for room, needs in how._needs().items() for needed in needs)


def test_a_fence_goes_the_way_that_the_page_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVNOTES_CACHE", str(tmp_path))
    find.cache_clear()
    called: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        name = f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_qualname}".removeprefix("convnotes.")
        if event == "call" and name in how.WAY and name not in called:
            called.append(name)

    markdown = Markdown(extensions=["convnotes.site"])
    sys.setprofile(note)
    try:
        markdown.convert(f"```exhibit\n{how.EXAMPLE}\n```\n")
    finally:
        sys.setprofile(None)
    assert called == list(how.WAY)


def test_matplotlib_is_used_where_the_page_says() -> None:
    modules = store.PACKAGE.rglob("*.py")
    users = [path for path in modules if any(name.split(".")[0] == "matplotlib" for name in store.imports(path))]
    assert [str(path.relative_to(store.PACKAGE.parent)) for path in users] == ["convnotes/drawing/raster.py"]
    text = page("how-these-notes-are-made.md").prose
    assert "Matplotlib in one module only, `convnotes/drawing/raster.py`" in " ".join(text.split())
    heated = {path.stem for path in (store.PACKAGE / "exhibits").rglob("*.py") if "heat(" in path.read_text("utf-8")}
    assert heated == {"effective_receptive_field"}
