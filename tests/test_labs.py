"""The build runs each lab from top to bottom, and fails where one raises; its own assertions are the test."""

from pathlib import Path

import pytest

from convnotes.site.hooks import NO_WORDS

LABS = sorted((Path(__file__).parent.parent / "docs" / "labs").glob("*.py"))


@pytest.mark.parametrize("lab", LABS, ids=lambda path: path.stem)
def test_a_lab_ran_and_warned_of_nothing(built_site: Path, lab: Path) -> None:
    page = (built_site / "labs" / lab.stem / "index.html").read_text(encoding="utf-8")
    assert "jp-OutputArea-output" in page
    assert "jupyter.stderr" not in page
    assert "data:image" not in page, "a picture is a file, which a reader far from it does not wait for"
    assert NO_WORDS not in page, "a picture has no alternative text: end its cell with a comment “# Picture: …”"
