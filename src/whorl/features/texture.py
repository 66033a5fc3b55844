"""Texture of a whole image: local binary patterns, and how often grey levels meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.features.base import Feature


@dataclass(frozen=True)
class LBPHistogram(Feature):
    """Shares of the uniform local binary patterns.

    Each pixel is compared with `points` neighbours on a circle; its code is the number of those
    at least as bright, or points + 1 if these do not lie in one arc (Ojala, Pietikäinen,
    Mäenpää 2002, equation 9). Float32, shape (n, points + 2), 0 to 1, sum 1.

    Attributes
    ----------
    points : int
        Neighbours of a pixel.
    radius : float
        Of the circle, in pixels.

    Examples
    --------
    >>> LBPHistogram().compute(np.zeros((1, 4, 4), np.uint8)).argmax(axis=1)
    array([8])
    """

    points: int = 8
    radius: float = 1.0

    name: ClassVar[str] = "local binary patterns"

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe images."""
        from skimage.feature import local_binary_pattern

        codes = self.points + 2
        rows = np.empty((len(pixels), codes), np.float32)
        for row, image in zip(rows, pixels, strict=True):
            pattern = local_binary_pattern(image, self.points, self.radius, "uniform")
            row[:] = np.bincount(pattern.astype(np.intp).ravel(), minlength=codes) / image.size
        return rows


@dataclass(frozen=True)
class CoOccurrence(Feature):
    """Contrast, homogeneity, energy and correlation of the grey-level co-occurrence matrix.

    Of pairs of pixels at each distance, to the right, below, and on both diagonals; the mean over
    the four directions (Haralick, Shanmugam, Dinstein 1973). Float32, shape
    (n, 4 × number of distances): contrast 0 to (levels − 1)², homogeneity and energy 0 to 1,
    correlation −1 to 1.

    Attributes
    ----------
    distances : tuple of int
        In pixels.
    levels : int
        Grey levels that are told apart, a divisor of 256.

    Examples
    --------
    >>> CoOccurrence((1,)).compute(np.zeros((1, 4, 4), np.uint8))
    array([[0., 1., 1., 1.]], dtype=float32)
    """

    distances: tuple[int, ...] = (1, 2, 4)
    levels: int = 32

    name: ClassVar[str] = "grey-level co-occurrence"

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe images."""
        return np.array([self._describe(image) for image in pixels], np.float32)

    def _describe(self, image: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Describe one image."""
        from skimage.feature import graycomatrix, graycoprops

        angles = np.arange(4) * np.pi / 4
        coarse = image // np.uint8(256 // self.levels)
        matrix = graycomatrix(
            coarse, self.distances, angles, self.levels, symmetric=True, normed=True
        )
        properties = ("contrast", "homogeneity", "energy", "correlation")
        return np.concatenate([graycoprops(matrix, p).mean(axis=1) for p in properties])
