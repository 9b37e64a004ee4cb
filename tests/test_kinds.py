"""The kinds of exhibit: what they print, what they refuse."""

import csv
from io import StringIO
from xml.etree import ElementTree

import pytest

from convnotes.drawing.kinds import FIRST, NUMBERS_AT_MOST, Figure, Table
from convnotes.drawing.svg import Drawing
from convnotes.exhibits.interactive.sees import sees

TABLE = Table(
    ["design", "weights", "share"],
    [["one 7×7 <big>", 3211264, 1.0], ["none", None, None]],
    units={"weights": "per layer"},
    formats={"share": ".1%"},
    note="Biases left out & gone.",
)


def test_the_csv_is_raw_and_reads_back() -> None:
    rows = list(csv.reader(StringIO(TABLE.csv())))
    assert rows == [["design", "weights [per layer]", "share"], ["one 7×7 <big>", "3211264", "1.0"], ["none", "", ""]]


def test_the_html_is_a_well_formed_table_with_scopes() -> None:
    root = ElementTree.fromstring(f"<div>{TABLE.html('Weights & shares')}</div>")
    assert [cell.get("scope") for cell in root.iter("th")] == ["col", "col", "col", "row", "row"]
    assert ["".join(cell.itertext()) for cell in root.iter("td")] == ["3,211,264", "100.0%", "–", "–"]
    assert root.find("div").get("aria-label") == "Weights & shares"  # type: ignore[union-attr]


def test_columns_of_numbers_sit_right() -> None:
    root = ElementTree.fromstring(f"<div>{TABLE.html('')}</div>")
    head = [cell.get("class") for cell in root.iter("th") if cell.get("scope") == "col"]
    assert head == [None, "cn-num", "cn-num"]


def test_a_misnamed_column_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"units names the column 'wieghts'; the header is \['a'\]"):
        Table(["a"], [[1]], units={"wieghts": "x"})


def test_a_figure_offers_its_picture_and_its_data() -> None:
    figure = Figure(Drawing(10, 10), Table(["x"], [[1]]))
    assert set(figure.downloads()) == {"csv", "svg"}
    assert figure.downloads()["csv"] == "x\n1\n"
    assert "<table" in figure.folded()
    assert "<table" not in figure.html("a square")


def test_of_long_data_the_first_rows_are_folded_and_all_are_in_the_file() -> None:
    for rows, folded in ((NUMBERS_AT_MOST, NUMBERS_AT_MOST), (NUMBERS_AT_MOST + 1, FIRST)):
        figure = Figure(Drawing(10, 10), Table(["x"], [[n] for n in range(rows)], note="Of one run."))
        assert figure.folded().count('<th scope="row"') == folded
        more = f" The file under ‘Data’ has these rows and the other {rows - folded}." * (rows > folded)
        assert f'<p class="cn-note">Of one run.{more}</p>' in figure.folded()
        assert figure.downloads()["csv"].count("\n") == rows + 1


def test_negative_numbers_have_a_minus_sign_on_the_page_and_a_hyphen_in_the_data() -> None:
    table = Table(["n", "mean", "day"], [[-1, -0.5, "2026-11-22"], [2, 3.0, "-1 ± 2"]], formats={"mean": ".2f"})
    page = table.html("x").replace("\N{NO-BREAK SPACE}", " ")
    assert all(f">{cell}</t" in page for cell in ("−1", "−0.50", "2026-11-22", "−1 ± 2"))
    assert table.csv() == "n,mean,day\n-1,-0.5,2026-11-22\n2,3.0,-1 ± 2\n"


def test_an_interactive_names_its_pictures_where_its_script_looks_for_them() -> None:
    made = sees("block5_y96")
    first, *_ = made.pictures
    assert first in made.downloads() and f'<span class="cn-files" hidden><img src="files:{first}"' in made.html("x")
