"""How much a kernel looks like a Gabor function: a wave under a Gaussian, the classical model of an edge detector.

A good fit alone proves little: any smooth blob fits well. So a kernel counts as an oriented edge or bar detector only
if it is also band-pass, localised, mostly about luminance and tuned to an orientation; and every score is to be read
beside the same score of the initialisation and of noise that is as smooth.
"""

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
STARTS = 4  # the best points of the search grid, from which the fit is refined


@dataclass(frozen=True)
class Fit:
    """The nearest Gabor function to a kernel (C, k, k), and the measures by which the kernel is judged.

    r2: share of the kernel's energy that the function explains. constant: share of energy in the mean of each channel.
    luminance: share in the grey direction. orientation: 0 for all directions alike, 1 for one only. width: the smaller
    standard deviation of the envelope over the kernel size.
    """

    function: Array
    r2: float
    constant: float
    luminance: float
    orientation: float
    width: float

    @property
    def good(self) -> bool:
        """Whether the function explains three quarters of the kernel."""
        return self.r2 >= 0.75

    @property
    def oriented(self) -> bool:
        """Whether the kernel counts as an oriented edge or bar detector."""
        band_pass, tuned = self.constant < 0.25, self.orientation > 0.3
        return self.good and band_pass and self.width < 0.3 and self.luminance >= 0.5 and tuned


def fit(kernel: Array) -> Fit:
    """The Gabor function nearest to `kernel` (C, k, k): one shape for all channels, an amplitude and phase for each.

    >>> exact = fit(np.stack([_waves((0.3, -0.2, 0.7, 0.1, 0.6, 0.2), 11)[0].reshape(11, 11)] * 3))
    >>> round(exact.r2, 3), exact.oriented
    (1.0, True)
    >>> round(fit(np.ones((3, 11, 11))).constant, 3), fit(np.ones((3, 11, 11))).oriented
    (1.0, False)
    """
    from scipy.optimize import least_squares

    size = kernel.shape[1]
    values = kernel.reshape(len(kernel), -1).astype(float)
    low = np.array([-0.5 * size, -0.5 * size, np.log(0.7), np.log(0.3), -10, 0])
    high = np.array([0.5 * size, 0.5 * size, np.log(0.6 * size), np.log(3.3), 10, 0.5])
    tried = [
        least_squares(
            lambda p: (_best(p, values, size) - values).ravel(),
            np.clip(start, low + 1e-6, high - 1e-6),
            bounds=(low, high),
            max_nfev=40,
        )
        for start in _starts(values, size)
    ]
    shape = min(tried, key=lambda solution: solution.cost).x
    function = _best(shape, values, size)
    energy = float((values**2).sum()) + 1e-12
    narrow = np.exp(shape[2]) * min(1.0, np.exp(shape[3]))
    return Fit(
        function.reshape(kernel.shape),
        1 - float(((values - function) ** 2).sum()) / energy,
        float((values.mean(1) ** 2).sum()) * size**2 / energy,
        len(values) * float((values.mean(0) ** 2).sum()) / energy,
        _orientation(kernel.mean(0)),
        float(narrow) / size,
    )


def smooth_noise(kernel: Array, rng: np.random.Generator) -> Array:
    """`kernel` (C, k, k) with the sign of every cosine that it consists of drawn anew: as smooth, without its shape.

    The cosines mirror at the border, so no jump from one border to the other counts as a wave. Neighbours differ as
    much as before, squared and summed.

    >>> kernel = np.arange(9.0).reshape(1, 3, 3)
    >>> other = smooth_noise(kernel, np.random.default_rng(3))
    >>> [round(float(np.square(np.diff(one, axis=2)).sum()), 6) for one in (kernel, other)]
    [6.0, 6.0]
    >>> bool(np.allclose(kernel, other))
    False
    """
    from scipy.fft import dctn, idctn

    signs = rng.choice([-1.0, 1.0], size=kernel.shape[1:])
    found: Array = idctn(dctn(kernel, axes=(1, 2), norm="ortho") * signs, axes=(1, 2), norm="ortho")
    return found


def _waves(shape: tuple[float, ...] | Array, size: int) -> tuple[Array, Array]:
    """The two phases of a Gabor function: of centre (x, y), log width, log aspect, angle, frequency."""
    x0, y0, width, aspect, angle, frequency = shape
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    u = (x - x0) * np.cos(angle) + (y - y0) * np.sin(angle)
    v = (y - y0) * np.cos(angle) - (x - x0) * np.sin(angle)
    envelope = np.exp(-0.5 * (u / np.exp(width)) ** 2 - 0.5 * (v / np.exp(width + aspect)) ** 2)
    turn = 2 * np.pi * frequency * u
    return (envelope * np.cos(turn)).ravel(), (envelope * np.sin(turn)).ravel()


def _best(shape: Array, values: Array, size: int) -> Array:
    """The Gabor function of `shape` whose amplitudes fit `values` best, channel by channel."""
    basis = np.stack(_waves(shape, size), 1)
    damped = np.concatenate([basis, 1e-6 * np.eye(2)])
    amplitudes, *_ = np.linalg.lstsq(damped, np.concatenate([values.T, np.zeros((2, len(values)))]), rcond=None)
    fitted: Array = (basis @ amplitudes).T
    return fitted


@cache
def _grid(size: int) -> tuple[Array, Array]:
    places = np.linspace(-0.25 * size, 0.25 * size, 5)
    widths, aspects = np.log(np.array([0.1, 0.16, 0.25, 0.4]) * size), np.log([0.7, 1.0, 1.6])
    frequencies, angles = np.array([0, 0.6, 1, 1.5, 2.2, 3, 4]) / size, np.arange(8) * np.pi / 8
    shapes = np.array(list(product(places, places, widths, aspects, angles, frequencies)))
    pairs = []
    for shape in shapes:
        even, odd = _waves(shape, size)
        even = even / np.linalg.norm(even)
        odd = odd - even * (even @ odd)
        length = np.linalg.norm(odd)
        pairs.append((even, odd / length if length > 1e-6 else odd * 0))
    return shapes, np.array(pairs)


def _starts(values: Array, size: int) -> list[Array]:
    shapes, pairs = _grid(size)
    explained = np.einsum("nad,cd->nac", pairs, values, optimize=True)
    kept: list[Array] = []
    for which in np.argsort(-(explained**2).sum((1, 2))):
        if all(np.abs(shapes[which] - other).sum() > 1.2 for other in kept):
            kept.append(shapes[which])
        if len(kept) == STARTS:
            break
    return kept


def _orientation(plane: Array) -> float:
    power = np.abs(np.fft.fftshift(np.fft.fft2(plane - plane.mean(), s=(33, 33)))) ** 2
    y, x = np.mgrid[-16:17, -16:17]
    return float(np.abs((power * np.exp(2j * np.arctan2(y, x))).sum()) / (power.sum() + 1e-12))
