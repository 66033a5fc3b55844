"""The power spectrum of an image, by frequency alone: where generators differ from one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.features.base import Feature

FAINTEST = 1e-3


@dataclass(frozen=True)
class RadialSpectrum(Feature):
    """Azimuthally averaged power spectrum, in decibels.

    The mean power of all frequencies whose distance from zero, rounded, is 1, 2, … up to half of
    the shorter side; mean grey is left out. Up-sampling layers leave their mark at the high
    frequencies (Durall et al., Watch your up-convolution, CVPR 2020). A Hann window keeps the
    borders out, which is a choice of ours. Float32, shape (n, shorter side // 2), −30 and more:
    what is fainter than that counts as −30.

    Examples
    --------
    >>> RadialSpectrum().compute(np.zeros((1, 8, 8), np.uint8))
    array([[-30., -30., -30., -30.]], dtype=float32)
    """

    name: ClassVar[str] = "power spectra"

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe images."""
        height, width = pixels.shape[1:]
        window = np.outer(np.hanning(height), np.hanning(width))
        grey = pixels.astype(np.float64)
        grey -= grey.mean(axis=(1, 2), keepdims=True)
        power = np.abs(np.fft.fft2(grey * window)) ** 2 / (window**2).sum()
        side = min(height, width)
        rows = np.fft.fftfreq(height)[:, None] * side
        columns = np.fft.fftfreq(width)[None, :] * side
        ring = np.rint(np.hypot(rows, columns)).astype(np.intp).ravel()
        inside = np.flatnonzero((ring > 0) & (ring <= side // 2))
        sizes = np.bincount(ring[inside], minlength=side // 2 + 1)[1:]
        means = [np.bincount(ring[inside], p.ravel()[inside])[1:] / sizes for p in power]
        return (10 * np.log10(np.maximum(means, FAINTEST))).astype(np.float32)
