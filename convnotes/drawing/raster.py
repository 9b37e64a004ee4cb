"""Pictures made of pixels: arrays to image files, mosaics, and the kind of exhibit that shows them."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from convnotes.drawing.kinds import Table, numbers

Pixels = NDArray[np.floating]
Format = Literal["png", "webp"]


def encoded(pixels: Pixels, format: Format = "png", quality: int = 72) -> str:
    """`pixels` (H, W), (H, W, 3) or (H, W, 4), from 0 to 1, as an image file in base64: PNG exactly, WebP small, for
    photographs.

    >>> encoded(np.zeros((2, 2)))[:11]
    'iVBORw0KGgo'
    """
    from matplotlib.image import imsave

    rgb = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, 2)
    file, how = BytesIO(), {"quality": quality} if format == "webp" else {"optimize": True}
    imsave(file, np.clip(rgb, 0, 1).astype(float), format=format, pil_kwargs=how)
    return b64encode(file.getvalue()).decode()


def exact(pixels: Pixels) -> str:
    """The same as a PNG, with a palette where that is smaller: the pixels are of at most 256 colours.

    >>> grey = np.random.default_rng(0).random((40, 40)).round(1)
    >>> len(exact(grey)) < len(encoded(grey)) / 2
    True
    """
    from PIL import Image

    text = encoded(pixels)
    with Image.open(BytesIO(b64decode(text))) as picture:
        rgba = np.array(picture.convert("RGBA"))
    colours, places = np.unique(rgba.reshape(-1, 4), axis=0, return_inverse=True)
    if len(colours) > 256:
        return text
    drawn = Image.fromarray(places.reshape(rgba.shape[:2]).astype(np.uint8), "P")
    drawn.putpalette(colours[:, :3].tobytes())
    alpha = colours[:, 3].tobytes()
    file = BytesIO()
    drawn.save(file, "png", optimize=True, **({"transparency": alpha} if min(alpha) < 255 else {}))
    return min(text, b64encode(file.getvalue()).decode(), key=len)


def decoded(text: str) -> Pixels:
    """The pixels of a WebP file in base64, (H, W, 3) from 0 to 1, nearly those that were encoded.

    >>> decoded(encoded(np.ones((2, 2)), "webp")).tolist()[0][0]
    [1.0, 1.0, 1.0]
    """
    from matplotlib.image import imread

    pixels: Pixels = imread(BytesIO(b64decode(text)), format="webp")[..., :3] / 255
    return pixels


def mosaic(pictures: Sequence[Pixels], columns: int, gap: int = 1, enlarge: int = 1) -> Pixels:
    """Equal pictures in rows of `columns` (H, W, 4), each pixel `enlarge` times as large, nothing between them.

    >>> mosaic([np.zeros((2, 2, 3))] * 3, columns=2).shape
    (5, 5, 4)
    """
    height, width = (side * enlarge for side in pictures[0].shape[:2])
    rows = -(-len(pictures) // columns)
    out = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, 4))
    for number, picture in enumerate(pictures):
        top, left = number // columns * (height + gap), number % columns * (width + gap)
        large = picture.repeat(enlarge, 0).repeat(enlarge, 1)
        out[top : top + height, left : left + width, : large.shape[2]] = large
        if large.shape[2] == 3:
            out[top : top + height, left : left + width, 3] = 1
    return out


def signed(values: Pixels, largest: float | None = None) -> Pixels:
    """Values around zero as colours: zero is middle grey, ±`largest` black or white, in each channel by itself.

    >>> signed(np.array([-2.0, 0.0, 2.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    scale = float(np.abs(values).max()) if largest is None else largest
    return 0.5 + 0.5 * values / (scale or 1.0)


def lighted(picture: Pixels, shares: Pixels, places: Pixels, dark: float = 0.12) -> Pixels:
    """A square picture as bright as `shares`, from 0 to 1, are at the pixels `places` of both axes; linear between.

    At 0 it keeps the share `dark` of its light.

    >>> lighted(np.ones((3, 3, 3)), np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([0, 2]))[0, :, 0].round(2).tolist()
    [0.12, 0.56, 1.0]
    """
    at = np.arange(len(picture))
    rows = np.array([np.interp(at, places, row) for row in shares])
    spread = np.array([np.interp(at, places, column) for column in rows.T]).T
    lit: Pixels = picture * (dark + (1 - dark) * np.clip(spread, 0, 1))[..., None]
    return lit


def heat(values: Pixels) -> Pixels:
    """Values from 0 to 1 (H, W) as colours (H, W, 3), dark for nothing; its lightness rises steadily."""
    from matplotlib import colormaps

    rgb: Pixels = colormaps["magma"](values)[..., :3]
    return rgb


@dataclass(frozen=True)
class Panel:
    """One picture of a gallery: its title, its pixels, and how many pixels of the page each of its own gets."""

    title: str
    pixels: Pixels
    enlarge: float = 1
    format: Format = "png"

    def file(self) -> str:
        """The picture as an image file in base64."""
        return exact(self.pixels) if self.format == "png" else encoded(self.pixels, self.format)


@dataclass(frozen=True)
class Gallery:
    """Pictures side by side, each a file of its own that loads when it comes into view; and the data behind them."""

    panels: Sequence[Panel]
    data: Table
    halves: bool = False  # where there is room, the second half of the pictures beside the first

    def downloads(self) -> dict[str, str]:
        """The data, and each picture in base64 as `NUMBER.FORMAT`."""
        files = {f"{n}.{panel.format}": panel.file() for n, panel in enumerate(self.panels, 1)}
        return {"csv": self.data.csv(), **files}

    def html(self, alternative: str) -> str:
        """The pictures in their sheet, described together by `alternative`; the site fills in where `files:` are."""
        panels = "".join(self._panel(number, panel) for number, panel in enumerate(self.panels, 1))
        look = "cn-bench cn-panels" + " cn-halves" * self.halves
        return f'<div class="{look}" role="group" aria-label="{escape(alternative)}">{panels}</div>'

    def folded(self) -> str:
        """The numbers as a table."""
        return numbers(self.data)

    def _panel(self, number: int, panel: Panel) -> str:
        height, width = (round(side * panel.enlarge) for side in panel.pixels.shape[:2])
        sharp = ' class="cn-pixels"' if panel.format == "png" else ""
        size = f'width="{width}" height="{height}"{sharp} loading="lazy"'
        picture = f'<img src="files:{number}.{panel.format}" alt="{escape(panel.title)}" {size}>'
        return f'<div><p aria-hidden="true">{escape(panel.title)}</p>{picture}</div>'
