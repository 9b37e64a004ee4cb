"""A page about a network whose weights the reader has: its first kernels and what excites its channels."""

from hashlib import sha256
from html import escape
from importlib.metadata import version
from pathlib import Path

from convnotes.drawing.raster import Panel, encoded, mosaic, signed
from convnotes.exhibits.feature_visualization import SIDE
from convnotes.experiments.photographs import PHOTOGRAPHS
from convnotes.experiments.pretrained import Features, read, recognised

HEAD = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<style>body { max-width: 60rem; margin: auto; padding: 1rem; font-family: sans-serif } "
    "img { max-width: 100%; height: auto }</style>"
)


def write(weights: Path, page: Path) -> str:
    """What was written: `page`, an HTML file that carries its pictures, for the state dict in `weights`."""
    pretrained = recognised(read(weights))
    panels = panels_of(Features(pretrained))
    figures = "".join(
        f'<h2>{escape(panel.title)}</h2><img alt="{escape(panel.title)}" '
        f'src="data:image/{panel.format};base64,{encoded(panel.pixels, panel.format)}">'
        for panel in panels
    )
    title = escape(f"{pretrained.name} from {weights.name}")
    html = f"{HEAD}<title>{title}</title>\n<h1>{title}</h1>{figures}<p>{escape(_provenance(weights))}</p></html>\n"
    page.write_text(html, encoding="utf-8")
    return f"{page}: {len(panels)} pictures of {pretrained.name}\n"


def _provenance(weights: Path) -> str:
    authors = ", ".join(f"{name} ({about.author}, {about.licence})" for name, about in PHOTOGRAPHS.items())
    return (
        f"Weights: {weights.name}, SHA-256 {sha256(weights.read_bytes()).hexdigest()}. Channels at equal steps, chosen "
        f"by number; the nine strongest patches of each, cut to the exact field. torch {version('torch')}. "
        f"Photographs: {authors}."
    )


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
