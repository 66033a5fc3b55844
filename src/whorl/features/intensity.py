"""How bright an image is, and how its grey values are spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.features.base import Feature


@dataclass(frozen=True)
class GreyLevels(Feature):
    """Mean, standard deviation and quantiles of the grey values.

    Float32, shape (n, 2 + number of quantiles), 0 to 255.

    Attributes
    ----------
    quantiles : tuple of float
        Which, 0 to 1.

    Examples
    --------
    >>> GreyLevels((0.5,)).compute(np.array([[[0, 10], [20, 30]]], np.uint8)).round(1)
    array([[15. , 11.2, 15. ]], dtype=float32)
    """

    quantiles: tuple[float, ...] = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)

    name: ClassVar[str] = "grey levels"

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe images."""
        grey = pixels.reshape(len(pixels), -1).astype(np.float64)
        quantiles = np.quantile(grey, self.quantiles, axis=1).T
        rows = np.column_stack([grey.mean(axis=1), grey.std(axis=1), quantiles])
        return rows.astype(np.float32)
