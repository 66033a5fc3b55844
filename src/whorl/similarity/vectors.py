"""Similarities of all pairs of two sets of vectors (embeddings, latents, hashes), as products.

The items are the rows of a matrix rather than images; all else is as with images.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from whorl.errors import WhorlError
from whorl.similarity.device_kernels import (
    DeviceKernel,
    ProductKernel,
    UnitProductKernel,
    at_unit_length,
)
from whorl.similarity.measures import Measure

if TYPE_CHECKING:
    from torch import Tensor


class VectorMeasure(Measure):
    """A similarity between two vectors; higher = more alike, 1 = identical."""

    most_columns: ClassVar[int] = 8192
    dtype: ClassVar[DTypeLike] = np.float32

    def require(self, a: NDArray[Any], b: NDArray[Any]) -> None:
        """Raise an error unless both are what the measure takes: rows of one length.

        Raises
        ------
        ValueError
            Naming the array at fault.
        """
        for name, rows in (("a", a), ("b", b)):
            if rows.dtype != self.dtype or rows.ndim != 2 or not rows.size:
                raise ValueError(
                    f"{name} must be {np.dtype(self.dtype)} of shape (n, length) with n and "
                    f"length ≥ 1, not {rows.dtype} of shape {rows.shape}"
                )
        if a.shape[1] != b.shape[1]:
            raise ValueError(f"the vectors differ in length: {a.shape[1]} and {b.shape[1]}")


@dataclass(frozen=True)
class Cosine(VectorMeasure):
    """Cosine of the angle between two float32 vectors.

    Range −1 to 1; 0 wherever one of the vectors is zero.

    Examples
    --------
    >>> measure = Cosine()
    >>> a = measure.prepare(np.array([[3, 4], [0, 0]], np.float32))
    >>> b = measure.prepare(np.array([[6, 8], [-5, 0]], np.float32))
    >>> measure.compare(a, b).round(2)
    array([[ 1. , -0.6],
           [ 0. ,  0. ]], dtype=float32)
    """

    name: ClassVar[str] = "cosine"

    def prepared_bytes(self, shape: tuple[int, ...]) -> int:
        """Return the bytes of one vector of unit length: 4 a value."""
        return 4 * shape[0]

    def prepare(self, vectors: NDArray[Any]) -> NDArray[np.float32]:
        """Return the vectors at unit length; a zero vector stays zero.

        Raises
        ------
        WhorlError
            If a value is infinite or not a number.
        """
        lengths = np.sqrt(_squares(vectors))
        units: NDArray[np.float32] = (
            vectors / np.where(lengths > 0, lengths, 1)[:, np.newaxis]
        ).astype(np.float32)
        return units

    def compare(self, a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the cosine of every pair, within −1 to 1."""
        similarities: NDArray[np.float32] = a @ b.T
        return np.clip(similarities, -1, 1, out=similarities)

    def on_device(self) -> DeviceKernel:
        """Return the GPU half."""
        return CosineKernel()


class CosineKernel(UnitProductKernel):
    """The GPU half of the cosine."""

    def prepare(self, items: Tensor) -> Tensor:
        """Return the vectors at unit length; a zero vector stays zero."""
        return at_unit_length(_finite(items.double()))


@dataclass(frozen=True)
class MeanSquaredError(VectorMeasure):
    r"""One minus the mean squared difference of two float32 vectors, say of latent codes.

    .. math:: 1 - \frac{1}{d} \sum_{k=1}^{d} (x_k - y_k)^2

    1 for equal vectors, with no lower bound. Computed as :math:`x^2 + y^2 - 2xy` in double
    precision, so that near-equal vectors of large values do not cancel.

    Examples
    --------
    >>> measure = MeanSquaredError()
    >>> a, b = np.array([[1, 2]], np.float32), np.array([[1, 2], [1, 3]], np.float32)
    >>> measure.compare(measure.prepare(a), measure.prepare(b))
    array([[1. , 0.5]], dtype=float32)
    """

    name: ClassVar[str] = "1 − mean squared error"

    def prepared_bytes(self, shape: tuple[int, ...]) -> int:
        """Return the bytes of one vector in double precision: 8 a value."""
        return 8 * shape[0]

    def prepare(self, vectors: NDArray[Any]) -> NDArray[np.float64]:
        """Return the vectors in double precision.

        Raises
        ------
        WhorlError
            If a value is infinite or not a number.
        """
        _squares(vectors)
        return vectors.astype(np.float64)

    def compare(self, a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the similarity of every pair, at most 1."""
        distances = a @ b.T
        distances *= -2
        distances += _squares(a)[:, np.newaxis]
        distances += _squares(b)
        np.maximum(distances, 0, out=distances)
        similarities: NDArray[np.float32] = (1 - distances / a.shape[1]).astype(np.float32)
        return similarities

    def on_device(self) -> DeviceKernel:
        """Return the GPU half."""
        return MeanSquaredErrorKernel()


class MeanSquaredErrorKernel(ProductKernel):
    """The GPU half of one minus the mean squared error."""

    def prepare(self, items: Tensor) -> Tensor:
        """Return the vectors in double precision."""
        return _finite(items.double())

    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:  # noqa: ARG002
        """Return the similarity of every pair."""
        squares = a.square().sum(dim=1).unsqueeze(1) + b.square().sum(dim=1)
        distances = squares.addmm(a, b.T, alpha=-2).clamp_(min=0)
        return (1 - distances / a.shape[1]).float()


@dataclass(frozen=True)
class Hamming(VectorMeasure):
    """Share of equal bits of two hashes, given as packed bits: uint8 of shape (n, bytes).

    Range 0 to 1: one minus the Hamming distance over the number of bits, 8 a byte; bits that only
    fill up the last byte count too.

    Examples
    --------
    >>> measure = Hamming()
    >>> a = measure.prepare(np.array([[0b1111_0000]], np.uint8))
    >>> measure.compare(a, measure.prepare(np.array([[0b1111_0000], [0b1100_0000]], np.uint8)))
    array([[1.  , 0.75]], dtype=float32)
    """

    name: ClassVar[str] = "Hamming"
    dtype: ClassVar[DTypeLike] = np.uint8

    def prepared_bytes(self, shape: tuple[int, ...]) -> int:
        """Return the bytes of one hash as signs: 32 a byte."""
        return 32 * shape[0]

    def prepare(self, vectors: NDArray[Any]) -> NDArray[np.float32]:
        """Return each bit as a sign, 1 or −1, so that a product counts equal less unequal bits."""
        signs = np.unpackbits(np.ascontiguousarray(vectors), axis=1).astype(np.float32)
        signs *= 2
        signs -= 1
        return signs

    def compare(self, a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the share of equal bits of every pair."""
        shares: NDArray[np.float32] = a @ b.T
        shares += a.shape[1]
        shares /= 2 * a.shape[1]
        return shares

    def on_device(self) -> DeviceKernel:
        """Return the GPU half."""
        return HammingKernel()


class HammingKernel(ProductKernel):
    """The GPU half of the share of equal bits."""

    def prepare(self, items: Tensor) -> Tensor:
        """Return each bit as a sign, 1 or −1."""
        import torch

        places = torch.arange(8, dtype=torch.uint8, device=items.device)
        bits = (items.unsqueeze(-1) >> places) & 1
        return bits.flatten(1).float() * 2 - 1

    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:  # noqa: ARG002
        """Return the share of equal bits of every pair."""
        return (a @ b.T + a.shape[1]) / (2 * a.shape[1])


def _squares(vectors: NDArray[Any]) -> NDArray[np.float64]:
    """Return each vector's sum of squares, which must be finite."""
    squares: NDArray[np.float64] = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    _require_finite(bool(np.isfinite(squares).all()))
    return squares


def _finite(vectors: Tensor) -> Tensor:
    """Return the vectors, whose values must be finite."""
    _require_finite(bool(vectors.isfinite().all()))
    return vectors


def _require_finite(finite: bool) -> None:
    """Raise an error unless all values of the vectors are finite."""
    if not finite:
        raise WhorlError(
            "the vectors hold values that are infinite or not a number: leave them out or "
            "compute them anew"
        )
