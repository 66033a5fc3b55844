"""Room for images whose number is not known before they come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ImageError
from whorl.images.storage import BLOCK_BYTES, allocate, release

FIRST_SPACE = 64


class Space:
    """Pixels that are written one image after the other, all of the first one's size.

    Parameters
    ----------
    count : int or None
        How many will come, where that is known.

    Examples
    --------
    >>> space = Space(None)
    >>> space.put(np.zeros((8, 9), np.uint8))
    >>> space.pixels.shape
    (1, 8, 9)
    """

    def __init__(self, count: int | None) -> None:
        self._count, self._used, self._since = count, 0, 0
        self._pixels: NDArray[np.uint8] | None = None

    def put(self, image: NDArray[np.uint8]) -> None:
        """Add an image.

        Raises
        ------
        ImageError
            If it is not of the first one's size.
        """
        if self._pixels is None:
            self._pixels = allocate((self._count or FIRST_SPACE, *image.shape))
        height, width = self._pixels.shape[1:3]
        if image.shape != self._pixels.shape[1:]:
            raise ImageError(
                f"is {image.shape[1]}×{image.shape[0]}, the first is {width}×{height}; --resize N "
                "brings them to one size"
            )
        if self._used == len(self._pixels):
            larger = allocate((2 * self._used, *image.shape))
            larger[: self._used] = self._pixels
            self._pixels = larger
        self._pixels[self._used] = image
        self._used += 1
        self._since += image.nbytes
        if self._since > BLOCK_BYTES:
            release(self._pixels)
            self._since = 0

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """All that was put in."""
        return np.zeros((0, 1, 1), np.uint8) if self._pixels is None else self._pixels[: self._used]
