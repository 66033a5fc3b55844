"""What real images look like in numbers, to tell patients apart: texture, and a small picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.features import extract
from whorl.images import ImageSet
from whorl.methods.blind import APPEARANCE
from whorl.similarity.duplicates import thumbnails

PICTURE_AXES = 64

Vectors = NDArray[np.float64]


def looks_of(*sets: ImageSet) -> Vectors:
    """Return what each image of some sets looks like.

    Returns
    -------
    ndarray of float64, shape (n, d)
        Normal scores of grey levels and texture, and principal axes of the image at 32×32, brought
        to one brightness and contrast. Both halves have a squared length of 1 on average.

    Raises
    ------
    ImageError
        If the images are too small for the features.

    Examples
    --------
    >>> pixels = np.random.default_rng(0).integers(0, 256, (6, 16, 16), np.uint8)
    >>> images = ImageSet(tuple("abcdef"), pixels)
    >>> float(np.mean(np.sum(looks_of(images) ** 2, axis=1)).round(6))
    2.0
    """
    from scipy.stats import norm, rankdata

    texture = np.concatenate([extract(APPEARANCE, s).reshape(len(s), -1) for s in sets])
    scores = norm.ppf((rankdata(texture, axis=0) - 0.5) / len(texture))
    pictures = np.concatenate([thumbnails(s) for s in sets]).reshape(len(texture), -1)
    return np.hstack([_scaled(scores), _scaled(_axes(pictures.astype(np.float32)))])


def _axes(pictures: NDArray[np.float32]) -> Vectors:
    """Return the principal axes of pictures that were brought to one brightness and contrast."""
    pictures -= pictures.mean(axis=1, keepdims=True)
    pictures /= np.maximum(np.linalg.norm(pictures, axis=1, keepdims=True), 1e-6)
    pictures -= pictures.mean(axis=0)
    _, directions = np.linalg.eigh(pictures.T @ pictures)
    axes: Vectors = (pictures @ directions[:, : -PICTURE_AXES - 1 : -1]).astype(np.float64)
    return axes


def _scaled(vectors: Vectors) -> Vectors:
    """Return vectors whose squared length is 1 on average; zeros as they are."""
    length = float(np.sqrt(np.mean(np.sum(vectors**2, axis=1))))
    return vectors / length if length > 1e-6 else vectors
