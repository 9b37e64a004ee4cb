"""A page about a network whose weights the reader has: its first kernels and what excites its channels."""

from html import escape
from pathlib import Path

from convnotes.exhibits.feature_visualization import SIDE
from convnotes.exhibits.raster import Panel, encoded, mosaic, signed
from convnotes.experiments.photographs import PHOTOGRAPHS
from convnotes.experiments.pretrained import Features, read, recognised


def write(weights: Path, page: Path) -> str:
    """What was written: `page`, an HTML file that carries its pictures, for the state dict in `weights`."""
    pretrained = recognised(read(weights))
    panels = panels_of(Features(pretrained))
    figures = "".join(
        f'<h2>{escape(panel.title)}</h2><img alt="{escape(panel.title)}" '
        f'src="data:image/{panel.format};base64,{encoded(panel.pixels, panel.format)}">'
        for panel in panels
    )
    authors = ", ".join(f"{name} ({about.author}, {about.licence})" for name, about in PHOTOGRAPHS.items())
    title = f"{pretrained.name} from {weights.name}"
    page.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<h1>{escape(title)}</h1>{figures}<p>Photographs: {escape(authors)}.</p></html>\n",
        encoding="utf-8",
    )
    return f"{page}: {len(panels)} pictures of {pretrained.name}\n"


def panels_of(features: Features) -> list[Panel]:
    """The first layer beside random weights, then eight channels of each convolution at equal steps."""
    panels = [
        Panel(f"first kernels, {title}", mosaic([signed(kernel).transpose(1, 2, 0) for kernel in kernels], 16, 1, 3))
        for title, kernels in features.kernels().items()
    ]
    for layer, channels in features.patches().items():
        step = len(channels) // 8
        groups = [(number, channels[number]) for number in range(0, len(channels), step) if channels[number]]
        sheets = [mosaic([patch.shown(SIDE) for patch in group], 3) for _, group in groups if len(group) == 9]
        if sheets:
            shown = ", ".join(str(number) for number, group in groups if len(group) == 9)
            size = groups[0][1][0].size
            panels.append(Panel(f"{layer}: fields of {size} px, channels {shown}", mosaic(sheets, 4, 8), 1, "webp"))
    return panels
