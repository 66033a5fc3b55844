"""Structural similarity (SSIM) of all pairs of two sets, with a uniform or a Gaussian window."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from whorl.similarity.device_kernels import DeviceKernel
from whorl.similarity.measures import Measure
from whorl.similarity.ssim.windows import WINDOWS, WindowName


class Moments(NamedTuple):
    """Images with their local moments, each over the window whose corner is the pixel.

    Attributes
    ----------
    pixels : ndarray of uint8, shape (n, height, width)
        The images.
    means : ndarray, shape (n, height - size + 1, columns)
        The local means, in the scale of the window's kernel.
    spreads : ndarray of float32, shape (n, height - size + 1, columns)
        The local variances, in the scale of the window's kernel.
    """

    pixels: NDArray[np.uint8]
    means: NDArray[Any]
    spreads: NDArray[np.float32]


Prepared = Moments | list[Moments]
"""The moments of grey images, or of each channel of images in colour."""


@dataclass(frozen=True)
class SSIM(Measure):
    r"""Mean structural similarity on uint8, as scikit-image computes it, to 1e-5.

    .. math:: \frac{(2\mu_x\mu_y + C_1)(2\sigma_{xy} + C_2)}
                   {(\mu_x^2 + \mu_y^2 + C_1)(\sigma_x^2 + \sigma_y^2 + C_2)}

    averaged over every full window, with :math:`C_i = (255 K_i)^2`, :math:`K_1 = 0.01` and
    :math:`K_2 = 0.03`. Range −1 to 1. Of images in colour it is the mean over the channels, as
    ``structural_similarity(x, y, channel_axis=-1)`` has it.

    Parameters
    ----------
    window : {"uniform", "gaussian"}
        Uniform: 7×7 pixels and sample (co)variances, scikit-image's default. Gaussian: 11×11
        pixels, σ = 1.5 and population (co)variances, as in the paper.

    Raises
    ------
    ValueError
        If the window is neither.

    References
    ----------
    Wang, Bovik, Sheikh, Simoncelli. Image quality assessment: from error visibility to structural
    similarity. IEEE Transactions on Image Processing 13(4), 2004, equation 13.

    Examples
    --------
    >>> images = np.arange(2 * 144, dtype=np.uint16).reshape(2, 12, 12).astype(np.uint8)
    >>> ssim = SSIM(window="gaussian")
    >>> ssim.compare(ssim.prepare(images), ssim.prepare(images)).diagonal()
    array([1., 1.], dtype=float32)
    """

    name: ClassVar[str] = "SSIM"
    colour: ClassVar[bool] = True

    window: WindowName = "uniform"

    def __post_init__(self) -> None:
        if self.window not in WINDOWS:
            known = " or ".join(repr(window) for window in get_args(WindowName))
            raise ValueError(f"window must be {known}, not {self.window!r}")

    def prepared_bytes(self, shape: tuple[int, ...]) -> int:
        """Return the bytes of one image with its moments, at most: 7 a pixel, 9 if Gaussian."""
        return (7 if self.window == "uniform" else 9) * prod(shape)

    def prepare(self, pixels: NDArray[np.uint8]) -> Prepared:
        """Compute the local moments, of each channel where there are several."""
        if pixels.ndim == 4:
            return [self._moments(pixels[..., channel]) for channel in range(pixels.shape[3])]
        return self._moments(pixels)

    def _moments(self, pixels: NDArray[np.uint8]) -> Moments:
        """Compute the local moments of one channel."""
        WINDOWS[self.window].require_fits(*pixels.shape[1:])
        pixels = np.ascontiguousarray(pixels)
        if self.window == "gaussian":
            from whorl.similarity.ssim.gaussian_kernels import padded_moments

            return Moments(pixels, *padded_moments(pixels))
        from whorl.similarity.ssim.uniform_kernels import local_moments

        return Moments(pixels, *local_moments(pixels))

    def compare(self, a: Prepared, b: Prepared) -> NDArray[np.float32]:
        """Return the SSIM of every pair, the mean of the channels' where there are several."""
        if isinstance(a, list) and isinstance(b, list):
            channels = [self.compare(x, y) for x, y in zip(a, b, strict=True)]
            mean: NDArray[np.float64] = np.stack(channels).mean(axis=0, dtype=np.float64)
            return mean.astype(np.float32)
        if isinstance(a, list) or isinstance(b, list):
            raise TypeError("images in colour cannot be compared with grey ones")
        similarities = np.zeros((len(a.pixels), len(b.pixels)))
        if self.window == "gaussian":
            from whorl.similarity.ssim.gaussian_kernels import mean_gaussian_ssim

            mean_gaussian_ssim(*a, *b, similarities)
        else:
            from whorl.similarity.ssim.uniform_kernels import mean_ssim

            mean_ssim(*a, *b, similarities)
        return similarities.astype(np.float32)

    def on_device(self) -> DeviceKernel:
        """Return the GPU half."""
        from whorl.similarity.ssim.device import SSIMKernel

        return SSIMKernel(WINDOWS[self.window])
