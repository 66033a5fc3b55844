"""Drawing images and pairs, so that what is drawn does not depend on names or order."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from whorl.images import ImageSet


def drawn_by_content(images: ImageSet, n: int, seed: int) -> ImageSet:
    """Return `n` of the images, drawn by the seed and their content, whatever their order.

    Examples
    --------
    >>> images = ImageSet(("a", "b", "c"), np.arange(3 * 64, dtype=np.uint8).reshape(3, 8, 8))
    >>> drawn_by_content(images, 1, 0).ids == drawn_by_content(images.take([2, 0, 1]), 1, 0).ids
    True
    """
    if len(images) <= n:
        return images
    draws = [hashlib.sha256(f"{seed} {content}".encode()).digest() for content in images.hashes]
    order = sorted(range(len(images)), key=draws.__getitem__)
    return images.take(sorted(order[:n]))


def drawn_pairs(
    reals: int, generated: int, at_most: int, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which real and which generated image are in each pair, ordered; all, if few.

    Parameters
    ----------
    reals, generated : int
        How many there are.
    at_most : int
        Pairs that are drawn, by the seed.

    Returns
    -------
    row, column : ndarray of intp, shape (pairs,)
        Positions among the reals, ascending, and among the generated images.

    Examples
    --------
    >>> [positions.tolist() for positions in drawn_pairs(2, 2, 9, seed=0)]
    [[0, 0, 1, 1], [0, 1, 0, 1]]
    """
    drawn = np.arange(reals * generated)
    if len(drawn) > at_most:
        drawn = np.random.default_rng(seed).choice(drawn, at_most, replace=False)
    row, column = np.divmod(np.sort(drawn), generated)
    return row, column
