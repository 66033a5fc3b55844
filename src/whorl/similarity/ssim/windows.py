"""The windows and the constants of SSIM; whoever computes or shows it takes them from here."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images.loading import SMALLEST_SIDE

WindowName = Literal["uniform", "gaussian"]

SIDE = SMALLEST_SIDE  # of the uniform window
COUNT = SIDE * SIDE
RADIUS = 5  # of the Gaussian window
SIGMA = 1.5
DATA_RANGE = 255  # of uint8
C1 = (0.01 * DATA_RANGE) ** 2
C2 = (0.03 * DATA_RANGE) ** 2


class Window(NamedTuple):
    """A window of SSIM.

    Attributes
    ----------
    name : str
        What it is called.
    taps : ndarray of float64, shape (size,)
        Weights along either axis, which add up to 1.
    correction : float
        What turns the weighted mean of squares into the covariance: n / (n - 1) for a sample.
    """

    name: WindowName
    taps: NDArray[np.float64]
    correction: float

    @property
    def size(self) -> int:
        """Pixels along either axis."""
        return len(self.taps)

    def require_fits(self, height: int, width: int) -> None:
        """Raise an error unless the window fits into images of a size.

        Raises
        ------
        ImageError
            If a side is shorter than the window.

        Examples
        --------
        >>> WINDOWS["gaussian"].require_fits(10, 20)
        Traceback (most recent call last):
        whorl.errors.ImageError: SSIM with a gaussian window needs images of at least 11×11 pixels,
        not 20×10
        """
        if min(height, width) < self.size:
            raise ImageError(
                f"SSIM with a {self.name} window needs images of at least "
                f"{self.size}×{self.size} pixels, not {width}×{height}"
            )


def normal_curve() -> NDArray[np.float64]:
    """Return the Gaussian window's weights from its centre out, the centre's being 1.

    Examples
    --------
    >>> normal_curve().round(3)
    array([1.   , 0.801, 0.411, 0.135, 0.029, 0.004])
    """
    return np.asarray(np.exp(-0.5 * (np.arange(RADIUS + 1) / SIGMA) ** 2))


def _mirrored(half: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a window's weights, which add up to 1, from those of its centre and one side."""
    weights = np.concatenate([half[:0:-1], half])
    return np.asarray(weights / weights.sum())


WINDOWS: dict[WindowName, Window] = {
    "uniform": Window("uniform", np.full(SIDE, 1 / SIDE), COUNT / (COUNT - 1)),
    "gaussian": Window("gaussian", _mirrored(normal_curve()), 1.0),
}
"""By name: scikit-image's default, and that of the paper."""
