"""Pictures for the page: images and local similarity maps, as PNG data URIs."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.metrics import structural_similarity

from whorl.similarity.ssim.windows import DATA_RANGE, SIDE

LARGEST_SIDE = 512
UNLIKE = (255, 122, 0)
EXPLAINED = (0, 190, 255)
OPACITY = 0.7
THUMBNAIL = 128


def picture(pixels: NDArray[np.uint8], most: int = LARGEST_SIDE) -> str:
    """Return an image as a PNG data URI.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width), or with 3 channels behind
        Grey values or colours. An image with a side above `most` pixels is shrunk to that.
    most : int
        Pixels.

    Returns
    -------
    str
        ``data:image/png;base64,…``

    Examples
    --------
    >>> picture(np.zeros((8, 8), np.uint8))[:22]
    'data:image/png;base64,'
    """
    return _png(_fitted(Image.fromarray(np.ascontiguousarray(pixels)), most))


def difference_map(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> str | None:
    """Return where two images differ, as a PNG data URI to be laid over either of them.

    Each pixel shows the local SSIM (7×7 window) in one colour: clear where the images are alike
    (local SSIM 1), 70 % opaque where they have nothing in common (0 or below), linear between.
    Orange differs from grey in every common kind of colour blindness.

    Parameters
    ----------
    a, b : ndarray of uint8, shape (height, width), or both with 3 channels behind
        Two images of one size; of colours the mean over the channels is shown.

    Returns
    -------
    str or None
        ``data:image/png;base64,…``; None where a side is shorter than the window.

    Examples
    --------
    >>> difference_map(np.zeros((4, 4), np.uint8), np.zeros((4, 4), np.uint8)) is None
    True
    """
    unlike = unlikeness(a, b)
    if unlike is None:
        return None
    return _overlay(unlike, UNLIKE)


def explained_map(where: NDArray[np.floating]) -> str:
    """Return where an image is explained, as a PNG data URI to be laid over it.

    Clear where the field is 0, 70 % opaque where it is 1, in a colour of its own: blue, which
    differs from the difference map's orange in every common kind of colour blindness.

    Parameters
    ----------
    where : ndarray of float, shape (rows, columns)
        0 to 1.

    Returns
    -------
    str
        ``data:image/png;base64,…``

    Examples
    --------
    >>> explained_map(np.zeros((8, 8)))[:22]
    'data:image/png;base64,'
    """
    return _overlay(where, EXPLAINED)


def unlikeness(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float64] | None:
    """Return 1 − local SSIM at each pixel, clipped to [0, 1]; None for images under 7 pixels.

    Examples
    --------
    >>> flat = np.full((8, 8), 9, np.uint8)
    >>> float(unlikeness(flat, flat).max())
    0.0
    """
    if min(a.shape[:2]) < SIDE:
        return None
    _, local = structural_similarity(  # type: ignore[no-untyped-call]
        a, b, win_size=SIDE, data_range=DATA_RANGE, full=True,
        channel_axis=None if a.ndim == 2 else -1,
    )  # fmt: skip
    local = np.asarray(local, np.float64)
    return np.clip(1.0 - (local if a.ndim == 2 else local.mean(axis=2)), 0.0, 1.0)


def _overlay(field: NDArray[np.floating], colour: tuple[int, int, int]) -> str:
    """Return a field from 0 to 1 as one colour, the more opaque the higher."""
    image = _fitted(Image.fromarray(np.round(255 * field).astype(np.uint8)))
    image.putpalette(bytes(colour) * 256)
    return _png(image, transparency=bytes(round(OPACITY * level) for level in range(256)))


def _fitted(image: Image.Image, most: int = LARGEST_SIDE) -> Image.Image:
    """Return the image, shrunk if a side is too long for the page."""
    if max(image.size) > most:
        image = image.copy()
        image.thumbnail((most, most), Image.Resampling.BOX)
    return image


def _png(image: Image.Image, **options: bytes) -> str:
    """Return an image as a PNG data URI."""
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True, **options)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
