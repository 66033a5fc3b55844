"""What a similarity measure is: it prepares images once, then compares blocks of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray


class Measure(ABC):
    """A similarity between two grey images; higher = more alike, 1 = identical.

    Subclasses are frozen dataclasses whose fields are the parameters. Both methods are called
    from several threads at once and must not keep state.
    """

    name: ClassVar[str]

    @abstractmethod
    def prepared_bytes(self, size: tuple[int, int]) -> int:
        """Return the bytes that one prepared image of `size` (height, width) takes."""

    @abstractmethod
    def prepare(self, pixels: NDArray[np.uint8]) -> Any:
        """Compute once what every comparison of these images needs.

        Parameters
        ----------
        pixels : ndarray of uint8, shape (n, height, width)
            Grey images.

        Returns
        -------
        object
            To be handed to `compare`.

        Raises
        ------
        ImageError
            If the images are too small for the measure.
        """

    @abstractmethod
    def compare(self, a: Any, b: Any) -> NDArray[np.float32]:
        """Return the (n, m) similarities of two prepared blocks of images."""
