"""The window: which range of an image's values is shown as black to white."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from whorl.errors import ImageError

AT_ONCE = 2**20


@dataclass(frozen=True)
class Window:
    """A range of values, shown linearly as grey 0 to 255.

    Attributes
    ----------
    centre : float
        Value shown as mid-grey; Hounsfield units in CT.
    width : float
        Length of the range, above 0. ``centre - width / 2`` and all below is black,
        ``centre + width / 2`` and all above is white.

    Raises
    ------
    ImageError
        If centre or width is not finite, or the width is not above 0.

    References
    ----------
    DICOM PS3.3, C.11.2.1.3.2, "LINEAR_EXACT".

    Examples
    --------
    >>> Window(40, 400).apply([-200, -160, 40, 240, 3000])
    array([  0,   0, 128, 255, 255], dtype=uint8)
    """

    centre: float
    width: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.centre) and math.isfinite(self.width) and self.width > 0):
            raise ImageError(f"the window {self} needs a finite centre and a width above 0")

    def __str__(self) -> str:
        return f"{self.centre:.12g},{self.width:.12g}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the window that `text` gives as ``CENTRE,WIDTH``.

        Raises
        ------
        ImageError
            If the text is not two numbers parted by a comma, or they make no window.

        Examples
        --------
        >>> Window.parse("-600,1500")
        Window(centre=-600.0, width=1500.0)
        """
        try:
            centre, width = map(float, text.split(","))
        except ValueError:
            raise ImageError(
                f"{text!r} is no window: give CENTRE,WIDTH, for instance -600,1500"
            ) from None
        return cls(centre, width)

    @classmethod
    def spanning(cls, low: float, high: float) -> Self:
        """Return the window that shows `low` as black and `high` as white.

        Examples
        --------
        >>> Window.spanning(0, 65535).apply([0, 257, 65535])
        array([  0,   1, 255], dtype=uint8)
        """
        return cls((low + high) / 2, high - low)

    def shown(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return `values` as grey that is not yet rounded, 0 to 255.

        Examples
        --------
        >>> Window(40, 400).shown([-200, -59, 40])
        array([  0.     ,  64.3875, 127.5    ])
        """
        above_black = np.asarray(values, np.float64) - (self.centre - self.width / 2)
        return np.clip(above_black * 255 / self.width, 0, 255)

    def apply(self, values: ArrayLike) -> NDArray[np.uint8]:
        """Return `values` as grey, rounded to the nearest level (halves to the even one)."""
        values = np.asarray(values)
        if values.size <= AT_ONCE or values.ndim < 2:
            return np.rint(self.shown(values)).astype(np.uint8)
        grey = np.empty(values.shape, np.uint8)
        rows = max(1, AT_ONCE // values[0].size)  # a block of large images takes little memory
        for start in range(0, len(values), rows):
            block = slice(start, start + rows)
            grey[block] = np.rint(self.shown(values[block])).astype(np.uint8)
        return grey
