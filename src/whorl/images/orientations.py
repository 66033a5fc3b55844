"""The eight ways to lay an image down, and which images are equal but for that."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.images.imageset import ImageSet, content_hash

ORIENTATIONS = (
    "as it is",
    "mirrored left to right",
    "mirrored top to bottom",
    "turned by 180°",
    "mirrored along its diagonal",
    "turned by 90° to the left",
    "turned by 90° to the right",
    "mirrored along its other diagonal",
)
"""What was done to an image, by number. The last four change height and width."""


def oriented(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Return images mirrored or turned.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (..., height, width)
        One image or several.
    orientation : int
        0 to 7: a place in `ORIENTATIONS`.

    Returns
    -------
    ndarray of uint8
        A view; of shape (..., width, height) from 4 on.

    Examples
    --------
    >>> image = np.array([[1, 2], [3, 4]], np.uint8)
    >>> oriented(image, 1).tolist(), oriented(image, 5).tolist()
    ([[2, 1], [4, 3]], [[2, 4], [1, 3]])
    """
    step = (slice(None), slice(None, None, -1))
    flipped = pixels[..., step[orientation // 2 % 2], step[orientation % 2]]
    return flipped.swapaxes(-1, -2) if orientation >= len(ORIENTATIONS) // 2 else flipped


def orientations_of(size: tuple[int, int]) -> range:
    """Return the orientations that keep an image's height and width: four, or eight of a square.

    Examples
    --------
    >>> orientations_of((4, 4)), orientations_of((4, 6))
    (range(0, 8), range(0, 4))
    """
    return range(len(ORIENTATIONS) if size[0] == size[1] else len(ORIENTATIONS) // 2)


@dataclass(frozen=True, eq=False)
class Equals:
    """How many images of another set equal each image in each orientation.

    Attributes
    ----------
    counts : ndarray of intp, shape (n, 8)
        Of one that looks the same in two orientations, only the first counts.
    first : ndarray of intp, shape (n, 8)
        The position of the first of them; −1 where there is none.
    """

    counts: NDArray[np.intp]
    first: NDArray[np.intp]

    @property
    def upright(self) -> int:
        """Pairs that are equal as they are."""
        return int(self.counts[:, 0].sum())

    @property
    def turned(self) -> int:
        """Pairs that are equal when one is mirrored or turned."""
        return int(self.counts[:, 1:].sum())

    @property
    def any(self) -> NDArray[np.bool_]:
        """Which images have an equal: shape (n,)."""
        found: NDArray[np.bool_] = np.count_nonzero(self.counts, axis=1) > 0
        return found

    def only(self, rows: NDArray[np.bool_]) -> Equals:
        """Return the same with nothing found for the other rows."""
        kept = rows[:, np.newaxis]
        return Equals(np.where(kept, self.counts, 0), np.where(kept, self.first, -1))


def find_equals(images: ImageSet, others: ImageSet) -> Equals:
    """Find the images of another set that equal an image in every grey value, mirrored or turned.

    Parameters
    ----------
    images, others : ImageSet
        Images of one size.

    Examples
    --------
    >>> pixels = np.random.default_rng(0).integers(0, 256, (2, 8, 8), np.uint8)
    >>> a, b = ImageSet(("x", "y"), pixels), ImageSet(("z",), pixels[:1, :, ::-1].copy())
    >>> find_equals(a, b).counts[:, :3].tolist()
    [[0, 1, 0], [0, 0, 0]]
    """
    times = Counter(others.hashes)
    place = {content: k for k, content in reversed(list(enumerate(others.hashes)))}
    counts = np.zeros((len(images), len(ORIENTATIONS)), np.intp)
    first = np.full_like(counts, -1)
    for row, pixels in enumerate(images.pixels):
        seen = set()
        for k in orientations_of(images.size):
            content = content_hash(oriented(pixels, k)) if k else images.hashes[row]
            if content not in seen and content in times:
                counts[row, k], first[row, k] = times[content], place[content]
            seen.add(content)
    return Equals(counts, first)
