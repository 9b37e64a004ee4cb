"""The build runs each lab from top to bottom, and fails where one raises; its own assertions are the test."""

import re
from pathlib import Path

import pytest

from convnotes.notes.page import DOCS
from convnotes.site.hooks import NO_WORDS

LABS = sorted((DOCS / "labs").glob("*.py"))


def cells(lab: str) -> list[str]:
    """The cells of code of a lab, from the imports on."""
    text = (DOCS / "labs" / f"{lab}.py").read_text(encoding="utf-8")
    parts = re.split(r"^# %%(.*)$", text, flags=re.MULTILINE)[1:]
    return [cell for kind, cell in zip(parts[::2], parts[1::2], strict=True) if "markdown" not in kind]


@pytest.mark.parametrize("lab", LABS, ids=lambda path: path.stem)
def test_a_lab_ran_and_warned_of_nothing(built_site: Path, lab: Path) -> None:
    page = (built_site / "labs" / lab.stem / "index.html").read_text(encoding="utf-8")
    assert "jp-OutputArea-output" in page
    assert "jupyter.stderr" not in page
    assert "data:image" not in page, "a picture is a file, which a reader far from it does not wait for"
    assert NO_WORDS not in page, "a picture has no alternative text: end its cell with a comment “# Picture: …”"
