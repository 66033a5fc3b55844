"""Compiled loops of SSIM with the 7×7 uniform window.

All sums are exact 32-bit integers; only the last formula is in floating point. Its numerator and
denominator are scaled by (49²)·(49·48), which leaves the quotient as it is and spares divisions:
with sums S over the window, Sx²/49² is the squared mean and (49·Sxy − Sx·Sy)/(49·48) the sample
covariance.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from whorl.similarity.ssim.windows import C1, C2, COUNT, SIDE

SCALED_C1 = np.float32(C1 * COUNT**2)
SCALED_C2 = np.float32(C2 * COUNT * (COUNT - 1))
STRIP = 64  # rows worked on together, so that a block of images stays in the cache
MARGIN = SIDE - 1

# The explicit int32 casts keep LLVM from widening to 64 bits, which would halve the vectors.
_i32 = np.int32
_FAST = {"reassoc", "contract", "nsz", "arcp"}


@njit(nogil=True, cache=True)
def local_moments(
    pixels: NDArray[np.uint8],
) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
    """Return Σx and 49·Σx² − (Σx)² over every full window, by running column sums.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (n, height, width)
        Grey images, at least 7×7.

    Returns
    -------
    sums : ndarray of uint16, shape (n, height - 6, width - 6)
    spreads : ndarray of float32, shape (n, height - 6, width - 6)
    """
    n, height, width = pixels.shape
    sums = np.empty((n, height - MARGIN, width - MARGIN), np.uint16)
    spreads = np.empty((n, height - MARGIN, width - MARGIN), np.float32)
    for k in range(n):
        column = np.zeros(width, np.int32)
        squares = np.zeros(width, np.int32)
        for i in range(height):
            for j in range(width):
                x = _i32(pixels[k, i, j])
                column[j] = _i32(column[j] + x)
                squares[j] = _i32(squares[j] + _i32(x * x))
            if i >= SIDE:
                for j in range(width):
                    x = _i32(pixels[k, i - SIDE, j])
                    column[j] = _i32(column[j] - x)
                    squares[j] = _i32(squares[j] - _i32(x * x))
            if i >= MARGIN:
                for j in range(width - MARGIN):
                    s = _i32(0)
                    q = _i32(0)
                    for d in range(SIDE):
                        s = _i32(s + column[j + d])
                        q = _i32(q + squares[j + d])
                    sums[k, i - MARGIN, j] = s
                    spreads[k, i - MARGIN, j] = _i32(_i32(COUNT * q) - _i32(s * s))
    return sums, spreads


@njit(nogil=True, cache=True, fastmath=_FAST, error_model="numpy")
def mean_ssim(
    a: NDArray[np.uint8],
    a_sums: NDArray[np.uint16],
    a_spreads: NDArray[np.float32],
    b: NDArray[np.uint8],
    b_sums: NDArray[np.uint16],
    b_spreads: NDArray[np.float32],
    out: NDArray[np.float64],
) -> None:
    """Write the mean SSIM of every pair into `out`, shape (len(a), len(b)), which holds zeros."""
    height, width = a.shape[1:]
    rows = height - MARGIN
    columns = width - MARGIN
    products = np.empty(width, np.int32)
    for first in range(0, rows, STRIP):
        last = min(rows, first + STRIP)
        for m in range(len(a)):
            for n in range(len(b)):
                _start_products(a[m], b[n], first, products)
                total = np.float64(0)
                for i in range(first, last):
                    if i > first:
                        _slide_products(a[m], b[n], i, products)
                    total += _row_of_ssim(
                        a_sums[m, i], a_spreads[m, i], b_sums[n, i], b_spreads[n, i], products
                    )
                out[m, n] += total
    for m in range(len(a)):
        for n in range(len(b)):
            out[m, n] /= rows * columns


@njit(nogil=True, cache=True, inline="always")
def _slide_products(
    x: NDArray[np.uint8], y: NDArray[np.uint8], row: int, products: NDArray[np.int32]
) -> None:
    """Move the window of the column sums one row down, so that it starts at `row`."""
    for j in range(len(products)):
        enters = _i32(_i32(x[row + MARGIN, j]) * _i32(y[row + MARGIN, j]))
        leaves = _i32(_i32(x[row - 1, j]) * _i32(y[row - 1, j]))
        products[j] = _i32(products[j] + _i32(enters - leaves))


@njit(nogil=True, cache=True, inline="always")
def _start_products(
    x: NDArray[np.uint8], y: NDArray[np.uint8], first: int, products: NDArray[np.int32]
) -> None:
    """Set the column sums of x·y to those of the seven rows from `first` on."""
    for j in range(len(products)):
        products[j] = 0
    for i in range(first, first + SIDE):
        for j in range(len(products)):
            products[j] = _i32(products[j] + _i32(_i32(x[i, j]) * _i32(y[i, j])))


@njit(nogil=True, cache=True, fastmath=_FAST, error_model="numpy", inline="always")
def _row_of_ssim(
    a_sums: NDArray[np.uint16],
    a_spreads: NDArray[np.float32],
    b_sums: NDArray[np.uint16],
    b_spreads: NDArray[np.float32],
    p: NDArray[np.int32],
) -> np.float32:
    """Return the sum of SSIM over the windows of one row, of whose products `p` holds the sums."""
    total = np.float32(0)
    for j in range(len(a_sums)):
        window = _i32(
            _i32(
                _i32(_i32(p[j] + p[j + 1]) + _i32(p[j + 2] + p[j + 3])) + _i32(p[j + 4] + p[j + 5])
            )
            + p[j + 6]
        )
        mixed = _i32(_i32(a_sums[j]) * _i32(b_sums[j]))
        covariance = np.float32(_i32(_i32(_i32(COUNT) * window) - mixed))
        product = np.float32(mixed)
        x = np.float32(a_sums[j])
        y = np.float32(b_sums[j])
        numerator = (product + product + SCALED_C1) * (covariance + covariance + SCALED_C2)
        denominator = (x * x + y * y + SCALED_C1) * (a_spreads[j] + b_spreads[j] + SCALED_C2)
        total += numerator / denominator
    return total
