"""Compiled loops of SSIM with the 11×11 Gaussian window.

The window is separable, and weights the two images' squared difference d² rather than their
product: with δ the difference of the local means, Σw·d² − δ² is the variance of the difference, e,
and 2σxy = σx² + σy² − e. So 1 − SSIM is

    (D1·e + δ²·(D2 − e)) / (D1·D2),   D1 = μx² + μy² + C1,   D2 = σx² + σy² + C2,

in which nothing cancels where the images agree: equal images score exactly 1. Rounding in single
precision shows only where both images are all but flat and differ; there e is held to what the
Cauchy–Schwarz inequality allows, 0 ≤ e ≤ 2σx² + 2σy². The result is within 1e-7 on CT, and within
about 1e-5 on flat images with a few specks.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from whorl.similarity.ssim import windows
from whorl.similarity.ssim.windows import RADIUS, normal_curve

MARGIN = 2 * RADIUS
C1 = np.float32(windows.C1)
C2 = np.float32(windows.C2)

STRIP = 64  # rows worked on together, so that a block of images stays in the cache
PANEL = 256  # columns worked on together
ROW = PANEL + 16  # of the work space: a panel and the window's margin; constant, so that LLVM
# addresses all eleven rows from one pointer
LANES = 8  # moments are padded to full vectors
NO_LOSS = np.float32(1e30)  # the spread of the padding: 1 − SSIM vanishes there

_i32 = np.int32
_f32 = np.float32
_FAST = {"reassoc", "contract", "nsz", "arcp"}


def _taps() -> tuple[NDArray[np.float32], np.float32]:
    """Return the weights from the window's centre out, the centre's being 1, and what scales them.

    With a centre of 1 each pass spares a product; the sums of both passes are scaled once. The
    outermost tap is moved by about 1e-8 so that the scale fits single precision exactly.
    """
    taps = normal_curve().astype(np.float32)
    scale = np.float32(1 / _mass(taps) ** 2)
    taps[-1] += np.float32((float(scale) ** -0.5 - _mass(taps)) / 2)
    return taps, scale


def _mass(taps: NDArray[np.float32]) -> float:
    """Return the sum of the eleven weights."""
    return 2 * float(taps.sum(dtype=np.float64)) - float(taps[0])


_TAPS, SCALE = _taps()
T1, T2, T3, T4, T5 = (np.float32(tap) for tap in _TAPS[1:])
WEIGHTS = _TAPS.astype(np.float64) / _mass(_TAPS)


@njit(nogil=True, cache=True)
def padded_moments(
    pixels: NDArray[np.uint8],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the local means and variances, computed in double precision.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (n, height, width)
        Grey images, at least 11×11.

    Returns
    -------
    means : ndarray of float32, shape (n, height - 10, columns)
        Zero in the padding, which makes `columns` a multiple of eight.
    spreads : ndarray of float32, shape (n, height - 10, columns)
        Variance + C2/2, and very large in the padding.
    """
    n, height, width = pixels.shape
    rows, valid = height - MARGIN, width - MARGIN
    columns = (valid + LANES - 1) // LANES * LANES
    means = np.zeros((n, rows, columns), np.float32)
    spreads = np.full((n, rows, columns), NO_LOSS, np.float32)
    column = np.empty(width)
    squares = np.empty(width)
    for k in range(n):
        for i in range(rows):
            for j in range(width):
                x = _i32(pixels[k, i + RADIUS, j])
                total = WEIGHTS[0] * x
                square = WEIGHTS[0] * _i32(x * x)
                for d in range(1, RADIUS + 1):
                    x = _i32(pixels[k, i + RADIUS - d, j])
                    y = _i32(pixels[k, i + RADIUS + d, j])
                    total += WEIGHTS[d] * _i32(x + y)
                    square += WEIGHTS[d] * _i32(_i32(x * x) + _i32(y * y))
                column[j] = total
                squares[j] = square
            for j in range(valid):
                total = WEIGHTS[0] * column[j + RADIUS]
                square = WEIGHTS[0] * squares[j + RADIUS]
                for d in range(1, RADIUS + 1):
                    total += WEIGHTS[d] * (column[j + RADIUS - d] + column[j + RADIUS + d])
                    square += WEIGHTS[d] * (squares[j + RADIUS - d] + squares[j + RADIUS + d])
                means[k, i, j] = total
                spreads[k, i, j] = square - total * total + C2 / 2
    return means, spreads


@njit(nogil=True, cache=True, fastmath=_FAST, error_model="numpy")
def mean_gaussian_ssim(
    a: NDArray[np.uint8],
    a_means: NDArray[np.float32],
    a_spreads: NDArray[np.float32],
    b: NDArray[np.uint8],
    b_means: NDArray[np.float32],
    b_spreads: NDArray[np.float32],
    out: NDArray[np.float64],
) -> None:
    """Write the mean SSIM of every pair into `out`, shape (len(a), len(b)), which holds zeros."""
    width = a.shape[2]
    rows, columns = a_means.shape[1:]
    squares = np.zeros((STRIP + MARGIN) * ROW, np.float32)
    filtered = np.zeros(ROW, np.float32)
    for left in range(0, columns, PANEL):
        panel = slice(left, min(left + PANEL, columns))
        pixels = slice(left, min(left + PANEL + MARGIN, width))
        for first in range(0, rows, STRIP):
            last = min(rows, first + STRIP)
            for m in range(len(a)):
                for n in range(len(b)):
                    x, y = a[m, first : last + MARGIN, pixels], b[n, first : last + MARGIN, pixels]
                    for i in range(len(x)):
                        _square_differences(x[i], y[i], squares[i * ROW :])
                    loss = np.float64(0)
                    for i in range(first, last):
                        _filter_columns(squares[(i - first) * ROW :], filtered, x.shape[1])
                        loss += _row_of_losses(
                            a_means[m, i, panel], a_spreads[m, i, panel],
                            b_means[n, i, panel], b_spreads[n, i, panel], filtered,
                        )  # fmt: skip
                    out[m, n] += loss
    for m in range(len(a)):
        for n in range(len(b)):
            out[m, n] = 1 - out[m, n] / (rows * (width - MARGIN))


@njit(nogil=True, cache=True, inline="always")
def _square_differences(
    x: NDArray[np.uint8], y: NDArray[np.uint8], squares: NDArray[np.float32]
) -> None:
    """Write (x − y)² of one row."""
    for j in range(len(x)):
        d = _f32(_i32(_i32(x[j]) - _i32(y[j])))
        squares[j] = d * d


@njit(nogil=True, cache=True, fastmath=_FAST, inline="always")
def _filter_columns(s: NDArray[np.float32], filtered: NDArray[np.float32], columns: int) -> None:
    """Write the weighted sums of eleven rows that lie one after the other in `s`."""
    for j in range(columns):
        filtered[j] = _weighted_sum(
            s[j + 5 * ROW],
            s[j + 4 * ROW] + s[j + 6 * ROW],
            s[j + 3 * ROW] + s[j + 7 * ROW],
            s[j + 2 * ROW] + s[j + 8 * ROW],
            s[j + ROW] + s[j + 9 * ROW],
            s[j] + s[j + 10 * ROW],
        )


@njit(nogil=True, cache=True, fastmath={"contract"})
def _weighted_sum(
    centre: np.float32,
    one: np.float32,
    two: np.float32,
    three: np.float32,
    four: np.float32,
    five: np.float32,
) -> np.float32:
    """Return the weighted sum of the centre and of the pairs at distances one to five from it.

    In this order, which the compiler may not change, rounding is least.
    """
    outer = T5 * five + T4 * four + T3 * three + T2 * two
    return _f32(outer + (T1 * one + centre))


@njit(nogil=True, cache=True, fastmath=_FAST, error_model="numpy", inline="always")
def _row_of_losses(
    a_means: NDArray[np.float32],
    a_spreads: NDArray[np.float32],
    b_means: NDArray[np.float32],
    b_spreads: NDArray[np.float32],
    s: NDArray[np.float32],
) -> np.float32:
    """Return the sum of 1 − SSIM over the windows of one row, of whose columns' sums `s` holds."""
    total = _f32(0)
    for j in range(len(a_means)):
        square = _weighted_sum(
            s[j + 5],
            s[j + 4] + s[j + 6],
            s[j + 3] + s[j + 7],
            s[j + 2] + s[j + 8],
            s[j + 1] + s[j + 9],
            s[j] + s[j + 10],
        )
        x, y = a_means[j], b_means[j]
        shift = (x - y) * (x - y)
        luminance = x * x + (y * y + C1)
        contrast = a_spreads[j] + b_spreads[j]
        e = square * SCALE - shift
        e = max(min(e, contrast + contrast - (C2 + C2)), _f32(0))
        total += (luminance * e + shift * (contrast - e)) / (luminance * contrast)
    return total
