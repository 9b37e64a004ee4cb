"""Input optimised until a unit answers strongly [erhan2009]: made by us, not found, and not "what the unit sees".

Without a prior, the optimum is high-frequency noise. The prior here: the picture is a sum of waves, long ones cheaper
to change than short ones; its contrast is bounded; and it is jittered at each step [olah2017].
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from convnotes.experiments.activations import activations
from convnotes.experiments.determinism import seeded
from convnotes.experiments.photographs import statistics
from convnotes.layers import Sequential
from convnotes.receptive_field import growth

STEPS, RATE = 40, 0.08


def optimised(
    tree: Sequential,
    net: nn.Module,
    names: Sequence[str],
    layer: str,
    channels: Sequence[int],
    prior: bool = True,
    seed: int = 0,
) -> NDArray[np.float32]:
    """For each of `channels` a picture (size, size, 3) from 0 to 1 that makes one unit of `layer` answer strongly.

    The unit is the first whose field lies inside the picture, and exactly its field is returned. `layer` should be one
    before the ReLU, where a silent unit still has a gradient. The network reads colours normalised as for `names`.
    """
    mean, std = statistics(names)
    axis = {name: field.axes[0] for name, _, field in growth(tree)}[layer]
    assert axis is not None  # no layer shown reads everything
    place = -(-axis.padding // axis.stride)
    start = place * axis.stride - axis.padding
    size = start + axis.size
    with seeded(seed) as draw:
        picture = _Waves(len(channels), size, draw) if prior else _Pixels(len(channels), size, draw)
        optimizer = torch.optim.Adam(picture.parameters(), lr=RATE)
        for _ in range(STEPS):
            x = picture()
            if prior:
                x = torch.roll(x, torch.randint(-2, 3, (2,), generator=draw).tolist(), (2, 3))
            out = activations(net, (x - mean[:, None, None]) / std, layer)[layer]
            loss = -out[torch.arange(len(channels)), list(channels), place, place].sum()
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            optimizer.step()
        made: NDArray[np.float32] = picture().detach()[:, :, start:, start:].permute(0, 2, 3, 1).numpy()
    return made


class _Pixels(nn.Module):
    """Independent pixels."""

    def __init__(self, count: int, size: int, draw: torch.Generator) -> None:
        super().__init__()
        self.values = nn.Parameter(0.1 * torch.randn(count, 3, size, size, generator=draw))

    def forward(self) -> Tensor:
        """The pictures."""
        return self.values.sigmoid()


class _Waves(nn.Module):
    """Waves of which the short ones count less, with bounded contrast."""

    scale: Tensor

    def __init__(self, count: int, size: int, draw: torch.Generator) -> None:
        super().__init__()
        self.size = size
        frequency = torch.fft.fftfreq(size)[:, None].hypot(torch.fft.rfftfreq(size)[None])
        self.register_buffer("scale", frequency.clamp(min=1 / size) ** -1.5 * size**0.5)
        self.values = nn.Parameter(0.01 * torch.randn(count, 3, *frequency.shape, 2, generator=draw))

    def forward(self) -> Tensor:
        """The pictures."""
        waves = torch.view_as_complex(self.values * self.scale[..., None])
        y = torch.fft.irfft2(waves, s=(self.size, self.size), norm="ortho")
        contrast = y.square().mean((1, 2, 3), keepdim=True).add(1e-6).sqrt().clamp(min=1.0)
        picture: Tensor = (y / contrast).sigmoid()
        return picture
