"""Galleries: what is written is what was shown."""

from base64 import b64decode
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest
from markdown import Markdown
from matplotlib.image import imread

from convnotes.drawing.kinds import Table
from convnotes.drawing.raster import Gallery, Panel, encoded, exact, mosaic
from convnotes.experiments import album, fashion, mnist
from convnotes.experiments.photographs import PHOTOGRAPHS
from convnotes.site.figures import write_archive, write_downloads


def test_png_keeps_every_pixel() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3)) / 255
    back = imread(BytesIO(b64decode(encoded(pixels))))[..., :3]
    assert np.abs(back - pixels).max() < 0.5 / 255


@pytest.mark.parametrize("colours", [2, 256, 257])
def test_a_palette_changes_no_pixel(colours: int) -> None:
    """Nor where it sees through a picture; with more colours than a palette holds there is none."""
    rng = np.random.default_rng(0)
    some = rng.permutation(256**2)[:colours]
    pixels = np.stack([some // 256, some % 256, some * 7 % 256, some * 3 % 256], 1)[rng.permutation(900) % colours]
    whole, small = encoded(pixels.reshape(30, 30, 4) / 255), exact(pixels.reshape(30, 30, 4) / 255)
    assert (imread(BytesIO(b64decode(small))) == imread(BytesIO(b64decode(whole)))).all()
    assert (small == whole) is (colours > 256)


def test_a_mosaic_is_empty_between_its_pictures() -> None:
    out = mosaic([np.full((2, 2, 3), 0.5)] * 4, columns=2, gap=1)
    assert out[2, :, 3].max() == out[:, 2, 3].max() == 0
    assert (out[:2, :2] == [0.5, 0.5, 0.5, 1]).all()


def test_a_gallery_names_its_files_and_offers_them() -> None:
    gallery = Gallery([Panel("one", np.zeros((2, 3))), Panel("two", np.zeros((2, 3)), 4, "webp")], Table(["a"], [[1]]))
    assert gallery.downloads().keys() == {"csv", "1.png", "2.webp"}
    html = gallery.html("Two pictures")
    assert 'src="files:1.png"' in html
    assert 'width="12" height="8"' in html
    assert html.count('loading="lazy"') == 2


def test_the_site_points_at_the_files_of_a_gallery(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    name = "feature_visualization.first_layer_filters"
    html = Markdown(extensions=["convnotes.site"]).convert(f"```exhibit\n{name}\n```")
    assert f'src="assets/exhibits/{name}.1.png"' in html
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    written = write_downloads(tmp_path)
    assert (tmp_path / f"assets/exhibits/{name}.1.png").read_bytes().startswith(b"\x89PNG")
    assert len(written) == 6  # with its source, and the archive of all


def test_all_figures_are_in_one_archive_with_their_licences(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Drawings, data and pictures, not the variants of exercises; the same files give the same bytes."""
    folder = tmp_path / "assets/exhibits"
    folder.mkdir(parents=True)
    files = [folder / name for name in ("a.b.csv", "a.b.svg", "a.b.json", "a.b.1.png", "a.b.2.webp")]
    for file in files:
        file.write_text(file.name, encoding="utf-8")
    first = write_archive(tmp_path, files).read_bytes()
    assert write_archive(tmp_path, files).read_bytes() == first
    with ZipFile(folder / "all.zip") as packed:
        assert packed.namelist() == ["LICENCES.txt", "a.b.csv", "a.b.svg", "a.b.1.png", "a.b.2.webp"]
        assert packed.read("a.b.svg") == b"a.b.svg"
        told = packed.read("LICENCES.txt").decode()
    for name, photo in PHOTOGRAPHS.items():
        assert f'"{name}" by {photo.author}, {photo.licence}' in told
    for name, about in album.CREDITS.items():
        assert f'"{name}" by {about["author"]}, {about["licence"]} ({about["changed"]})' in told
        assert about.get("licence_url", "") in told
    for source in (*mnist.SOURCE.values(), *fashion.SOURCE.values()):
        assert all(author.split()[-1] in told for author in source["author"].split(", ")) and source["licence"] in told
