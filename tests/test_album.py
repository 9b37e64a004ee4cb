"""The photographs that are kept: whole, small, and each with a licence that allows to show parts of it."""

from hashlib import sha256
from pathlib import Path

import pytest

from convnotes.experiments import album, results
from convnotes.notes.page import ROOT

ADDRESSES = {
    "CC0": "publicdomain/zero/1.0/",
    **{f"CC BY {version}": f"licenses/by/{version}/" for version in ("2.0", "3.0", "4.0")},
}


def test_every_kept_photograph_has_its_credit_and_no_credit_lacks_its_photograph() -> None:
    kept = {file.name: sha256(file.read_bytes()).hexdigest() for file in album.FOLDER.glob("*.webp")}
    assert kept == {about["file"]: about["sha256"] for about in album.CREDITS.values()}
    assert 45 <= len(kept) <= 55 and sum(file.stat().st_size for file in album.FOLDER.glob("*.webp")) < 1_300_000


@pytest.mark.parametrize("name", album.CREDITS)
def test_a_credit_says_whose_it_is_under_which_licence_from_where_and_what_was_changed(name: str) -> None:
    about = album.CREDITS[name]
    assert {"author", "source", "package", "path"} <= about.keys() and len(about["original_sha256"]) == 64
    assert about["licence"] == "public domain" or about["licence"] in ADDRESSES
    if about["licence"] != "public domain":
        assert about["licence_url"] == f"https://creativecommons.org/{ADDRESSES[about['licence']]}"
    assert "scaled" in about["changed"] and about["kind"] in ("animal", "building", "other")
    assert min(album.photograph(name).shape[1:]) == album.SHORTER


def test_who_gave_a_photograph_under_cc_by_is_named_in_the_notice() -> None:
    notice = " ".join((ROOT / "NOTICE").read_text(encoding="utf-8").split())
    for name, about in album.CREDITS.items():
        if "BY" in about["licence"]:
            assert f"{name} by {about['author']} ({about['licence'].removeprefix('CC BY ')})" in notice
            assert about["licence_url"] in notice


def test_a_photograph_that_was_changed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kitten.webp").write_bytes((album.FOLDER / "cat.webp").read_bytes())
    monkeypatch.setattr(album, "FOLDER", tmp_path)
    album.photograph.cache_clear()
    with pytest.raises(ValueError, match=r"kitten.webp is not the file that credits.json names"):
        album.photograph("kitten")


def test_the_patches_were_looked_for_in_the_photographs_as_they_are() -> None:
    asked = results.load("lite0_patches")["photographs"]
    assert list(asked) == list(album.NAMES)
    assert all(album.CREDITS[name]["sha256"].startswith(asked[name]) for name in album.CREDITS)
