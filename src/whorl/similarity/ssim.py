"""Structural similarity (SSIM) of all pairs of two sets, with a 7×7 uniform window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.similarity.measures import Measure

WINDOW = 7


class Moments(NamedTuple):
    """Images with their local moments, each over the 7×7 window whose corner is the pixel.

    Attributes
    ----------
    pixels : ndarray of uint8, shape (n, height, width)
        The images.
    sums : ndarray of uint16, shape (n, height - 6, width - 6)
        Σx.
    spreads : ndarray of float32, shape (n, height - 6, width - 6)
        49·Σx² − (Σx)², which is 49·48 times the sample variance.
    """

    pixels: NDArray[np.uint8]
    sums: NDArray[np.uint16]
    spreads: NDArray[np.float32]


@dataclass(frozen=True)
class SSIM(Measure):
    r"""Mean structural similarity, as scikit-image computes it by default on uint8.

    .. math:: \frac{(2\mu_x\mu_y + C_1)(2\sigma_{xy} + C_2)}
                   {(\mu_x^2 + \mu_y^2 + C_1)(\sigma_x^2 + \sigma_y^2 + C_2)}

    averaged over every full window, with sample (co)variances, :math:`C_i = (255 K_i)^2`,
    :math:`K_1 = 0.01` and :math:`K_2 = 0.03`. Range −1 to 1.

    References
    ----------
    Wang, Bovik, Sheikh, Simoncelli. Image quality assessment: from error visibility to structural
    similarity. IEEE Transactions on Image Processing 13(4), 2004, equation 13.

    Examples
    --------
    >>> images = np.arange(2 * 64, dtype=np.uint8).reshape(2, 8, 8)
    >>> ssim = SSIM()
    >>> bool(ssim.compare(ssim.prepare(images), ssim.prepare(images))[1, 1] > 0.999999)
    True
    """

    name: ClassVar[str] = "SSIM"

    def prepared_bytes(self, shape: tuple[int, ...]) -> int:
        """Return the bytes of one image with its moments: 7 a pixel."""
        return 7 * shape[0] * shape[1]

    def prepare(self, pixels: NDArray[np.uint8]) -> Moments:
        """Compute the local moments."""
        from whorl.similarity.ssim_kernels import local_moments

        if min(pixels.shape[1:]) < WINDOW:
            raise ImageError(
                f"SSIM needs images of at least {WINDOW}×{WINDOW} pixels, "
                f"not {pixels.shape[2]}×{pixels.shape[1]}"
            )
        pixels = np.ascontiguousarray(pixels)
        return Moments(pixels, *local_moments(pixels))

    def compare(self, a: Moments, b: Moments) -> NDArray[np.float32]:
        """Return the SSIM of every pair."""
        from whorl.similarity.ssim_kernels import mean_ssim

        similarities = np.zeros((len(a.pixels), len(b.pixels)))
        mean_ssim(*a, *b, similarities)
        return similarities.astype(np.float32)
