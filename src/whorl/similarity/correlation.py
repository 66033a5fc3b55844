"""Normalised correlation of all pairs of two sets, as one matrix product."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.similarity.device_kernels import DeviceKernel, UnitProductKernel, at_unit_length
from whorl.similarity.measures import Measure

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Correlation(Measure):
    """Pearson's correlation of the values of two images: of all channels where there are three.

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
    colour: ClassVar[bool] = True

    def prepared_bytes(self, shape: tuple[int, ...]) -> int:
        """Return the bytes of one prepared image: 8 a pixel, and 16."""
        return 8 * (prod(shape) + 2)

    def prepare(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return one row an image: its n values, their sum, and n Σx² − (Σx)².

        They are integers, and so are all sums of products of two rows: in double precision they
        are exact, whatever the order in which a matrix product adds them up, for images of up to
        370,000 values. So similarities do not depend on what else is compared, or where.
        """
        n = prod(pixels.shape[1:])
        rows = np.empty((len(pixels), n + 2))
        values = rows[:, :n]
        values[:] = pixels.reshape(len(pixels), n)
        rows[:, n] = values.sum(axis=1)
        rows[:, n + 1] = n * np.einsum("ij,ij->i", values, values) - rows[:, n] ** 2
        return rows

    def compare(self, a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the correlation of every pair, within −1 to 1."""
        n = a.shape[1] - 2
        shared = n * (a[:, :n] @ b[:, :n].T) - np.outer(a[:, n], b[:, n])
        spread = np.sqrt(a[:, n + 1, np.newaxis]) * np.sqrt(b[:, n + 1])
        ratios = np.divide(shared, spread, out=np.zeros_like(shared), where=spread > 0)
        similarities: NDArray[np.float32] = np.clip(ratios, -1, 1, out=ratios).astype(np.float32)
        return similarities

    def on_device(self) -> DeviceKernel:
        """Return the GPU half."""
        return CorrelationKernel()


class CorrelationKernel(UnitProductKernel):
    """The GPU half of correlation."""

    def prepare(self, items: Tensor) -> Tensor:
        """Return one row an image: centred, of unit length, or zero where the image is constant."""
        rows = items.flatten(1).double()
        constant = (rows.amin(dim=1) == rows.amax(dim=1)).unsqueeze(1)
        rows -= rows.mean(dim=1, keepdim=True)
        return at_unit_length(rows.masked_fill_(constant, 0))
