"""The site seam: fences, formulas, downloads, and builds that fail when they must."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown import Markdown

from convnotes.notes.exhibit import find
from convnotes.site import figures, page
from convnotes.site.exhibits import files
from convnotes.site.mathml import mathml

ROOT = Path(__file__).parent.parent
NAME = "receptive_field.five_3x3"
FENCE = f"```exhibit\n{NAME}\n```\n"
CONFIG = f"""
site_name: small
theme: mkdocs
plugins: []
docs_dir: docs
hooks: [{ROOT / "convnotes/site/hooks.py"}]
markdown_extensions: [convnotes.site, tables, admonition, attr_list]
"""


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    added = {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, env=os.environ | added, capture_output=True, text=True
    )


def build(folder: Path, pages: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "mkdocs.yml").write_text(CONFIG)
    for name, text in {"index.md": "# Small\n", **pages}.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return run("mkdocs", "build", "--strict", *options, cwd=folder)


@pytest.mark.parametrize("page", ["index.md", "a.md", "deep/er/b.md"])
def test_a_fence_becomes_a_figure_whose_links_lead_to_files(tmp_path: Path, page: str) -> None:
    done = build(tmp_path, {page: f"# Title\n\n!!! note\n\n    ```exhibit\n    {NAME}\n    ```\n"})
    assert done.returncode == 0, done.stderr
    url = "" if page == "index.md" else page.removesuffix(".md")
    html = (tmp_path / "site" / url / "index.html").read_text()
    assert f'<div class="cn-exhibit" id="fig-five-3x3" data-exhibit="{NAME}"><figure>' in html
    assert f"<figcaption>{find(NAME).caption}" in html
    links = re.findall(r'href="([^"]*assets/exhibits/[^"]*)" download', html)
    assert len(links) == 1
    assert (tmp_path / "site" / url / links[0]).read_text() == files(NAME)["csv"]


def test_a_fence_takes_arguments_and_its_links_lead_to_other_pages(tmp_path: Path) -> None:
    done = build(tmp_path, {"deep/a.md": "# Title\n\n```exhibit\narchitectures.printed vgg\n```\n"})
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "site/deep/a/index.html").read_text()
    assert 'id="fig-printed-vgg" data-exhibit="architectures.printed vgg"' in html
    assert 'href="../../references/#simonyan2015"' in html and 'href="../../architectures/vgg/#vgg16"' in html
    assert 'href="../../assets/exhibits/architectures.printed.vgg.csv" download' in html
    assert (tmp_path / "site/assets/exhibits/architectures.printed.vgg.csv").is_file()


def test_downloads_can_be_written_without_the_generator(tmp_path: Path) -> None:
    assert build(tmp_path, {"index.md": f"# Title\n\n{FENCE}"}).returncode == 0
    folder = tmp_path / "site/assets/exhibits"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in folder.iterdir():
        path.unlink()
    assert run("convnotes.site", str(tmp_path / "site")).returncode == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


BROKEN = {
    "index.md": "---\ntitle: x\n---\n\n# Title\n\n```exhibit\nreceptive_field.nosuch\n```\n\nA $\\nosuch{x}$.\n",
    "other.md": "# Other\n\n```exhibit\nnowhere.f\n```\n\n```exhibit\nplain\n```\n\n```exhibit width=3\na.b\n```\n",
}


@pytest.mark.parametrize("quiet", [[], ["-q"]])
def test_a_build_lists_every_failure_and_stops(tmp_path: Path, quiet: list[str]) -> None:
    done = build(tmp_path, BROKEN, *quiet)
    assert done.returncode != 0
    assert [line for line in done.stderr.splitlines() if line.startswith("docs/")] == [
        "docs/index.md:8: exhibit receptive_field.nosuch: receptive_field.py has no exhibit 'nosuch'; it has "
        + ", ".join(re.findall(r"^def ([a-z]\w*)", (ROOT / "convnotes/exhibits/receptive_field.py").read_text(), re.M)),
        "docs/index.md:11: formula \\nosuch{x}: \\nosuch has no conversion to MathML",
        "docs/other.md:11: the fence is called exhibit and takes no options, got 'exhibit width=3'",
        "docs/other.md:4: exhibit nowhere.f: there is no module convnotes/exhibits/nowhere.py",
        "docs/other.md:8: exhibit plain: an exhibit is named module.function, got 'plain'",
    ]


def test_an_exhibit_that_raises_is_named_with_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(figures, "find", broken)
    html = Markdown(extensions=["convnotes.site"]).convert(FENCE)
    assert page.failures.pop() == f"(text):1: exhibit {NAME}: ZeroDivisionError: division by zero"
    assert 'class="cn-failed" role="alert"' in html


def test_a_docstring_needs_caption_and_alternative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "short.py"
    source.write_text('def f():\n    """Only a caption."""\n')
    monkeypatch.setattr("convnotes.store.module_path", lambda name: source)
    Markdown(extensions=["convnotes.site"]).convert("```exhibit\nshort.f\n```\n")
    assert page.failures.pop().endswith(
        "the docstring of f needs two paragraphs: the caption, then the alternative text"
    )


@pytest.mark.parametrize(
    "text",
    ["$x$", "# A $x$ heading", "| a |\n|---|\n| $x$ |", '!!! note "A $x$ title"\n\n    body', "$$\nx\n$$", "- $$x$$"],
)
def test_formulas_become_mathml_wherever_they_stand(text: str) -> None:
    html = Markdown(extensions=["convnotes.site", "tables", "admonition", "toc"]).convert(text)
    assert html.count("<math ") == 1
    assert "<mi>x</mi>" in html
    assert "\\(" not in html
    assert not page.failures


def test_no_line_begins_with_the_full_stop_of_a_formula() -> None:
    html = Markdown(extensions=["convnotes.site"]).convert("There (if $m = N$). Then $x$ and")
    assert re.search(r'<span class="cn-whole"><math [^>]*>.*?</math>\)\.</span></span> Then', html)
    assert html.count("cn-whole") == 1


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", '<mtd columnalign="right"><mi>a</mi></mtd>'),
        (r"\left\lfloor \frac{a}{b} \right\rfloor", '<mo stretchy="true" fence="true" form="prefix">⌊</mo>'),
        (r"\sum_{i=1}^n i", "<munderover><mo>∑</mo>"),
        (r"\prod_{i<l} s_i", "<munder><mo>∏</mo>"),
        (r"\operatorname{floor}(x)", "<mi>floor</mi>"),
        (r"1{,}441{,}792", "<mn>1,441,792</mn>"),
        (r"\begin{bmatrix} 1 & 2 \end{bmatrix}", "<mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd>"),
        (r"\mathrm{ReLU6}(x)", "<mi>ReLU6</mi>"),
        (r"A^\mathsf{T}", '<msup intent="transpose($of)"><mi arg="of">A</mi><mi mathvariant="normal">T</mi></msup>'),
        ("⌈i/s⌉", "<mo>⌈</mo>"),
        (r"|A| + |B|", '<mo stretchy="false" form="postfix" fence="true">|</mo><mo>+</mo>'),
    ],
)
def test_the_converter_s_defects_are_mended(tex: str, expected: str) -> None:
    markup = mathml(tex, display=True)
    assert expected in markup
    ElementTree.fromstring(markup)


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        ("d(k - 1)", "d×(k−1)"),
        (r"g\,(1 + f'(x))", "g×(1+f′ of(x))"),
        (r"2\sigma L_{i}^2 \, C_\text{in}", "2×σ×Li2×Cin"),
        ("f(x) = y_o(i, j)", "f of(x)=yo of(i,j)"),
        (r"\max_c |x_c|", "maxc of|xc|"),
        (r"f'(x)", "f′ of(x)"),
        (r"\mathrm{ReLU}(a - b)", "ReLU of(a−b)"),
        (r"\frac{1}{2}(a + b)", "12×(a+b)"),
        (r"4.2\overline{3}", "4.23―"),
        (r"1{,}024 \text{ MACs}", "1,024\N{NO-BREAK SPACE}MACs"),
        (r"\sum_i (a b)", "∑i(a×b)"),
        (r"x_{ij}\, w_{2i}", "xij×w2×i"),
        (r"(I + J)^\mathsf{T} g", "(I+J)T×g"),
        (r"\frac{\partial f}{\partial x}(1 + a)", "∂f∂x×(1+a)"),
    ],
)
def test_what_print_leaves_out_is_there_to_be_read_aloud(tex: str, said: str) -> None:
    text = "".join(ElementTree.fromstring(f"<p>{mathml(tex)}</p>").itertext())
    assert text.replace("\N{INVISIBLE TIMES}", "×").replace("\N{FUNCTION APPLICATION}", " of") == said


def test_a_displayed_formula_breaks_first_between_its_parts_then_at_an_outer_sign() -> None:
    parts = mathml(r"r_l = r_{l-1} + d_l (k_l - 1) \, j_{l-1}, \qquad j_l = j_{l-1}\, s_l", display=True)
    assert [part.count("<math") for part in parts.split("cn-gap")] == [1, 1]
    signs = mathml(r"y_o(i + 1, j) = b_o + \sum_c w_c \cdot (-1) - x", display=True)
    assert re.findall(r"<wbr/><math[^>]*><mrow><mo[^>]*>(.)", signs) == ["="]
    # a break comes after the sign: at the start of a part it would be read as that of a number
    assert re.findall(r"(.)</mo></mrow></math><wbr/>", signs) == [")", "+", "−"]
    assert '<mo form="prefix">−</mo><mn>1' in signs
    assert mathml("y = x", display=True).startswith('<math display="inline" displaystyle="true">')


@pytest.mark.parametrize("tex", [r"\frac{1}", r"\left( x", r"a & b", r"\begin{nosuch} x \end{nosuch}"])
def test_what_cannot_be_converted_is_an_error(tex: str) -> None:
    with pytest.raises(ValueError, match="formula "):
        mathml(tex)


def test_sessions_in_docstrings_become_code_and_fences_stay() -> None:
    md = Markdown(extensions=["convnotes.site"])
    html = md.convert("Text:\n\n>>> 1 + 1\n2\n\nMore.\n\n```pycon\n>>> 2 + 2\n4\n```\n")
    assert html.count("<pre>") == 2
    assert "blockquote" not in html
    assert "<p>More.</p>" in html


def test_two_builds_are_the_same_bytes(built_site: Path, tmp_path: Path) -> None:
    done = run("mkdocs", "build", "--strict", "-q", "-d", str(tmp_path))
    assert done.returncode == 0, done.stderr
    first, second = (
        {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
        for site in (built_site, tmp_path)
    )
    assert [str(path) for path in first.keys() | second.keys() if first.get(path) != second.get(path)] == []


@pytest.mark.parametrize("script", sorted((ROOT / "docs/assets/cn").glob("*.js")), ids=lambda path: path.name)
def test_no_template_stands_in_another(script: Path) -> None:
    """The scripts are served without their comments, and what takes those out does not know nested templates."""
    assert not re.findall(r"`[^`]*\$\{[^}`]*`.*", script.read_text(encoding="utf-8"))


@pytest.mark.parametrize("script", sorted((ROOT / "docs/assets/cn").glob("*.js")), ids=lambda path: path.name)
def test_no_regular_expression_with_a_space_stands_after_an_arrow(script: Path) -> None:
    """There it is taken for a division, and loses its spaces."""
    assert not re.findall(r"=>\s*/(?![/*])(?:\\.|[^/\\\n])* .*?/", script.read_text(encoding="utf-8"))
