"""Exact and near duplicates within a set of images and between two."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from whorl.images import ImageSet
from whorl.images.storage import BLOCK_BYTES, release
from whorl.similarity.closest import Closest, ClosestPairs
from whorl.similarity.correlation import Correlation
from whorl.similarity.pairs import reduce_pairs

THUMBNAIL = 32
NEAR = 0.98
LISTED = 100


@dataclass(frozen=True)
class Duplicates:
    """Pairs of images that are the same, or nearly.

    Attributes
    ----------
    exact : tuple of (str, str)
        Ids of the first hundred pairs whose grey values are identical.
    near : tuple of (str, str, float)
        Ids of the hundred most alike of the other pairs whose correlation reaches the threshold,
        with that correlation.
    exact_count, near_count : int
        How many pairs there are in all.
    threshold : float
        The correlation from which a pair counts as near.
    """

    exact: tuple[tuple[str, str], ...]
    near: tuple[tuple[str, str, float], ...]
    exact_count: int
    near_count: int
    threshold: float


def find_duplicates(
    a: ImageSet, b: ImageSet | None = None, *, threshold: float = NEAR
) -> Duplicates:
    """Find duplicates within `a`, or between `a` and `b`.

    Exact duplicates have the same content hash. Near duplicates are judged on thumbnails of
    32×32 pixels, each the mean of the pixels it covers, by their correlation: blind to noise,
    brightness and contrast, so a near duplicate is worth a look and no more. Memory does not
    grow with the number of pairs.

    Parameters
    ----------
    a, b : ImageSet
        Images of one size; `b` may be left out.
    threshold : float
        Correlation from which a pair counts as near.

    Returns
    -------
    Duplicates

    Examples
    --------
    >>> pixels = np.random.default_rng(0).integers(0, 256, (2, 64, 64), np.uint8)
    >>> images = ImageSet(("x", "y", "z"), pixels[[0, 1, 0]])
    >>> find_duplicates(images).exact
    (('x', 'z'),)
    """
    within = b is None
    other = a if b is None else b
    near: Closest = reduce_pairs(
        Correlation(),
        thumbnails(a),
        thumbnails(other),
        {"near": ClosestPairs(threshold, LISTED, a.hashes, other.hashes, within=within)},
        label="looking for duplicates",
    )["near"]
    pairs = zip(near.rows, near.columns, near.similarity, strict=True)
    counts = Counter(other.hashes)
    if within:
        exact_count = sum(n * (n - 1) // 2 for n in counts.values())
    else:
        exact_count = sum(counts[content] for content in a.hashes)
    return Duplicates(
        tuple(islice(_exact_pairs(a, other, within), LISTED)),
        tuple((a.ids[row], other.ids[column], float(s)) for row, column, s in pairs),
        exact_count,
        near.number,
        threshold,
    )


def _exact_pairs(a: ImageSet, b: ImageSet, within: bool) -> Iterator[tuple[str, str]]:
    """Yield the ids of every pair with the same content hash; within a set, each pair once."""
    positions = defaultdict(list)
    for column, content in enumerate(b.hashes):
        positions[content].append(column)
    for row, content in enumerate(a.hashes):
        for column in positions.get(content, ()):
            if not within or row < column:
                yield a.ids[row], b.ids[column]


def thumbnails(images: ImageSet) -> NDArray[np.uint8]:
    """Return every image at 32×32, each pixel the mean of those it covers."""
    from PIL import Image

    size = (THUMBNAIL, THUMBNAIL)
    small = np.empty((len(images), *size), np.uint8)
    step = max(1, BLOCK_BYTES // images.pixels[0].nbytes)
    for first in range(0, len(images), step):
        for k, pixels in enumerate(images.pixels[first : first + step], first):
            small[k] = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
        release(images.pixels)
    return small
