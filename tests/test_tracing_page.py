"""The page of a traced model: which rows read which, the rails between them, what it says, and its HTML."""

import base64
import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from convnotes.cli import main
from convnotes.tracing import TraceError, memory, trace
from convnotes.tracing.examples import Interleaved, UNet, resnet50
from convnotes.tracing.page import graph, page
from convnotes.tracing.rails import lines, rails
from tests.test_html import checker, faults

__all__ = ["checker"]
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Block(nn.Module):
    def __init__(self, shortcut):
        super().__init__()
        self.body, self.shortcut = nn.Conv2d(3, 3, 3, stride=2, padding=1), shortcut

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


class Broken(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 8, 3), nn.Conv2d(16, 8, 3)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


def failed():
    with pytest.raises(TraceError) as caught:
        trace(Broken(), (3, 28, 28))
    return page(caught.value.report, failure=str(caught.value))


def reads(model, size):
    return {row.name: row.reads for row in trace(model, size)}


def test_rows_read_what_made_their_tensors():
    found = reads(UNet(), (3, 68, 68))
    assert found["max_pool2d"] == ("relu",) and found["up2"] == ("relu:3",)
    assert found["slice"] == ("relu:2",) and set(found["cat"]) == {"up2", "slice:2"}
    assert found["down1"] == ("input",)


def test_rows_written_into_one_tensor_are_all_read():
    assert {"even", "odd"} <= set(reads(Interleaved(), (3, 16, 16))["output"])


def test_a_row_that_only_moves_numbers_is_read_by_those_after_it():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(inplace=True), nn.Identity(), nn.Flatten(), nn.Linear(72, 4))
    found = reads(net, (1, 8, 8))
    assert (found["1"], found["3"], found["4"]) == (("0",), ("1",), ("3",))


def test_a_lane_is_free_after_the_last_who_reads_it():
    found = rails([("input", ()), ("a", ("input",)), ("b", ("input",)), ("c", ("a", "b")), ("d", ("c",))])
    assert [rail.node for rail in found] == [0, 1, 0, 0, 0]
    assert found[3].read == (0, 1) and found[3].after == {0: "c"}
    assert (1, 0.0, 0, 0.5) in lines(found[3])


@pytest.mark.parametrize("model, size", [(UNet(), (3, 68, 68)), (resnet50(), (3, 64, 64))])
def test_every_row_stands_once_with_its_numbers(model, size):
    report, held = trace(model, size), memory(model, size, batch=2)
    html = page(report, memory=held)
    names = [unescape(name) for name in re.findall(r"<button[^>]*>(.*?)</button>", html)]
    assert names == [row.name for row in report]
    assert f"{report.macs:,} MACs" in html and f"{report.parameters:,} parameters" in html
    row = report.output
    box = report.box(row.name, *(n // 2 for n in row.shape[2:]))
    drawn = f'data-box="{box[1].start} {box[0].start} {len(box[1])} {len(box[0])}"'
    assert drawn in html


def test_branches_apart_are_named_with_what_mends_them(tmp_path, capsys):
    file, out = tmp_path / "apart_net.py", tmp_path / "out.html"
    file.write_text(
        "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.body, self.short = nn.Conv2d(3, 3, 3, 2, 1), nn.AvgPool2d(2)\n"
        "    def forward(self, x):\n        return self.body(x) + self.short(x)\n"
    )
    (tmp_path / "one.png").write_bytes(PNG)
    argv = ["trace", f"{file}:Net", "--input", "3,32,32", "--report", str(out), "--object", "90"]
    assert main([*argv, "--image", str(tmp_path / "one.png")]) == 0
    html = out.read_text(encoding="utf-8")
    assert "the centres lie 0.5 input pixels apart: short with kernel_size=3, padding=1 mends it." in html
    assert "and no layer covers it" in html and "data:image/png;base64," in html
    assert "written:" in capsys.readouterr().err


def test_aligned_branches_are_not_complained_of():
    assert "Branches apart" not in page(trace(Block(nn.Conv2d(3, 3, 1, stride=2)), (3, 32, 32)))


def test_the_first_layer_that_covers_an_object():
    net = nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=1) for _ in range(4)))
    html = page(trace(net, (1, 32, 32)), size=6)
    assert "An object of 6 pixels is first covered by" in html and 'href="#layer-2"' in html


def test_a_model_that_fails_is_drawn_up_to_there():
    html = failed()
    assert "✕ Here the model fails." in html and "got 8 channels and expects 16" in html
    assert re.findall(r"<button[^>]*>(.*?)</button>", html) == ["first", "relu"]


def test_a_model_that_fails_has_its_report_written(tmp_path):
    file, out = tmp_path / "broken_net.py", tmp_path / "out.html"
    file.write_text("from torch import nn\nnet = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(16, 8, 3))\n")
    assert main(["trace", f"{file}:net", "--input", "3,8,8", "--report", str(out)]) == 2
    assert "Here the model fails" in out.read_text(encoding="utf-8")


def test_names_of_a_model_cannot_become_markup():
    net = nn.Sequential()
    net.add_module("<script>&\"'", nn.Conv2d(3, 3, 3))
    html = page(trace(net, (3, 8, 8)))
    assert html.count("<script>") == 1 and "&lt;script&gt;&amp;" in html


@pytest.mark.parametrize("name, told", [("out.pdf", "end it with .html or .svg"), ("no/out.html", "No such file")])
def test_a_report_that_cannot_be_written(tmp_path, capsys, name, told):
    file = tmp_path / "plain_net.py"
    file.write_text("from torch import nn\nnet = nn.Conv2d(3, 8, 3)\n")
    try:
        status = main(["trace", f"{file}:net", "--input", "3,8,8", "--report", str(tmp_path / name)])
    except SystemExit as stop:
        status = stop.code
    assert status == 2 and told in capsys.readouterr().err


def test_a_file_that_is_no_picture():
    with pytest.raises(ValueError, match=r"net\.py is no picture that a browser shows"):
        page(trace(nn.Conv2d(3, 8, 3), (3, 8, 8)), image=Path("net.py"))


@pytest.mark.parametrize("size, conv", [((2, 32), nn.Conv1d), ((2, 8, 8, 8), nn.Conv3d)])
def test_sequences_and_volumes_have_a_page(size, conv):
    assert 'id="field"' in page(trace(conv(2, 3, 3), size))


def test_the_graph_is_an_svg_of_its_own():
    small, large = graph(trace(UNet(), (3, 68, 68))), graph(trace(resnet50(), (3, 64, 64)))
    assert ElementTree.fromstring(small).tag.endswith("svg") and ">merge1<" in small
    assert len(re.findall("<circle", large)) <= 61 < len(trace(resnet50(), (3, 64, 64)))


def test_a_page_asks_for_nothing_and_keeps_to_the_rules_of_html(tmp_path, checker):
    pages = {"unet": page(trace(UNet(), (3, 68, 68))), "broken": failed()}
    for name, html in pages.items():
        assert not re.search(r"""(?:src|href|url\()\s*=?\s*["']?(?:https?:)?//""", html)
        (tmp_path / f"{name}.html").write_text(html, encoding="utf-8")
    assert faults(checker, tmp_path) == []
