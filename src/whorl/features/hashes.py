"""Perceptual hashes: a few bits that change little when an image does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from whorl.extras import imported
from whorl.features.base import Feature


@dataclass(frozen=True)
class PerceptualHash(Feature):
    """ImageHash's pHash: which low frequencies of the cosine transform are above their median.

    Packed bits, row by row of frequencies: uint8, shape (n, bytes).

    Attributes
    ----------
    side : int
        Frequencies in each direction; the hash has side² bits.

    References
    ----------
    Zauner. Implementation and benchmarking of perceptual image hash functions. 2010.

    Examples
    --------
    >>> pixels = np.random.default_rng(0).integers(0, 256, (2, 32, 32), np.uint8)
    >>> PerceptualHash().compute(pixels).shape
    (2, 32)
    """

    side: int = 16

    name: ClassVar[str] = "perceptual hash"

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Hash images.

        Raises
        ------
        NeedError
            If ImageHash is not installed.
        """
        from PIL import Image

        imagehash = imported("imagehash", "classic", "the perceptual hash")
        hashes = [imagehash.phash(Image.fromarray(image), self.side).hash for image in pixels]
        return np.packbits(np.stack(hashes).reshape(len(pixels), -1), axis=1)
