"""Compiled loops over the windows of an image: entropy and co-occurrence, by sliding counts."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from whorl.similarity.ssim.windows import COUNT, SIDE


@njit(nogil=True, cache=True)
def local_entropy(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the entropy of the grey values of every full 7×7 window, in bits.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width)
        At least 7×7.

    Returns
    -------
    ndarray of float32, shape (height - 6, width - 6)
        Range 0 to log2(49).
    """
    height, width = image.shape
    weight = np.zeros(COUNT + 1)  # c·log2(c)
    for c in range(2, COUNT + 1):
        weight[c] = c * np.log2(c)
    entropy = np.empty((height - SIDE + 1, width - SIDE + 1), np.float32)
    counts = np.zeros(256, np.int64)
    for i in range(height - SIDE + 1):
        counts[:] = 0
        total = 0.0
        for j in range(width):
            for k in range(i, i + SIDE):
                if j >= SIDE:  # first, so that no count exceeds the window's
                    leaves = image[k, j - SIDE]
                    counts[leaves] -= 1
                    total += weight[counts[leaves]] - weight[counts[leaves] + 1]
                enters = image[k, j]
                counts[enters] += 1
                total += weight[counts[enters]] - weight[counts[enters] - 1]
            if j >= SIDE - 1:
                bits = np.log2(COUNT) - total / COUNT
                entropy[i, j - SIDE + 1] = max(bits, 0.0)
    return entropy


@njit(nogil=True, cache=True)
def local_co_occurrence(grey: NDArray[np.uint8], levels: int) -> NDArray[np.float32]:
    """Return properties of the grey-level co-occurrence matrix of every full 7×7 window.

    The matrix counts, both ways round, the pairs of a pixel with its right and with its lower
    neighbour within the window.

    Parameters
    ----------
    grey : ndarray of uint8, shape (height, width)
        Grey levels below `levels`; at least 7×7.
    levels : int
        Number of grey levels.

    Returns
    -------
    ndarray of float32, shape (4, height - 6, width - 6)
        Contrast (0 to (levels - 1)²), homogeneity (0 to 1), energy (0 to 1) and correlation
        (-1 to 1, and 1 where all levels are equal), as scikit-image's ``graycoprops``.
    """
    height, width = grey.shape
    rows, columns = height - SIDE + 1, width - SIDE + 1
    properties = np.empty((4, rows, columns), np.float32)
    counts = np.zeros((levels, levels), np.int64)
    sums = np.zeros(4 + levels, np.int64)
    for i in range(rows):
        counts[:] = 0
        sums[:] = 0
        for j in range(width):
            _count_down(grey, i, j, 1, counts, sums)
            if j > 0:
                _count_across(grey, i, j, 1, counts, sums)
            if j >= SIDE:
                _count_down(grey, i, j - SIDE, -1, counts, sums)
                _count_across(grey, i, j - SIDE + 1, -1, counts, sums)
            if j >= SIDE - 1:
                _write_properties(sums, properties[:, i, j - SIDE + 1])
    return properties


@njit(nogil=True, cache=True, inline="always")
def _count_down(
    grey: NDArray[np.uint8],
    i: int,
    j: int,
    sign: int,
    counts: NDArray[np.int64],
    sums: NDArray[np.int64],
) -> None:
    """Count the pairs within a column of the window."""
    for k in range(i, i + SIDE - 1):
        _count_pair(int(grey[k, j]), int(grey[k + 1, j]), sign, counts, sums)


@njit(nogil=True, cache=True, inline="always")
def _count_across(
    grey: NDArray[np.uint8],
    i: int,
    j: int,
    sign: int,
    counts: NDArray[np.int64],
    sums: NDArray[np.int64],
) -> None:
    """Count the pairs of a column of the window with the column before."""
    for k in range(i, i + SIDE):
        _count_pair(int(grey[k, j - 1]), int(grey[k, j]), sign, counts, sums)


@njit(nogil=True, cache=True, inline="always")
def _count_pair(
    x: int, y: int, sign: int, counts: NDArray[np.int64], sums: NDArray[np.int64]
) -> None:
    """Count one pair more, or one less where the sign is -1, and keep the sums up to date.

    The sums are those over the pairs of x + y, x² + y² and xy, that of the squared entries of the
    symmetric matrix, and the number of pairs at each distance of levels.
    """
    first, second = min(x, y), max(x, y)
    before = counts[first, second]
    counts[first, second] = before + sign
    sums[0] += sign * (x + y)
    sums[1] += sign * (x * x + y * y)
    sums[2] += sign * x * y
    sums[3] += (2 if first != second else 4) * (2 * sign * before + 1)
    sums[4 + second - first] += sign


@njit(nogil=True, cache=True, inline="always")
def _write_properties(sums: NDArray[np.int64], out: NDArray[np.float32]) -> None:
    """Write contrast, homogeneity, energy and correlation of one window's sums."""
    pairs = 2 * SIDE * (SIDE - 1)
    contrast = 0
    closeness = 0.0
    for distance in range(len(sums) - 4):
        contrast += sums[4 + distance] * distance * distance
        closeness += sums[4 + distance] / (1.0 + distance * distance)
    spread = 2 * pairs * sums[1] - sums[0] ** 2  # (2·pairs)² times the variance
    joint = 4 * pairs * sums[2] - sums[0] ** 2
    out[0] = contrast / pairs
    out[1] = closeness / pairs
    out[2] = np.sqrt(sums[3]) / (2.0 * pairs)
    out[3] = joint / spread if spread > 0 else 1.0


@njit(nogil=True, cache=True)
def count_bins(
    values: NDArray[np.float32], low: float, high: float, bins: int
) -> NDArray[np.int64]:
    """Return how many values lie in each of equal bins from `low` to `high`.

    Values beyond either end count in the bin at that end.

    Parameters
    ----------
    values : ndarray of float32
        Of any shape, contiguous.
    low, high : float
        The range.
    bins : int
        Number of bins.

    Returns
    -------
    ndarray of int64, shape (bins,)
    """
    counts = np.zeros(bins, np.int64)
    scale = bins / (high - low)
    for value in values.ravel():
        counts[min(max(int((value - low) * scale), 0), bins - 1)] += 1
    return counts
