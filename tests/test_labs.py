"""Each lab runs from top to bottom; its own assertions are the test."""

import runpy
from pathlib import Path

import pytest

LABS = sorted((Path(__file__).parent.parent / "docs" / "labs").glob("*.py"))


@pytest.mark.parametrize("lab", LABS, ids=lambda path: path.stem)
def test_lab_runs(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    runpy.run_path(str(lab))
    import matplotlib.pyplot as plt

    plt.close("all")
