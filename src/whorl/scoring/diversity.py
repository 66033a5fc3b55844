"""How many of a set's images are nearly the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.images import ImageSet
from whorl.similarity import ClosestPairs, Correlation, TopK, reduce_pairs
from whorl.similarity.duplicates import NEAR, thumbnails


@dataclass(frozen=True, eq=False)
class Repeats:
    """Near duplicates within a set: thumbnails whose correlation reaches 0.98, and equal images.

    Attributes
    ----------
    repeated : ndarray of bool, shape (n,)
        Whether each image has a near duplicate.
    pairs : float
        The share of all pairs that are near duplicates, 0 to 1.
    """

    repeated: NDArray[np.bool_]
    pairs: float

    @property
    def images(self) -> float:
        """The share of images that have a near duplicate, 0 to 1; it grows with the set."""
        return float(self.repeated.mean())


def find_repeats(images: ImageSet) -> Repeats | None:
    """Look for near duplicates within a set; None where it holds a single image.

    The judgement is that of :func:`whorl.similarity.find_duplicates`.

    Examples
    --------
    >>> from whorl.testing.worlds import smooth_images
    >>> pixels = smooth_images(3, np.random.default_rng(0))
    >>> found = find_repeats(ImageSet(("a", "b", "c", "d"), pixels[[0, 1, 0, 2]]))
    >>> found.repeated.tolist(), round(found.pairs, 3)
    ([True, False, True, False], 0.167)
    """
    n = len(images)
    if n < 2:
        return None
    small, near = thumbnails(images), ClosestPairs(NEAR, 1, images.hashes, images.hashes,
                                                   within=True)  # fmt: skip
    found = reduce_pairs(
        Correlation(),
        small,
        small,
        {"near": near, "top": TopK()},
        same=True,
        label=f"near duplicates among {images.name}",
    )
    times = Counter(images.hashes)
    equal = sum(k * (k - 1) // 2 for k in times.values())
    repeated = found["top"].similarity[:, 0] >= np.float32(NEAR)
    repeated |= np.array([times[content] > 1 for content in images.hashes])
    return Repeats(repeated, (found["near"].number + equal) / (n * (n - 1) // 2))
