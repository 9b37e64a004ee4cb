"""The colours of roles that meet in a figure, as readers see them who lack one kind of cone."""

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

CSS = Path(__file__).parent.parent.joinpath("docs/assets/cn/convnotes.css").read_text(encoding="utf-8")
SCHEMES = [dict(re.findall(r"--cn-(\w+): #([0-9a-f]{6})", rule)) for rule in CSS.split("color-scheme: ")[:2]]
# Machado, Oliveira & Fernandes (2009), severity 1, in linear RGB.
SEEN = {
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "all": np.eye(3).tolist(),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
MEET = [("win", "see"), ("win", "out"), ("see", "out"), ("neg", "pos"), *product(("win", "see", "out"), ("cell",))]
APART = 15  # ΔE of CIE 1976; side by side a difference is seen from about 2


def lab(colour: str, cones: list[list[float]]) -> NDArray[np.float64]:
    value = np.array([int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)])
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(TO_XYZ @ np.clip(np.array(cones) @ linear, 0, 1) / np.array([0.9505, 1, 1.089]))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("cones", SEEN)
@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
def test_roles_that_meet_are_told_apart_by_every_eye(scheme: dict[str, str], cones: str) -> None:
    assert {"win", "see", "out", "neg", "pos", "cell"} <= set(scheme)
    near = {
        pair: float(np.linalg.norm(lab(scheme[pair[0]], SEEN[cones]) - lab(scheme[pair[1]], SEEN[cones])))
        for pair in MEET
    }
    assert {pair: apart for pair, apart in near.items() if apart < APART} == {}
