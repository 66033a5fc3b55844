"""SSIM of all pairs in OpenCV: what a careful loop reaches.

Local moments are computed once an image and cut to the full windows, the constants are folded into
them, only the product of two images is filtered for each pair, and no call allocates memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from whorl.compute import available_cores

C1 = (0.01 * 255) ** 2
C2 = (0.03 * 255) ** 2

Plane = NDArray[np.float32]


class Window(NamedTuple):
    """A window of SSIM.

    Attributes
    ----------
    blur : callable
        Filters an image, into a given plane.
    radius : int
        Pixels on either side of the centre.
    correction : float
        What turns the mean of squares into the (co)variance.
    """

    blur: Callable[[Any, Any], Any]
    radius: int
    correction: float


WINDOWS = {
    "uniform": Window(lambda x, out: cv2.boxFilter(x, -1, (7, 7), dst=out), 3, 49 / 48),
    "gaussian": Window(lambda x, out: cv2.GaussianBlur(x, (11, 11), 1.5, dst=out), 5, 1.0),
}


class Moments(NamedTuple):
    """An image, its local means, and its parts of the denominator."""

    pixels: Plane
    mean: Plane
    luminance: Plane
    contrast: Plane


def ssim_of_all_pairs(
    a: NDArray[np.uint8], b: NDArray[np.uint8], window: Window
) -> NDArray[np.float64]:
    """Return the (n, m) mean SSIMs."""
    cv2.setNumThreads(available_cores())
    rows, columns = ([_moments(image, window) for image in stack] for stack in (a, b))
    product = np.empty(a.shape[1:], np.float32)
    full = _full_windows(product, window)
    numerator, other, denominator = (np.empty(full.shape, np.float32) for _ in range(3))
    values = np.empty((len(a), len(b)))
    for i, x in enumerate(rows):
        for j, y in enumerate(columns):
            cv2.multiply(x.pixels, y.pixels, dst=product)
            window.blur(product, product)
            cv2.multiply(x.mean, y.mean, dst=numerator, scale=2)
            scale = 2 * window.correction
            cv2.addWeighted(full, scale, numerator, -scale / 2, C2, dst=other)
            cv2.add(numerator, C1, dst=numerator)
            cv2.multiply(numerator, other, dst=numerator)
            cv2.add(x.luminance, y.luminance, dst=denominator)
            cv2.add(x.contrast, y.contrast, dst=other)
            cv2.multiply(denominator, other, dst=denominator)
            cv2.divide(numerator, denominator, dst=numerator)
            values[i, j] = cv2.mean(numerator)[0]
    return values


def _moments(image: NDArray[np.uint8], window: Window) -> Moments:
    """Compute the local moments of one image."""
    pixels = image.astype(np.float32)
    mean = window.blur(pixels, None)
    variance = window.correction * (window.blur(pixels * pixels, None) - mean * mean)
    parts = (mean, mean * mean + C1 / 2, variance + C2 / 2)
    return Moments(pixels, *(_full_windows(part, window).copy() for part in parts))


def _full_windows(plane: Plane, window: Window) -> Plane:
    """Return the part of a plane where the window lies within the image."""
    inside = slice(window.radius, -window.radius)
    return plane[inside, inside]
