"""Texture feature maps of an image, and how the values of each are distributed.

Every map has a fixed range, so that the distributions of any two images compare. The maps come in
families that are computed together. Windows of 7×7 (SSIM's), 8 grey levels of co-occurrence, LoG of
standard deviation 2 and Gabor filters of 0.1 and 0.25 cycles a pixel in four directions are
choices of ours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.features.base import Feature
from whorl.similarity.ssim.windows import COUNT, SIDE

BINS = 256
LEVELS = 8
SIGMA = 2.0
FREQUENCIES = (0.1, 0.25)
DIRECTIONS = (0, 45, 90, 135)


@dataclass(frozen=True)
class TextureMap:
    """A feature map: one value a pixel, or a window, of an image.

    Attributes
    ----------
    name : str
        What it shows.
    low, high : float
        The range of its values, for its histogram; what lies beyond counts at the end.
    """

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class Family:
    """Maps that are computed together.

    Attributes
    ----------
    maps : tuple of TextureMap
        What is computed, in that order.
    compute : callable
        Takes one uint8 image of shape (height, width), returns one float32 array for each map.
    """

    maps: tuple[TextureMap, ...]
    compute: Callable[[NDArray[np.uint8]], Sequence[NDArray[np.float32]]]


def first_order(image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Return intensity, and mean, standard deviation and entropy (bits) of every 7×7 window.

    Examples
    --------
    >>> flat = np.full((8, 8), 50, np.uint8)
    >>> [round(float(values.max()), 3) for values in first_order(flat)]
    [50.0, 50.0, 0.0, 0.0]
    """
    from whorl.features.window_kernels import local_entropy
    from whorl.similarity.ssim.uniform_kernels import local_moments

    sums, spreads = local_moments(image[np.newaxis])
    mean = sums[0].astype(np.float32) / COUNT
    deviation = np.sqrt(spreads[0]) / COUNT
    return [image.astype(np.float32), mean, deviation, local_entropy(image)]


def gradient(image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Return the Sobel gradient's magnitude and the scale-normalised Laplacian of Gaussian."""
    from scipy.ndimage import gaussian_laplace
    from skimage.filters import sobel

    grey = image.astype(np.float32)
    return [sobel(grey), SIGMA**2 * gaussian_laplace(grey, SIGMA)]


def binary_pattern(image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Return the rotation-invariant uniform local binary pattern of 8 neighbours: 0 to 9."""
    from skimage.feature import local_binary_pattern

    return [local_binary_pattern(image, 8, 1, "uniform").astype(np.float32)]


def gabor(image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Return the magnitudes of Gabor filters' responses, mirrored at the edges.

    As ``skimage.filters.gabor``, by way of Fourier transforms; frequencies outermost.
    """
    from scipy.fft import fft2, ifft2, next_fast_len

    height, width = image.shape
    kernels = _gabor_kernels()
    pad = max(max(kernel.shape) for kernel in kernels) // 2
    shape = next_fast_len(height + 2 * pad), next_fast_len(width + 2 * pad)
    spectrum = fft2(np.pad(image.astype(np.float32), pad, "symmetric"), shape)
    maps = []
    for kernel, filtered in zip(kernels, spectrum * _gabor_spectra(shape), strict=True):
        response = ifft2(filtered, overwrite_x=True)
        top, left = (pad + side // 2 for side in kernel.shape)
        maps.append(np.abs(response[top : top + height, left : left + width]))
    return maps


@cache
def _gabor_kernels() -> tuple[NDArray[np.complex64], ...]:
    """Return scikit-image's kernels of every frequency in every direction."""
    from skimage.filters import gabor_kernel

    return tuple(
        gabor_kernel(frequency, math.radians(degrees)).astype(np.complex64)
        for frequency in FREQUENCIES
        for degrees in DIRECTIONS
    )


@lru_cache(maxsize=1)
def _gabor_spectra(shape: tuple[int, int]) -> NDArray[np.complex64]:
    """Return the kernels' Fourier transforms: shape (kernels, height, width)."""
    from scipy.fft import fft2

    return np.stack([fft2(kernel, shape) for kernel in _gabor_kernels()])


def co_occurrence(image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Return contrast, homogeneity, energy and correlation of every 7×7 window's co-occurrence.

    Pairs of neighbours across and down, of grey values in 8 equal levels.
    """
    from whorl.features.window_kernels import local_co_occurrence

    return list(local_co_occurrence(image // (256 // LEVELS), LEVELS))


FAMILIES: dict[str, Family] = {
    "first-order": Family(
        (
            TextureMap("intensity", 0, 255),
            TextureMap("local mean", 0, 255),
            TextureMap("local standard deviation", 0, 127.5),
            TextureMap("local entropy", 0, math.log2(COUNT)),
        ),
        first_order,
    ),
    "gradient": Family(
        (
            TextureMap("gradient magnitude", 0, 255),
            TextureMap("Laplacian of Gaussian", -2 * 255 / math.e, 2 * 255 / math.e),
        ),
        gradient,
    ),
    "binary pattern": Family((TextureMap("local binary pattern", 0, 9),), binary_pattern),
    "gabor": Family(
        tuple(
            TextureMap(f"Gabor magnitude, {frequency:g} cycles a pixel, {degrees}°", 0, 127.5)
            for frequency in FREQUENCIES
            for degrees in DIRECTIONS
        ),
        gabor,
    ),
    "co-occurrence": Family(
        (
            TextureMap("co-occurrence contrast", 0, (LEVELS - 1) ** 2),
            TextureMap("co-occurrence homogeneity", 0, 1),
            TextureMap("co-occurrence energy", 0, 1),
            TextureMap("co-occurrence correlation", -1, 1),
        ),
        co_occurrence,
    ),
}
"""The families of maps, by name."""


@dataclass(frozen=True)
class TextureCDFs(Feature):
    """The cumulative distribution of each map's values, in 256 bins of the map's range.

    Float32, shape (n, maps, 256), not falling along the last axis, whose last value is 1. Takes
    images of at least 7×7 pixels.

    Attributes
    ----------
    family : str
        Which of :data:`FAMILIES`.

    Examples
    --------
    >>> black = np.zeros((1, 8, 8), np.uint8)
    >>> TextureCDFs("gradient").compute(black)[0, :, [0, 127, 128, 255]].tolist()
    [[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]]
    """

    family: str

    name: ClassVar[str] = "texture maps"

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe images.

        Raises
        ------
        ImageError
            If the images are smaller than 7×7.
        """
        if min(pixels.shape[1:]) < SIDE:
            raise ImageError(
                f"texture maps need images of at least {SIDE}×{SIDE} pixels, "
                f"not {pixels.shape[2]}×{pixels.shape[1]}"
            )
        family = FAMILIES[self.family]
        cdfs = np.empty((len(pixels), len(family.maps), BINS), np.float32)
        for image, row in zip(pixels, cdfs, strict=True):
            computed = family.compute(np.ascontiguousarray(image))
            for cdf, values, each in zip(row, computed, family.maps, strict=True):
                cdf[:] = binned_cdf(values, each)
        return cdfs


def binned_cdf(values: NDArray[np.float32], of: TextureMap) -> NDArray[np.float32]:
    """Return the share of values up to the end of each of 256 bins of the map's range.

    Examples
    --------
    >>> quarter = TextureMap("quarters", 0, 256)
    >>> binned_cdf(np.float32([[0, 1], [1, 300]]), quarter)[[0, 1, 254, 255]]
    array([0.25, 0.75, 0.75, 1.  ], dtype=float32)
    """
    from whorl.features.window_kernels import count_bins

    counts = count_bins(np.ascontiguousarray(values), of.low, of.high, BINS)
    cdf: NDArray[np.float32] = (np.cumsum(counts) / counts.sum()).astype(np.float32)
    return cdf
