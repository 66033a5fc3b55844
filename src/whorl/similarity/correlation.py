"""Normalised correlation of all pairs of two sets, as one matrix product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.similarity.measures import Measure


@dataclass(frozen=True)
class Correlation(Measure):
    """Pearson's correlation of the grey values of two images.

    Range −1 to 1. Blind to brightness and contrast; 0 wherever one of the images is constant.

    Examples
    --------
    >>> images = np.arange(64, dtype=np.uint8).reshape(1, 8, 8)
    >>> measure = Correlation()
    >>> darker = measure.prepare(images // 2)
    >>> measure.compare(measure.prepare(images), darker).round(2)
    array([[1.]], dtype=float32)
    """

    name: ClassVar[str] = "correlation"

    def prepared_bytes(self, shape: tuple[int, ...]) -> int:
        """Return the bytes of one standardised image: 4 a pixel."""
        return 4 * shape[0] * shape[1]

    def prepare(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return one row an image: centred, of unit length, or zero where the image is constant."""
        rows = pixels.reshape(len(pixels), -1).astype(np.float32)
        rows -= rows.mean(axis=1, dtype=np.float64, keepdims=True).astype(np.float32)
        constant = pixels.reshape(len(pixels), -1).min(axis=1) == pixels.max(axis=(1, 2))
        rows[constant] = 0
        lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
        rows /= np.where(constant, 1, lengths)[:, np.newaxis].astype(np.float32)
        return rows

    def compare(self, a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the correlation of every pair, within −1 to 1."""
        similarities: NDArray[np.float32] = a @ b.T
        return np.clip(similarities, -1, 1, out=similarities)
