"""A picture's outlines in few numbers, freed of brightness and contrast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.features.base import Feature

SIDE, MARGIN, RADIUS = 18, 2, 2
NOISE = 6.0  # grey levels: where an image varies by less, it is rather left flat than enhanced


def local_contrast(pixels: NDArray[np.generic], radius: int) -> NDArray[np.float32]:
    r"""Return what sets each pixel apart from its surroundings, in units of how these vary.

    .. math:: (x - \bar x) \, / \, \sqrt{\overline{(x - \bar x)^2} + 6^2}

    with means over a square window. Little is left of brightness, contrast, and any grey value
    curve, and of all that is larger than the window.

    Parameters
    ----------
    pixels : ndarray, shape (n, height, width)
        Grey values 0 to 255.
    radius : int
        The window has 2·radius + 1 pixels on a side.

    Returns
    -------
    ndarray of float32, shape (n, height, width)

    Examples
    --------
    >>> image = np.zeros((1, 9, 9), np.uint8)
    >>> image[0, 4, 4] = 90
    >>> local_contrast(image, 1)[0, 4, 3:6].round(1)
    array([-0.4,  2.8, -0.4], dtype=float32)
    """
    from scipy.ndimage import uniform_filter

    window = (1, 2 * radius + 1, 2 * radius + 1)
    values = pixels.astype(np.float32)
    values -= uniform_filter(values, window, mode="nearest")
    spread = uniform_filter(values * values, window, mode="nearest")
    values /= np.sqrt(spread + np.float32(NOISE**2))
    return values


def as_sketches(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return sketches of images that are 18×18 already; see `Sketch`."""
    inner = local_contrast(small, RADIUS)[:, MARGIN:-MARGIN, MARGIN:-MARGIN]
    values = inner.reshape(len(inner), -1)
    values = values - values.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    sketches: NDArray[np.float32] = values / np.maximum(lengths, np.float32(1e-6))
    return sketches


@dataclass(frozen=True)
class Sketch(Feature):
    """The local contrast of a picture of 18×18 pixels, without its margin of 2, at unit length.

    Float32, shape (n, 196). The product of two sketches is a correlation: near 1 for copies, also
    brighter, compressed or rescaled ones.

    Examples
    --------
    >>> pixels = np.random.default_rng(0).integers(0, 200, (1, 36, 36), np.uint8)
    >>> a, b = Sketch().compute(np.concatenate([pixels, pixels + 40]))
    >>> (a @ b).round(2)
    np.float32(1.0)
    """

    name: ClassVar[str] = "sketch"

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe images."""
        from PIL import Image

        box = Image.Resampling.BOX
        small = [np.asarray(Image.fromarray(image).resize((SIDE, SIDE), box)) for image in pixels]
        return as_sketches(np.stack(small))
