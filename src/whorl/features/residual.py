"""What a denoiser takes out of an image: the noise in which a generator leaves its fingerprint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.features.base import Feature


@dataclass(frozen=True)
class NoiseResidual(Feature):
    """An image less its denoised self, of mean 0 and length 1: products of two are correlations.

    A camera, and a generator, adds its own pattern to all that it makes; it is sought in what a
    denoiser removes (Marra et al., Do GANs leave artificial fingerprints?, MIPR 2019, after Lukáš
    et al. 2006). The denoiser is Wiener's, which takes the noise of each image from the image, and
    only the middle of large images is looked at: choices of ours. Float32, shape
    (n, height × width of the middle), −1 to 1; all 0 for an image of one grey.

    Attributes
    ----------
    neighbourhood : int
        Side of the denoiser's window, in pixels; odd.
    most : int
        Height and width of the middle, in pixels, at most.

    Examples
    --------
    >>> pixels = np.random.default_rng(0).integers(0, 256, (2, 8, 8), dtype=np.uint8)
    >>> residuals = NoiseResidual().compute(pixels)
    >>> residuals.shape, np.round((residuals**2).sum(axis=1), 5).tolist()
    ((2, 64), [1.0, 1.0])
    """

    neighbourhood: int = 3
    most: int = 128

    name: ClassVar[str] = "noise residuals"

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe images."""
        height, width = pixels.shape[1:]
        top, left = (max(0, (side - self.most) // 2) for side in (height, width))
        middle = pixels[:, top : top + self.most, left : left + self.most].astype(np.float64)
        found = np.stack([image - self._denoised(image) for image in middle])
        flat = found.reshape(len(found), -1)
        flat = flat - flat.mean(axis=1, keepdims=True)
        lengths = np.linalg.norm(flat, axis=1, keepdims=True)
        there = lengths > np.finfo(np.float32).eps
        unit = np.divide(flat, lengths, out=np.zeros_like(flat), where=there)
        return np.asarray(unit, np.float32)

    def _denoised(self, image: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return an image drawn towards its local mean, the more the less there is beside noise.

        Lim, Two-dimensional signal and image processing, 1990, equation 9.44.
        """
        from scipy.ndimage import uniform_filter

        mean = uniform_filter(image, self.neighbourhood, mode="reflect")
        square = uniform_filter(image * image, self.neighbourhood, mode="reflect")
        variance = np.maximum(square - mean * mean, 0)
        noise = variance.mean()
        if noise == 0:
            return mean
        kept: NDArray[np.float64] = np.maximum(variance - noise, 0) / np.maximum(variance, noise)
        return mean + (image - mean) * kept
