"""The images that everything is measured on: drawn from a seed, or read from a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIDE = 256
DIFFERENT = 200  # images that are drawn; more are made of them
SEED = 0


def different_images(folder: Path | None) -> NDArray[np.uint8]:
    """Return at most 200 images: those of a folder, or soft random blobs of 256×256 pixels.

    Raises
    ------
    ImageError
        If the folder cannot be read.
    """
    if folder is None:
        rng = np.random.default_rng(SEED)
        return np.stack([_blobs(SIDE, rng) for _ in range(DIFFERENT)])
    from whorl.images import load

    return load(folder).pixels[:DIFFERENT]


def many_images(images: NDArray[np.uint8], n: int) -> NDArray[np.uint8]:
    """Return `n` images: those given, then the same moved down by one row, by two, and so on.

    Examples
    --------
    >>> many_images(np.arange(4, dtype=np.uint8).reshape(1, 2, 2), 2)[1]
    array([[2, 3],
           [0, 1]], dtype=uint8)
    """
    many = np.empty((n, *images.shape[1:]), np.uint8)
    for k in range(n):
        many[k] = np.roll(images[k % len(images)], k // len(images), axis=0)
    return many


def _blobs(side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw one image of soft random blobs."""
    from scipy.ndimage import gaussian_filter

    blobs = gaussian_filter(rng.standard_normal((side, side), np.float32), 4)
    return np.clip(128 + 40 * blobs / blobs.std(), 0, 255).astype(np.uint8)
