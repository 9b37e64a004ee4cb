"""The words of output, as the forms that are read by machines want them."""

from convnotes.words.markup import LATEX
from convnotes.words.table import table


def test_a_row_in_html_has_a_head_and_its_cells_escaped():
    found = table(["layer", "kind", "MACs"], [["conv<1>", "a & b", 12]], "html")
    assert '<tr><th scope="row" style="text-align:left">conv&lt;1&gt;</th>' in found
    assert '<td style="text-align:left">a &amp; b</td><td style="text-align:right">12</td></tr>' in found


def test_code_in_latex_is_ascii():
    assert LATEX.verbatim("x − 1") == "\\begin{verbatim}\nx - 1\n\\end{verbatim}"
