"""How each measure is computed on a torch device; imports torch, so is itself imported late.

A kernel prepares items once, as one tensor with a row an item, then compares two blocks of them.
Pairs are compared in single precision with TensorFloat-32 off (the caller sees to that), squared
errors in double.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from whorl.errors import ImageError, WhorlError
from whorl.similarity.correlation import Correlation
from whorl.similarity.measures import Measure
from whorl.similarity.ssim import SSIM
from whorl.similarity.vectors import Cosine, Hamming, MeanSquaredError

C1 = (0.01 * 255) ** 2
C2 = (0.03 * 255) ** 2
PART = 4096  # values that are multiplied and added at once, in single precision
MOST_WINDOWS = 2**16 - 1  # at once: batched products of more fail on some devices


class Kernel(ABC):
    """A measure on tensors."""

    @abstractmethod
    def prepare(self, items: Tensor) -> Tensor:
        """Compute once what every comparison of these items needs; one row an item."""

    @abstractmethod
    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:
        """Return the (n, m) similarities, working in about `memory` bytes if that is enough."""

    @abstractmethod
    def least_bytes(self, shape: tuple[int, ...], side: int) -> int:
        """Return the bytes that comparing `side` with `side` items of a shape takes at least."""


class Window(NamedTuple):
    """A window of SSIM.

    Attributes
    ----------
    taps : ndarray of float64, shape (size,)
        Weights along either axis, which add up to 1.
    correction : float
        What turns the weighted mean of squares into the covariance: n / (n - 1) for a sample.
    """

    taps: NDArray[np.float64]
    correction: float


def _gaussian(radius: int, sigma: float) -> NDArray[np.float64]:
    """Return the weights of a normal curve, cut off at the radius."""
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    return np.asarray(weights / weights.sum())


WINDOWS = {
    "uniform": Window(np.full(7, 1 / 7), 49 / 48),
    "gaussian": Window(_gaussian(5, 1.5), 1.0),
}


class SSIMKernel(Kernel):
    r"""SSIM of all pairs, as matrix products at each position of the window.

    Where the window lies, an image has a brightness :math:`p = (\sqrt2\,\mu, \sqrt{C_1})` and a
    contrast :math:`q = (\ldots, \sqrt{2w_k}\,(x_k - \mu), \ldots, \sqrt{C_2})` with the weights
    :math:`w_k` of the window. SSIM of two images there is

    .. math:: \frac{(p \cdot p')(q \cdot q')}{(|p|^2 + |p'|^2)(|q|^2 + |q'|^2)/4}

    whose numerator is the product of :math:`p \otimes q` of both and whose denominator is that of
    :math:`(lv, l, v, 1)` and :math:`(1, v', l', l'v')`, with :math:`l = |p|^2/2` and
    :math:`v = |q|^2/2`. So a strip of windows takes two batched products, a division and a sum; as
    pixels are centred within each window, nothing cancels.
    """

    def __init__(self, window: str) -> None:
        taps, correction = WINDOWS[window]
        weights = np.outer(taps, taps).ravel()
        centred = np.eye(len(weights)) - weights[:, np.newaxis]
        scaled = centred * np.sqrt(2 * correction * weights)
        self._size = len(taps)
        self._centring = torch.tensor(np.column_stack([scaled, weights]), dtype=torch.float32)

    def prepare(self, items: Tensor) -> Tensor:
        """Return the images as they are."""
        height, width = items.shape[1:]
        if min(height, width) < self._size:
            raise ImageError(
                f"SSIM needs images of at least {self._size}×{self._size} pixels, "
                f"not {width}×{height}"
            )
        return items

    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:
        """Return the mean SSIM of every pair."""
        height, width = (pixels - self._size + 1 for pixels in a.shape[1:])
        windows = min(memory // self._bytes_a_window(len(a), len(b)), MOST_WINDOWS)
        rows = max(1, windows // width)
        total = torch.zeros(len(a), len(b), device=a.device)
        for first in range(0, height, rows):
            strip = slice(first, min(first + rows, height) + self._size - 1)
            x, y = self._factors(a[:, strip]), self._factors(b[:, strip])
            ratios = torch.bmm(x.numerator, y.numerator.mT)
            ratios /= torch.bmm(x.denominator, y.denominator.flip(-1).mT)
            total += ratios.reshape(-1, width, len(a), len(b)).sum(dim=1).sum(dim=0)
        return total / (height * width)

    def least_bytes(self, shape: tuple[int, ...], side: int) -> int:
        """Return the bytes for one row of windows."""
        return (shape[1] - self._size + 1) * self._bytes_a_window(side, side)

    def _bytes_a_window(self, n: int, m: int) -> int:
        """Return the bytes for one window: both products, and about five values a pixel."""
        return 4 * (2 * n * m + (n + m) * (5 * self._size**2 + 12))

    def _factors(self, pixels: Tensor) -> _Factors:
        """Return what a strip of images, uint8 of shape (n, height, width), is compared by."""
        size = self._size
        centred = pixels.float() - 128
        windows = centred.unfold(1, size, 1).unfold(2, size, 1).permute(1, 2, 0, 3, 4)
        contrast = windows.reshape(-1, len(pixels), size**2) @ self._centring.to(pixels.device)
        mean = contrast[..., -1] + 128
        contrast[..., -1] = sqrt(C2)
        brightness = torch.stack([sqrt(2) * mean, torch.full_like(mean, sqrt(C1))], dim=-1)
        luminance = brightness.square().sum(dim=-1) / 2
        variance = contrast.square().sum(dim=-1) / 2
        one = torch.ones_like(mean)
        return _Factors(
            (brightness.unsqueeze(-1) * contrast.unsqueeze(-2)).flatten(2),
            torch.stack([luminance * variance, luminance, variance, one], dim=-1),
        )


class _Factors(NamedTuple):
    """What makes SSIM of two images: shapes (windows, n, 2·size² + 2) and (windows, n, 4)."""

    numerator: Tensor
    denominator: Tensor


class _Product(Kernel):
    """A similarity that is one matrix product of prepared rows."""

    def least_bytes(self, shape: tuple[int, ...], side: int) -> int:
        """Return the bytes of the product, and of preparing and keeping both blocks."""
        return 16 * side**2 + 64 * side * int(np.prod(shape))


class CorrelationKernel(_Product):
    """Pearson's correlation of grey images."""

    def prepare(self, items: Tensor) -> Tensor:
        """Return one row an image: centred, of unit length, or zero where the image is constant."""
        rows = items.flatten(1).double()
        constant = (rows.amin(dim=1) == rows.amax(dim=1)).unsqueeze(1)
        rows -= rows.mean(dim=1, keepdim=True)
        return _at_unit_length(rows.masked_fill_(constant, 0))

    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:  # noqa: ARG002
        """Return the correlation of every pair."""
        return _products(a, b).clamp_(-1, 1)


class CosineKernel(_Product):
    """Cosine of float32 vectors."""

    def prepare(self, items: Tensor) -> Tensor:
        """Return the vectors at unit length; a zero vector stays zero."""
        return _at_unit_length(_finite(items.double()))

    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:  # noqa: ARG002
        """Return the cosine of every pair."""
        return _products(a, b).clamp_(-1, 1)


class MeanSquaredErrorKernel(_Product):
    """One minus the mean squared difference of float32 vectors."""

    def prepare(self, items: Tensor) -> Tensor:
        """Return the vectors in double precision."""
        return _finite(items.double())

    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:  # noqa: ARG002
        """Return the similarity of every pair."""
        squares = a.square().sum(dim=1).unsqueeze(1) + b.square().sum(dim=1)
        distances = torch.addmm(squares, a, b.T, alpha=-2).clamp_(min=0)
        return (1 - distances / a.shape[1]).float()


class HammingKernel(_Product):
    """Share of equal bits of packed hashes."""

    def prepare(self, items: Tensor) -> Tensor:
        """Return each bit as a sign, 1 or −1."""
        places = torch.arange(8, dtype=torch.uint8, device=items.device)
        bits = (items.unsqueeze(-1) >> places) & 1
        return bits.flatten(1).float() * 2 - 1

    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:  # noqa: ARG002
        """Return the share of equal bits of every pair."""
        return (a @ b.T + a.shape[1]) / (2 * a.shape[1])


KERNELS: dict[type[Measure], Callable[[Any], Kernel]] = {
    SSIM: lambda measure: SSIMKernel(getattr(measure, "window", "uniform")),
    Correlation: lambda _: CorrelationKernel(),
    Cosine: lambda _: CosineKernel(),
    MeanSquaredError: lambda _: MeanSquaredErrorKernel(),
    Hamming: lambda _: HammingKernel(),
}
"""What a measure is computed by; a measure that is not listed runs on the CPU alone."""


def kernel_of(measure: Measure) -> Kernel:
    """Return what computes the measure.

    Raises
    ------
    WhorlError
        If nothing does.
    """
    make = KERNELS.get(type(measure))
    if make is None:
        raise WhorlError(
            f"{measure.name} cannot be computed on a GPU: use --device cpu, or another measure"
        )
    return make(measure)


def _products(a: Tensor, b: Tensor) -> Tensor:
    """Return the product of every pair of rows, added up in parts so that rounding stays small."""
    products = torch.zeros(len(a), len(b), device=a.device)
    for x, y in zip(torch.split(a, PART, 1), torch.split(b, PART, 1), strict=True):
        products.addmm_(x, y.T)
    return products


def _at_unit_length(rows: Tensor) -> Tensor:
    """Return double rows over their length, in single precision; zero stays zero."""
    lengths = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
    return (rows / torch.where(lengths > 0, lengths, 1)).float()


def _finite(vectors: Tensor) -> Tensor:
    """Return the vectors, whose values must be finite."""
    if not torch.isfinite(vectors).all():
        raise WhorlError(
            "the vectors hold values that are infinite or not a number: leave them out or "
            "compute them anew"
        )
    return vectors
