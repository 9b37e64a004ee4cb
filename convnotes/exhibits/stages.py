"""A diagram of the stages of a network."""

from math import prod

from convnotes.architectures import Architecture
from convnotes.drawing.kinds import Figure, Rows, Table
from convnotes.drawing.svg import Drawing
from convnotes.stages import Stage, stages

ROW, TALL, WIDE, MIDDLE = 46, 32, 96, 224  # the height of a row, the largest box, where boxes are


def diagram(architecture: Architecture) -> Figure:
    """The stages from the input, at the bottom, to the output; maps are drawn to scale, vectors as frames."""
    shown = [Stage("input", "", architecture.input), *stages(architecture)]
    maps = [stage.output for stage in shown if prod(stage.output[1:]) > 1]
    channels, side = max(shape[0] for shape in maps), max(shape[-1] for shape in maps)
    drawing = Drawing(388, ROW * len(shown) + 8)
    below = None
    for number, stage in enumerate(shown):
        middle = drawing.height - 4 - ROW * (number + 0.5)
        flat = prod(stage.output[1:]) == 1
        width, height = (6.0, 22.0) if flat else (WIDE * stage.output[-1] / side, TALL * stage.output[0] / channels)
        width, height = max(width, 2), max(height, 2)
        drawing.rect(
            MIDDLE - width / 2, middle - height / 2, width, height, None if flat else "see", "edge" if flat else None
        )
        if below is not None:
            drawing.arrow(MIDDLE, below - 2, MIDDLE, middle + height / 2 + 2, head=5)
        below = middle - height / 2
        drawing.text(4, middle + (4.5 if not stage.what else -3), stage.name, "ink", 13, bold=True)
        drawing.text(4, middle + 13, stage.what, "mute", 12.75)
        drawing.text(384, middle + 4.5, " × ".join(map(str, stage.output)), "ink", 13, "end")
    rows: Rows = [[stage.name, stage.what, *[*stage.output, 1, 1][:3]] for stage in shown]
    note = "Boxes are as wide as the map and as high as it has channels. Frames: vectors, not to scale. / 2: stride 2."
    said = "; ".join(f"{s.name}, {s.what + ', ' if s.what else ''}{' × '.join(map(str, s.output))}" for s in shown)
    return Figure(drawing, Table(["part", "made of", "channels", "height", "width"], rows, note=note), said + ".")
