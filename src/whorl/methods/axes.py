"""Images in few dimensions, and how far they lie from each other there.

Every real image is treated alike, whether candidate or reference: the axes are those of all images
of a view together, so that scores of reals that were not used stay exchangeable.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.errors import ScoreError
from whorl.similarity import Largest, MeanSquaredError, TopK, reduce_pairs
from whorl.similarity.duplicates import thumbnails
from whorl.tasks.view import View

LEAST = float(np.finfo(np.float32).tiny)  # that a distance is said to be where logs are taken
NOISE = 1e-9  # share of the largest variance below which an axis is rounding

Vectors = NDArray[np.float32]


def principal_axes(view: View, axes: int) -> tuple[Vectors, Vectors]:
    """Return candidates and generated images on their common principal axes.

    Parameters
    ----------
    view : View
        Its candidates and generated images are looked at, at 32×32 pixels.
    axes : int
        How many axes at the most, the widest ones.

    Returns
    -------
    candidates, generated : ndarray of float32, shapes (n, d) and (m, d)
        In grey values: distances are those of the small images, but for what the axes leave out.

    Examples
    --------
    >>> from whorl.images import ImageSet
    >>> pixels = np.random.default_rng(0).integers(0, 256, (5, 32, 32), np.uint8)
    >>> images = ImageSet(tuple("abcde"), pixels)
    >>> x, g = principal_axes(View(images.take([0, 1, 2]), images.take([3, 4])), 9)
    >>> far = np.linalg.norm(pixels[3].astype(float) - pixels[0])
    >>> bool(np.isclose(np.linalg.norm(x[0] - g[0]), far))
    True
    """
    sets = (view.candidates, view.generated)
    rows = np.concatenate([thumbnails(images) for images in sets])
    centred = rows.reshape(len(rows), -1) - rows.mean(axis=0, dtype=np.float64).ravel()
    n, values = centred.shape
    square = centred @ centred.T if n < values else centred.T @ centred
    variances, directions = np.linalg.eigh(square)
    kept = slice(None, -axes - 1, -1)
    variances, directions = variances[kept], directions[:, kept]
    clear = variances > NOISE * max(variances[0], 1.0)
    clear[0] = True  # of equal images too, so that there is something to compare
    if n < values:
        vectors = directions[:, clear] * np.sqrt(np.maximum(variances[clear], 0))
    else:
        vectors = centred @ directions[:, clear]
    reals, generated = np.split(vectors.astype(np.float32), [len(view.candidates)])
    return reals, generated


def nearest_distances(
    a: Vectors, b: Vectors, k: int = 1, *, same: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the distances of each of `a` to the k nearest of `b`, nearest first, and which.

    Parameters
    ----------
    a, b : ndarray of float32, shapes (n, d) and (m, d)
        What is compared.
    k : int
        At least 1; fewer are returned where there are fewer.
    same : bool
        True where `b` is `a`: none is its own neighbour.

    Returns
    -------
    distances : ndarray of float64, shape (n, k)
        Euclidean.
    positions : ndarray of intp, shape (n, k)

    Raises
    ------
    ScoreError
        If an image has no other to be compared with.

    Examples
    --------
    >>> line = np.float32([[0], [3], [7]])
    >>> nearest_distances(line, line, 2, same=True)[0]
    array([[3., 7.],
           [3., 4.],
           [4., 7.]])
    """
    if same:
        require_others(a)
    found: Largest = reduce_pairs(
        MeanSquaredError(), a, b, {"nearest": TopK(min(k, len(b) - same))}, same=same
    )["nearest"]
    squares = np.maximum(1 - found.similarity.astype(np.float64), 0) * a.shape[1]
    return np.sqrt(squares), found.position


def require_others(reals: Vectors) -> None:
    """Raise an error unless there are other real images to compare each with.

    Raises
    ------
    ScoreError
        Saying what to give.
    """
    if len(reals) < 2:
        raise ScoreError(
            "this method compares real images with each other: give at least two candidates, or "
            "a reference"
        )
