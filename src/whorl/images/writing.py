"""Writing grey images as PNG files, and laying many out on one sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.files import write_bytes

PAPER = 255


def write_png(path: Path | str, pixels: NDArray[np.uint8]) -> str:
    """Write one grey image as an 8-bit PNG, atomically, and return the SHA-256 of its bytes.

    The bytes depend on the pixels alone: no time, no text.

    Parameters
    ----------
    path : path
        The file.
    pixels : ndarray of uint8, shape (height, width)
        Grey values 0 to 255.

    Raises
    ------
    WhorlError
        If the file cannot be written.
    """
    from PIL import Image

    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG", optimize=False, compress_level=6)
    return write_bytes(path, content.getvalue())


def contact_sheet(
    pixels: NDArray[np.uint8] | Sequence[NDArray[np.uint8]], columns: int, gap: int = 2
) -> NDArray[np.uint8]:
    """Lay images of one size out in rows, on white.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (n, height, width)
        At least one image.
    columns : int
        Images in a row.
    gap : int
        Pixels between two images.

    Returns
    -------
    ndarray of uint8, shape (rows × (height + gap) − gap, columns × (width + gap) − gap)

    Examples
    --------
    >>> contact_sheet(np.zeros((3, 1, 2), np.uint8), columns=2, gap=1)
    array([[  0,   0, 255,   0,   0],
           [255, 255, 255, 255, 255],
           [  0,   0, 255, 255, 255]], dtype=uint8)
    """
    height, width = pixels[0].shape
    rows = -(-len(pixels) // columns)
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), PAPER, np.uint8)
    for place, image in enumerate(pixels):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet
