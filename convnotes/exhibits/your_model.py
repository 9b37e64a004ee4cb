"""Exhibits of the chapter on tracing one's own model."""

import json
from pathlib import Path
from typing import Any

from convnotes.drawing.kinds import Figure, Rows, Summary, Table
from convnotes.drawing.svg import Drawing
from convnotes.tracing import Report, trace
from convnotes.tracing.examples import traced_on_an_image
from convnotes.words.numbers import by

READS = (
    "convnotes/exhibits/your_model_tools.json",
    "convnotes/exhibits/your_model_memory.json",
    "convnotes/exhibits/your_model_sweep.json",
)
STORED = Path(__file__).with_name("your_model_tools.json")
MEASURED = Path(__file__).with_name("your_model_memory.json")
SWEPT = Path(__file__).with_name("your_model_sweep.json")
SIDE, PIXEL = 64, 4  # of the drawn image: pixels, and units of the drawing to a pixel
UNITS = (("pool", (0, 15), "see"), ("block", (4, 4), "out"), ("pool", (9, 4), "see"), ("conv", (25, 27), "win"))


def boxes_on_an_image() -> Figure:
    """The pixels that four units of a traced network read, in an image of 64 × 64. The border clips one of the boxes.

    A drawn landscape: a sun at the upper right, a hill at the left, a house with a roof and a door at the right. A
    square of 7 × 7 pixels lies on the door, read by a unit of the first convolution. One of 11 × 11 lies on the top of
    the hill, read by a unit of the pooling after it; another unit of that layer, in the upper right corner, reads a
    clipped 6 × 9. A box of 19 × 19 between hill and house is read by a unit of the residual block after it.
    """
    drawing = Drawing(388, 300)
    with drawing.moved(6, 20):
        _scene(drawing)
        rows = _boxes(drawing, trace(traced_on_an_image(), (3, SIDE, SIDE)))
    drawing.text(6, 12, "input, 64 × 64", "mute")
    return Figure(drawing, Table(["unit", "layer", "rows", "columns"], rows))


def _scene(drawing: Drawing) -> None:
    side = SIDE * PIXEL
    drawing.rect(0, 0, side, side, "bench", "edge")
    drawing.dot(212, 40, 20, "cell")
    drawing.path([(0, 190), (60, 120), (130, 190)], "cell")
    drawing.rect(150, 150, 84, 80, "cell", "edge")
    drawing.path([(140, 150), (192, 104), (244, 150)], "line", "edge")
    drawing.rect(206, 190, 16, 40, "edge")
    drawing.line(0, 230, side, 230, "edge")


def _boxes(drawing: Drawing, report: Report) -> Rows:
    rows: Rows = []
    for number, (layer, unit, role) in enumerate(UNITS):
        down, across = report.box(layer, *unit)
        x, y = across.start * PIXEL, down.start * PIXEL
        drawing.rect(x, y, len(across) * PIXEL, len(down) * PIXEL, None, role, 2.5)
        top = 14 + 44 * number
        drawing.rect(270, top, 12, 12, None, role, 2.5)
        drawing.text(290, top + 11, f"{layer} {unit}", "ink", 13)
        drawing.text(290, top + 28, f"{len(down)} × {len(across)}", "mute", 13)
        rows.append([str(unit), layer, f"{down.start}…{down.stop - 1}", f"{across.start}…{across.stop - 1}"])
    return rows


def tools() -> Table:
    """The field of the last map of seven networks, by three tools. Gradients confirm the numbers of convnotes.

    A range means that the size depends on the unit's position. In brackets is what the tool says about its number.
    torchinfo counts parameters and multiplications but gives no field.
    """
    fields = json.loads(STORED.read_text(encoding="utf-8"))
    header = list(fields["fields"][0])
    versions = ", ".join(f"{name} {version}" for name, version in fields["versions"].items())
    return Table(
        header, [[row[h] for h in header] for row in fields["fields"]], note=f"Made by scripts/bench with {versions}."
    )


def times() -> Table:
    """Processor time that three tools take for each of three large networks, measured in one run.

    Seconds for each network and tool, the best of three runs after a first one that is not counted. torchinfo and
    TorchLens run the network's arithmetic; convnotes does not, nor does torchinfo on the meta device.
    """
    found = json.loads(STORED.read_text(encoding="utf-8"))
    names = ["network", "convnotes", "torchinfo on meta", "torchinfo", "TorchLens"]
    units, formats = dict.fromkeys(names[1:], "s"), dict.fromkeys(names[1:], ".2f")
    note = f"Made by scripts/bench on {found['date']}, with one thread and Python {found['python']}."
    return Table(names, [[row[n] for n in names] for row in found["times"]], units, formats, note=note)


def memory() -> Table:
    """Bytes kept for the way back by ten networks, batch of two: from shapes alone, in a real run, and by torchinfo.

    For each network the input size, the bytes that convnotes finds from shapes alone, those that a real training run
    on the CPU keeps, what torchinfo prints as its forward/backward pass size, and the processor time of the first.
    """
    found = json.loads(MEASURED.read_text(encoding="utf-8"))
    names = ["network", "input", "from shapes", "real run", "torchinfo", "time"]
    rows = [[name, by(size), *rest] for name, size, *rest in found["networks"]]
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    note = f"Made by scripts/bench on {found['date']} with {versions}."
    units = {"from shapes": "bytes", "real run": "bytes", "torchinfo": "bytes", "time": "s"}
    return Table(names, rows, units, {"time": ".2f"}, note=note)


def sweep() -> Summary:
    """Networks of public libraries, traced at one input size: how many have no bound, and what the checks found.

    The networks have random weights; the largest are left out. A bound is a row whose units read at most what is
    reported; the table names the operation that is the reason. In the smaller networks the deepest map that does not
    read everything is compared with the gradients of the network, at its corners, its centre and between.
    """
    found = json.loads(SWEPT.read_text(encoding="utf-8"))
    header = ["library", "networks", "traced", "no row a bound", "checked", "all units agree", "over 2 s", "slowest"]
    summed = [_summed(f"{name} {found['versions'][name]}", nets) for name, nets in found["libraries"].items()]
    total: Rows = [["all", *(sum(row[c] for row in summed) for c in range(1, 7)), max(row[7] for row in summed)]]
    each: Rows = [
        [library, *(net.get(key, "") for key in ("name", "parameters", "rows", "bound", "whole", "units", "seconds")),
         ", ".join(net.get("by", ())) or net.get("failed", "")]
        for library, nets in found["libraries"].items()
        for net in nets
    ]  # fmt: skip
    names = ["library", "network", "parameters", "rows", "bound", "whole", "units that agree", "seconds", "why"]
    note = f"Made by scripts/bench sweep with PyTorch {found['versions']['torch']} on {found['date']}."
    table = Table(header, [*summed, *total], {"slowest": "s"}, {"slowest": ".1f"}, note=note)
    return Summary(table, Table(names, each), "Every network")


def _summed(library: str, networks: list[dict[str, Any]]) -> list[Any]:
    traced = [n for n in networks if "failed" not in n]
    checks = [n["units"].split(" of ") for n in traced if " of " in n.get("units", "")]
    return [
        library,
        len(networks),
        len(traced),
        sum(not n["bound"] for n in traced),
        len(checks),
        sum(agreed == of for agreed, of in checks),
        sum(n["seconds"] > 2 for n in traced),
        max(n["seconds"] for n in traced),
    ]
