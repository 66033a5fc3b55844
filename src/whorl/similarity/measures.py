"""What a similarity measure is: it prepares images once, then compares blocks of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.images import ImageSet
from whorl.similarity.device_kernels import DeviceKernel

CHANNELS = 3


class Measure(ABC):
    """A similarity between two images; higher = more alike, 1 = identical.

    The images are grey; they may have three channels where `colour` is set.

    Subclasses are frozen dataclasses whose fields are the parameters. `prepare` and `compare` are
    called from several threads at once and must not keep state.
    """

    name: ClassVar[str]
    colour: ClassVar[bool] = False  # whether it takes (n, height, width, 3) too
    most_columns: ClassVar[int] = 64  # of one tile: enough to work on, few enough to share out
    whole_rows: ClassVar[bool] = False  # what it says of one row depends on all rows

    def require(self, a: NDArray[Any], b: NDArray[Any]) -> None:
        """Raise an error unless both are what the measure takes: grey images of one size.

        Raises
        ------
        ValueError
            Naming the array at fault.
        """
        for name, stack in (("a", a), ("b", b)):
            coloured = self.colour and stack.ndim == 4 and stack.shape[3] == CHANNELS
            if stack.dtype != np.uint8 or not (stack.ndim == 3 or coloured) or not len(stack):
                raise ValueError(
                    f"{name} must be uint8 of shape (n, height, width) with n ≥ 1, "
                    f"not {stack.dtype} of shape {stack.shape}"
                )
        if a.shape[1:] != b.shape[1:]:
            raise ValueError(f"the images differ in size: {a.shape[1:]} and {b.shape[1:]}")

    @abstractmethod
    def prepared_bytes(self, shape: tuple[int, ...]) -> int:
        """Return the bytes that a prepared image of `shape` (height, width[, 3]) takes."""

    @abstractmethod
    def prepare(self, pixels: NDArray[np.uint8]) -> Any:
        """Compute once what every comparison of these images needs.

        Parameters
        ----------
        pixels : ndarray of uint8, shape (n, height, width)
            Grey images; with three channels behind, where the measure takes colour.

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

    def prepare_rows(self, items: NDArray[Any]) -> Any:
        """Compute once what every comparison of the first set needs; as the second, unless said.

        Gets a block of the first set, or all of it where `whole_rows` says that the measure needs
        to see all at once.
        """
        return self.prepare(items)

    def on_device(self) -> DeviceKernel | None:
        """Return the GPU half; None where the measure is computed on the CPU alone.

        Called once torch is known to be there. A subclass that computes something else than its
        base gives a half of its own too.
        """
        return None


def array_of(measure: Measure, items: ImageSet | NDArray[Any]) -> NDArray[Any]:
    """Return what a measure compares of the items: of a set in colour its luma, or its channels.

    Examples
    --------
    >>> from whorl.similarity import SSIM
    >>> array_of(SSIM(), ImageSet(("a",), np.zeros((1, 8, 8), np.uint8))).shape
    (1, 8, 8)
    """
    if not isinstance(items, ImageSet):
        return items
    return items.shown if measure.colour else items.pixels
