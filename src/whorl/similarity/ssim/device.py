"""The GPU half of SSIM; imports torch, so is itself imported late."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from whorl.similarity.device_kernels import DeviceKernel
from whorl.similarity.ssim.windows import C1, C2, Window

MOST_WINDOWS = 2**16 - 1  # at once: batched products of more fail on some devices


class SSIMKernel(DeviceKernel):
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

    def __init__(self, window: Window) -> None:
        weights = np.outer(window.taps, window.taps).ravel()
        centred = np.eye(len(weights)) - weights[:, np.newaxis]
        scaled = centred * np.sqrt(2 * window.correction * weights)
        self._window = window
        self._size = window.size
        self._centring = torch.tensor(np.column_stack([scaled, weights]), dtype=torch.float32)

    def prepare(self, items: Tensor) -> Tensor:
        """Return the images as they are."""
        self._window.require_fits(*items.shape[1:3])
        return items

    def compare(self, a: Tensor, b: Tensor, memory: int) -> Tensor:
        """Return the mean SSIM of every pair, over the channels too where there are several."""
        if a.dim() == 4:
            each = [self.compare(a[..., k], b[..., k], memory) for k in range(a.shape[3])]
            return torch.stack(each).mean(dim=0)
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
